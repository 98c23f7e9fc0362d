package people_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
)

func fieldsOf(err error) []fault.Field {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Fields
	}
	return nil
}

// plainText stands in for sealing refused cells: no test looks at them.
type plainText struct{}

func (plainText) Seal(s string) (string, error) { return s, nil }
func (plainText) Open(s string) (string, error) { return s, nil }

// desk imports files as one person does.
type desk struct {
	world
	t    *testing.T
	e    *importer.Engine
	call op.Call
}

func newDesk(t *testing.T, db *store.DB, batchRows int) desk {
	t.Helper()
	w := setup(t, db)
	e := importer.New(importer.Config{Door: w.door, Sealer: plainText{}, Dir: t.TempDir(), BatchRows: batchRows}, people.NewKind(w.Service))
	return desk{w, t, e, optest.Operator()}
}

// take runs a file, first dry and then for real, and fails unless the two agree.
func (d desk) take(content string, at ref.Place) importer.Job {
	d.t.Helper()
	ctx := context.Background()
	file, err := d.e.Receive(ctx, d.call, "people.csv", strings.NewReader(content))
	if err != nil {
		d.t.Fatal(err)
	}
	j, err := d.e.Create(ctx, d.call, importer.NewJob{Kind: "people", FileID: file, Place: at})
	if err != nil || len(j.Analysis.Problems) > 0 {
		d.t.Fatalf("create: %v, problems %+v", err, j.Analysis.Problems)
	}
	dry, err := d.e.DryRun(ctx, d.call, j.ID)
	if err != nil {
		d.t.Fatal(err)
	}
	done, err := d.e.Run(ctx, d.call, j.ID)
	if err != nil {
		d.t.Fatal(err)
	}
	if dry.DryRun.Counts != done.Counts {
		d.t.Errorf("the dry run said %+v, the run did %+v", dry.DryRun.Counts, done.Counts)
	}
	return done
}

func (d desk) want(what string, j importer.Job, want importer.Counts) {
	d.t.Helper()
	if j.Counts != want {
		d.t.Errorf("%s: %+v, want %+v%s", what, j.Counts, want, strings.Join(d.sentences(j), "\n  "))
	}
}

func (d desk) sentences(j importer.Job) (out []string) {
	d.t.Helper()
	refusals, _, err := d.e.Refusals(context.Background(), d.call, j.ID, importer.RefusalPlace{}, 50)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, r := range refusals {
		out = append(out, fmt.Sprintf("%d %s %s", r.Row, r.Column, r.Text("en")))
	}
	return out
}

const list = `姓名,身份证号,手机号,性别,出生日期,所属街道,地址,人员编号
王芳,11010519491231002X,13800138000,女,,990101001,建设路8号,
陈四,220202199003071011,,男,1990-03-07,990101001,,
李梅,,13900139000,女,1990-05-01,江北区/建设街道,,
赵一,,,男,,990101001,,A-17
错号,110105194912310021,,,,990101001,,
错性别,220202198808081028,,男,,990101001,,
没身份,,,男,,990101001,,
没地点,,13700137000,,,不存在街道,,
两处,,13600136000,,,建设街道,,
`

func TestImportPeople(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		importPeople(newDesk(t, db, 2))
	})
}

func importPeople(d desk) {
	t := d.t
	file := strings.Replace(list, "所属街道", "居住地", 1)
	j := d.take(file, "")
	d.want("first", j, importer.Counts{Inserted: 4, Refused: 5})
	texts := strings.Join(d.sentences(j), "\n")
	for _, want := range []string{
		"6 身份证号 The check digit of the identity number or the birthday in it is wrong",
		"7 性别 The sex contradicts the identity number", "8 身份证号 Nothing tells who this is", "9 居住地 No place “不存在街道” was found", "10 居住地 More than one place is called “建设街道”",
	} {
		if !strings.Contains(texts, want) {
			t.Errorf("no refusal %q in:\n%s", want, texts)
		}
	}
	if strings.Contains(texts, "110105") || strings.Contains(texts, "错") {
		t.Errorf("a refusal tells personal data:\n%s", texts)
	}
	d.want("again", d.take(file, ""), importer.Counts{Unchanged: 4, Refused: 5})

	more := "姓名,身份证号,手机号,出生日期,人员编号,居住地\n" +
		"王 芳,11010519491231002x,13811112222,,B-1,990102001\n" + // a new phone and a new home
		"李梅,,13900139000,,,\n" + // known by name and phone
		"李梅,,,1990-05-01,,\n" + // known by name and birthday
		"李梅,,13900139000,1991-01-01,,990101001\n" + // another birthday: somebody else
		"孙五,,,,A-17,990101001\n" // another name under a known number
	j = d.take(more, "")
	d.want("more", j, importer.Counts{Updated: 1, Unchanged: 2, Inserted: 1, Refused: 1})
	optest.See(t, d.door, func(ctx context.Context, tx *op.Tx) error {
		p, err := d.FindByIDNumber(ctx, tx, woman)
		if err != nil || p.Phone != "13811112222" || p.ExternalKey != "B-1" || p.Address != "建设路8号" || !strings.HasPrefix(p.PlacePath, d.south.Path) {
			t.Errorf("updated: %+v %v", p.View(), err)
		}
		return nil
	})
	undone, err := d.e.Undo(context.Background(), d.call, j.ID)
	if err != nil || undone.Undone != 2 {
		t.Errorf("undo: %+v %v", undone, err)
	}
	optest.See(t, d.door, func(ctx context.Context, tx *op.Tx) error {
		p, err := d.FindByIDNumber(ctx, tx, woman)
		if err != nil || p.Phone != "13800138000" || p.ExternalKey != "" || !strings.HasPrefix(p.PlacePath, d.north.Path) || p.Sex != people.Female {
			t.Errorf("after undo: %+v %v", p.View(), err)
		}
		var before string
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM import_changes WHERE before LIKE '%13800138000%' OR before LIKE '%王芳%'`).Scan(&before); err != nil || before != "0" {
			t.Errorf("what was before is readable: %s %v", before, err)
		}
		return nil
	})
}

func TestOnePersonOnSeveralRows(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db, 2)
		file := "name,phone,dob,person id,place code\n" +
			"Ann Lee,13800138000,,,990101001\n" +
			"Bo Li,13900139000,,,990101001\n" +
			"Ann Lee,13800138000,1990-05-01,,990101001\n" +
			"ann lee,13800138000,1990-05-01,P1,990101001\n"
		j := d.take(file, "")
		d.want("rows that add up to a person", j, importer.Counts{Inserted: 2, Updated: 2})
		d.want("again", d.take(strings.Replace(file, "ann lee", "Ann Lee", 1), ""), importer.Counts{Updated: 1, Unchanged: 3})
		j = d.take(strings.ReplaceAll(strings.ReplaceAll(file, "Ann", "Eva"), "ann", "Eva"), "")
		undone, err := d.e.Undo(context.Background(), d.call, j.ID)
		if err != nil || undone.Kept != 0 {
			t.Errorf("undo of several changes to one person: %+v %v", undone, err)
		}
	})
}

func TestImportOfPeopleStaysInScope(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db, 0)
		d.take("姓名,身份证号,居住地\n王芳,11010519491231002X,990102001\n", "")
		d.call = optest.As("wang", access.Grant{Role: "data_steward", PlacePath: d.north.Path})
		j := d.take("姓名,身份证号,手机号,居住地\n王芳,11010519491231002X,13800138000,990101001\n陈四,220202199003071011,,990102001\n李梅,,13900139000,\n周六,,13500135000,990101001\n", "")
		d.want("scope", j, importer.Counts{Inserted: 1, Refused: 3})
		j = d.take("姓名,手机号\n李梅,13900139000\n", d.north.ID)
		d.want("at the chosen place", j, importer.Counts{Inserted: 1})
	})
}

func TestAgeIsNoBirthday(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db, 0)
		file := "姓名,手机号,年龄,居住地\n李梅,13900139000,36岁,990101001\n"
		d.want("first", d.take(file, ""), importer.Counts{Inserted: 1})
		d.want("again", d.take(file, ""), importer.Counts{Unchanged: 1})
		optest.See(t, d.door, func(ctx context.Context, tx *op.Tx) error {
			found, err := d.Called(ctx, tx, "李梅")
			if err != nil || len(found) != 1 {
				t.Fatalf("%v %v", found, err)
			}
			p, err := d.Load(ctx, tx, found[0])
			if err != nil || p.Extra["age"] != "36" || p.Extra["age_on"] != "2022-04-08" || p.BirthOn != "" {
				t.Errorf("age: %v %v", p.Extra, err)
			}
			return nil
		})
	})
}
