package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/allclear/allclear/internal/platform/clock"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/store"
)

// Config of a runner. The zero value is for production.
type Config struct {
	Poll  time.Duration // how often it looks for due jobs; 0 for a second
	Lease time.Duration // how long a silent runner keeps its jobs; 0 for a minute
}

// Job is one job in the hands of its worker.
type Job[A Args] struct {
	ID      ID
	Args    A
	Attempt int // 1 for the first
}

// Runner hands due jobs to workers. Register everything before Start.
type Runner struct {
	db        *store.DB
	clock     clock.Clock
	log       *slog.Logger
	config    Config
	name      string // of this runner, new with each start of the process
	workers   map[string]worker
	schedules []schedule
	wake      chan struct{}

	mu      sync.Mutex
	running map[ID]context.CancelCauseFunc
	perKind map[string]int

	stopLooking context.CancelFunc
	killJobs    context.CancelCauseFunc
	looking     sync.WaitGroup
	working     sync.WaitGroup
}

type worker struct {
	concurrency int
	work        func(ctx context.Context, c claim) error
}

// claim is a job that this runner holds.
type claim struct {
	id          ID
	kind, args  string
	attempt     int
	maxAttempts int
}

// NewRunner returns a runner that does nothing until Start. It clears away finished
// jobs by itself.
func NewRunner(db *store.DB, c clock.Clock, log *slog.Logger, config Config) *Runner {
	if config.Poll <= 0 {
		config.Poll = time.Second
	}
	if config.Lease <= 0 {
		config.Lease = time.Minute
	}
	r := &Runner{
		db: db, clock: c, log: log, config: config, name: ids.New(), workers: map[string]worker{}, wake: make(chan struct{}, 1),
		running: map[ID]context.CancelCauseFunc{}, perKind: map[string]int{},
	}
	Register(r, 1, func(ctx context.Context, _ Job[clean]) error { return r.clean(ctx) })
	r.Periodic("jobs.clean", Every(time.Hour), clean{})
	return r
}

// Register names the worker of a kind and how many of its jobs this process does at
// once. It panics when the kind has one already: that is a mistake in the program.
func Register[A Args](r *Runner, concurrency int, work func(ctx context.Context, j Job[A]) error) {
	var zero A
	kind := zero.Kind()
	if _, taken := r.workers[kind]; taken || concurrency < 1 {
		panic(fmt.Sprintf("the kind of job %q has a worker already, or no room", kind))
	}
	r.workers[kind] = worker{concurrency: concurrency, work: func(ctx context.Context, c claim) error {
		j := Job[A]{ID: c.id, Attempt: c.attempt}
		if err := json.Unmarshal([]byte(c.args), &j.Args); err != nil {
			return Permanent(fmt.Errorf("read the arguments: %w", err))
		}
		return work(ctx, j)
	}}
}

func (r *Runner) now() store.Instant { return store.At(r.clock.Now()) }

// Wake makes the runner look now. It never blocks.
func (r *Runner) Wake() {
	select {
	case r.wake <- struct{}{}:
	default: // it is about to look anyway
	}
}

// Start begins to work and returns.
func (r *Runner) Start(ctx context.Context) error {
	if err := r.plan(ctx); err != nil {
		return err
	}
	base := context.WithoutCancel(ctx)
	look, stop := context.WithCancel(base)
	work, kill := context.WithCancelCause(base)
	r.stopLooking, r.killJobs = stop, kill
	r.looking.Go(func() { r.repeat(look, r.config.Poll, r.wake, func() { r.look(look, work) }) })
	// Leases are renewed until the last job has ended, and not only until Stop begins.
	r.looking.Go(func() { r.repeat(work, r.config.Lease/4, nil, func() { r.renew(work) }) })
	return nil
}

func (r *Runner) repeat(ctx context.Context, every time.Duration, wake <-chan struct{}, f func()) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		f()
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-wake:
		}
	}
}

// stopGrace is how long a cancelled job may take to notice.
const stopGrace = 5 * time.Second

// Stop takes no more jobs, waits for those that run until ctx ends, then cancels them
// and gives them back, to be begun anew by the next runner. A worker that does not
// heed the cancellation is left behind: its lease ends by itself.
func (r *Runner) Stop(ctx context.Context) {
	if r.stopLooking == nil {
		return // it was never started
	}
	r.stopLooking()
	finished := make(chan struct{})
	go func() { r.working.Wait(); close(finished) }()
	select {
	case <-finished:
	case <-ctx.Done():
		r.killJobs(errStopping)
		select {
		case <-finished:
		case <-time.After(stopGrace):
			r.log.WarnContext(ctx, "a job does not end although the program stops")
		}
	}
	r.killJobs(errStopping)
	r.looking.Wait()
}

// look adds what is due by schedule and begins what there is room for.
func (r *Runner) look(ctx, work context.Context) {
	if err := r.addPeriodic(ctx); err != nil && ctx.Err() == nil {
		r.log.ErrorContext(ctx, "periodic jobs could not be added", "error", err)
	}
	due, err := r.due(ctx)
	if err != nil {
		if ctx.Err() == nil {
			r.log.ErrorContext(ctx, "due jobs could not be read", "error", err)
		}
		return
	}
	for _, kind := range due {
		room := r.room(kind)
		if room == 0 {
			continue
		}
		claims, err := r.claim(ctx, kind, room)
		if err != nil && ctx.Err() == nil {
			r.log.ErrorContext(ctx, "jobs could not be claimed", "kind", kind, "error", err)
		}
		for _, c := range claims {
			r.begin(work, c)
		}
	}
}

func (r *Runner) room(kind string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.workers[kind].concurrency - r.perKind[kind]
}

// isDue is true for jobs whose time has come, and for those whose runner fell silent.
// A runner never takes its own silent jobs: they still run here.
const isDue = `((state = 'waiting' AND run_at <= $1) OR (state = 'running' AND lease_until <= $1 AND worker <> $2))`

// due returns the kinds that have due jobs. It only reads: an idle runner must not
// take the write lock of SQLite every second.
func (r *Runner) due(ctx context.Context) ([]string, error) {
	var kinds []string
	err := r.db.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.Query(ctx, `SELECT DISTINCT kind FROM jobs WHERE `+isDue+` ORDER BY kind`, r.now(), r.name)
		found, err := store.Collect(rows, err, func(s store.Scanner) (kind string, err error) { return kind, s.Scan(&kind) })
		for _, kind := range found {
			if _, known := r.workers[kind]; known {
				kinds = append(kinds, kind) // others wait for a program that knows them
			}
		}
		return err
	})
	return kinds, err
}

// claim takes up to n due jobs. Two runners may choose the same; the condition stands
// twice so that the slower one finds it no longer true.
func (r *Runner) claim(ctx context.Context, kind string, n int) ([]claim, error) {
	const q = `
		UPDATE jobs
		SET    state = 'running', attempt = attempt + 1, worker = $2, lease_until = $3
		WHERE  id IN (SELECT id FROM jobs WHERE kind = $4 AND ` + isDue + ` ORDER BY run_at, id LIMIT $5)
		AND    ` + isDue + `
		RETURNING id, kind, args, attempt, max_attempts`
	var out []claim
	err := r.db.Write(ctx, func(tx *store.Tx) error {
		now := r.now()
		rows, err := tx.Technical().Query(ctx, q, now, r.name, now+store.Instant(r.config.Lease.Microseconds()), kind, n)
		out, err = store.Collect(rows, err, func(s store.Scanner) (c claim, err error) {
			return c, s.Scan(&c.id, &c.kind, &c.args, &c.attempt, &c.maxAttempts)
		})
		return err
	})
	if err != nil {
		return nil, err // nothing was committed
	}
	return out, nil
}

// renew prolongs the leases of this runner's jobs and cancels those that it lost.
func (r *Runner) renew(ctx context.Context) {
	r.mu.Lock()
	held := make(map[ID]bool, len(r.running))
	for id := range r.running {
		held[id] = true
	}
	r.mu.Unlock()
	if len(held) == 0 {
		return
	}
	const q = `UPDATE jobs SET lease_until = $1 WHERE worker = $2 AND state = 'running' RETURNING id`
	var mine []ID
	err := r.db.Write(ctx, func(tx *store.Tx) error {
		rows, err := tx.Technical().Query(ctx, q, r.now()+store.Instant(r.config.Lease.Microseconds()), r.name)
		mine, err = store.Collect(rows, err, func(s store.Scanner) (id ID, err error) { return id, s.Scan(&id) })
		return err
	})
	if err != nil {
		if ctx.Err() == nil {
			r.log.WarnContext(ctx, "leases of jobs could not be renewed", "error", err)
		}
		return
	}
	for _, id := range mine {
		delete(held, id)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for id := range held {
		if cancel, here := r.running[id]; here { // not one that ended just now
			cancel(errLost)
			r.log.WarnContext(ctx, "a job was taken by another runner", "job", id)
		}
	}
}
