package table

import (
	"io"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/allclear/allclear/internal/platform/fault"
)

// maxSheetRows is the height of a worksheet.
const maxSheetRows = 1_048_576

// Bounds on the merged areas of one sheet, in all and over one row.
const (
	maxMerged     = 20_000
	maxMergedOver = 1_000
)

// layout is what must be known of a sheet before its first row is read: how wide the
// data is, and the merged areas, which the file states only after the rows.
type layout struct {
	columns int
	rows    int // rows that hold something, counted by tags alone
	merged  []area
}

// area is a merged area, from 0 for columns and 1 for rows.
type area struct{ col, colTo, row, rowTo int }

func (b *book) layoutOf(s bookSheet) (layout, error) {
	e, ok := part(b.zip, s.part)
	if !ok {
		return layout{}, damaged(io.ErrUnexpectedEOF)
	}
	r, err := e.Open()
	if err != nil {
		return layout{}, damaged(err)
	}
	defer r.Close()
	return scanLayout(newXMLScanner(r))
}

func scanLayout(x *xmlScanner) (layout, error) {
	var l layout
	col, counted := 0, false
	for x.next() {
		switch string(x.name) {
		case "row":
			counted, col = false, 0
		case "c":
			if x.closed {
				continue
			}
			col++
			if at := x.attr("r"); at != nil {
				col, _ = reference(at)
				col++
			}
		case "v", "is", "f":
			l.columns = max(l.columns, col)
			if !counted {
				counted = true
				l.rows++
			}
		case "mergeCell":
			if a, ok := parseArea(string(x.attr("ref"))); ok && !x.closed {
				l.merged = append(l.merged, a)
			}
			if len(l.merged) > maxMerged {
				return l, fault.Invalidf(CodeDamaged, "the sheet has more merged cells than can be read; unmerge them")
			}
		}
	}
	if x.err != nil {
		return l, damaged(x.err)
	}
	if l.columns > maxColumns {
		return l, fault.Invalidf(CodeColumns, "the table has more than %d columns", maxColumns).Param("limit", maxColumns)
	}
	sort.Slice(l.merged, func(i, j int) bool { return l.merged[i].row < l.merged[j].row })
	return l, nil
}

// reference reads "AB12" as column 27 and row 12; the row is 0 when it is not one.
func reference(ref []byte) (col, row int) {
	i := 0
	for ; i < len(ref); i++ {
		c := ref[i] &^ 0x20
		if c < 'A' || c > 'Z' || i > 3 {
			break
		}
		col = col*26 + int(c-'A') + 1
	}
	row, err := strconv.Atoi(string(ref[i:]))
	if err != nil {
		row = 0
	}
	return col - 1, row
}

func parseArea(ref string) (area, bool) {
	from, to, ok := strings.Cut(ref, ":")
	if !ok {
		return area{}, false
	}
	var a area
	a.col, a.row = reference([]byte(from))
	a.colTo, a.rowTo = reference([]byte(to))
	return a, a.row > 0 && a.rowTo >= a.row && a.colTo >= a.col && a.col >= 0
}

// sheetSource delivers the rows of one worksheet.
type sheetSource struct {
	book   *book
	layout layout
	x      *xmlScanner
	closer io.Closer
	number int
	hidden bool
	cells  []Cell
	marker int          // next merged area to come
	open   []openMerged // merged areas the current row may lie in
	across bool
	broken bool // a text of the row holds bytes that mean nothing
	fault  error
}

type openMerged struct {
	area
	cell Cell
}

func (b *book) openSheet(s bookSheet) (*sheetSource, error) {
	l, err := b.layoutOf(s)
	if err != nil {
		return nil, err
	}
	e, _ := part(b.zip, s.part)
	r, err := e.Open()
	if err != nil {
		return nil, damaged(err)
	}
	return &sheetSource{book: b, layout: l, x: newXMLScanner(r), closer: r}, nil
}

func (s *sheetSource) width() int   { return max(s.layout.columns, 1) }
func (s *sheetSource) close() error { return s.closer.Close() }

func (s *sheetSource) err() error {
	if s.fault != nil {
		return s.fault
	}
	if s.x.err != nil {
		return damaged(s.x.err)
	}
	return nil
}

func (s *sheetSource) row() rawRow {
	r := rawRow{number: s.number, cells: s.cells, hidden: s.hidden}
	if s.across {
		r.problem = &Problem{Code: CodeMergedAcross}
	}
	if s.broken {
		r.problem = &Problem{Code: CodeUndecoded}
	}
	return r
}

// next moves to the next row element; rows the file leaves out are blank.
func (s *sheetSource) next() bool {
	for s.fault == nil && s.x.next() {
		if !s.x.is("row") {
			continue
		}
		number := s.number + 1
		if at := s.x.attr("r"); at != nil {
			n, err := strconv.Atoi(string(at))
			if err != nil || n < number || n > maxSheetRows {
				s.fault = damaged(errSyntax)
				return false
			}
			number = n
		}
		s.number = number
		hidden := string(s.x.attr("hidden"))
		s.hidden = hidden == "1" || hidden == "true"
		s.cells, s.broken = s.cells[:0], false
		if !s.x.empty {
			s.readCells()
		}
		s.fill()
		return s.fault == nil && s.x.err == nil
	}
	return false
}

func (s *sheetSource) readCells() {
	col := -1
	for s.x.next() {
		switch {
		case s.x.closed && string(s.x.name) == "row":
			return
		case s.x.is("c"):
			col++
			if at := s.x.attr("r"); at != nil {
				col, _ = reference(at)
			}
			if col < 0 || col >= maxColumns {
				s.fault = fault.Invalidf(CodeColumns, "row %d has more than %d cells", s.number, maxColumns).Param("row", s.number)
				return
			}
			for len(s.cells) <= col {
				s.cells = append(s.cells, Cell{Kind: BlankCell})
			}
			s.cells[col] = s.readCell()
			if text := s.cells[col].Text; !utf8.ValidString(text) || strings.ContainsRune(text, utf8.RuneError) {
				s.broken = true
			}
		}
	}
}

// readCell reads one c element to its end.
func (s *sheetSource) readCell() Cell {
	if s.x.empty {
		return Cell{Kind: BlankCell}
	}
	kind := string(s.x.attr("t"))
	style, _ := strconv.Atoi(string(s.x.attr("s")))
	var value string
	var inline []byte
	var stored, formula bool
	phonetic := false
	for s.x.next() {
		switch string(s.x.name) {
		case "v":
			if s.x.closed {
				value, stored = string(s.x.text), true
			}
			s.x.want = !s.x.closed && !s.x.empty
		case "t":
			if s.x.closed && !phonetic {
				inline, stored = append(inline, s.x.text...), true
			}
			s.x.want = !s.x.closed && !s.x.empty
		case "rPh":
			phonetic = !s.x.closed && !s.x.empty
		case "f":
			formula = true
		case "c":
			if !stored && formula {
				return Cell{Text: "(formula)", Kind: FormulaCell}
			}
			if kind == "inlineStr" {
				return textCell(string(inline))
			}
			return s.valueCell(kind, value, style)
		}
	}
	return Cell{Kind: BlankCell}
}

func (s *sheetSource) valueCell(kind, value string, style int) Cell {
	switch kind {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(value))
		text, ok := s.book.strings.get(i)
		if err != nil || !ok {
			s.fault = damaged(errSyntax)
		}
		return textCell(text)
	case "str":
		return textCell(value)
	case "b":
		if value == "1" || value == "true" {
			return Cell{Text: "TRUE", Kind: BoolCell}
		}
		return Cell{Text: "FALSE", Kind: BoolCell}
	case "e":
		return Cell{Text: value, Kind: ErrorCell}
	case "d":
		return Cell{Text: strings.Replace(strings.TrimSuffix(value, "Z"), "T", " ", 1), Kind: DayCell}
	}
	value = strings.TrimSpace(value)
	if value == "" {
		return Cell{Kind: BlankCell}
	}
	var look numberStyle
	if style >= 0 && style < len(s.book.styles) {
		look = s.book.styles[style]
	}
	return numberCell(value, look, s.book.date1904)
}

// fill gives the rows below the first of a vertically merged area its value, which is
// what a person sees. A row inside an area that spans columns has no such reading.
func (s *sheetSource) fill() {
	s.across = false
	for s.marker < len(s.layout.merged) && s.layout.merged[s.marker].row <= s.number {
		a := s.layout.merged[s.marker]
		s.marker++
		m := openMerged{area: a}
		if a.row == s.number && a.col < len(s.cells) {
			m.cell = s.cells[a.col]
		}
		s.open = append(s.open, m)
	}
	if len(s.open) > maxMergedOver {
		s.fault = damaged(errSyntax)
		return
	}
	kept := s.open[:0]
	for _, m := range s.open {
		if m.rowTo < s.number {
			continue
		}
		kept = append(kept, m)
		if m.colTo > m.col {
			s.across = s.across || filled(s.cells) > 0
			continue
		}
		if m.row == s.number || m.cell.Text == "" {
			continue
		}
		for len(s.cells) <= m.col && m.col < maxColumns {
			s.cells = append(s.cells, Cell{Kind: BlankCell})
		}
		if s.cells[m.col].Kind == BlankCell {
			s.cells[m.col] = m.cell
			s.cells[m.col].Flag |= Filled
		}
	}
	s.open = kept
}
