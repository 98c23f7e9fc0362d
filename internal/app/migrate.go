package app

import (
	"context"
	"os"

	"github.com/allclear/allclear/internal/platform/store"
)

// Migrate brings the schema up to date if apply is set, and returns all its steps.
func Migrate(ctx context.Context, c Config, apply bool) ([]store.Migration, error) {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, c.databaseURL())
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	if apply {
		if _, err := db.Migrate(ctx); err != nil {
			return nil, err
		}
	}
	return db.Migrations(ctx)
}
