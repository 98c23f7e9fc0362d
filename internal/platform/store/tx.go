package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// Tx is one transaction. It is not safe for concurrent use.
type Tx struct {
	db        *DB
	conn      *sql.Conn
	tx        *sql.Tx
	written   *int64 // domain rows written so far
	technical bool
}

const writeAttempts = 6

// Write runs f in one transaction and commits it when f returns nil. A busy or
// serialization error runs f again, so f must not have effects outside the
// transaction.
func (db *DB) Write(ctx context.Context, f func(*Tx) error) error {
	var err error
	for attempt := range writeAttempts {
		if attempt > 0 {
			pause := time.Duration(1<<attempt)*10*time.Millisecond + time.Duration(rand.IntN(20))*time.Millisecond
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(pause):
			}
		}
		if err = db.run(ctx, db.write, false, f); !retriable(err) {
			return translate(err)
		}
	}
	return translate(err)
}

// Read runs f on one consistent snapshot. Writes fail.
func (db *DB) Read(ctx context.Context, f func(*Tx) error) error {
	return translate(db.run(ctx, db.read, true, f))
}

func (db *DB) run(ctx context.Context, pool *sql.DB, readOnly bool, f func(*Tx) error) (err error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	opts := &sql.TxOptions{ReadOnly: readOnly && db.dialect == Postgres}
	if opts.ReadOnly {
		opts.Isolation = sql.LevelRepeatableRead
	}
	sqlTx, err := conn.BeginTx(ctx, opts)
	if err != nil {
		return err
	}
	tx := &Tx{db: db, conn: conn, tx: sqlTx, written: new(int64)}
	done := false
	defer func() {
		if !done { // f panicked or failed
			_ = sqlTx.Rollback()
		}
	}()
	if err := f(tx); err != nil {
		return err
	}
	if readOnly {
		return nil
	}
	done = true
	return sqlTx.Commit()
}

// Dialect tells which database this is, for the few statements that need two texts.
func (tx *Tx) Dialect() Dialect { return tx.db.dialect }

// Technical returns the same transaction for bookkeeping writes, which don't count as domain rows.
func (tx *Tx) Technical() *Tx {
	t := *tx
	t.technical = true
	return &t
}

// Written returns the number of domain rows written so far.
func (tx *Tx) Written() int64 { return *tx.written }

func (tx *Tx) count(n int64) {
	if !tx.technical {
		*tx.written += n
	}
}

// Exec runs a statement and returns the number of rows it changed.
func (tx *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := tx.tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, wrapDriver(err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return 0, err
	}
	tx.count(n)
	return n, nil
}

// ExecOne runs a statement that must change exactly one row. No row is ErrStale.
func (tx *Tx) ExecOne(ctx context.Context, query string, args ...any) error {
	n, err := tx.Exec(ctx, query, args...)
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrStale
	}
	if n > 1 {
		return fmt.Errorf("a statement meant for one row changed %d", n)
	}
	return nil
}

// Query runs a query. The caller closes the rows.
func (tx *Tx) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	rows, err := tx.tx.QueryContext(ctx, query, args...)
	return rows, wrapDriver(err)
}

// Row is the one row of a query.
type Row struct{ row *sql.Row }

// Scan reads the row; no row is ErrNoRow.
func (r Row) Scan(dst ...any) error { return wrapDriver(r.row.Scan(dst...)) }

// QueryRow runs a query that returns at most one row.
func (tx *Tx) QueryRow(ctx context.Context, query string, args ...any) Row {
	return Row{tx.tx.QueryRowContext(ctx, query, args...)}
}

// wrapDriver translates what a domain can act on and leaves retriable errors as they
// are, so that DB.Write still recognises them.
func wrapDriver(err error) error {
	if err == nil || retriable(err) {
		return err
	}
	return translate(err)
}

// Scanner is one row to be scanned: of a query for one row, or of many.
type Scanner interface{ Scan(dst ...any) error }

// Collect reads all rows with scan and closes them.
func Collect[T any](rows *sql.Rows, err error, scan func(Scanner) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	out := []T{}
	for rows.Next() {
		x, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, wrapDriver(rows.Err())
}

// Insert writes many rows at once: COPY on PostgreSQL, multi-row INSERT on SQLite.
// Table and column names come from code, never from input.
func (tx *Tx) Insert(ctx context.Context, table string, columns []string, rows [][]any) (int64, error) {
	if len(rows) == 0 {
		return 0, nil
	}
	if tx.db.dialect == Postgres {
		return tx.copyFrom(ctx, table, columns, rows)
	}
	return tx.insertMany(ctx, table, columns, rows)
}

func (tx *Tx) copyFrom(ctx context.Context, table string, columns []string, rows [][]any) (n int64, err error) {
	rawErr := tx.conn.Raw(func(driverConn any) error {
		pg, ok := driverConn.(*stdlib.Conn)
		if !ok {
			return errors.New("the PostgreSQL connection is not of the expected driver")
		}
		n, err = pg.Conn().CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromRows(rows))
		return nil
	})
	if rawErr != nil {
		return 0, rawErr
	}
	if err != nil {
		return 0, wrapDriver(err)
	}
	tx.count(n)
	return n, nil
}

// insertBatch is the number of rows in one INSERT on SQLite; 50 to 500 measured equal, see docs/develop/performance.md.
const insertBatch = 100

func (tx *Tx) insertMany(ctx context.Context, table string, columns []string, rows [][]any) (int64, error) {
	var total int64
	args := make([]any, 0, insertBatch*len(columns))
	var full *sql.Stmt
	for start := 0; start < len(rows); start += insertBatch {
		part := rows[start:min(start+insertBatch, len(rows))]
		args = args[:0]
		for _, r := range part {
			args = append(args, r...)
		}
		if len(part) < insertBatch {
			n, err := tx.Exec(ctx, insertText(table, columns, len(part)), args...)
			return total + n, err
		}
		if full == nil {
			var err error
			if full, err = tx.tx.PrepareContext(ctx, insertText(table, columns, insertBatch)); err != nil {
				return total, wrapDriver(err)
			}
			defer func() { _ = full.Close() }()
		}
		if _, err := full.ExecContext(ctx, args...); err != nil {
			return total, wrapDriver(err)
		}
		tx.count(int64(len(part)))
		total += int64(len(part))
	}
	return total, nil
}

func insertText(table string, columns []string, rows int) string {
	one := "(" + strings.TrimSuffix(strings.Repeat("?,", len(columns)), ",") + ")"
	return "INSERT INTO " + table + " (" + strings.Join(columns, ",") + ") VALUES " +
		strings.TrimSuffix(strings.Repeat(one+",", rows), ",")
}
