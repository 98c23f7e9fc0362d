package disclosure_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/allclear/allclear/internal/platform/disclosure"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// TestOneByOne is T35: opening one file after another raises an alert after fifty in an
// hour, and stops at the quota.
func TestOneByOne(t *testing.T) {
	each(t, func(d *desk) {
		for i := range 50 {
			if code := d.look(openFile, "wang", communities, i, ""); code != "" {
				t.Fatalf("look %d: %s", i, code)
			}
		}
		for range 20 { // the same again counts once
			d.look(openFile, "wang", communities, 7, "")
		}
		if got := d.alerts(); len(got) != 0 || d.told.Load() != 0 {
			t.Errorf("alerts after 50 people: %v", got)
		}
		d.look(openFile, "wang", communities, 50, "")
		if diff := cmp.Diff(map[string]int64{"bulk_viewing wang": 51}, d.alerts()); diff != "" || d.told.Load() != 1 {
			t.Errorf("alerts after 51 people (-want +got):\n%s", diff)
		}
		for i := 51; i < 300; i++ {
			d.look(openFile, "wang", communities, i, "")
		}
		if code := d.look(openFile, "wang", communities, 300, ""); code != "disclosure.over_quota" {
			t.Errorf("person 301 of a quota of 300: %q", code)
		}
		if code := d.look(revealOne, "wang", communities, 301, "入户核实"); code != "disclosure.over_quota" {
			t.Errorf("revealing over the quota: %q", code)
		}
		if code := d.look(openFile, "wang", communities, 7, ""); code != "" {
			t.Errorf("somebody already looked at: %q", code)
		}
		if code := d.look(openFile, "li", communities, 301, ""); code != "" {
			t.Errorf("somebody else's quota: %q", code)
		}
		if diff := cmp.Diff(map[string]int64{"bulk_viewing wang": 300, "quota_reached wang": 300}, d.alerts()); diff != "" {
			t.Errorf("alerts at the quota (-want +got):\n%s", diff)
		}
		d.goOn()
		d.clock.Advance(25 * anHour)
		if code := d.look(openFile, "wang", communities, 900, ""); code != "" {
			t.Errorf("the next day: %q", code)
		}
	})
}

// goOn tries the way over the quota: a stated reason, others told, an hour.
func (d *desk) goOn() {
	d.t.Helper()
	extend := func(reason string) error {
		_, err := do(d, disclosure.ExtendQuota, "wang", communities, reason, d.Extend)
		return err
	}
	if err := extend("急"); fault.CodeOf(err) != "disclosure.reason_needed" {
		d.t.Errorf("without a reason: %v", err)
	}
	if err := extend("封控楼栋逐户核对用药人员"); err != nil {
		d.t.Fatal(err)
	}
	if d.alerts()["break_glass wang"] != 300 {
		d.t.Errorf("nobody was told of the extension: %v", d.alerts())
	}
	if code := d.look(openFile, "wang", communities, 400, ""); code != "" {
		d.t.Errorf("within the extension: %q", code)
	}
	d.clock.Advance(61 * anHour / 60)
	if code := d.look(openFile, "wang", communities, 401, ""); code != "disclosure.over_quota" {
		d.t.Errorf("after the extension: %q", code)
	}
}

// TestListsCount is T35 for searches, filters and deep paging: rows shown count, raise an
// alert and stop at a wider quota.
func TestListsCount(t *testing.T) {
	each(t, func(d *desk) {
		page := func() error {
			call := optest.As("wang", communities)
			_, err := op.Do(context.Background(), d.door, listPeople, call, func(context.Context, *op.Tx) (int, error) { return 500, nil })
			if err == nil {
				err = d.Listed(context.Background(), listPeople, call.Principal, 500)
			}
			return err
		}
		for i := range 20 {
			if err := page(); err != nil {
				t.Fatalf("page %d: %v", i, err)
			}
			if _, told := d.alerts()["bulk_listing wang"]; told != (i >= 4) {
				t.Errorf("after %d rows: alert %v", 500*(i+1), told)
			}
		}
		if err := page(); fault.CodeOf(err) != "disclosure.rows_over_quota" {
			t.Errorf("page 21 of a quota of 10,000 rows: %v", err)
		}
		s, err := do(d, disclosure.ViewOwn, "wang", communities, "", d.Standing)
		if err != nil || s.RowsDay != 10_000 || s.Rows != 10_000 || s.PersonsDay != 0 {
			t.Errorf("standing: %+v, %v", s, err)
		}
		small := optest.As("li", communities)
		for range 30 { // few rows are added up before they are written
			if err := d.Listed(context.Background(), listPeople, small.Principal, 3); err != nil {
				t.Fatal(err)
			}
		}
		if s, err := do(d, disclosure.ViewOwn, "li", communities, "", d.Standing); err != nil || s.RowsDay != 90 {
			t.Errorf("rows not written yet are not counted: %+v, %v", s, err)
		}
	})
}

// TestWatchedRecord: the first look at a record that nobody has a reason to open tells
// the auditor, and whoever looks learns nothing.
func TestWatchedRecord(t *testing.T) {
	each(t, func(d *desk) {
		_, err := do(d, disclosure.WatchPerson, "audit", auditor, "", func(ctx context.Context, tx *op.Tx) (disclosure.Watched, error) {
			return d.Watch(ctx, tx, "p7", "知名人士")
		})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 10 {
			if code := d.look(openFile, "wang", communities, i, ""); code != "" {
				t.Fatal(code)
			}
		}
		if diff := cmp.Diff(map[string]int64{"watched_record wang": 1}, d.alerts()); diff != "" {
			t.Errorf("alerts (-want +got):\n%s", diff)
		}
		for _, column := range []string{"mark", "note"} {
			var text string
			if err := d.db.Read(t.Context(), func(tx *store.Tx) error {
				return tx.QueryRow(t.Context(), `SELECT `+column+` FROM watched_people`).Scan(&text)
			}); err != nil || text == "知名人士" || text == "person:p7" {
				t.Errorf("the table says %q, %v", text, err)
			}
		}
		var n int
		if err := d.db.Read(t.Context(), func(tx *store.Tx) error {
			return tx.QueryRow(t.Context(), `SELECT count(*) FROM audit_subjects s JOIN audit_entries e ON e.seq = s.seq WHERE e.operation LIKE 'disclosure.watched%' AND s.subject = 'person:p7'`).Scan(&n)
		}); err != nil || n != 0 {
			t.Errorf("the trail of the person says that they are watched")
		}
	})
}

func TestAlertsAreSettledByOthers(t *testing.T) {
	each(t, func(d *desk) {
		both := officer
		for i := range 51 {
			d.look(openFile, "duty", both, i, "")
		}
		settle := func(who string) error {
			_, err := do(d, disclosure.SettleAlert, who, officer, "与本人核实：批量核对", func(ctx context.Context, tx *op.Tx) (disclosure.Alert, error) {
				all, _, err := d.Alerts(ctx, tx, "open")
				if err != nil || len(all) == 0 {
					return disclosure.Alert{}, fmt.Errorf("%v, %w", all, err)
				}
				return d.Settle(ctx, tx, all[0].ID, "核实")
			})
			return err
		}
		if err := settle("duty"); fault.CodeOf(err) != "disclosure.own_alert" {
			t.Errorf("one's own: %v", err)
		}
		if err := settle("auditor"); err != nil {
			t.Errorf("another's: %v", err)
		}
		if len(d.alerts()) != 0 {
			t.Errorf("still open: %v", d.alerts())
		}
		d.look(openFile, "duty", both, 51, "")
		if len(d.alerts()) != 1 {
			t.Error("no new alert after the old one was settled")
		}
	})
}

func TestWhoSaw(t *testing.T) {
	each(t, func(d *desk) {
		d.look(openFile, "wang", communities, 1, "")
		d.clock.Advance(anHour)
		d.look(revealOne, "chen", epi, 1, "流调核实密接")
		d.look(openFile, "wang", communities, 2, "")
		got, err := do(d, disclosure.WhoSaw, "wang", communities, "", func(ctx context.Context, tx *op.Tx) ([]disclosure.Disclosure, error) {
			return d.WhoSaw(ctx, tx, ref.Person("p1"))
		})
		if err != nil || len(got) != 2 {
			t.Fatalf("%+v, %v", got, err)
		}
		if x := got[0]; x.Kind != "revealed" || !x.Plain || x.ActorName != "chen" || x.Reason != "流调核实密接" {
			t.Errorf("newest: %+v", x)
		}
		if x := got[1]; x.Kind != "viewed" || x.Plain || x.ActorName != "wang" {
			t.Errorf("oldest: %+v", x)
		}
	})
}
