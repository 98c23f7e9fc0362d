package synth

import (
	"slices"
	"testing"
)

// totals are the cumulative figures at the end: confirmed with, asymptomatic
// without the reclassified.
func totals(e *Epidemic) (confirmedTotal, asymptomaticTotal int) {
	for _, c := range e.Cases {
		if c.CountedAs == "confirmed" || c.ReclassifiedOn != "" {
			confirmedTotal++
		} else {
			asymptomaticTotal++
		}
	}
	return confirmedTotal, asymptomaticTotal
}

func TestTotals(t *testing.T) {
	t.Parallel()
	// 26,462 = 13,517 + 12,945 for 1.8 million, in proportion; worked out by hand.
	want := map[int][3]int{2_000: {29, 15, 14}, 20_000: {294, 150, 144}, 200_000: {2940, 1502, 1438}}
	for _, people := range sizes {
		city := Build(Options{Seed: 8, People: people})
		for seed := uint64(1); seed <= 5; seed++ {
			e := Outbreak(city, Options{Seed: seed})
			c, a := totals(e)
			if got := [3]int{len(e.Cases), c, a}; got != want[people] {
				t.Errorf("%d people, seed %d: got %v, want %v", people, seed, got, want[people])
			}
			sum := DayCount{}
			for _, d := range e.Daily {
				sum.Confirmed += d.Confirmed
				sum.Asymptomatic += d.Asymptomatic
				sum.Reclassified += d.Reclassified
				if d.Confirmed-d.Reclassified+d.Asymptomatic != d.Community+d.UnderControl {
					t.Errorf("day %d does not add up: %+v", d.Day, d)
				}
			}
			if sum.Confirmed != c || sum.Asymptomatic-sum.Reclassified != a {
				t.Errorf("%d people: the daily figures lead to %+v", people, sum)
			}
		}
	}
}

// surface is the rule for community infections, spelled out on its own.
func surface(c Case) bool {
	under := []string{"quarantine", "control_screening", "closed_loop", "hospital"}
	return c.ZoneClass != "lockdown" && !slices.Contains(under, c.DetectionRoute)
}

func TestCommunityZeroOnDay37(t *testing.T) {
	t.Parallel()
	for _, people := range []int{2_000, 3_500, 20_000, 60_000} {
		for seed := uint64(1); seed <= 10; seed++ {
			e := Outbreak(Build(Options{Seed: seed, People: people}), Options{Seed: seed})
			var daily [Days + 1]int
			for _, c := range e.Cases {
				if surface(c) != c.Community() {
					t.Fatalf("community or not: %+v", c)
				}
				if surface(c) {
					daily[dayNumber(e, c.ReportedOn)]++
				}
			}
			if daily[lastCommunityDay] == 0 {
				t.Errorf("%d people, seed %d: no community infection on day 34", people, seed)
			}
			for end := 3; end <= Days; end++ {
				met := daily[end]+daily[end-1]+daily[end-2] == 0
				if met != (end == Days) {
					t.Errorf("%d people, seed %d: three days without community infection at the end of day %d: %v", people, seed, end, met)
				}
			}
		}
	}
}

func dayNumber(e *Epidemic, d Day) int {
	return int(d.date().Sub(e.Start.date()).Hours()/24) + 1
}

func TestInfectionsUnderControlAtTheEnd(t *testing.T) {
	t.Parallel()
	e := Outbreak(Build(Options{Seed: 2}), Options{Seed: 2})
	for _, d := range e.Daily[lastCommunityDay:] {
		if d.Community != 0 || d.UnderControl == 0 {
			t.Errorf("day %d: %d in the community, %d under control", d.Day, d.Community, d.UnderControl)
		}
	}
	if last := e.Daily[lastCommunityDay-1]; last.On != "2022-04-04" {
		t.Errorf("the last community day is %s", last.On)
	}
}

func TestCurveShape(t *testing.T) {
	t.Parallel()
	e := Outbreak(Build(Options{Seed: 6, People: 200_000}), Options{Seed: 6})
	var week [Days]int // centred over five days
	for i := 2; i < Days-2; i++ {
		for _, d := range e.Daily[i-2 : i+3] {
			week[i] += d.Community + d.UnderControl
		}
	}
	peak := slices.Index(week[:], slices.Max(week[:])) + 1
	within(t, "day of the peak", peak, 19, 23)
	third := func(from, to int) int { // community share, per mille
		community, all := 0, 0
		for _, d := range e.Daily[from-1 : to] {
			community, all = community+d.Community, all+d.Community+d.UnderControl
		}
		return community * 1000 / all
	}
	if a, b, c := third(1, 10), third(11, 22), third(23, 34); a <= b || b <= c {
		t.Errorf("the community share does not fall: %d, %d, %d per mille", a, b, c)
	}
}

func TestZonesFollowTheFirstCase(t *testing.T) {
	t.Parallel()
	for _, people := range []int{2_000, 20_000} {
		city := Build(Options{Seed: 3, People: people})
		e := Outbreak(city, Options{Seed: 3})
		first := map[int]Day{}
		for _, c := range e.Cases {
			compound := findingOf(c).compound(city)
			start, hit := first[compound]
			if !hit {
				first[compound] = c.ReportedOn
				start = c.ReportedOn
			}
			if c.ReportedOn == start {
				continue
			}
			if c.Community() || (c.ZoneClass != "lockdown" && c.ZoneClass != "control") {
				t.Errorf("%s: found by %s in zone %s after the compound was sealed", c.Number, c.DetectionRoute, c.ZoneClass)
			}
			if c.UnderRestrictionSince < start {
				t.Errorf("%s: restricted since %s, before the first case on %s", c.Number, c.UnderRestrictionSince, start)
			}
		}
	}
}

func findingOf(c Case) finding { return finding{place: c.Place} }

func TestConcentration(t *testing.T) {
	t.Parallel()
	city := Build(Options{Seed: 7, People: 200_000})
	e := Outbreak(city, Options{Seed: 7})
	districts, of := districtsOf(city)
	inDistrict, inCompound, inHome := map[int]int{}, map[int]int{}, map[int]int{}
	for _, c := range e.Cases {
		inDistrict[of[c.Place]]++
		inCompound[findingOf(c).compound(city)]++
		inHome[c.Place]++
	}
	hot, counties := 0, 0
	for i, d := range districts {
		if districtPlans[i].hot {
			hot += inDistrict[d]
		}
		if districtPlans[i].county {
			counties += inDistrict[d]
		}
	}
	total := len(e.Cases)
	within(t, "per cent in three districts", hot*100/total, 75, 100)
	within(t, "per cent in the counties", counties*100/total, 0, 5)
	within(t, "compounds hit", len(inCompound), 40, count(city, levelCompound)/2)
	within(t, "households hit", len(inHome), total/3, total*4/5)
	var sizes []int
	for _, n := range inCompound {
		sizes = append(sizes, n)
	}
	slices.Sort(sizes)
	tenth, sum := sizes[len(sizes)*9/10:], 0
	for _, n := range tenth {
		sum += n
	}
	within(t, "per cent in the worst tenth of compounds", sum*100/total, 25, 80)
}

func TestCourse(t *testing.T) {
	t.Parallel()
	city := Build(Options{Seed: 5, People: 60_000})
	e := Outbreak(city, Options{Seed: 5})
	people := map[int]bool{}
	seen := map[string]int{}
	for i, c := range e.Cases {
		if people[c.Person] || city.People[c.Person].Household != c.Place {
			t.Fatalf("%s: infected twice or not at home", c.Number)
		}
		people[c.Person] = true
		for _, v := range []string{c.DetectionRoute, c.ZoneClass, c.Severity, c.Outcome, c.Origin} {
			seen[v]++
		}
		if i > 0 && e.Cases[i-1].ReportedOn > c.ReportedOn {
			t.Errorf("%s is out of order", c.Number)
		}
		checkDates(t, e, c)
		if c.Exposure == "" || c.ExposureEn == "" {
			t.Errorf("%s has no exposure note", c.Number)
		}
	}
	for _, v := range []string{
		"quarantine", "control_screening", "closed_loop", "hospital", "at_risk_screening", "community_screening", "clinic",
		"self_report", "lockdown", "control", "precaution", "none", "mild", "moderate", "unknown", "recovered", "under_care", "imported",
	} {
		if seen[v] == 0 {
			t.Errorf("no case with %s", v)
		}
	}
	if e.Cases[0].Origin != "imported" {
		t.Error("the first case is not imported")
	}
}

func checkDates(t *testing.T, e *Epidemic, c Case) {
	t.Helper()
	later := func(what string, a, b Day) {
		if a != "" && b != "" && b < a {
			t.Errorf("%s: %s: %s before %s", c.Number, what, b, a)
		}
	}
	later("sampled before restricted", c.UnderRestrictionSince, c.SampledOn)
	later("reported before sampled", c.SampledOn, c.ReportedOn)
	later("admitted before reported", c.ReportedOn, c.AdmittedOn)
	later("second negative before admission", c.AdmittedOn, c.SecondNegativeOn)
	later("out before second negative", c.SecondNegativeOn, c.OutcomeOn)
	later("known too early", c.OutcomeOn, e.AsOf)
	later("negative too early", c.SecondNegativeOn, e.AsOf)
	later("admitted too late", c.AdmittedOn, e.AsOf)
	if gap := dayNumber(e, c.ReportedOn) - dayNumber(e, c.SampledOn); gap > 1 {
		t.Errorf("%s: %d days from sample to report", c.Number, gap)
	}
	if (c.UnderRestrictionSince == "") != c.Community() {
		t.Errorf("%s: restricted since %q", c.Number, c.UnderRestrictionSince)
	}
	if (c.OutcomeOn == "") != (c.Outcome == "under_care") {
		t.Errorf("%s: %s on %q", c.Number, c.Outcome, c.OutcomeOn)
	}
	if symptoms := c.CountedAs == "confirmed" || c.ReclassifiedOn != ""; symptoms != (c.OnsetOn != "") || symptoms != (c.Severity != "unknown") {
		t.Errorf("%s: onset %q, severity %s", c.Number, c.OnsetOn, c.Severity)
	}
	if c.ReclassifiedOn != "" {
		gap := dayNumber(e, c.ReclassifiedOn) - dayNumber(e, c.ReportedOn)
		if c.CountedAs != "asymptomatic" || gap < 1 || gap > 6 || c.ReclassifiedOn > e.End {
			t.Errorf("%s: %s, reclassified after %d days", c.Number, c.CountedAs, gap)
		}
	}
}
