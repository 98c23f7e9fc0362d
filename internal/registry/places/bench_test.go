package places_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
)

// cityOfScale is a city of the size that missions.md E4 names: 20,000 buildings and
// 100,000 units in 3,000 estates, 216 communities, 48 streets and 6 districts.
func cityOfScale() []places.New {
	const units = 5
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
	estates, buildings := 0, 0
	for d := range 6 {
		district := add(city, places.District, fmt.Sprintf("第%d区", d+1), 126+float64(d)*0.1, 43.8, 0.1)
		for s := range 8 {
			street := add(district, places.Street, fmt.Sprintf("建设%d街道", d*8+s+1), 126+float64(d)*0.1, 43.8+float64(s)*0.0125, 0.0125)
			for c := range 4 + s%2 {
				lon, lat := 126+float64(d)*0.1+float64(c)*0.02, 43.8+float64(s)*0.0125
				community := add(street, places.Community, fmt.Sprintf("长春路%d社区", c+1), lon, lat, 0.012)
				for e := range 14 {
					lon, lat := lon+float64(e%4)*0.003, lat+float64(e/4)*0.003
					estates++
					compound := add(community, places.Compound, fmt.Sprintf("阳光%d号小区", estates), lon, lat, 0.0028)
					for b := range 7 {
						buildings++
						building := add(compound, places.Building, fmt.Sprintf("%d号楼", b+1), lon+float64(b%3)*0.0009, lat+float64(b/3)*0.0009, 0.0005)
						for u := range units {
							add(building, places.Unit, fmt.Sprintf("%d单元", u+1), 0, 0, 0)
						}
					}
				}
			}
		}
	}
	return out
}

func BenchmarkCity(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchCity(b, storetest.SQLite(b)) })
	b.Run("postgres", func(b *testing.B) { benchCity(b, storetest.Postgres(b)) })
}

func benchCity(b *testing.B, db *store.DB) {
	door := optest.Door(b, db)
	all := cityOfScale()
	b.Run("add", func(b *testing.B) {
		for b.Loop() {
			for i := range all {
				all[i].Code = ""
			}
			all = cityOfScale()
			all[0].Code = ""
			optest.Run(b, door, func(ctx context.Context, tx *op.Tx) error {
				_, err := places.Add(ctx, tx, all)
				return err
			})
		}
		b.ReportMetric(float64(len(all)), "places")
	})
	for _, query := range []string{"阳光12", "ygxq", "changchun", "没有这个"} {
		b.Run("search/"+query, func(b *testing.B) {
			optest.See(b, door, func(ctx context.Context, tx *op.Tx) error {
				for b.Loop() {
					if _, err := places.Search(ctx, tx, query, places.SearchOptions{Limit: 20}); err != nil {
						return err
					}
				}
				return nil
			})
		})
	}
	for _, z := range []maptile.Zoom{9, 12, 13, 15, 16} {
		b.Run(fmt.Sprint("tile/", z), func(b *testing.B) {
			t := maptile.At(orb.Point{126.25, 43.84}, z)
			size := 0
			optest.See(b, door, func(ctx context.Context, tx *op.Tx) error {
				for b.Loop() {
					data, err := places.Tile(ctx, tx, uint32(z), t.X, t.Y)
					if err != nil {
						return err
					}
					size = len(data)
				}
				return nil
			})
			b.ReportMetric(float64(size), "bytes")
		})
	}
}
