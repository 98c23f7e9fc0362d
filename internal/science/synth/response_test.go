package synth

import "testing"

func TestRounds(t *testing.T) {
	t.Parallel()
	for seed := uint64(1); seed <= 10; seed++ {
		for _, people := range []int{2_000, 20_000} {
			city := Build(Options{Seed: seed, People: people})
			e := Outbreak(city, Options{Seed: seed})
			rounds := Rounds(city, e)
			last := rounds[len(rounds)-1].Number
			if len(rounds) != 12*last {
				t.Fatalf("%d rows for %d rounds in the city and 11 districts", len(rounds), last)
			}
			for _, r := range rounds {
				coverage := float64(r.Sampled) / float64(r.Due)
				if r.Number < last && (coverage < 0.93 || coverage > 0.988) {
					t.Errorf("round %d at place %d covers %.4f", r.Number, r.Place, coverage)
				}
				if r.Number == last {
					checkLast(t, r, coverage)
				}
				if r.Resulted > r.Sampled || r.Sampled > r.Due || r.Due > city.Places[r.Place].Population {
					t.Errorf("round %d: %+v", r.Number, r)
				}
			}
		}
	}
}

func checkLast(t *testing.T, r Round, coverage float64) {
	t.Helper()
	if coverage < 0.99 || r.Resulted != r.Sampled || r.CommunityPositives != 0 {
		t.Errorf("the last round is not complete: %+v", r)
	}
	if r.OpenedOn != "2022-04-07" || r.ClosedOn != "2022-04-08" {
		t.Errorf("the last round runs from %s to %s", r.OpenedOn, r.ClosedOn)
	}
}

func TestRoundsAddUp(t *testing.T) {
	t.Parallel()
	city := Build(Options{Seed: 1})
	e := Outbreak(city, Options{Seed: 1})
	sum, positives := map[int]Round{}, 0
	rounds := Rounds(city, e)
	for _, r := range rounds {
		if r.Place == 0 {
			positives += r.CommunityPositives
			continue
		}
		s := sum[r.Number]
		s.add(r)
		sum[r.Number] = s
	}
	var closed Day
	for _, r := range rounds {
		if r.Place != 0 {
			continue
		}
		s := sum[r.Number]
		if s.Due != r.Due || s.Sampled != r.Sampled || s.Resulted != r.Resulted || s.CommunityPositives != r.CommunityPositives {
			t.Errorf("round %d: the city has %+v, its districts %+v", r.Number, r, s)
		}
		if r.OpenedOn <= closed {
			t.Errorf("round %d opens on %s, before the last one has closed on %s", r.Number, r.OpenedOn, closed)
		}
		closed = r.ClosedOn
	}
	// Every infection that screening found from the second round on belongs to one round.
	want := 0
	for _, c := range e.Cases {
		if c.DetectionRoute == "community_screening" || (c.DetectionRoute == "at_risk_screening" && c.SampledOn >= "2022-03-08") {
			want++
		}
	}
	if positives < want {
		t.Errorf("the rounds account for %d of %d infections found by screening", positives, want)
	}
}

func TestPhases(t *testing.T) {
	t.Parallel()
	city := Build(Options{Seed: 1, People: 2_000})
	phases := Phases(city)
	places, back := map[int]bool{}, 0
	for i, p := range phases {
		places[p.Place] = true
		if p.StepBack {
			back++
		}
		if first := i == 0 || phases[i-1].Place != p.Place; first && p.StartedOn != "2022-03-02" {
			t.Errorf("place %d starts on %s", p.Place, p.StartedOn)
		}
		if last := i+1 == len(phases) || phases[i+1].Place != p.Place; last {
			if p.Phase != "community_zero" || p.StartedOn != "2022-04-08" || p.EndedOn != "" {
				t.Errorf("place %d ends with %+v", p.Place, p)
			}
		} else if p.EndedOn != phases[i+1].StartedOn || p.EndedOn <= p.StartedOn {
			t.Errorf("place %d: %s from %s to %s", p.Place, p.Phase, p.StartedOn, p.EndedOn)
		}
	}
	if len(places) != 12 || back != 1 {
		t.Errorf("got phases at %d places and %d steps back, want 12 and 1", len(places), back)
	}
	want := []Day{"2022-03-02", "2022-03-11", "2022-03-25", "2022-04-04", "2022-04-08"}
	for i, day := range want {
		if phases[i].StartedOn != day {
			t.Errorf("phase %s of the city starts on %s, want %s", phases[i].Phase, phases[i].StartedOn, day)
		}
	}
}
