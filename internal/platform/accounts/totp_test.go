package accounts_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/allclear/allclear/internal/platform/accounts"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
)

func (h *house) code(secret string, at time.Time) string {
	h.t.Helper()
	code, err := totp.GenerateCode(secret, at)
	if err != nil {
		h.t.Fatal(err)
	}
	return code
}

// enrol sets up a second factor and returns its secret and the recovery codes.
func (h *house) enrol(call op.Call) (string, []string) {
	h.t.Helper()
	e, err := h.EnrolTOTP(h.t.Context(), call)
	if err != nil {
		h.t.Fatal(err)
	}
	codes, err := h.ConfirmTOTP(h.t.Context(), call, office, h.code(e.Secret, h.clock.Now()))
	if err != nil || len(codes) != 10 {
		h.t.Fatalf("confirm: %d codes, %v", len(codes), err)
	}
	return e.Secret, codes
}

func TestSecondFactor(t *testing.T) {
	each(t, accounts.Options{NeedsMFA: true}, func(h *house) {
		ctx := t.Context()
		h.user("lin", role("epidemiologist", "1.2."))
		cookie, call := h.signIn("lin")
		me, err := h.Me(ctx, call.Principal)
		if err != nil || !me.MustEnrolTOTP || me.MFA {
			t.Errorf("me: %+v, %v", me, err)
		}
		e, err := h.EnrolTOTP(ctx, call)
		if err != nil || !strings.HasPrefix(e.URI, "otpauth://totp/AllClear:lin?") {
			t.Fatalf("enrol: %+v, %v", e, err)
		}
		h.want("not asked for before it is confirmed", "", h.try("lin", good, "", office))
		_, err = h.ConfirmTOTP(ctx, call, office, "000000")
		h.want("wrong code", "accounts.bad_code", err)

		secret, recovery := h.enrol(call)
		if p, _ := h.authenticated(cookie); !p.MFA {
			t.Error("the session in which it was confirmed does not count as signed in with it")
		}
		h.want("password alone", "session.totp_required", h.try("lin", good, "", office))
		h.want("the code that confirmed it", "session.bad_credentials", h.try("lin", good, h.code(secret, h.clock.Now()), office))
		wait(h, time.Minute)
		code := h.code(secret, h.clock.Now())
		h.want("wrong password, right code", "session.bad_credentials", h.try("lin", "not-the-password-at-all", code, office))
		h.want("both right", "", h.try("lin", good, code, office))
		h.want("the same code again", "session.bad_credentials", h.try("lin", good, code, office))
		h.want("an older code", "session.bad_credentials", h.try("lin", good, h.code(secret, h.clock.Now().Add(-30*time.Second)), office))
		h.want("a code from long ago", "session.bad_credentials", h.try("lin", good, h.code(secret, h.clock.Now().Add(-10*time.Minute)), office))
		h.want("a recovery code", "", h.try("lin", good, strings.ToLower(recovery[3]), office))
		h.want("the same recovery code", "session.bad_credentials", h.try("lin", good, recovery[3], office))
		h.want("another recovery code", "", h.try("lin", good, recovery[4], office))
	})
}

func TestOneCodeOpensOneSession(t *testing.T) {
	each(t, accounts.Options{}, func(h *house) {
		h.user("lin", role("lab", "1."))
		_, call := h.signIn("lin")
		secret, recovery := h.enrol(call)
		wait(h, time.Minute)
		for _, code := range []string{h.code(secret, h.clock.Now()), recovery[0]} {
			var in atomic.Int64
			var all sync.WaitGroup
			for range 8 {
				all.Go(func() {
					if h.try("lin", good, code, office) == nil {
						in.Add(1)
					}
				})
			}
			all.Wait()
			if in.Load() != 1 {
				t.Errorf("one code opened %d sessions, want 1", in.Load())
			}
		}
	})
}

func TestReplacingTheSecondFactorAsksForIt(t *testing.T) {
	t.Parallel()
	h := setup(t, sqlite(t), accounts.Options{})
	h.user("lin", role("lab", "1."))
	_, before := h.signIn("lin") // a session from before the factor was set up
	_, call := h.signIn("lin")
	h.enrol(call)
	_, err := h.EnrolTOTP(t.Context(), before)
	h.want("a session without it", "access.second_factor", err)
	call.Principal.MFA = true
	h.enrol(call)
}

func TestGuessingTheCodeIsLimited(t *testing.T) {
	t.Parallel()
	h := setup(t, sqlite(t), accounts.Options{})
	h.user("lin", role("lab", "1."))
	_, call := h.signIn("lin")
	h.enrol(call)
	var checked int
	for range 20 {
		h.try("lin", good, "", abroad) // the password alone does not clear the counter
		if codeOf(h.try("lin", good, "000000", abroad)) == "session.bad_credentials" {
			checked++
		}
	}
	if checked != 10 {
		t.Errorf("%d codes could be tried, want 10", checked)
	}
}

func TestResetTakesEverything(t *testing.T) {
	each(t, accounts.Options{}, func(h *house) {
		ctx := t.Context()
		u := h.user("lin", role("epidemiologist", "1.2."))
		cookie, call := h.signIn("lin")
		h.enrol(call)
		token, err := h.CreateToken(ctx, call, accounts.NewToken{Name: "r", Operations: []string{"accounts.self.view"},
			ExpiresAt: in(h, time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		again, err := h.Reset(ctx, optest.Operator(), u.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := h.authenticated(cookie); ok {
			t.Error("the session goes on after a reset")
		}
		_, err = h.Authenticate(ctx, "", token.Secret)
		h.want("the token", "session.required", err)
		h.want("the old password", "session.bad_credentials", h.try("lin", good, "", office))
		h.want("the new one", "", h.SetFirstPassword(ctx, "lin", again.Code, good+"s", office))
		h.want("without a second factor", "", h.try("lin", good+"s", "", office))
	})
}

func TestChangePassword(t *testing.T) {
	each(t, accounts.Options{}, func(h *house) {
		ctx := t.Context()
		h.user("lin", role("lab", "1."))
		other, _ := h.signIn("lin")
		cookie, call := h.signIn("lin")
		h.want("wrong present one", "accounts.wrong_password", h.ChangePassword(ctx, call, office, "not-the-password-at-all", good+"s"))
		h.want("weak new one", "accounts.password_common", h.ChangePassword(ctx, call, office, good, "passwordpassword"))
		h.want("right", "", h.ChangePassword(ctx, call, office, good, good+"s"))
		if _, ok := h.authenticated(cookie); !ok {
			t.Error("the session that changed it ended")
		}
		if _, ok := h.authenticated(other); ok {
			t.Error("the other session goes on")
		}
		h.want("the old password", "session.bad_credentials", h.try("lin", good, "", office))
		h.want("the new password", "", h.try("lin", good+"s", "", office))
		for range 10 {
			_ = h.ChangePassword(ctx, call, office, "not-the-password-at-all", good)
		}
		h.want("guessing the present one", "session.too_many_tries", h.ChangePassword(ctx, call, office, good+"s", good))
	})
}
