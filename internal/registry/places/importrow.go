package places

import (
	"maps"
	"strings"

	"github.com/allclear/allclear/internal/platform/importer"
)

// draft is what one row says, before the register is asked.
type draft struct {
	code    string
	level   Level
	how     levelSource
	parents []string // codes the parent may have, the likeliest first; none when the row does not say
	name    string
	shape   shape
	extra   map[string]string
	row     importer.Row
	refusal *importer.Refusal
}

// levelSource says how sure a row's level is.
type levelSource int

const (
	levelUnknown  levelSource = iota
	levelStated               // in words; a different level in the register is a contradiction
	levelNumbered             // a depth, which countries use differently; it yields to the parent's level
	levelInferred             // from the columns or the code
)

// levelOf tells a row's level: a stated one; a depth counted from the country; one below
// the deepest ancestor that the row names; the length of a statistical code; for a
// footprint, a building.
func levelOf(opt importer.SessionOptions, r importer.Row) (Level, levelSource) {
	if r.Has(fLevel) {
		return Level(r.Text(fLevel)), levelStated
	}
	if depth, ok := r.Int(fDepth); ok {
		if depth < 0 || depth >= int64(len(Levels)) {
			return "", levelUnknown
		}
		return Levels[depth], levelNumbered
	}
	for _, a := range ancestorFields {
		if r.Has(a.field) {
			l, _ := a.level.next()
			return l, levelInferred
		}
	}
	if l, _ := statistical(r.Text(fCode)); l != "" {
		return l, levelInferred
	}
	if opt.Has(fGeometry) {
		return Building, levelInferred
	}
	return "", levelUnknown
}

// codeLevels are the lengths of statistical division codes and what each level is: the
// first six digits are GB/T 2260, then three for the street and three for the community
// (统计用区划代码和城乡划分代码编制规则, National Bureau of Statistics).
var codeLevels = []struct {
	digits int
	level  Level
}{{12, Community}, {9, Street}, {6, District}, {4, City}, {2, Province}}

// statistical reads a statistical division code, which may be filled up with zeros to
// six or twelve digits, and returns its level and the codes its parent may have. No level
// means that it is no such code.
func statistical(code string) (Level, []string) {
	if strings.Trim(code, "0123456789") != "" || code == "" || code[0] == '0' {
		return "", nil
	}
	for i, c := range codeLevels {
		if len(code) < c.digits || strings.Trim(code[c.digits:], "0") != "" {
			continue
		}
		above := 0
		if i+1 < len(codeLevels) {
			above = codeLevels[i+1].digits
		}
		if strings.Trim(code[above:c.digits], "0") == "" {
			continue // the last group is zeros: the code is of a level further up
		}
		if len(code) != c.digits && len(code) != 6 && len(code) != 12 {
			return "", nil
		}
		return c.level, parentCodes(code, i)
	}
	return "", nil
}

func parentCodes(code string, i int) []string {
	if i+1 >= len(codeLevels) {
		return nil
	}
	short := code[:codeLevels[i+1].digits]
	out := []string{short}
	if padded := short + strings.Repeat("0", len(code)-len(short)); len(code) == 6 || len(code) == 12 {
		out = append(out, padded)
	}
	return out
}

// draft reads a row. It depends on the row, the options and what earlier calls of Key
// have seen of the file.
func (s *session) draft(r importer.Row) draft {
	d := draft{row: r, code: s.codeOf(r), name: nameOf(r), extra: extraOf(r)}
	d.level, d.how = levelOf(s.opt, r)
	if d.level == "" {
		d.refusal = refused(fLevel, "places.no_level", nil, "看不出这个地点是哪一级。请填写级别。", "Nothing tells which level this place is. State its level.")
		return d
	}
	if d.code == "" && d.name == "" {
		d.refusal = refused(fName, "places.no_name", nil, "地点既没有代码也没有名称。", "The place has neither a code nor a name.")
		return d
	}
	d.parents = s.parentsOf(r, d.code)
	var err error
	if r.Has(fGeometry) {
		d.shape, err = parseGeometry(r.Text(fGeometry))
	} else {
		d.shape, err = pointShape(degrees(r, fLon), degrees(r, fLat))
	}
	if err != nil {
		d.refusal, _ = refusedFault(err)
	}
	return d
}

func degrees(r importer.Row, field string) *float64 {
	if v, ok := r.Float(field); ok {
		return &v
	}
	return nil
}

// codeOf is the code under which the row's place is kept: its own, or else the
// identifier that the other system gave it. The bare number of a footprint says nothing
// outside its file and would collide with division codes, so its level stands in front.
func (s *session) codeOf(r importer.Row) string {
	if c := r.Text(fCode); c != "" {
		return c
	}
	return s.codeFromID(r, r.Text(fID))
}

func (s *session) codeFromID(r importer.Row, id string) string {
	if id == "" || !s.opt.Has(fGeometry) || strings.Trim(id, "-0123456789") != "" {
		return id
	}
	level, _ := levelOf(s.opt, r)
	return string(level) + ":" + id
}

// parentsOf lists the codes that the row's parent may have. A place that names itself as
// its parent has none.
func (s *session) parentsOf(r importer.Row, own string) []string {
	var out []string
	switch {
	case r.Has(fParent):
		out = []string{r.Text(fParent)}
	case r.Has(fParentID):
		id := r.Text(fParentID)
		if code := s.codeOfID[id]; code != "" {
			id = code
		}
		out = []string{id}
	default:
		for _, a := range ancestorFields {
			if r.Has(a.field) {
				out = []string{r.Text(a.field)}
				break
			}
		}
		if out == nil && !s.opt.Has(fParent) && !s.opt.Has(fParentID) {
			_, out = statistical(r.Text(fCode))
		}
	}
	if len(out) == 1 && out[0] == own {
		return nil
	}
	return out
}

// nameOf is the row's name, or for a building without one its address.
func nameOf(r importer.Row) string {
	for _, f := range []string{fName, fNameZh} {
		if r.Has(f) {
			return r.Text(f)
		}
	}
	if r.Has(fRoad) && r.Has(fNumber) {
		number := r.Text(fNumber)
		if strings.Trim(number, "0123456789-") == "" && !isLatin(r.Text(fRoad)) {
			number += "号"
		}
		if isLatin(r.Text(fRoad)) {
			return number + " " + r.Text(fRoad)
		}
		return r.Text(fRoad) + number
	}
	return ""
}

func isLatin(s string) bool { return strings.IndexFunc(s, func(r rune) bool { return r > 0x24F }) < 0 }

// extraOf is what the row says that has no column: the unmatched columns that the user
// keeps, and what kind of feature a footprint is when it is not a plain building.
func extraOf(r importer.Row) map[string]string {
	out := maps.Clone(r.Extra())
	put := func(key, value string) {
		if out == nil {
			out = map[string]string{}
		}
		out[key] = value
	}
	if kind := r.Text(fFeature); kind != "" && kind != "building" {
		put("kind", kind)
	}
	if root := r.Text(fPartOf); root != "" {
		put("part_of", root)
	}
	return out
}
