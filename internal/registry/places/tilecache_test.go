package places_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
	"github.com/allclear/allclear/internal/registry/places"
)

// TestKeptTilesShowWhatIsThere: two processes keep tiles of one database. What either
// changes, both see at once; what nobody changed keeps its ETag.
func TestKeptTilesShowWhatIsThere(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		here, there := places.NewTiles(1<<20), places.NewTiles(1<<20)
		near := maptile.At(orb.Point{126.521, 43.921}, 15)
		far := maptile.At(orb.Point{126.75, 43.95}, 15)
		draw := func(tiles *places.Tiles, at maptile.Tile) (d places.Drawn) {
			optest.See(t, w.door, func(ctx context.Context, tx *op.Tx) (err error) {
				d, err = tiles.Draw(ctx, tx, uint32(at.Z), at.X, at.Y)
				return err
			})
			return d
		}
		first, other := draw(here, near), draw(here, far)
		if again := draw(here, near); again.ETag != first.ETag || &again.Data[0] != &first.Data[0] {
			t.Error("the tile was drawn again although nothing changed")
		}
		if d := draw(there, near); d.ETag != first.ETag {
			t.Error("the same tile has another ETag in another process")
		}
		change := func(f func(ctx context.Context, tx *op.Tx) error) places.Drawn {
			t.Helper()
			optest.Run(t, w.door, f)
			now := draw(here, near)
			if now.ETag == first.ETag || draw(there, near).ETag != now.ETag {
				t.Error("a change is not seen")
			}
			if d := draw(here, far); d.ETag != other.ETag {
				t.Error("a tile far away changed")
			}
			first = now
			return now
		}
		change(func(ctx context.Context, tx *op.Tx) error {
			name := "九号楼"
			_, err := places.Update(ctx, tx, w.building.ID, w.building.Version, places.Changes{Name: &name})
			return err
		})
		change(func(ctx context.Context, tx *op.Tx) error {
			_, err := places.Add(ctx, tx, []places.New{{Parent: w.compound.ID, Level: places.Building, Name: "10号楼", Geometry: square(126.5205, 43.9215, 0.0002)}})
			return err
		})
		change(func(ctx context.Context, tx *op.Tx) error {
			_, _, err := places.Retire(ctx, tx, w.building.ID, 0, places.Deed{From: "2022-04-01", Reason: "拆除"})
			return err
		})
	})
}

func TestTilesAreKeptByScopeAndWithinTheirMemory(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		tiles := places.NewTiles(4000)
		at := maptile.At(orb.Point{126.521, 43.921}, 15)
		var all, none places.Drawn
		optest.See(t, w.door, func(ctx context.Context, tx *op.Tx) (err error) {
			all, err = tiles.Draw(ctx, tx, uint32(at.Z), at.X, at.Y)
			return err
		})
		w.seeAs(t, func(ctx context.Context, tx *op.Tx) (err error) {
			none, err = tiles.Draw(ctx, tx, uint32(at.Z), at.X, at.Y)
			return err
		}, w.south.Path)
		if got, _ := drawn(t, none.Data); len(got) != 0 || bytes.Equal(all.Data, none.Data) {
			t.Errorf("somebody of the other district sees %v", got)
		}
		optest.See(t, w.door, func(ctx context.Context, tx *op.Tx) error {
			for x := range uint32(60) {
				if _, err := tiles.Draw(ctx, tx, 15, at.X+x, at.Y); err != nil {
					return err
				}
			}
			return nil
		})
		if n, size := tiles.Size(); size > 4000 || n == 0 || n > 60 {
			t.Errorf("%d tiles of %d bytes are kept, at most 4000 bytes wanted", n, size)
		}
	})
}
