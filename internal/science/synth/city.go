package synth

import (
	"fmt"
	"strconv"
)

// DefaultPeople is the size of the demonstration city; MinPeople is the
// smallest that still has an outbreak of the reference shape.
const (
	DefaultPeople = 20_000
	MinPeople     = 2_000
)

// DefaultStart is the day of the first case in the reference operation
// (protocol.md 1.1).
const DefaultStart Day = "2022-03-02"

// Levels of places, as everywhere in the product. Counties stand at the level
// district.
const (
	levelCity      = "city"
	levelDistrict  = "district"
	levelStreet    = "street"
	levelCommunity = "community"
	levelCompound  = "compound"
	levelBuilding  = "building"
	levelUnit      = "unit"
	levelHousehold = "household"
)

// Options choose a city and its outbreak.
type Options struct {
	Seed uint64
	// People is the exact number of residents, a tenth of them in the counties.
	// Zero means DefaultPeople; fewer than MinPeople are raised to it.
	People int
	// Start is the first day of the outbreak; empty means DefaultStart. Ages
	// are counted on it. Build and Outbreak panic if it is not a day.
	Start Day
	// Doubles is how many people per mille stand in the register twice, the second
	// time with typing errors: see [City.Doubles].
	Doubles int
}

func (o Options) normal() Options {
	if o.People == 0 {
		o.People = DefaultPeople
	}
	o.People = max(o.People, MinPeople)
	if o.Start == "" {
		o.Start = DefaultStart
	}
	return o
}

// City is a synthetic city. Places and People refer to one another by index.
type City struct {
	Name, NameEn string
	Seed         uint64
	Start        Day
	// Bounds are west, south, east and north in degrees, WGS 84.
	Bounds [4]float64
	// River is a closed ring of longitude and latitude; no street, compound or
	// building stands in it.
	River  [][2]float64
	Places []Place
	People []Person
	// Doubles are further records of some of the people, in the order of Of.
	Doubles []Double
}

// Place is a node of the place tree.
type Place struct {
	Parent int // index into City.Places; -1 for the city
	Level  string
	// Kind says what a compound is: residential, university, dormitory,
	// nursing_home, hotel; or, where nobody lives, kindergarten, primary_school,
	// middle_school, high_school, hospital, health_centre, pharmacy, market,
	// workplace. It is empty at other levels.
	Kind string
	// Code is a 12-digit statistical code under the unassigned prefix 9902 for
	// city to community; below, parts are appended with hyphens. Unique.
	Code         string
	Name, NameEn string
	Lon, Lat     float64 // a point inside, degrees
	// Polygon is a closed counter-clockwise ring of longitude and latitude; nil
	// for units, households
	// and for facilities in which nobody lives.
	Polygon    [][2]float64
	Floors     int // of a building and of its units; otherwise 0
	Population int
}

// Person is one of the people of the city.
type Person struct {
	Household int // index into City.Places
	Name      string
	Sex       string // male or female
	BirthDate Day
	Phone     string // 000 and 8 digits; empty for young children and some of the very old
	IDKind    string // resident_id; passport for guests from abroad
	// IDNumber has 18 characters, area code 99xxxx, GB 11643 check digit; a
	// passport's begins with XXX.
	IDNumber  string
	Category  string // resident, non_resident, traveller, staff
	Relation  string // to the head of the household
	Guardian  int    // of a minor: index into City.People; otherwise, or if none is noted, -1
	Work      int    // workplace or school, index into City.Places; -1 for none
	Class     int    // of pupils grade·100 + class, of students their group; 0 for others
	Care      Care   // needs on the special-care roster
	Vehicle   string // number plate, of some heads of household
	HomeSince Day    // the day they moved in; empty if not known
}

// Build makes the city for the options. It never fails; 20,000 people take
// tens of milliseconds and 1.8 million some seconds and about 1 GB.
func Build(o Options) *City {
	o = o.normal()
	plan := planCity(o)
	l := settle(plan, o.Seed)
	b := &builder{
		land: l, city: &City{Name: plan.zh, NameEn: plan.en, Seed: o.Seed, Start: o.Start},
		homes: newChance(o.Seed, stageDoors), sites: newChance(o.Seed, stageSites), census: newCensus(o), staff: map[int]int{},
	}
	b.city.People = make([]Person, 0, o.People)
	b.city.Places = make([]Place, 0, plan.places())
	b.add(plan, -1)
	b.city.River = l.terrain.border(l.river)
	b.city.Bounds = bounds(b.city.Places[0].Polygon)
	employ(b.city, b.staff, o.Seed)
	assess(b.city, o.Seed)
	b.city.double(o)
	return b.city
}

// places counts the places that a plan becomes.
func (a *area) places() int {
	n := 1 + len(a.facilities) + len(a.homes) + len(a.blocks)
	for _, b := range a.blocks {
		n += b.units
	}
	for _, c := range a.children {
		n += c.places()
	}
	return n
}

// builder turns the plan into places and people.
type builder struct {
	land   *land
	city   *City
	homes  *chance
	sites  *chance
	census *census
	staff  map[int]int // how many work there, by place; see facility.staff
}

func (b *builder) append(p Place) int {
	b.city.Places = append(b.city.Places, p)
	return len(b.city.Places) - 1
}

func (b *builder) add(a *area, parent int) {
	p := Place{Parent: parent, Level: a.level, Kind: a.kind, Code: a.code, Name: a.zh, NameEn: a.en, Population: a.people}
	at := lonLat(b.land.terrain.bend(a.flat.centre()))
	p.Lon, p.Lat = at[0], at[1]
	if a.level == levelCompound {
		p.Polygon = ring(a.bent)
	} else {
		p.Polygon = b.land.terrain.border(a.flat)
	}
	here := b.append(p)
	if a.level == levelDistrict {
		b.census.enter(a.code[:6])
	}
	for _, c := range a.children {
		b.add(c, here)
	}
	for _, f := range a.facilities {
		at := b.land.front(a, b.sites)
		place := b.append(Place{Parent: here, Level: levelCompound, Kind: f.kind, Code: f.code, Name: f.zh, NameEn: f.en, Lon: at[0], Lat: at[1]})
		b.staff[place] = f.staff
	}
	if a.level == levelCompound {
		b.compound(a, here)
	}
}

func (b *builder) compound(a *area, parent int) {
	slots, homes := 0, a.homes
	for _, bl := range a.blocks {
		slots += bl.units * a.floors * a.doors
	}
	quarters := collectiveOf(a.kind)
	if quarters != nil {
		b.staff[parent] = a.people * quarters.staff
	}
	for i, bl := range a.blocks {
		box, n := ring(bl.box[:]), strconv.Itoa(i+1)
		at := lonLat(bl.middle())
		building := b.append(Place{
			Parent: parent, Level: levelBuilding, Code: fmt.Sprintf("%s-%02d", a.code, i+1),
			Name: n + "号楼", NameEn: "Building " + n, Lon: at[0], Lat: at[1], Polygon: box, Floors: a.floors,
		})
		for u := range bl.units {
			n := strconv.Itoa(u + 1)
			at := lonLat(bl.unit(u))
			unit := b.append(Place{
				Parent: building, Level: levelUnit, Code: b.city.Places[building].Code + "-" + n,
				Name: n + "单元", NameEn: "Unit " + n, Lon: at[0], Lat: at[1], Floors: a.floors,
			})
			homes = b.doors(unit, a.doors, homes, slots, quarters)
			slots -= a.floors * a.doors
		}
	}
}

// doors decides which flats of a unit are lived in and fills them. Each of the
// remaining flats of the compound is equally likely, so that all households
// find one.
func (b *builder) doors(unit, perLanding int, homes []uint8, slots int, quarters *collective) []uint8 {
	u := b.city.Places[unit]
	for floor := 1; floor <= u.Floors; floor++ {
		for door := 1; door <= perLanding; door++ {
			if b.homes.below(slots) < len(homes) {
				b.household(unit, floor, door, int(homes[0]), quarters)
				homes = homes[1:]
			}
			slots--
		}
	}
	return homes
}

func (b *builder) household(unit, floor, door, size int, quarters *collective) {
	u := &b.city.Places[unit]
	number := fmt.Sprintf("%d%02d", floor, door)
	u.Population += size
	b.city.Places[u.Parent].Population += size
	home := b.append(Place{
		Parent: unit, Level: levelHousehold, Code: fmt.Sprintf("%s-%02d%02d", u.Code, floor, door),
		Name: number, NameEn: "Door " + number, Lon: u.Lon, Lat: u.Lat, Population: size,
	})
	b.city.People = b.census.household(b.city.People, home, size, quarters)
}

// middle of the building.
func (b *block) middle() point {
	return point{(b.box[0].x + b.box[2].x) / 2, (b.box[0].y + b.box[2].y) / 2}
}

func bounds(ring [][2]float64) [4]float64 {
	b := [4]float64{ring[0][0], ring[0][1], ring[0][0], ring[0][1]}
	for _, p := range ring {
		b[0], b[1] = min(b[0], p[0]), min(b[1], p[1])
		b[2], b[3] = max(b[2], p[0]), max(b[3], p[1])
	}
	return b
}
