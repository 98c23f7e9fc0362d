package synth

import (
	"cmp"
	"math/bits"
	"math/rand/v2"
	"slices"
	"sort"
)

// stage separates the random streams, so that a change in how people are named
// does not move a single building.
type stage uint64

const (
	stagePlan stage = iota + 1
	stageLand
	stageDoors
	stageNames
	stagePeople
	stageCurve
	stageSpread
	stageCourse
	stageRounds
	stageFacilities
	stageSites
	stageWork
	stageCare
	stageDoubles
	stageList
)

// chance draws from a PCG stream. It reduces the generator's words itself
// instead of through rand.Rand, whose derived methods are not promised to stay
// the same from one Go release to the next; PCG is.
type chance struct{ source *rand.PCG }

func newChance(seed uint64, s stage) *chance {
	return &chance{rand.NewPCG(seed, uint64(s)*0x9E3779B97F4A7C15)}
}

// below returns an integer in [0, n). The bias of one multiplication is under
// n/2⁶⁴ and of no consequence here.
func (c *chance) below(n int) int {
	high, _ := bits.Mul64(c.source.Uint64(), uint64(n))
	return int(high)
}

// between returns an integer in [low, high], both included.
func (c *chance) between(low, high int) int { return low + c.below(high-low+1) }

// permille is true in p of 1000 draws.
func (c *chance) permille(p int) bool { return c.below(1000) < p }

// pick returns an index with a probability proportional to its weight. At
// least one weight must be positive.
func (c *chance) pick(weights []int) int {
	total := 0
	for _, w := range weights {
		total += w
	}
	at := c.below(total)
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// table draws an index with a probability proportional to its weight, for lists
// so long or so often drawn from that pick would be slow.
type table []int // sums of the weights up to each index

func newTable(weights []int) table {
	t, sum := make(table, len(weights)), 0
	for i, w := range weights {
		sum += w
		t[i] = sum
	}
	return t
}

func (t table) draw(c *chance) int { return sort.SearchInts(t, c.below(t[len(t)-1])+1) }

// apportion divides total by weights with the method of the largest remainder;
// ties go to the lower index. The parts always add up to total.
func apportion(total int, weights []int64) []int {
	var sum int64
	for _, w := range weights {
		sum += w
	}
	parts, order := make([]int, len(weights)), make([]int, len(weights))
	rest, left := make([]int64, len(weights)), total
	for i, w := range weights {
		parts[i] = int(mulDiv(int64(total), w, sum))
		rest[i] = int64(total)*w - int64(parts[i])*sum
		order[i], left = i, left-parts[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rest[b], rest[a]) })
	for _, i := range order[:left] {
		parts[i]++
	}
	return parts
}

// step is a corner of a piecewise linear function.
type step struct{ at, value int }

// along evaluates a piecewise linear function; outside its corners it is flat.
func along(steps []step, x int) int {
	if x <= steps[0].at {
		return steps[0].value
	}
	for i := 1; i < len(steps); i++ {
		a, b := steps[i-1], steps[i]
		if x <= b.at {
			return a.value + int(mulDiv(int64(b.value-a.value), int64(x-a.at), int64(b.at-a.at)))
		}
	}
	return steps[len(steps)-1].value
}

// ratio returns a·b/c rounded to the nearest integer, for non-negative values.
func ratio(a, b, c int64) int64 { return (2*a*b + c) / (2 * c) }
