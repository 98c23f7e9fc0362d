package places

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// The sorts of features; package importer/osm writes them.
const (
	sortBoundary = "boundary"
	sortLocality = "locality"
	sortEstate   = "estate"
	sortFacility = "facility"
	sortBuilding = "building"
	sortEntrance = "entrance"
	sortAddress  = "address"
	sortRoad     = "road"
	sortBlock    = "block"
)

// mapSession is one run of one map. The rows come in an order in which what others lie in
// stands first, so that one pass is enough.
type mapSession struct {
	opt   importer.SessionOptions
	base  base
	atlas *atlas

	// What the session plans to write. A dry run keeps it to the end; a real run starts
	// anew with each batch, because the database has it then.
	planned map[string]mapElement
	touched map[ref.Place]*planned
	names   map[string]*planned // localities and estates by level, parent and name

	stored map[string]mapElement // elements of this batch and what they are part of, as the register has them
	lines  map[string]mapLine    // the same for roads, entrances and addresses
}

// mapElement is a place that an element of the map became.
type mapElement struct {
	id     ref.Place
	digest string
	path   string
	level  Level
}

// mapLine is a row of roads, entrances or addresses.
type mapLine struct {
	table   string
	id      string
	digest  string
	version int64
}

// feature is a row, read.
type feature struct {
	row     importer.Row
	sort    string
	element string
	digest  string
}

// mapWrite is what Write does for one row; what does not apply is empty.
type mapWrite struct {
	create  *New
	before  *record // of an update
	after   *record
	link    *mapLink
	address *addressRow
	road    *Road
	door    *entranceRow
	known   *mapLine // the line that road, door or address replaces
	aliases []alias
	doubts  []doubt
}

type mapLink struct {
	element, digest string
	place           ref.Place
	old             string // the digest before; "" for a new link
}

type doubt struct {
	place        ref.Place
	code, detail string
}

// Passes is 1.
func (*mapSession) Passes() int { return 1 }

// Pass is always the first.
func (*mapSession) Pass(importer.Row) int { return 0 }

// Key is the element.
func (*mapSession) Key(r importer.Row) string { return elementOf(r) }

// elementOf is the row's element. A bare number or none says nothing outside its file, and
// map services repeat it for each piece of a line; the shape tells the pieces apart.
func elementOf(r importer.Row) string {
	e := r.Text(fElement)
	if strings.Contains(e, "/") {
		return e
	}
	sum := sha256.Sum256([]byte(r.Text(fGeometry)))
	return "shape/" + e + "-" + hex.EncodeToString(sum[:6])
}

// featureIn reads a row.
func featureIn(r importer.Row) feature {
	f := feature{row: r, sort: r.Text(fSort), element: elementOf(r), digest: digestOf(r)}
	if f.sort == "" {
		f.sort = sortByShape(r)
	}
	return f
}

// roadKinds are what map services call the lines that people travel on.
var roadKinds = map[string]bool{"major_road": true, "minor_road": true, "path": true, "highway": true, "road": true}

// sortByShape tells what a row of a file without a column for it is.
func sortByShape(r importer.Row) string {
	switch g := r.Text(fGeometry); {
	case strings.Contains(g, `"LineString"`), strings.Contains(g, `"MultiLineString"`):
		if roadKinds[r.Text(fKind)] || r.Text(fKind) == "" && r.Has(fClass) {
			return sortRoad
		}
	case strings.Contains(g, `Polygon"`):
		if k := r.Text(fKind); k == "" || k == "building" {
			return sortBuilding
		}
	case r.Has(fNumber):
		return sortAddress
	}
	return ""
}

// digestOf tells whether a later map says something else about an element.
func digestOf(r importer.Row) string {
	h := sha256.New()
	for _, f := range mapFields {
		v := r.Value(f.Key)
		_, _ = io.WriteString(h, v.Text+"\x00"+strconv.FormatFloat(v.Number, 'g', -1, 64)+"\x00")
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// Resolve decides what each row does.
func (s *mapSession) Resolve(ctx context.Context, tx *op.Tx, rows []importer.Row) ([]importer.Resolution, error) {
	if s.atlas == nil {
		a, err := loadAtlas(ctx, tx, s.base.path())
		if err != nil {
			return nil, fmt.Errorf("load the places on the map: %w", err)
		}
		s.atlas = a
	}
	if !s.opt.DryRun || s.touched == nil {
		s.planned, s.touched, s.names = map[string]mapElement{}, map[ref.Place]*planned{}, map[string]*planned{}
	}
	features := make([]feature, len(rows))
	for i, r := range rows {
		features[i] = featureIn(r)
	}
	if err := s.prefetch(ctx, tx, features); err != nil {
		return nil, fmt.Errorf("look up map elements: %w", err)
	}
	out := make([]importer.Resolution, len(rows))
	for i, f := range features {
		res, err := s.resolve(ctx, tx, f)
		if err != nil {
			return nil, fmt.Errorf("resolve row %d: %w", f.row.Number, err)
		}
		res.Row = f.row.Number
		out[i] = res
	}
	return out, nil
}

func (s *mapSession) resolve(ctx context.Context, tx *op.Tx, f feature) (importer.Resolution, error) {
	if known, ok := s.known(f.element); ok && known.digest == f.digest {
		return importer.Resolution{Outcome: importer.Unchanged}, nil
	}
	if line, ok := s.lines[f.element]; ok && line.digest == f.digest {
		return importer.Resolution{Outcome: importer.Unchanged}, nil
	}
	switch f.sort {
	case sortBoundary, sortLocality, sortEstate, sortFacility, sortBlock:
		return s.area(ctx, tx, f)
	case sortBuilding:
		return s.building(ctx, tx, f)
	case sortEntrance:
		return s.entrance(ctx, tx, f)
	case sortAddress:
		return s.addressPoint(f), nil
	case sortRoad:
		return s.road(f), nil
	}
	return refuse(refused(fKind, "places.not_on_map", map[string]string{"kind": f.row.Text(fKind)},
		"“{kind}”既不是地点、道路、出入口，也不是门牌。", "“{kind}” is neither a place, a road, an entrance nor an address.")), nil
}

func (s *mapSession) known(element string) (mapElement, bool) {
	if e, ok := s.planned[element]; ok {
		return e, true
	}
	e, ok := s.stored[element]
	return e, ok
}

// prefetch loads what the register knows of the elements of a batch.
func (s *mapSession) prefetch(ctx context.Context, tx *op.Tx, features []feature) error {
	s.stored, s.lines = map[string]mapElement{}, map[string]mapLine{}
	var places, lines []string
	for _, f := range features {
		places = append(places, f.element)
		if in := f.row.Text(fInside); in != "" {
			places = append(places, in)
		}
		if f.sort == sortRoad || f.sort == sortEntrance || f.sort == sortAddress {
			lines = append(lines, f.element)
		}
	}
	const q = `SELECT m.element, m.place_id, m.digest, p.path, p.level FROM map_elements m JOIN places p ON p.id = m.place_id WHERE m.element IN (%s)`
	_, err := inBatches(ctx, tx, q, unique(places), func(r store.Scanner) (e struct{}, err error) {
		var element string
		var m mapElement
		err = r.Scan(&element, &m.id, &m.digest, &m.path, &m.level)
		s.stored[element] = m
		return e, err
	})
	if err != nil {
		return err
	}
	for _, table := range []string{"roads", "entrances", "addresses"} {
		q := `SELECT element, id, digest, version FROM ` + table + ` WHERE element IN (%s)`
		_, err := inBatches(ctx, tx, q, unique(lines), func(r store.Scanner) (e struct{}, err error) {
			var element string
			l := mapLine{table: table}
			err = r.Scan(&element, &l.id, &l.digest, &l.version)
			s.lines[element] = l
			return e, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// load reads a place as it is now, or as this batch leaves it.
func (s *mapSession) load(ctx context.Context, tx *op.Tx, id ref.Place) (*planned, error) {
	if p := s.touched[id]; p != nil {
		return p, nil
	}
	const q = `SELECT ` + columns + `, p.geometry FROM places p WHERE p.id = $1`
	p := &planned{stored: true}
	var text string
	if err := scanInto(tx.QueryRow(ctx, q, string(id)), &p.Place, &text); err != nil {
		return nil, err
	}
	p.base = p.Path
	s.touched[id] = p
	return p, p.readShape(text)
}
