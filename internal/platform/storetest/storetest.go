// Package storetest gives tests a fresh, migrated database of each kind.
//
// The server for PostgreSQL is named by ALLCLEAR_TEST_POSTGRES (a URL to any database
// in which CREATE DATABASE is allowed); scripts/test-postgres starts one. Without it
// the PostgreSQL half is skipped, except under CI=true, where that is a failure.
package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver "pgx"

	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/store"
)

// Each runs f as two subtests, "sqlite" and "postgres", each on its own migrated database.
func Each(t *testing.T, f func(t *testing.T, db *store.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { f(t, Postgres(t)) })
}

// SQLite opens a fresh, migrated SQLite database in the test's own directory.
func SQLite(t testing.TB) *store.DB {
	t.Helper()
	return open(t, "sqlite://"+filepath.Join(t.TempDir(), "allclear.db"), true)
}

// Postgres opens a fresh, migrated PostgreSQL database.
func Postgres(t testing.TB) *store.DB {
	t.Helper()
	return open(t, PostgresURL(t), false)
}

// PostgresURL makes a fresh, migrated PostgreSQL database, dropped at the end of the
// test, and returns its URL.
func PostgresURL(t testing.TB) string {
	t.Helper()
	server := os.Getenv("ALLCLEAR_TEST_POSTGRES")
	if server == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("ALLCLEAR_TEST_POSTGRES is not set: under CI every storage test runs on PostgreSQL too")
		}
		t.Skip("ALLCLEAR_TEST_POSTGRES is not set; run scripts/test-postgres")
	}
	template, err := templateDatabase(server)
	if err != nil {
		t.Fatalf("prepare the template database: %v", err)
	}
	name := "test_" + strings.ReplaceAll(ids.New(), "-", "")
	execute(t, server, `CREATE DATABASE `+name+` TEMPLATE `+template)
	t.Cleanup(func() { execute(t, server, `DROP DATABASE IF EXISTS `+name+` WITH (FORCE)`) })
	return withDatabase(server, name)
}

func open(t testing.TB, databaseURL string, migrate bool) *store.DB {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, databaseURL)
	if err != nil {
		t.Fatalf("open the database: %v", err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if migrate {
		if _, err := db.Migrate(ctx); err != nil {
			t.Fatalf("migrate: %v", err)
		}
	}
	return db
}

// templates holds one migrated template per server and process: cloning it is ten
// times faster than migrating.
var templates struct {
	sync.Mutex
	name string
}

func templateDatabase(server string) (string, error) {
	templates.Lock()
	defer templates.Unlock()
	if templates.name != "" {
		return templates.name, nil
	}
	name := fmt.Sprintf("template_%d_%s", os.Getpid(), strings.ReplaceAll(ids.New(), "-", "")[20:])
	admin, err := sql.Open("pgx", server)
	if err != nil {
		return "", err
	}
	defer func() { _ = admin.Close() }()
	const options = ` ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8' TEMPLATE template0`
	if _, err := admin.Exec(`CREATE DATABASE ` + name + options); err != nil {
		return "", err
	}
	ctx := context.Background()
	db, err := store.Open(ctx, withDatabase(server, name))
	if err != nil {
		return "", err
	}
	if _, err := db.Migrate(ctx); err != nil {
		return "", err
	}
	templates.name = name
	return name, db.Close()
}

func execute(t testing.TB, server, statement string) {
	t.Helper()
	admin, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatalf("connect to PostgreSQL: %v", err)
	}
	defer func() { _ = admin.Close() }()
	if _, err := admin.Exec(statement); err != nil {
		t.Fatalf("%s: %v", strings.Fields(statement)[0], err)
	}
}

func withDatabase(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		panic(err) // the caller has already connected with it
	}
	u.Path = "/" + name
	return u.String()
}
