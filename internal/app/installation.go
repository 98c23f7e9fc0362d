package app

import (
	"context"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/store"
)

// isDemo reports whether this database holds a demo city.
func (a *App) isDemo(ctx context.Context) (bool, error) {
	value, err := a.fact(ctx, "demo")
	return value != "", err
}

// fact returns a fact of this installation, "" if it was never noted.
func (a *App) fact(ctx context.Context, key string) (string, error) {
	var value string
	err := a.DB.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRow(ctx, `SELECT value FROM installation WHERE key = $1`, key).Scan(&value)
	})
	if fault.KindOf(err) == fault.NotFound {
		return "", nil
	}
	return value, err
}

// note keeps a fact of this installation.
func (a *App) note(ctx context.Context, key, value string) error {
	return a.DB.Write(ctx, func(tx *store.Tx) error {
		const q = `INSERT INTO installation (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value`
		_, err := tx.Technical().Exec(ctx, q, key, value)
		return err
	})
}
