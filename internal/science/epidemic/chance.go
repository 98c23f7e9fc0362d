package epidemic

import "math/bits"

// purpose separates the draws of one person on one day.
type purpose uint64

const (
	forCourse purpose = iota + 1
	forSeeds
	forSpread
	forTest
	forClinic
	forReport
	forQuarantine
	forTracing
	forSeverity
	forTown
	forHomes
	forClasses
	forTeams
	forVenues
)

// stream is a short sequence of random words that depends on its key alone
// (SplitMix64, Steele, Lea and Flood 2014). Streams need no state between days,
// so any thread can draw for any person.
type stream struct{ state uint64 }

const golden = 0x9E3779B97F4A7C15

func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}

// draws returns the stream for a purpose, a person and a day. Days may be
// negative.
func draws(seed uint64, why purpose, who int32, day int) stream {
	key := mix(seed + golden*uint64(why))
	key = mix(key ^ uint64(uint32(who))<<32 ^ uint64(uint32(int32(day))))
	return stream{key}
}

func (s *stream) word() uint64 {
	s.state += golden
	return mix(s.state)
}

// below returns an integer in [0, n) for n > 0.
func (s *stream) below(n int) int {
	high, _ := bits.Mul64(s.word(), uint64(n))
	return int(high)
}

// permille is true in p of 1000 draws. It draws also when the answer is sure,
// so that one probability does not shift the next draw.
func (s *stream) permille(p int) bool { return s.below(1000) < p }

// pick returns an index with a probability proportional to its weight.
func (s *stream) pick(weights []int) int {
	total := 0
	for _, w := range weights {
		total += w
	}
	at := s.below(max(total, 1))
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// unit is one in the fixed-point numbers of rates: 20 bits after the point.
const unit = 1 << 20

// one is one in the fixed-point numbers of probabilities: 63 bits.
const one = uint64(1) << 63

// Powers of e in 63 bits: e^(-i/2^20), e^(-i/2^10), e^(-i). Built by integer
// multiplication from three constants, because math.Exp may differ in the last
// bit from one processor to another.
var fine, coarse, whole = powers(0x7ffff800003fffff, 1024), powers(0x7fe003ffaaafffbc, 1024), powers(0x2f16ac6c59de6f8d, maxRate+1)

// maxRate caps the expected transmissions of one person in one layer on one day.
const maxRate = 32

func powers(base uint64, n int) []uint64 {
	list := make([]uint64, n)
	list[0] = one
	for i := 1; i < n; i++ {
		list[i] = times(list[i-1], base)
	}
	return list
}

// times multiplies two probabilities.
func times(a, b uint64) uint64 {
	high, low := bits.Mul64(a, b)
	return high<<1 | low>>63
}

// expNeg returns e^-rate as a probability; rate is in units of 2^-20.
func expNeg(rate uint64) uint64 {
	rate = min(rate, maxRate*unit)
	return times(times(fine[rate&1023], coarse[rate>>10&1023]), whole[rate>>20])
}

// poisson draws a Poisson number with the given mean in units of 2^-20, by
// inversion: one random word whatever the mean.
func (s *stream) poisson(rate uint64) int {
	rate = min(rate, maxRate*unit)
	u, p := s.word()>>1, expNeg(rate)
	n, sum := 0, p
	for u >= sum && n < 4*maxRate {
		n++
		high, low := bits.Mul64(p, rate)
		p, _ = bits.Div64(high, low, uint64(n)*unit)
		sum += p
	}
	return n
}
