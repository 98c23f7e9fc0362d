package places

import (
	"context"
	"encoding/json"
	"maps"

	"github.com/paulmach/orb/geo"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/ref"
)

// create plans a new place.
func (s *session) create(d draft, parent *parentNode) importer.Resolution {
	level := d.level
	if parent != nil && !level.Below(parent.level) {
		next, ok := parent.level.next()
		if d.how != levelNumbered || !ok {
			return refuse(notBelowRefusal(level, parent.level))
		}
		level = next
	}
	n := &New{ID: ref.Place(ids.New()), Level: level, Code: d.code, Name: d.name, NameEn: d.row.Text(fNameEn), Geometry: d.shape.text, Extra: d.extra}
	n.Population, _ = d.row.Int(fPeople)
	var estimated bool
	if n.Floors, estimated = floorsIn(d.row); estimated {
		n.Extra = marked(n.Extra, floorsEstimated, "yes")
	}
	n.Height = heightIn(d.row)
	p := &planned{record: record{Place: Place{ID: n.ID, Level: level, Code: n.Code, Name: n.Name, NameEn: n.NameEn,
		Population: n.Population, Floors: n.Floors, Height: n.Height, Extra: n.Extra, Version: 1}, shape: d.shape}}
	p.shape.place(&p.Place)
	if d.shape.text == "" {
		n.Lon, n.Lat = p.Lon, p.Lat
	}
	if err := check(p.Place); err != nil {
		r, _ := refusedFault(err)
		return refuse(r)
	}
	if parent != nil {
		n.Parent, p.ParentID, p.base = parent.id, parent.id, parent.path
	}
	s.remember(p)
	return importer.Resolution{Outcome: importer.Insert, Prepared: &prepared{create: n, address: statedIn(d.row, n.ID, p.shape)}}
}

func notBelowRefusal(child, parent Level) *importer.Refusal {
	return refused(fLevel, "places.not_below", map[string]string{"zh": child.Zh(), "en": child.En(), "parent_zh": parent.Zh(), "parent_en": parent.En()},
		"{zh}不能放在{parent_zh}之下。", "A {en} can't be below a {parent_en}.")
}

// remember makes a planned place known to the rows after it.
func (s *session) remember(p *planned) {
	if p.Code != "" {
		s.byCode[p.Code] = p
		s.nodes[p.Code] = &parentNode{id: p.ID, level: p.Level, path: p.base}
	} else {
		s.byName[nameKey{p.ParentID, p.Level, p.Name}] = p
	}
	if s.areas != nil {
		inArea := p.Place
		inArea.Path = p.base
		s.areas.add(inArea, p.shape)
	}
}

// farAway is how far a building may seem to have moved, in metres, before its identifier
// is taken for that of another file.
const farAway = 2000

// change plans what the row changes about a known place.
func (s *session) change(tx *op.Tx, d draft, known *planned, parent *parentNode) importer.Resolution {
	if !s.inReach(tx, known.base) && (known.stored || known.base != "") {
		return refuse(refused(fCode, "places.taken_outside", nil, "这个代码属于所选地点或您的管辖范围之外的地点。", "This code belongs to a place outside the chosen place or your area."))
	}
	if parent != nil && parent.id != known.ParentID {
		return refuse(refused(s.parentField(d), "places.moved", nil, "登记册中这个地点属于别的上级；导入不移动地点。", "In the register this place belongs elsewhere; an import does not move places."))
	}
	if d.how == levelStated && d.level != known.Level {
		return refuse(refused(fLevel, "places.level_differs", map[string]string{"zh": known.Level.Zh(), "en": known.Level.En()},
			"登记册中这个代码是{zh}。", "In the register this code is a {en}."))
	}
	piece := d.code != "" && d.row.Has(fGeometry) && s.first[d.code] != "" && s.first[d.code] != rowID(d.row)
	after, refusal := d.onto(known.record, piece)
	if refusal != nil {
		return refuse(refusal)
	}
	before := known.record
	if same(before, after) {
		return importer.Resolution{Outcome: importer.Unchanged}
	}
	p := &prepared{before: before, after: after, piece: piece}
	known.record = after
	if !piece {
		known.Version++
	}
	return importer.Resolution{Outcome: importer.Update, Prepared: p}
}

// onto returns the place with what the row states. A further part of a footprint only
// adds what the first row left open, and its polygons.
func (d draft) onto(before record, piece bool) (record, *importer.Refusal) {
	after := before
	state(&after.Name, d.name, piece)
	state(&after.NameEn, d.row.Text(fNameEn), piece)
	stateNumber(&after.Population, d.row, fPeople, piece)
	stateNumber(&after.Floors, d.row, fFloors, piece)
	if len(d.extra) > 0 {
		after.Extra = maps.Clone(before.Extra)
		if after.Extra == nil {
			after.Extra = map[string]string{}
		}
		for k, v := range d.extra {
			if _, have := after.Extra[k]; !have || !piece {
				after.Extra[k] = v
			}
		}
	}
	if refusal := d.reshape(&after, piece); refusal != nil {
		return record{}, refusal
	}
	if err := check(after.Place); err != nil {
		r, _ := refusedFault(err)
		return record{}, r
	}
	return after, nil
}

func state(dst *string, v string, piece bool) {
	if v != "" && (!piece || *dst == "") {
		*dst = v
	}
}

func stateNumber(dst *int64, r importer.Row, field string, piece bool) {
	if v, ok := r.Int(field); ok && (!piece || *dst == 0) {
		*dst = v
	}
}

// reshape takes over where the row says the place is.
func (d draft) reshape(after *record, piece bool) *importer.Refusal {
	had := after.shape
	switch {
	case !d.shape.known:
		return nil
	case d.shape.outline == nil && (had.outline != nil || piece && had.known || had.centre == d.shape.centre && had.known):
		return nil // a point adds nothing to an outline
	case had.known && after.Level.Below(Community) && geo.Distance(had.centre, d.shape.centre) > farAway:
		return refused(fGeometry, "places.far_away", nil, "登记册中同一编号的地点在两公里以外，很可能来自另一份文件。请改用不同的编号。",
			"In the register the place with this ID is more than two kilometres away; it probably comes from another file. Use different IDs.")
	case had.outline != nil:
		all, grown := merged(had.outline, d.shape.outline)
		if !grown {
			return nil
		}
		if covers(had.outline, d.shape.outline) {
			break // the same building, surveyed again
		}
		s, err := areaShape(all, polygonsOf(all))
		if err != nil {
			r, _ := refusedFault(err)
			return r
		}
		after.shape = s
		s.place(&after.Place)
		return nil
	}
	after.shape = d.shape
	after.shape.place(&after.Place)
	return nil
}

func same(a, b record) bool {
	return a.Name == b.Name && a.NameEn == b.NameEn && a.Population == b.Population && a.Floors == b.Floors &&
		maps.Equal(a.Extra, b.Extra) && a.shape.text == b.shape.text && a.shape.known == b.shape.known && a.shape.centre == b.shape.centre
}

// memory is what undo needs to put a place back.
type memory struct {
	Name, NameEn       string
	Population, Floors int64
	Height             *float64 `json:",omitempty"`
	Lon, Lat           *float64
	Geometry           string
	Extra              map[string]string
	Piece              bool `json:",omitempty"`
}

// write stores an update. A further part of a footprint keeps the version that the
// footprint's own row gave it, so that undo recognises both.
func (p *prepared) write(ctx context.Context, tx *op.Tx) (importer.Written, error) {
	b := p.before
	text, err := json.Marshal(memory{b.Name, b.NameEn, b.Population, b.Floors, b.Height, b.Lon, b.Lat, b.shape.text, b.Extra, p.piece})
	if err != nil {
		return importer.Written{}, err
	}
	saved, err := save(ctx, tx, p.before, p.after, p.piece)
	if err != nil {
		return importer.Written{}, err
	}
	return importer.Written{Ref: saved.ID.Ref(), Before: string(text), Version: saved.Version}, nil
}

// restore puts a place back as it was.
func (m memory) restore(ctx context.Context, tx *op.Tx, now record) error {
	after := now
	after.Name, after.NameEn, after.Population, after.Floors, after.Height, after.Extra = m.Name, m.NameEn, m.Population, m.Floors, m.Height, m.Extra
	var err error
	if m.Geometry != "" {
		after.shape, err = parseGeometry(m.Geometry)
	} else {
		after.shape, err = pointShape(m.Lon, m.Lat)
	}
	if err != nil {
		return fault.Invalidf("places.bad_memory", "the outline to restore can't be read").Because(err)
	}
	_, err = save(ctx, tx, now, after, m.Piece)
	return err
}
