package places

import (
	"context"

	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// entranceRow is a door or gate.
type entranceRow struct {
	ID      string    `json:"id"`
	Element string    `json:"element"`
	PlaceID ref.Place `json:"place_id"`
	Path    string    `json:"path"`
	Kind    string    `json:"kind"`  // OpenStreetMap's entrance: main, yes, staircase, service, emergency …
	Label   string    `json:"label"` // what is written at it
	Lon     float64   `json:"lon"`
	Lat     float64   `json:"lat"`
	Quadkey string    `json:"quadkey"`
	Digest  string    `json:"digest"`
	Version int64     `json:"version"`
}

var entranceColumns = []string{"id", "element", "place_id", "place_path", "kind", "label", "lon", "lat", "quadkey", "digest", "version", "created_at", "updated_at"}

func (e *entranceRow) values(now store.Instant) []any {
	return []any{e.ID, e.Element, string(e.PlaceID), e.Path, e.Kind, e.Label, e.Lon, e.Lat, e.Quadkey, e.Digest, max(e.Version, 1), int64(now), int64(now)}
}

const entranceSelect = `SELECT id, element, place_id, place_path, kind, label, lon, lat, quadkey, digest, version FROM entrances`

func scanEntrance(r store.Scanner) (*entranceRow, error) {
	e := &entranceRow{}
	err := r.Scan(&e.ID, &e.Element, &e.PlaceID, &e.Path, &e.Kind, &e.Label, &e.Lon, &e.Lat, &e.Quadkey, &e.Digest, &e.Version)
	return e, err
}

// Door is an entrance of a place, for people.
type Door struct {
	Kind  string  `json:"kind"`
	Label string  `json:"label"`
	Lon   float64 `json:"lon"`
	Lat   float64 `json:"lat"`
}

// Doors lists the entrances of a place and of what lies below it.
func Doors(ctx context.Context, tx *op.Tx, id ref.Place) ([]Door, error) {
	p, err := Load(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query(ctx, `SELECT kind, label, lon, lat FROM entrances WHERE place_path >= $1 AND place_path < $2 ORDER BY place_path, label, id LIMIT 1000`,
		p.Path, p.Path[:len(p.Path)-1]+"/")
	return store.Collect(rows, err, func(r store.Scanner) (d Door, err error) { return d, r.Scan(&d.Kind, &d.Label, &d.Lon, &d.Lat) })
}
