package httpapi

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
	"github.com/allclear/allclear/internal/registry/places"
)

// placeView is a place with where it lies.
type placeView struct {
	places.Place
	Ancestors string `json:"ancestors" doc:"Names above it, from the top: 松川市 › 江北区"`
	Former    string `json:"former" doc:"The earlier name by which a search found it; empty when it was found by what it is called now"`
}

// placeDetail is a place with its surroundings.
type placeDetail struct {
	places.Place
	Trail       string              `json:"trail"`
	Above       []places.Place      `json:"above" doc:"From the top down"`
	ChildLevels []places.LevelCount `json:"child_levels" doc:"Places below, by level"`
	People      *int64              `json:"people" doc:"People registered here; null for who may not list them"`
	Successor   *placeName          `json:"successor" doc:"The place that it became part of"`
	Bounds      *[4]float64         `json:"bbox" doc:"West, south, east, north in degrees WGS 84; null when nothing below has a position"`
}

// placeName is a place by its name.
type placeName struct {
	ID     ref.Place `json:"id"`
	Name   string    `json:"name"`
	NameEn string    `json:"name_en"`
}

// ETag is the version.
func (p placeDetail) ETag() string { return etag(p.Version) }

type placeListInput struct {
	Parent ref.Place    `query:"parent_id"`
	Level  places.Level `query:"level"`
	Q      string       `query:"q" maxLength:"100" doc:"Name, pinyin, initials or code"`
	Cursor string       `query:"cursor"`
	Limit  int          `query:"limit" default:"50" minimum:"1" maximum:"500"`
	// Retired also finds places that are no longer there.
	Retired bool `query:"retired" doc:"Also places that are no longer there"`
}

type newPlaceInput struct {
	Body struct {
		ParentID   ref.Place       `json:"parent_id,omitempty" doc:"Empty for a root"`
		Level      places.Level    `json:"level"`
		Kind       string          `json:"kind,omitempty" maxLength:"40" doc:"What it serves as: school, hospital, market …"`
		Code       string          `json:"code,omitempty" maxLength:"100"`
		Name       string          `json:"name" maxLength:"200"`
		NameEn     string          `json:"name_en,omitempty" maxLength:"200"`
		Population int64           `json:"population,omitempty" minimum:"0"`
		Floors     int64           `json:"floors,omitempty" minimum:"0"`
		Height     *float64        `json:"height,omitempty" doc:"Metres above ground"`
		Lon        *float64        `json:"lon,omitempty"`
		Lat        *float64        `json:"lat,omitempty"`
		Geometry   json.RawMessage `json:"geometry,omitempty" doc:"GeoJSON Polygon, MultiPolygon or Point"`
	}
}

type editPlaceInput struct {
	ByID
	IfMatch
	Body struct {
		Kind       *string         `json:"kind,omitempty" maxLength:"40"`
		Code       *string         `json:"code,omitempty" maxLength:"100"`
		Name       *string         `json:"name,omitempty" maxLength:"200"`
		NameEn     *string         `json:"name_en,omitempty" maxLength:"200"`
		Population *int64          `json:"population,omitempty" minimum:"0"`
		Floors     *int64          `json:"floors,omitempty" minimum:"0"`
		Height     *float64        `json:"height,omitempty"`
		Lon        *float64        `json:"lon,omitempty"`
		Lat        *float64        `json:"lat,omitempty"`
		Geometry   json.RawMessage `json:"geometry,omitempty"`
	}
}

type tileInput struct {
	Z uint32 `path:"z" maximum:"22"`
	X uint32 `path:"x"`
	Y string `path:"y" doc:"Row, with or without .mvt"`
	// Known is the tile that the browser has kept.
	Known string `header:"If-None-Match"`
}

func (a *API) placeRoutes() {
	get(a, "/places", places.ViewPlace, "Find places", findPlaces)
	get(a, "/places/{id}", places.ViewPlace, "A place and its surroundings", func(ctx context.Context, tx *op.Tx, in *ByID) (placeDetail, error) {
		p, err := places.Load(ctx, tx, ref.Place(in.ID))
		if err != nil {
			return placeDetail{}, err
		}
		return describePlace(ctx, tx, p)
	})
	get(a, "/places/{id}/geometry", places.ViewPlace, "The outline of a place as GeoJSON", func(ctx context.Context, tx *op.Tx, in *ByID) (json.RawMessage, error) {
		return places.Geometry(ctx, tx, ref.Place(in.ID))
	})
	post(a, "/places", places.CreatePlace, "Create a place", func(ctx context.Context, tx *op.Tx, in *newPlaceInput) (places.Place, error) {
		b := in.Body
		defer a.changedAfter(tx, "", "place")
		return places.Create(ctx, tx, places.New{
			Parent: b.ParentID, Level: b.Level, Kind: b.Kind, Height: b.Height, Code: b.Code, Name: b.Name, NameEn: b.NameEn, Population: b.Population,
			Floors: b.Floors, Lon: b.Lon, Lat: b.Lat, Geometry: string(b.Geometry),
		})
	})
	patch(a, "/places/{id}", places.UpdatePlace, "Change a place", func(ctx context.Context, tx *op.Tx, in *editPlaceInput) (places.Place, error) {
		version, err := in.version()
		if err != nil {
			return places.Place{}, err
		}
		b := in.Body
		c := places.Changes{Kind: b.Kind, Height: b.Height, Code: b.Code, Name: b.Name, NameEn: b.NameEn, Population: b.Population, Floors: b.Floors, Lon: b.Lon, Lat: b.Lat}
		if len(b.Geometry) > 0 {
			text := string(b.Geometry)
			if text == `""` || text == "null" { // the outline goes, its centre stays
				text = ""
			}
			c.Geometry = &text
		}
		a.changedAfter(tx, "", "place")
		return places.Update(ctx, tx, ref.Place(in.ID), version, c)
	})
	a.placeChangeRoutes()
	raw(a, http.MethodGet, "/tiles/{z}/{x}/{y}", places.ViewPlace, "Vector tile of the places", a.tile)
}

func findPlaces(ctx context.Context, tx *op.Tx, in *placeListInput) (page[placeView], error) {
	found, err := places.Find(ctx, tx, places.Filter{Parent: in.Parent, Level: in.Level, Query: in.Q, Cursor: in.Cursor, Limit: in.Limit, Retired: in.Retired})
	out := page[placeView]{Items: []placeView{}, Total: int(found.Total), NextCursor: found.NextCursor}
	for _, p := range found.Items {
		out.Items = append(out.Items, placeView{p, found.Trails[p.Path].Above().String(), found.Former[p.ID]})
	}
	return out, err
}

func describePlace(ctx context.Context, tx *op.Tx, p places.Place) (placeDetail, error) {
	out := placeDetail{Place: p, Above: []places.Place{}}
	above, err := places.Ancestors(ctx, tx, p)
	if err != nil {
		return out, err
	}
	out.Above = above
	trails, err := places.Trails(ctx, tx, []string{p.Path})
	if err != nil {
		return out, err
	}
	out.Trail = trails[p.Path].String()
	if out.ChildLevels, err = places.CountBelow(ctx, tx, p); err != nil {
		return out, err
	}
	if err := out.meet(ctx, tx); err != nil {
		return out, err
	}
	bounds, known, err := places.Bounds(ctx, tx, p)
	if known {
		out.Bounds = &bounds
	}
	return out, err
}

// meet adds who lives there, and what became of the place.
func (d *placeDetail) meet(ctx context.Context, tx *op.Tx) error {
	if tx.May(people.Listing, d.Path) {
		n, err := people.CountRegistered(ctx, tx, d.Path)
		if err != nil {
			return err
		}
		d.People = &n
	}
	if d.SuccessorID == "" {
		return nil
	}
	p, err := places.Load(ctx, tx, d.SuccessorID)
	switch fault.KindOf(err) {
	case fault.NotFound: // outside the caller's area
		return nil
	case fault.Internal:
		if err != nil {
			return err
		}
	}
	d.Successor = &placeName{p.ID, p.Name, p.NameEn}
	return nil
}

// tile answers with a gzipped vector tile. It is private to the person, because it holds
// only their places; their browser asks each time whether the one it kept still holds.
func (a *API) tile(ctx context.Context, in *tileInput) (*huma.StreamResponse, error) {
	y, err := tileRow(in.Y)
	if err != nil {
		return nil, err
	}
	drawn, err := op.Do(ctx, a.Door, places.ViewPlace, a.call(ctx, nil), func(ctx context.Context, tx *op.Tx) (places.Drawn, error) {
		return a.tiles.Draw(ctx, tx, in.Z, in.X, y)
	})
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(w huma.Context) {
		w.SetHeader("ETag", drawn.ETag)
		w.SetHeader("Cache-Control", "private, no-cache")
		w.SetHeader("Vary", "Cookie, Authorization")
		if in.Known == drawn.ETag || in.Known == "W/"+drawn.ETag {
			w.SetStatus(http.StatusNotModified)
			return
		}
		w.SetHeader("Content-Type", "application/vnd.mapbox-vector-tile")
		w.SetHeader("Content-Encoding", "gzip")
		_, _ = w.BodyWriter().Write(drawn.Data)
	}}, nil
}

// tileMemory bounds the tiles that one process keeps: 64 MiB, some ten thousand of them.
const tileMemory = 64 << 20
