package people

import (
	"context"
	"fmt"
	"slices"

	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/vault"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
)

// Update edits a person in the scope who still is at the given version. edit changes the
// details in place; an emptied text empties the field, and the needs in Care replace those
// before. Somebody else's earlier save is store.ErrStale.
func (s *Service) Update(ctx context.Context, tx *op.Tx, id ref.Person, version int64, edit func(*Details)) (Person, error) {
	before, err := s.Load(ctx, tx, id)
	if err != nil {
		return Person{}, err
	}
	if before.Version != version {
		return Person{}, store.ErrStale
	}
	care, err := s.CareOf(ctx, tx, []ref.Person{id})
	if err != nil {
		return Person{}, err
	}
	d := before.details(care[id])
	edit(&d)
	after, err := s.edited(ctx, tx, before, care[id], d)
	if err != nil {
		return Person{}, err
	}
	tx.At(after.PlacePath)
	tx.Changed(id.Ref(), before, after)
	return after, nil
}

func (p Person) details(care []Care) Details {
	return Details{
		Identity: p.Identity(), Place: p.PlaceID, PlacePath: p.PlacePath, Category: p.Category, IDKind: p.IDKind, BirthOn: p.BirthOn, Relation: p.Relation,
		Guardian: p.GuardianID, Workplace: p.WorkplaceID, Contact: p.Contact, Vehicle: p.Vehicle, HomeSince: p.HomeSince, KeepUntil: p.KeepUntil,
		Care: slices.Clone(care), ExternalKey: p.ExternalKey, Extra: p.Extra,
	}
}

func (s *Service) edited(ctx context.Context, tx *op.Tx, before Person, care []Care, d Details) (Person, error) {
	if d.IDNumber != before.IDNumber && d.IDKind == before.IDKind {
		d.IDKind = NoID // told anew from the new number
	}
	d, err := d.tidied()
	if err != nil {
		return Person{}, err
	}
	if d.KeepUntil, err = s.retention.edited(before, d, today(tx)); err != nil {
		return Person{}, err
	}
	after := before
	after.Name, after.Phone, after.Address, after.Sex = d.Name, d.Phone, d.Address, d.Sex
	after.IDKind, after.IDNumber, after.BirthOn, after.ExternalKey, after.Extra = d.IDKind, d.IDNumber, d.BirthOn, d.ExternalKey, d.Extra
	after.Category, after.Relation, after.GuardianID, after.WorkplaceID = d.Category, d.Relation, d.Guardian, d.Workplace
	after.Contact, after.Vehicle, after.HomeSince, after.KeepUntil, after.Needs = d.Contact, d.Vehicle, d.HomeSince, d.KeepUntil, needsOf(d.Care)
	if err := s.relocate(ctx, tx, before, &after, d); err != nil {
		return Person{}, err
	}
	if after.WorkplaceID != "" && after.WorkplaceID != before.WorkplaceID {
		if _, err := places.Load(ctx, tx, after.WorkplaceID); err != nil {
			return Person{}, err
		}
	}
	if after.GuardianID != "" && (after.GuardianID != before.GuardianID || after.BirthOn != before.BirthOn) {
		if err := s.checkGuardians(ctx, tx, []Person{after}); err != nil {
			return Person{}, err
		}
	}
	if after, err = s.save(ctx, tx, before, after, false); err != nil {
		return Person{}, err
	}
	return after, s.saveCare(ctx, tx, after, care, d.Care)
}

// relocate moves a person whose place has changed and keeps the home they had.
func (s *Service) relocate(ctx context.Context, tx *op.Tx, before Person, after *Person, d Details) error {
	if d.Place == before.PlaceID {
		return nil
	}
	d.PlacePath = ""
	at, err := homes(ctx, tx, []Details{d})
	if err != nil {
		return err
	}
	to, err := at.of(tx, d)
	if err != nil {
		return err
	}
	after.live(to)
	if d.HomeSince == before.HomeSince {
		after.HomeSince = today(tx)
	}
	_, err = s.leave(ctx, tx, before, after.HomeSince, d.MoveReason)
	return err
}

// today is the day of the operation.
func today(tx *op.Tx) store.Day { return store.DayOf(tx.Now().Time(), tx.Now().Time().Location()) }

// leave keeps the home that a person had until a day, and returns the id of the row; ""
// for somebody of whom no home was known.
func (s *Service) leave(ctx context.Context, tx *op.Tx, before Person, until store.Day, reason string) (string, error) {
	if before.PlaceID == "" {
		return "", nil
	}
	address, err := s.vault.Seal(vault.Address, before.Address)
	if err != nil {
		return "", err
	}
	id := ids.New()
	row := []any{id, string(before.ID), string(before.PlaceID), before.PlacePath, address, store.OrNull(before.HomeSince), store.OrNull(until), reason}
	_, err = tx.Insert(ctx, "people_homes", []string{"id", "person_id", "place_id", "place_path", "address", "from_on", "to_on", "reason"}, [][]any{row})
	if err != nil {
		return "", fmt.Errorf("keep an earlier home: %w", err)
	}
	return id, nil
}
