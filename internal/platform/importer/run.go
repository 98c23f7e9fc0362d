package importer

import (
	"context"
	"errors"
	"fmt"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/importer/match"
	"github.com/allclear/allclear/internal/platform/importer/table"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// The phases whose refusals are kept apart.
const (
	dryPhase = "dry"
	runPhase = "run"
)

// dryAttempts is how often a dry run starts over when the database asked to repeat a
// transaction: what its session had planned can't be taken back piece by piece.
const dryAttempts = 5

// errRepeated ends a dry run whose transaction was repeated.
var errRepeated = errors.New("the transaction was repeated")

// DryRun does everything a run does except writing records, and keeps what it predicts
// with the job.
func (e *Engine) DryRun(ctx context.Context, call op.Call, id ref.ImportJob) (Job, error) {
	call = inner(call)
	j, err := e.owned(ctx, call, id)
	if err != nil {
		return j, err
	}
	if j.State != Ready {
		return j, notReady(j)
	}
	var counts Counts
	reasons := map[string]int{}
	for attempt := range dryAttempts {
		var r *runner
		if r, err = e.runner(ctx, call, j, dryPhase); err != nil {
			return j, err
		}
		if err = r.clearDry(ctx); err == nil {
			err = r.all(ctx)
		}
		counts, reasons = r.total, r.reasons
		if !errors.Is(err, errRepeated) || attempt == dryAttempts-1 {
			break
		}
	}
	if err == nil && counts.Sum() != j.Rows {
		err = doesNotAddUp(j.Rows, counts)
	}
	if err != nil {
		return j, err
	}
	return op.Do(ctx, e.Door, RunJob, call, func(ctx context.Context, tx *op.Tx) (Job, error) {
		j.DryRun = &Report{At: tx.Now(), Counts: counts, Reasons: reasons}
		if err := saveJob(ctx, tx.Technical(), j); err != nil {
			return j, err
		}
		return loadJob(ctx, tx.Tx, id)
	})
}

// Run runs a ready job to its end, or goes on with one that was interrupted. An error
// that a repeat may mend (the database does not answer, the context has ended) leaves the
// job running: call Run again. Any other error ends the job as Failed.
func (e *Engine) Run(ctx context.Context, call op.Call, id ref.ImportJob) (Job, error) {
	call = inner(call)
	j, err := e.owned(ctx, call, id)
	if err != nil {
		return j, err
	}
	if j.State != Ready && j.State != Running {
		return j, notReady(j)
	}
	if j, err = e.start(ctx, call, j); err != nil {
		return j, err
	}
	state, cause := Done, error(nil)
	r, err := e.runner(ctx, call, j, runPhase)
	if err == nil {
		err = r.all(ctx)
		j = r.job
	}
	switch {
	case errors.Is(err, errCancelled):
		state = Cancelled
	case err != nil && mayRepeat(err):
		return j, err
	case err != nil:
		state, cause = Failed, err
	}
	out, finishErr := e.end(ctx, call, id, state, cause)
	if finishErr != nil {
		return out, finishErr
	}
	if out.State == Failed && cause == nil {
		cause = doesNotAddUp(out.Rows, out.Counts)
	}
	return out, cause
}

// mayRepeat reports whether the same run may succeed later.
func mayRepeat(err error) bool {
	switch fault.KindOf(err) {
	case fault.Unavailable, fault.Internal, fault.Unauthenticated:
		return true
	}
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || fault.CodeOf(err) == "importer.run_elsewhere"
}

func notReady(j Job) error {
	return fault.Conflictf("importer.not_ready", "the import is %s", j.State).Param("state", string(j.State))
}

func doesNotAddUp(rows int, c Counts) error {
	return fault.Conflictf("importer.does_not_add_up", "%d rows in the file, %d handled", rows, c.Sum()).Param("rows", rows).Param("counted", c.Sum())
}

// owned returns a job of the caller's own, as stored now: only who brought a file runs it.
func (e *Engine) owned(ctx context.Context, call op.Call, id ref.ImportJob) (Job, error) {
	j, err := e.Job(ctx, call, id)
	if err == nil && !isOwner(call, j.CreatedBy) {
		return Job{}, errNoJob
	}
	return j, err
}

// start turns a ready job into a running one and remembers its mapping, or notes that an
// interrupted one goes on.
func (e *Engine) start(ctx context.Context, call op.Call, j Job) (Job, error) {
	return op.Do(ctx, e.Door, RunJob, call, func(ctx context.Context, tx *op.Tx) (Job, error) {
		before := j.trail()
		j := j
		if j.State == Ready {
			j.StartedAt = tx.Now()
			if err := deleteRefusals(ctx, tx.Technical(), j.ID, dryPhase); err != nil {
				return j, err
			}
			if err := saveMapping(ctx, tx.Technical(), j.Kind, j.Analysis.Fingerprint, mappingOf(j), j.CreatedBy, tx.Now()); err != nil {
				return j, err
			}
		}
		j.State, j.resumedAt, j.resumedRows = Running, tx.Now(), j.Counts.Sum()
		if err := saveJob(ctx, tx.Technical(), j); err != nil {
			return j, err
		}
		if before.State != j.State {
			tx.Changed(j.ID.Ref(), before, j.trail())
		}
		return loadJob(ctx, tx.Tx, j.ID)
	})
}

// mappingOf is what the next file with the same columns takes over: what the user chose,
// and what was settled for a file of refused rows.
func mappingOf(j Job) savedMapping {
	a, s := j.Analysis, j.Settings
	m := savedMapping{
		Columns: map[string]string{}, DateFormat: s.DateFormat, Dates: s.Dates, Keep: a.Kept, Settled: map[string]match.DayFormat{},
		Values: a.plan(nil, s, a.SavedValues).Values,
	}
	for _, name := range a.Columns {
		m.Columns[name] = ""
	}
	for _, p := range a.Pairs {
		m.Columns[a.Columns[p.Column]] = p.Field
	}
	for _, d := range a.Dropped {
		for name, field := range m.Columns {
			if field == d.Field {
				delete(m.Columns, name)
			}
		}
	}
	for _, d := range a.Days {
		m.Settled[d.Column] = d.Format
	}
	return m
}

// end finishes a run; the account is checked against the rows counted before.
func (e *Engine) end(ctx context.Context, call op.Call, id ref.ImportJob, state State, cause error) (Job, error) {
	return op.Do(ctx, e.Door, RunJob, call, func(ctx context.Context, tx *op.Tx) (Job, error) {
		j, err := loadJob(ctx, tx.Tx, id)
		if err != nil || j.State != Running {
			return j, err
		}
		state, cause := state, cause
		switch {
		case state != Done:
		case j.Counts.Sum() != j.Rows:
			state, cause = Failed, doesNotAddUp(j.Rows, j.Counts)
		case j.Counts.Refused > 0:
			state = DoneWithRefusals
		}
		return e.finish(ctx, tx, j, state, cause)
	})
}

// runner is one dry run, or one run from where it stopped to its end.
type runner struct {
	engine  *Engine
	call    op.Call
	kind    Kind
	job     Job
	phase   string
	path    string
	reader  *match.Reader
	session Session
	passes  int
	seen    seen
	total   Counts
	reasons map[string]int
	changes int // changes recorded so far
}

func (e *Engine) runner(ctx context.Context, call op.Call, j Job, phase string) (*runner, error) {
	kind, err := e.kind(j.Kind)
	if err != nil {
		return nil, err
	}
	f, err := e.ownFile(ctx, call, j.FileID)
	if err != nil {
		return nil, err
	}
	if err := e.whole(f); err != nil {
		return nil, err
	}
	r := &runner{
		engine: e, call: call, kind: kind, job: j, phase: phase, path: e.path(f), changes: j.changes,
		reader: match.NewReader(j.Analysis.plan(kind.Fields(), j.Settings, j.Analysis.SavedValues)),
		seen:   seen{}, reasons: map[string]int{},
	}
	if phase == dryPhase {
		r.job.pass, r.job.position = 0, 0
	}
	return r, nil
}

func (r *runner) dry() bool { return r.phase == dryPhase }

func (r *runner) clearDry(ctx context.Context) error {
	return r.engine.Door.DB.Write(ctx, func(tx *store.Tx) error {
		return deleteRefusals(ctx, tx.Technical(), r.job.ID, dryPhase)
	})
}

// all goes through the passes. A run that goes on first reads again what it had handled,
// to know the keys.
func (r *runner) all(ctx context.Context) error {
	if err := r.begin(ctx); err != nil {
		return err
	}
	if err := r.remember(ctx); err != nil {
		return err
	}
	for pass := r.job.pass; pass < r.passes; pass++ {
		if err := r.onePass(ctx, pass); err != nil {
			return err
		}
	}
	return nil
}

// begin asks for a session outside of any batch, to learn the number of passes.
func (r *runner) begin(ctx context.Context) error {
	_, err := op.Do(ctx, r.engine.Door, r.kind.Operation(), r.call, func(ctx context.Context, tx *op.Tx) (struct{}, error) {
		var err error
		r.session, err = r.kind.Begin(ctx, tx, sessionOptions(r.job, r.job.Analysis, r.job.Settings, r.dry()))
		return struct{}{}, err
	})
	if err != nil {
		return err
	}
	if r.passes = r.session.Passes(); r.passes < 1 {
		return fmt.Errorf("kind %s asks for %d passes", r.kind.Name(), r.passes)
	}
	return nil
}

// item is one row of the file on its way through a batch.
type item struct {
	ordinal  int // place among the file's data rows, from 1
	raw      table.Row
	row      Row
	refusals []Refusal
}

// take understands one raw row.
func (r *runner) take(ordinal int, raw *table.Row) item {
	values, extra, refusals := r.reader.Read(raw)
	return item{ordinal, *raw, Row{Number: raw.Number, Sheet: raw.Sheet, values: values, extra: extra}, refusals}
}

// mine reports whether the row is handled in this pass; rows that could not be understood
// are refused in the first.
func (r *runner) mine(it item, pass int) bool {
	if len(it.refusals) > 0 {
		return pass == 0
	}
	return r.session.Pass(it.row) == pass
}

// remember rebuilds the keys of the rows handled before an interruption.
func (r *runner) remember(ctx context.Context) error {
	if r.job.pass == 0 && r.job.position == 0 {
		return nil
	}
	var refused map[int]bool
	err := r.engine.Door.DB.Read(ctx, func(tx *store.Tx) (err error) {
		refused, err = refusedOrdinals(ctx, tx, r.job.ID, r.phase)
		return err
	})
	if err != nil {
		return err
	}
	for pass := 0; pass <= r.job.pass && pass < r.passes; pass++ {
		stop := r.job.Rows
		if pass == r.job.pass {
			stop = r.job.position
		}
		if err := r.rememberPass(pass, stop, refused); err != nil {
			return err
		}
	}
	return nil
}

func (r *runner) rememberPass(pass, stop int, refused map[int]bool) error {
	rows, err := table.Open(r.path, r.job.Analysis.File)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for ordinal := 1; ordinal <= stop && rows.Next(); ordinal++ {
		it := r.take(ordinal, rows.Row())
		if len(it.refusals) > 0 || !r.mine(it, pass) {
			continue
		}
		key := r.session.Key(it.row)
		if key == "" {
			continue
		}
		if _, known := r.seen[keyOf(key)]; !known {
			r.seen[keyOf(key)] = first{it.row.says(), int32(it.row.Number), refused[ordinal]}
		}
	}
	return rows.Err()
}

// onePass reads the file once and handles the rows of this pass, batch by batch.
func (r *runner) onePass(ctx context.Context, pass int) error {
	rows, err := table.Open(r.path, r.job.Analysis.File)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	ordinal := 0
	if pass == r.job.pass {
		ordinal = r.job.position
	}
	a := r.readAhead(rows, ordinal)
	defer a.end()
	var batch []item
	size := r.engine.batchRows(r.kind)
	for part := range a.parts {
		for _, it := range part {
			if ordinal = it.ordinal; r.mine(it, pass) {
				batch = append(batch, it)
			}
			if len(batch) == size {
				if err := r.commit(ctx, pass, ordinal, batch); err != nil {
					return err
				}
				batch = batch[:0]
			}
		}
	}
	a.end()
	if err := rows.Err(); err != nil {
		return err
	}
	if pass+1 < r.passes {
		pass, ordinal = pass+1, 0
	}
	return r.commit(ctx, pass, ordinal, batch)
}
