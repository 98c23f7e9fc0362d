package incident

import (
	"context"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
)

// RulesOf resolves a pack with its overlays and returns their stamp, such as
// "cn-covid-8th@1+jilin-city-2022@1"; an error of kind Invalid says why they don't fit.
type RulesOf func(pack string, overlays []string) (stamp string, err error)

// Service does the work of this domain.
type Service struct {
	rulesOf RulesOf
}

// NewService returns the service.
func NewService(rulesOf RulesOf) *Service { return &Service{rulesOf: rulesOf} }

// Create activates a response (operation Start).
func (s *Service) Create(ctx context.Context, tx *op.Tx, n New) (Incident, error) {
	in := Incident{
		ID: ref.Incident(ids.New()), PlaceID: n.PlaceID, Name: n.Name, NameEn: n.NameEn, Pack: n.Pack, Overlays: n.Overlays,
		TimeZone: n.TimeZone, StartedOn: n.StartedOn, Status: Active, Version: 1, CreatedAt: tx.Now(),
	}
	if in.PlaceID == "" {
		return Incident{}, fault.Invalidf("incident.invalid", "the incident cannot be saved as it is").With("place_id", "required")
	}
	if err := s.prepare(tx, &in); err != nil {
		return Incident{}, err
	}
	place, err := places.Load(ctx, tx, in.PlaceID)
	if err != nil {
		return Incident{}, err
	}
	in.PlacePath = place.Path
	return in, insert(ctx, tx, in)
}

// prepare checks the incident and resolves its rules.
func (s *Service) prepare(tx *op.Tx, in *Incident) error {
	if in.Overlays == nil {
		in.Overlays = []string{}
	}
	if err := in.check(latestDay(tx.Now())); err != nil {
		return err
	}
	stamp, err := s.rulesOf(in.Pack, in.Overlays)
	if err != nil {
		return fault.Invalidf("incident.unknown_rules", "the protocol pack with these overlays cannot be used").
			With("pack", "unknown").Because(err)
	}
	in.Rules = stamp
	return nil
}

// Update changes an incident that has the given version (operation Amend).
func (s *Service) Update(ctx context.Context, tx *op.Tx, id ref.Incident, version int64, c Change) (Incident, error) {
	before, err := s.Load(ctx, tx, id)
	if err != nil {
		return Incident{}, err
	}
	if !tx.Scope().Contains(before.PlacePath) {
		return Incident{}, errForbidden(tx)
	}
	if before.Version != version {
		return Incident{}, store.ErrStale
	}
	after := before
	c.apply(&after)
	if err := s.prepare(tx, &after); err != nil {
		return Incident{}, err
	}
	if err := s.fitsPhases(ctx, tx, after); err != nil {
		return Incident{}, err
	}
	return save(ctx, tx, before, after)
}

// fitsPhases refuses a first day that is later than a declared phase.
func (s *Service) fitsPhases(ctx context.Context, tx *op.Tx, in Incident) error {
	phases, err := listPhases(ctx, tx, in.ID)
	if err != nil {
		return err
	}
	for _, p := range phases {
		if p.StartsOn < in.StartedOn {
			return fault.Conflictf("incident.start_after_phase", "a phase begins on %s, before this first day", p.StartsOn).
				With("started_on", "after_phase").Param("starts_on", p.StartsOn)
		}
	}
	return nil
}

// Load returns an incident whose place overlaps the caller's places.
func (s *Service) Load(ctx context.Context, tx *op.Tx, id ref.Incident) (Incident, error) {
	in, err := load(ctx, tx, id)
	if fault.KindOf(err) == fault.NotFound || err == nil && tx.Scope().Within(in.PlacePath).Empty() {
		return Incident{}, fault.NotFoundf("incident.not_found", "there is no such incident")
	}
	return in, err
}

// List returns all incidents whose place overlaps the caller's places, the active and
// newest first. They are few, so there is one page.
func (s *Service) List(ctx context.Context, tx *op.Tx) ([]Incident, error) {
	all, err := list(ctx, tx)
	if err != nil {
		return nil, err
	}
	out := []Incident{}
	for _, in := range all {
		if !tx.Scope().Within(in.PlacePath).Empty() {
			out = append(out, in)
		}
	}
	return out, nil
}

func errForbidden(tx *op.Tx) error {
	return fault.Forbiddenf("access.not_here", "your roles do not include %s at this place", tx.Operation()).Param("operation", tx.Operation())
}
