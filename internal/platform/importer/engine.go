package importer

import (
	"context"
	"errors"
	"fmt"
	"sort"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// The operations on jobs. Writing rows is the kind's own operation besides.
var (
	ViewJob     = op.Define("imports.job.view", op.View)
	CreateJob   = op.Define("imports.job.create", op.Change)
	RunJob      = op.Define("imports.job.run", op.Change)
	UndoJob     = op.Define("imports.job.undo", op.Change)
	ReadRejects = op.Define("imports.rejects.read", op.File)
)

var errNoJob = fault.NotFoundf("importer.no_job", "there is no such import")

// Sealer seals cells of refused rows, which may hold personal data.
type Sealer interface {
	Seal(plain string) (string, error)
	Open(sealed string) (string, error)
}

// Config is what an engine needs.
type Config struct {
	Door   *op.Door
	Sealer Sealer
	// Dir keeps uploaded files; it must be readable by the program alone.
	Dir string
	// MaxFile is the largest file in bytes; 0 means 512 MiB.
	MaxFile int64
	// BatchRows is the number of rows in one transaction; 0 means what the kind asks for.
	BatchRows int
}

// Engine runs imports. It is safe for concurrent use; one job is run by one caller at a time.
type Engine struct {
	Config
	kinds map[string]Kind
}

// New returns an engine for the given kinds.
func New(c Config, kinds ...Kind) *Engine {
	if c.MaxFile == 0 {
		c.MaxFile = 512 << 20
	}
	e := &Engine{Config: c, kinds: map[string]Kind{}}
	for _, k := range kinds {
		e.kinds[k.Name()] = k
	}
	return e
}

// usualBatch is the number of rows in one transaction of a kind that asks for no other.
const usualBatch = 1000

// bulky is a kind that wants more rows in one transaction: its tables are large and have
// many indexes, and a page of an index that takes in several rows is written once.
type bulky interface{ BatchRows() int }

func (e *Engine) batchRows(k Kind) int {
	if e.BatchRows > 0 {
		return e.BatchRows
	}
	if b, ok := k.(bulky); ok {
		return b.BatchRows()
	}
	return usualBatch
}

// Kinds lists the kinds by name.
func (e *Engine) Kinds() []Kind {
	out := make([]Kind, 0, len(e.kinds))
	for _, k := range e.kinds {
		out = append(out, k)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name() < out[j].Name() })
	return out
}

func (e *Engine) kind(name string) (Kind, error) {
	if k, ok := e.kinds[name]; ok {
		return k, nil
	}
	return nil, fault.Invalidf("importer.kind_unknown", "there is no such kind of record").With("kind", "unknown")
}

// Job returns a job. Its refused rows are another matter: see Rejects.
func (e *Engine) Job(ctx context.Context, call op.Call, id ref.ImportJob) (Job, error) {
	return op.Do(ctx, e.Door, ViewJob, call, func(ctx context.Context, tx *op.Tx) (Job, error) {
		j, err := loadJob(ctx, tx.Tx, id)
		if err == nil && !maySee(call, j) {
			return Job{}, errNoJob
		}
		return j, err
	})
}

// Jobs lists jobs, latest first, created before the given instant (0 for now). Whoever
// holds the whole tree sees all of them, others their own.
func (e *Engine) Jobs(ctx context.Context, call op.Call, before store.Instant, limit int) ([]Job, error) {
	return op.Do(ctx, e.Door, ViewJob, call, func(ctx context.Context, tx *op.Tx) ([]Job, error) {
		owner := call.Principal.UserID
		if seesAll(call) {
			owner = ""
		}
		if before == 0 {
			before = tx.Now() + 1
		}
		return listJobs(ctx, tx.Tx, owner, before, min(max(limit, 1), 200))
	})
}

// Interrupted lists the jobs that are running according to the database, oldest first: at
// the start of the program those are the ones to be run again.
func (e *Engine) Interrupted(ctx context.Context) ([]Job, error) {
	var out []Job
	err := e.Door.DB.Read(ctx, func(tx *store.Tx) error {
		const q = jobSelect + ` WHERE state = 'running' ORDER BY started_at, id`
		rows, err := tx.Query(ctx, q)
		out, err = store.Collect(rows, err, scanJob)
		return err
	})
	return out, err
}

// maySee: a job belongs to who made it; who holds a role over the whole tree sees all.
func maySee(call op.Call, j Job) bool {
	return j.CreatedBy == call.Principal.UserID || seesAll(call)
}

// isOwner: files and refused rows hold personal data and are for who brought them alone.
// The program itself may go on with a run that was interrupted.
func isOwner(call op.Call, createdBy string) bool {
	return createdBy == call.Principal.UserID || call.Principal.UserID == access.System().UserID
}

func seesAll(call op.Call) bool {
	for _, g := range call.Principal.Grants {
		if g.PlacePath == "" {
			return true
		}
	}
	return false
}

// Cancel asks a running job to stop cleanly at the next batch; a job that is not running
// stops at once. Rows taken in before stay and can be undone.
func (e *Engine) Cancel(ctx context.Context, call op.Call, id ref.ImportJob) (Job, error) {
	return op.Do(ctx, e.Door, RunJob, call, func(ctx context.Context, tx *op.Tx) (Job, error) {
		j, err := loadJob(ctx, tx.Tx, id)
		if err != nil {
			return j, err
		}
		switch {
		case !maySee(call, j):
			return Job{}, errNoJob
		case j.State.Over():
			return j, fault.Conflictf("importer.over", "the import has ended already")
		case j.State == Running:
			// The version stays: the runner must not be disturbed.
			const q = `UPDATE import_jobs SET cancel_asked = TRUE WHERE id = $1 AND state = 'running'`
			j.Cancelling = true
			return j, tx.Technical().ExecOne(ctx, q, string(id))
		}
		return e.finish(ctx, tx, j, Cancelled, nil)
	})
}

// Fail ends a job that its queue has given up on.
func (e *Engine) Fail(ctx context.Context, call op.Call, id ref.ImportJob, cause error) (Job, error) {
	return op.Do(ctx, e.Door, RunJob, call, func(ctx context.Context, tx *op.Tx) (Job, error) {
		j, err := loadJob(ctx, tx.Tx, id)
		if err != nil || j.State.Over() {
			return j, err
		}
		return e.finish(ctx, tx, j, Failed, cause)
	})
}

// finish ends a job inside an open operation and returns it as stored.
func (e *Engine) finish(ctx context.Context, tx *op.Tx, j Job, state State, cause error) (Job, error) {
	before := j.trail()
	now := tx.Now()
	j.State, j.FinishedAt = state, now
	j.UndoUntil = store.At(now.Time().Add(undoFor))
	j.RejectsUntil = store.At(now.Time().Add(rejectsFor))
	if cause != nil {
		j.FaultCode, j.FaultParams = faultOf(cause)
	}
	if err := saveJob(ctx, tx.Technical(), j); err != nil {
		return j, err
	}
	tx.Changed(j.ID.Ref(), before, j.trail())
	return loadJob(ctx, tx.Tx, j.ID)
}

// faultOf keeps code and parameters; the text of an internal error is for the log.
func faultOf(err error) (string, map[string]string) {
	var f *fault.Error
	if !errors.As(err, &f) {
		return "internal", nil
	}
	params := map[string]string{}
	for k, v := range f.Params {
		params[k] = fmt.Sprint(v)
	}
	return f.Code, params
}

// inner is the call for the operations inside an import: the caller's idempotency key
// belongs to the request as a whole.
func inner(call op.Call) op.Call {
	call.IdempotencyKey, call.Request = "", nil
	return call
}
