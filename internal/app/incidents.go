package app

import (
	"context"
	"os"

	"github.com/allclear/allclear/internal/command/incident"
	"github.com/allclear/allclear/internal/control/cases"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/registry/places"
	"github.com/allclear/allclear/internal/situation"
)

// NewIncident is what the command line says about a new incident.
type NewIncident struct {
	Name, NameEn, Place, Pack string
	Overlays                  []string
	TimeZone, StartedOn       string
}

// CreateIncident activates a response.
func (a *App) CreateIncident(ctx context.Context, n NewIncident) (incident.Incident, error) {
	return do(ctx, a, incident.Start, func(ctx context.Context, tx *op.Tx) (incident.Incident, error) {
		p, err := placeForIncident(ctx, tx, n.Place, n.Name)
		if err != nil {
			return incident.Incident{}, err
		}
		if n.StartedOn == "" {
			n.StartedOn = string(store.DayOf(tx.Now().Time(), tx.Now().Time().Location()))
		}
		return a.Incidents.Create(ctx, tx, incident.New{
			Name: n.Name, NameEn: n.NameEn, PlaceID: p.ID, Pack: n.Pack, Overlays: n.Overlays, TimeZone: n.TimeZone, StartedOn: store.Day(n.StartedOn),
		})
	})
}

// ListIncidents lists all incidents.
func (a *App) ListIncidents(ctx context.Context) ([]incident.Incident, error) {
	return do(ctx, a, incident.View, func(ctx context.Context, tx *op.Tx) ([]incident.Incident, error) { return a.Incidents.List(ctx, tx) })
}

// PhaseRequest declares a phase, or lists the phases when Phase is empty.
type PhaseRequest struct {
	Incident, Place, Phase, StartsOn, Objectives, Evidence, Reason string
}

// PhaseLine is a phase with the name of its place.
type PhaseLine struct {
	incident.Phase
	PlaceName string `json:"place_name"`
}

// Phase declares a phase and returns all phases of the place, or of the incident.
func (a *App) Phase(ctx context.Context, r PhaseRequest) ([]PhaseLine, error) {
	if r.Phase != "" {
		if err := a.declare(ctx, r); err != nil {
			return nil, err
		}
	}
	return do(ctx, a, incident.View, func(ctx context.Context, tx *op.Tx) ([]PhaseLine, error) {
		i, _, err := a.resolve(ctx, tx, Where{Incident: r.Incident, Place: r.Place})
		if err != nil {
			return nil, err
		}
		phases, err := a.Incidents.Phases(ctx, tx, i.ID, "")
		out := []PhaseLine{}
		for _, p := range phases {
			place, err := places.Load(ctx, tx, p.PlaceID)
			if err != nil {
				return nil, err
			}
			out = append(out, PhaseLine{p, place.Name})
		}
		return out, err
	})
}

func (a *App) declare(ctx context.Context, r PhaseRequest) error {
	_, err := op.Do(ctx, a.Door, incident.Declare, a.operator(r.Reason), func(ctx context.Context, tx *op.Tx) (incident.Phase, error) {
		i, place, err := a.resolve(ctx, tx, Where{Incident: r.Incident, Place: r.Place})
		if err != nil {
			return incident.Phase{}, err
		}
		return a.Incidents.Declare(ctx, tx, incident.Declaration{
			IncidentID: i.ID, PlaceID: place, Phase: incident.Stage(r.Phase), StartsOn: store.Day(r.StartsOn),
			Objectives: r.Objectives, Evidence: r.Evidence, Reason: r.Reason,
		})
	})
	return err
}

// SituationOf answers the situation at a place and day.
func (a *App) SituationOf(ctx context.Context, w Where) (situation.Situation, error) {
	return do(ctx, a, situation.View, func(ctx context.Context, tx *op.Tx) (situation.Situation, error) {
		i, place, err := a.resolve(ctx, tx, w)
		if err != nil {
			return situation.Situation{}, err
		}
		return a.Situation.Situation(ctx, tx, situation.Question{Incident: i.ID, Place: place, On: store.Day(w.On)})
	})
}

// ClearanceOf evaluates the criteria at a place and day. Overlays replace the incident's own.
func (a *App) ClearanceOf(ctx context.Context, w Where, overlays []string) (situation.Clearance, error) {
	return do(ctx, a, situation.ViewClearance, func(ctx context.Context, tx *op.Tx) (situation.Clearance, error) {
		i, place, err := a.resolve(ctx, tx, w)
		if err != nil {
			return situation.Clearance{}, err
		}
		return a.Situation.Clearance(ctx, tx, situation.Question{Incident: i.ID, Place: place, On: store.Day(w.On)}, overlays)
	})
}

// ExportCases writes the line list as CSV to a file, or to standard output.
func (a *App) ExportCases(ctx context.Context, w Where, file string) error {
	out := os.Stdout
	if file != "" {
		f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		out = f
	}
	_, err := do(ctx, a, cases.Exports, func(ctx context.Context, tx *op.Tx) (int, error) {
		i, place, err := a.resolve(ctx, tx, w)
		if err != nil {
			return 0, err
		}
		p, err := places.Load(ctx, tx, place)
		if err != nil {
			return 0, err
		}
		return a.Cases.Export(ctx, tx, cases.Filter{IncidentID: i.ID, PlacePath: p.Path}, out)
	})
	return err
}
