package places_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
)

// plainText stands in for sealing: no test looks at sealed cells.
type plainText struct{}

func (plainText) Seal(s string) (string, error) { return s, nil }
func (plainText) Open(s string) (string, error) { return s, nil }

// desk imports files as one person does.
type desk struct {
	*testing.T
	door *op.Door
	e    *importer.Engine
	call op.Call
}

func newDesk(t *testing.T, db *store.DB) desk {
	t.Helper()
	door := optest.Door(t, db)
	engine := importer.New(importer.Config{Door: door, Sealer: plainText{}, Dir: t.TempDir()}, places.NewKind())
	return desk{t, door, engine, optest.Operator()}
}

// real opens a file of the real data, which is not part of the project. Set
// ALLCLEAR_REAL_DATA, or keep it next to the project.
func real(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("ALLCLEAR_REAL_DATA")
	for up := ".."; dir == "" && len(up) < 40; up += "/.." {
		if _, err := os.Stat(filepath.Join(up, "shared", "data", "linelists")); err == nil {
			dir = filepath.Join(up, "shared", "data")
		}
	}
	if dir == "" {
		t.Skip("real files are not at hand (ALLCLEAR_REAL_DATA)")
	}
	content, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func (d desk) prepare(content string, under ref.Place, s importer.Settings) importer.Job {
	d.Helper()
	ctx := context.Background()
	file, err := d.e.Receive(ctx, d.call, "places.csv", strings.NewReader(content))
	if err != nil {
		d.Fatal(err)
	}
	j, err := d.e.Create(ctx, d.call, importer.NewJob{Kind: "places", FileID: file, Place: under, Settings: s})
	if err != nil {
		d.Fatal(err)
	}
	return j
}

// take runs a file, first dry and then for real, and fails unless the two agree.
func (d desk) take(content string, under ref.Place) importer.Job {
	d.Helper()
	ctx := context.Background()
	j := d.prepare(content, under, importer.Settings{})
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

func (d desk) want(what string, j importer.Job, want importer.Counts) {
	d.Helper()
	if j.Counts != want {
		refusals, _, _ := d.e.Refusals(context.Background(), d.call, j.ID, importer.RefusalPlace{}, 5)
		texts := ""
		for _, r := range refusals {
			texts += fmt.Sprintf("\n  row %d: %s", r.Row, r.Text("en"))
		}
		d.Errorf("%s: %+v, want %+v%s", what, j.Counts, want, texts)
	}
}

func (d desk) sentence(j importer.Job, lang string) string {
	d.Helper()
	refusals, _, err := d.e.Refusals(context.Background(), d.call, j.ID, importer.RefusalPlace{}, 1)
	if err != nil || len(refusals) == 0 {
		d.Fatalf("no refusal: %v", err)
	}
	return refusals[0].Text(lang)
}

func (d desk) count(level places.Level) (n int) {
	d.Helper()
	optest.See(d, d.door, func(ctx context.Context, tx *op.Tx) error {
		return tx.QueryRow(ctx, `SELECT count(*) FROM places WHERE level = $1`, string(level)).Scan(&n)
	})
	return n
}

func (d desk) byCode(code string) (p places.Place) {
	d.Helper()
	optest.See(d, d.door, func(ctx context.Context, tx *op.Tx) (err error) {
		p, err = places.ByCode(ctx, tx, code)
		return err
	})
	return p
}

const cityOfJilin = "city/jilin_divisions/"

func TestDivisionsOfARealCity(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		areas := real(t, cityOfJilin+"areas_2202.csv")
		early := d.take(areas, "")
		d.want("districts before the city", early, importer.Counts{Refused: 12})
		if got := d.sentence(early, "en"); got != "Place 2202 is not in the register; import it first, or choose a place to put these under." {
			t.Errorf("sentence: %q", got)
		}
		if got := d.sentence(early, "zh-CN"); !strings.Contains(got, "地点 2202 不在登记册中") {
			t.Errorf("sentence: %q", got)
		}
		d.want("cities of the province", d.take(real(t, cityOfJilin+"cities_jilin_province.csv"), ""), importer.Counts{Inserted: 9})
		jobs := []importer.Job{}
		for _, f := range []struct {
			name string
			rows int
		}{{"areas_2202.csv", 12}, {"streets_2202.csv", 150}, {"villages_2202.csv", 1778}} {
			j := d.take(real(t, cityOfJilin+f.name), "")
			d.want(f.name, j, importer.Counts{Inserted: f.rows})
			d.want(f.name+" again", d.take(real(t, cityOfJilin+f.name), ""), importer.Counts{Unchanged: f.rows})
			jobs = append(jobs, j)
		}
		if n := [3]int{d.count(places.District), d.count(places.Street), d.count(places.Community)}; n != [3]int{12, 150, 1778} {
			t.Errorf("districts, streets, communities: %v", n)
		}
		village := d.byCode("220202001002")
		optest.See(t, d.door, func(ctx context.Context, tx *op.Tx) error {
			trails, err := places.Trails(ctx, tx, []string{village.Path})
			if got := trails[village.Path].String(); got != "吉林市 › 昌邑区 › 兴华街道 › 三角地社区" {
				t.Errorf("trail %q", got)
			}
			return err
		})
		ctx := context.Background()
		if _, err := d.e.Undo(ctx, d.call, jobs[1].ID); err != nil { // streets carry communities: all stay
			t.Fatal(err)
		}
		if n := d.count(places.Street); n != 150 {
			t.Errorf("%d streets left", n)
		}
		undone, err := d.e.Undo(ctx, d.call, jobs[2].ID)
		if err != nil || undone.Undone != 1778 || d.count(places.Community) != 0 {
			t.Errorf("undo: %d undone, %d left, %v", undone.Undone, d.count(places.Community), err)
		}
	})
}

func TestParentsInAnyOrder(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		mixed := "代码,名称,级别,上级代码,人口\n" +
			"C1,建设社区,社区,S1,3000\nS1,建设街道,街道,D1,50000\nD1,江北区,区县,T1,400000\nT1,松川市,市,P9,1800000\nX1,孤儿社区,社区,S9,1\nY1,倒挂区,区县,S1,1\n"
		j := d.take(mixed, "")
		d.want("children first", j, importer.Counts{Inserted: 4, Refused: 2})
		if p := d.byCode("C1"); p.Path != "1.1.1.1." || p.Population != 3000 {
			t.Errorf("community: %+v", p)
		}
		changed := strings.Replace(mixed, "建设社区,社区,S1,3000", "建设一社区,社区,S1,3100", 1)
		j = d.take(changed, "")
		d.want("a correction", j, importer.Counts{Updated: 1, Unchanged: 3, Refused: 2})
		if p := d.byCode("C1"); p.Name != "建设一社区" || p.Version != 2 {
			t.Errorf("corrected: %+v", p)
		}
		d.want("moved", d.take("代码,名称,级别,上级代码\nC1,建设一社区,社区,D1\n", ""), importer.Counts{Refused: 1})
		d.want("another level", d.take("代码,名称,级别,上级代码\nC1,建设一社区,小区,S1\n", ""), importer.Counts{Refused: 1})
		if _, err := d.e.Undo(context.Background(), d.call, j.ID); err != nil {
			t.Fatal(err)
		}
		if p := d.byCode("C1"); p.Name != "建设社区" || p.Population != 3000 {
			t.Errorf("after undo: %+v", p)
		}
		// Put under a place by choice: the only unknown parent no longer matters.
		d.want("under a place", d.take("代码,名称,级别,上级代码\nZ1,远村,村,S9\n", d.byCode("S1").ID), importer.Counts{Inserted: 1})
		if p := d.byCode("Z1"); p.ParentID != d.byCode("S1").ID {
			t.Errorf("put under: %+v", p)
		}
	})
}

func TestEditedPlacesSurviveUndo(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		j := d.take("code,name,level\nT1,Town,city\nT2,Other,city\n", "")
		optest.Run(t, d.door, func(ctx context.Context, tx *op.Tx) error {
			_, err := places.Update(ctx, tx, d.byCode("T1").ID, 1, places.Changes{NameEn: ptr("Town hall")})
			return err
		})
		undone, err := d.e.Undo(context.Background(), d.call, j.ID)
		if err != nil || undone.Undone != 1 || undone.Kept != 1 || d.byCode("T1").NameEn != "Town hall" {
			t.Errorf("undo: %+v %v", undone, err)
		}
	})
}

func TestPlacesWithoutCodes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		d.take("code,name,level\nT1,松川市,city\n", "")
		file := "名称,级别,上级代码\n阳光小区,小区,T1\n月光小区,小区,T1\n阳光小区,小区,T1\n"
		d.want("by name", d.take(file, ""), importer.Counts{Inserted: 2, Unchanged: 1})
		d.want("by name again", d.take(file, ""), importer.Counts{Unchanged: 3})
	})
}

func TestFootprints(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		file := real(t, "city/buildings/shanghai_buildings.geojson")
		if j := d.prepare(file, "", importer.Settings{}); len(j.Analysis.Problems) != 1 || j.Analysis.Problems[0].Code != "places.choose_place" {
			t.Errorf("without any place: %+v", j.Analysis.Problems)
		}
		optest.Run(t, d.door, func(ctx context.Context, tx *op.Tx) error {
			city := ref.Place("city-1")
			_, err := places.Add(ctx, tx, []places.New{
				{ID: city, Level: places.City, Name: "上海市", Code: "31"},
				{Parent: city, Level: places.Community, Code: "riverside", Name: "滨江社区", Geometry: square(121.4915, 31.2405, 0.002)},
			})
			return err
		})
		// 1,795 features have 1,451 identifiers; 25 are further parts of footprints that
		// were cut at the edges of map tiles, 2 add a name, the others repeat one or are
		// its label.
		j := d.take(file, "")
		d.want("footprints", j, importer.Counts{Inserted: 1451, Updated: 27, Unchanged: 317})
		d.want("footprints again", d.take(file, ""), importer.Counts{Unchanged: 1795})
		checkFootprints(d)
		undone, err := d.e.Undo(context.Background(), d.call, j.ID)
		if err != nil || undone.Undone != 1478 || d.count(places.Building) != 0 {
			t.Errorf("undo: %d undone, %d kept, %d buildings left, %v", undone.Undone, undone.Kept, d.count(places.Building), err)
		}
	})
}

func checkFootprints(d desk) {
	d.Helper()
	hall := d.byCode("building:40778072")
	if hall.Name != "上海国际会议中心" || hall.NameEn != "Shanghai International Convention Center" || !hall.HasGeometry {
		d.Errorf("hall: %+v", hall)
	}
	if community := d.byCode("riverside"); hall.ParentID != community.ID {
		d.Errorf("the hall is not below the community that contains it: %+v", hall)
	}
	optest.See(d, d.door, func(ctx context.Context, tx *op.Tx) error {
		outline, err := places.Geometry(ctx, tx, hall.ID)
		if err != nil || !strings.HasPrefix(string(outline), `{"type":"MultiPolygon"`) {
			d.Errorf("both parts of the hall: %.60s %v", outline, err)
		}
		part, err := places.ByCode(ctx, tx, "building:164972685")
		if err != nil || part.Extra["kind"] != "building_part" || part.Extra["part_of"] != "40778072" {
			d.Errorf("building part: %+v %v", part, err)
		}
		var unlocated int
		const q = `SELECT count(*) FROM places WHERE level = 'building' AND (lon IS NULL OR quadkey = '')`
		if err := tx.QueryRow(ctx, q).Scan(&unlocated); err != nil || unlocated != 0 {
			d.Errorf("%d buildings nowhere, %v", unlocated, err)
		}
		addressed, err := places.Search(ctx, tx, "陆家嘴环路1388号", places.SearchOptions{})
		if err != nil || len(addressed) == 0 {
			d.Errorf("buildings named by their address: %v %v", addressed, err)
		}
		return nil
	})
}

func TestLocationsOfAnotherSystem(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		file := real(t, "linelists/godata/locations_clean.csv")
		j := d.take(file, "")
		// 3,965 records over 3,969 lines; 3,713 identifiers.
		d.want("locations", j, importer.Counts{Inserted: 3713, Unchanged: 252})
		if len(j.Analysis.Dropped) != 1 || j.Analysis.Dropped[0].Field != "code" {
			t.Errorf("the country code is no place code: %+v", j.Analysis.Dropped)
		}
		d.want("locations again", d.take(file, ""), importer.Counts{Unchanged: 3965})
		if p := d.byCode("EGY10133"); p.Level != places.City || p.Name != "'Abdin" || *p.Lon != 31.2451027 {
			t.Errorf("location: %+v", p)
		}
		// A country below a country is one level deeper, and one that is its own parent is a root.
		if p := d.byCode("6475406e-0586-46ba-8f3f-ecf295e0e22c"); p.Level != places.Province || p.ParentID != d.byCode("7f96d9fc-755a-42a7-90e9-721e6aebbe2e").ID {
			t.Errorf("below a country: %+v", p)
		}
		undone, err := d.e.Undo(context.Background(), d.call, j.ID)
		if err != nil || undone.Undone != 3713 {
			t.Errorf("undo: %+v %v", undone, err)
		}
	})
}

func TestImportStaysInScope(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		d := newDesk(t, db)
		d.call = optest.As("wang", access.Grant{Role: "data_steward", PlacePath: w.north.Path})
		file := "代码,名称,级别,上级代码\nN9,北街道,街道,990101\nS9,南街道,街道,990102\n990102001,改名街道,街道,990102\nC9,新城市,市,\n"
		d.want("another's district", d.take(file, ""), importer.Counts{Inserted: 1, Refused: 3})
		if p := newDesk(t, db).byCode("990102001"); p.Name != "江北路街道" {
			t.Errorf("renamed outside the scope: %+v", p)
		}
	})
}

// parts is a file of footprints: a hall in two parts with its label, and a shed.
const parts = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"id":7,"kind":"building"},"geometry":{"type":"Point","coordinates":[126.5205,43.9205]}},
{"type":"Feature","properties":{"id":7,"kind":"building","name":"会展中心"},"geometry":{"type":"Polygon","coordinates":[[[126.52,43.92],[126.521,43.92],[126.521,43.921],[126.52,43.921],[126.52,43.92]]]}},
{"type":"Feature","properties":{"id":8,"kind":"building","addr_street":"建设路","addr_housenumber":"8"},"geometry":{"type":"Polygon","coordinates":[[[126.53,43.92],[126.531,43.92],[126.531,43.921],[126.53,43.921],[126.53,43.92]]]}},
{"type":"Feature","properties":{"id":7,"kind":"building","name":"会展中心"},"geometry":{"type":"Polygon","coordinates":[[[126.521,43.92],[126.522,43.92],[126.522,43.921],[126.521,43.921],[126.521,43.92]]]}},
{"type":"Feature","properties":{"id":7,"kind":"building","name":"别名"},"geometry":{"type":"Polygon","coordinates":[[[126.52,43.92],[126.521,43.92],[126.521,43.921],[126.52,43.921],[126.52,43.92]]]}}
]}`

func TestPartsOfOneFootprint(t *testing.T) {
	t.Parallel()
	for _, batchRows := range []int{1000, 1} {
		t.Run(fmt.Sprint("batches of ", batchRows), func(t *testing.T) { partsOfOneFootprint(t, batchRows) })
	}
}

func partsOfOneFootprint(t *testing.T, batchRows int) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		d.e.BatchRows = batchRows
		d.take("code,name,level\nT1,松川市,city\n", "")
		j := d.take(parts, "")
		d.want("parts", j, importer.Counts{Inserted: 2, Updated: 2, Unchanged: 1})
		d.want("parts again", d.take(parts, ""), importer.Counts{Unchanged: 5})
		hall, shed := d.byCode("building:7"), d.byCode("building:8")
		if hall.Name != "会展中心" || *hall.Lon != 126.521 || hall.Version != 1 || shed.Name != "建设路8号" {
			t.Errorf("hall %+v, shed %+v", hall, shed)
		}
		elsewhere := strings.ReplaceAll(parts, "126.5", "127.5")
		d.want("the same numbers elsewhere", d.take(elsewhere, ""), importer.Counts{Refused: 4, Unchanged: 1})
		undone, err := d.e.Undo(context.Background(), d.call, j.ID)
		if err != nil || undone.Undone != 4 || d.count(places.Building) != 0 {
			t.Errorf("undo: %d undone, %d kept, %v", undone.Undone, undone.Kept, err)
		}

		d.take(parts, "")
		resurveyed := d.take(strings.ReplaceAll(parts, "43.921]", "43.9212]"), "")
		d.want("surveyed again", resurveyed, importer.Counts{Updated: 3, Unchanged: 2})
		if now := d.byCode("building:7"); *now.Lat == *hall.Lat {
			t.Errorf("the new survey did not move the centre: %+v", now)
		}
		undone, err = d.e.Undo(context.Background(), d.call, resurveyed.ID)
		if now := d.byCode("building:7"); err != nil || undone.Kept != 0 || *now.Lat != *hall.Lat || *now.Lon != *hall.Lon {
			t.Errorf("undo: %d undone, %d kept, %v, hall %+v", undone.Undone, undone.Kept, err, now)
		}
	})
}

func TestCodesAloneMakeATree(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		file := "区划代码,名称\n220202001001,东厂宅社区\n220202001000,兴华街道\n220202000000,昌邑区\n220200000000,吉林市\n"
		d.want("from the bottom up", d.take(file, ""), importer.Counts{Inserted: 4})
		d.want("again", d.take(file, ""), importer.Counts{Unchanged: 4})
		if p := d.byCode("220202001001"); p.Level != places.Community || p.Path != "1.1.1.1." {
			t.Errorf("community: %+v", p)
		}
		d.want("a short code below padded ones", d.take("区划代码,名称\n220202001002,三角地社区\n", ""), importer.Counts{Inserted: 1})
	})
}

func TestIDsAndCodesSideBySide(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		file := "id,parent_id,code,name,level\n3,2,C1,社区,community\n2,1,S1,街道,street\n1,,T1,市,city\n"
		d.want("parents by id", d.take(file, ""), importer.Counts{Inserted: 3})
		if p := d.byCode("C1"); p.Path != "1.1.1." || p.ParentID != d.byCode("S1").ID {
			t.Errorf("community: %+v", p)
		}
	})
}

func TestUndoLeavesWhatIsInUse(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		held := map[ref.Place]bool{}
		guard := func(context.Context, *op.Tx, []ref.Place) (map[ref.Place]bool, error) { return held, nil }
		d.e = importer.New(importer.Config{Door: d.door, Sealer: plainText{}, Dir: t.TempDir()}, places.NewKind(guard))
		j := d.take("code,name,level,parent code\nT1,市,city,\nS1,街道,street,T1\nS2,街道二,street,T1\nS3,街道三,street,T1\n", "")
		held[d.byCode("S2").ID] = true
		for _, q := range []string{
			`CREATE TABLE test_references (place_id TEXT NOT NULL REFERENCES places (id))`,
			`INSERT INTO test_references (place_id) VALUES ('` + string(d.byCode("S1").ID) + `')`,
		} {
			if _, err := db.Raw().ExecContext(context.Background(), q); err != nil {
				t.Fatal(err)
			}
		}
		undone, err := d.e.Undo(context.Background(), d.call, j.ID)
		if err != nil || undone.Undone != 1 || undone.Kept != 3 || d.count(places.Street) != 2 || d.count(places.City) != 1 {
			t.Errorf("undo: %d undone, %d kept, %v", undone.Undone, undone.Kept, err)
		}
	})
}
