package backup

import (
	"context"
	"errors"
	"io"
	"io/fs"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/store"
)

// damaged is a backup whose part cannot be read or is not what was written.
func damaged(part string, cause error) error {
	if errors.Is(cause, io.ErrUnexpectedEOF) || errors.Is(cause, io.EOF) {
		return fault.Invalidf("backup.cut", "the backup ends in the middle, in %s; nothing was changed: use another copy", part).
			Param("part", part).Because(cause)
	}
	return fault.Invalidf("backup.damaged", "the backup is damaged in %s; nothing was changed: use another copy", part).
		Param("part", part).Because(cause)
}

// unreadable tells damage of the backup from a disk or network that does not deliver it.
func unreadable(part string, err error) error {
	var path *fs.PathError
	var known *fault.Error
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.As(err, &known):
		return err
	case errors.As(err, &path):
		return fault.Unavailablef("backup.cannot_read", "the backup cannot be read; nothing was changed").Because(err)
	}
	return damaged(part, err)
}

func notABackup(cause error) error {
	return fault.Invalidf("backup.not_a_backup", "this file is not a backup of AllClear").Because(cause)
}

func notEmpty(table string) error {
	return fault.Conflictf("backup.not_empty", "table %s of the target holds rows already; nothing was changed: restore into a new, empty database", table).
		Param("table", table)
}

// checkFits compares the schema of the backup with that of the target.
func checkFits(m Manifest, target schema) error {
	switch {
	case m.SchemaVersion > target.version:
		return fault.Conflictf("backup.schema_newer",
			"the backup is of schema version %d and this program knows only %d; nothing was changed: restore it with program version %s or newer",
			m.SchemaVersion, target.version, m.Program).
			Param("backup", m.SchemaVersion).Param("database", target.version).Param("program", m.Program)
	case m.SchemaVersion < target.version:
		return fault.Conflictf("backup.schema_older",
			"the backup is of schema version %d and the database of %d; nothing was changed: restore it with program version %s, then upgrade",
			m.SchemaVersion, target.version, m.Program).
			Param("backup", m.SchemaVersion).Param("database", target.version).Param("program", m.Program)
	}
	if table := firstDifference(m.Tables, target.tables); table != "" {
		return fault.Conflictf("backup.schema_differs",
			"table %s is not the same in the backup and in the database; nothing was changed: restore with the program that made the backup, version %s",
			table, m.Program).Param("table", table).Param("program", m.Program)
	}
	return nil
}

// notStorable is a value that SQLite holds and PostgreSQL does not take.
func notStorable(t Table, column string, row int64, target store.Dialect) error {
	return fault.Conflictf("backup.not_storable",
		"row %d of table %s holds in column %s a value that the target (%s) cannot store; nothing was changed", row, t.Name, column, target).
		Param("table", t.Name).Param("column", column).Param("row", row).Param("database", string(target))
}
