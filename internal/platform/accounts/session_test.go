package accounts_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/allclear/allclear/internal/platform/accounts"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
)

func sqlite(t *testing.T) *store.DB { return storetest.SQLite(t) }

func in(h *house, d time.Duration) store.Instant { return store.At(h.clock.Now().Add(d)) }

func TestSessionEnds(t *testing.T) {
	each(t, accounts.Options{}, func(h *house) {
		h.user("lin", role("lab", "1."))
		idle, _ := h.signIn("lin")
		used, _ := h.signIn("lin")
		for range 13 { // in use, once an hour
			wait(h, time.Hour)
			if _, ok := h.authenticated(used); !ok {
				t.Fatal("a session in use ended")
			}
		}
		if _, ok := h.authenticated(idle); ok {
			t.Error("a session not used for 13 hours goes on")
		}
		for range 7*24 - 13 - 1 {
			wait(h, time.Hour)
			if _, ok := h.authenticated(used); !ok {
				t.Fatal("a session in use ended before seven days")
			}
		}
		wait(h, time.Hour)
		if _, ok := h.authenticated(used); ok {
			t.Error("a session goes on after seven days")
		}
	})
}

func TestListAndEndSessions(t *testing.T) {
	each(t, accounts.Options{}, func(h *house) {
		ctx := t.Context()
		h.user("lin", role("lab", "1."))
		h.user("chen", role("lab", "1."))
		first, _ := h.signIn("lin")
		wait(h, time.Second)
		mine, call := h.signIn("lin")
		theirs, chen := h.signIn("chen")
		list, err := h.Sessions(ctx, call)
		if err != nil || len(list) != 2 || !list[0].Current || list[1].Current || list[0].IP != "10.1.2.3" || list[0].UserAgent != "Firefox" {
			t.Fatalf("sessions: %+v, %v", list, err)
		}
		h.want("another's session", "accounts.no_session", h.EndSession(ctx, chen, list[1].ID))
		h.want("own session", "", h.EndSession(ctx, call, list[1].ID))
		if _, ok := h.authenticated(first); ok {
			t.Error("an ended session goes on")
		}
		h.signIn("lin")
		h.want("everywhere", "", h.SignOutEverywhere(ctx, call))
		if _, ok := h.authenticated(mine); ok {
			t.Error("a session goes on after signing out everywhere")
		}
		h.want("sign out", "", h.SignOut(ctx, chen.Principal, "r"))
		if _, ok := h.authenticated(theirs); ok {
			t.Error("a session goes on after signing out")
		}
	})
}

func TestDisabledAndChangedTakeEffectAtOnce(t *testing.T) {
	each(t, accounts.Options{}, func(h *house) {
		ctx := t.Context()
		u := h.user("lin", role("epidemiologist", "1.2."))
		cookie, call := h.signIn("lin")
		token, err := h.CreateToken(ctx, call, accounts.NewToken{Name: "r", Operations: []string{"cases.case.list"}, ExpiresAt: in(h, time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		g, err := h.CreateGrant(ctx, optest.Operator(), u.ID, role("lab", "1.3."))
		if err != nil {
			t.Fatal(err)
		}
		if p, _ := h.authenticated(cookie); len(p.Grants) != 2 || !h.door.Access.May(p, "lab.round.record", "1.3.4.") {
			t.Errorf("the new grant does not hold yet: %+v", p.Grants)
		}
		h.want("take", "", h.DeleteGrant(ctx, optest.Operator(), u.ID, g.ID))
		if p, _ := h.authenticated(cookie); len(p.Grants) != 1 {
			t.Errorf("the taken grant still holds: %+v", p.Grants)
		}
		brief := role("lab", "1.3.")
		brief.Until = in(h, time.Minute)
		if _, err := h.CreateGrant(ctx, optest.Operator(), u.ID, brief); err != nil {
			t.Fatal(err)
		}
		wait(h, time.Minute)
		if p, _ := h.authenticated(cookie); len(p.Grants) != 1 {
			t.Errorf("the ended grant still holds: %+v", p.Grants)
		}
		brief.Until = in(h, time.Hour)
		if _, err := h.CreateGrant(ctx, optest.Operator(), u.ID, brief); err != nil {
			t.Errorf("a grant that ended cannot be given again: %v", err)
		}
		if _, err := h.Disable(ctx, optest.Operator(), u.ID, 0); err != nil {
			t.Fatal(err)
		}
		if _, ok := h.authenticated(cookie); ok {
			t.Error("the session of a disabled account goes on")
		}
		_, err = h.Authenticate(ctx, "", token.Secret)
		h.want("the token of a disabled account", "session.required", err)
		if _, err := h.Enable(ctx, optest.Operator(), u.ID, 0); err != nil {
			t.Fatal(err)
		}
		if _, ok := h.authenticated(cookie); ok {
			t.Error("enabling brought an old session back")
		}
		cookie, call = h.signIn("lin")
		token, err = h.CreateToken(ctx, call, accounts.NewToken{Name: "r", Operations: []string{"cases.case.list"}, ExpiresAt: in(h, time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		// Even one that was disabled past the program, with its sessions and tokens left.
		if _, err := h.db.Raw().Exec(`UPDATE users SET disabled = TRUE`); err != nil {
			t.Fatal(err)
		}
		if _, ok := h.authenticated(cookie); ok {
			t.Error("a session of a disabled account goes on")
		}
		_, err = h.Authenticate(ctx, "", token.Secret)
		h.want("a token of a disabled account", "session.required", err)
	})
}

func TestTokens(t *testing.T) {
	each(t, accounts.Options{NeedsMFA: true}, func(h *house) {
		ctx := t.Context()
		u := h.user("lin", role("epidemiologist", "1.2."), role("administrator", "1.2."))
		cookie, call := h.signIn("lin")
		make := func(life time.Duration, operations ...string) (accounts.IssuedToken, error) {
			return h.CreateToken(ctx, call, accounts.NewToken{Name: "report", Operations: operations, ExpiresAt: in(h, life)})
		}
		for what, operations := range map[string][]string{
			"more than the owner": {"audit.entry.view", "cases.case.list", "imports.job.undo", "no.such.operation"},
			"no second factor":    {"cases.case.reveal"},
			"own password":        {"accounts.self.update"}, "more tokens": {"accounts.token.create"},
			"reset": {"accounts.user.reset"}, "grants": {"accounts.grant.create"},
		} {
			_, err := make(time.Hour, operations...)
			h.want(what, "accounts.token_too_wide", err)
		}
		_, err := make(400*24*time.Hour, "cases.case.list")
		h.want("too long", "accounts.bad_token", err)
		_, err = make(time.Hour)
		h.want("no operation", "accounts.bad_token", err)

		made, err := make(365*24*time.Hour, "cases.case.list", "accounts.self.view")
		if err != nil {
			t.Fatal(err)
		}
		p, err := h.Authenticate(ctx, "", made.Secret)
		if err != nil || p.UserID != string(u.ID) || p.SessionID != "" || p.MFA {
			t.Fatalf("by token: %+v, %v", p, err)
		}
		may := h.door.Access.May
		if !may(p, "cases.case.list", "1.2.5.") || may(p, "cases.case.view", "1.2.5.") || may(p, "cases.case.list", "1.3.") {
			t.Error("the token's reach is not its own")
		}
		as := op.Call{Principal: p}
		list, err := h.Tokens(ctx, as)
		if err != nil || len(list) != 1 || list[0].LastUsedAt == 0 || list[0].Name != "report" {
			t.Errorf("tokens: %+v, %v", list, err)
		}
		// A token that says it may do everything still does not touch how one signs in.
		as.Principal.TokenOps = op.Names()
		_, err = h.CreateToken(ctx, as, accounts.NewToken{Name: "x", Operations: []string{"cases.case.list"}, ExpiresAt: in(h, time.Hour)})
		h.want("a token makes a token", "accounts.in_person", err)
		_, err = h.EnrolTOTP(ctx, as)
		h.want("a token enrols", "accounts.in_person", err)
		h.want("a token changes the password", "accounts.in_person", h.ChangePassword(ctx, as, office, good, good+"s"))
		h.want("a token signs out", "session.required", h.SignOut(ctx, p, "r"))
		_, err = h.Authenticate(ctx, made.Secret, "")
		h.want("a token as a cookie", "session.required", err)
		_, err = h.Authenticate(ctx, "", cookie)
		h.want("a cookie as a token", "session.required", err)
		_, err = h.Authenticate(ctx, cookie, "alc_nonsense")
		h.want("a bad token with a good cookie", "session.required", err)

		h.want("revoke", "", h.RevokeToken(ctx, call, made.ID))
		_, err = h.Authenticate(ctx, "", made.Secret)
		h.want("revoked", "session.required", err)
		brief, err := make(time.Hour, "cases.case.list")
		if err != nil {
			t.Fatal(err)
		}
		wait(h, time.Hour)
		_, err = h.Authenticate(ctx, "", brief.Secret)
		h.want("expired", "session.required", err)
	})
}

func TestSweepForgetsOnlyTheOld(t *testing.T) {
	each(t, accounts.Options{}, func(h *house) {
		h.user("lin", role("lab", "1."))
		h.signIn("lin")
		_ = h.try("nobody", "guess-guess-guess", "", abroad)
		wait(h, 31*24*time.Hour)
		cookie, _ := h.signIn("lin")
		if err := h.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		var sessions, counters int
		h.scan(`SELECT count(*) FROM sessions`, nil, &sessions)
		h.scan(`SELECT count(*) FROM signin_failures`, nil, &counters)
		if _, ok := h.authenticated(cookie); !ok || sessions != 2 || counters > 2 {
			t.Errorf("after sweeping: %d sessions, %d counters", sessions, counters)
		}
		wait(h, 7*24*time.Hour)
		if err := h.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.scan(`SELECT count(*) FROM sessions`, nil, &sessions)
		if sessions != 1 {
			t.Errorf("after sweeping again: %d sessions, want 1", sessions)
		}
	})
}

func BenchmarkSignIn(b *testing.B) { // the work of one wrong try, for a known and an unknown account
	for _, name := range []string{"known", "unknown"} {
		b.Run(name, func(b *testing.B) {
			h := benchHouse(b)
			n := 0
			for b.Loop() {
				n++
				d := accounts.Device{IP: fmt.Sprintf("10.%d.%d.%d", n>>16, n>>8&255, n&255)}
				_ = h.try(name, "not-the-password-at-all", "", d)
				if n%90 == 0 {
					h.clock.Advance(time.Hour)
				}
			}
		})
	}
}
