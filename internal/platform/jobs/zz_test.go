package jobs_test

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/allclear/allclear/internal/platform/clock"
	"github.com/allclear/allclear/internal/platform/jobs"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
)

func TestZZCompare(t *testing.T) {
	for _, busy := range []bool{false, true} {
		storetest.Each(t, func(t *testing.T, db *store.DB) {
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			write := db.Raw()
			var long atomic.Int64
			if busy {
				go func() {
					for ctx.Err() == nil {
						tx, err := write.BeginTx(ctx, nil)
						if err != nil {
							continue
						}
						time.Sleep(300 * time.Millisecond)
						_ = tx.Commit()
						long.Add(1)
					}
				}()
			}
			_ = sql.ErrNoRows
			began := time.Now()
			err := db.Write(ctx, func(tx *store.Tx) error {
				for n := range 500 {
					if _, err := jobs.Enqueue(ctx, tx, note{n}, jobs.Options{}); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			enq := time.Since(began)
			r := jobs.NewRunner(db, clock.System(), slog.Default(), jobs.Config{})
			jobs.Register(r, 4, func(ctx context.Context, j jobs.Job[note]) error {
				return db.Write(ctx, func(tx *store.Tx) error {
					_, err := tx.Exec(ctx, `INSERT INTO installation (key, value) VALUES ($1, '')`, fmt.Sprint("job", j.Args.N))
					return err
				})
			})
			_ = r.Start(ctx)
			began = time.Now()
			n := 0
			for time.Since(began) < 90*time.Second {
				time.Sleep(50 * time.Millisecond)
				_ = db.Read(ctx, func(tx *store.Tx) error { return tx.QueryRow(ctx, `SELECT count(*) FROM jobs WHERE state='done'`).Scan(&n) })
				if n == 500 {
					break
				}
			}
			t.Logf("busy %v: enq %v; %d done in %v; long %d", busy, enq, n, time.Since(began), long.Load())
			r.Stop(ctx)
		})
	}
}
