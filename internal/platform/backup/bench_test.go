package backup

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"testing"

	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
)

const benchRows = 200_000

// large puts rows of about 200 bytes into a table.
func large(b *testing.B, db *store.DB) {
	b.Helper()
	ctx := context.Background()
	err := db.Write(ctx, func(tx *store.Tx) error {
		rows := make([][]any, 0, 10_000)
		for i := range benchRows {
			key := fmt.Sprintf("key %09d", i)
			rows = append(rows, []any{"actor", key, "cases.case.open", "0123456789abcdef0123456789abcdef", `{"id":"` + key + `","name":"王小明"}`, int64(i)})
			if len(rows) == cap(rows) {
				if _, err := tx.Insert(ctx, "op_keys", []string{"actor_id", "key", "operation", "request_hash", "response", "at"}, rows); err != nil {
					return err
				}
				rows = rows[:0]
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

func perSecond(b *testing.B) { b.ReportMetric(float64(b.N)*benchRows/b.Elapsed().Seconds(), "rows/s") }

// heapWriter notes the largest heap at each megabyte written: it must not grow with the data.
type heapWriter struct{ left, peak uint64 }

func (h *heapWriter) Write(p []byte) (int, error) {
	if h.left < uint64(len(p)) {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		h.peak, h.left = max(h.peak, m.HeapAlloc), 1<<20
	}
	h.left -= min(h.left, uint64(len(p)))
	return len(p), nil
}

func BenchmarkCreate(b *testing.B) {
	each(b, func(b *testing.B, open func() *store.DB) {
		db := open()
		large(b, db)
		h := &heapWriter{}
		for b.Loop() {
			if _, err := Create(context.Background(), db, nil, h, options); err != nil {
				b.Fatal(err)
			}
		}
		perSecond(b)
		b.ReportMetric(float64(h.peak)/(1<<20), "peak-MB")
	})
}

func BenchmarkRestore(b *testing.B) {
	source := storetest.SQLite(b)
	large(b, source)
	var raw bytes.Buffer
	if _, err := Create(context.Background(), source, nil, &raw, options); err != nil {
		b.Fatal(err)
	}
	each(b, func(b *testing.B, open func() *store.DB) {
		for b.Loop() {
			b.StopTimer()
			db := open()
			b.StartTimer()
			h := &heapWriter{}
			if _, err := Restore(context.Background(), db, io.TeeReader(bytes.NewReader(raw.Bytes()), h), b.TempDir()); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(h.peak)/(1<<20), "peak-MB")
		}
		perSecond(b)
	})
}

func each(b *testing.B, f func(b *testing.B, open func() *store.DB)) {
	b.Run("sqlite", func(b *testing.B) { f(b, func() *store.DB { return storetest.SQLite(b) }) })
	b.Run("postgres", func(b *testing.B) {
		if os.Getenv("ALLCLEAR_TEST_POSTGRES") == "" {
			b.Skip("ALLCLEAR_TEST_POSTGRES is not set")
		}
		f(b, func() *store.DB { return storetest.Postgres(b) })
	})
}
