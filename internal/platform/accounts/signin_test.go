package accounts_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/accounts"
	"github.com/allclear/allclear/internal/platform/audit"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
)

func TestNoAccountExistsUntilOneIsMade(t *testing.T) {
	each(t, accounts.Options{}, func(h *house) {
		var n int
		h.scan(`SELECT count(*) FROM users`, nil, &n)
		if n != 0 {
			t.Errorf("a fresh installation has %d accounts, want 0", n)
		}
		for _, name := range []string{"admin", "operator", "system", "anonymous", ""} {
			h.want("sign in as "+name, "session.bad_credentials", h.try(name, good, "", office))
		}
	})
}

func TestFirstPasswordBySingleCode(t *testing.T) {
	each(t, accounts.Options{}, func(h *house) {
		ctx := t.Context()
		made := h.invite("lin", role("epidemiologist", "1.2."))
		h.want("sign in before a password", "session.bad_credentials", h.try("lin", "", "", office))
		h.want("wrong code", "session.bad_credentials", h.SetFirstPassword(ctx, "lin", "0000-0000-0000", good, office))
		h.want("another's code", "session.bad_credentials", h.SetFirstPassword(ctx, "li", made.Code, good, office))
		h.want("weak", "accounts.password_short", h.SetFirstPassword(ctx, "lin", made.Code, "short", office))
		typed := " " + strings.ToLower(strings.ReplaceAll(made.Code, "-", " "))
		h.want("right, as a person types it", "", h.SetFirstPassword(ctx, "LIN", typed, good, office))
		h.want("twice", "session.bad_credentials", h.SetFirstPassword(ctx, "lin", made.Code, good+"2", office))
		secret, call := h.signIn("lin")
		if p, ok := h.authenticated(secret); !ok || p.UserID != string(made.User.ID) || len(p.Grants) != 1 || p.Grants[0].PlacePath != "1.2." {
			t.Errorf("signed in as %+v", p)
		}
		me, err := h.Me(ctx, call.Principal)
		if err != nil || me.User.Username != "lin" || len(me.Operations) == 0 || me.MustEnrolTOTP {
			t.Errorf("me: %+v, %v", me, err)
		}

		late := h.invite("late")
		wait(h, 72*time.Hour)
		h.want("after 72 hours", "session.bad_credentials", h.SetFirstPassword(ctx, "late", late.Code, good, office))
	})
}

func TestSecretsAreNotInTheDatabase(t *testing.T) {
	each(t, accounts.Options{}, func(h *house) {
		made := h.invite("lin")
		call := optest.Operator()
		call.IdempotencyKey = "k1"
		n := accounts.NewUser{Username: "keyed", DisplayName: "K", Language: "en"}
		first, err := h.Create(t.Context(), call, n)
		if err != nil {
			t.Fatal(err)
		}
		again, err := h.Create(t.Context(), call, n)
		if err != nil || again.Code != first.Code || again.User.ID != first.User.ID {
			t.Errorf("the repeated request got %+v, %v, want the same answer %+v", again, err, first)
		}
		h.want("set", "", h.SetFirstPassword(t.Context(), "lin", made.Code, good, office))
		secret, _ := h.signIn("lin")
		for table, columns := range map[string]string{
			"users": "password_hash || code_hash || recovery || totp_secret", "sessions": "token_hash || id",
			"op_keys": "response || request_hash", "audit_entries": "changes || reason || actor_name", "signin_failures": "bucket",
		} {
			for _, plain := range []string{good, first.Code, made.Code, secret, "10.1.2.3"} {
				var n int
				h.scan(`SELECT count(*) FROM `+table+` WHERE `+columns+` LIKE $1`, []any{"%" + plain + "%"}, &n)
				if n != 0 {
					t.Errorf("%s holds a secret in clear", table)
				}
			}
		}
	})
}

func TestWrongAndUnknownLookTheSame(t *testing.T) {
	each(t, accounts.Options{}, func(h *house) {
		u := h.user("lin")
		off := h.user("gone", role("lab", "1."))
		_, gone := h.signIn("gone")
		h.enrol(gone) // a disabled account must not say that it wants a code, either
		h.invite("invited")
		if _, err := h.Disable(t.Context(), optest.Operator(), off.ID, 0); err != nil {
			t.Fatal(err)
		}
		var texts []string
		for _, name := range []string{"lin", "nobody", "gone", "invited"} {
			password := "not-the-password-at-all"
			if name == "gone" {
				password = good
			}
			before := h.Hashes()
			err := h.try(name, password, "", office)
			h.want(name, "session.bad_credentials", err)
			if n := h.Hashes() - before; n != 1 {
				t.Errorf("%s: %d passwords were hashed, want 1 as for everybody", name, n)
			}
			if fault.KindOf(err) != fault.Unauthenticated {
				t.Errorf("%s: kind %s", name, fault.KindOf(err))
			}
			texts = append(texts, err.Error())
		}
		for _, x := range texts {
			if x != texts[0] {
				t.Errorf("answers differ: %q and %q", x, texts[0])
			}
		}
		entries := h.trail("accounts.session.open")
		if len(entries) != 5 {
			t.Fatalf("%d entries, want a success and four failures", len(entries))
		}
		if e := entries[3]; e.ActorID != string(u.ID) || e.Outcome != audit.Refused || e.Reason != "session.bad_credentials" {
			t.Errorf("failure of a known account: %+v", e)
		}
		if e := entries[2]; e.ActorID != "anonymous" || strings.Contains(fmt.Sprint(e), "nobody") {
			t.Errorf("failure of an unknown account: %+v", e)
		}
	})
}

func (h *house) trail(operation string) []audit.Entry {
	h.t.Helper()
	var out []audit.Entry
	err := h.db.Read(h.t.Context(), func(tx *store.Tx) (err error) {
		out, _, err = audit.List(h.t.Context(), tx, access.Everywhere(), audit.Filter{Operation: operation, Limit: 500})
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return out
}

func TestTenTriesThenDelayNeverALock(t *testing.T) {
	each(t, accounts.Options{}, func(h *house) {
		h.user("lin")
		var wrong, waiting atomic.Int64
		var all sync.WaitGroup
		for range 40 { // in parallel, as an attacker would
			all.Go(func() {
				switch codeOf(h.try("lin", "guess-guess-guess", "", abroad)) {
				case "session.bad_credentials":
					wrong.Add(1)
				case "session.too_many_tries":
					waiting.Add(1)
				}
			})
		}
		all.Wait()
		if wrong.Load() != 10 || waiting.Load() != 30 {
			t.Errorf("%d tries were checked and %d delayed, want 10 and 30", wrong.Load(), waiting.Load())
		}
		err := h.try("lin", good, "", abroad)
		h.want("even the right password waits", "session.too_many_tries", err)
		h.want("the account from its own address", "", h.try("lin", good, "", office))
		wait(h, 14*time.Minute+59*time.Second)
		h.want("just before", "session.too_many_tries", h.try("lin", good, "", abroad))
		wait(h, time.Second)
		h.want("after 15 minutes", "", h.try("lin", good, "", abroad))
	})
}

func TestRetryAfterCountsDown(t *testing.T) {
	each(t, accounts.Options{}, func(h *house) {
		for range 10 {
			h.want("guess", "session.bad_credentials", h.try("nobody", "guess-guess-guess", "", abroad))
		}
		wait(h, 5*time.Minute)
		for range 3 { // waiting tries do not prolong the wait
			err := h.try("nobody", "x", "", abroad)
			f, ok := err.(*fault.Error)
			if !ok || f.Kind != fault.TooMany || f.Params["retry_after_s"] != 600 {
				t.Fatalf("got %#v, want too_many with 600 s", err)
			}
		}
	})
}

// TestTriesInAnyQuarterOfAnHour spreads tries so that a counter with fixed windows
// would let more than ten into one stretch of fifteen minutes.
func TestTriesInAnyQuarterOfAnHour(t *testing.T) {
	t.Parallel()
	h := setup(t, storetest.SQLite(t), accounts.Options{})
	var checked []time.Time
	pauses := rand.New(rand.NewPCG(1, 2))
	for range 25 {
		// One early, the rest in two bursts about the end of its window.
		for _, pause := range []time.Duration{0, time.Duration(870+pauses.IntN(25)) * time.Second, 0, 0, 0, 0, 0, 0, 0, 0, 10 * time.Second, 0, 0, 0, 0, 20 * time.Second, 0, 0, 0, 0} {
			wait(h, pause)
			if codeOf(h.try("nobody", "guess-guess-guess", "", abroad)) == "session.bad_credentials" {
				checked = append(checked, h.clock.Now())
			}
		}
		wait(h, time.Duration(pauses.IntN(1000))*time.Second)
	}
	for i := 10; i < len(checked); i++ {
		if d := checked[i].Sub(checked[i-10]); d < 15*time.Minute {
			t.Errorf("eleven tries within %v", d)
		}
	}
	if len(checked) < 100 {
		t.Errorf("only %d tries in ten hours: a lock, not a delay", len(checked))
	}
}

func TestOneGuessOnManyAccounts(t *testing.T) {
	each(t, accounts.Options{}, func(h *house) {
		h.user("lin")
		h.want("lin is known at the office", "", h.try("lin", good, "", office))
		var checked int
		for i := range 130 {
			d := office
			if codeOf(h.try(fmt.Sprint("user", i), "guess-guess-guess", "", d)) == "session.bad_credentials" {
				checked++
			}
		}
		if checked != 100 {
			t.Errorf("%d accounts could be tried from one address, want 100", checked)
		}
		h.want("who is known here still gets in", "", h.try("lin", good, "", office))
	})
}

func TestManyAddressesOnOneAccount(t *testing.T) {
	t.Parallel()
	h := setup(t, storetest.SQLite(t), accounts.Options{})
	h.user("lin")
	h.want("lin is known at the office", "", h.try("lin", good, "", office))
	var checked int
	for i := range 130 {
		d := accounts.Device{IP: fmt.Sprintf("198.51.100.%d", i)}
		if codeOf(h.try("lin", "guess-guess-guess", "", d)) == "session.bad_credentials" {
			checked++
		}
	}
	if checked != 100 {
		t.Errorf("%d tries on one account from many addresses, want 100", checked)
	}
	h.want("its owner at the office", "", h.try("lin", good, "", office))
	for i := range 12 { // one customer's IPv6 network is one address
		d := accounts.Device{IP: fmt.Sprintf("2001:db8::%d", i)}
		want := "session.bad_credentials"
		if i >= 10 {
			want = "session.too_many_tries"
		}
		h.want(d.IP, want, h.try("other", "guess-guess-guess", "", d))
	}
}

func TestWeakPasswordsAreRefused(t *testing.T) {
	each(t, accounts.Options{}, func(h *house) {
		made := h.invite("wangxiu")
		for password, code := range map[string]string{
			"elevenchars":               "accounts.password_short",
			"password1234":              "accounts.password_common",
			"P@ssw0rd2022!":             "accounts.password_common",
			"qwertyqwerty":              "accounts.password_common",
			"123456789012":              "accounts.password_common",
			"aaaaaaaaaaaaaaaa":          "accounts.password_common",
			"woaini5201314":             "accounts.password_common",
			"1qaz2wsx3edc4rfv":          "accounts.password_common",
			"Wangxiu-20220408":          "accounts.password_common",
			"allclear2022allclear":      "accounts.password_common",
			"xk9qxk9qxk9q":              "accounts.password_common",
			strings.Repeat("long ", 60): "accounts.password_long",
		} {
			h.want(password, code, h.SetFirstPassword(t.Context(), "wangxiu", made.Code, password, office))
		}
		for _, password := range []string{"slow-river-carries-boats", "correcthorsebatterystaple", "清零之后我们去江边放风筝吧", "v7Kq2mZx9TbL"} {
			again, err := h.Reset(t.Context(), optest.Operator(), made.User.ID)
			if err != nil {
				t.Fatal(err)
			}
			h.want(password, "", h.SetFirstPassword(t.Context(), "wangxiu", again.Code, password, office))
		}
	})
}
