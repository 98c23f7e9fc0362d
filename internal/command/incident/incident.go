package incident

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// Status says whether the incident is still being answered.
type Status string

// The statuses of an incident.
const (
	Active Status = "active"
	Closed Status = "closed"
)

// Incident is one outbreak at one place. Rules names the pack and overlays with their
// versions, as the resolver gave them when they were last set.
type Incident struct {
	ID        ref.Incident  `json:"id" audit:"-"`
	Name      string        `json:"name" audit:"public"`
	NameEn    string        `json:"name_en" audit:"public"`
	PlaceID   ref.Place     `json:"place_id" audit:"public"`
	PlacePath string        `json:"place_path" audit:"-"`
	Pack      string        `json:"pack" audit:"public"`
	Overlays  []string      `json:"overlays" audit:"public"`
	Rules     string        `json:"rules" audit:"public"`
	TimeZone  string        `json:"time_zone" audit:"public"`
	StartedOn store.Day     `json:"started_on" audit:"public"`
	ClosedOn  store.Day     `json:"closed_on" audit:"public"`
	Status    Status        `json:"status" audit:"public"`
	Version   int64         `json:"version" audit:"-"`
	CreatedAt store.Instant `json:"created_at" audit:"-"`
}

// Zone returns the incident's time zone, in which all its days are counted.
func (i Incident) Zone() (*time.Location, error) { return time.LoadLocation(i.TimeZone) }

// New is what is said about an incident when it is activated.
type New struct {
	Name      string
	NameEn    string
	PlaceID   ref.Place
	Pack      string
	Overlays  []string
	TimeZone  string // an IANA name, "Asia/Shanghai"
	StartedOn store.Day
}

// Change is what may be changed later; nil leaves a field as it is. A ClosedOn of ""
// opens the incident again.
type Change struct {
	Name      *string
	NameEn    *string
	Pack      *string
	Overlays  *[]string
	TimeZone  *string
	StartedOn *store.Day
	ClosedOn  *store.Day
}

func (c Change) apply(i *Incident) {
	set(&i.Name, c.Name)
	set(&i.NameEn, c.NameEn)
	set(&i.Pack, c.Pack)
	set(&i.Overlays, c.Overlays)
	set(&i.TimeZone, c.TimeZone)
	set(&i.StartedOn, c.StartedOn)
	set(&i.ClosedOn, c.ClosedOn)
	i.Status = Active
	if i.ClosedOn != "" {
		i.Status = Closed
	}
}

func set[T any](dst *T, v *T) {
	if v != nil {
		*dst = *v
	}
}

const longestName = 120

// check reports every wrong field at once. latest is the last day that may be written
// down: the present day anywhere on earth.
func (i *Incident) check(latest store.Day) error {
	f := fault.Invalidf("incident.invalid", "the incident cannot be saved as it is")
	i.Name, i.NameEn = strings.TrimSpace(i.Name), strings.TrimSpace(i.NameEn)
	if i.Name == "" {
		f.With("name", "required")
	}
	if utf8.RuneCountInString(i.Name) > longestName {
		f.With("name", "too_long")
	}
	if utf8.RuneCountInString(i.NameEn) > longestName {
		f.With("name_en", "too_long")
	}
	if i.Pack == "" {
		f.With("pack", "required")
	}
	if _, err := i.Zone(); err != nil || i.TimeZone == "" || i.TimeZone == "Local" {
		f.With("time_zone", "unknown")
	}
	if code := dayFault(i.StartedOn, latest); code != "" {
		f.With("started_on", code)
	}
	if i.ClosedOn != "" {
		if code := dayFault(i.ClosedOn, latest); code != "" {
			f.With("closed_on", code)
		} else if i.ClosedOn < i.StartedOn {
			f.With("closed_on", "before_start")
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// dayFault returns the code of what is wrong with a required day, or "".
func dayFault(d, latest store.Day) string {
	if d == "" {
		return "required"
	}
	if _, ok := store.ParseDay(string(d)); !ok {
		return "not_a_day"
	}
	if d > latest {
		return "in_future"
	}
	return ""
}

// latestDay is the day in the time zone that is furthest ahead, so that no time zone's
// today counts as the future.
func latestDay(now store.Instant) store.Day {
	return store.DayOf(now.Time(), time.FixedZone("UTC+14", 14*60*60))
}
