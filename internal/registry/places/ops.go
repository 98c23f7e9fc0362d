package places

import "github.com/allclear/allclear/internal/platform/op"

// The operations on places.
var (
	ViewPlace    = op.Define("places.place.view", op.View)
	CreatePlace  = op.Define("places.place.create", op.Change)
	UpdatePlace  = op.Define("places.place.update", op.Change)
	ImportPlaces = op.Define("places.place.import", op.Change)
)
