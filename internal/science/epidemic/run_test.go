package epidemic

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// outbreak is a run whose inside a test may look at.
func outbreak(t testing.TB, p *Population, s Scenario, seed uint64) *run {
	t.Helper()
	r := newRun(newTown(p), &s, mix(seed), 1)
	if !r.all() {
		t.Fatal("the seeds died out before day 1")
	}
	return r
}

func must(t testing.TB, p *Population, s Scenario, seed uint64) *Result {
	t.Helper()
	x, err := Run(p, s, Options{Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// free runs for so many days without measures, from so many seeds.
func unmeasured(days, seeds int) Scenario {
	s := Uncontrolled()
	s.Days, s.Seeds = days, seeds
	return s
}

// controlled is the reference operation in a small town, with enough seeds.
func operation(seeds int) Scenario {
	s := Reference()
	s.Seeds = seeds
	return s
}

func TestSameResultWhateverTheThreads(t *testing.T) {
	t.Parallel()
	p := NewTown(12_000, 4)
	for _, s := range []Scenario{unmeasured(45, 5), operation(20)} {
		one, err := Run(p, s, Options{Seed: 9, Threads: 1})
		if err != nil {
			t.Fatal(err)
		}
		for _, threads := range []int{2, 7} {
			many, err := Run(p, s, Options{Seed: 9, Threads: threads})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(one, many); diff != "" {
				t.Errorf("%s with %d threads differs:\n%s", s.Name, threads, diff)
			}
		}
		if s.Name == "uncontrolled" && one.Infected < 3*batchSize {
			t.Errorf("only %d infected: too few for the threads to share", one.Infected)
		}
	}
}

func TestSeedsAndPopulationsDiffer(t *testing.T) {
	t.Parallel()
	p := NewTown(3_000, 1)
	s := unmeasured(30, 5)
	digests := map[string]bool{}
	for seed := range uint64(5) {
		digests[must(t, p, s, seed).Digest] = true
	}
	digests[must(t, NewTown(3_000, 2), s, 0).Digest] = true
	if len(digests) != 6 {
		t.Errorf("6 runs gave %d different digests", len(digests))
	}
}

func TestConservation(t *testing.T) {
	t.Parallel()
	p := NewTown(8_000, 2)
	for _, s := range []Scenario{unmeasured(60, 4), operation(15)} {
		x := must(t, p, s, 3)
		before, infected := p.People(), 0
		for _, d := range x.Daily {
			if d.Susceptible+d.Exposed+d.Infectious+d.Removed != p.People() {
				t.Fatalf("%s, day %d: %d + %d + %d + %d is not %d", s.Name, d.Day, d.Susceptible, d.Exposed, d.Infectious, d.Removed, p.People())
			}
			if d.Day > 1 && d.Susceptible != before-d.NewInfected {
				t.Fatalf("%s, day %d: %d susceptible after %d and %d infections", s.Name, d.Day, d.Susceptible, before, d.NewInfected)
			}
			before, infected = d.Susceptible, infected+d.NewInfected
		}
		if s.Hidden == 0 && infected != x.Infected {
			t.Errorf("%d infections by day, %d in all", infected, x.Infected)
		}
		if sum := slices.Max(x.ByLayer[:]); sum == 0 || total(x.ByLayer[:]) != x.Infected {
			t.Errorf("layers %v do not add up to %d", x.ByLayer, x.Infected)
		}
	}
}

func TestEveryInfectionHasAnInfectiousSourceInItsSetting(t *testing.T) {
	t.Parallel()
	p := NewTown(6_000, 5)
	for _, s := range []Scenario{unmeasured(40, 4), operation(20)} {
		r := outbreak(t, p, s, 2)
		seen := map[int32]bool{}
		for _, x := range r.list {
			if seen[x.person] {
				t.Fatalf("person %d was infected twice", x.person)
			}
			seen[x.person] = true
			if x.source < 0 {
				if x.layer != Import || x.on != 0 {
					t.Fatalf("no source on day %d in layer %s", x.on, x.layer)
				}
				continue
			}
			if by := r.list[x.source]; x.on < by.infectious || x.on > by.over || x.on >= by.isolated {
				t.Fatalf("infected on day %d by somebody infectious from %d to %d and isolated on %d", x.on, by.infectious, by.over, by.isolated)
			}
			if !shared(p, x.layer, x.person, r.list[x.source].person) {
				t.Fatalf("infected in layer %s by somebody who does not share it", x.layer)
			}
		}
		if len(seen) < 100 {
			t.Errorf("only %d infections looked at", len(seen))
		}
	}
}

func shared(p *Population, l Layer, a, b int32) bool {
	ha, hb := p.Household[a], p.Household[b]
	switch l {
	case Household:
		return ha == hb
	case Class:
		return p.Class[a] == p.Class[b] && p.Class[a] >= 0
	case Workplace:
		return p.Workplace[a] == p.Workplace[b] && p.Workplace[a] >= 0
	case Venue:
		return p.Venue[a] == p.Venue[b] && p.Venue[a] >= 0
	case Neighbourhood:
		return p.Community[ha] == p.Community[hb]
	}
	return l == City
}

func TestNoTransmissionLeavesTheSeeds(t *testing.T) {
	t.Parallel()
	s := unmeasured(30, 12)
	s.Virus.Scale = 0
	if x := must(t, NewTown(2_000, 1), s, 1); x.Infected != 12 || x.Seeds != 12 {
		t.Errorf("%d infected from %d seeds without transmission", x.Infected, x.Seeds)
	}
}

// mixed is a population in which everybody lives alone and meets anybody.
func mixed(n int) *Population {
	p := &Population{Age: make([]uint8, n), Household: make([]int32, n)}
	p.Class, p.Workplace, p.Venue = make([]int32, n), make([]int32, n), make([]int32, n)
	p.Building, p.Compound, p.Community, p.District = make([]int32, n), make([]int32, n), make([]int32, n), make([]int32, n)
	for i := range n {
		p.Age[i], p.Household[i], p.Building[i] = 30, int32(i), int32(i)
		p.Class[i], p.Workplace[i], p.Venue[i] = -1, -1, -1
	}
	return p
}

// TestFinalSize compares the share infected in a fully mixed population with
// the final-size equation z = 1 − e^(−R0·z − R0·seeds).
func TestFinalSize(t *testing.T) {
	t.Parallel()
	const n, seeds = 20_000, 40
	p := mixed(n)
	for _, r0 := range []float64{1.5, 2, 3, 5} {
		s := unmeasured(250, seeds)
		v := &s.Virus
		v.Scale, v.HouseholdPair, v.Class, v.Workplace, v.Neighbourhood, v.Venue, v.City = 1000, 0, 0, 0, 0, 0, int(r0*1000)
		v.Susceptibility, v.Loads = [3]int{1000, 1000, 1000}, []int{1000}
		want := 0.9
		for range 500 {
			want = 1 - (1-float64(seeds)/n)*math.Exp(-r0*want)
		}
		got := 0.0
		for seed := range uint64(3) {
			got += float64(must(t, p, s, seed).Infected) / n / 3
		}
		if math.Abs(got-want) > 0.015 {
			t.Errorf("R0 %.1f: %.3f infected, the final-size equation says %.3f", r0, got, want)
		}
	}
}

// secondary returns the mean number of infections that the seeds cause.
func secondary(r *run, layers ...Layer) float64 {
	seeds, caused := 0, 0
	for _, x := range r.list {
		if x.layer == Import {
			seeds++
		} else if r.list[x.source].layer == Import && (len(layers) == 0 || slices.Contains(layers, x.layer)) {
			caused++
		}
	}
	return float64(caused) / float64(seeds)
}

func TestInitialReproductionNumber(t *testing.T) {
	t.Parallel()
	// Beijing, same lineage and month: 4.98 (2.22–9.04), protocol.md 14.1 (S134).
	sum := 0.0
	for seed := range uint64(4) {
		sum += secondary(outbreak(t, NewTown(20_000, 3), unmeasured(20, 60), seed)) / 4
	}
	if sum < 4 || sum > 6 {
		t.Errorf("seeds infect %.2f people each", sum)
	}
	t.Logf("R0 in the town: %.2f", sum)
}

// attack returns the share of household members of seeds that the seeds infect.
func attack(r *run) float64 {
	members, caused := 0, 0
	for _, x := range r.list {
		if x.layer == Import {
			from, to := r.household(x.person)
			members += int(to-from) - 1
		} else if x.layer == Household && r.list[x.source].layer == Import {
			caused++
		}
	}
	return float64(caused) / float64(members)
}

func TestHouseholdSecondaryAttackRate(t *testing.T) {
	t.Parallel()
	p := NewTown(20_000, 3)
	alone := unmeasured(20, 150)
	v := &alone.Virus
	v.Class, v.Workplace, v.Neighbourhood, v.Venue, v.City = 0, 0, 0, 0, 0
	// Without measures about 39 % (Danish households, BA.2); found and isolated
	// quickly, the published 20.78 % (protocol.md 14.1, S138) must come within reach.
	quick := operation(150)
	quick.Hidden = 0
	quick.Measures = append(quick.Measures, Measure{From: 1, Rules: Rules{ClinicSeek: set(700), IsolationDelay: set(0), Central: set(1000), TraceDelay: set(1)}})
	free, held := 0.0, 0.0
	for seed := range uint64(4) {
		free += attack(outbreak(t, p, alone, seed)) / 4
		held += attack(outbreak(t, p, quick, seed)) / 4
	}
	if free < 0.32 || free > 0.46 {
		t.Errorf("household attack rate without measures %.3f", free)
	}
	if held > 0.8*free || held < 0.1 {
		t.Errorf("household attack rate %.3f under quick isolation, %.3f without", held, free)
	}
	t.Logf("household attack rate %.3f without measures, %.3f under quick isolation", free, held)
}

func TestMeasuresDoNotIncreaseInfections(t *testing.T) {
	t.Parallel()
	p := NewTown(4_000, 6)
	const seeds = 16
	infected := func(rules ...Rules) float64 {
		s := unmeasured(25, 3)
		for _, r := range rules {
			s.Measures = append(s.Measures, Measure{From: 3, Rules: r})
		}
		sum := 0
		for seed := range uint64(seeds) {
			sum += must(t, p, s, seed).Infected
		}
		return float64(sum) / seeds
	}
	detect := Rules{ClinicSeek: set(150)}
	for _, c := range []struct {
		name  string
		base  []Rules
		extra Rules
	}{
		{"schools closed", nil, Rules{AtSchool: set(0)}},
		{"work reduced", nil, Rules{AtWork: set(200)}},
		{"community contacts reduced", nil, Rules{Community: set(200)}},
		{"neighbours kept apart", nil, Rules{Neighbourhood: set(300)}},
		{"fever clinics", nil, detect},
		{"screening", nil, Rules{ScreeningEvery: set(3), ScreeningCoverage: set(800)}},
		{"households traced", []Rules{detect}, Rules{TracedHome: set(900), Central: set(1000)}},
		{"teams and classes traced", []Rules{detect}, Rules{TracedGroup: set(800)}},
		{"lockdown", []Rules{detect}, Rules{Seal: set(2), SealedNeighbour: set(300), SealedLeak: set(20)}},
		{"isolation at once", []Rules{detect, {IsolationDelay: set(5)}}, Rules{IsolationDelay: set(0)}},
	} {
		without := infected(c.base...)
		with := infected(append(slices.Clone(c.base), c.extra)...)
		// Three per cent for chance: the paired runs share their seeds but part after the first difference.
		if with > without*1.03 {
			t.Errorf("%s: %.0f infected with it, %.0f without", c.name, with, without)
		}
	}
}

func TestTinyPopulations(t *testing.T) {
	t.Parallel()
	for n := range 4 {
		p := NewTown(n, 1)
		x := must(t, p, unmeasured(30, 1), 1)
		if x.Agents != n || x.Infected > n || (n > 0 && x.Infected < 1) {
			t.Errorf("%d people: %d infected", n, x.Infected)
		}
	}
	nobody := must(t, NewTown(0, 1), Reference(), 1)
	if nobody.Infected != 0 || len(nobody.Daily) != 37 {
		t.Errorf("nobody: %d infected in %d days", nobody.Infected, len(nobody.Daily))
	}
}

func TestEmptyHouseholdsAndNobodyWorks(t *testing.T) {
	t.Parallel()
	p := NewTown(3_000, 8)
	for i := range p.Household { // every second home stands empty, the last ones too
		p.Household[i] *= 2
	}
	double := func(list []int32) []int32 {
		var out []int32
		for _, v := range list {
			out = append(out, v, v)
		}
		return append(out, list[len(list)-1]+1)
	}
	p.Building, p.Compound, p.Community, p.District = double(p.Building), double(p.Compound), double(p.Community), double(p.District)
	for i := range p.Workplace {
		p.Workplace[i], p.Class[i] = -1, -1
	}
	x := must(t, p, unmeasured(60, 5), 1)
	if x.ByLayer[Workplace]+x.ByLayer[Class] != 0 {
		t.Errorf("infections at work or school without any: %v", x.ByLayer)
	}
	if x.Infected < 500 {
		t.Errorf("only %d infected", x.Infected)
	}
}

func TestChecks(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*Population){
		"lengths":        func(p *Population) { p.Class = p.Class[1:] },
		"no home":        func(p *Population) { p.Household[0] = -1 },
		"order":          func(p *Population) { p.Household[0] = p.Household[50] },
		"unknown home":   func(p *Population) { p.Household[99] = 9_999 },
		"order of homes": func(p *Population) { p.Compound[0] = 1 << 20 },
		"group":          func(p *Population) { p.Venue[3] = 1 << 30 },
	} {
		p := NewTown(100, 1)
		spoil(p)
		if _, err := Run(p, unmeasured(5, 1), Options{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for name, spoil := range map[string]func(*Scenario){
		"days":     func(s *Scenario) { s.Days = 0 },
		"profile":  func(s *Scenario) { s.Virus.Profile = []int{1, 2, 3} },
		"loads":    func(s *Scenario) { s.Virus.Loads = []int{1} },
		"rate":     func(s *Scenario) { s.Virus.City = -1 },
		"ends":     func(s *Scenario) { s.Measures = []Measure{{From: 5, To: 4}} },
		"coverage": func(s *Scenario) { s.Measures = []Measure{{From: 1, Rules: Rules{ScreeningCoverage: set(1001)}}} },
	} {
		s := unmeasured(5, 1)
		spoil(&s)
		if _, err := Run(NewTown(100, 1), s, Options{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestExtinctSeedsAreDrawnAgain(t *testing.T) {
	t.Parallel()
	s := Reference()
	s.Seeds, s.Hidden, s.Virus.Scale = 1, 20, 300
	p := NewTown(2_000, 1)
	again := 0
	for seed := range uint64(20) {
		x := must(t, p, s, seed)
		if x.Attempts > 1 {
			again++
		}
		if x.Totals().Found() == 0 {
			t.Errorf("seed %d: nothing was found", seed)
		}
	}
	if again == 0 {
		t.Error("no introduction died out: the test shows nothing")
	}
	s.Virus.Scale = 0
	if _, err := Run(p, s, Options{}); err == nil {
		t.Error("no error although nothing can spread")
	}
}

func BenchmarkRun(b *testing.B) {
	for _, n := range []int{18_000, 180_000, 1_800_000} {
		p := NewTown(n, 1)
		for _, s := range []Scenario{Reference(), Uncontrolled()} {
			s.Days = 60
			b.Run(fmt.Sprintf("%s/%d", s.Name, n), func(b *testing.B) {
				for b.Loop() {
					if _, err := Run(p, s, Options{Seed: 1, Threads: 2}); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(n)*60*float64(b.N)/b.Elapsed().Seconds(), "agents·days/s")
			})
		}
	}
}
