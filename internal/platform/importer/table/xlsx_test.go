package table

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/allclear/allclear/internal/platform/fault"
)

// workbook saves what make puts into a new workbook and returns the path.
func workbook(t testing.TB, make func(f *excelize.File)) string {
	t.Helper()
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	make(f)
	path := filepath.Join(t.TempDir(), "book.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func put(t testing.TB, f *excelize.File, sheet string, cells map[string]any) {
	t.Helper()
	for at, v := range cells {
		must(t, f.SetCellValue(sheet, at, v))
	}
}

func TestXLSXCells(t *testing.T) {
	t.Parallel()
	path := workbook(t, func(f *excelize.File) {
		put(t, f, "Sheet1", map[string]any{
			"A1": "编号", "B1": "day", "C1": "zip", "D1": "truth", "E1": "note", "G1": "far",
			"A3": 110101199003078888, "B3": time.Date(2022, 4, 8, 0, 0, 0, 0, time.UTC), "C3": 50000, "D3": true, "E3": " trailing ", "G3": 0.1,
			"A4": "x", "B4": time.Date(2022, 4, 8, 13, 30, 0, 0, time.UTC), "C4": 44659, "E4": strings.Repeat("长", 32767), "G4": 1e21,
		})
		zeros := "000000"
		style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &zeros})
		must(t, err)
		must(t, f.SetCellStyle("Sheet1", "C3", "C3", style))
		must(t, f.SetCellFormula("Sheet1", "F4", "=1+1"))
		must(t, f.SetRowVisible("Sheet1", 4, false))
	})
	rows, err := Open(path, Choice{})
	must(t, err)
	defer func() { _ = rows.Close() }()
	if d := cmp.Diff([]string{"编号", "day", "zip", "truth", "note", "column 6", "far"}, rows.Columns()); d != "" {
		t.Fatal(d)
	}
	rows.Next()
	r := *rows.Row()
	if r.Number != 3 || r.Hidden || rows.Stats().Blank != 1 {
		t.Errorf("row %d hidden %v blank %d", r.Number, r.Hidden, rows.Stats().Blank)
	}
	if c := r.Cells[0]; !c.Has(Imprecise) || c.Text != "110101199003078880" && c.Text != "110101199003078900" && !strings.HasPrefix(c.Text, "1101011990030788") {
		t.Errorf("number of 18 digits: %+v", c)
	}
	if c := r.Cells[1]; c.Kind != DayCell || c.Text != "2022-04-08" {
		t.Errorf("day: %+v", c)
	}
	if r.Cells[2].Text != "050000" || r.Cells[3].Text != "TRUE" || r.Cells[4].Text != " trailing " || r.Cells[6].Text != "0.1" {
		t.Errorf("%+v", r.Cells)
	}
	rows.Next()
	r = *rows.Row()
	if !r.Hidden || r.Cells[1].Text != "2022-04-08 13:30:00" || r.Cells[5].Kind != FormulaCell || r.Cells[6].Text != "1000000000000000000000" {
		t.Errorf("%+v", r.Cells[5:])
	}
	if c := r.Cells[2]; c.Kind != NumberCell || c.Serial != 44659 {
		t.Errorf("unformatted day number: %+v", c)
	}
	if rows.Next() || rows.Err() != nil {
		t.Errorf("more rows, or %v", rows.Err())
	}
}

func TestXLSX1904AndThePhantomDay(t *testing.T) {
	t.Parallel()
	path := workbook(t, func(f *excelize.File) {
		yes := true
		must(t, f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}))
		must(t, f.SetCellValue("Sheet1", "A1", "day"))
		must(t, f.SetCellInt("Sheet1", "A2", 43197))
		style, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		must(t, err)
		must(t, f.SetCellStyle("Sheet1", "A2", "A2", style))
	})
	texts, _, _ := readAll(t, path, Choice{})
	if texts[0][0] != "2022-04-08" {
		t.Errorf("1904: %v", texts)
	}
	for serial, want := range map[float64]string{1: "1900-01-01", 59: "1900-02-28", 61: "1900-03-01", 44659: "2022-04-08", 44659.5: "2022-04-08 12:00:00"} {
		if c := numberCell(strconv.FormatFloat(serial, 'f', -1, 64), numberStyle{day: true}, false); c.Text != want || c.Has(PhantomDay) {
			t.Errorf("%v: %+v, want %s", serial, c, want)
		}
	}
	if c := numberCell("60", numberStyle{day: true}, false); !c.Has(PhantomDay) {
		t.Errorf("29 February 1900 passed: %+v", c)
	}
}

func TestDateFormatsOfCellsAreRecognised(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]numberStyle{
		"yyyy-mm-dd": {day: true}, `yyyy"年"m"月"d"日"`: {day: true}, "[$-804]aaaa;@": {}, "m/d/yy": {day: true}, "h:mm AM/PM": {clock: true},
		"[h]:mm:ss": {clock: true}, "0.00": {}, `0.00"d"`: {}, "[Red]0": {}, "General": {}, "000000": {zeros: 6}, "mmm-yy": {day: true}, "0.00E+00": {},
	} {
		if got := styleOfCode(code); got != want {
			t.Errorf("%s: %+v want %+v", code, got, want)
		}
	}
}

func TestXLSXSheetsMergedAndHidden(t *testing.T) {
	t.Parallel()
	path := workbook(t, func(f *excelize.File) {
		for _, s := range []string{"Sheet1", "更多", "other", "secret"} {
			_, err := f.NewSheet(s)
			must(t, err)
		}
		put(t, f, "Sheet1", map[string]any{"A1": "区", "B1": "街道", "A2": "昌邑区", "B2": "兴华", "B3": "文庙", "A4": "龙潭区", "B4": "x", "A5": "备注", "A6": "", "B6": "y"})
		must(t, f.MergeCell("Sheet1", "A2", "A3"))
		must(t, f.MergeCell("Sheet1", "A5", "B5"))
		put(t, f, "更多", map[string]any{"A1": "区", "B1": "街道", "A2": "船营区", "B2": "z"})
		put(t, f, "other", map[string]any{"A1": "totals", "A2": 3})
		put(t, f, "secret", map[string]any{"A1": "区", "B1": "街道", "A2": "秘", "B2": "密"})
		must(t, f.SetSheetVisible("secret", false))
	})
	in, err := Inspect(path, Options{})
	must(t, err)
	if d := cmp.Diff([]string{"Sheet1", "更多"}, in.Choice.Sheets); d != "" {
		t.Error(d)
	}
	codes := map[string]map[string]string{}
	for _, n := range in.Notices {
		codes[n.Code] = n.Params
	}
	if codes[NoticeSkippedSheets]["sheets"] != "other" || codes[NoticeHiddenSheets]["sheets"] != "secret" || codes[NoticeMerged] == nil {
		t.Errorf("notices %v", codes)
	}
	texts, problems, rows := readAll(t, path, in.Choice)
	want := [][]string{{"昌邑区", "兴华"}, {"昌邑区", "文庙"}, {"龙潭区", "x"}, {"备注", ""}, {"", "y"}, {"船营区", "z"}}
	if d := cmp.Diff(want, texts); d != "" {
		t.Error(d)
	}
	if len(problems) != 1 || problems[5] != CodeMergedAcross || rows.Row().Sheet != "更多" {
		t.Errorf("problems %v, last sheet %s", problems, rows.Row().Sheet)
	}
	if _, err := Open(path, Choice{Sheets: []string{"Sheet1", "other"}}); err == nil {
		r, _ := Open(path, Choice{Sheets: []string{"Sheet1", "other"}})
		for r.Next() {
		}
		if fault.CodeOf(r.Err()) != CodeSheetsDiffer {
			t.Errorf("sheets with other columns: %v", r.Err())
		}
	}
}

// TestXLSXAgreesWithExcelize compares every cell of the real workbook with another reader.
func TestXLSXAgreesWithExcelize(t *testing.T) {
	path := filepath.Join(realData(t), "linelists/tianjin2020/Tianjin_135_cases_revised.xlsx")
	f, err := excelize.OpenFile(path)
	must(t, err)
	defer func() { _ = f.Close() }()
	want, err := f.GetRows("cases", excelize.Options{RawCellValue: true})
	must(t, err)
	rows, err := Open(path, Choice{})
	must(t, err)
	defer func() { _ = rows.Close() }()
	n := 1
	for ; rows.Next(); n++ {
		for i, c := range rows.Row().Cells {
			w := ""
			if i < len(want[n]) {
				w = want[n][i]
			}
			got := c.Text
			if c.Kind == DayCell {
				got = strconv.FormatFloat(c.Serial, 'f', -1, 64)
			}
			if got != w {
				t.Errorf("row %d cell %d: %q want %q", n+1, i, got, w)
			}
		}
	}
	if n != len(want) {
		t.Errorf("%d rows, want %d", n, len(want))
	}
}

// parts writes a packed file by hand.
func parts(t testing.TB, content map[string]string) string {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for name, text := range content {
		w, err := z.Create(name)
		must(t, err)
		_, err = w.Write([]byte(text))
		must(t, err)
	}
	must(t, z.Close())
	return write(t, buf.String())
}

// minimal is the least workbook, with the given sheet and shared texts.
func minimal(sheet, texts string) map[string]string {
	return map[string]string{
		"_rels/.rels":                `<Relationships><Relationship Id="r1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook><sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://x/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   sheet,
		"xl/sharedStrings.xml":       texts,
	}
}

func TestHostileFilesAreRefusedQuickly(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	row := `<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>`
	many := map[string]string{"_rels/.rels": ""}
	for i := range maxEntries + 1 {
		many["f"+strconv.Itoa(i)] = ""
	}
	for name, c := range map[string]struct{ path, code string }{
		"10 GB in 10 MB":      {bombFile(t), CodeZipBomb},
		"lying about size":    {liar(t), CodeDamaged},
		"100,000 parts":       {parts(t, many), CodeZipBomb},
		"nested":              {parts(t, map[string]string{"_rels/.rels": "<a/>", "x.zip": "PK"}), CodeZipNested},
		"nested, other name":  {parts(t, map[string]string{"_rels/.rels": "<a/>", "x.bin": "PK\x03\x04" + strings.Repeat("x", 40)}), CodeZipNested},
		"packed, no workbook": {parts(t, map[string]string{"data.csv": "a,b\n1,2\n"}), CodeZipNotXLSX},
		"entity bomb":         {parts(t, minimal(`<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><worksheet><sheetData>`+row+`</sheetData></worksheet>`, `<sst/>`)), CodeDamaged},
		"external entity":     {parts(t, minimal(`<worksheet/>`, `<!DOCTYPE x SYSTEM "file:///etc/passwd"><sst/>`)), CodeDamaged},
		"huge shared texts":   {parts(t, minimal(`<worksheet><sheetData>`+row+`</sheetData></worksheet>`, hugeTexts())), CodeZipBomb},
		"column too far":      {parts(t, minimal(`<worksheet><sheetData><row r="1"><c r="XFE1"><v>1</v></c></row></sheetData></worksheet>`, `<sst/>`)), CodeColumns},
		"row too far":         {parts(t, minimal(`<worksheet><sheetData>`+row+`<row r="1048577"><c r="A1048577"><v>1</v></c></row></sheetData></worksheet>`, `<sst/>`)), CodeDamaged},
		"rows backwards":      {parts(t, minimal(`<worksheet><sheetData>`+row+`<row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>`, `<sst/>`)), CodeDamaged},
		"no such shared text": {parts(t, minimal(`<worksheet><sheetData>`+row+`<row r="2"><c r="A2" t="s"><v>9</v></c></row></sheetData></worksheet>`, `<sst/>`)), CodeDamaged},
		"old Excel":           {write(t, string(oleMagic)+strings.Repeat("\x00", 600)+"W\x00o\x00r\x00k\x00b\x00o\x00o\x00k\x00"), CodeXLSBinary},
		"password":            {write(t, string(oleMagic)+strings.Repeat("\x00", 600)+"E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00"), CodeEncrypted},
		"half a file":         {cutFile(t), CodeDamaged},
		"empty":               {write(t, "   \n"), CodeEmpty},
		"pdf":                 {write(t, "%PDF-1.4"), CodeUnknownKind},
		"wide csv":            {write(t, strings.Repeat("a,", maxColumns)+"b\n"), CodeColumns},
		"endless line":        {write(t, "a,b\n1,"+strings.Repeat("x", maxLine)), CodeLineTooLong},
	} {
		before := memory()
		start := time.Now()
		_, err := Inspect(c.path, Options{})
		if fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
		if grown := memory() - before; grown > 200<<20 && memory() > before {
			t.Errorf("%s: memory grew by %d MB", name, grown>>20)
		}
	}
	if left, _ := os.ReadDir(tmp); len(left) > 0 {
		for _, e := range left {
			if !strings.HasPrefix(e.Name(), "TestHostile") {
				t.Errorf("left in the temporary directory: %s", e.Name())
			}
		}
	}
}

func memory() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse
}

// bombFile is a workbook whose sheet claims to unpack from 10 MB to 10 GB.
func bombFile(t testing.TB) string {
	t.Helper()
	return rawSheet(t, bytes.Repeat([]byte{0}, 10<<20), 10<<30)
}

// liar is a workbook whose sheet unpacks to far more than it claims.
func liar(t testing.TB) string {
	t.Helper()
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestSpeed)
	must(t, err)
	block := bytes.Repeat([]byte(" "), 1<<20)
	for range 64 {
		_, err = w.Write(block)
		must(t, err)
	}
	must(t, w.Close())
	return rawSheet(t, packed.Bytes(), 1000)
}

// rawSheet makes a workbook whose sheet has the given packed bytes and claimed size.
func rawSheet(t testing.TB, packed []byte, claimed uint64) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "raw.xlsx")
	f, err := os.Create(path)
	must(t, err)
	z := zip.NewWriter(f)
	for name, text := range minimal("", "<sst/>") {
		if text != "" {
			w, err := z.Create(name)
			must(t, err)
			_, err = w.Write([]byte(text))
			must(t, err)
			continue
		}
		w, err := z.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Deflate, CompressedSize64: uint64(len(packed)), UncompressedSize64: claimed})
		must(t, err)
		_, err = w.Write(packed)
		must(t, err)
	}
	must(t, z.Close())
	must(t, f.Close())
	return path
}

func hugeTexts() string {
	var b strings.Builder
	b.WriteString("<sst>")
	for i := range 6000 {
		fmt.Fprintf(&b, "<si><t>%d %s</t></si>", i, strings.Repeat(strconv.Itoa(i%97)+"长", 8000))
	}
	b.WriteString("</sst>")
	return b.String()
}

func cutFile(t testing.TB) string {
	t.Helper()
	path := workbook(t, func(f *excelize.File) { put(t, f, "Sheet1", map[string]any{"A1": "a", "A2": 1}) })
	b, err := os.ReadFile(path)
	must(t, err)
	return write(t, string(b[:len(b)/2]))
}

func TestOverlongCellsAreFlaggedNotCut(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("长", 32768)
	path := parts(t, minimal(`<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row><row r="2"><c r="A2" t="s"><v>0</v></c></row></sheetData></worksheet>`,
		`<sst><si><r><t>`+long+`</t></r><rPh><t>reading</t></rPh></si></sst>`))
	rows, err := Open(path, Choice{})
	must(t, err)
	defer func() { _ = rows.Close() }()
	rows.Next()
	if c := rows.Row().Cells[0]; !c.Has(TooLong) || c.Text != long {
		t.Errorf("%d characters, flag %v", len([]rune(c.Text)), c.Flag)
	}
}

func TestFullSheetMustBeConfirmed(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("a million rows")
	}
	var b strings.Builder
	b.WriteString(`<worksheet><sheetData>`)
	for i := 1; i <= maxSheetRows; i++ {
		fmt.Fprintf(&b, `<row r="%d"><c r="A%d"><v>%d</v></c><c r="B%d"><v>1</v></c></row>`, i, i, i, i)
	}
	b.WriteString(`</sheetData></worksheet>`)
	in, err := Inspect(parts(t, minimal(b.String(), `<sst/>`)), Options{})
	must(t, err)
	if !in.MustConfirm() || in.Stats.Rows != maxSheetRows-1 {
		t.Errorf("confirm %v rows %d", in.MustConfirm(), in.Stats.Rows)
	}
}

func FuzzXML(f *testing.F) {
	f.Add(`<a b="c>d"><!-- x --><![CDATA[y]]>&#x4E00;&amp;</a>`)
	f.Add(`<row r="1"><c r="A1" t="s"><v>0</v></c></row>`)
	f.Fuzz(func(t *testing.T, text string) {
		s := newXMLScanner(strings.NewReader(text))
		s.want = true
		for n := 0; s.next(); n++ {
			if n > len(text)+1 {
				t.Fatal("more tags than bytes")
			}
			_ = s.attr("r")
		}
		_, _ = scanLayout(newXMLScanner(strings.NewReader(text)))
		_, _ = readStrings(strings.NewReader(text))
	})
}

func FuzzNumberCell(f *testing.F) {
	f.Add("44659", "yyyy-mm-dd", true)
	f.Add("1.10101E+17", "0", false)
	f.Fuzz(func(t *testing.T, v, code string, date1904 bool) {
		c := numberCell(v, styleOfCode(code), date1904)
		if c.Kind == DayCell && len(c.Text) < 10 {
			t.Fatalf("%+v", c)
		}
	})
}

func BenchmarkReadXLSX(b *testing.B) {
	path := workbook(b, func(f *excelize.File) {
		w, err := f.NewStreamWriter("Sheet1")
		must(b, err)
		must(b, w.SetRow("A1", []any{"id", "name", "day", "age", "street"}))
		for i := 2; i <= 20_001; i++ {
			must(b, w.SetRow("A"+strconv.Itoa(i), []any{i, "张三" + strconv.Itoa(i), "2022-04-08", 36, "兴华街道"}))
		}
		must(b, w.Flush())
	})
	b.ReportAllocs()
	for b.Loop() {
		benchmarkRead(b, path)
	}
}

func BenchmarkReadCSV(b *testing.B) {
	var s strings.Builder
	s.WriteString("id,name,day,age,street\n")
	for i := range 100_000 {
		fmt.Fprintf(&s, "%d,张三%d,2022-04-08,36,兴华街道\n", i, i)
	}
	path := write(b, s.String())
	b.SetBytes(int64(s.Len()))
	b.ReportAllocs()
	for b.Loop() {
		benchmarkRead(b, path)
	}
}

func benchmarkRead(b *testing.B, path string) {
	rows, err := Open(path, Choice{})
	must(b, err)
	for rows.Next() {
	}
	must(b, rows.Err())
	b.ReportMetric(float64(rows.Stats().Rows), "rows/op")
	_ = rows.Close()
}
