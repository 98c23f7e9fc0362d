package accounts

import (
	"context"
	"fmt"
	"strings"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// sealedCode is an issued code as an idempotency record may keep it.
type sealedCode struct {
	User      User
	Sealed    string
	ExpiresAt store.Instant
}

func (s *Service) unseal(c sealedCode, err error) (Issued, error) {
	if err != nil {
		return Issued{}, err
	}
	code, err := s.vault.Open(secretClass, c.Sealed)
	return Issued{User: c.User, Code: code, ExpiresAt: c.ExpiresAt}, err
}

// Create makes an account and returns the one-time code with which the person sets
// the first password, valid for 72 hours. The account's home is the place from which
// the caller manages accounts.
func (s *Service) Create(ctx context.Context, call op.Call, n NewUser) (Issued, error) {
	n.Username, n.DisplayName = normalUsername(n.Username), strings.TrimSpace(n.DisplayName)
	if err := n.check(); err != nil {
		return Issued{}, err
	}
	call.Request = n
	return s.unseal(op.Do(ctx, s.door, CreateUser, call, func(ctx context.Context, tx *op.Tx) (sealedCode, error) {
		u := User{
			ID: ref.User(ids.New()), Username: n.Username, DisplayName: n.DisplayName, Language: n.Language,
			HomePath: tx.Scope().Prefixes()[0], CreatedAt: tx.Now(), Version: 1, Grants: []Grant{},
		}
		c, hash, err := s.newOneTimeCode(u, tx.Now())
		if err != nil {
			return c, err
		}
		err = insertUser(ctx, tx.Tx, u, hash, c.ExpiresAt)
		if fault.KindOf(err) == fault.Conflict {
			err = fault.Conflictf("accounts.username_taken", "an account of this name exists").With("username", "taken")
		}
		if err != nil {
			return c, err
		}
		tx.At(u.HomePath)
		tx.Changed(u.ID.Ref(), nil, u)
		for _, g := range n.Grants {
			given, err := s.addGrant(ctx, tx, account{User: u}, g)
			if err != nil {
				return c, err
			}
			u.Grants = append(u.Grants, given)
		}
		if len(u.Grants) > 0 {
			tx.Changed(u.ID.Ref(), describe(nil), describe(u.Grants))
		}
		c.User = u
		return c, nil
	}))
}

func (s *Service) newOneTimeCode(u User, now store.Instant) (sealedCode, string, error) {
	code, err := newCode(3)
	if err != nil {
		return sealedCode{}, "", err
	}
	sealed, err := s.vault.Seal(secretClass, code)
	return sealedCode{User: u, Sealed: sealed, ExpiresAt: after(now, codeLife)}, s.codeHash(codeClass, u.ID, code), err
}

// Update changes the display name or the language of an account. version is what the
// caller saw; 0 takes any.
func (s *Service) Update(ctx context.Context, call op.Call, id ref.User, version int64, e Edit) (User, error) {
	call.Request = []any{id, version, e}
	return op.Do(ctx, s.door, UpdateUser, call, func(ctx context.Context, tx *op.Tx) (User, error) {
		a, err := s.load(ctx, tx, id, version)
		if err != nil {
			return User{}, err
		}
		return saveEdit(ctx, tx, a, e)
	})
}

// UpdateOwn changes the caller's own display name or language.
func (s *Service) UpdateOwn(ctx context.Context, call op.Call, e Edit) (User, error) {
	call.Request = e
	return op.Do(ctx, s.door, UpdateSelf, call, func(ctx context.Context, tx *op.Tx) (User, error) {
		a, err := s.self(ctx, tx)
		if err != nil {
			return User{}, err
		}
		return saveEdit(ctx, tx, a, e)
	})
}

func saveEdit(ctx context.Context, tx *op.Tx, a account, e Edit) (User, error) {
	u := a.User
	if e.DisplayName != nil {
		u.DisplayName = strings.TrimSpace(*e.DisplayName)
	}
	if e.Language != nil {
		u.Language = *e.Language
	}
	f := fault.Invalidf("accounts.bad_user", "the account cannot be changed as described")
	if checkDisplay(f, u.DisplayName, u.Language); len(f.Fields) > 0 {
		return u, f
	}
	const q = `UPDATE users SET display_name = $3, language = $4, version = version + 1 WHERE id = $1 AND version = $2`
	err := tx.ExecOne(ctx, q, string(u.ID), u.Version, u.DisplayName, u.Language)
	tx.At(u.HomePath)
	tx.Changed(u.ID.Ref(), a.User, u)
	u.Version++
	return u, err
}

// load returns an account that the caller may manage, at the version they saw.
func (s *Service) load(ctx context.Context, tx *op.Tx, id ref.User, version int64) (account, error) {
	a, err := loadAccount(ctx, tx.Tx, id, tx.Now())
	if err != nil {
		return a, err
	}
	if version != 0 && version != a.Version {
		return a, store.ErrStale
	}
	return a, s.mayManage(tx, a)
}

// Disable ends an account's sessions and tokens, and lets it sign in no more.
func (s *Service) Disable(ctx context.Context, call op.Call, id ref.User, version int64) (User, error) {
	call.Request = []any{id, version, "disable"}
	return op.Do(ctx, s.door, DisableUser, call, func(ctx context.Context, tx *op.Tx) (User, error) {
		if err := lockAdministrators(ctx, tx); err != nil {
			return User{}, err
		}
		a, err := s.load(ctx, tx, id, version)
		if err != nil {
			return User{}, err
		}
		if err := keepsAdministrator(ctx, tx, a, a.Grants); err != nil {
			return User{}, err
		}
		if err := endSessions(ctx, tx, id, ""); err != nil {
			return User{}, err
		}
		if err := revokeTokens(ctx, tx, id); err != nil {
			return User{}, err
		}
		return saveDisabled(ctx, tx, a, true)
	})
}

// Enable lets a disabled account sign in again.
func (s *Service) Enable(ctx context.Context, call op.Call, id ref.User, version int64) (User, error) {
	call.Request = []any{id, version, "enable"}
	return op.Do(ctx, s.door, DisableUser, call, func(ctx context.Context, tx *op.Tx) (User, error) {
		a, err := s.load(ctx, tx, id, version)
		if err != nil {
			return User{}, err
		}
		return saveDisabled(ctx, tx, a, false)
	})
}

func saveDisabled(ctx context.Context, tx *op.Tx, a account, disabled bool) (User, error) {
	u := a.User
	u.Disabled = disabled
	const q = `UPDATE users SET disabled = $3, version = version + 1 WHERE id = $1 AND version = $2`
	err := tx.ExecOne(ctx, q, string(u.ID), u.Version, disabled)
	tx.At(u.HomePath)
	tx.Changed(u.ID.Ref(), a.User, u)
	u.Version++
	return u, err
}

// Reset takes password, second factor, sessions and tokens from an account and returns
// a one-time code, for a person who lost them or whose account was taken over.
func (s *Service) Reset(ctx context.Context, call op.Call, id ref.User) (Issued, error) {
	call.Request = []any{id, "reset"}
	return s.unseal(op.Do(ctx, s.door, ResetUser, call, func(ctx context.Context, tx *op.Tx) (sealedCode, error) {
		a, err := s.load(ctx, tx, id, 0)
		if err != nil {
			return sealedCode{}, err
		}
		u := a.User
		u.MFA, u.Active = false, false
		c, hash, err := s.newOneTimeCode(u, tx.Now())
		if err != nil {
			return c, err
		}
		const q = `
			UPDATE users
			SET    password_hash = '', totp_secret = '', totp_pending = '', recovery = '[]',
			       code_hash = $2, code_until = $3, version = version + 1
			WHERE  id = $1`
		if err := tx.ExecOne(ctx, q, string(id), hash, c.ExpiresAt); err != nil {
			return c, err
		}
		tx.At(u.HomePath)
		tx.Changed(id.Ref(), a.User, u)
		tx.Changed(id.Ref(), secretsOf{}, secretsOf{OneTimeCode: 1})
		if err := endSessions(ctx, tx, id, ""); err != nil {
			return c, err
		}
		c.User.Version++
		return c, revokeTokens(ctx, tx, id)
	}))
}

// Filter selects accounts.
type Filter struct {
	Q     string // part of the username or the display name
	After string // the username of the last one seen: the cursor
	Limit int    // at most 200
}

// Users lists the accounts that have their home or a grant where the caller looks
// after accounts, by username, and how many there are in all.
func (s *Service) Users(ctx context.Context, call op.Call, f Filter) ([]User, int, error) {
	type page struct {
		users []User
		total int
	}
	out, err := op.Do(ctx, s.door, ViewUser, call, func(ctx context.Context, tx *op.Tx) (page, error) {
		var p page
		where, args := usersWhere(tx.Scope(), f.Q, tx.Now())
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM users u WHERE `+where, args...).Scan(&p.total); err != nil {
			return p, err
		}
		args = append(args, normalUsername(f.After), min(max(f.Limit, 1), 200))
		q := `SELECT ` + userColumns + ` FROM users u WHERE ` + where +
			fmt.Sprintf(` AND lower(u.username) > $%d ORDER BY lower(u.username) LIMIT $%d`, len(args)-1, len(args))
		rows, err := tx.Query(ctx, q, args...)
		found, err := store.Collect(rows, err, scanAccount)
		for _, a := range found {
			p.users = append(p.users, a.User)
		}
		if err != nil {
			return p, err
		}
		return p, fillGrants(ctx, tx, p.users)
	})
	return out.users, out.total, err
}

// User returns one account.
func (s *Service) User(ctx context.Context, call op.Call, id ref.User) (User, error) {
	return op.Do(ctx, s.door, ViewUser, call, func(ctx context.Context, tx *op.Tx) (User, error) {
		a, err := loadAccount(ctx, tx.Tx, id, tx.Now())
		if err != nil {
			return User{}, err
		}
		seen := tx.Scope().Contains(a.HomePath)
		for _, g := range a.Grants {
			seen = seen || tx.Scope().Contains(g.PlacePath)
		}
		if !seen {
			return User{}, store.ErrNoRow
		}
		return a.User, nil
	})
}

func usersWhere(scope access.Scope, q string, now store.Instant) (string, []any) {
	args := []any{now}
	home := scope.SQL("u.home_path", &args)
	grant := scope.SQL("g.place_path", &args)
	where := `(` + home + ` OR EXISTS (SELECT 1 FROM user_grants g WHERE g.user_id = u.id
		AND (g.until_at IS NULL OR g.until_at > $1) AND ` + grant + `))`
	if q = strings.TrimSpace(q); q != "" {
		escaped := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(q)
		args = append(args, "%"+escaped+"%")
		where += fmt.Sprintf(` AND (lower(u.username) LIKE lower($%d) ESCAPE '\' OR lower(u.display_name) LIKE lower($%d) ESCAPE '\')`, len(args), len(args))
	}
	return where, args
}

// fillGrants loads the grants of a page of users.
func fillGrants(ctx context.Context, tx *op.Tx, users []User) error {
	for i := range users {
		grants, err := loadGrants(ctx, tx.Tx, users[i].ID, tx.Now())
		if err != nil {
			return err
		}
		users[i].Grants = grants
	}
	return nil
}
