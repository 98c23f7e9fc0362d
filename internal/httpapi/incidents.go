package httpapi

import (
	"context"

	"github.com/allclear/allclear/internal/command/incident"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
)

// incidentView is an incident with the words around it.
type incidentView struct {
	incident.Incident
	PlaceName    string    `json:"place_name"`
	IsDemo       bool      `json:"is_demo"`
	LastRecordOn store.Day `json:"last_record_on" doc:"The newest day with records"`
}

// ETag is the version.
func (i incidentView) ETag() string { return etag(i.Version) }

// phaseView is a phase with the name of its place.
type phaseView struct {
	incident.Phase
	PlaceName string `json:"place_name"`
}

type newIncidentInput struct {
	Body struct {
		Name      string    `json:"name"`
		NameEn    string    `json:"name_en,omitempty"`
		PlaceID   ref.Place `json:"place_id"`
		Pack      string    `json:"pack"`
		Overlays  []string  `json:"overlays,omitempty"`
		TimeZone  string    `json:"time_zone" doc:"IANA name, as in Asia/Shanghai"`
		StartedOn store.Day `json:"started_on"`
	}
}

type editIncidentInput struct {
	ByID
	IfMatch
	Body struct {
		Name      *string    `json:"name,omitempty"`
		NameEn    *string    `json:"name_en,omitempty"`
		Pack      *string    `json:"pack,omitempty"`
		Overlays  *[]string  `json:"overlays,omitempty"`
		TimeZone  *string    `json:"time_zone,omitempty"`
		StartedOn *store.Day `json:"started_on,omitempty"`
		ClosedOn  *store.Day `json:"closed_on,omitempty" doc:"Empty opens the incident again"`
	}
}

type phasesInput struct {
	ByID
	Place ref.Place `query:"place_id"`
}

type declareInput struct {
	ByID
	Body struct {
		PlaceID    ref.Place      `json:"place_id"`
		Phase      incident.Stage `json:"phase" enum:"activation,cleanup_drive,general_offensive,final_push,community_zero,consolidation,reopening"`
		StartsOn   store.Day      `json:"starts_on"`
		Objectives string         `json:"objectives,omitempty"`
		Evidence   string         `json:"evidence,omitempty"`
		Reason     string         `json:"reason,omitempty" doc:"Needed to step back"`
	}
}

func (in *declareInput) reason() string { return in.Body.Reason }

func (a *API) incidentRoutes() {
	s := a.Incidents
	get(a, "/incidents", incident.View, "Incidents", func(ctx context.Context, tx *op.Tx, _ *none) (page[incidentView], error) {
		all, err := s.List(ctx, tx)
		out := page[incidentView]{Items: []incidentView{}, Total: len(all)}
		for _, i := range all {
			v, err := a.incidentView(ctx, tx, i)
			if err != nil {
				return out, err
			}
			out.Items = append(out.Items, v)
		}
		return out, err
	})
	get(a, "/incidents/{id}", incident.View, "One incident", func(ctx context.Context, tx *op.Tx, in *ByID) (incidentView, error) {
		i, err := s.Load(ctx, tx, ref.Incident(in.ID))
		if err != nil {
			return incidentView{}, err
		}
		return a.incidentView(ctx, tx, i)
	})
	post(a, "/incidents", incident.Start, "Activate a response", func(ctx context.Context, tx *op.Tx, in *newIncidentInput) (incidentView, error) {
		b := in.Body
		i, err := s.Create(ctx, tx, incident.New{
			Name: b.Name, NameEn: b.NameEn, PlaceID: b.PlaceID, Pack: b.Pack, Overlays: b.Overlays, TimeZone: b.TimeZone, StartedOn: b.StartedOn,
		})
		if err != nil {
			return incidentView{}, err
		}
		a.changedAfter(tx, i.ID, "incident")
		return a.incidentView(ctx, tx, i)
	})
	patch(a, "/incidents/{id}", incident.Amend, "Change or close an incident", func(ctx context.Context, tx *op.Tx, in *editIncidentInput) (incidentView, error) {
		version, err := in.version()
		if err != nil {
			return incidentView{}, err
		}
		b := in.Body
		i, err := a.Workflow.AmendIncident(ctx, tx, ref.Incident(in.ID), version, incident.Change{
			Name: b.Name, NameEn: b.NameEn, Pack: b.Pack, Overlays: b.Overlays, TimeZone: b.TimeZone, StartedOn: b.StartedOn, ClosedOn: b.ClosedOn,
		})
		if err != nil {
			return incidentView{}, err
		}
		a.changedAfter(tx, i.ID, "incident", "case", "situation", "clearance")
		return a.incidentView(ctx, tx, i)
	})
	a.phaseRoutes()
}

func (a *API) phaseRoutes() {
	s := a.Incidents
	get(a, "/incidents/{id}/phases", incident.View, "Phases by place", func(ctx context.Context, tx *op.Tx, in *phasesInput) (list[phaseView], error) {
		path := ""
		if in.Place != "" {
			p, err := places.Load(ctx, tx, in.Place)
			if err != nil {
				return list[phaseView]{}, err
			}
			path = p.Path
		}
		phases, err := s.Phases(ctx, tx, ref.Incident(in.ID), path)
		if err != nil {
			return list[phaseView]{}, err
		}
		return phaseViews(ctx, tx, phases)
	})
	post(a, "/incidents/{id}/phases", incident.Declare, "Declare a phase at a place", func(ctx context.Context, tx *op.Tx, in *declareInput) (incident.Phase, error) {
		b := in.Body
		a.changedAfter(tx, ref.Incident(in.ID), "incident", "situation")
		return s.Declare(ctx, tx, incident.Declaration{
			IncidentID: ref.Incident(in.ID), PlaceID: b.PlaceID, Phase: b.Phase, StartsOn: b.StartsOn,
			Objectives: b.Objectives, Evidence: b.Evidence, Reason: b.Reason,
		})
	})
}

func (a *API) incidentView(ctx context.Context, tx *op.Tx, i incident.Incident) (incidentView, error) {
	v := incidentView{Incident: i, IsDemo: a.Demo}
	if err := tx.QueryRow(ctx, `SELECT name FROM places WHERE id = $1`, i.PlaceID).Scan(&v.PlaceName); err != nil {
		return v, err
	}
	last, err := a.Situation.LastRecord(ctx, tx, i.ID, i.StartedOn)
	v.LastRecordOn = last
	return v, err
}

// phaseViews adds the names of places. A phase of a wider place shows its name too: it
// is what the caller's own places are under.
func phaseViews(ctx context.Context, tx *op.Tx, phases []incident.Phase) (list[phaseView], error) {
	out := list[phaseView]{Items: []phaseView{}}
	for _, p := range phases {
		v := phaseView{Phase: p}
		if err := tx.QueryRow(ctx, `SELECT name FROM places WHERE id = $1`, p.PlaceID).Scan(&v.PlaceName); err != nil {
			return out, err
		}
		out.Items = append(out.Items, v)
	}
	return out, nil
}
