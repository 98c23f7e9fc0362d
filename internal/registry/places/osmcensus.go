package places

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geo"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// PopulationEstimated marks the population of a building that was worked out from a
// census total, in Place.Extra.
const PopulationEstimated = "population_estimated"

// Spread is what Distribute did.
type Spread struct {
	Areas     int   `json:"areas"`     // with a total and buildings to live in
	Empty     int   `json:"empty"`     // with a total, and no building on the map
	Buildings int   `json:"buildings"` // that were given an estimate
	People    int64 `json:"people"`
}

// dwelling is a building that people may live in.
type dwelling struct {
	id    ref.Place
	path  string
	floor float64 // m² on all floors
}

// smallest ground of a building that anybody lives in, m².
const smallestHome = 20

// Distribute shares the census total of each area among the residential buildings below
// it, by floor area (ground × floors, one floor where they are not known). Of an area
// with smaller ones below it that have totals of their own, the rest is shared among the
// buildings outside these. Totals are kept exactly: what rounding leaves goes to the
// largest remainders. Buildings whose
// population somebody counted are left alone.
func Distribute(ctx context.Context, tx *op.Tx, under ref.Place) (Spread, error) {
	var out Spread
	root, err := Load(ctx, tx, under)
	if err != nil {
		return out, err
	}
	totals, err := censusAreas(ctx, tx, root.Path)
	if err != nil {
		return out, fmt.Errorf("read census totals: %w", err)
	}
	sum := sha256.New()
	for _, area := range totals {
		homes, counted, err := dwellings(ctx, tx, area)
		if err != nil {
			return out, fmt.Errorf("read buildings: %w", err)
		}
		if area.own == 0 {
			continue
		}
		if len(homes) == 0 {
			out.Empty++
			continue
		}
		out.Areas++
		for i, n := range shares(max(area.own-counted, 0), homes) {
			const q = `UPDATE places SET population = $2, extra = $3, version = version + 1, updated_at = $4 WHERE id = $1`
			extra, err := withEstimate(ctx, tx, homes[i].id)
			if err != nil {
				return out, err
			}
			if err := tx.ExecOne(ctx, q, string(homes[i].id), n, extra, tx.Now()); err != nil {
				return out, err
			}
			out.Buildings++
			out.People += n
			fmt.Fprintf(sum, "%s\x00%d\n", homes[i].id, n)
		}
	}
	if out.Buildings > 0 {
		tx.At(root.Path)
		tx.ChangedBatch("place", out.Buildings, hex.EncodeToString(sum.Sum(nil)))
	}
	return out, nil
}

func withEstimate(ctx context.Context, tx *op.Tx, id ref.Place) (string, error) {
	var text string
	if err := tx.QueryRow(ctx, `SELECT extra FROM places WHERE id = $1`, string(id)).Scan(&text); err != nil {
		return "", err
	}
	extra := map[string]string{}
	if err := decodeExtra(text, &extra); err != nil {
		return "", err
	}
	extra[PopulationEstimated] = "census"
	return encodeExtra(extra)
}

// censusArea is an area with a total, less what smaller areas below it account for.
type censusArea struct {
	Place
	own   int64    // people not in the smaller ones
	below []string // paths of the largest of the smaller ones
}

// censusAreas lists the areas that have a total.
func censusAreas(ctx context.Context, tx *op.Tx, path string) ([]censusArea, error) {
	args := []any{path, access.End(path)}
	where := tx.Scope().SQL("p.path", &args)
	rows, err := tx.Query(ctx, `SELECT `+columns+` FROM places p WHERE p.path >= $1 AND p.path < $2 AND p.population > 0 AND p.retired_on IS NULL
		AND p.level NOT IN ('building', 'unit', 'household') AND `+where+` ORDER BY p.path`, args...)
	all, err := store.Collect(rows, err, scan)
	out := make([]censusArea, len(all))
	var open []int // the areas around the current one, the innermost last
	for i, p := range all {
		out[i] = censusArea{Place: p, own: p.Population}
		for len(open) > 0 && !strings.HasPrefix(p.Path, all[open[len(open)-1]].Path) {
			open = open[:len(open)-1]
		}
		if len(open) > 0 {
			around := &out[open[len(open)-1]]
			around.own = max(around.own-p.Population, 0)
			around.below = append(around.below, p.Path)
		}
		open = append(open, i)
	}
	return out, err
}

// dwellings lists the residential buildings below a path that nobody has counted, and how
// many people live in the counted ones.
func dwellings(ctx context.Context, tx *op.Tx, area censusArea) (homes []dwelling, counted int64, err error) {
	const q = `SELECT p.id, p.path, p.kind, p.population, p.floors, p.extra, p.geometry FROM places p
		WHERE p.path >= $1 AND p.path < $2 AND p.level = 'building' AND p.retired_on IS NULL ORDER BY p.path`
	rows, err := tx.Query(ctx, q, area.Path, access.End(area.Path))
	_, err = store.Collect(rows, err, func(r store.Scanner) (struct{}, error) {
		var d dwelling
		var kind, extra, text string
		var population, floors int64
		if err := r.Scan(&d.id, &d.path, &kind, &population, &floors, &extra, &text); err != nil {
			return struct{}{}, err
		}
		if slices.ContainsFunc(area.below, func(p string) bool { return strings.HasPrefix(d.path, p) }) {
			return struct{}{}, nil
		}
		if population > 0 && !strings.Contains(extra, PopulationEstimated) {
			counted += population
			return struct{}{}, nil
		}
		if text == "" || kind != "" && kind != "residential" {
			return struct{}{}, nil
		}
		g, err := readOutline(text)
		if err != nil {
			return struct{}{}, err
		}
		if ground := groundOf(g); ground >= smallestHome {
			d.floor = ground * float64(max(floors, 1))
			homes = append(homes, d)
		}
		return struct{}{}, nil
	})
	return homes, counted, err
}

// groundOf is the area of an outline in m².
func groundOf(g orb.Geometry) float64 { return geo.Area(g) }

// shares divides a total by floor area; the parts add up to it (largest remainders).
func shares(total int64, homes []dwelling) []int64 {
	sum := 0.0
	for _, h := range homes {
		sum += h.floor
	}
	out := make([]int64, len(homes))
	order := make([]int, len(homes))
	rest := make([]float64, len(homes))
	left := total
	for i, h := range homes {
		exact := float64(total) * h.floor / sum
		out[i] = int64(exact)
		rest[i], order[i] = exact-float64(out[i]), i
		left -= out[i]
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case rest[a] > rest[b]:
			return -1
		case rest[a] < rest[b]:
			return 1
		}
		return 0
	})
	for i := 0; left > 0; i, left = i+1, left-1 {
		out[order[i%len(order)]]++
	}
	return out
}
