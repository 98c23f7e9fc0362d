package app

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/allclear/allclear/internal/command/incident"
	"github.com/allclear/allclear/internal/control/cases"
	"github.com/allclear/allclear/internal/control/lab"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
	"github.com/allclear/allclear/internal/registry/places"
	"github.com/allclear/allclear/internal/science/synth"
)

// loadDemo is the one operation in which a demo city is written.
var loadDemo = op.Define("demo.city.load", op.Change)

// DemoOptions shape the demo city.
type DemoOptions struct {
	People int
	Seed   uint64
}

// DemoGuide says how to sign in to the demo.
type DemoGuide struct {
	Password string
	Users    []DemoUser
}

// DemoUser is one account of the demo.
type DemoUser struct {
	Username, Name, Role, Place string
}

// Print writes the guide.
func (g DemoGuide) Print(w io.Writer, url string) {
	fmt.Fprintf(w, "\nAllClear demo · 演示城市（虚构） · fictional city\n\n  %s\n\n", url)
	fmt.Fprintf(w, "  password 密码  %s\n", g.Password)
	for _, u := range g.Users {
		fmt.Fprintf(w, "  %-14s %-28s %s\n", u.Username, u.Role, u.Place)
	}
	fmt.Fprint(w, "\nCtrl-C stops it · 按 Ctrl-C 停止\n\n")
}

// PrepareDemo makes the demo city unless it is there, sets a fresh random password on
// its accounts, and returns how to sign in. It refuses a database that holds anything
// else.
func (a *App) PrepareDemo(ctx context.Context, o DemoOptions, step func(string)) (DemoGuide, error) {
	if !a.demo {
		if err := a.refuseNonEmpty(ctx); err != nil {
			return DemoGuide{}, err
		}
		if err := a.makeDemo(ctx, o, step); err != nil {
			return DemoGuide{}, err
		}
		a.demo = true
	}
	return a.demoAccounts(ctx)
}

func (a *App) refuseNonEmpty(ctx context.Context) error {
	none, err := a.NoAccounts(ctx)
	if err != nil {
		return err
	}
	var n int
	err = a.DB.Read(ctx, func(tx *store.Tx) error { return tx.QueryRow(ctx, `SELECT count(*) FROM places`).Scan(&n) })
	if err == nil && (!none || n > 0) {
		err = fault.Conflictf("demo.not_empty", "this database holds real data: the demo needs a data directory of its own")
	}
	return err
}

func (a *App) makeDemo(ctx context.Context, o DemoOptions, step func(string)) error {
	options := synth.Options{Seed: o.Seed, People: o.People}
	step("making the city 正在生成城市")
	city := synth.Build(options)
	epidemic := synth.Outbreak(city, options)
	step(fmt.Sprintf("loading %d places, %d people, %d infections 正在载入", len(city.Places), len(city.People), len(epidemic.Cases)))
	_, err := do(ctx, a, loadDemo, func(ctx context.Context, tx *op.Tx) (struct{}, error) {
		l := demoLoader{app: a, tx: tx, city: city, epidemic: epidemic}
		return struct{}{}, l.load(ctx)
	})
	if err != nil {
		return fmt.Errorf("load the demo city: %w", err)
	}
	// Noted last: a loading that was interrupted left nothing, because it is one transaction.
	return a.note(ctx, "demo", strconv.FormatUint(o.Seed, 10))
}

// demoLoader writes a synthetic city through the same functions that imports use.
type demoLoader struct {
	app      *App
	tx       *op.Tx
	city     *synth.City
	epidemic *synth.Epidemic
	places   []places.Place
	people   []ref.Person
	incident incident.Incident
}

func (l *demoLoader) load(ctx context.Context) error {
	for _, part := range []func(context.Context) error{l.loadPlaces, l.loadPeople, l.createIncident, l.loadCases, l.loadRounds, l.declarePhases} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (l *demoLoader) loadPlaces(ctx context.Context) error {
	all := make([]places.New, len(l.city.Places))
	for i, p := range l.city.Places {
		all[i] = places.New{
			ID: ref.Place(ids.New()), Level: places.Level(p.Level), Code: p.Code, Name: p.Name, NameEn: p.NameEn, Population: int64(p.Population),
			Floors: int64(p.Floors), Lon: &p.Lon, Lat: &p.Lat, Geometry: polygon(p.Polygon),
		}
		if p.Parent >= 0 {
			all[i].Parent = all[p.Parent].ID
		}
	}
	var err error
	l.places, err = places.Add(ctx, l.tx, all)
	return err
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

func (l *demoLoader) loadPeople(ctx context.Context) error {
	all := make([]people.Details, len(l.city.People))
	for i, p := range l.city.People {
		all[i] = people.Details{
			Place: l.places[p.Household].ID, IDKind: people.Resident, BirthOn: store.Day(p.BirthDate),
			Identity: people.Identity{Name: p.Name, Phone: p.Phone, IDNumber: p.IDNumber, Sex: people.Sex(p.Sex)},
		}
	}
	added, err := l.app.People.Add(ctx, l.tx, all)
	for _, p := range added {
		l.people = append(l.people, p.ID)
	}
	return err
}

func (l *demoLoader) createIncident(ctx context.Context) (err error) {
	l.incident, err = l.app.Incidents.Create(ctx, l.tx, incident.New{
		Name: "松川市2022年春季疫情（演示）", NameEn: "Songchuan spring outbreak 2022 (demo)", PlaceID: l.places[0].ID,
		Pack: "cn-covid-8th", Overlays: []string{"jilin-city-2022"}, TimeZone: "Asia/Shanghai", StartedOn: store.Day(l.epidemic.Start),
	})
	return err
}

func (l *demoLoader) loadCases(ctx context.Context) error {
	all := make([]cases.New, len(l.epidemic.Cases))
	for i, c := range l.epidemic.Cases {
		all[i] = cases.New{
			IncidentID: l.incident.ID, Number: c.Number, PlaceID: l.places[c.Place].ID, PersonID: l.people[c.Person],
			Classification: cases.Classification(c.CountedAs), Facts: l.facts(c),
		}
		if c.ReclassifiedOn != "" {
			all[i].Later = []cases.Later{{Classification: cases.Confirmed, On: store.Day(c.ReclassifiedOn), Reason: "出现临床症状 · symptoms appeared"}}
		}
	}
	_, err := l.app.Cases.Add(ctx, l.tx, all)
	return err
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
			IncidentID: l.incident.ID, PlaceID: l.places[r.Place].ID, Number: int64(r.Number), OpenedOn: store.Day(r.OpenedOn), ClosedOn: store.Day(r.ClosedOn),
			Due: int64(r.Due), Sampled: int64(r.Sampled), Resulted: int64(r.Resulted), CommunityPositives: int64(r.CommunityPositives),
		})
	}
	_, err := l.app.Lab.Add(ctx, l.tx, all)
	return err
}

func (l *demoLoader) declarePhases(ctx context.Context) error {
	for _, p := range synth.Phases(l.city) {
		_, err := l.app.Incidents.Declare(ctx, l.tx, incident.Declaration{
			IncidentID: l.incident.ID, PlaceID: l.places[p.Place].ID, Phase: incident.Stage(p.Phase), StartsOn: store.Day(p.StartedOn),
			Evidence: p.Reason + " " + p.ReasonEn, Reason: p.Reason,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// demoRoles are the accounts of the demo: the username, the role, and the level whose
// first place it is for.
var demoRoles = []struct{ username, role, level, name string }{
	{"duty", "duty_officer", "", "值班指挥员"},
	{"epi", "epidemiologist", "", "流调人员"},
	{"district", "district_lead", "district", "区负责人"},
	{"community", "community_lead", "community", "社区负责人"},
	{"steward", "data_steward", "", "数据管理员"},
	{"press", "press_officer", "", "新闻发布员"},
	{"auditor", "auditor", "", "审计员"},
	{"admin", "administrator", "", "系统管理员"},
}

// demoAccounts creates the accounts that are missing and gives all of them one fresh
// random password: a demo has no default password either.
func (a *App) demoAccounts(ctx context.Context) (DemoGuide, error) {
	raw := make([]byte, 10)
	if _, err := rand.Read(raw); err != nil {
		return DemoGuide{}, err
	}
	g := DemoGuide{Password: "demo-" + strings.ToLower(base32.StdEncoding.EncodeToString(raw))}
	for _, r := range demoRoles {
		place, err := a.firstOf(ctx, r.level)
		if err != nil {
			return g, err
		}
		if _, err = a.userByName(ctx, r.username); fault.KindOf(err) == fault.NotFound {
			_, err = a.CreateUser(ctx, NewUser{Username: r.username, Name: r.name, Language: "zh-CN", Roles: []string{r.role}, Place: string(place.ID)})
		}
		if err != nil {
			return g, err
		}
		if _, err := a.ResetPassword(ctx, r.username, g.Password); err != nil {
			return g, err
		}
		g.Users = append(g.Users, DemoUser{Username: r.username, Name: r.name, Role: r.role, Place: place.Name})
	}
	return g, nil
}

// firstOf returns the first place of a level: for districts the one with the most cases
// would do as well, but the first is the same each time. The empty level is everywhere.
func (a *App) firstOf(ctx context.Context, level string) (places.Place, error) {
	if level == "" {
		return places.Place{}, nil
	}
	return do(ctx, a, places.ViewPlace, func(ctx context.Context, tx *op.Tx) (places.Place, error) {
		found, err := places.Under(ctx, tx, "", places.Level(level))
		if err != nil || len(found) == 0 {
			return places.Place{}, err
		}
		return found[0], nil
	})
}
