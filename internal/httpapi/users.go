package httpapi

import (
	"context"
	"net/http"

	"github.com/allclear/allclear/internal/platform/accounts"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// userView is an account with the words for its grants.
type userView struct {
	accounts.User
	Grants []grantView `json:"grants"`
}

// ETag is the version.
func (u userView) ETag() string { return etag(u.Version) }

type userListInput struct {
	Q      string `query:"q" maxLength:"100"`
	Cursor string `query:"cursor"`
	Limit  int    `query:"limit" default:"50" minimum:"1" maximum:"200"`
}

type newUserInput struct {
	Body struct {
		Username    string `json:"username" minLength:"1" maxLength:"100"`
		DisplayName string `json:"display_name" minLength:"1" maxLength:"100"`
		Language    string `json:"language" enum:"zh-CN,en"`
	}
}

type issued struct {
	User      userView      `json:"user"`
	Code      string        `json:"one_time_code" doc:"Give it to the person; it sets their password once"`
	ExpiresAt store.Instant `json:"expires_at"`
}

type editUserInput struct {
	ByID
	IfMatch
	Body struct {
		DisplayName *string `json:"display_name,omitempty" maxLength:"100"`
		Language    *string `json:"language,omitempty" enum:"zh-CN,en"`
		Disabled    *bool   `json:"disabled,omitempty"`
	}
}

type newGrantInput struct {
	ByID
	Body struct {
		Role    string        `json:"role"`
		PlaceID ref.Place     `json:"place_id,omitempty" doc:"Empty for the whole tree"`
		Until   store.Instant `json:"until,omitempty" doc:"The grant ends by itself then"`
	}
}

type grantInput struct {
	ID    string `path:"id"`
	Grant string `path:"grant_id"`
}

func (a *API) userRoutes() {
	s := a.Accounts
	serve(a, http.MethodGet, "/users", accounts.ViewUser, "Accounts", a.listUsers)
	serve(a, http.MethodGet, "/users/{id}", accounts.ViewUser, "One account", func(ctx context.Context, c op.Call, in *ByID) (userView, error) {
		u, err := s.User(ctx, c, ref.User(in.ID))
		return a.userView(ctx, u, err)
	})
	serve(a, http.MethodPost, "/users", accounts.CreateUser, "Create an account", func(ctx context.Context, c op.Call, in *newUserInput) (issued, error) {
		n := accounts.NewUser{Username: in.Body.Username, DisplayName: in.Body.DisplayName, Language: in.Body.Language}
		i, err := s.Create(ctx, c, n)
		return a.issued(ctx, i, err)
	})
	serve(a, http.MethodPatch, "/users/{id}", accounts.UpdateUser, "Change or disable an account", a.editUser)
	serve(a, http.MethodPost, "/users/{id}/reset", accounts.ResetUser, "Let the person set a new password", func(ctx context.Context, c op.Call, in *ByID) (issued, error) {
		i, err := s.Reset(ctx, c, ref.User(in.ID))
		return a.issued(ctx, i, err)
	})
	serve(a, http.MethodPost, "/users/{id}/grants", accounts.CreateGrant, "Grant a role over a place", func(ctx context.Context, c op.Call, in *newGrantInput) (grantView, error) {
		g, err := s.CreateGrant(ctx, c, ref.User(in.ID), accounts.NewGrant{Role: in.Body.Role, PlaceID: in.Body.PlaceID, Until: in.Body.Until})
		if err != nil {
			return grantView{}, err
		}
		views, err := a.grantViews(ctx, []accounts.Grant{g})
		if err != nil {
			return grantView{}, err
		}
		return views[0], nil
	})
	serve(a, http.MethodDelete, "/users/{id}/grants/{grant_id}", accounts.DeleteGrant, "Take a role back", func(ctx context.Context, c op.Call, in *grantInput) (nothing, error) {
		return nothing{}, s.DeleteGrant(ctx, c, ref.User(in.ID), ref.Grant(in.Grant))
	})
	serve(a, http.MethodGet, "/roles", accounts.ViewRoles, "Roles and what they allow", func(ctx context.Context, c op.Call, _ *none) (list[accounts.RoleInfo], error) {
		items, err := s.Roles(ctx, c)
		return list[accounts.RoleInfo]{items}, err
	})
}

func (a *API) listUsers(ctx context.Context, c op.Call, in *userListInput) (page[userView], error) {
	users, total, err := a.Accounts.Users(ctx, c, accounts.Filter{Q: in.Q, After: in.Cursor, Limit: in.Limit})
	out := page[userView]{Items: []userView{}, Total: total}
	for _, u := range users {
		v, e := a.userView(ctx, u, err)
		if e != nil {
			return out, e
		}
		out.Items = append(out.Items, v)
	}
	if len(users) == in.Limit {
		out.NextCursor = users[len(users)-1].Username
	}
	return out, err
}

func (a *API) editUser(ctx context.Context, c op.Call, in *editUserInput) (userView, error) {
	version, err := in.version()
	if err != nil {
		return userView{}, err
	}
	id := ref.User(in.ID)
	u, err := accounts.User{}, error(nil)
	if in.Body.DisplayName != nil || in.Body.Language != nil {
		if u, err = a.Accounts.Update(ctx, c, id, version, accounts.Edit{DisplayName: in.Body.DisplayName, Language: in.Body.Language}); err != nil {
			return userView{}, err
		}
		version = u.Version
	}
	c.IdempotencyKey = "" // a second deed under the same key would be taken for a repeat
	switch d := in.Body.Disabled; {
	case d != nil && *d:
		u, err = a.Accounts.Disable(ctx, c, id, version)
	case d != nil:
		u, err = a.Accounts.Enable(ctx, c, id, version)
	}
	return a.userView(ctx, u, err)
}

func (a *API) userView(ctx context.Context, u accounts.User, err error) (userView, error) {
	if err != nil {
		return userView{}, err
	}
	grants, err := a.grantViews(ctx, u.Grants)
	return userView{User: u, Grants: grants}, err
}

func (a *API) issued(ctx context.Context, i accounts.Issued, err error) (issued, error) {
	if err != nil {
		return issued{}, err
	}
	u, err := a.userView(ctx, i.User, nil)
	return issued{User: u, Code: i.Code, ExpiresAt: i.ExpiresAt}, err
}
