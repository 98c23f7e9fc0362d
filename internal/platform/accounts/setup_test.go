package accounts_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/accounts"
	"github.com/allclear/allclear/internal/platform/clock"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
	"github.com/allclear/allclear/internal/platform/vault"
	"github.com/allclear/allclear/internal/ref"
)

const good = "slow-river-carries-boats"

var (
	office = accounts.Device{IP: "10.1.2.3", UserAgent: "Firefox", RequestID: "r1"}
	abroad = accounts.Device{IP: "203.0.113.9", UserAgent: "curl", RequestID: "r2"}
)

type house struct {
	*accounts.Service
	t     testing.TB
	db    *store.DB
	door  *op.Door
	clock *clock.Manual
}

// paths are the places of these tests: the id is the path itself.
func placePath(_ context.Context, _ *store.Tx, id ref.Place) (string, error) {
	return string(id), nil
}

func setup(t testing.TB, db *store.DB, o accounts.Options) *house {
	t.Helper()
	door := optest.Door(t, db)
	manual := clock.Fixed(optest.Now)
	door.Clock = manual
	v, err := vault.Open(t.Context(), db, filepath.Join(t.TempDir(), "keys.json"), manual)
	if err != nil {
		t.Fatal(err)
	}
	o.PlacePath = placePath
	s, err := accounts.New(door, v, o)
	if err != nil {
		t.Fatal(err)
	}
	return &house{Service: s, t: t, db: db, door: door, clock: manual}
}

// each runs f on both databases.
func each(t *testing.T, o accounts.Options, f func(h *house)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) { f(setup(t, db, o)) })
}

// user makes an account with a password.
func (h *house) user(name string, grants ...accounts.NewGrant) accounts.User {
	h.t.Helper()
	made := h.invite(name, grants...)
	if err := h.SetFirstPassword(h.t.Context(), name, made.Code, good, office); err != nil {
		h.t.Fatal(err)
	}
	return made.User
}

func (h *house) invite(name string, grants ...accounts.NewGrant) accounts.Issued {
	h.t.Helper()
	n := accounts.NewUser{Username: name, DisplayName: "Person " + name, Language: "en", Grants: grants}
	made, err := h.Create(h.t.Context(), optest.Operator(), n)
	if err != nil {
		h.t.Fatal(err)
	}
	return made
}

// signIn signs in with the good password and returns the secret and a call in that session.
func (h *house) signIn(name string) (string, op.Call) {
	h.t.Helper()
	secret, p, err := h.SignIn(h.t.Context(), accounts.Credentials{Username: name, Password: good}, office)
	if err != nil {
		h.t.Fatal(err)
	}
	return secret, op.Call{Principal: p, RequestID: "r"}
}

func (h *house) try(name, password, code string, d accounts.Device) error {
	_, _, err := h.SignIn(h.t.Context(), accounts.Credentials{Username: name, Password: password, Code: code}, d)
	return err
}

func (h *house) want(what, code string, err error) {
	h.t.Helper()
	if got := codeOf(err); got != code {
		h.t.Errorf("%s: got %q (%v), want %q", what, got, err, code)
	}
}

func codeOf(err error) string {
	if err == nil {
		return ""
	}
	return fault.CodeOf(err)
}

func (h *house) scan(query string, args []any, dst ...any) {
	h.t.Helper()
	err := h.db.Read(h.t.Context(), func(tx *store.Tx) error { return tx.QueryRow(h.t.Context(), query, args...).Scan(dst...) })
	if err != nil {
		h.t.Fatal(err)
	}
}

// authenticated reports whether the cookie still opens anything, and who it is.
func (h *house) authenticated(secret string) (access.Principal, bool) {
	h.t.Helper()
	p, err := h.Authenticate(h.t.Context(), secret, "")
	if err != nil && fault.KindOf(err) != fault.Unauthenticated {
		h.t.Fatal(err)
	}
	return p, err == nil
}

func role(name, path string) accounts.NewGrant {
	return accounts.NewGrant{Role: name, PlaceID: ref.Place(path)}
}

func wait(h *house, d time.Duration) { h.clock.Advance(d) }

func benchHouse(b *testing.B) *house {
	b.Helper()
	h := setup(b, storetest.SQLite(b), accounts.Options{})
	h.user("known")
	return h
}
