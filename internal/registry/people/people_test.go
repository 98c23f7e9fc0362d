package people_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/clock"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
	"github.com/allclear/allclear/internal/platform/vault"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
	"github.com/allclear/allclear/internal/registry/places"
)

// Numbers with the right check character. The first two are the examples of GB 11643-1999.
const (
	woman = "11010519491231002X"
	elder = "440524188001010014"
	man   = "220202199003071011"
)

type world struct {
	*people.Service
	door         *op.Door
	vault        *vault.Vault
	north, south places.Place
}

func ptr[T any](v T) *T { return &v }

func setup(t *testing.T, db *store.DB) world {
	t.Helper()
	v, err := vault.Open(context.Background(), db, filepath.Join(t.TempDir(), "key"), clock.Fixed(optest.Now))
	if err != nil {
		t.Fatal(err)
	}
	w := world{Service: people.New(v), door: optest.Door(t, db), vault: v}
	optest.Run(t, w.door, func(ctx context.Context, tx *op.Tx) error {
		city, north, south := ref.Place(ids.New()), ref.Place(ids.New()), ref.Place(ids.New())
		all, err := places.Add(ctx, tx, []places.New{
			{ID: city, Level: places.City, Code: "9901", Name: "松川市"},
			{ID: north, Parent: city, Level: places.District, Code: "990101", Name: "江北区"},
			{ID: south, Parent: city, Level: places.District, Code: "990102", Name: "江南区"},
			{Parent: north, Level: places.Street, Code: "990101001", Name: "建设街道"},
			{Parent: south, Level: places.Street, Code: "990102001", Name: "建设街道"},
		})
		if err == nil {
			w.north, w.south = all[1], all[2]
		}
		return err
	})
	return w
}

func (w world) create(t *testing.T, d people.Details) (p people.Person) {
	t.Helper()
	optest.Run(t, w.door, func(ctx context.Context, tx *op.Tx) (err error) {
		p, err = w.Create(ctx, tx, d)
		return err
	})
	return p
}

func wangfang(at ref.Place) people.Details {
	return people.Details{Place: at, Identity: people.Identity{Name: "王 芳", Phone: "+86 138-0013-8000", IDNumber: "11010519491231002x", Address: "建设路 8 号 2-301"}}
}

func TestResidentIDs(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]people.ResidentID{
		woman: {BirthOn: "1949-12-31", Sex: people.Female},
		elder: {BirthOn: "1880-01-01", Sex: people.Male},
		man:   {BirthOn: "1990-03-07", Sex: people.Male},
	} {
		got, ok := people.ParseResidentID(number)
		if !ok || got != want {
			t.Errorf("%s: %+v %v, want %+v", number, got, ok, want)
		}
	}
	for _, bad := range []string{"", "1", "110105194912310021", "11010519491231002x", "110105491231002", "11010519490231002X", "1101051949A231002X", "X1010519491231002X"} {
		if got, ok := people.ParseResidentID(bad); ok {
			t.Errorf("%q was accepted as %+v", bad, got)
		}
	}
}

// TestOneWrongDigitIsAlwaysFound: MOD 11-2 finds every single wrong digit and every
// exchange of two neighbours.
func TestOneWrongDigitIsAlwaysFound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		number := []byte(rapid.SampledFrom([]string{woman, man}).Draw(r, "number"))
		i := rapid.IntRange(0, 16).Draw(r, "position")
		wrong := append([]byte(nil), number...)
		wrong[i] = '0' + (wrong[i]-'0'+byte(rapid.IntRange(1, 9).Draw(r, "by")))%10
		if _, ok := people.ParseResidentID(string(wrong)); ok {
			r.Fatalf("%s passes for %s", wrong, number)
		}
		if i > 0 && number[i] != number[i-1] {
			swapped := append([]byte(nil), number...)
			swapped[i], swapped[i-1] = swapped[i-1], swapped[i]
			if _, ok := people.ParseResidentID(string(swapped)); ok {
				r.Fatalf("%s passes for %s", swapped, number)
			}
		}
	})
}

func TestNothingIsStoredOrShownInPlain(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		d := wangfang(w.north.ID)
		d.Extra, d.Vehicle = map[string]string{"note": "邻居李梅代领"}, "吉B98765"
		d.Contact = people.Contact{SecondPhone: "04326666777", EmergencyContact: "钱多多"}
		p := w.create(t, d)
		if p.Sex != people.Female || p.BirthOn != "1949-12-31" || p.IDKind != people.Resident || p.IDNumber != woman {
			t.Errorf("what the number states: %s %s %s", p.Sex, p.BirthOn, p.IDKind)
		}
		secrets := []string{"芳", "0013", "1949", "建设路", "李梅", "98765", "6666777", "钱多多"}
		optest.See(t, w.door, func(ctx context.Context, tx *op.Tx) error {
			var row [10]string
			const q = `SELECT name, name_hash, phone, phone_hash, id_number, id_number_hash, address, extra, details, vehicle FROM people`
			if err := tx.QueryRow(ctx, q).Scan(&row[0], &row[1], &row[2], &row[3], &row[4], &row[5], &row[6], &row[7], &row[8], &row[9]); err != nil {
				return err
			}
			var trail string
			if err := tx.QueryRow(ctx, `SELECT changes FROM audit_entries WHERE changes LIKE '%person:%'`).Scan(&trail); err != nil {
				return err
			}
			written, err := json.Marshal(p)
			if err != nil {
				return err
			}
			shown := strings.Join(row[:], " ") + trail + string(written) + fmt.Sprintf("%v %+v %#v %s", p, p, p, p.LogValue())
			for _, s := range secrets {
				if strings.Contains(shown, s) {
					t.Errorf("%q is readable in: %s", s, shown)
				}
			}
			if !strings.Contains(string(written), `"name_masked":"王`) || !strings.Contains(trail, "redacted") {
				t.Errorf("masked: %s, trail: %s", written, trail)
			}
			back, err := w.Load(ctx, tx, p.ID)
			if err != nil || back.Name != "王 芳" || back.Address != "建设路 8 号 2-301" || back.Extra["note"] != "邻居李梅代领" {
				t.Errorf("opened again: %v", err)
			}
			return nil
		})
	})
}

func TestFindingByExactValues(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		p := w.create(t, wangfang(w.north.ID))
		foreigner := w.create(t, people.Details{Place: w.south.ID, Identity: people.Identity{Name: "José·García", IDNumber: "ab 123-456"}, IDKind: people.Passport})
		optest.See(t, w.door, func(ctx context.Context, tx *op.Tx) error {
			for text, want := range map[string]ref.Person{
				"王芳": p.ID, " 王　芳 ": p.ID, "13800138000": p.ID, "+8613800138000": p.ID, "138 0013 8000": p.ID, woman: p.ID, strings.ToLower(woman): p.ID,
				"jose": "", "JOSÉGARCÍA": foreigner.ID, "José • García": foreigner.ID, "AB123456": foreigner.ID, "王": "", "": "", "%": "", "8000": "",
			} {
				got, err := w.Called(ctx, tx, text)
				if err != nil || (want == "") != (len(got) == 0) || len(got) > 0 && got[0] != want {
					t.Errorf("%q: %v %v, want %q", text, got, err, want)
				}
			}
			if got, err := w.FindByIDNumber(ctx, tx, "11010519491231002x"); err != nil || got.ID != p.ID {
				t.Errorf("by number: %v", err)
			}
			if _, err := w.FindByIDNumber(ctx, tx, ""); fault.CodeOf(err) != "people.not_found" {
				t.Errorf("by no number: %v", err)
			}
			masked, err := w.Masked(ctx, tx, []ref.Person{p.ID, foreigner.ID})
			if err != nil || masked[p.ID].Phone != "+86********8000" && !strings.HasSuffix(masked[p.ID].Phone, "8000") || masked[p.ID].Address != "***" || !strings.HasPrefix(masked[p.ID].Name, "王*") {
				t.Errorf("masked: %+v %v", masked[p.ID], err)
			}
			plain, err := w.Identities(ctx, tx, []ref.Person{p.ID})
			if err != nil || plain[p.ID].Name != "王 芳" || len(plain) != 1 {
				t.Errorf("identities: %d %v", len(plain), err)
			}
			views, err := w.Views(ctx, tx, []ref.Person{p.ID})
			if err != nil || views[p.ID].IDMasked != "110***********002X" && !strings.HasSuffix(views[p.ID].IDMasked, "002X") {
				t.Errorf("views: %+v %v", views, err)
			}
			return nil
		})
	})
}

func TestRefusedDetails(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		w.create(t, wangfang(w.north.ID))
		for name, c := range map[string]struct {
			edit        func(*people.Details)
			code, field string
		}{
			"wrong check digit": {func(d *people.Details) { d.IDNumber = "110105194912310021" }, "people.invalid", "id_number"},
			"sex contradicts":   {func(d *people.Details) { d.Sex = people.Male }, "people.invalid", "sex"},
			"birth contradicts": {func(d *people.Details) { d.BirthOn = "1950-01-01" }, "people.invalid", "birth_on"},
			"no such sex":       {func(d *people.Details) { d.Sex = "x" }, "people.invalid", "sex"},
			"no such day":       {func(d *people.Details) { d.IDNumber, d.BirthOn = "", "1950-02-30" }, "people.invalid", "birth_on"},
			"too long":          {func(d *people.Details) { d.Name = strings.Repeat("王", 101) }, "people.invalid", "name"},
			"number taken":      {func(*people.Details) {}, "people.number_taken", "id_number"},
			"no such place":     {func(d *people.Details) { d.Place = "nowhere" }, "places.not_found", "place_id"},
		} {
			d := wangfang(w.north.ID)
			c.edit(&d)
			err := optest.Try(w.door, func(ctx context.Context, tx *op.Tx) error {
				_, err := w.Create(ctx, tx, d)
				return err
			})
			if fault.CodeOf(err) != c.code || !strings.Contains(fmt.Sprintf("%+v", fieldsOf(err)), c.field) {
				t.Errorf("%s: %v %+v, want %s on %s", name, err, fieldsOf(err), c.code, c.field)
			}
			for _, secret := range []string{"芳", "1949", "建设路"} {
				if err != nil && strings.Contains(err.Error(), secret) {
					t.Errorf("%s: the error tells %q", name, secret)
				}
			}
		}
	})
}

func TestPeopleStayInTheirScope(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		here, there := w.create(t, wangfang(w.north.ID)), w.create(t, people.Details{Place: w.south.ID, Identity: people.Identity{Name: "李梅"}})
		nowhere := w.create(t, people.Details{Identity: people.Identity{Name: "赵一"}})
		call := optest.As("wang", access.Grant{Role: "data_steward", PlacePath: w.north.Path})
		_, err := op.Do(context.Background(), w.door, people.ImportPeople, call, func(ctx context.Context, tx *op.Tx) (struct{}, error) {
			if _, err := w.Load(ctx, tx, here.ID); err != nil {
				t.Errorf("own district: %v", err)
			}
			for _, id := range []ref.Person{there.ID, nowhere.ID, "x"} {
				if _, err := w.Load(ctx, tx, id); fault.CodeOf(err) != "people.not_found" {
					t.Errorf("outside: %v", err)
				}
			}
			if _, err := w.Update(ctx, tx, there.ID, 1, func(d *people.Details) { d.Name = "x" }); fault.CodeOf(err) != "people.not_found" {
				t.Errorf("edit outside: %v", err)
			}
			if _, err := w.Create(ctx, tx, people.Details{Identity: people.Identity{Name: "钱二"}}); fault.CodeOf(err) != "people.no_place" {
				t.Errorf("without a place: %v", err)
			}
			if _, err := w.Update(ctx, tx, here.ID, 1, func(d *people.Details) { d.Place = w.south.ID }); fault.CodeOf(err) != "places.not_found" {
				t.Errorf("move outside: %v", err)
			}
			return struct{}{}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestUpdateAndCorrect(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		p := w.create(t, people.Details{Place: w.north.ID, Identity: people.Identity{Name: "王芳", Phone: "1"}})
		optest.Run(t, w.door, func(ctx context.Context, tx *op.Tx) error {
			q, err := w.Update(ctx, tx, p.ID, 1, func(d *people.Details) { d.Phone, d.Place = "", w.south.ID })
			if err != nil || q.Phone != "" || q.PlacePath != w.south.Path || q.Version != 2 {
				t.Errorf("update: %v", err)
			}
			return err
		})
		if err := optest.Try(w.door, func(ctx context.Context, tx *op.Tx) error {
			_, err := w.Update(ctx, tx, p.ID, 1, func(d *people.Details) { d.Name = "x" })
			return err
		}); fault.CodeOf(err) != "conflict.stale" {
			t.Errorf("old version: %v", err)
		}
		optest.Run(t, w.door, func(ctx context.Context, tx *op.Tx) error {
			return w.Correct(ctx, tx, p.ID, people.IdentityChange{IDNumber: ptr(woman), Name: ptr("汪芳")})
		})
		optest.See(t, w.door, func(ctx context.Context, tx *op.Tx) error {
			q, err := w.Load(ctx, tx, p.ID)
			if err != nil || q.Name != "汪芳" || q.IDKind != people.Resident || q.Sex != people.Female || q.BirthOn != "1949-12-31" {
				t.Errorf("corrected: %+v %v", q.View(), err)
			}
			if old, err := w.Called(ctx, tx, "王芳"); err != nil || len(old) != 0 {
				t.Errorf("the old name still finds: %v %v", old, err)
			}
			return nil
		})
		if err := optest.Try(w.door, func(ctx context.Context, tx *op.Tx) error {
			return w.Correct(ctx, tx, p.ID, people.IdentityChange{IDNumber: ptr("110105194912310021")})
		}); fault.CodeOf(err) != "people.invalid" {
			t.Errorf("wrong number: %v", err)
		}
	})
}

func TestAdmitAndForget(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		registered := w.create(t, people.Details{Place: w.north.ID, Identity: people.Identity{Name: "王芳", IDNumber: woman}})
		var got []ref.Person
		admit := func() {
			optest.Run(t, w.door, func(ctx context.Context, tx *op.Tx) (err error) {
				got, err = w.Admit(ctx, tx, []people.Details{
					{Place: w.south.ID, Identity: people.Identity{Name: "张三"}},
					{Place: w.south.ID, Identity: people.Identity{Name: "王某", IDNumber: strings.ToLower(woman), Phone: "13800138000", Sex: people.Male}},
					{Place: w.south.ID, Identity: people.Identity{Name: "陈四", IDNumber: man}},
					{Place: w.south.ID, Identity: people.Identity{Name: "陈四", IDNumber: man}},
				})
				return err
			})
		}
		admit()
		if len(got) != 4 || got[1] != registered.ID || got[2] != got[3] || got[0] == got[2] || got[0] == "" {
			t.Fatalf("admitted: %v", got)
		}
		first := got
		admit()
		if got[2] != first[2] || got[0] == first[0] {
			t.Errorf("admitted again: %v after %v", got, first)
		}
		optest.See(t, w.door, func(ctx context.Context, tx *op.Tx) error {
			p, err := w.Load(ctx, tx, registered.ID)
			if err != nil || p.Name != "王芳" || p.Phone != "13800138000" || p.Sex != people.Female || p.PlacePath != w.north.Path || p.Version != 2 {
				t.Errorf("filled in, not replaced: %+v %v", p.View(), err)
			}
			return nil
		})
		hold(t, w, first[2])
		optest.Run(t, w.door, func(ctx context.Context, tx *op.Tx) error {
			return w.Forget(ctx, tx, append(first, got...))
		})
		optest.See(t, w.door, func(ctx context.Context, tx *op.Tx) error {
			left, err := w.Identities(ctx, tx, append(first, got...))
			if err != nil || len(left) != 2 || left[registered.ID].Name == "" || left[first[2]].Name == "" {
				t.Errorf("left: %d %v; the registered one and the one with a case must stay", len(left), err)
			}
			return nil
		})
	})
}

// hold makes the database refer to a person, as a case does.
func hold(t *testing.T, w world, id ref.Person) {
	t.Helper()
	for _, q := range []string{
		`CREATE TABLE test_references (person_id TEXT NOT NULL REFERENCES people (id))`,
		`INSERT INTO test_references (person_id) VALUES ('` + string(id) + `')`,
	} {
		if _, err := w.door.DB.Raw().ExecContext(context.Background(), q); err != nil {
			t.Fatal(err)
		}
	}
}
