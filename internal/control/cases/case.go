package cases

import (
	"slices"

	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// The values of a case's fields are the words that the database, the API and import
// mappings share; Values lists them.
type (
	Classification string
	Origin         string // where the infection was acquired
	Severity       string // clinical type: 轻型 mild, 普通型 moderate, 重型 severe, 危重型 critical
	Sex            string
	Outcome        string
	Route          string // how the infection was found (protocol.md 8.1, detection_route)
	ZoneClass      string // the control zone in which the person was when sampled
)

// The values that rules here speak of.
const (
	Suspected    Classification = "suspected"
	Confirmed    Classification = "confirmed"
	Asymptomatic Classification = "asymptomatic"
	Excluded     Classification = "excluded"
	Died         Outcome        = "died"
)

const unknown = "unknown"

// Values lists the possible values of each coded field, by the field's JSON name.
func Values() map[string][]string {
	return map[string][]string{
		"classification":  {"suspected", "screening_positive", "probable", "confirmed", "asymptomatic", "excluded"},
		"origin":          {"local", "imported", unknown},
		"severity":        {"mild", "moderate", "severe", "critical", unknown},
		"sex":             {"male", "female", "other", unknown},
		"outcome":         {"under_care", "recovered", "died", "transferred", unknown},
		"detection_route": {"quarantine", "control_screening", "closed_loop", "hospital", "at_risk_screening", "community_screening", "clinic", "self_report", unknown},
		"zone_class":      {"lockdown", "control", "precaution", "none", unknown},
	}
}

var values = Values()

func known[T ~string](field string, v T) bool { return slices.Contains(values[field], string(v)) }

// Facts are what is known about a case besides who, where and its classification. An
// empty day is "not known".
type Facts struct {
	Origin                Origin            `json:"origin" audit:"public"`
	Severity              Severity          `json:"severity" audit:"public"`
	Sex                   Sex               `json:"sex" audit:"personal"`
	Age                   *int64            `json:"age" audit:"personal"`        // completed years at report; nil when not known
	AgeMonths             *int64            `json:"age_months" audit:"personal"` // completed months, for children under two; nil otherwise
	OnsetOn               store.Day         `json:"onset_on" audit:"public"`
	SampledOn             store.Day         `json:"sampled_on" audit:"public"` // sampling of the first positive specimen
	ConfirmedOn           store.Day         `json:"confirmed_on" audit:"public"`
	ReportedOn            store.Day         `json:"reported_on" audit:"public"` // the bulletin day it was first reported on
	AdmittedOn            store.Day         `json:"admitted_on" audit:"public"`
	Outcome               Outcome           `json:"outcome" audit:"public"`
	OutcomeOn             store.Day         `json:"outcome_on" audit:"public"`
	SecondNegativeOn      store.Day         `json:"second_negative_on" audit:"public"` // sampling of the second negative test; ends an Ebola case
	DetectionRoute        Route             `json:"detection_route" audit:"public"`
	ZoneClass             ZoneClass         `json:"zone_class" audit:"public"`
	UnderRestrictionSince store.Day         `json:"under_restriction_since" audit:"public"`
	Exposure              string            `json:"exposure" audit:"personal"`
	Lon                   *float64          `json:"lon" audit:"personal"` // degrees WGS 84; nil when not known
	Lat                   *float64          `json:"lat" audit:"personal"`
	Extra                 map[string]string `json:"extra" audit:"personal"` // columns of the source that have no field here
}

// fill writes "unknown" where nothing is said.
func (f *Facts) fill() {
	or(&f.Origin, unknown)
	or(&f.Severity, unknown)
	or(&f.Sex, unknown)
	or(&f.Outcome, unknown)
	or(&f.DetectionRoute, unknown)
	or(&f.ZoneClass, unknown)
	if f.Extra == nil {
		f.Extra = map[string]string{}
	}
}

func or[T ~string](dst *T, v T) {
	if *dst == "" {
		*dst = v
	}
}

// Counting says how a case counts; it is derived.
type Counting struct {
	// CountedAs is "confirmed" or "asymptomatic", as first reported; empty: counts nowhere.
	CountedAs string `json:"counted_as" audit:"-"`
	// CountedOn is the day of counting, empty if it counts nowhere.
	CountedOn store.Day `json:"counted_on" audit:"-"`
	// ReclassifiedOn is the day an asymptomatic infection became a confirmed case.
	ReclassifiedOn store.Day `json:"reclassified_on" audit:"-"`
	// ReportDay is the day by which lists are sorted and filtered, whatever the
	// classification: the first that is known of report, confirmation, sampling, onset.
	ReportDay store.Day `json:"report_day" audit:"-"`
}

// Case is one infection, or a suspicion of one.
type Case struct {
	ID             ref.Case       `json:"id" audit:"-"`
	IncidentID     ref.Incident   `json:"incident_id" audit:"public"`
	Number         string         `json:"number" audit:"public"`
	PersonID       ref.Person     `json:"person_id" audit:"public"`
	PlaceID        ref.Place      `json:"place_id" audit:"public"` // where the person lives, or else is counted
	PlacePath      string         `json:"place_path" audit:"-"`
	Classification Classification `json:"classification" audit:"public"`
	Counting
	Facts
	ImportID  ref.ImportJob `json:"import_id" audit:"-"`
	Version   int64         `json:"version" audit:"-"`
	CreatedAt store.Instant `json:"created_at" audit:"-"`
	UpdatedAt store.Instant `json:"updated_at" audit:"-"`
}

// reportDay is the first known of the days by which a case can be placed.
func (f Facts) reportDay() store.Day {
	return first(f.ReportedOn, f.ConfirmedOn, f.SampledOn, f.OnsetOn)
}

func first(days ...store.Day) store.Day {
	for _, d := range days {
		if d != "" {
			return d
		}
	}
	return ""
}
