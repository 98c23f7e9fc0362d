package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/allclear/allclear/internal/platform/audit"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
)

// PeopleFilter is what a list of people is filtered by.
type PeopleFilter struct {
	Place           ref.Place       `query:"place_id" doc:"The place and all below it"`
	Category        string          `query:"category" doc:"One or more, separated by commas"`
	Sex             people.Sex      `query:"sex"`
	AgeFrom         int             `query:"age_from" default:"-1" doc:"Completed years today, included"`
	AgeTo           int             `query:"age_to" default:"-1" doc:"Completed years today, included"`
	Care            string          `query:"care" doc:"Any of these needs, separated by commas"`
	Relation        people.Relation `query:"relation"`
	WithoutGuardian bool            `query:"without_guardian" doc:"Minors of whom no guardian is known"`
	WithoutPhone    bool            `query:"without_phone"`
	WithoutHome     bool            `query:"without_home" doc:"Only a place above the door is known, or none"`
	UpdatedSince    string          `query:"updated_since" doc:"A day, or an instant as RFC 3339"`
}

func (in PeopleFilter) filter(ctx context.Context, tx *op.Tx) (people.Filter, error) {
	f := people.Filter{
		Sex: in.Sex, Relation: in.Relation, WithoutGuardian: in.WithoutGuardian, WithoutPhone: in.WithoutPhone, WithoutHome: in.WithoutHome,
		Categories: split[people.Category](in.Category), Care: split[people.Need](in.Care),
	}
	if in.AgeFrom >= 0 {
		f.AgeFrom = &in.AgeFrom
	}
	if in.AgeTo >= 0 {
		f.AgeTo = &in.AgeTo
	}
	var err error
	if f.UpdatedSince, err = sinceOf(in.UpdatedSince); err != nil {
		return f, err
	}
	f.PlacePath, err = pathOf(ctx, tx, in.Place)
	return f, err
}

// sinceOf reads a day or an instant.
func sinceOf(text string) (store.Instant, error) {
	if day, ok := store.ParseDay(text); ok {
		return store.At(day.Time()), nil
	}
	var at store.Instant
	if text != "" && at.UnmarshalText([]byte(text)) != nil {
		return 0, fault.Invalidf("people.bad_filter", "the list cannot be filtered like this").With("updated_since", "not_a_day")
	}
	return at, nil
}

func split[T ~string](text string) []T {
	var out []T
	for _, x := range strings.Split(text, ",") {
		if x != "" {
			out = append(out, T(x))
		}
	}
	return out
}

type peopleListInput struct {
	PeopleFilter
	Sort   string `query:"sort" doc:"place (door by door), -updated, age, -age"`
	Cursor string `query:"cursor"`
	Limit  int    `query:"limit" default:"50" minimum:"1" maximum:"500"`
}

type totalView struct {
	Total int64 `json:"total"`
}

type peopleSearchInput struct {
	Body struct {
		Q     string    `json:"q" maxLength:"100" doc:"At least two characters: the beginning of a name, pinyin, initials, last four digits of a phone, plate, external key; a whole phone or document number with people.person.find_by_number"`
		Place ref.Place `json:"place_id,omitempty"`
		Limit int       `json:"limit,omitempty" minimum:"0" maximum:"50"`
	}
}

type hitsView struct {
	Items []people.Hit `json:"items"`
	More  bool         `json:"more"`
}

// personView is a person's file.
type personView struct{ people.File }

// ETag is the version.
func (p personView) ETag() string { return etag(p.Version) }

type personRevealInput struct {
	ByID
	Body struct {
		Reason string   `json:"reason" maxLength:"500" doc:"Why you need to see who this is; it is kept in the trail"`
		Fields []string `json:"fields,omitempty" maxItems:"20" doc:"Left out: all. The trail keeps which"`
	}
}

func (in *personRevealInput) reason() string { return in.Body.Reason }

// plainView is who a person is, in plain.
type plainView struct {
	Name             string                 `json:"name"`
	Phone            string                 `json:"phone"`
	SecondPhone      string                 `json:"second_phone"`
	IDNumber         string                 `json:"id_number"`
	Address          string                 `json:"address"`
	Vehicle          string                 `json:"vehicle"`
	Email            string                 `json:"email"`
	EmergencyContact string                 `json:"emergency_contact"`
	WorkplaceText    string                 `json:"workplace_text"`
	Language         string                 `json:"language"`
	Note             string                 `json:"note"`
	CareNotes        map[people.Need]string `json:"care_notes"`
	Extra            map[string]string      `json:"extra"`
}

// optionalID is an id that may be left out, or be null to empty the field.
type optionalID struct {
	set   bool
	value string
}

// UnmarshalJSON reads an id or null.
func (o *optionalID) UnmarshalJSON(b []byte) error {
	o.set = true
	if string(b) == "null" {
		o.value = ""
		return nil
	}
	return json.Unmarshal(b, &o.value)
}

// Schema describes the field: huma reads it.
func (optionalID) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Nullable: true, Description: "An id; null or empty takes it away"}
}

// careInput is one need; without a note the note stays as it is.
type careInput struct {
	Need  people.Need `json:"need"`
	Since store.Day   `json:"since,omitempty"`
	Until store.Day   `json:"until,omitempty"`
	Note  *string     `json:"note,omitempty" maxLength:"2000"`
}

// PersonBody is what is said about a person; what is left out stays as it is.
type PersonBody struct {
	Name             *string          `json:"name,omitempty" maxLength:"100"`
	Phone            *string          `json:"phone,omitempty" maxLength:"40"`
	SecondPhone      *string          `json:"second_phone,omitempty" maxLength:"40"`
	IDKind           *people.IDKind   `json:"id_kind,omitempty"`
	IDNumber         *string          `json:"id_number,omitempty" maxLength:"60"`
	Address          *string          `json:"address,omitempty" maxLength:"500"`
	Sex              *people.Sex      `json:"sex,omitempty"`
	BirthOn          *store.Day       `json:"birth_on,omitempty"`
	Category         *people.Category `json:"category,omitempty"`
	PlaceID          *ref.Place       `json:"place_id,omitempty"`
	HomeSince        *store.Day       `json:"home_since,omitempty"`
	Relation         *people.Relation `json:"relation,omitempty"`
	GuardianID       optionalID       `json:"guardian_id,omitempty"`
	WorkplaceID      optionalID       `json:"workplace_id,omitempty"`
	WorkplaceText    *string          `json:"workplace_text,omitempty" maxLength:"200"`
	Email            *string          `json:"email,omitempty" maxLength:"200"`
	EmergencyContact *string          `json:"emergency_contact,omitempty" maxLength:"200"`
	Language         *string          `json:"language,omitempty" maxLength:"200"`
	Note             *string          `json:"note,omitempty" maxLength:"2000"`
	Vehicle          *string          `json:"vehicle,omitempty" maxLength:"20"`
	ExternalKey      *string          `json:"external_key,omitempty" maxLength:"100"`
	KeepUntil        *store.Day       `json:"keep_until,omitempty" doc:"Last day on which the record is kept"`
	Care             *[]careInput     `json:"care,omitempty" maxItems:"16" doc:"The whole new set"`
}

func (b PersonBody) apply(d *people.Details) {
	give(&d.Name, b.Name)
	give(&d.Phone, b.Phone)
	give(&d.Contact.SecondPhone, b.SecondPhone)
	give(&d.IDKind, b.IDKind)
	give(&d.IDNumber, b.IDNumber)
	give(&d.Address, b.Address)
	give(&d.Sex, b.Sex)
	give(&d.BirthOn, b.BirthOn)
	give(&d.Category, b.Category)
	give(&d.Place, b.PlaceID)
	give(&d.HomeSince, b.HomeSince)
	give(&d.Relation, b.Relation)
	if b.GuardianID.set {
		d.Guardian = ref.Person(b.GuardianID.value)
	}
	if b.WorkplaceID.set {
		d.Workplace = ref.Place(b.WorkplaceID.value)
	}
	give(&d.Contact.Workplace, b.WorkplaceText)
	give(&d.Contact.Email, b.Email)
	give(&d.Contact.EmergencyContact, b.EmergencyContact)
	give(&d.Contact.Language, b.Language)
	give(&d.Contact.Note, b.Note)
	give(&d.Vehicle, b.Vehicle)
	give(&d.ExternalKey, b.ExternalKey)
	give(&d.KeepUntil, b.KeepUntil)
	if b.Care != nil {
		d.Care = careOf(*b.Care, d.Care)
	}
}

func careOf(in []careInput, before []people.Care) []people.Care {
	out := make([]people.Care, len(in))
	for i, c := range in {
		out[i] = people.Care{Need: c.Need, Since: c.Since, Until: c.Until, Note: text(c.Note)}
		if c.Note != nil {
			continue
		}
		if at := slices.IndexFunc(before, func(b people.Care) bool { return b.Need == c.Need }); at >= 0 {
			out[i].Note = before[at].Note
		}
	}
	return out
}

// personChanged is a person as a change left them, masked.
type personChanged struct{ people.View }

// ETag is the version.
func (p personChanged) ETag() string { return etag(p.Version) }

type newPersonInput struct{ Body PersonBody }

type editPersonInput struct {
	ByID
	IfMatch
	Body struct {
		PersonBody
		MoveReason string `json:"move_reason,omitempty" maxLength:"200" doc:"Why the home changes; kept with the earlier home"`
	}
}

type doubtListInput struct {
	Place  ref.Place `query:"place_id"`
	State  string    `query:"state" enum:"open,settled"`
	Cursor string    `query:"cursor"`
	Limit  int       `query:"limit" default:"50" minimum:"1" maximum:"500"`
}

func (a *API) peopleRoutes() {
	get(a, "/people", people.Listing, "People, masked", a.listPeople)
	get(a, "/people/count", people.Listing, "How many people a list has", func(ctx context.Context, tx *op.Tx, in *PeopleFilter) (totalView, error) {
		f, err := in.filter(ctx, tx)
		if err != nil {
			return totalView{}, err
		}
		n, err := a.People.Count(ctx, tx, f)
		return totalView{n}, err
	})
	serve(a, http.MethodPost, "/people/search", people.Searching, "Find people by name, pinyin, initials or the end of a phone", a.searchPeople)
	get(a, "/people/{id}", people.ViewPerson, "A person's file, masked; the trail keeps that it was read", func(ctx context.Context, tx *op.Tx, in *ByID) (personView, error) {
		f, err := a.People.Open(ctx, tx, ref.Person(in.ID))
		return personView{f}, err
	})
	post(a, "/people/{id}/reveal", people.Reveal, "See who a person is; the reason is kept in the trail", a.revealPerson)
	post(a, "/people", people.CreatePerson, "Register a person", func(ctx context.Context, tx *op.Tx, in *newPersonInput) (personChanged, error) {
		var d people.Details
		in.Body.apply(&d)
		a.changedAfter(tx, "", "person")
		p, err := a.People.Create(ctx, tx, d)
		return personChanged{p.View()}, err
	})
	patch(a, "/people/{id}", people.UpdatePerson, "Change a person", a.editPerson)
	get(a, "/people/{id}/chronology", people.ViewPerson, "What happened to a person, in order", func(ctx context.Context, tx *op.Tx, in *ByID) (list[people.Moment], error) {
		events, err := a.People.Chronology(ctx, tx, ref.Person(in.ID))
		return list[people.Moment]{events}, err
	})
	get(a, "/people/{id}/history", people.ViewPerson, "Who changed or read a person's file", a.personHistory)
	get(a, "/people/doubts", people.ViewDoubts, "What imports took in that somebody should look at", a.listDoubts)
	post(a, "/people/doubts/{id}/settle", people.SettleDoubt, "Take a doubt off the list", func(ctx context.Context, tx *op.Tx, in *ByID) (people.Doubt, error) {
		a.changedAfter(tx, "", "person")
		return a.People.Settle(ctx, tx, in.ID)
	})
}

func (a *API) listPeople(ctx context.Context, tx *op.Tx, in *peopleListInput) (page[people.Row], error) {
	f, err := in.filter(ctx, tx)
	if err != nil {
		return page[people.Row]{}, err
	}
	f.Sort, f.Cursor, f.Limit = in.Sort, in.Cursor, in.Limit
	found, err := a.People.List(ctx, tx, f)
	return page[people.Row]{Items: found.Items, Total: int(found.Total), NextCursor: found.Next}, err
}

// searchPeople opens the operation that the query asks for: a whole number finds
// somebody for certain, so it needs more and stands in the trail.
func (a *API) searchPeople(ctx context.Context, call op.Call, in *peopleSearchInput) (hitsView, error) {
	def, find := people.Searching, func(ctx context.Context, tx *op.Tx, path string) (people.Found, error) {
		return a.People.Search(ctx, tx, in.Body.Q, path, in.Body.Limit)
	}
	if people.IsNumber(in.Body.Q) {
		def, find = people.FindByNumber, func(ctx context.Context, tx *op.Tx, path string) (people.Found, error) {
			return a.People.FindNumber(ctx, tx, in.Body.Q, path)
		}
	}
	found, err := op.Do(ctx, a.Door, def, call, func(ctx context.Context, tx *op.Tx) (people.Found, error) {
		path, err := pathOf(ctx, tx, in.Body.Place)
		if err != nil {
			return people.Found{}, err
		}
		return find(ctx, tx, path)
	})
	return hitsView{Items: found.Items, More: found.More}, err
}

func (a *API) revealPerson(ctx context.Context, tx *op.Tx, in *personRevealInput) (plainView, error) {
	p, err := a.People.Reveal(ctx, tx, ref.Person(in.ID), in.Body.Fields)
	return plainView{
		Name: p.Name, Phone: p.Phone, SecondPhone: p.Contact.SecondPhone, IDNumber: p.IDNumber, Address: p.Address, Vehicle: p.Vehicle,
		Email: p.Contact.Email, EmergencyContact: p.Contact.EmergencyContact, WorkplaceText: p.Contact.Workplace, Language: p.Contact.Language,
		Note: p.Contact.Note, CareNotes: p.CareNotes, Extra: p.Extra,
	}, err
}

func (a *API) editPerson(ctx context.Context, tx *op.Tx, in *editPersonInput) (personChanged, error) {
	version, err := in.version()
	if err != nil {
		return personChanged{}, err
	}
	a.changedAfter(tx, "", "person")
	p, err := a.People.Update(ctx, tx, ref.Person(in.ID), version, func(d *people.Details) {
		in.Body.apply(d)
		d.MoveReason = in.Body.MoveReason
	})
	return personChanged{p.View()}, err
}

// personHistory shows the trail of one person to whoever may read the file.
func (a *API) personHistory(ctx context.Context, tx *op.Tx, in *ByID) (list[audit.Entry], error) {
	if _, err := a.People.Load(ctx, tx, ref.Person(in.ID)); err != nil {
		return list[audit.Entry]{}, err
	}
	tx.Looked(ref.Person(in.ID).Ref())
	entries, _, err := audit.List(ctx, tx.Tx, tx.Scope(), audit.Filter{Subject: ref.Person(in.ID).Ref().String(), Limit: 200})
	return list[audit.Entry]{entries}, err
}

func (a *API) listDoubts(ctx context.Context, tx *op.Tx, in *doubtListInput) (page[people.DoubtItem], error) {
	path, err := pathOf(ctx, tx, in.Place)
	if err != nil {
		return page[people.DoubtItem]{}, err
	}
	found, err := a.People.Doubts(ctx, tx, path, in.State, in.Cursor, in.Limit)
	return page[people.DoubtItem]{Items: found.Items, Total: int(found.Total), NextCursor: found.Next}, err
}
