package app_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"github.com/allclear/allclear/internal/app"
	"github.com/allclear/allclear/internal/app/apptest"
	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
)

// BenchmarkRegister times what people ask of the register over HTTP with a session, for a
// community, a district and the whole city, at each size of BENCH_PEOPLE on both databases,
// and prints one table with how the times grow. Engines may be narrowed by
// BENCH_ENGINES=sqlite.
func BenchmarkRegister(b *testing.B) {
	t := &growthTable{times: map[string]map[int][]time.Duration{}}
	engines := strings.Split(cmp.Or(os.Getenv("BENCH_ENGINES"), "sqlite,postgres"), ",")
	for _, size := range keptSizes(b) {
		for _, engine := range engines {
			b.Run(fmt.Sprintf("%s/%d", engine, size), func(b *testing.B) {
				w := openRegister(b, engine, size)
				for _, who := range w.readers(b) {
					for _, q := range w.questions(b, who) {
						w.forget(b)
						b.Run(who.name+"/"+strings.ReplaceAll(q.name, " ", "_"), func(b *testing.B) {
							var times []time.Duration
							used := processorTime(b)
							for i := range b.N {
								start := time.Now()
								w.send(b, who, q.method, q.path(i), q.body(i))
								times = append(times, time.Since(start))
							}
							reportTimes(b, times, processorTime(b)-used)
							t.put(engine, who.name, q.name, size, times)
						})
					}
				}
			})
		}
	}
	t.print(os.Stdout, keptSizes(b))
}

// register is a city that is served, with samples of what may be asked for.
type register struct {
	a                   *app.App
	server              *httptest.Server
	community, district area
}

type area struct {
	id   ref.Place
	path string
}

func openRegister(b *testing.B, engine string, size int) *register {
	b.Helper()
	w := &register{a: keptCity(b, engine, size)}
	ctx := context.Background()
	err := w.a.DB.Read(ctx, func(tx *store.Tx) error {
		// The community in the middle by the number of its people, and its district.
		const q = `SELECT p.id, p.path FROM places p WHERE p.level = $1 ORDER BY p.population, p.id`
		rows, err := tx.Query(ctx, q, "community")
		all, err := store.Collect(rows, err, func(r store.Scanner) (a area, err error) { return a, r.Scan(&a.id, &a.path) })
		if err != nil {
			return err
		}
		w.community = all[len(all)/2]
		above := access.ParentPath(access.ParentPath(w.community.path))
		return tx.QueryRow(ctx, `SELECT id, path FROM places WHERE path = $1`, above).Scan(&w.district.id, &w.district.path)
	})
	if err != nil {
		b.Fatalf("look around: %v", err)
	}
	w.server = apptest.Serve(b, w.a)
	return w
}

// forget clears how much the accounts have been shown: nobody asks as much in a day.
func (w *register) forget(b *testing.B) {
	b.Helper()
	for _, table := range []string{"disclosure_views", "disclosure_rows"} {
		if _, err := w.a.DB.Raw().ExecContext(context.Background(), `DELETE FROM `+table); err != nil {
			b.Fatal(err)
		}
	}
}

// reader is somebody signed in, with what lies in their area.
type reader struct {
	name   string
	client *http.Client
	place  ref.Place // "" is everywhere
	path   string
	who    []sample
	doors  []ref.Place
	// centres are those of the estates, in the order of the city.
	centres []orb.Point
}

// sample is somebody to search for.
type sample struct{ name, phone string }

func (w *register) readers(b *testing.B) []*reader {
	b.Helper()
	list := []*reader{
		{name: "community", place: w.community.id, path: w.community.path}, {name: "district", place: w.district.id, path: w.district.path}, {name: "city"},
	}
	for i, role := range []string{"community_lead", "district_lead", "epidemiologist"} {
		list[i].client = w.signIn(b, "bench-"+list[i].name, role, list[i].place)
		list[i].who, list[i].doors = w.samples(b, list[i].path)
		list[i].centres = w.estates(b, list[i].path)
	}
	return list
}

func (w *register) signIn(b *testing.B, username, role string, place ref.Place) *http.Client {
	b.Helper()
	ctx, password := context.Background(), "correct horse battery "+username
	n := app.NewUser{Username: username, Language: "en", Password: password, Roles: []string{role}, Place: string(place)}
	if _, err := w.a.CreateUser(ctx, n); fault.KindOf(err) == fault.Conflict {
		if _, err := w.a.ResetPassword(ctx, username, password); err != nil {
			b.Fatal(err)
		}
	} else if err != nil {
		b.Fatalf("create %s: %v", username, err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.Fatal(err)
	}
	who := &reader{name: username, client: &http.Client{Jar: jar}}
	w.send(b, who, http.MethodPost, "/session", map[string]any{"username": username, "password": password})
	return who.client
}

func (w *register) estates(b *testing.B, path string) (centres []orb.Point) {
	b.Helper()
	ctx, q, args := context.Background(), `SELECT lon, lat FROM places WHERE level = 'compound' AND kind = 'residential'`, []any{}
	if path != "" {
		q, args = q+` AND path >= $1 AND path < $2`, []any{path, access.End(path)}
	}
	err := w.a.DB.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.Query(ctx, q+` ORDER BY path`, args...)
		centres, err = store.Collect(rows, err, func(s store.Scanner) (p orb.Point, err error) { return p, s.Scan(&p[0], &p[1]) })
		return err
	})
	if err != nil || len(centres) == 0 {
		b.Fatalf("%d estates: %v", len(centres), err)
	}
	return centres
}

// samples draws people and households from an area, spread over it.
func (w *register) samples(b *testing.B, path string) (who []sample, doors []ref.Place) {
	b.Helper()
	_, err := op.Do(context.Background(), w.a.Door, people.Listing, asOperator(), func(ctx context.Context, tx *op.Tx) (int, error) {
		q, args := `SELECT id, place_id FROM people WHERE registered`, []any{}
		if path != "" {
			q, args = q+` AND place_path >= $1 AND place_path < $2`, []any{path, access.End(path)}
		}
		type row struct {
			id   ref.Person
			home ref.Place
		}
		rows, err := tx.Query(ctx, q+` ORDER BY id LIMIT 60000`, args...)
		all, err := store.Collect(rows, err, func(r store.Scanner) (x row, err error) { return x, r.Scan(&x.id, store.Optional(&x.home)) })
		if err != nil {
			return 0, err
		}
		var ids []ref.Person
		for i := 0; i < len(all); i += len(all)/200 + 1 {
			ids, doors = append(ids, all[i].id), append(doors, all[i].home)
		}
		found, err := w.a.People.Identities(ctx, tx, ids)
		for _, id := range ids {
			if x := found[id]; x.Phone != "" && utf8.RuneCountInString(x.Name) > 1 {
				who = append(who, sample{x.Name, x.Phone})
			}
		}
		return 0, err
	})
	if err != nil || len(who) < 10 {
		b.Fatalf("%d people to search for: %v", len(who), err)
	}
	return who, doors
}

// asked is one kind of request; path and body give the i-th of them.
type asked struct {
	name, method string
	path         func(i int) string
	body         func(i int) any
}

func (w *register) send(b *testing.B, who *reader, method, path string, body any) []byte {
	b.Helper()
	var in io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			b.Fatal(err)
		}
		in = bytes.NewReader(text)
	}
	r, err := http.NewRequest(method, w.server.URL+"/api/v1"+path, in)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := who.client.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode >= http.StatusMultipleChoices {
		b.Fatalf("%s %s: %s, %v: %.300s", method, path, answer.Status, err, text)
	}
	return text
}

// Queries that somebody types. Names in pinyin are frequent ones.
var (
	typedPinyin   = []string{"zhangwei", "wangfang", "liming", "liuyang", "chenjing", "yangli", "zhaolei", "zengyan", "shanhua", "xieming"}
	typedInitials = []string{"zw", "wf", "lm", "ly", "cj", "yl", "zl", "xm", "sh", "gj"}
)

// questions are those that the pages of the register ask.
func (w *register) questions(b *testing.B, who *reader) []asked {
	b.Helper()
	nothing := func(int) any { return nil }
	get := func(name, route string, pairs ...string) asked {
		q := url.Values{}
		if who.place != "" {
			q.Set("place_id", string(who.place))
		}
		for i := 0; i < len(pairs); i += 2 {
			q.Set(pairs[i], pairs[i+1])
		}
		path := route + "?" + q.Encode()
		return asked{name, http.MethodGet, func(int) string { return path }, nothing}
	}
	search := func(name string, text func(sample, int) string) asked {
		return asked{name, http.MethodPost, func(int) string { return "/people/search" }, func(i int) any {
			return map[string]any{"q": text(who.who[i%len(who.who)], i), "limit": 20}
		}}
	}
	out := []asked{
		get("list, first page", "/people"),
		get("list, page 40", "/people", "cursor", w.deep(b, who)),
		get("list, dialysis", "/people", "care", "haemodialysis"),
		get("list, 80 and over", "/people", "age_from", "80"),
		get("list, women 20-45 with chronic disease", "/people", "sex", "female", "age_from", "20", "age_to", "45", "care", "chronic_disease"),
		get("list, minors without guardian", "/people", "without_guardian", "true"),
		get("list, newest change first", "/people", "sort", "-updated"),
		get("list, eldest first", "/people", "sort", "-age"),
		get("count, all", "/people/count"),
		get("count, alone and old", "/people/count", "care", "lives_alone_elderly"),
		get("households, first page", "/households"),
		search("search, whole name", func(s sample, _ int) string { return s.name }),
		search("search, two characters", func(s sample, _ int) string { return string([]rune(s.name)[:2]) }),
		search("search, pinyin", func(_ sample, i int) string { return typedPinyin[i%len(typedPinyin)] }),
		search("search, initials", func(_ sample, i int) string { return typedInitials[i%len(typedInitials)] }),
		search("search, last four digits", func(s sample, _ int) string { return s.phone[len(s.phone)-4:] }),
		{"household", http.MethodGet, func(i int) string { return "/households/" + string(who.doors[i%len(who.doors)]) }, nothing},
		{"places, search zh", http.MethodGet, func(int) string { return "/places?q=" + url.QueryEscape("松") }, nothing},
		{"places, search pinyin", http.MethodGet, func(int) string { return "/places?q=xinhua" }, nothing},
		{"places, children", http.MethodGet, func(int) string { return "/places?parent_id=" + string(w.community.id) }, nothing},
	}
	for _, z := range []maptile.Zoom{12, 14, 16} {
		out = append(out, asked{fmt.Sprintf("tile, zoom %d, cold", z), http.MethodGet, who.tile(z), nothing})
		out = append(out, asked{fmt.Sprintf("tile, zoom %d, warm", z), http.MethodGet, func(int) string { return tileOver(who.centres[0], z) }, nothing})
	}
	return out
}

// tile goes through the tiles over the compounds of the area, in an order that jumps about;
// where there are fewer tiles than requests, they come again.
func (r *reader) tile(z maptile.Zoom) func(int) string {
	next := 0
	return func(int) string {
		next++
		return tileOver(r.centres[next*7919%len(r.centres)], z)
	}
}

func tileOver(p orb.Point, z maptile.Zoom) string {
	t := maptile.At(p, z)
	return fmt.Sprintf("/tiles/%d/%d/%d.mvt", t.Z, t.X, t.Y)
}

// deep is where page 40 begins, or the last page of a smaller area.
func (w *register) deep(b *testing.B, who *reader) string {
	b.Helper()
	cursor := ""
	for range 8 {
		var page struct {
			Next string `json:"next_cursor"`
		}
		text := w.send(b, who, http.MethodGet, "/people?limit=250&cursor="+url.QueryEscape(cursor)+"&place_id="+string(who.place), nil)
		if err := json.Unmarshal(text, &page); err != nil {
			b.Fatal(err)
		}
		if page.Next == "" {
			break
		}
		cursor = page.Next
	}
	return cursor
}

// growthTable is how long each request took, by size.
type growthTable struct {
	order []string
	times map[string]map[int][]time.Duration
}

func (t *growthTable) put(engine, who, question string, size int, times []time.Duration) {
	key := engine + " | " + who + " | " + question
	if t.times[key] == nil {
		t.order, t.times[key] = append(t.order, key), map[int][]time.Duration{}
	}
	t.times[key][size] = times
}

// print writes p50 / p95 in milliseconds, and how often the p95 of the first size is
// contained in that of the last.
func (t *growthTable) print(w io.Writer, sizes []int) {
	if len(t.order) == 0 {
		return
	}
	slices.Sort(sizes)
	head, line := "| database | area | request |", "|---|---|---|"
	for _, s := range sizes {
		head, line = head+fmt.Sprintf(" %d people, p50 / p95 ms |", s), line+"---|"
	}
	_, _ = fmt.Fprintf(w, "\n%s growth |\n%s---|\n", head, line)
	rank := func(times []time.Duration, share float64) float64 {
		sorted := slices.Sorted(slices.Values(times))
		return float64(sorted[int(share*float64(len(sorted)-1)+0.5)].Microseconds()) / 1000
	}
	for _, key := range t.order {
		row := "| " + key + " |"
		var p95 []float64
		for _, s := range sizes {
			times := t.times[key][s]
			if len(times) == 0 {
				row += " – |"
				continue
			}
			p95 = append(p95, rank(times, 0.95))
			row += fmt.Sprintf(" %.1f / %.1f |", rank(times, 0.5), rank(times, 0.95))
		}
		_, _ = fmt.Fprintf(w, "%s %.1f |\n", row, p95[len(p95)-1]/max(p95[0], 0.001))
	}
}
