package people_test

import (
	"context"
	"testing"
	"time"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/clock"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
)

// street fills north with n people, every tenth a man without a birthday, and south with one.
func (w world) street(t *testing.T, n int) []ref.Person {
	t.Helper()
	var out []ref.Person
	optest.Run(t, w.door, func(ctx context.Context, tx *op.Tx) error {
		var all []people.Details
		for i := range n {
			d := people.Details{Place: w.north.ID, BirthOn: "1990-01-01", Identity: people.Identity{Name: "测试甲", Sex: people.Female}}
			if i%10 == 0 {
				d.Sex, d.BirthOn = people.Male, ""
			}
			all = append(all, d)
		}
		added, err := w.Add(ctx, tx, append(all, people.Details{Place: w.south.ID, Identity: people.Identity{Name: "测试乙", Sex: people.Female}}))
		for _, p := range added {
			out = append(out, p.ID)
		}
		return err
	})
	return out
}

// run goes on with a change until it is done, each step an operation of its own.
func (w world) run(t *testing.T, id ref.Bulk) {
	t.Helper()
	for more := true; more; {
		optest.Run(t, w.door, func(ctx context.Context, tx *op.Tx) (err error) {
			more, err = w.StepBulk(ctx, tx, id)
			return err
		})
	}
}

func (w world) start(call op.Call, sel people.Selection, d people.Deed) (people.Bulk, error) {
	return op.Do(context.Background(), w.door, people.ChangeInBulk, call, func(ctx context.Context, tx *op.Tx) (people.Bulk, error) {
		return w.StartBulk(ctx, tx, sel, d, sel.Filter.PlacePath)
	})
}

func (w world) loadBulk(t *testing.T, call op.Call, id ref.Bulk) people.Bulk {
	t.Helper()
	b, err := op.Do(context.Background(), w.door, people.ViewBulk, call, func(ctx context.Context, tx *op.Tx) (people.Bulk, error) { return w.LoadBulk(ctx, tx, id) })
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestManyPeopleAreChangedAsThePreviewSaidAndTakenBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		all := w.street(t, 450)
		lead := optest.As("lead", access.Grant{Role: "community_lead", PlacePath: w.north.Path})
		lead.Reason = "社区摸排"
		everybody, deed := people.Selection{Filter: people.Filter{PlacePath: w.north.Path}}, people.Deed{AddNeed: people.Pregnant, On: "2022-04-01"}

		p, err := op.Do(context.Background(), w.door, people.PreviewingBulk, lead, func(ctx context.Context, tx *op.Tx) (people.Preview, error) {
			return w.PreviewBulk(ctx, tx, everybody, deed)
		})
		if err != nil {
			t.Fatal(err)
		}
		if p.Selected != 450 || p.Verdicts[people.WillChange] != 405 || p.Verdicts[people.NotFemale] != 45 || len(p.Samples[people.NotFemale]) != 5 {
			t.Errorf("the preview says %d selected, %v", p.Selected, p.Verdicts)
		}

		b, err := w.start(lead, everybody, deed)
		if err != nil {
			t.Fatal(err)
		}
		w.run(t, b.ID)
		b = w.loadBulk(t, lead, b.ID)
		if b.State != people.BulkDone || b.Selected != 450 || b.Changed != 405 || b.Refused != 45 || b.Same != 0 {
			t.Errorf("the change ended as %+v", b)
		}
		if n := w.count(t, people.Pregnant); n != 405 {
			t.Errorf("%d people are listed, want 405", n)
		}

		// Somebody is changed again by hand: that stays.
		optest.Run(t, w.door, func(ctx context.Context, tx *op.Tx) error {
			now, err := w.Load(ctx, tx, all[1])
			if err != nil {
				return err
			}
			_, err = w.Update(ctx, tx, all[1], now.Version, func(d *people.Details) { d.Category = people.Staff })
			return err
		})
		if _, err := op.Do(context.Background(), w.door, people.ChangeInBulk, lead, func(ctx context.Context, tx *op.Tx) (people.Bulk, error) { return w.UndoBulk(ctx, tx, b.ID) }); err != nil {
			t.Fatal(err)
		}
		w.run(t, b.ID)
		b = w.loadBulk(t, lead, b.ID)
		if b.State != people.BulkUndone || b.Undone != 404 || b.Kept != 1 {
			t.Errorf("taking back ended as %+v", b)
		}
		if n := w.count(t, people.Pregnant); n != 1 {
			t.Errorf("%d people are still listed, want the one changed since", n)
		}
	})
}

func (w world) count(t *testing.T, n people.Need) (total int64) {
	t.Helper()
	optest.Run(t, w.door, func(ctx context.Context, tx *op.Tx) (err error) {
		total, err = w.Count(ctx, tx, people.Filter{Care: []people.Need{n}})
		return err
	})
	return total
}

func TestABulkChangeStaysInItsScopeAndStatesWhy(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		all := w.street(t, 3)
		lead := optest.As("lead", access.Grant{Role: "community_lead", PlacePath: w.north.Path})
		deed := people.Deed{Category: people.Staff}
		if _, err := w.start(lead, people.Selection{IDs: all}, deed); fault.CodeOf(err) != "people.bulk_reason" {
			t.Errorf("without a reason: %v", err)
		}
		lead.Reason = "核对"
		b, err := w.start(lead, people.Selection{IDs: all}, deed)
		if err != nil {
			t.Fatal(err)
		}
		if b.Selected != 3 {
			t.Errorf("%d selected, want the three in the lead's area", b.Selected)
		}
		other := optest.As("other", access.Grant{Role: "community_lead", PlacePath: w.north.Path})
		_, err = op.Do(context.Background(), w.door, people.ViewBulk, other, func(ctx context.Context, tx *op.Tx) (people.Bulk, error) { return w.LoadBulk(ctx, tx, b.ID) })
		if fault.CodeOf(err) != "people.no_bulk" {
			t.Errorf("somebody else's change: %v", err)
		}
		undo := func() error {
			_, err := op.Do(context.Background(), w.door, people.ChangeInBulk, lead, func(ctx context.Context, tx *op.Tx) (people.Bulk, error) { return w.UndoBulk(ctx, tx, b.ID) })
			return err
		}
		if err := undo(); fault.CodeOf(err) != "people.bulk_not_done" {
			t.Errorf("taking back what is not done: %v", err)
		}
		w.run(t, b.ID)
		w.door.Clock.(*clock.Manual).Advance(73 * time.Hour)
		if err := undo(); fault.CodeOf(err) != "people.bulk_too_late" {
			t.Errorf("taking back after 73 hours: %v", err)
		}
	})
}
