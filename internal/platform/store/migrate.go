package store

import (
	"context"
	"fmt"

	"github.com/pressly/goose/v3"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/migrations"
)

// Migration is one step of the schema.
type Migration struct {
	Version int64  `json:"version"`
	Name    string `json:"name"`
	Applied bool   `json:"applied"`
}

func (db *DB) goose() (*goose.Provider, error) {
	dialect := goose.DialectSQLite3
	if db.dialect == Postgres {
		dialect = goose.DialectPostgres
	}
	return goose.NewProvider(dialect, db.write, migrations.FS, goose.WithTableName("schema_migrations"), goose.WithDisableGlobalRegistry(true))
}

// Migrate brings the schema up to this program's version. It refuses a database that
// a newer program has migrated further: an older program must not write to it.
func (db *DB) Migrate(ctx context.Context) ([]Migration, error) {
	if err := db.refuseNewer(ctx); err != nil {
		return nil, err
	}
	p, err := db.goose()
	if err != nil {
		return nil, err
	}
	results, err := p.Up(ctx)
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	done := make([]Migration, 0, len(results))
	for _, r := range results {
		done = append(done, Migration{Version: r.Source.Version, Name: r.Source.Path, Applied: true})
	}
	return done, nil
}

// Migrations lists all steps this program knows and whether each is applied.
func (db *DB) Migrations(ctx context.Context) ([]Migration, error) {
	p, err := db.goose()
	if err != nil {
		return nil, err
	}
	status, err := p.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("migration status: %w", err)
	}
	var out []Migration
	for _, s := range status {
		out = append(out, Migration{Version: s.Source.Version, Name: s.Source.Path, Applied: s.State == goose.StateApplied})
	}
	return out, nil
}

// CheckSchema reports whether the schema is exactly this program's: pending steps and
// a newer database are each a fault that says what to do.
func (db *DB) CheckSchema(ctx context.Context) error {
	if err := db.refuseNewer(ctx); err != nil {
		return err
	}
	all, err := db.Migrations(ctx)
	if err != nil {
		return err
	}
	for _, m := range all {
		if !m.Applied {
			return fault.Conflictf("store.migrations_pending",
				"the database misses schema step %d; run `allclear migrate`, or start with --migrate", m.Version).Param("version", m.Version)
		}
	}
	return nil
}

func (db *DB) refuseNewer(ctx context.Context) error {
	p, err := db.goose()
	if err != nil {
		return err
	}
	current, target, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read the schema version: %w", err)
	}
	if current > target {
		return fault.Conflictf("store.database_newer",
			"the database is of schema version %d and this program knows only %d; nothing was changed: use the newer program", current, target).
			Param("database", current).Param("program", target)
	}
	return nil
}
