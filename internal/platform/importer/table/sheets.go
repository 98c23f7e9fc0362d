package table

import (
	"github.com/allclear/allclear/internal/platform/fault"
)

// bookRows reads the chosen sheets of a workbook one after the other, as one table. A
// sheet holds at most 1,048,576 rows, so longer tables come as several sheets with the
// same columns.
type bookRows struct {
	book    *book
	sheets  []bookSheet // still to come
	header  int         // Choice.HeaderRow
	current *tabular
	done    Stats // of the sheets before the current one
	fault   error
}

func openBookRows(path string, c Choice) (*bookRows, error) {
	b, err := openBook(path)
	if err != nil {
		return nil, err
	}
	r := &bookRows{book: b, header: c.HeaderRow}
	if r.sheets, err = b.choose(c.Sheets); err == nil {
		err = r.advance()
	}
	if err != nil {
		b.Close()
		return nil, err
	}
	return r, nil
}

// choose returns the sheets of those names; without names the first visible one.
func (b *book) choose(wanted []string) ([]bookSheet, error) {
	if len(wanted) == 0 {
		for _, s := range b.sheets {
			if !s.hidden {
				return []bookSheet{s}, nil
			}
		}
		return b.sheets[:1], nil
	}
	var out []bookSheet
	for _, name := range wanted {
		found := false
		for _, s := range b.sheets {
			if s.name == name {
				out, found = append(out, s), true
			}
		}
		if !found {
			return nil, fault.Invalidf(CodeNoSheet, "the workbook has no sheet of that name")
		}
	}
	return out, nil
}

func (r *bookRows) advance() error {
	s := r.sheets[0]
	r.sheets = r.sheets[1:]
	src, err := r.book.openSheet(s)
	if err != nil {
		return err
	}
	next, err := newTabular(src, s.name, r.header)
	if err != nil {
		src.close()
		return err
	}
	if r.current != nil {
		if Fingerprint(r.current.Columns()) != Fingerprint(next.Columns()) {
			src.close()
			return fault.Invalidf(CodeSheetsDiffer, "the chosen sheets have different columns; import them one by one")
		}
		r.done = sum(r.done, r.current.Stats())
		r.current.Close()
	}
	r.current = next
	return nil
}

func sum(a, b Stats) Stats {
	a.Rows += b.Rows
	a.Blank += b.Blank
	a.Ragged += b.Ragged
	a.Undecoded += b.Undecoded
	a.Hidden += b.Hidden
	a.HiddenRows = append(a.HiddenRows, b.HiddenRows...)
	a.HiddenRows = a.HiddenRows[:min(len(a.HiddenRows), hiddenNamed)]
	a.LastNumber = max(a.LastNumber, b.LastNumber)
	return a
}

func (r *bookRows) Columns() []string { return r.current.Columns() }
func (r *bookRows) Header() []string  { return r.current.Header() }
func (r *bookRows) Row() *Row         { return r.current.Row() }
func (r *bookRows) Stats() Stats      { return sum(r.done, r.current.Stats()) }

func (r *bookRows) Next() bool {
	for {
		if r.current.Next() {
			return true
		}
		if r.fault != nil || r.current.Err() != nil || len(r.sheets) == 0 {
			return false
		}
		if r.fault = r.advance(); r.fault != nil {
			return false
		}
	}
}

func (r *bookRows) Err() error {
	if r.fault != nil {
		return r.fault
	}
	return r.current.Err()
}

func (r *bookRows) Close() error {
	err := r.current.Close()
	if e := r.book.Close(); err == nil {
		err = e
	}
	return err
}
