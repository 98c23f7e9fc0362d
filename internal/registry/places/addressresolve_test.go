package places_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
)

// settlement is a register with what addresses name: lanes, villages, groups, doors.
func settlement(t *testing.T, d desk) places.Place {
	t.Helper()
	city := d.root("松川市")
	id := func() ref.Place { return ref.Place(ids.New()) }
	north, south, estate, lane, village, one, door, unit, other, twinA, twinB := id(), id(), id(), id(), id(), id(), id(), id(), id(), id(), id()
	optest.Run(t, d.door, func(ctx context.Context, tx *op.Tx) error {
		_, err := places.Add(ctx, tx, []places.New{
			{ID: north, Parent: city.ID, Level: places.District, Name: "江北区"},
			{ID: south, Parent: city.ID, Level: places.District, Name: "江南区"},
			{ID: estate, Parent: north, Level: places.Compound, Name: "阳光小区"},
			{ID: one, Parent: estate, Level: places.Building, Name: "8号楼"},
			{ID: unit, Parent: one, Level: places.Unit, Name: "2单元"},
			{ID: door, Parent: unit, Level: places.Household, Name: "501室"},
			{ID: lane, Parent: north, Level: places.Compound, Name: "博山路12弄"},
			{Parent: lane, Level: places.Building, Name: "3号"},
			{ID: village, Parent: north, Level: places.Community, Name: "北蔡村"},
			{Parent: village, Level: places.Compound, Name: "丁家宅"},
			{ID: other, Parent: north, Level: places.Building, Name: "福州路105号"},
			{ID: twinA, Parent: north, Level: places.Community, Name: "前进村"},
			{ID: twinB, Parent: south, Level: places.Community, Name: "前进村"},
			{Parent: south, Level: places.Compound, Name: "锦绣公寓"},
		})
		return err
	})
	d.takeAs("map", "quarter.osm", quarter(), "", importer.Settings{})
	return city
}

func TestResolve(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newMapDesk(t, db)
		city := settlement(t, d)
		for _, c := range []struct{ text, district, want string }{
			{"博山路12弄", "", "博山路12弄"}, {"博山路12弄3号", "", "3号"}, {"江北区博山路12弄3号楼", "", "3号"}, {"博山路12弄,", "", "博山路12弄"},
			{"阳光小区8号楼2单元501室", "", "501室"}, {"阳光小区8栋2单元", "", "2单元"}, {"阳光小区", "", "阳光小区"}, {"阳光", "", "阳光小区"},
			{"北蔡村丁家宅", "", "丁家宅"}, {"北蔡村", "", "北蔡村"}, {"福州路105号", "", "福州路105号"}, {"福州路一百零五号", "", "福州路105号"},
			{"前进村", "江南区", "前进村"}, {"解放路12弄3号", "", "3号楼"}, {"解放路12弄3号2单元", "", "2单元"}, {"解放路12弄", "", "锦绣花园"},
			{"人民路7号", "", "第一小学"}, {"纺织新村", "", "锦绣花园"}, {"锦绣花园", "", "锦绣花园"}, {"yangguangxiaoqu", "", "阳光小区"},
			{"博山路12弄3号502室", "", "3号"}, // the register knows no doors there
			{"博山路12弄9号", "", "!building_unknown"}, {"博山路13弄", "", "!lane_unknown"}, {"福州路106号", "", "!number_unknown"}, {"无此路1号", "", "!road_unknown"},
			{"北蔡村王家宅", "", "!group_unknown"}, {"无此村", "", "!village_unknown"}, {"无此公寓", "", "!name_unknown"}, {"前进村", "", "!several"},
			{"阳光小区8号楼2单元999室", "", "!room_unknown"}, {"阳光小区7号楼", "", "!building_unknown"}, {"锦绣公寓", "江北区", "!outside_district"},
			{"阳光小区", "不知区", "!outside_district"}, {"解放路", "", "!no_number"}, {"博山路12弄旁", "", "!near"}, {"人民路解放路路口", "", "!crossing"},
			{"501室", "", "!not_understood"}, {"，。", "", "!not_understood"},
		} {
			optest.Run(t, d.door, func(ctx context.Context, tx *op.Tx) error {
				all, err := places.NewResolver(city.Path).Resolve(ctx, tx, []places.Question{{Text: c.text, District: c.district}})
				if err != nil {
					return err
				}
				r := all[0]
				got := "!" + r.Reason
				if r.PlaceID != "" {
					p, err := places.Load(ctx, tx, r.PlaceID)
					if err != nil {
						return err
					}
					got = p.Name
				}
				if (r.PlaceID != "") != (r.Confidence >= places.Sure) || (r.PlaceID != "") != (r.Reason == "") {
					t.Errorf("%s: place %q, confidence %.2f and reason %q contradict each other", c.text, r.PlaceID, r.Confidence, r.Reason)
				}
				if got != c.want {
					t.Errorf("%s %s: %s (%.2f), want %s; %+v", c.district, c.text, got, r.Confidence, c.want, r.Candidates)
				}
				return nil
			})
		}
	})
}

const listOfDay = `{"date":"2022-04-06","total":5,"districts":[
	{"district_name":"江北区","confirmed":3,"places":["博山路12弄,","北蔡村王家宅","无此路1号", "博山路 12弄"]},
	{"district_name":"江南区","confirmed":0,"places":["前进村"]},{"district_name":"空区","places":[]}]}`

func TestListOfAddresses(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		d := newMapDesk(t, db)
		settlement(t, d)
		j := d.takeAs("addresses", "day.json", listOfDay, "", importer.Settings{Answers: map[string]string{"source": "day"}})
		d.want("the list of a day", j, importer.Counts{Inserted: 4, Unchanged: 1})
		if n := d.number(`SELECT count(*) FROM address_matches WHERE state = 'resolved' AND on_day = '2022-04-06'`); n != 2 {
			t.Errorf("%d resolved, want 2", n)
		}
		d.want("again", d.takeAs("addresses", "day.json", listOfDay, "", importer.Settings{Answers: map[string]string{"source": "day"}}), importer.Counts{Unchanged: 5})

		var page places.MatchPage
		optest.Run(t, d.door, func(ctx context.Context, tx *op.Tx) (err error) {
			page, err = places.Matches(ctx, tx, places.MatchFilter{State: places.MatchOpen})
			return err
		})
		if page.Total != 2 || page.Reasons[places.ReasonGroupUnknown] != 1 || page.Reasons[places.ReasonRoadUnknown] != 1 || page.States[places.MatchResolved] != 2 {
			t.Errorf("the queue: %+v", page)
		}
		for _, m := range page.Items {
			optest.Run(t, d.door, func(ctx context.Context, tx *op.Tx) error {
				x := places.Decision{State: places.MatchNone}
				if m.Reason == places.ReasonGroupUnknown {
					x = places.Decision{State: places.MatchResolved, Remember: true, Create: &places.New{Parent: m.Candidates[0].PlaceID, Level: places.Compound, Name: "王家宅"}}
				}
				done, _, err := places.Decide(ctx, tx, m.ID, m.Version, x)
				if err == nil && (done.State != x.State || x.Create != nil && done.PlaceName != "王家宅") {
					t.Errorf("decided as %+v", done)
				}
				if _, _, err := places.Decide(ctx, tx, m.ID, m.Version, x); fault.CodeOf(err) != fault.CodeOf(store.ErrStale) {
					t.Errorf("a decision over an older version: %v", err)
				}
				return err
			})
		}
		next := d.takeAs("addresses", "next.json", strings.Replace(listOfDay, "04-06", "04-07", 1), "", importer.Settings{Answers: map[string]string{"source": "next"}})
		d.want("the next day", next, importer.Counts{Inserted: 4, Unchanged: 1})
		if n := d.number(`SELECT count(*) FROM address_matches WHERE source = 'next' AND state = 'resolved'`); n != 3 {
			t.Errorf("%d resolved on the next day, want 3: the spelling was remembered", n)
		}
		if _, err := d.e.Undo(ctx, d.call, next.ID); err != nil {
			t.Fatal(err)
		}
		if n := d.number(`SELECT count(*) FROM address_matches WHERE source = 'next'`); n != 0 {
			t.Errorf("%d texts are left after undo", n)
		}
	})
}

// What was open is looked at again when places have come.
func TestRecheckFindsNewPlaces(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newMapDesk(t, db)
		city := settlement(t, d)
		optest.Run(t, d.door, func(ctx context.Context, tx *op.Tx) error {
			m, err := places.Enqueue(ctx, tx, "hand", places.Question{Text: "新明路5弄"}, city.ID)
			if err != nil || m.State != places.MatchOpen {
				return fmt.Errorf("state %s: %w", m.State, err)
			}
			if _, err := places.Create(ctx, tx, places.New{Parent: city.ID, Level: places.Compound, Name: "新明路5弄"}); err != nil {
				return err
			}
			looked, resolved, err := places.Recheck(ctx, tx, city.ID)
			if looked != 1 || resolved != 1 {
				t.Errorf("looked at %d, resolved %d, want 1 and 1", looked, resolved)
			}
			return err
		})
	})
}

// BenchmarkResolve: addresses a second in a register of 20,000 buildings with 100,000
// units, and the time of a single one.
func BenchmarkResolve(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *store.DB{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			db := open(b)
			door := optest.Door(b, db)
			city := bigRegister(b, door)
			if _, err := db.Raw().Exec(`ANALYZE`); err != nil { // as PostgreSQL does by itself after a while
				b.Fatal(err)
			}
			questions := make([]places.Question, 2000)
			for i := range questions {
				questions[i].Text = fmt.Sprintf("第%d大街%d弄%d号", i%200, i%15, i%6+1)
				if i%2 == 0 {
					questions[i].Text = fmt.Sprintf("春申%d花园%d号楼%d单元", i%3000, i%6+1, i%5+1)
				}
			}
			found := 0
			b.Run("list", func(b *testing.B) {
				for b.Loop() {
					optest.See(b, door, func(ctx context.Context, tx *op.Tx) error {
						all, err := places.NewResolver(city).Resolve(ctx, tx, questions)
						found = 0
						for _, r := range all {
							if r.PlaceID != "" {
								found++
							}
						}
						return err
					})
				}
				b.ReportMetric(float64(len(questions)*b.N)/b.Elapsed().Seconds(), "addresses/s")
				b.ReportMetric(float64(found)/float64(len(questions)), "resolved")
			})
			b.Run("one", func(b *testing.B) {
				var times []time.Duration
				for b.Loop() {
					begun := time.Now()
					optest.See(b, door, func(ctx context.Context, tx *op.Tx) error {
						_, err := places.Resolve(ctx, tx, questions[len(times)%len(questions)].Text, city)
						return err
					})
					times = append(times, time.Since(begun))
				}
				slices.Sort(times)
				b.ReportMetric(float64(times[len(times)*95/100].Microseconds())/1000, "p95-ms")
			})
		})
	}
}

// bigRegister has 3,000 estates, half of them lanes, of seven buildings with five units each.
func bigRegister(b *testing.B, door *op.Door) string {
	b.Helper()
	id := func() ref.Place { return ref.Place(ids.New()) }
	root := id()
	all := []places.New{{ID: root, Level: places.City, Name: "松川市"}}
	for i := range 3000 {
		estate := id()
		name := fmt.Sprintf("春申%d花园", i)
		if i%2 == 1 {
			name = fmt.Sprintf("第%d大街%d弄", i%200, i%15)
		}
		all = append(all, places.New{ID: estate, Parent: root, Level: places.Compound, Name: name})
		for j := range 7 {
			building := id()
			all = append(all, places.New{ID: building, Parent: estate, Level: places.Building, Name: fmt.Sprintf("%d号楼", j+1)})
			for k := range 5 {
				all = append(all, places.New{Parent: building, Level: places.Unit, Name: fmt.Sprintf("%d单元", k+1)})
			}
		}
	}
	path := ""
	optest.Run(b, door, func(ctx context.Context, tx *op.Tx) error {
		paths, err := places.Plant(ctx, tx, all)
		if err == nil {
			path = paths[0]
		}
		return err
	})
	return path
}
