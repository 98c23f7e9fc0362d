package accounts

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

const (
	tokenPrefix = "alc_" // so that scanners for leaked secrets find them
	tokenLife   = 366 * 24 * time.Hour
	maxTokens   = 50
)

// Token is a key for a program, limited to some of its owner's operations.
type Token struct {
	ID         ref.Token     `json:"id" audit:"-"`
	Name       string        `json:"name" audit:"public"`
	Operations []string      `json:"operations" audit:"public"`
	CreatedAt  store.Instant `json:"created_at" audit:"-"`
	LastUsedAt store.Instant `json:"last_used_at" audit:"-"` // exact to a minute; 0 for never
	ExpiresAt  store.Instant `json:"expires_at" audit:"public"`
}

// NewToken is what making a token asks for.
type NewToken struct {
	Name       string        `json:"name"`
	Operations []string      `json:"operations"`
	ExpiresAt  store.Instant `json:"expires_at"` // at most a year ahead
}

// IssuedToken is a token with its secret, shown once.
type IssuedToken struct {
	Token
	Secret string `json:"token"`
}

type sealedToken struct {
	Token  Token
	Sealed string
}

// ForToken reports whether an API token may be limited to the operation at all. A
// token never changes accounts, grants, passwords or tokens: with any of them a
// program could make itself a session.
func ForToken(operation string) bool {
	return !strings.HasPrefix(operation, "accounts.") || strings.HasSuffix(operation, ".view")
}

// CreateToken makes a token of the caller.
func (s *Service) CreateToken(ctx context.Context, call op.Call, n NewToken) (IssuedToken, error) {
	n.Operations = slices.Compact(slices.Sorted(slices.Values(n.Operations)))
	call.Request = n
	made, err := op.Do(ctx, s.door, CreateToken, call, func(ctx context.Context, tx *op.Tx) (sealedToken, error) {
		if err := onlyInPerson(tx.Principal()); err != nil {
			return sealedToken{}, err
		}
		if err := s.checkToken(tx, n); err != nil {
			return sealedToken{}, err
		}
		t := Token{ID: ref.Token(ids.New()), Name: n.Name, Operations: n.Operations, CreatedAt: tx.Now(), ExpiresAt: n.ExpiresAt}
		return s.insertToken(ctx, tx, t)
	})
	if err != nil {
		return IssuedToken{}, err
	}
	secret, err := s.vault.Open(secretClass, made.Sealed)
	return IssuedToken{Token: made.Token, Secret: secret}, err
}

func (s *Service) checkToken(tx *op.Tx, n NewToken) error {
	f := fault.Invalidf("accounts.bad_token", "the token cannot be made as described")
	if l := utf8.RuneCountInString(n.Name); l == 0 || l > 100 {
		f.With("name", "bad_length")
	}
	if n.ExpiresAt <= tx.Now() || n.ExpiresAt > after(tx.Now(), tokenLife) {
		f.With("expires_on", "out_of_range")
	}
	if len(n.Operations) == 0 {
		f.With("operations", "required")
	}
	if len(f.Fields) > 0 {
		return f
	}
	mine := s.door.Access.Operations(tx.Principal(), n.Operations)
	for _, o := range n.Operations {
		if !ForToken(o) || !slices.Contains(mine, o) {
			return fault.Forbiddenf("accounts.token_too_wide", "a token cannot do %s: you may not yourself, or it is not for programs", o).
				Param("operation", o)
		}
	}
	return nil
}

func (s *Service) insertToken(ctx context.Context, tx *op.Tx, t Token) (sealedToken, error) {
	var n int
	const count = `SELECT count(*) FROM api_tokens WHERE user_id = $1 AND expires_at > $2`
	if err := tx.QueryRow(ctx, count, tx.Principal().UserID, tx.Now()).Scan(&n); err != nil {
		return sealedToken{}, err
	}
	if n >= maxTokens {
		return sealedToken{}, fault.Conflictf("accounts.too_many_tokens", "there are %d tokens already; revoke some", n)
	}
	random, err := randomSecret()
	if err != nil {
		return sealedToken{}, err
	}
	sealed, err := s.vault.Seal(secretClass, tokenPrefix+random)
	if err != nil {
		return sealedToken{}, err
	}
	operations, err := json.Marshal(t.Operations)
	if err != nil {
		return sealedToken{}, err
	}
	const q = `
		INSERT INTO api_tokens (id, token_hash, user_id, name, operations, mfa, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	_, err = tx.Exec(ctx, q, string(t.ID), secretHash(tokenPrefix+random), tx.Principal().UserID, t.Name, string(operations),
		tx.Principal().MFA, t.CreatedAt, t.ExpiresAt)
	tx.Changed(t.ID.Ref(), nil, t)
	return sealedToken{Token: t, Sealed: sealed}, err
}

const tokenColumns = `id, name, operations, created_at, last_used_at, expires_at`

func scanToken(r store.Scanner) (Token, error) {
	var t Token
	var operations string
	if err := r.Scan(&t.ID, &t.Name, &operations, &t.CreatedAt, &t.LastUsedAt, &t.ExpiresAt); err != nil {
		return t, err
	}
	if err := json.Unmarshal([]byte(operations), &t.Operations); err != nil {
		return t, fmt.Errorf("read the operations of token %s: %w", t.ID, err)
	}
	return t, nil
}

// Tokens lists the caller's tokens, the newest first; expired ones stay for a while.
func (s *Service) Tokens(ctx context.Context, call op.Call) ([]Token, error) {
	return op.Do(ctx, s.door, ViewSelf, call, func(ctx context.Context, tx *op.Tx) ([]Token, error) {
		const q = `SELECT ` + tokenColumns + ` FROM api_tokens WHERE user_id = $1 ORDER BY id DESC`
		rows, err := tx.Query(ctx, q, tx.Principal().UserID)
		return store.Collect(rows, err, scanToken)
	})
}

// RevokeToken ends one of the caller's tokens.
func (s *Service) RevokeToken(ctx context.Context, call op.Call, id ref.Token) error {
	_, err := op.Do(ctx, s.door, RevokeToken, call, func(ctx context.Context, tx *op.Tx) (struct{}, error) {
		if err := onlyInPerson(tx.Principal()); err != nil {
			return struct{}{}, err
		}
		const q = `DELETE FROM api_tokens WHERE id = $1 AND user_id = $2 RETURNING ` + tokenColumns
		t, err := scanToken(tx.QueryRow(ctx, q, string(id), tx.Principal().UserID))
		tx.Changed(id.Ref(), t, nil)
		return struct{}{}, err
	})
	return err
}

// revokeTokens ends all tokens of a user.
func revokeTokens(ctx context.Context, tx *op.Tx, user ref.User) error {
	const q = `DELETE FROM api_tokens WHERE user_id = $1 RETURNING ` + tokenColumns
	rows, err := tx.Query(ctx, q, string(user))
	gone, err := store.Collect(rows, err, scanToken)
	for _, t := range gone {
		tx.Changed(t.ID.Ref(), t, nil)
	}
	return err
}

func (s *Service) byToken(ctx context.Context, secret string) (access.Principal, error) {
	const q = `
		SELECT t.id, t.operations, t.mfa, t.last_used_at, u.id, u.display_name
		FROM   api_tokens t
		JOIN   users u ON u.id = t.user_id
		WHERE  t.token_hash = $1 AND t.expires_at > $2 AND NOT u.disabled`
	now := s.now()
	p := access.Principal{NeedsMFA: s.options.NeedsMFA, TokenOps: []string{}}
	var id, operations string
	var used store.Instant
	err := s.door.DB.Read(ctx, func(tx *store.Tx) error {
		row := tx.QueryRow(ctx, q, secretHash(secret), now)
		if err := row.Scan(&id, &operations, &p.MFA, &used, &p.UserID, &p.Name); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(operations), &p.TokenOps); err != nil {
			return fmt.Errorf("read the operations of token %s: %w", id, err)
		}
		grants, err := loadGrants(ctx, tx, ref.User(p.UserID), now)
		p.Grants = principalGrants(grants)
		return err
	})
	if err != nil {
		return access.Principal{}, orSignIn(err)
	}
	if used < before(now, seenEvery) {
		s.keepSeen(ctx, `UPDATE api_tokens SET last_used_at = $2 WHERE id = $1`, id, now)
	}
	return p, nil
}
