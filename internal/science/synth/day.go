package synth

import "time"

// Day is a calendar day in the city's time zone, written "2022-04-08". The
// empty Day means "has not happened".
type Day string

const dayFormat = time.DateOnly

func (d Day) date() time.Time {
	t, err := time.Parse(dayFormat, string(d))
	if err != nil {
		panic("synth: not a day: " + string(d))
	}
	return t
}

// plus returns the day n days later; n may be negative.
func (d Day) plus(n int) Day {
	return Day(d.date().AddDate(0, 0, n).Format(dayFormat))
}

// calendar turns outbreak day numbers into calendar days. Parsing once and
// looking up later matters: a large outbreak asks for hundreds of thousands.
type calendar struct {
	first int
	days  []Day
}

// newCalendar covers the day numbers from first to last, where 1 is start.
func newCalendar(start Day, first, last int) calendar {
	c := calendar{first: first}
	t := start.date()
	for n := first; n <= last; n++ {
		c.days = append(c.days, Day(t.AddDate(0, 0, n-1).Format(dayFormat)))
	}
	return c
}

func (c calendar) on(n int) Day { return c.days[n-c.first] }
