package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/allclear/allclear/internal/platform/clock"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/jobs"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
)

type note struct{ N int }

func (note) Kind() string { return "test.note" }

var start = time.Date(2022, 4, 8, 9, 30, 0, 0, time.UTC)

type bench struct {
	t     *testing.T
	db    *store.DB
	clock *clock.Manual
}

func each(t *testing.T, f func(b *bench)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) { f(&bench{t, db, clock.Fixed(start)}) })
}

// runner returns a started runner that does notes with work, four at once.
func (b *bench) runner(config jobs.Config, work func(ctx context.Context, j jobs.Job[note]) error, more ...func(*jobs.Runner)) *jobs.Runner {
	b.t.Helper()
	if config.Poll == 0 {
		config.Poll = 5 * time.Millisecond
	}
	r := jobs.NewRunner(b.db, b.clock, slog.New(slog.DiscardHandler), config)
	jobs.Register(r, 4, work)
	for _, f := range more {
		f(r)
	}
	if err := r.Start(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { b.stop(r, 5*time.Second) })
	return r
}

func (b *bench) stop(r *jobs.Runner, patience time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	r.Stop(ctx)
}

func (b *bench) enqueue(o jobs.Options, numbers ...int) []jobs.ID {
	b.t.Helper()
	var out []jobs.ID
	err := b.db.Write(b.t.Context(), func(tx *store.Tx) error {
		out = nil
		for _, n := range numbers {
			id, err := jobs.Enqueue(b.t.Context(), tx, note{n}, o)
			if err != nil {
				return err
			}
			out = append(out, id)
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

func (b *bench) get(id jobs.ID) (j jobs.Record) {
	b.t.Helper()
	err := b.db.Read(b.t.Context(), func(tx *store.Tx) (err error) {
		j, err = jobs.Get(b.t.Context(), tx, id)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return j
}

// until waits for the condition; a minute is for a machine that is busy otherwise.
func (b *bench) until(what string, f func() bool) {
	b.t.Helper()
	for deadline := time.Now().Add(time.Minute); !f(); {
		if time.Now().After(deadline) {
			b.t.Fatalf("waited in vain until %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func (b *bench) reaches(id jobs.ID, s jobs.State) {
	b.t.Helper()
	b.until(fmt.Sprintf("the job is %s", s), func() bool { return b.get(id).State == s })
}

func numbers(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func TestJobsFollowTheirTransaction(t *testing.T) {
	each(t, func(b *bench) {
		var mu sync.Mutex
		var seen []int
		b.runner(jobs.Config{}, func(_ context.Context, j jobs.Job[note]) error {
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, j.Args.N)
			return nil
		})
		boom := errors.New("boom")
		err := b.db.Write(t.Context(), func(tx *store.Tx) error {
			if _, err := jobs.Enqueue(t.Context(), tx, note{-1}, jobs.Options{}); err != nil {
				return err
			}
			if tx.Written() != 0 {
				t.Error("adding a job counts as a change of domain rows")
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		ids := b.enqueue(jobs.Options{}, numbers(50)...)
		for _, id := range ids {
			b.reaches(id, jobs.Done)
		}
		mu.Lock()
		defer mu.Unlock()
		if slices.Sort(seen); !slices.Equal(seen, numbers(50)) {
			t.Errorf("jobs done: %v, want each of 0 to 49 once", seen)
		}
	})
}

func TestTwoRunnersShareAndNeverDouble(t *testing.T) {
	each(t, func(b *bench) {
		var runs [200]atomic.Int64
		work := func(_ context.Context, j jobs.Job[note]) error {
			runs[j.Args.N].Add(1)
			time.Sleep(time.Millisecond)
			return nil
		}
		ids := b.enqueue(jobs.Options{}, numbers(200)...)
		for range 3 {
			b.runner(jobs.Config{}, work)
		}
		for _, id := range ids {
			b.reaches(id, jobs.Done)
		}
		for n := range runs {
			if got := runs[n].Load(); got != 1 {
				t.Errorf("job %d ran %d times", n, got)
			}
		}
	})
}

func TestConcurrencyIsPerKind(t *testing.T) {
	each(t, func(b *bench) {
		var now, most atomic.Int64
		b.runner(jobs.Config{}, func(context.Context, jobs.Job[note]) error {
			most.Store(max(most.Load(), now.Add(1)))
			time.Sleep(5 * time.Millisecond)
			now.Add(-1)
			return nil
		})
		for _, id := range b.enqueue(jobs.Options{}, numbers(24)...) {
			b.reaches(id, jobs.Done)
		}
		if most.Load() > 4 || most.Load() < 2 {
			t.Errorf("%d jobs ran at once, want up to 4", most.Load())
		}
	})
}

func TestOneJobPerUniqueKey(t *testing.T) {
	each(t, func(b *bench) {
		key := jobs.Options{UniqueKey: "import:1"}
		var all sync.WaitGroup
		found := make([]jobs.ID, 20)
		for i := range found { // at the same moment
			all.Go(func() { found[i] = b.enqueue(key, i)[0] })
		}
		all.Wait()
		for _, id := range found {
			if id != found[0] {
				t.Fatalf("several jobs for one key: %v", found)
			}
		}
		if other := b.enqueue(jobs.Options{UniqueKey: "import:2"}, 1)[0]; other == found[0] {
			t.Error("another key got the same job")
		}
		release := make(chan struct{})
		b.runner(jobs.Config{}, func(context.Context, jobs.Job[note]) error { <-release; return nil })
		b.reaches(found[0], jobs.Running)
		if id := b.enqueue(key, 7)[0]; id != found[0] {
			t.Error("a second job was added while the first runs")
		}
		close(release)
		b.reaches(found[0], jobs.Done)
		if id := b.enqueue(key, 8)[0]; id == found[0] {
			t.Error("no new job after the first was done")
		}
	})
}

func TestRetriesWaitLongerAndEnd(t *testing.T) {
	each(t, func(b *bench) {
		var runs atomic.Int64
		b.runner(jobs.Config{}, func(_ context.Context, j jobs.Job[note]) error {
			if int64(j.Attempt) != runs.Add(1) {
				t.Errorf("attempt %d at run %d", j.Attempt, runs.Load())
			}
			return fault.Unavailablef("sms.no_answer", "the gateway does not answer")
		})
		id := b.enqueue(jobs.Options{MaxAttempts: 4}, 1)[0]
		pause := 5 * time.Second
		for attempt := 1; attempt <= 3; attempt++ {
			b.until("it waits again", func() bool { j := b.get(id); return j.State == jobs.Waiting && j.Attempt == attempt })
			wait := b.get(id).RunAt.Time().Sub(b.clock.Now())
			if wait < pause*9/10 || wait > pause*11/10 {
				t.Errorf("after attempt %d it waits %v, want about %v", attempt, wait, pause)
			}
			b.clock.Advance(wait - time.Microsecond)
			time.Sleep(30 * time.Millisecond)
			if runs.Load() != int64(attempt) {
				t.Errorf("attempt %d began before its time", attempt+1)
			}
			b.clock.Advance(time.Microsecond)
			pause *= 2
		}
		b.reaches(id, jobs.Failed)
		if j := b.get(id); j.Attempt != 4 || j.Error != "sms.no_answer: the gateway does not answer" || j.FinishedAt == 0 {
			t.Errorf("failed job: %+v", j)
		}
		if err := b.db.Write(t.Context(), func(tx *store.Tx) error { return jobs.Retry(t.Context(), tx, id) }); err != nil {
			t.Fatal(err)
		}
		runs.Store(0)
		b.until("it ran again", func() bool { return runs.Load() == 1 })
	})
	if p := jobs.Backoff(60); p < 54*time.Minute || p > 66*time.Minute {
		t.Errorf("the longest pause is %v", p)
	}
}

func TestPermanentErrorsAndPanics(t *testing.T) {
	each(t, func(b *bench) {
		b.runner(jobs.Config{}, func(_ context.Context, j jobs.Job[note]) error {
			if j.Args.N == 1 {
				return fmt.Errorf("send: %w", jobs.Permanent(errors.New("no such number")))
			}
			panic("broken")
		})
		ids := b.enqueue(jobs.Options{}, 1, 2)
		b.reaches(ids[0], jobs.Failed)
		b.until("the panic is kept", func() bool { j := b.get(ids[1]); return j.State == jobs.Waiting && j.Error == "panic: broken" })
		if j := b.get(ids[0]); j.Attempt != 1 || j.Error != "send: no such number" {
			t.Errorf("failed job: %+v", j)
		}
	})
}

func TestJobsWaitForTheirTimeAndTheirWorker(t *testing.T) {
	each(t, func(b *bench) {
		b.runner(jobs.Config{}, func(context.Context, jobs.Job[note]) error { return nil })
		later := b.enqueue(jobs.Options{RunAt: store.At(start.Add(time.Hour))}, 1)[0]
		var strange jobs.ID
		err := b.db.Write(t.Context(), func(tx *store.Tx) (err error) {
			strange, err = jobs.Enqueue(t.Context(), tx, other{}, jobs.Options{})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		b.reaches(b.enqueue(jobs.Options{}, 2)[0], jobs.Done)
		if s := b.get(later).State; s != jobs.Waiting {
			t.Errorf("a job for later is %s", s)
		}
		b.clock.Advance(time.Hour)
		b.reaches(later, jobs.Done)
		if s := b.get(strange).State; s != jobs.Waiting {
			t.Errorf("a job that this program does not know is %s, want waiting for one that does", s)
		}
	})
}

type other struct{}

func (other) Kind() string { return "test.other" }

func TestPeriodicJobs(t *testing.T) {
	each(t, func(b *bench) {
		var runs atomic.Int64
		work := func(context.Context, jobs.Job[note]) error { return nil }
		periodic := func(r *jobs.Runner) {
			jobs.Register(r, 1, func(context.Context, jobs.Job[other]) error { runs.Add(1); return nil })
			r.Periodic("test.every", jobs.Every(10*time.Minute), other{})
		}
		b.runner(jobs.Config{}, work, periodic)
		b.runner(jobs.Config{}, work, periodic) // a second process
		settle := func(want int64) {
			t.Helper()
			b.until(fmt.Sprintf("it ran %d times", want), func() bool { return runs.Load() >= want })
			time.Sleep(50 * time.Millisecond)
			if runs.Load() != want {
				t.Fatalf("it ran %d times, want %d", runs.Load(), want)
			}
		}
		settle(0)
		for want := int64(1); want <= 3; want++ {
			b.clock.Advance(10 * time.Minute)
			settle(want)
		}
		b.clock.Advance(5 * time.Hour) // the machine slept: made up for once
		settle(4)
	})
}

func TestSchedules(t *testing.T) {
	t.Parallel()
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	daily := jobs.DailyAt(3, 30, shanghai)
	for _, c := range []struct{ after, want string }{
		{"2022-04-08T19:29:59Z", "2022-04-08T19:30:00Z"},
		{"2022-04-08T19:30:00Z", "2022-04-09T19:30:00Z"},
		{"2022-12-31T20:00:00Z", "2023-01-01T19:30:00Z"},
	} {
		after, _ := time.Parse(time.RFC3339, c.after)
		if got := daily(after).UTC().Format(time.RFC3339); got != c.want {
			t.Errorf("daily after %s: %s, want %s", c.after, got, c.want)
		}
	}
	if got := jobs.Every(time.Hour)(start); !got.Equal(start.Truncate(time.Hour).Add(time.Hour)) {
		t.Errorf("every hour after %v: %v", start, got)
	}
}

func TestFinishedJobsAreClearedAway(t *testing.T) {
	each(t, func(b *bench) {
		b.runner(jobs.Config{}, func(_ context.Context, j jobs.Job[note]) error {
			if j.Args.N == 1 {
				return nil
			}
			return jobs.Permanent(errors.New("no"))
		})
		ids := b.enqueue(jobs.Options{}, 1, 2)
		b.reaches(ids[0], jobs.Done)
		b.reaches(ids[1], jobs.Failed)
		b.clock.Advance(8 * 24 * time.Hour)
		b.until("the done job is gone", func() bool {
			err := b.db.Read(t.Context(), func(tx *store.Tx) error { _, err := jobs.Get(t.Context(), tx, ids[0]); return err })
			return fault.KindOf(err) == fault.NotFound
		})
		if s := b.get(ids[1]).State; s != jobs.Failed {
			t.Errorf("the failed job is %s", s)
		}
	})
}
