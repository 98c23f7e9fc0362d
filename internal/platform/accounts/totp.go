package accounts

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

const (
	totpStep      = 30 // seconds, the default of RFC 6238 and of every authenticator app
	recoveryCount = 10
)

// Enrolment is what an authenticator app needs. The secret is not asked for at
// sign-in before it is confirmed.
type Enrolment struct {
	Secret string `json:"secret"` // base 32, for typing
	URI    string `json:"uri"`    // otpauth://, for a QR code
}

// EnrolTOTP offers a new second factor to the caller. Replacing one asks for a session
// that used it.
func (s *Service) EnrolTOTP(ctx context.Context, call op.Call) (Enrolment, error) {
	var out Enrolment
	// The answer is not kept with an idempotency key: it holds the secret. Asking again
	// only offers another one.
	call.IdempotencyKey = ""
	_, err := op.Do(ctx, s.door, UpdateSelf, call, func(ctx context.Context, tx *op.Tx) (struct{}, error) {
		a, err := s.self(ctx, tx)
		if err != nil {
			return struct{}{}, err
		}
		if a.MFA && !tx.Principal().MFA {
			return struct{}{}, fault.Forbiddenf("access.second_factor", "sign in with the present second factor to replace it")
		}
		key, err := totp.Generate(totp.GenerateOpts{Issuer: s.options.Issuer, AccountName: a.Username, Period: totpStep})
		if err != nil {
			return struct{}{}, err
		}
		sealed, err := s.vault.Seal(totpClass, key.Secret())
		if err != nil {
			return struct{}{}, err
		}
		out = Enrolment{Secret: key.Secret(), URI: key.URL()}
		tx.Changed(a.ID.Ref(), secretsOf{}, secretsOf{SecondFactor: 1})
		return struct{}{}, tx.ExecOne(ctx, `UPDATE users SET totp_pending = $2 WHERE id = $1`, string(a.ID), sealed)
	})
	return out, err
}

// ConfirmTOTP makes the offered second factor the one in force, when code is of it,
// and returns the recovery codes, which are shown once. The session counts as signed
// in with the second factor from then on.
func (s *Service) ConfirmTOTP(ctx context.Context, call op.Call, d Device, code string) ([]string, error) {
	try, err := s.reserve(ctx, "confirm", call.Principal.UserID, d.IP)
	if err != nil {
		return nil, err
	}
	var codes []string
	call.IdempotencyKey = "" // the answer holds secrets
	_, err = op.Do(ctx, s.door, UpdateSelf, call, func(ctx context.Context, tx *op.Tx) (struct{}, error) {
		codes = nil
		a, err := s.self(ctx, tx)
		if err != nil {
			return struct{}{}, err
		}
		step, err := s.stepOf(a.totpPending, code, tx.Now())
		if err != nil {
			return struct{}{}, err
		}
		if step <= 0 {
			return struct{}{}, fault.Invalidf("accounts.bad_code", "the code is not right; check the clock of the phone").With("code", "not_right")
		}
		if codes, err = s.confirm(ctx, tx, a, step); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, try.succeed(ctx, tx.Tx)
	})
	return codes, err
}

func (s *Service) confirm(ctx context.Context, tx *op.Tx, a account, step int64) ([]string, error) {
	var codes, hashes []string
	for range recoveryCount {
		code, err := newCode(3)
		if err != nil {
			return nil, err
		}
		codes, hashes = append(codes, code), append(hashes, s.codeHash(recoveryClass, a.ID, code))
	}
	text, err := json.Marshal(hashes)
	if err != nil {
		return nil, err
	}
	const q = `
		UPDATE users
		SET    totp_secret = totp_pending, totp_pending = '', totp_last = $3, recovery = $4, version = version + 1
		WHERE  id = $1 AND totp_pending = $2`
	if err := tx.ExecOne(ctx, q, string(a.ID), a.totpPending, step, string(text)); err != nil {
		return nil, err
	}
	const session = `UPDATE sessions SET mfa = TRUE WHERE id = $1`
	if err := tx.Technical().ExecOne(ctx, session, tx.Principal().SessionID); err != nil {
		return nil, err
	}
	with := a.User
	with.MFA = true
	if !a.MFA {
		tx.Changed(a.ID.Ref(), a.User, with)
		return codes, nil
	}
	tx.Changed(a.ID.Ref(), secretsOf{}, secretsOf{SecondFactor: 1})
	return codes, nil
}

// useCode accepts a code of the second factor or a recovery code, once.
func (s *Service) useCode(ctx context.Context, tx *store.Tx, a account, code string, now store.Instant) error {
	step, err := s.stepOf(a.totpSecret, code, now)
	if err != nil {
		return err
	}
	if step > 0 {
		const q = `UPDATE users SET totp_last = $2 WHERE id = $1 AND totp_last < $2 AND totp_secret = $3`
		return oneOrWrong(tx.Exec(ctx, q, string(a.ID), step, a.totpSecret)) // none: this code, or a later one, was used
	}
	i := slices.Index(a.recovery, s.codeHash(recoveryClass, a.ID, code))
	if i < 0 {
		return errBadCredentials
	}
	rest, err := json.Marshal(slices.Delete(slices.Clone(a.recovery), i, i+1))
	if err != nil {
		return err
	}
	// Only if nobody used one meanwhile.
	const q = `UPDATE users SET recovery = $2 WHERE id = $1 AND recovery = $3`
	return oneOrWrong(tx.Exec(ctx, q, string(a.ID), string(rest), a.recoveryText))
}

// stepOf returns the time step that code belongs to, one step around now because
// clocks differ (RFC 6238, 5.2), and 0 when it belongs to none.
func (s *Service) stepOf(sealed, code string, now store.Instant) (int64, error) {
	if sealed == "" {
		return 0, nil
	}
	secret, err := s.vault.Open(totpClass, sealed)
	if err != nil {
		return 0, err
	}
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	current := now.Time().Unix() / totpStep
	found := int64(0)
	for step := current - 1; step <= current+1; step++ {
		want, err := totp.GenerateCodeCustom(secret, time.Unix(step*totpStep, 0), totp.ValidateOpts{Period: totpStep, Digits: otp.DigitsSix})
		if err != nil {
			return 0, err
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			found = step
		}
	}
	return found, nil
}

// self returns the caller's own account, for deeds that are done in person.
func (s *Service) self(ctx context.Context, tx *op.Tx) (account, error) {
	if err := onlyInPerson(tx.Principal()); err != nil {
		return account{}, err
	}
	return loadAccount(ctx, tx.Tx, ref.User(tx.Principal().UserID), tx.Now())
}

// ChangePassword sets the caller's own password, and ends their other sessions.
func (s *Service) ChangePassword(ctx context.Context, call op.Call, d Device, current, password string) error {
	if err := onlyInPerson(call.Principal); err != nil {
		return err
	}
	a, try, err := s.checkCurrent(ctx, call.Principal, d, current)
	if err != nil {
		return err
	}
	if err := checkPassword(password, a.Username); err != nil {
		return err
	}
	hash, err := s.hash(ctx, password)
	if err != nil {
		return err
	}
	call.Request = nil // never hash a password into an idempotency record
	call.IdempotencyKey = ""
	_, err = op.Do(ctx, s.door, UpdateSelf, call, func(ctx context.Context, tx *op.Tx) (struct{}, error) {
		const q = `UPDATE users SET password_hash = $3, version = version + 1 WHERE id = $1 AND password_hash = $2`
		if err := tx.ExecOne(ctx, q, string(a.ID), a.passwordHash, hash); err != nil {
			return struct{}{}, err
		}
		tx.Changed(a.ID.Ref(), secretsOf{}, secretsOf{Password: 1})
		if err := try.succeed(ctx, tx.Tx); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, endSessions(ctx, tx, a.ID, tx.Principal().SessionID)
	})
	return err
}

// checkCurrent asks for the password again, under the same limits as a sign-in.
func (s *Service) checkCurrent(ctx context.Context, p access.Principal, d Device, password string) (account, attempt, error) {
	var a account
	err := s.door.DB.Read(ctx, func(tx *store.Tx) (err error) {
		a, err = loadAccount(ctx, tx, ref.User(p.UserID), s.now())
		return err
	})
	if err != nil {
		return a, attempt{}, err
	}
	try, err := s.reserve(ctx, "sign-in", a.Username, d.IP)
	if err != nil {
		return a, try, err
	}
	ok, err := s.matches(ctx, password, a.passwordHash)
	if err == nil && !ok {
		err = fault.Invalidf("accounts.wrong_password", "the present password is not right").With("current", "not_right")
	}
	return a, try, err
}
