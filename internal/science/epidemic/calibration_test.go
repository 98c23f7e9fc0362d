package epidemic

import (
	"math"
	"testing"
)

// TestCalibration holds the reference scenario to the reference operation, at
// its full size. The tolerances are those that docs/develop/epidemic.md states.
func TestCalibration(t *testing.T) {
	if testing.Short() {
		t.Skip("runs 1.8 million people 20 times")
	}
	const seeds = 20
	p := NewTown(ReferencePeople, 1)
	var found, confirmed, peak, early, late, squares float64
	calm := 0
	for seed := range uint64(seeds) {
		x, err := Run(p, Reference(), Options{Seed: seed + 1, Threads: 2})
		if err != nil {
			t.Fatal(err)
		}
		sum, highest := x.Totals(), Day{}
		for _, d := range x.Daily {
			if d.Found() > highest.Found() {
				highest = d
			}
			if d.Day <= 5 {
				early += float64(d.Community) / seeds
			}
		}
		n := float64(sum.Found())
		found, squares = found+n/seeds, squares+n*n/seeds
		confirmed += float64(sum.Confirmed) / n / seeds
		peak += float64(highest.Day) / seeds
		end := x.Daily[34].Community + x.Daily[35].Community + x.Daily[36].Community
		late += float64(end) / seeds
		if end == 0 {
			calm++
		}
		t.Logf("seed %d: %d found, %d in the community, %d confirmed, %d reclassified, peak day %d, %d in the community on days 35 to 37, attempts %d",
			seed+1, sum.Found(), sum.Community, sum.Confirmed, sum.Reclassified, highest.Day, end, x.Attempts)
	}
	sd := math.Sqrt(squares-found*found) / found
	t.Logf("mean %.0f (%+.1f %%), sd %.1f %%, confirmed %.4f, peak day %.1f, calm %d of %d", found, 100*(found/ReferenceInfections-1), 100*sd, confirmed, peak, calm, seeds)
	if math.Abs(found/ReferenceInfections-1) > 0.05 {
		t.Errorf("mean of %.0f infections, more than 5 %% from %d", found, ReferenceInfections)
	}
	if want := float64(ReferenceConfirmed) / ReferenceInfections; math.Abs(confirmed-want) > 0.01 {
		t.Errorf("%.4f of the infections are confirmed, want %.4f", confirmed, want)
	}
	if peak < 18 || peak > 26 {
		t.Errorf("peak on day %.1f", peak)
	}
	if late > 2 {
		t.Errorf("%.1f infections found in the community on days 35 to 37", late)
	}
	if early < 5 {
		t.Errorf("only %.1f community infections in the first five days", early)
	}
}
