package places

import (
	"context"
	"strings"
	"unicode"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// areaLevel is the level of a row that is an area; ok is false when the map's level has
// none in the register.
func (s *mapSession) areaLevel(f feature) (Level, bool) {
	switch f.sort {
	case sortBoundary:
		depth, _ := f.row.Int(fDepth)
		country := strings.ToUpper(f.row.Text(fCountry))
		if country == "" && !isLatin(s.base.place.Name) {
			country = "CN"
		}
		levels, _ := levelsOf(s.opt.Answers, country)
		l, ok := levels[depth]
		return l, ok
	case sortLocality:
		return Community, true
	}
	return Compound, true
}

// area decides about a boundary, locality, estate, facility or street block.
func (s *mapSession) area(ctx context.Context, tx *op.Tx, f feature) (importer.Resolution, error) {
	level, ok := s.areaLevel(f)
	if !ok {
		depth := f.row.Value(fDepth)
		return refuse(refused(fDepth, "places.level_not_used", map[string]string{"level": depth.Text},
			"行政层级对照中没有这一层级。需要时请在 admin_levels 中写明。", "The table of administrative levels has no such level. State it in admin_levels if you need it.")), nil
	}
	shape, err := parseGeometry(f.row.Text(fGeometry))
	if err != nil {
		r, _ := refusedFault(err)
		return refuse(r), nil
	}
	if known, ok := s.known(f.element); ok {
		return s.update(ctx, tx, f, known.id, shape)
	}
	if s.base.known && !level.Below(s.base.place.Level) {
		if sameName(s.base.place.Name, f.row.Text(fName)) || sameName(s.base.place.Name, f.row.Text(fNameZh)) {
			return s.update(ctx, tx, f, s.base.place.ID, shape)
		}
		return refuse(refused(fDepth, "places.above_chosen", map[string]string{"zh": level.Zh(), "en": level.En(), "place": s.base.place.Name},
			"这是{zh}，不在“{place}”之内。", "This is a {en}, which does not lie within {place}.")), nil
	}
	parent, doubts := s.parent(level, shape, "")
	same, err := s.namesake(ctx, tx, level, f, parent)
	if err != nil {
		return importer.Resolution{}, err
	}
	if same != "" {
		return s.update(ctx, tx, f, same, shape)
	}
	return s.create(f, level, parent, shape, doubts)
}

// parent finds what a place of the level lies in.
func (s *mapSession) parent(level Level, at shape, inside string) (*site, []doubt) {
	found := s.atlas.deepest(level, at.centre)
	if found != nil && (found.level == Compound || level == Compound && found.level == Community) {
		return found, nil
	}
	if e, ok := s.known(inside); ok && inside != "" && level.Below(e.level) {
		return &site{id: e.id, level: e.level, path: e.path}, nil
	}
	if found != nil && found.level == Community {
		return found, nil
	}
	if level.Below(Community) {
		if near := s.atlas.nearest(level, at.centre); near != nil && (found == nil || under(near.path, found.path)) {
			return near, []doubt{{code: "nearest", detail: string(near.id)}}
		}
	}
	if found != nil {
		return found, nil
	}
	return &site{id: s.base.place.ID, level: s.base.place.Level, path: s.base.place.Path}, nil
}

func under(path, above string) bool { return access.Under(above).Contains(path) }

// namesake finds the place that an area is, by name: divisions without outlines are in
// the register already when the map comes.
func (s *mapSession) namesake(ctx context.Context, tx *op.Tx, level Level, f feature, parent *site) (ref.Place, error) {
	if f.sort == sortBlock {
		return "", nil
	}
	names := namesOf(f.row.Text(fName), f.row.Text(fNameZh))
	for _, n := range names {
		if p := s.names[string(level)+"\x00"+n]; p != nil && p.ParentID == parent.id {
			return p.ID, nil
		}
	}
	if len(names) == 0 {
		return "", nil
	}
	under := s.base.place.Path
	if level == Compound {
		under = parent.path
	}
	args := []any{string(level), under, access.End(under)}
	where := `p.level = $1 AND p.level NOT IN ('unit', 'household') AND p.retired_on IS NULL AND p.path >= $2 AND p.path < $3 AND ` + tx.Scope().SQL("p.path", &args)
	where += ` AND lower(p.name) IN (` + list(len(args), len(names)) + `)`
	for _, n := range names {
		args = append(args, n)
	}
	rows, err := tx.Query(ctx, `SELECT p.id, p.path, p.lon, p.lat FROM places p WHERE `+where+` ORDER BY p.path LIMIT 20`, args...)
	type candidate struct {
		id       ref.Place
		path     string
		lon, lat *float64
	}
	found, err := store.Collect(rows, err, func(r store.Scanner) (c candidate, err error) {
		return c, r.Scan(&c.id, &c.path, &c.lon, &c.lat)
	})
	if err != nil {
		return "", err
	}
	var best ref.Place
	n := 0
	for _, c := range found {
		if len(found) == 1 || strings.HasPrefix(c.path, parent.path) {
			best = c.id
			n++
		}
	}
	if n != 1 {
		return "", nil // none, or several of which the map does not say which
	}
	return best, nil
}

// namesOf are the spellings under which a name may stand in the register.
func namesOf(names ...string) []string {
	var out []string
	for _, n := range names {
		n = strings.ToLower(strings.TrimSpace(n))
		if n == "" {
			continue
		}
		out = append(out, n)
		if b := bare(n); b != n {
			out = append(out, b)
		}
		if !isLatin(n) {
			for _, e := range endings {
				out = append(out, bare(n)+e)
			}
		}
	}
	return unique(out)
}

// create plans a new place.
func (s *mapSession) create(f feature, level Level, parent *site, shape shape, doubts []doubt) (importer.Resolution, error) {
	n := &New{ID: ref.Place(ids.New()), Parent: parent.id, Level: level, Kind: placeKind(f.row.Text(fKind)), Code: codeOfElement(f.element), Name: s.nameOf(f),
		NameEn: f.row.Text(fNameEn), Geometry: shape.text}
	n.Population, _ = f.row.Int(fPeople)
	var estimated bool
	if n.Floors, estimated = floorsIn(f.row); estimated {
		n.Extra = marked(nil, floorsEstimated, "yes")
	}
	n.Height = heightIn(f.row)
	place := Place{ID: n.ID, ParentID: parent.id, Level: level, Kind: n.Kind, Code: n.Code, Name: n.Name, NameEn: n.NameEn, Population: n.Population,
		Floors: n.Floors, Height: n.Height, Extra: n.Extra, Version: 1}
	if shape.known && shape.text == "" {
		lon, lat := shape.centre[0], shape.centre[1]
		n.Lon, n.Lat = &lon, &lat
	}
	if err := check(place); err != nil {
		r, _ := refusedFault(err)
		return refuse(r), nil
	}
	place.Path = parent.path
	s.atlas.add(siteOf(place, shape))
	s.planned[f.element] = mapElement{id: n.ID, digest: f.digest, path: parent.path, level: level}
	p := &planned{record: record{Place: place, shape: shape}, base: parent.path}
	s.touched[n.ID] = p
	if level == Community || level == Compound {
		s.names[string(level)+"\x00"+strings.ToLower(n.Name)] = p
	}
	w := &mapWrite{create: n, link: &mapLink{element: f.element, digest: f.digest, place: n.ID}, aliases: aliasesOf(f.row, n.ID), doubts: doubts}
	for i := range w.doubts {
		w.doubts[i].place = n.ID
	}
	w.address = s.statedAddress(f, n.ID, parent.path, shape)
	return importer.Resolution{Outcome: importer.Insert, Prepared: w}, nil
}

// floorsEstimated marks floors that were worked out from the height.
const floorsEstimated = "floors_estimated"

// codeOfElement is the code of a place that the map brought: "osm:way/123". Shapes
// without an identifier have none.
func codeOfElement(element string) string {
	if strings.HasPrefix(element, "shape/") {
		return ""
	}
	return "osm:" + element
}

// placeKind keeps what a kind may be: lower-case letters, digits and _.
func placeKind(kind string) string {
	if kind == "village" || kind == "hamlet" || kind == "building" || strings.Trim(kind, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
		return ""
	}
	return kind
}

// nameOf is the place's name; a building without one is called by its address.
func (s *mapSession) nameOf(f feature) string {
	if n := nameOf(f.row); n != "" {
		return n
	}
	return f.row.Text(fHouse)
}

// update plans what the map changes about a place that is in the register.
func (s *mapSession) update(ctx context.Context, tx *op.Tx, f feature, id ref.Place, shape shape) (importer.Resolution, error) {
	p, err := s.load(ctx, tx, id)
	if err != nil {
		return importer.Resolution{}, err
	}
	before := p.record
	after := before
	known, linked := s.known(f.element)
	if linked {
		state(&after.Name, s.nameOf(f), false)
	}
	state(&after.NameEn, f.row.Text(fNameEn), !linked)
	stateNumber(&after.Population, f.row, fPeople, !linked)
	if n, estimated := floorsIn(f.row); n > 0 && (!estimated || after.Floors == 0) {
		after.Floors = n
		if estimated {
			after.Extra = marked(after.Extra, floorsEstimated, "yes")
		}
	}
	if h := heightIn(f.row); h != nil {
		after.Height = h
	}
	// A point never replaces an outline, nor what somebody has drawn.
	if shape.outline != nil && (before.shape.outline == nil || linked) || !before.shape.known {
		after.shape = shape
		after.shape.place(&after.Place)
	}
	if err := check(after.Place); err != nil {
		r, _ := refusedFault(err)
		return refuse(r), nil
	}
	w := &mapWrite{link: &mapLink{element: f.element, digest: f.digest, place: id, old: known.digest}, before: &before, after: &after}
	w.aliases = aliasesOf(f.row, id)
	p.record = after
	p.Version++
	if after.shape.outline != nil && before.shape.outline == nil {
		s.atlas.add(siteOf(after.Place, after.shape))
	}
	s.planned[f.element] = mapElement{id: id, digest: f.digest, path: before.Path, level: before.Level}
	return importer.Resolution{Outcome: importer.Update, Prepared: w}, nil
}

// building decides about a building.
func (s *mapSession) building(ctx context.Context, tx *op.Tx, f feature) (importer.Resolution, error) {
	shape, err := parseGeometry(f.row.Text(fGeometry))
	if err != nil {
		r, _ := refusedFault(err)
		return refuse(r), nil
	}
	if known, ok := s.known(f.element); ok {
		return s.update(ctx, tx, f, known.id, shape)
	}
	parent, doubts := s.parent(Building, shape, f.row.Text(fInside))
	if shape.outline != nil {
		if other := s.atlas.overlapping(shape.outline); other != nil {
			doubts = append(doubts, doubt{code: "overlaps", detail: string(other.id)})
		}
	}
	return s.create(f, Building, parent, shape, doubts)
}

// entrance decides about an entrance: one with a number is a stairwell unit of its
// building, any other a door or gate.
func (s *mapSession) entrance(ctx context.Context, tx *op.Tx, f feature) (importer.Resolution, error) {
	shape, err := parseGeometry(f.row.Text(fGeometry))
	if err != nil {
		r, _ := refusedFault(err)
		return refuse(r), nil
	}
	if known, ok := s.known(f.element); ok {
		return s.update(ctx, tx, f, known.id, shape)
	}
	var house *site
	if e, ok := s.known(f.row.Text(fInside)); ok && e.level == Building {
		house = &site{id: e.id, level: Building, path: e.path}
	} else {
		house = s.atlas.building(shape.centre, doorReach)
	}
	number := f.row.Text(fUnitNo)
	if k := f.row.Text(fKind); number == "" && (k == "staircase" || k == "main" || k == "yes" || k == "home" || k == "residential") {
		number = f.row.Text(fLabel)
	}
	if house != nil && number != "" && len([]rune(number)) <= 8 {
		return s.unit(f, house, number, shape)
	}
	at := house
	if at == nil {
		at, _ = s.parent(Building, shape, "")
	}
	door := &entranceRow{ID: ids.New(), Element: f.element, PlaceID: at.id, Path: at.path, Kind: f.row.Text(fKind), Label: f.row.Text(fLabel),
		Lon: shape.centre[0], Lat: shape.centre[1], Quadkey: shape.quadkey, Digest: f.digest}
	return s.line(f, &mapWrite{door: door}), nil
}

// doorReach is how far a door may stand from the outline of its building, in metres:
// outlines are drawn from photographs taken at an angle.
const doorReach = 4

// unit plans the stairwell unit that an entrance leads to.
func (s *mapSession) unit(f feature, house *site, number string, shape shape) (importer.Resolution, error) {
	name := number
	if strings.IndexFunc(number, func(r rune) bool { return !unicode.IsDigit(r) && !(r >= 'A' && r <= 'Z') && !(r >= 'a' && r <= 'z') }) < 0 {
		name = "Entrance " + number
		if !isLatin(s.base.place.Name) {
			name = number + "单元"
		}
	}
	n := &New{ID: ref.Place(ids.New()), Parent: house.id, Level: Unit, Code: codeOfElement(f.element), Name: name}
	lon, lat := shape.centre[0], shape.centre[1]
	n.Lon, n.Lat = &lon, &lat
	s.planned[f.element] = mapElement{id: n.ID, digest: f.digest, path: house.path, level: Unit}
	return importer.Resolution{Outcome: importer.Insert,
		Prepared: &mapWrite{create: n, link: &mapLink{element: f.element, digest: f.digest, place: n.ID}}}, nil
}

// line plans a row of roads, entrances or addresses.
func (s *mapSession) line(f feature, w *mapWrite) importer.Resolution {
	if known, ok := s.lines[f.element]; ok {
		w.known = &known
		return importer.Resolution{Outcome: importer.Update, Prepared: w}
	}
	return importer.Resolution{Outcome: importer.Insert, Prepared: w}
}
