package table

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Format is how a file is built.
type Format string

// The formats that are read.
const (
	Delimited Format = "delimited"
	XLSX      Format = "xlsx"
	JSON      Format = "json"
	NDJSON    Format = "ndjson"
	GeoJSON   Format = "geojson"
	OSM       Format = "osm" // OpenStreetMap: .osm or .osm.pbf, also packed
)

// Choice is everything needed to read a file the same way again. Inspect fills it; what
// the user sets by hand before Inspect wins over what is detected.
type Choice struct {
	Format   Format   `json:"format,omitempty"`
	Encoding Encoding `json:"encoding,omitempty"`
	// Delimiter is the one character between cells, or "spaces" for runs of spaces.
	Delimiter string `json:"delimiter,omitempty"`
	// Quote is the character around cells that hold the delimiter: `"`, `|` or `'`.
	Quote string `json:"quote,omitempty"`
	// Sheets are the worksheets to read, in order.
	Sheets []string `json:"sheets,omitempty"`
	// HeaderRow is the number of the row that holds the column names; 0 finds it, −1
	// says there is none.
	HeaderRow int `json:"header_row,omitempty"`
	// ListKey is the key of the list inside a JSON object, empty for a bare list.
	ListKey string `json:"list_key,omitempty"`
	// Columns are the flattened names of a JSON file, in the order of first appearance.
	Columns []string `json:"columns,omitempty"`
	// Expand: of JSON, the name of a list of texts in each record; each text becomes a row of
	// its own. FindExpand looks for such a list.
	Expand string `json:"expand,omitempty"`
	// Outer are texts and numbers beside the list of records, such as a date. With Expand
	// they stand in every row.
	Outer map[string]string `json:"outer,omitempty"`
	// Blocks: of a map, also the street blocks, which are made from the roads.
	Blocks bool `json:"blocks,omitempty"`
}

// CellKind says what the file itself says a cell is.
type CellKind uint8

// The kinds of cells. Only a spreadsheet knows more than Text.
const (
	TextCell CellKind = iota
	BlankCell
	NumberCell  // a number; from a spreadsheet Serial holds it as a day count too
	DayCell     // a spreadsheet's date; Text is ISO, with the time if there is one
	BoolCell    // TRUE or FALSE
	ErrorCell   // #REF!, #N/A and so on
	FormulaCell // a formula whose result is not stored in the file
)

// Flag marks a cell that looks whole but is not.
type Flag uint8

const (
	// Imprecise: a number of more than 15 digits; a spreadsheet has already replaced the rest by zeros.
	Imprecise Flag = 1 << iota
	// TooLong: more characters than a spreadsheet cell can hold (32,767); the text was cut or made by a faulty program.
	TooLong
	// PhantomDay: 29 February 1900, which spreadsheets know and the calendar does not.
	PhantomDay
	// Filled: the value of a vertically merged area, standing in its first row.
	Filled
)

// Cell is one cell, untrimmed.
type Cell struct {
	Text string
	Kind CellKind
	Flag Flag
	// Serial is the spreadsheet's number in the 1900 date system; 0 when the cell is
	// not a number of a spreadsheet.
	Serial float64
}

// Has reports whether the cell carries the flag.
func (c Cell) Has(f Flag) bool { return c.Flag&f != 0 }

// Problem is why a row can't be trusted: a stable code with parameters.
type Problem struct {
	Code   string
	Params map[string]string
}

// Row is one data row. Cells has one entry per column unless Problem says otherwise.
type Row struct {
	Number  int    // as a spreadsheet shows it; position for JSON
	Line    int    // first line in a text file, 0 otherwise
	Sheet   string // empty unless XLSX
	Cells   []Cell
	Hidden  bool
	Problem *Problem
}

// Rows reads a file row by row. It is not safe for concurrent use; the Row that Row
// returns is valid until the next call of Next.
type Rows interface {
	// Columns are the unique names of the columns.
	Columns() []string
	// Header are the names as they stand in the file, which may repeat or be empty.
	Header() []string
	Next() bool
	Row() *Row
	// Err is the fault that ended reading early, nil at the end of the file.
	Err() error
	Stats() Stats
	Close() error
}

// Stats accounts for what has been read so far.
type Stats struct {
	Rows       int   `json:"rows"`
	Blank      int   `json:"blank"`
	Ragged     int   `json:"ragged"`
	Undecoded  int   `json:"undecoded"`
	Hidden     int   `json:"hidden"`
	HiddenRows []int `json:"hidden_rows,omitempty"` // the first 20
	LastNumber int   `json:"last_number"`           // number of the last record, blank ones included
}

// hiddenNamed is how many hidden rows are named one by one.
const hiddenNamed = 20

func (s *Stats) count(r *Row) {
	s.Rows++
	if r.Hidden {
		s.Hidden++
		if len(s.HiddenRows) < hiddenNamed {
			s.HiddenRows = append(s.HiddenRows, r.Number)
		}
	}
	if r.Problem == nil {
		return
	}
	switch r.Problem.Code {
	case CodeTooManyCells, CodeTooFewCells:
		s.Ragged++
	case CodeUndecoded:
		s.Undecoded++
	}
}

// Fingerprint identifies a set of column names, whatever their case, surrounding spaces
// and order, so that a mapping made once is found again.
func Fingerprint(columns []string) string {
	sum := sha256.New()
	for _, c := range columns {
		sum.Write([]byte(strings.ToLower(strings.TrimSpace(c))))
		sum.Write([]byte{0})
	}
	return hex.EncodeToString(sum.Sum(nil)[:16])
}
