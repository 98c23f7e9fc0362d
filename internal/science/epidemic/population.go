package epidemic

import (
	"errors"
	"fmt"
)

// Population is the city as the outbreak sees it, in parallel arrays. People
// stand in the order of their households, and households in the depth-first
// order of the places, so that the people of a building, compound, community or
// district are a run. -1 means none.
type Population struct {
	Age       []uint8 // completed years
	Household []int32 // does not fall from one person to the next
	Class     []int32 // school class or kindergarten group
	Workplace []int32 // the team that works together, not the whole firm
	Venue     []int32 // the market, shop, line or restaurant that the person is regularly at

	// Of each household. None falls from one household to the next.
	Building, Compound, Community, District []int32
}

// People returns how many people live in the city.
func (p *Population) People() int { return len(p.Age) }

// spareGroups is how many more groups than people there may be.
const spareGroups = 1000

// Check returns an error that names the first thing that is wrong with the
// arrays. Households without people are allowed.
func (p *Population) Check() error {
	n, homes := len(p.Age), len(p.Building)
	for name, list := range map[string][]int32{"household": p.Household, "class": p.Class, "workplace": p.Workplace, "venue": p.Venue} {
		if len(list) != n {
			return fmt.Errorf("%s has %d entries for %d people", name, len(list), n)
		}
	}
	for name, list := range map[string][]int32{"building": p.Building, "compound": p.Compound, "community": p.Community, "district": p.District} {
		if len(list) != homes {
			return fmt.Errorf("%s has %d entries for %d households", name, len(list), homes)
		}
		if err := ordered(list); err != nil {
			return fmt.Errorf("%s of the households: %w", name, err)
		}
	}
	if err := ordered(p.Household); err != nil {
		return fmt.Errorf("households of the people: %w", err)
	}
	if n > 0 && int(p.Household[n-1]) >= homes {
		return fmt.Errorf("household %d of %d", p.Household[n-1], homes)
	}
	for name, list := range map[string][]int32{"class": p.Class, "workplace": p.Workplace, "venue": p.Venue} {
		for _, g := range list {
			if g < -1 || int(g) > n+spareGroups {
				return fmt.Errorf("%s %d: groups are numbered from 0 without large gaps", name, g)
			}
		}
	}
	return nil
}

var errOrder = errors.New("numbers must be 0 or more and must not fall")

func ordered(list []int32) error {
	last := int32(0)
	for _, v := range list {
		if v < last {
			return errOrder
		}
		last = v
	}
	return nil
}

// groups lists the members of each group: members[start[g]:start[g+1]].
type groups struct{ start, members []int32 }

func groupsOf(of []int32) groups {
	n := int32(0)
	for _, g := range of {
		n = max(n, g+1)
	}
	x := groups{start: make([]int32, n+1)}
	for _, g := range of {
		if g >= 0 {
			x.start[g+1]++
		}
	}
	for g := range n {
		x.start[g+1] += x.start[g]
	}
	x.members = make([]int32, x.start[n])
	next := append([]int32(nil), x.start...)
	for p, g := range of {
		if g >= 0 {
			x.members[next[g]] = int32(p)
			next[g]++
		}
	}
	return x
}

func (g groups) of(i int32) []int32 {
	if i < 0 {
		return nil
	}
	return g.members[g.start[i]:g.start[i+1]]
}

// town is a population with its look-ups. What a day needs of a person, and of
// a home, stands together, so that it is one access to memory and not eight: a
// large outbreak is limited by that.
type town struct {
	people                 []person
	homes                  []home // one more entry, for the end
	classes, teams, venues groups
	// First person of each building, compound and community, and the end.
	building, compound, community []int32
	districts                     int
}

type person struct {
	home, class, team, venue int32
	infection                int32 // index into run.list, -1 while susceptible
	from, to                 int16 // quarantine, both days included; from is never without
	age                      uint8
	away                     bool // quarantined outside the home
}

type home struct{ first, building, compound, community, district int32 }

func newTown(p *Population) *town {
	t := &town{classes: groupsOf(p.Class), teams: groupsOf(p.Workplace), venues: groupsOf(p.Venue)}
	t.people, t.homes = make([]person, len(p.Age)), make([]home, len(p.Building)+1)
	for i := range t.people {
		t.people[i] = person{home: p.Household[i], class: p.Class[i], team: p.Workplace[i], venue: p.Venue[i], age: p.Age[i]}
		t.homes[p.Household[i]+1].first++
	}
	for h := range p.Building {
		x := &t.homes[h]
		x.building, x.compound, x.community, x.district = p.Building[h], p.Compound[h], p.Community[h], p.District[h]
		t.homes[h+1].first += x.first
	}
	t.building, t.compound, t.community = t.runs(p.Building), t.runs(p.Compound), t.runs(p.Community)
	if n := len(p.District); n > 0 {
		t.districts = int(p.District[n-1]) + 1
	}
	return t
}

// vacate makes everybody susceptible and free.
func (t *town) vacate() {
	for i := range t.people {
		p := &t.people[i]
		p.infection, p.from, p.to, p.away = -1, never, -1, false
	}
}

// runs returns the first person of each area; the areas rise with the households.
func (t *town) runs(area []int32) []int32 {
	if len(area) == 0 {
		return []int32{0}
	}
	start := make([]int32, area[len(area)-1]+2)
	next := 0
	for h, a := range area {
		for ; next <= int(a); next++ {
			start[next] = t.homes[h].first
		}
	}
	start[next] = int32(len(t.people))
	return start
}

// homeOf returns the home of a person, and districtOf its district.
func (t *town) homeOf(person int32) *home { return &t.homes[t.people[person].home] }

func (t *town) districtOf(person int32) int32 { return t.homeOf(person).district }

// household returns the run of people who live with a person.
func (t *town) household(person int32) (from, to int32) {
	h := t.people[person].home
	return t.homes[h].first, t.homes[h+1].first
}

// another returns a random member of a run of people other than the person, or -1.
func another(s *stream, from, to, person int32) int32 {
	n := int(to-from) - 1
	if n < 1 {
		return -1
	}
	other := from + int32(s.below(n))
	if other >= person {
		other++
	}
	return other
}

// companion returns a random member of a group other than the person, or -1.
func companion(s *stream, members []int32, person int32) int32 {
	if len(members) < 2 {
		return -1
	}
	other := members[s.below(len(members))]
	for other == person { // ends: a group names each member once
		other = members[s.below(len(members))]
	}
	return other
}
