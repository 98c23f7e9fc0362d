package people

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

// Filter says which registered people a list holds. Empty fields do not limit it.
type Filter struct {
	PlacePath       string // the place and all below it
	Categories      []Category
	Sex             Sex
	AgeFrom, AgeTo  *int // completed years today, both included; whose birthday is not known is left out
	Care            []Need
	Relation        Relation
	WithoutGuardian bool // minors of whom no guardian is known
	WithoutPhone    bool
	WithoutHome     bool          // no door is known, only a place above it or none
	UpdatedSince    store.Instant // changed at this moment or later
	Sort            string        // place (the default: door by door), -updated, age (youngest first), -age
	Cursor          string
	Limit           int // 0 is 50; at most 500
}

// order is an order a list can have: what it sorts by before the id, and which way.
type order struct {
	column string
	down   bool
	value  func(listed) string
}

var orders = map[string]order{
	"place":    {"p.place_path", false, func(r listed) string { return r.path }},
	"-updated": {"p.updated_at", true, func(r listed) string { return fmt.Sprint(int64(r.updatedAt)) }},
	"age":      {"COALESCE(p.birth_on, '')", true, func(r listed) string { return string(r.birthOn) }},
	"-age":     {"COALESCE(p.birth_on, '9')", false, func(r listed) string { return string(r.birthOn) }},
}

const (
	defaultLimit = 50
	largestLimit = 500
	oldestAge    = 150
)

// check refuses what no list has, naming every wrong field.
func (f *Filter) check() error {
	bad := fault.Invalidf("people.bad_filter", "the list cannot be filtered like this")
	for _, c := range f.Categories {
		if !slices.Contains(Categories, c) {
			bad.With("category", "unknown")
		}
	}
	for _, n := range f.Care {
		if NeedsOf(n) == 0 {
			bad.With("care", "unknown")
		}
	}
	if !slices.Contains([]Sex{"", Male, Female, OtherSex, UnknownSex}, f.Sex) {
		bad.With("sex", "unknown")
	}
	if f.Relation != NoRelation && !slices.Contains(Relations, f.Relation) {
		bad.With("relation", "unknown")
	}
	for _, age := range []*int{f.AgeFrom, f.AgeTo} {
		if age != nil && (*age < 0 || *age > oldestAge) {
			bad.With("age", "out_of_range")
		}
	}
	if f.Sort == "" {
		f.Sort = "place"
	}
	if orders[f.Sort].column == "" {
		bad.With("sort", "unknown")
	}
	if f.Limit = min(f.Limit, largestLimit); f.Limit <= 0 {
		f.Limit = defaultLimit
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
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

// within limits to the part of the scope at and below path, as ranges of one index.
func (w *where) within(scope access.Scope, path string) {
	if path != "" {
		scope = scope.Within(path)
	}
	w.parts = append(w.parts, scope.SQL("p.place_path", &w.args))
}

// conditions builds the WHERE clause for people as p. All it names stands in the index
// people_door.
func (f Filter) conditions(scope access.Scope, today store.Day) where {
	var w where
	w.within(scope, f.PlacePath)
	set, clear := isRegistered, traits(0)
	if len(f.Categories) > 0 {
		args := make([]any, len(f.Categories))
		for i, c := range f.Categories {
			args[i] = string(c)
		}
		w.add("p.category IN (?"+strings.Repeat(", ?", len(args)-1)+")", args...)
	}
	if f.Sex != "" {
		w.add("p.sex = ?", string(f.Sex))
	}
	if f.Relation != NoRelation {
		w.add("p.relation = ?", string(f.Relation))
	}
	if f.AgeFrom != nil {
		w.add("p.birth_on <= ?", string(bornAfter(today, *f.AgeFrom)))
	}
	if f.AgeTo != nil {
		w.add("p.birth_on > ?", string(bornAfter(today, *f.AgeTo+1)))
		w.add("p.birth_on <= ?", string(today))
	}
	if f.WithoutGuardian {
		w.add("p.birth_on > ?", string(bornAfter(today, adultAge)))
		clear |= hasGuardian
	}
	if f.WithoutPhone {
		clear |= hasPhone
	}
	if f.WithoutHome {
		clear |= atDoor
	}
	if f.UpdatedSince != 0 {
		w.add("p.updated_at >= ?", int64(f.UpdatedSince))
	}
	if len(f.Care) > 0 {
		w.add("p.traits & ? <> 0", int64(NeedsOf(f.Care...)))
	}
	w.add("p.traits & ? = ?", int64(set|clear), int64(set))
	return w
}

// cursor is where the next page begins: after the row with this sort value and id.
type cursor struct {
	Sort string     `json:"s"`
	At   string     `json:"a"`
	ID   ref.Person `json:"i"`
}

func (c cursor) String() string {
	b, err := json.Marshal(c)
	if err != nil { // texts always can be written
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
		return c, badCursor()
	}
	return c, nil
}

func badCursor() error {
	return fault.Invalidf("people.bad_cursor", "this page of the list does not exist; begin at the first").With("cursor", "bad")
}
