package store

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Day is a calendar day in the incident's time zone, "2022-04-08". The empty day is
// "not known" and is stored as NULL.
type Day string

// Value stores the day.
func (d Day) Value() (driver.Value, error) {
	if d == "" {
		return nil, nil
	}
	return string(d), nil
}

// Scan reads a day or NULL.
func (d *Day) Scan(v any) error {
	switch x := v.(type) {
	case nil:
		*d = ""
	case string:
		*d = Day(x)
	case []byte:
		*d = Day(x)
	default:
		return fmt.Errorf("scan a day from %T", v)
	}
	return nil
}

// ParseDay returns the day if s is a real calendar day written as 2006-01-02.
func ParseDay(s string) (Day, bool) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1800 || t.Year() > 2200 {
		return "", false
	}
	return Day(s), true
}

// DayOf returns the calendar day of the moment t in the time zone loc.
func DayOf(t time.Time, loc *time.Location) Day { return Day(t.In(loc).Format(time.DateOnly)) }

// Time returns midnight UTC of the day, for arithmetic on days; the zero time for "".
func (d Day) Time() time.Time {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return time.Time{}
	}
	return t
}

// Add returns the day n days later (earlier when n < 0).
func (d Day) Add(n int) Day {
	if d == "" {
		return ""
	}
	return Day(d.Time().AddDate(0, 0, n).Format(time.DateOnly))
}

// Sub returns the number of days from e to d.
func (d Day) Sub(e Day) int { return int(d.Time().Sub(e.Time()).Hours() / 24) }

// Instant is a moment in microseconds since 1970-01-01 UTC. Zero is "not known" and is stored as NULL.
type Instant int64

// At returns the instant of t.
func At(t time.Time) Instant { return Instant(t.UnixMicro()) }

// Time returns the moment in UTC; the zero time for 0.
func (i Instant) Time() time.Time {
	if i == 0 {
		return time.Time{}
	}
	return time.UnixMicro(int64(i)).UTC()
}

// MarshalJSON writes RFC 3339 in UTC, and null for "not known".
func (i Instant) MarshalJSON() ([]byte, error) {
	if i == 0 {
		return []byte("null"), nil
	}
	return []byte(`"` + i.Time().Format(time.RFC3339Nano) + `"`), nil
}

// UnmarshalJSON reads RFC 3339 or null.
func (i *Instant) UnmarshalJSON(b []byte) error {
	if string(b) == "null" || string(b) == `""` {
		*i = 0
		return nil
	}
	t, err := time.Parse(`"`+time.RFC3339Nano+`"`, string(b))
	if err != nil {
		return err
	}
	*i = At(t)
	return nil
}

// Value stores the instant.
func (i Instant) Value() (driver.Value, error) {
	if i == 0 {
		return nil, nil
	}
	return int64(i), nil
}

// Scan reads an instant or NULL.
func (i *Instant) Scan(v any) error {
	switch x := v.(type) {
	case nil:
		*i = 0
	case int64:
		*i = Instant(x)
	default:
		return fmt.Errorf("scan an instant from %T", v)
	}
	return nil
}

// OrNull stores an optional text, typically a reference: "" as NULL.
func OrNull[T ~string](s T) any {
	if s == "" {
		return nil
	}
	return string(s)
}

// Optional scans a text column that may be NULL into *dst ("" for NULL).
func Optional[T ~string](dst *T) any { return &optional[T]{dst} }

type optional[T ~string] struct{ dst *T }

func (o *optional[T]) Scan(v any) error {
	switch x := v.(type) {
	case nil:
		*o.dst = ""
	case string:
		*o.dst = T(x)
	case []byte:
		*o.dst = T(x)
	default:
		return fmt.Errorf("scan a text from %T", v)
	}
	return nil
}

// MarshalText is the text form of MarshalJSON; it also makes API descriptions say "string".
func (i Instant) MarshalText() ([]byte, error) {
	if i == 0 {
		return []byte{}, nil
	}
	return []byte(i.Time().Format(time.RFC3339Nano)), nil
}

// UnmarshalText reads RFC 3339; the empty text is "not known".
func (i *Instant) UnmarshalText(b []byte) error {
	return i.UnmarshalJSON([]byte(`"` + string(b) + `"`))
}
