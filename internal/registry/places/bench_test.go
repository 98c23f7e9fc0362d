package places_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
)

// cityOfScale is a city with the given number of estates. With 3,000 it is of full size:
// 21,000 buildings, 105,000 units and 630,000 doors in 216 communities.
func cityOfScale(estates int) []places.New {
	city := ref.Place(ids.New())
	out := []places.New{{ID: city, Level: places.City, Name: "松川市", Code: "9901"}}
	add := func(parent ref.Place, l places.Level, name string, lon, lat, size float64) ref.Place {
		n := places.New{ID: ref.Place(ids.New()), Parent: parent, Level: l, Name: name}
		if size > 0 {
			n.Geometry = square(lon, lat, size)
		}
		out = append(out, n)
		return n.ID
	}
	names := []string{"阳光", "锦绣", "长春", "江畔", "紫荆", "望云", "和平", "建设", "松柏", "清河"}
	made, communities := 0, 0
	for d := range 6 {
		district := add(city, places.District, fmt.Sprintf("第%d区", d+1), 126+float64(d)*0.1, 43.8, 0.1)
		for s := range 8 {
			street := add(district, places.Street, fmt.Sprintf("建设%d街道", d*8+s+1), 126+float64(d)*0.1, 43.8+float64(s)*0.0125, 0.0125)
			for c := range 4 + s%2 {
				lon, lat := 126+float64(d)*0.1+float64(c)*0.02, 43.8+float64(s)*0.0125
				community := add(street, places.Community, fmt.Sprintf("长春路%d社区", c+1), lon, lat, 0.012)
				communities++
				share := estates*communities/216 - made
				for e := range share {
					lon, lat := lon+float64(e%4)*0.003, lat+float64(e/4)*0.003
					made++
					estate(add, community, fmt.Sprintf("%s花园%d期", names[made%len(names)], made), lon, lat)
				}
			}
		}
	}
	return out
}

func estate(add func(ref.Place, places.Level, string, float64, float64, float64) ref.Place, community ref.Place, name string, lon, lat float64) {
	const buildings, units, doors = 7, 5, 6
	compound := add(community, places.Compound, name, lon, lat, 0.0028)
	for b := range buildings {
		building := add(compound, places.Building, fmt.Sprintf("%d号楼", b+1), lon+float64(b%3)*0.0009, lat+float64(b/3)*0.0009, 0.0005)
		for u := range units {
			unit := add(building, places.Unit, fmt.Sprintf("%d单元", u+1), 0, 0, 0)
			for h := range doors {
				add(unit, places.Household, fmt.Sprintf("%d%02d室", h/2+1, h%2+1), 0, 0, 0)
			}
		}
	}
}

// benchEstates is the size of the city; ALLCLEAR_BENCH_ESTATES makes it smaller for a quick look.
func benchEstates(b *testing.B) int {
	b.Helper()
	n, err := strconv.Atoi(os.Getenv("ALLCLEAR_BENCH_ESTATES"))
	if err != nil {
		return 3000
	}
	return n
}

// BenchmarkPlaces loads a city and asks for lists, searches and tiles in it, as somebody
// of one district and of one community.
func BenchmarkPlaces(b *testing.B) {
	for _, size := range []int{benchEstates(b) / 100, benchEstates(b)} {
		b.Run(fmt.Sprintf("sqlite/%d", size), func(b *testing.B) { benchCity(b, storetest.SQLite(b), size) })
		b.Run(fmt.Sprintf("postgres/%d", size), func(b *testing.B) { benchCity(b, storetest.Postgres(b), size) })
	}
}

type measured struct {
	door                *op.Door
	district, community string
	all                 []places.New
}

func benchCity(b *testing.B, db *store.DB, estates int) {
	m := &measured{door: optest.Door(b, db), all: cityOfScale(estates)}
	began := time.Now()
	optest.Run(b, m.door, func(ctx context.Context, tx *op.Tx) error {
		_, err := places.Plant(ctx, tx, m.all)
		return err
	})
	b.Run("plant", func(b *testing.B) {
		b.ReportMetric(float64(len(m.all))/time.Since(began).Seconds(), "rows/s")
		b.ReportMetric(float64(len(m.all)), "rows")
	})
	if db.Dialect() == store.Postgres {
		if _, err := db.Raw().Exec(`ANALYZE`); err != nil {
			b.Fatal(err)
		}
	}
	m.district, m.community = "1.3.", "1.3.2.1."
	m.search(b)
	m.lists(b)
	m.tiles(b)
}

// as runs f again and again as somebody of a subtree, and reports the 95th percentile.
func (m *measured) as(b *testing.B, name, path string, f func(ctx context.Context, tx *op.Tx, i int) error) {
	b.Run(name, func(b *testing.B) {
		call := optest.As("li", access.Grant{Role: "district_lead", PlacePath: path})
		var took []time.Duration
		i := 0
		for b.Loop() {
			began := time.Now()
			_, err := op.Do(context.Background(), m.door, places.ViewPlace, call, func(ctx context.Context, tx *op.Tx) (int, error) {
				return 0, f(ctx, tx, i)
			})
			if err != nil {
				b.Fatal(err)
			}
			took = append(took, time.Since(began))
			i++
		}
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
	})
}

// see runs f once as the somebody of the district, for what is not measured.
func (m *measured) see(b *testing.B, f func(ctx context.Context, tx *op.Tx) error) {
	b.Helper()
	call := optest.As("li", access.Grant{Role: "district_lead", PlacePath: m.district})
	_, err := op.Do(context.Background(), m.door, places.ViewPlace, call, func(ctx context.Context, tx *op.Tx) (int, error) { return 0, f(ctx, tx) })
	if err != nil {
		b.Fatal(err)
	}
}

func (m *measured) search(b *testing.B) {
	for _, query := range []string{"阳光花园", "3号楼", "jxhy", "huayuan", "花园", "第3区 阳光花园 3号楼", "阳光花园12期3号楼2单元", "没有这个"} {
		for name, path := range map[string]string{"district": m.district, "community": m.community} {
			m.as(b, "search/"+query+"/"+name, path, func(ctx context.Context, tx *op.Tx, _ int) error {
				_, err := places.Find(ctx, tx, places.Filter{Query: query, Limit: 20})
				return err
			})
		}
	}
}

func (m *measured) lists(b *testing.B) {
	for _, level := range []places.Level{"", places.Compound, places.Building, places.Household} {
		m.as(b, "list/"+string(level), m.district, func(ctx context.Context, tx *op.Tx, _ int) error {
			p, err := places.ByPath(ctx, tx, m.district)
			if err != nil {
				return err
			}
			_, err = places.Find(ctx, tx, places.Filter{Parent: p.ID, Level: level})
			return err
		})
	}
}

func (m *measured) tiles(b *testing.B) {
	at := func(i int, z maptile.Zoom) maptile.Tile {
		return maptile.At(orb.Point{126.2 + float64(i*37%100)/1000, 43.8 + float64(i*61%100)/1000}, z)
	}
	for _, z := range []maptile.Zoom{9, 12, 13, 15, 16, 17} {
		for name, path := range map[string]string{"district": m.district, "community": m.community} {
			m.as(b, fmt.Sprintf("tile/%d/cold/%s", z, name), path, func(ctx context.Context, tx *op.Tx, i int) error {
				t := at(i, z)
				_, err := places.NewTiles(1<<20).Draw(ctx, tx, uint32(t.Z), t.X, t.Y)
				return err
			})
		}
		kept := places.NewTiles(64 << 20)
		m.see(b, func(ctx context.Context, tx *op.Tx) error {
			for i := range 20 {
				t := at(i, z)
				if _, err := kept.Draw(ctx, tx, uint32(t.Z), t.X, t.Y); err != nil {
					return err
				}
			}
			return nil
		})
		m.as(b, fmt.Sprintf("tile/%d/warm/district", z), m.district, func(ctx context.Context, tx *op.Tx, i int) error {
			t := at(i%20, z)
			_, err := kept.Draw(ctx, tx, uint32(t.Z), t.X, t.Y)
			return err
		})
	}
}
