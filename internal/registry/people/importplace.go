package people

import (
	"context"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/registry/places"
)

// finder finds the doors that rows mean. The parts of a city that a file names are few;
// the doors are many: what lies below an estate is read once, in one go.
type finder struct {
	locator *places.Locator
	base    string
	codes   map[string]home            // by code; the zero home for a code that does not exist
	below   map[string]map[string]home // by path of the estate: "3/1/301" → door
}

func newFinder(base string) *finder {
	return &finder{locator: places.NewLocator(base), base: base, codes: map[string]home{}, below: map[string]map[string]home{}}
}

// mostCodes bounds how many codes are remembered: about 100 bytes each.
const mostCodes = 200_000

// learn looks up the place codes of a batch at once.
func (f *finder) learn(ctx context.Context, tx *op.Tx, rows []importer.Row) error {
	if len(f.codes) > mostCodes {
		f.codes = map[string]home{}
	}
	var wanted []string
	for _, r := range rows {
		for _, field := range []string{fPlaceCode, fWorkCode} {
			code := r.Text(field)
			if _, known := f.codes[code]; code != "" && !known {
				f.codes[code] = home{}
				wanted = append(wanted, code)
			}
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	found, err := places.ByCodes(ctx, tx, wanted)
	for code, p := range found {
		if strings.HasPrefix(p.Path, f.base) {
			f.codes[code] = homeAt(p)
		}
	}
	return err
}

// of returns where the row says that the person lives; the zero home when it does not say.
func (f *finder) of(ctx context.Context, tx *op.Tx, r importer.Row) (home, *importer.Resolution, error) {
	field, text := placeText(r)
	if text == "" {
		return home{}, nil, nil
	}
	if field == fPlaceCode && f.codes[text].id != "" {
		return f.codes[text], nil, nil
	}
	if field != fPlaceCode {
		at, err := f.deep(ctx, tx, text)
		if err != nil || at.id != "" {
			return at, nil, err
		}
	}
	p, err := f.locator.Locate(ctx, tx, text)
	params := map[string]string{"place": text}
	switch fault.KindOf(err) {
	case fault.NotFound:
		res := refuse(field, "people.place_unknown", params, "没有找到地点“{place}”，或它不在所选地点之内。请改正，或先导入地点。",
			"No place “{place}” was found, or it is outside the chosen place. Mend it, or import the places first.")
		return home{}, &res, nil
	case fault.Invalid:
		res := refuse(field, "people.place_ambiguous", params, "叫“{place}”的地点不止一个。请写上级地点，或用代码。",
			"More than one place is called “{place}”. Write the places above it too, or use the code.")
		return home{}, &res, nil
	}
	return homeAt(p), nil, err
}

// placeText is what the row says about the place, and the field that says it.
func placeText(r importer.Row) (field, text string) {
	for _, f := range []string{fPlaceCode, fPlace} {
		if r.Has(f) {
			return f, r.Text(f)
		}
	}
	var b strings.Builder
	for _, f := range placeParts {
		if r.Has(f) {
			if field != "" {
				b.WriteByte('/')
			}
			field = f
			b.WriteString(r.Text(f))
		}
	}
	return field, b.String()
}

// deepest is how many levels lie below an estate: building, unit, door.
const deepest = 3

// deep finds a building, unit or door by the names from the top down, when the place
// above them is an estate that the names before tell. The zero home means that it has to
// be looked for in another way. The shortest beginning is tried first: thousands of doors
// share it, and the locator remembers what it means.
func (f *finder) deep(ctx context.Context, tx *op.Tx, text string) (home, error) {
	names := strings.Split(text, "/")
	for n := max(len(names)-deepest, 1); n < len(names); n++ {
		above, err := f.locator.Locate(ctx, tx, strings.Join(names[:n], "/"))
		if kind := fault.KindOf(err); kind == fault.NotFound || kind == fault.Invalid {
			continue
		} else if err != nil {
			return home{}, err
		}
		if above.Level != places.Compound {
			continue
		}
		doors, err := f.doors(ctx, tx, above.Path)
		if err != nil {
			return home{}, err
		}
		return doors[levelDoor(names[n:])], nil
	}
	return home{}, nil
}

// doors are the places below an estate by their names from there down.
func (f *finder) doors(ctx context.Context, tx *op.Tx, path string) (map[string]home, error) {
	if known, ok := f.below[path]; ok {
		return known, nil
	}
	found, err := places.Under(ctx, tx, path, places.Building, places.Unit, places.Household)
	if err != nil {
		return nil, err
	}
	out := make(map[string]home, len(found))
	names := map[string]string{} // by path
	for _, p := range found {
		name := doorName(p.Name)
		above := p.Path[:strings.LastIndexByte(strings.TrimSuffix(p.Path, "."), '.')+1]
		if before, ok := names[above]; ok {
			name = before + "/" + name
		}
		names[p.Path] = name
		if _, twice := out[name]; twice {
			out[name] = home{} // which of them is not told: the usual way says so
			continue
		}
		out[name] = homeAt(p)
	}
	f.below[path] = out
	return out, nil
}

// levelDoor levels the names of a building, unit and door.
func levelDoor(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = doorName(n)
	}
	return strings.Join(out, "/")
}

var doorEndings = []string{"号楼", "单元", "栋", "幢", "楼", "座", "室", "号", "户"}

// doorName is the name of a building, unit or door without what its kind is called:
// 3号楼, 3栋 and 3 are one.
func doorName(name string) string {
	name = strings.ToLower(strings.TrimSpace(norm.NFKC.String(name)))
	for _, e := range doorEndings {
		if s, ok := strings.CutSuffix(name, e); ok && s != "" {
			return s
		}
	}
	return name
}
