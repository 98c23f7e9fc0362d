package places_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/maptile"
	"github.com/paulmach/orb/planar"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
	"github.com/allclear/allclear/internal/registry/places"
)

// drawn decodes a tile into the names of the features of each layer.
func drawn(t *testing.T, data []byte) (map[string][]string, mvt.Layers) {
	t.Helper()
	layers, err := mvt.UnmarshalGzipped(data)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for _, l := range layers {
		for _, f := range l.Features {
			out[l.Name] = append(out[l.Name], f.Properties.MustString("name"))
		}
		slices.Sort(out[l.Name])
	}
	return out, layers
}

func TestTiles(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		at := func(z maptile.Zoom) maptile.Tile { return maptile.At(orb.Point{126.521, 43.921}, z) }
		draw := func(ctx context.Context, tx *op.Tx, tile maptile.Tile) (map[string][]string, mvt.Layers) {
			data, err := places.Tile(ctx, tx, uint32(tile.Z), tile.X, tile.Y)
			if err != nil {
				t.Fatal(err)
			}
			again, err := places.Tile(ctx, tx, uint32(tile.Z), tile.X, tile.Y)
			if err != nil || !bytes.Equal(data, again) {
				t.Error("the same tile has other bytes the second time")
			}
			return drawn(t, data)
		}
		optest.See(t, w.door, func(ctx context.Context, tx *op.Tx) error {
			for z, want := range map[maptile.Zoom]string{
				5:  "map[district:[单山区 江北区] place_label:[单山区 江北区]]",
				8:  "map[district:[江北区] place_label:[江北区]]",
				9:  "map[district:[江北区] place_label:[江北区 长春路街道] street:[长春路街道]]",
				13: "map[compound:[阳光小区] district:[江北区] place_label:[长春路街道 阳光小区] street:[长春路街道]]",
				15: "map[building:[8号楼] compound:[阳光小区] district:[江北区] place_label:[8号楼 长春路街道 阳光小区] street:[长春路街道]]",
				18: "map[building:[8号楼] compound:[阳光小区] district:[江北区] place_label:[8号楼 阳光小区]]",
			} {
				if got, _ := draw(ctx, tx, at(z)); fmt.Sprint(got) != want {
					t.Errorf("zoom %d: %v, want %s", z, got, want)
				}
			}
			_, layers := draw(ctx, tx, at(15))
			checkFeatures(t, layers, w)
			// The tile next to the building's own still shows the part that reaches into it,
			// without its label.
			east := at(19)
			for maptile.At(orb.Point{126.5213999, 43.9212}, 19).X > east.X {
				east.X++
			}
			east.Y = maptile.At(orb.Point{126.5213999, 43.9212}, 19).Y
			got, _ := draw(ctx, tx, east)
			if fmt.Sprint(got["building"]) != "[8号楼]" {
				t.Errorf("beside: %v", got)
			}
			if _, err := places.Tile(ctx, tx, 3, 8, 0); fault.CodeOf(err) != "places.no_tile" {
				t.Errorf("outside the world: %v", err)
			}
			return nil
		})
		w.seeAs(t, func(ctx context.Context, tx *op.Tx) error {
			if got, _ := draw(ctx, tx, at(5)); fmt.Sprint(got) != "map[district:[单山区] place_label:[单山区]]" {
				t.Errorf("in the other district's scope: %v", got)
			}
			if got, _ := draw(ctx, tx, at(15)); len(got) != 0 {
				t.Errorf("nothing here is in scope: %v", got)
			}
			return nil
		}, w.south.Path)
	})
}

func checkFeatures(t *testing.T, layers mvt.Layers, w town) {
	t.Helper()
	for _, l := range layers {
		if l.Version != 2 || l.Extent != 4096 {
			t.Errorf("layer %s: version %d, extent %d", l.Name, l.Version, l.Extent)
		}
		for _, f := range l.Features {
			checkFeature(t, l.Name, f)
			if l.Name == "building" && f.Properties["id"] != string(w.building.ID) {
				t.Errorf("building has id %v", f.Properties["id"])
			}
		}
	}
}

func checkFeature(t *testing.T, layer string, f *geojson.Feature) {
	t.Helper()
	for _, key := range []string{"id", "name", "name_en", "level", "path"} {
		if _, ok := f.Properties[key].(string); !ok {
			t.Errorf("%s: property %s is %T", layer, key, f.Properties[key])
		}
	}
	want := map[string]string{"street": "Point", "place_label": "Point", "district": "Polygon", "compound": "Polygon", "building": "Polygon"}[layer]
	if f.Geometry.GeoJSONType() != want {
		t.Errorf("%s is a %s", layer, f.Geometry.GeoJSONType())
	}
	if p, ok := f.Geometry.(orb.Polygon); ok && planar.Area(p[0]) <= 0 {
		t.Errorf("%s: the outer ring is wound the wrong way for a vector tile", layer)
	}
}
