package table

import (
	"os"
	"strconv"
	"strings"

	"github.com/allclear/allclear/internal/platform/fault"
)

// Heights at which files are cut: .xls, and .xlsx. In 2020 England lost 15,841 positive
// results because laboratory files were cut at the first.
var cutHeights = []int{65_536, 1_048_576}

// Options are what the user has chosen by hand, and how much to show.
type Options struct {
	Choice
	// Preview is the number of rows to return; 0 means 20.
	Preview int
}

// Sheet is one worksheet.
type Sheet struct {
	Name    string   `json:"name"`
	Hidden  bool     `json:"hidden"`
	Rows    int      `json:"rows"` // rows that hold something, header included
	Columns []string `json:"columns"`
	Chosen  bool     `json:"chosen"`
}

// Inspection is what is in a file and how it would be read.
type Inspection struct {
	Choice
	Size        int64    `json:"size"`
	Sheets      []Sheet  `json:"all_sheets,omitempty"`
	Header      []string `json:"header"`
	Columns     []string `json:"column_names"`
	Fingerprint string   `json:"fingerprint"`
	Preview     []Row    `json:"-"` // may hold personal data
	Stats       Stats    `json:"stats"`
	Notices     []Notice `json:"notices,omitempty"`
}

// MustConfirm reports whether the user must say that the file is whole before it is read.
func (i Inspection) MustConfirm() bool {
	for _, n := range i.Notices {
		if n.Confirm {
			return true
		}
	}
	return false
}

// Inspect reads a file from beginning to end and tells what is in it. A file that can't
// be trusted is a fault; a row that can't is counted.
func Inspect(path string, opt Options) (Inspection, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Inspection{}, err
	}
	if info.Size() == 0 {
		return Inspection{}, fault.Invalidf(CodeEmpty, "the file is empty")
	}
	choice, g, err := detect(path, opt.Choice)
	if err != nil {
		return Inspection{}, err
	}
	in := Inspection{Choice: choice, Size: info.Size()}
	if choice.Format == XLSX {
		if err := in.inspectBook(path); err != nil {
			return Inspection{}, err
		}
	}
	if !g.sure {
		in.note(NoticeEncoding, map[string]string{"encoding": string(choice.Encoding)})
	}
	if g.mixed {
		in.note(NoticeMixed, map[string]string{"encoding": string(choice.Encoding)})
	}
	if opt.Preview == 0 {
		opt.Preview = 20
	}
	return in, in.readAll(path, opt.Preview)
}

func (in *Inspection) note(code string, params map[string]string) {
	in.Notices = append(in.Notices, Notice{Code: code, Params: params})
}

// readAll goes through every row once: what is said about a file is counted, not guessed.
func (in *Inspection) readAll(path string, preview int) error {
	rows, err := Open(path, in.Choice)
	if err != nil {
		return err
	}
	defer rows.Close()
	in.Header, in.Columns = rows.Header(), rows.Columns()
	in.Fingerprint = Fingerprint(in.Columns)
	for rows.Next() {
		if len(in.Preview) < preview {
			r := *rows.Row()
			r.Cells = append([]Cell(nil), r.Cells...)
			in.Preview = append(in.Preview, r)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	in.Stats = rows.Stats()
	in.noteRows(rows)
	return nil
}

func (in *Inspection) noteRows(rows Rows) {
	s := in.Stats
	count := func(code string, n int) {
		if n > 0 {
			in.note(code, map[string]string{"rows": strconv.Itoa(n)})
		}
	}
	for _, h := range cutHeights {
		if in.Format == Delimited || in.Format == XLSX {
			if s.LastNumber == h || s.Rows == h || in.sheetOf(h) {
				in.Notices = append(in.Notices, Notice{Code: NoticeAtLimit, Params: map[string]string{"limit": strconv.Itoa(h)}, Confirm: true})
			}
		}
	}
	count(NoticeBlank, s.Blank)
	count(NoticeRagged, s.Ragged)
	count(NoticeUndecoded, s.Undecoded)
	if s.Hidden > 0 {
		named := make([]string, len(s.HiddenRows))
		for i, n := range s.HiddenRows {
			named[i] = strconv.Itoa(n)
		}
		in.note(NoticeHiddenRows, map[string]string{"rows": strconv.Itoa(s.Hidden), "numbers": strings.Join(named, ", ")})
	}
	if t, ok := rows.(*tabular); ok {
		count(NoticeTitleRows, t.above)
		if t.rejects != nil {
			in.note(NoticeRejectsFile, nil)
		}
	}
	if in.HeaderRow >= 0 && (in.Format == Delimited || in.Format == XLSX) && looksLikeData(in.Header) {
		in.note(NoticeHeaderData, nil)
	}
	if renamed := in.renamed(); renamed != "" {
		in.note(NoticeRenamed, map[string]string{"columns": renamed})
	}
}

func (in *Inspection) sheetOf(height int) bool {
	for _, s := range in.Sheets {
		if s.Chosen && s.Rows == height {
			return true
		}
	}
	return false
}

// renamed lists the columns whose name was made up or made unique.
func (in *Inspection) renamed() string {
	var out []string
	for i, h := range in.Header {
		if h = strings.Join(strings.Fields(h), " "); h != "" && i < len(in.Columns) && in.Columns[i] != strings.Trim(h, "\ufeff") {
			out = append(out, in.Columns[i])
		} else if h == "" {
			out = append(out, in.Columns[i])
		}
	}
	return strings.Join(out[:min(len(out), hiddenNamed)], ", ")
}

// inspectBook lists the sheets and chooses: the first visible one that has rows, and
// those after it with the same columns. The others are named, never dropped silently.
func (in *Inspection) inspectBook(path string) error {
	b, err := openBook(path)
	if err != nil {
		return err
	}
	defer b.Close()
	merged := 0
	var skipped, hidden []string
	first := ""
	for _, s := range b.sheets {
		sheet, areas, err := b.describe(s, in.HeaderRow)
		if err != nil {
			return err
		}
		print := Fingerprint(sheet.Columns)
		switch {
		case len(in.Choice.Sheets) > 0:
			sheet.Chosen = contains(in.Choice.Sheets, s.name)
		case sheet.Rows == 0 || s.hidden:
		case first == "":
			first, sheet.Chosen = print, true
		default:
			sheet.Chosen = print == first
		}
		if sheet.Chosen {
			merged += areas
		} else if sheet.Rows > 0 && s.hidden {
			hidden = append(hidden, s.name)
		} else if sheet.Rows > 0 {
			skipped = append(skipped, s.name)
		}
		in.Sheets = append(in.Sheets, sheet)
	}
	return in.chooseSheets(skipped, hidden, merged)
}

func (in *Inspection) chooseSheets(skipped, hidden []string, merged int) error {
	if len(in.Choice.Sheets) == 0 {
		for _, s := range in.Sheets {
			if s.Chosen {
				in.Choice.Sheets = append(in.Choice.Sheets, s.Name)
			}
		}
	}
	if len(in.Choice.Sheets) == 0 && len(hidden) == 0 {
		return fault.Invalidf(CodeEmpty, "no sheet of the workbook holds anything")
	}
	if len(in.Choice.Sheets) == 0 {
		in.Choice.Sheets = hidden[:1]
	}
	if len(skipped) > 0 {
		in.note(NoticeSkippedSheets, map[string]string{"sheets": strings.Join(skipped, ", ")})
	}
	if len(hidden) > 0 {
		in.note(NoticeHiddenSheets, map[string]string{"sheets": strings.Join(hidden, ", ")})
	}
	if merged > 0 {
		in.note(NoticeMerged, map[string]string{"areas": strconv.Itoa(merged)})
	}
	return nil
}

// describe reads a sheet's size and columns.
func (b *book) describe(s bookSheet, headerRow int) (Sheet, int, error) {
	out := Sheet{Name: s.name, Hidden: s.hidden}
	src, err := b.openSheet(s)
	if err != nil {
		return out, 0, err
	}
	defer src.close()
	out.Rows = src.layout.rows
	if out.Rows == 0 {
		return out, 0, nil
	}
	t, err := newTabular(src, s.name, headerRow)
	if err != nil {
		if fault.CodeOf(err) == CodeNoHeader { // formats without values
			return out, 0, nil
		}
		return out, 0, err
	}
	out.Columns = t.Columns()
	areas := 0
	for _, a := range src.layout.merged {
		if a.rowTo > t.headRow && a.rowTo > a.row {
			areas++
		}
	}
	return out, areas, nil
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
