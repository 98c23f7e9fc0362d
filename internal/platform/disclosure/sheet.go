package disclosure

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/importer/table"
)

const (
	utf8BOM = "\ufeff" // lets spreadsheets read Chinese right
	// sheetRows is what a sheet holds beside its header and its mark: Excel's limit of 1,048,576.
	sheetRows = 1_048_574
	// cellLimit is the most characters that a cell of a sheet holds (Excel's limit).
	cellLimit = 32_767
)

// layout writes rows in one format. rows runs beside on several processors; begin and end
// are around all of them.
type layout interface {
	begin(w io.Writer, visible string, header []string) error
	rows(rows []Row) ([]byte, error)
	write(w io.Writer, chunk []byte) error
	end(w io.Writer) error
	contentType() string
}

func layoutOf(e Export) layout {
	if e.Format == "xlsx" {
		return &sheet{ref: e.Ref()}
	}
	return &lines{ref: e.Ref(), gb: e.Encoding == "gb18030"}
}

// lines is CSV, UTF-8 with a byte order mark or GB18030; never GBK, which lacks characters
// that stand in people's names. No cell is a formula.
type lines struct {
	ref string
	gb  bool
}

func (l *lines) contentType() string {
	if l.gb {
		return "text/csv; charset=gb18030"
	}
	return "text/csv; charset=utf-8"
}

func (l *lines) begin(w io.Writer, _ string, header []string) error {
	b, err := l.rows([]Row{{Cells: header[:len(header)-1]}})
	if err != nil {
		return err
	}
	b = bytes.Replace(b, []byte(l.ref), []byte(header[len(header)-1]), 1)
	if !l.gb {
		b = append([]byte(utf8BOM), b...)
	}
	_, err = w.Write(b)
	return err
}

func (l *lines) rows(rows []Row) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(256 * len(rows))
	out := csv.NewWriter(&b)
	var cells []string
	for _, r := range rows {
		cells = cells[:0]
		for _, c := range r.Cells {
			cells = append(cells, table.Escape(c))
		}
		if err := out.Write(append(cells, l.ref)); err != nil {
			return nil, err
		}
	}
	out.Flush()
	if !l.gb {
		return b.Bytes(), out.Error()
	}
	encoded, err := simplifiedchinese.GB18030.NewEncoder().Bytes(b.Bytes())
	if err != nil {
		return nil, fault.Unavailablef("disclosure.not_encodable", "a text cannot be written in GB18030; take UTF-8").Because(err)
	}
	return encoded, nil
}

func (l *lines) write(w io.Writer, chunk []byte) error { _, err := w.Write(chunk); return err }

func (l *lines) end(io.Writer) error { return nil }

// sheet is XLSX, written as it goes: every cell is a text, so that none is a formula and
// no digit of a number is lost.
type sheet struct {
	ref  string
	zip  *zip.Writer
	part io.Writer
}

func (*sheet) contentType() string {
	return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
}

// The parts of a workbook with one sheet (ECMA-376, part 1).
var sheetParts = [][2]string{
	{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`},
	{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
	{"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="AllClear" sheetId="1" r:id="rId1"/></sheets></workbook>`},
	{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`},
}

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

func (s *sheet) begin(w io.Writer, visible string, header []string) error {
	s.zip = zip.NewWriter(w)
	s.zip.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	for _, p := range sheetParts {
		part, err := s.zip.Create(p[0])
		if err != nil {
			return err
		}
		if _, err := io.WriteString(part, xmlHead+p[1]); err != nil {
			return err
		}
	}
	var err error
	if s.part, err = s.zip.Create("xl/worksheets/sheet1.xml"); err != nil {
		return err
	}
	var b bytes.Buffer
	b.WriteString(xmlHead + `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`)
	if err := writeRow(&b, []string{visible}); err != nil {
		return err
	}
	if err := writeRow(&b, header); err != nil {
		return err
	}
	_, err = s.part.Write(b.Bytes())
	return err
}

func (s *sheet) rows(rows []Row) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(512 * len(rows))
	for _, r := range rows {
		if err := writeRow(&b, append(r.Cells, s.ref)); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

func writeRow(b *bytes.Buffer, cells []string) error {
	b.WriteString("<row>")
	for _, c := range cells {
		if c == "" {
			b.WriteString("<c/>")
			continue
		}
		if utf8.RuneCountInString(c) > cellLimit {
			return fault.Invalidf("disclosure.cell_full", "a text is longer than a cell of a sheet holds; take CSV")
		}
		b.WriteString(`<c t="inlineStr"><is><t xml:space="preserve">`)
		if plainXML(c) {
			b.WriteString(c)
		} else if err := xml.EscapeText(b, []byte(c)); err != nil {
			return err
		}
		b.WriteString(`</t></is></c>`)
	}
	b.WriteString("</row>")
	return nil
}

// plainXML reports whether a text can stand in XML as it is.
func plainXML(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] == '<' || s[i] == '&' || s[i] == '>' || s[i] == '"' || s[i] == '\'' {
			return false
		}
	}
	return utf8.ValidString(s)
}

func (s *sheet) write(_ io.Writer, chunk []byte) error { _, err := s.part.Write(chunk); return err }

// end closes the sheet, with the visible mark at the head and foot of every printed page.
func (s *sheet) end(io.Writer) error {
	mark := strings.ReplaceAll(s.ref, "&", "&&")
	var escaped bytes.Buffer
	if err := xml.EscapeText(&escaped, []byte(mark)); err != nil {
		return err
	}
	foot := fmt.Sprintf(`</sheetData><headerFooter><oddHeader>&amp;C%s</oddHeader><oddFooter>&amp;C%s</oddFooter></headerFooter></worksheet>`, escaped.String(), escaped.String())
	if _, err := io.WriteString(s.part, foot); err != nil {
		return err
	}
	return s.zip.Close()
}
