package table

import (
	"bytes"
	"io"
	"os"
	"strings"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/importer/osm"
)

// sniffBytes is how much of a text file is looked at to find the delimiter.
const sniffBytes = 256 << 10

// sniffRecords is how many records of it.
const sniffRecords = 400

var (
	zipMagic = []byte("PK\x03\x04")
	zipEmpty = []byte("PK\x05\x06")
	oleMagic = []byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}
)

// detectFormat looks at the content alone: names and extensions are what people type.
func detectFormat(path string) (Format, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	head := make([]byte, 4096)
	n, err := io.ReadFull(f, head)
	if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		return "", err
	}
	head = head[:n]
	switch {
	case len(bytes.TrimSpace(head)) == 0:
		return "", fault.Invalidf(CodeEmpty, "the file is empty")
	case bytes.HasPrefix(head, zipMagic), bytes.HasPrefix(head, zipEmpty):
		return XLSX, nil
	case osm.Detect(head):
		return OSM, nil
	case bytes.HasPrefix(head, oleMagic):
		return "", oleFault(f)
	case bytes.HasPrefix(head, []byte("%PDF")), bytes.HasPrefix(head, []byte{0x1F, 0x8B}), bytes.HasPrefix(head, []byte("Rar!")), bytes.HasPrefix(head, []byte("7z\xBC\xAF")):
		return "", fault.Invalidf(CodeUnknownKind, "this kind of file can't be read as a table")
	}
	return textFormat(head), nil
}

// oleFault tells an encrypted workbook from one of Excel 97–2003: the first has a stream
// named EncryptedPackage in its directory.
func oleFault(f *os.File) error {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	head, err := io.ReadAll(io.LimitReader(f, 8<<20))
	if err != nil {
		return err
	}
	name := []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")
	if bytes.Contains(head, name) {
		return fault.Invalidf(CodeEncrypted, "the workbook is protected by a password; remove it and save again")
	}
	return fault.Invalidf(CodeXLSBinary, "this is an Excel 97-2003 file (.xls), which is cut at 65,536 rows; save it as .xlsx or CSV")
}

func textFormat(head []byte) Format {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, utf8BOM), " \t\r\n")
	switch {
	case bytes.HasPrefix(text, []byte("[")), bytes.HasPrefix(text, []byte("{")):
		return JSON // refined by inspectJSON
	}
	return Delimited
}

// candidates are tried in this order; the first of equals wins.
var candidates = []struct {
	delimiter string
	quotes    string
}{
	{",", `"`}, {"\t", `"`}, {";", `"`}, {"|", `"`}, {",", "'"}, {";", "'"}, {spaces, `"`}, {spaces, "|"}, {spaces, "'"},
}

// sniffDialect finds delimiter and quote: those that cut the header and most rows into
// the same number of cells, more than one. A file in which none does has one column.
func sniffDialect(sample string, fixed Choice) (delimiter, quote string) {
	best := -1.0
	for _, c := range candidates {
		if fixed.Delimiter != "" && fixed.Delimiter != c.delimiter || fixed.Quote != "" && fixed.Quote != c.quotes {
			continue
		}
		if c.delimiter == spaces && best >= 1 {
			continue // a sign that cuts the header and the rows alike is never chance; spaces may be
		}
		score := scoreDialect(sample, Choice{Delimiter: c.delimiter, Quote: c.quotes})
		if score > best+1e-9 && score > 0 {
			best, delimiter, quote = score, c.delimiter, c.quotes
		}
	}
	if best < 0 {
		delimiter, quote = fixed.Delimiter, fixed.Quote
		if quote == "" {
			quote = `"`
		}
	}
	return delimiter, quote
}

// scoreDialect is 0 for a dialect that does not fit, else 1 to 3: the share of records
// as wide as the commonest, plus 1 if the header is as wide too, plus a little for width.
func scoreDialect(sample string, c Choice) float64 {
	widths, first := sampleWidths(sample, c)
	mode, most, total := 0, 0, 0
	for w, n := range widths {
		total += n
		if n > most || n == most && w > mode {
			mode, most = w, n
		}
	}
	if mode < 2 || total == 0 {
		return 0
	}
	score := float64(most) / float64(total)
	if first == mode {
		score++
	} else if c.Delimiter == spaces || first < 2 {
		return 0 // prose has spaces too
	}
	if c.Delimiter == spaces && score < 1.8 {
		return 0
	}
	return score + min(float64(mode), 50)/1000
}

func sampleWidths(sample string, c Choice) (widths map[int]int, first int) {
	widths = map[int]int{}
	recs := newRecords(strings.NewReader(sample), c.dialect())
	for n := 0; n < sniffRecords && recs.next(); {
		if recs.rec.blank() {
			continue
		}
		w := len(recs.rec.cells)
		if n == 0 {
			first = w
		}
		if first == 1 && n < 5 && w > 2 {
			first = w // a title stands above the header
		}
		if recs.rec.problem == CodeStrayQuote || recs.rec.problem == CodeUnclosedQuote {
			w = -n // fits nothing
		}
		widths[w]++
		n++
	}
	return widths, first
}

// sample returns the decoded start of the file, cut at the end of a line.
func sampleText(path string, e Encoding) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(decode(f, e), sniffBytes))
	if err != nil {
		return "", err
	}
	if len(b) == sniffBytes {
		if i := bytes.LastIndexByte(b, '\n'); i > 0 {
			b = b[:i+1]
		}
	}
	return string(b), nil
}
