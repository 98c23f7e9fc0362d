package httpapi

import (
	"context"

	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
)

// householdView is a household with its people, masked.
type householdView struct{ people.HouseholdFile }

// ETag is the version.
func (h householdView) ETag() string { return etag(h.Version) }

type householdListInput struct {
	Place  ref.Place `query:"place_id" doc:"The place and all below it"`
	Cursor string    `query:"cursor"`
	Limit  int       `query:"limit" default:"50" minimum:"1" maximum:"500"`
}

// ByPlace names a door.
type ByPlace struct {
	Place ref.Place `path:"place_id"`
}

type editHouseholdInput struct {
	ByPlace
	IfMatch
	Body struct {
		Number *string               `json:"number,omitempty" maxLength:"100" doc:"Number of the household register"`
		Kind   *people.HouseholdKind `json:"kind,omitempty"`
		HeadID optionalID            `json:"head_id,omitempty"`
		Note   *string               `json:"note,omitempty" maxLength:"2000"`
	}
}

type householdChanged struct {
	PlaceID ref.Place `json:"place_id"`
	Version int64     `json:"version"`
}

func (a *API) householdRoutes() {
	get(a, "/households", people.ListHouseholds, "Doors and how many live behind them", func(ctx context.Context, tx *op.Tx, in *householdListInput) (page[people.HouseholdRow], error) {
		path, err := pathOf(ctx, tx, in.Place)
		if err != nil {
			return page[people.HouseholdRow]{}, err
		}
		found, err := a.People.Households(ctx, tx, path, in.Cursor, in.Limit)
		return page[people.HouseholdRow]{Items: found.Items, Total: int(found.Total), NextCursor: found.Next}, err
	})
	get(a, "/households/{place_id}", people.ViewHousehold, "A household with its people, masked; the trail keeps that it was read", func(ctx context.Context, tx *op.Tx, in *ByPlace) (householdView, error) {
		f, err := a.People.OpenHousehold(ctx, tx, in.Place)
		return householdView{f}, err
	})
	patch(a, "/households/{place_id}", people.UpdateHousehold, "Change a household", func(ctx context.Context, tx *op.Tx, in *editHouseholdInput) (householdChanged, error) {
		version, err := in.version()
		if err != nil {
			return householdChanged{}, err
		}
		c := people.HouseholdChange{Number: in.Body.Number, Kind: in.Body.Kind, Note: in.Body.Note}
		if in.Body.HeadID.set {
			head := ref.Person(in.Body.HeadID.value)
			c.HeadID = &head
		}
		a.changedAfter(tx, "", "person")
		h, err := a.People.ChangeHousehold(ctx, tx, in.Place, version, c)
		return householdChanged{h.PlaceID, h.Version}, err
	})
}
