package people

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
)

func notFound() error {
	return fault.NotFoundf("people.not_found", "there is no such person, or they live outside your area")
}

// taken says of a broken constraint what it means here. The cause is left out: a
// database quotes values in its messages.
func taken(err error) error {
	if fault.CodeOf(err) == "conflict.exists" {
		return fault.Conflictf("people.number_taken", "another person has this document number or external key").With("id_number", "taken")
	}
	return err
}

// Create registers one person at a place in the scope.
func (s *Service) Create(ctx context.Context, tx *op.Tx, d Details) (Person, error) {
	all, err := s.add(ctx, tx, []Details{d}, true)
	if err != nil {
		return Person{}, fmt.Errorf("create a person: %w", err)
	}
	tx.At(all[0].PlacePath)
	tx.Changed(all[0].ID.Ref(), nil, all[0])
	return all[0], nil
}

// Add registers many people at once and records them in the trail as one batch with a
// digest. All or none are registered; nobody is looked for in the register first.
func (s *Service) Add(ctx context.Context, tx *op.Tx, all []Details) ([]Person, error) {
	out, err := s.add(ctx, tx, all, true)
	if err != nil {
		return nil, fmt.Errorf("add people: %w", err)
	}
	batch(tx, out)
	return out, nil
}

// batch records new people as one change.
func batch(tx *op.Tx, all []Person) {
	if len(all) == 0 {
		return
	}
	sum := sha256.New()
	for _, p := range all {
		fmt.Fprintf(sum, "%s\x00%s\n", p.ID, p.PlacePath)
	}
	tx.ChangedBatch("person", len(all), hex.EncodeToString(sum.Sum(nil)))
}

func (s *Service) add(ctx context.Context, tx *op.Tx, all []Details, registered bool) ([]Person, error) {
	at, err := homes(ctx, tx, all)
	if err != nil {
		return nil, err
	}
	out := make([]Person, len(all))
	var care [][]Care
	guarded, day := false, today(tx)
	for i := range all {
		d, err := all[i].tidied()
		if err != nil {
			return nil, err
		}
		home, err := at.of(tx, d)
		if err != nil {
			return nil, err
		}
		p := Person{ID: d.ID, Registered: registered, Version: 1, CreatedAt: tx.Now(), UpdatedAt: tx.Now(), GuardianID: d.Guardian, WorkplaceID: d.Workplace,
			KeepUntil: s.retention.keepUntil(d.KeepUntil, d.Category, registered, day), Needs: needsOf(d.Care)}
		if p.ID == "" {
			p.ID = ref.Person(ids.New())
		}
		p.live(home)
		d.onto(&p, replace)
		if len(d.Care) > 0 {
			if care == nil {
				care = make([][]Care, len(all))
			}
			care[i] = d.Care
		}
		guarded = guarded || d.Guardian != ""
		out[i] = p
	}
	if guarded {
		if err := s.checkGuardians(ctx, tx, out); err != nil {
			return nil, err
		}
	}
	return out, s.insert(ctx, tx, out, care)
}

// home is where somebody lives.
type home struct {
	id   ref.Place
	path string
	door bool
}

func homeAt(p places.Place) home { return home{p.ID, p.Path, p.Level == places.Household} }

// homesFound are the places that details name without a path: homes and workplaces.
type homesFound map[ref.Place]places.Place

func homes(ctx context.Context, tx *op.Tx, all []Details) (homesFound, error) {
	var wanted []ref.Place
	for i := range all {
		if d := &all[i]; d.Place != "" && d.PlacePath == "" {
			wanted = append(wanted, d.Place)
		}
	}
	if len(wanted) == 0 {
		return nil, nil //nolint:nilnil // an empty map
	}
	return places.ByIDs(ctx, tx, wanted)
}

// of returns the place, which must be in the scope; only who answers for the whole tree
// may leave it open where somebody lives.
func (h homesFound) of(tx *op.Tx, d Details) (home, error) {
	at := home{d.Place, d.PlacePath, true}
	known := at.id != "" && at.path != ""
	if !known {
		var p places.Place
		if p, known = h[at.id]; known {
			at = homeAt(p)
		}
	}
	switch {
	case at.id == "" && tx.Scope().All():
		return home{}, nil
	case at.id == "":
		return at, fault.Invalidf("people.no_place", "say where the person lives").With("place_id", "required")
	case !known || !tx.Scope().Contains(at.path):
		return at, fault.NotFoundf("places.not_found", "there is no such place, or it is outside your area").With("place_id", "not_found")
	}
	return at, nil
}

func (p *Person) live(at home) { p.PlaceID, p.PlacePath, p.AtDoor = at.id, at.path, at.door }

// mode says what details do to what is known already.
type mode int

const (
	replace mode = iota // what is stated replaces what is known
	fill                // what is stated only fills what is open
)

// onto writes what the details state into the person. Nothing stated changes nothing.
func (d Details) onto(p *Person, m mode) {
	state(&p.Name, d.Name, m)
	state(&p.Phone, d.Phone, m)
	if d.IDNumber != "" && (m == replace || p.IDNumber == "") {
		p.IDNumber, p.IDKind = d.IDNumber, d.IDKind
	}
	state(&p.Address, d.Address, m)
	state(&p.BirthOn, d.BirthOn, m)
	state(&p.ExternalKey, d.ExternalKey, m)
	state(&p.Relation, d.Relation, m)
	state(&p.Vehicle, d.Vehicle, m)
	state(&p.HomeSince, d.HomeSince, m)
	if p.Category == "" {
		p.Category = d.Category
	}
	if d.Contact != (Contact{}) {
		d.Contact.onto(&p.Contact, m)
	}
	if p.Sex == "" || d.Sex != "" && d.Sex != UnknownSex && (m == replace || p.Sex == UnknownSex) {
		p.Sex = d.Sex
	}
	if p.Sex == "" {
		p.Sex = UnknownSex
	}
	if len(d.Extra) == 0 {
		return
	}
	extra := make(map[string]string, len(p.Extra)+len(d.Extra))
	for k, v := range d.Extra {
		extra[k] = v
	}
	for k, v := range p.Extra {
		if _, stated := d.Extra[k]; !stated || m == fill {
			extra[k] = v
		}
	}
	p.Extra = extra
}

func (c Contact) onto(dst *Contact, m mode) {
	state(&dst.SecondPhone, c.SecondPhone, m)
	state(&dst.Email, c.Email, m)
	state(&dst.EmergencyContact, c.EmergencyContact, m)
	state(&dst.Workplace, c.Workplace, m)
	state(&dst.Language, c.Language, m)
	state(&dst.Note, c.Note, m)
}

func state[T ~string](dst *T, v T, m mode) {
	if v != "" && (m == replace || *dst == "") {
		*dst = v
	}
}

// Load returns a person who lives in the scope, in plain.
func (s *Service) Load(ctx context.Context, tx *op.Tx, id ref.Person) (Person, error) {
	found, err := s.where(ctx, tx, `id = $1`, string(id))
	if err != nil {
		return Person{}, fmt.Errorf("load a person: %w", err)
	}
	if len(found) == 0 {
		return Person{}, s.gone(ctx, tx, id)
	}
	if !tx.Scope().Contains(found[0].PlacePath) {
		return Person{}, notFound()
	}
	return found[0], nil
}

// FindByIDNumber returns the person with this document number, wherever they live: a
// number belongs to one person in the whole register.
func (s *Service) FindByIDNumber(ctx context.Context, tx *op.Tx, number string) (Person, error) {
	found, err := by(ctx, tx, s, "id_number_hash", []string{s.numberHash(number)})
	if err != nil {
		return Person{}, fmt.Errorf("find a person by number: %w", err)
	}
	if len(found) == 0 {
		return Person{}, notFound()
	}
	return found[0], nil
}
