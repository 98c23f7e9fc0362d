package accounts

import (
	"context"
	"fmt"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/ref"
)

// Repath lets roles and the homes of accounts follow a subtree of places to its new path,
// and returns how many roles are held there. Whoever holds one over a place holds it over
// the same place afterwards.
func Repath(ctx context.Context, tx *op.Tx, from, to string) (int64, error) {
	rest, end := len(from)+1, access.End(from)
	n, err := tx.Exec(ctx, `UPDATE user_grants SET place_path = $2 || substr(place_path, $3) WHERE place_path >= $1 AND place_path < $4`, from, to, rest, end)
	if err != nil {
		return 0, fmt.Errorf("let roles follow their place: %w", err)
	}
	_, err = tx.Exec(ctx, `UPDATE users SET home_path = $2 || substr(home_path, $3) WHERE home_path >= $1 AND home_path < $4`, from, to, rest, end)
	if err != nil {
		return n, fmt.Errorf("let accounts follow their place: %w", err)
	}
	return n, nil
}

// HeldAt counts the roles that are held over a place itself.
func HeldAt(ctx context.Context, tx *op.Tx, id ref.Place) (n int64, err error) {
	return n, tx.QueryRow(ctx, `SELECT count(*) FROM user_grants WHERE place_id = $1`, string(id)).Scan(&n)
}

// Rehome gives the accounts that belong to a place itself to another. Roles are not
// handed over: over the larger place they would allow more than was given.
func Rehome(ctx context.Context, tx *op.Tx, from, to string) error {
	_, err := tx.Exec(ctx, `UPDATE users SET home_path = $2 WHERE home_path = $1`, from, to)
	return err
}
