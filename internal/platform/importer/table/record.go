package table

import (
	"io"
	"strings"
)

// Limits on one quoted cell that runs over several lines. Beyond them the opening quote
// was a typing error, and the lines after it are rows of their own.
const (
	maxQuotedLines = 1000
	maxQuotedBytes = 1 << 20
)

// spaces is the Delimiter of tables whose cells are set apart by runs of spaces.
const spaces = "spaces"

// dialect is how cells are set apart in delimited text.
type dialect struct {
	delimiter byte // 0: one cell per line
	quote     byte
	runs      bool // runs of the delimiter count as one; those at both ends as none
}

func (c Choice) dialect() dialect {
	d := dialect{quote: '"'}
	if c.Quote != "" {
		d.quote = c.Quote[0]
	}
	switch c.Delimiter {
	case "":
	case spaces:
		d.delimiter, d.runs = ' ', true
	default:
		d.delimiter = c.Delimiter[0]
	}
	return d
}

// record is one logical line: one physical line, or several when a quoted cell holds
// line breaks.
type record struct {
	cells   []string
	line    int
	problem string // code, empty if sound
}

func (r *record) blank() bool {
	for _, c := range r.cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

// records cuts lines into cells. Every line of the input belongs to exactly one record.
type records struct {
	lines *lines
	d     dialect
	rec   record
	text  string // the record's text, without its terminator
	read  [][]byte
}

func newRecords(r io.Reader, d dialect) *records { return &records{lines: newLines(r), d: d} }

func (p *records) next() bool {
	if !p.lines.next() {
		return false
	}
	p.rec = record{cells: p.rec.cells[:0], line: p.lines.number}
	line := p.lines.raw()
	p.read = append(p.read[:0], line)
	p.text = string(line[:len(line)-terminator(line)])
	p.cut()
	for _, l := range p.read {
		if broken(l) {
			p.rec.problem = CodeUndecoded
		}
	}
	return true
}

// cut divides p.text into cells, reading on when a quoted cell runs over the line's end.
func (p *records) cut() {
	i := 0
	if p.d.runs {
		i = p.skip(0, ' ')
		if i == len(p.text) {
			p.rec.cells = append(p.rec.cells, "")
			return
		}
	}
	for {
		cell, next, ok := p.cell(i)
		if !ok {
			p.giveUp()
			return
		}
		p.rec.cells = append(p.rec.cells, cell)
		if next >= len(p.text) {
			return
		}
		i = next + 1
		if p.d.runs {
			if i = p.skip(i, ' '); i == len(p.text) {
				return
			}
		}
	}
}

func (p *records) skip(i int, c byte) int {
	for i < len(p.text) && p.text[i] == c {
		i++
	}
	return i
}

// cell reads one cell from i and returns the place of the delimiter after it. It is not
// ok when a quote is never closed, or closed so oddly that the lines can't belong together.
func (p *records) cell(i int) (string, int, bool) {
	if q := p.skip(i, ' '); p.d.quote != 0 && q < len(p.text) && p.text[q] == p.d.quote {
		return p.quoted(q + 1)
	}
	if p.d.delimiter == 0 {
		return p.text[i:], len(p.text), true
	}
	end := strings.IndexByte(p.text[i:], p.d.delimiter)
	if end < 0 {
		return p.text[i:], len(p.text), true
	}
	return p.text[i : i+end], i + end, true
}

// quoted reads a quoted cell whose content starts at i.
func (p *records) quoted(i int) (string, int, bool) {
	var done strings.Builder
	for {
		end := strings.IndexByte(p.text[i:], p.d.quote)
		if end < 0 {
			if !p.more() {
				return "", 0, false
			}
			continue // p.text has grown; what was read stays where it was
		}
		end += i
		if end+1 < len(p.text) && p.text[end+1] == p.d.quote {
			done.WriteString(p.text[i : end+1])
			i = end + 2
			continue
		}
		cell := p.text[i:end]
		if done.Len() > 0 {
			done.WriteString(cell)
			cell = done.String()
		}
		return p.afterQuote(cell, end+1)
	}
}

// afterQuote expects a delimiter or the end of the record at i. Anything else is kept as
// part of the cell and the row is marked; after several lines it means that the quotes
// are out of step.
func (p *records) afterQuote(cell string, i int) (string, int, bool) {
	rest := i
	if p.d.delimiter != ' ' {
		rest = p.skip(i, ' ')
	}
	if rest == len(p.text) || (p.d.delimiter != 0 && p.text[rest] == p.d.delimiter) {
		return cell, rest, true
	}
	if len(p.read) > 1 {
		return "", 0, false
	}
	p.rec.problem = CodeStrayQuote
	end := len(p.text)
	if p.d.delimiter != 0 {
		if j := strings.IndexByte(p.text[i:], p.d.delimiter); j >= 0 {
			end = i + j
		}
	}
	return cell + p.text[i:end], end, true
}

// more appends the next physical line to the record.
func (p *records) more() bool {
	if len(p.read) >= maxQuotedLines || len(p.text) > maxQuotedBytes || !p.lines.next() {
		return false
	}
	last := p.read[len(p.read)-1]
	line := p.lines.raw()
	p.read = append(p.read, line)
	p.text += string(last[len(last)-terminator(last):]) + string(line[:len(line)-terminator(line)])
	return true
}

// giveUp makes a refused record of the first line alone and returns the others to be
// read as lines of their own.
func (p *records) giveUp() {
	first := p.read[0]
	p.lines.takeBack(p.read[1:])
	p.read = p.read[:1]
	text := string(first[:len(first)-terminator(first)])
	p.rec.cells = append(p.rec.cells[:0], text)
	if p.d.delimiter != 0 {
		p.rec.cells = append(p.rec.cells[:0], strings.Split(text, string(p.d.delimiter))...)
	}
	p.rec.problem = CodeUnclosedQuote
}
