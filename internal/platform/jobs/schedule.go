package jobs

import (
	"context"
	"time"

	"github.com/allclear/allclear/internal/platform/store"
)

// Schedule tells when a periodic job is due next, after the given moment.
type Schedule func(after time.Time) time.Time

// Every is due at each full multiple of d since midnight UTC of 1970-01-01.
func Every(d time.Duration) Schedule {
	return func(after time.Time) time.Time {
		return time.UnixMicro((after.UnixMicro()/d.Microseconds() + 1) * d.Microseconds())
	}
}

// DailyAt is due once a day at a time of the clock on the wall in loc.
func DailyAt(hour, minute int, loc *time.Location) Schedule {
	return func(after time.Time) time.Time {
		y, m, d := after.In(loc).Date()
		at := time.Date(y, m, d, hour, minute, 0, 0, loc)
		if !at.After(after) {
			at = time.Date(y, m, d+1, hour, minute, 0, 0, loc)
		}
		return at
	}
}

type schedule struct {
	name string
	next Schedule
	args Args
}

// Periodic adds a job by schedule, once for all runners on the database. The name
// stands in the database. A time that passed while nothing ran is made up for once;
// while a job of the schedule waits or runs, no other is added.
func (r *Runner) Periodic(name string, s Schedule, args Args) {
	r.schedules = append(r.schedules, schedule{name, s, args})
}

// plan notes when each schedule is due first.
func (r *Runner) plan(ctx context.Context) error {
	return r.db.Write(ctx, func(tx *store.Tx) error {
		for _, s := range r.schedules {
			const q = `INSERT INTO job_schedules (name, next_at) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`
			if _, err := tx.Technical().Exec(ctx, q, s.name, store.At(s.next(r.clock.Now()))); err != nil {
				return err
			}
		}
		return nil
	})
}

func (r *Runner) addPeriodic(ctx context.Context) error {
	due := map[string]bool{}
	err := r.db.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.Query(ctx, `SELECT name FROM job_schedules WHERE next_at <= $1`, r.now())
		names, err := store.Collect(rows, err, func(s store.Scanner) (name string, err error) { return name, s.Scan(&name) })
		for _, n := range names {
			due[n] = true
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, s := range r.schedules {
		if !due[s.name] {
			continue
		}
		err := r.db.Write(ctx, func(tx *store.Tx) error {
			const q = `UPDATE job_schedules SET next_at = $3 WHERE name = $1 AND next_at <= $2`
			n, err := tx.Technical().Exec(ctx, q, s.name, r.now(), store.At(s.next(r.clock.Now())))
			if err != nil || n == 0 {
				return err // another runner was faster
			}
			_, err = Enqueue(ctx, tx, s.args, Options{UniqueKey: "periodic:" + s.name})
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// How long finished jobs are kept: to look at what went wrong, no longer.
const (
	keepDone   = 7 * 24 * time.Hour
	keepFailed = 90 * 24 * time.Hour
)

type clean struct{}

func (clean) Kind() string { return "jobs.clean" }

func (r *Runner) clean(ctx context.Context) error {
	return r.db.Write(ctx, func(tx *store.Tx) error {
		const q = `DELETE FROM jobs WHERE (state = 'done' AND finished_at < $1) OR (state = 'failed' AND finished_at < $2)`
		done, failed := r.clock.Now().Add(-keepDone), r.clock.Now().Add(-keepFailed)
		_, err := tx.Technical().Exec(ctx, q, store.At(done), store.At(failed))
		return err
	})
}
