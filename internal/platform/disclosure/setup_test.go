package disclosure_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/clock"
	"github.com/allclear/allclear/internal/platform/disclosure"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
	"github.com/allclear/allclear/internal/platform/vault"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/policies"
)

// The operations of these tests bear names that the shipped policies know.
var (
	openFile    = op.Define("people.person.view", op.File)
	revealOne   = op.Define("people.person.reveal", op.File)
	listPeople  = op.Define("people.person.list", op.View)
	takePeople  = op.Define("people.person.export", op.File)
	takePlain   = op.Define("people.person.export_plain", op.File)
	readToTake  = op.Define("people.export.read", op.View)
	atDistrict  = "1.2."
	officer     = access.Grant{Role: "duty_officer"}
	epi         = access.Grant{Role: "epidemiologist", PlacePath: "1.2."}
	steward     = access.Grant{Role: "data_steward", PlacePath: "1.2."}
	communities = access.Grant{Role: "community_lead", PlacePath: "1.2."}
)

type desk struct {
	*disclosure.Service
	t     *testing.T
	door  *op.Door
	db    *store.DB
	clock *clock.Manual
	told  atomic.Int64
}

func newDesk(t *testing.T, db *store.DB) *desk {
	t.Helper()
	d := &desk{t: t, db: db, door: optest.Door(t, db), clock: clock.Fixed(optest.Now)}
	d.door.Clock = d.clock
	v, err := vault.Open(t.Context(), db, filepath.Join(t.TempDir(), "k"), d.clock)
	if err != nil {
		t.Fatal(err)
	}
	rules, err := disclosure.LoadRules(policies.FS)
	if err != nil {
		t.Fatal(err)
	}
	d.Service = disclosure.New(d.door, v, rules, func() { d.told.Add(1) })
	d.door.Watch = d.Service
	return d
}

func each(t *testing.T, f func(d *desk)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) { f(newDesk(t, db)) })
}

// look opens the file of a person as somebody and returns the code of the refusal.
func (d *desk) look(def *op.Def, who string, g access.Grant, person int, reason string) string {
	d.t.Helper()
	call := optest.As(who, g)
	call.Reason = reason
	_, err := op.Do(context.Background(), d.door, def, call, func(_ context.Context, tx *op.Tx) (int, error) {
		tx.At(atDistrict)
		tx.Looked(ref.Person(fmt.Sprint("p", person)).Ref())
		return person, nil
	})
	if err == nil {
		return ""
	}
	return fault.CodeOf(err)
}

// alerts returns the open alerts as the duty officer sees them.
func (d *desk) alerts() map[string]int64 {
	d.t.Helper()
	all, err := op.Do(d.t.Context(), d.door, disclosure.ViewAlerts, optest.As("duty", officer), func(ctx context.Context, tx *op.Tx) ([]disclosure.Alert, error) {
		items, _, err := d.Alerts(ctx, tx, "open")
		return items, err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	out := map[string]int64{}
	for _, a := range all {
		out[a.Kind+" "+a.ActorName] = a.Persons
	}
	return out
}

func do[T any](d *desk, def *op.Def, who string, g access.Grant, reason string, f func(ctx context.Context, tx *op.Tx) (T, error)) (T, error) {
	call := optest.As(who, g)
	call.Reason = reason
	return op.Do(context.Background(), d.door, def, call, f)
}

const anHour = time.Hour
