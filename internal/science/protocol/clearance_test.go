package protocol

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// quiet is a place with a full history that satisfies every COVID-19 rule set.
func quiet() Facts {
	f := Facts{DaysSinceStart: 36, Population: 1_800_000, PlaceLevel: "city", DaysSinceAnchor: -1,
		Round: Round{Known: true, Number: 20, OpenedOn: "2022-04-07", ClosedOn: "2022-04-08", Due: 1_800_000,
			Sampled: 1_790_000, Resulted: 1_790_000, Coverage: 0.9944, AfterLastCommunity: true}}
	for i := range 37 {
		community := 0
		if i >= 3 {
			community = 40 + i
		}
		f.CommunityInfections = append(f.CommunityInfections, community)
		f.UnderControlInfections = append(f.UnderControlInfections, 100)
		f.Infections = append(f.Infections, 100+community)
		f.UnknownRoute = append(f.UnknownRoute, 0)
	}
	return f
}

func evaluate(t *testing.T, v *View, f Facts) Result {
	t.Helper()
	r, err := v.Clearance(f)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// unmet lists the criteria that are not met.
func unmet(r Result) string {
	ids := []string{}
	for _, c := range r.Criteria {
		if !c.Met {
			ids = append(ids, c.ID)
		}
	}
	return strings.Join(ids, " ")
}

func find(t *testing.T, r Result, id string) Criterion {
	t.Helper()
	for _, c := range r.Criteria {
		if c.ID == id {
			return c
		}
	}
	t.Fatalf("no criterion %s in %v", id, r)
	return Criterion{}
}

// TestClearanceTurns walks each rule set over the day on which it turns: each row is the
// clear place with one thing changed, and names exactly what is then not met.
func TestClearanceTurns(t *testing.T) {
	t.Parallel()
	base := shipped(t, "cn-covid-8th").On("2022-04-08")
	jilin := shipped(t, "cn-covid-8th", "jilin-city-2022").On("2022-04-08")
	shanghai := shipped(t, "cn-covid-8th", "shanghai-2022").On("2022-05-10")
	yesterday := func(f *Facts) { // the same place one day before: two days at zero
		f.CommunityInfections = append(f.CommunityInfections[1:], 80)
	}
	tests := []struct {
		name   string
		v      *View
		change func(*Facts)
		unmet  string
		met    bool
	}{
		{"base, turning day", base, func(*Facts) {}, "", true},
		{"base, day before", base, yesterday, "community_zero", false},
		{"base, coverage just below", base, func(f *Facts) { f.Round.Coverage = 0.9899 }, "round_coverage", false},
		{"base, coverage just there", base, func(f *Facts) { f.Round.Coverage = 0.99 }, "", true},
		{"base, one result open", base, func(f *Facts) { f.Round.Resulted-- }, "round_resulted", false},
		{"base, an infection today", base, func(f *Facts) { f.CommunityInfections[0] = 1 }, "community_zero", false},
		{"base, a correction is no zero", base, func(f *Facts) { f.CommunityInfections[2] = -1 }, "community_zero", false},
		{"base, cases under control do not count", base, func(f *Facts) { f.Infections[0], f.UnderControlInfections[0] = 900, 900 }, "", true},

		{"Jilin, turning day", jilin, func(*Facts) {}, "", true},
		{"Jilin, two days at zero are enough", jilin, yesterday, "", true},
		{"Jilin, day before: round still open, the last closed one is old", jilin, func(f *Facts) { f.Round.AfterLastCommunity = false }, "round_after_last", false},
		{"Jilin, a community positive in the round", jilin, func(f *Facts) { f.Round.CommunityPositives = 1 }, "round_negative", false},
		{"Jilin, results open", jilin, func(f *Facts) { f.Round.Resulted = 0 }, "round_resulted", false},
		{"Jilin, nobody sampled", jilin, func(f *Facts) { f.Round.Sampled, f.Round.Resulted = 0, 0 }, "round_resulted", false},
		{"Jilin, a route not known in the window", jilin, func(f *Facts) { f.UnknownRoute[2] = 1 }, "routes_known", false},
		{"Jilin, a route not known before the window", jilin, func(f *Facts) { f.UnknownRoute[3] = 9 }, "", true},
		{"Jilin, a correction cannot hide it", jilin, func(f *Facts) { f.UnknownRoute[1], f.UnknownRoute[2] = -1, 1 }, "routes_known", false},
		{"Jilin, no round", jilin, func(f *Facts) { f.Round = Round{DaysSinceClosed: -1} }, "round_coverage round_resulted round_negative round_after_last", false},

		{"Shanghai, turning day", shanghai, func(*Facts) {}, "", true},
		{"Shanghai, day before", shanghai, func(f *Facts) { yesterday(f); f.CommunityInfections[2] = 80 }, "community_zero basic_zero", false},
		{"Shanghai, basic zero only, 17 of 18", shanghai, func(f *Facts) { f.CommunityInfections[1] = 17 }, "community_zero", false},
		{"Shanghai, not below 1 per 100,000", shanghai, func(f *Facts) { f.CommunityInfections[1] = 18 }, "community_zero basic_zero", false},
		{"Shanghai, population not known binds nothing", shanghai, func(f *Facts) { f.Population = 0 }, "basic_zero", true},
		{"Shanghai needs no round", shanghai, func(f *Facts) { f.Round = Round{} }, "", true},
	}
	for _, tt := range tests {
		f := quiet()
		tt.change(&f)
		r := evaluate(t, tt.v, f)
		if unmet(r) != tt.unmet || r.Met != tt.met {
			t.Errorf("%s: met %v, not met %q; want %v, %q", tt.name, r.Met, unmet(r), tt.met, tt.unmet)
		}
		if !r.Declaration.Required || r.Declaration.ZH == "" || r.Declaration.EN == "" {
			t.Errorf("%s: the human decision is not named", tt.name)
		}
	}
}

func TestClearanceEbola(t *testing.T) {
	t.Parallel()
	v := shipped(t, "ebola").On("2026-03-01")
	clear := func(days int) Facts {
		return Facts{DaysSinceStart: 200, ClosedCases: 12, DaysSinceAnchor: days}
	}
	tests := []struct {
		name  string
		facts Facts
		unmet string
		met   bool
	}{
		{"day before", clear(41), "days_since_anchor heightened_surveillance", false},
		{"turning day", clear(42), "heightened_surveillance", true},
		{"surveillance, day before its end", clear(131), "heightened_surveillance", true},
		{"surveillance over", clear(132), "", true},
		{"a case under care", func() Facts { f := clear(60); f.ActiveCases = 1; return f }(), "no_active_case heightened_surveillance", false},
		{"a case without anchor", func() Facts { f := clear(60); f.CasesWithoutAnchor = 1; return f }(), "every_case_anchored days_since_anchor heightened_surveillance", false},
		{"no case on record", func() Facts { f := clear(-1); f.ClosedCases = 0; return f }(), "days_since_anchor heightened_surveillance", false},
	}
	for _, tt := range tests {
		r := evaluate(t, v, tt.facts)
		if unmet(r) != tt.unmet || r.Met != tt.met {
			t.Errorf("%s: met %v, not met %q; want %v, %q", tt.name, r.Met, unmet(r), tt.met, tt.unmet)
		}
	}
	c := find(t, evaluate(t, v, clear(50)), "heightened_surveillance")
	if c.Value != int64(8) || c.Needed != int64(90) || c.Binding {
		t.Errorf("surveillance shows %v of %v, binding %v", c.Value, c.Needed, c.Binding)
	}
	c = find(t, evaluate(t, v, tests[5].facts), "days_since_anchor")
	if len(c.Missing) != 1 || !strings.Contains(c.Missing[0].ZH, "1 例") || !strings.Contains(c.Missing[0].EN, "1 closed cases") {
		t.Errorf("missing = %v", c.Missing)
	}
}

func TestClearanceShowsItsWork(t *testing.T) {
	t.Parallel()
	r := evaluate(t, shipped(t, "cn-covid-8th").On("2022-04-08"), quiet())
	want := map[string]Criterion{
		"community_zero":   {Value: int64(3), Needed: int64(3), Unit: "day", Evidence: []string{"community_infections", "reports"}},
		"round_coverage":   {Value: 0.9944, Needed: 0.99, Unit: "ratio", Evidence: []string{"round"}},
		"round_resulted":   {Value: int64(1_790_000), Needed: int64(1_790_000), Unit: "person", Evidence: []string{"round"}},
		"round_negative":   {Value: int64(0), Needed: int64(0), Unit: "infection", Evidence: []string{"round"}},
		"round_after_last": {Value: true, Needed: true, Evidence: []string{"round"}},
		"routes_known":     {Value: int64(0), Needed: int64(0), Unit: "infection", Evidence: []string{"unknown_route", "reports"}},
	}
	for id, w := range want {
		c := find(t, r, id)
		if c.Value != w.Value || c.Needed != w.Needed || c.Unit != w.Unit || !slices.Equal(c.Evidence, w.Evidence) || !c.Binding {
			t.Errorf("%s = %+v, want %+v", id, c, w)
		}
	}
	if r.Pack != "cn-covid-8th@3" || r.Day != "2022-04-08" || len(r.Digest) != 64 {
		t.Errorf("the result does not say what it was made under: %s %s %s", r.Pack, r.Day, r.Digest)
	}
	if _, err := json.Marshal(r); err != nil {
		t.Error(err)
	}
}

func TestMissingFactsAreNeverMet(t *testing.T) {
	t.Parallel()
	base := shipped(t, "cn-covid-8th").On("2022-04-08")
	tests := []struct {
		name   string
		change func(*Facts)
		id     string
		zh, en string
	}{
		{"a day without a report", func(f *Facts) { f.Incomplete = []string{"2022-04-06"} }, "community_zero", "记录不完整：2022-04-06。", "The records are incomplete: 2022-04-06."},
		{"the same makes the last infection unsure", func(f *Facts) { f.Incomplete = []string{"2022-04-06"} }, "round_after_last", "记录不完整：2022-04-06。", "The records are incomplete: 2022-04-06."},
		{"history too short", func(f *Facts) { f.CommunityInfections = f.CommunityInfections[:3] }, "community_zero", "应有 37 天的逐日数字，现有 3 天。", "Daily figures are needed for 37 days; there are 3."},
		{"no history", func(f *Facts) { f.UnknownRoute = nil }, "routes_known", "应有 37 天的逐日数字，现有 0 天。", "Daily figures are needed for 37 days; there are 0."},
		{"no round", func(f *Facts) { f.Round = Round{Coverage: 1} }, "round_coverage", "没有已结束的全员检测轮次。", "No full testing round has closed."},
		{"nobody due", func(f *Facts) { f.Round.Due = 0 }, "round_coverage", "该轮次没有应检人数。", "The round does not say how many people were due."},
	}
	for _, tt := range tests {
		f := quiet()
		tt.change(&f)
		c := find(t, evaluate(t, base, f), tt.id)
		if c.Met || !slices.Contains(c.Missing, Text{ZH: tt.zh, EN: tt.en}) {
			t.Errorf("%s: met %v, missing %v", tt.name, c.Met, c.Missing)
		}
	}
	if r := evaluate(t, base, Facts{}); r.Met || len(find(t, r, "community_zero").Missing) == 0 {
		t.Error("a place with no facts at all is clear")
	}
	long := quiet()
	for i := range 12 {
		long.Incomplete = append(long.Incomplete, "d"+string(rune('a'+i)))
	}
	if m := find(t, evaluate(t, base, long), "community_zero").Missing[0]; !strings.HasSuffix(m.ZH, "等 12 项。") || !strings.HasSuffix(m.EN, "12 in all.") {
		t.Errorf("a long list is cut and says so: %v", m)
	}
}

// TestCostLimit shows both guards: what the estimate cannot foresee, more history than a
// rule may look at, is stopped while it runs; nothing is then met.
func TestCostLimit(t *testing.T) {
	t.Parallel()
	text := strings.ReplaceAll(minimal, "met: active_cases == 0", "met: community_infections.all(x, x == 0)")
	l, err := Load(fstest.MapFS{"p.yaml": {Data: []byte(text)}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := l.Resolve("small", nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := evaluate(t, r.On("2022-04-01"), Facts{CommunityInfections: make([]int, HistoryDays)}); !got.Met {
		t.Fatalf("a full history is affordable: %+v", got)
	}
	got, err := r.On("2022-04-01").Clearance(Facts{CommunityInfections: make([]int, 1_000_000)})
	var ps Problems
	if !errors.As(err, &ps) || ps.Code() != "protocol.rule_failed" || got.Met {
		t.Errorf("met %v, %v; want protocol.rule_failed", got.Met, err)
	}
	if !strings.Contains(ps.Text("zh-CN"), "规则计算失败") {
		t.Errorf("text: %s", ps.Text("zh-CN"))
	}
}

func TestReferenceDays(t *testing.T) {
	t.Parallel()
	// Both cities turned on the day of the same facts one day apart under the base rules.
	v := shipped(t, "cn-covid-8th").On("2022-04-08")
	before, after := quiet(), quiet()
	before.CommunityInfections = append(before.CommunityInfections[1:], 80)
	a, b := evaluate(t, v, before), evaluate(t, v, after)
	if diff := cmp.Diff([]bool{false, true}, []bool{a.Met, b.Met}); diff != "" {
		t.Error(diff)
	}
	if got := find(t, a, "community_zero").Value; got != int64(2) {
		t.Errorf("the day before shows %v of 3 days", got)
	}
}
