package people_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
	"github.com/allclear/allclear/internal/registry/places"
)

// estate builds an estate with one building, one unit and the doors 101, 102 and 201 in
// the north, and returns the doors.
func (w world) estate(t *testing.T) (doors []places.Place) {
	t.Helper()
	optest.Run(t, w.door, func(ctx context.Context, tx *op.Tx) error {
		community, compound, building, unit := ref.Place(ids.New()), ref.Place(ids.New()), ref.Place(ids.New()), ref.Place(ids.New())
		all, err := places.Add(ctx, tx, []places.New{
			{ID: community, Parent: w.north.ID, Level: places.Community, Name: "幸福社区"},
			{ID: compound, Parent: community, Level: places.Compound, Name: "阳光小区"},
			{ID: building, Parent: compound, Level: places.Building, Name: "3号楼"}, {ID: unit, Parent: building, Level: places.Unit, Name: "1单元"},
			{Parent: unit, Level: places.Household, Name: "101"}, {Parent: unit, Level: places.Household, Name: "102", Code: "H102"}, {Parent: unit, Level: places.Household, Name: "201"},
		})
		if err == nil {
			doors = all[4:]
		}
		return err
	})
	return doors
}

const family = `姓名,身份证号,手机号,小区,楼栋,单元,室号,户号,与户主关系,人员类别,监护人,特殊需求,工作单位,车牌号,备用电话,入住日期,出生日期,性别
王建国,220202199003071011,13800138000,阳光小区,3栋,1,101室,H-1,户主,常住人口,,,市第一中学,吉B·12345,0432-6666777,2015-06-01,,
李秀英,,13800138001,阳光小区,3号楼,1单元,101,H-1,妻子,常住,,孕妇、慢性病,,,,,1992-02-03,女
王小明,,,阳光小区,3,1,101,H-1,儿子,常住,王建国,,,,,,2015-05-06,男
王小红,,,阳光小区,3,1,101,H-1,女儿,常住,220202199003071011,,,,,,2018-05-06,女
赵独处,,,阳光小区,3,1,102,H-2,,流动人口,,,,,,,2014-01-02,男
钱找人,,,阳光小区,3,1,102,H-2,,,不在此处,,,,,,2014-01-03,男
孙两处,,13700137000,阳光小区,3,1,201,H-1,,,,,,,,,1980-01-02,男
,11010519491231002X,,阳光小区,3,1,201,,,,,,,,,,,
周零日,,,阳光小区,3,1,201,,,,,,,,,,1900-01-01,男
吴未来,,,阳光小区,3,1,201,,,,,,,,,,2099-01-01,男
郑乱词,,13900139009,阳光小区,3,1,201,,,,,会飞,,,,,,
冯坏号,1.10105E+17,,阳光小区,3,1,201,,,,,,,,,,,
陈一,440524188001010014,,阳光小区,3,1,201,,,,,,,,,,,
陈二,440524188001010014,,阳光小区,3,1,201,,,,,,,,,,,
无名,,,阳光小区,3,1,201,,,,,,,,,,,
㛃永明,,13600136000,阳光小区,3,1,201,,,,,,,,,,,
古丽·阿依,,13600136001,阳光小区,3,1,201,,,,,,,,,,,
古丽‧阿依,,13600136001,阳光小区,3,1,201,,,,,,,,,,,
没这户,,13600136002,阳光小区,3,1,909,,,,,,,,,,,
`

func TestImportOfFamilies(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db, 4)
		doors := d.estate(t)
		j := d.take(family, "")
		d.want("family", j, importer.Counts{Inserted: 11, Refused: 8})
		texts := strings.Join(d.sentences(j), "\n")
		for _, want := range []string{
			"10 出生日期 The date of birth is what spreadsheets", "11 出生日期 The date of birth lies after today", "12 特殊需求 A word among the care needs",
			"13 身份证号", "15 ", "19 ", "16 身份证号 Nothing tells who this is", "20 室号 No place",
		} {
			if !strings.Contains(texts, want) {
				t.Errorf("no refusal %q in:\n%s", want, texts)
			}
		}
		for _, secret := range []string{"乱词", "坏号", "440524", "13600136002"} {
			if strings.Contains(texts, secret) {
				t.Errorf("a refusal tells %q", secret)
			}
		}
		d.families(doors)
		d.want("again", d.take(family, ""), importer.Counts{Unchanged: 11, Refused: 8})
		undone, err := d.e.Undo(context.Background(), d.call, j.ID)
		if err != nil || undone.Undone != 11 || undone.Kept != 0 {
			t.Errorf("undo: %d taken back, %d kept, %v", undone.Undone, undone.Kept, err)
		}
		optest.See(t, d.door, func(ctx context.Context, tx *op.Tx) error {
			for _, table := range []string{"people", "people_care", "people_readings", "people_doubts", "households", "people_homes"} {
				var n int
				if err := tx.QueryRow(ctx, `SELECT count(*) FROM `+table).Scan(&n); err != nil || n != 0 {
					t.Errorf("%s after undo: %d %v", table, n, err)
				}
			}
			return nil
		})
	})
}

// families looks at what the import has made.
func (d desk) families(doors []places.Place) {
	t := d.t
	optest.Run(t, d.door, func(ctx context.Context, tx *op.Tx) error {
		father, err := d.FindByIDNumber(ctx, tx, man)
		if err != nil || father.PlaceID != doors[0].ID || father.Relation != people.Head || father.Vehicle != "吉B·12345" || father.Contact.SecondPhone != "04326666777" ||
			father.Contact.Workplace != "市第一中学" || father.HomeSince != "2015-06-01" {
			t.Errorf("father: %v %v", err, father.View())
		}
		h, err := d.OpenHousehold(ctx, tx, doors[0].ID)
		if err != nil {
			return err
		}
		if len(h.Members) != 4 || h.HeadID != father.ID || h.Kind != people.Family || h.NumberMasked != "***" || len(h.Care) != 2 || h.Place.Trail != "松川市 › 江北区 › 幸福社区 › 阳光小区 › 3号楼 › 1单元 › 101" || h.BuildingID == "" {
			t.Errorf("household: %+v", h)
		}
		wards := 0
		for _, m := range h.Members {
			p, err := d.Load(ctx, tx, m.ID)
			if err != nil {
				return err
			}
			if p.GuardianID == father.ID {
				wards++
			}
		}
		if wards != 2 {
			t.Errorf("%d wards of the father, want 2", wards)
		}
		page, err := d.Doubts(ctx, tx, "", "open", "", 50)
		if err != nil {
			return err
		}
		got := map[people.DoubtCode]int{}
		for _, x := range page.Items {
			got[x.Code]++
			if x.Zh == "" || x.En == "" || x.Person.ID != x.PersonID {
				t.Errorf("doubt %+v", x)
			}
		}
		want := map[people.DoubtCode]int{people.NoGuardian: 1, people.UnknownGuardian: 1, people.TwoDoors: 1, people.NoName: 1}
		if fmt.Sprint(got) != fmt.Sprint(want) || page.Total != 4 {
			t.Errorf("doubts %v, want %v", got, want)
		}
		settled, err := d.Settle(ctx, tx, page.Items[0].ID)
		if err != nil || settled.State != "settled" {
			t.Errorf("settle: %+v %v", settled, err)
		}
		if page, err = d.Doubts(ctx, tx, doors[0].Path, "open", "", 50); err != nil || page.Total != 0 {
			t.Errorf("doubts at the first door: %d %v", page.Total, err)
		}
		for q, n := range map[string]int{"古丽•阿依": 1, "㛃永": 1, "wjg": 1, "8000": 1, "吉B12345": 1} {
			if found, err := d.Search(ctx, tx, q, "", 10); err != nil || len(found.Items) != n {
				t.Errorf("search %q: %d %v", q, len(found.Items), err)
			}
		}
		return nil
	})
}

func TestImportFindsPossibleDuplicates(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db, 0)
		d.take("姓名,护照号,证件类型,手机号,出生日期,地点代码\nAnn Lee,E1234567,护照,13800138000,1990-05-01,990101001\n", "")
		j := d.take("姓名,护照号,证件类型,手机号,出生日期,地点代码\nAnn Lee,E7654321,护照,13800138000,1990-05-01,990102001\nBo Li,E7654322,护照,13800138001,1990-05-01,990102001\n", "")
		d.want("another passport", j, importer.Counts{Inserted: 2})
		optest.See(t, d.door, func(ctx context.Context, tx *op.Tx) error {
			var n int
			if err := tx.QueryRow(ctx, `SELECT count(*) FROM people_duplicates`).Scan(&n); err != nil || n != 1 {
				t.Errorf("%d pairs in the queue, want 1: %v", n, err)
			}
			return nil
		})
		// The same number with another name: the first stays, somebody is asked.
		d.take("姓名,身份证号,地点代码\n王芳,11010519491231002X,990101001\n", "")
		d.want("two names", d.take("姓名,身份证号,地点代码\n汪方,11010519491231002X,990101001\n", ""), importer.Counts{Updated: 1})
		optest.See(t, d.door, func(ctx context.Context, tx *op.Tx) error {
			p, err := d.FindByIDNumber(ctx, tx, woman)
			page, err2 := d.Doubts(ctx, tx, "", "", "", 10)
			if err != nil || err2 != nil || p.Name != "王芳" || page.Total != 1 || page.Items[0].Code != people.TwoNames {
				t.Errorf("two names: %v %v %d", err, err2, page.Total)
			}
			return nil
		})
	})
}

func TestGuardians(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		doors := w.estate(t)
		mother := w.create(t, people.Details{Place: doors[0].ID, Identity: people.Identity{Name: "母亲"}, BirthOn: "1980-01-01"})
		child := w.create(t, people.Details{Place: doors[0].ID, Identity: people.Identity{Name: "孩子"}, BirthOn: "2015-01-01", Guardian: mother.ID})
		other := w.create(t, people.Details{Place: doors[0].ID, Identity: people.Identity{Name: "大人"}, BirthOn: "1950-01-01", Guardian: mother.ID})
		for name, c := range map[string]struct {
			who, guardian ref.Person
			code          string
		}{
			"a minor as guardian": {other.ID, child.ID, "people.guardian_minor"}, "each other": {mother.ID, other.ID, "people.guardian_circle"},
			"oneself": {mother.ID, mother.ID, "people.guardian_circle"}, "nobody": {child.ID, "x", "people.guardian_not_found"},
		} {
			err := optest.Try(w.door, func(ctx context.Context, tx *op.Tx) error {
				_, err := w.Update(ctx, tx, c.who, 1, func(d *people.Details) { d.Guardian = c.guardian })
				return err
			})
			if fault.CodeOf(err) != c.code {
				t.Errorf("%s: %v, want %s", name, err, c.code)
			}
		}
		optest.Run(t, w.door, func(ctx context.Context, tx *op.Tx) error {
			f, err := w.Open(ctx, tx, child.ID)
			if err != nil || f.Guardian == nil || f.Guardian.ID != mother.ID || len(f.Housemates) != 2 || f.MinorWithoutGuardian || f.Household == nil {
				t.Errorf("file of the child: %+v %v", f, err)
			}
			if f, err = w.Open(ctx, tx, mother.ID); err != nil || len(f.Wards) != 2 {
				t.Errorf("file of the mother: %d wards, %v", len(f.Wards), err)
			}
			return nil
		})
		// In one batch people may name each other by id.
		a, b := ref.Person(ids.New()), ref.Person(ids.New())
		optest.Run(t, w.door, func(ctx context.Context, tx *op.Tx) error {
			_, err := w.Add(ctx, tx, []people.Details{
				{ID: a, Place: doors[1].ID, PlacePath: doors[1].Path, Identity: people.Identity{Name: "小"}, BirthOn: "2018-01-01", Guardian: b},
				{ID: b, Place: doors[1].ID, PlacePath: doors[1].Path, Identity: people.Identity{Name: "大"}, BirthOn: "1988-01-01", Care: []people.Care{{Need: people.Pregnant, Since: "2022-01-01", Note: "双胎"}}},
			})
			return err
		})
		optest.See(t, w.door, func(ctx context.Context, tx *op.Tx) error {
			p, err := w.Load(ctx, tx, a)
			care, err2 := w.CareOf(ctx, tx, []ref.Person{b})
			if err != nil || err2 != nil || p.GuardianID != b || !p.AtDoor || len(care[b]) != 1 || care[b][0].Note != "双胎" {
				t.Errorf("batch: %v %v %v", err, err2, care)
			}
			var sealed string
			if err := tx.QueryRow(ctx, `SELECT note FROM people_care`).Scan(&sealed); err != nil || strings.Contains(sealed, "双胎") {
				t.Errorf("the note is readable: %v", err)
			}
			return nil
		})
	})
}
