package i18n

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/allclear/allclear/internal/platform/fault"
)

const module = "github.com/allclear/allclear"

// saidElsewhere are the files in which a code is only known when the program runs, each
// with the reason why that needs no sentence here.
var saidElsewhere = map[string]string{
	"internal/app/import.go": "Said carries sentences of importer/match that are in the person's language already",
}

func collect(t *testing.T) Collected {
	t.Helper()
	c, err := Collect(filepath.Join("..", "..", ".."), module)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Uses) < 100 || len(c.Fields) < 10 {
		t.Fatalf("found only %d faults and %d wrong fields: the walk is broken", len(c.Uses), len(c.Fields))
	}
	return c
}

func TestEveryFaultCanBeSaidInChinese(t *testing.T) {
	t.Parallel()
	c, used := collect(t), map[string]bool{}
	for _, u := range c.Uses {
		used[u.Code] = true
		known, ok := chineseCatalog.Sentences[u.Code]
		switch {
		case !ok:
			t.Errorf("%s: %s has no sentence in catalog.yaml", u.At, u.Code)
		case !slices.ContainsFunc(known, func(s string) bool { return fills(s, u.Params) }):
			t.Errorf("%s: %s gives %v, which fill none of its sentences %q", u.At, u.Code, u.Params, known)
		}
	}
	for code, known := range chineseCatalog.Sentences {
		if !used[code] {
			t.Errorf("catalog.yaml: no source gives %s", code)
		}
		for _, s := range known {
			if !slices.ContainsFunc(c.Uses, func(u Use) bool { return u.Code == code && fills(s, u.Params) }) {
				t.Errorf("catalog.yaml: %s: nothing fills %q", code, s)
			}
		}
	}
	for _, at := range c.Unknown {
		path, _, _ := strings.Cut(at, ":")
		if saidElsewhere[path] == "" {
			t.Errorf("%s: the code of the fault is not a constant, so that its sentence can't be checked", at)
		}
	}
}

func fills(template string, params []string) bool {
	for _, m := range placeholder.FindAllStringSubmatch(template, -1) {
		if m[1] != detailPlaceholder && !slices.Contains(params, m[1]) {
			return false
		}
	}
	return true
}

func TestEveryWrongFieldCanBeSaidInChinese(t *testing.T) {
	t.Parallel()
	for code, at := range collect(t).Fields {
		if chineseCatalog.Wrong[code] == "" {
			t.Errorf("%s: the field code %s has no words in catalog.yaml", at, code)
		}
	}
}

// Chinese is written with full-width punctuation, and a sentence ends.
func TestSentencesAreWrittenProperly(t *testing.T) {
	t.Parallel()
	halfWidth := regexp.MustCompile(`\p{Han}\s*[,;:!?()]|[,;!?()]\s*\p{Han}|\p{Han}\.`)
	touching := regexp.MustCompile(`\p{Han}[0-9A-Za-z]|[0-9A-Za-z]\p{Han}`)
	for code, known := range chineseCatalog.Sentences {
		for _, s := range known {
			if halfWidth.MatchString(s) {
				t.Errorf("%s: half-width punctuation in %q", code, s)
			}
			if touching.MatchString(s) {
				t.Errorf("%s: no space between Chinese and other letters in %q", code, s)
			}
			if !strings.HasSuffix(s, "。") && !strings.HasSuffix(s, "）") && !strings.HasSuffix(s, "{"+detailPlaceholder+"}") {
				t.Errorf("%s: %q does not end", code, s)
			}
		}
	}
}

func TestSentence(t *testing.T) {
	t.Parallel()
	wrapped := fmt.Errorf("import: %w", fault.Invalidf("places.not_below", "a city can't be below a street").
		Param("level", "city").Param("parent_level", "street").With("level", "not_below").With("name", "a_new_code"))
	cases := map[string]struct {
		err     error
		zh, eng string
	}{
		"fields and words for values": {
			wrapped, "没有保存：市不能放在街道之下。\n  level：不能放在所选上级之下\n  name：a_new_code",
			"a city can't be below a street\n  level: not below\n  name: a new code",
		},
		"a parameter":                  {fault.TooManyf(30, "session.too_many_tries", "wait"), "尝试次数过多。请 30 秒后再试。", "wait"},
		"the first sentence that fits": {fault.Invalidf("importer.bad_json", "bad").Param("byte", 7), "文件不是有效的 JSON，问题在第 7 字节附近，没有导入。请改正后重试。", "bad"},
		"the second":                   {fault.Invalidf("importer.bad_json", "bad"), "文件不是有效的 JSON，可能被截断，没有导入。请重新导出后再试。", "bad"},
		"a parameter is missing":       {fault.Invalidf("backup.cut", "it ends in the middle"), "it ends in the middle", "it ends in the middle"},
		"the English text in brackets": {fault.Invalidf("protocol.bad_pack", "line 3: no unit"), "协议包有误，没有采用。（line 3: no unit）", "line 3: no unit"},
		"a code without a sentence":    {fault.Conflictf("test.unheard_of", "unheard of"), "unheard of", "unheard of"},
		"not a fault":                  {errors.New("disk on fire"), "disk on fire", "disk on fire"},
		"nothing":                      {nil, "", ""},
	}
	for name, c := range cases {
		if got := Sentence(c.err, true); got != c.zh {
			t.Errorf("%s in Chinese: %q, want %q", name, got, c.zh)
		}
		if got := Sentence(c.err, false); got != c.eng {
			t.Errorf("%s in English: %q, want %q", name, got, c.eng)
		}
	}
}

// What Collect must see, and must not.
func TestCollect(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	write := func(name, text string) {
		file := filepath.Join(root, "internal", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("platform/fault/fault.go", "package fault\nfunc Invalidf(code, format string, a ...any) {}\nfunc x() { Invalidf(\"inside\", \"\") }\n")
	write("words/words.go", "package words\nconst Prefix = \"w.\"\nconst Far = Prefix + \"far\"\n")
	write("a/a_test.go", "package a\nfunc y() { fault.Invalidf(\"in.a_test\", \"\") }\n")
	write("a/a.go", `package a
import (
	f "example.org/p/internal/platform/fault"
	"example.org/p/internal/words"
	"example.org/other"
)
const near = "a.near"
var global = f.Conflictf("a.global", "")
func helper(n int, code string) error { return f.Invalidf("a."+code, "").With("field", "wrong") }
func all(free string) {
	_ = f.NotFoundf("a.literal", "").Param("one", 1).Because(nil).Param("two", 2)
	_ = f.Invalidf(near, "")
	_ = f.Invalidf(words.Far, "")
	_ = f.TooManyf(3, "a.slow", "")
	_ = helper(1, "first")
	if helper(2, "second") != nil {}
	later := near
	_ = f.Invalidf(later, "")
	_ = other.Invalidf("not.ours", "")
}
`)
	got, err := Collect(root, "example.org/p")
	if err != nil {
		t.Fatal(err)
	}
	const file = "internal/a/a.go:"
	want := Collected{
		Uses: []Use{
			{"a.first", file + "9", nil}, {"a.global", file + "8", nil}, {"a.literal", file + "11", []string{"two", "one"}}, {"a.near", file + "12", nil},
			{"a.second", file + "9", nil}, {"a.slow", file + "14", []string{"retry_after_s"}}, {"w.far", file + "13", nil},
		},
		Fields:  map[string]string{"wrong": file + "9"},
		Unknown: []string{file + "18"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
