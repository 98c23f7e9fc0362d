package app_test

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/allclear/allclear/internal/app"
	"github.com/allclear/allclear/internal/platform/disclosure"
	"github.com/allclear/allclear/internal/platform/op"
)

// BenchmarkExportPeople streams the whole register as a file, as the API does, at each
// size of BENCH_PEOPLE on both databases: rows a second, the time to the first row, and
// how much the heap grew at most.
func BenchmarkExportPeople(b *testing.B) {
	for _, size := range keptSizes(b) {
		for _, engine := range []string{"sqlite", "postgres"} {
			b.Run(fmt.Sprintf("%s/%d", engine, size), func(b *testing.B) {
				a := keptCity(b, engine, size)
				for _, x := range []struct {
					name string
					wish disclosure.Wish
				}{{"masked", disclosure.Wish{}}, {"plain", disclosure.Wish{Plain: true}}, {"xlsx", disclosure.Wish{Format: "xlsx"}}} {
					if x.wish.Format == "xlsx" && size > 1_000_000 {
						continue
					}
					b.Run(x.name, func(b *testing.B) {
						for range b.N {
							streamOnce(b, a, x.wish)
						}
					})
				}
			})
		}
	}
}

// meter counts what is written to it and when it began.
type meter struct {
	first time.Time
	bytes int64
}

func (m *meter) Write(p []byte) (int, error) {
	if m.bytes > 8<<10 && m.first.IsZero() { // beyond the header
		m.first = time.Now()
	}
	m.bytes += int64(len(p))
	return len(p), nil
}

func streamOnce(b *testing.B, a *app.App, w disclosure.Wish) {
	b.Helper()
	ctx := context.Background()
	w.Kind = "people"
	call := asOperator()
	call.Reason = "性能测试导出"
	e, err := op.Do(ctx, a.Door, disclosure.RequestExport, call, func(ctx context.Context, tx *op.Tx) (disclosure.Export, error) { return a.Exports.Request(ctx, tx, w) })
	if err != nil {
		b.Fatal(err)
	}
	second := asOperator()
	second.Principal.UserID = "second"
	if e.State == "waiting" {
		if _, err := op.Do(ctx, a.Door, disclosure.DecideExport, second, func(ctx context.Context, tx *op.Tx) (disclosure.Export, error) {
			return a.Exports.Decide(ctx, tx, e.ID, true)
		}); err != nil {
			b.Fatal(err)
		}
	}
	f, err := a.Exports.Fetch(ctx, call, e.ID)
	if err != nil {
		b.Fatal(err)
	}
	runtime.GC()
	heap, stop := watchHeap()
	var out meter
	start, used := time.Now(), processorTime(b)
	rows, err := f.Send(ctx, &out)
	took := time.Since(start)
	stop()
	if err != nil || rows == 0 {
		b.Fatalf("%d rows: %v", rows, err)
	}
	b.ReportMetric(float64(rows)/took.Seconds(), "rows/s")
	b.ReportMetric(float64(out.first.Sub(start).Milliseconds()), "ms-to-first")
	b.ReportMetric(float64(heap.Load())/(1<<20), "MB-heap-growth")
	b.ReportMetric(float64(rows), "rows")
	b.ReportMetric(float64((processorTime(b)-used).Microseconds())/float64(rows), "cpu-µs/row")
}

// watchHeap samples by how much the heap in use grows.
func watchHeap() (*atomic.Int64, func()) {
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	most, end := new(atomic.Int64), make(chan struct{})
	go func() {
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-end:
				return
			case <-tick.C:
				var now runtime.MemStats
				runtime.ReadMemStats(&now)
				most.Store(max(most.Load(), int64(now.HeapInuse)-int64(before.HeapInuse)))
			}
		}
	}()
	return most, func() { close(end) }
}
