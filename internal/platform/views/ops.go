package views

import "github.com/allclear/allclear/internal/platform/op"

// The operations.
var (
	Look  = op.Define("views.view.list", op.View)
	Save  = op.Define("views.view.save", op.Change)
	Share = op.Define("views.view.share", op.Change) // asked with tx.May at the view's place
)
