package synth

import (
	"cmp"
	"fmt"
	"slices"
)

// Values of Case fields, as everywhere in the product.
const (
	confirmed    = "confirmed"
	asymptomatic = "asymptomatic"

	routeQuarantine  = "quarantine"
	routeControl     = "control_screening"
	routeClosedLoop  = "closed_loop"
	routeHospital    = "hospital"
	routeAtRisk      = "at_risk_screening"
	routeCommunity   = "community_screening"
	routeClinic      = "clinic"
	routeSelfReport  = "self_report"
	zoneLockdown     = "lockdown"
	zoneControl      = "control"
	zonePrecaution   = "precaution"
	zoneNone         = "none"
	originLocal      = "local"
	originImported   = "imported"
	outcomeUnderCare = "under_care"
	outcomeRecovered = "recovered"
	outcomeDied      = "died"
)

// Case is one infection. Days that have not come by [Epidemic.AsOf] are empty.
type Case struct {
	Number string // "SC-2022-00001", in order of the report
	Person int    // index into City.People
	Place  int    // index into City.Places: the household

	OnsetOn    Day // empty without symptoms
	SampledOn  Day // first positive sample: the report day or the day before
	ReportedOn Day // the day it counts

	CountedAs      string // confirmed or asymptomatic, on ReportedOn
	ReclassifiedOn Day    // asymptomatic that became confirmed, 1 to 6 days after ReportedOn
	Severity       string // mild, moderate, severe, critical; unknown while asymptomatic

	DetectionRoute        string
	ZoneClass             string // of the home at sampling
	UnderRestrictionSince Day    // empty for community infections

	AdmittedOn       Day
	Outcome          string // under_care, recovered or died, as of Epidemic.AsOf
	OutcomeOn        Day
	SecondNegativeOn Day

	Origin               string // local or imported
	Exposure, ExposureEn string // how it was probably acquired; names nobody
}

// Community reports whether the infection was found in the community
// (社会面): not in a lockdown zone, and not among people in quarantine,
// hospital, a closed loop or the screening of controlled areas (Shanghai rule,
// protocol.md 8.1).
func (c Case) Community() bool {
	if c.ZoneClass == zoneLockdown {
		return false
	}
	switch c.DetectionRoute {
	case routeQuarantine, routeControl, routeClosedLoop, routeHospital:
		return false
	}
	return true
}

// DayCount is the bulletin of one day for the whole city:
// infections = Confirmed − Reclassified + Asymptomatic = Community + UnderControl.
type DayCount struct {
	Day          int // 1 to Days
	On           Day
	Confirmed    int // including Reclassified
	Asymptomatic int
	Reclassified int
	Community    int
	UnderControl int
}

// Epidemic is the outbreak of a city.
type Epidemic struct {
	Start Day // day 1
	End   Day // day 37
	AsOf  Day // the day after End: what is known on the morning of the announcement
	Cases []Case
	Daily []DayCount
}

// Outbreak makes the 37 days of infections of a city. Seed and Start of the
// options apply, so that one city can have several outbreaks; the size follows
// from the people of the city.
func Outbreak(city *City, o Options) *Epidemic {
	o = o.normal()
	k := newCurve(newChance(o.Seed, stageCurve), len(city.People))
	found := newSpread(city, newChance(o.Seed, stageSpread)).run(&k)
	w := &chronicle{
		city: city, c: newChance(o.Seed, stageCourse), found: found, curve: k,
		days: newCalendar(o.Start, -10, Days+1),
	}
	w.classify()
	e := &Epidemic{Start: o.Start, End: w.days.on(Days), AsOf: w.days.on(Days + 1)}
	year := string(o.Start[:4])
	for i := range found {
		c := w.write(&found[i])
		c.Number = fmt.Sprintf("SC-%s-%05d", year, i+1)
		e.Cases = append(e.Cases, c)
	}
	w.deaths(e.Cases)
	e.Daily = tally(e.Cases, w.days)
	return e
}

func tally(cases []Case, days calendar) []DayCount {
	daily := make([]DayCount, Days)
	index := make(map[Day]*DayCount, Days)
	for i := range daily {
		daily[i] = DayCount{Day: i + 1, On: days.on(i + 1)}
		index[daily[i].On] = &daily[i]
	}
	for _, c := range cases {
		d := index[c.ReportedOn]
		if c.CountedAs == confirmed {
			d.Confirmed++
		} else {
			d.Asymptomatic++
		}
		if c.Community() {
			d.Community++
		} else {
			d.UnderControl++
		}
		if c.ReclassifiedOn != "" {
			index[c.ReclassifiedOn].Confirmed++
			index[c.ReclassifiedOn].Reclassified++
		}
	}
	return daily
}

// finding is where and how an infection came to light, by day number.
type finding struct {
	person, place       int
	day, sampled, since int // since is 0 for community infections
	route, zone         string
	imported            bool
	link                link
	confirmed           bool // when found
	reclassified        int  // day, 0 for never
}

// byAge orders people from the eldest.
func byAge(people []Person) func(a, b *Case) int {
	return func(a, b *Case) int {
		return cmp.Or(cmp.Compare(people[a.Person].BirthDate, people[b.Person].BirthDate), cmp.Compare(a.Person, b.Person))
	}
}

// deaths are one for every 13,000 infections, among the oldest: our own
// assumption for a vaccinated population under Omicron. The demonstration city
// is too small to have one.
func (w *chronicle) deaths(cases []Case) {
	n := len(cases) / 13_000
	var severe []*Case
	for i := range cases {
		if cases[i].CountedAs == confirmed && cases[i].ReportedOn <= w.days.on(20) {
			severe = append(severe, &cases[i])
		}
	}
	slices.SortFunc(severe, byAge(w.city.People))
	for i := range min(n, len(severe)) {
		c := severe[i]
		c.Severity, c.Outcome, c.SecondNegativeOn = "critical", outcomeDied, ""
		c.OutcomeOn = c.AdmittedOn.plus(w.c.between(4, 12))
	}
}
