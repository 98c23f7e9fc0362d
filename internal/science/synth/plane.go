package synth

import (
	"math"
	"math/bits"
)

// metre is the number of plane units (centimetres) in a metre.
const metre = 100

// point is a position or a vector in the plane, in centimetres: x to the east,
// y to the north, from the centre of the city.
type point struct{ x, y int64 }

func (p point) minus(q point) point { return point{p.x - q.x, p.y - q.y} }
func (p point) dot(q point) int64   { return p.x*q.x + p.y*q.y }

// polygon is convex and counter-clockwise, without the closing point.
type polygon []point

// area2 is twice the area, in square centimetres.
func (g polygon) area2() int64 {
	var sum int64
	for i := 1; i+1 < len(g); i++ {
		a, b := g[i].minus(g[0]), g[i+1].minus(g[0])
		sum += a.x*b.y - a.y*b.x
	}
	return sum
}

// centre is the mean of the corners: inside, because the polygon is convex.
func (g polygon) centre() point {
	var c point
	for _, p := range g {
		c.x, c.y = c.x+p.x, c.y+p.y
	}
	return point{c.x / int64(len(g)), c.y / int64(len(g))}
}

// extent returns the range of n·p over the polygon.
func (g polygon) extent(n point) (low, high int64) {
	low, high = math.MaxInt64, math.MinInt64
	for _, p := range g {
		low, high = min(low, n.dot(p)), max(high, n.dot(p))
	}
	return low, high
}

// clip keeps the part of the polygon where n·p ≤ limit.
func (g polygon) clip(n point, limit int64) polygon {
	kept := make(polygon, 0, len(g)+1)
	add := func(p point) {
		if len(kept) == 0 || kept[len(kept)-1] != p {
			kept = append(kept, p)
		}
	}
	for i, p := range g {
		q := g[(i+1)%len(g)]
		a, b := n.dot(p)-limit, n.dot(q)-limit
		if a <= 0 {
			add(p)
		}
		if (a < 0 && b > 0) || (a > 0 && b < 0) {
			add(point{p.x + mulDiv(q.x-p.x, a, a-b), p.y + mulDiv(q.y-p.y, a, a-b)})
		}
	}
	if len(kept) > 1 && kept[0] == kept[len(kept)-1] {
		kept = kept[:len(kept)-1]
	}
	return kept
}

// inset moves every edge inwards by d centimetres.
func (g polygon) inset(d int64) polygon {
	const unit = 1 << 20
	kept := g
	for i, p := range g {
		e := g[(i+1)%len(g)].minus(p)
		length := isqrt(e.dot(e))
		if length == 0 {
			continue
		}
		n := point{e.y * unit / length, -e.x * unit / length}
		kept = kept.clip(n, n.dot(p)-d*unit)
	}
	return kept
}

// shrunk scales the polygon about its centre to half of area2; a polygon that
// is already smaller is returned as it is.
func (g polygon) shrunk(area2 int64) polygon {
	const unit = 1 << 15
	factor := isqrt(mulDiv(unit*unit, area2, g.area2()))
	if factor >= unit {
		return g
	}
	c, small := g.centre(), make(polygon, len(g))
	for i, p := range g {
		small[i] = point{c.x + (p.x-c.x)*factor/unit, c.y + (p.y-c.y)*factor/unit}
	}
	return small
}

// cut finds the limit for which clip(n, limit) has share parts of whole of the area.
func (g polygon) cut(n point, share, whole int64) int64 {
	target := mulDiv(g.area2(), share, whole)
	low, high := g.extent(n)
	for high-low > 500 { // directions have length 1000: half a centimetre
		middle := low + (high-low)/2
		if g.clip(n, middle).area2() < target {
			low = middle
		} else {
			high = middle
		}
	}
	return high
}

// split divides the polygon into neighbouring parts whose areas are in
// proportion to weights, cutting across its longer side along one of two axes
// at right angles. The axis has a length of about 1000.
func (g polygon) split(weights []int64, axis point) []polygon {
	if len(weights) == 1 {
		return []polygon{g}
	}
	at, left, whole := halves(weights)
	n, other := axis, point{-axis.y, axis.x}
	low, high := g.extent(n)
	if l, h := g.extent(other); h-l > high-low {
		n = other
	}
	limit := g.cut(n, left, whole)
	first := g.clip(n, limit).split(weights[:at], axis)
	return append(first, g.clip(point{-n.x, -n.y}, -limit).split(weights[at:], axis)...)
}

// halves finds where to divide weights so that both sides weigh about the same.
func halves(weights []int64) (at int, left, whole int64) {
	for _, w := range weights {
		whole += w
	}
	at, left = 1, weights[0]
	for at < len(weights)-1 && 2*left+weights[at] <= whole {
		left += weights[at]
		at++
	}
	return at, left, whole
}

// isqrt is the integer square root. Sqrt is correctly rounded on every
// machine; the correction makes up for the 53 bits.
func isqrt(n int64) int64 {
	r := int64(math.Sqrt(float64(n)))
	for r*r > n {
		r--
	}
	for (r+1)*(r+1) <= n {
		r++
	}
	return r
}

// mulDiv returns a·b/c with a 128-bit product, rounded towards zero.
func mulDiv(a, b, c int64) int64 {
	negative := (a < 0) != (b < 0) != (c < 0)
	high, low := bits.Mul64(magnitude(a), magnitude(b))
	q, _ := bits.Div64(high, low, magnitude(c))
	if negative {
		return -int64(q)
	}
	return int64(q)
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return uint64(-n)
	}
	return uint64(n)
}
