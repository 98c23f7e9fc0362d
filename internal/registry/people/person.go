package people

import (
	"encoding/json"
	"log/slog"

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
	AtDoor      bool              `json:"-" audit:"-"` // the place is of level household
	Category    Category          `json:"category" audit:"public"`
	Name        string            `json:"name" audit:"personal"`
	Phone       string            `json:"phone" audit:"personal"`
	IDKind      IDKind            `json:"id_kind" audit:"public"`
	IDNumber    string            `json:"id_number" audit:"personal"` // normalised
	Address     string            `json:"address" audit:"personal"`
	Sex         Sex               `json:"sex" audit:"personal"`
	BirthOn     store.Day         `json:"birth_on" audit:"personal"`
	Relation    Relation          `json:"relation" audit:"public"`
	GuardianID  ref.Person        `json:"guardian_id" audit:"public"`  // "" for none
	WorkplaceID ref.Place         `json:"workplace_id" audit:"public"` // "" when not known
	Contact     Contact           `json:"contact" audit:"personal"`
	Vehicle     string            `json:"vehicle" audit:"personal"` // plate
	Needs       Needs             `json:"care" audit:"personal"`
	HomeSince   store.Day         `json:"home_since" audit:"personal"` // first day at this home
	KeepUntil   store.Day         `json:"keep_until" audit:"public"`   // last day on which the record is kept; "" for no limit yet
	ExternalKey string            `json:"external_key" audit:"personal"`
	Extra       map[string]string `json:"extra" audit:"personal"`
	Registered  bool              `json:"registered" audit:"public"`
	Version     int64             `json:"version" audit:"-"`
	CreatedAt   store.Instant     `json:"-" audit:"-"`
	UpdatedAt   store.Instant     `json:"-" audit:"-"`
}

// Contact is what else is known about reaching somebody. It is sealed as a whole.
type Contact struct {
	SecondPhone      string `json:"second_phone,omitempty"`
	Email            string `json:"email,omitempty"`
	EmergencyContact string `json:"emergency_contact,omitempty"` // name and phone of whom to call
	Workplace        string `json:"workplace,omitempty"`         // as stated, where no place is known
	Language         string `json:"language,omitempty"`
	Note             string `json:"note,omitempty"`
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

// adultAge is the age from which somebody is no minor: eighteen completed years.
//
// Source: 中华人民共和国民法典 art. 17.
const adultAge = 18

// Age returns the completed years on a day, and false when the birthday is not known or
// lies after the day. Somebody born on 29 February is a year older from 1 March on in
// other years.
func Age(birth, on store.Day) (int, bool) {
	if len(birth) != len("2006-01-02") || len(on) != len(birth) || on < birth {
		return 0, false
	}
	years := number(on[:4]) - number(birth[:4])
	if on[5:] < birth[5:] {
		years--
	}
	return years, true
}

func number(digits store.Day) int {
	n := 0
	for _, d := range digits {
		n = n*10 + int(d-'0')
	}
	return n
}

// Minor reports whether somebody with this birthday is a minor on a day. Whose birthday
// is not known is taken for an adult.
func Minor(birth, on store.Day) bool {
	age, known := Age(birth, on)
	return known && age < adultAge
}

// bornAfter is the last birthday of those who are n years old on a day: whoever was born
// later is younger.
func bornAfter(on store.Day, n int) store.Day {
	t := on.Time()
	born := t.AddDate(-n, 0, 0)
	if born.Day() != t.Day() { // 29 February
		born = born.AddDate(0, 0, -1)
	}
	return store.Day(born.Format("2006-01-02"))
}
