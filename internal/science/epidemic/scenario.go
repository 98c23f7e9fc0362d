package epidemic

import "fmt"

// Scenario is a virus, how it comes to the city and what the city does.
type Scenario struct {
	Name string `json:"name"`
	// Days is the number of outbreak days of the run.
	Days int `json:"days"`
	// Hidden is the number of days from the import of the seeds to day 1.
	Hidden int `json:"hidden"`
	// SeedsPerMillion people, at least one, are infected from outside at the start;
	// Seeds, when above 0, gives their number instead. They live in SeedDistricts,
	// or anywhere when that is empty.
	SeedsPerMillion int     `json:"seeds_per_million"`
	Seeds           int     `json:"seeds,omitempty"`
	SeedDistricts   []int32 `json:"seed_districts,omitempty"`
	// Alarm reports the earliest symptomatic infection on day 1 even if nobody
	// would have found it: the response begins because of a first case.
	Alarm bool  `json:"alarm"`
	Virus Virus `json:"virus"`
	// Measures switch on by day and district. Where two set the same value, the later in the list counts.
	Measures []Measure `json:"measures"`
}

// Measure changes the rules for some days in some districts. Nil leaves a value as it is.
type Measure struct {
	Name      string  `json:"name"`
	From      int     `json:"from"`
	To        int     `json:"to,omitempty"` // 0: to the end
	Districts []int32 `json:"districts,omitempty"`
	Rules
}

// Rules are what a measure can set. Shares are per mille.
type Rules struct {
	// Contacts that remain by layer. Community is for venues and the city at large.
	AtHome        *int `json:"household,omitempty"`
	AtSchool      *int `json:"class,omitempty"`
	AtWork        *int `json:"workplace,omitempty"`
	Neighbourhood *int `json:"neighbourhood,omitempty"`
	Community     *int `json:"community,omitempty"`

	// ClinicSeek is the chance per day that a person with symptoms is tested.
	ClinicSeek *int `json:"clinic_seek,omitempty"`
	// A screening round takes ScreeningEvery days (0: none), compounds taking
	// turns, and finds ScreeningCoverage of those whom a test would find:
	// participation, pooling and the laboratory's backlog together.
	ScreeningEvery    *int `json:"screening_every,omitempty"`
	ScreeningCoverage *int `json:"screening_coverage,omitempty"`
	// IsolationDelay is the number of full days between the day of the positive
	// sample and isolation; until then the person waits at home.
	IsolationDelay *int `json:"isolation_delay,omitempty"`

	// TraceDelay is the number of days from the report to the quarantine of contacts.
	TraceDelay *int `json:"trace_delay,omitempty"`
	// Traced is the share of contacts found: TracedHome in the household,
	// TracedGroup in class and team, TracedOther of those infected elsewhere.
	TracedHome  *int `json:"traced_home,omitempty"`
	TracedGroup *int `json:"traced_group,omitempty"`
	TracedOther *int `json:"traced_other,omitempty"`
	// Central is the share of quarantined people who leave their home for a quarantine site.
	Central *int `json:"central,omitempty"`
	// QuarantineEvery is the number of days between the tests of people in quarantine.
	QuarantineEvery *int `json:"quarantine_every,omitempty"`
	// TraceCapacity is the number of cases per 100,000 people whose contacts can be traced on a day (0: no limit).
	TraceCapacity *int `json:"trace_capacity,omitempty"`

	// Seal: what is locked down around a case: 0 nothing, 1 its building and the
	// compound when a second building has a case, 2 the compound.
	Seal *int `json:"seal,omitempty"`
	// SealDays without a case end a lockdown.
	SealDays *int `json:"seal_days,omitempty"`
	// SealedEvery is the number of days between the tests in lockdown and control zones.
	SealedEvery *int `json:"sealed_every,omitempty"`
	// SealedLeak and SealedNeighbour are the contacts that remain in lockdown: outside, and with neighbours.
	// ControlLeak is what remains outside for the people of a control zone.
	SealedLeak      *int `json:"sealed_leak,omitempty"`
	SealedNeighbour *int `json:"sealed_neighbour,omitempty"`
	ControlLeak     *int `json:"control_leak,omitempty"`
}

// policy is what holds in one district on one day.
type policy struct {
	contact                                          [layers]int
	clinic, every, coverage, isolation               int
	traceDelay, tracedHome, tracedGroup, tracedOther int
	central, quarantineEvery, capacity               int
	seal, sealDays, sealedEvery                      int
	sealedLeak, sealedNeighbour, controlLeak         int
	since                                            int // days since the first screening round began
}

// routine holds before any measure: nobody is tested, traced or kept at home.
func routine() policy {
	p := policy{isolation: 1, quarantineEvery: 2, sealDays: 14, sealedEvery: 2, traceDelay: 1}
	for l := range p.contact {
		p.contact[l] = 1000
	}
	return p
}

// screened reports whether it is a compound's turn today.
func (p *policy) screened(compound int32) bool {
	return p.every > 0 && (p.since+int(compound))%p.every == 0
}

// tests reports whether anybody can be found under these rules.
func (p policy) tests() bool {
	return p.clinic > 0 || p.every > 0 || p.tracedHome+p.tracedGroup+p.tracedOther+p.seal > 0
}

// policies returns what holds in each district on an outbreak day.
func (s *Scenario) policies(day, districts int) []policy {
	list := make([]policy, max(districts, 1))
	for d := range list {
		list[d] = routine()
		first := 0
		for i := range s.Measures {
			m := &s.Measures[i]
			if !m.holds(day, int32(d)) {
				continue
			}
			list[d].apply(&m.Rules)
			if m.ScreeningEvery != nil {
				first = m.From
			}
		}
		list[d].since = day - first
	}
	return list
}

func (m *Measure) holds(day int, district int32) bool {
	if day < m.From || (m.To > 0 && day > m.To) {
		return false
	}
	for _, d := range m.Districts {
		if d == district {
			return true
		}
	}
	return len(m.Districts) == 0
}

func (p *policy) apply(r *Rules) {
	for _, x := range []struct {
		to  *int
		set *int
	}{
		{&p.contact[Household], r.AtHome}, {&p.contact[Class], r.AtSchool}, {&p.contact[Workplace], r.AtWork},
		{&p.contact[Neighbourhood], r.Neighbourhood}, {&p.contact[Venue], r.Community}, {&p.contact[City], r.Community},
		{&p.clinic, r.ClinicSeek}, {&p.every, r.ScreeningEvery}, {&p.coverage, r.ScreeningCoverage}, {&p.isolation, r.IsolationDelay},
		{&p.traceDelay, r.TraceDelay}, {&p.tracedHome, r.TracedHome}, {&p.tracedGroup, r.TracedGroup}, {&p.tracedOther, r.TracedOther},
		{&p.central, r.Central}, {&p.quarantineEvery, r.QuarantineEvery}, {&p.capacity, r.TraceCapacity},
		{&p.seal, r.Seal}, {&p.sealDays, r.SealDays}, {&p.sealedEvery, r.SealedEvery},
		{&p.sealedLeak, r.SealedLeak}, {&p.sealedNeighbour, r.SealedNeighbour}, {&p.controlLeak, r.ControlLeak},
	} {
		if x.set != nil {
			*x.to = *x.set
		}
	}
}

// maxDays bounds a run, so that days fit in 16 bits with room to spare.
const maxDays = 1000

// Check names the first value of the scenario that cannot be.
func (s *Scenario) Check() error {
	switch {
	case s.Days < 1 || s.Days > maxDays:
		return fmt.Errorf("days: %d is not between 1 and %d", s.Days, maxDays)
	case s.Hidden < 0 || s.Hidden > 60:
		return fmt.Errorf("hidden: %d is not between 0 and 60", s.Hidden)
	case s.SeedsPerMillion < 0 || s.Seeds < 0:
		return fmt.Errorf("seeds must not be negative")
	}
	if err := s.Virus.check(); err != nil {
		return fmt.Errorf("virus: %w", err)
	}
	for i := range s.Measures {
		if err := s.Measures[i].check(); err != nil {
			return fmt.Errorf("measure %d (%s): %w", i+1, s.Measures[i].Name, err)
		}
	}
	return nil
}

func (m *Measure) check() error {
	if m.To != 0 && m.To < m.From {
		return fmt.Errorf("ends on day %d before it begins on day %d", m.To, m.From)
	}
	r := &m.Rules
	for _, x := range []struct {
		name      string
		value     *int
		low, high int
	}{
		{"household", r.AtHome, 0, 3000}, {"class", r.AtSchool, 0, 3000}, {"workplace", r.AtWork, 0, 3000},
		{"neighbourhood", r.Neighbourhood, 0, 3000}, {"community", r.Community, 0, 3000},
		{"clinic_seek", r.ClinicSeek, 0, 1000}, {"screening_every", r.ScreeningEvery, 0, maxDays}, {"screening_coverage", r.ScreeningCoverage, 0, 1000},
		{"isolation_delay", r.IsolationDelay, 0, 30}, {"trace_delay", r.TraceDelay, 0, 30}, {"traced_home", r.TracedHome, 0, 1000},
		{"traced_group", r.TracedGroup, 0, 1000}, {"traced_other", r.TracedOther, 0, 1000}, {"central", r.Central, 0, 1000},
		{"quarantine_every", r.QuarantineEvery, 1, 30}, {"trace_capacity", r.TraceCapacity, 0, 1_000_000}, {"seal", r.Seal, 0, 2},
		{"seal_days", r.SealDays, 1, 60}, {"sealed_every", r.SealedEvery, 1, 30}, {"sealed_leak", r.SealedLeak, 0, 1000},
		{"sealed_neighbour", r.SealedNeighbour, 0, 1000}, {"control_leak", r.ControlLeak, 0, 1000},
	} {
		if x.value != nil && (*x.value < x.low || *x.value > x.high) {
			return fmt.Errorf("%s: %d is not between %d and %d", x.name, *x.value, x.low, x.high)
		}
	}
	return nil
}
