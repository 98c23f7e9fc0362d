package accounts

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// User is an account as those see it who look after accounts.
type User struct {
	ID          ref.User      `json:"id" audit:"-"`
	Username    string        `json:"username" audit:"public"`
	DisplayName string        `json:"display_name"`
	Language    string        `json:"language" audit:"public"`
	Disabled    bool          `json:"disabled" audit:"public"`
	MFA         bool          `json:"mfa" audit:"public"`    // a second factor is enrolled
	Active      bool          `json:"active" audit:"public"` // a password has been set
	HomePath    string        `json:"home_path" audit:"public"`
	CreatedAt   store.Instant `json:"created_at" audit:"-"`
	LastSeenAt  store.Instant `json:"last_seen_at" audit:"-"` // last sign-in; 0 for never
	Version     int64         `json:"version" audit:"-"`
	Grants      []Grant       `json:"grants" audit:"-"` // recorded by themselves
}

// Grant is a role that a user holds over a place.
type Grant struct {
	ID        ref.Grant     `json:"id"`
	UserID    ref.User      `json:"-"`
	Role      string        `json:"role"`
	PlaceID   ref.Place     `json:"place_id"`   // "" for the whole tree
	PlacePath string        `json:"place_path"` // "" for the whole tree
	Until     store.Instant `json:"until"`      // 0 for no end
}

// NewUser is what making an account asks for.
type NewUser struct {
	Username    string     `json:"username"`     // lower-cased; letters, digits and . _ - @
	DisplayName string     `json:"display_name"` // how colleagues see the person
	Language    string     `json:"language"`     // zh-CN or en
	Grants      []NewGrant `json:"grants"`       // may be empty
}

// NewGrant is what granting a role asks for.
type NewGrant struct {
	Role    string        `json:"role"`
	PlaceID ref.Place     `json:"place_id"` // "" for the whole tree
	Until   store.Instant `json:"until"`    // 0 for no end
}

// Edit changes what is not nil.
type Edit struct {
	DisplayName *string `json:"display_name"`
	Language    *string `json:"language"`
}

// Issued is a one-time code for an account, shown once to who asked for it.
type Issued struct {
	User      User          `json:"user"`
	Code      string        `json:"one_time_code"`
	ExpiresAt store.Instant `json:"expires_at"`
}

var usernameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._@-]{1,63}$`)

func normalUsername(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

func (n NewUser) check() error {
	f := fault.Invalidf("accounts.bad_user", "the account cannot be made as described")
	if !usernameForm.MatchString(n.Username) {
		f.With("username", "bad_username")
	}
	checkDisplay(f, n.DisplayName, n.Language)
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

func checkDisplay(f *fault.Error, displayName, language string) {
	if n := utf8.RuneCountInString(displayName); n == 0 || n > 100 {
		f.With("display_name", "bad_length")
	}
	if language != "zh-CN" && language != "en" {
		f.With("language", "unknown_language")
	}
}

// grantsOf is how a user's grants stand in the trail.
type grantsOf struct {
	Grants []string `json:"grants" audit:"public"`
}

func describe(grants []Grant) grantsOf {
	var g grantsOf
	for _, x := range grants {
		text := x.Role + "@" + x.PlacePath
		if x.Until != 0 {
			text += " until " + x.Until.Time().Format("2006-01-02T15:04Z")
		}
		g.Grants = append(g.Grants, text)
	}
	return g
}

// secretsOf marks in the trail which secret of an account changed, and nothing of it.
type secretsOf struct {
	Password     int `json:"password"`
	SecondFactor int `json:"second_factor"`
	OneTimeCode  int `json:"one_time_code"`
}
