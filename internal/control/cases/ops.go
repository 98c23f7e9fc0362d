package cases

import "github.com/allclear/allclear/internal/platform/op"

// The operations of this domain.
var (
	View     = op.Define("cases.case.view", op.File)
	Listing  = op.Define("cases.case.list", op.View)
	Opening  = op.Define("cases.case.open", op.Change)
	Amend    = op.Define("cases.case.update", op.Change)
	Reassess = op.Define("cases.case.classify", op.Change)
	Identify = op.Define("cases.case.reveal", op.File)
	Exports  = op.Define("cases.case.export", op.File)

	// ReadExport reads the rows of a file that is allowed.
	ReadExport = op.Define("cases.export.read", op.View)

	ViewCounts  = op.Define("cases.count.view", op.View)
	RecordCount = op.Define("cases.count.record", op.Change)
)
