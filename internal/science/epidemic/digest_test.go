package epidemic

import "testing"

// TestGoldenDigests holds whole runs to their digests. They change when the
// model or a parameter does, and then on purpose: note it in the changelog,
// because the same seed gives another outbreak from then on.
func TestGoldenDigests(t *testing.T) {
	t.Parallel()
	p := NewTown(5_000, 7)
	for _, c := range []struct {
		scenario Scenario
		infected int
		digest   string
	}{
		{unmeasured(60, 4), 4963, "67e0b4e5c6f9ed673243a38932ee012196a1bb75bcdab51e1670abf0852f08df"},
		{operation(12), 747, "98346b10bc02a114b8ce4b9f8b2142e2be6f2583b36d0be3fd82d25b6e7b9488"},
	} {
		x := must(t, p, c.scenario, 3)
		if x.Digest != c.digest || x.Infected != c.infected {
			t.Errorf("%s: %d infected, digest %s", c.scenario.Name, x.Infected, x.Digest)
		}
	}
}

func TestBulletinsAddUp(t *testing.T) {
	t.Parallel()
	p := NewTown(10_000, 3)
	x := must(t, p, operation(40), 5)
	cumulative, sum := Day{}, x.Totals()
	for i, d := range x.Daily {
		if d.Day != i+1 {
			t.Fatalf("day %d stands at %d", d.Day, i)
		}
		if d.Confirmed-d.Reclassified+d.Asymptomatic != d.Community+d.UnderControl {
			t.Errorf("day %d: %+v does not add up", d.Day, d)
		}
		cumulative.Confirmed += d.Confirmed
		cumulative.Asymptomatic += d.Asymptomatic - d.Reclassified
	}
	if cumulative.Confirmed+cumulative.Asymptomatic != sum.Found() || sum.Found() != len(x.Cases) {
		t.Errorf("%d + %d cumulative, %d found, %d cases", cumulative.Confirmed, cumulative.Asymptomatic, sum.Found(), len(x.Cases))
	}
	if sum.Reclassified == 0 || sum.Community == 0 || sum.UnderControl == 0 {
		t.Errorf("%+v: the run shows too little", sum)
	}
}

func TestCasesAreCoherent(t *testing.T) {
	t.Parallel()
	p := NewTown(10_000, 3)
	x := must(t, p, operation(40), 6)
	last := 0
	for _, c := range x.Cases {
		switch {
		case c.Reported < last:
			t.Fatalf("reported on day %d after day %d", c.Reported, last)
		case c.Sampled > c.Reported || c.Sampled < c.Reported-1:
			t.Fatalf("sampled on day %d, reported on day %d", c.Sampled, c.Reported)
		case c.Infected >= c.Sampled:
			t.Fatalf("infected on day %d, sampled on day %d", c.Infected, c.Sampled)
		case c.Confirmed && (c.Onset == None || c.Onset > c.Reported || c.Reclassified != None):
			t.Fatalf("confirmed without an onset before the report: %+v", c)
		case !c.Confirmed && c.Onset != None && c.Reclassified == None:
			t.Fatalf("symptoms but never confirmed: %+v", c)
		case c.Reclassified != None && c.Reclassified <= c.Reported:
			t.Fatalf("reclassified before the report: %+v", c)
		case (c.Severity == Unknown) != (c.Onset == None):
			t.Fatalf("severity %s with onset %d", c.Severity, c.Onset)
		case !c.Community() && c.Since == None:
			t.Fatalf("under control since never: %+v", c)
		case c.Since != None && c.Since > c.Sampled:
			t.Fatalf("restricted after the sample: %+v", c)
		case c.Out <= c.Admitted || c.Admitted < c.Reported:
			t.Fatalf("out on %d, admitted on %d, reported on %d", c.Out, c.Admitted, c.Reported)
		}
		last = c.Reported
	}
	if x.Cases[0].Reported != 1 {
		t.Errorf("the first case was reported on day %d", x.Cases[0].Reported)
	}
}

func TestTownHasThePublishedShape(t *testing.T) {
	t.Parallel()
	const n = 100_000
	p := NewTown(n, 2)
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	young, old, work, school := 0, 0, 0, 0
	for i, age := range p.Age {
		if age < 15 {
			young++
		} else if age >= 60 {
			old++
		}
		if p.Workplace[i] >= 0 {
			work++
		}
		if p.Class[i] >= 0 {
			school++
		}
		if p.Workplace[i] >= 0 && p.Class[i] >= 0 {
			t.Fatal("somebody is at work and at school")
		}
	}
	for _, c := range []struct {
		what            string
		got, want, near float64
	}{
		{"people per household", float64(n) / float64(len(p.Building)), 2.62, 0.05},
		{"share of children", float64(young) / n, 0.1795, 0.015},
		{"share of elders", float64(old) / n, 0.187, 0.015},
		{"share at work", float64(work) / n, 0.42, 0.04},
		{"share at school", float64(school) / n, 0.19, 0.03},
	} {
		if c.got < c.want-c.near || c.got > c.want+c.near {
			t.Errorf("%s: %.4f, want %.4f ± %.3f", c.what, c.got, c.want, c.near)
		}
	}
}
