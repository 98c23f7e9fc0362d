package importer

import (
	"context"

	"github.com/allclear/allclear/internal/platform/importer/match"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/ref"
)

// Field, Text and Refusal are the words a kind shares with column matching.
type (
	Field   = match.Field
	Text    = match.Text
	Refusal = match.Refusal
)

// Kind is what a domain implements so that files can fill its tables. One Kind value
// serves all jobs and is safe for concurrent use; what belongs to one run is a Session.
type Kind interface {
	// Name is the stable name: "places", "people", "cases", "counts".
	Name() string
	// Title is what a person calls the records, in the plural.
	Title() Text
	// Operation is the operation under which rows are written and undone: its name is
	// the permission. It is of kind op.Change.
	Operation() *op.Def
	// Fields lists what a file can say, most important first.
	Fields() []Field
	// Describe looks at the matched columns and at sample rows before anything runs. It
	// tells the user what follows from this particular file, and names matches to drop.
	// It writes nothing.
	Describe(ctx context.Context, tx *op.Tx, plan Plan) (Description, error)
	// Begin starts a session. It writes nothing and should be cheap: a run that is
	// interrupted, or whose transaction is retried, begins again.
	Begin(ctx context.Context, tx *op.Tx, opt SessionOptions) (Session, error)
	// Undo takes changes back, latest first as given, and answers one result for each
	// change in the same order. A record edited after the import (its version is not
	// Change.Version) is left alone and answered EditedSince.
	Undo(ctx context.Context, tx *op.Tx, changes []Change) ([]UndoResult, error)
}

// listKind is a kind whose records may stand as lists of texts inside the records of a
// JSON file: {"districts": [{"district_name": "…", "places": ["…", "…"]}]}.
type listKind interface{ ExpandsLists() bool }

// Session is one run of one file through a kind: a whole dry run, or a real run until it
// ends or a transaction fails. It is used by one goroutine.
//
// The engine calls, for each batch inside one transaction: Pass and Key for every row,
// then Resolve for the rows of this pass that are no duplicates, then (real run) Write.
// When that transaction fails or is retried the session is thrown away and a new one is
// begun, so a session may trust that everything it planned in earlier batches is stored.
type Session interface {
	// Passes is how often the file is read, at least 1. A kind whose rows refer to each
	// other (a place and its parent) reads parents in an earlier pass.
	Passes() int
	// Pass is the pass, 0 to Passes()-1, in which this row is handled. It depends on
	// the row and the options alone.
	Pass(row Row) int
	// Key is the row's identity within the file: two rows with the same key are about
	// the same record. It depends on the row and the options alone (no database), so
	// that a resumed run rebuilds it. Empty means the row can't be a duplicate.
	Key(row Row) string
	// Resolve decides what each row would do, in order, without writing: one Resolution
	// per row, in the same order. It must be exact: in a dry run later rows see the
	// outcome of earlier ones only through the session's own overlay.
	Resolve(ctx context.Context, tx *op.Tx, rows []Row) ([]Resolution, error)
	// Write stores the resolutions (all of Outcome Insert or Update) and answers one
	// Written for each, in the same order. The engine records one batch entry with a
	// digest in the audit trail; a kind calls tx.Changed itself only where each record
	// must show the import in its own history.
	Write(ctx context.Context, tx *op.Tx, resolutions []Resolution) ([]Written, error)
}

// SessionOptions is what the user chose and the engine knows when a session begins.
type SessionOptions struct {
	Job      ref.ImportJob
	Incident ref.Incident
	// Place is the place the file is about: new places hang below it, names are looked
	// up below it. Empty means the caller's whole scope.
	Place  ref.Place
	DryRun bool
	// Columns are the file's columns in order, with the field each one feeds.
	Columns []Column
	// Answers are kind-specific choices made by the user, by name.
	Answers map[string]string
}

// Has reports whether a column feeds the field.
func (o SessionOptions) Has(field string) bool { return hasField(o.Columns, field) }

// Column is one column of the file and the field it feeds.
type Column struct {
	Index int    `json:"index"` // from 0
	Name  string `json:"name"`  // as in the file, made unique
	Field string `json:"field"` // empty: unmatched
	Extra bool   `json:"extra"` // unmatched and kept as Row.Extra
}

// Plan is what Describe looks at.
type Plan struct {
	SessionOptions
	// Sample holds up to 1,000 understood rows spread evenly over the whole file.
	Sample []Row
	// Rows is the number of data rows in the file.
	Rows int
	// Swapped is the number of rows refused because their geometry looks as if latitude
	// stood before longitude.
	Swapped int
}

// AnswerCoordinates is the answer that says in which order the numbers of a geometry stand.
const (
	AnswerCoordinates = "coordinates"
	LatitudeFirst     = "lat_lon"
	LongitudeFirst    = "lon_lat"
)

// Description is what a kind wants the user to know before the run.
type Description struct {
	// Assumptions are shown and kept with the job.
	Assumptions []Assumption
	// Drop names fields whose column matched by name but whose values mean nothing
	// here (location ids of another system). The column becomes unmatched.
	Drop []Dropped
	// Problems stop the job from becoming ready ("no column says which place").
	Problems []Problem
}

// Assumption is a default that follows from the data: "no classification column:
// confirmed because a confirmation date is present".
type Assumption struct {
	Code string `json:"code"`
	Zh   string `json:"zh"`
	En   string `json:"en"`
}

// Dropped is a match a kind gives up, with the reason.
type Dropped struct {
	Field  string `json:"field"`
	Reason Text   `json:"reason"`
}

// Problem is something the user must settle before the file can run.
type Problem struct {
	Code   string            `json:"code"`
	Column string            `json:"column,omitempty"`
	Params map[string]string `json:"params,omitempty"`
	Text   Text              `json:"text"`
}

// Outcome is what a row does.
type Outcome string

// The four outcomes; the account line adds them up to the rows of the file.
const (
	Insert    Outcome = "insert"
	Update    Outcome = "update"
	Unchanged Outcome = "unchanged"
	Refuse    Outcome = "refuse"
)

// Resolution is what one row would do.
type Resolution struct {
	Row     int // Row.Number, copied
	Outcome Outcome
	// Refusals are the reasons when Outcome is Refuse. Row may be left 0: the engine fills it in.
	Refusals []Refusal
	// Prepared is the kind's own plan for Write.
	Prepared any
}

// Written is what one row did.
type Written struct {
	Ref ref.Ref
	// Before is what Undo needs to restore an updated record, as text of the kind's own
	// making; personal values in it are sealed by the kind. Empty for an insert.
	Before string
	// Version is the record's version after the write; Undo compares it.
	Version int64
}

// Change is one write of an earlier run, as Undo receives it.
type Change struct {
	Ref     ref.Ref
	Outcome Outcome // Insert or Update
	Before  string
	Version int64
}

// UndoResult is what happened to one change.
type UndoResult string

// The answers of Undo.
const (
	// Undone: the record is as it was before, or gone if the import created it.
	Undone UndoResult = "undone"
	// EditedSince: somebody changed the record after the import; it is left alone and listed.
	EditedSince UndoResult = "edited_since"
	// InUse: the import created it and other records now depend on it; left alone and listed.
	InUse UndoResult = "in_use"
	// Gone: the record is no longer there.
	Gone UndoResult = "missing"
)

func hasField(columns []Column, field string) bool {
	for _, c := range columns {
		if c.Field == field {
			return true
		}
	}
	return false
}
