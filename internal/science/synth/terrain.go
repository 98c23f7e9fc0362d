package synth

// Where the city lies: open land at 126.2° E, 43.6° N, and how many centimetres
// a degree has there (WGS 84 series for that latitude: 111,104.4 m north,
// 80,743.2 m east). One scale for the whole city keeps it exact and is off by
// less than 1 % at the edge of the counties.
const (
	centreLonE7  = 1_262_000_000
	centreLatE7  = 436_000_000
	degreeLonCM  = 8_074_320
	degreeLatCM  = 11_110_440
	degreesScale = 10_000_000
)

// terrain bends the straight lines of the plan into the borders and the river
// of a grown city.
type terrain struct {
	shears []shear
	step   int64 // longest straight piece of a border, centimetres
}

// shear moves points along one axis by a wave of the other. A shear is a
// bijection whatever its size, so bending can neither make neighbours overlap
// nor push a child out of its parent; and it keeps areas.
type shear struct {
	vertical                 bool
	length, amplitude, phase int64
}

// newTerrain makes waves for a city core of the given radius. Slopes stay
// under about 0.25, so that parcels remain fit for rows of buildings.
func newTerrain(c *chance, radius int64) terrain {
	t := terrain{step: max(radius/80, metre)}
	for _, wave := range []struct{ length, flat int64 }{{radius * 2, 60}, {radius * 7 / 10, 80}} {
		for _, vertical := range []bool{false, true} {
			length := wave.length * int64(c.between(85, 115)) / 100
			t.shears = append(t.shears, shear{vertical, length, length / wave.flat, int64(c.below(int(length)))})
		}
	}
	return t
}

// at is the height of the wave: parabolas in place of a sine, which would
// differ in the last bit between processors.
func (s shear) at(v int64) int64 {
	v = ((v+s.phase)%s.length + s.length) % s.length
	half, sign := s.length/2, int64(1)
	if v >= half {
		v, sign = v-half, -1
	}
	return sign * mulDiv(4*s.amplitude*v, max(half-v, 0), half*half)
}

func (t terrain) bend(p point) point {
	for _, s := range t.shears {
		if s.vertical {
			p.y += s.at(p.x)
		} else {
			p.x += s.at(p.y)
		}
	}
	return p
}

// border returns the bent outline as a closed ring of longitude and latitude,
// with enough points to follow the bends.
func (t terrain) border(g polygon) [][2]float64 {
	ring := make([][2]float64, 0, len(g)+1)
	for i, p := range g {
		e := g[(i+1)%len(g)].minus(p)
		pieces := max(isqrt(e.dot(e))/t.step, 1)
		for k := int64(0); k < pieces; k++ {
			ring = append(ring, lonLat(t.bend(point{p.x + e.x*k/pieces, p.y + e.y*k/pieces})))
		}
	}
	return append(ring, ring[0])
}

// corners bends the corners alone: for areas so small that their sides stay straight.
func (t terrain) corners(g polygon) polygon {
	bent := make(polygon, len(g))
	for i, p := range g {
		bent[i] = t.bend(p)
	}
	return bent
}

// ring closes a polygon that is already bent.
func ring(g polygon) [][2]float64 {
	r := make([][2]float64, 0, len(g)+1)
	for _, p := range g {
		r = append(r, lonLat(p))
	}
	return append(r, r[0])
}

func lonLat(p point) [2]float64 {
	lon := centreLonE7 + mulDiv(p.x, degreesScale, degreeLonCM)
	lat := centreLatE7 + mulDiv(p.y, degreesScale, degreeLatCM)
	return [2]float64{float64(lon) / degreesScale, float64(lat) / degreesScale}
}
