package places_test

import (
	"context"
	"testing"

	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
	"github.com/allclear/allclear/internal/registry/places"
)

// A census total is shared by floor area and kept exactly, also when it is shared again.
func TestCensusIsShared(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newMapDesk(t, db)
		city := d.root("松川市")
		d.takeAs("map", "quarter.osm", quarter(), "", importer.Settings{})
		d.takeAs("places", "census.csv", "level,name,population\nstreet,长春路街道,1001\n", city.ID, importer.Settings{})
		for range 2 {
			var spread places.Spread
			optest.Run(t, d.door, func(ctx context.Context, tx *op.Tx) (err error) {
				spread, err = places.Distribute(ctx, tx, city.ID)
				return err
			})
			if spread.Areas != 1 || spread.People != 1001 || spread.Buildings != 4 {
				t.Errorf("%+v, want 1,001 people of one area in four buildings", spread)
			}
		}
		var c places.Coverage
		optest.See(t, d.door, func(ctx context.Context, tx *op.Tx) (err error) {
			c, err = places.Cover(ctx, tx, city.ID)
			return err
		})
		if c.Census != 1001 || c.Housed != 1001 || c.Estimated != 1001 || c.Addressed != 1 || c.BuildingsOutside != 0 || c.Doubts["overlaps"] != 1 || c.Roads != 1 || c.FloorsEstimated != 1 {
			t.Errorf("coverage %+v", c)
		}
		// Eighteen floors hold eighteen times as many people as one on the same ground.
		if high, low := d.number(`SELECT population FROM places WHERE name = '3号楼'`), d.number(`SELECT min(population) FROM places WHERE level = 'building' AND floors = 0`); high < 15*low {
			t.Errorf("%d people on eighteen floors, %d on one", high, low)
		}
	})
}
