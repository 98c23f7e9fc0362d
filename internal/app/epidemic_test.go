package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/science/epidemic"
	"github.com/allclear/allclear/internal/science/synth"
)

func TestTheCityIsAPopulation(t *testing.T) {
	t.Parallel()
	city := synth.Build(synth.Options{Seed: 4, People: 20_000})
	p := PopulationOf(city)
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	school, work := 0, 0
	for i := range city.People {
		if home := city.People[i].Household; city.Places[home].Level != "household" {
			t.Fatalf("person %d lives in a %s", i, city.Places[home].Level)
		}
		if p.Class[i] >= 0 {
			school++
		}
		if p.Workplace[i] >= 0 {
			work++
		}
	}
	if p.People() != len(city.People) || school < 2_000 || work < 5_000 {
		t.Errorf("%d people, %d at school, %d at work", p.People(), school, work)
	}
	for a, b := range p.Household { // the areas of two neighbours in the list are those of their places
		if a > 0 && p.Building[b] == p.Building[p.Household[a-1]] {
			of := func(person int) int { return city.Places[city.Places[city.People[person].Household].Parent].Parent }
			if of(a) != of(a-1) {
				t.Fatalf("people %d and %d share a building in one and not in the other", a-1, a)
			}
		}
	}
}

func TestARunIsAnOutbreakOfTheCity(t *testing.T) {
	t.Parallel()
	city := synth.Build(synth.Options{Seed: 5, People: 6_000})
	s := epidemic.Reference()
	s.Seeds = 20
	e, err := EpidemicOf(city, s, 3, 2)
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Cases) < 50 || e.Start != city.Start || e.End != "2022-04-07" || e.AsOf != "2022-04-08" {
		t.Fatalf("%d cases from %s to %s, as of %s", len(e.Cases), e.Start, e.End, e.AsOf)
	}
	community, last := 0, e.Start
	for _, c := range e.Cases {
		switch {
		case c.Place != city.People[c.Person].Household:
			t.Fatalf("%s: place %d is not the home", c.Number, c.Place)
		case c.ReportedOn < last || c.SampledOn > c.ReportedOn || c.ReportedOn > e.End:
			t.Fatalf("%s: sampled on %s, reported on %s after %s", c.Number, c.SampledOn, c.ReportedOn, last)
		case c.Community() != (c.UnderRestrictionSince == ""):
			t.Fatalf("%s: community %v, restricted since %q", c.Number, c.Community(), c.UnderRestrictionSince)
		case c.Exposure == "" || c.ExposureEn == "" || c.AdmittedOn == "":
			t.Fatalf("%s: %+v", c.Number, c)
		case c.OutcomeOn > e.AsOf || c.SecondNegativeOn > e.AsOf || (c.Outcome == "under_care") != (c.OutcomeOn == ""):
			t.Fatalf("%s: %s on %q", c.Number, c.Outcome, c.OutcomeOn)
		}
		if c.Community() {
			community++
		}
		last = c.ReportedOn
	}
	found, open := 0, 0
	for _, d := range e.Daily {
		found += d.Community + d.UnderControl
		open += d.Community
	}
	if found != len(e.Cases) || open != community {
		t.Errorf("%d found and %d in the community by day, %d and %d by case", found, open, len(e.Cases), community)
	}
}

func TestScenarioFiles(t *testing.T) {
	t.Parallel()
	write := func(text string) string {
		file := filepath.Join(t.TempDir(), "scenario.yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	s, err := EpidemicScenario(write("name: mine\ndays: 12\nmeasures:\n- {name: schools, from: 3, class: 0}\n"))
	if err != nil || s.Days != 12 || *s.Measures[0].AtSchool != 0 || s.Virus.Scale == 0 {
		t.Fatalf("%+v: %v", s, err)
	}
	for text, want := range map[string]string{
		"days: 12\nmeasures:\n- {from: 3, clas: 0}": "clas",
		"days: 0": "days",
		"measures:\n- {from: 1, screening_coverage: 2000}": "screening_coverage",
		"days: [": "",
	} {
		if _, err := EpidemicScenario(write(text)); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := EpidemicScenario("no-such-file"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a file that is not there: %v", err)
	}
}

func TestRunEpidemic(t *testing.T) {
	t.Parallel()
	for _, town := range []bool{true, false} {
		r, err := RunEpidemic(EpidemicOptions{People: 3_000, Days: 20, Seed: 1, Scenario: "uncontrolled", Town: town})
		if err != nil {
			t.Fatal(err)
		}
		if r.Agents != 3_000 || r.Days != 20 || len(r.Curve) != 20 || r.Infected < 2 || len(r.Digest) != 64 {
			t.Errorf("%+v", r)
		}
	}
	if _, err := RunEpidemic(EpidemicOptions{People: -1}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a negative number of people: %v", err)
	}
}

func TestTryEpidemic(t *testing.T) {
	t.Parallel()
	r, err := TryEpidemic(EpidemicOptions{People: 20_000, Seed: 1, Town: true}, 1, 3)
	if err != nil {
		t.Fatal(err)
	}
	mean := 0.0
	for _, x := range r.Runs {
		mean += x.Infections / 3
	}
	if len(r.Runs) != 3 || mean != r.Mean.Infections || float64(r.Low) > mean || float64(r.High) < mean || r.Reference.Infections < 294 || r.Reference.Infections > 295 {
		t.Errorf("%+v", r)
	}
}
