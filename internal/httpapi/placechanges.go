package httpapi

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/i18n"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
	"github.com/allclear/allclear/internal/workflow"
)

// DeedFields are in every change of the tree.
type DeedFields struct {
	From   store.Day `json:"from_on" doc:"The day from which it holds: today or earlier"`
	Reason string    `json:"reason" maxLength:"500" doc:"Why; no personal data"`
}

func (d DeedFields) deed() places.Deed { return places.Deed{From: d.From, Reason: d.Reason} }

type renameInput struct {
	ByID
	IfMatch
	Body struct {
		DeedFields
		Name   *string `json:"name,omitempty" maxLength:"200"`
		NameEn *string `json:"name_en,omitempty" maxLength:"200"`
		Code   *string `json:"code,omitempty" maxLength:"100"`
	}
}

type moveInput struct {
	ByID
	IfMatch
	Body struct {
		DeedFields
		ParentID ref.Place `json:"parent_id" doc:"Empty makes it a root"`
	}
}

type splitPart struct {
	Name       string          `json:"name" maxLength:"200"`
	NameEn     string          `json:"name_en,omitempty" maxLength:"200"`
	Code       string          `json:"code,omitempty" maxLength:"100"`
	Population int64           `json:"population,omitempty" minimum:"0"`
	Floors     int64           `json:"floors,omitempty" minimum:"0"`
	Lon        *float64        `json:"lon,omitempty"`
	Lat        *float64        `json:"lat,omitempty"`
	Geometry   json.RawMessage `json:"geometry,omitempty" doc:"GeoJSON Polygon, MultiPolygon or Point"`
	Children   []ref.Place     `json:"children,omitempty" maxItems:"5000" doc:"Places directly below the one that is split, which go to this part"`
	People     []ref.Person    `json:"people,omitempty" maxItems:"5000" doc:"People registered at the place itself who go to this part"`
}

type splitInput struct {
	ByID
	IfMatch
	Body struct {
		DeedFields
		Geometry json.RawMessage `json:"geometry,omitempty" doc:"The outline of what is left"`
		Parts    []splitPart     `json:"parts" minItems:"1" maxItems:"20"`
	}
}

type mergeInput struct {
	ByID
	IfMatch
	Body struct {
		DeedFields
		Others []ref.Place `json:"others" minItems:"1" maxItems:"20" doc:"The places that become part of this one"`
	}
}

type endInput struct {
	ByID
	IfMatch
	Body DeedFields
}

type undoPlaceInput struct {
	ByID
	Body struct {
		Reason string `json:"reason" minLength:"2" maxLength:"500"`
	}
}

func (in undoPlaceInput) reason() string { return in.Body.Reason }

type placePreviewInput struct {
	ByID
	Body struct {
		Kind     places.ChangeKind `json:"kind" enum:"rename,move,split,merge,retire,reopen"`
		ParentID ref.Place         `json:"parent_id,omitempty"`
		Others   []ref.Place       `json:"others,omitempty" maxItems:"20"`
		Children []ref.Place       `json:"children,omitempty" maxItems:"5000"`
	}
}

// placeBlocker is why a change would be refused.
type placeBlocker struct {
	Code     string         `json:"code"`
	Detail   string         `json:"detail"`
	DetailZH string         `json:"detail_zh"`
	Params   map[string]any `json:"params,omitempty"`
}

type placePreview struct {
	workflow.PlaceEffect
	Blockers []placeBlocker `json:"blockers"`
}

type asOfInput struct {
	ByID
	On store.Day `query:"on" required:"true" doc:"A day, 2022-04-08"`
}

type placeThen struct {
	places.State
	Trail string `json:"trail" doc:"Where it belonged, as its places were called then"`
}

func (a *API) placeChangeRoutes() {
	get(a, "/places/{id}/history", places.ViewPlace, "What was done to a place, the newest first", func(ctx context.Context, tx *op.Tx, in *ByID) (list[places.Event], error) {
		events, err := places.History(ctx, tx, ref.Place(in.ID))
		return list[places.Event]{Items: events}, err
	})
	get(a, "/places/{id}/as-of", places.ViewPlace, "What a place was called on a day, and where it belonged", placeAsOf)
	get(a, "/places/{id}/around", places.ViewPlace, "Outlines of a place, its parent and its neighbours", func(ctx context.Context, tx *op.Tx, in *ByID) (places.Surroundings, error) {
		return places.Around(ctx, tx, ref.Place(in.ID))
	})
	post(a, "/places/{id}/preview", places.PreviewChange, "What would follow a change of the tree", a.previewPlace)
	post(a, "/places/{id}/rename", places.RenamePlace, "Give a place another name", func(ctx context.Context, tx *op.Tx, in *renameInput) (places.Place, error) {
		return changePlace(a, tx, in.IfMatch, func(version int64) (places.Place, error) {
			b := in.Body
			return places.Rename(ctx, tx, ref.Place(in.ID), version, places.Names{Name: b.Name, NameEn: b.NameEn, Code: b.Code}, b.deed())
		})
	})
	post(a, "/places/{id}/move", places.MovePlace, "Put a place under another one", func(ctx context.Context, tx *op.Tx, in *moveInput) (places.Place, error) {
		return changePlace(a, tx, in.IfMatch, func(version int64) (places.Place, error) {
			return a.Workflow.MovePlace(ctx, tx, ref.Place(in.ID), version, in.Body.ParentID, in.Body.deed())
		})
	})
	post(a, "/places/{id}/split", places.SplitPlace, "Split a place into several", func(ctx context.Context, tx *op.Tx, in *splitInput) (workflow.Split, error) {
		return changePlace(a, tx, in.IfMatch, func(version int64) (workflow.Split, error) { return a.split(ctx, tx, in, version) })
	})
	post(a, "/places/{id}/merge", places.MergePlaces, "Make other places part of this one", func(ctx context.Context, tx *op.Tx, in *mergeInput) (places.Place, error) {
		return changePlace(a, tx, in.IfMatch, func(version int64) (places.Place, error) {
			return a.Workflow.MergePlaces(ctx, tx, ref.Place(in.ID), version, in.Body.Others, in.Body.deed())
		})
	})
	post(a, "/places/{id}/retire", places.RetirePlace, "End a place that is no longer there", func(ctx context.Context, tx *op.Tx, in *endInput) (places.Place, error) {
		return changePlace(a, tx, in.IfMatch, func(version int64) (places.Place, error) {
			return a.Workflow.RetirePlace(ctx, tx, ref.Place(in.ID), version, in.Body.deed())
		})
	})
	post(a, "/places/{id}/reopen", places.ReopenPlace, "Bring a retired place back", func(ctx context.Context, tx *op.Tx, in *endInput) (places.Place, error) {
		return changePlace(a, tx, in.IfMatch, func(version int64) (places.Place, error) {
			p, _, err := places.Reopen(ctx, tx, ref.Place(in.ID), version, in.Body.deed())
			return p, err
		})
	})
	post(a, "/place-changes/{id}/undo", places.UndoChange, "Take the last change of a place back", func(ctx context.Context, tx *op.Tx, in *undoPlaceInput) (places.Place, error) {
		u, err := a.Workflow.UndoPlaceChange(ctx, tx, in.ID)
		a.toldOfPlaces(tx)
		return u.Place, err
	})
}

// changePlace runs a change on the version that the person saw, and tells open browsers.
func changePlace[T any](a *API, tx *op.Tx, m IfMatch, f func(version int64) (T, error)) (T, error) {
	version, err := m.version()
	if err != nil {
		var none T
		return none, err
	}
	a.toldOfPlaces(tx)
	return f(version)
}

// toldOfPlaces tells open browsers that the tree changed, and with it what stands where.
func (a *API) toldOfPlaces(tx *op.Tx) {
	a.changedAfter(tx, "", "place", "person", "case", "situation")
}

func (a *API) split(ctx context.Context, tx *op.Tx, in *splitInput, version int64) (workflow.Split, error) {
	var outline *string
	if len(in.Body.Geometry) > 0 {
		text := string(in.Body.Geometry)
		outline = &text
	}
	var parts []workflow.Part
	for _, p := range in.Body.Parts {
		parts = append(parts, workflow.Part{People: p.People, Part: places.Part{
			Name: p.Name, NameEn: p.NameEn, Code: p.Code, Population: p.Population, Floors: p.Floors,
			Lon: p.Lon, Lat: p.Lat, Geometry: string(p.Geometry), Children: p.Children,
		}})
	}
	return a.Workflow.SplitPlace(ctx, tx, ref.Place(in.ID), version, outline, parts, in.Body.deed())
}

func (a *API) previewPlace(ctx context.Context, tx *op.Tx, in *placePreviewInput) (placePreview, error) {
	b := in.Body
	effect, err := a.Workflow.PreviewPlaceChange(ctx, tx, workflow.PlacePlan{
		Kind: b.Kind, Place: ref.Place(in.ID), Parent: b.ParentID, Others: b.Others, Children: b.Children,
	})
	out := placePreview{PlaceEffect: effect, Blockers: []placeBlocker{}}
	for _, f := range effect.Blockers {
		out.Blockers = append(out.Blockers, placeBlocker{Code: f.Code, Detail: f.Detail, DetailZH: strings.TrimPrefix(i18n.Sentence(f, true), "没有保存："), Params: f.Params})
	}
	return out, err
}

func placeAsOf(ctx context.Context, tx *op.Tx, in *asOfInput) (placeThen, error) {
	day, ok := store.ParseDay(string(in.On))
	if !ok {
		return placeThen{}, fault.Invalidf("places.bad_day", "the day must be a calendar day such as 2022-04-08").With("on", "bad_day")
	}
	t, err := places.AsOf(ctx, tx, ref.Place(in.ID), day)
	return placeThen{t.State, t.Trail.String()}, err
}
