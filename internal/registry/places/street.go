package places

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geo"
	"github.com/paulmach/orb/maptile"

	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// Road is a piece of a road or path, as the map draws it. Pieces that share a node meet
// there: the road network is made from them.
type Road struct {
	ID      string    `json:"id"`
	Element string    `json:"element"` // in the map: "way/123"
	PlaceID ref.Place `json:"place_id"`
	Path    string    `json:"path"`
	Class   string    `json:"class"` // OpenStreetMap's highway: primary, residential, footway …
	Name    string    `json:"name"`
	NameEn  string    `json:"name_en"`
	Others  string    `json:"other_names"` // separated by ;
	Oneway  string    `json:"oneway"`      // no, forward, backward
	Access  string    `json:"access"`      // OpenStreetMap's access: "", private, no, destination …
	Speed   int64     `json:"max_speed"`   // km/h; 0 when not known
	Bridge  bool      `json:"bridge"`
	Tunnel  bool      `json:"tunnel"`
	Metres  int64     `json:"metres"`
	Nodes   string    `json:"nodes"` // identifiers of the points in order, separated by commas; "" when the file has none
	// Geometry is a GeoJSON LineString or MultiLineString.
	Geometry string `json:"geometry"`
	Digest   string `json:"digest"`
	Version  int64  `json:"version"`

	line orb.Geometry
}

var roadColumns = []string{"id", "element", "place_id", "place_path", "class", "name", "name_en", "other_names", "key", "oneway", "access", "max_speed",
	"bridge", "tunnel", "metres", "nodes", "geometry", "west", "south", "east", "north", "quadkey", "digest", "version", "created_at", "updated_at"}

// road decides about a road.
func (s *mapSession) road(f feature) importer.Resolution {
	r := f.row
	line, err := readOutline(r.Text(fGeometry))
	var length float64
	switch x := line.(type) {
	case orb.LineString:
		length = geo.Length(x)
	case orb.MultiLineString:
		length = geo.Length(x)
	default:
		err = fmt.Errorf("no line")
	}
	if err != nil || length == 0 {
		return refuse(refused(fGeometry, "places.bad_line", nil, "道路的图形不是一条有长度的线。", "The shape of the road is not a line of any length."))
	}
	at := s.atlas.deepest(Compound, line.Bound().Center())
	if at == nil {
		at = &site{id: s.base.place.ID, path: s.base.place.Path}
	}
	road := &Road{ID: ids.New(), Element: f.element, PlaceID: at.id, Path: at.path, Class: classOf(r), Name: r.Text(fName), NameEn: r.Text(fNameEn),
		Others: r.Text(fOther), Oneway: onewayOf(r), Access: r.Text(fAccess), Bridge: stated(r, fBridge), Tunnel: stated(r, fTunnel),
		Metres: int64(length + 0.5), Nodes: r.Text(fNodes), Geometry: r.Text(fGeometry), Digest: f.digest, Version: 1, line: line}
	if road.Name == "" {
		road.Name = r.Text(fNameZh)
	}
	road.Speed, _ = r.Int(fSpeed)
	return s.line(f, &mapWrite{road: road})
}

func classOf(r importer.Row) string {
	if r.Has(fClass) {
		return r.Text(fClass)
	}
	return r.Text(fKind)
}

func onewayOf(r importer.Row) string {
	switch r.Text(fOneway) {
	case "forward", "yes", "1", "true", "TRUE":
		return "forward"
	case "backward", "-1", "reverse":
		return "backward"
	}
	return "no"
}

func stated(r importer.Row, field string) bool {
	t := r.Text(field)
	return t != "" && t != "no" && !strings.EqualFold(t, "false")
}

func (r *Road) values(now store.Instant) []any {
	b := r.line.Bound()
	return []any{r.ID, r.Element, string(r.PlaceID), r.Path, r.Class, r.Name, r.NameEn, r.Others, roadKey(r.Name), r.Oneway, r.Access, r.Speed,
		r.Bridge, r.Tunnel, r.Metres, r.Nodes, r.Geometry, b.Min[0], b.Min[1], b.Max[0], b.Max[1], boundKey(b), r.Digest, r.Version, int64(now), int64(now)}
}

// boundKey is the quadkey of the smallest tile that holds a whole line, so that the roads
// of a tile are those whose key begins with the tile's, and those of the tiles above it.
func boundKey(b orb.Bound) string {
	a, c := maptile.At(b.Min, quadkeyZoom), maptile.At(b.Max, quadkeyZoom)
	for a != c {
		a, c = a.Parent(), c.Parent()
	}
	return quadkeyOf(a)
}

// scanRoad reads what undo and the map need.
func scanRoad(r store.Scanner) (*Road, error) {
	x := &Road{}
	err := r.Scan(&x.ID, &x.Element, &x.PlaceID, &x.Path, &x.Class, &x.Name, &x.NameEn, &x.Others, &x.Oneway, &x.Access, &x.Speed, &x.Bridge, &x.Tunnel,
		&x.Metres, &x.Nodes, &x.Geometry, &x.Digest, &x.Version)
	return x, err
}

const roadSelect = `SELECT id, element, place_id, place_path, class, name, name_en, other_names, oneway, access, max_speed, bridge, tunnel, metres, nodes,
	geometry, digest, version FROM roads`

// RoadsIn lists the roads in the caller's scope below path, with their shapes and nodes,
// for whoever builds a network of them.
func RoadsIn(ctx context.Context, tx *op.Tx, path string) ([]*Road, error) {
	args := []any{}
	where := tx.Scope().SQL("place_path", &args)
	if path != "" {
		args = append(args, path, path[:len(path)-1]+"/")
		where += fmt.Sprintf(` AND place_path >= $%d AND place_path < $%d`, len(args)-1, len(args))
	}
	rows, err := tx.Query(ctx, roadSelect+` WHERE `+where+` ORDER BY id`, args...)
	return store.Collect(rows, err, scanRoad)
}

// memoryOf is a row as undo puts it back.
func memoryOf(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}
