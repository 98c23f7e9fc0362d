package table

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"io"
	"strconv"
	"strings"
)

// Columns that a file of refused rows has after the original ones. They are recognised
// and left out when the file is read again.
const (
	rejectRow    = "allclear_row"
	rejectColumn = "allclear_column"
	rejectReason = "allclear_reason"
	// rejectCheck marks rows whose fault the written cells no longer show: cells too
	// many or too few, quotes out of step, digits lost by a spreadsheet, another row with
	// the same key. It holds the code and a digest of the cells; the row is refused again
	// until a cell is changed or the mark is removed.
	rejectCheck = "allclear_check"
	// rejectCell + number is a surplus cell of a row that had too many.
	rejectCell = "allclear_cell_"
)

// Reject is one refused row as the file of refused rows shows it.
type Reject struct {
	Number  int
	Cells   []string
	Columns string // names of the columns at fault
	Reason  string
	// Check is the code of a row that must not pass unchanged, empty otherwise.
	Check string
}

// RejectsWriter writes refused rows as CSV (UTF-8 with a byte order mark, comma) with the
// original columns first and unchanged, safe to open in a spreadsheet, to be mended and
// read again. surplus is how many cells the widest row has beyond the header.
type RejectsWriter struct {
	csv     *csv.Writer
	width   int
	surplus int
}

// NewRejectsWriter writes the header.
func NewRejectsWriter(w io.Writer, header []string, surplus int) (*RejectsWriter, error) {
	if _, err := w.Write(utf8BOM); err != nil {
		return nil, err
	}
	out := &RejectsWriter{csv: csv.NewWriter(w), width: len(header), surplus: surplus}
	row := make([]string, 0, len(header)+surplus+4)
	for _, h := range header {
		row = append(row, Escape(h))
	}
	for i := range surplus {
		row = append(row, rejectCell+strconv.Itoa(len(header)+i+1))
	}
	row = append(row, rejectRow, rejectColumn, rejectReason, rejectCheck)
	return out, out.csv.Write(row)
}

// Write adds one refused row.
func (w *RejectsWriter) Write(r Reject) error {
	row := make([]string, w.width+w.surplus, w.width+w.surplus+4)
	for i, c := range r.Cells {
		if i < len(row) {
			row[i] = Escape(c)
		}
	}
	check := ""
	if r.Check != "" {
		check = r.Check + ":" + strconv.Itoa(len(r.Cells)) + ":" + digest(r.Cells)
	}
	row = append(row, strconv.Itoa(r.Number), Escape(r.Columns), Escape(r.Reason), check)
	return w.csv.Write(row)
}

// Flush writes what is buffered.
func (w *RejectsWriter) Flush() error {
	w.csv.Flush()
	return w.csv.Error()
}

// digest identifies the content of cells; empty ones at the end don't count.
func digest(cells []string) string {
	n := len(cells)
	for n > 0 && cells[n-1] == "" {
		n--
	}
	sum := sha256.Sum256([]byte(strings.Join(cells[:n], "\x1f")))
	return hex.EncodeToString(sum[:4])
}

// rejects knows where the added columns stand in a file of refused rows.
type rejects struct {
	original []int // indexes of the original columns
	surplus  []int
	check    int
	column   int
	total    int
}

// findRejects returns nil for a file that is not one of ours.
func findRejects(header []string) *rejects {
	r := &rejects{check: -1, column: -1, total: len(header)}
	var row, reason bool
	for i, h := range header {
		switch h = strings.TrimSpace(h); {
		case h == rejectRow:
			row = true
		case h == rejectReason:
			reason = true
		case h == rejectColumn:
			r.column = i
		case h == rejectCheck:
			r.check = i
		case strings.HasPrefix(h, rejectCell):
			r.surplus = append(r.surplus, i)
		default:
			r.original = append(r.original, i)
		}
	}
	if !row || !reason {
		return nil
	}
	return r
}

func (r *rejects) originals(header []string) []string {
	if r == nil {
		return header
	}
	out := make([]string, len(r.original))
	for i, at := range r.original {
		out[i] = Unescape(header[at])
	}
	return out
}

// width is the number of cells a full record of the file has.
func (r *rejects) width(columns int) int {
	if r == nil {
		return columns
	}
	return r.total
}

// restore undoes what RejectsWriter did to a row.
func (r *rejects) restore(cells []Cell, want int, row *Row) {
	if len(cells) != r.total {
		row.Cells = cells
		checkWidth(row, r.total)
		return
	}
	row.Cells = make([]Cell, 0, want)
	for _, at := range r.original {
		c := cells[at]
		c.Text = Unescape(c.Text)
		row.Cells = append(row.Cells, c)
	}
	r.restoreSurplus(cells, row)
	if r.check >= 0 && row.Problem == nil {
		r.recheck(strings.TrimSpace(cells[r.check].Text), want, row)
		if row.Problem != nil && r.column >= 0 {
			row.Problem.Params["column"] = Unescape(cells[r.column].Text)
		}
	}
	checkWidth(row, want)
}

func (r *rejects) restoreSurplus(cells []Cell, row *Row) {
	last := len(row.Cells)
	for _, at := range r.surplus {
		c := cells[at]
		c.Text = Unescape(c.Text)
		row.Cells = append(row.Cells, c)
		if c.Text != "" {
			last = len(row.Cells)
		}
	}
	row.Cells = row.Cells[:last]
}

// recheck refuses again a marked row in which nothing was changed.
func (r *rejects) recheck(mark string, want int, row *Row) {
	parts := strings.Split(mark, ":")
	if len(parts) != 3 {
		return
	}
	texts := make([]string, len(row.Cells))
	for i, c := range row.Cells {
		texts[i] = c.Text
	}
	n, err := strconv.Atoi(parts[1])
	if err != nil || n < 0 || digest(texts) != parts[2] {
		return
	}
	for len(row.Cells) < n && n <= maxColumns {
		row.Cells = append(row.Cells, Cell{Kind: BlankCell})
	}
	row.Cells = row.Cells[:min(n, len(row.Cells))]
	if parts[0] == CodeDuplicate {
		parts[0] = CodeDuplicateBefore
	}
	row.Problem = &Problem{Code: parts[0], Params: map[string]string{
		"cells": parts[1], "columns": strconv.Itoa(want),
	}}
}
