package accounts

import (
	"context"
	"crypto/subtle"
	"errors"

	"github.com/allclear/allclear/internal/platform/audit"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// SetFirstPassword sets the password with a one-time code, which is used up. The
// person signs in afterwards. Faults as for SignIn and for a password that is too weak.
func (s *Service) SetFirstPassword(ctx context.Context, username, code, password string, d Device) error {
	username = normalUsername(username)
	if err := checkPassword(password, username); err != nil {
		return err
	}
	try, err := s.reserve(ctx, "code", username, d.IP)
	if err != nil {
		return err
	}
	a, err := s.findAccount(ctx, username)
	if err != nil {
		return err
	}
	// Whether the code is right must not show in the time it takes.
	hash, err := s.hash(ctx, password)
	if err != nil {
		return err
	}
	now := s.now()
	given := s.codeHash(codeClass, a.ID, code)
	right := subtle.ConstantTimeCompare([]byte(given), []byte(a.codeHash)) == 1 && a.codeUntil > now && !a.Disabled
	if !right {
		return errors.Join(s.recordFailure(ctx, setFirstPassword, a, d, try), errBadCredentials)
	}
	return s.door.DB.Write(ctx, func(tx *store.Tx) error {
		const q = `
			UPDATE users
			SET    password_hash = $3, code_hash = '', code_until = NULL, version = version + 1
			WHERE  id = $1 AND code_hash = $2 AND NOT disabled`
		if err := oneOrWrong(tx.Exec(ctx, q, string(a.ID), given, hash)); err != nil {
			return err
		}
		if err := try.succeed(ctx, tx); err != nil {
			return err
		}
		_, err := audit.Append(ctx, tx, audit.Entry{
			At: now, Operation: setFirstPassword, Outcome: audit.Done, ActorID: string(a.ID), ActorName: a.DisplayName, RequestID: d.RequestID,
			PlacePath: a.HomePath,
			Changes:   []audit.Change{{Ref: a.ID.Ref().String(), Kind: "updated", Fields: map[string]any{"password": "redacted"}}},
		})
		return err
	})
}

// SetPassword sets the password of an account outright. Only the operator at the
// machine may, for the first administrator and for a demo; everybody else gives a
// one-time code.
func (s *Service) SetPassword(ctx context.Context, call op.Call, id ref.User, password string) error {
	call.Request, call.IdempotencyKey = nil, ""
	if !call.Principal.Holds("operator") {
		return fault.Forbiddenf("accounts.operator_only", "only the operator at the machine sets a password outright")
	}
	var username string
	err := s.door.DB.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRow(ctx, `SELECT username FROM users WHERE id = $1`, string(id)).Scan(&username)
	})
	if err != nil {
		return err
	}
	if err := checkPassword(password, username); err != nil {
		return err
	}
	hash, err := s.hash(ctx, password)
	if err != nil {
		return err
	}
	_, err = op.Do(ctx, s.door, ResetUser, call, func(ctx context.Context, tx *op.Tx) (struct{}, error) {
		const q = `UPDATE users SET password_hash = $2, code_hash = '', code_until = NULL, version = version + 1 WHERE id = $1`
		if err := tx.ExecOne(ctx, q, string(id), hash); err != nil {
			return struct{}{}, err
		}
		tx.Changed(id.Ref(), secretsOf{}, secretsOf{Password: 1})
		return struct{}{}, endSessions(ctx, tx, id, "")
	})
	return err
}
