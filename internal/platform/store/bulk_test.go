package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
)

// shelf is a table with what Bulk has to make again: a plain index, a partial unique one
// and a foreign key.
var shelf = []string{
	`CREATE TABLE shelves (id TEXT PRIMARY KEY)`,
	`CREATE TABLE books (id TEXT PRIMARY KEY, shelf TEXT REFERENCES shelves (id), isbn TEXT NOT NULL, pages BIGINT NOT NULL)`,
	`CREATE INDEX books_pages ON books (pages, shelf)`,
	`CREATE UNIQUE INDEX books_isbn ON books (isbn) WHERE isbn <> ''`,
	`INSERT INTO shelves (id) VALUES ('s')`,
}

func makeShelf(t *testing.T, db *store.DB) {
	t.Helper()
	for _, q := range shelf {
		if _, err := db.Raw().ExecContext(context.Background(), q); err != nil {
			t.Fatal(err)
		}
	}
}

// indexesOf are the indexes and foreign keys of books, as the database describes them.
func indexesOf(t *testing.T, db *store.DB) []string {
	t.Helper()
	q := `SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'books' AND sql IS NOT NULL ORDER BY name`
	if db.Dialect() == store.Postgres {
		q = `SELECT indexdef FROM pg_indexes WHERE tablename = 'books'
			UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = to_regclass('books') ORDER BY 1`
	}
	rows, err := db.Raw().QueryContext(context.Background(), q)
	out, err := store.Collect(rows, err, func(r store.Scanner) (s string, err error) { return s, r.Scan(&s) })
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func addBooks(ctx context.Context, tx *store.Tx, shelf string, isbn func(int) string) error {
	var rows [][]any
	for i := range 500 {
		rows = append(rows, []any{fmt.Sprint(i), shelf, isbn(i), int64(i)})
	}
	_, err := tx.Insert(ctx, "books", []string{"id", "shelf", "isbn", "pages"}, rows)
	return err
}

func TestBulkMakesTheIndexesAgain(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		makeShelf(t, db)
		ctx, before := context.Background(), indexesOf(t, db)
		err := db.Write(ctx, func(tx *store.Tx) error {
			return tx.Bulk(ctx, []string{"books"}, func() error {
				return addBooks(ctx, tx, "s", func(i int) string { return fmt.Sprint("978", i) })
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		if after := indexesOf(t, db); len(before) < 2 || !slices.Equal(before, after) {
			t.Errorf("before: %q\nafter: %q", before, after)
		}
		err = db.Write(ctx, func(tx *store.Tx) error {
			_, err := tx.Insert(ctx, "books", []string{"id", "shelf", "isbn", "pages"}, [][]any{{"x", "s", "9781", int64(1)}})
			return err
		})
		if fault.KindOf(err) != fault.Conflict {
			t.Errorf("a number given twice after the load: %v, want a conflict", err)
		}
		if err := db.Settle(ctx); err != nil {
			t.Errorf("settle: %v", err)
		}
	})
}

// What the indexes and keys forbid is found at the end, and nothing stays.
func TestBulkRefusesWhatTheIndexesForbid(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		makeShelf(t, db)
		ctx, before := context.Background(), indexesOf(t, db)
		boom := errors.New("boom")
		for name, load := range map[string]func(tx *store.Tx) error{
			"a number twice": func(tx *store.Tx) error {
				return addBooks(ctx, tx, "s", func(i int) string { return fmt.Sprint(i / 2) })
			},
			"no such shelf": func(tx *store.Tx) error { return addBooks(ctx, tx, "nowhere", func(int) string { return "" }) },
			"an interruption": func(tx *store.Tx) error {
				return errors.Join(addBooks(ctx, tx, "s", func(int) string { return "" }), boom)
			},
			"nothing to begin": func(*store.Tx) error { return boom },
		} {
			err := db.Write(ctx, func(tx *store.Tx) error {
				return tx.Bulk(ctx, []string{"books"}, func() error { return load(tx) })
			})
			if err == nil {
				t.Errorf("%s: accepted", name)
			}
			var n int
			if err := db.Raw().QueryRowContext(ctx, `SELECT count(*) FROM books`).Scan(&n); err != nil || n != 0 {
				t.Errorf("%s: %d rows stayed, %v", name, n, err)
			}
			if after := indexesOf(t, db); !slices.Equal(before, after) {
				t.Errorf("%s: before %q, after %q", name, before, after)
			}
		}
	})
}
