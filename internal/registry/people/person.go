package people

import (
	"encoding/json"
	"log/slog"
	"strings"
	"unicode/utf8"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/vault"
	"github.com/allclear/allclear/internal/ref"
)

// Person is one person of the register, opened. Written as JSON or to a log it shows no
// more than View.
type Person struct {
	ID          ref.Person        `json:"id" audit:"-"`
	PlaceID     ref.Place         `json:"place_id" audit:"public"` // where they live; "" when not known
	PlacePath   string            `json:"place_path" audit:"-"`
	Name        string            `json:"name" audit:"personal"`
	Phone       string            `json:"phone" audit:"personal"`
	IDKind      IDKind            `json:"id_kind" audit:"public"`
	IDNumber    string            `json:"id_number" audit:"personal"` // normalised
	Address     string            `json:"address" audit:"personal"`
	Sex         Sex               `json:"sex" audit:"personal"`
	BirthOn     store.Day         `json:"birth_on" audit:"personal"`
	ExternalKey string            `json:"external_key" audit:"personal"`
	Extra       map[string]string `json:"extra" audit:"personal"`
	Registered  bool              `json:"registered" audit:"public"`
	Version     int64             `json:"version" audit:"-"`
	CreatedAt   store.Instant     `json:"-" audit:"-"`
	UpdatedAt   store.Instant     `json:"-" audit:"-"`
}

// View is a person as people see them who need not know who it is.
type View struct {
	ID          ref.Person `json:"id"`
	PlaceID     ref.Place  `json:"place_id"`
	NameMasked  string     `json:"name_masked"`
	PhoneMasked string     `json:"phone_masked"`
	IDMasked    string     `json:"id_masked"`
	IDKind      IDKind     `json:"id_kind"`
	Sex         Sex        `json:"sex"`
	Registered  bool       `json:"registered"`
	Version     int64      `json:"version"`
}

// View returns the person with masked values.
func (p Person) View() View {
	return View{
		ID: p.ID, PlaceID: p.PlaceID, NameMasked: vault.Mask(vault.Name, p.Name), PhoneMasked: vault.Mask(vault.Phone, p.Phone),
		IDMasked: vault.Mask(vault.IDNumber, p.IDNumber), IDKind: p.IDKind, Sex: p.Sex, Registered: p.Registered, Version: p.Version,
	}
}

// Identity returns who the person is, in plain.
func (p Person) Identity() Identity {
	return Identity{Name: p.Name, Phone: p.Phone, IDNumber: p.IDNumber, Address: p.Address, Sex: p.Sex}
}

// Masked returns the identity with masked values.
func (i Identity) Masked() Identity {
	return Identity{
		Name: vault.Mask(vault.Name, i.Name), Phone: vault.Mask(vault.Phone, i.Phone), IDNumber: vault.Mask(vault.IDNumber, i.IDNumber),
		Address: vault.Mask(vault.Address, i.Address), Sex: i.Sex,
	}
}

// MarshalJSON writes the View: answers are kept for repeated requests, and logged by
// clients, and no plain value may end up there.
func (p Person) MarshalJSON() ([]byte, error) { return json.Marshal(p.View()) }

// String names the record and nothing about the person.
func (p Person) String() string { return p.ID.Ref().String() }

// GoString is String, for %#v.
func (p Person) GoString() string { return p.String() }

// LogValue is String, for logs.
func (p Person) LogValue() slog.Value { return slog.StringValue(p.String()) }

// Details is what is said about a person who may or may not be in the register.
type Details struct {
	Identity
	Place       ref.Place // "" when not known
	IDKind      IDKind    // may be left out: it is told from the number
	BirthOn     store.Day
	ExternalKey string
	Extra       map[string]string
}

// Limits of the texts, in characters.
const (
	maxName    = 100
	maxPhone   = 40
	maxAddress = 500
	maxKey     = 100
)

// tidied returns the details in the form in which they are kept, with what the number of
// a resident identity states filled in, or a fault that names every wrong field.
func (d Details) tidied() (Details, error) {
	d.Name, d.Phone, d.Address = strings.TrimSpace(d.Name), strings.TrimSpace(d.Phone), strings.TrimSpace(d.Address)
	d.IDNumber, d.ExternalKey = normalNumber(d.IDNumber), strings.TrimSpace(d.ExternalKey)
	if d.Sex == "" {
		d.Sex = UnknownSex
	}
	f := fault.Invalidf("people.invalid", "the person has wrong fields")
	for _, x := range []struct {
		field, text string
		limit       int
	}{{"name", d.Name, maxName}, {"phone", d.Phone, maxPhone}, {"address", d.Address, maxAddress}, {"id_number", d.IDNumber, maxNumber}, {"external_key", d.ExternalKey, maxKey}} {
		switch {
		case utf8.RuneCountInString(x.text) > x.limit:
			f.With(x.field, "too_long")
		case !utf8.ValidString(x.text) || strings.ContainsRune(x.text, 0):
			f.With(x.field, "bad_text")
		}
	}
	if d.Sex != Male && d.Sex != Female && d.Sex != OtherSex && d.Sex != UnknownSex {
		f.With("sex", "unknown")
	}
	if d.BirthOn != "" {
		if _, ok := store.ParseDay(string(d.BirthOn)); !ok {
			f.With("birth_on", "bad_day")
		}
	}
	d.tidyNumber(f)
	if len(f.Fields) > 0 {
		return d, f
	}
	return d, nil
}

// tidyNumber tells the kind of the document and holds what is said beside a resident
// identity number against what the number states.
func (d *Details) tidyNumber(f *fault.Error) {
	switch {
	case d.IDNumber == "":
		d.IDKind = NoID
		return
	case d.IDKind == NoID && looksResident(d.IDNumber):
		d.IDKind = Resident
	case d.IDKind == NoID:
		d.IDKind = OtherID
	}
	switch d.IDKind {
	case Resident:
	case Passport, Permit, OtherID:
		return
	default:
		f.With("id_kind", "unknown")
		return
	}
	id, ok := ParseResidentID(d.IDNumber)
	if !ok {
		f.With("id_number", "check_digit")
		return
	}
	if d.Sex == UnknownSex {
		d.Sex = id.Sex
	} else if (d.Sex == Male || d.Sex == Female) && d.Sex != id.Sex {
		f.With("sex", "contradicts_id_number")
	}
	if d.BirthOn == "" {
		d.BirthOn = id.BirthOn
	} else if d.BirthOn != id.BirthOn {
		f.With("birth_on", "contradicts_id_number")
	}
}
