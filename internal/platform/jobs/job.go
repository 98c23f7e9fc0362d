package jobs

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/store"
)

// Args are the arguments of one kind of job: a struct that JSON can carry.
type Args interface {
	// Kind names the work, as "imports.run". It stands in the database: never rename it.
	Kind() string
}

// ID identifies a job.
type ID string

// Options of one job. The zero value runs it at once, up to DefaultAttempts times.
type Options struct {
	RunAt       store.Instant // not before; 0 for at once
	UniqueKey   string        // while a job of this kind and key waits or runs, another is not added; "" for none
	MaxAttempts int           // 0 for DefaultAttempts
}

// DefaultAttempts with the pauses of backoff give up after about four hours.
const DefaultAttempts = 12

// Enqueue adds a job in the caller's transaction and returns its id, or that of the
// unfinished job with the same unique key. It starts when the transaction has
// committed; Runner.Wake, called after the commit, saves it the wait for the next look.
func Enqueue(ctx context.Context, tx *store.Tx, args Args, o Options) (ID, error) {
	text, err := json.Marshal(args)
	if err != nil {
		return "", fmt.Errorf("write the arguments of a job of kind %s: %w", args.Kind(), err)
	}
	if o.MaxAttempts <= 0 {
		o.MaxAttempts = DefaultAttempts
	}
	tx = tx.Technical()
	const add = `
		INSERT INTO jobs (id, kind, args, unique_key, state, run_at, attempt, max_attempts, worker, lease_until, error)
		VALUES ($1, $2, $3, $4, 'waiting', $5, 0, $6, '', 0, '')
		ON CONFLICT (kind, unique_key) WHERE unique_key <> '' AND state IN ('waiting', 'running') DO NOTHING`
	const known = `SELECT id FROM jobs WHERE kind = $1 AND unique_key = $2 AND state IN ('waiting', 'running')`
	for range 3 { // the other one may end between the two statements
		id := ID(ids.New())
		n, err := tx.Exec(ctx, add, string(id), args.Kind(), string(text), o.UniqueKey, int64(o.RunAt), o.MaxAttempts)
		if err != nil || n == 1 {
			return id, err
		}
		err = tx.QueryRow(ctx, known, args.Kind(), o.UniqueKey).Scan(&id)
		if fault.KindOf(err) != fault.NotFound {
			return id, err
		}
	}
	return "", fault.Conflictf("jobs.busy", "the job of kind %s could not be added", args.Kind())
}

// State is how far a job is.
type State string

// The states.
const (
	Waiting State = "waiting"
	Running State = "running"
	Done    State = "done"
	Failed  State = "failed"
)

// Record is a job as those see it who look after the system.
type Record struct {
	ID         ID            `json:"id"`
	Kind       string        `json:"kind"`
	UniqueKey  string        `json:"unique_key"`
	State      State         `json:"state"`
	RunAt      store.Instant `json:"run_at"` // when it is or was due; 0 for at once
	Attempt    int           `json:"attempt"`
	Error      string        `json:"error"` // of the last failed attempt
	FinishedAt store.Instant `json:"finished_at"`
}

const recordColumns = `id, kind, unique_key, state, run_at, attempt, error, finished_at`

func scanRecord(r store.Scanner) (Record, error) {
	var x Record
	err := r.Scan(&x.ID, &x.Kind, &x.UniqueKey, &x.State, &x.RunAt, &x.Attempt, &x.Error, &x.FinishedAt)
	return x, err
}

// Get returns one job.
func Get(ctx context.Context, tx *store.Tx, id ID) (Record, error) {
	return scanRecord(tx.QueryRow(ctx, `SELECT `+recordColumns+` FROM jobs WHERE id = $1`, string(id)))
}

// List returns the newest jobs in a state, at most limit.
func List(ctx context.Context, tx *store.Tx, state State, limit int) ([]Record, error) {
	const q = `SELECT ` + recordColumns + ` FROM jobs WHERE state = $1 ORDER BY id DESC LIMIT $2`
	rows, err := tx.Query(ctx, q, string(state), limit)
	return store.Collect(rows, err, scanRecord)
}

// Retry gives a failed job all its attempts again.
func Retry(ctx context.Context, tx *store.Tx, id ID) error {
	const q = `UPDATE jobs SET state = 'waiting', run_at = 0, attempt = 0, finished_at = NULL WHERE id = $1 AND state = 'failed'`
	return tx.Technical().ExecOne(ctx, q, string(id))
}
