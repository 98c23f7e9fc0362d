package synth

// Distances in a compound and around it, in centimetres.
const (
	road        = 7 * metre  // from a parcel's border to the compound's fence: half of the road between two
	margin      = 5 * metre  // from the fence to a building
	betweenEnds = 10 * metre // from the end of one building to the next in its row
	hedge       = 3 * metre  // between a street's border and its communities', and one level up
)

// looseness is how much more land there is than compounds need, in tenths:
// squares, schools, factories, parks.
const looseness = 16

// directions are 20 unit vectors of length 1000, 18° apart.
var directions = func() []point {
	cos := []int64{1000, 951, 809, 588, 309, 0, -309, -588, -809, -951, -1000, -951, -809, -588, -309, 0, 309, 588, 809, 951}
	list := make([]point, len(cos))
	for i := range cos {
		list[i] = point{cos[i], cos[(i+15)%20]}
	}
	return list
}()

// grids are the bearings that streets may follow, within 20° of east; Chinese
// housing looks south.
var grids = []point{{1000, 0}, {996, 87}, {985, 174}, {966, 259}, {940, 342}, {996, -87}, {985, -174}, {966, -259}, {940, -342}}

// land is the ground on which a city is laid out.
type land struct {
	terrain terrain
	river   polygon
	outline polygon
}

// settle gives every area its outline and every building its place. When a
// compound's buildings do not fit, its parcel is enlarged by half and the city
// is laid out anew; parcels only grow, so this ends.
func settle(city *area, seed uint64) *land {
	for {
		l := &land{}
		misfit := l.lay(city, newChance(seed, stageLand))
		if len(misfit) == 0 {
			return l
		}
		for _, a := range misfit {
			a.need += a.need / 2
		}
	}
}

// lay makes one attempt and returns the compounds whose buildings did not fit.
func (l *land) lay(city *area, c *chance) []*area {
	urban, counties := city.children[:urbanDistricts], city.children[urbanDistricts:]
	needs := needsOf(urban)
	var total, north int64
	for i, n := range needs {
		total += n
		if i < urbanDistricts/2 {
			north += n
		}
	}
	// The core is roughly a regular pentagon: area = 5·tan 36°·h² for the inner radius h.
	inner := isqrt(mulDiv(total*looseness/10, 1000, 3633))
	l.terrain = newTerrain(c, inner)
	l.outline = outline(c, inner)
	city.flat = l.outline
	core := l.outline
	for i, county := range counties {
		n, far := directions[(1+4*i)%20], inner*int64(c.between(900, 1200))
		county.flat = core.clip(point{-n.x, -n.y}, -far)
		core = core.clip(n, far)
	}
	up := point{0, 1000}
	middle := core.cut(point{0, -1000}, north, total)
	banks := l.dig(-middle/1000, min(max(inner/40, 6*metre), 110*metre))
	l.side(core.clip(point{0, -1000}, middle), urban[:urbanDistricts/2], banks.north, c)
	l.side(core.clip(up, -middle), urban[urbanDistricts/2:], banks.south, c)
	for _, county := range counties {
		l.county(county, banks, c)
	}
	return l.build(city)
}

// outline is the border of the whole city: a rounded shape about three times
// as wide as the core.
func outline(c *chance, inner int64) polygon {
	far := inner * 5
	g := polygon{{-far, -far}, {far, -far}, {far, far}, {-far, far}}
	for _, n := range directions {
		g = g.clip(n, inner*int64(c.between(2600, 3200)))
	}
	return g
}

// riverside names the half-planes off the water.
type riverside struct{ north, south func(polygon) polygon }

// dig lays the river from west to east at the height y.
func (l *land) dig(y, half int64) riverside {
	up, down := point{0, 1000}, point{0, -1000}
	l.river = l.outline.clip(up, (y+half)*1000).clip(down, (half-y)*1000)
	shore := half + 5*metre
	return riverside{
		north: func(g polygon) polygon { return g.clip(down, -(y+shore)*1000) },
		south: func(g polygon) polygon { return g.clip(up, (y-shore)*1000) },
	}
}

// side divides one bank of the core among its districts. Districts meet in the
// middle of the river; their streets keep off the water.
func (l *land) side(g polygon, districts []*area, ashore func(polygon) polygon, c *chance) {
	for i, part := range g.split(needsOf(districts), grids[0]) {
		d := districts[i]
		d.flat = part
		l.streets(d, ashore(part), grids[c.below(len(grids))])
	}
}

func (l *land) county(county *area, banks riverside, c *chance) {
	g := banks.north(county.flat)
	if other := banks.south(county.flat); len(g) < 3 || (len(other) >= 3 && other.area2() > g.area2()) {
		g = other
	}
	l.streets(county, g, grids[c.below(len(grids))])
}

// streets divides the ground of a district down to the compounds. A county's
// towns are settlements in open country.
func (l *land) streets(d *area, ground polygon, axis point) {
	for i, part := range ground.split(needsOf(d.children), axis) {
		street := d.children[i]
		street.flat = part.inset(hedge)
		settlement := street.flat
		if d.county {
			settlement = street.flat.inset(hedge).shrunk(2 * street.needs() * looseness / 10)
		}
		for j, part := range settlement.split(needsOf(street.children), axis) {
			community := street.children[j]
			community.flat = part.inset(hedge)
			for k, parcel := range community.flat.split(needsOf(community.children), axis) {
				compound := community.children[k]
				compound.flat = parcel.inset(road)
			}
		}
	}
	l.orient(d, axis)
}

// orient bends the compounds' outlines and lines up their buildings.
func (l *land) orient(a *area, axis point) {
	for _, c := range a.children {
		l.orient(c, axis)
	}
	if a.level != levelCompound || len(a.flat) < 3 {
		return
	}
	a.bent = l.terrain.corners(a.flat)
	middle := a.flat.centre()
	from := l.terrain.bend(middle)
	to := l.terrain.bend(point{middle.x + axis.x*5, middle.y + axis.y*5})
	a.place(from, to.minus(from))
}

// build collects the compounds that found no room.
func (l *land) build(a *area) []*area {
	var misfit []*area
	for _, c := range a.children {
		misfit = append(misfit, l.build(c)...)
	}
	if a.level == levelCompound && (len(a.bent) < 3 || !a.placed()) {
		misfit = append(misfit, a)
	}
	return misfit
}

func (a *area) placed() bool { return a.blocks[len(a.blocks)-1].box != [4]point{} }
