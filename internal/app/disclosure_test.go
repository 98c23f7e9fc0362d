package app_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/allclear/allclear/internal/app"
	"github.com/allclear/allclear/internal/app/apptest"
	"github.com/allclear/allclear/internal/platform/disclosure"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/vault"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
	"github.com/allclear/allclear/internal/registry/places"
)

// columnsOf returns all columns of the schema, as table → columns.
func schemaOf(t *testing.T, a *app.App) map[string][]string {
	t.Helper()
	const q = `
		SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c
		WHERE  m.type = 'table' AND m.name NOT LIKE 'sqlite%' ORDER BY m.name, c.cid`
	rows, err := a.DB.Raw().Query(q)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	out := map[string][]string{}
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			t.Fatal(err)
		}
		out[table] = append(out[table], column)
	}
	return out
}

// TestEveryColumnIsInTheDataRegister: a column without a purpose, a legal basis and a
// retention can't be added (D01): this test fails until it is in the register, and a field
// of the register that no table has is a leftover.
func TestEveryColumnIsInTheDataRegister(t *testing.T) {
	t.Parallel()
	a := apptest.Open(t, "", slog.New(slog.DiscardHandler))
	fields, legend := disclosure.Register()
	named := map[string]bool{}
	sealed := map[string]bool{}
	for _, f := range fields {
		named[f.Table+"."+f.Column] = true
		sealed[f.Table+"."+f.Column] = f.Sealed
	}
	for table, columns := range legend.Technical {
		for _, c := range columns {
			if named[table+"."+c] {
				t.Errorf("%s.%s is both personal and bookkeeping", table, c)
			}
			named[table+"."+c] = true
		}
	}
	for table, columns := range schemaOf(t, a) {
		if slices.Contains(legend.Without, table) {
			continue
		}
		for _, c := range columns {
			if !named[table+"."+c] {
				t.Errorf("%s.%s is not in the register of personal data (internal/platform/disclosure/register.yaml)", table, c)
			}
			delete(named, table+"."+c)
		}
	}
	for left := range named {
		t.Errorf("the register names %s, which no table has", left)
	}
	for _, list := range app.SealedColumns() {
		for _, c := range list.Columns {
			if !sealed[list.Table+"."+c.Name] && list.Table != "op_keys" {
				t.Errorf("%s.%s is sealed, and the register does not say so", list.Table, c.Name)
			}
			delete(sealed, list.Table+"."+c.Name)
		}
	}
	for left, is := range sealed {
		if is {
			t.Errorf("the register calls %s sealed; no list for changes of the data key has it", left)
		}
	}
	for _, f := range fields { // the operations that show a field exist
		for _, o := range append(slices.Clone(f.Plain), f.Masked...) {
			if !slices.Contains(op.Names(), o) {
				t.Errorf("%s.%s is shown by %s, which is no operation", f.Table, f.Column, o)
			}
		}
	}
}

var sealedText = regexp.MustCompile(`v1\.k[0-9]+\.[A-Za-z0-9+/]{30,}`)

// TestEverySealedColumnIsRegistered looks for sealed values in every column of every
// table, so that a change of the data key can't pass over one.
func TestEverySealedColumnIsRegistered(t *testing.T) {
	t.Parallel()
	a := apptest.Open(t, "", slog.New(slog.DiscardHandler))
	driveWithSecrets(t, a, &lockedBuffer{})
	registerPeople(t, a, 5)
	registered := map[string]bool{}
	for _, list := range app.SealedColumns() {
		for _, c := range list.Columns {
			registered[list.Table+"."+c.Name] = true
		}
	}
	found := map[string]bool{}
	for table, columns := range schemaOf(t, a) {
		if table == "vault_keys" {
			continue
		}
		for _, c := range columns {
			rows, err := a.DB.Raw().Query(`SELECT CAST(` + c + ` AS TEXT) FROM ` + table + ` WHERE ` + c + ` LIKE '%v1.k%'`)
			if err != nil {
				t.Fatal(err)
			}
			for rows.Next() {
				var text string
				if err := rows.Scan(&text); err != nil {
					t.Fatal(err)
				}
				if sealedText.MatchString(text) {
					found[table+"."+c] = true
				}
			}
			_ = rows.Close()
		}
	}
	for c := range found {
		if !registered[c] {
			t.Errorf("%s holds sealed values and is in no list for changes of the data key", c)
		}
	}
	for _, c := range []string{"people.name", "people.phone", "cases.exposure", "import_refusals.cells"} {
		if !found[c] {
			t.Errorf("%s holds no sealed value: the test looks at too little", c)
		}
	}
}

// registerPeople fills a community with people and returns them.
func registerPeople(t *testing.T, a *app.App, n int) []ref.Person {
	t.Helper()
	var out []ref.Person
	_, err := op.Do(context.Background(), a.Door, people.CreatePerson, asOperator(), func(ctx context.Context, tx *op.Tx) (int, error) {
		p, err := places.Create(ctx, tx, places.New{Level: "community", Name: "轮换社区"})
		if err != nil {
			return 0, err
		}
		var all []people.Details
		for i := range n {
			all = append(all, people.Details{Identity: people.Identity{Name: fmt.Sprint("王轮换", i), Phone: fmt.Sprintf("139%08d", i), Address: "轮换路1号"}, Place: p.ID,
				Contact: people.Contact{Note: "有糖尿病"}, Care: []people.Care{{Need: people.AllNeeds[i%3], Note: "每周二透析"}}})
		}
		made, err := a.People.Add(ctx, tx, all)
		for _, p := range made {
			out = append(out, p.ID)
		}
		return 0, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestKeyRotationUnderLoadOfPeople changes the data key twice while people are read, found
// and edited: no request fails, and nothing is left under an old key.
func TestKeyRotationUnderLoadOfPeople(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, a *app.App) {
		a.Config.Rotation = vault.Config{Ahead: 300 * time.Millisecond, Grace: 300 * time.Millisecond, Batch: 100}
		all := registerPeople(t, a, 2000)
		ctx, stop := context.WithCancel(context.Background())
		var workers sync.WaitGroup
		var served, failed atomic.Int64
		done := func(what string, err error) {
			if err != nil {
				failed.Add(1)
				t.Errorf("%s: %v", what, err)
			}
			served.Add(1)
		}
		for w := range 3 {
			workers.Go(func() {
				for i := 0; ctx.Err() == nil; i++ {
					id := all[rand.IntN(len(all)/3)*3+w]
					_, err := op.Do(context.Background(), a.Door, people.ViewPerson, asOperator(), func(ctx context.Context, tx *op.Tx) (people.File, error) { return a.People.Open(ctx, tx, id) })
					done("open", err)
					_, err = op.Do(context.Background(), a.Door, people.Listing, asOperator(), func(ctx context.Context, tx *op.Tx) (people.Page, error) {
						return a.People.List(ctx, tx, people.Filter{Limit: 50})
					})
					done("list", err)
					done("edit", edit(a, id, fmt.Sprintf("王轮换 %d %d", w, i)))
				}
			})
		}
		for range 2 {
			if _, err := a.RotateKey(context.Background()); err != nil {
				t.Fatal(err)
			}
			for state := ""; state != vault.Done; time.Sleep(50 * time.Millisecond) {
				r, err := a.CarryKeysOn(context.Background(), nil)
				if err != nil {
					t.Fatal(err)
				}
				state = r.State
			}
		}
		stop()
		workers.Wait()
		t.Logf("%d requests, %d failed", served.Load(), failed.Load())
		if served.Load() < 100 {
			t.Errorf("only %d requests: the test proves little", served.Load())
		}
		for _, q := range []string{`SELECT count(*) FROM people WHERE name NOT LIKE 'v1.k3.%' OR phone NOT LIKE 'v1.k3.%' OR address NOT LIKE 'v1.k3.%'`,
			`SELECT count(*) FROM people_care WHERE note NOT LIKE 'v1.k3.%'`, `SELECT count(*) FROM vault_keys WHERE id <> 'k3'`} {
			if n := countRows(t, a, q); n != 0 {
				t.Errorf("%s: %d", q, n)
			}
		}
	})
}

// edit changes a name on the version that was read a moment before.
func edit(a *app.App, id ref.Person, name string) error {
	p, err := op.Do(context.Background(), a.Door, people.Listing, asOperator(), func(ctx context.Context, tx *op.Tx) (people.Person, error) { return a.People.Load(ctx, tx, id) })
	if err != nil {
		return err
	}
	time.Sleep(time.Millisecond)
	_, err = op.Do(context.Background(), a.Door, people.UpdatePerson, asOperator(), func(ctx context.Context, tx *op.Tx) (people.Person, error) {
		return a.People.Update(ctx, tx, id, p.Version, func(d *people.Details) { d.Name = name })
	})
	return err
}

func countRows(t *testing.T, a *app.App, query string, args ...any) (n int) {
	t.Helper()
	if err := a.DB.Read(context.Background(), func(tx *store.Tx) error { return tx.QueryRow(context.Background(), query, args...).Scan(&n) }); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestWhatEndsIsErased: the clock is set when the record is made; when it has run out who
// the person was is gone everywhere, a hold keeps it, and statistics stay.
func TestWhatEndsIsErased(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, a *app.App) {
		w := newWorld(t, a)
		var traveller, heldOne people.Person
		_, err := op.Do(context.Background(), a.Door, people.CreatePerson, asOperator(), func(ctx context.Context, tx *op.Tx) (int, error) {
			d := people.Details{Identity: people.Identity{Name: "旅客甲", Phone: "13700000001"}, Place: w.compound.ID, Category: people.Traveller}
			var err error
			if traveller, err = a.People.Create(ctx, tx, d); err != nil {
				return 0, err
			}
			d.Name = "旅客乙"
			heldOne, err = a.People.Create(ctx, tx, d)
			return 0, err
		})
		if err != nil {
			t.Fatal(err)
		}
		today := store.DayOf(time.Now().UTC(), time.UTC)
		if traveller.KeepUntil != today.Add(60) {
			t.Errorf("a traveller is kept until %q", traveller.KeepUntil)
		}
		reason := asOperator()
		reason.Reason = "行政复议期间保全，案号 12"
		if _, err := op.Do(context.Background(), a.Door, people.HoldPerson, reason, func(ctx context.Context, tx *op.Tx) (people.Hold, error) {
			return a.People.Hold(ctx, tx, heldOne.ID, today.Add(100), "审计员")
		}); err != nil {
			t.Fatal(err)
		}
		if err := edit2(a, traveller, func(d *people.Details) { d.KeepUntil = today.Add(90) }); err == nil {
			t.Error("an edit put the end off silently")
		}
		// Time passes: the records of the case's person, the traveller and the held one are over.
		for _, q := range []string{`UPDATE people SET keep_until = '2020-01-01' WHERE id IN ('` + string(traveller.ID) + `', '` + string(heldOne.ID) + `')`,
			`UPDATE people SET keep_until = '2020-01-01' WHERE registered = FALSE`} {
			if _, err := a.DB.Raw().Exec(q); err != nil {
				t.Fatal(err)
			}
		}
		before := countRows(t, a, `SELECT count(*) FROM cases`)
		run, err := a.EraseDue(context.Background(), asOperator())
		if err != nil || run.Erased != 2 || run.Pseudonyms != 1 || run.Held != 1 {
			t.Fatalf("%+v, %v", run, err)
		}
		if n := countRows(t, a, `SELECT count(*) FROM people WHERE id = $1`, string(traveller.ID)); n != 0 {
			t.Error("the traveller is still there")
		}
		if n := countRows(t, a, `SELECT count(*) FROM people WHERE id = $1 AND name <> ''`, string(heldOne.ID)); n != 1 {
			t.Error("the one on hold was erased")
		}
		if n := countRows(t, a, `SELECT count(*) FROM people p JOIN cases c ON c.person_id = p.id WHERE p.name <> '' OR p.phone <> '' OR p.name_hash <> 0 OR c.exposure <> ''`); n != 0 {
			t.Error("who the case was is still there")
		}
		if countRows(t, a, `SELECT count(*) FROM cases`) != before {
			t.Error("the statistics changed")
		}
		if n := countRows(t, a, `SELECT count(*) FROM audit_entries WHERE operation = 'people.retention.erase' AND changes LIKE '%person.erased%'`); n != 1 {
			t.Errorf("%d entries in the trail", n)
		}
		if again, err := a.EraseDue(context.Background(), asOperator()); err != nil || again.Erased != 0 {
			t.Errorf("again: %+v, %v", again, err)
		}
	})
}

func edit2(a *app.App, p people.Person, f func(*people.Details)) error {
	_, err := op.Do(context.Background(), a.Door, people.UpdatePerson, asOperator(), func(ctx context.Context, tx *op.Tx) (people.Person, error) {
		return a.People.Update(ctx, tx, p.ID, p.Version, f)
	})
	return err
}
