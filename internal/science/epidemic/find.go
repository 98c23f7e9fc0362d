package epidemic

import "slices"

// Route is how an infection was found; the names are those of the registry.
type Route uint8

// Routes. Unfound is an infection that nobody noticed.
const (
	Unfound Route = iota
	Quarantine
	ControlScreening
	AtRiskScreening
	CommunityScreening
	Clinic
	SelfReport
)

// String returns the value used everywhere in the product.
func (r Route) String() string {
	return [...]string{"unknown", "quarantine", "control_screening", "at_risk_screening", "community_screening", "clinic", "self_report"}[r]
}

// Zone is the zone of the home at sampling.
type Zone uint8

// The zones (protocol.md 7.1).
const (
	NoZone Zone = iota
	Precaution
	Control
	Lockdown
)

// String returns the value used everywhere in the product.
func (z Zone) String() string {
	return [...]string{"none", "precaution", "control", "lockdown"}[z]
}

// find tests the infected people as the rules of the day say, and reports who
// is found. Tests of others would be negative and change nothing.
func (r *run) find() {
	if r.outbreakDay() < 1 || !slices.ContainsFunc(r.today, policy.tests) {
		return // nobody looks for the disease yet
	}
	found := 0
	for _, i := range r.active {
		x := &r.list[i]
		if x.sampled != never {
			continue
		}
		if route := r.test(x); route != Unfound {
			r.report(i, route)
			found++
		}
	}
	if r.scenario.Alarm && r.outbreakDay() == 1 && found == 0 {
		r.alarm()
	}
}

// alarm reports the infection with the earliest onset, or else the earliest of all.
func (r *run) alarm() {
	best := int32(-1)
	for _, i := range r.active {
		x := &r.list[i]
		if x.sampled != never {
			continue
		}
		if best < 0 || (x.symptomatic && !r.list[best].symptomatic) ||
			(x.symptomatic == r.list[best].symptomatic && x.onset < r.list[best].onset) {
			best = i
		}
	}
	if best >= 0 {
		r.report(best, Clinic)
	}
}

// test returns by which route, if any, the person is found today.
func (r *run) test(x *infection) Route {
	v := &r.scenario.Virus
	at := r.day - int(x.infectious) + 1
	if at < 0 || r.day == int(x.on) {
		return Unfound
	}
	p := &r.today[r.districtOf(x.person)]
	d := draws(r.seed, forTest, x.person, r.day)
	if positive := v.Sensitivity[min(at, len(v.Sensitivity)-1)]; !d.permille(positive) {
		return Unfound
	}
	today := int16(r.day)
	h := r.homeOf(x.person)
	switch r.standing(x.person) {
	case quarantined, atSite:
		if int(today-r.people[x.person].from)%p.quarantineEvery == 0 {
			return Quarantine
		}
		return Unfound
	case lockedDown:
		from := min(r.sealed[h.building].from, r.closed[h.compound].from)
		if int(today-from)%p.sealedEvery == 0 {
			return ControlScreening
		}
	case controlled:
		if int(today-r.touched[h.compound].from)%p.sealedEvery == 0 {
			return AtRiskScreening
		}
	}
	if x.symptomatic && today >= x.onset && d.permille(p.clinic) {
		return []Route{Clinic, SelfReport}[d.pick([]int{7, 3})]
	}
	if p.screened(h.compound) && d.permille(p.coverage) {
		return CommunityScreening
	}
	return Unfound
}

// report records a finding. Positive pools are resolved by a second sample, so
// that half of the screening results count on the next day: our own assumption.
func (r *run) report(i int32, route Route) {
	x := &r.list[i]
	d := draws(r.seed, forReport, x.person, r.day)
	today := int16(r.day)
	p := &r.today[r.districtOf(x.person)]
	x.sampled, x.reported, x.route = today, today, route
	if route == CommunityScreening || d.permille(500) {
		x.reported++
	}
	if r.outbreakDay() == 1 && route == Clinic {
		x.reported = today
	}
	x.isolated = today + 1 + int16(p.isolation)
	x.zone, x.since = r.zone(x.person)
	if x.zone == Lockdown && route != Quarantine {
		x.route = ControlScreening // whoever is found in a lockdown zone was under control
	}
	if d := r.districtOf(x.person); r.district[d] == never {
		r.district[d] = x.reported
	}
	// The round of the next day begins with what was reported by this evening.
	due := x.reported + max(int16(p.traceDelay), 1)
	r.traces[due] = append(r.traces[due], i)
}

// zone of a person's home today, and since when the person is restricted.
func (r *run) zone(person int32) (Zone, int16) {
	today := int16(r.day)
	h := r.homeOf(person)
	building, compound := r.sealed[h.building], r.closed[h.compound]
	zone, since := NoZone, never
	switch {
	case building.holds(today) && compound.holds(today):
		zone, since = Lockdown, min(building.from, compound.from)
	case building.holds(today):
		zone, since = Lockdown, building.from
	case compound.holds(today):
		zone, since = Lockdown, compound.from
	case r.touched[h.compound].holds(today):
		zone = Control
	case r.district[h.district] < today:
		zone = Precaution
	}
	if p := &r.people[person]; p.quarantined(today) {
		since = min(since, p.from)
	}
	return zone, since
}
