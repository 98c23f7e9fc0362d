package synth

import (
	"cmp"
	"slices"
	"strconv"
)

// chronicle writes the clinical course of the infections found.
type chronicle struct {
	city  *City
	c     *chance
	found []finding
	curve curve
	days  calendar
}

// reclassifiedShare is the part of all confirmed cases that were first counted
// as asymptomatic, per mille: 19 of 453 on 13 March, 34 of 452 on 20 March
// (protocol.md 1.3).
const reclassifiedShare = 60

// classify decides what each infection counts as, so that the totals at the
// end of the outbreak are those of the curve.
func (w *chronicle) classify() {
	type ranked struct{ index, score int }
	var order []ranked
	for i := range w.found {
		order = append(order, ranked{i, w.c.below(1000)})
	}
	slices.SortFunc(order, func(a, b ranked) int { return cmp.Or(b.score-a.score, a.index-b.index) })
	later := w.curve.confirmed * reclassifiedShare / 1000
	var rest []ranked
	for _, r := range order {
		f := &w.found[r.index]
		if later > 0 && f.day < Days {
			f.reclassified = min(f.day+w.c.between(1, 6), Days)
			later--
			continue
		}
		r.score = w.c.below(1000) + along(confirmedLean, f.day)
		rest = append(rest, r)
	}
	slices.SortFunc(rest, func(a, b ranked) int { return cmp.Or(b.score-a.score, a.index-b.index) })
	at := w.curve.confirmed - (len(order) - len(rest))
	for _, r := range rest[:at] {
		w.found[r.index].confirmed = true
	}
}

func (w *chronicle) write(f *finding) Case {
	person := w.city.People[f.person]
	c := Case{
		Person: f.person, Place: f.place, SampledOn: w.days.on(f.sampled), ReportedOn: w.days.on(f.day),
		CountedAs: asymptomatic, Severity: "unknown", DetectionRoute: f.route, ZoneClass: f.zone,
		Outcome: outcomeUnderCare, Origin: originLocal,
	}
	if f.since > 0 {
		c.UnderRestrictionSince = w.days.on(f.since)
	}
	if f.imported {
		c.Origin = originImported
	}
	if f.confirmed {
		c.CountedAs = confirmed
		// Symptoms come before the sample, or show in the examination on the day.
		c.OnsetOn = w.days.on(f.sampled - w.c.pick([]int{30, 35, 20, 10, 5}))
	}
	if f.reclassified > 0 {
		c.ReclassifiedOn = w.days.on(f.reclassified)
		c.OnsetOn = w.days.on(f.reclassified - w.c.below(2))
	}
	if c.OnsetOn != "" {
		c.Severity = w.severity(age(person, w.days.on(1)))
	}
	w.care(f, &c)
	note := exposure(w.c, f)
	c.Exposure, c.ExposureEn = note.zh, note.en
	return c
}

// severity by age: our own assumption in the order of a vaccinated population
// under Omicron, where severe illness is rare and grows with age.
func (w *chronicle) severity(age int) string {
	switch roll := w.c.below(10_000); {
	case age >= 70 && roll < 60:
		return "critical"
	case age >= 70 && roll < 260, age >= 50 && roll < 20:
		return "severe"
	case roll < 400+age*12:
		return "moderate"
	}
	return "mild"
}

// care is admission on the day of the report or soon after, and release when
// two negative samples a day apart allow it (protocol.md 4).
func (w *chronicle) care(f *finding, c *Case) {
	const asOf = Days + 1
	admitted := min(f.day+w.c.pick([]int{60, 33, 7}), asOf)
	c.AdmittedOn = w.days.on(admitted)
	stay := w.c.between(8, 15)
	if c.Severity == "severe" || c.Severity == "critical" {
		stay = w.c.between(15, 25)
	}
	out := admitted + stay
	if f.reclassified > 0 {
		out = max(out, f.reclassified+5)
	}
	if out-1 <= asOf {
		c.SecondNegativeOn = w.days.on(out - 1)
	}
	if out <= asOf {
		c.Outcome, c.OutcomeOn = outcomeRecovered, w.days.on(out)
	}
}

// age in completed years.
func age(p Person, on Day) int {
	year := func(d Day) int { n, _ := strconv.Atoi(string(d[:4])); return n }
	n := year(on) - year(p.BirthDate)
	if on[4:] < p.BirthDate[4:] {
		n--
	}
	return n
}

// Exposure notes by link. They speak of settings and never of a person.
var exposures = [...][]word{
	linkUnknown: {
		{"社区筛查发现，暴露来源正在排查。", "Found by screening; the source is being traced."},
		{"近期到过农副产品批发市场，暴露来源正在排查。", "Recently at the farm produce wholesale market; the source is being traced."},
		{"近期乘坐过市内公交，暴露来源正在排查。", "Recently travelled by city bus; the source is being traced."},
	},
	linkImported: {
		{"由外地返回松川，旅途期间暴露，入城后就诊发现。", "Returned to Songchuan from elsewhere; exposed on the journey."},
	},
	linkHousehold: {
		{"同住家人检测阳性，共同居住期间暴露。", "A member of the household tested positive; exposed at home."},
	},
	linkUnit: {
		{"同单元有感染者，共用楼道。", "Infection in the same unit; shared stairway."},
		{"同单元有感染者，曾在楼道内取物。", "Infection in the same unit; collected deliveries in the stairway."},
	},
	linkBuilding: {
		{"同楼有感染者，暴露环节为楼门口公共区域。", "Infection in the same building; exposed at the entrance."},
	},
	linkCompound: {
		{"同小区有感染者，曾在同一采样点排队。", "Infection in the same compound; queued at the same sampling point."},
		{"同小区有感染者，曾到小区便民商店。", "Infection in the same compound; visited its corner shop."},
	},
	linkWorkplace: {
		{"在农副产品批发市场务工，市场内有感染者。", "Works at the farm produce wholesale market, where infections were found."},
		{"在建设项目工地务工，班组内有感染者。", "Works on a building site; infections in the same crew."},
		{"与感染者同在一处办公。", "Shares an office with an infected colleague."},
	},
}

func exposure(c *chance, f *finding) word {
	notes := exposures[f.link]
	return notes[c.below(len(notes))]
}
