package jobs_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/allclear/allclear/internal/platform/clock"
	"github.com/allclear/allclear/internal/platform/jobs"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
)

// abandon makes it look as if the runner's process had died: it begins nothing more,
// and its running jobs belong to a name that nobody renews or answers for.
func (b *bench) abandon(r *jobs.Runner) {
	b.t.Helper()
	r.StopLooking()
	err := b.db.Write(b.t.Context(), func(tx *store.Tx) error {
		_, err := tx.Exec(b.t.Context(), `UPDATE jobs SET worker = 'dead' WHERE state = 'running'`)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

func TestASilentRunnerLosesItsJob(t *testing.T) {
	each(t, func(b *bench) {
		began, canceled := make(chan struct{}), make(chan struct{})
		first := b.runner(jobs.Config{Lease: time.Hour}, func(ctx context.Context, _ jobs.Job[note]) error {
			close(began)
			<-ctx.Done()
			close(canceled)
			return ctx.Err()
		})
		id := b.enqueue(jobs.Options{}, 1)[0]
		<-began
		b.abandon(first)
		var attempt atomic.Int64
		b.runner(jobs.Config{Lease: time.Hour}, func(_ context.Context, j jobs.Job[note]) error {
			attempt.Store(int64(j.Attempt))
			return nil
		})
		b.clock.Advance(time.Hour - time.Microsecond)
		time.Sleep(50 * time.Millisecond)
		if s := b.get(id).State; s != jobs.Running || attempt.Load() != 0 {
			t.Errorf("before the lease ends the job is %s at attempt %d", s, attempt.Load())
		}
		b.clock.Advance(time.Microsecond)
		b.reaches(id, jobs.Done)
		if attempt.Load() != 2 {
			t.Errorf("the second runner made attempt %d, want 2", attempt.Load())
		}
		// The first one wakes up late: what it returns changes nothing.
		b.stop(first, 0)
		<-canceled
		if s := b.get(id).State; s != jobs.Done {
			t.Errorf("the late answer of the silent runner made the job %s", s)
		}
	})
}

func TestALivingRunnerKeepsALongJob(t *testing.T) {
	each(t, func(b *bench) {
		var runs atomic.Int64
		work := func(ctx context.Context, _ jobs.Job[note]) error {
			runs.Add(1)
			time.Sleep(1200 * time.Millisecond) // three leases
			return ctx.Err()
		}
		config := jobs.Config{Lease: 400 * time.Millisecond}
		b.runner(config, work)
		b.runner(config, work)
		id := b.enqueue(jobs.Options{}, 1)[0]
		for last := time.Now(); b.get(id).State != jobs.Done; time.Sleep(5 * time.Millisecond) {
			b.clock.Advance(time.Since(last)) // the clock of the jobs goes with the one of the renewals
			last = time.Now()
		}
		b.reaches(id, jobs.Done)
		if runs.Load() != 1 {
			t.Errorf("the job ran %d times", runs.Load())
		}
	})
}

func TestAJobThatKillsItsProcessIsGivenUp(t *testing.T) {
	each(t, func(b *bench) {
		id := b.enqueue(jobs.Options{MaxAttempts: 2}, 1)[0]
		for range 2 {
			began := make(chan struct{})
			r := b.runner(jobs.Config{}, func(ctx context.Context, _ jobs.Job[note]) error { close(began); <-ctx.Done(); return nil })
			<-began
			b.abandon(r)
			b.clock.Advance(time.Minute)
		}
		b.runner(jobs.Config{}, func(context.Context, jobs.Job[note]) error { t.Error("it ran a third time"); return nil })
		b.reaches(id, jobs.Failed)
		if j := b.get(id); j.Error != "its process died in the last attempt" {
			t.Errorf("failed job: %+v", j)
		}
	})
}

func TestStopWaitsThenGivesBack(t *testing.T) {
	each(t, func(b *bench) {
		release, began := make(chan struct{}), make(chan struct{}, 2)
		r := b.runner(jobs.Config{}, func(ctx context.Context, j jobs.Job[note]) error {
			began <- struct{}{}
			if j.Args.N == 1 {
				<-release // ends by itself while the runner waits
				return nil
			}
			<-ctx.Done() // does not end by itself
			return ctx.Err()
		})
		ids := b.enqueue(jobs.Options{}, 1, 2)
		<-began
		<-began
		time.AfterFunc(20*time.Millisecond, func() { close(release) })
		b.stop(r, 200*time.Millisecond)
		if j := b.get(ids[0]); j.State != jobs.Done {
			t.Errorf("the job that ended in time: %+v", j)
		}
		if j := b.get(ids[1]); j.State != jobs.Waiting || j.Attempt != 0 {
			t.Errorf("the job that was given back: %+v, want waiting with no attempt counted", j)
		}
	})
}

// TestKilledProcess kills a real process in the middle of a job with SIGKILL, and sees
// that the job runs again.
func TestKilledProcess(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"sqlite", "postgres"} {
		t.Run(name, func(t *testing.T) {
			databaseURL := "sqlite://" + filepath.Join(t.TempDir(), "allclear.db")
			if name == "postgres" {
				databaseURL = storetest.PostgresURL(t)
			}
			db, err := store.Open(t.Context(), databaseURL)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = db.Close() }()
			if _, err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			b := &bench{t: t, db: db}
			id := b.enqueue(jobs.Options{}, 7)[0]
			killInTheMiddle(t, databaseURL)
			if s := b.get(id).State; s != jobs.Running {
				t.Fatalf("after the kill the job is %s", s)
			}
			var attempt atomic.Int64
			r := jobs.NewRunner(db, clock.System(), slog.New(slog.DiscardHandler), jobs.Config{Poll: 20 * time.Millisecond})
			jobs.Register(r, 1, func(_ context.Context, j jobs.Job[note]) error {
				attempt.Store(int64(j.Attempt))
				return nil
			})
			if err := r.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			defer b.stop(r, time.Second)
			b.reaches(id, jobs.Done)
			if attempt.Load() != 2 {
				t.Errorf("attempt %d, want 2", attempt.Load())
			}
		})
	}
}

const victimEnv = "ALLCLEAR_TEST_JOBS_VICTIM"

func killInTheMiddle(t *testing.T, databaseURL string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestVictim$")
	cmd.Env = append(os.Environ(), victimEnv+"="+databaseURL)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() && !strings.Contains(lines.Text(), "in the middle") {
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
}

// TestVictim is the process that TestKilledProcess kills.
func TestVictim(t *testing.T) {
	databaseURL := os.Getenv(victimEnv)
	if databaseURL == "" {
		t.Skip("only as a process of TestKilledProcess")
	}
	db, err := store.Open(t.Context(), databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	r := jobs.NewRunner(db, clock.System(), slog.New(slog.DiscardHandler), jobs.Config{Poll: 20 * time.Millisecond, Lease: 2 * time.Second})
	jobs.Register(r, 1, func(context.Context, jobs.Job[note]) error {
		fmt.Println("in the middle")
		select {}
	})
	if err := r.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	select {}
}

// TestBesideALongImport holds the writer as an import does, and sees that jobs go on
// and nothing fails. It logs the figures of docs/decisions/0002-jobs.md.
func TestBesideALongImport(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, stop := context.WithCancel(t.Context())
		go func() {
			for n := 0; ctx.Err() == nil; n++ {
				_ = db.Write(ctx, func(tx *store.Tx) error {
					_, err := tx.Exec(ctx, `INSERT INTO installation (key, value) VALUES ($1, '')`, fmt.Sprint("k", n))
					time.Sleep(100 * time.Millisecond)
					return err
				})
			}
		}()
		defer stop()
		b := &bench{t: t, db: db, clock: clock.Fixed(start)}
		var done atomic.Int64
		began := time.Now()
		b.runner(jobs.Config{}, func(ctx context.Context, j jobs.Job[note]) error {
			err := db.Write(ctx, func(tx *store.Tx) error {
				_, err := tx.Exec(ctx, `INSERT INTO installation (key, value) VALUES ($1, '')`, fmt.Sprint("job", j.Args.N))
				return err
			})
			done.Add(1)
			return err
		})
		ids := b.enqueue(jobs.Options{}, numbers(60)...)
		for _, id := range ids {
			b.reaches(id, jobs.Done)
			if j := b.get(id); j.Attempt != 1 {
				t.Errorf("a job needed %d attempts: %s", j.Attempt, j.Error)
			}
		}
		t.Logf("%d jobs beside transactions of 100 ms: %v", done.Load(), time.Since(began).Round(time.Millisecond))
	})
}

func BenchmarkJobs(b *testing.B) { // one job: added, claimed, one row written, done
	for name, open := range map[string]func(testing.TB) *store.DB{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			db := open(b)
			ctx := b.Context()
			err := db.Write(ctx, func(tx *store.Tx) error {
				for n := range b.N {
					if _, err := jobs.Enqueue(ctx, tx, note{n}, jobs.Options{}); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
			done := make(chan struct{}, b.N)
			r := jobs.NewRunner(db, clock.System(), slog.New(slog.DiscardHandler), jobs.Config{})
			jobs.Register(r, 4, func(ctx context.Context, j jobs.Job[note]) error {
				err := db.Write(ctx, func(tx *store.Tx) error {
					_, err := tx.Exec(ctx, `INSERT INTO installation (key, value) VALUES ($1, '')`, fmt.Sprint(j.Args.N))
					return err
				})
				done <- struct{}{}
				return err
			})
			b.ResetTimer()
			if err := r.Start(ctx); err != nil {
				b.Fatal(err)
			}
			for range b.N {
				<-done
			}
			r.Stop(ctx)
		})
	}
}
