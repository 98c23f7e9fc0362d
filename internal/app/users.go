package app

import (
	"context"

	"github.com/allclear/allclear/internal/platform/accounts"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
)

// NewUser is what the command line says about a new account.
type NewUser struct {
	Username, Name, Language string
	Roles                    []string
	Place                    string // "" is everywhere
	Password                 string // "": a one-time code is given out instead
}

// NoAccounts reports whether nobody can sign in yet.
func (a *App) NoAccounts(ctx context.Context) (bool, error) {
	var n int
	err := a.DB.Read(ctx, func(tx *store.Tx) error { return tx.QueryRow(ctx, `SELECT count(*) FROM users`).Scan(&n) })
	return n == 0, err
}

// CreateUser creates an account with its roles.
func (a *App) CreateUser(ctx context.Context, n NewUser) (accounts.Issued, error) {
	place, err := a.placeOf(ctx, n.Place)
	if err != nil {
		return accounts.Issued{}, err
	}
	if n.Name == "" {
		n.Name = n.Username
	}
	u := accounts.NewUser{Username: n.Username, DisplayName: n.Name, Language: n.Language}
	for _, r := range n.Roles {
		u.Grants = append(u.Grants, accounts.NewGrant{Role: r, PlaceID: place})
	}
	call := a.operator("command line")
	issued, err := a.Accounts.Create(ctx, call, u)
	if err != nil || n.Password == "" {
		return issued, err
	}
	issued.Code, issued.ExpiresAt = "", 0
	return issued, a.Accounts.SetPassword(ctx, call, issued.User.ID, n.Password)
}

func (a *App) placeOf(ctx context.Context, text string) (ref.Place, error) {
	if text == "" {
		return "", nil
	}
	p, err := do(ctx, a, places.ViewPlace, func(ctx context.Context, tx *op.Tx) (places.Place, error) { return findPlace(ctx, tx, text) })
	return p.ID, err
}

// Users lists all accounts.
func (a *App) Users(ctx context.Context) ([]accounts.User, error) {
	var out []accounts.User
	for after := ""; ; {
		users, _, err := a.Accounts.Users(ctx, a.operator("command line"), accounts.Filter{After: after, Limit: 200})
		if err != nil || len(users) == 0 {
			return out, err
		}
		out = append(out, users...)
		after = users[len(users)-1].Username
	}
}

func (a *App) userByName(ctx context.Context, username string) (accounts.User, error) {
	users, err := a.Users(ctx)
	for _, u := range users {
		if u.Username == username {
			return u, nil
		}
	}
	if err == nil {
		err = fault.NotFoundf("accounts.not_found", "there is no account %q", username).Param("username", username)
	}
	return accounts.User{}, err
}

// Grant gives a role over a place, "" for everywhere.
func (a *App) Grant(ctx context.Context, username, role, place string) error {
	u, err := a.userByName(ctx, username)
	if err != nil {
		return err
	}
	id, err := a.placeOf(ctx, place)
	if err != nil {
		return err
	}
	_, err = a.Accounts.CreateGrant(ctx, a.operator("command line"), u.ID, accounts.NewGrant{Role: role, PlaceID: id})
	return err
}

// Revoke takes a role back wherever the account holds it.
func (a *App) Revoke(ctx context.Context, username, role string) error {
	u, err := a.userByName(ctx, username)
	if err != nil {
		return err
	}
	for _, g := range u.Grants {
		if g.Role == role {
			if err := a.Accounts.DeleteGrant(ctx, a.operator("command line"), u.ID, g.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// ResetPassword sets a password, or gives out a one-time code when none is given.
func (a *App) ResetPassword(ctx context.Context, username, password string) (accounts.Issued, error) {
	u, err := a.userByName(ctx, username)
	if err != nil {
		return accounts.Issued{}, err
	}
	if password != "" {
		return accounts.Issued{User: u}, a.Accounts.SetPassword(ctx, a.operator("command line"), u.ID, password)
	}
	return a.Accounts.Reset(ctx, a.operator("command line"), u.ID)
}

// SetDisabled disables or enables an account.
func (a *App) SetDisabled(ctx context.Context, username string, disabled bool) error {
	u, err := a.userByName(ctx, username)
	if err != nil {
		return err
	}
	if disabled {
		_, err = a.Accounts.Disable(ctx, a.operator("command line"), u.ID, u.Version)
	} else {
		_, err = a.Accounts.Enable(ctx, a.operator("command line"), u.ID, u.Version)
	}
	return err
}
