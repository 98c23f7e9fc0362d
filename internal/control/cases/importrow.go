package cases

import (
	"strings"
	"unicode"

	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/importer/match"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/registry/people"
)

// statement reads what a row says about a case.
type statement struct {
	constants map[string]string
	dated     bool // the file has days of confirmation
}

// code is a coded value of a row, else the file's constant, else "".
func (s statement) code(row importer.Row, field string) string {
	if v := row.Text(field); v != "" {
		return v
	}
	return s.constants[field]
}

// first is the classification a new case gets.
func (s statement) first(row importer.Row) Classification {
	if v := s.code(row, "classification"); v != "" {
		return Classification(v)
	}
	if s.dated && !row.Has("confirmed_on") {
		return Suspected
	}
	if !s.dated && row.Value("classification").State == match.Missing {
		return Suspected // the file classifies, and not this one
	}
	return Confirmed
}

// next is the classification that a row gives to a case that is there, and from when;
// empty if it stays. Only what the file says changes it: a column, or a day of
// confirmation for what was not yet counted. The day is that of the confirmation, else
// the present one, and never before the classification it follows.
func (s statement) next(row importer.Row, c storedCase, today store.Day) (Classification, store.Day) {
	to := Classification(row.Text("classification"))
	confirmed, dated := row.Day("confirmed_on")
	if to == "" && dated && c.CountedAs == "" && c.Classification != Excluded && c.Classification != Confirmed && c.Classification != Asymptomatic {
		to = Confirmed
	}
	if to == "" || to == c.Classification {
		return "", ""
	}
	on := today
	if to == Confirmed && dated {
		on = confirmed
	}
	return to, max(on, begins(c.past, c.Facts), c.past[len(c.past)-1].On)
}

// facts is what a row says about a new case.
func (s statement) facts(row importer.Row) Facts { return s.over(Facts{}, row) }

// over puts what a row says over what is known. Nothing said erases nothing.
func (s statement) over(f Facts, row importer.Row) Facts {
	say(&f.Origin, s.code(row, "origin"))
	say(&f.Severity, s.code(row, "severity"))
	say(&f.Outcome, s.code(row, "outcome"))
	say(&f.DetectionRoute, s.code(row, "detection_route"))
	say(&f.ZoneClass, s.code(row, "zone_class"))
	say(&f.Sex, row.Text("sex"))
	say(&f.Exposure, row.Text("exposure"))
	say(&f.OnsetOn, row.Text("onset_on"))
	say(&f.SampledOn, row.Text("sampled_on"))
	say(&f.ConfirmedOn, row.Text("confirmed_on"))
	say(&f.ReportedOn, row.Text("reported_on"))
	say(&f.AdmittedOn, row.Text("admitted_on"))
	say(&f.OutcomeOn, row.Text("outcome_on"))
	say(&f.SecondNegativeOn, row.Text("second_negative_on"))
	say(&f.UnderRestrictionSince, row.Text("under_restriction_since"))
	if died, ok := row.Day("died_on"); ok {
		f.Outcome, f.OutcomeOn = Died, died
	}
	if age, ok := row.Int("age"); ok {
		f.Age = &age
	}
	if lon, ok := row.Float("lon"); ok {
		f.Lon = &lon
	}
	if lat, ok := row.Float("lat"); ok {
		f.Lat = &lat
	}
	extra := copyOf(f.Extra)
	for k, v := range row.Extra() {
		extra[k] = v
	}
	f.Extra = extra
	return f
}

func say[T ~string](dst *T, v string) {
	if v != "" {
		*dst = T(v)
	}
}

// identityOf is who a row says the case is.
func identityOf(row importer.Row) Identity {
	return Identity{
		Name: nameOf(row), Phone: row.Text("phone"), IDNumber: row.Text("id_number"), Address: row.Text("address"), Sex: people.Sex(row.Text("sex")),
	}
}

// nameOf is the name, or what it is put together from. A family name in Chinese or
// Korean characters comes first and takes no space.
func nameOf(row importer.Row) string {
	if n := row.Text("name"); n != "" {
		return n
	}
	given, middle, family := row.Text("first_name"), row.Text("middle_name"), row.Text("last_name")
	if strings.ContainsFunc(family, func(r rune) bool { return unicode.In(r, unicode.Han, unicode.Hangul) }) {
		return family + middle + given
	}
	return strings.Join(strings.Fields(given+" "+middle+" "+family), " ")
}
