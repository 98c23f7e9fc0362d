package people

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/vault"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
)

// File is a person's file: facts in plain, who it is masked.
type File struct {
	Row
	BirthOn             store.Day     `json:"birth_on"`
	Guardian            *Named        `json:"guardian"`
	Workplace           *PlaceRef     `json:"workplace"`
	WorkplaceTextMasked string        `json:"workplace_text_masked"`
	ExternalKey         string        `json:"external_key"`
	HomeSince           store.Day     `json:"home_since"`
	Care                []CareFact    `json:"care"`
	Household           *HouseholdRef `json:"household"`
	Housemates          []Row         `json:"housemates"`
	Wards               []Row         `json:"wards"`
	Homes               []Home        `json:"homes"`
	ExtraKeys           []string      `json:"extra_keys"`
	Registered          bool          `json:"registered"`
	AddressMasked       string        `json:"address_masked"`
	VehicleMasked       string        `json:"vehicle_masked"`
	SecondPhoneMasked   string        `json:"second_phone_masked"`
	EmailMasked         string        `json:"email_masked"`
	EmergencyMasked     string        `json:"emergency_contact_masked"`
	HasNote             bool          `json:"has_note"`
	Language            string        `json:"language"`
	CreatedAt           store.Instant `json:"created_at"`
	UpdatedAt           store.Instant `json:"updated_at"`
}

// Named is somebody by their masked name.
type Named struct {
	ID         ref.Person `json:"id"`
	NameMasked string     `json:"name_masked"`
}

// PlaceRef is a place with its words.
type PlaceRef struct {
	ID    ref.Place `json:"id"`
	Name  string    `json:"name"`
	Trail string    `json:"trail"`
}

// CareFact is a need without its note.
type CareFact struct {
	Need    Need      `json:"need"`
	Since   store.Day `json:"since"`
	Until   store.Day `json:"until"`
	HasNote bool      `json:"has_note"`
}

// HouseholdRef is the household of a person in brief.
type HouseholdRef struct {
	PlaceID      ref.Place     `json:"place_id"`
	NumberMasked string        `json:"number_masked"`
	Kind         HouseholdKind `json:"kind"`
	HeadID       ref.Person    `json:"head_id"`
}

// Home is an earlier home.
type Home struct {
	PlaceID ref.Place `json:"place_id"`
	Trail   string    `json:"trail"`
	From    store.Day `json:"from_on"`
	To      store.Day `json:"to_on"`
	Reason  string    `json:"reason"`
	path    string
}

// Open returns a person's file (operation ViewPerson). The trail keeps that it was read.
func (s *Service) Open(ctx context.Context, tx *op.Tx, id ref.Person) (File, error) {
	p, err := s.Load(ctx, tx, id)
	if err != nil {
		return File{}, err
	}
	looked(tx, p)
	f := File{
		BirthOn: p.BirthOn, ExternalKey: p.ExternalKey, HomeSince: p.HomeSince, Registered: p.Registered, CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt,
		WorkplaceTextMasked: vault.Mask(vault.FreeText, p.Contact.Workplace), AddressMasked: vault.Mask(vault.Address, p.Address),
		VehicleMasked: vault.Mask(vault.FreeText, p.Vehicle), SecondPhoneMasked: vault.Mask(vault.Phone, p.Contact.SecondPhone),
		EmailMasked: vault.Mask(vault.FreeText, p.Contact.Email), EmergencyMasked: vault.Mask(vault.FreeText, p.Contact.EmergencyContact),
		HasNote: p.Contact.Note != "", Language: p.Contact.Language, ExtraKeys: keysOf(p.Extra),
	}
	own, err := rows(ctx, tx, []listed{p.listed()})
	if err != nil {
		return File{}, err
	}
	f.Row = own[0]
	if err := s.fileCare(ctx, tx, p, &f); err != nil {
		return File{}, err
	}
	if err := s.fileFamily(ctx, tx, p, &f); err != nil {
		return File{}, fmt.Errorf("load whom a person lives with: %w", err)
	}
	f.Workplace, err = workplace(ctx, tx, p.WorkplaceID)
	return f, err
}

func looked(tx *op.Tx, p Person) {
	tx.At(p.PlacePath)
	tx.Looked(p.ID.Ref())
}

func keysOf(extra map[string]string) []string {
	out := make([]string, 0, len(extra))
	for k := range extra {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func (p Person) listed() listed {
	return listed{
		id: p.ID, place: p.PlaceID, path: p.PlacePath, category: p.Category, name: p.Name, phone: p.Phone, number: p.IDNumber, idKind: p.IDKind,
		sex: p.Sex, birthOn: p.BirthOn, relation: p.Relation, traits: p.traits(), keepUntil: p.KeepUntil, version: p.Version, updatedAt: p.UpdatedAt,
	}
}

func (s *Service) fileCare(ctx context.Context, tx *op.Tx, p Person, f *File) error {
	care, err := s.CareOf(ctx, tx, []ref.Person{p.ID})
	f.Care = []CareFact{}
	for _, c := range care[p.ID] {
		f.Care = append(f.Care, CareFact{c.Need, c.Since, c.Until, c.Note != ""})
	}
	return err
}

// fileFamily adds the guardian, the wards, the household and the earlier homes. People
// outside the caller's places are left out.
func (s *Service) fileFamily(ctx context.Context, tx *op.Tx, p Person, f *File) (err error) {
	if p.GuardianID != "" {
		g, err := s.Load(ctx, tx, p.GuardianID)
		if err == nil {
			f.Guardian = &Named{g.ID, vault.Mask(vault.Name, g.Name)}
		} else if fault.KindOf(err) != fault.NotFound {
			return err
		}
	}
	if f.Wards, err = s.wards(ctx, tx, p.ID); err != nil {
		return err
	}
	f.Housemates = []Row{}
	if p.AtDoor {
		if f.Housemates, err = s.membersBut(ctx, tx, p.PlacePath, p.ID); err != nil {
			return err
		}
		h, err := s.household(ctx, tx, p.PlaceID)
		if err != nil {
			return err
		}
		f.Household = &HouseholdRef{p.PlaceID, vault.Mask(vault.FreeText, h.Number), h.Kind, h.HeadID}
	}
	f.Homes, err = homesOf(ctx, tx, p.ID)
	return err
}

// mostMates bounds how many people of one door are listed: dormitories have hundreds.
const mostMates = 200

func (s *Service) membersBut(ctx context.Context, tx *op.Tx, path string, but ref.Person) ([]Row, error) {
	var w where
	w.within(tx.Scope(), "")
	w.add("p.place_path = ? AND p.id <> ? AND p.traits & ? <> 0", path, string(but), int64(isRegistered))
	return s.rowsWhere(ctx, tx, w)
}

func (s *Service) wards(ctx context.Context, tx *op.Tx, id ref.Person) ([]Row, error) {
	var w where
	w.add("p.guardian_id IS NOT NULL AND p.guardian_id = ?", string(id))
	w.within(tx.Scope(), "")
	return s.rowsWhere(ctx, tx, w)
}

func (s *Service) rowsWhere(ctx context.Context, tx *op.Tx, w where) ([]Row, error) {
	w.args = append(w.args, mostMates)
	r, err := tx.Query(ctx, `SELECT `+listedColumns+` FROM people p WHERE `+w.text()+fmt.Sprintf(` ORDER BY p.place_path, p.id LIMIT $%d`, len(w.args)), w.args...)
	found, err := store.Collect(r, err, s.scanListed)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(found, func(a, b listed) int {
		return cmp.Or(relationRank(a.relation)-relationRank(b.relation), strings.Compare(string(a.birthOn), string(b.birthOn)))
	})
	return rows(ctx, tx, found)
}

// relationRank puts the head first and those of whom nothing is known last.
func relationRank(r Relation) int {
	if i := slices.Index(Relations, r); i >= 0 {
		return i
	}
	return len(Relations)
}

func homesOf(ctx context.Context, tx *op.Tx, id ref.Person) ([]Home, error) {
	r, err := tx.Query(ctx, `SELECT place_id, place_path, from_on, to_on, reason FROM people_homes WHERE person_id = $1 ORDER BY id DESC`, string(id))
	out, err := store.Collect(r, err, func(r store.Scanner) (h Home, err error) {
		return h, r.Scan(&h.PlaceID, &h.path, &h.From, &h.To, &h.Reason)
	})
	if err != nil {
		return nil, err
	}
	paths := make([]string, len(out))
	for i, h := range out {
		paths[i] = h.path
	}
	trails, err := places.Trails(ctx, tx, paths)
	for i := range out {
		out[i].Trail = trails[out[i].path].String()
	}
	return out, err
}

func workplace(ctx context.Context, tx *op.Tx, id ref.Place) (*PlaceRef, error) {
	if id == "" {
		return nil, nil //nolint:nilnil // no workplace is an answer
	}
	// A workplace may lie outside the caller's places; its name is no secret.
	const q = `SELECT path FROM places WHERE id = $1`
	var path string
	if err := tx.QueryRow(ctx, q, string(id)).Scan(&path); err != nil {
		return nil, fmt.Errorf("load a workplace: %w", err)
	}
	trails, err := places.Trails(ctx, tx, []string{path})
	t := trails[path]
	if err != nil || len(t) == 0 {
		return nil, err
	}
	return &PlaceRef{id, t[len(t)-1], t.String()}, nil
}

// shortestReason is the least that a reason to see an identity can be, in characters.
const shortestReason = 5

// Plain is who somebody is and what is sealed about them, opened.
type Plain struct {
	Identity
	Contact   Contact
	Vehicle   string
	CareNotes map[Need]string
	Extra     map[string]string
}

// RevealFields are the names of what Reveal can open.
var RevealFields = []string{"name", "phone", "id_number", "address", "vehicle", "second_phone", "email", "emergency_contact", "workplace_text", "language", "note", "care_notes", "extra"}

// Reveal returns who a person is, in plain: the named fields, or all (operation Reveal).
// The caller states a reason with the call; the trail keeps it, with the names of the
// fields and no value.
func (s *Service) Reveal(ctx context.Context, tx *op.Tx, id ref.Person, fields []string) (Plain, error) {
	if utf8.RuneCountInString(strings.TrimSpace(tx.Reason())) < shortestReason {
		return Plain{}, fault.Invalidf("people.reason_needed", "state in at least %d characters why you need to see who this is", shortestReason).
			With("reason", "required").Param("least", shortestReason)
	}
	for _, f := range fields {
		if !slices.Contains(RevealFields, f) {
			return Plain{}, fault.Invalidf("people.unknown_field", "there is no such field to open").With("fields", "unknown")
		}
	}
	if len(fields) == 0 {
		fields = RevealFields
	}
	p, err := s.Load(ctx, tx, id)
	if err != nil {
		return Plain{}, err
	}
	care, err := s.CareOf(ctx, tx, []ref.Person{id})
	if err != nil {
		return Plain{}, err
	}
	tx.At(p.PlacePath)
	tx.LookedAt(p.ID.Ref(), fields)
	return p.plain(care[id], fields), nil
}

func (p Person) plain(care []Care, fields []string) Plain {
	out := Plain{Identity: Identity{Sex: p.Sex}, CareNotes: map[Need]string{}, Extra: map[string]string{}}
	for field, x := range map[string]struct{ dst, src *string }{
		"name": {&out.Name, &p.Name}, "phone": {&out.Phone, &p.Phone}, "id_number": {&out.IDNumber, &p.IDNumber}, "address": {&out.Address, &p.Address},
		"vehicle": {&out.Vehicle, &p.Vehicle}, "second_phone": {&out.Contact.SecondPhone, &p.Contact.SecondPhone}, "email": {&out.Contact.Email, &p.Contact.Email},
		"emergency_contact": {&out.Contact.EmergencyContact, &p.Contact.EmergencyContact}, "workplace_text": {&out.Contact.Workplace, &p.Contact.Workplace},
		"language": {&out.Contact.Language, &p.Contact.Language}, "note": {&out.Contact.Note, &p.Contact.Note},
	} {
		if slices.Contains(fields, field) {
			*x.dst = *x.src
		}
	}
	if slices.Contains(fields, "care_notes") {
		for _, c := range care {
			if c.Note != "" {
				out.CareNotes[c.Need] = c.Note
			}
		}
	}
	if slices.Contains(fields, "extra") {
		for k, v := range p.Extra {
			out.Extra[k] = v
		}
	}
	return out
}
