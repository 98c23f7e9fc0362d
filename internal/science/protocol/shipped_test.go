package protocol

import (
	"testing"

	"github.com/allclear/allclear/protocols"
	"github.com/google/go-cmp/cmp"
)

// shipped loads the packs of the program and resolves one choice of them.
func shipped(t testing.TB, packID string, overlays ...string) *Rules {
	t.Helper()
	l, err := Load(protocols.FS)
	if err != nil {
		t.Fatal(err)
	}
	r, err := l.Resolve(packID, overlays)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestShippedPacks(t *testing.T) {
	t.Parallel()
	l, err := Load(protocols.FS)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]string{}
	for _, s := range l.Packs() {
		kinds[s.ID] = s.Kind
		if len(s.Digest) != 64 || s.Title.ZH == "" || s.Title.EN == "" {
			t.Errorf("summary of %s is incomplete: %+v", s.ID, s)
		}
		if s.Kind == "overlay" && (s.Caution.ZH == "" || s.Caution.EN == "") {
			t.Errorf("overlay %s has no caution", s.ID)
		}
	}
	want := map[string]string{"cn-covid-8th": "pack", "ebola": "pack", "jilin-city-2022": "overlay", "shanghai-2022": "overlay"}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Error(diff)
	}
}

func TestRulesID(t *testing.T) {
	t.Parallel()
	plain, laid := shipped(t, "cn-covid-8th"), shipped(t, "cn-covid-8th", "jilin-city-2022")
	if got, want := laid.ID(), "cn-covid-8th@3+jilin-city-2022@1"; got != want {
		t.Errorf("ID = %q, want %q", got, want)
	}
	if plain.Digest() == laid.Digest() || plain.Digest() != shipped(t, "cn-covid-8th").Digest() {
		t.Error("the digest must follow the files in use and nothing else")
	}
}

// TestEveryValueIsJudgeable holds what a screen needs beside each value.
func TestEveryValueIsJudgeable(t *testing.T) {
	t.Parallel()
	unverified := 0
	for _, r := range []*Rules{shipped(t, "cn-covid-8th", "jilin-city-2022", "shanghai-2022"), shipped(t, "ebola")} {
		for _, p := range r.On("2022-05-20").Params() {
			if p.Doc.ZH == "" || p.Doc.EN == "" || p.From == "" {
				t.Errorf("%s has no document or origin: %+v", p.Key, p)
			}
			if p.Verified == (p.Grade == "D") {
				t.Errorf("%s: verified = %v with grade %s", p.Key, p.Verified, p.Grade)
			}
			if (p.Grade == "A" || p.Grade == "B") && p.Citation == "" {
				t.Errorf("%s: grade %s without a source", p.Key, p.Grade)
			}
			if !p.Verified {
				unverified++
			}
		}
	}
	if unverified == 0 {
		t.Error("no value is marked as not verified; the check above checked nothing")
	}
}

func TestEffectiveDating(t *testing.T) {
	t.Parallel()
	r := shipped(t, "cn-covid-8th")
	tests := []struct {
		day       string
		criterion string
		ct        float64
		hasCt     bool
		after     int
		mild      string
		antigen   bool
		round     int
	}{
		{"2020-01-01", "two_negative", 0, false, 14, "designated_hospital", false, 48},
		{"2022-03-10", "two_negative", 0, false, 14, "designated_hospital", false, 48},
		{"2022-03-11", "two_negative", 0, false, 14, "designated_hospital", true, 48},
		{"2022-03-14", "two_negative", 0, false, 14, "designated_hospital", true, 48},
		{"2022-03-15", "ct_ge", 35, true, 7, "concentrated_isolation", true, 48},
		{"2022-03-21", "ct_ge", 35, true, 7, "concentrated_isolation", true, 48},
		{"2022-03-22", "ct_ge", 35, true, 7, "concentrated_isolation", true, 24},
		{"2026-01-01", "ct_ge", 35, true, 7, "concentrated_isolation", true, 24},
	}
	for _, tt := range tests {
		v := r.On(tt.day)
		if v.Text("discharge.criterion") != tt.criterion || v.Float("discharge.ct_threshold") != tt.ct || v.Has("discharge.ct_threshold") != tt.hasCt ||
			v.Int("after_discharge.monitoring_d") != tt.after || v.Text("mild.place") != tt.mild ||
			v.Bool("antigen.enabled") != tt.antigen || v.Int("regional_test.complete_h") != tt.round {
			t.Errorf("%s: got %s %v %d %s %v %d", tt.day, v.Text("discharge.criterion"), v.Float("discharge.ct_threshold"),
				v.Int("after_discharge.monitoring_d"), v.Text("mild.place"), v.Bool("antigen.enabled"), v.Int("regional_test.complete_h"))
		}
	}
	p, ok := r.On("2022-03-15").Param("after_discharge.monitoring_d")
	if !ok || p.ValidFrom != "2022-03-15" || p.From != "cn-covid-8th" || p.Unit != "day" || p.Citation != "S21 S22" {
		t.Errorf("param = %+v", p)
	}
}

func TestOutside(t *testing.T) {
	t.Parallel()
	r := shipped(t, "cn-covid-8th", "shanghai-2022")
	tests := map[string][]string{
		"2021-05-10": {"cn-covid-8th@3", "shanghai-2022@1"},
		"2022-04-30": {"shanghai-2022@1"},
		"2022-05-01": {},
		"2022-06-27": {},
		"2022-06-28": {"cn-covid-8th@3", "shanghai-2022@1"},
	}
	for day, want := range tests {
		if diff := cmp.Diff(want, r.On(day).Outside()); diff != "" {
			t.Errorf("%s: %s", day, diff)
		}
	}
	if got := shipped(t, "ebola").On("2026-01-01").Outside(); len(got) != 0 {
		t.Errorf("a pack without dates is outside: %v", got)
	}
}

func TestOverlayPrecedence(t *testing.T) {
	t.Parallel()
	both := shipped(t, "cn-covid-8th", "jilin-city-2022", "shanghai-2022")
	turned := shipped(t, "cn-covid-8th", "shanghai-2022", "jilin-city-2022")
	const key = "community_clear.surface_excludes"
	tests := []struct {
		r         *Rules
		day, from string
	}{
		{both, "2022-03-01", "shanghai-2022"}, // also before it was published: whoever lays it on means it
		{both, "2022-05-01", "shanghai-2022"}, // the later in order wins
		{turned, "2022-05-01", "jilin-city-2022"},
	}
	for _, tt := range tests {
		p, _ := tt.r.On(tt.day).Param(key)
		if p.From != tt.from {
			t.Errorf("%s on %s: set by %s, want %s", tt.r.ID(), tt.day, p.From, tt.from)
		}
	}
	if got := both.On("2022-05-15").Ints("zone.lift.no_new_d"); !cmp.Equal(got, []int{14, 14, 0}) {
		t.Errorf("before the change of 16 May: %v", got)
	}
	if got := both.On("2022-05-16").Ints("zone.lift.no_new_d"); !cmp.Equal(got, []int{7, 3, 0}) {
		t.Errorf("after the change of 16 May: %v", got)
	}
}

func TestDiff(t *testing.T) {
	t.Parallel()
	r := shipped(t, "cn-covid-8th")
	got := map[string]bool{}
	for _, c := range Diff(r.On("2022-03-14"), r.On("2022-03-15")) {
		got[c.Key] = c.Before != nil
	}
	want := map[string]bool{"discharge.criterion": true, "discharge.ct_threshold": false, "discharge.consecutive": true,
		"discharge.gap_h": true, "after_discharge.monitoring_d": true, "mild.place": true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if same := Diff(r.On("2022-03-15"), r.On("2022-03-21")); len(same) != 0 {
		t.Errorf("nothing changed, got %v", same)
	}
}

func TestClasses(t *testing.T) {
	t.Parallel()
	covid, ebola := shipped(t, "cn-covid-8th").On("2022-04-08"), shipped(t, "ebola").On("2026-01-01")
	tests := []struct {
		v        *View
		id, want string
	}{
		{covid, "confirmed", "confirmed"}, {covid, "asymptomatic", "asymptomatic"}, {covid, "screening_positive", "none"},
		{covid, "excluded", "none"}, {covid, "suspected", "none"}, {covid, "probable", "none"},
		{ebola, "confirmed", "confirmed"}, {ebola, "probable", "none"}, {ebola, "asymptomatic", "none"},
	}
	for _, tt := range tests {
		if got := tt.v.CountsAs(tt.id); got != tt.want {
			t.Errorf("CountsAs(%s) = %s, want %s", tt.id, got, tt.want)
		}
	}
	if c, ok := ebola.Class("probable"); !ok || !c.Infection {
		t.Error("a probable Ebola case is treated as infected")
	}
	if _, ok := ebola.Class("asymptomatic"); ok {
		t.Error("the Ebola pack has no asymptomatic infections")
	}
	if !covid.HasZones() || ebola.HasZones() || covid.Zones()[0].ID != "lockdown" {
		t.Error("zones: COVID-19 has three, strictest first; Ebola has none")
	}
}

// TestWhatIsAsked holds the list of criteria to the evaluation of them.
func TestWhatIsAsked(t *testing.T) {
	t.Parallel()
	for _, v := range allViews(t) {
		r := evaluate(t, v, quiet())
		infos := v.Criteria()
		if len(infos) == 0 || len(infos) != len(r.Criteria) {
			t.Fatalf("%s: %d criteria stated, %d evaluated", v.Rules().ID(), len(infos), len(r.Criteria))
		}
		for i, c := range infos {
			e := r.Criteria[i]
			if c.ID != e.ID || c.Binding != e.Binding || c.Title != e.Title || c.Met == "" || c.Value == "" || c.Needed == "" || !cmp.Equal(c.Evidence, e.Evidence) {
				t.Errorf("%s: stated %+v, evaluated %+v", v.Rules().ID(), c, e)
			}
		}
		if layers := v.Rules().Layers(); len(layers) == 0 || v.Day() != r.Day || len(v.Classes()) == 0 {
			t.Errorf("%s: the view does not say what it is", v.Rules().ID())
		}
	}
}

func TestInCommunity(t *testing.T) {
	t.Parallel()
	base := shipped(t, "cn-covid-8th").On("2022-04-08")
	jilin := shipped(t, "cn-covid-8th", "jilin-city-2022").On("2022-04-08")
	shanghai := shipped(t, "cn-covid-8th", "shanghai-2022").On("2022-05-10")
	ebola := shipped(t, "ebola").On("2026-01-01")
	tests := []struct {
		v           *View
		route, zone string
		want        bool
	}{
		{base, "community_screening", "none", true},
		{base, "community_screening", "precaution", true},
		{base, "community_screening", "control", true},
		{base, "community_screening", "lockdown", false},
		{base, "quarantine", "none", false},
		{base, "closed_loop", "none", false},
		{base, "hospital", "precaution", false},
		{base, "control_screening", "control", true},
		{base, "at_risk_screening", "none", true},
		{jilin, "control_screening", "control", false},
		{jilin, "clinic", "control", true},
		{shanghai, "control_screening", "control", true},
		{shanghai, "self_report", "lockdown", false},
		// an unknown route counts as community, whatever else is known
		{base, "unknown", "lockdown", true}, {base, "", "lockdown", true}, {base, "carrier pigeon", "lockdown", true},
		// an unknown zone does too, unless the route settles it in every zone
		{base, "quarantine", "unknown", false}, {base, "quarantine", "", false}, {base, "hospital", "high", false},
		{base, "community_screening", "unknown", true}, {base, "control_screening", "unknown", true},
		// no zones: the zone is not looked at
		{ebola, "quarantine", "unknown", false}, {ebola, "control_screening", "", false}, {ebola, "clinic", "lockdown", true},
		{ebola, "hospital", "none", true}, {ebola, "unknown", "none", true},
	}
	for _, tt := range tests {
		if got := tt.v.InCommunity(tt.route, tt.zone); got != tt.want {
			t.Errorf("%s: InCommunity(%q, %q) = %v, want %v", tt.v.Rules().ID(), tt.route, tt.zone, got, tt.want)
		}
	}
}

func TestGettersKeepViewsApart(t *testing.T) {
	t.Parallel()
	v := shipped(t, "cn-covid-8th").On("2022-04-08")
	v.Ints("quarantine.test_days")[0] = 99
	v.List("zone.levels")[0] = "gone"
	p, _ := v.Param("pool.sizes")
	p.Value.([]int)[0] = 99
	if v.Ints("quarantine.test_days")[0] != 1 || v.List("zone.levels")[0] != "lockdown" || v.Ints("pool.sizes")[0] != 1 {
		t.Error("a caller changed a list that all views share")
	}
	for name, ask := range map[string]func(){
		"unknown key":  func() { v.Int("quarantine.close.days") },
		"wrong kind":   func() { v.Bool("quarantine.close.home_d") },
		"list for int": func() { v.Int("quarantine.test_days") },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: a mistake of the program passed as a value", name)
				}
			}()
			ask()
		}()
	}
}
