package places

import (
	"context"
	"strings"

	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// addressRow is an address that the map states for a place.
type addressRow struct {
	ID       string    `json:"id"`
	Element  string    `json:"element"`
	PlaceID  ref.Place `json:"place_id"`
	Path     string    `json:"path"`
	Key      string    `json:"key"`
	LaneKey  string    `json:"lane_key"`
	RoadKey  string    `json:"road_key"`
	Text     string    `json:"text"`
	Postcode string    `json:"postcode"`
	Lon      *float64  `json:"lon"`
	Lat      *float64  `json:"lat"`
	Digest   string    `json:"digest"`
	Version  int64     `json:"version"`
}

var addressColumns = []string{"id", "element", "place_id", "place_path", "key", "lane_key", "road_key", "text", "postcode", "lon", "lat", "digest", "version",
	"created_at", "updated_at"}

func (a *addressRow) values(now store.Instant) []any {
	return []any{a.ID, a.Element, string(a.PlaceID), a.Path, a.Key, a.LaneKey, a.RoadKey, a.Text, a.Postcode, a.Lon, a.Lat, a.Digest, max(a.Version, 1),
		int64(now), int64(now)}
}

const addressSelect = `SELECT id, element, place_id, place_path, key, lane_key, road_key, text, postcode, lon, lat, digest, version FROM addresses`

func scanAddress(r store.Scanner) (*addressRow, error) {
	a := &addressRow{}
	err := r.Scan(&a.ID, &a.Element, &a.PlaceID, &a.Path, &a.Key, &a.LaneKey, &a.RoadKey, &a.Text, &a.Postcode, &a.Lon, &a.Lat, &a.Digest, &a.Version)
	return a, err
}

// addressText puts road and number together as people write them.
func addressText(road, number string) string {
	if isLatin(road) {
		return number + " " + road
	}
	if strings.Trim(number, "0123456789-") == "" {
		number += "号"
	}
	return road + number
}

// statedAddress is the address that a row states for the place it makes; nil when it
// states none.
func (s *mapSession) statedAddress(f feature, id ref.Place, path string, at shape) *addressRow {
	road, number := f.row.Text(fRoad), f.row.Text(fNumber)
	if road == "" || number == "" {
		return nil
	}
	return newAddressRow(f.element, id, path, addressText(road, number), f.row.Text(fPostcode), f.digest, at)
}

func newAddressRow(element string, id ref.Place, path, text, postcode, digest string, at shape) *addressRow {
	key, lane, road := ParseAddress(text).keys()
	if key == "" {
		return nil
	}
	a := &addressRow{ID: ids.New(), Element: element, PlaceID: id, Path: path, Key: key, LaneKey: lane, RoadKey: road, Text: text, Postcode: postcode,
		Digest: digest, Version: 1}
	if at.known {
		lon, lat := at.centre[0], at.centre[1]
		a.Lon, a.Lat = &lon, &lat
	}
	return a
}

// besideBuilding is how far an address may stand from its building, in metres.
const besideBuilding = 15

// addressPoint decides about an address that stands alone on the map.
func (s *mapSession) addressPoint(f feature) importer.Resolution {
	at, err := parseGeometry(f.row.Text(fGeometry))
	if err != nil {
		r, _ := refusedFault(err)
		return refuse(r)
	}
	road := f.row.Text(fRoad)
	if road == "" {
		road = f.row.Text(fLocality)
	}
	if road == "" {
		return refuse(refused(fRoad, "places.no_road", nil, "门牌没有说明在哪条路上。", "The address does not say on which road it is."))
	}
	where := s.atlas.building(at.centre, besideBuilding)
	if where == nil {
		where, _ = s.parent(Building, at, "")
	}
	a := newAddressRow(f.element, where.id, where.path, addressText(road, f.row.Text(fNumber)), f.row.Text(fPostcode), f.digest, at)
	if a == nil {
		return refuse(refused(fNumber, "places.odd_address", nil, "看不懂这个门牌。", "The address can't be understood."))
	}
	return s.line(f, &mapWrite{address: a})
}

// statedIn is the address that a row of a file of places states; nil for none.
func statedIn(r importer.Row, id ref.Place, at shape) *addressRow {
	road, number := r.Text(fRoad), r.Text(fNumber)
	if road == "" || number == "" {
		return nil
	}
	return newAddressRow("", id, "", addressText(road, number), "", "", at)
}

// writeStated stores the addresses of new places. They go with the place when the import
// is undone.
func writeStated(ctx context.Context, tx *op.Tx, resolutions []importer.Resolution, paths map[ref.Place]string) error {
	var rows [][]any
	for _, r := range resolutions {
		if a := r.Prepared.(*prepared).address; a != nil {
			a.Path = paths[a.PlaceID]
			rows = append(rows, a.values(tx.Now()))
		}
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := tx.Insert(ctx, "addresses", addressColumns, rows)
	return err
}
