package app

import (
	"context"
	"time"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/jobs"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// runImport is the job that runs an import in the background.
type runImport struct {
	Import ref.ImportJob `json:"import"`
	User   ref.User      `json:"user"` // whose deed it is
}

// Kind names the job.
func (runImport) Kind() string { return "imports.run" }

// registerJobs gives the runner its workers.
func (a *App) registerJobs() {
	a.registerPrivacyJobs()
	a.registerBulk()
	a.registerSweeps()
	jobs.Register(a.Jobs, 1, func(ctx context.Context, j jobs.Job[runImport]) error {
		call := op.Call{Principal: access.System(), RequestID: "job " + string(j.ID), Reason: "import by " + string(j.Args.User)}
		_, err := a.Imports.Run(ctx, call, j.Args.Import)
		a.Live.Tell(importDone)
		return err
	})
}

// StartImport hands a ready import to the runner and returns it as it stands. The
// permission to run it, and whose it is, are asked here: the runner acts for the program.
func (a *App) StartImport(ctx context.Context, call op.Call, id ref.ImportJob) (importer.Job, error) {
	j, err := a.Imports.Job(ctx, call, id)
	if err != nil {
		return j, err
	}
	if j.CreatedBy != call.Principal.UserID {
		return j, fault.NotFoundf("importer.no_job", "there is no such import")
	}
	if j.State != importer.Ready {
		return j, fault.Conflictf("importer.not_ready", "the import is %s", j.State).Param("state", string(j.State))
	}
	_, err = op.Do(ctx, a.Door, importer.RunJob, call, func(ctx context.Context, tx *op.Tx) (struct{}, error) {
		args := runImport{Import: id, User: ref.User(call.Principal.UserID)}
		if _, err := jobs.Enqueue(ctx, tx.Tx, args, jobs.Options{UniqueKey: string(id)}); err != nil {
			return struct{}{}, err
		}
		tx.Changed(id.Ref(), nil, struct {
			State string `json:"state" audit:"public"`
		}{"handed to the runner"})
		tx.AfterCommit(a.Jobs.Wake)
		return struct{}{}, nil
	})
	if err != nil {
		return j, err
	}
	return a.begun(ctx, call, id)
}

// begun waits a moment for the runner to take the import up, so that whoever started it
// sees it running and not still ready. A busy runner takes it up later.
func (a *App) begun(ctx context.Context, call op.Call, id ref.ImportJob) (importer.Job, error) {
	call.IdempotencyKey = ""
	for range 30 {
		j, err := a.Imports.Job(ctx, call, id)
		if err != nil || j.State != importer.Ready {
			return j, err
		}
		select {
		case <-ctx.Done():
			return j, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	return a.Imports.Job(ctx, call, id)
}

// resumeImports hands imports that a stop or a crash left running to the runner again.
func (a *App) resumeImports(ctx context.Context) error {
	interrupted, err := a.Imports.Interrupted(ctx)
	if err != nil {
		return err
	}
	return a.DB.Write(ctx, func(tx *store.Tx) error {
		for _, j := range interrupted {
			args := runImport{Import: j.ID, User: ref.User(j.CreatedBy)}
			if _, err := jobs.Enqueue(ctx, tx, args, jobs.Options{UniqueKey: string(j.ID)}); err != nil {
				return err
			}
		}
		return nil
	})
}
