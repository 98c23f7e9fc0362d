package synth

import "fmt"

// area is a place of the plan, from the city down to the compound, before it
// has become a [Place].
type area struct {
	word
	level      string
	code       string
	county     bool
	people     int
	children   []*area
	facilities []facility // of a community

	// Of a compound only.
	kind   string
	homes  []uint8 // sizes of the households
	blocks []*block
	floors int
	doors  int   // to a landing
	depth  int64 // of its buildings, centimetres
	need   int64 // land, square centimetres

	flat polygon // outline before the terrain bends it
	bent polygon // of a compound: its true outline
}

// block is a building: units side by side along its length.
type block struct {
	units  int
	length int64
	box    [4]point // corners, counter-clockwise from the south-west
}

// How finely the city is divided, by the number of its people. At full scale
// there are 48 streets and 219 communities in the urban districts and about
// 3,000 compounds (mission.md C3, E11); a smaller city has fewer and smaller ones.
var (
	peoplePerStreet    = []step{{2_000, 300}, {20_000, 1_500}, {200_000, 9_000}, {1_800_000, 33_750}}
	peoplePerCommunity = []step{{2_000, 150}, {20_000, 620}, {200_000, 2_400}, {1_800_000, 7_400}}
	peoplePerCompound  = []step{{2_000, 55}, {20_000, 220}, {200_000, 420}, {1_800_000, 600}}
)

// planner divides people into places.
type planner struct {
	c          *chance
	names      *namer
	people     int
	quotas     []int // people that collective quarters are still due, per mille of one, by kind
	facilities *facilityPlan
}

func planCity(o Options) *area {
	p := &planner{c: newChance(o.Seed, stagePlan), people: o.People}
	p.names = &namer{c: newChance(o.Seed, stageNames), used: map[string]bool{}}
	p.quotas = make([]int, len(collectives))
	p.facilities = newFacilityPlan(o.Seed)
	city := &area{word: cityName, level: levelCity, code: "990200000000", people: o.People}
	shares := make([]int64, len(districtPlans))
	for i, d := range districtPlans {
		shares[i] = int64(d.share)
	}
	for i, people := range apportion(o.People, shares) {
		city.children = append(city.children, p.district(districtPlans[i], people))
	}
	return city
}

func (p *planner) district(d districtPlan, people int) *area {
	a := &area{word: d.word, level: levelDistrict, code: "9902" + d.code + "000000", county: d.county, people: people}
	kinds := streetKinds
	if d.county {
		kinds = townKinds
	}
	for i, part := range p.divide(people, along(peoplePerStreet, p.people)) {
		s := &area{word: p.names.name(kinds), level: levelStreet, county: d.county, people: part}
		s.code = fmt.Sprintf("9902%s%03d000", d.code, i+1)
		p.communities(s, fmt.Sprintf("9902%s%03d", d.code, i+1))
		a.children = append(a.children, s)
	}
	return a
}

func (p *planner) communities(street *area, prefix string) {
	for i, part := range p.divide(street.people, along(peoplePerCommunity, p.people)) {
		a := &area{word: p.names.name(communityKinds), level: levelCommunity, county: street.county, people: part}
		a.code = fmt.Sprintf("%s%03d", prefix, i+1)
		p.compounds(a)
		p.facilities.of(a, p.names)
		street.children = append(street.children, a)
	}
}

// compounds divides a community into collective quarters, when some are due, and
// housing estates.
func (p *planner) compounds(a *area) {
	left := a.people
	for i, k := range collectives {
		p.quotas[i] += a.people * k.share
		size := along(k.size, p.people)
		if p.quotas[i] < size*1000 || left < size*5/4 {
			continue
		}
		people := size * p.c.between(80, 120) / 100
		p.quotas[i] -= people * 1000
		left -= people
		p.add(a, &area{word: p.names.name(k.names), kind: k.kind, people: people})
	}
	for _, people := range p.divide(left, along(peoplePerCompound, p.people)) {
		p.add(a, &area{word: p.names.name(compoundKinds), kind: kindResidential, people: people})
	}
}

func (p *planner) add(community, c *area) {
	c.level, c.county = levelCompound, community.county
	c.code = fmt.Sprintf("%s-%03d", community.code, len(community.children)+1)
	p.compound(c)
	community.children = append(community.children, c)
}

// divide makes parts of about the given size, between two thirds and four
// thirds of one another.
func (p *planner) divide(people, size int) []int {
	weights := make([]int64, max((people+size/2)/size, 1))
	for i := range weights {
		weights[i] = int64(p.c.between(75, 150))
	}
	return apportion(people, weights)
}

// Flats: two doors to a landing; rooms of collective quarters: eight. Units are
// 14.5 to 16 m long, four to six in a row, so that buildings are 11 to 15 m deep
// and 58 to 96 m long.
const (
	doorsPerLanding = 2
	roomsPerLanding = 8
)

// lowFloors are the floors of houses without a lift, from three on, by weight.
// With the vacancy below there are, at full scale, about five units to a
// building and six and a half households to a unit: the ratios of the reference
// city, 20,000 buildings, 100,000 units and 650,000 households (mission.md E4).
var lowFloors = []int{26, 36, 26, 12}

func (p *planner) compound(a *area) {
	sizes := householdTable
	if k := collectiveOf(a.kind); k != nil {
		sizes = k.rooms
	}
	for left := a.people; left > 0; {
		size := min(sizes.draw(p.c)+1, left)
		a.homes, left = append(a.homes, uint8(size)), left-size
	}
	a.doors, a.floors = doorsPerLanding, 3+p.c.pick(lowFloors)
	if a.kind != kindResidential {
		a.doors, a.floors = roomsPerLanding, p.c.between(4, 6)
	} else if len(a.homes) > 150 && p.c.permille(100) {
		a.floors = p.c.between(11, 18) // one compound in ten of a big city is tall
	}
	a.depth = int64(p.c.between(11*metre, 15*metre))
	unitLength := int64(p.c.between(1450, 1600))
	lived := p.c.between(70, 86) // per cent of flats that are lived in
	for slots := 0; slots*lived < len(a.homes)*100; {
		b := &block{units: p.c.between(4, 6)}
		if left := (len(a.homes)*100/lived-slots)/(a.floors*a.doors) + 1; a.kind != kindResidential && left < b.units {
			b.units = max(left, 3)
		}
		b.length = unitLength * int64(b.units)
		a.blocks = append(a.blocks, b)
		slots += b.units * a.floors * a.doors
	}
	a.need = a.land()
}

// land estimates the parcel that the buildings, the space between them and the
// margins need.
func (a *area) land() int64 {
	var ground int64
	for _, b := range a.blocks {
		ground += (b.length + betweenEnds) * (a.depth + a.betweenRows())
	}
	side := isqrt(ground*13/10) + 2*(margin+road)
	return side * side
}

// betweenRows is the distance for daylight: 0.9 of the height at three metres
// a floor.
func (a *area) betweenRows() int64 { return int64(a.floors) * 270 }

// needs adds up the land of all compounds below.
func (a *area) needs() int64 {
	sum := a.need
	for _, c := range a.children {
		sum += c.needs()
	}
	return sum
}

func needsOf(areas []*area) []int64 {
	list := make([]int64, len(areas))
	for i, a := range areas {
		list[i] = a.needs()
	}
	return list
}
