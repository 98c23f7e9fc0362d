package epidemic

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
)

// Result is what came of a run.
type Result struct {
	Agents   int
	Attempts int // 1, or how often the seeds had to be drawn
	Seeds    int
	Infected int // all infections, found or not
	Deaths   int // among those found
	ByLayer  [layers]int
	Cases    []Case // found on a day of the run, in the order of report
	Daily    []Day  // one for each outbreak day
	// Digest is a SHA-256 of every infection in order: who, when, from whom, where, and how it was found.
	Digest string
}

// Day is one outbreak day. Counts follow the bulletins: infections found =
// Confirmed − Reclassified + Asymptomatic = Community + UnderControl.
type Day struct {
	Day         int
	Susceptible int // at the end of the day
	Exposed     int
	Infectious  int // whether isolated or not
	Removed     int
	NewInfected int

	Confirmed    int
	Asymptomatic int
	Reclassified int
	Community    int
	UnderControl int
}

// Found returns the infections found on the day.
func (d Day) Found() int { return d.Community + d.UnderControl }

// Case is an infection that was found. Days are outbreak days; None has not happened.
type Case struct {
	Person   int32
	Source   int32 // the person it came from; -1 for seeds
	Layer    Layer
	Infected int

	Onset        int // None without symptoms
	Sampled      int
	Reported     int
	Reclassified int  // None, or the day on which an asymptomatic became confirmed
	Confirmed    bool // on Reported
	Severity     Severity

	Route  Route
	Zone   Zone
	Since  int  // start of lockdown or quarantine; None for those found in the community
	Linked bool // the source was found before or on the same day

	Admitted       int
	SecondNegative int
	Out            int // day of recovery or death
	Died           bool
}

// None is a day that has not happened.
const None = -10_000

// Community reports whether the infection was found in the community: neither
// in a lockdown zone nor in quarantine or the screening of controlled areas
// (protocol.md 8.1).
func (c *Case) Community() bool {
	return c.Zone != Lockdown && c.Route != Quarantine && c.Route != ControlScreening
}

// tally counts the people by state at the end of the day.
func (r *run) tally(before int) {
	d := Day{Day: r.outbreakDay(), NewInfected: len(r.list) - before, Susceptible: len(r.people) - len(r.list)}
	for _, i := range r.active {
		switch x := &r.list[i]; {
		case r.day < int(x.infectious):
			d.Exposed++
		case r.day <= int(x.over):
			d.Infectious++
		}
	}
	d.Removed = len(r.list) - d.Exposed - d.Infectious
	r.days = append(r.days, d)
}

func (r *run) result(attempts int) *Result {
	x := &Result{Agents: len(r.people), Attempts: attempts, Infected: len(r.list), Daily: r.days[r.scenario.Hidden:]}
	h := sha256.New()
	buffer := make([]byte, 0, 1<<16)
	for i := range r.list {
		f := &r.list[i]
		x.ByLayer[f.layer]++
		buffer = f.appendTo(buffer)
		if len(buffer) > 1<<16-64 {
			_, _ = h.Write(buffer) // a hash does not fail
			buffer = buffer[:0]
		}
		if last := r.scenario.Hidden + r.scenario.Days; int(f.reported) < last {
			x.Cases = append(x.Cases, r.course(f))
		}
	}
	_, _ = h.Write(buffer)
	x.Seeds, x.Digest = x.ByLayer[Import], hex.EncodeToString(h.Sum(nil))
	slices.SortStableFunc(x.Cases, func(a, b Case) int { return cmp.Or(a.Reported-b.Reported, a.Sampled-b.Sampled, int(a.Person-b.Person)) })
	x.count(r.scenario.Days)
	return x
}

// appendTo writes what makes the infection in a fixed order of bytes.
func (f *infection) appendTo(b []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(f.person))
	b = binary.LittleEndian.AppendUint32(b, uint32(f.source))
	for _, day := range []int16{f.on, f.infectious, f.onset, f.sampled, f.reported, f.isolated} {
		b = binary.LittleEndian.AppendUint16(b, uint16(day))
	}
	return append(b, byte(f.layer), byte(f.route), byte(f.zone))
}

// count fills in the bulletins of the days.
func (x *Result) count(days int) {
	for i := range x.Cases {
		c := &x.Cases[i]
		if c.Died {
			x.Deaths++
		}
		d := &x.Daily[c.Reported-1]
		if c.Confirmed {
			d.Confirmed++
		} else {
			d.Asymptomatic++
		}
		if c.Community() {
			d.Community++
		} else {
			d.UnderControl++
		}
		if c.Reclassified != None && c.Reclassified <= days {
			x.Daily[c.Reclassified-1].Confirmed++
			x.Daily[c.Reclassified-1].Reclassified++
		}
	}
}

// Totals adds up the days. Asymptomatic is without those reclassified, as in
// the cumulative figures of the bulletins.
func (x *Result) Totals() (sum Day) {
	for _, d := range x.Daily {
		sum.Confirmed += d.Confirmed
		sum.Asymptomatic += d.Asymptomatic - d.Reclassified
		sum.Reclassified += d.Reclassified
		sum.Community += d.Community
		sum.UnderControl += d.UnderControl
	}
	return sum
}
