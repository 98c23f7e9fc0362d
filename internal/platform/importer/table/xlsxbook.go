package table

import (
	"archive/zip"
	"io"
	"os"
	"path"
	"strconv"
	"strings"

	"github.com/allclear/allclear/internal/platform/fault"
)

// book is an open workbook: its sheets, shared texts and number formats.
type book struct {
	file     *os.File
	zip      *zip.Reader
	sheets   []bookSheet
	date1904 bool
	strings  *sharedTexts
	styles   []numberStyle
}

type bookSheet struct {
	name   string
	part   string
	hidden bool
}

func openBook(name string) (*book, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	b := &book{file: f}
	if err := b.load(); err != nil {
		f.Close()
		return nil, err
	}
	return b, nil
}

func (b *book) Close() error { return b.file.Close() }

func (b *book) load() error {
	info, err := b.file.Stat()
	if err != nil {
		return err
	}
	if b.zip, err = openZip(b.file, info.Size()); err != nil {
		return err
	}
	root, err := b.relations("")
	if err != nil {
		return err
	}
	main := "xl/workbook.xml"
	for _, r := range root {
		if strings.HasSuffix(r.kind, "/officeDocument") {
			main = r.target
		}
	}
	rels, err := b.relations(main)
	if err != nil {
		return err
	}
	if err := b.loadSheets(main, rels); err != nil {
		return err
	}
	for _, r := range rels {
		switch {
		case strings.HasSuffix(r.kind, "/sharedStrings"):
			b.strings, err = b.loadStrings(r.target)
		case strings.HasSuffix(r.kind, "/styles"):
			b.styles, err = b.loadStyles(r.target)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// relation is one entry of a .rels part.
type relation struct{ kind, target string }

// relations reads the .rels part that belongs to a part ("" for the whole package).
// Targets are resolved to names inside the archive.
func (b *book) relations(of string) (map[string]relation, error) {
	dir, base := path.Split(of)
	out := map[string]relation{}
	err := b.scan(dir+"_rels/"+base+".rels", maxPart, func(s *xmlScanner) {
		if !s.is("Relationship") {
			return
		}
		target := string(s.attr("Target"))
		if !strings.HasPrefix(target, "/") {
			target = dir + target
		}
		out[string(s.attr("Id"))] = relation{string(s.attr("Type")), strings.TrimPrefix(path.Clean(target), "/")}
	})
	return out, err
}

func (b *book) loadSheets(main string, rels map[string]relation) error {
	err := b.scan(main, maxPart, func(s *xmlScanner) {
		switch {
		case s.is("workbookPr"):
			v := string(s.attr("date1904"))
			b.date1904 = v == "1" || v == "true"
		case s.is("sheet"):
			rel := rels[string(s.attr("id"))]
			if strings.HasSuffix(rel.kind, "/worksheet") {
				state := string(s.attr("state"))
				b.sheets = append(b.sheets, bookSheet{strings.ToValidUTF8(string(s.attr("name")), "?"), rel.target, state != "" && state != "visible"})
			}
		}
	})
	if err == nil && len(b.sheets) == 0 {
		return fault.Invalidf(CodeNoSheet, "the workbook has no worksheet")
	}
	return err
}

// scan walks through the tags of a small part. A missing part has none.
func (b *book) scan(name string, limit int64, visit func(*xmlScanner)) error {
	e, ok := part(b.zip, name)
	if !ok {
		return nil
	}
	if e.UncompressedSize64 > uint64(limit) {
		return bomb()
	}
	r, err := e.Open()
	if err != nil {
		return damaged(err)
	}
	defer r.Close()
	s := newXMLScanner(io.LimitReader(r, limit))
	s.want = true
	for s.next() {
		visit(s)
	}
	if s.err != nil {
		return damaged(s.err)
	}
	return nil
}

// numberStyle is what a cell format does to a number.
type numberStyle struct {
	day   bool // shows a date, or date and time
	clock bool // shows a time only
	zeros int  // pads with zeros to so many digits
}

// loadStyles reads which cell formats show dates. Built-in formats: ECMA-376 part 1,
// 18.8.30, including the ones of Chinese, Japanese and Korean editions.
func (b *book) loadStyles(name string) ([]numberStyle, error) {
	custom := map[int]string{}
	var out []numberStyle
	inXfs := false
	err := b.scan(name, maxPart, func(s *xmlScanner) {
		switch {
		case s.is("numFmt"):
			if id, err := strconv.Atoi(string(s.attr("numFmtId"))); err == nil {
				custom[id] = string(s.attr("formatCode"))
			}
		case string(s.name) == "cellXfs":
			inXfs = !s.closed
		case inXfs && s.is("xf"):
			id, _ := strconv.Atoi(string(s.attr("numFmtId")))
			out = append(out, styleOf(id, custom[id]))
		}
	})
	return out, err
}

func styleOf(id int, code string) numberStyle {
	if code != "" {
		return styleOfCode(code)
	}
	switch {
	case id >= 14 && id <= 17, id == 22, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id == 57, id == 58:
		return numberStyle{day: true}
	case id >= 18 && id <= 21, id >= 32 && id <= 35, id >= 45 && id <= 47, id == 55, id == 56:
		return numberStyle{clock: true}
	}
	return numberStyle{}
}

// styleOfCode reads a custom format: letters y, m, d outside quotes, brackets and
// escapes show a date; h and s alone a time.
func styleOfCode(code string) numberStyle {
	code, _, _ = strings.Cut(code, ";")
	if strings.Trim(code, "0") == "" && len(code) >= 2 {
		return numberStyle{zeros: len(code)}
	}
	var day, clock, month bool
	for i := 0; i < len(code); i++ {
		switch c := code[i] | 0x20; {
		case code[i] == '"':
			i = skipPast(code, i+1, '"')
		case code[i] == '[':
			end := skipPast(code, i+1, ']')
			inside := strings.ToLower(strings.Trim(code[i:min(end+1, len(code))], "[]"))
			clock = clock || inside != "" && strings.Trim(inside, "hms") == ""
			i = end
		case code[i] == '\\' || code[i] == '_' || code[i] == '*':
			i++
		case (c == 'g' || c == 'G') && strings.HasPrefix(strings.ToLower(code[i:]), "general"):
			return numberStyle{}
		case c == 'y' || c == 'd' || c == 'e' && !strings.ContainsAny(code, "0#"):
			day = true
		case c == 'm':
			month = true
		case c == 'h' || c == 's':
			clock = true
		}
	}
	return numberStyle{day: day || month && !clock, clock: clock && !day}
}

func skipPast(s string, i int, end byte) int {
	for i < len(s) && s[i] != end {
		i++
	}
	return i
}
