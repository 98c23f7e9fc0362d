package accounts

import (
	"context"
	"strings"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

const administrator = "administrator"

// mayHandOut reports whether the caller may give or take the role at the place. An
// administrator of the place (or above) and the operator may handle every role there;
// anybody else only roles that allow nothing they may not do there themselves.
func (s *Service) mayHandOut(p access.Principal, role, path string) bool {
	for _, g := range p.Grants {
		if (g.Role == administrator || g.Role == "operator") && strings.HasPrefix(path, g.PlacePath) {
			return true
		}
	}
	as := access.Principal{UserID: "candidate", MFA: true, Grants: []access.Grant{{Role: role, PlacePath: path}}}
	for _, o := range op.Names() {
		if s.door.Access.May(as, o, path) && !s.door.Access.May(p, o, path) {
			return false
		}
	}
	return true
}

// mayManage refuses to touch an account that reaches beyond the caller: one whose home
// or grants lie elsewhere, or whose roles the caller could not give. Otherwise whoever
// may reset passwords would inherit everything.
func (s *Service) mayManage(tx *op.Tx, a account) error {
	if string(a.ID) == tx.Principal().UserID {
		return fault.Forbiddenf("accounts.own_account", "this is your own account: somebody else must do it")
	}
	ok := tx.Scope().Contains(a.HomePath)
	for _, g := range a.Grants {
		ok = ok && tx.Scope().Contains(g.PlacePath) && s.mayHandOut(tx.Principal(), g.Role, g.PlacePath)
	}
	if !ok {
		return fault.Forbiddenf("accounts.beyond_you", "this account holds roles or places beyond yours")
	}
	return nil
}

// CreateGrant gives a user a role over a place.
func (s *Service) CreateGrant(ctx context.Context, call op.Call, user ref.User, n NewGrant) (Grant, error) {
	call.Request = []any{user, n}
	return op.Do(ctx, s.door, CreateGrant, call, func(ctx context.Context, tx *op.Tx) (Grant, error) {
		a, err := loadAccount(ctx, tx.Tx, user, tx.Now())
		if err != nil {
			return Grant{}, err
		}
		if string(user) == tx.Principal().UserID {
			return Grant{}, fault.Forbiddenf("accounts.own_grants", "nobody changes their own roles")
		}
		g, err := s.addGrant(ctx, tx, a, n)
		if err != nil {
			return Grant{}, err
		}
		tx.At(g.PlacePath)
		tx.Changed(user.Ref(), describe(a.Grants), describe(append(a.Grants, g)))
		return g, touch(ctx, tx.Tx, user)
	})
}

func (s *Service) addGrant(ctx context.Context, tx *op.Tx, a account, n NewGrant) (Grant, error) {
	g := Grant{ID: ref.Grant(ids.New()), UserID: a.ID, Role: n.Role, PlaceID: n.PlaceID, Until: n.Until}
	role, ok := s.door.Access.Role(n.Role)
	switch {
	case !ok || !role.CanBeGranted():
		return g, fault.Invalidf("accounts.unknown_role", "there is no such role to grant").With("role", "unknown")
	case n.Until != 0 && n.Until <= tx.Now():
		return g, fault.Invalidf("accounts.bad_until", "the grant would have ended already").With("until", "in_past")
	}
	if n.PlaceID != "" {
		if s.options.PlacePath == nil {
			return g, fault.NotFoundf("places.no_place", "there is no such place")
		}
		path, err := s.options.PlacePath(ctx, tx.Tx, n.PlaceID)
		if err != nil {
			return g, err
		}
		g.PlacePath = path
	}
	if !tx.May(CreateGrant, g.PlacePath) || !s.mayHandOut(tx.Principal(), g.Role, g.PlacePath) {
		return g, fault.Forbiddenf("accounts.beyond_you", "you cannot give this role at this place: it reaches beyond yours")
	}
	return g, insertGrant(ctx, tx.Tx, g, tx.Now())
}

// DeleteGrant takes a role from a user.
func (s *Service) DeleteGrant(ctx context.Context, call op.Call, user ref.User, id ref.Grant) error {
	call.Request = []any{user, id}
	_, err := op.Do(ctx, s.door, DeleteGrant, call, func(ctx context.Context, tx *op.Tx) (struct{}, error) {
		if string(user) == tx.Principal().UserID {
			return struct{}{}, fault.Forbiddenf("accounts.own_grants", "nobody changes their own roles")
		}
		if err := lockAdministrators(ctx, tx); err != nil {
			return struct{}{}, err
		}
		a, err := loadAccount(ctx, tx.Tx, user, tx.Now())
		if err != nil {
			return struct{}{}, err
		}
		rest, gone := without(a.Grants, id)
		if gone.ID == "" {
			return struct{}{}, fault.NotFoundf("accounts.no_grant", "there is no such grant")
		}
		if !tx.Scope().Contains(gone.PlacePath) || !s.mayHandOut(tx.Principal(), gone.Role, gone.PlacePath) {
			return struct{}{}, fault.Forbiddenf("accounts.beyond_you", "you cannot take this role: it reaches beyond yours")
		}
		if err := keepsAdministrator(ctx, tx, a, []Grant{gone}); err != nil {
			return struct{}{}, err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM user_grants WHERE id = $1`, string(id)); err != nil {
			return struct{}{}, err
		}
		tx.At(gone.PlacePath)
		tx.Changed(user.Ref(), describe(a.Grants), describe(rest))
		return struct{}{}, touch(ctx, tx.Tx, user)
	})
	return err
}

func without(grants []Grant, id ref.Grant) (rest []Grant, gone Grant) {
	for _, g := range grants {
		if g.ID == id {
			gone = g
			continue
		}
		rest = append(rest, g)
	}
	return rest, gone
}

// lockAdministrators makes two people who take each other's role do so one after the
// other: each writes the rows of all administrators.
func lockAdministrators(ctx context.Context, tx *op.Tx) error {
	const q = `
		UPDATE users
		SET    version = version
		WHERE  id IN (SELECT user_id FROM user_grants WHERE role = $1)`
	_, err := tx.Technical().Exec(ctx, q, administrator)
	return err
}

// keepsAdministrator refuses to end what is the last administrator's grant at a place:
// nobody would be left to mend it. An account that nobody can sign in to does not
// count on either side.
func keepsAdministrator(ctx context.Context, tx *op.Tx, a account, ending []Grant) error {
	if a.Disabled || !a.Active {
		return nil
	}
	const q = `
		SELECT ` + grantColumns + `
		FROM   user_grants g
		JOIN   users u ON u.id = g.user_id
		WHERE  g.role = $1 AND g.until_at IS NULL AND NOT u.disabled AND u.password_hash <> '' AND u.id <> $2`
	rows, err := tx.Query(ctx, q, administrator, string(a.ID))
	others, err := store.Collect(rows, err, scanGrant)
	if err != nil {
		return err
	}
	for _, g := range ending {
		if g.Role != administrator || coveredBy(others, g.PlacePath) {
			continue
		}
		return fault.Conflictf("accounts.last_administrator", "this is the last administrator here; make another one first")
	}
	return nil
}

func coveredBy(grants []Grant, path string) bool {
	for _, g := range grants {
		if strings.HasPrefix(path, g.PlacePath) {
			return true
		}
	}
	return false
}
