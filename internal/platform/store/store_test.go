package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
)

func TestBulkInsertRollsBackWithItsTransaction(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		boom := errors.New("boom")
		rows := make([][]any, 0, 1234)
		for i := range 1234 {
			rows = append(rows, []any{fmt.Sprint("k", i), "v"})
		}
		err := db.Write(ctx, func(tx *store.Tx) error {
			if _, err := tx.Insert(ctx, "installation", []string{"key", "value"}, rows); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatalf("got %v, want boom", err)
		}
		if n := count(t, db); n != 0 {
			t.Fatalf("after rollback: %d rows", n)
		}
		err = db.Write(ctx, func(tx *store.Tx) error {
			n, err := tx.Insert(ctx, "installation", []string{"key", "value"}, rows)
			if n != 1234 || tx.Written() != 1234 {
				t.Errorf("inserted %d, counted %d, want 1234", n, tx.Written())
			}
			return err
		})
		if err != nil || count(t, db) != 1234 {
			t.Fatalf("insert: %v, %d rows", err, count(t, db))
		}
	})
}

func TestDriverErrorsBecomeFaults(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		put := func(tx *store.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO installation (key, value) VALUES ($1, $2)`, "a", "b")
			return err
		}
		if err := db.Write(ctx, put); err != nil {
			t.Fatal(err)
		}
		if err := db.Write(ctx, put); fault.KindOf(err) != fault.Conflict {
			t.Errorf("second insert: %v, want a conflict", err)
		}
		err := db.Read(ctx, func(tx *store.Tx) error {
			var v string
			return tx.QueryRow(ctx, `SELECT value FROM installation WHERE key = $1`, "zzz").Scan(&v)
		})
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("missing row: %v, want not found", err)
		}
		if err := db.Read(ctx, put); err == nil {
			t.Error("a read transaction accepted a write")
		}
		err = db.Write(ctx, func(tx *store.Tx) error {
			return tx.ExecOne(ctx, `UPDATE installation SET value = $1 WHERE key = $2`, "x", "zzz")
		})
		if !errors.Is(err, store.ErrStale) {
			t.Errorf("update of nothing: %v, want ErrStale", err)
		}
	})
}

func TestNewerDatabaseIsRefused(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		if _, err := db.Raw().ExecContext(ctx, `INSERT INTO schema_migrations (version_id, is_applied) VALUES (9999, TRUE)`); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Migrate(ctx); fault.CodeOf(err) != "store.database_newer" {
			t.Errorf("migrate: %v, want store.database_newer", err)
		}
		if err := db.CheckSchema(ctx); fault.CodeOf(err) != "store.database_newer" {
			t.Errorf("check: %v, want store.database_newer", err)
		}
	})
}

func TestDirectoryNamesAreTakenAsTheyAre(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a#b", "a?b=c", "50%25", "全清 数据"} {
		file := filepath.Join(t.TempDir(), name, "allclear.db")
		db, err := store.Open(context.Background(), "sqlite://"+file)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := db.Migrate(context.Background()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(file); err != nil {
			t.Errorf("%s: another file was opened: %v", name, err)
		}
		_ = db.Close()
	}
}

func count(t *testing.T, db *store.DB) (n int) {
	t.Helper()
	ctx := context.Background()
	err := db.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRow(ctx, `SELECT count(*) FROM installation`).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
