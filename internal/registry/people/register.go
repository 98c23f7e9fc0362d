package people

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
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
	for i, d := range all {
		if d, err = d.tidied(); err != nil {
			return nil, err
		}
		home, err := at.of(tx, d.Place)
		if err != nil {
			return nil, err
		}
		out[i] = Person{ID: ref.Person(ids.New()), Registered: registered, Version: 1, CreatedAt: tx.Now(), UpdatedAt: tx.Now()}
		out[i].live(home)
		d.onto(&out[i], replace)
	}
	return out, s.insert(ctx, tx, out)
}

// homesFound are the places where people live, by id.
type homesFound map[ref.Place]places.Place

func homes(ctx context.Context, tx *op.Tx, all []Details) (homesFound, error) {
	var wanted []ref.Place
	for _, d := range all {
		if d.Place != "" {
			wanted = append(wanted, d.Place)
		}
	}
	return places.ByIDs(ctx, tx, wanted)
}

// of returns the place, which must be in the scope; only who answers for the whole tree
// may leave it open where somebody lives.
func (h homesFound) of(tx *op.Tx, id ref.Place) (places.Place, error) {
	p, ok := h[id]
	switch {
	case id == "" && tx.Scope().All():
		return places.Place{}, nil
	case id == "":
		return p, fault.Invalidf("people.no_place", "say where the person lives").With("place_id", "required")
	case !ok:
		return p, fault.NotFoundf("places.not_found", "there is no such place, or it is outside your area").With("place_id", "not_found")
	}
	return p, nil
}

func (p *Person) live(at places.Place) { p.PlaceID, p.PlacePath = at.ID, at.Path }

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
	if len(found) == 0 || !tx.Scope().Contains(found[0].PlacePath) {
		return Person{}, notFound()
	}
	return found[0], nil
}

// FindByIDNumber returns the person with this document number, wherever they live: a
// number belongs to one person in the whole register.
func (s *Service) FindByIDNumber(ctx context.Context, tx *op.Tx, number string) (Person, error) {
	found, err := s.by(ctx, tx, "id_number_hash", []string{s.hashes(Identity{IDNumber: number}).number})
	if err != nil {
		return Person{}, fmt.Errorf("find a person by number: %w", err)
	}
	if len(found) == 0 {
		return Person{}, notFound()
	}
	return found[0], nil
}

// Update edits a person in the scope who still is at the given version. edit changes the
// details in place; an emptied text empties the field. Somebody else's earlier save is
// store.ErrStale.
func (s *Service) Update(ctx context.Context, tx *op.Tx, id ref.Person, version int64, edit func(*Details)) (Person, error) {
	before, err := s.Load(ctx, tx, id)
	if err != nil {
		return Person{}, err
	}
	if before.Version != version {
		return Person{}, store.ErrStale
	}
	d := before.details()
	edit(&d)
	after, err := s.edited(ctx, tx, before, d)
	if err != nil {
		return Person{}, err
	}
	tx.At(after.PlacePath)
	tx.Changed(id.Ref(), before, after)
	return after, nil
}

func (p Person) details() Details {
	return Details{Identity: p.Identity(), Place: p.PlaceID, IDKind: p.IDKind, BirthOn: p.BirthOn, ExternalKey: p.ExternalKey, Extra: p.Extra}
}

func (s *Service) edited(ctx context.Context, tx *op.Tx, before Person, d Details) (Person, error) {
	if d.IDNumber != before.IDNumber && d.IDKind == before.IDKind {
		d.IDKind = NoID // told anew from the new number
	}
	d, err := d.tidied()
	if err != nil {
		return Person{}, err
	}
	after := before
	if d.Place != before.PlaceID {
		at, err := homes(ctx, tx, []Details{d})
		if err != nil {
			return Person{}, err
		}
		home, err := at.of(tx, d.Place)
		if err != nil {
			return Person{}, err
		}
		after.live(home)
	}
	after.Name, after.Phone, after.Address, after.Sex = d.Name, d.Phone, d.Address, d.Sex
	after.IDKind, after.IDNumber, after.BirthOn, after.ExternalKey, after.Extra = d.IDKind, d.IDNumber, d.BirthOn, d.ExternalKey, d.Extra
	return s.save(ctx, tx, before, after, false)
}
