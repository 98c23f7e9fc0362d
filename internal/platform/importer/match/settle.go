package match

import (
	"strconv"
	"strings"

	"github.com/allclear/allclear/internal/platform/importer/table"
)

// Evidence is what the values of one day column prove about the order of day and month.
type Evidence struct {
	Column string `json:"column"`
	Field  string `json:"field"`
	// Day-first and month-first proofs: values whose other reading does not exist.
	DMY int `json:"dmy"`
	MDY int `json:"mdy"`
	// Ambiguous values have two readings; Plain ones have one whatever the order.
	Ambiguous int `json:"ambiguous"`
	Plain     int `json:"plain"`
	ShortYear int `json:"short_year"`
	// Example is the first ambiguous value; for personal data its year is hidden.
	Example    string `json:"example,omitempty"`
	ExampleRow int    `json:"example_row,omitempty"`
	// Readings are the example's two meanings, day first and month first.
	Readings [2]string `json:"readings,omitzero"`
	personal bool
}

// By says what settled a column's order.
type By string

// What can settle the order.
const (
	ByUserChoice By = "user"
	ByOwnValues  By = "own_values"
	ByOtherDays  By = "other_columns" // no evidence of its own; another column of the file has it
	ByNoNeed     By = "no_need"       // every value has one reading
	Unsettled    By = "unsettled"
	Contradicted By = "contradicted" // values prove both orders
)

// Settled is the decision about one day column, as shown to the user.
type Settled struct {
	Evidence
	Format DayFormat `json:"format"`
	By     By        `json:"by"`
	// From names the column whose evidence was used, when By is ByOtherDays.
	From string `json:"from,omitempty"`
}

// Add takes one cell into account.
func (e *Evidence) Add(row int, c table.Cell) {
	if c.Kind != table.TextCell {
		return // a spreadsheet's own date has one reading
	}
	p, ok := splitDate(plain(c.Text))
	if !ok {
		return
	}
	if p.digits == 2 {
		e.ShortYear++
	}
	switch {
	case p.yearLead, p.month > 0, p.a == p.b && p.a <= 12:
		e.Plain++
	case p.a > 12 && p.b >= 1 && p.b <= 12 && p.a <= 31:
		e.DMY++
	case p.b > 12 && p.a >= 1 && p.a <= 12 && p.b <= 31:
		e.MDY++
	case p.a <= 12 && p.b <= 12:
		e.Ambiguous++
		if e.Example == "" {
			e.example(row, p)
		}
	}
}

func (e *Evidence) example(row int, p dateParts) {
	year := strconv.Itoa(p.c)
	if e.personal {
		year = strings.Repeat("*", p.digits)
	}
	two := func(n int) string {
		if n < 10 {
			return "0" + strconv.Itoa(n)
		}
		return strconv.Itoa(n)
	}
	e.ExampleRow = row
	e.Example = strconv.Itoa(p.a) + "/" + strconv.Itoa(p.b) + "/" + year
	e.Readings = [2]string{year + "-" + two(p.b) + "-" + two(p.a), year + "-" + two(p.a) + "-" + two(p.b)}
}

// NewEvidence starts the evidence of a column.
func NewEvidence(column string, f Field) *Evidence {
	return &Evidence{Column: column, Field: f.Key, personal: f.Personal != ""}
}

// Settle decides the format of each day column. What the user chose for the column, or
// for the file, wins; then the column's own values; then the other columns, if they all
// prove the same. What stays Unsettled or Contradicted needs the user's word.
func Settle(all []*Evidence, chosen map[string]DayFormat, file *DayFormat) []Settled {
	order, from := fileOrder(all)
	out := make([]Settled, len(all))
	for i, e := range all {
		s := Settled{Evidence: *e}
		c, byColumn := chosen[e.Column]
		switch {
		case byColumn:
			s.Format, s.By = c, ByUserChoice
		case file != nil:
			s.Format, s.By = *file, ByUserChoice
		case e.DMY > 0 && e.MDY > 0:
			s.By = Contradicted
		case e.DMY > 0:
			s.Format.Order, s.By = DMY, ByOwnValues
		case e.MDY > 0:
			s.Format.Order, s.By = MDY, ByOwnValues
		case e.Ambiguous == 0:
			s.By = ByNoNeed
		case order != NoOrder:
			s.Format.Order, s.By, s.From = order, ByOtherDays, from
		default:
			s.By = Unsettled
		}
		out[i] = s
	}
	return out
}

// fileOrder is the order all columns with evidence agree on, and the one with most of it.
func fileOrder(all []*Evidence) (Order, string) {
	dmy, mdy, most := 0, 0, 0
	from := ""
	for _, e := range all {
		dmy, mdy = dmy+e.DMY, mdy+e.MDY
		if n := e.DMY + e.MDY; n > most {
			most, from = n, e.Column
		}
	}
	switch {
	case dmy > 0 && mdy == 0:
		return DMY, from
	case mdy > 0 && dmy == 0:
		return MDY, from
	}
	return NoOrder, ""
}
