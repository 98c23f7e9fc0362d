package cases

import (
	"unicode/utf8"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/store"
)

const (
	longestNumber   = 100
	longestExposure = 4000
	// oldestAge is above the oldest person whose age is verified, who reached 122.
	oldestAge = 130
	// oldestMonths: ages are given in months up to two years and a little beyond.
	oldestMonths = 36
)

// wrong is one wrong field of a case.
type wrong struct{ field, code string }

// impossible lists what cannot be true of any case, whoever says it. latest is the last
// day that may be written down.
func (f Facts) impossible(latest store.Day) []wrong {
	var out []wrong
	bad := func(field, code string) { out = append(out, wrong{field, code}) }
	for _, d := range f.days() {
		if _, ok := store.ParseDay(string(d.day)); d.day != "" && !ok {
			bad(d.name, "not_a_day")
		} else if d.day > latest {
			bad(d.name, "in_future")
		}
	}
	for _, v := range f.coded() {
		if !known(v.name, v.value) {
			bad(v.name, "unknown")
		}
	}
	if f.Age != nil && (*f.Age < 0 || *f.Age > oldestAge) {
		bad("age", "out_of_range")
	}
	if f.AgeMonths != nil && (*f.AgeMonths < 0 || *f.AgeMonths > oldestMonths) {
		bad("age_months", "out_of_range")
	}
	if f.Lon != nil && (*f.Lon < -180 || *f.Lon > 180) {
		bad("lon", "out_of_range")
	}
	if f.Lat != nil && (*f.Lat < -90 || *f.Lat > 90) {
		bad("lat", "out_of_range")
	}
	if utf8.RuneCountInString(f.Exposure) > longestExposure {
		bad("exposure", "too_long")
	}
	return out
}

// contradictions lists days that cannot both be right. Which of the two is wrong cannot
// be told from here, and real line lists hold such rows: a form asks to look again, an
// import keeps what the file says.
func (f Facts) contradictions() []wrong {
	// Sampling after death is not among them: the dead are tested, too.
	if f.Outcome == Died && f.OutcomeOn != "" && f.OutcomeOn < f.OnsetOn {
		return []wrong{{"outcome_on", "before_onset"}}
	}
	return nil
}

type namedDay struct {
	name string
	day  store.Day
}

func (f Facts) days() []namedDay {
	return []namedDay{
		{"onset_on", f.OnsetOn}, {"sampled_on", f.SampledOn}, {"confirmed_on", f.ConfirmedOn}, {"reported_on", f.ReportedOn},
		{"admitted_on", f.AdmittedOn}, {"outcome_on", f.OutcomeOn}, {"second_negative_on", f.SecondNegativeOn},
		{"under_restriction_since", f.UnderRestrictionSince},
	}
}

type namedValue struct{ name, value string }

func (f Facts) coded() []namedValue {
	return []namedValue{
		{"origin", string(f.Origin)}, {"severity", string(f.Severity)}, {"sex", string(f.Sex)}, {"outcome", string(f.Outcome)},
		{"detection_route", string(f.DetectionRoute)}, {"zone_class", string(f.ZoneClass)},
	}
}

// checkCase makes one fault of all that is wrong with a case.
func checkCase(number string, class Classification, found []wrong) error {
	f := fault.Invalidf("cases.invalid", "the case cannot be saved as it is")
	if utf8.RuneCountInString(number) > longestNumber {
		f.With("number", "too_long")
	}
	if !known("classification", class) {
		f.With("classification", "unknown")
	}
	for _, w := range found {
		f.With(w.field, w.code)
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// fresh leaves out what was wrong before already, so that a note can be corrected on a
// case whose imported days contradict each other.
func fresh(now, before []wrong) []wrong {
	had := map[wrong]bool{}
	for _, w := range before {
		had[w] = true
	}
	var out []wrong
	for _, w := range now {
		if !had[w] {
			out = append(out, w)
		}
	}
	return out
}
