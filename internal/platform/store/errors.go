package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	sqlite "modernc.org/sqlite"

	"github.com/allclear/allclear/internal/platform/fault"
)

// ErrStale is what ExecOne returns when no row matched: someone else saved first, or
// the record is gone. Callers that know which it is replace it.
var ErrStale = fault.Conflictf("conflict.stale", "someone else saved this record first")

// ErrNoRow is what a missing row becomes.
var ErrNoRow = fault.NotFoundf("not_found", "there is no such record")

// SQLite's extended result codes, https://www.sqlite.org/rescode.html.
const (
	sqliteBusy       = 5
	sqliteLocked     = 6
	sqliteFull       = 13
	sqliteConstraint = 19
	sqlitePrimaryKey = 1555
	sqliteUnique     = 2067
	sqliteForeignKey = 787
)

// PostgreSQL's codes, https://www.postgresql.org/docs/15/errcodes-appendix.html.
const (
	pgUnique        = "23505"
	pgForeignKey    = "23503"
	pgSerialization = "40001"
	pgDeadlock      = "40P01"
	pgDiskFull      = "53100"
)

// translate turns a driver's error into a fault where a caller can act on it.
func translate(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return ErrNoRow
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	}
	if fault.KindOf(err) != fault.Internal {
		return err // already said in the words of whoever knows better
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return translatePostgres(err, pg)
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return translateSQLite(err, lite)
	}
	if isConnectionError(err) {
		return fault.Unavailablef("store.no_answer", "the database does not answer").Because(err)
	}
	return err
}

func translatePostgres(err error, pg *pgconn.PgError) error {
	switch pg.Code {
	case pgUnique:
		return fault.Conflictf("conflict.exists", "the record exists already").Param("constraint", pg.ConstraintName).Because(err)
	case pgForeignKey:
		return fault.Conflictf("conflict.reference", "the record is referred to, or refers to one that is missing").Because(err)
	case pgDiskFull:
		return fault.Unavailablef("store.full", "the disk of the database is full; nothing was saved").Because(err)
	}
	return err
}

func translateSQLite(err error, lite *sqlite.Error) error {
	switch lite.Code() {
	case sqliteUnique, sqlitePrimaryKey:
		return fault.Conflictf("conflict.exists", "the record exists already").Because(err)
	case sqliteForeignKey:
		return fault.Conflictf("conflict.reference", "the record is referred to, or refers to one that is missing").Because(err)
	case sqliteFull:
		return fault.Unavailablef("store.full", "the disk of the database is full; nothing was saved").Because(err)
	}
	return err
}

// retriable reports whether the same transaction may succeed when run again.
func retriable(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == pgSerialization || pg.Code == pgDeadlock
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		c := lite.Code() & 0xff
		return c == sqliteBusy || c == sqliteLocked
	}
	return false
}

func isConnectionError(err error) bool {
	var connect *pgconn.ConnectError
	return errors.As(err, &connect) || errors.Is(err, sql.ErrConnDone) ||
		strings.Contains(err.Error(), "connection refused") || strings.Contains(err.Error(), "conn closed")
}
