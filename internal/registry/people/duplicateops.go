package people

import "github.com/allclear/allclear/internal/platform/op"

// The operations on pairs of people who may be one, and on merges.
var (
	ListDuplicates  = op.Define("people.duplicate.list", op.View)
	ViewDuplicate   = op.Define("people.duplicate.view", op.File)
	DecideDuplicate = op.Define("people.duplicate.decide", op.Change)
	SweepDuplicates = op.Define("people.duplicate.sweep", op.Change)
	ListMerges      = op.Define("people.merge.list", op.View)
	UndoMerge       = op.Define("people.merge.undo", op.Change)
)
