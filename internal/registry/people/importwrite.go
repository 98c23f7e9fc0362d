package people

import (
	"context"
	"fmt"

	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/vault"
	"github.com/allclear/allclear/internal/ref"
)

// Write stores inserts in one go and then updates one by one, and then what hangs on
// them: households, doubts, possible duplicates.
func (s *session) Write(ctx context.Context, tx *op.Tx, resolutions []importer.Resolution) ([]importer.Written, error) {
	var fresh []Person
	var care [][]Care
	for _, r := range resolutions {
		if p := r.Prepared.(*prepared); p.create {
			fresh, care = append(fresh, p.after), append(care, p.care)
		}
	}
	if err := s.register.insert(ctx, tx, fresh, care); err != nil {
		return nil, fmt.Errorf("write people: %w", err)
	}
	out := make([]importer.Written, len(resolutions))
	for i, r := range resolutions {
		p := r.Prepared.(*prepared)
		if p.create {
			out[i] = importer.Written{Ref: p.after.ID.Ref(), Version: 1}
			continue
		}
		var err error
		if out[i], err = s.update(ctx, tx, p); err != nil {
			return nil, fmt.Errorf("write person %s: %w", p.after.ID, err)
		}
	}
	return out, s.writeAround(ctx, tx, resolutions)
}

func (s *session) update(ctx context.Context, tx *op.Tx, p *prepared) (importer.Written, error) {
	m := memory{Person: plain(p.before), AtDoor: p.before.AtDoor, SameVersion: p.sameVersion}
	care, err := s.register.CareOf(ctx, tx, []ref.Person{p.after.ID})
	if err != nil {
		return importer.Written{}, err
	}
	m.Care = care[p.after.ID]
	if p.before.PlaceID != p.after.PlaceID {
		if m.Home, err = s.register.leave(ctx, tx, p.before, p.after.HomeSince, ""); err != nil {
			return importer.Written{}, err
		}
	}
	saved, err := s.register.save(ctx, tx, p.before, p.after, p.sameVersion)
	if err != nil {
		return importer.Written{}, err
	}
	now := append([]Care{}, m.Care...)
	for _, c := range p.care {
		if !needsOf(m.Care).Has(c.Need) {
			now = append(now, c)
		}
	}
	if err := s.register.saveCare(ctx, tx, saved, m.Care, now); err != nil {
		return importer.Written{}, err
	}
	note, err := s.register.remembered(m)
	return importer.Written{Ref: saved.ID.Ref(), Before: note, Version: saved.Version}, err
}

func (s *session) writeAround(ctx context.Context, tx *op.Tx, resolutions []importer.Resolution) error {
	var doubts []Doubt
	var suspects []Suspicion
	houses := map[ref.Place]*Household{}
	for _, r := range resolutions {
		p := r.Prepared.(*prepared)
		for _, code := range p.doubts {
			doubts = append(doubts, Doubt{PersonID: p.after.ID, PlacePath: p.after.PlacePath, Code: code, ImportID: s.opt.Job})
		}
		suspects = append(suspects, p.suspects...)
		if p.number == "" {
			continue
		}
		h := houses[p.after.PlaceID]
		if h == nil {
			h = &Household{PlaceID: p.after.PlaceID, PlacePath: p.after.PlacePath, Kind: Family, Number: p.number, Version: 1}
			houses[p.after.PlaceID] = h
		}
		if p.after.Relation == Head {
			h.HeadID = p.after.ID
		}
	}
	if err := s.register.doubts(ctx, tx, doubts); err != nil {
		return fmt.Errorf("write doubts: %w", err)
	}
	if err := s.register.addHouseholds(ctx, tx, houses); err != nil {
		return fmt.Errorf("write households: %w", err)
	}
	if len(suspects) == 0 {
		return nil
	}
	_, err := s.register.SuspectAll(ctx, tx, suspects)
	return err
}

// addHouseholds writes households of doors that have no record; what is recorded stays.
func (s *Service) addHouseholds(ctx context.Context, tx *op.Tx, all map[ref.Place]*Household) error {
	if len(all) == 0 {
		return nil
	}
	places := make([]ref.Place, 0, len(all))
	for id := range all {
		places = append(places, id)
	}
	known, err := inBatches(ctx, tx, `SELECT place_id FROM households WHERE place_id IN (%s)`, argsOf(places), func(r store.Scanner) (id ref.Place, err error) { return id, r.Scan(&id) })
	if err != nil {
		return err
	}
	for _, id := range known {
		delete(all, id)
	}
	var rows [][]any
	for _, h := range all {
		number, err := s.vault.Seal(vault.FreeText, h.Number)
		if err != nil {
			return err
		}
		rows = append(rows, []any{string(h.PlaceID), h.PlacePath, number, s.vault.Key(doorNumber, h.Number), string(h.Kind), store.OrNull(h.HeadID), "", int64(1), int64(tx.Now())})
	}
	_, err = tx.Insert(ctx, "households", []string{"place_id", "place_path", "number", "number_hash", "kind", "head_id", "note", "version", "updated_at"}, rows)
	return err
}
