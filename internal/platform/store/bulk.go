package store

import (
	"context"
	"fmt"
	"strings"
)

// definition is an index or a foreign key that can be made anew.
type definition struct{ drop, create string }

// Bulk runs load while the tables have no indexes but those of their keys, and makes the
// indexes again at the end: sorting once is faster than finding a place for every row. On
// PostgreSQL foreign keys are left out too and checked as a whole at the end. Everything
// happens in the transaction, so that a load that fails or is interrupted leaves the
// tables as they were. load must not count on the speed of an index, and nobody else
// should need the tables meanwhile: it is meant for filling an empty database.
//
// Table names come from code, never from input.
func (tx *Tx) Bulk(ctx context.Context, tables []string, load func() error) error {
	if err := tx.room(ctx); err != nil {
		return fmt.Errorf("prepare a bulk load: %w", err)
	}
	var all []definition
	for _, table := range tables {
		found, err := tx.definitions(ctx, table)
		if err != nil {
			return fmt.Errorf("read the indexes of %s: %w", table, err)
		}
		all = append(all, found...)
	}
	for _, d := range all {
		if _, err := tx.tx.ExecContext(ctx, d.drop); err != nil {
			return fmt.Errorf("%s: %w", d.drop, wrapDriver(err))
		}
	}
	if err := load(); err != nil {
		return err
	}
	for i := len(all) - 1; i >= 0; i-- { // indexes before the foreign keys that are checked by them
		if _, err := tx.tx.ExecContext(ctx, all[i].create); err != nil {
			return fmt.Errorf("%s: %w", all[i].drop, wrapDriver(err))
		}
	}
	return nil
}

// room gives PostgreSQL memory to sort in, as long as the transaction lasts, and lets
// SQLite sort in files: in memory the largest index of a city would take several hundred
// megabytes.
func (tx *Tx) room(ctx context.Context) error {
	q := "SET LOCAL maintenance_work_mem = '256MB'"
	if tx.db.dialect == SQLite {
		q = "PRAGMA temp_store = FILE"
	}
	_, err := tx.tx.ExecContext(ctx, q)
	return wrapDriver(err)
}

// definitions returns what Bulk leaves out of a table, foreign keys first.
func (tx *Tx) definitions(ctx context.Context, table string) ([]definition, error) {
	if tx.db.dialect == SQLite {
		const q = `SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = $1 AND sql IS NOT NULL ORDER BY name`
		return tx.read(ctx, q, table, func(name, text string) definition {
			return definition{"DROP INDEX " + quoted(name), text}
		})
	}
	const keys = `SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND conrelid = to_regclass($1) ORDER BY conname`
	all, err := tx.read(ctx, keys, table, func(name, text string) definition {
		alter := "ALTER TABLE " + quoted(table)
		return definition{alter + " DROP CONSTRAINT " + quoted(name), alter + " ADD CONSTRAINT " + quoted(name) + " " + text}
	})
	if err != nil {
		return nil, err
	}
	const indexes = `
		SELECT c.relname, pg_get_indexdef(i.indexrelid)
		FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
		WHERE i.indrelid = to_regclass($1) AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)
		ORDER BY c.relname`
	more, err := tx.read(ctx, indexes, table, func(name, text string) definition {
		return definition{"DROP INDEX " + quoted(name), text}
	})
	return append(all, more...), err
}

func (tx *Tx) read(ctx context.Context, query, table string, make func(name, text string) definition) ([]definition, error) {
	rows, err := tx.Query(ctx, query, table)
	return Collect(rows, err, func(r Scanner) (definition, error) {
		var name, text string
		err := r.Scan(&name, &text)
		return make(name, text), err
	})
}

func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// Settle is for after a bulk load: the database counts what it holds, so that it plans
// its queries well, and gives back the room that the load took.
func (db *DB) Settle(ctx context.Context) error {
	statements := []string{"VACUUM (ANALYZE)"}
	if db.dialect == SQLite {
		statements = []string{"PRAGMA analysis_limit = 4000", "ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)", "PRAGMA temp_store = MEMORY"}
	}
	for _, q := range statements {
		if _, err := db.write.ExecContext(ctx, q); err != nil {
			return fmt.Errorf("settle the database after a load: %w", translate(err))
		}
	}
	return nil
}
