package app

import (
	"context"

	"github.com/allclear/allclear/internal/httpapi"
	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/jobs"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
)

// sweepMoved tells open browsers that a search for duplicates moved on.
var sweepMoved = httpapi.Event{Kinds: []string{"duplicate"}}

// registerSweeps gives the runner the worker that searches the register for duplicates.
func (a *App) registerSweeps() {
	jobs.Register(a.Jobs, 1, func(ctx context.Context, j jobs.Job[people.SweepJob]) error {
		call := op.Call{Principal: access.System(), RequestID: "job " + string(j.ID), Reason: "sweep " + string(j.Args.Sweep)}
		_, err := a.Sweep(ctx, call, j.Args.Sweep)
		return err
	})
}

// Sweep runs a search for duplicates to its end, from where it stands. Each step reads
// without holding anybody up and then writes what it found at once, so a step that a
// crash cuts short is done again and counted once.
func (a *App) Sweep(ctx context.Context, call op.Call, id ref.Sweep) (people.Sweep, error) {
	defer a.Live.Tell(sweepMoved)
	for {
		step, err := op.Do(ctx, a.Door, people.ListDuplicates, call, func(ctx context.Context, tx *op.Tx) (people.SweepStep, error) {
			return a.People.LookAhead(ctx, tx, id)
		})
		if err != nil || step.Done() {
			return step.Sweep, err
		}
		now, err := op.Do(ctx, a.Door, people.SweepDuplicates, call, func(ctx context.Context, tx *op.Tx) (people.Sweep, error) {
			return a.People.KeepStep(ctx, tx, step)
		})
		if err != nil || now.State == people.SweepDone {
			return now, err
		}
	}
}
