package jobs

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"github.com/allclear/allclear/internal/platform/store"
)

var (
	errStopping = errors.New("the program is stopping")
	errLost     = errors.New("another runner has taken the job")
)

type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

// Permanent marks an error that another attempt cannot mend: the job fails at once.
func Permanent(err error) error { return permanent{err} }

// begin runs a claimed job beside.
func (r *Runner) begin(ctx context.Context, c claim) {
	ctx, cancel := context.WithCancelCause(ctx)
	r.mu.Lock()
	r.running[c.id] = cancel
	r.perKind[c.kind]++
	r.mu.Unlock()
	r.working.Go(func() {
		defer cancel(nil)
		err := r.attempt(ctx, c)
		if errors.Is(context.Cause(ctx), errStopping) && err != nil {
			err = errStopping
		}
		r.mu.Lock()
		delete(r.running, c.id) // before the outcome is written: then the job may begin here again
		r.mu.Unlock()
		// The outcome is written even while stopping.
		if e := r.settle(context.WithoutCancel(ctx), c, err); e != nil {
			r.log.Error("the outcome of a job could not be kept; it will run again", "job", c.id, "kind", c.kind, "error", e)
		}
		r.mu.Lock()
		r.perKind[c.kind]--
		r.mu.Unlock()
		r.Wake()
	})
}

func (r *Runner) attempt(ctx context.Context, c claim) (err error) {
	if c.attempt > c.maxAttempts {
		return Permanent(errors.New("its process died in the last attempt"))
	}
	defer func() {
		if p := recover(); p != nil {
			r.log.Error("a job panicked", "job", c.id, "kind", c.kind, "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return r.workers[c.kind].work(ctx, c)
}

// settle writes how the attempt ended, if the job is still this runner's.
func (r *Runner) settle(ctx context.Context, c claim, result error) error {
	const head = `UPDATE jobs SET `
	const tail = ` WHERE id = $1 AND worker = $2 AND attempt = $3 AND state = 'running'`
	set, args := `state = 'done', finished_at = $4, error = ''`, []any{string(c.id), r.name, c.attempt, r.now()}
	var p permanent
	switch {
	case result == nil:
	case errors.Is(result, errStopping): // not the job's fault: the attempt does not count
		set = `state = 'waiting', attempt = attempt - 1, run_at = $4`
	case errors.As(result, &p) || c.attempt >= c.maxAttempts:
		set = `state = 'failed', finished_at = $4, error = $5`
		args = append(args, short(result))
		r.log.Error("a job failed for good", "job", c.id, "kind", c.kind, "attempt", c.attempt, "error", result)
	default:
		set = `state = 'waiting', run_at = $4, error = $5`
		args[3] = r.now() + store.Instant(backoff(c.attempt).Microseconds())
		args = append(args, short(result))
		r.log.Warn("a job will be tried again", "job", c.id, "kind", c.kind, "attempt", c.attempt, "error", result)
	}
	return r.db.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.Technical().Exec(ctx, head+set+tail, args...)
		return err
	})
}

// The pauses between attempts: 5 s, 10 s, 20 s … at most an hour.
const (
	firstPause   = 5 * time.Second
	longestPause = time.Hour
)

// backoff returns the pause after the given attempt, give or take a tenth, so that
// jobs that failed together do not come back together.
func backoff(attempt int) time.Duration {
	pause := longestPause
	if attempt < 20 {
		pause = min(firstPause<<(attempt-1), longestPause)
	}
	return pause + time.Duration((rand.Float64()-0.5)*0.2*float64(pause))
}

func short(err error) string {
	r := []rune(err.Error())
	return string(r[:min(len(r), 500)])
}
