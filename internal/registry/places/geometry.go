package places

import (
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"
	"github.com/paulmach/orb/planar"

	"github.com/allclear/allclear/internal/platform/fault"
)

// maxGeometry is the longest outline as text, in bytes. A province at full survey
// detail is about 1 MB; what is longer is generalised before it is drawn anyway.
const maxGeometry = 2 << 20

// quadkeyZoom is the zoom whose tiles, about 150 m wide at the equator, order places in
// the index for the map.
const quadkeyZoom = 18

// shape is what follows from where a place is: the stored columns about geometry.
type shape struct {
	text    string // canonical GeoJSON, "" for a point or nothing
	outline orb.Geometry
	known   bool // a point or outline is known
	centre  orb.Point
	bound   orb.Bound
	quadkey string
}

// pointShape is the shape of a place of which only a point is known.
func pointShape(lon, lat *float64) (shape, error) {
	if lon == nil && lat == nil {
		return shape{}, nil
	}
	if lon == nil || lat == nil {
		return shape{}, fault.Invalidf("places.half_point", "longitude and latitude go together").With("lon", "incomplete").With("lat", "incomplete")
	}
	p := orb.Point{*lon, *lat}
	if err := checkPoint(p); err != nil {
		return shape{}, err
	}
	return located("", nil, p, p.Bound()), nil
}

// parseGeometry reads GeoJSON, and reports what is wrong with it as a fault on the
// field "geometry".
func parseGeometry(text string) (shape, error) {
	if len(text) > maxGeometry {
		return shape{}, badGeometry("too_large", "the outline is longer than %d bytes; generalise it first", maxGeometry)
	}
	read, err := readOutline(text)
	if err != nil || read == nil {
		return shape{}, badGeometry("bad_geometry", "the outline can't be read as a GeoJSON geometry")
	}
	switch x := read.(type) {
	case orb.Point:
		if err := checkPoint(x); err != nil {
			return shape{}, err
		}
		return located("", nil, x, x.Bound()), nil
	case orb.Polygon:
		return areaShape(x, orb.MultiPolygon{x})
	case orb.MultiPolygon:
		return areaShape(x, x)
	}
	return shape{}, badGeometry("bad_geometry", "an outline is a Polygon, a MultiPolygon or a Point, not a %s", read.GeoJSONType())
}

func areaShape(g orb.Geometry, polygons orb.MultiPolygon) (shape, error) {
	if len(polygons) == 0 {
		return shape{}, badGeometry("bad_geometry", "the outline is empty")
	}
	for _, p := range polygons {
		if err := checkPolygon(p); err != nil {
			return shape{}, err
		}
	}
	centre, area := planar.CentroidArea(polygons)
	if !(area > 0) {
		return shape{}, badGeometry("bad_geometry", "the outline encloses no area")
	}
	return located(outlineText(g), g, centre, g.Bound()), nil
}

func located(text string, outline orb.Geometry, centre orb.Point, bound orb.Bound) shape {
	centre = orb.Point{round7(centre[0]), round7(centre[1])}
	return shape{text: text, outline: outline, known: true, centre: centre, bound: bound, quadkey: quadkeyAt(centre, quadkeyZoom)}
}

// round7 keeps seven decimals of a degree: one centimetre.
func round7(x float64) float64 { return math.Round(x*1e7) / 1e7 }

func checkPolygon(p orb.Polygon) error {
	if len(p) == 0 {
		return badGeometry("bad_geometry", "a polygon has no ring")
	}
	for _, r := range p {
		if len(r) < 4 || !r.Closed() { // RFC 7946, 3.1.6
			return badGeometry("bad_geometry", "a ring needs at least four points and must end where it begins")
		}
		for _, c := range r {
			if err := checkPoint(c); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkPoint(p orb.Point) error {
	if !(math.Abs(p[0]) <= 180) || !(math.Abs(p[1]) <= 90) { // also refuses NaN
		return badGeometry("out_of_range", "a point lies outside longitude ±180, latitude ±90; coordinates are longitude first")
	}
	return nil
}

func badGeometry(code, format string, a ...any) error {
	return fault.Invalidf("places."+code, format, a...).With("geometry", code)
}

// quadkeyAt is the quadkey of the tile around p: one digit 0 to 3 for each zoom, so that
// a tile's quadkey is the prefix of those of all tiles in it.
func quadkeyAt(p orb.Point, zoom maptile.Zoom) string { return quadkeyOf(maptile.At(p, zoom)) }

func quadkeyOf(t maptile.Tile) string {
	key, digits := t.Quadkey(), make([]byte, t.Z)
	for i := range digits {
		digits[i] = '0' + byte(key>>(2*(len(digits)-1-i))&3)
	}
	return string(digits)
}

// inside reports whether p lies in the outline.
func inside(outline orb.Geometry, p orb.Point) bool {
	switch g := outline.(type) {
	case orb.Polygon:
		return planar.PolygonContains(g, p)
	case orb.MultiPolygon:
		return planar.MultiPolygonContains(g, p)
	}
	return false
}

// merged adds the polygons of piece that outline lacks, and reports whether there were
// any. Map services cut a footprint at the edges of their tiles and deliver each part
// under the same identifier.
func merged(outline, piece orb.Geometry) (orb.Geometry, bool) {
	all := polygonsOf(outline)
	have := len(all)
	for _, p := range polygonsOf(piece) {
		if !containsPolygon(all, p) {
			all = append(all, p)
		}
	}
	return all, len(all) > have
}

// covers reports whether outline and piece lie largely on top of each other, so that
// they can't be two parts of one building. It asks a grid of points.
func covers(outline, piece orb.Geometry) bool {
	const steps = 20
	const share = 0.3 // parts cut by a map service overlap by its margin only
	b := piece.Bound()
	inPiece, inBoth := 0, 0
	for i := range steps {
		for j := range steps {
			p := orb.Point{
				b.Min[0] + (b.Max[0]-b.Min[0])*(float64(i)+0.5)/steps,
				b.Min[1] + (b.Max[1]-b.Min[1])*(float64(j)+0.5)/steps,
			}
			if inside(piece, p) {
				inPiece++
				if inside(outline, p) {
					inBoth++
				}
			}
		}
	}
	return float64(inBoth) > share*float64(inPiece)
}

func containsPolygon(all orb.MultiPolygon, p orb.Polygon) bool {
	for _, x := range all {
		if x.Equal(p) {
			return true
		}
	}
	return false
}

func polygonsOf(g orb.Geometry) orb.MultiPolygon {
	switch x := g.(type) {
	case orb.Polygon:
		return orb.MultiPolygon{x}
	case orb.MultiPolygon:
		return append(orb.MultiPolygon(nil), x...)
	}
	return nil
}
