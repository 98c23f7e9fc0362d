package app_test

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
)

// BenchmarkSweep searches a whole city, and then one community of it, for duplicates, at
// each size of BENCH_PEOPLE on both databases. It leaves the kept city as it found it.
func BenchmarkSweep(b *testing.B) {
	engines := strings.Split(cmp.Or(os.Getenv("BENCH_ENGINES"), "sqlite,postgres"), ",")
	for _, size := range keptSizes(b) {
		for _, engine := range engines {
			b.Run(fmt.Sprintf("%s/%d", engine, size), func(b *testing.B) {
				w := openRegister(b, engine, size)
				for name, place := range map[string]ref.Place{"city": "", "community": w.community.id} {
					b.Run(name, func(b *testing.B) {
						for range b.N {
							w.sweep(b, place)
							b.StopTimer()
							w.unsweep(b)
							b.StartTimer()
						}
					})
				}
			})
		}
	}
}

func (w *register) sweep(b *testing.B, place ref.Place) {
	b.Helper()
	ctx, call := context.Background(), op.Call{Principal: access.System(), RequestID: "bench"}
	start, err := op.Do(ctx, w.a.Door, people.SweepDuplicates, call, func(ctx context.Context, tx *op.Tx) (people.Sweep, error) {
		return w.a.People.StartSweep(ctx, tx, place)
	})
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	s, err := w.a.Sweep(ctx, call, start.ID)
	if err != nil || s.State != people.SweepDone {
		b.Fatalf("sweep: %+v %v", s, err)
	}
	b.ReportMetric(float64(s.Total)/3/time.Since(began).Seconds(), "people/s")
	b.ReportMetric(float64(s.Compared), "compared")
	b.ReportMetric(float64(s.Found), "found")
}

func (w *register) unsweep(b *testing.B) {
	b.Helper()
	for _, q := range []string{`DELETE FROM people_duplicates`, `DELETE FROM people_sweeps`, `DELETE FROM jobs WHERE kind = 'people.sweep'`} {
		if _, err := w.a.DB.Raw().ExecContext(context.Background(), q); err != nil {
			b.Fatal(err)
		}
	}
}
