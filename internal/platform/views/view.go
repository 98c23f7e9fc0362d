package views

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// View is a saved list.
type View struct {
	ID        ref.View      `json:"id" audit:"-"`
	List      string        `json:"list" audit:"public"`
	Name      string        `json:"name" audit:"public"`
	Query     string        `json:"query" audit:"public"`  // as in an address, without "?"
	Layout    string        `json:"layout" audit:"-"`      // JSON of the browser's own making; "" for none
	Shared    bool          `json:"shared" audit:"public"` // seen by whoever works at the place, above or below
	PlaceID   ref.Place     `json:"place_id" audit:"public"`
	PlacePath string        `json:"-" audit:"-"`
	OwnerID   ref.User      `json:"owner_id" audit:"-"`
	OwnerName string        `json:"owner_name" audit:"-"`
	Mine      bool          `json:"mine" audit:"-"`    // the caller owns it
	Default   bool          `json:"default" audit:"-"` // the list opens with it for the caller
	Version   int64         `json:"version" audit:"-"`
	UpdatedAt store.Instant `json:"updated_at" audit:"-"`
}

// New is what a person states about a view.
type New struct {
	List, Name, Query, Layout string
	Shared                    bool
	// PlaceID is where a shared view stands; empty means everywhere, which only somebody
	// who answers for the whole tree may state.
	PlaceID ref.Place
}

// Limits, in characters: an address longer than 2,000 is cut by some programs.
const (
	maxName   = 60
	maxQuery  = 2000
	maxLayout = 4000
	maxViews  = 200 // of one person for one list
)

var listForm = regexp.MustCompile(`^[a-z][a-z_]{1,30}$`)

// searched are parameters that hold what somebody typed to find a person.
var searched = []string{"q", "name", "phone", "id_number", "number"}

func (n New) tidied() (New, error) {
	n.Name, n.Query = strings.TrimSpace(n.Name), strings.TrimPrefix(n.Query, "?")
	f := fault.Invalidf("views.invalid", "the view has wrong fields")
	if !listForm.MatchString(n.List) {
		f.With("list", "unknown")
	}
	switch {
	case n.Name == "":
		f.With("name", "required")
	case utf8.RuneCountInString(n.Name) > maxName:
		f.With("name", "too_long")
	case !utf8.ValidString(n.Name) || strings.ContainsRune(n.Name, 0):
		f.With("name", "bad_text")
	}
	n.Query = n.checkQuery(f)
	if utf8.RuneCountInString(n.Layout) > maxLayout {
		f.With("layout", "too_long")
	} else if n.Layout != "" && !json.Valid([]byte(n.Layout)) {
		f.With("layout", "bad_text")
	}
	if len(f.Fields) > 0 {
		return n, f
	}
	return n, nil
}

// checkQuery returns the query in a canonical order, so that equal filters are equal texts.
func (n New) checkQuery(f *fault.Error) string {
	values, err := url.ParseQuery(n.Query)
	switch {
	case err != nil:
		f.With("query", "bad_text")
	case utf8.RuneCountInString(n.Query) > maxQuery:
		f.With("query", "too_long")
	}
	for _, key := range searched {
		if values.Get(key) != "" {
			f.With("query", "holds_search")
		}
	}
	return values.Encode()
}
