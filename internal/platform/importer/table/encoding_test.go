package table

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// rare are characters of names that GBK does not have: U+36C3, U+2CB4E, U+2B5AF, and the
// dot in Uyghur names.
const rare = "㛃𬭎𫖯‧䶮"

func encoded(t testing.TB, e Encoding, s string) string {
	t.Helper()
	switch e {
	case GB18030:
		b, err := simplifiedchinese.GB18030.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	case UTF16LE:
		b, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	case UTF16BE:
		b, err := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	return s
}

func TestEncodingsAreDetected(t *testing.T) {
	t.Parallel()
	text := "编号,姓名\n1,张" + rare + "\n2,王\n"
	for name, c := range map[string]struct {
		content string
		want    Encoding
	}{
		"utf-8":                {text, UTF8},
		"utf-8 with mark":      {"\ufeff" + text, UTF8},
		"gb18030, four bytes":  {encoded(t, GB18030, text), GB18030},
		"utf-16le":             {encoded(t, UTF16LE, text), UTF16LE},
		"utf-16be":             {encoded(t, UTF16BE, text), UTF16BE},
		"ascii":                {"a,b\n1,张\n", UTF8},
		"late rare characters": {encoded(t, GB18030, "a,b\n"+strings.Repeat("1,2\n", 200_000)+"1,"+rare+"\n"), GB18030},
	} {
		in, err := Inspect(write(t, c.content), Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if in.Encoding != c.want || in.Stats.Undecoded != 0 {
			t.Errorf("%s: detected %s, undecoded %d", name, in.Encoding, in.Stats.Undecoded)
		}
		if in.Header[0] != "编号" && in.Header[0] != "a" {
			t.Errorf("%s: header %q", name, in.Header)
		}
	}
}

// TestRareNamesSurvive: every Han character that GB18030 can hold comes back.
func TestRareNamesSurvive(t *testing.T) {
	t.Parallel()
	var names strings.Builder
	n := 0
	for _, r := range [][2]rune{{0x3400, 0x4DBF}, {0x20000, 0x20A00}, {0x2B740, 0x2B81D}, {0x2CB40, 0x2CC00}} {
		for c := r[0]; c <= r[1]; c++ {
			names.WriteString("1,")
			names.WriteRune(c)
			names.WriteString("\n")
			n++
		}
	}
	if n < 5000 {
		t.Fatalf("only %d characters", n)
	}
	texts, problems, _ := readAll(t, write(t, encoded(t, GB18030, "编号,姓名\n"+names.String())), Choice{})
	if len(problems) > 0 || len(texts) != n {
		t.Fatalf("%d rows of %d, %d problems", len(texts), n, len(problems))
	}
	var got strings.Builder
	for _, r := range texts {
		got.WriteString(r[0] + "," + r[1] + "\n")
	}
	if got.String() != names.String() {
		t.Error("a character was changed")
	}
}

func TestUndecodableRowsAreRefusedAlone(t *testing.T) {
	t.Parallel()
	gb := encoded(t, GB18030, "2,李四")
	mixed := "编号,姓名\n1,张三\n" + gb + "\n3,王五\n4,literal\ufffd\n5,赵六\n"
	texts, problems, rows := readAll(t, write(t, mixed), Choice{})
	if len(texts) != 5 || problems[3] != CodeUndecoded || problems[5] != CodeUndecoded || len(problems) != 2 {
		t.Errorf("rows %d, problems %v", len(texts), problems)
	}
	if rows.Stats().Undecoded != 2 {
		t.Errorf("%+v", rows.Stats())
	}
	in, err := Inspect(write(t, mixed), Options{})
	if err != nil || in.Encoding != UTF8 {
		t.Errorf("%s %v", in.Encoding, err)
	}
	// The wrong guess by hand: UTF-8 read as GB18030 gives nonsense without an error,
	// which only a person can see; the choice by hand wins nevertheless.
	in, err = Inspect(write(t, "编号,姓名\n1,张三丰\n"), Options{Choice: Choice{Encoding: GB18030}})
	if err == nil && in.Encoding != GB18030 {
		t.Errorf("the choice by hand was overruled: %s", in.Encoding)
	}
}

func TestGB18030NeverGBK(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"GBK", "gb2312", "CP936", "GB18030", "ansi"} {
		if e, err := ParseEncoding(name); err != nil || e != GB18030 {
			t.Errorf("%s is read as %s, %v", name, e, err)
		}
	}
	if _, err := ParseEncoding("klingon"); err == nil {
		t.Error("an unknown encoding was accepted")
	}
}

func FuzzRecords(f *testing.F) {
	f.Add("a,b\n1,\"2\n3\"\n", ",", `"`)
	f.Add("a|b|\n\"", "|", `"`)
	f.Add("  a  |b c|\r\n1 2", "spaces", "|")
	f.Fuzz(func(t *testing.T, content, delimiter, quote string) {
		if len(quote) > 1 || delimiter != spaces && len(delimiter) > 1 {
			return
		}
		recs := newRecords(strings.NewReader(content), Choice{Delimiter: delimiter, Quote: quote}.dialect())
		lines := 0
		for recs.next() {
			lines += len(recs.read)
			if len(recs.rec.cells) == 0 {
				t.Fatal("a record without cells")
			}
		}
		want := 0
		for l := newLines(strings.NewReader(content)); l.next(); {
			want++
		}
		if lines != want {
			t.Fatalf("%d of %d lines belong to a record", lines, want)
		}
	})
}

func FuzzInspect(f *testing.F) {
	f.Add([]byte("a,b\n1,2\n"))
	f.Add([]byte(`{"items":[{"a":1,"b":{"c":[1,2]}}]}`))
	f.Add([]byte("\xff\xfea\x00,\x00b\x00\n\x00"))
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Fuzz(func(t *testing.T, content []byte) {
		in, err := Inspect(write(t, string(content)), Options{})
		if err != nil {
			return
		}
		for _, c := range in.Columns {
			if !utf8.ValidString(c) && !bytes.ContainsRune(content, utf8.RuneError) {
				t.Fatalf("column %q", c)
			}
		}
	})
}
