package places

import "github.com/allclear/allclear/internal/platform/op"

// The operations on places.
var (
	ViewPlace     = op.Define("places.place.view", op.View)
	CreatePlace   = op.Define("places.place.create", op.Change)
	UpdatePlace   = op.Define("places.place.update", op.Change)
	ImportPlaces  = op.Define("places.place.import", op.Change)
	PreviewChange = op.Define("places.change.preview", op.View)
	RenamePlace   = op.Define("places.place.rename", op.Change)
	MovePlace     = op.Define("places.place.move", op.Change)
	SplitPlace    = op.Define("places.place.split", op.Change)
	MergePlaces   = op.Define("places.place.merge", op.Change)
	RetirePlace   = op.Define("places.place.retire", op.Change)
	ReopenPlace   = op.Define("places.place.reopen", op.Change)
	UndoChange    = op.Define("places.change.undo", op.Change)
)
