package incident

import (
	"context"
	"slices"
	"strings"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
)

// Declare begins a phase at a place and ends the former phase of that place on the day
// before (operation Declare).
func (s *Service) Declare(ctx context.Context, tx *op.Tx, d Declaration) (Phase, error) {
	if err := d.check(latestDay(tx.Now())); err != nil {
		return Phase{}, err
	}
	in, err := s.Load(ctx, tx, d.IncidentID)
	if err != nil {
		return Phase{}, err
	}
	place, err := places.Load(ctx, tx, d.PlaceID)
	if err != nil {
		return Phase{}, err
	}
	if !strings.HasPrefix(place.Path, in.PlacePath) {
		return Phase{}, fault.Invalidf("incident.place_outside", "the place is not in the incident's place").With("place_id", "outside")
	}
	phases, err := listPhases(ctx, tx, in.ID)
	if err != nil {
		return Phase{}, err
	}
	next, former, err := d.follow(in, place.Path, phases)
	if err != nil {
		return Phase{}, err
	}
	if former != nil {
		if err := end(ctx, tx, *former, next.StartsOn.Add(-1)); err != nil {
			return Phase{}, err
		}
	}
	next.ID, next.DeclaredAt = ref.Phase(ids.New()), tx.Now()
	next.DeclaredBy, next.DeclaredByName = ref.User(tx.Principal().UserID), tx.Principal().Name
	return next, insertPhase(ctx, tx, next)
}

// Phases lists the phases of an incident that concern the caller: those at, above and
// below the caller's places, or with a placePath those at, above and below that place.
// They come in the order of their places and days.
func (s *Service) Phases(ctx context.Context, tx *op.Tx, id ref.Incident, placePath string) ([]Phase, error) {
	in, err := s.Load(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	phases, err := listPhases(ctx, tx, in.ID)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(phases, func(p Phase) bool {
		related := placePath == "" || strings.HasPrefix(p.PlacePath, placePath) || strings.HasPrefix(placePath, p.PlacePath)
		return !related || tx.Scope().Within(p.PlacePath).Empty()
	}), nil
}

// Current returns the phase that the place with this path is in on the day: its own or
// its nearest ancestor's. None is a fault of kind NotFound.
func (s *Service) Current(ctx context.Context, tx *op.Tx, id ref.Incident, placePath string, day store.Day) (Phase, error) {
	phases, err := s.Phases(ctx, tx, id, placePath)
	if err != nil {
		return Phase{}, err
	}
	p, ok := Effective(phases, placePath, day)
	if !ok {
		return Phase{}, fault.NotFoundf("incident.no_phase", "no phase has been declared for this place and day")
	}
	return p, nil
}
