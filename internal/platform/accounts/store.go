package accounts

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// account is a user with the secrets that never leave this package.
type account struct {
	User
	passwordHash string
	totpSecret   string // sealed; "" when none is enrolled
	totpPending  string // sealed; offered and not yet confirmed
	totpLast     int64  // the newest time step that was used
	recovery     []string
	recoveryText string // as stored
	codeHash     string
	codeUntil    store.Instant
}

const userColumns = `u.id, u.username, u.display_name, u.language, u.password_hash, u.totp_secret, u.totp_pending,
	u.totp_last, u.recovery, u.code_hash, u.code_until, u.disabled, u.home_path, u.created_at, u.last_seen_at, u.version`

func scanAccount(r store.Scanner) (account, error) {
	var a account
	err := r.Scan(&a.ID, &a.Username, &a.DisplayName, &a.Language, &a.passwordHash, &a.totpSecret, &a.totpPending,
		&a.totpLast, &a.recoveryText, &a.codeHash, &a.codeUntil, &a.Disabled, &a.HomePath, &a.CreatedAt, &a.LastSeenAt, &a.Version)
	if err != nil {
		return a, err
	}
	a.MFA, a.Active, a.Grants = a.totpSecret != "", a.passwordHash != "", []Grant{}
	if err := json.Unmarshal([]byte(a.recoveryText), &a.recovery); err != nil {
		return a, fmt.Errorf("read the recovery codes of user %s: %w", a.ID, err)
	}
	return a, nil
}

func loadAccount(ctx context.Context, tx *store.Tx, id ref.User, now store.Instant) (account, error) {
	const q = `SELECT ` + userColumns + ` FROM users u WHERE u.id = $1`
	return withGrants(ctx, tx, tx.QueryRow(ctx, q, string(id)), now)
}

func loadByName(ctx context.Context, tx *store.Tx, username string, now store.Instant) (account, error) {
	const q = `SELECT ` + userColumns + ` FROM users u WHERE lower(u.username) = $1`
	return withGrants(ctx, tx, tx.QueryRow(ctx, q, username), now)
}

func withGrants(ctx context.Context, tx *store.Tx, row store.Scanner, now store.Instant) (account, error) {
	a, err := scanAccount(row)
	if err != nil {
		return a, err
	}
	a.Grants, err = loadGrants(ctx, tx, a.ID, now)
	return a, err
}

func insertUser(ctx context.Context, tx *store.Tx, u User, codeHash string, codeUntil store.Instant) error {
	const q = `
		INSERT INTO users (id, username, display_name, language, password_hash, totp_secret, totp_pending, totp_last,
			recovery, code_hash, code_until, disabled, home_path, created_at, version)
		VALUES ($1, $2, $3, $4, '', '', '', 0, '[]', $5, $6, FALSE, $7, $8, 1)`
	_, err := tx.Exec(ctx, q, string(u.ID), u.Username, u.DisplayName, u.Language, codeHash, codeUntil, u.HomePath, u.CreatedAt)
	return err
}

const grantColumns = `g.id, g.user_id, g.role, g.place_id, g.place_path, g.until_at`

func scanGrant(r store.Scanner) (Grant, error) {
	var g Grant
	err := r.Scan(&g.ID, &g.UserID, &g.Role, store.Optional(&g.PlaceID), &g.PlacePath, &g.Until)
	return g, err
}

// loadGrants returns the grants that hold at the given moment.
func loadGrants(ctx context.Context, tx *store.Tx, id ref.User, now store.Instant) ([]Grant, error) {
	const q = `
		SELECT ` + grantColumns + `
		FROM   user_grants g
		WHERE  g.user_id = $1 AND (g.until_at IS NULL OR g.until_at > $2)
		ORDER  BY g.place_path, g.role`
	rows, err := tx.Query(ctx, q, string(id), now)
	return store.Collect(rows, err, scanGrant)
}

func insertGrant(ctx context.Context, tx *store.Tx, g Grant, now store.Instant) error {
	// A grant that ended may be given anew.
	const clear = `DELETE FROM user_grants WHERE user_id = $1 AND role = $2 AND place_path = $3 AND until_at <= $4`
	if _, err := tx.Exec(ctx, clear, string(g.UserID), g.Role, g.PlacePath, now); err != nil {
		return err
	}
	const q = `
		INSERT INTO user_grants (id, user_id, role, place_id, place_path, until_at, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`
	_, err := tx.Exec(ctx, q, string(g.ID), string(g.UserID), g.Role, store.OrNull(g.PlaceID), g.PlacePath, g.Until, now)
	return err
}

// touch raises the version of a user whose secrets or grants changed.
func touch(ctx context.Context, tx *store.Tx, id ref.User) error {
	return tx.ExecOne(ctx, `UPDATE users SET version = version + 1 WHERE id = $1`, string(id))
}
