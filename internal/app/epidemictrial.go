package app

import (
	"math"

	"github.com/allclear/allclear/internal/science/epidemic"
)

// add takes a run into the trial.
func (t *EpidemicTrial) add(p *epidemic.Population, x *epidemic.Result, seed uint64) {
	sum := x.Totals()
	hit := map[int32]struct{}{}
	for _, c := range x.Cases {
		hit[p.Compound[p.Household[c.Person]]] = struct{}{}
	}
	compounds, last := 1.0, int32(-1) // at least one, as a divisor
	for _, c := range p.Compound {
		if c != last && last >= 0 {
			compounds++
		}
		last = c
	}
	t.Runs = append(t.Runs, EpidemicTarget{
		Seed: seed, Infections: float64(sum.Found()), Confirmed: float64(sum.Confirmed), Asymptomatic: float64(sum.Asymptomatic),
		PeakDay: float64(peakDay(x)), Compounds: 100 * float64(len(hit)) / compounds,
	})
	calm := true
	for i, d := range x.Daily {
		t.Curve[i] += float64(d.Found()) / float64(t.Seeds)
		t.Community[i] += float64(d.Community) / float64(t.Seeds)
		calm = calm && (d.Day < 35 || d.Day > 37 || d.Community == 0)
	}
	if calm {
		t.Calm++
	}
}

// sum computes the mean and the spread of the runs.
func (t *EpidemicTrial) sum() {
	n := float64(len(t.Runs))
	low, high := math.Inf(1), 0.0
	for _, r := range t.Runs {
		t.Mean.Infections += r.Infections / n
		t.Mean.Confirmed += r.Confirmed / n
		t.Mean.Asymptomatic += r.Asymptomatic / n
		t.Mean.PeakDay += r.PeakDay / n
		t.Mean.Compounds += r.Compounds / n
		low, high = min(low, r.Infections), max(high, r.Infections)
	}
	squares := 0.0
	for _, r := range t.Runs {
		squares += (r.Infections - t.Mean.Infections) * (r.Infections - t.Mean.Infections)
	}
	t.Low, t.High = int(low), int(high)
	t.Deviation = percent(t.Mean.Infections-t.Reference.Infections, t.Reference.Infections)
	t.Spread = percent(math.Sqrt(squares/max(n-1, 1)), t.Mean.Infections)
	for _, list := range [][]float64{t.Curve, t.Community} {
		for i := range list {
			list[i] = math.Round(list[i]*10) / 10
		}
	}
}

// percent of a whole, with one decimal; 0 of nothing.
func percent(part, whole float64) float64 {
	if whole == 0 {
		return 0
	}
	return math.Round(part/whole*1000) / 10
}
