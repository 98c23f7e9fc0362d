package protocol

import (
	"errors"
	"io/fs"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
)

// minimal is the smallest pack that is accepted; every refused file differs from it in
// one thing.
const minimal = `id: small
version: 1
kind: pack
title: {zh: 小, en: small}
valid_from: 2022-03-01
valid_to: 2022-06-30
documents:
  d: {zh: 文件, en: document}
parameters:
  followup.days: {value: 21, unit: day, citation: {doc: d, seen: S1}, grade: A}
  quarantine.test_days: {value: [1, 4], unit: day, citation: {doc: d, seen: S1}, grade: B}
  quarantine.clock_origin: {value: last_exposure, citation: {doc: d}, grade: C}
  pool.dilution_max_positivity: {value: 0.001, unit: ratio, citation: {doc: d}, grade: D}
  antigen.enabled: {value: true, citation: {doc: d}, grade: D}
  zone.levels: {value: [lockdown], citation: {doc: d}, grade: D}
effective:
  - from: 2022-03-15
    set:
      followup.days: {value: 7, unit: day, citation: {doc: d, seen: S1}, grade: A}
classes:
  confirmed: {zh: 确诊, en: confirmed, counts_as: confirmed, infection: true}
zones:
  - {id: lockdown, zh: 封控区, en: lockdown zone}
surface: zone != 'lockdown'
criteria:
  declaration: {required: true, zh: 决定, en: decision}
  clearance:
    - id: none_left
      title: {zh: 无在治, en: none left}
      met: active_cases == 0
      value: active_cases
      needed: 0
`

const smallOverlay = `id: over
version: 1
kind: overlay
base: small
title: {zh: 层, en: layer}
caution: {zh: 慎用, en: with care}
documents: {d: {zh: 文, en: doc}}
`

func swap(old, new string) func(string) string {
	return func(s string) string {
		if !strings.Contains(s, old) {
			panic("the example has no " + old)
		}
		return strings.Replace(s, old, new, 1)
	}
}

func appended(text string) func(string) string { return func(s string) string { return s + text } }

// refusals has one row for each way a file can be wrong. at is a piece of the line where
// the problem must be reported; the YAML parser itself points near a syntax error only.
var refusals = []struct {
	name string
	edit func(string) string
	at   string
	key  string
	code string
	says string // a piece of the English text
}{
	{"tab", swap("version: 1", "version:\t1\n\t- x"), "version:", "", "protocol.bad_yaml", "indentation"},
	{"unclosed bracket", swap("[1, 4]", "[1, 4"), "followup.days:", "", "protocol.bad_yaml", ""},
	{"empty file", func(string) string { return "" }, "", "", "protocol.bad_yaml", "empty"},
	{"two documents", appended("---\nid: x\n"), "---", "", "protocol.several_documents", "its own file"},
	{"alias", swap("followup.days: {value: 21", "followup.days: &a {value: 21"), "&a", "", "protocol.alias", ""},
	{"too large", appended("# " + strings.Repeat("x", maxFile)), "id: small", "", "protocol.too_large", "1048576"},
	{"top is a list", func(string) string { return "- a\n" }, "- a", "", "protocol.bad_type", "a group"},
	{"field twice", appended("version: 2\n"), "version: 2", "", "protocol.duplicate_field", "line 2"},
	{"parameter twice", swap("  antigen.enabled:", "  followup.days: {}\n  antigen.enabled:"), "followup.days: {}", "parameters", "protocol.duplicate_field", "line 10"},
	{"two changes on a day", swap("classes:", "  - {from: 2022-03-15, set: {}}\nclasses:"), "{from: 2022-03-15, set", "effective[1].from", "protocol.duplicate_field", ""},
	{"criterion twice", appended("    - {id: none_left, title: {zh: 一, en: a}, met: 'true', value: 1, needed: 1}\n"), "- {id: none_left", "criteria.clearance[1]", "protocol.duplicate_field", "line 28"},
	{"unknown field", appended("author: me\n"), "author", "", "protocol.unknown_field", "author"},
	{"unknown field in leaf", swap("grade: C", "grade: C, seen: S9"), "seen: S9", "parameters.quarantine.clock_origin", "protocol.unknown_field", "citation"},
	{"base on a pack", swap("kind: pack", "kind: pack\nbase: other"), "base: other", "base", "protocol.unknown_field", ""},
	{"no version", swap("version: 1\n", ""), "id: small", "", "protocol.missing_field", "version"},
	{"no surface", swap("surface: zone != 'lockdown'\n", ""), "id: small", "", "protocol.missing_field", "surface"},
	{"no met", swap("      met: active_cases == 0\n", ""), "id: none_left", "criteria.clearance[0]", "protocol.missing_field", "met"},
	{"no citation", swap(", citation: {doc: d}, grade: C", ", grade: C"), "quarantine.clock_origin", "parameters.quarantine.clock_origin", "protocol.missing_field", "citation"},
	{"unknown key", swap("  followup.days: {value: 21", "  followup.day: {value: 21"), "followup.day:", "parameters.followup.day", "protocol.unknown_key", "nearest is followup.days"},
	{"text for number", swap("value: 21", "value: three weeks"), "three weeks", "parameters.followup.days.value", "protocol.bad_type", "a whole number"},
	{"fraction for whole", swap("value: 21", "value: 21.5"), "21.5", "parameters.followup.days.value", "protocol.bad_type", "a whole number"},
	{"number for switch", swap("antigen.enabled: {value: true", "antigen.enabled: {value: 1"), "value: 1,", "parameters.antigen.enabled.value", "protocol.bad_type", "true or false"},
	{"not a number", swap("value: 0.001", "value: .nan"), ".nan", "parameters.pool.dilution_max_positivity.value", "protocol.bad_type", "a number"},
	{"number for list", swap("value: [1, 4]", "value: 1"), "value: 1,", "parameters.quarantine.test_days.value", "protocol.bad_type", "a list"},
	{"text in list", swap("value: [1, 4]", "value: [1, four]"), "four", "parameters.quarantine.test_days.value[1]", "protocol.bad_type", "four"},
	{"wrong unit", swap("value: 21, unit: day", "value: 504, unit: hour"), "unit: hour", "parameters.followup.days.unit", "protocol.bad_unit", `"day"`},
	{"no unit", swap("value: 21, unit: day", "value: 21"), "value: 21", "parameters.followup.days.unit", "protocol.bad_unit", `"day"`},
	{"unit on a switch", swap("value: true, citation", "value: true, unit: day, citation"), "antigen", "parameters.antigen.enabled.unit", "protocol.bad_unit", ""},
	{"word not allowed", swap("value: last_exposure", "value: first_exposure"), "first_exposure", "parameters.quarantine.clock_origin.value", "protocol.bad_value", "admission"},
	{"kind not allowed", swap("kind: pack", "kind: bundle"), "kind: bundle", "kind", "protocol.bad_value", "overlay"},
	{"counts as nothing known", swap("counts_as: confirmed", "counts_as: maybe"), "maybe", "classes.confirmed.counts_as", "protocol.bad_value", "none"},
	{"days too many", swap("value: 21", "value: 21000"), "21000", "parameters.followup.days.value", "protocol.out_of_range", "3650"},
	{"percent for ratio", swap("value: 0.001", "value: 99"), "value: 99", "parameters.pool.dilution_max_positivity.value", "protocol.out_of_range", "ratio"},
	{"version zero", swap("version: 1", "version: 0"), "version: 0", "version", "protocol.out_of_range", ""},
	{"bad grade", swap("grade: C", "grade: E"), "grade: E", "parameters.quarantine.clock_origin.grade", "protocol.bad_grade", "A, B, C or D"},
	{"A without source", swap("citation: {doc: d, seen: S1}, grade: A", "citation: {doc: d}, grade: A"), "followup.days", "parameters.followup.days.citation.seen", "protocol.no_citation", "grade it C or D"},
	{"unknown document", swap("citation: {doc: d}, grade: C", "citation: {doc: e}, grade: C"), "doc: e", "parameters.quarantine.clock_origin.citation.doc", "protocol.unknown_document", "there are: d"},
	{"bad date", swap("valid_from: 2022-03-01", "valid_from: 2022-02-30"), "2022-02-30", "valid_from", "protocol.bad_date", "2022-03-15"},
	{"bad date of change", swap("from: 2022-03-15", "from: 15.3.2022"), "15.3.2022", "effective[0].from", "protocol.bad_date", "15.3.2022"},
	{"ends before it begins", swap("valid_to: 2022-06-30", "valid_to: 2022-02-01"), "valid_to: 2022-02-01", "valid_to", "protocol.bad_order", "2022-03-01"},
	{"change too early", swap("from: 2022-03-15", "from: 2022-03-01"), "- from: 2022-03-01", "effective[0].from", "protocol.bad_order", "later than 2022-03-01"},
	{"change too late", swap("from: 2022-03-15", "from: 2022-07-01"), "from: 2022-07-01", "effective[0].from", "protocol.bad_order", "2022-06-30"},
	{"bad id", swap("id: small", "id: Small Pack"), "Small Pack", "id", "protocol.bad_id", "lower-case"},
	{"no Chinese", swap("title: {zh: 小, en: small}", "title: {en: small}"), "title: {en", "title.zh", "protocol.empty_text", "zh"},
	{"blank English", swap("en: decision", "en: ''"), "declaration", "criteria.declaration.en", "protocol.empty_text", "en"},
	{"rule cut short", swap("met: active_cases == 0", "met: active_cases =="), "met: active_cases ==", "criteria.clearance[0].met", "protocol.bad_rule", "column 16"},
	{"types do not fit", swap("met: active_cases == 0", "met: active_cases == 'none'"), "'none'", "criteria.clearance[0].met", "protocol.bad_rule", "no matching overload"},
	{"third line of a block", swap("met: active_cases == 0", "met: |-\n        active_cases == 0 &&\n        closed_cases > 0 &&\n        cases_left == 0"), "cases_left", "criteria.clearance[0].met", "protocol.unknown_name", "cases_left"},
	{"parameter not in the registry", swap("needed: 0", "needed: followup.dais"), "followup.dais", "criteria.clearance[0].needed", "protocol.unknown_name", "nearest is followup.days"},
	{"facts are not known to surface", swap("surface: zone != 'lockdown'", "surface: active_cases == 0"), "surface:", "surface", "protocol.unknown_name", "active_cases"},
	{"rule gives a number", swap("met: active_cases == 0", "met: active_cases"), "met:", "criteria.clearance[0].met", "protocol.rule_type", "true or false"},
	{"rule gives a list", swap("value: active_cases", "value: infections"), "value: infections", "criteria.clearance[0].value", "protocol.rule_type", "list(int)"},
	{"surface gives a text", swap("surface: zone != 'lockdown'", "surface: zone"), "surface: zone", "surface", "protocol.rule_type", "string"},
	{"three loops", swap("met: active_cases == 0", "met: infections.all(a, infections.all(b, infections.all(c, a + b + c >= 0)))"), "met:", "criteria.clearance[0].met", "protocol.costly_rule", "20000"},
	{"division by what may be zero", swap("value: active_cases", "value: 100 / closed_cases"), "100 / closed_cases", "criteria.clearance[0].value", "protocol.rule_failed", "division by zero"},
	{"position outside the list", swap("value: active_cases", "value: infections[6]"), "infections[6]", "criteria.clearance[0].value", "protocol.rule_failed", "index"},
	{"surface fails", swap("surface: zone != 'lockdown'", "surface: quarantine.test_days[9] > 0"), "surface:", "surface", "protocol.rule_failed", "index"},
	{"parameter not set", swap("needed: 0", "needed: outbreak_end.days"), "outbreak_end.days", "criteria.clearance[0].needed", "protocol.unset_parameter", "outbreak_end.days"},
	{"set only later", swap("surface: zone", "surface: pep.ring_vaccination || zone"), "surface:", "surface", "protocol.unset_parameter", "pep.ring_vaccination"},
	{"nothing binds", appended("      binding: false\n"), "- id: none_left", "criteria.clearance", "protocol.nothing_binding", "binding"},
	{"levels differ", swap("value: [lockdown]", "value: [lockdown, control]"), "[lockdown, control]", "zone.levels", "protocol.zone_mismatch", "[lockdown]"},
	{"levels not set", swap("  zone.levels: {value: [lockdown], citation: {doc: d}, grade: D}\n", ""), "- {id: lockdown", "zones", "protocol.zone_mismatch", "[]"},
	{"classification not known", swap("  confirmed: {zh", "  certain: {zh"), "certain:", "classes", "protocol.unknown_field", "screening_positive"},
	{"criterion unit", appended("      unit: fortnight\n"), "fortnight", "criteria.clearance[0].unit", "protocol.bad_value", "day"},
}

// codesSeen collects the codes that tests have produced, to hold the catalogue to them.
var codesSeen sync.Map

var placeholder = regexp.MustCompile(`\{[a-z_]+\}`)

func problemsOf(t *testing.T, err error) Problems {
	t.Helper()
	var ps Problems
	if err == nil || !errors.As(err, &ps) {
		t.Fatalf("got %v, want Problems", err)
	}
	for _, p := range ps {
		codesSeen.Store(p.Code, true)
		if placeholder.MatchString(p.Text("zh-CN") + p.Text("en")) {
			t.Errorf("a parameter is missing in %+v: %s", p, p.Text("en"))
		}
	}
	return ps
}

func TestProblems(t *testing.T) {
	if _, err := Load(fstest.MapFS{"p.yaml": {Data: []byte(minimal)}}); err != nil {
		t.Fatalf("the example itself is refused: %v", err)
	}
	for _, tt := range refusals {
		t.Run(tt.name, func(t *testing.T) {
			text := tt.edit(minimal)
			l, err := Load(fstest.MapFS{"p.yaml": {Data: []byte(text)}})
			ps := problemsOf(t, err)
			if l != nil {
				t.Error("a library was returned beside the problems")
			}
			line := 1 + strings.Count(text[:max(strings.Index(text, tt.at), 0)], "\n")
			p := ps[0]
			if len(ps) != 1 || p.File != "p.yaml" || p.Line != line || p.Key != tt.key || p.Code != tt.code {
				t.Fatalf("got %+v\nwant only p.yaml:%d %s %s", ps, line, tt.key, tt.code)
			}
			if !strings.Contains(p.Text("en"), tt.says) || p.Text("zh-CN") == p.Text("en") {
				t.Errorf("text %q / %q, want it to say %q", p.Text("en"), p.Text("zh-CN"), tt.says)
			}
		})
	}
	t.Run("library", libraryProblems)
	t.Run("resolve", resolveProblems)
	for code := range problemTexts {
		if _, seen := codesSeen.Load(code); !seen {
			t.Errorf("no test produces %s", code)
		}
	}
}

func libraryProblems(t *testing.T) {
	l, err := Load(fstest.MapFS{"a.yaml": {Data: []byte(minimal)}, "b.yaml": {Data: []byte(minimal)}})
	if ps := problemsOf(t, err); l != nil || len(ps) != 1 || ps[0].Code != "protocol.duplicate_pack" || ps[0].File != "b.yaml" || ps[0].Line != 1 || ps[0].Params["other"] != "a.yaml" {
		t.Errorf("duplicate: %v", ps)
	}
	_, err = Load(fstest.MapFS{"o.yaml": {Data: []byte(smallOverlay)}})
	if ps := problemsOf(t, err); len(ps) != 1 || ps[0].Code != "protocol.unknown_base" || ps[0].Line != 1 {
		t.Errorf("no base: %v", ps)
	}
	_, err = Load(fstest.MapFS{"p.yaml": {Data: []byte(minimal)}, "o.yaml": {Data: []byte(strings.Replace(smallOverlay, "caution: {zh: 慎用, en: with care}\n", "", 1))}})
	if ps := problemsOf(t, err); len(ps) != 1 || ps[0].Code != "protocol.missing_field" || ps[0].Params["name"] != "caution" {
		t.Errorf("an overlay without a caution: %v", ps)
	}
	_, err = Load(fstest.MapFS{"p.yaml": {Data: []byte(minimal)}, "o.yaml": {Data: []byte(smallOverlay +
		"surface: pep.ring_vaccination\n")}})
	if ps := problemsOf(t, err); len(ps) != 1 || ps[0].Code != "protocol.unset_parameter" || ps[0].File != "o.yaml" || ps[0].Line != 8 {
		t.Errorf("an overlay's rule is tried on its base: %v", ps)
	}
	// A broken base is reported once, and what rests on it is not blamed.
	_, err = Load(fstest.MapFS{"p.yaml": {Data: []byte(strings.Replace(minimal, "grade: C", "grade: E", 1))}, "o.yaml": {Data: []byte(smallOverlay)}})
	if ps := problemsOf(t, err); len(ps) != 1 || ps[0].File != "p.yaml" {
		t.Errorf("broken base: %v", ps)
	}
	_, err = Load(noFiles{})
	if ps := problemsOf(t, err); len(ps) != 1 || ps[0].Code != "protocol.unreadable" || strings.Contains(ps.Error(), "/secret") {
		t.Errorf("unreadable: %v", ps)
	}
}

// noFiles is a directory that cannot be read.
type noFiles struct{}

func (noFiles) Open(string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: "/secret/protocols", Err: fs.ErrPermission}
}

func resolveProblems(t *testing.T) {
	other := strings.NewReplacer("id: small", "id: other").Replace(minimal)
	l, err := Load(fstest.MapFS{"p.yaml": {Data: []byte(minimal)}, "q.yaml": {Data: []byte(other)}, "o.yaml": {Data: []byte(smallOverlay)}})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		pack     string
		overlays []string
		code     string
	}{
		{"nothing", nil, "protocol.unknown_pack"},
		{"over", nil, "protocol.unknown_pack"},
		{"small", []string{"nothing"}, "protocol.unknown_overlay"},
		{"small", []string{"other"}, "protocol.unknown_overlay"},
		{"other", []string{"over"}, "protocol.wrong_base"},
		{"small", []string{"over", "over"}, "protocol.repeated_overlay"},
	}
	for _, tt := range tests {
		_, err := l.Resolve(tt.pack, tt.overlays)
		if ps := problemsOf(t, err); ps.Code() != tt.code {
			t.Errorf("Resolve(%s, %v): %v, want %s", tt.pack, tt.overlays, ps, tt.code)
		}
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	t.Parallel()
	text := strings.NewReplacer("grade: C", "grade: E", "value: 21", "value: x", "valid_to: 2022-06-30", "valid_to: soon",
		"needed: 0", "needed: followup.dais").Replace(minimal)
	text += "author: me\n"
	_, err := Load(fstest.MapFS{"p.yaml": {Data: []byte(text)}, "q.yaml": {Data: []byte("id: [")}})
	var ps Problems
	if !errors.As(err, &ps) {
		t.Fatal(err)
	}
	got := []string{}
	for _, p := range ps {
		got = append(got, strings.SplitN(p.Where(), " ", 2)[0]+p.Code)
	}
	want := []string{"p.yaml:6:protocol.bad_date", "p.yaml:10:protocol.bad_type", "p.yaml:12:protocol.bad_grade", "p.yaml:32:protocol.unknown_name", "p.yaml:33:protocol.unknown_field", "q.yaml:1:protocol.bad_yaml"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
	if lines := strings.Count(err.Error(), "\n") + 1; lines != len(want) {
		t.Errorf("the error has %d lines for %d problems", lines, len(want))
	}
}

func TestProblemTextsAgree(t *testing.T) {
	t.Parallel()
	names := placeholder
	for code, text := range problemTexts {
		zh := names.FindAllString(strings.ReplaceAll(text.ZH, "{want_zh}", "{want}"), -1)
		en := names.FindAllString(text.EN, -1)
		sort.Strings(zh)
		sort.Strings(en)
		if text.ZH == "" || text.EN == "" || !slices.Equal(zh, en) {
			t.Errorf("%s: zh uses %v, en uses %v", code, zh, en)
		}
		if !strings.HasPrefix(code, "protocol.") {
			t.Errorf("%s is not a code of this package", code)
		}
	}
}

func TestReplace(t *testing.T) {
	t.Parallel()
	own := strings.NewReplacer("version: 1", "version: 2", "value: 21", "value: 28").Replace(minimal)
	l, err := Load(fstest.MapFS{"p.yaml": {Data: []byte(minimal)}}, fstest.MapFS{"mine.yml": {Data: []byte(own)}, "README.md": {Data: []byte("x")}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := l.Resolve("small", nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.ID() != "small@2" || r.On("2022-03-02").Int("followup.days") != 28 {
		t.Errorf("%s with %d days; the operator's pack must win", r.ID(), r.On("2022-03-02").Int("followup.days"))
	}
}
