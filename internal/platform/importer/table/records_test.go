package table

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// write puts content into a file of its own and returns the path.
func write(t testing.TB, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// readAll returns the texts of all rows, and their problems by row number.
func readAll(t testing.TB, path string, c Choice) (texts [][]string, problems map[int]string, rows Rows) {
	t.Helper()
	rows, err := Open(path, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = rows.Close() })
	problems = map[int]string{}
	for rows.Next() {
		var cells []string
		for _, cell := range rows.Row().Cells {
			cells = append(cells, cell.Text)
		}
		texts = append(texts, cells)
		if p := rows.Row().Problem; p != nil {
			problems[rows.Row().Number] = p.Code
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return texts, problems, rows
}

// TestCSVReadsBackIdentically: whatever encoding/csv writes comes back cell by cell, also
// line breaks, quotes, carriage returns and NUL.
func TestCSVReadsBackIdentically(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		width := rapid.IntRange(2, 5).Draw(rt, "width")
		cell := rapid.StringOf(rapid.RuneFrom([]rune(" ,\"';\t|\r\n=+-@ab1é张𬍡\x00")))
		var want [][]string
		for range rapid.IntRange(1, 12).Draw(rt, "rows") {
			row := rapid.SliceOfN(cell, width, width).Draw(rt, "row")
			if strings.TrimSpace(strings.Join(row, "")) != "" {
				want = append(want, row)
			}
		}
		var out bytes.Buffer
		w := csv.NewWriter(&out)
		w.UseCRLF = false
		header := []string{"a", "b", "c", "d", "e"}[:width]
		if err := w.WriteAll(append([][]string{header}, want...)); err != nil {
			rt.Fatal(err)
		}
		recs := newRecords(&out, dialect{delimiter: ',', quote: '"'})
		recs.next()
		var got [][]string
		for recs.next() {
			if recs.rec.problem != "" {
				rt.Fatalf("problem %s", recs.rec.problem)
			}
			got = append(got, slices.Clone(recs.rec.cells))
		}
		if d := cmp.Diff(want, got); d != "" {
			rt.Fatal(d)
		}
	})
}

func TestEscapeIsTakenBackExactly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.StringOf(rapid.RuneFrom([]rune("'=+-@＝＋－＠\t\r\n\x00 .05a"))).Draw(rt, "s")
		if got := Unescape(Escape(s)); got != s {
			rt.Fatalf("got %q want %q", got, s)
		}
	})
	for _, s := range []string{"=1+1", "+8613800138000", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\x00=1", "＝1", "＋1", "－1", "＠x", " =1", "\u3000=1", "'=1"} {
		if e := Escape(s); !strings.HasPrefix(e, "'") {
			t.Errorf("%q is written as %q", s, e)
		}
	}
	for _, s := range []string{"-13.217990646098", "13", "张三", "'quoted'", "a=b", ""} {
		if e := Escape(s); e != s {
			t.Errorf("%q is changed to %q for no reason", s, e)
		}
	}
}

func TestRaggedRowsAreRefusedAloneAndNeverShift(t *testing.T) {
	t.Parallel()
	path := write(t, "a,b,c\n1,2,3\n4,5\n6,7,8,9\n,,\n\n10,11,12\n")
	texts, problems, rows := readAll(t, path, Choice{})
	want := [][]string{{"1", "2", "3"}, {"4", "5"}, {"6", "7", "8", "9"}, {"10", "11", "12"}}
	if d := cmp.Diff(want, texts); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(map[int]string{3: CodeTooFewCells, 4: CodeTooManyCells}, problems); d != "" {
		t.Error(d)
	}
	if s := rows.Stats(); s.Rows != 4 || s.Blank != 2 || s.Ragged != 2 || s.LastNumber != 7 {
		t.Errorf("%+v", s)
	}
}

func TestAnOpenQuoteSwallowsNoOtherRow(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x,y\n", 1500)
	for name, c := range map[string]struct {
		content  string
		rows     int
		problems map[int]string
	}{
		"never closed":        {"a,b\n\"1,2\n3,4\n5,6\n", 3, map[int]string{2: CodeUnclosedQuote}},
		"closed too late":     {"a,b\n\"1,2\n3,4\n\"5\",6\n", 3, map[int]string{2: CodeUnclosedQuote}},
		"never closed, long":  {"a,b\n\"1,2\n" + long, 1501, map[int]string{2: CodeUnclosedQuote}},
		"text after a quote":  {"a,b\n\"1\"x,2\n3,4\n", 2, map[int]string{2: CodeStrayQuote}},
		"quote inside a cell": {"a,b\n5\" pipe,2\n", 1, map[int]string{}},
		"line break in cell":  {"a,b\n\"1\n2\",3\n4,5\n", 2, map[int]string{}},
		"space before quote":  {"a,b\n1, \"x,y\"\n", 1, map[int]string{}},
	} {
		texts, problems, _ := readAll(t, write(t, c.content), Choice{Delimiter: ",", Quote: `"`})
		if len(texts) != c.rows {
			t.Errorf("%s: %d rows, want %d: %v", name, len(texts), c.rows, texts[:min(5, len(texts))])
		}
		if d := cmp.Diff(c.problems, problems); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestDelimitersAreFound(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		content, delimiter, quote string
		columns                   []string
	}{
		"comma":             {"a,b\n1,2\n", ",", `"`, []string{"a", "b"}},
		"tab":               {"a\tb\n1\t2\n", "\t", `"`, []string{"a", "b"}},
		"semicolon":         {"a;b\n1,5;2,5\n3,0;4,1\n", ";", `"`, []string{"a", "b"}},
		"pipe":              {"a|b\n1|2\n", "|", `"`, []string{"a", "b"}},
		"spaces":            {"a b c\n1 2 3\n", "spaces", `"`, []string{"a", "b", "c"}},
		"leading spaces":    {"  a   b c\r\n  1   2 3\r\n 10  20 3\r\n", "spaces", `"`, []string{"a", "b", "c"}},
		"spaces and pipes":  {"Date Total |Asymptomatic to Confirmed|\r\n2022-03-19 503 6\r\n2022-03-20 758 0\r\n", "spaces", "|", []string{"Date", "Total", "Asymptomatic to Confirmed"}},
		"single quotes":     {"a,b\n'x,y',2\n'z,w',3\n", ",", "'", []string{"a", "b"}},
		"one column":        {"name\nJohn Smith\nAnne Marie Jones\n", "", `"`, []string{"name"}},
		"one column quoted": {"name\n\"Smith, John\"\n\"Jones, Anne\"\n", "", `"`, []string{"name"}},
		"old machine":       {"a,b\r1,2\r3,4\r", ",", `"`, []string{"a", "b"}},
		"repeated, unnamed": {"a,a,,A\n1,2,3,4\n", ",", `"`, []string{"a", "a (2)", "column 3", "A (3)"}},
		"title above":       {"吉林市疫情日报表,,\n编号,姓名,街道\n1,张,兴华\n", ",", `"`, []string{"编号", "姓名", "街道"}},
	} {
		in, err := Inspect(write(t, c.content), Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if in.Delimiter != c.delimiter || in.Quote != c.quote {
			t.Errorf("%s: delimiter %q quote %q", name, in.Delimiter, in.Quote)
		}
		if d := cmp.Diff(c.columns, in.Columns); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestFilesThatEndAtALimitMustBeConfirmed(t *testing.T) {
	t.Parallel()
	for lines, confirm := range map[int]bool{65_535: false, 65_536: true, 65_538: false, 1_048_576: true} {
		in, err := Inspect(write(t, "a,b\n"+strings.Repeat("1,2\n", lines-1)), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if in.MustConfirm() != confirm {
			t.Errorf("%d lines: must confirm %v", lines, in.MustConfirm())
		}
	}
}

func TestHeaderThatLooksLikeDataIsNoticed(t *testing.T) {
	t.Parallel()
	in, err := Inspect(write(t, "Doe,Jane,11/3/1980,99501,jane@example.org\nRoe,Sally,8/15/1985,99502,sally@example.org\n"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(in.Notices, func(n Notice) bool { return n.Code == NoticeHeaderData }) {
		t.Errorf("notices %v", in.Notices)
	}
	in, err = Inspect(write(t, "Doe,Jane,11/3/1980\nRoe,Sally,8/15/1985\n"), Options{Choice: Choice{HeaderRow: -1}})
	if err != nil {
		t.Fatal(err)
	}
	if in.Stats.Rows != 2 || in.Columns[2] != "column 3" {
		t.Errorf("rows %d, columns %v", in.Stats.Rows, in.Columns)
	}
}

func TestRejectsFileReadsBack(t *testing.T) {
	t.Parallel()
	header := []string{"id", "=risky", "note", ""}
	written := []Reject{
		{Number: 5, Cells: []string{"1", "=1+1", "a\r\nb", "'x"}, Columns: "note", Reason: "“note” is wrong"},
		{Number: 7, Cells: []string{"2", "x"}, Reason: "too few", Check: CodeTooFewCells},
		{Number: 9, Cells: []string{"3", "x", "y", "z", "surplus"}, Reason: "too many", Check: CodeTooManyCells},
		{Number: 11, Cells: []string{"110101199003070000", "x", "", "z"}, Columns: "id", Reason: "damaged", Check: "importer.id_damaged"},
	}
	var out bytes.Buffer
	w, err := NewRejectsWriter(&out, header, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range written {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	texts, problems, rows := readAll(t, write(t, out.String()), Choice{})
	if d := cmp.Diff(header, rows.Header()); d != "" {
		t.Error(d)
	}
	for i, r := range written {
		if d := cmp.Diff(r.Cells, texts[i]); d != "" {
			t.Errorf("row %d: %s", r.Number, d)
		}
	}
	want := map[int]string{3: CodeTooFewCells, 4: CodeTooManyCells, 5: "importer.id_damaged"}
	if d := cmp.Diff(want, problems); d != "" {
		t.Error(d)
	}
	mended := strings.Replace(out.String(), "110101199003070000", "110101199003071233", 1)
	if _, problems, _ := readAll(t, write(t, mended), Choice{}); problems[5] != "" {
		t.Errorf("a mended row is still refused: %s", problems[5])
	}
}
