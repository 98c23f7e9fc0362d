package places_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
)

// town is a small city for tests: 松川市 with two districts.
type town struct {
	door                                    *op.Door
	city, north, south, street, community   places.Place
	compound, building, otherStreet, region places.Place
}

func ptr[T any](v T) *T { return &v }

func setup(t *testing.T, db *store.DB) town {
	t.Helper()
	w := town{door: optest.Door(t, db)}
	optest.Run(t, w.door, func(ctx context.Context, tx *op.Tx) error {
		id := func() ref.Place { return ref.Place(ids.New()) }
		city, north, south, street, community, compound, building, other := id(), id(), id(), id(), id(), id(), id(), id()
		all, err := places.Add(ctx, tx, []places.New{
			{ID: city, Level: places.City, Code: "9901", Name: "松川市", NameEn: "Songchuan"},
			{ID: north, Parent: city, Level: places.District, Code: "990101", Name: "江北区", Geometry: square(126.5, 43.9, 0.1)},
			{ID: south, Parent: city, Level: places.District, Code: "990102", Name: "单山区", Geometry: square(126.7, 43.9, 0.1)},
			{ID: street, Parent: north, Level: places.Street, Code: "990101001", Name: "长春路街道", Lon: ptr(126.52), Lat: ptr(43.92)},
			{ID: community, Parent: street, Level: places.Community, Code: "990101001001", Name: "100%_社区"},
			{ID: compound, Parent: community, Level: places.Compound, Name: "阳光小区", Geometry: square(126.52, 43.92, 0.002)},
			{ID: building, Parent: compound, Level: places.Building, Name: "8号楼", Geometry: square(126.521, 43.921, 0.0004), Floors: 18},
			{ID: other, Parent: south, Level: places.Street, Code: "990102001", Name: "江北路街道"},
		})
		if err != nil {
			return err
		}
		w.city, w.north, w.south, w.street, w.community, w.compound, w.building, w.otherStreet = all[0], all[1], all[2], all[3], all[4], all[5], all[6], all[7]
		return nil
	})
	return w
}

// square is a GeoJSON square with its south-west corner at lon, lat.
func square(lon, lat, size float64) string {
	return fmt.Sprintf(`{"type":"Polygon","coordinates":[[[%[1]v,%[2]v],[%[3]v,%[2]v],[%[3]v,%[4]v],[%[1]v,%[4]v],[%[1]v,%[2]v]]]}`,
		lon, lat, lon+size, lat+size)
}

// seeAs runs f in a reading operation as an epidemiologist of the given subtrees.
func (w town) seeAs(t *testing.T, f func(ctx context.Context, tx *op.Tx) error, paths ...string) {
	t.Helper()
	var grants []access.Grant
	for _, p := range paths {
		grants = append(grants, access.Grant{Role: "epidemiologist", PlacePath: p})
	}
	_, err := op.Do(context.Background(), w.door, places.ViewPlace, optest.As("li", grants...), func(ctx context.Context, tx *op.Tx) (struct{}, error) {
		return struct{}{}, f(ctx, tx)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestPathsAndCentroids(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		if w.city.Path != "1." || w.north.Path != "1.1." || w.south.Path != "1.2." || w.building.Path != "1.1.1.1.1.1." {
			t.Errorf("paths: %s %s %s %s", w.city.Path, w.north.Path, w.south.Path, w.building.Path)
		}
		if *w.north.Lon != 126.55 || *w.north.Lat != 43.95 || !w.north.HasGeometry {
			t.Errorf("centroid of a square: %v %v", *w.north.Lon, *w.north.Lat)
		}
		// Later children go on counting where the batch stopped.
		optest.Run(t, w.door, func(ctx context.Context, tx *op.Tx) error {
			p, err := places.Create(ctx, tx, places.New{Parent: w.city.ID, Level: places.District, Name: "高新区"})
			if p.Path != "1.3." || p.ParentID != w.city.ID || p.Version != 1 {
				t.Errorf("next district: %+v", p)
			}
			return err
		})
		optest.See(t, w.door, func(ctx context.Context, tx *op.Tx) error {
			got, err := places.Load(ctx, tx, w.north.ID)
			if err != nil || got.ChildrenCount != 1 || got.Name != "江北区" || got.Level != places.District {
				t.Errorf("load: %+v, %v", got, err)
			}
			bounds, known, err := places.Bounds(ctx, tx, w.city)
			if err != nil || !known || bounds != [4]float64{126.5, 43.9, 126.8, 44} {
				t.Errorf("bounds of the city from below: %v %v %v", bounds, known, err)
			}
			below, err := places.CountBelow(ctx, tx, w.city)
			if err != nil || below[0] != (places.LevelCount{Level: places.District, Count: 3}) || below[len(below)-1].Level != places.Building {
				t.Errorf("levels below: %v %v", below, err)
			}
			above, err := places.Ancestors(ctx, tx, w.building)
			if err != nil || len(above) != 5 || above[0].ID != w.city.ID || above[4].ID != w.compound.ID {
				t.Errorf("ancestors: %v %v", above, err)
			}
			return nil
		})
	})
}

func TestRefusedPlaces(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		for name, c := range map[string]struct {
			in   places.New
			code string
		}{
			"district below a street": {places.New{Parent: w.street.ID, Level: places.District, Name: "x"}, "places.not_below"},
			"same level":              {places.New{Parent: w.street.ID, Level: places.Street, Name: "x"}, "places.not_below"},
			"no such level":           {places.New{Parent: w.city.ID, Level: "galaxy", Name: "x"}, "places.invalid"},
			"no name":                 {places.New{Parent: w.city.ID, Level: places.Street}, "places.invalid"},
			"no such parent":          {places.New{Parent: "0190", Level: places.Street, Name: "x"}, "places.not_found"},
			"code taken":              {places.New{Parent: w.city.ID, Level: places.Street, Name: "x", Code: "990101"}, "places.code_taken"},
			"open ring":               {places.New{Parent: w.city.ID, Level: places.Street, Name: "x", Geometry: `{"type":"Polygon","coordinates":[[[1,1],[2,1],[2,2],[1,2]]]}`}, "places.bad_geometry"},
			"no area":                 {places.New{Parent: w.city.ID, Level: places.Street, Name: "x", Geometry: `{"type":"Polygon","coordinates":[[[1,1],[2,1],[3,1],[1,1]]]}`}, "places.bad_geometry"},
			"off the earth":           {places.New{Parent: w.city.ID, Level: places.Street, Name: "x", Geometry: `{"type":"Point","coordinates":[43,126]}`}, "places.out_of_range"},
			"a line":                  {places.New{Parent: w.city.ID, Level: places.Street, Name: "x", Geometry: `{"type":"LineString","coordinates":[[1,1],[2,2]]}`}, "places.bad_geometry"},
			"half a point":            {places.New{Parent: w.city.ID, Level: places.Street, Name: "x", Lon: ptr(1.0)}, "places.half_point"},
		} {
			err := optest.Try(w.door, func(ctx context.Context, tx *op.Tx) error {
				_, err := places.Create(ctx, tx, c.in)
				return err
			})
			if fault.CodeOf(err) != c.code {
				t.Errorf("%s: %v, want %s", name, err, c.code)
			}
		}
	})
}

func TestScopeHidesWhatIsOutside(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		w.seeAs(t, func(ctx context.Context, tx *op.Tx) error {
			if _, err := places.Load(ctx, tx, w.south.ID); fault.CodeOf(err) != "places.not_found" {
				t.Errorf("other district: %v", err)
			}
			if _, err := places.ByCode(ctx, tx, "9901"); fault.CodeOf(err) != "places.not_found" {
				t.Errorf("city above: %v", err)
			}
			if p, err := places.ByPath(ctx, tx, w.street.Path); err != nil || p.ID != w.street.ID {
				t.Errorf("own street: %v %v", p, err)
			}
			if _, err := places.Geometry(ctx, tx, w.south.ID); fault.CodeOf(err) != "places.not_found" {
				t.Errorf("outline of another district: %v", err)
			}
			top, err := places.Find(ctx, tx, places.Filter{})
			if err != nil || len(top.Items) != 1 || top.Items[0].ID != w.north.ID || top.Total != 1 {
				t.Errorf("top of the scope: %+v %v", top, err)
			}
			if got := top.Trails[w.north.Path].String(); got != "松川市 › 江北区" {
				t.Errorf("trail %q", got)
			}
			streets, err := places.Find(ctx, tx, places.Filter{Level: places.Street})
			if err != nil || len(streets.Items) != 1 {
				t.Errorf("streets in scope: %v %v", streets.Items, err)
			}
			found, err := places.Search(ctx, tx, "江北", places.SearchOptions{})
			if err != nil || len(found) != 1 || found[0].ID != w.north.ID {
				t.Errorf("search in scope: %v %v", found, err)
			}
			above, err := places.Ancestors(ctx, tx, w.street)
			if err != nil || len(above) != 1 || above[0].ID != w.north.ID {
				t.Errorf("ancestors in scope: %v %v", above, err)
			}
			under, err := places.Under(ctx, tx, w.city.Path)
			if err != nil || len(under) != 5 {
				t.Errorf("under the city, in scope: %d %v", len(under), err)
			}
			return nil
		}, w.north.Path)
	})
}

func TestWritingOutsideTheScope(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		call := optest.As("wang", access.Grant{Role: "data_steward", PlacePath: w.north.Path})
		create := func(n places.New) error {
			_, err := op.Do(context.Background(), w.door, places.CreatePlace, call, func(ctx context.Context, tx *op.Tx) (places.Place, error) {
				return places.Create(ctx, tx, n)
			})
			return err
		}
		if err := create(places.New{Parent: w.north.ID, Level: places.Street, Name: "新街道"}); err != nil {
			t.Errorf("own district: %v", err)
		}
		if err := create(places.New{Parent: w.south.ID, Level: places.Street, Name: "新街道"}); fault.CodeOf(err) != "places.not_found" {
			t.Errorf("other district: %v", err)
		}
		if err := create(places.New{Level: places.Country, Name: "新国"}); fault.CodeOf(err) != "places.root_not_allowed" {
			t.Errorf("a root: %v", err)
		}
		_, err := op.Do(context.Background(), w.door, places.UpdatePlace, call, func(ctx context.Context, tx *op.Tx) (places.Place, error) {
			return places.Update(ctx, tx, w.south.ID, 1, places.Changes{Name: ptr("改名区")})
		})
		if fault.CodeOf(err) != "places.not_found" {
			t.Errorf("rename elsewhere: %v", err)
		}
	})
}

func TestUpdate(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		update := func(version int64, c places.Changes) (p places.Place, err error) {
			err = optest.Try(w.door, func(ctx context.Context, tx *op.Tx) error {
				p, err = places.Update(ctx, tx, w.north.ID, version, c)
				return err
			})
			return p, err
		}
		p, err := update(1, places.Changes{Name: ptr("江南区"), Population: ptr(int64(412000)), Geometry: ptr(square(120, 40, 2))})
		if err != nil || p.Version != 2 || p.Name != "江南区" || *p.Lon != 121 || p.Population != 412000 {
			t.Fatalf("update: %+v %v", p, err)
		}
		if _, err := update(1, places.Changes{Name: ptr("x")}); fault.CodeOf(err) != "conflict.stale" {
			t.Errorf("old version: %v", err)
		}
		if _, err := update(2, places.Changes{Code: ptr("9901")}); fault.CodeOf(err) != "places.code_taken" {
			t.Errorf("taken code: %v", err)
		}
		if _, err := update(2, places.Changes{Lon: ptr(1.0), Lat: ptr(1.0)}); fault.CodeOf(err) != "places.point_of_outline" {
			t.Errorf("point of an outline: %v", err)
		}
		if p, err = update(2, places.Changes{Geometry: ptr("")}); err != nil || p.HasGeometry || *p.Lon != 121 {
			t.Errorf("remove the outline: %+v %v", p, err)
		}
		optest.See(t, w.door, func(ctx context.Context, tx *op.Tx) error {
			found, err := places.Search(ctx, tx, "jiangnan", places.SearchOptions{})
			if err != nil || len(found) != 1 || found[0].ID != w.north.ID {
				t.Errorf("search by the new name: %v %v", found, err)
			}
			var fields string
			const q = `SELECT changes FROM audit_entries WHERE changes LIKE '%江南区%'`
			if err := tx.QueryRow(ctx, q).Scan(&fields); err != nil {
				return err
			}
			if !strings.Contains(fields, `"population":{"from":null,"to":412000}`) || !strings.Contains(fields, `"outline":{"from":`) || strings.Contains(fields, "coordinates") {
				t.Errorf("audit: %s", fields)
			}
			return nil
		})
	})
}

func TestListsPageByPage(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		optest.Run(t, w.door, func(ctx context.Context, tx *op.Tx) error {
			var all []places.New
			for i := range 25 {
				all = append(all, places.New{Parent: w.compound.ID, Level: places.Building, Name: fmt.Sprintf("%d号楼", i+20)})
			}
			_, err := places.Add(ctx, tx, all)
			return err
		})
		optest.See(t, w.door, func(ctx context.Context, tx *op.Tx) error {
			var names []string
			f := places.Filter{Parent: w.compound.ID, Limit: 10}
			for {
				page, err := places.Find(ctx, tx, f)
				if err != nil {
					return err
				}
				if page.Total != 26 || len(page.Items) > 10 {
					t.Errorf("total %d, page of %d", page.Total, len(page.Items))
				}
				for _, p := range page.Items {
					names = append(names, p.Name)
				}
				if f.Cursor = page.NextCursor; f.Cursor == "" {
					break
				}
			}
			want := slices.Clone(names)
			slices.Sort(want)
			if len(names) != 26 || len(slices.Compact(want)) != 26 || names[0] != "8号楼" {
				t.Errorf("pages gave %d names, first %q", len(names), names[0])
			}
			if _, err := places.Find(ctx, tx, places.Filter{Cursor: "***"}); fault.CodeOf(err) != "places.bad_cursor" {
				t.Errorf("bad cursor: %v", err)
			}
			all, err := places.Find(ctx, tx, places.Filter{Parent: w.city.ID, Level: places.Building})
			if err != nil || all.Total != 26 {
				t.Errorf("buildings of the city: %d %v", all.Total, err)
			}
			return nil
		})
	})
}

// TestRangesAreTheAncestorRelation holds the promise that scopes and roll-ups rest on: a
// path lies in the range of another exactly when that place is the same or above.
func TestRangesAreTheAncestorRelation(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		door := optest.Door(t, db)
		rapid.Check(t, func(r *rapid.T) {
			n := rapid.IntRange(2, 40).Draw(r, "places")
			all := make([]places.New, n)
			parent := map[ref.Place]ref.Place{}
			for i := range all {
				all[i] = places.New{ID: ref.Place(ids.New()), Level: places.Country, Name: "x"}
				// A wide first level makes ordinals of two digits.
				if i > 0 {
					above := all[rapid.IntRange(0, min(i-1, 3)).Draw(r, "parent")]
					if above.Level.Rank() < 9 {
						all[i].Parent, all[i].Level = above.ID, places.Levels[above.Level.Rank()+1]
					}
				}
				parent[all[i].ID] = all[i].Parent
			}
			var made []places.Place
			err := optest.Try(door, func(ctx context.Context, tx *op.Tx) (err error) {
				made, err = places.Add(ctx, tx, all)
				return err
			})
			if err != nil {
				r.Fatal(err)
			}
			for _, a := range made {
				for _, b := range made {
					above := false
					for id := b.ID; id != ""; id = parent[id] {
						above = above || id == a.ID
					}
					inRange := b.Path >= a.Path && b.Path < access.End(a.Path)
					if inRange != above || access.Under(a.Path).Contains(b.Path) != above {
						r.Fatalf("%s above %s: %v, by range %v", a.Path, b.Path, above, inRange)
					}
				}
			}
			checkRanges(r, door, made)
		})
	})
}

// checkRanges asks the database the same question.
func checkRanges(r *rapid.T, door *op.Door, made []places.Place) {
	err := optest.Try(door, func(ctx context.Context, tx *op.Tx) error {
		for _, a := range made[:min(len(made), 3)] {
			under, err := places.Under(ctx, tx, a.Path)
			if err != nil {
				return err
			}
			want := 0
			for _, b := range made {
				if strings.HasPrefix(b.Path, a.Path) {
					want++
				}
			}
			if len(under) != want || under[0].ID != a.ID {
				r.Fatalf("under %s: %d places, want %d", a.Path, len(under), want)
			}
		}
		return nil
	})
	if err != nil {
		r.Fatal(err)
	}
}
