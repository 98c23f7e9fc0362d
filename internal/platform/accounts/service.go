package accounts

import (
	"context"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/vault"
	"github.com/allclear/allclear/internal/ref"
)

// Options are the choices of an installation. The zero value works.
type Options struct {
	// NeedsMFA asks for a second factor for whatever reads many people's data or
	// changes accounts.
	NeedsMFA bool
	// Issuer is the name shown in an authenticator app; "AllClear" if empty.
	Issuer string
	// PlacePath returns a place's path, for grants below the whole tree. Accounts know
	// nothing of places, so the program gives it.
	PlacePath func(ctx context.Context, tx *store.Tx, id ref.Place) (string, error)
}

// Service is everything about accounts. It is safe for concurrent use.
type Service struct {
	door    *op.Door
	vault   *vault.Vault
	options Options
	hashing chan struct{} // one slot per password that may be hashed at once
	hashes  atomic.Int64  // passwords hashed so far, for tests
	decoy   string        // a password hash that nothing matches
}

// New returns the service on the door's database.
func New(door *op.Door, v *vault.Vault, o Options) (*Service, error) {
	if o.Issuer == "" {
		o.Issuer = "AllClear"
	}
	s := &Service{door: door, vault: v, options: o, hashing: make(chan struct{}, 2*runtime.NumCPU())}
	secret, err := randomSecret()
	if err != nil {
		return nil, err
	}
	s.decoy, err = s.hash(context.Background(), secret)
	return s, err
}

func (s *Service) now() store.Instant { return store.At(s.door.Clock.Now()) }

// before returns the instant d before now.
func before(now store.Instant, d time.Duration) store.Instant {
	return now - store.Instant(d.Microseconds())
}

// after returns the instant d after now.
func after(now store.Instant, d time.Duration) store.Instant {
	return now + store.Instant(d.Microseconds())
}

// Me is what a signed-in person's own browser needs to know.
type Me struct {
	User          User     `json:"user"`
	MFA           bool     `json:"mfa"`             // this session used a second factor
	MustEnrolTOTP bool     `json:"must_enrol_totp"` // the installation asks for one and there is none yet
	Operations    []string `json:"operations"`      // what the person may do somewhere
}

// Me returns the signed-in person's own account and what they may do. It asks for no
// permission: an account without any grant must still see that it has none.
func (s *Service) Me(ctx context.Context, p access.Principal) (Me, error) {
	if p.Anonymous() {
		return Me{}, errSignInFirst
	}
	m := Me{MFA: p.MFA, Operations: s.door.Access.Operations(p, op.Names())}
	err := s.door.DB.Read(ctx, func(tx *store.Tx) error {
		a, err := loadAccount(ctx, tx, ref.User(p.UserID), s.now())
		m.User = a.User
		return err
	})
	m.MustEnrolTOTP = s.options.NeedsMFA && !m.User.MFA
	return m, err
}

// Roles returns the roles that can be granted, with the operations that each allows.
func (s *Service) Roles(ctx context.Context, call op.Call) ([]RoleInfo, error) {
	return op.Do(ctx, s.door, ViewRoles, call, func(_ context.Context, _ *op.Tx) ([]RoleInfo, error) {
		out := []RoleInfo{}
		for _, r := range s.door.Access.Roles() {
			if r.CanBeGranted() {
				p := access.Principal{UserID: "any", MFA: true, Grants: []access.Grant{{Role: r.Name}}}
				out = append(out, RoleInfo{Role: r, Operations: s.door.Access.Operations(p, op.Names())})
			}
		}
		return out, nil
	})
}

// RoleInfo is a role and what it allows.
type RoleInfo struct {
	access.Role
	Operations []string `json:"operations"`
}
