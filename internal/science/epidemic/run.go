package epidemic

import (
	"errors"
	"fmt"
)

// Options of a run that are not part of the scenario.
type Options struct {
	Seed uint64
	// Threads is how many threads spread the infection, at most; 0 means one. It
	// changes the time and nothing else.
	Threads int
}

// infection is one infected person. Days count from 0, the day of the seeds;
// never means that it has not happened.
type infection struct {
	person, source int32 // source is an index into run.list; -1 for seeds
	child, sibling int32 // infections caused: a list that starts at child

	on, infectious, onset, over, cleared int16
	sampled, reported, isolated          int16
	since                                int16 // start of the restriction at sampling
	load                                 uint16
	layer                                Layer
	symptomatic                          bool
	route                                Route
	zone                                 Zone
}

const never = int16(0x7fff)

// run is the state of a run.
type run struct {
	*town
	scenario *Scenario
	seed     uint64
	threads  int

	list   []infection
	active []int32 // infections not yet cleared

	quarantine      []int16 // by person: first day, never without
	quarantineEnd   []int16
	away            []bool  // by person: quarantined outside the home
	sealed          []stay  // by building
	closed, touched []stay  // by compound: lockdown and control zone
	hit             []int32 // by compound: the building with the first case, -1
	tested          bool    // the scenario has tests on some day
	zoned           bool    // some zone has been drawn
	district        []int16 // day of the first report

	traces  map[int16][]int32 // infections whose contacts are traced on a day
	today   []policy
	days    []Day
	day     int // from 0
	batches []batch
}

// stay is a restriction of an area, both days included.
type stay struct{ from, to int16 }

func (s stay) holds(day int16) bool { return s.from <= day && day <= s.to }

// maxAttempts bounds how often seeds are drawn again.
const maxAttempts = 100

var errExtinct = errors.New("every chain died out before day 1: more seeds or a shorter hidden time are needed")

// Run lets the scenario happen to the people. It fails only if the population
// or the scenario is not valid, or if the seeds died out before day 1 in each
// of 100 attempts: such an introduction is noticed by nobody and is not the
// outbreak described, so the seeds are drawn again and [Result.Attempts] counts it.
func Run(p *Population, s Scenario, o Options) (*Result, error) {
	if err := p.Check(); err != nil {
		return nil, fmt.Errorf("population: %w", err)
	}
	if err := s.Check(); err != nil {
		return nil, fmt.Errorf("scenario: %w", err)
	}
	t := newTown(p)
	for attempt := range maxAttempts {
		r := newRun(t, &s, mix(o.Seed)+uint64(attempt)*golden, max(o.Threads, 1))
		if r.all() {
			return r.result(attempt + 1), nil
		}
	}
	return nil, errExtinct
}

func newRun(t *town, s *Scenario, seed uint64, threads int) *run {
	t.vacate()
	r := &run{
		town: t, scenario: s, seed: seed, threads: threads,
		sealed: make([]stay, len(t.building)), closed: make([]stay, len(t.compound)), touched: make([]stay, len(t.compound)),
		hit: make([]int32, len(t.compound)), district: make([]int16, max(t.districts, 1)), traces: map[int16][]int32{},
	}
	for _, list := range [][]stay{r.sealed, r.closed, r.touched} {
		for i := range list {
			list[i] = stay{never, -1}
		}
	}
	for i := range s.Measures {
		p := policy{}
		p.apply(&s.Measures[i].Rules)
		r.tested = r.tested || p.tests()
	}
	for i := range r.hit {
		r.hit[i] = -1
	}
	for i := range r.district {
		r.district[i] = never
	}
	return r
}

// all runs every day and reports whether there was an outbreak to run.
func (r *run) all() bool {
	r.sow()
	for r.day = range r.scenario.Hidden + r.scenario.Days {
		if r.outbreakDay() == 1 && r.scenario.Hidden > 0 && r.extinct() {
			return false
		}
		r.today = r.scenario.policies(r.outbreakDay(), r.districts)
		r.trace()
		before := len(r.list)
		if r.day == 0 {
			before = 0
		}
		r.spread()
		r.find()
		r.tally(before)
		r.forget()
	}
	return true
}

func (r *run) outbreakDay() int { return r.day - r.scenario.Hidden + 1 }

// extinct reports whether nobody is exposed or infectious any more, so that
// nothing can come of the introduction.
func (r *run) extinct() bool {
	if len(r.list) == 0 {
		return false // no seeds were asked for, or nobody lives here
	}
	for _, i := range r.active {
		if int(r.list[i].over) >= r.day {
			return false
		}
	}
	return true
}

// sow infects the seeds on day 0.
func (r *run) sow() {
	n := len(r.people)
	want := r.scenario.Seeds
	if want == 0 && r.scenario.SeedsPerMillion > 0 {
		want = max((n*r.scenario.SeedsPerMillion+500_000)/1_000_000, 1)
	}
	d := draws(r.seed, forSeeds, 0, 0)
	for tries := 0; len(r.list) < min(want, n) && tries < 200*want+1000; tries++ {
		p := int32(d.below(n))
		if r.people[p].infection < 0 && r.maySeed(p) {
			r.infect(p, -1, Import)
		}
	}
}

func (r *run) maySeed(person int32) bool {
	for _, d := range r.scenario.SeedDistricts {
		if d == r.districtOf(person) {
			return true
		}
	}
	return len(r.scenario.SeedDistricts) == 0
}

// infect begins the course of an infection.
func (r *run) infect(person, source int32, layer Layer) {
	v := &r.scenario.Virus
	d := draws(r.seed, forCourse, person, 0)
	today := int16(r.day)
	incubation := int16(d.pick(v.Incubation) + 1)
	x := infection{
		person: person, source: source, child: -1, sibling: -1, layer: layer, on: today,
		infectious: today + max(incubation-leadDays, 1), onset: today + incubation,
		load:    uint16(v.Loads[d.below(len(v.Loads))]),
		sampled: never, reported: never, isolated: never, since: never,
		symptomatic: d.permille(v.Symptomatic[group(r.people[person].age, 18, 60)]),
	}
	// After a short incubation the infectious days before the onset are missing;
	// the person infects on fewer days and not fewer people.
	if missing := int(x.infectious-x.onset) + leadDays; missing > 0 {
		x.load = uint16(min(int(x.load)*10_000/max(10_000-total(v.Profile[:missing]), 1), 1<<16-1))
	}
	x.over = x.onset + int16(len(v.Profile)-leadDays-1)
	x.cleared = max(x.onset+int16(v.ClearedAfter), x.over)
	i := int32(len(r.list))
	if source >= 0 {
		x.sibling = r.list[source].child
		r.list[source].child = i
	}
	r.list = append(r.list, x)
	r.people[person].infection = i
	r.active = append(r.active, i)
}

// forget drops the infections that can infect nobody any more and that no test
// can find; a scenario without tests looks for none.
func (r *run) forget() {
	kept := r.active[:0]
	for _, i := range r.active {
		if x := &r.list[i]; int(x.over) > r.day || (r.tested && int(x.cleared) > r.day) {
			kept = append(kept, i)
		}
	}
	r.active = kept
}
