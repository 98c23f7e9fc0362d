package httpapi

import (
	"context"

	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
)

// addressPage is one page of address texts with their tallies.
type addressPage struct {
	Items      []places.Match              `json:"items"`
	Total      int64                       `json:"total"`
	NextCursor string                      `json:"next_cursor,omitempty"`
	Reasons    map[string]int64            `json:"reasons" doc:"Counts by reason, whatever the reason chosen"`
	States     map[places.MatchState]int64 `json:"states"`
}

type addressListInput struct {
	State  places.MatchState `query:"state" enum:"open,resolved,no_such_place,later" doc:"Leave out for all"`
	Reason string            `query:"reason"`
	Place  ref.Place         `query:"place_id" doc:"Only texts that were looked for at or below this place"`
	Q      string            `query:"q" maxLength:"100" doc:"Part of the text"`
	Cursor string            `query:"cursor"`
	Limit  int               `query:"limit" default:"50" minimum:"1" maximum:"500"`
}

type resolveAddressInput struct {
	Body struct {
		Text    string    `json:"text" maxLength:"500" doc:"An address; nothing about a person"`
		PlaceID ref.Place `json:"place_id,omitempty" doc:"Look at or below this place"`
	}
}

type decideAddressInput struct {
	ByID
	IfMatch
	Body struct {
		State    places.MatchState `json:"state" enum:"resolved,no_such_place,later,open"`
		PlaceID  ref.Place         `json:"place_id,omitempty" doc:"The place, when resolved"`
		Remember bool              `json:"remember,omitempty" doc:"Keep the text as a spelling of the place"`
		Create   *struct {
			ParentID ref.Place    `json:"parent_id"`
			Level    places.Level `json:"level"`
			Name     string       `json:"name" maxLength:"200"`
			Lon      *float64     `json:"lon,omitempty"`
			Lat      *float64     `json:"lat,omitempty"`
		} `json:"create,omitempty" doc:"Instead of place_id: make the place"`
	}
}

// addressDecision is a decided text.
type addressDecision struct {
	places.Match
	Others int `json:"others" doc:"Other open texts that said the same and are resolved now too"`
}

// ETag is the version.
func (d addressDecision) ETag() string { return etag(d.Version) }

type addressDetail struct{ places.Match }

// ETag is the version.
func (d addressDetail) ETag() string { return etag(d.Version) }

type recheckInput struct {
	Body struct {
		PlaceID ref.Place `json:"place_id,omitempty"`
	}
}

type recheckResult struct {
	Looked   int `json:"looked"`
	Resolved int `json:"resolved"`
}

func (a *API) addressRoutes() {
	get(a, "/addresses", places.ViewAddresses, "Address texts and what became of them", findAddresses)
	get(a, "/addresses/{id}", places.ViewAddresses, "One address text", func(ctx context.Context, tx *op.Tx, in *ByID) (addressDetail, error) {
		m, err := places.LoadMatch(ctx, tx, in.ID)
		return addressDetail{m}, err
	})
	post(a, "/addresses/resolve", places.ResolveAddress, "Find the place that a text means", resolveAddress)
	post(a, "/addresses/recheck", places.DecideAddress, "Resolve open texts again", func(ctx context.Context, tx *op.Tx, in *recheckInput) (recheckResult, error) {
		looked, resolved, err := places.Recheck(ctx, tx, in.Body.PlaceID)
		a.changedAfter(tx, "", "address")
		return recheckResult{looked, resolved}, err
	})
	post(a, "/addresses/{id}/decide", places.DecideAddress, "Decide about an address text", func(ctx context.Context, tx *op.Tx, in *decideAddressInput) (addressDecision, error) {
		version, err := in.version()
		if err != nil {
			return addressDecision{}, err
		}
		a.changedAfter(tx, "", "address", "place")
		m, others, err := places.Decide(ctx, tx, in.ID, version, in.decision())
		return addressDecision{m, others}, err
	})
	get(a, "/places/{id}/doors", places.ViewPlace, "Entrances of a place", func(ctx context.Context, tx *op.Tx, in *ByID) (doorList, error) {
		found, err := places.Doors(ctx, tx, ref.Place(in.ID))
		return doorList{found}, err
	})
	get(a, "/places/{id}/aliases", places.ViewPlace, "Other spellings of a place", func(ctx context.Context, tx *op.Tx, in *ByID) (aliasList, error) {
		found, err := places.Aliases(ctx, tx, ref.Place(in.ID))
		return aliasList{found}, err
	})
}

type doorList struct {
	Items []places.Door `json:"items"`
}

type aliasList struct {
	Items []places.AliasRow `json:"items"`
}

func (in *decideAddressInput) decision() places.Decision {
	b := in.Body
	d := places.Decision{State: b.State, PlaceID: b.PlaceID, Remember: b.Remember}
	if c := b.Create; c != nil {
		d.Create = &places.New{Parent: c.ParentID, Level: c.Level, Name: c.Name, Lon: c.Lon, Lat: c.Lat}
	}
	return d
}

func findAddresses(ctx context.Context, tx *op.Tx, in *addressListInput) (addressPage, error) {
	found, err := places.Matches(ctx, tx, places.MatchFilter{State: in.State, Reason: in.Reason, Place: in.Place, Query: in.Q, Cursor: in.Cursor, Limit: in.Limit})
	return addressPage{Items: found.Items, Total: found.Total, NextCursor: found.NextCursor, Reasons: found.Reasons, States: found.States}, err
}

func resolveAddress(ctx context.Context, tx *op.Tx, in *resolveAddressInput) (places.Resolved, error) {
	within := ""
	if in.Body.PlaceID != "" {
		p, err := places.Load(ctx, tx, in.Body.PlaceID)
		if err != nil {
			return places.Resolved{}, err
		}
		within = p.Path
	}
	return places.Resolve(ctx, tx, in.Body.Text, within)
}
