package cases

import (
	"context"
	"strings"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// Edit is what may be changed about a case by hand. A nil part of the identity leaves
// it as it is.
type Edit struct {
	Number   string         `json:"number"`
	PlaceID  ref.Place      `json:"place_id"`
	Identity IdentityChange `json:"identity"`
	Facts
}

// Update changes a case that has the given version (operation Amend). change receives
// the case as it is and writes into it what is to be different.
func (s *Service) Update(ctx context.Context, tx *op.Tx, id ref.Case, version int64, change func(*Edit) error) (Case, error) {
	before, err := s.forChange(ctx, tx, id, version)
	if err != nil {
		return Case{}, err
	}
	e := Edit{Number: before.Number, PlaceID: before.PlaceID, Facts: before.Facts}
	e.Extra = copyOf(before.Extra)
	if err := change(&e); err != nil {
		return Case{}, err
	}
	after, err := s.edited(ctx, tx, before, e)
	if err != nil {
		return Case{}, err
	}
	if err := s.correct(ctx, tx, after.PersonID, e.Identity); err != nil {
		return Case{}, err
	}
	if after, err = s.save(ctx, tx, before, after, nil); err != nil {
		return after, err
	}
	tx.At(after.PlacePath)
	tx.Changed(id.Ref(), before, after)
	return after, nil
}

// edited checks an edit and counts anew.
func (s *Service) edited(ctx context.Context, tx *op.Tx, before Case, e Edit) (Case, error) {
	f, err := s.frameOf(ctx, tx, before.IncidentID)
	if err != nil {
		return Case{}, err
	}
	after := before
	after.Facts, after.Number = e.Facts, strings.TrimSpace(e.Number)
	after.Facts.fill()
	wrong := append(after.Facts.impossible(f.latest(tx.Now())), fresh(after.contradictions(), before.contradictions())...)
	if after.Number == "" {
		wrong = append(wrong, wrongNumber)
	}
	if err := checkCase(after.Number, after.Classification, wrong); err != nil {
		return Case{}, err
	}
	if e.PlaceID != before.PlaceID {
		p, err := placeIn(ctx, tx, f, e.PlaceID)
		if err != nil {
			return Case{}, err
		}
		after.PlaceID, after.PlacePath = p.ID, p.Path
	}
	past, err := histories(ctx, tx, []ref.Case{before.ID})
	if err != nil {
		return Case{}, err
	}
	after.Counting = derive(past[before.ID], after.Facts, f.classes(after.Facts))
	return after, nil
}

var wrongNumber = wrong{"number", "required"}

// forChange loads a case in the caller's places that still has the version.
func (s *Service) forChange(ctx context.Context, tx *op.Tx, id ref.Case, version int64) (Case, error) {
	c, err := s.visible(ctx, tx, id)
	if err != nil {
		return c, err
	}
	if c.Version != version {
		return c, store.ErrStale
	}
	return c, nil
}

// visible loads a case; out of the caller's places it is not found.
func (s *Service) visible(ctx context.Context, tx *op.Tx, id ref.Case) (Case, error) {
	c, err := s.load(ctx, tx, id)
	if fault.KindOf(err) == fault.NotFound || err == nil && !tx.Scope().Contains(c.PlacePath) {
		return Case{}, fault.NotFoundf("cases.not_found", "there is no such case, or it is outside your area")
	}
	return c, err
}

func copyOf(m map[string]string) map[string]string {
	out := make(map[string]string, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}
