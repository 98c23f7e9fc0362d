package epidemic

// standing is what a person may still do.
type standing uint8

const (
	free        standing = iota
	controlled           // lives in a control zone: stays within the compound
	lockedDown           // lives in a lockdown zone: stays at home
	quarantined          // at home, as a contact
	atSite               // in a quarantine site
)

// quarantined reports whether the person is in quarantine on a day.
func (p *person) quarantined(day int16) bool { return p.from <= day && day <= p.to }

// standing of a person today, before isolation as a case.
func (r *run) standing(person int32) standing {
	today := int16(r.day)
	switch p := &r.people[person]; {
	case p.quarantined(today) && p.away:
		return atSite
	case p.quarantined(today):
		return quarantined
	case !r.zoned:
		return free
	}
	switch h := r.homeOf(person); {
	case r.sealed[h.building].holds(today), r.closed[h.compound].holds(today):
		return lockedDown
	case r.touched[h.compound].holds(today):
		return controlled
	}
	return free
}

// remains is the share of a person's contacts in a layer that the restriction
// leaves, per mille.
func (s standing) remains(l Layer, p *policy) int {
	switch {
	case s == free:
		return 1000
	case s == atSite:
		return 0
	case l == Household:
		return 1000
	case s == controlled && l == Neighbourhood:
		return 1000
	case s == controlled:
		return p.controlLeak
	case l == Neighbourhood:
		return p.sealedNeighbour
	case s == quarantined:
		return 0
	}
	return p.sealedLeak
}

// quarantineDays is how long contacts are quarantined (protocol.md 3, 8th edition).
const quarantineDays = 14

// trace carries out what follows from the cases whose turn is today: contacts
// are quarantined, buildings and compounds are sealed. Cases beyond the capacity
// of the day wait.
func (r *run) trace() {
	today := int16(r.day)
	due := r.traces[today]
	delete(r.traces, today)
	left := len(due)
	if p := &r.today[0]; p.capacity > 0 {
		left = max(p.capacity*len(r.people)/100_000, 1)
	}
	for n, i := range due {
		if n >= left {
			r.traces[today+1] = append(r.traces[today+1], due[n:]...)
			return
		}
		r.contacts(i)
		r.seal(i)
	}
}

// contacts quarantines the contacts of a case.
func (r *run) contacts(i int32) {
	person := r.list[i].person
	p := &r.today[r.districtOf(person)]
	from, to := r.household(person)
	for other := from; other < to; other++ {
		r.confine(person, other, p.tracedHome, p)
	}
	for _, members := range [][]int32{r.classes.of(r.people[person].class), r.teams.of(r.people[person].team)} {
		for _, other := range members {
			r.confine(person, other, p.tracedGroup, p)
		}
	}
	for c := r.list[i].child; c >= 0; c = r.list[c].sibling {
		if l := r.list[c].layer; l == Neighbourhood || l == Venue || l == City {
			r.confine(person, r.list[c].person, p.tracedOther, p)
		}
	}
	if s := r.list[i].source; s >= 0 {
		r.confine(person, r.list[s].person, p.tracedOther, p)
	}
}

// confine puts a contact in quarantine if it is found; people already
// quarantined stay where they are, from their first day.
func (r *run) confine(from, person int32, share int, p *policy) {
	today := int16(r.day)
	to := &r.people[person]
	if share == 0 || person == from || to.quarantined(today) {
		return
	}
	if x := to.infection; x >= 0 && r.list[x].reported != never {
		return
	}
	d := draws(r.seed^uint64(uint32(from)), forQuarantine, person, r.day)
	if !d.permille(share) {
		return
	}
	to.from, to.to, to.away = today, today+quarantineDays-1, d.permille(p.central)
}

// seal draws the zones around the home of a case. A new case makes a lockdown
// begin again (protocol.md 7.1: 14 days without a case).
func (r *run) seal(i int32) {
	h := r.homeOf(r.list[i].person)
	p := &r.today[h.district]
	if p.seal == 0 {
		return
	}
	r.zoned = true
	building, compound := h.building, h.compound
	until := int16(r.day + p.sealDays - 1)
	r.touched[compound].extend(int16(r.day), until)
	r.sealed[building].extend(int16(r.day), until)
	switch {
	case p.seal == 2, r.hit[compound] >= 0 && r.hit[compound] != building, r.closed[compound].holds(int16(r.day)):
		r.closed[compound].extend(int16(r.day), until)
	case r.hit[compound] < 0:
		r.hit[compound] = building
	}
}

// extend begins a restriction or, if it holds, makes it longer.
func (s *stay) extend(from, to int16) {
	if !s.holds(from) {
		s.from = from
	}
	s.to = max(s.to, to)
}
