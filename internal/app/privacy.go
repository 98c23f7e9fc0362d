package app

import (
	"context"
	"slices"
	"time"

	"github.com/allclear/allclear/internal/control/cases"
	"github.com/allclear/allclear/internal/httpapi"
	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/accounts"
	"github.com/allclear/allclear/internal/platform/disclosure"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/importer/table"
	"github.com/allclear/allclear/internal/platform/jobs"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/vault"
	"github.com/allclear/allclear/internal/registry/people"
	"github.com/allclear/allclear/policies"
)

// watchDisclosure puts the watch over who sees how much at the one door, and gives the
// register its rules of retention.
func (a *App) watchDisclosure() error {
	rules, err := disclosure.LoadRules(policies.FS, extraFS(a.Config.policyDirectory())...)
	if err != nil {
		return fault.Invalidf("disclosure.bad_rules", "%v", err)
	}
	keep, err := people.LoadRetention(policies.FS, extraFS(a.Config.policyDirectory())...)
	if err != nil {
		return fault.Invalidf("people.bad_retention", "%v", err)
	}
	a.People.KeepBy(keep)
	a.Disclosure = disclosure.New(a.Door, a.Vault, rules, func() { a.Live.Tell(httpapi.Event{Kinds: []string{"alert", "export"}}) })
	a.Door.Watch = a.Disclosure
	return nil
}

// SealedColumns lists all sealed columns of the schema.
func SealedColumns() []vault.Sealed {
	return slices.Concat(people.Sealed, cases.Sealed, importer.Sealed, accounts.Sealed, disclosure.Sealed)
}

// carryKeys is the job that carries an open change of the data key on.
type carryKeys struct{}

// Kind names the job.
func (carryKeys) Kind() string { return "vault.carry_on" }

// keepClocks is the job that erases whose time is over, and forgets old looks.
type keepClocks struct{}

// Kind names the job.
func (keepClocks) Kind() string { return "people.retention" }

// registerPrivacyJobs gives the runner the work of keys and clocks.
func (a *App) registerPrivacyJobs() {
	system := func(id jobs.ID) op.Call {
		return op.Call{Principal: access.System(), RequestID: "job " + string(id), Reason: "scheduled"}
	}
	jobs.Register(a.Jobs, 1, func(ctx context.Context, j jobs.Job[carryKeys]) error {
		_, err := a.Disclosure.CarryOn(ctx, system(j.ID), SealedColumns(), a.Config.Rotation, nil)
		return err
	})
	a.Jobs.Periodic("vault.carry_on", jobs.Every(15*time.Second), carryKeys{})
	jobs.Register(a.Jobs, 1, func(ctx context.Context, j jobs.Job[keepClocks]) error {
		if _, err := a.EraseDue(ctx, system(j.ID)); err != nil {
			return err
		}
		return a.Disclosure.Forget(ctx)
	})
	a.Jobs.Periodic("people.retention", jobs.DailyAt(19, 30, time.UTC), keepClocks{}) // 03:30 in China
}

// EraseDue erases everybody whose time in the register is over, in batches, and returns
// how many.
func (a *App) EraseDue(ctx context.Context, call op.Call) (people.Run, error) {
	var sum people.Run
	for {
		r, err := op.Do(ctx, a.Door, people.ErasePeople, call, func(ctx context.Context, tx *op.Tx) (people.Run, error) {
			return a.People.EraseDue(ctx, tx, importer.ForgetPeople, a.Cases.ForgetPeople)
		})
		if err != nil || r.Erased == 0 {
			return sum, err
		}
		sum.OnDay, sum.Held = r.OnDay, r.Held
		sum.Erased, sum.Pseudonyms = sum.Erased+r.Erased, sum.Pseudonyms+r.Pseudonyms
	}
}

// Rotation is one change of the data key.
type Rotation = vault.Rotation

// RotateKey begins a change of the data key for the operator.
func (a *App) RotateKey(ctx context.Context) (vault.Rotation, error) {
	return do(ctx, a, disclosure.RotateKey, func(ctx context.Context, tx *op.Tx) (vault.Rotation, error) {
		return a.Disclosure.Rotate(ctx, tx, a.Config.Rotation)
	})
}

// CarryKeysOn works on an open change of the data key until it waits for its end, and
// returns it; a zero one when none is open. moved is told after every step.
func (a *App) CarryKeysOn(ctx context.Context, moved func(vault.Rotation)) (vault.Rotation, error) {
	for {
		r, err := a.Disclosure.CarryOn(ctx, a.operator("command line"), SealedColumns(), a.Config.Rotation, moved)
		if err != nil || r.State != vault.Running {
			return r, err
		}
		select { // the new key is not in force yet
		case <-ctx.Done():
			return r, ctx.Err()
		case <-time.After(time.Second):
		}
	}
}

// KeysNow returns the data keys and their newest changes.
func (a *App) KeysNow(ctx context.Context) (disclosure.Keys, error) {
	return do(ctx, a, disclosure.ViewKeys, a.Disclosure.KeysNow)
}

// TraceExport tells which exports a leaked file may come from. Whom its rows are about is
// looked up where the file says it in plain.
func (a *App) TraceExport(ctx context.Context, file string) ([]disclosure.Traced, error) {
	leak, err := readLeak(file)
	if err != nil {
		return nil, err
	}
	return do(ctx, a, disclosure.ViewExports, func(ctx context.Context, tx *op.Tx) ([]disclosure.Traced, error) {
		for _, r := range leak.Rows {
			id, err := a.People.Recognise(ctx, tx, r)
			if err != nil {
				return nil, err
			}
			subject := ""
			if id != "" {
				subject = id.Ref().String()
			}
			leak.Subjects = append(leak.Subjects, subject)
		}
		return a.Exports.Trace(ctx, tx.Tx, leak)
	})
}

// readLeak reads all rows of a file, header or not: who leaks a file may have cut it.
func readLeak(file string) (leak disclosure.Leak, err error) {
	rows, err := table.Open(file, table.Choice{HeaderRow: -1})
	if err != nil {
		return leak, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var cells []string
		for _, c := range rows.Row().Cells {
			cells = append(cells, table.Unescape(c.Text))
		}
		leak.Rows = append(leak.Rows, cells)
	}
	return leak, rows.Err()
}
