package places

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

func notFound() error {
	return fault.NotFoundf("places.not_found", "there is no such place, or it is outside your area")
}

// Load returns the place with this id. What is outside the scope is not found.
func Load(ctx context.Context, tx *op.Tx, id ref.Place) (Place, error) {
	return one(ctx, tx, `p.id = $1`, string(id))
}

// ByCode returns the place with this code. What is outside the scope is not found.
func ByCode(ctx context.Context, tx *op.Tx, code string) (Place, error) {
	if code == "" {
		return Place{}, notFound()
	}
	return one(ctx, tx, `p.code = $1 AND p.code <> ''`, code)
}

// ByPath returns the place with this path. What is outside the scope is not found.
func ByPath(ctx context.Context, tx *op.Tx, path string) (Place, error) {
	return one(ctx, tx, `p.path = $1`, path)
}

func one(ctx context.Context, tx *op.Tx, where, value string) (Place, error) {
	p, err := scanCounted(tx.QueryRow(ctx, `SELECT `+columnsCounted+` FROM places p WHERE `+where, value))
	if fault.KindOf(err) == fault.NotFound || err == nil && !tx.Scope().Contains(p.Path) {
		return Place{}, notFound()
	}
	if err != nil {
		return Place{}, fmt.Errorf("load a place: %w", err)
	}
	return p, nil
}

// ByIDs returns those of the places that exist and are in the scope.
func ByIDs(ctx context.Context, tx *op.Tx, ids []ref.Place) (map[ref.Place]Place, error) {
	return many(ctx, tx, `p.id`, texts(ids), func(p Place) ref.Place { return p.ID })
}

// ByCodes returns those of the places that exist and are in the scope, by code.
func ByCodes(ctx context.Context, tx *op.Tx, codes []string) (map[string]Place, error) {
	codes = slices.DeleteFunc(slices.Clone(codes), func(c string) bool { return c == "" })
	return many(ctx, tx, `p.code <> '' AND p.code`, codes, func(p Place) string { return p.Code })
}

func many[K comparable](ctx context.Context, tx *op.Tx, column string, values []string, key func(Place) K) (map[K]Place, error) {
	slices.Sort(values)
	found, err := inBatches(ctx, tx, `SELECT `+columns+` FROM places p WHERE `+column+` IN (%s)`, slices.Compact(values), scan)
	if err != nil {
		return nil, fmt.Errorf("load places: %w", err)
	}
	out := make(map[K]Place, len(found))
	for _, p := range found {
		if tx.Scope().Contains(p.Path) {
			out[key(p)] = p
		}
	}
	return out, nil
}

func texts[T ~string](in []T) []string {
	out := make([]string, len(in))
	for i, x := range in {
		out[i] = string(x)
	}
	return out
}

// Under returns the places at and below path, parents before children, in the scope. No
// levels means all.
func Under(ctx context.Context, tx *op.Tx, path string, levels ...Level) ([]Place, error) {
	args := []any{path, access.End(path)}
	where := `p.path >= $1 AND p.path < $2 AND ` + tx.Scope().SQL("p.path", &args)
	if len(levels) > 0 {
		where += ` AND p.level IN (` + list(len(args), len(levels)) + `)`
		for _, l := range levels {
			args = append(args, string(l))
		}
	}
	rows, err := tx.Query(ctx, `SELECT `+columns+` FROM places p WHERE `+where+` ORDER BY p.path`, args...)
	out, err := store.Collect(rows, err, scan)
	if err != nil {
		return nil, fmt.Errorf("list places under a path: %w", err)
	}
	return out, nil
}

// Ancestors returns the places above p that are in the scope, the root first.
func Ancestors(ctx context.Context, tx *op.Tx, p Place) ([]Place, error) {
	found, err := inBatches(ctx, tx, `SELECT `+columns+` FROM places p WHERE p.path IN (%s) ORDER BY p.path`, parents(p.Path), scan)
	if err != nil {
		return nil, fmt.Errorf("load ancestors: %w", err)
	}
	return slices.DeleteFunc(found, func(a Place) bool { return !tx.Scope().Contains(a.Path) }), nil
}

// Trails returns the trail of each path. Unlike everything else, a trail names the
// places above the scope too: one's own district lies in a city that has a name.
func Trails(ctx context.Context, tx *op.Tx, paths []string) (map[string]Trail, error) {
	wanted := map[string]bool{}
	for _, p := range paths {
		for _, a := range append(parents(p), p) {
			wanted[a] = true
		}
	}
	keys := make([]string, 0, len(wanted))
	for k := range wanted {
		keys = append(keys, k)
	}
	type named struct{ path, name string }
	found, err := inBatches(ctx, tx, `SELECT path, CASE WHEN name <> '' THEN name ELSE code END FROM places WHERE path IN (%s)`, keys, func(r store.Scanner) (n named, err error) {
		return n, r.Scan(&n.path, &n.name)
	})
	if err != nil {
		return nil, fmt.Errorf("load trails: %w", err)
	}
	names := make(map[string]string, len(found))
	for _, n := range found {
		names[n.path] = n.name
	}
	out := make(map[string]Trail, len(paths))
	for _, p := range paths {
		var t Trail
		for _, a := range append(parents(p), p) {
			t = append(t, names[a])
		}
		out[p] = t
	}
	return out, nil
}

// LevelCount says how many places of a level lie below a place.
type LevelCount struct {
	Level Level `json:"level"`
	Count int64 `json:"count"`
}

// CountBelow counts the places in use below one by level, the highest first. The place is
// in the scope, and so is all below it.
func CountBelow(ctx context.Context, tx *op.Tx, p Place) ([]LevelCount, error) {
	q, args := `SELECT level, total FROM place_counts WHERE place_id = $1 AND total > 0`, []any{string(p.ID)}
	if p.Level.Below(Compound) {
		q = `SELECT level, count(*) FROM places WHERE path > $1 AND path < $2 AND retired_on IS NULL GROUP BY level`
		args = []any{p.Path, access.End(p.Path)}
	}
	rows, err := tx.Query(ctx, q, args...)
	out, err := store.Collect(rows, err, func(r store.Scanner) (c LevelCount, err error) { return c, r.Scan(&c.Level, &c.Count) })
	if err != nil {
		return nil, fmt.Errorf("count places by level: %w", err)
	}
	slices.SortFunc(out, func(a, b LevelCount) int { return a.Level.Rank() - b.Level.Rank() })
	return out, nil
}

// Geometry returns the place's outline as GeoJSON, or its point when it has no outline.
// A place of which not even a point is known has none: not found.
func Geometry(ctx context.Context, tx *op.Tx, id ref.Place) (json.RawMessage, error) {
	p, err := Load(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	s, err := loadShape(ctx, tx, p)
	switch {
	case err != nil:
		return nil, fmt.Errorf("load geometry: %w", err)
	case !s.known:
		return nil, fault.NotFoundf("places.no_geometry", "it is not known where this place is")
	case s.text == "":
		return json.Marshal(map[string]any{"type": "Point", "coordinates": s.centre})
	}
	return json.RawMessage(s.text), nil
}

// Bounds returns [west, south, east, north] of the place, or, when neither its outline
// nor its point is known, of what lies below it. The answer is false when nothing is known.
func Bounds(ctx context.Context, tx *op.Tx, p Place) ([4]float64, bool, error) {
	const q = `SELECT min(west), min(south), max(east), max(north) FROM places WHERE `
	var w, s, e, n *float64
	err := tx.QueryRow(ctx, q+`id = $1`, string(p.ID)).Scan(&w, &s, &e, &n)
	if err == nil && w == nil {
		args := []any{p.Path, access.End(p.Path)}
		where := `path >= $1 AND path < $2 AND ` + tx.Scope().SQL("path", &args)
		err = tx.QueryRow(ctx, q+where, args...).Scan(&w, &s, &e, &n)
	}
	if err != nil {
		return [4]float64{}, false, fmt.Errorf("bounds of a place: %w", err)
	}
	if w == nil {
		return [4]float64{}, false, nil
	}
	return [4]float64{*w, *s, *e, *n}, true, nil
}
