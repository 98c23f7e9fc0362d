package epidemic

// Severity is the clinical type.
type Severity uint8

// Severities. Unknown is for infections without symptoms.
const (
	Unknown Severity = iota
	Mild
	Moderate
	Severe
	Critical
)

// String returns the value used everywhere in the product.
func (s Severity) String() string {
	return [...]string{"unknown", "mild", "moderate", "severe", "critical"}[s]
}

// signsOnAdmission is the share, per mille, of people found before their
// symptoms whose examination already shows signs, so that they count as
// confirmed at once: our own assumption, chosen so that 7 to 8 % of confirmed
// cases are reclassified ones (19 of 453 and 34 of 452, protocol.md 1.3).
const signsOnAdmission = 850

// moderateShare of people with symptoms, per mille: our own assumption.
const moderateShare = 60

// course writes the clinical course of an infection that was found.
func (r *run) course(f *infection) Case {
	d := draws(r.seed, forSeverity, f.person, 0)
	day := func(t int16) int { return int(t) - r.scenario.Hidden + 1 }
	c := Case{
		Person: f.person, Source: -1, Layer: f.layer, Infected: day(f.on), Onset: None, Reclassified: None, Since: None,
		Sampled: day(f.sampled), Reported: max(day(f.reported), 1), Route: f.route, Zone: f.zone,
	}
	if f.source >= 0 {
		s := &r.list[f.source]
		c.Source, c.Linked = s.person, s.reported <= f.reported
	}
	if f.since != never {
		c.Since = day(f.since)
	}
	// Whoever has cleared the virus long ago shows no symptoms any more, but has had them.
	signs, stay := d.permille(signsOnAdmission), 8+d.below(8)
	if f.symptomatic {
		c.Onset = day(f.onset)
		c.Confirmed = c.Onset <= c.Reported || signs
		if c.Confirmed {
			c.Onset = min(c.Onset, c.Reported)
		} else if c.Onset <= r.scenario.Days {
			c.Reclassified = c.Onset
		} else {
			c.Onset = None // the run ends before
		}
	}
	if c.Onset != None {
		stay = r.severity(&d, &c, stay)
	}
	c.Admitted = c.Reported + d.pick([]int{60, 33, 7})
	c.Out = max(c.Admitted+stay, c.Onset+5)
	c.SecondNegative = c.Out - 1
	return c
}

// severity draws the clinical type by age and returns the length of the stay.
func (r *run) severity(d *stream, c *Case, stay int) int {
	v := &r.scenario.Virus
	g := group(r.people[c.Person].age, 60, 80)
	c.Severity = Mild
	switch at := d.below(100_000); {
	case at < v.Dead[g]:
		c.Severity, c.Died = Critical, true
		return 4 + d.below(9)
	case at < v.Critical[g]:
		c.Severity = Critical
	case at < v.Critical[g]+v.Severe[g]:
		c.Severity = Severe
	case d.permille(moderateShare):
		c.Severity = Moderate
	}
	if c.Severity >= Severe {
		return 15 + d.below(11)
	}
	return stay
}
