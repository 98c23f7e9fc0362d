package workflow_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/allclear/allclear/internal/app"
	"github.com/allclear/allclear/internal/app/apptest"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
)

// two adds two people at the first door who may be one.
func (w *village) two(t *testing.T, a, b people.Details) (people.Person, people.Person) {
	t.Helper()
	a.Place, b.Place = w.doors[0].ID, w.doors[1].ID
	all := w.add(t, a, b)
	w.propose(t, all[0].ID, all[1].ID)
	return all[0], all[1]
}

func called(name, phone string) people.Details {
	return people.Details{Identity: people.Identity{Name: name, Phone: phone}}
}

// TestAMergedPersonLeadsOnToTheWinner: over two merges, and only for who may see them.
func TestAMergedPersonLeadsOnToTheWinner(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, a *app.App) {
		w := newVillage(t, a)
		x, y := w.two(t, called("王芳", ""), called("王芳", "13800138000"))
		z := w.add(t, people.Details{Place: w.doors[2].ID, Identity: people.Identity{Name: "王芳"}})[0]
		w.propose(t, y.ID, z.ID)
		for _, step := range [][2]ref.Person{{y.ID, x.ID}, {z.ID, y.ID}} {
			if _, err := w.merge(step[0], step[1]); err != nil {
				t.Fatal(err)
			}
		}
		err := w.do(func(ctx context.Context, tx *op.Tx) error {
			_, err := w.a.People.Load(ctx, tx, x.ID)
			return err
		})
		if fault.CodeOf(err) != "people.merged" || !strings.Contains(fmt.Sprintf("%+v", err), string(z.ID)) && paramOf(err, "winner") != string(z.ID) {
			t.Errorf("the old id says %v (%v), want people.merged into %s", err, paramOf(err, "winner"), z.ID)
		}
		if p := w.load(t, z.ID); p.Phone != "13800138000" {
			t.Error("what only the merged record said is lost")
		}
	})
}

func paramOf(err error, key string) any {
	if f, ok := err.(*fault.Error); ok {
		return f.Params[key]
	}
	return nil
}

// TestUndoKeepsWhatWasEditedSince: the edit stays and is named, the rest goes back, and
// what was added to the winner since stays there.
func TestUndoKeepsWhatWasEditedSince(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, a *app.App) {
		w := newVillage(t, a)
		d := called("王芳", "13800138000")
		d.Vehicle, d.Care = "吉A12345", []people.Care{{Need: people.Haemodialysis}}
		x, y := w.two(t, called("王 芳", ""), d)
		before := w.open(t, y.ID, "before")
		m, err := w.merge(x.ID, y.ID)
		if err != nil {
			t.Fatal(err)
		}
		after := w.open(t, x.ID, "after")
		w.must(t, func(ctx context.Context, tx *op.Tx) error {
			now, err := w.a.People.Load(ctx, tx, x.ID)
			if err != nil {
				return err
			}
			_, err = w.a.People.Update(ctx, tx, x.ID, now.Version, func(d *people.Details) { d.Phone = "13900139000" })
			return err
		})
		m, err = w.undo(m.ID)
		if err != nil || !slices.Equal(m.Kept, []string{"phone"}) {
			t.Fatalf("kept %v (%v), want the phone", m.Kept, err)
		}
		one, other := w.load(t, x.ID), w.load(t, y.ID)
		if one.Phone != "13900139000" || one.Vehicle != "" || one.Needs != 0 || other.Phone != "13800138000" || other.Vehicle != "吉A12345" || !other.Needs.Has(people.Haemodialysis) {
			t.Errorf("after the undo: %+v and %+v", one.View(), other.View())
		}
		w.must(t, func(ctx context.Context, tx *op.Tx) error {
			for id, want := range map[string]ref.Person{string(before.ID): y.ID, string(after.ID): x.ID} {
				var got string
				if err := tx.QueryRow(ctx, `SELECT person_id FROM cases WHERE id = $1`, id).Scan(&got); err != nil || got != string(want) {
					t.Errorf("case %s is of %s (%v), want %s", id, got, err, want)
				}
			}
			return nil
		})
		if _, err := w.undo(m.ID); fault.CodeOf(err) != "people.merge_undone" {
			t.Errorf("undone twice: %v", err)
		}
		if other.Version <= y.Version {
			t.Errorf("the restored record has version %d again: an old form could be saved over it", other.Version)
		}
	})
}

// TestALaterMergeMustBeUndoneFirst: of a chain; into one winner any order will do.
func TestALaterMergeMustBeUndoneFirst(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, a *app.App) {
		w := newVillage(t, a)
		x, y := w.two(t, called("王芳", "1"), called("王芳", "22"))
		z := w.add(t, people.Details{Place: w.doors[2].ID, Identity: people.Identity{Name: "王芳", Phone: "333"}})[0]
		w.propose(t, y.ID, z.ID)
		w.propose(t, x.ID, z.ID)
		first, err := w.merge(y.ID, x.ID, "phone")
		if err != nil {
			t.Fatal(err)
		}
		second, err := w.merge(z.ID, y.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.undo(first.ID); fault.CodeOf(err) != "people.merge_later" || paramOf(err, "merge") != string(second.ID) {
			t.Errorf("the first of a chain: %v %v", err, paramOf(err, "merge"))
		}
		if _, err := w.undo(second.ID); err != nil {
			t.Fatal(err)
		}
		if second, err = w.merge(y.ID, z.ID, "phone"); err != nil { // y: 22, 1 from x, 333 from z
			t.Fatal(err)
		}
		if _, err := w.undo(first.ID); err != nil {
			t.Fatal(err)
		}
		if p := w.load(t, y.ID); p.Phone != "333" {
			t.Errorf("the later merge lost its phone: %d digits", len(p.Phone))
		}
		if _, err := w.undo(second.ID); err != nil {
			t.Fatal(err)
		}
		if p := w.load(t, y.ID); p.Phone != "22" {
			t.Errorf("the first phone did not come back: %d digits", len(p.Phone))
		}
		w.verify(t)
	})
}

// TestNobodyBecomesTheirOwnGuardian: neither at once nor over somebody else.
func TestNobodyBecomesTheirOwnGuardian(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, a *app.App) {
		w := newVillage(t, a)
		x, y := w.two(t, called("王芳", ""), called("王芳", ""))
		g := w.add(t, people.Details{Place: w.doors[0].ID, Identity: people.Identity{Name: "李雷"}, Guardian: x.ID})[0]
		w.must(t, func(ctx context.Context, tx *op.Tx) error {
			_, err := w.a.People.Update(ctx, tx, y.ID, y.Version, func(d *people.Details) { d.Guardian = g.ID })
			return err
		})
		start := w.state(t)
		m, err := w.merge(y.ID, x.ID)
		if err != nil {
			t.Fatal(err)
		}
		if w.load(t, y.ID).GuardianID != "" || w.load(t, g.ID).GuardianID != y.ID {
			t.Error("the winner and the ward guard each other")
		}
		if _, err := w.undo(m.ID); err != nil || w.state(t) != start {
			t.Errorf("not as it was (%v): %s", err, difference(start, w.state(t)))
		}
	})
}

// TestARecordWithAHoldStaysHeld: who must not be erased does not become erasable by a merge.
func TestARecordWithAHoldStaysHeld(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, a *app.App) {
		w := newVillage(t, a)
		x, y := w.two(t, called("王芳", ""), called("王芳", ""))
		hold := func(id string, who ref.Person, until string) {
			w.must(t, func(ctx context.Context, tx *op.Tx) error {
				_, err := tx.Technical().Insert(ctx, "people_holds", []string{"id", "person_id", "place_path", "reason", "until_on", "reviewer", "set_by", "set_name", "set_at", "ended_by", "version"},
					[][]any{{id, string(who), w.doors[0].Path, "x", until, "r", "u", "u", int64(1), "", int64(1)}})
				return err
			})
		}
		hold("h1", x.ID, "2030-01-01")
		hold("h2", y.ID, "2040-01-01")
		const q = `SELECT id || person_id || until_on FROM people_holds ORDER BY id`
		read := func() (out []string) {
			w.must(t, func(ctx context.Context, tx *op.Tx) (err error) {
				out, err = column(ctx, tx, q)
				return err
			})
			return out
		}
		start := read()
		m, err := w.merge(x.ID, y.ID)
		if err != nil {
			t.Fatal(err)
		}
		if got := read(); got[0] != "h1"+string(x.ID)+"2040-01-01" {
			t.Errorf("the winner's hold: %v", got)
		}
		if _, err := w.undo(m.ID); err != nil || !slices.Equal(read(), start) {
			t.Errorf("holds after the undo: %v (%v), want %v", read(), err, start)
		}
	})
}

// TestSnapshotsHoldEveryField: what a person's JSON leaves out must be kept elsewhere, or
// be found again.
func TestSnapshotsHoldEveryField(t *testing.T) {
	t.Parallel()
	known := []string{"AtDoor", "CreatedAt", "UpdatedAt"} // the place tells; kept beside; set anew
	for f := range fieldsOf(reflect.TypeFor[people.Person]()) {
		if f.Tag.Get("json") == "-" && !slices.Contains(known, f.Name) {
			t.Errorf("Person.%s is not in the snapshot of a merge (internal/registry/people/merge.go)", f.Name)
		}
	}
}

func fieldsOf(t reflect.Type) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if !yield(t.Field(i)) {
				return
			}
		}
	}
}
