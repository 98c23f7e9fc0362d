package places

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/maptile"
	"github.com/paulmach/orb/planar"
	"github.com/paulmach/orb/project"
	"github.com/paulmach/orb/simplify"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
)

// tileLayer says from which zoom on a level is drawn.
type tileLayer struct {
	level Level
	from  maptile.Zoom
	// keyed: the places are many and small, so they are found by the quadkeys of the
	// tiles around; the others are few and are found by their bounding boxes.
	keyed bool
}

var tileLayers = []tileLayer{
	{level: District, from: 0}, {level: Street, from: 9}, {level: Community, from: 11},
	{level: Compound, from: 13, keyed: true}, {level: Building, from: 15, keyed: true}, {level: Unit, from: 17, keyed: true},
}

const (
	maxTileZoom = 22
	// tileLimit bounds the features of one layer of one tile; the largest are kept. The
	// densest city blocks have about 1,500 buildings in a tile of zoom 15.
	tileLimit = 5000
	// tileBuffer is drawn around a tile so that outlines have no seams, in units of
	// mvt.DefaultExtent (4096).
	tileBuffer = 64
	// tileTolerance is how far a simplified outline may lie from the true one, in the
	// same units: about a quarter of a screen pixel at 1024 pixels for a tile.
	tileTolerance = 1
	labelLayer    = "place_label"
)

// tilePlace is what a tile needs to know of a place.
type tilePlace struct {
	id, name, nameEn, path, geometry string
	lon, lat                         float64
}

// Tile draws the tile z/x/y as a gzipped Mapbox vector tile: one layer for each level
// that is drawn at this zoom, and the layer place_label with a point for each of these
// places. A place without an outline is a point. Only places in the scope are drawn. The
// same places give the same bytes, so that a digest of them can serve as an ETag.
func Tile(ctx context.Context, tx *op.Tx, z, x, y uint32) ([]byte, error) {
	if z > maxTileZoom || x >= 1<<z || y >= 1<<z {
		return nil, fault.NotFoundf("places.no_tile", "there is no tile %d/%d/%d", z, x, y)
	}
	tile := maptile.New(x, y, maptile.Zoom(z))
	labels := &mvt.Layer{Name: labelLayer, Version: 2, Extent: mvt.DefaultExtent}
	var layers mvt.Layers
	for _, l := range tileLayers {
		if tile.Z < l.from {
			continue
		}
		found, err := l.find(ctx, tx, tile)
		if err != nil {
			return nil, fmt.Errorf("draw a tile: %w", err)
		}
		layer, err := l.draw(tile, found)
		if err != nil {
			return nil, fmt.Errorf("draw a tile: %w", err)
		}
		layers = append(layers, layer)
		labels.Features = append(labels.Features, l.labels(tile, found)...)
	}
	for _, l := range Layers() {
		if tile.Z < l.From() {
			continue
		}
		features, err := l.Features(ctx, tx, tile)
		if err != nil {
			return nil, fmt.Errorf("draw the %s of a tile: %w", l.Name(), err)
		}
		layers = append(layers, fitted(tile, &mvt.Layer{Name: l.Name(), Version: 2, Extent: mvt.DefaultExtent, Features: features}))
	}
	return mvt.MarshalGzipped(append(layers, labels))
}

// drawnArea is the part of the world, in degrees WGS 84, that a tile draws: its own and
// a little around it, so that lines have no seams.
func drawnArea(tile maptile.Tile) orb.Bound {
	return tile.Bound(float64(tileBuffer) / mvt.DefaultExtent)
}

func (l tileLayer) find(ctx context.Context, tx *op.Tx, tile maptile.Tile) ([]tilePlace, error) {
	b := drawnArea(tile)
	args := []any{string(l.level), b.Min[0], b.Min[1], b.Max[0], b.Max[1]}
	where := `west <= $4 AND east >= $2 AND south <= $5 AND north >= $3 AND retired_on IS NULL AND ` + tx.Scope().SQL("path", &args)
	if l.keyed {
		where += ` AND ` + l.near(tile, &args)
	} else {
		where += ` AND level = $1`
	}
	args = append(args, tileLimit)
	q := `SELECT id, name, name_en, path, geometry, lon, lat FROM places WHERE ` + where +
		fmt.Sprintf(` ORDER BY (east - west) * (north - south) DESC, id LIMIT $%d`, len(args))
	rows, err := tx.Query(ctx, q, args...)
	return store.Collect(rows, err, func(r store.Scanner) (p tilePlace, err error) {
		return p, r.Scan(&p.id, &p.name, &p.nameEn, &p.path, &p.geometry, &p.lon, &p.lat)
	})
}

// near is the condition that a place's centre lies in the block of nine tiles around the
// one asked for, at the zoom from which the level is drawn: nothing drawn is larger than
// such a tile, so whatever reaches into the tile has its centre in the block.
func (l tileLayer) near(tile maptile.Tile, args *[]any) string {
	at := tile
	if up := tile.Z - l.from; up > 0 {
		at = maptile.New(tile.X>>up, tile.Y>>up, l.from)
	}
	size := uint32(1) << at.Z
	var keys []string
	for dy := range uint32(3) {
		for dx := range uint32(3) {
			x, y := at.X+dx-1, at.Y+dy-1 // wraps below zero to a number that is too large
			if x < size && y < size {
				keys = append(keys, quadkeyOf(maptile.New(x, y, at.Z)))
			}
		}
	}
	slices.Sort(keys)
	var parts []string
	for _, k := range keys {
		*args = append(*args, k, k+"4") // '4' sorts after every digit of a quadkey
		// The level stands in each branch and nowhere else: SQLite looks the branches up
		// one by one, and would read the whole level if it were a condition of its own. That
		// the quadkey is not empty says that the index has the row.
		parts = append(parts, fmt.Sprintf("level = $1 AND quadkey <> '' AND quadkey >= $%d AND quadkey < $%d", len(*args)-1, len(*args)))
	}
	return "(" + strings.Join(parts, " OR ") + ")"
}

func (l tileLayer) draw(tile maptile.Tile, found []tilePlace) (*mvt.Layer, error) {
	layer := &mvt.Layer{Name: string(l.level), Version: 2, Extent: mvt.DefaultExtent}
	for _, p := range found {
		f, err := p.feature(l.level)
		if err != nil {
			return nil, err
		}
		layer.Features = append(layer.Features, f)
	}
	return fitted(tile, layer), nil
}

// fitted brings features from degrees into a tile: cut at its edge, no finer than can be
// seen at this zoom.
func fitted(tile maptile.Tile, layer *mvt.Layer) *mvt.Layer {
	layer.ProjectToTile(tile)
	layer.Clip(orb.Bound{Min: orb.Point{-tileBuffer, -tileBuffer}, Max: orb.Point{mvt.DefaultExtent + tileBuffer, mvt.DefaultExtent + tileBuffer}})
	layer.Simplify(simplify.DouglasPeucker(tileTolerance))
	// What is smaller than one unit can't be seen, and would be an invalid polygon.
	layer.RemoveEmpty(1, 1)
	for _, f := range layer.Features {
		f.Geometry = wound(f.Geometry)
	}
	return layer
}

func (p tilePlace) feature(l Level) (*geojson.Feature, error) {
	var g orb.Geometry = orb.Point{p.lon, p.lat}
	if p.geometry != "" {
		var err error
		if g, err = readOutline(p.geometry); err != nil {
			return nil, fmt.Errorf("read the outline of place %s: %w", p.id, err)
		}
	}
	f := geojson.NewFeature(g)
	f.Properties = geojson.Properties{"id": p.id, "name": p.name, "name_en": p.nameEn, "level": string(l), "path": p.path}
	return f, nil
}

// labels are the points of the places whose centre lies in the tile itself, so that each
// label is drawn once.
func (l tileLayer) labels(tile maptile.Tile, found []tilePlace) []*geojson.Feature {
	var out []*geojson.Feature
	for _, p := range found {
		centre := orb.Point{p.lon, p.lat}
		if maptile.At(centre, tile.Z) != tile || p.name == "" && p.nameEn == "" {
			continue
		}
		p.geometry = ""
		f, _ := p.feature(l.level) // a point is always read
		f.Geometry = project.Geometry(f.Geometry, toTile(tile))
		out = append(out, f)
	}
	return out
}

func toTile(tile maptile.Tile) orb.Projection {
	return func(p orb.Point) orb.Point {
		at := maptile.Fraction(p, tile.Z)
		return orb.Point{(at[0] - float64(tile.X)) * mvt.DefaultExtent, (at[1] - float64(tile.Y)) * mvt.DefaultExtent}
	}
}

// wound turns the rings the way vector tiles of version 2 want them (4.3.3.3): in the
// tile's coordinates, where y grows downwards, an outer ring has positive area by the
// surveyor's formula and a hole negative.
func wound(g orb.Geometry) orb.Geometry {
	for _, p := range polygonsOf(g) {
		for i, r := range p {
			if outer := i == 0; (planar.Area(r) > 0) != outer {
				r.Reverse()
			}
		}
	}
	return g
}
