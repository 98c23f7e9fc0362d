package httpapi

import (
	"context"
	"encoding/base64"
	"net/http"

	"github.com/skip2/go-qrcode"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/accounts"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/httpx"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// cookieName is the session cookie over HTTPS; the prefix makes browsers hold it to
// this host and to secure connections. Plain HTTP, which is for this machine only,
// cannot carry that prefix.
const (
	cookieName      = "__Host-allclear"
	plainCookieName = "allclear"
)

func cookieOf(r *http.Request) string {
	if httpx.Secure(r) {
		return cookieName
	}
	return plainCookieName
}

func sessionCookie(r *http.Request, secret string, maxAge int) string {
	c := http.Cookie{
		Name: cookieOf(r), Value: secret, Path: "/", MaxAge: maxAge, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: httpx.Secure(r),
	}
	return c.String()
}

// me is who is signed in and what the app may show them.
type me struct {
	User          accounts.User `json:"user"`
	Demo          bool          `json:"demo"`
	Version       string        `json:"version"`
	MFA           bool          `json:"mfa"`
	MustEnrolTOTP bool          `json:"must_enrol_totp"`
	Grants        []grantView   `json:"grants"`
	Operations    []string      `json:"operations" doc:"What the person may do somewhere"`
}

// grantView is a grant with the words for it.
type grantView struct {
	ID        ref.Grant     `json:"id"`
	Role      string        `json:"role"`
	RoleTitle access.Text   `json:"role_title"`
	PlaceID   ref.Place     `json:"place_id" doc:"Empty for the whole tree"`
	PlaceName string        `json:"place_name"`
	PlacePath string        `json:"place_path"`
	Until     store.Instant `json:"until"`
}

type signInInput struct {
	Body struct {
		Username string `json:"username" maxLength:"200"`
		Password string `json:"password" maxLength:"1000"`
		TOTP     string `json:"totp,omitempty" maxLength:"100" doc:"Code of the authenticator app, or a recovery code"`
	}
}

// withCookie is an answer that sets or clears the session cookie.
type withCookie[T any] struct {
	SetCookie string `header:"Set-Cookie"`
	Body      T
}

type firstPasswordInput struct {
	Body struct {
		Username string `json:"username" maxLength:"200"`
		Code     string `json:"code" maxLength:"100"`
		Password string `json:"password" maxLength:"1000"`
	}
}

func (a *API) sessionRoutes() {
	open(a, http.MethodPost, "/session", "accounts.session.open", "Sign in", a.signIn)
	open(a, http.MethodGet, "/session", "accounts.session.view", "Who is signed in", func(ctx context.Context, _ *none) (*body[me], error) {
		m, err := a.me(ctx, principal(ctx))
		return &body[me]{Body: m}, err
	})
	open(a, http.MethodDelete, "/session", "accounts.session.close", "Sign out", a.signOut)
	open(a, http.MethodPost, "/session/first", "accounts.password.first", "Set the first password with a one-time code", a.firstPassword)
	a.ownAccountRoutes()
}

func (a *API) signIn(ctx context.Context, in *signInInput) (*withCookie[me], error) {
	r := httpx.Request(ctx)
	secret, p, err := a.Accounts.SignIn(ctx, accounts.Credentials{Username: in.Body.Username, Password: in.Body.Password, Code: in.Body.TOTP}, device(r))
	if err != nil {
		return nil, err
	}
	m, err := a.me(ctx, p)
	return &withCookie[me]{SetCookie: sessionCookie(r, secret, 0), Body: m}, err
}

func (a *API) signOut(ctx context.Context, _ *none) (*withCookie[nothing], error) {
	out := &withCookie[nothing]{SetCookie: sessionCookie(httpx.Request(ctx), "", -1)}
	if principal(ctx).Anonymous() {
		return out, nil
	}
	return out, a.Accounts.SignOut(ctx, principal(ctx), httpx.RequestID(ctx))
}

func (a *API) firstPassword(ctx context.Context, in *firstPasswordInput) (*body[nothing], error) {
	err := a.Accounts.SetFirstPassword(ctx, in.Body.Username, in.Body.Code, in.Body.Password, device(httpx.Request(ctx)))
	return &body[nothing]{}, err
}

func device(r *http.Request) accounts.Device {
	return accounts.Device{IP: httpx.ClientIP(r), UserAgent: r.UserAgent(), RequestID: httpx.RequestID(r.Context())}
}

func (a *API) me(ctx context.Context, p access.Principal) (me, error) {
	if p.Anonymous() {
		return me{}, fault.Unauthenticatedf("session.required", "sign in first")
	}
	m, err := a.Accounts.Me(ctx, p)
	if err != nil {
		return me{}, err
	}
	grants, err := a.grantViews(ctx, m.User.Grants)
	return me{
		User: m.User, Demo: a.Demo, Version: a.Version, MFA: m.MFA, MustEnrolTOTP: m.MustEnrolTOTP, Grants: grants, Operations: m.Operations,
	}, err
}

// grantViews adds the titles of roles and the names of places.
func (a *API) grantViews(ctx context.Context, grants []accounts.Grant) ([]grantView, error) {
	out := []grantView{}
	err := a.Door.DB.Read(ctx, func(tx *store.Tx) error {
		for _, g := range grants {
			v := grantView{ID: g.ID, Role: g.Role, PlaceID: g.PlaceID, PlacePath: g.PlacePath, Until: g.Until}
			if r, ok := a.Door.Access.Role(g.Role); ok {
				v.RoleTitle = r.Title
			}
			if g.PlaceID != "" {
				if err := tx.QueryRow(ctx, `SELECT name FROM places WHERE id = $1`, g.PlaceID).Scan(&v.PlaceName); err != nil {
					return err
				}
			}
			out = append(out, v)
		}
		return nil
	})
	return out, err
}

type ByID struct {
	ID string `path:"id"`
}

type list[T any] struct {
	Items []T `json:"items"`
}

type enrolment struct {
	accounts.Enrolment
	QR string `json:"qr_png_base64"`
}

type confirmInput struct {
	Body struct {
		Code string `json:"code" maxLength:"20"`
	}
}

type recoveryCodes struct {
	Codes []string `json:"recovery_codes" doc:"Shown once; each opens one session"`
}

type passwordInput struct {
	Body struct {
		Current string `json:"current" maxLength:"1000"`
		New     string `json:"new" maxLength:"1000"`
	}
}

type ownEditInput struct {
	Body accounts.Edit
}

type tokenInput struct {
	Body struct {
		Name       string    `json:"name" minLength:"1" maxLength:"100"`
		Operations []string  `json:"operations" minItems:"1"`
		ExpiresOn  store.Day `json:"expires_on" doc:"Last day of validity (UTC), at most a year ahead"`
	}
}

func (a *API) ownAccountRoutes() {
	s := a.Accounts
	serve(a, http.MethodGet, "/me/sessions", accounts.ViewSelf, "My sessions", func(ctx context.Context, c op.Call, _ *none) (list[accounts.Session], error) {
		items, err := s.Sessions(ctx, c)
		return list[accounts.Session]{items}, err
	})
	serve(a, http.MethodDelete, "/me/sessions/{id}", accounts.UpdateSelf, "End one of my sessions", func(ctx context.Context, c op.Call, in *ByID) (nothing, error) {
		return nothing{}, s.EndSession(ctx, c, ref.Session(in.ID))
	})
	serve(a, http.MethodPatch, "/me", accounts.UpdateSelf, "Change my name or language", func(ctx context.Context, c op.Call, in *ownEditInput) (accounts.User, error) {
		return s.UpdateOwn(ctx, c, in.Body)
	})
	serve(a, http.MethodPost, "/me/totp", accounts.UpdateSelf, "Begin to set up a second factor", a.enrol)
	serve(a, http.MethodPost, "/me/totp/confirm", accounts.UpdateSelf, "Confirm the second factor with a code", func(ctx context.Context, c op.Call, in *confirmInput) (recoveryCodes, error) {
		codes, err := s.ConfirmTOTP(ctx, c, device(httpx.Request(ctx)), in.Body.Code)
		return recoveryCodes{codes}, err
	})
	serve(a, http.MethodPost, "/me/password", accounts.UpdateSelf, "Change my password", func(ctx context.Context, c op.Call, in *passwordInput) (nothing, error) {
		return nothing{}, s.ChangePassword(ctx, c, device(httpx.Request(ctx)), in.Body.Current, in.Body.New)
	})
	serve(a, http.MethodGet, "/me/tokens", accounts.ViewSelf, "My API tokens", func(ctx context.Context, c op.Call, _ *none) (list[accounts.Token], error) {
		items, err := s.Tokens(ctx, c)
		return list[accounts.Token]{items}, err
	})
	serve(a, http.MethodPost, "/me/tokens", accounts.CreateToken, "Make an API token; it is shown once", func(ctx context.Context, c op.Call, in *tokenInput) (accounts.IssuedToken, error) {
		n := accounts.NewToken{Name: in.Body.Name, Operations: in.Body.Operations}
		if _, ok := store.ParseDay(string(in.Body.ExpiresOn)); !ok {
			return accounts.IssuedToken{}, fault.Invalidf("accounts.bad_token", "the token needs a last day").With("expires_on", "bad_day")
		}
		n.ExpiresAt = store.At(in.Body.ExpiresOn.Add(1).Time())
		return s.CreateToken(ctx, c, n)
	})
	serve(a, http.MethodDelete, "/me/tokens/{id}", accounts.RevokeToken, "Revoke an API token", func(ctx context.Context, c op.Call, in *ByID) (nothing, error) {
		return nothing{}, s.RevokeToken(ctx, c, ref.Token(in.ID))
	})
}

func (a *API) enrol(ctx context.Context, c op.Call, _ *none) (enrolment, error) {
	e, err := a.Accounts.EnrolTOTP(ctx, c)
	if err != nil {
		return enrolment{}, err
	}
	png, err := qrcode.Encode(e.URI, qrcode.Medium, 256)
	return enrolment{Enrolment: e, QR: base64.StdEncoding.EncodeToString(png)}, err
}
