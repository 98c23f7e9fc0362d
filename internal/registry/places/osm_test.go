package places_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
)

func newMapDesk(t *testing.T, db *store.DB) desk {
	t.Helper()
	door := optest.Door(t, db)
	engine := importer.New(importer.Config{Door: door, Sealer: plainText{}, Dir: t.TempDir()}, places.NewKind(), places.NewMapKind(), places.NewAddressKind())
	return desk{t, door, engine, optest.Operator()}
}

func (d desk) root(name string) places.Place {
	d.Helper()
	var p places.Place
	optest.Run(d.T, d.door, func(ctx context.Context, tx *op.Tx) (err error) {
		p, err = places.Create(ctx, tx, places.New{Level: places.City, Name: name})
		return err
	})
	return p
}

// takeAs runs a file of a kind, first dry and then for real, and fails unless the two agree.
func (d desk) takeAs(kind, name, content string, under ref.Place, s importer.Settings) importer.Job {
	d.Helper()
	ctx := context.Background()
	file, err := d.e.Receive(ctx, d.call, name, strings.NewReader(content))
	if err != nil {
		d.Fatal(err)
	}
	j, err := d.e.Create(ctx, d.call, importer.NewJob{Kind: kind, FileID: file, Place: under, Settings: s})
	if err != nil {
		d.Fatal(err)
	}
	if len(j.Analysis.Problems) > 0 {
		d.Fatalf("problems: %+v", j.Analysis.Problems)
	}
	dry, err := d.e.DryRun(ctx, d.call, j.ID)
	if err != nil {
		d.Fatal(err)
	}
	done, err := d.e.Run(ctx, d.call, j.ID)
	if err != nil {
		d.Fatal(err)
	}
	if dry.DryRun.Counts != done.Counts {
		d.Errorf("the dry run said %+v, the run did %+v", dry.DryRun.Counts, done.Counts)
	}
	if done.Counts.Sum() != done.Rows {
		d.Errorf("%+v does not add up to %d rows", done.Counts, done.Rows)
	}
	return done
}

func (d desk) number(q string) (n int) {
	d.Helper()
	optest.Run(d.T, d.door, func(ctx context.Context, tx *op.Tx) error { return tx.QueryRow(ctx, q).Scan(&n) })
	return n
}

// xmlMap writes a small map: a fixture is easier to read than to keep as a file.
type xmlMap struct{ b strings.Builder }

func (m *xmlMap) tags(kv []string) {
	for i := 0; i+1 < len(kv); i += 2 {
		fmt.Fprintf(&m.b, `<tag k=%q v=%q/>`, kv[i], kv[i+1])
	}
}

func (m *xmlMap) node(id int, lon, lat float64, kv ...string) {
	fmt.Fprintf(&m.b, `<node id="%d" lon="%.7f" lat="%.7f">`, id, lon, lat)
	m.tags(kv)
	m.b.WriteString("</node>\n")
}

// box makes four nodes and a closed way of them, the west-south corner at lon, lat.
func (m *xmlMap) box(way int, lon, lat, size float64, kv ...string) {
	n := way * 10
	m.node(n, lon, lat)
	m.node(n+1, lon+size, lat)
	m.node(n+2, lon+size, lat+size)
	m.node(n+3, lon, lat+size)
	m.way(way, []int{n, n + 1, n + 2, n + 3, n}, kv...)
}

func (m *xmlMap) way(id int, refs []int, kv ...string) {
	fmt.Fprintf(&m.b, `<way id="%d">`, id)
	for _, r := range refs {
		fmt.Fprintf(&m.b, `<nd ref="%d"/>`, r)
	}
	m.tags(kv)
	m.b.WriteString("</way>\n")
}

func (m *xmlMap) relation(id int, ways []int, kv ...string) {
	fmt.Fprintf(&m.b, `<relation id="%d">`, id)
	for _, w := range ways {
		fmt.Fprintf(&m.b, `<member type="way" ref="%d" role="outer"/>`, w)
	}
	m.tags(kv)
	m.b.WriteString("</relation>\n")
}

func (m *xmlMap) String() string {
	return `<?xml version="1.0" encoding="UTF-8"?><osm version="0.6">` + "\n" + m.b.String() + "</osm>\n"
}

// quarter is a map with one of everything, and with everything that can be broken.
func quarter() string {
	m := &xmlMap{}
	m.box(1, 126.500, 43.900, 0.02)                                                                                             // the boundary of the street
	m.box(2, 126.501, 43.901, 0.004, "landuse", "residential", "name", "锦绣花园", "name:en", "Brocade Garden", "old_name", "纺织新村") // an estate
	m.box(3, 126.502, 43.902, 0.0004, "building", "apartments", "name", "3号楼", "building:levels", "18", "addr:street", "解放路", "addr:housenumber", "12弄3号")
	m.box(4, 126.503, 43.902, 0.0004, "building", "yes", "height", "31 m")
	m.box(5, 126.50305, 43.90205, 0.0004, "building", "yes")                     // lies largely on way 4
	m.box(6, 126.5055, 43.901, 0.0003, "building", "house")                      // a little outside the estate
	m.box(7, 126.515, 43.915, 0.002, "amenity", "school", "name", "第一小学")        // a school
	m.node(100, 126.5022, 43.902, "entrance", "staircase", "ref", "2")           // on the wall of way 3
	m.node(101, 126.5025, 43.9028, "entrance", "yes")                            // a gate of the estate
	m.node(102, 126.516, 43.9155, "addr:street", "人民路", "addr:housenumber", "7") // an address in the school
	m.node(103, 126.51, 43.91)
	m.node(104, 126.52, 43.91)
	m.way(20, []int{103, 104}, "highway", "primary", "name", "解放路", "oneway", "yes", "maxspeed", "50")
	m.way(21, []int{103, 999998}, "highway", "footway")     // the other end is cut off
	m.way(22, []int{30, 31, 32}, "building", "yes")         // does not close
	m.way(23, []int{30, 31, 999999, 30}, "building", "yes") // a node is missing
	m.way(24, []int{30, 30, 30, 30}, "building", "yes")     // no area
	m.relation(40, []int{1}, "type", "boundary", "boundary", "administrative", "admin_level", "8", "name", "长春路街道")
	m.relation(41, []int{1, 88888}, "type", "boundary", "boundary", "administrative", "admin_level", "8", "name", "断街道")
	m.relation(42, []int{22}, "type", "multipolygon", "building", "yes")
	m.relation(43, []int{1}, "type", "boundary", "boundary", "administrative", "admin_level", "9", "name", "无级")
	return m.String()
}

func TestMapBecomesPlacesRoadsAndAddresses(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newMapDesk(t, db)
		city := d.root("松川市")
		first := d.takeAs("map", "quarter.osm", quarter(), "", importer.Settings{})
		// In: street, estate, four buildings, school, unit, gate, address, road. Refused: a
		// footway of one node, an open, a cut and a flat outline, two relations, a level without use.
		d.want("first import", first, importer.Counts{Inserted: 11, Refused: 7})
		for what, q := range map[string]struct {
			sql  string
			want int
		}{
			"estate below the street": {`SELECT count(*) FROM places e JOIN places s ON s.id = e.parent_id WHERE e.name = '锦绣花园' AND s.name = '长春路街道'`, 1},
			"buildings in the estate": {`SELECT count(*) FROM places b JOIN places e ON e.id = b.parent_id WHERE b.level = 'building' AND e.name = '锦绣花园'`, 4},
			"floors from the height":  {`SELECT count(*) FROM places WHERE floors = 10 AND extra LIKE '%floors_estimated%'`, 1},
			"unit of the building":    {`SELECT count(*) FROM places u JOIN places b ON b.id = u.parent_id WHERE u.level = 'unit' AND u.name = '2单元' AND b.name = '3号楼'`, 1},
			"overlap doubted":         {`SELECT count(*) FROM place_doubts WHERE code = 'overlaps'`, 1},
			"nearest estate doubted":  {`SELECT count(*) FROM place_doubts WHERE code = 'nearest'`, 1},
			"road":                    {`SELECT count(*) FROM roads WHERE name = '解放路' AND oneway = 'forward' AND max_speed = 50 AND nodes = '103,104' AND metres BETWEEN 790 AND 810`, 1},
			"address":                 {`SELECT count(*) FROM addresses WHERE key = '解放路/12弄/3号' AND lane_key = '解放路/12弄'`, 1},
			"address in the school":   {`SELECT count(*) FROM addresses a JOIN places p ON p.id = a.place_id WHERE a.key = '人民路/7号' AND p.kind = 'school'`, 1},
			"gate":                    {`SELECT count(*) FROM entrances e JOIN places p ON p.id = e.place_id WHERE p.name = '锦绣花园'`, 1},
			"former name":             {`SELECT count(*) FROM place_aliases WHERE text = '纺织新村' AND kind = 'former_name'`, 1},
			"paths of what hangs on":  {`SELECT count(*) FROM addresses a JOIN places p ON p.id = a.place_id WHERE a.place_path <> p.path`, 0},
		} {
			if got := d.number(q.sql); got != q.want {
				t.Errorf("%s: %d, want %d", what, got, q.want)
			}
		}
		again := d.takeAs("map", "quarter.osm", quarter(), "", importer.Settings{})
		d.want("second import", again, importer.Counts{Unchanged: 11, Refused: 7})
		if _, err := d.e.Undo(context.Background(), d.call, first.ID); err != nil {
			t.Fatal(err)
		}
		left := d.number(`SELECT count(*) FROM places`) + d.number(`SELECT count(*) FROM roads`) + d.number(`SELECT count(*) FROM addresses`) +
			d.number(`SELECT count(*) FROM entrances`) + d.number(`SELECT count(*) FROM map_elements`)
		if left != 1 {
			t.Errorf("%d records are left after undo, want the city %s alone", left, city.Name)
		}
	})
}

// A later state of the map changes what it says otherwise, and can be taken back.
func TestLaterMapChangesAndIsUndone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newMapDesk(t, db)
		d.root("松川市")
		d.takeAs("map", "quarter.osm", quarter(), "", importer.Settings{})
		later := strings.ReplaceAll(strings.ReplaceAll(quarter(), `v="18"`, `v="20"`), `v="50"`, `v="60"`)
		changed := d.takeAs("map", "quarter.osm", later, "", importer.Settings{})
		d.want("later map", changed, importer.Counts{Updated: 2, Unchanged: 9, Refused: 7})
		if n := d.number(`SELECT count(*) FROM places WHERE floors = 20`) + d.number(`SELECT count(*) FROM roads WHERE max_speed = 60`); n != 2 {
			t.Errorf("%d of 2 changes were taken over", n)
		}
		if _, err := d.e.Undo(context.Background(), d.call, changed.ID); err != nil {
			t.Fatal(err)
		}
		if n := d.number(`SELECT count(*) FROM places WHERE floors = 18`) + d.number(`SELECT count(*) FROM roads WHERE max_speed = 50`); n != 2 {
			t.Error("undo did not give the earlier values back")
		}
		again := d.takeAs("map", "quarter.osm", later, "", importer.Settings{})
		d.want("the same map after undo", again, importer.Counts{Updated: 2, Unchanged: 9, Refused: 7})
	})
}

// Divisions are in the register before the map: the map gives them their outlines.
func TestBoundariesFindTheirDivisions(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newMapDesk(t, db)
		d.take("code,name,level,parent_code\n9901,松川市,city,\n990101,江北区,district,9901\n990101001,长春路街道,street,990101\n", "")
		d.takeAs("map", "quarter.osm", quarter(), "", importer.Settings{})
		if n := d.number(`SELECT count(*) FROM places WHERE level = 'street' AND geometry <> '' AND code = '990101001'`); n != 1 {
			t.Errorf("%d streets have an outline, want 1", n)
		}
	})
}

func TestMapsThatAreRefusedWhole(t *testing.T) {
	t.Parallel()
	pbf := real(t, "city/osm/bayfront_singapore.osm.pbf")
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newMapDesk(t, db)
		d.root("松川市")
		for _, c := range []struct{ name, content, code string }{
			{"a cut pbf", pbf[:len(pbf)/2], "importer.osm_truncated"},
			{"a pbf cut in a length", pbf[:len(pbf)-len(pbf)%4096+2], "importer.osm_truncated"},
			{"a damaged pbf", pbf[:20000] + strings.Repeat("x", 2000) + pbf[22000:], "importer.osm_damaged"},
			{"a cut xml", quarter()[:900], "importer.osm_truncated"},
			{"xml that is none", strings.Replace(quarter(), "</node>", "</nod>", 1), "importer.osm_damaged"},
		} {
			ctx := context.Background()
			file, err := d.e.Receive(ctx, d.call, c.name, strings.NewReader(c.content))
			if err != nil {
				t.Fatal(err)
			}
			_, err = d.e.Create(ctx, d.call, importer.NewJob{Kind: "map", FileID: file})
			if fault.CodeOf(err) != c.code && !(c.code == "importer.osm_damaged" && fault.CodeOf(err) == "importer.osm_truncated") {
				t.Errorf("%s: %v, want %s", c.name, err, c.code)
			}
		}
	})
}

func TestRealExtracts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file, city string
		want       importer.Counts
	}{
		{"shanghai_university_baoshan.osm", "上海市", importer.Counts{}},
		{"bayfront_singapore.osm.pbf", "Singapore", importer.Counts{}},
	} {
		content := real(t, "city/osm/"+c.file)
		storetest.Each(t, func(t *testing.T, db *store.DB) {
			d := newMapDesk(t, db)
			d.root(c.city)
			j := d.takeAs("map", c.file, content, "", importer.Settings{})
			t.Logf("%s: %+v", c.file, j.Counts)
			if again := d.takeAs("map", c.file, content, "", importer.Settings{}); again.Counts.Inserted+again.Counts.Updated > 0 {
				t.Errorf("second import of %s: %+v, want no change", c.file, again.Counts)
			}
		})
	}
}

// Latitude before longitude: beyond 90° it shows in the numbers, elsewhere by where the
// city lies. The user says whether to turn the file round.
func TestFootprintsWithLatitudeFirst(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for _, c := range []struct {
			lon, lat float64
			first    int
		}{{126.5, 43.9, 100}, {47.1, 9.5, 200}} {
			d := newMapDesk(t, db)
			city := d.root(fmt.Sprintf("city %v", c.lon))
			if c.lon < 90 {
				d.takeAs("places", "right.geojson", footprints(c.lat, c.lon, 1), city.ID, importer.Settings{})
				c.lon, c.lat = c.lat, c.lon
			}
			turned := footprints(c.lat, c.lon, c.first) // the file has latitude first
			ctx := context.Background()
			file, err := d.e.Receive(ctx, d.call, "turned.geojson", strings.NewReader(turned))
			if err != nil {
				t.Fatal(err)
			}
			j, err := d.e.Create(ctx, d.call, importer.NewJob{Kind: "places", FileID: file, Place: city.ID})
			if err != nil {
				t.Fatal(err)
			}
			if len(j.Analysis.Problems) != 1 || j.Analysis.Problems[0].Code != "places.coordinates_swapped" {
				t.Errorf("at %v, %v: problems %+v, want the order of the coordinates", c.lon, c.lat, j.Analysis.Problems)
			}
			done := d.takeAs("places", "turned.geojson", turned, city.ID, importer.Settings{Answers: map[string]string{"coordinates": "lat_lon"}})
			d.want("turned round", done, importer.Counts{Inserted: 3})
			if n := d.number(fmt.Sprintf(`SELECT count(*) FROM places WHERE level = 'building' AND code LIKE 'building:%d__' AND lon BETWEEN %v AND %v AND lat BETWEEN %v AND %v`,
				c.first/100, c.lon-1, c.lon+1, c.lat-1, c.lat+1)); n != 3 {
				t.Errorf("at %v, %v: %d of 3 buildings stand where they belong", c.lon, c.lat, n)
			}
		}
	})
}

// footprints is GeoJSON of three buildings (one when first is 1), whatever the numbers mean.
func footprints(x, y float64, first int) string {
	var features []string
	for i := range 3 {
		features = append(features, fmt.Sprintf(`{"type":"Feature","properties":{"id":%d,"height":30},"geometry":%s}`, first+i, square(x+float64(i)/100, y, 0.001)))
		if first == 1 {
			break
		}
	}
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
}

// Only the height is known: floors are an estimate, and say so.
func TestFloorsFromHeight(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newMapDesk(t, db)
		city := d.root("松川市")
		d.takeAs("places", "h.geojson", footprints(126.5, 43.9, 100), city.ID, importer.Settings{})
		if n := d.number(`SELECT count(*) FROM places WHERE floors = 10 AND height = 30 AND extra LIKE '%floors_estimated%'`); n != 3 {
			t.Errorf("%d buildings have estimated floors, want 3", n)
		}
	})
}
