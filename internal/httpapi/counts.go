package httpapi

import (
	"context"

	"github.com/allclear/allclear/internal/control/cases"
	"github.com/allclear/allclear/internal/control/lab"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
)

// countView is a reported daily total with the name of its place.
type countView struct {
	cases.Count
	PlaceName string `json:"place_name"`
}

// roundView is a screening round's reported total with the name of its place.
type roundView struct {
	lab.Round
	PlaceName string `json:"place_name"`
}

type countListInput struct {
	Incident ref.Incident `query:"incident_id" required:"true"`
	Place    ref.Place    `query:"place_id"`
	From     store.Day    `query:"from"`
	To       store.Day    `query:"to"`
}

type recordCountInput struct {
	Body struct {
		IncidentID       ref.Incident `json:"incident_id"`
		PlaceID          ref.Place    `json:"place_id"`
		On               store.Day    `json:"on"`
		Confirmed        int64        `json:"confirmed" minimum:"0"`
		Asymptomatic     int64        `json:"asymptomatic" minimum:"0"`
		Reclassified     int64        `json:"reclassified" minimum:"0"`
		FoundInCommunity *int64       `json:"found_in_community,omitempty" minimum:"0" doc:"Left out: not known"`
		Deaths           int64        `json:"deaths,omitempty" minimum:"0"`
		Imported         int64        `json:"imported,omitempty" minimum:"0"`
		Source           string       `json:"source,omitempty" maxLength:"500"`
	}
}

type roundListInput struct {
	Incident ref.Incident `query:"incident_id" required:"true"`
	Place    ref.Place    `query:"place_id" doc:"The place and all below it"`
}

type recordRoundInput struct {
	Body struct {
		IncidentID         ref.Incident `json:"incident_id"`
		PlaceID            ref.Place    `json:"place_id"`
		Number             int64        `json:"number" minimum:"1"`
		OpenedOn           store.Day    `json:"opened_on"`
		ClosedOn           store.Day    `json:"closed_on,omitempty" doc:"Left out while the round is open"`
		Due                int64        `json:"due" minimum:"0"`
		Sampled            int64        `json:"sampled" minimum:"0"`
		Resulted           int64        `json:"resulted" minimum:"0"`
		CommunityPositives int64        `json:"community_positives" minimum:"0"`
	}
}

func (a *API) countRoutes() {
	get(a, "/counts", cases.ViewCounts, "Daily totals reported by places", func(ctx context.Context, tx *op.Tx, in *countListInput) (list[countView], error) {
		path, err := pathOf(ctx, tx, in.Place)
		if err != nil {
			return list[countView]{}, err
		}
		items, err := a.Cases.Counts(ctx, tx, cases.CountFilter{IncidentID: in.Incident, PlacePath: path, From: in.From, To: in.To})
		out := list[countView]{Items: []countView{}}
		for _, i := range items {
			out.Items = append(out.Items, countView{i.Count, i.PlaceName})
		}
		return out, err
	})
	put(a, "/counts", cases.RecordCount, "Record or correct a place's daily totals", func(ctx context.Context, tx *op.Tx, in *recordCountInput) (cases.Count, error) {
		b := in.Body
		a.changedAfter(tx, b.IncidentID, "count", "situation", "clearance")
		return a.Cases.Record(ctx, tx, cases.Count{
			IncidentID: b.IncidentID, PlaceID: b.PlaceID, On: b.On, Confirmed: b.Confirmed, Asymptomatic: b.Asymptomatic, Reclassified: b.Reclassified,
			FoundInCommunity: b.FoundInCommunity, Deaths: b.Deaths, Imported: b.Imported, Source: b.Source,
		})
	})
	get(a, "/rounds", lab.View, "Screening rounds' totals reported by places", func(ctx context.Context, tx *op.Tx, in *roundListInput) (list[roundView], error) {
		path, err := pathOf(ctx, tx, in.Place)
		if err != nil {
			return list[roundView]{}, err
		}
		items, err := a.Lab.List(ctx, tx, lab.Filter{IncidentID: in.Incident, PlacePath: path})
		out := list[roundView]{Items: []roundView{}}
		for _, i := range items {
			out.Items = append(out.Items, roundView{i.Round, i.PlaceName})
		}
		return out, err
	})
	put(a, "/rounds", lab.Report, "Record or correct a screening round's totals", func(ctx context.Context, tx *op.Tx, in *recordRoundInput) (lab.Round, error) {
		b := in.Body
		a.changedAfter(tx, b.IncidentID, "round", "clearance")
		return a.Lab.Record(ctx, tx, lab.Round{
			IncidentID: b.IncidentID, PlaceID: b.PlaceID, Number: b.Number, OpenedOn: b.OpenedOn, ClosedOn: b.ClosedOn,
			Due: b.Due, Sampled: b.Sampled, Resulted: b.Resulted, CommunityPositives: b.CommunityPositives,
		})
	})
}

// pathOf is the path of a place that the caller can see, "" for none given.
func pathOf(ctx context.Context, tx *op.Tx, id ref.Place) (string, error) {
	if id == "" {
		return "", nil
	}
	p, err := places.Load(ctx, tx, id)
	return p.Path, err
}
