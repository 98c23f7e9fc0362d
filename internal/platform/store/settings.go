package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/allclear/allclear/internal/platform/fault"
)

// Setting is one database setting that the product depends on.
type Setting struct {
	Name string `json:"name"`
	Want string `json:"want"`
	Got  string `json:"got"`
	OK   bool   `json:"ok"`
}

// sqliteWants are read back at start, because a setting in a connection string that
// is misspelt is silently ignored. synchronous 2 is FULL.
var sqliteWants = []Setting{
	{Name: "journal_mode", Want: "wal"}, {Name: "synchronous", Want: "2"}, {Name: "foreign_keys", Want: "1"},
}

// Settings reads back the settings that durability and correct ordering depend on.
func (db *DB) Settings(ctx context.Context) ([]Setting, error) {
	if db.dialect == Postgres {
		return db.postgresSettings(ctx)
	}
	var out []Setting
	for _, s := range sqliteWants {
		if err := db.write.QueryRowContext(ctx, "PRAGMA "+s.Name).Scan(&s.Got); err != nil {
			return nil, translate(err)
		}
		s.OK = s.Got == s.Want
		out = append(out, s)
	}
	return out, nil
}

func (db *DB) postgresSettings(ctx context.Context) ([]Setting, error) {
	collate := Setting{Name: "lc_collate", Want: "C.UTF-8"}
	const q = `SELECT datcollate FROM pg_database WHERE datname = current_database()`
	if err := db.read.QueryRowContext(ctx, q).Scan(&collate.Got); err != nil {
		return nil, translate(err)
	}
	got := strings.ToUpper(strings.ReplaceAll(collate.Got, "-", ""))
	collate.OK = got == "C.UTF8" || got == "C" || got == "POSIX"
	encoding := Setting{Name: "server_encoding", Want: "UTF8"}
	if err := db.read.QueryRowContext(ctx, "SHOW server_encoding").Scan(&encoding.Got); err != nil {
		return nil, translate(err)
	}
	encoding.OK = encoding.Got == encoding.Want
	fsync := Setting{Name: "fsync", Want: "on"}
	if err := db.read.QueryRowContext(ctx, "SHOW fsync").Scan(&fsync.Got); err != nil {
		return nil, translate(err)
	}
	fsync.OK = fsync.Got == fsync.Want
	return []Setting{collate, encoding, fsync}, nil
}

// checkSettings refuses to work with settings that would lose acknowledged writes or
// sort differently from SQLite. fsync=off on PostgreSQL is reported by doctor only: a
// test server may run without it.
func (db *DB) checkSettings(ctx context.Context) error {
	settings, err := db.Settings(ctx)
	if err != nil {
		return fault.Unavailablef("store.no_answer", "the database does not answer").Because(err)
	}
	for _, s := range settings {
		if !s.OK && s.Name != "fsync" {
			return fault.Unavailablef("store.bad_setting",
				"the database setting %s is %q and must be %q", s.Name, s.Got, s.Want).
				Param("setting", s.Name).Param("got", s.Got).Param("want", s.Want)
		}
	}
	return nil
}

// IntegrityCheck asks the database to verify its own structure (SQLite only; on
// PostgreSQL data checksums do this while reading).
func (db *DB) IntegrityCheck(ctx context.Context) error {
	if db.dialect != SQLite {
		return nil
	}
	var verdict string
	if err := db.write.QueryRowContext(ctx, "PRAGMA integrity_check").Scan(&verdict); err != nil {
		return translate(err)
	}
	if verdict != "ok" {
		return fmt.Errorf("integrity check of the database: %s", verdict)
	}
	return nil
}
