package cases

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/registry/places"
)

// register finds the places that a file speaks of, at and below one place. What it has
// read it keeps: the names once for a session, the codes as they come.
type register struct {
	base   places.Place
	above  map[string]bool // names of the places above base, which addresses begin with
	codes  map[string]places.Place
	names  map[string][]places.Place
	parsed map[string]found
}

// found is the answer to one text; the place is empty when it is not known.
type found struct {
	place places.Place
	many  bool // several places have this name
}

func newRegister(base places.Place) *register {
	return &register{base: base, codes: map[string]places.Place{}, parsed: map[string]found{}}
}

// namedLevels are the levels that are found by name. Units and households are a hundred
// thousand in a city, and their names say nothing without a building.
var namedLevels = []places.Level{
	places.Country, places.Province, places.City, places.District, places.Street, places.Community, places.Compound, places.Building,
}

// placeParts are the fields that together name a place, the largest first.
var placeParts = []string{"district", "street", "community", "place"}

// placeFields are all fields that say where a case is.
var placeFields = append([]string{"place_code"}, placeParts...)

// prepare reads what is needed to answer for the rows.
func (r *register) prepare(ctx context.Context, tx *op.Tx, rows []importer.Row) error {
	var codes []string
	named := false
	for _, row := range rows {
		if c := row.Text("place_code"); c != "" {
			if _, ok := r.codes[c]; !ok {
				codes = append(codes, c)
			}
		} else if len(partsOf(row)) > 0 {
			named = true
		}
	}
	if len(codes) > 0 {
		if err := r.readCodes(ctx, tx, codes); err != nil {
			return err
		}
	}
	if !named || r.names != nil {
		return nil
	}
	return r.readNames(ctx, tx)
}

func (r *register) readCodes(ctx context.Context, tx *op.Tx, codes []string) error {
	got, err := places.ByCodes(ctx, tx, codes)
	if err != nil {
		return err
	}
	for _, c := range codes {
		p := got[c]
		if !strings.HasPrefix(p.Path, r.base.Path) {
			p = places.Place{}
		}
		r.codes[c] = p
	}
	return nil
}

func (r *register) readNames(ctx context.Context, tx *op.Tx) error {
	all, err := places.Under(ctx, tx, r.base.Path, namedLevels...)
	if err != nil {
		return err
	}
	r.names = map[string][]places.Place{}
	for _, p := range all {
		r.names[plain(p.Name)] = append(r.names[plain(p.Name)], p)
		if en := plain(p.NameEn); en != "" && en != plain(p.Name) {
			r.names[en] = append(r.names[en], p)
		}
	}
	trails, err := places.Trails(ctx, tx, []string{r.base.Path})
	if err != nil {
		return err
	}
	r.above = map[string]bool{}
	for _, n := range trails[r.base.Path].Above() {
		r.above[plain(n)] = true
	}
	return nil
}

func plain(s string) string { return strings.ToLower(strings.TrimSpace(norm.NFKC.String(s))) }

// partsOf returns what a row says about its place by name, the largest first.
func partsOf(row importer.Row) []string {
	var out []string
	for _, f := range placeParts {
		if t := row.Text(f); t != "" {
			out = append(out, t)
		}
	}
	return out
}

// of answers where a row is. stated is false when the row says nothing about it.
func (r *register) of(row importer.Row) (f found, stated bool) {
	if c := row.Text("place_code"); c != "" {
		return found{place: r.codes[c]}, true
	}
	parts := partsOf(row)
	if len(parts) == 0 {
		return found{}, false
	}
	key := strings.Join(parts, "\x00")
	f, ok := r.parsed[key]
	if !ok {
		f = r.walk(parts)
		r.parsed[key] = f
	}
	return f, true
}

// separators are what people put between the names of a path.
const separators = "/›>\\|,，、;；→"

// walk goes down from base along the parts. Each part is a name, or a path of names with
// separators between them or none ("江北区建设街道").
func (r *register) walk(parts []string) found {
	at := r.base
	for _, part := range parts {
		next := r.step(at, plain(part))
		if next.place.ID == "" && !next.many {
			next = r.path(at, part)
		}
		if next.place.ID == "" {
			return next
		}
		at = next.place
	}
	return found{place: at}
}

// step finds one name below at. The place itself may be named again, and so may the
// places above the base.
func (r *register) step(at places.Place, name string) found {
	if name == "" || name == plain(at.Name) || name == plain(at.NameEn) || r.above[name] {
		return found{place: at}
	}
	below := slices.DeleteFunc(slices.Clone(r.names[name]), func(p places.Place) bool {
		return p.ID == at.ID || !strings.HasPrefix(p.Path, at.Path)
	})
	if len(below) == 0 {
		return found{}
	}
	highest := slices.MinFunc(below, func(a, b places.Place) int { return a.Level.Rank() - b.Level.Rank() })
	if n := len(slices.DeleteFunc(below, func(p places.Place) bool { return p.Level != highest.Level })); n > 1 {
		return found{many: true}
	}
	return found{place: highest}
}

func (r *register) path(at places.Place, text string) found {
	names := strings.FieldsFunc(norm.NFKC.String(text), func(c rune) bool { return strings.ContainsRune(separators, c) })
	if len(names) > 1 {
		for _, n := range names {
			f := r.step(at, plain(n))
			if f.place.ID == "" {
				return f
			}
			at = f.place
		}
		return found{place: at}
	}
	return r.joined(at, []rune(plain(text)))
}

// joined reads names that follow each other without a separator, the longest first. The
// whole text must be names: what is left over may be what matters.
func (r *register) joined(at places.Place, rest []rune) found {
	if len(rest) == 0 {
		return found{place: at}
	}
	for n := len(rest); n >= 2; n-- {
		f := r.step(at, string(rest[:n]))
		if f.place.ID == "" {
			continue
		}
		if end := r.joined(f.place, rest[n:]); end.place.ID != "" {
			return end
		}
	}
	return found{}
}
