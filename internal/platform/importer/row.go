package importer

import (
	"github.com/allclear/allclear/internal/platform/importer/match"
	"github.com/allclear/allclear/internal/platform/store"
)

// Row is one row of the file, understood: every value has its field's type already, and
// rows with a value that could not be understood never reach a kind.
type Row struct {
	// Number is the row's number as a spreadsheet shows it (the header is usually 1);
	// for JSON the position in the list, from 1.
	Number int
	// Sheet is the worksheet, empty for other files.
	Sheet string

	values map[string]match.Value
	extra  map[string]string
}

// NewRow builds a row; kinds use it in their tests.
func NewRow(number int, values map[string]match.Value, extra map[string]string) Row {
	return Row{Number: number, values: values, extra: extra}
}

// Value returns what the file says about the field; the zero Value (Absent) when no
// column feeds it.
func (r Row) Value(field string) match.Value { return r.values[field] }

// Has reports whether the row states a value for the field.
func (r Row) Has(field string) bool { return r.values[field].State == match.Present }

// Text returns the value as text: the trimmed text, the stored code, the ISO day. Empty
// when nothing is stated.
func (r Row) Text(field string) string { return r.values[field].Text }

// Int returns an integer or age, and whether one is stated.
func (r Row) Int(field string) (int64, bool) {
	v := r.values[field]
	return int64(v.Number), v.State == match.Present
}

// Float returns a number, longitude or latitude, and whether one is stated.
func (r Row) Float(field string) (float64, bool) {
	v := r.values[field]
	return v.Number, v.State == match.Present
}

// Day returns a calendar day, and whether one is stated.
func (r Row) Day(field string) (store.Day, bool) {
	v := r.values[field]
	return store.Day(v.Text), v.State == match.Present
}

// Bool returns yes or no, and whether either is stated.
func (r Row) Bool(field string) (value, stated bool) {
	v := r.values[field]
	return v.Bool, v.State == match.Present
}

// Extra returns the values of unmatched columns that were kept on request, by the
// column's name in the file; empty cells are left out. The map is shared: do not change it.
func (r Row) Extra() map[string]string { return r.extra }
