package places

import "github.com/allclear/allclear/internal/platform/op"

// The operations on address texts.
var (
	ResolveAddress  = op.Define("places.address.resolve", op.View)
	ViewAddresses   = op.Define("places.address.view", op.View)
	DecideAddress   = op.Define("places.address.decide", op.Change)
	ImportAddresses = op.Define("places.address.import", op.Change)
)
