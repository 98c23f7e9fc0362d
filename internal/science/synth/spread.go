package synth

import (
	"cmp"
	"slices"
	"sort"
)

// link is the tie between an infection and those before it.
type link int

const (
	linkUnknown link = iota
	linkImported
	linkHousehold
	linkUnit
	linkBuilding
	linkCompound
	linkWorkplace
)

// span is a run of households, by ordinal.
type span struct{ from, to int }

// focus is a compound as the outbreak sees it.
type focus struct {
	place, district, street int
	homes                   span
	intensity               int
	first                   int   // day of the first infection; 0 while untouched
	second                  int   // day on which a second building was hit
	cases, limit            int   // infections so far and at most
	hit                     []int // households with an infection, once for each
}

// spread places infections in space. First the community infections of a day:
// each group opens a compound not hit before. Then those under control, in
// compounds that were hit on an earlier day and are sealed since. So within a
// compound everything after the first day is found under control.
type spread struct {
	c        *chance
	city     *City
	homes    []int  // place of each household
	people   []int  // first person of each household, and the end
	spans    []span // by place, from compound down to unit
	infected []bool // by person
	firstHit []int  // by place: day of the first infection in a district, building
	foci     []*focus
	groups   [3][]*focus // untouched compounds: hot districts, other urban ones, counties
	pull     []int       // by street place: how strongly it draws the outbreak
	found    []finding
}

// groupShares: of the compounds hit, per mille, in the three hot districts, in
// the rest of the urban area, and in the counties.
var groupShares = []int{915, 75, 10}

func newSpread(city *City, c *chance) *spread {
	n := len(city.Places)
	s := &spread{
		c: c, city: city, infected: make([]bool, len(city.People)),
		spans: make([]span, n), firstHit: make([]int, n), pull: make([]int, n),
	}
	district, street, districts := 0, 0, 0
	for i, p := range city.Places {
		switch p.Level {
		case levelDistrict:
			district, districts = i, districts+1
		case levelStreet:
			// A few streets draw most: weights 1/1 to 1/12.
			street, s.pull[i] = i, 1200/c.between(1, 12)
		case levelCompound:
			if p.Population == 0 {
				continue
			}
			f := &focus{place: i, district: district, street: street}
			f.intensity = 1000 / c.between(1, 25)
			f.limit = p.Population * 55 / 100
			s.foci = append(s.foci, f)
			g := groupOf(districtPlans[districts-1])
			s.groups[g] = append(s.groups[g], f)
		case levelHousehold:
			s.home(i)
		}
	}
	s.index()
	return s
}

func groupOf(d districtPlan) int {
	switch {
	case d.hot:
		return 0
	case !d.county:
		return 1
	}
	return 2
}

// home registers a household and widens the spans of its unit, building and compound.
func (s *spread) home(place int) {
	h := len(s.homes)
	s.homes = append(s.homes, place)
	for a, up := s.city.Places[place].Parent, 0; up < 3; a, up = s.city.Places[a].Parent, up+1 {
		if s.spans[a].to == 0 {
			s.spans[a].from = h
		}
		s.spans[a].to = h + 1
	}
}

func (s *spread) index() {
	for _, f := range s.foci {
		f.homes = s.spans[f.place]
	}
	last := -1
	for i, p := range s.city.People {
		if p.Household != last {
			s.people, last = append(s.people, i), p.Household
		}
	}
	s.people = append(s.people, len(s.city.People))
}

// perGroup is how many community infections open a compound together, on average.
const perGroup = 4

func (s *spread) run(k *curve) []finding {
	reserve := s.reserve(k)
	for i := range k.infections {
		day, left := i+1, k.community[i]
		if i%calmGap == 0 && left > 0 {
			reserve--
		}
		for left > 0 {
			f := s.open(day, reserve)
			if f == nil {
				break // a small city has run out of untouched compounds
			}
			n := min(left, s.c.between(1, 2*perGroup-1))
			left -= s.begin(f, day, n)
		}
		s.sealed(day, k.infections[i]-(k.community[i]-left))
	}
	slices.SortStableFunc(s.found, func(a, b finding) int { return cmp.Compare(a.day, b.day) })
	return s.found
}

// reserve counts the days that must open a compound.
func (s *spread) reserve(k *curve) int {
	n := 0
	for i := 0; i < lastCommunityDay; i += calmGap {
		if k.community[i] > 0 {
			n++
		}
	}
	return n
}

// open takes an untouched compound, keeping as many as later days must have.
func (s *spread) open(day, reserve int) *focus {
	total := 0
	var weights []int
	for g, list := range s.groups {
		w := groupShares[g]
		// From day 28 on the community is clean outside the hot districts; the
		// first days belong to the urban area.
		if len(list) == 0 || (g > 0 && day >= 28) || (g == 2 && day < 6) || (g > 0 && day == 1) {
			w = 0
		}
		weights, total = append(weights, w), total+len(list)
	}
	if total <= reserve {
		return nil
	}
	if weights[0]+weights[1]+weights[2] == 0 {
		for g := range weights {
			weights[g] = len(s.groups[g])
		}
	}
	g := s.c.pick(weights)
	pulls := make([]int, len(s.groups[g]))
	for i, f := range s.groups[g] {
		pulls[i] = s.pull[f.street]
	}
	i := s.c.pick(pulls)
	f := s.groups[g][i]
	s.groups[g] = slices.Delete(s.groups[g], i, i+1)
	return f
}

// begin records up to n community infections of one day in a fresh compound
// and returns how many there were.
func (s *spread) begin(f *focus, day, n int) int {
	zone := zonePrecaution
	if hit := s.firstHit[f.district]; hit == 0 || hit == day {
		zone = zoneNone // the rest of a district is a precaution zone once it has a case
	}
	for i := range n {
		person, tie := s.next(f)
		if person < 0 || (i > 0 && f.cases >= f.limit) {
			return i
		}
		if len(f.hit) == 0 && s.c.permille(350) {
			tie = linkWorkplace
		}
		c := finding{person: person, day: day, sampled: day - s.c.below(2), zone: zone, link: tie}
		if day <= 7 {
			// Before screening rounds are in full swing people come by themselves or as
			// contacts. A sample is from the day or the one before, and no round covers day 6.
			c.route = []string{routeClinic, routeSelfReport, routeAtRisk}[s.c.pick([]int{50, 20, 30})]
		} else {
			c.route = []string{routeCommunity, routeAtRisk, routeClinic, routeSelfReport}[s.c.pick([]int{55, 27, 11, 7})]
		}
		if day == 1 {
			c.imported, c.link = true, linkImported
		}
		s.record(f, c)
	}
	return n
}

// waning is how strongly a compound goes on producing infections, by days
// since its first; sealed households still infect one another.
var waning = []step{{1, 12}, {2, 22}, {4, 26}, {6, 22}, {9, 13}, {13, 6}, {18, 2}, {24, 1}}

// sealed records n infections under control in compounds hit before this day.
func (s *spread) sealed(day, n int) {
	var open []*focus
	for _, f := range s.foci {
		if f.first > 0 && f.first < day {
			open = append(open, f)
		}
	}
	sums, total := make([]int, len(open)), 0
	for i, f := range open {
		total += f.intensity * along(waning, day-f.first)
		sums[i] = total
	}
	for range n {
		f := s.room(open, sums)
		person, tie := s.next(f)
		c := finding{person: person, day: day, sampled: day - s.c.below(2), link: tie}
		s.restrict(f, &c)
		if f.place == s.found[0].compound(s.city) && day <= 3 {
			c.imported = true
		}
		s.record(f, c)
	}
}

// room picks a compound that can still bear an infection: by weight, or the
// least affected one when the picks are full.
func (s *spread) room(open []*focus, sums []int) *focus {
	for range 20 {
		at := s.c.below(sums[len(sums)-1])
		f := open[sort.SearchInts(sums, at+1)]
		if f.cases < f.limit {
			return f
		}
	}
	return slices.MinFunc(open, func(a, b *focus) int {
		return cmp.Compare(a.cases*(b.limit+1), b.cases*(a.limit+1))
	})
}

// restrict says how an infection under control was found. A building is
// sealed from the day of its first case, the whole compound from the day a
// second building is hit; before that the rest of the compound is a control
// zone, where contacts are in quarantine.
func (s *spread) restrict(f *focus, c *finding) {
	building := s.city.Places[s.city.Places[s.city.People[c.person].Household].Parent].Parent
	sealed := s.firstHit[building]
	if f.second > 0 && (sealed == 0 || f.second < sealed) {
		sealed = f.second
	}
	c.zone, c.route = zoneControl, routeQuarantine
	if sealed > 0 && sealed < c.day {
		c.zone, c.since = zoneLockdown, sealed
		c.route = []string{routeControl, routeQuarantine, routeClosedLoop, routeHospital}[s.c.pick([]int{610, 360, 15, 15})]
	}
	if c.route != routeControl {
		c.since = s.c.between(max(f.first, c.sampled-6), c.sampled)
	}
}

func (s *spread) record(f *focus, c finding) {
	home := s.city.People[c.person].Household
	c.place = home
	building := s.city.Places[s.city.Places[home].Parent].Parent
	if f.first == 0 {
		f.first = c.day
	} else if s.firstHit[building] == 0 && f.second == 0 {
		f.second = c.day
	}
	for _, p := range []int{building, f.district} {
		if s.firstHit[p] == 0 {
			s.firstHit[p] = c.day
		}
	}
	s.infected[c.person] = true
	f.cases++
	f.hit = append(f.hit, sort.SearchInts(s.homes, home))
	s.found = append(s.found, c)
}

func (c finding) compound(city *City) int {
	building := city.Places[city.Places[c.place].Parent].Parent
	return city.Places[building].Parent
}

// next chooses who is infected next in a compound: most often in a household,
// unit or building that is hit already. It returns -1 if nobody is left.
func (s *spread) next(f *focus) (person int, tie link) {
	within, tie := f.homes, linkUnknown
	if len(f.hit) > 0 {
		h := f.hit[s.c.below(len(f.hit))]
		unit := s.city.Places[s.homes[h]].Parent
		building := s.city.Places[unit].Parent
		switch roll := s.c.below(100); {
		case roll < 42:
			within, tie = span{h, h + 1}, linkHousehold
		case roll < 66:
			within, tie = s.spans[unit], linkUnit
		case roll < 86:
			within, tie = s.spans[building], linkBuilding
		default:
			tie = linkCompound
		}
	}
	if p := s.susceptible(within); p >= 0 {
		return p, tie
	}
	if len(f.hit) > 0 {
		tie = linkCompound
	}
	return s.susceptible(f.homes), tie
}

// susceptible finds somebody not yet infected, from a random household on.
func (s *spread) susceptible(within span) int {
	n := within.to - within.from
	start := s.c.below(n)
	for i := range n {
		h := within.from + (start+i)%n
		from, to := s.people[h], s.people[h+1]
		first := s.c.below(to - from)
		for j := range to - from {
			if p := from + (first+j)%(to-from); !s.infected[p] {
				return p
			}
		}
	}
	return -1
}
