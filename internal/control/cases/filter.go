package cases

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// Filter says which cases of an incident a list holds. Empty fields do not limit it.
type Filter struct {
	IncidentID      ref.Incident
	PlacePath       string // the place and all below it
	Classifications []Classification
	Origin          Origin
	DetectionRoute  Route
	ZoneClass       ZoneClass
	Found           string // "community" or "control", as the pack in force on the day of counting has it
	Severity        Severity
	Outcome         Outcome
	Sex             Sex
	// Counted limits to the cases behind a figure of the days From to To: confirmed
	// (those reclassified included), asymptomatic, reclassified, infections, deaths; or
	// asymptomatic_open: asymptomatic and not reclassified by the end of To.
	Counted  string
	From, To store.Day
	// Date says which day From and To limit when Counted is empty: report (the default),
	// onset, sampled, confirmed, outcome.
	Date string
	// Q is the beginning of a number, or exactly a name, phone or identity number.
	Q        string
	ImportID ref.ImportJob
	PersonID ref.Person // the cases of one person
	// OpenOn: counted, and the outcome was still to come at the end of the day.
	OpenOn store.Day
	// NoAnchorOn: closed by the end of the day, with neither a second negative test nor
	// the day of a death to count the end of the outbreak from.
	NoAnchorOn store.Day
	Incomplete bool // classified as an infection, and without any day to count it on
	// Sort is a key of sortKeys, with "-" in front for the last first; "" is "-reported_on".
	Sort   string
	Cursor string
	Limit  int // 0 is 50; at most 500
}

// sortKey is an order a list can have: the expression it sorts by, and the same of a
// case. An unknown value sorts before all others.
type sortKey struct {
	column string
	value  func(Case) any
}

var sortKeys = map[string]sortKey{
	"reported_on":    {"c.report_day", func(c Case) any { return c.ReportDay }},
	"number":         {"c.number", func(c Case) any { return c.Number }},
	"onset_on":       {"COALESCE(c.onset_on, '')", func(c Case) any { return c.OnsetOn }},
	"sampled_on":     {"COALESCE(c.sampled_on, '')", func(c Case) any { return c.SampledOn }},
	"confirmed_on":   {"COALESCE(c.confirmed_on, '')", func(c Case) any { return c.ConfirmedOn }},
	"counted_on":     {"COALESCE(c.counted_on, '')", func(c Case) any { return c.CountedOn }},
	"outcome_on":     {"COALESCE(c.outcome_on, '')", func(c Case) any { return c.OutcomeOn }},
	"classification": {"c.classification", func(c Case) any { return c.Classification }},
	"severity":       {"c.severity", func(c Case) any { return c.Severity }},
	"age": {"COALESCE(c.age, -1)", func(c Case) any {
		if c.Age == nil {
			return -1
		}
		return *c.Age
	}},
	"created_at": {"c.created_at", func(c Case) any { return int64(c.CreatedAt) }},
	"updated_at": {"c.updated_at", func(c Case) any { return int64(c.UpdatedAt) }},
}

var dateColumns = map[string]string{
	"": "c.report_day", "report": "c.report_day", "onset": "c.onset_on", "sampled": "c.sampled_on", "confirmed": "c.confirmed_on", "outcome": "c.outcome_on",
}

const (
	defaultLimit = 50
	largestLimit = 500
)

// check refuses what no list has, naming every wrong field.
func (f *Filter) check() error {
	bad := fault.Invalidf("cases.bad_filter", "the list cannot be filtered like this")
	oneOf := func(field, v string) {
		if v != "" && !slices.Contains(values[field], v) {
			bad.With(field, "unknown")
		}
	}
	for _, c := range f.Classifications {
		oneOf("classification", string(c))
	}
	oneOf("origin", string(f.Origin))
	oneOf("detection_route", string(f.DetectionRoute))
	oneOf("zone_class", string(f.ZoneClass))
	oneOf("severity", string(f.Severity))
	oneOf("outcome", string(f.Outcome))
	oneOf("sex", string(f.Sex))
	if !slices.Contains([]string{"", "community", "control"}, f.Found) {
		bad.With("found", "unknown")
	}
	if f.Counted != "" && countedSQL[f.Counted] == "" {
		bad.With("counted", "unknown")
	}
	if _, ok := dateColumns[f.Date]; !ok {
		bad.With("date", "unknown")
	}
	if sortKeys[strings.TrimPrefix(f.sort(), "-")].column == "" {
		bad.With("sort", "unknown")
	}
	for _, d := range []namedDay{{"from", f.From}, {"to", f.To}, {"open_on", f.OpenOn}, {"no_anchor_on", f.NoAnchorOn}} {
		if _, ok := store.ParseDay(string(d.day)); d.day != "" && !ok {
			bad.With(d.name, "not_a_day")
		}
	}
	if f.IncidentID == "" {
		bad.With("incident_id", "required")
	}
	f.Limit = min(f.Limit, largestLimit)
	if f.Limit <= 0 {
		f.Limit = defaultLimit
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

func (f Filter) sort() string {
	if f.Sort == "" {
		return "-reported_on"
	}
	return f.Sort
}

// countedSQL are the cases behind each figure; a day column in braces is replaced by the
// condition that it lies within the days asked for. They are the same questions that the situation's figures ask.
var countedSQL = map[string]string{
	"confirmed":         `(c.counted_as = 'confirmed' AND {counted_on} OR c.counted_as <> '' AND {reclassified_on})`,
	"asymptomatic":      `(c.counted_as = 'asymptomatic' AND {counted_on})`,
	"asymptomatic_open": `(c.counted_as = 'asymptomatic' AND {counted_on} AND NOT {reclassified})`,
	"reclassified":      `(c.counted_as <> '' AND {reclassified_on})`,
	"infections":        `(c.counted_as <> '' AND {counted_on})`,
	"deaths":            `(c.counted_as <> '' AND c.outcome = 'died' AND {outcome_on})`,
}

// where collects conditions and their arguments.
type where struct {
	parts []string
	args  []any
}

// add appends a condition in which each ? is the next of the arguments.
func (w *where) add(condition string, args ...any) {
	for _, a := range args {
		w.args = append(w.args, a)
		condition = strings.Replace(condition, "?", fmt.Sprintf("$%d", len(w.args)), 1)
	}
	w.parts = append(w.parts, condition)
}

func (w *where) text() string { return strings.Join(w.parts, " AND ") }

// equal adds column = v unless v is empty.
func equal[T ~string](w *where, column string, v T) {
	if v != "" {
		w.add(column+" = ?", string(v))
	}
}

// in adds column IN (list); an empty list matches nothing.
func in[T ~string](w *where, column string, list []T) {
	if len(list) == 0 {
		w.add("FALSE")
		return
	}
	args := make([]any, len(list))
	for i, v := range list {
		args[i] = string(v)
	}
	w.add(column+" IN (?"+strings.Repeat(", ?", len(list)-1)+")", args...)
}

// conditions builds the WHERE clause for the cases table as c. people are the persons
// whose name, phone or number is exactly Q; found is what foundSegments returned.
func (f Filter) conditions(scope access.Scope, people []ref.Person, found []segment, infections []string) where {
	var w where
	w.add("c.incident_id = ?", string(f.IncidentID))
	w.parts = append(w.parts, scope.SQL("c.place_path", &w.args))
	if f.PlacePath != "" {
		w.parts = append(w.parts, access.Under(f.PlacePath).SQL("c.place_path", &w.args))
	}
	if len(f.Classifications) > 0 {
		in(&w, "c.classification", f.Classifications)
	}
	equal(&w, "c.origin", f.Origin)
	equal(&w, "c.detection_route", f.DetectionRoute)
	equal(&w, "c.zone_class", f.ZoneClass)
	equal(&w, "c.severity", f.Severity)
	equal(&w, "c.outcome", f.Outcome)
	equal(&w, "c.sex", f.Sex)
	equal(&w, "c.import_id", f.ImportID)
	equal(&w, "c.person_id", f.PersonID)
	f.days(&w)
	f.closing(&w)
	if f.Found != "" {
		f.foundIn(&w, found)
	}
	if q := strings.TrimSpace(f.Q); q != "" {
		f.search(&w, q, people)
	}
	if f.Incomplete {
		w.add("c.counted_as = ''")
		in(&w, "c.classification", infections)
	}
	return w
}

// days limits the days: those of a figure, or those of one column.
func (f Filter) days(w *where) {
	if f.Counted == "" {
		if f.From != "" || f.To != "" {
			w.add(f.between(w, dateColumns[f.Date]))
		}
		return
	}
	condition := countedSQL[f.Counted]
	for _, column := range []string{"counted_on", "reclassified_on", "outcome_on"} {
		if strings.Contains(condition, "{"+column+"}") {
			condition = strings.ReplaceAll(condition, "{"+column+"}", f.between(w, "c."+column))
		}
	}
	if strings.Contains(condition, "{reclassified}") {
		until := Filter{To: f.To}
		condition = strings.ReplaceAll(condition, "{reclassified}", until.between(w, "c.reclassified_on"))
	}
	w.parts = append(w.parts, condition)
}

// closing limits to cases that were open, or closed without an anchor, on a day. An
// outcome without a day is taken as known, because it can't be placed later.
func (f Filter) closing(w *where) {
	const counted, ended = "c.counted_as <> '' AND c.counted_on <= ?", "c.outcome IN ('recovered', 'died', 'transferred')"
	if on := string(f.OpenOn); on != "" {
		w.add(counted+" AND (NOT "+ended+" OR (c.outcome_on IS NOT NULL AND c.outcome_on > ?))", on, on)
	}
	if on := string(f.NoAnchorOn); on != "" {
		w.add(counted+" AND "+ended+" AND (c.outcome_on IS NULL OR c.outcome_on <= ?)", on, on)
		w.add("c.second_negative_on IS NULL AND NOT (c.outcome = 'died' AND c.outcome_on IS NOT NULL)")
	}
}

// between is the condition that a day column is known and lies within From and To.
func (f Filter) between(w *where, column string) string {
	out := column + " IS NOT NULL AND " + column + " <> ''"
	if f.From != "" {
		w.args = append(w.args, string(f.From))
		out += fmt.Sprintf(" AND %s >= $%d", column, len(w.args))
	}
	if f.To != "" {
		w.args = append(w.args, string(f.To))
		out += fmt.Sprintf(" AND %s <= $%d", column, len(w.args))
	}
	return "(" + out + ")"
}

// search finds the beginning of a number by range, so that the index serves, in the
// spelling given and in capitals; and the persons that were found by exact hash.
func (f Filter) search(w *where, q string, people []ref.Person) {
	upper := strings.ToUpper(q)
	var or where
	or.args = w.args
	or.add("c.number >= ? AND c.number < ?", q, q+lastRune)
	or.add("c.number >= ? AND c.number < ?", upper, upper+lastRune)
	if len(people) > 0 {
		in(&or, "c.person_id", people)
	}
	w.args = or.args
	w.parts = append(w.parts, "("+strings.Join(or.parts, " OR ")+")")
}

// lastRune sorts after every text that begins with what stands before it.
const lastRune = "\U0010FFFF"

// segment is a stretch of days on which the pack answers "found in the community?" the
// same; pairs are the route/zone pairs it says yes to. An empty end is open.
type segment struct {
	from, to store.Day
	pairs    []string
}

// surface answers where an infection found by a route in a zone was found.
type surface interface {
	InCommunity(route, zone string) bool
}

func pairsOf(v surface) []string {
	var out []string
	for _, r := range values["detection_route"] {
		for _, z := range values["zone_class"] {
			if v.InCommunity(r, z) {
				out = append(out, r+"/"+z)
			}
		}
	}
	return out
}

// foundSegments asks the pack for each day from first to last and joins equal days.
// Before and after, the answers of the first and the last day hold.
func foundSegments(first, last store.Day, on func(store.Day) surface) []segment {
	var out []segment
	for d := first; ; d = d.Add(1) {
		pairs := pairsOf(on(d))
		switch {
		case len(out) == 0:
			out = append(out, segment{pairs: pairs})
		case !slices.Equal(out[len(out)-1].pairs, pairs):
			out[len(out)-1].to = d.Add(-1)
			out = append(out, segment{from: d, pairs: pairs})
		}
		if d >= last {
			return out
		}
	}
}

// foundIn limits to the cases found in the community, or to all others that count.
func (f Filter) foundIn(w *where, found []segment) {
	var parts []string
	for _, s := range found {
		part := where{args: w.args}
		in(&part, "c.detection_route || '/' || c.zone_class", s.pairs)
		if s.from != "" {
			part.add("COALESCE(c.counted_on, c.report_day) >= ?", string(s.from))
		}
		if s.to != "" {
			part.add("COALESCE(c.counted_on, c.report_day) <= ?", string(s.to))
		}
		w.args = part.args
		parts = append(parts, "("+part.text()+")")
	}
	condition := "(" + strings.Join(parts, " OR ") + ")"
	if f.Found == "control" {
		condition = "NOT " + condition
	}
	w.parts = append(w.parts, condition)
}

// cursor is where the next page begins: after the row with this sort value and id.
type cursor struct {
	Sort string   `json:"s"`
	At   any      `json:"a"`
	ID   ref.Case `json:"i"`
}

func (c cursor) String() string {
	b, err := json.Marshal(c)
	if err != nil { // a string or a number always can be written
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func parseCursor(text, sort string) (cursor, error) {
	var c cursor
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if err != nil || c.Sort != sort || c.ID == "" {
		return c, fault.Invalidf("cases.bad_cursor", "this page of the list does not exist; begin at the first").With("cursor", "bad")
	}
	switch at := c.At.(type) {
	case string:
	case float64:
		c.At = int64(at)
	default:
		return c, fault.Invalidf("cases.bad_cursor", "this page of the list does not exist; begin at the first").With("cursor", "bad")
	}
	return c, nil
}
