package people_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/clock"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
	"github.com/allclear/allclear/internal/platform/vault"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
	"github.com/allclear/allclear/internal/registry/places"
)

// BenchmarkPeopleLists times lists, counts and searches over BENCH_PEOPLE people (60,000
// unless told), five of six of whom live in one district, as that district, as one of its
// communities and as the city.
func BenchmarkPeopleLists(b *testing.B) {
	n := 60_000
	if x, err := strconv.Atoi(os.Getenv("BENCH_PEOPLE")); err == nil {
		n = x
	}
	for _, x := range []struct {
		name string
		open func(testing.TB) *store.DB
	}{{"sqlite", storetest.SQLite}, {"postgres", storetest.Postgres}} {
		b.Run(x.name, func(b *testing.B) {
			w, paths := crowdedCity(b, x.open(b), n)
			for _, who := range []string{"community", "district", "city"} {
				call := optest.As("bench", access.Grant{Role: "community_lead", PlacePath: paths[who]})
				for _, q := range benchQuestions() {
					b.Run(who+"/"+q.name, func(b *testing.B) { w.time(b, call, q.ask) })
				}
			}
		})
	}
}

type question struct {
	name string
	ask  func(ctx context.Context, tx *op.Tx, s *people.Service) error
}

func benchQuestions() []question {
	list := func(name string, f people.Filter) question {
		return question{name, func(ctx context.Context, tx *op.Tx, s *people.Service) error {
			_, err := s.List(ctx, tx, f)
			return err
		}}
	}
	search := func(q string) question {
		return question{"search_" + q, func(ctx context.Context, tx *op.Tx, s *people.Service) error {
			_, err := s.Search(ctx, tx, q, "", 20)
			return err
		}}
	}
	old := 80
	return []question{
		list("list", people.Filter{}), list("care", people.Filter{Care: []people.Need{people.Haemodialysis}}), list("old", people.Filter{AgeFrom: &old}),
		list("guardian", people.Filter{WithoutGuardian: true}), list("by_age", people.Filter{Sort: "-age"}), list("newest", people.Filter{Sort: "-updated"}),
		{"households", func(ctx context.Context, tx *op.Tx, s *people.Service) error {
			_, err := s.Households(ctx, tx, "", "", 50)
			return err
		}},
		search("zs"), search("zhangwei"), search("zsan"), search("张伟"), search("lxh"), search("4321"),
	}
}

func (w world) time(b *testing.B, call op.Call, ask func(context.Context, *op.Tx, *people.Service) error) {
	var times []time.Duration
	for range b.N {
		start := time.Now()
		_, err := op.Do(context.Background(), w.door, people.Listing, call, func(ctx context.Context, tx *op.Tx) (struct{}, error) {
			return struct{}{}, ask(ctx, tx, w.Service)
		})
		if err != nil {
			b.Fatal(err)
		}
		times = append(times, time.Since(start))
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(times[len(times)*95/100].Microseconds())/1000, "p95-ms")
	b.ReportMetric(0, "ns/op")
}

// crowdedCity fills a city of two districts and returns the paths of the whole, of the
// larger district and of one of its communities.
func crowdedCity(b *testing.B, db *store.DB, n int) (world, map[string]string) {
	b.Helper()
	v, err := vault.Open(context.Background(), db, filepath.Join(b.TempDir(), "key"), clock.Fixed(optest.Now))
	if err != nil {
		b.Fatal(err)
	}
	w, paths := world{Service: people.New(v), door: optest.Door(b, db), vault: v}, map[string]string{}
	var doors []places.Place
	optest.Run(b, w.door, func(ctx context.Context, tx *op.Tx) error {
		city := ref.Place(ids.New())
		all := []places.New{{ID: city, Level: places.City, Name: "松川市"}}
		for d := range 6 {
			district := ref.Place(ids.New())
			if d < 2 {
				all = append(all, places.New{ID: district, Parent: city, Level: places.District, Name: fmt.Sprintf("第%d区", d)})
			} else {
				district = all[1].ID
			}
			for c := range max(n/6/8000, 1) {
				community := ref.Place(ids.New())
				all = append(all, places.New{ID: community, Parent: district, Level: places.Community, Name: fmt.Sprintf("社区%d-%d", d, c)})
				for k := range 200 {
					all = append(all, places.New{Parent: community, Level: places.Household, Name: strconv.Itoa(k)})
				}
			}
		}
		made, err := places.Add(ctx, tx, all)
		for _, p := range made {
			switch {
			case p.Level == places.Household:
				doors = append(doors, p)
			case p.Level == places.Community:
				paths["community"] = p.Path
			}
		}
		if err == nil {
			paths["city"], paths["district"] = made[0].Path, made[1].Path
		}
		return err
	})
	fillDoors(b, w, doors, n)
	return w, paths
}

func fillDoors(b *testing.B, w world, doors []places.Place, n int) {
	surname, given := []rune(benchSurnames), []rune(benchGiven)
	r := rand.New(rand.NewPCG(3, 4))
	for made := 0; made < n; {
		all := make([]people.Details, min(20_000, n-made))
		for i := range all {
			name := string(surname[r.IntN(len(surname))]) + string(given[r.IntN(len(given))])
			if r.IntN(4) > 0 {
				name += string(given[r.IntN(len(given))])
			}
			at := doors[(made+i)*len(doors)/n]
			all[i] = people.Details{Place: at.ID, PlacePath: at.Path, BirthOn: store.Day("1932-01-01").Add(r.IntN(90 * 365)),
				Identity: people.Identity{Name: name, Phone: fmt.Sprintf("13%09d", r.IntN(1e9)), Sex: people.Female}}
			if r.IntN(10) == 0 {
				all[i].Care = []people.Care{{Need: people.AllNeeds[r.IntN(len(people.AllNeeds))]}}
			}
		}
		made += len(all)
		optest.Run(b, w.door, func(ctx context.Context, tx *op.Tx) error {
			_, err := w.Add(ctx, tx, all)
			return err
		})
	}
	if w.door.DB.Dialect() == store.Postgres {
		if _, err := w.door.DB.Raw().ExecContext(context.Background(), `VACUUM ANALYZE`); err != nil {
			b.Fatal(err)
		}
	}
}
