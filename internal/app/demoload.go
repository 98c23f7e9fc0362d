package app

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"strconv"

	"github.com/allclear/allclear/internal/command/incident"
	"github.com/allclear/allclear/internal/control/cases"
	"github.com/allclear/allclear/internal/control/lab"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
	"github.com/allclear/allclear/internal/registry/places"
	"github.com/allclear/allclear/internal/science/synth"
)

// demoMemory is how much memory the program may use while a city of 1.8 million people is
// made and loaded: the collector works harder when it comes near.
const demoMemory = 1_200 << 20

// demoPart is how many places or people are handed to the registers at once.
const demoPart = 20_000

// demoTables are filled with their indexes left out and made at the end.
var demoTables = []string{"places", "place_terms", "people", "people_readings", "people_care"}

func (a *App) makeDemo(ctx context.Context, o DemoOptions, step func(string)) error {
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(demoMemory))
	_, err := do(ctx, a, loadDemo, func(ctx context.Context, tx *op.Tx) (struct{}, error) {
		l := demoLoader{app: a, tx: tx, say: step}
		return struct{}{}, l.load(ctx, o)
	})
	if err != nil {
		return fmt.Errorf("load the demo city: %w", err)
	}
	step("settling the database 正在整理数据库")
	if err := a.DB.Settle(ctx); err != nil {
		return err
	}
	if err := a.note(ctx, "demo_people", strconv.Itoa(o.People)); err != nil {
		return err
	}
	// Noted last: a loading that was interrupted left nothing, because it is one transaction.
	return a.note(ctx, "demo", strconv.FormatUint(o.Seed, 10))
}

// demoLoader writes a synthetic city through the same functions that imports use, in
// parts and in one transaction. Of the places and people that are written it keeps no
// more than how others refer to them.
type demoLoader struct {
	app      *App
	tx       *op.Tx
	city     *synth.City
	epidemic *synth.Epidemic
	say      func(string)
	ids      []ref.Place        // by place of the city
	paths    []string           // of the households; empty for other places
	infected map[int]ref.Person // the people with a case
	incident incident.Incident
}

func (l *demoLoader) load(ctx context.Context, o DemoOptions) error {
	return l.tx.Bulk(ctx, demoTables, func() error {
		if err := l.make(o); err != nil {
			return err
		}
		l.say(fmt.Sprintf("loading %d places, %d people, %d infections 正在载入", len(l.city.Places), len(l.city.People), len(l.epidemic.Cases)))
		for _, part := range []func(context.Context) error{l.loadPlaces, l.loadPeople, l.createIncident, l.loadCases, l.loadRounds, l.declarePhases} {
			if err := part(ctx); err != nil {
				return err
			}
		}
		*l = demoLoader{say: l.say}
		debug.FreeOSMemory() // the city is no longer needed, and sorting needs room
		l.say("making the indexes 正在建立索引")
		return nil
	})
}

// fewestSeeds is how many people bring the infection into a simulated city at least: with
// one or two the outbreak of a small city may die out at once.
const fewestSeeds = 3

// make builds the city and its outbreak.
func (l *demoLoader) make(o DemoOptions) (err error) {
	l.say("making the city 正在生成城市")
	options := synth.Options{Seed: o.Seed, People: o.People, Doubles: o.Doubles}
	l.city = synth.Build(options)
	if !o.Simulated {
		l.epidemic = synth.Outbreak(l.city, options)
		return nil
	}
	l.say("running the epidemic 正在推演疫情")
	scenario, err := EpidemicScenario("reference")
	if err == nil {
		scenario.Seeds = max(scenario.SeedsPerMillion*o.People/1_000_000, fewestSeeds)
		l.epidemic, err = EpidemicOf(l.city, scenario, o.Seed, runtime.GOMAXPROCS(0))
	}
	return err
}

// loadPlaces writes the communities and what stands above them first, and then what lies
// below, some communities at a time.
func (l *demoLoader) loadPlaces(ctx context.Context) error {
	l.ids, l.paths = make([]ref.Place, len(l.city.Places)), make([]string, len(l.city.Places))
	m := newMeter(l.say, "places 地点", len(l.city.Places))
	var upper, lower []int
	for i, p := range l.city.Places {
		switch places.Level(p.Level) {
		case places.City, places.District, places.Street, places.Community:
			upper = append(upper, i)
		}
	}
	if err := l.addPlaces(ctx, upper); err != nil {
		return err
	}
	m.add(len(upper))
	for i, p := range l.city.Places {
		if l.ids[i] == "" {
			lower = append(lower, i)
		}
		last := i == len(l.city.Places)-1
		if last || (len(lower) >= demoPart && places.Level(p.Level) == places.Community) {
			if err := l.addPlaces(ctx, lower); err != nil {
				return err
			}
			m.add(len(lower))
			lower = lower[:0]
		}
	}
	return nil
}

func (l *demoLoader) addPlaces(ctx context.Context, list []int) error {
	all := make([]places.New, len(list))
	for n, i := range list {
		p := &l.city.Places[i]
		l.ids[i] = ref.Place(ids.New())
		all[n] = places.New{
			ID: l.ids[i], Level: places.Level(p.Level), Kind: p.Kind, Code: p.Code, Name: p.Name, NameEn: p.NameEn, Population: int64(p.Population),
			Floors: int64(p.Floors), Lon: &p.Lon, Lat: &p.Lat, Geometry: polygon(p.Polygon),
		}
		if p.Parent >= 0 {
			all[n].Parent = l.ids[p.Parent]
		}
	}
	added, err := places.Add(ctx, l.tx, all)
	if err != nil {
		return err
	}
	for n, i := range list {
		if added[n].Level == places.Household {
			l.paths[i] = added[n].Path
		}
		p := &l.city.Places[i]
		p.Code, p.Name, p.NameEn, p.Polygon = "", "", "", nil // written, and a third of the city's memory
	}
	return nil
}

// polygon writes a ring as GeoJSON with seven decimals, about a centimetre.
func polygon(ring [][2]float64) string {
	if ring == nil {
		return ""
	}
	b := []byte(`{"type":"Polygon","coordinates":[[`)
	for i, c := range ring {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '[')
		b = strconv.AppendFloat(b, c[0], 'f', 7, 64)
		b = append(b, ',')
		b = strconv.AppendFloat(b, c[1], 'f', 7, 64)
		b = append(b, ']')
	}
	return string(append(b, ']', ']', '}'))
}

// loadPeople writes the people household by household, and beside each whoever stands in
// the register twice.
func (l *demoLoader) loadPeople(ctx context.Context) error {
	l.infected = make(map[int]ref.Person, len(l.epidemic.Cases))
	for _, c := range l.epidemic.Cases {
		l.infected[c.Person] = ""
	}
	all, doubles := l.city.People, l.city.Doubles
	m := newMeter(l.say, "people 人员", len(all))
	for first := 0; first < len(all); {
		end := min(first+demoPart, len(all))
		for end < len(all) && all[end].Household == all[end-1].Household {
			end++ // a household is not divided: guardians are of the same part
		}
		n := 0
		for n < len(doubles) && doubles[n].Of < end {
			n++
		}
		if err := l.addPeople(ctx, first, end, doubles[:n]); err != nil {
			return err
		}
		m.add(end - first)
		first, doubles = end, doubles[n:]
	}
	return nil
}

func (l *demoLoader) addPeople(ctx context.Context, first, end int, doubles []synth.Double) error {
	part := make([]people.Details, end-first, end-first+len(doubles))
	for i := range part {
		part[i].ID = ref.Person(ids.New())
		if _, ok := l.infected[first+i]; ok {
			l.infected[first+i] = part[i].ID
		}
	}
	for i := range part {
		p := &l.city.People[first+i]
		id := part[i].ID
		part[i] = l.details(p)
		part[i].ID = id
		if p.Guardian >= 0 {
			part[i].Guardian = part[p.Guardian-first].ID
		}
	}
	for i := range doubles {
		part = append(part, l.details(&doubles[i].Person))
	}
	_, err := l.app.People.Add(ctx, l.tx, part)
	return err
}

// details are those of a person without the guardian.
func (l *demoLoader) details(p *synth.Person) people.Details {
	d := people.Details{
		Place: l.ids[p.Household], PlacePath: l.paths[p.Household], Category: people.Category(p.Category), IDKind: people.IDKind(p.IDKind),
		BirthOn: store.Day(p.BirthDate), Relation: people.Relation(p.Relation), Vehicle: p.Vehicle, HomeSince: store.Day(p.HomeSince),
		Identity: people.Identity{Name: p.Name, Phone: p.Phone, IDNumber: p.IDNumber, Sex: people.Sex(p.Sex)},
	}
	if p.Work >= 0 {
		d.Workplace = l.ids[p.Work]
		if p.Class > 100 {
			d.Contact.Workplace = fmt.Sprintf("%d年级%d班", p.Class/100, p.Class%100)
		}
	}
	for _, need := range p.Care.Needs() {
		d.Care = append(d.Care, people.Care{Need: people.Need(need)})
	}
	return d
}

func (l *demoLoader) createIncident(ctx context.Context) (err error) {
	l.incident, err = l.app.Incidents.Create(ctx, l.tx, incident.New{
		Name: "松川市2022年春季疫情（演示）", NameEn: "Songchuan spring outbreak 2022 (demo)", PlaceID: l.ids[0],
		Pack: "cn-covid-8th", Overlays: []string{"jilin-city-2022"}, TimeZone: "Asia/Shanghai", StartedOn: store.Day(l.epidemic.Start),
	})
	return err
}

func (l *demoLoader) loadCases(ctx context.Context) error {
	m := newMeter(l.say, "cases 病例", len(l.epidemic.Cases))
	for list := l.epidemic.Cases; len(list) > 0; {
		part := list[:min(demoPart, len(list))]
		all := make([]cases.New, len(part))
		for i, c := range part {
			all[i] = cases.New{
				IncidentID: l.incident.ID, Number: c.Number, PlaceID: l.ids[c.Place], PersonID: l.infected[c.Person],
				Classification: cases.Classification(c.CountedAs), Facts: l.facts(c),
			}
			if c.ReclassifiedOn != "" {
				all[i].Later = []cases.Later{{Classification: cases.Confirmed, On: store.Day(c.ReclassifiedOn), Reason: "出现临床症状 · symptoms appeared"}}
			}
		}
		if _, err := l.app.Cases.Add(ctx, l.tx, all); err != nil {
			return err
		}
		m.add(len(part))
		list = list[len(part):]
	}
	return nil
}

func (l *demoLoader) facts(c synth.Case) cases.Facts {
	person := l.city.People[c.Person]
	age := ageOn(store.Day(person.BirthDate), store.Day(c.ReportedOn))
	return cases.Facts{
		Origin: cases.Origin(c.Origin), Severity: cases.Severity(c.Severity), Sex: cases.Sex(person.Sex), Age: &age,
		OnsetOn: store.Day(c.OnsetOn), SampledOn: store.Day(c.SampledOn), ReportedOn: store.Day(c.ReportedOn), AdmittedOn: store.Day(c.AdmittedOn),
		Outcome: cases.Outcome(c.Outcome), OutcomeOn: store.Day(c.OutcomeOn), SecondNegativeOn: store.Day(c.SecondNegativeOn),
		DetectionRoute: cases.Route(c.DetectionRoute), ZoneClass: cases.ZoneClass(c.ZoneClass),
		UnderRestrictionSince: store.Day(c.UnderRestrictionSince), Exposure: c.Exposure,
	}
}

// ageOn returns the completed years on a day.
func ageOn(birth, on store.Day) int64 {
	b, t := birth.Time(), on.Time()
	age := int64(t.Year() - b.Year())
	if t.YearDay() < b.YearDay() && (t.Month() < b.Month() || (t.Month() == b.Month() && t.Day() < b.Day())) {
		age--
	}
	return max(age, 0)
}

func (l *demoLoader) loadRounds(ctx context.Context) error {
	var all []lab.Round
	for _, r := range synth.Rounds(l.city, l.epidemic) {
		all = append(all, lab.Round{
			IncidentID: l.incident.ID, PlaceID: l.ids[r.Place], Number: int64(r.Number), OpenedOn: store.Day(r.OpenedOn), ClosedOn: store.Day(r.ClosedOn),
			Due: int64(r.Due), Sampled: int64(r.Sampled), Resulted: int64(r.Resulted), CommunityPositives: int64(r.CommunityPositives),
		})
	}
	_, err := l.app.Lab.Add(ctx, l.tx, all)
	return err
}

func (l *demoLoader) declarePhases(ctx context.Context) error {
	for _, p := range synth.Phases(l.city) {
		_, err := l.app.Incidents.Declare(ctx, l.tx, incident.Declaration{
			IncidentID: l.incident.ID, PlaceID: l.ids[p.Place], Phase: incident.Stage(p.Phase), StartsOn: store.Day(p.StartedOn),
			Evidence: p.Reason + " " + p.ReasonEn, Reason: p.Reason,
		})
		if err != nil {
			return err
		}
	}
	return nil
}
