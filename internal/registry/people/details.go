package people

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// Details is what is said about a person who may or may not be in the register.
type Details struct {
	// ID may be given to Add, so that others of the same batch can name the person as
	// their guardian. Everywhere else it is left out.
	ID ref.Person
	Identity
	Place ref.Place // "" when not known
	// PlacePath may be given to Add beside Place by a caller who has the place at hand, a
	// door: it is then not looked up again, only held against the scope.
	PlacePath   string
	Category    Category // "" is resident
	IDKind      IDKind   // may be left out: it is told from the number
	BirthOn     store.Day
	Relation    Relation
	Guardian    ref.Person
	Workplace   ref.Place
	Contact     Contact
	Vehicle     string
	HomeSince   store.Day
	MoveReason  string // why the home changes, for Update: kept with the earlier home
	KeepUntil   store.Day
	Care        []Care
	ExternalKey string
	Extra       map[string]string
}

// Limits of the texts, in characters.
const (
	maxName    = 100
	maxPhone   = 40
	maxAddress = 500
	maxKey     = 100
	maxPlate   = 20
	maxText    = 200
)

// complaint collects what is wrong; the fault is only made when something is.
type complaint struct{ f *fault.Error }

func (c *complaint) with(field, code string) {
	if c.f == nil {
		c.f = fault.Invalidf("people.invalid", "the person has wrong fields")
	}
	c.f.With(field, code)
}

func (c *complaint) err() error {
	if c.f == nil {
		return nil
	}
	return c.f
}

func wrongText(text string) bool { return !utf8.ValidString(text) || strings.IndexByte(text, 0) >= 0 }

func (c *complaint) text(field, text string, limit int) {
	switch {
	case len(text) > limit && utf8.RuneCountInString(text) > limit:
		c.with(field, "too_long")
	case wrongText(text):
		c.with(field, "bad_text")
	}
}

// tidied returns the details in the form in which they are kept, with what the number of
// a resident identity states filled in, or a fault that names every wrong field.
func (d Details) tidied() (Details, error) {
	d.Name, d.Phone, d.Address = strings.TrimSpace(d.Name), strings.TrimSpace(d.Phone), strings.TrimSpace(d.Address)
	d.IDNumber, d.ExternalKey, d.Vehicle = normalNumber(d.IDNumber), strings.TrimSpace(d.ExternalKey), strings.TrimSpace(d.Vehicle)
	if d.Sex == "" {
		d.Sex = UnknownSex
	}
	if d.Category == "" {
		d.Category = ResidentHere
	}
	var bad complaint
	bad.text("name", d.Name, maxName)
	bad.text("phone", d.Phone, maxPhone)
	bad.text("address", d.Address, maxAddress)
	bad.text("id_number", d.IDNumber, maxNumber)
	bad.text("external_key", d.ExternalKey, maxKey)
	bad.text("vehicle", d.Vehicle, maxPlate)
	bad.text("move_reason", d.MoveReason, maxText)
	d.Contact.check(&bad)
	d.checkValues(&bad)
	d.tidyNumber(&bad)
	return d, bad.err()
}

func (c Contact) check(bad *complaint) {
	if c == (Contact{}) {
		return
	}
	bad.text("second_phone", c.SecondPhone, maxPhone)
	bad.text("email", c.Email, maxText)
	bad.text("emergency_contact", c.EmergencyContact, maxText)
	bad.text("workplace_text", c.Workplace, maxText)
	bad.text("language", c.Language, maxText)
	bad.text("note", c.Note, maxNote)
}

func (d *Details) checkValues(bad *complaint) {
	if d.Sex != Male && d.Sex != Female && d.Sex != OtherSex && d.Sex != UnknownSex {
		bad.with("sex", "unknown")
	}
	if !slices.Contains(Categories, d.Category) {
		bad.with("category", "unknown")
	}
	if d.Relation != NoRelation && !slices.Contains(Relations, d.Relation) {
		bad.with("relation", "unknown")
	}
	if wrongDay(d.BirthOn) {
		bad.with("birth_on", "bad_day")
	}
	if wrongDay(d.HomeSince) {
		bad.with("home_since", "bad_day")
	}
	if wrongDay(d.KeepUntil) {
		bad.with("keep_until", "bad_day")
	}
	if len(d.Care) > 0 {
		checkCare(d.Care, bad.with)
	}
}

// tidyNumber tells the kind of the document and holds what is said beside a resident
// identity number against what the number states.
func (d *Details) tidyNumber(bad *complaint) {
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
		bad.with("id_kind", "unknown")
		return
	}
	id, ok := ParseResidentID(d.IDNumber)
	if !ok {
		bad.with("id_number", "check_digit")
		return
	}
	if d.Sex == UnknownSex {
		d.Sex = id.Sex
	} else if (d.Sex == Male || d.Sex == Female) && d.Sex != id.Sex {
		bad.with("sex", "contradicts_id_number")
	}
	if d.BirthOn == "" {
		d.BirthOn = id.BirthOn
	} else if d.BirthOn != id.BirthOn {
		bad.with("birth_on", "contradicts_id_number")
	}
}
