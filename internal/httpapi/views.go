package httpapi

import (
	"context"

	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/views"
	"github.com/allclear/allclear/internal/ref"
)

type viewListInput struct {
	List string `query:"list" required:"true" doc:"Name of the list, as in its address: people, cases"`
}

// ViewBody is what a person states about a view.
type ViewBody struct {
	Name    string    `json:"name" maxLength:"100"`
	Query   string    `json:"query" doc:"Filters and order, as in the address of the list. Search texts are refused: they may be names"`
	Layout  string    `json:"layout,omitempty" doc:"JSON about columns, of the browser's own making"`
	Shared  bool      `json:"shared,omitempty" doc:"Seen by whoever works at the place, above it or below it"`
	PlaceID ref.Place `json:"place_id,omitempty" doc:"Where a shared view stands; left out: everywhere"`
}

func (b ViewBody) stated(list string) views.New {
	return views.New{List: list, Name: b.Name, Query: b.Query, Layout: b.Layout, Shared: b.Shared, PlaceID: b.PlaceID}
}

type newViewInput struct {
	Body struct {
		List string `json:"list"`
		ViewBody
	}
}

type changeViewInput struct {
	ID ref.View `path:"id"`
	IfMatch
	Body ViewBody
}

type deleteViewInput struct {
	ID ref.View `path:"id"`
	IfMatch
}

type openWithInput struct {
	List string `path:"list"`
	Body struct {
		ViewID ref.View `json:"view_id,omitempty" doc:"Left out: the list opens plain"`
	}
}

func (a *API) viewRoutes() {
	get(a, "/views", views.Look, "Saved views of a list: the caller's own and those shared with them", func(ctx context.Context, tx *op.Tx, in *viewListInput) (list[views.View], error) {
		items, err := views.List(ctx, tx, in.List)
		return list[views.View]{Items: items}, err
	})
	post(a, "/views", views.Save, "Save a list as a view", func(ctx context.Context, tx *op.Tx, in *newViewInput) (views.View, error) {
		path, err := pathOf(ctx, tx, in.Body.PlaceID)
		if err != nil {
			return views.View{}, err
		}
		return views.Create(ctx, tx, in.Body.stated(in.Body.List), path)
	})
	put(a, "/views/{id}", views.Save, "Replace one of the caller's views", func(ctx context.Context, tx *op.Tx, in *changeViewInput) (views.View, error) {
		version, err := in.version()
		if err != nil {
			return views.View{}, err
		}
		path, err := pathOf(ctx, tx, in.Body.PlaceID)
		if err != nil {
			return views.View{}, err
		}
		return views.Update(ctx, tx, in.ID, version, in.Body.stated(""), path)
	})
	remove(a, "/views/{id}", views.Save, "Delete one of the caller's views", func(ctx context.Context, tx *op.Tx, in *deleteViewInput) (nothing, error) {
		version, err := in.version()
		if err != nil {
			return nothing{}, err
		}
		return nothing{}, views.Delete(ctx, tx, in.ID, version)
	})
	put(a, "/view-defaults/{list}", views.Save, "Choose the view with which a list opens for the caller", func(ctx context.Context, tx *op.Tx, in *openWithInput) (nothing, error) {
		return nothing{}, views.OpenWith(ctx, tx, in.List, in.Body.ViewID)
	})
}
