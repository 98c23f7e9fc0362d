package app

import (
	"fmt"
	"strconv"
	"time"

	"github.com/allclear/allclear/internal/science/epidemic"
	"github.com/allclear/allclear/internal/science/synth"
)

// PopulationOf is the simulated city as the epidemic run sees it.
func PopulationOf(city *synth.City) *epidemic.Population {
	p := &epidemic.Population{}
	ordinal := make([]int32, len(city.Places))
	// Places are in depth-first order, so counting by level as they come numbers the areas in order.
	count := map[string]int32{}
	for i, place := range city.Places {
		if place.Level != "household" {
			count[place.Level]++
			continue
		}
		ordinal[i] = int32(len(p.Building))
		p.Building = append(p.Building, max(count["building"]-1, 0))
		p.Compound = append(p.Compound, max(count["compound"]-1, 0))
		p.Community = append(p.Community, max(count["community"]-1, 0))
		p.District = append(p.District, max(count["district"]-1, 0))
	}
	year, start := agesOn(city.Start)
	for i := range city.People {
		person := &city.People[i]
		p.Age = append(p.Age, year(person.BirthDate, start))
		p.Household = append(p.Household, ordinal[person.Household])
	}
	p.Class, p.Workplace = classesOf(city), teamsOf(city)
	p.Fill(city.Seed) // the venues
	return p
}

// classesOf numbers the classes of the schools: pupils of one school and class.
func classesOf(city *synth.City) []int32 {
	list, known := make([]int32, len(city.People)), map[[2]int]int32{}
	for i := range city.People {
		list[i] = -1
		p := &city.People[i]
		if p.Work < 0 || p.Class == 0 {
			continue
		}
		key := [2]int{p.Work, p.Class}
		if _, ok := known[key]; !ok {
			known[key] = int32(len(known))
		}
		list[i] = known[key]
	}
	return list
}

// teamSize is about how many people of a workplace meet one another every day:
// our own assumption. Who is in which team has nothing to do with where they live.
const teamSize = 12

// teamsOf divides the people of a workplace into teams.
func teamsOf(city *synth.City) []int32 {
	staff := make([]int32, len(city.Places)+1)
	works := func(p *synth.Person) bool { return p.Work >= 0 && p.Class == 0 }
	for i := range city.People {
		if p := &city.People[i]; works(p) {
			staff[p.Work]++
		}
	}
	first, next := make([]int32, len(staff)), int32(0)
	for place, n := range staff {
		first[place] = next
		next += (n + teamSize - 1) / teamSize
	}
	list := make([]int32, len(city.People))
	for i := range city.People {
		list[i] = -1
		if p := &city.People[i]; works(p) {
			teams := first[p.Work+1] - first[p.Work]
			list[i] = first[p.Work] + int32(uint32(i)*2_654_435_761>>8)%teams // Knuth's multiplicative hash
		}
	}
	return list
}

// agesOn returns a function that counts completed years on a day.
func agesOn(on synth.Day) (func(birth, on synth.Day) uint8, synth.Day) {
	return func(birth, on synth.Day) uint8 {
		if len(birth) < 10 || len(on) < 10 {
			return 0
		}
		b, _ := strconv.Atoi(string(birth[:4]))
		n, _ := strconv.Atoi(string(on[:4]))
		if on[4:] < birth[4:] {
			n--
		}
		return uint8(min(max(n-b, 0), 120))
	}, on
}

// EpidemicOf runs a scenario on a city and writes the infections found in the
// form of a drawn outbreak, so that either can be loaded.
func EpidemicOf(city *synth.City, s epidemic.Scenario, seed uint64, threads int) (*synth.Epidemic, error) {
	x, err := epidemic.Run(PopulationOf(city), s, epidemic.Options{Seed: seed, Threads: threads})
	if err != nil {
		return nil, err
	}
	w := caseWriter{city: city, on: outbreakDays(city.Start), last: len(x.Daily)}
	e := &synth.Epidemic{Start: w.on(1), End: w.on(w.last), AsOf: w.on(w.last + 1)}
	for i := range x.Cases {
		e.Cases = append(e.Cases, w.write(i, &x.Cases[i]))
	}
	for _, d := range x.Daily {
		e.Daily = append(e.Daily, synth.DayCount{
			Day: d.Day, On: w.on(d.Day), Confirmed: d.Confirmed, Asymptomatic: d.Asymptomatic, Reclassified: d.Reclassified,
			Community: d.Community, UnderControl: d.UnderControl,
		})
	}
	return e, nil
}

// outbreakDays turns outbreak days into calendar days.
func outbreakDays(start synth.Day) func(day int) synth.Day {
	first, err := time.Parse(time.DateOnly, string(start))
	if err != nil {
		first = time.Date(2022, 3, 2, 0, 0, 0, 0, time.UTC) // synth.DefaultStart
	}
	known := map[int]synth.Day{}
	return func(day int) synth.Day {
		if day == epidemic.None {
			return ""
		}
		if _, ok := known[day]; !ok {
			known[day] = synth.Day(first.AddDate(0, 0, day-1).Format(time.DateOnly))
		}
		return known[day]
	}
}

// caseWriter writes cases in the words of the registry.
type caseWriter struct {
	city *synth.City
	on   func(day int) synth.Day
	last int // day of the run
}

func (w *caseWriter) write(i int, f *epidemic.Case) synth.Case {
	c := synth.Case{
		Number: fmt.Sprintf("SC-%s-%05d", w.on(1)[:4], i+1), Person: int(f.Person), Place: w.city.People[f.Person].Household,
		OnsetOn: w.on(f.Onset), SampledOn: w.on(f.Sampled), ReportedOn: w.on(f.Reported), ReclassifiedOn: w.on(f.Reclassified),
		CountedAs: "asymptomatic", Severity: f.Severity.String(), DetectionRoute: f.Route.String(), ZoneClass: f.Zone.String(),
		Origin: "local", Outcome: "under_care", AdmittedOn: w.on(min(f.Admitted, w.last+1)),
	}
	if f.Confirmed {
		c.CountedAs = "confirmed"
	}
	if f.Layer == epidemic.Import {
		c.Origin = "imported"
	}
	if !f.Community() {
		c.UnderRestrictionSince = w.on(f.Since)
	}
	w.outcome(f, &c)
	c.Exposure, c.ExposureEn = exposureOf(f)
	return c
}

// outcome fills in what has come by the morning after the run.
func (w *caseWriter) outcome(f *epidemic.Case, c *synth.Case) {
	asOf := w.last + 1
	if !f.Died && f.SecondNegative <= asOf {
		c.SecondNegativeOn = w.on(f.SecondNegative)
	}
	if f.Out > asOf {
		return
	}
	c.Outcome, c.OutcomeOn = "recovered", w.on(f.Out)
	if f.Died {
		c.Outcome = "died"
	}
}

// exposures speak of settings and never of a person.
var exposures = map[epidemic.Layer][2]string{
	epidemic.Import:        {"由外地返回，旅途期间暴露。", "Exposed on a journey from elsewhere."},
	epidemic.Household:     {"同住家人检测阳性，共同居住期间暴露。", "A member of the household tested positive; exposed at home."},
	epidemic.Class:         {"同班级有感染者，在校期间暴露。", "Infection in the same class; exposed at school."},
	epidemic.Workplace:     {"同一工作场所有感染者，工作期间暴露。", "Infection at the same workplace; exposed at work."},
	epidemic.Neighbourhood: {"同小区有感染者，暴露环节为楼道、取物或采样排队。", "Infection in the same compound; exposed in the stairway, at deliveries or in the sampling queue."},
	epidemic.Venue:         {"与感染者到过同一公共场所。", "Visited the same public place as an infected person."},
	epidemic.City:          {"在市内与感染者有过接触。", "Contact with an infected person elsewhere in the city."},
}

// exposureOf tells the setting only where an investigation could have found it:
// the source was known when the case was reported.
func exposureOf(f *epidemic.Case) (zh, en string) {
	if f.Layer != epidemic.Import && !f.Linked {
		return "筛查发现，暴露来源正在排查。", "Found by testing; the source is being traced."
	}
	text := exposures[f.Layer]
	return text[0], text[1]
}
