package accounts

import (
	"context"
	"strings"
	"time"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/audit"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// How long a session lasts. OWASP Session Management asks for both; a shift is 12 hours.
const (
	sessionIdle = 12 * time.Hour
	sessionLife = 7 * 24 * time.Hour
	// seenEvery is how exactly the last use of a session and a token is kept.
	seenEvery = time.Minute
)

// Session is a signed-in browser.
type Session struct {
	ID         ref.Session   `json:"id"`
	CreatedAt  store.Instant `json:"created_at"`
	LastSeenAt store.Instant `json:"last_seen_at"` // exact to a minute
	UserAgent  string        `json:"user_agent"`
	IP         string        `json:"ip"`
	Current    bool          `json:"current"` // the one that asks
}

// Authenticate returns who a request comes from: by the bearer token if there is one,
// else by the session cookie. It reads the database each time, so that a disabled
// account, an ended session and a changed grant count at once. The fault is
// session.required whatever is wrong.
func (s *Service) Authenticate(ctx context.Context, cookieSecret, bearer string) (access.Principal, error) {
	switch {
	case bearer != "" && strings.HasPrefix(bearer, tokenPrefix):
		return s.byToken(ctx, bearer)
	case bearer != "" || cookieSecret == "":
		return access.Principal{}, errSignInFirst
	}
	return s.bySession(ctx, cookieSecret)
}

func (s *Service) bySession(ctx context.Context, secret string) (access.Principal, error) {
	const q = `
		SELECT s.id, s.mfa, s.last_seen_at, u.id, u.display_name
		FROM   sessions s
		JOIN   users u ON u.id = s.user_id
		WHERE  s.token_hash = $1 AND s.expires_at > $2 AND s.last_seen_at > $3 AND NOT u.disabled`
	now := s.now()
	p := access.Principal{NeedsMFA: s.options.NeedsMFA}
	var seen store.Instant
	err := s.door.DB.Read(ctx, func(tx *store.Tx) error {
		row := tx.QueryRow(ctx, q, secretHash(secret), now, before(now, sessionIdle))
		if err := row.Scan(&p.SessionID, &p.MFA, &seen, &p.UserID, &p.Name); err != nil {
			return err
		}
		grants, err := loadGrants(ctx, tx, ref.User(p.UserID), now)
		p.Grants = principalGrants(grants)
		return err
	})
	if err != nil {
		return access.Principal{}, orSignIn(err)
	}
	if seen < before(now, seenEvery) {
		s.keepSeen(ctx, `UPDATE sessions SET last_seen_at = $2 WHERE id = $1`, p.SessionID, now)
	}
	return p, nil
}

// keepSeen notes a use. A database that cannot be written must not keep people from
// reading, so a failure only goes to the log.
func (s *Service) keepSeen(ctx context.Context, query, id string, now store.Instant) {
	err := s.door.DB.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.Technical().Exec(ctx, query, id, now)
		return err
	})
	if err != nil && ctx.Err() == nil {
		s.door.Log.WarnContext(ctx, "the last use of a session could not be kept", "error", err)
	}
}

func orSignIn(err error) error {
	if fault.KindOf(err) == fault.NotFound {
		return errSignInFirst
	}
	return err
}

func insertSession(ctx context.Context, tx *store.Tx, x Session, user ref.User, hash string, mfa bool, expires store.Instant) error {
	const q = `
		INSERT INTO sessions (id, token_hash, user_id, mfa, created_at, last_seen_at, expires_at, user_agent, ip)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	_, err := tx.Technical().Exec(ctx, q, string(x.ID), hash, string(user), mfa, x.CreatedAt, x.LastSeenAt, expires, x.UserAgent, x.IP)
	return err
}

// endSessions ends the running sessions of a user, except one ("" for none).
func endSessions(ctx context.Context, tx *op.Tx, user ref.User, except string) error {
	const q = `
		UPDATE sessions
		SET    expires_at = $2
		WHERE  user_id = $1 AND id <> $3 AND expires_at > $2
		RETURNING id`
	rows, err := tx.Query(ctx, q, string(user), tx.Now(), except)
	ended, err := store.Collect(rows, err, func(r store.Scanner) (id ref.Session, err error) { return id, r.Scan(&id) })
	for _, id := range ended {
		tx.Changed(id.Ref(), Session{ID: id}, nil)
	}
	return err
}

// Sessions lists the caller's running sessions, the latest used first.
func (s *Service) Sessions(ctx context.Context, call op.Call) ([]Session, error) {
	return op.Do(ctx, s.door, ViewSelf, call, func(ctx context.Context, tx *op.Tx) ([]Session, error) {
		const q = `
			SELECT id, created_at, last_seen_at, user_agent, ip
			FROM   sessions
			WHERE  user_id = $1 AND expires_at > $2 AND last_seen_at > $3
			ORDER  BY last_seen_at DESC, id DESC`
		rows, err := tx.Query(ctx, q, tx.Principal().UserID, tx.Now(), before(tx.Now(), sessionIdle))
		return store.Collect(rows, err, func(r store.Scanner) (x Session, err error) {
			err = r.Scan(&x.ID, &x.CreatedAt, &x.LastSeenAt, &x.UserAgent, &x.IP)
			x.Current = string(x.ID) == tx.Principal().SessionID
			return x, err
		})
	})
}

// EndSession ends one of the caller's own sessions.
func (s *Service) EndSession(ctx context.Context, call op.Call, id ref.Session) error {
	_, err := op.Do(ctx, s.door, UpdateSelf, call, func(ctx context.Context, tx *op.Tx) (struct{}, error) {
		if err := onlyInPerson(tx.Principal()); err != nil {
			return struct{}{}, err
		}
		const q = `UPDATE sessions SET expires_at = $3 WHERE id = $1 AND user_id = $2 AND expires_at > $3`
		n, err := tx.Exec(ctx, q, string(id), tx.Principal().UserID, tx.Now())
		if err == nil && n == 0 {
			err = fault.NotFoundf("accounts.no_session", "there is no such session")
		}
		tx.Changed(id.Ref(), Session{ID: id}, nil)
		return struct{}{}, err
	})
	return err
}

// SignOutEverywhere ends all sessions of the caller, this one included.
func (s *Service) SignOutEverywhere(ctx context.Context, call op.Call) error {
	_, err := op.Do(ctx, s.door, UpdateSelf, call, func(ctx context.Context, tx *op.Tx) (struct{}, error) {
		if err := onlyInPerson(tx.Principal()); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, endSessions(ctx, tx, ref.User(tx.Principal().UserID), "")
	})
	return err
}

// SignOut ends the session that p came with. It asks for no permission: whoever is in
// may leave.
func (s *Service) SignOut(ctx context.Context, p access.Principal, requestID string) error {
	if p.SessionID == "" {
		return errSignInFirst
	}
	return s.door.DB.Write(ctx, func(tx *store.Tx) error {
		const q = `UPDATE sessions SET expires_at = $2 WHERE id = $1 AND expires_at > $2`
		if n, err := tx.Technical().Exec(ctx, q, p.SessionID, s.now()); err != nil || n == 0 {
			return err
		}
		_, err := audit.Append(ctx, tx, audit.Entry{
			At: s.now(), Operation: closeSession, Outcome: audit.Done, ActorID: p.UserID, ActorName: p.Name, RequestID: requestID,
			Changes: []audit.Change{{Ref: ref.Session(p.SessionID).Ref().String(), Kind: "deleted"}},
		})
		return err
	})
}

// onlyInPerson refuses tokens: a program must not change how its owner signs in.
func onlyInPerson(p access.Principal) error {
	if p.TokenOps != nil || p.SessionID == "" {
		return fault.Forbiddenf("accounts.in_person", "this is done in person, signed in with a browser")
	}
	return nil
}

// Sweep forgets what no longer serves: sessions that ended more than 30 days ago,
// tokens that expired, and old counters of tries. A periodic job calls it.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.now()
	return s.door.DB.Write(ctx, func(tx *store.Tx) error {
		tx = tx.Technical()
		if _, err := tx.Exec(ctx, `DELETE FROM sessions WHERE expires_at <= $1`, before(now, knownFor)); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM api_tokens WHERE expires_at <= $1`, before(now, knownFor)); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `DELETE FROM signin_failures WHERE window_at <= $1`, before(now, window))
		return err
	})
}
