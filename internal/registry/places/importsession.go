package places

import (
	"context"
	"fmt"
	"strings"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// session is one run of one file.
type session struct {
	opt  importer.SessionOptions
	base base

	// What Key has seen of the file. A resumed run sees it again; a batch that the
	// database asked to repeat does not, so nothing may be lost with it: at worst a row
	// is refused that the next import of the file takes.
	first    map[string]string // code → the first row with it
	codeOfID map[string]string // identifier → code, for files that name parents by identifier

	// nodes are the places that can be parents, by code. Paths and levels never change,
	// so they are good for the whole session.
	nodes map[string]*parentNode

	// What the session knows about places it plans to write. A dry run keeps it to the
	// end; a real run starts anew with each batch, because the database has it then.
	byCode   map[string]*planned
	byName   map[nameKey]*planned
	children map[ref.Place]bool // parents whose children are in byName
	areas    *areas
}

// parentNode is a place as a parent in a file.
type parentNode struct {
	id    ref.Place
	level Level
	path  string // of the place, or for a planned one, of the nearest stored ancestor
}

// planned is a place as it will be after the rows so far.
type planned struct {
	record
	stored bool
	base   string // path of the nearest stored ancestor of a place not yet stored
}

type nameKey struct {
	parent ref.Place
	level  Level
	name   string
}

// prepared is what Write does for one row.
type prepared struct {
	create  *New
	before  record
	after   record
	address *addressRow // that the row states for a new place
	piece   bool        // a further part of a footprint, which belongs to an earlier row of the file
}

func (s *session) forget() {
	s.byCode, s.byName, s.children = map[string]*planned{}, map[nameKey]*planned{}, map[ref.Place]bool{}
}

// Passes reads the file once for each level, so that parents are known before their
// children in whatever order the file has them.
func (s *session) Passes() int {
	if s.opt.Has(fGeometry) && !s.opt.Has(fLevel) && !s.opt.Has(fDepth) && !statesParents(s.opt) {
		return 1 // buildings only
	}
	return len(Levels)
}

// Pass is the rank of the row's level. A country below another one comes after it.
func (s *session) Pass(r importer.Row) int {
	level, how := levelOf(s.opt, r)
	if level == "" || s.Passes() == 1 {
		return 0
	}
	if how == levelNumbered && level == Country && (r.Has(fParentID) || r.Has(fParent)) {
		return 1
	}
	return level.Rank()
}

// Key is the row's code, or its level and name below its parent. Rows of footprints may
// repeat a code: map services cut a building at the edges of their tiles, and add a point
// for its label; Resolve puts the parts together.
func (s *session) Key(r importer.Row) string {
	code := s.codeOf(r)
	if id := r.Text(fID); id != "" && code != "" {
		s.codeOfID[id] = code
	}
	if code == "" {
		level, _ := levelOf(s.opt, r)
		parents := s.parentsOf(r, "")
		return "name\x00" + strings.Join(parents, "\x01") + "\x00" + string(level) + "\x00" + nameOf(r)
	}
	if s.first[code] == "" {
		s.first[code] = rowID(r)
	}
	if r.Has(fGeometry) {
		return ""
	}
	return "code\x00" + code
}

func rowID(r importer.Row) string { return fmt.Sprintf("%s\x00%d", r.Sheet, r.Number) }

// Resolve decides what each row does.
func (s *session) Resolve(ctx context.Context, tx *op.Tx, rows []importer.Row) ([]importer.Resolution, error) {
	if !s.opt.DryRun {
		s.forget()
	}
	drafts := make([]draft, len(rows))
	for i, r := range rows {
		drafts[i] = s.draft(r)
	}
	if err := s.prefetch(ctx, tx, drafts); err != nil {
		return nil, fmt.Errorf("look up places: %w", err)
	}
	out := make([]importer.Resolution, len(rows))
	for i, d := range drafts {
		res, err := s.resolve(ctx, tx, d)
		if err != nil {
			return nil, fmt.Errorf("resolve row %d: %w", d.row.Number, err)
		}
		res.Row = d.row.Number
		out[i] = res
	}
	return out, nil
}

func refuse(r *importer.Refusal) importer.Resolution {
	return importer.Resolution{Outcome: importer.Refuse, Refusals: []importer.Refusal{*r}}
}

func (s *session) resolve(ctx context.Context, tx *op.Tx, d draft) (importer.Resolution, error) {
	if d.refusal != nil {
		return refuse(d.refusal), nil
	}
	known := s.byCode[d.code]
	if d.code == "" {
		known = nil
	}
	parent, refusal, err := s.parent(ctx, tx, d, known)
	if err != nil {
		return importer.Resolution{}, err
	}
	if known == nil && d.code == "" && refusal == nil {
		if known, err = s.namesake(ctx, tx, d, parent); err != nil {
			return importer.Resolution{}, err
		}
	}
	if known != nil {
		return s.change(tx, d, known, parent), nil
	}
	if refusal != nil {
		return refuse(refusal), nil
	}
	return s.create(d, parent), nil
}

// prefetch loads the places that the rows and their parents have codes of.
func (s *session) prefetch(ctx context.Context, tx *op.Tx, drafts []draft) error {
	var codes, parents []string
	for _, d := range drafts {
		if d.code != "" && s.byCode[d.code] == nil {
			codes = append(codes, d.code)
		}
		for _, p := range d.parents {
			if s.nodes[p] == nil {
				parents = append(parents, p)
			}
		}
	}
	const q = `SELECT ` + columns + `, p.geometry FROM places p WHERE p.code <> '' AND p.code IN (%s)`
	found, err := inBatches(ctx, tx, q, unique(codes), func(r store.Scanner) (*planned, error) {
		p := &planned{stored: true}
		var text string
		if err := scanInto(r, &p.Place, &text); err != nil {
			return nil, err
		}
		p.base = p.Path
		return p, p.readShape(text)
	})
	if err != nil {
		return err
	}
	for _, p := range found {
		s.byCode[p.Code] = p
	}
	above, err := ByCodes(ctx, tx, unique(parents))
	for code, p := range above {
		s.nodes[code] = &parentNode{id: p.ID, level: p.Level, path: p.Path}
	}
	return err
}

func (p *planned) readShape(text string) (err error) {
	if text != "" {
		p.shape, err = parseGeometry(text)
	} else {
		p.shape, err = pointShape(p.Lon, p.Lat)
	}
	return err
}

func unique(in []string) []string {
	seen := make(map[string]bool, len(in))
	var out []string
	for _, x := range in {
		if !seen[x] {
			seen[x] = true
			out = append(out, x)
		}
	}
	return out
}

// namesake finds the place of a row without a code: the one below the same parent with
// the same level and name.
func (s *session) namesake(ctx context.Context, tx *op.Tx, d draft, parent *parentNode) (*planned, error) {
	var id ref.Place
	if parent != nil {
		id = parent.id
	}
	if !s.children[id] {
		s.children[id] = true
		if err := s.loadChildren(ctx, tx, id); err != nil {
			return nil, err
		}
	}
	return s.byName[nameKey{id, d.level, d.name}], nil
}

func (s *session) loadChildren(ctx context.Context, tx *op.Tx, parent ref.Place) error {
	where, args := `p.parent_id = $1`, []any{string(parent)}
	if parent == "" {
		where, args = `p.parent_id IS NULL`, nil
	}
	rows, err := tx.Query(ctx, `SELECT `+columns+`, p.geometry FROM places p WHERE `+where, args...)
	found, err := store.Collect(rows, err, func(r store.Scanner) (*planned, error) {
		p := &planned{stored: true}
		var text string
		if err := scanInto(r, &p.Place, &text); err != nil {
			return nil, err
		}
		p.base = p.Path
		return p, p.readShape(text)
	})
	for _, p := range found {
		key := nameKey{parent, p.Level, p.Name}
		if s.byName[key] == nil {
			s.byName[key] = p
		}
	}
	return err
}

// Write stores inserts in one go and then updates one by one.
func (s *session) Write(ctx context.Context, tx *op.Tx, resolutions []importer.Resolution) ([]importer.Written, error) {
	var fresh []New
	for _, r := range resolutions {
		if p := r.Prepared.(*prepared); p.create != nil {
			fresh = append(fresh, *p.create)
		}
	}
	paths := map[ref.Place]string{}
	if err := grow(ctx, tx, fresh, func(_ int, r *record) { paths[r.ID] = r.Path }); err != nil {
		return nil, fmt.Errorf("write places: %w", err)
	}
	if err := writeStated(ctx, tx, resolutions, paths); err != nil {
		return nil, fmt.Errorf("write the addresses of places: %w", err)
	}
	out := make([]importer.Written, len(resolutions))
	for i, r := range resolutions {
		p := r.Prepared.(*prepared)
		if p.create != nil {
			out[i] = importer.Written{Ref: p.create.ID.Ref(), Version: 1}
			continue
		}
		w, err := p.write(ctx, tx)
		if err != nil {
			return nil, fmt.Errorf("write place %s: %w", p.after.ID, err)
		}
		out[i] = w
	}
	return out, nil
}

// inReach reports whether the session may write at path.
func (s *session) inReach(tx *op.Tx, path string) bool {
	return tx.Scope().Contains(path) && (!s.base.chosen || access.Under(s.base.place.Path).Contains(path))
}
