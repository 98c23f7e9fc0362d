package places

import (
	"context"
	"fmt"
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geo"
	"github.com/tidwall/rtree"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// streetBlock is the kind of an estate that was made from the roads around it.
const streetBlock = "street_block"

// site is a place on the map, as far as finding parents asks for it.
type site struct {
	id      ref.Place
	level   Level
	kind    string
	path    string // of the place, or of the nearest stored ancestor while it is planned
	outline orb.Geometry
	centre  orb.Point
	bound   orb.Bound
}

// atlas finds places by position. The outlines of a city's buildings take about 300
// bytes each.
type atlas struct {
	areas     rtree.RTreeG[*site] // everything above buildings
	buildings rtree.RTreeG[*site]
}

func (a *atlas) add(s *site) {
	if s.level.Below(Building) {
		return
	}
	tree := &a.areas
	if s.level == Building {
		tree = &a.buildings
	}
	tree.Insert(s.bound.Min, s.bound.Max, s)
}

// loadAtlas reads all places in reach below path that have a position.
func loadAtlas(ctx context.Context, tx *op.Tx, path string) (*atlas, error) {
	args := []any{path, access.End(path)}
	where := `p.path >= $1 AND p.path < $2 AND p.lon IS NOT NULL AND p.retired_on IS NULL AND p.level NOT IN ('unit', 'household') AND ` +
		tx.Scope().SQL("p.path", &args)
	rows, err := tx.Query(ctx, `SELECT p.id, p.level, p.kind, p.path, p.geometry, p.lon, p.lat FROM places p WHERE `+where, args...)
	out := &atlas{}
	_, err = store.Collect(rows, err, func(r store.Scanner) (struct{}, error) {
		s := &site{}
		var text string
		if err := r.Scan(&s.id, &s.level, &s.kind, &s.path, &text, &s.centre[0], &s.centre[1]); err != nil {
			return struct{}{}, err
		}
		s.bound = s.centre.Bound()
		if text != "" {
			var err error
			if s.outline, err = readOutline(text); err != nil {
				return struct{}{}, fmt.Errorf("read the outline of place %s: %w", s.id, err)
			}
			s.bound = s.outline.Bound()
		}
		out.add(s)
		return struct{}{}, nil
	})
	return out, err
}

func siteOf(p Place, s shape) *site {
	return &site{id: p.ID, level: p.Level, kind: p.Kind, path: p.Path, outline: s.outline, centre: s.centre, bound: s.bound}
}

// deepest returns the area of the deepest level above the given one that contains the
// point, the smaller of two; street blocks don't count.
func (a *atlas) deepest(above Level, p orb.Point) *site {
	var best *site
	a.areas.Search(p, p, func(_, _ [2]float64, s *site) bool {
		if s.outline == nil || s.kind == streetBlock || !above.Below(s.level) || !inside(s.outline, p) {
			return true
		}
		if best == nil || s.level.Below(best.level) || s.level == best.level && span(s.bound) < span(best.bound) {
			best = s
		}
		return true
	})
	return best
}

func span(b orb.Bound) float64 { return (b.Max[0] - b.Min[0]) * (b.Max[1] - b.Min[1]) }

// around is the box of the given metres about a point.
func around(p orb.Point, metres float64) orb.Bound {
	dy := metres / 111_320 // of a degree of latitude, on the mean sphere
	dx := dy / max(math.Cos(p[1]*math.Pi/180), 0.01)
	return orb.Bound{Min: orb.Point{p[0] - dx, p[1] - dy}, Max: orb.Point{p[0] + dx, p[1] + dy}}
}

// How far away a place may be to which something outside all estates is counted, in
// metres: an estate's building stands near its outline; a village is known by a point
// at its centre.
const (
	nearEstate  = 60
	nearVillage = 1500
)

// nearest returns the estate or community close by, or nil.
func (a *atlas) nearest(above Level, p orb.Point) *site {
	var best *site
	least := math.MaxFloat64
	b := around(p, nearVillage)
	a.areas.Search(b.Min, b.Max, func(_, _ [2]float64, s *site) bool {
		if s.kind == streetBlock || !above.Below(s.level) || s.level != Community && s.level != Compound {
			return true
		}
		limit := float64(nearEstate)
		if s.outline == nil {
			limit = nearVillage
			if s.level == Compound {
				limit = nearEstate
			}
		}
		if d := distance(s, p); d <= limit && d < least {
			best, least = s, d
		}
		return true
	})
	return best
}

// distance is from a point to the nearest corner of an outline, or to the place's point,
// in metres.
func distance(s *site, p orb.Point) float64 {
	if s.outline == nil {
		return geo.Distance(s.centre, p)
	}
	least := math.MaxFloat64
	for _, polygon := range polygonsOf(s.outline) {
		for _, c := range polygon[0] {
			least = min(least, geo.Distance(c, p))
		}
	}
	return least
}

// building returns the building around the point, else the one whose outline is nearest
// within the given metres, else nil.
func (a *atlas) building(p orb.Point, metres float64) *site {
	var best *site
	least := metres
	b := around(p, metres)
	a.buildings.Search(b.Min, b.Max, func(_, _ [2]float64, s *site) bool {
		if s.outline != nil && inside(s.outline, p) {
			best = s
			return false
		}
		if d := distance(s, p); d <= least {
			best, least = s, d
		}
		return true
	})
	return best
}

// overlapping returns a building that lies largely on top of the outline, or nil.
func (a *atlas) overlapping(outline orb.Geometry) *site {
	var found *site
	b := outline.Bound()
	a.buildings.Search(b.Min, b.Max, func(_, _ [2]float64, s *site) bool {
		if s.outline == nil {
			return true
		}
		both := orb.Bound{
			Min: orb.Point{max(b.Min[0], s.bound.Min[0]), max(b.Min[1], s.bound.Min[1])},
			Max: orb.Point{min(b.Max[0], s.bound.Max[0]), min(b.Max[1], s.bound.Max[1])},
		}
		// Neighbours whose walls touch share a strip of their boxes.
		if span(both) > 0.3*min(span(b), span(s.bound)) && (covers(s.outline, outline) || covers(outline, s.outline)) {
			found = s
			return false
		}
		return true
	})
	return found
}
