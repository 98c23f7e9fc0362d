package synth

import (
	"math"
	"slices"
	"testing"
)

// Positions are tested in metres, computed independently of the code.
type spot struct{ x, y float64 }

func metres(lonLat [2]float64) spot {
	return spot{(lonLat[0] - 126.2) * 111_320 * math.Cos(43.6*math.Pi/180), (lonLat[1] - 43.6) * 111_104}
}

func shapeOf(p Place) []spot {
	var list []spot
	for _, q := range p.Polygon[:len(p.Polygon)-1] {
		list = append(list, metres(q))
	}
	return list
}

func inside(p spot, ring []spot) bool {
	in := false
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		if (a.y > p.y) != (b.y > p.y) && p.x < (b.x-a.x)*(p.y-a.y)/(b.y-a.y)+a.x {
			in = !in
		}
	}
	return in
}

// toBorder is the distance from p to the ring, in metres.
func toBorder(p spot, ring []spot) float64 {
	best := math.Inf(1)
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		dx, dy := b.x-a.x, b.y-a.y
		k := ((p.x-a.x)*dx + (p.y-a.y)*dy) / (dx*dx + dy*dy)
		k = min(max(k, 0), 1)
		best = min(best, math.Hypot(p.x-a.x-k*dx, p.y-a.y-k*dy))
	}
	return best
}

// slack is how far two lines that should coincide may lie apart: districts
// meet along bent borders that each follows with its own points.
const slack = 1.0

func eachCity(t *testing.T, f func(t *testing.T, city *City, shapes [][]spot)) {
	for seed := uint64(1); seed <= 4; seed++ {
		for _, people := range []int{2_000, 20_000, 120_000} {
			if people > 20_000 && seed > 1 {
				continue
			}
			city := Build(Options{Seed: seed, People: people})
			shapes := make([][]spot, len(city.Places))
			for i, p := range city.Places {
				if p.Polygon != nil {
					shapes[i] = shapeOf(p)
				}
			}
			f(t, city, shapes)
		}
	}
}

func TestChildrenWithinParents(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, city *City, shapes [][]spot) {
		for i, p := range city.Places[1:] {
			i++
			if p.Polygon == nil {
				continue
			}
			allowed := 0.0
			if p.Level == levelDistrict {
				allowed = slack
			}
			for _, corner := range shapes[i] {
				if !inside(corner, shapes[p.Parent]) && toBorder(corner, shapes[p.Parent]) > allowed {
					t.Fatalf("%s %s leaves its parent by %.2f m", p.Level, p.Code, toBorder(corner, shapes[p.Parent]))
				}
			}
		}
	})
}

func TestPointsWithinPolygons(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, city *City, shapes [][]spot) {
		for i, p := range city.Places {
			home := i
			for shapes[home] == nil {
				home = city.Places[home].Parent
			}
			if !inside(metres([2]float64{p.Lon, p.Lat}), shapes[home]) {
				t.Fatalf("%s %s: its point is outside", p.Level, p.Code)
			}
			if b := city.Bounds; p.Lon < b[0] || p.Lat < b[1] || p.Lon > b[2] || p.Lat > b[3] {
				t.Fatalf("%s is out of bounds", p.Code)
			}
		}
	})
}

func TestRingsAreClosedAndCounterClockwise(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, city *City, shapes [][]spot) {
		for i, p := range city.Places {
			facility := p.Level == levelCompound && p.Population == 0
			if (p.Polygon == nil) != (p.Level == levelUnit || p.Level == levelHousehold || facility) {
				t.Fatalf("%s %s: polygon present: %v", p.Level, p.Code, p.Polygon != nil)
			}
			if p.Polygon == nil {
				continue
			}
			if p.Polygon[0] != p.Polygon[len(p.Polygon)-1] || len(p.Polygon) < 4 {
				t.Fatalf("%s: ring is not closed", p.Code)
			}
			area := 0.0
			for j, a := range shapes[i] {
				b := shapes[i][(j+1)%len(shapes[i])]
				area += a.x*b.y - b.x*a.y
			}
			if area <= 0 {
				t.Fatalf("%s: ring is clockwise", p.Code)
			}
		}
	})
}

// Siblings of the levels above the building: no corner of one deep in another.
func TestSiblingsDoNotOverlap(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, city *City, shapes [][]spot) {
		siblings := make([][]int, len(city.Places))
		for i, p := range city.Places[1:] {
			if p.Polygon != nil && p.Level != levelBuilding {
				siblings[p.Parent] = append(siblings[p.Parent], i+1)
			}
		}
		for _, list := range siblings {
			for _, a := range list {
				for _, b := range list {
					if a == b {
						continue
					}
					for _, corner := range shapes[a] {
						if inside(corner, shapes[b]) && toBorder(corner, shapes[b]) > slack {
							t.Fatalf("%s reaches into %s", city.Places[a].Code, city.Places[b].Code)
						}
					}
				}
			}
		}
	})
}

func TestBuildings(t *testing.T) {
	t.Parallel()
	eachCity(t, func(t *testing.T, city *City, shapes [][]spot) {
		var river []spot
		for _, q := range city.River[:len(city.River)-1] {
			river = append(river, metres(q))
		}
		var list []int
		for i, p := range city.Places {
			if p.Level != levelBuilding {
				continue
			}
			list = append(list, i)
			s := shapes[i]
			long, deep := math.Hypot(s[1].x-s[0].x, s[1].y-s[0].y), math.Hypot(s[2].x-s[1].x, s[2].y-s[1].y)
			if long < 43 || long > 97 || deep < 10 || deep > 20 {
				t.Fatalf("building %s measures %.1f by %.1f m", p.Code, long, deep)
			}
			if p.Floors < 3 || p.Floors > 33 {
				t.Fatalf("building %s has %d floors", p.Code, p.Floors)
			}
			if slices.ContainsFunc(s, func(c spot) bool { return inside(c, river) }) {
				t.Fatalf("building %s stands in the river", p.Code)
			}
		}
		// From west to east, so that only near ones are compared: none of the
		// whole city may overlap.
		slices.SortFunc(list, func(a, b int) int { return int(math.Copysign(1, shapes[a][0].x-shapes[b][0].x)) })
		for i, a := range list {
			for _, b := range list[i+1:] {
				if shapes[b][0].x-shapes[a][0].x > 200 {
					break
				}
				if !apart(shapes[a], shapes[b]) {
					t.Fatalf("buildings %s and %s overlap", city.Places[a].Code, city.Places[b].Code)
				}
			}
		}
	})
}

// apart: two convex shapes do not overlap if a side of one separates them.
func apart(a, b []spot) bool {
	for _, pair := range [][2][]spot{{a, b}, {b, a}} {
		for i, p := range pair[0] {
			q := pair[0][(i+1)%len(pair[0])]
			outside := func(c spot) bool { return (q.x-p.x)*(c.y-p.y)-(q.y-p.y)*(c.x-p.x) <= 0 }
			if !slices.ContainsFunc(pair[1], func(c spot) bool { return !outside(c) }) {
				return true
			}
		}
	}
	return false
}

func TestApartFindsOverlap(t *testing.T) {
	t.Parallel()
	square := func(x float64) []spot { return []spot{{x, 0}, {x + 10, 0}, {x + 10, 10}, {x, 10}} }
	if apart(square(0), square(5)) || !apart(square(0), square(11)) {
		t.Error("the test of overlap is broken")
	}
}
