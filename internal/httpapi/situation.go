package httpapi

import (
	"context"
	"strings"

	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/situation"
)

// PlaceAndDay is what most questions about the situation name.
type PlaceAndDay struct {
	Incident ref.Incident `query:"incident_id" required:"true"`
	Place    ref.Place    `query:"place_id" doc:"Default: the incident's place"`
	On       store.Day    `query:"on" doc:"Default: the newest day with records"`
}

func (q PlaceAndDay) question() situation.Question {
	return situation.Question{Incident: q.Incident, Place: q.Place, On: q.On}
}

// PlaceAndDays names a range of days instead.
type PlaceAndDays struct {
	Incident ref.Incident `query:"incident_id" required:"true"`
	Place    ref.Place    `query:"place_id" doc:"Default: the incident's place"`
	From     store.Day    `query:"from" doc:"Default: the incident's first day"`
	To       store.Day    `query:"to" doc:"Default: the newest day with records"`
}

func (q PlaceAndDays) question() situation.SeriesQuestion {
	return situation.SeriesQuestion{Question: situation.Question{Incident: q.Incident, Place: q.Place}, From: q.From, To: q.To}
}

type seriesInput struct {
	PlaceAndDays
	By string `query:"by" enum:"report,onset" default:"report"`
}

type areasInput struct {
	PlaceAndDay
	Level string `query:"level" doc:"All places of this level below; default: the direct children"`
}

type mapInput struct {
	PlaceAndDays
	Level string `query:"level" default:"district"`
}

type clearanceInput struct {
	PlaceAndDay
	Overlays string `query:"overlays" doc:"What-if: these overlays instead of the incident's own, separated by commas; - for none"`
}

type timelineInput struct {
	PlaceAndDays
	Overlays string `query:"overlays"`
}

func (a *API) situationRoutes() {
	s := a.Situation
	get(a, "/situation", situation.View, "Figures of a place on a day", func(ctx context.Context, tx *op.Tx, in *PlaceAndDay) (situation.Situation, error) {
		return s.Situation(ctx, tx, in.question())
	})
	get(a, "/situation/series", situation.View, "Epidemic curve", func(ctx context.Context, tx *op.Tx, in *seriesInput) (situation.Series, error) {
		q := in.question()
		q.By = in.By
		return s.Series(ctx, tx, q)
	})
	get(a, "/situation/places", situation.View, "Figures of the parts of a place", func(ctx context.Context, tx *op.Tx, in *areasInput) (situation.Areas, error) {
		return s.Areas(ctx, tx, in.question(), in.Level)
	})
	get(a, "/situation/map", situation.View, "Infections by place and day", func(ctx context.Context, tx *op.Tx, in *mapInput) (situation.MapAnswer, error) {
		return s.Map(ctx, tx, situation.MapQuestion{Question: situation.Question{Incident: in.Incident, Place: in.Place}, Level: in.Level, From: in.From, To: in.To})
	})
	get(a, "/clearance", situation.ViewClearance, "The pack's criteria for an all-clear, with their evidence", func(ctx context.Context, tx *op.Tx, in *clearanceInput) (situation.Clearance, error) {
		return s.Clearance(ctx, tx, in.question(), overlaysOf(in.Overlays))
	})
	get(a, "/clearance/timeline", situation.ViewClearance, "How the criteria stood day by day", func(ctx context.Context, tx *op.Tx, in *timelineInput) (situation.Timeline, error) {
		return s.ClearanceTimeline(ctx, tx, in.question(), overlaysOf(in.Overlays))
	})
}

// overlaysOf reads a list of overlays: nil means "the incident's own".
func overlaysOf(text string) []string {
	switch text {
	case "":
		return nil
	case "-":
		return []string{}
	}
	return strings.Split(text, ",")
}
