package accounts

import (
	"context"
	"errors"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/audit"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

var (
	errSignInFirst    = fault.Unauthenticatedf("session.required", "sign in first")
	errBadCredentials = fault.Unauthenticatedf("session.bad_credentials", "the username, the password or the code is not right")
	errNeedsCode      = fault.Unauthenticatedf("session.totp_required", "this account asks for the code of the second factor as well")
)

// Credentials is what a person signs in with. Code is of the authenticator app or a
// recovery code, and "" at first: the answer session.totp_required asks for it.
type Credentials struct {
	Username string
	Password string
	Code     string
}

// Device is where a sign-in comes from.
type Device struct {
	IP        string
	UserAgent string
	RequestID string
}

// SignIn opens a session and returns its secret, for the cookie, and who it is.
//
// Faults: session.bad_credentials, the same for an unknown account, a disabled one, a
// wrong password and a wrong code; session.totp_required; session.too_many_tries with
// retry_after_s.
func (s *Service) SignIn(ctx context.Context, c Credentials, d Device) (string, access.Principal, error) {
	c.Username = normalUsername(c.Username)
	try, err := s.reserve(ctx, "sign-in", c.Username, d.IP)
	if err != nil {
		return "", access.Principal{}, err
	}
	a, err := s.findAccount(ctx, c.Username)
	if err != nil {
		return "", access.Principal{}, err
	}
	hash := a.passwordHash
	if a.Disabled {
		hash = ""
	}
	ok, err := s.matches(ctx, c.Password, hash)
	if err != nil {
		return "", access.Principal{}, err
	}
	if ok && a.MFA && c.Code == "" {
		err := s.door.DB.Write(ctx, func(tx *store.Tx) error { return try.refund(ctx, tx) })
		return "", access.Principal{}, errors.Join(err, errNeedsCode)
	}
	var secret string
	var p access.Principal
	if ok {
		secret, p, err = s.open(ctx, a, c.Code, d, try)
	} else {
		err = errBadCredentials
	}
	if errors.Is(err, errBadCredentials) {
		return "", access.Principal{}, errors.Join(s.recordFailure(ctx, openSession, a, d, try), errBadCredentials)
	}
	return secret, p, err
}

// findAccount returns the account, or an empty one that nothing matches.
func (s *Service) findAccount(ctx context.Context, username string) (account, error) {
	var a account
	err := s.door.DB.Read(ctx, func(tx *store.Tx) (err error) {
		a, err = loadByName(ctx, tx, username, s.now())
		return err
	})
	if fault.KindOf(err) == fault.NotFound {
		return account{}, nil
	}
	return a, err
}

// open makes the session in one transaction with using up the code, so that one code
// opens one session.
func (s *Service) open(ctx context.Context, a account, code string, d Device, try attempt) (string, access.Principal, error) {
	secret, err := randomSecret()
	if err != nil {
		return "", access.Principal{}, err
	}
	now := s.now()
	session := Session{ID: ref.Session(ids.New()), CreatedAt: now, LastSeenAt: now, IP: clip(d.IP, 64), UserAgent: clip(d.UserAgent, 300)}
	err = s.door.DB.Write(ctx, func(tx *store.Tx) error {
		if a.MFA {
			if err := s.useCode(ctx, tx, a, code, now); err != nil {
				return err
			}
		}
		// The account may have been disabled or its password changed since it was read.
		const seen = `UPDATE users SET last_seen_at = $2 WHERE id = $1 AND NOT disabled AND password_hash = $3`
		if err := oneOrWrong(tx.Exec(ctx, seen, string(a.ID), now, a.passwordHash)); err != nil {
			return err
		}
		if err := insertSession(ctx, tx, session, a.ID, secretHash(secret), a.MFA, after(now, sessionLife)); err != nil {
			return err
		}
		if err := try.succeed(ctx, tx); err != nil {
			return err
		}
		e := audit.Entry{
			At: now, Operation: openSession, Outcome: audit.Done, ActorID: string(a.ID), ActorName: a.DisplayName, RequestID: d.RequestID,
			Changes: []audit.Change{{Ref: session.ID.Ref().String(), Kind: "created"}, {Ref: try.address, Kind: "read"}},
		}
		_, err := audit.Append(ctx, tx, e)
		return err
	})
	if err != nil {
		return "", access.Principal{}, err
	}
	p := access.Principal{UserID: string(a.ID), Name: a.DisplayName, MFA: a.MFA, NeedsMFA: s.options.NeedsMFA,
		SessionID: string(session.ID), Grants: principalGrants(a.Grants)}
	return secret, p, nil
}

// recordFailure puts a wrong try into the trail: under the account if there is one,
// and else without the name that was typed, which may be a password in the wrong field.
func (s *Service) recordFailure(ctx context.Context, operation string, a account, d Device, try attempt) error {
	e := audit.Entry{
		At: s.now(), Operation: operation, Outcome: audit.Refused, ActorID: "anonymous", ActorName: "anonymous",
		Reason: errBadCredentials.Code, RequestID: d.RequestID, Changes: []audit.Change{{Ref: try.address, Kind: "read"}},
	}
	if a.ID != "" {
		e.ActorID, e.ActorName = string(a.ID), a.DisplayName
	}
	return s.door.DB.Write(ctx, func(tx *store.Tx) error {
		_, err := audit.Append(ctx, tx, e)
		return err
	})
}

// oneOrWrong turns "no row changed" into wrong credentials.
func oneOrWrong(n int64, err error) error {
	if err == nil && n == 0 {
		return errBadCredentials
	}
	return err
}

func clip(s string, n int) string {
	r := []rune(s)
	return string(r[:min(len(r), n)])
}

func principalGrants(grants []Grant) []access.Grant {
	out := make([]access.Grant, 0, len(grants))
	for _, g := range grants {
		out = append(out, access.Grant{Role: g.Role, PlaceID: string(g.PlaceID), PlacePath: g.PlacePath})
	}
	return out
}
