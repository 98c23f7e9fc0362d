package epidemic

import (
	"math"
	"testing"
)

func TestPowersOfE(t *testing.T) {
	t.Parallel()
	for _, rate := range []float64{0, 1e-6, 0.001, 0.3, 1, 2.5, 9, 31.9} {
		want := math.Exp(-math.Floor(rate*unit) / unit)
		if got := float64(expNeg(uint64(rate*unit))) / float64(one); math.Abs(got-want) > 1e-12 {
			t.Errorf("e^-%g is %g, want %g", rate, got, want)
		}
	}
	if expNeg(1<<60) != expNeg(maxRate*unit) {
		t.Error("rates beyond the highest are not capped")
	}
}

func TestPoisson(t *testing.T) {
	t.Parallel()
	for _, mean := range []float64{0.01, 0.3, 1, 4, 20} {
		const n = 60_000
		sum, squares, none := 0.0, 0.0, 0.0
		for i := range int32(n) {
			d := draws(1, forSpread, i, int(mean*100))
			x := float64(d.poisson(uint64(mean * unit)))
			sum, squares = sum+x, squares+x*x
			if x == 0 {
				none++
			}
		}
		m := sum / n
		variance := squares/n - m*m
		if math.Abs(m-mean) > 5*math.Sqrt(mean/n) || math.Abs(variance/mean-1) > 0.06 {
			t.Errorf("mean %g: got mean %g and variance %g", mean, m, variance)
		}
		if want := math.Exp(-mean); math.Abs(none/n-want) > 5*math.Sqrt(want/n)+1e-9 {
			t.Errorf("mean %g: %g of the draws are 0, want %g", mean, none/n, want)
		}
	}
}

func TestDrawsDependOnEveryPartOfTheKey(t *testing.T) {
	t.Parallel()
	seen := map[uint64]bool{}
	for seed := range uint64(4) {
		for why := forCourse; why <= forVenues; why++ {
			for who := int32(-1); who < 20; who++ {
				for day := -3; day < 5; day++ {
					d := draws(seed, why, who, day)
					seen[d.word()] = true
				}
			}
		}
	}
	if want := 4 * int(forVenues) * 21 * 8; len(seen) != want {
		t.Errorf("%d different first words of %d streams", len(seen), want)
	}
}
