package app

import (
	"context"

	"github.com/allclear/allclear/internal/httpapi"
	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/jobs"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
)

// continueBulk is the job that changes the selected people of a bulk change, some in each
// transaction, or takes the change back.
type continueBulk struct {
	Bulk ref.Bulk `json:"bulk"`
	User ref.User `json:"user"` // whose deed it is
}

// Kind names the job.
func (continueBulk) Kind() string { return "people.bulk" }

// bulkDone tells open browsers that people have changed.
var bulkDone = httpapi.Event{Kinds: []string{"person", "household", "bulk"}}

func (a *App) registerBulk() {
	jobs.Register(a.Jobs, 1, func(ctx context.Context, j jobs.Job[continueBulk]) error {
		call := op.Call{Principal: access.System(), RequestID: "job " + string(j.ID), Reason: "bulk change by " + string(j.Args.User)}
		defer a.Live.Tell(bulkDone)
		for {
			more, err := op.Do(ctx, a.Door, people.ContinueBulk, call, func(ctx context.Context, tx *op.Tx) (bool, error) {
				return a.People.StepBulk(ctx, tx, j.Args.Bulk)
			})
			if err != nil || !more {
				return err
			}
		}
	})
}

// StartBulk writes a change of many people down and hands it to the runner.
func (a *App) StartBulk(ctx context.Context, call op.Call, d people.Deed, selected func(context.Context, *op.Tx) (people.Selection, string, error)) (people.Bulk, error) {
	return op.Do(ctx, a.Door, people.ChangeInBulk, call, func(ctx context.Context, tx *op.Tx) (people.Bulk, error) {
		sel, at, err := selected(ctx, tx)
		if err != nil {
			return people.Bulk{}, err
		}
		b, err := a.People.StartBulk(ctx, tx, sel, d, at)
		if err != nil {
			return b, err
		}
		return b, a.handOver(ctx, tx, b)
	})
}

// UndoBulk begins to take a change of the caller back.
func (a *App) UndoBulk(ctx context.Context, call op.Call, id ref.Bulk) (people.Bulk, error) {
	return op.Do(ctx, a.Door, people.ChangeInBulk, call, func(ctx context.Context, tx *op.Tx) (people.Bulk, error) {
		b, err := a.People.UndoBulk(ctx, tx, id)
		if err != nil {
			return b, err
		}
		return b, a.handOver(ctx, tx, b)
	})
}

func (a *App) handOver(ctx context.Context, tx *op.Tx, b people.Bulk) error {
	_, err := jobs.Enqueue(ctx, tx.Tx, continueBulk{Bulk: b.ID, User: b.CreatedBy}, jobs.Options{UniqueKey: string(b.ID)})
	tx.AfterCommit(a.Jobs.Wake)
	return err
}

// resumeBulks hands changes that a stop or a crash left half done to the runner again.
func (a *App) resumeBulks(ctx context.Context) error {
	return a.DB.Write(ctx, func(tx *store.Tx) error {
		open, err := people.OpenBulks(ctx, tx)
		if err != nil {
			return err
		}
		for _, id := range open {
			if _, err := jobs.Enqueue(ctx, tx, continueBulk{Bulk: id}, jobs.Options{UniqueKey: string(id)}); err != nil {
				return err
			}
		}
		return nil
	})
}
