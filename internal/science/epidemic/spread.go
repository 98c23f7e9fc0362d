package epidemic

import (
	"sync"
	"sync/atomic"
)

// event is an infection about to happen.
type event struct {
	person, source int32
	layer          Layer
}

// batch is a run of active infections that one thread works off. Its length
// does not depend on the number of threads.
type batch struct{ events []event }

const batchSize = 2048

// spread lets today's infectious people infect others. Threads only read; what
// they found is carried out in the order of the list afterwards.
func (r *run) spread() {
	n := (len(r.active) + batchSize - 1) / batchSize
	for len(r.batches) < n {
		r.batches = append(r.batches, batch{})
	}
	var next atomic.Int32
	work := func() {
		for b := int(next.Add(1)) - 1; b < n; b = int(next.Add(1)) - 1 {
			out := r.batches[b].events[:0]
			for _, i := range r.active[b*batchSize : min((b+1)*batchSize, len(r.active))] {
				out = r.transmit(i, out)
			}
			r.batches[b].events = out
		}
	}
	var threads sync.WaitGroup
	for range min(r.threads, n) - 1 {
		threads.Go(work)
	}
	work()
	threads.Wait()
	for b := range n {
		for _, e := range r.batches[b].events {
			if r.people[e.person].infection < 0 {
				r.infect(e.person, e.source, e.layer)
			}
		}
	}
}

// transmit appends the infections that one person causes today.
func (r *run) transmit(i int32, out []event) []event {
	x := &r.list[i]
	today := int16(r.day)
	if today < x.infectious || today > x.over || today >= x.isolated {
		return out
	}
	v := &r.scenario.Virus
	at := int(today - x.onset + leadDays)
	if at < 0 {
		return out
	}
	where := r.standing(x.person)
	if x.sampled < today && where != atSite {
		where = quarantined // waits at home for the transfer
	}
	p := &r.today[r.districtOf(x.person)]
	// Everything but the rate of the layer: load, profile and scale, in 2^-20.
	strength := uint64(x.load) * uint64(v.Profile[at]) * uint64(v.Scale) / 1000 * unit / 10_000_000
	var upTo [layers]uint64 // sums of the rates; one draw for all layers is the same as one for each
	sum := uint64(0)
	for l := Household; l < layers; l++ {
		if group := r.groupSize(l, x.person); group > 0 {
			remains := uint64(p.contact[l]) * uint64(where.remains(l, p)) * uint64(group)
			sum += strength * uint64(v.rate(l)) / 1000 * remains / 1_000_000
		}
		upTo[l] = sum
	}
	if sum == 0 {
		return out
	}
	d := draws(r.seed, forSpread, x.person, r.day)
	for range d.poisson(sum) {
		at, l := uint64(d.below(int(sum))), Household
		for at >= upTo[l] {
			l++
		}
		if other := r.meet(&d, l, x.person); other >= 0 && r.catches(&d, l, other) {
			out = append(out, event{other, i, l})
		}
	}
	return out
}

// groupSize is the number of other people in a person's household, and 0 or 1
// elsewhere, where the number of contacts does not depend on it.
func (r *run) groupSize(l Layer, person int32) int {
	switch l {
	case Household:
		from, to := r.household(person)
		return int(to-from) - 1
	case Class:
		return present(r.people[person].class)
	case Workplace:
		return present(r.people[person].team)
	case Venue:
		return present(r.people[person].venue)
	}
	return 1
}

func present(group int32) int {
	if group < 0 {
		return 0
	}
	return 1
}

// meet picks who is met in a layer: a person, or -1 if nobody else is there.
func (r *run) meet(d *stream, l Layer, person int32) int32 {
	switch l {
	case Household:
		from, to := r.household(person)
		return another(d, from, to, person)
	case Class:
		return companion(d, r.classes.of(r.people[person].class), person)
	case Workplace:
		return companion(d, r.teams.of(r.people[person].team), person)
	case Venue:
		return companion(d, r.venues.of(r.people[person].venue), person)
	case Neighbourhood:
		return r.neighbour(d, person)
	}
	return another(d, 0, int32(len(r.people)), person)
}

// neighbour is somebody else of the building in 50 of 100 contacts, of the
// compound in 40 and of the community in 10: our own assumption. The last are
// met as far as the city's measures allow, and not from a control zone.
func (r *run) neighbour(d *stream, person int32) int32 {
	h := r.homeOf(person)
	switch at := d.below(10); {
	case at < 5:
		b := h.building
		return another(d, r.building[b], r.building[b+1], person)
	case at < 9:
		c := h.compound
		return another(d, r.compound[c], r.compound[c+1], person)
	}
	if !d.permille(r.today[h.district].contact[City]) || r.standing(person) != free {
		return -1
	}
	c := h.community
	return another(d, r.community[c], r.community[c+1], person)
}

// catches reports whether the person met is there in spite of the measures, and
// takes the infection.
func (r *run) catches(d *stream, l Layer, person int32) bool {
	if r.people[person].infection >= 0 {
		return false
	}
	p := &r.today[r.districtOf(person)]
	if there := r.standing(person).remains(l, p); there < 1000 && !d.permille(there) {
		return false
	}
	return d.permille(r.scenario.Virus.Susceptibility[group(r.people[person].age, 18, 60)])
}
