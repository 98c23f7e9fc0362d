package places

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/paulmach/orb"
	"golang.org/x/text/unicode/norm"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
)

// Locator finds the places that texts in a file mean. It remembers what it found, for
// the many rows of a file that name the same few places, and serves one transaction
// only. It is not safe for concurrent use.
type Locator struct {
	base  string // texts are looked up at and below this path
	known map[string]answer
	areas *areas
}

type answer struct {
	place Place
	err   error
}

// NewLocator returns a locator for texts about base and what lies below it. The empty
// base is the caller's whole scope.
func NewLocator(base string) *Locator { return &Locator{base: base, known: map[string]answer{}} }

// Locate returns the place that text means: a code ("220202001"), a name that only one
// place has ("兴华街道"), or names from the top down, separated by / › > or commas
// ("昌邑区/兴华街道"). The endings of names may be left out ("昌邑"). A text that fits no
// place in the scope is not found; one that fits several is invalid.
func (l *Locator) Locate(ctx context.Context, tx *op.Tx, text string) (Place, error) {
	text = strings.TrimSpace(norm.NFKC.String(text))
	if k, ok := l.known[text]; ok {
		return k.place, k.err
	}
	p, err := l.locate(ctx, tx, text)
	if err == nil || fault.KindOf(err) == fault.NotFound || fault.KindOf(err) == fault.Invalid {
		l.known[text] = answer{p, err}
	}
	return p, err
}

func (l *Locator) locate(ctx context.Context, tx *op.Tx, text string) (Place, error) {
	p, err := ByCode(ctx, tx, text)
	if err == nil && l.covers(p.Path) {
		return p, nil
	}
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return Place{}, err
	}
	names := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("/\\›>,、|;", r) })
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	names = slices.DeleteFunc(names, func(n string) bool { return n == "" })
	if len(names) == 0 {
		return Place{}, notFound()
	}
	return l.byNames(ctx, tx, names)
}

func (l *Locator) covers(path string) bool { return strings.HasPrefix(path, l.base) }

// byNames walks down: it finds the places with the first name, below them those with the
// second, and so on, and wants exactly one at the end.
func (l *Locator) byNames(ctx context.Context, tx *op.Tx, names []string) (Place, error) {
	within := []Place{{Path: l.base}}
	var found []Place
	for _, name := range names {
		found = nil
		seen := map[string]bool{}
		for _, w := range within[:min(len(within), maxBranches)] {
			here, err := named(ctx, tx, name, w)
			if err != nil {
				return Place{}, err
			}
			for _, p := range here {
				if !seen[p.Path] {
					seen[p.Path] = true
					found = append(found, p)
				}
			}
		}
		found = exactly(found, name)
		within = found
	}
	switch len(found) {
	case 0:
		return Place{}, notFound()
	case 1:
		return found[0], nil
	}
	// A street and its only community often share a name; the higher one is meant.
	slices.SortFunc(found, func(a, b Place) int { return a.Level.Rank() - b.Level.Rank() })
	if found[0].Level != found[1].Level && allBelow(found[1:], found[0].Path) {
		return found[0], nil
	}
	return Place{}, fault.Invalidf("places.ambiguous", "%d places have this name; name the places above it too, or use the code", len(found)).
		Param("count", len(found))
}

func allBelow(places []Place, path string) bool {
	return !slices.ContainsFunc(places, func(p Place) bool { return !strings.HasPrefix(p.Path, path) })
}

// endings of place names that people leave out, longest first.
var endings = []string{"居民委员会", "村民委员会", "居委会", "村委会", "街道办事处", "街道", "社区", "小区", "自治县", "新区", "区", "县", "市", "省", "镇", "乡", "村"}

// bare drops one ending if at least two characters remain: 昌邑 for 昌邑区, but 单县 stays.
func bare(name string) string {
	for _, e := range endings {
		if s, ok := strings.CutSuffix(name, e); ok {
			if len([]rune(s)) >= 2 {
				return s
			}
			return name
		}
	}
	return name
}

// maxBranches bounds below how many places of one name the next name is looked for.
const maxBranches = 50

// named returns the places below one with this name, or whose name without its ending it
// is. Units and households are looked for below an estate or a building only: everywhere
// else their names say nothing.
func named(ctx context.Context, tx *op.Tx, name string, w Place) ([]Place, error) {
	candidates := []string{name}
	if strings.IndexFunc(name, func(r rune) bool { return unicode.Is(unicode.Han, r) }) >= 0 {
		for _, e := range endings {
			candidates = append(candidates, name+e)
		}
	}
	args := []any{w.Path, access.End(w.Path)}
	where := `p.path >= $1 AND p.path < $2 AND p.retired_on IS NULL AND ` + tx.Scope().SQL("p.path", &args)
	if w.Level == "" || !w.Level.Below(Community) {
		where += ` AND p.level NOT IN ('unit', 'household')` // as the index of names says
	}
	where += ` AND lower(p.name) IN (`
	for i, c := range candidates {
		args = append(args, strings.ToLower(c))
		where += fmt.Sprintf("%slower($%d)", strings.Repeat(", ", min(i, 1)), len(args))
	}
	// More than this many places of one name tell nothing new.
	rows, err := tx.Query(ctx, `SELECT `+columns+` FROM places p WHERE `+where+`) ORDER BY p.path LIMIT 200`, args...)
	found, err := store.Collect(rows, err, scan)
	if err != nil {
		return nil, fmt.Errorf("find places by name: %w", err)
	}
	return slices.DeleteFunc(found, func(p Place) bool { return p.ID == w.ID }), nil
}

// exactly keeps the places with the name itself, if there are any.
func exactly(found []Place, name string) []Place {
	exact := slices.DeleteFunc(slices.Clone(found), func(p Place) bool { return !strings.EqualFold(p.Name, name) })
	if len(exact) > 0 {
		return exact
	}
	return found
}

func sameName(a, b string) bool {
	a, b = strings.ToLower(norm.NFKC.String(a)), strings.ToLower(b)
	return a == b || bare(a) == b
}

// Containing returns the deepest place in reach whose outline contains the point
// (degrees WGS 84).
func (l *Locator) Containing(ctx context.Context, tx *op.Tx, lon, lat float64) (Place, error) {
	if l.areas == nil {
		a, err := loadAreas(ctx, tx, l.base)
		if err != nil {
			return Place{}, err
		}
		l.areas = a
	}
	if a, ok := l.areas.deepest(orb.Point{lon, lat}); ok {
		return a.place, nil
	}
	return Place{}, notFound()
}

// areas are the outlined places above the level of buildings.
type areas struct{ all []area }

type area struct {
	place Place
	bound orb.Bound
	shape orb.Geometry
}

// loadAreas reads all areas under path: a city has a few thousand of them.
func loadAreas(ctx context.Context, tx *op.Tx, path string) (*areas, error) {
	args := []any{path, access.End(path)}
	where := `p.path >= $1 AND p.path < $2 AND p.geometry <> '' AND p.level IN ('district', 'street', 'community', 'compound', 'city', 'province') AND ` +
		tx.Scope().SQL("p.path", &args)
	rows, err := tx.Query(ctx, `SELECT `+columns+`, p.geometry FROM places p WHERE `+where, args...)
	out := &areas{}
	_, err = store.Collect(rows, err, func(r store.Scanner) (struct{}, error) {
		var p Place
		var text string
		if err := scanInto(r, &p, &text); err != nil {
			return struct{}{}, err
		}
		s, err := parseGeometry(text)
		out.add(p, s)
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("load areas: %w", err)
	}
	return out, nil
}

func (a *areas) add(p Place, s shape) {
	if s.outline != nil && !p.Level.Below(Compound) {
		a.all = append(a.all, area{place: p, bound: s.bound, shape: s.outline})
	}
}

// deepest returns the area of the deepest level that contains the point.
func (a *areas) deepest(p orb.Point) (area, bool) { return a.above(Household, p) }

// above returns the area of the deepest level above the given one that contains the point.
func (a *areas) above(l Level, p orb.Point) (area, bool) {
	best := -1
	for i, x := range a.all {
		if x.bound.Contains(p) && l.Below(x.place.Level) && (best < 0 || x.place.Level.Below(a.all[best].place.Level)) && inside(x.shape, p) {
			best = i
		}
	}
	if best < 0 {
		return area{}, false
	}
	return a.all[best], true
}
