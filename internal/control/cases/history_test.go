package cases

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/store"
)

// pack counts as the Chinese packs do; an Ebola pack counts the probable, too.
type pack map[string]string

func (p pack) CountsAs(c string) string {
	if as, ok := p[c]; ok {
		return as
	}
	return "none"
}

var covid = pack{"confirmed": "confirmed", "asymptomatic": "asymptomatic"}

func history(of ...any) []Classed {
	var out []Classed
	for i := 0; i < len(of); i += 2 {
		out = append(out, Classed{Ordinal: int64(len(out) + 1), Classification: Classification(of[i].(string)), On: store.Day(of[i+1].(string))})
	}
	return out
}

func TestDerive(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		history []Classed
		facts   Facts
		classes Classes
		want    Counting
	}{
		{"reported day first", history("confirmed", ""), Facts{ReportedOn: "2022-04-08", ConfirmedOn: "2022-04-07", SampledOn: "2022-04-06", OnsetOn: "2022-04-05"}, covid,
			Counting{"confirmed", "2022-04-08", "", "2022-04-08"}},
		{"then confirmation", history("confirmed", ""), Facts{ConfirmedOn: "2022-04-07", SampledOn: "2022-04-06", OnsetOn: "2022-04-05"}, covid,
			Counting{"confirmed", "2022-04-07", "", "2022-04-07"}},
		{"then sampling", history("asymptomatic", ""), Facts{SampledOn: "2022-04-06", OnsetOn: "2022-04-05"}, covid,
			Counting{"asymptomatic", "2022-04-06", "", "2022-04-06"}},
		{"then onset", history("confirmed", ""), Facts{OnsetOn: "2022-04-05"}, covid, Counting{"confirmed", "2022-04-05", "", "2022-04-05"}},
		{"without any day", history("confirmed", ""), Facts{}, covid, Counting{}},
		{"suspected", history("suspected", ""), Facts{ReportedOn: "2022-04-08"}, covid, Counting{"", "", "", "2022-04-08"}},
		{"probable counts for Ebola", history("probable", ""), Facts{ReportedOn: "2014-09-01"}, pack{"probable": "confirmed", "confirmed": "confirmed"},
			Counting{"confirmed", "2014-09-01", "", "2014-09-01"}},
		{"probable then confirmed counts once", history("probable", "", "confirmed", "2014-09-04"), Facts{ReportedOn: "2014-09-01"}, pack{"probable": "confirmed", "confirmed": "confirmed"},
			Counting{"confirmed", "2014-09-01", "", "2014-09-01"}},
		{"suspected on Monday, confirmed on Wednesday", history("suspected", "", "confirmed", "2022-04-06"), Facts{ReportedOn: "2022-04-04"}, covid,
			Counting{"confirmed", "2022-04-06", "", "2022-04-04"}},
		{"reclassified", history("asymptomatic", "", "confirmed", "2022-04-10"), Facts{ReportedOn: "2022-04-08", ConfirmedOn: "2022-04-10"}, covid,
			Counting{"asymptomatic", "2022-04-08", "2022-04-10", "2022-04-08"}},
		{"reclassified, known by sampling", history("asymptomatic", "", "confirmed", "2022-04-10"), Facts{SampledOn: "2022-04-07", ConfirmedOn: "2022-04-10"}, covid,
			Counting{"asymptomatic", "2022-04-07", "2022-04-10", "2022-04-10"}},
		{"reclassified, known by confirmation alone", history("asymptomatic", "", "confirmed", "2022-04-10"), Facts{ConfirmedOn: "2022-04-10"}, covid,
			Counting{"asymptomatic", "2022-04-10", "2022-04-10", "2022-04-10"}},
		{"excluded", history("confirmed", "", "excluded", "2022-04-12"), Facts{ReportedOn: "2022-04-08"}, covid, Counting{"", "", "", "2022-04-08"}},
		{"reclassified, then excluded", history("asymptomatic", "", "confirmed", "2022-04-10", "excluded", "2022-04-12"), Facts{ReportedOn: "2022-04-08"}, covid,
			Counting{"", "", "", "2022-04-08"}},
		{"excluded, then taken back", history("confirmed", "", "excluded", "2022-04-12", "confirmed", "2022-04-14"), Facts{ReportedOn: "2022-04-08"}, covid,
			Counting{"confirmed", "2022-04-08", "", "2022-04-08"}},
		{"confirmed by mistake", history("confirmed", "", "asymptomatic", "2022-04-09"), Facts{ReportedOn: "2022-04-08"}, covid,
			Counting{"asymptomatic", "2022-04-08", "", "2022-04-08"}},
		{"reclassified by mistake, then again", history("asymptomatic", "", "confirmed", "2022-04-09", "asymptomatic", "2022-04-10", "confirmed", "2022-04-13"),
			Facts{ReportedOn: "2022-04-08"}, covid, Counting{"asymptomatic", "2022-04-08", "2022-04-13", "2022-04-08"}},
		{"nothing", nil, Facts{ReportedOn: "2022-04-08"}, covid, Counting{"", "", "", "2022-04-08"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := derive(tt.history, tt.facts, tt.classes); got != tt.want {
				t.Errorf("derive = %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestFollow(t *testing.T) {
	t.Parallel()
	facts := Facts{ReportedOn: "2022-04-08"}
	tests := []struct {
		history []Classed
		next    Classification
		on      store.Day
		code    string
	}{
		{history("asymptomatic", ""), "confirmed", "2022-04-10", ""},
		{history("asymptomatic", ""), "confirmed", "2022-04-08", ""},
		{history("asymptomatic", ""), "confirmed", "2022-04-07", "cases.before_first_classification"},
		{history("asymptomatic", "2022-04-05"), "confirmed", "2022-04-04", "cases.before_first_classification"},
		{history("asymptomatic", "", "confirmed", "2022-04-10"), "excluded", "2022-04-09", "cases.before_first_classification"},
		{history("confirmed", ""), "confirmed", "2022-04-10", "cases.same_classification"},
		{history("confirmed", ""), "excluded", "2022-04-08", ""},
	}
	for _, tt := range tests {
		err := follow(tt.history, facts, tt.next, tt.on)
		if tt.code == "" && err != nil || tt.code != "" && fault.CodeOf(err) != tt.code {
			t.Errorf("%v → %s on %s: %v, want %q", tt.history, tt.next, tt.on, err, tt.code)
		}
	}
}

// tally counts a population as the situation does (protocol.md 1.3).
type tally struct{ confirmed, asymptomatic, reclassified int }

func tallyUntil(all []Counting, until store.Day) (t tally) {
	for _, c := range all {
		if c.CountedAs != "" && c.CountedOn <= until && c.CountedAs == "confirmed" {
			t.confirmed++
		}
		if c.CountedAs == "asymptomatic" && c.CountedOn <= until {
			t.asymptomatic++
		}
		if c.ReclassifiedOn != "" && c.ReclassifiedOn <= until {
			t.confirmed, t.reclassified = t.confirmed+1, t.reclassified+1
		}
	}
	return t
}

// For random histories, on every day: infections = confirmed − reclassified +
// asymptomatic is the number of persons counted so far; no figure is negative; and in
// the end the figures are exactly what the cases are now.
func TestEachInfectionCountsOnce(t *testing.T) {
	t.Parallel()
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 7))
		var all []Counting
		var now []Classification
		for range 30 {
			h, f := randomHistory(r)
			all, now = append(all, derive(h, f, covid)), append(now, h[len(h)-1].Classification)
		}
		name := fmt.Sprint("seed ", seed)
		for day := store.Day("2022-02-20"); day < "2022-06-20"; day = day.Add(1) {
			counted := 0
			for _, c := range all {
				if c.CountedAs != "" && c.CountedOn <= day {
					counted++
				}
			}
			s := tallyUntil(all, day)
			if infections := s.confirmed - s.reclassified + s.asymptomatic; infections != counted {
				t.Fatalf("%s: %s: %d infections of %d people", name, day, infections, counted)
			}
			if s.asymptomatic-s.reclassified < 0 {
				t.Fatalf("%s: %s: %d asymptomatic, %d of them reclassified", name, day, s.asymptomatic, s.reclassified)
			}
		}
		end := tallyUntil(all, "2300-01-01")
		confirmed, asymptomatic := 0, 0
		for i, c := range all {
			if c.CountedAs == "" {
				continue
			}
			switch now[i] {
			case Confirmed:
				confirmed++
			case Asymptomatic:
				asymptomatic++
			default:
				t.Fatalf("%s: a case that is %s counts as %s", name, now[i], c.CountedAs)
			}
		}
		if end.confirmed != confirmed || end.asymptomatic-end.reclassified != asymptomatic {
			t.Fatalf("%s: the figures say %d confirmed and %d asymptomatic, the cases %d and %d",
				name, end.confirmed, end.asymptomatic-end.reclassified, confirmed, asymptomatic)
		}
	}
}

// randomHistory makes a history as the rules allow it, with days known or not.
func randomHistory(r *rand.Rand) ([]Classed, Facts) {
	day := func() store.Day {
		if r.IntN(3) == 0 {
			return ""
		}
		return store.Day("2022-03-01").Add(r.IntN(60))
	}
	f := Facts{ReportedOn: day(), ConfirmedOn: day(), SampledOn: day(), OnsetOn: day()}
	classes := values["classification"]
	h := []Classed{{Classification: Classification(classes[r.IntN(len(classes))])}}
	for range r.IntN(5) {
		next, on := Classification(classes[r.IntN(len(classes))]), store.Day("2022-03-01").Add(r.IntN(80))
		if follow(h, f, next, on) == nil {
			h = append(h, Classed{Classification: next, On: on})
		}
	}
	return h, f
}

// The bulletins of protocol.md 1.3 add up: 13 March 2022, Jilin City, 453 confirmed of
// which 19 reclassified, 120 asymptomatic, 554 new infections, and the other vectors
// that state all figures.
func TestCountOfPublishedBulletins(t *testing.T) {
	t.Parallel()
	for _, v := range [][4]int64{{453, 19, 120, 554}, {452, 34, 545, 963}, {36, 1, 49, 84}, {285, 212, 621, 694}} {
		c := Count{Confirmed: v[0], Reclassified: v[1], Asymptomatic: v[2], On: "2022-03-13"}
		if c.Infections() != v[3] {
			t.Errorf("%v: %d infections", v, c.Infections())
		}
		if err := c.check("2022-04-09"); err != nil {
			t.Errorf("%v: %v", v, err)
		}
	}
}

func TestChronologyIsInOrder(t *testing.T) {
	t.Parallel()
	c := Case{ID: "c", Facts: Facts{OnsetOn: "2022-04-05", SampledOn: "2022-04-06", ReportedOn: "2022-04-08", Outcome: Died, OutcomeOn: "2022-04-20"}, CreatedAt: 1_649_400_000_000_000}
	c.ReportDay = c.reportDay()
	past := history("asymptomatic", "", "confirmed", "2022-04-10")
	past[1].Reason, past[1].ByName = "CT 提示肺炎", "王医生"
	got := chronology(c, past, func(store.Instant) store.Day { return "2022-04-08" })
	var text []string
	for _, e := range got {
		text = append(text, string(e.On)+" "+e.Title.Zh)
	}
	want := []string{"2022-04-05 发病", "2022-04-06 首次阳性采样", "2022-04-08 无症状感染者", "2022-04-08 报告", "2022-04-08 登记入库", "2022-04-10 无症状转确诊", "2022-04-20 死亡"}
	if fmt.Sprint(text) != fmt.Sprint(want) {
		t.Errorf("chronology:\n got %q\nwant %q", text, want)
	}
	if e := got[5]; e.Detail != "CT 提示肺炎" || e.ByName != "王医生" {
		t.Errorf("the reclassification says %+v", e)
	}
}

func TestImpossibleAndContradictory(t *testing.T) {
	t.Parallel()
	age, old, lat := int64(36), int64(131), 91.0
	good := Facts{OnsetOn: "2022-04-05", Age: &age}
	good.fill()
	if w := good.impossible("2022-04-09"); len(w) > 0 {
		t.Errorf("good facts are refused: %v", w)
	}
	bad := Facts{OnsetOn: "2022-04-10", ReportedOn: "2022-13-01", Age: &old, Lat: &lat, Sex: "x"}
	bad.fill()
	want := []wrong{{"onset_on", "in_future"}, {"reported_on", "not_a_day"}, {"sex", "unknown"}, {"age", "out_of_range"}, {"lat", "out_of_range"}}
	if w := bad.impossible("2022-04-09"); fmt.Sprint(w) != fmt.Sprint(want) {
		t.Errorf("impossible = %v, want %v", w, want)
	}
	dead := Facts{Outcome: Died, OnsetOn: "2022-04-05", OutcomeOn: "2022-04-04"}
	if w := dead.contradictions(); len(w) != 1 || len(fresh(w, w)) != 0 || len(fresh(w, nil)) != 1 {
		t.Errorf("a death before the onset: %v", w)
	}
	if w := (Facts{Outcome: "recovered", OnsetOn: "2022-04-05", OutcomeOn: "2022-04-04"}).contradictions(); len(w) > 0 {
		t.Errorf("an outcome before the onset that is no death: %v", w)
	}
}
