package store

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // registers the driver "sqlite"

	"github.com/allclear/allclear/internal/platform/fault"
)

// Dialect is the kind of database.
type Dialect string

// The two databases.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

// DB is an open database. It is safe for concurrent use.
type DB struct {
	dialect Dialect
	write   *sql.DB // SQLite: exactly one connection, the single writer
	read    *sql.DB // SQLite: several read-only connections; PostgreSQL: the same pool
	path    string  // SQLite: the file
	url     string
}

// Open opens the database at databaseURL: "sqlite:///dir/allclear.db" or
// "postgres://user@host/name". It checks the settings that durability depends on
// and refuses a database whose settings it cannot trust. It does not migrate.
func Open(ctx context.Context, databaseURL string) (*DB, error) {
	switch {
	case strings.HasPrefix(databaseURL, "sqlite://"):
		return openSQLite(ctx, strings.TrimPrefix(databaseURL, "sqlite://"))
	case strings.HasPrefix(databaseURL, "postgres://"), strings.HasPrefix(databaseURL, "postgresql://"):
		return openPostgres(ctx, databaseURL)
	}
	return nil, fault.Invalidf("store.unknown_url",
		"the database URL must start with sqlite:// or postgres://")
}

// sqlitePragmas are set on every connection. synchronous=FULL because an
// acknowledged write must survive a power cut (test T03). The log grows to 64 MB before it
// is copied into the database: indexes by hashes dirty pages everywhere, and those that
// change again in the meantime are copied once.
var sqlitePragmas = []string{
	"journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "busy_timeout(15000)",
	"wal_autocheckpoint(16384)", "cache_size(-65536)", "temp_store(MEMORY)", "mmap_size(268435456)",
}

func openSQLite(ctx context.Context, path string) (*DB, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fault.Unavailablef("store.no_directory", "the data directory cannot be made").Because(err)
	}
	writer, err := sql.Open("sqlite", sqliteDSN(path, "immediate", ""))
	if err != nil {
		return nil, fmt.Errorf("open sqlite: %w", err)
	}
	writer.SetMaxOpenConns(1)
	reader, err := sql.Open("sqlite", sqliteDSN(path, "deferred", "query_only(1)"))
	if err != nil {
		return nil, fmt.Errorf("open sqlite for reading: %w", err)
	}
	reader.SetMaxOpenConns(max(4, 2*runtime.NumCPU()))
	reader.SetMaxIdleConns(max(4, 2*runtime.NumCPU()))
	db := &DB{dialect: SQLite, write: writer, read: reader, path: path, url: "sqlite://" + path}
	if err := db.checkSettings(ctx); err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}

func sqliteDSN(path, lock, extra string) string {
	q := url.Values{"_txlock": {lock}}
	for _, p := range sqlitePragmas {
		q.Add("_pragma", p)
	}
	if extra != "" {
		q.Add("_pragma", extra)
	}
	// In a file URI these three would end the path (https://www.sqlite.org/uri.html).
	return "file:" + strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path) + "?" + q.Encode()
}

func openPostgres(ctx context.Context, databaseURL string) (*DB, error) {
	cfg, err := pgx.ParseConfig(databaseURL)
	if err != nil {
		return nil, fault.Invalidf("store.bad_url", "the PostgreSQL URL cannot be read") // never echo it: it may hold a password
	}
	cfg.RuntimeParams["timezone"] = "UTC"
	cfg.RuntimeParams["application_name"] = "allclear"
	pool := stdlib.OpenDB(*cfg)
	pool.SetMaxOpenConns(max(8, 4*runtime.NumCPU()))
	pool.SetMaxIdleConns(8)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	db := &DB{dialect: Postgres, write: pool, read: pool, url: databaseURL}
	if err := db.checkSettings(ctx); err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}

// Dialect tells which database this is.
func (db *DB) Dialect() Dialect { return db.dialect }

// Path returns the file of a SQLite database, and "" for PostgreSQL.
func (db *DB) Path() string { return db.path }

// Ping reports whether the database answers.
func (db *DB) Ping(ctx context.Context) error {
	if err := db.read.PingContext(ctx); err != nil {
		return fault.Unavailablef("store.no_answer", "the database does not answer").Because(err)
	}
	return nil
}

// Raw returns the pool for writing, for the job queue and for backups. Domain code
// never sees it.
func (db *DB) Raw() *sql.DB { return db.write }

// Close ends all connections.
func (db *DB) Close() error {
	err := db.write.Close()
	if db.read != db.write {
		if e := db.read.Close(); err == nil {
			err = e
		}
	}
	return err
}
