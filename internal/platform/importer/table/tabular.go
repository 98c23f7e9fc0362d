package table

import (
	"strconv"
	"strings"

	"github.com/allclear/allclear/internal/platform/fault"
)

// maxColumns is the width of a spreadsheet (column XFD).
const maxColumns = 16384

// rawRow is one record as a format delivers it, blank ones included.
type rawRow struct {
	number  int
	line    int
	cells   []Cell
	hidden  bool
	problem *Problem
}

// source delivers the records of one sheet or one text file.
type source interface {
	next() bool
	row() rawRow // valid until next
	err() error
	close() error
	// width is the number of columns the data needs, 0 if unknown: cells without an
	// address can't say.
	width() int
}

// tabular finds the header, names the columns and lines the cells up under them.
type tabular struct {
	src     source
	sheet   string
	pending []rawRow // rows looked at to find the header
	header  []string
	columns []string
	rejects *rejects
	stats   Stats
	above   int // rows above the header that are not blank
	headRow int // number of the header row, 0 when there is none
	seen    int // number of the last record, blank or not
	current Row
	fault   error
}

// newTabular reads up to the header. headerRow is Choice.HeaderRow.
func newTabular(src source, sheet string, headerRow int) (*tabular, error) {
	t := &tabular{src: src, sheet: sheet}
	if err := t.begin(headerRow); err != nil {
		return nil, err
	}
	return t, nil
}

func (t *tabular) begin(headerRow int) error {
	t.fill(headerRow)
	if err := t.src.err(); err != nil {
		return err
	}
	if len(t.pending) == 0 {
		return fault.Invalidf(CodeNoHeader, "no row with column names was found")
	}
	width := max(len(t.pending[0].cells), t.src.width())
	header := make([]string, width)
	if headerRow >= 0 {
		i := 0
		if headerRow == 0 {
			i = findHeader(t.pending)
		}
		head := t.pending[i]
		t.above, t.headRow = t.above+i, head.number
		header = make([]string, max(len(head.cells), t.src.width()))
		for c, cell := range head.cells {
			header[c] = cell.Text
		}
		t.pending = t.pending[i+1:]
		if head.problem != nil && head.problem.Code == CodeUndecoded {
			return fault.Invalidf(CodeEncoding, "the column names can't be read in this encoding; choose another")
		}
	}
	if len(header) > maxColumns {
		return fault.Invalidf(CodeColumns, "the table has more than %d columns", maxColumns).Param("limit", maxColumns)
	}
	t.rejects = findRejects(header)
	t.header = t.rejects.originals(header)
	t.columns = names(t.header)
	return nil
}

// fill reads the rows needed to find the header into pending.
func (t *tabular) fill(headerRow int) {
	for t.src.next() {
		r := t.src.row()
		t.seen = r.number
		if filled(r.cells) == 0 {
			continue
		}
		t.stats.Blank += r.number - t.stats.LastNumber - 1
		t.stats.LastNumber = r.number
		if r.number < headerRow {
			t.above++
			continue
		}
		r.cells = append([]Cell(nil), r.cells...)
		t.pending = append(t.pending, r)
		if len(t.pending) >= titleRows || headerRow != 0 || filled(t.pending[0].cells) != 1 || filled(r.cells) >= 3 {
			return
		}
	}
}

func (t *tabular) Columns() []string { return t.columns }
func (t *tabular) Header() []string  { return t.header }
func (t *tabular) Row() *Row         { return &t.current }
func (t *tabular) Stats() Stats      { return t.stats }
func (t *tabular) Close() error      { return t.src.close() }

func (t *tabular) Err() error {
	if t.fault != nil {
		return t.fault
	}
	return t.src.err()
}

func (t *tabular) Next() bool {
	for {
		var r rawRow
		switch {
		case len(t.pending) > 0:
			r, t.pending = t.pending[0], t.pending[1:]
		case t.src.next():
			r = t.src.row()
			t.seen = r.number
			if filled(r.cells) == 0 && r.problem == nil {
				continue
			}
			t.stats.Blank += r.number - t.stats.LastNumber - 1
			t.stats.LastNumber = r.number
		default:
			if t.src.width() == 0 && t.seen > t.stats.LastNumber {
				t.stats.Blank, t.seen = t.stats.Blank+t.seen-t.stats.LastNumber, 0
			}
			return false
		}
		if len(r.cells) > maxColumns {
			t.fault = fault.Invalidf(CodeColumns, "row %d has more than %d cells", r.number, maxColumns).Param("row", r.number)
			return false
		}
		t.current = Row{Number: r.number, Line: r.line, Sheet: t.sheet, Hidden: r.hidden, Problem: r.problem}
		t.align(r.cells)
		t.stats.count(&t.current)
		return true
	}
}

// align puts the cells under the columns. It never shifts, adds or drops a cell of a
// text file; a spreadsheet's cells have addresses, so its missing ones are just empty.
func (t *tabular) align(cells []Cell) {
	if t.src.width() > 0 {
		for len(cells) < t.rejects.width(len(t.columns)) {
			cells = append(cells, Cell{Kind: BlankCell})
		}
	}
	if t.rejects != nil {
		t.rejects.restore(cells, len(t.columns), &t.current)
		return
	}
	t.current.Cells = cells
	checkWidth(&t.current, len(t.columns))
}

func checkWidth(r *Row, want int) {
	if r.Problem != nil || len(r.Cells) == want {
		return
	}
	code := CodeTooFewCells
	if len(r.Cells) > want {
		code = CodeTooManyCells
	}
	r.Problem = &Problem{Code: code, Params: map[string]string{
		"cells": strconv.Itoa(len(r.Cells)), "columns": strconv.Itoa(want),
	}}
}

// textSource delivers the records of delimited text.
type textSource struct {
	recs   *records
	number int
	cells  []Cell
	closer func() error
}

func (s *textSource) next() bool {
	if !s.recs.next() {
		return false
	}
	s.number++
	s.cells = s.cells[:0]
	for _, c := range s.recs.rec.cells {
		kind := TextCell
		if strings.TrimSpace(c) == "" {
			kind = BlankCell
		}
		s.cells = append(s.cells, Cell{Text: c, Kind: kind})
	}
	return true
}

func (s *textSource) row() rawRow {
	r := rawRow{number: s.number, line: s.recs.rec.line, cells: s.cells}
	if code := s.recs.rec.problem; code != "" {
		r.problem = &Problem{Code: code}
	}
	return r
}

func (s *textSource) err() error   { return s.recs.lines.err }
func (s *textSource) close() error { return s.closer() }
func (s *textSource) width() int   { return 0 }
