package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"github.com/allclear/allclear/internal/app"
	"github.com/allclear/allclear/internal/app/apptest"
	"github.com/allclear/allclear/internal/control/cases"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
	"github.com/allclear/allclear/internal/ref"
)

// benchSize reads a size that may be set smaller for a quick look.
func benchSize(b *testing.B, variable string, usual int) int {
	b.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		b.Fatalf("%s is not a number", variable)
	}
	return n
}

// onBoth runs f as "sqlite" and "postgres", with what makes the URL of a new database.
func onBoth(b *testing.B, f func(b *testing.B, newURL func(*testing.B) string)) {
	b.Run("sqlite", func(b *testing.B) { f(b, func(*testing.B) string { return "" }) })
	b.Run("postgres", func(b *testing.B) { f(b, func(b *testing.B) string { return storetest.PostgresURL(b) }) })
}

// benchCity is the demo city with many more cases than its outbreak had: the incident
// stays the same, and so do the places and days at which cases stand close together.
type benchCity struct {
	a        *app.App
	server   *httptest.Server
	incident string
	district ref.Place // the one with the most cases
	day      string    // the day with the most cases
	name     string    // of one of the cases
	centres  []orb.Point
}

func newBenchCity(b *testing.B, databaseURL string) *benchCity {
	b.Helper()
	a, _ := apptest.Demo(b, databaseURL, benchSize(b, "ALLCLEAR_BENCH_PEOPLE", 200_000))
	w := &benchCity{a: a}
	w.fill(b, benchSize(b, "ALLCLEAR_BENCH_CASES", 100_000))
	w.look(b)
	w.server = apptest.Serve(b, a)
	return w
}

// pattern is a case of the outbreak that further cases are made after.
type pattern struct {
	class cases.Classification
	later []cases.Later
	facts cases.Facts
	area  string // path of the community
}

type resident struct {
	id    ref.Person
	place ref.Place
	sex   cases.Sex
}

// fill adds cases until there are n. Each is like a case of the outbreak, drawn at
// random, in somebody of the same community who has not been a case, or else of the city.
func (w *benchCity) fill(b *testing.B, n int) {
	b.Helper()
	patterns, healthy := w.outbreak(b)
	random := rand.New(rand.NewPCG(1, 2))
	areas := make([]string, 0, len(healthy))
	for area, people := range healthy {
		random.Shuffle(len(people), func(i, j int) { people[i], people[j] = people[j], people[i] })
		areas = append(areas, area)
	}
	slices.Sort(areas)
	take := func(area string) resident {
		for len(healthy[area]) == 0 {
			area = areas[random.IntN(len(areas))]
		}
		last := len(healthy[area]) - 1
		r := healthy[area][last]
		healthy[area] = healthy[area][:last]
		return r
	}
	var all []cases.New
	for i := len(patterns); i < n; i++ {
		p := patterns[random.IntN(len(patterns))]
		r := take(p.area)
		all = append(all, cases.New{
			IncidentID: ref.Incident(w.incident), Number: fmt.Sprintf("BENCH-%06d", i), PersonID: r.id, PlaceID: r.place,
			Classification: p.class, Later: p.later, Facts: p.facts,
		})
	}
	for part := range slices.Chunk(all, 10_000) {
		_, err := op.Do(context.Background(), w.a.Door, cases.Opening, asOperator(), func(ctx context.Context, tx *op.Tx) (int, error) {
			_, err := w.a.Cases.Add(ctx, tx, part)
			return 0, err
		})
		if err != nil {
			b.Fatalf("add cases: %v", err)
		}
	}
	w.analyze(b)
}

// analyze lets the database look at what it holds, as PostgreSQL does by itself after a while.
func (w *benchCity) analyze(b *testing.B) {
	b.Helper()
	if w.a.DB.Dialect() != store.Postgres {
		return
	}
	if _, err := w.a.DB.Raw().Exec(`ANALYZE`); err != nil {
		b.Fatal(err)
	}
}

// outbreak reads the demo's cases, and who of each community is not among them.
func (w *benchCity) outbreak(b *testing.B) ([]pattern, map[string][]resident) {
	b.Helper()
	var patterns []pattern
	healthy := map[string][]resident{}
	err := w.a.DB.Read(context.Background(), func(tx *store.Tx) error {
		ctx := context.Background()
		if err := tx.QueryRow(ctx, `SELECT id FROM incidents`).Scan(&w.incident); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT counted_as, reclassified_on, place_path, origin, severity, age, onset_on, sampled_on, reported_on, admitted_on,
			outcome, outcome_on, second_negative_on, detection_route, zone_class, under_restriction_since FROM cases ORDER BY number`)
		patterns, err = store.Collect(rows, err, func(s store.Scanner) (p pattern, err error) {
			var reclassified store.Day
			f := &p.facts
			err = s.Scan(&p.class, &reclassified, &p.area, &f.Origin, &f.Severity, &f.Age, &f.OnsetOn, &f.SampledOn, &f.ReportedOn, &f.AdmittedOn,
				&f.Outcome, &f.OutcomeOn, &f.SecondNegativeOn, &f.DetectionRoute, &f.ZoneClass, &f.UnderRestrictionSince)
			f.Exposure, p.area = "同住家庭成员 · household contact", community(p.area)
			if reclassified != "" {
				p.later = []cases.Later{{Classification: cases.Confirmed, On: reclassified, Reason: "symptoms"}}
			}
			return p, err
		})
		if err != nil {
			return err
		}
		rows, err = tx.Query(ctx, `SELECT p.id, p.place_id, p.sex, p.place_path FROM people p LEFT JOIN cases c ON c.person_id = p.id WHERE c.id IS NULL ORDER BY p.id`)
		_, err = store.Collect(rows, err, func(s store.Scanner) (r resident, err error) {
			var path string
			err = s.Scan(&r.id, &r.place, &r.sex, &path)
			healthy[community(path)] = append(healthy[community(path)], r)
			return r, err
		})
		return err
	})
	if err != nil || len(patterns) == 0 {
		b.Fatalf("read the outbreak: %d cases, %v", len(patterns), err)
	}
	return patterns, healthy
}

// community is the path of the community above a household: city, district, street, community.
func community(path string) string {
	dots := 0
	for i, r := range path {
		if r == '.' {
			if dots++; dots == 4 {
				return path[:i+1]
			}
		}
	}
	return path
}

// look finds what the requests name.
func (w *benchCity) look(b *testing.B) {
	b.Helper()
	ctx := context.Background()
	err := w.a.DB.Read(ctx, func(tx *store.Tx) error {
		const most = `SELECT p.id FROM places p JOIN cases c ON c.place_path >= p.path AND c.place_path < substr(p.path, 1, length(p.path) - 1) || '/'
			WHERE p.level = 'district' GROUP BY p.id ORDER BY count(*) DESC LIMIT 1`
		if err := tx.QueryRow(ctx, most).Scan(&w.district); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, `SELECT counted_on FROM cases GROUP BY counted_on ORDER BY count(*) DESC LIMIT 1`).Scan(&w.day); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT lon, lat FROM places WHERE level = 'compound' ORDER BY id`)
		w.centres, err = store.Collect(rows, err, func(s store.Scanner) (p orb.Point, err error) { return p, s.Scan(&p[0], &p[1]) })
		return err
	})
	if err != nil || len(w.centres) == 0 {
		b.Fatalf("look around: %v", err)
	}
	w.name = w.nameOfACase(b)
}

func (w *benchCity) nameOfACase(b *testing.B) string {
	b.Helper()
	name, err := op.Do(context.Background(), w.a.Door, cases.Listing, asOperator(), func(ctx context.Context, tx *op.Tx) (string, error) {
		var id ref.Person
		if err := tx.QueryRow(ctx, `SELECT person_id FROM cases ORDER BY number LIMIT 1`).Scan(&id); err != nil {
			return "", err
		}
		who, err := w.a.People.Identities(ctx, tx, []ref.Person{id})
		return who[id].Name, err
	})
	if err != nil {
		b.Fatal(err)
	}
	return name
}

// signIn makes an account with a role over a place ("" is everywhere) and signs it in.
func (w *benchCity) signIn(b *testing.B, username, role string, place ref.Place) *http.Client {
	b.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	n := app.NewUser{Username: username, Language: "en", Password: "correct horse battery " + username, Roles: []string{role}, Place: string(place)}
	if _, err := w.a.CreateUser(context.Background(), n); err != nil {
		b.Fatalf("create %s: %v", username, err)
	}
	body, err := json.Marshal(map[string]string{"username": username, "password": n.Password})
	if err != nil {
		b.Fatal(err)
	}
	answer, err := client.Post(w.server.URL+"/api/v1/session", "application/json", bytes.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		b.Fatalf("sign in as %s: %s", username, answer.Status)
	}
	return client
}

// get asks for a path under /api/v1 and reads the whole answer.
func (w *benchCity) get(b *testing.B, client *http.Client, path string) []byte {
	b.Helper()
	answer, err := client.Get(w.server.URL + "/api/v1" + path)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		b.Fatalf("%s: %s, %v: %.300s", path, answer.Status, err, text)
	}
	return text
}

// question is one kind of request; path gives the i-th of them.
type question struct {
	name string
	path func(i int) string
}

// questions are those that the app asks. Somebody of a district asks about it, and sees
// no more of the lists and tiles than it.
func (w *benchCity) questions(b *testing.B, client *http.Client, place ref.Place) []question {
	b.Helper()
	with := func(route string, pairs ...string) func(int) string {
		q := url.Values{"incident_id": {w.incident}}
		if place != "" && route != "/cases" {
			q.Set("place_id", string(place))
		}
		for i := 0; i < len(pairs); i += 2 {
			q.Set(pairs[i], pairs[i+1])
		}
		return func(int) string { return route + "?" + q.Encode() }
	}
	var first struct {
		Next string `json:"next_cursor"`
	}
	if err := json.Unmarshal(w.get(b, client, with("/cases")(0)), &first); err != nil || first.Next == "" {
		b.Fatalf("the list has no second page: %v", err)
	}
	out := []question{
		{"cases, first page", with("/cases")},
		{"cases, second page", with("/cases", "cursor", first.Next)},
		{"cases, filtered", with("/cases", "classification", "confirmed", "detection_route", "quarantine", "outcome", "recovered")},
		{"cases, behind a figure", with("/cases", "counted", "infections", "found", "community", "from", w.day, "to", w.day)},
		{"cases, sorted by onset", with("/cases", "sort", "-onset_on")},
		{"cases, sorted by age", with("/cases", "sort", "age")},
		{"cases, by name", with("/cases", "q", w.name)},
		{"cases, total alone", with("/cases", "limit", "1")},
		{"situation", with("/situation")},
		{"situation, earlier day", with("/situation", "on", w.day)},
		{"places, direct parts", with("/situation/places")},
		{"places, communities", with("/situation/places", "level", "community")},
		{"series, by report", with("/situation/series")},
		{"series, by onset", with("/situation/series", "by", "onset")},
		{"map, districts", with("/situation/map", "level", "district")},
		{"map, compounds", with("/situation/map", "level", "compound")},
		{"clearance", with("/clearance")},
		{"clearance, timeline", with("/clearance/timeline")},
	}
	for _, z := range []maptile.Zoom{9, 12, 14, 16} {
		out = append(out, question{fmt.Sprintf("tile, zoom %d", z), w.tiles(z)})
	}
	return out
}

// tiles are tiles over the compounds, in an order that jumps about the city.
func (w *benchCity) tiles(z maptile.Zoom) func(int) string {
	return func(i int) string {
		t := maptile.At(w.centres[(i*7919)%len(w.centres)], z)
		return fmt.Sprintf("/tiles/%d/%d/%d.mvt", t.Z, t.X, t.Y)
	}
}

// touch changes a record that figures depend on, in a way that changes no figure, so
// that nothing kept from before can answer the next question.
func (w *benchCity) touch(b *testing.B) {
	b.Helper()
	_, err := op.Do(context.Background(), w.a.Door, cases.Amend, asOperator(), func(ctx context.Context, tx *op.Tx) (int, error) {
		var id ref.Case
		var version int64
		if err := tx.QueryRow(ctx, `SELECT id, version FROM cases ORDER BY number LIMIT 1`).Scan(&id, &version); err != nil {
			return 0, err
		}
		tx.Changed(id.Ref(), struct{ Version int64 }{version}, struct{ Version int64 }{version + 1})
		return 0, tx.ExecOne(ctx, `UPDATE cases SET version = version + 1 WHERE id = $1`, string(id))
	})
	if err != nil {
		b.Fatal(err)
	}
}
