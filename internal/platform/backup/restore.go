package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/store"
)

// Restore puts a backup into db, which must be migrated to the schema version of the
// backup and hold nothing but what migrations put there, and its files into filesDir,
// the data directory. Both happen or neither: all tables are written, read back and
// compared with the manifest in one transaction, and files that were put in place are
// taken away again when it does not commit. The keys are the caller's to bring.
func Restore(ctx context.Context, db *store.DB, r io.Reader, filesDir string) (m Manifest, err error) {
	if err := db.CheckSchema(ctx); err != nil {
		return m, err
	}
	fresh, err := freshTables(ctx)
	if err != nil {
		return m, err
	}
	staged, err := stage(filesDir)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, staged.discard()) }()
	begun := false
	err = db.Write(ctx, func(tx *store.Tx) error {
		if begun { // r is spent: it cannot be read a second time
			return fault.Unavailablef("backup.interrupted", "the database broke off the restore; nothing was changed: try again")
		}
		begun = true
		w := &writer{tx: tx, fresh: fresh, files: staged}
		if m, err = read(ctx, r, w); err != nil {
			return err
		}
		if err := w.finish(ctx, m); err != nil {
			return err
		}
		return staged.place()
	})
	if err != nil {
		return Manifest{}, errors.Join(err, staged.takeAway())
	}
	return m, nil
}

// freshTables tells what migrations themselves put into tables, by migrating a database
// that exists only for this: rows that are the same in the target may be replaced.
func freshTables(ctx context.Context) (map[string]Table, error) {
	dir, err := os.MkdirTemp("", "allclear-fresh-")
	if err != nil {
		return nil, fmt.Errorf("make a temporary directory: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	db, err := store.Open(ctx, "sqlite://"+filepath.ToSlash(filepath.Join(dir, "fresh.db")))
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	if _, err := db.Migrate(ctx); err != nil {
		return nil, err
	}
	out := map[string]Table{}
	err = db.Read(ctx, func(tx *store.Tx) error {
		s, err := discover(ctx, tx)
		for _, t := range s.tables {
			if err == nil {
				out[t.Name], err = measure(ctx, tx, t)
			}
		}
		return err
	})
	return out, err
}

// writer writes what is read into the target.
type writer struct {
	tx    *store.Tx
	fresh map[string]Table
	files *staging
	loose []link // references whose check waits for the end
}

func (w *writer) manifest(ctx context.Context, m Manifest) error {
	target, err := discover(ctx, w.tx)
	if err != nil {
		return fmt.Errorf("read the schema of the target: %w", err)
	}
	if err := checkFits(m, target); err != nil {
		return err
	}
	for _, t := range target.tables {
		if err := w.checkFresh(ctx, t); err != nil {
			return err
		}
	}
	if err := w.loosen(ctx, m, target.links); err != nil {
		return fmt.Errorf("defer the checks of references: %w", err)
	}
	for _, t := range slices.Backward(target.tables) {
		if _, err := w.tx.Exec(ctx, "DELETE FROM "+quoted(t.Name)); err != nil {
			return fmt.Errorf("empty table %s: %w", t.Name, err)
		}
	}
	return nil
}

// checkFresh refuses a table that holds more than what migrations put there.
func (w *writer) checkFresh(ctx context.Context, t Table) error {
	fresh := w.fresh[t.Name]
	var n int64
	count := "SELECT count(*) FROM (SELECT 1 AS one FROM " + quoted(t.Name) + " LIMIT $1) AS found"
	if err := w.tx.QueryRow(ctx, count, fresh.Rows+1).Scan(&n); err != nil {
		return err
	}
	if n == 0 {
		return nil
	}
	if n > fresh.Rows {
		return notEmpty(t.Name)
	}
	now, err := measure(ctx, w.tx, t)
	if err == nil && now.SHA256 != fresh.SHA256 {
		return notEmpty(t.Name)
	}
	return err
}

// loosen lets references wait that point within a table or to a later one. On
// PostgreSQL the rest are checked at once, because waiting checks fill its memory.
func (w *writer) loosen(ctx context.Context, m Manifest, links []link) error {
	if w.tx.Dialect() == store.SQLite {
		_, err := w.tx.Exec(ctx, `PRAGMA defer_foreign_keys = ON`) // until the end of the transaction
		return err
	}
	place := map[string]int{}
	for i, t := range m.Tables {
		place[t.Name] = i
	}
	for _, l := range links {
		if place[l.to] < place[l.from] || l.deferrable {
			continue
		}
		if err := w.alter(ctx, l, "DEFERRABLE"); err != nil {
			return err
		}
		w.loose = append(w.loose, l)
	}
	_, err := w.tx.Exec(ctx, `SET CONSTRAINTS ALL DEFERRED`)
	return err
}

func (w *writer) alter(ctx context.Context, l link, how string) error {
	_, err := w.tx.Exec(ctx, "ALTER TABLE "+quoted(l.from)+" ALTER CONSTRAINT "+quoted(l.name)+" "+how)
	return err
}

// tighten checks what has waited and puts the constraints back as migrations made them.
func (w *writer) tighten(ctx context.Context) error {
	if w.tx.Dialect() == store.SQLite {
		return nil // the commit checks
	}
	if _, err := w.tx.Exec(ctx, `SET CONSTRAINTS ALL IMMEDIATE`); err != nil {
		return err
	}
	for _, l := range w.loose {
		if err := w.alter(ctx, l, "NOT DEFERRABLE"); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) rows(ctx context.Context, t Table, first int64, rows [][]any) error {
	for i, row := range rows {
		for j, v := range row {
			if !storable(w.tx.Dialect(), t.Columns[j].Kind, v) {
				return notStorable(t, t.Columns[j].Name, first+int64(i), w.tx.Dialect())
			}
		}
	}
	table, names := t.Name, t.columnNames()
	if w.tx.Dialect() == store.SQLite { // on PostgreSQL Insert quotes
		table = quoted(table)
		for i, n := range names {
			names[i] = quoted(n)
		}
	}
	if _, err := w.tx.Insert(ctx, table, names, rows); err != nil {
		return fmt.Errorf("write table %s: %w", t.Name, err)
	}
	return nil
}

func (w *writer) file(_ context.Context, name string, content io.Reader) error {
	return w.files.keep(name, content)
}

// finish checks the references and that every table reads back as it was.
func (w *writer) finish(ctx context.Context, m Manifest) error {
	if err := w.tighten(ctx); err != nil {
		return fmt.Errorf("check the references: %w", err)
	}
	for _, t := range m.Tables {
		got, err := measure(ctx, w.tx, t)
		if err != nil {
			return fmt.Errorf("read table %s back: %w", t.Name, err)
		}
		if got.Rows != t.Rows || got.SHA256 != t.SHA256 {
			return fault.Conflictf("backup.reads_back_differently",
				"table %s does not read back as it was written; nothing was changed", t.Name).Param("table", t.Name)
		}
	}
	var head Head
	if err := w.tx.QueryRow(ctx, `SELECT seq, hash FROM audit_head WHERE id = 1`).Scan(&head.Seq, &head.Hash); err != nil {
		return err
	}
	if head != m.Audit {
		return damaged(manifestName, errors.New("the end of the audit trail is another"))
	}
	return nil
}
