package cases

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/importer/match"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
)

const lineList = `病例编号,姓名,性别,年龄,身份证号,联系电话,现住址,区县,街道,社区,病例分类,临床分型,发病日期,报告日期,发现途径,采样时所在区域,转归,备注
S001,王小明,男,36,11010519491231002X,13800138000,建设路1号,江北区,建设街道,和平社区,确诊病例,普通型,2022-03-28,2022-04-01,社会面筛查,防范区,在治,与李雷同餐
S002,李雷,男,8个月,,13800138001,,江南区,,和平社区,无症状感染者,,,2022-04-01,集中隔离,封控区,,
S003,韩梅梅,女,41,,,,江北区/建设街道,,,无症状,,,2022-04-02,闭环,,,
S004,赵四,男,50,,,,开发区,,,确诊,,,2022-04-02,,,,
S005,钱五,男,50,,,,,,和平社区,确诊,,,2022-04-02,,,,
S006,孙六,男,50,,,,江北区,,,确诊,,,2022-05-02,,,,
`

func (s *town) byNumber(number string) Item {
	s.t.Helper()
	p := s.list(optest.Operator(), Filter{Q: number})
	if len(p.Items) != 1 {
		s.t.Fatalf("%d cases have the number %s", len(p.Items), number)
	}
	return s.look(p.Items[0].ID)
}

func TestImportOfAChineseLineList(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newTown(t, db)
		e := s.engine()
		j := s.take(e, s.bring(e, "cases", "list.csv", lineList, importer.Settings{KeepExtra: true}))
		if j.Counts != (importer.Counts{Inserted: 3, Refused: 3}) {
			t.Errorf("counts = %+v, unmatched %v, unknown %v", j.Counts, j.Analysis.Unmatched, j.Analysis.Unknown)
		}
		refusals, _, err := e.Refusals(ctx, optest.Operator(), j.ID, importer.RefusalPlace{}, 10)
		if err != nil || len(refusals) != 3 {
			t.Fatalf("%d refusals, %v", len(refusals), err)
		}
		wants := []string{"在“松川市”及其下级地点中找不到“开发区”。请核对名称，或先导入地点。", "“松川市”以下有多个地点叫“和平社区”。请写出上级地点，如“区/街道/社区”。", "报告日期晚于明天。请核对日期。"}
		for i, r := range refusals {
			if r.Text("zh-CN") != wants[i] || r.Row != i+5 {
				t.Errorf("refusal %d of row %d: %s", i, r.Row, r.Text("zh-CN"))
			}
		}
		one := s.byNumber("S001")
		if one.PlaceTrail != "松川市 › 江北区 › 建设街道 › 和平社区" || one.NameMasked != "王**" || one.Severity != "moderate" || *one.Age != 36 ||
			one.DetectionRoute != "community_screening" || !one.FoundInCommunity || one.Outcome != "under_care" || one.ImportID != j.ID || one.Extra["备注"] != "与李雷同餐" {
			t.Errorf("imported: %+v", one)
		}
		if two := s.byNumber("S002"); two.PlaceTrail != "松川市 › 江南区 › 和平社区" || two.CountedAs != "asymptomatic" || two.FoundInCommunity || *two.Age != 0 {
			t.Errorf("imported: %+v", two)
		}
		if three := s.byNumber("S003"); three.PlaceTrail != "松川市 › 江北区 › 建设街道" || three.Sex != "female" {
			t.Errorf("imported: %+v", three)
		}
	})
}

// The same list twice changes nothing; a later one adds to the history of a case; taking
// it back restores what was, except what somebody has edited; taking the first one back
// leaves nothing, people included.
func TestImportRepeatUpdateUndo(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newTown(t, db)
		e := s.engine()
		whole := s.take(e, s.bring(e, "cases", "list.csv", lineList, importer.Settings{KeepExtra: true}))
		if again := s.take(e, s.bring(e, "cases", "list.csv", lineList, importer.Settings{KeepExtra: true})); again.Counts != (importer.Counts{Unchanged: 3, Refused: 3}) {
			t.Errorf("the same list again: %+v", again.Counts)
		}
		three := s.byNumber("S003")
		later := "病例编号,姓名,病例分类,确诊日期,转归\nS002,李蕾,确诊,2022-04-05,\nS003,,,,死亡\nS009,周九,疑似,,\n"
		j := s.take(e, s.bring(e, "cases", "later.csv", later, importer.Settings{}))
		if j.Counts != (importer.Counts{Inserted: 1, Updated: 2}) {
			t.Fatalf("counts = %+v", j.Counts)
		}
		two := s.byNumber("S002")
		if two.Classification != Confirmed || two.CountedAs != "asymptomatic" || two.ReclassifiedOn != "2022-04-05" || two.CountedOn != "2022-04-01" || two.NameMasked != "李*" {
			t.Errorf("updated: %+v", two)
		}
		if n := s.count(`SELECT count(*) FROM case_classifications WHERE case_id = $1`, two.ID); n != 2 {
			t.Errorf("%d classifications", n)
		}
		if again := s.take(e, s.bring(e, "cases", "later.csv", later, importer.Settings{})); again.Counts != (importer.Counts{Unchanged: 3}) {
			t.Errorf("the later list again: %+v", again.Counts)
		}
		call(s, Amend, optest.Operator(), func(ctx context.Context, tx *op.Tx) (Case, error) {
			return s.Update(ctx, tx, three.ID, three.Version+1, func(e *Edit) error { e.Severity = "severe"; return nil })
		})
		taken, err := e.Undo(ctx, optest.Operator(), j.ID)
		if err != nil || taken.Undone != 2 || taken.Kept != 1 {
			t.Fatalf("undo: %+v, %v", taken, err)
		}
		back := s.byNumber("S002")
		if back.Classification != Asymptomatic || back.ReclassifiedOn != "" || back.ConfirmedOn != "" {
			t.Errorf("restored: %+v", back)
		}
		if who := call(s, Opening, optest.Operator(), func(ctx context.Context, tx *op.Tx) (map[ref.Person]Identity, error) {
			return s.people.Identities(ctx, tx, []ref.Person{back.PersonID})
		}); who[back.PersonID].Name != "李雷" || who[back.PersonID].Phone != "13800138001" {
			t.Errorf("restored person: %+v", who)
		}
		if edited := s.byNumber("S003"); edited.Outcome != Died || edited.Severity != "severe" {
			t.Errorf("edited since: %+v", edited)
		}
		if first, err := e.Undo(ctx, optest.Operator(), whole.ID); err != nil || first.Undone != 1 || first.Kept != 2 {
			t.Errorf("undo of the first list: %+v, %v", first, err)
		}
		if n := s.count(`SELECT count(*) FROM people`); n != 2 {
			t.Errorf("%d people are left, want those of the 2 cases that stay", n)
		}
	})
}

func TestImportMakesNumbers(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newTown(t, db)
		list := "姓,名,性别,年龄,发病日期,死亡日期\n欧阳,修,男,65,2022-03-20,\n欧阳,修,男,65,2022-03-21,2022-03-30\n欧阳,修,男,65,2022-03-20,\n"
		j := s.importFile("cases", "a.csv", list)
		if j.Counts != (importer.Counts{Inserted: 2, Unchanged: 1}) {
			t.Fatalf("counts = %+v", j.Counts)
		}
		p := s.list(optest.Operator(), Filter{Q: "欧阳修", Sort: "onset_on"})
		if len(p.Items) != 2 || !strings.HasPrefix(p.Items[0].Number, "auto-") || p.Items[1].Outcome != Died || p.Items[1].OutcomeOn != "2022-03-30" {
			t.Errorf("imported %+v", p.Items)
		}
		// What happened later to the first one does not make it another case.
		again := s.importFile("cases", "b.csv", strings.Replace(list, "2022-03-20,\n", "2022-03-20,2022-04-01\n", 1))
		if again.Counts.Updated != 1 || again.Counts.Inserted != 0 {
			t.Errorf("with an outcome: %+v", again.Counts)
		}
	})
}

func TestImportConstantsAndClassification(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newTown(t, db)
		e := s.engine()
		j := s.take(e, s.bring(e, "cases", "a.csv", "编号,发病日期\nA1,2022-03-20\n", importer.Settings{Answers: map[string]string{"classification": "asymptomatic", "origin": "imported"}}))
		if c := s.byNumber("A1"); c.Classification != Asymptomatic || c.Origin != "imported" {
			t.Errorf("with constants %+v: %+v", j.Analysis.Assumptions, c)
		}
		s.importFile("cases", "b.csv", "编号,确诊日期\nB1,2022-03-20\nB2,\n")
		if a, b := s.byNumber("B1"), s.byNumber("B2"); a.Classification != Confirmed || b.Classification != Suspected {
			t.Errorf("by confirmation: %s, %s", a.Classification, b.Classification)
		}
		s.importFile("cases", "c.csv", "编号,确诊日期\nB1,2022-03-20\nB2,2022-03-25\n")
		if b := s.byNumber("B2"); b.Classification != Confirmed || b.CountedOn != "2022-03-25" {
			t.Errorf("confirmed by a later list: %+v", b)
		}
		s.importFile("cases", "d.csv", "编号\nD1\n")
		if d := s.byNumber("D1"); d.Classification != Confirmed || d.CountedAs != "" {
			t.Errorf("without anything: %+v", d)
		}
	})
}

// Whoever answers for a district takes in lists of that district: its places are found,
// those of others are not, and a number of another district is refused.
func TestImportKeepsToTheScope(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newTown(t, db)
		s.open(New{Number: "S1", PlaceID: "south", Classification: Confirmed})
		e, by := s.engine(), s.epidemiologist("north")
		file, err := e.Receive(ctx, by, "a.csv", strings.NewReader("编号,区县\nN1,江北区\nS1,江北区\nN2,江南区\n"))
		if err != nil {
			t.Fatal(err)
		}
		j, err := e.Create(ctx, by, importer.NewJob{Kind: "cases", FileID: file, Incident: s.incident})
		if err != nil || j.State != importer.Draft || j.Analysis.Problems[0].Code != "cases.no_place" {
			t.Fatalf("without a place: %+v, %v", j.Analysis.Problems, err)
		}
		if j, err = e.Create(ctx, by, importer.NewJob{Kind: "cases", FileID: file, Incident: s.incident, Place: "north"}); err != nil {
			t.Fatal(err)
		}
		if j, err = e.Run(ctx, by, j.ID); err != nil || j.Counts != (importer.Counts{Inserted: 1, Refused: 2}) {
			t.Errorf("counts = %+v, %v", j.Counts, err)
		}
	})
}

func TestPlacesByName(t *testing.T) {
	t.Parallel()
	s := newTown(t, storetest.SQLite(t))
	s.settle([]places.New{{ID: "garden", Parent: "community", Level: places.Compound, Name: "和平花园"}, {ID: "b3", Parent: "garden", Level: places.Building, Name: "3号楼"}})
	r := newRegister(s.places["city"])
	tests := []struct {
		parts []string
		want  string
		many  bool
	}{
		{[]string{"江北区"}, "north", false}, {[]string{" 江北区 "}, "north", false}, {[]string{"松川市"}, "city", false}, {[]string{"Songchuan"}, "city", false},
		{[]string{"松川市江北区"}, "north", false}, {[]string{"江北区建设街道和平社区"}, "community", false}, {[]string{"江北区/和平社区"}, "community", false},
		{[]string{"松川市 › 江南区 › 和平社区"}, "peace", false}, {[]string{"江南区", "和平社区"}, "peace", false}, {[]string{"和平社区"}, "", true},
		{[]string{"和平花园3号楼"}, "b3", false}, {[]string{"和平花园", "3号楼"}, "b3", false}, {[]string{"江北区", "和平花园"}, "garden", false},
		{[]string{"江南区", "和平花园"}, "", false}, {[]string{"江北区和平路12号"}, "", false}, {[]string{"北京市"}, "", false},
	}
	optest.See(t, s.door, func(ctx context.Context, tx *op.Tx) error {
		if err := r.readNames(ctx, tx); err != nil {
			return err
		}
		for _, tt := range tests {
			f := r.walk(tt.parts)
			if f.place.ID != s.places[tt.want].ID || f.many != tt.many {
				t.Errorf("%q is %s (several: %v), want %s", tt.parts, f.place.Name, f.many, tt.want)
			}
		}
		return nil
	})
}

func TestNameOfRow(t *testing.T) {
	t.Parallel()
	for want, parts := range map[string][3]string{"欧阳修": {"修", "", "欧阳"}, "John Paul Jones": {"John", "Paul", "Jones"}, "Adama": {"Adama", "", ""}, "김민준": {"민준", "", "김"}} {
		row := importer.NewRow(2, map[string]match.Value{
			"first_name": {State: match.Present, Text: parts[0]}, "middle_name": {State: match.Present, Text: parts[1]}, "last_name": {State: match.Present, Text: parts[2]},
		}, nil)
		if got := nameOf(row); got != want {
			t.Errorf("%v is %q, want %q", parts, got, want)
		}
	}
}

func TestImportOfDailyTotals(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newTown(t, db)
		e := s.engine()
		list := "日期,区县,确诊,无症状感染者,合计\n2022-03-13,江北区,453,120,554\n2022-03-13,江南区,2,3,5\n2022-03-14,江南区,2,3,6\n2022-03-14,开发区,1,1,2\n"
		j := s.take(e, s.bring(e, "counts", "a.csv", list, importer.Settings{}))
		if j.Counts != (importer.Counts{Inserted: 2, Refused: 2}) {
			t.Fatalf("counts = %+v", j.Counts)
		}
		refusals, _, err := e.Refusals(ctx, optest.Operator(), j.ID, importer.RefusalPlace{}, 10)
		if err != nil || len(refusals) != 2 || refusals[0].Text("zh-CN") != "数字对不上：确诊 2 − 转确诊 0 + 无症状 3 = 5，合计却是 6。" {
			t.Errorf("refusals: %+v, %v", refusals, err)
		}
		counts := func() string {
			all := call(s, ViewCounts, optest.Operator(), func(ctx context.Context, tx *op.Tx) ([]CountItem, error) {
				return s.Counts(ctx, tx, CountFilter{IncidentID: s.incident})
			})
			var out []string
			for _, c := range all {
				out = append(out, fmt.Sprint(c.PlaceName, " ", c.On, " ", c.Confirmed, " ", c.Asymptomatic, " ", c.Reclassified))
			}
			return strings.Join(out, "; ")
		}
		if got := counts(); got != "江北区 2022-03-13 453 120 19; 江南区 2022-03-13 2 3 0" {
			t.Errorf("stored: %s", got)
		}
		second := s.take(e, s.bring(e, "counts", "b.csv", "日期,区县,确诊\n2022-03-13,江南区,4\n", importer.Settings{}))
		if got := counts(); second.Counts.Updated != 1 || got != "江北区 2022-03-13 453 120 19; 江南区 2022-03-13 4 3 0" {
			t.Errorf("updated %+v: %s", second.Counts, got)
		}
		if again := s.take(e, s.bring(e, "counts", "b.csv", "日期,区县,确诊\n2022-03-13,江南区,4\n", importer.Settings{})); again.Counts.Unchanged != 1 {
			t.Errorf("again: %+v", again.Counts)
		}
		if _, err := e.Undo(ctx, optest.Operator(), second.ID); err != nil {
			t.Fatal(err)
		}
		if got := counts(); got != "江北区 2022-03-13 453 120 19; 江南区 2022-03-13 2 3 0" {
			t.Errorf("taken back: %s", got)
		}
	})
}

// The real totals of Shanghai in spring 2022: the city's add up with reclassifications,
// the districts' without; a district that is not in the register is refused by name.
func TestRealDailyTotals(t *testing.T) {
	t.Parallel()
	city, districts := data(t, "shanghai2022/shanghai2022_overview.csv"), data(t, "shanghai2022/shanghai2022_district_overview.csv")
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newTown(t, db)
		s.door.Clock.(interface{ Advance(d time.Duration) }).Advance(90 * 24 * time.Hour)
		j := s.importFile("counts", "city.csv", city)
		if j.Counts != (importer.Counts{Inserted: 62}) {
			t.Errorf("city: %+v %+v", j.Counts, j.Analysis.Pairs)
		}
		confirmed := s.count(`SELECT sum(confirmed - reclassified + asymptomatic) FROM daily_counts WHERE on_day = '2022-04-13'`)
		if confirmed != 27605 {
			t.Errorf("13 April: %d infections, want 27605", confirmed)
		}
		s.settle([]places.New{{ID: "pudong", Parent: "city", Level: places.District, Name: "浦东新区"}, {ID: "huangpu", Parent: "city", Level: places.District, Name: "黄浦区"}})
		j = s.importFile("counts", "districts.csv", districts)
		if want := (importer.Counts{Inserted: 126, Unchanged: 2, Refused: 896}); j.Counts != want {
			t.Errorf("districts: %+v, want %+v", j.Counts, want)
		}
	})
}
