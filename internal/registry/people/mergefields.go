package people

import (
	"encoding/json"
	"strings"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/vault"
	"github.com/allclear/allclear/internal/ref"
)

// MergeField is one thing on which two records can differ, and of which one side is taken.
type MergeField struct {
	Name  string
	Class vault.Class // how it is masked; "" for what everybody sees who sees the person
	get   func(Person) string
	set   func(*Person, string)
	level func(string) string // levels what is no difference; nil for none
}

func textField(name string, class vault.Class, at func(*Person) *string, level func(string) string) MergeField {
	return MergeField{Name: name, Class: class, level: level,
		get: func(p Person) string { return *at(&p) }, set: func(p *Person, v string) { *at(p) = v }}
}

// codeField is a field of a type of its own.
func codeField[T ~string](name string, at func(*Person) *T) MergeField {
	return MergeField{Name: name, get: func(p Person) string { return string(*at(&p)) }, set: func(p *Person, v string) { *at(p) = T(v) }}
}

// The fields whose values stand for something else than text.
const (
	HomeField      = "home"      // the place, and since when
	GuardianField  = "guardian"  // a person
	WorkplaceField = "workplace" // a place
	numberField    = "id_number"
	birthField     = "birth_on"
	sexField       = "sex"
	extraField     = "extra"
)

// MergeFields are all fields, in the order in which people look at them.
var MergeFields = []MergeField{
	textField("name", vault.Name, func(p *Person) *string { return &p.Name }, normalName),
	{Name: numberField, Class: vault.IDNumber, get: func(p Person) string { return joinParts(string(p.IDKind), p.IDNumber) },
		set: func(p *Person, v string) { kind, number := cutParts(v); p.IDKind, p.IDNumber = IDKind(kind), number }},
	codeField(birthField, func(p *Person) *store.Day { return &p.BirthOn }),
	codeField(sexField, func(p *Person) *Sex { return &p.Sex }),
	textField("phone", vault.Phone, func(p *Person) *string { return &p.Phone }, normalPhone),
	{Name: HomeField, get: func(p Person) string { return joinParts(string(p.PlaceID), string(p.HomeSince)) },
		set: func(p *Person, v string) {
			place, since := cutParts(v)
			p.PlaceID, p.HomeSince = ref.Place(place), store.Day(since)
		}},
	textField("address", vault.Address, func(p *Person) *string { return &p.Address }, levelText),
	codeField("category", func(p *Person) *Category { return &p.Category }),
	codeField("relation", func(p *Person) *Relation { return &p.Relation }),
	codeField(GuardianField, func(p *Person) *ref.Person { return &p.GuardianID }),
	codeField(WorkplaceField, func(p *Person) *ref.Place { return &p.WorkplaceID }),
	textField("workplace_text", vault.FreeText, func(p *Person) *string { return &p.Contact.Workplace }, levelText),
	textField("vehicle", vault.FreeText, func(p *Person) *string { return &p.Vehicle }, plate),
	textField("second_phone", vault.Phone, func(p *Person) *string { return &p.Contact.SecondPhone }, normalPhone),
	textField("email", vault.FreeText, func(p *Person) *string { return &p.Contact.Email }, strings.ToLower),
	textField("emergency_contact", vault.FreeText, func(p *Person) *string { return &p.Contact.EmergencyContact }, levelText),
	textField("language", "", func(p *Person) *string { return &p.Contact.Language }, nil),
	textField("note", vault.FreeText, func(p *Person) *string { return &p.Contact.Note }, nil),
	textField("external_key", vault.IDNumber, func(p *Person) *string { return &p.ExternalKey }, nil),
	codeField("keep_until", func(p *Person) *store.Day { return &p.KeepUntil }),
	{Name: extraField, Class: vault.FreeText, get: func(p Person) string { return extraText(p.Extra) },
		set: func(p *Person, v string) { p.Extra = nil; _ = decode(v, &p.Extra) }},
}

// registeredField is not chosen: who was entered for their own sake stays so.
var registeredField = MergeField{Name: "registered",
	get: func(p Person) string {
		if p.Registered {
			return "yes"
		}
		return ""
	}, set: func(p *Person, v string) { p.Registered = v == "yes" }}

const partsEnd = "\x1f"

func joinParts(a, b string) string {
	if a == "" && b == "" {
		return ""
	}
	return a + partsEnd + b
}

func cutParts(v string) (string, string) {
	a, b, _ := strings.Cut(v, partsEnd)
	return a, b
}

func extraText(m map[string]string) string {
	if len(m) == 0 {
		return ""
	}
	b, _ := json.Marshal(m) // a map of texts always can be written; its keys are sorted
	return string(b)
}

// Values are what one record says: Masked for people to see, and whether it says anything.
func (f MergeField) Masked(p Person) string {
	v := f.get(p)
	switch f.Name {
	case numberField:
		return vault.Mask(vault.IDNumber, p.IDNumber)
	case birthField:
		if len(v) >= 4 {
			return v[:4] + "-**-**"
		}
		return v
	case HomeField:
		return string(p.PlaceID)
	case extraField:
		keys := make([]string, 0, len(p.Extra))
		for k := range p.Extra {
			keys = append(keys, k)
		}
		return strings.Join(sortedWords(keys), ", ")
	}
	if f.Class == "" {
		return v
	}
	return vault.Mask(f.Class, v)
}

// Same reports whether both records say the same, however written.
func (f MergeField) Same(a, b Person) bool {
	x, y := f.get(a), f.get(b)
	if f.Name == HomeField {
		return a.PlaceID == b.PlaceID
	}
	if f.level != nil {
		x, y = f.level(x), f.level(y)
	}
	return x == y
}

// Empty reports whether the record says nothing here.
func (f MergeField) Empty(p Person) bool {
	if f.Name == sexField && p.Sex == UnknownSex {
		return true
	}
	return f.get(p) == ""
}

// Side is one record of a pair.
type Side string

// The sides; SideBoth is where it makes no difference.
const (
	SideA    Side = "a"
	SideB    Side = "b"
	SideBoth Side = "both"
)

// Suggestion is the side that is likelier to be right: the one that says something, a
// valid identity number before another document, a name in characters before its pinyin,
// and else the record that was changed last.
func (f MergeField) Suggestion(a, b Person) Side {
	switch {
	case f.Same(a, b):
		return SideBoth
	case f.Empty(a):
		return SideB
	case f.Empty(b):
		return SideA
	case f.Name == numberField && (a.IDKind == Resident) != (b.IDKind == Resident):
		return sideIf(a.IDKind == Resident)
	case (f.Name == birthField || f.Name == sexField) && (a.IDKind == Resident) != (b.IDKind == Resident):
		return sideIf(a.IDKind == Resident) // the number states both
	case f.Name == "name" && isHan(a.Name) != isHan(b.Name):
		return sideIf(isHan(a.Name))
	}
	return sideIf(a.UpdatedAt >= b.UpdatedAt)
}

func sideIf(a bool) Side {
	if a {
		return SideA
	}
	return SideB
}

// Keep suggests which record stays: the one with an identity number, the one entered for
// its own sake, and else the older one.
func Keep(a, b Person) Side {
	switch {
	case (a.IDKind == Resident) != (b.IDKind == Resident):
		return sideIf(a.IDKind == Resident)
	case a.Registered != b.Registered:
		return sideIf(a.Registered)
	}
	return sideIf(a.CreatedAt <= b.CreatedAt)
}

// composed is the record that stays, with the fields of the other side that were chosen,
// and what it leaves open filled in from there. A resident identity number brings the
// birthday and the sex that it states.
func composed(keep, other Person, otherTaken map[string]bool) Person {
	after := keep
	for _, f := range MergeFields {
		if otherTaken[f.Name] || f.Empty(keep) {
			f.set(&after, f.get(other))
		}
	}
	after.Registered = keep.Registered || other.Registered
	if id, ok := ParseResidentID(after.IDNumber); ok && after.IDKind == Resident {
		after.BirthOn, after.Sex = id.BirthOn, id.Sex
	}
	if after.GuardianID == keep.ID || after.GuardianID == other.ID {
		after.GuardianID = ""
	}
	after.Extra = union(other.Extra, keep.Extra)
	if otherTaken[extraField] {
		after.Extra = union(keep.Extra, other.Extra)
	}
	return after
}

// union holds what both say; the second one is believed where they differ.
func union(a, b map[string]string) map[string]string {
	if len(a)+len(b) == 0 {
		return nil
	}
	out := make(map[string]string, len(a)+len(b))
	for _, m := range []map[string]string{a, b} {
		for k, v := range m {
			out[k] = v
		}
	}
	return out
}

// otherTaken turns the choices, by side, into those that fall on the record that goes.
func otherTaken(take map[string]Side, keep Side) (map[string]bool, error) {
	out := map[string]bool{}
	for name, side := range take {
		if side != SideA && side != SideB || !isMergeField(name) {
			return nil, fault.Invalidf("people.bad_choice", "a choice names a field and a side, a or b").With("take."+name, "unknown")
		}
		out[name] = side != keep
	}
	return out, nil
}

func isMergeField(name string) bool {
	for _, f := range MergeFields {
		if f.Name == name {
			return true
		}
	}
	return false
}
