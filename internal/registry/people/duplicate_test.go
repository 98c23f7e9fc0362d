package people_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
	"github.com/allclear/allclear/internal/registry/places"
)

// sweep runs a whole sweep, step by step, as the program does.
func (w world) sweep(t *testing.T, place ref.Place) (s people.Sweep) {
	t.Helper()
	optest.Run(t, w.door, func(ctx context.Context, tx *op.Tx) (err error) {
		s, err = w.StartSweep(ctx, tx, place)
		return err
	})
	for range 1000 {
		var step people.SweepStep
		optest.See(t, w.door, func(ctx context.Context, tx *op.Tx) (err error) {
			step, err = w.LookAhead(ctx, tx, s.ID)
			return err
		})
		if step.Done() {
			return step.Sweep
		}
		optest.Run(t, w.door, func(ctx context.Context, tx *op.Tx) (err error) {
			s, err = w.KeepStep(ctx, tx, step)
			return err
		})
	}
	t.Fatal("the sweep does not end")
	return s
}

func (w world) queue(t *testing.T, f people.DuplicateFilter) (p people.DuplicatePage) {
	t.Helper()
	if f.Limit == 0 {
		f.Limit = 100
	}
	optest.See(t, w.door, func(ctx context.Context, tx *op.Tx) (err error) {
		p, err = w.Duplicates(ctx, tx, f)
		return err
	})
	return p
}

// TestASweepFindsThePlantedPairs: in both districts, with twins, namesakes, a phone that
// a form was filled up with, and people with two valid numbers beside.
func TestASweepFindsThePlantedPairs(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		named := func(name, phone string, birth store.Day, at ref.Place) people.Details {
			return people.Details{Place: at, BirthOn: birth, Identity: people.Identity{Name: name, Phone: phone}}
		}
		north, south := w.north.ID, w.south.ID
		planted := [][2]people.Details{
			{named("王芳", "", "1990-03-07", north), named("王芳", "13800138000", "1990-03-07", south)},
			{named("李雷", "13900139000", "", north), named("李雷", "13900139000", "", north)},
			{named("张伟", "13700137000", "1985-05-05", south), named("Wei Zhang", "13700137000", "1985-05-05", south)},
			{passported("Anna Berg", "C01X00T47", north), passported("Anna Berg", "C01XOOT47", north)},
			{passported("Olaf Berg", "D01X00T47", north), passported("Olaf Berg", "D01X0OT47", north)},
		}
		others := []people.Details{named("张建国", "13600136000", "1990-03-08", north), named("张建军", "13600136000", "1990-03-08", north),
			named("赵静", "", "1970-01-01", north), named("赵静", "", "1980-02-02", north)}
		for i := range 70 {
			others = append(others, named(fmt.Sprintf("人%c", '一'+rune(i)), "00000000000", "", south))
		}
		for i := range planted {
			others = append(others, planted[i][0], planted[i][1])
		}
		optest.Run(t, w.door, func(ctx context.Context, tx *op.Tx) error {
			_, err := w.Add(ctx, tx, others)
			return err
		})
		s := w.sweep(t, "")
		if s.State != people.SweepDone || s.Done != s.Total || s.FinishedAt == 0 || s.Skipped != 70 {
			t.Errorf("the sweep ended as %+v", s)
		}
		found := w.queue(t, people.DuplicateFilter{})
		if found.Total != 4 || s.Found != 4 { // two characters differ in the fourth pair
			for _, d := range found.Items {
				t.Logf("%s %s: %v %d", found.People[d.A].NameMasked, found.People[d.B].NameMasked, d.Reasons, d.Score)
			}
			t.Errorf("%d pairs in the queue, %d found, want 4", found.Total, s.Found)
		}
		if again := w.sweep(t, ""); again.Found != 0 || w.queue(t, people.DuplicateFilter{}).Total != 4 {
			t.Errorf("a second sweep finds %d", again.Found)
		}
		if n := w.queue(t, people.DuplicateFilter{Place: south}).Total; n != 2 {
			t.Errorf("%d pairs with somebody in the south, want 2", n)
		}
	})
}

func passported(name, number string, at ref.Place) people.Details {
	return people.Details{Place: at, IDKind: people.Passport, Identity: people.Identity{Name: name, IDNumber: number}}
}

// TestASweepOfAPlaceFindsWhatTouchesIt: small places are looked up key by key, and find
// the other half of a pair outside.
func TestASweepOfAPlaceFindsWhatTouchesIt(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		for _, at := range []ref.Place{w.north.ID, w.south.ID, w.south.ID} {
			w.create(t, people.Details{Place: at, BirthOn: "1990-03-07", Identity: people.Identity{Name: "王芳"}})
		}
		if s := w.sweep(t, w.north.ID); s.Found != 2 {
			t.Errorf("a sweep of the north finds %d pairs, want the 2 with the one who lives there", s.Found)
		}
	})
}

func TestDifferentIsRememberedUntilAStrongReasonComes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		a := w.create(t, people.Details{Place: w.north.ID, Identity: people.Identity{Name: "王芳"}})
		b := w.create(t, people.Details{Place: w.north.ID, Identity: people.Identity{Name: "王芳"}})
		suspect := func(x, y ref.Person, reasons ...people.Reason) {
			optest.Run(t, w.door, func(ctx context.Context, tx *op.Tx) error {
				return w.Suspect(ctx, tx, x, y, reasons, people.FoundByImport)
			})
		}
		suspect(b.ID, a.ID, people.SameName, people.SameDoor)
		suspect(a.ID, b.ID, people.SameDoor, people.SameName) // the same again, the other way round
		d := w.queue(t, people.DuplicateFilter{}).Items
		if len(d) != 1 || d[0].A > d[0].B || d[0].Version != 1 || d[0].Score != 50 {
			t.Fatalf("in the queue: %+v", d)
		}
		decide := func(state people.DuplicateState, version int64) error {
			return optest.Try(w.door, func(ctx context.Context, tx *op.Tx) error {
				_, err := w.Decide(ctx, tx, d[0].ID, version, state)
				return err
			})
		}
		if err := decide(people.DuplicateDifferent, 1); err != nil {
			t.Fatal(err)
		}
		if err := decide(people.DuplicateLater, 1); fault.CodeOf(err) != "conflict.stale" {
			t.Errorf("an old version: %v", err)
		}
		suspect(a.ID, b.ID, people.SameName, people.SameDoor, people.SameBirthday) // no strong one
		if n := w.queue(t, people.DuplicateFilter{}).Total; n != 0 {
			t.Errorf("asked again without a strong reason")
		}
		suspect(a.ID, b.ID, people.SameName, people.SamePhone)
		d = w.queue(t, people.DuplicateFilter{}).Items
		if len(d) != 1 || !d[0].AskedAgain || !slices.Contains(d[0].Reasons, people.SamePhone) {
			t.Errorf("not asked again for a new strong reason: %+v", d)
		}
		for _, bad := range [][2]ref.Person{{a.ID, a.ID}, {a.ID, ""}} {
			if err := optest.Try(w.door, func(ctx context.Context, tx *op.Tx) error {
				return w.Suspect(ctx, tx, bad[0], bad[1], nil, people.FoundByHand)
			}); fault.CodeOf(err) != "people.not_a_pair" {
				t.Errorf("%v: %v", bad, err)
			}
		}
	})
}

// TestPairsStayInTheirScope: who answers for one district sees no pair with the other,
// and can't decide it.
func TestPairsStayInTheirScope(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		a := w.create(t, people.Details{Place: w.north.ID, Identity: people.Identity{Name: "王芳", Phone: "13800138000"}})
		b := w.create(t, people.Details{Place: w.south.ID, Identity: people.Identity{Name: "王芳", Phone: "13800138000"}})
		var pair people.Duplicate
		optest.Run(t, w.door, func(ctx context.Context, tx *op.Tx) (err error) {
			pair, err = w.ProposePair(ctx, tx, a.ID, b.ID)
			return err
		})
		steward := func(places ...places.Place) op.Call {
			var grants []access.Grant
			for _, p := range places {
				grants = append(grants, access.Grant{Role: "data_steward", PlacePath: p.Path})
			}
			return optest.As("steward", grants...)
		}
		for name, c := range map[string]struct {
			call op.Call
			code string
		}{"north": {steward(w.north), "people.no_pair"}, "south": {steward(w.south), "people.no_pair"}, "both": {steward(w.north, w.south), ""}} {
			_, err := op.Do(t.Context(), w.door, people.DecideDuplicate, c.call, func(ctx context.Context, tx *op.Tx) (int, error) {
				p, err := w.Duplicates(ctx, tx, people.DuplicateFilter{Limit: 10})
				if err != nil || (p.Total == 1) != (c.code == "") {
					t.Errorf("%s sees %d pairs (%v)", name, p.Total, err)
				}
				if _, err := w.Duplicate(ctx, tx, pair.ID); !isCode(err, c.code) {
					t.Errorf("%s opens it: %v", name, err)
				}
				_, err = w.BeginMerge(ctx, tx, people.Decision{Pair: pair.ID, Version: pair.Version, Keep: people.SideA})
				return 0, err
			})
			if !isCode(err, c.code) {
				t.Errorf("%s merges: %v", name, err)
			}
		}
	})
}

// isCode reports whether an error has the code; "" is no error.
func isCode(err error, code string) bool {
	return err == nil && code == "" || err != nil && fault.CodeOf(err) == code
}

// TestSidesTellWhatIsTheSameAndShowNothing: equal phones, written differently, are the
// same; and no plain value is among what is sent.
func TestSidesTellWhatIsTheSameAndShowNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		a := w.create(t, people.Details{Place: w.north.ID, Identity: people.Identity{Name: "王芳", Phone: "13800138000", IDNumber: woman, Address: "建设路 8 号"}})
		b := w.create(t, people.Details{Place: w.north.ID, Identity: people.Identity{Name: "王 芳", Phone: "+86 138-0013-8000", Address: "建设路8号"}})
		optest.See(t, w.door, func(ctx context.Context, tx *op.Tx) error {
			fields, err := w.Sides(ctx, tx, a, b)
			got := map[string]people.SideField{}
			for _, f := range fields {
				got[f.Field] = f
			}
			for name, want := range map[string]bool{"name": true, "phone": true, "address": true, "home": true, "id_number": false, "birth_on": false} {
				if got[name].Same != want {
					t.Errorf("%s: same %v, want %v", name, got[name].Same, want)
				}
			}
			if got["id_number"].Suggestion != people.SideA || got["name"].Suggestion != people.SideBoth || got["home"].A == "" {
				t.Errorf("suggestions: %+v", got)
			}
			text := fmt.Sprintf("%+v", fields)
			for _, secret := range []string{"芳", "0013", "1949-12", "建设路 8"} {
				if strings.Contains(text, secret) {
					t.Errorf("%q is readable in %s", secret, text)
				}
			}
			return err
		})
	})
}
