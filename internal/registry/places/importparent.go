package places

import (
	"context"

	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/op"
)

// parent finds where the row's place belongs: nil without a refusal is a root. known is
// the place as the register has it, if it does; then no parent is needed, and a missing
// one is no reason to refuse.
func (s *session) parent(ctx context.Context, tx *op.Tx, d draft, known *planned) (*parentNode, *importer.Refusal, error) {
	for _, code := range d.parents {
		n := s.nodes[code]
		if n == nil {
			continue
		}
		if !s.inReach(tx, n.path) {
			return nil, refused(s.parentField(d), "places.parent_outside", map[string]string{"code": code},
				"上级地点 {code} 不在所选地点之内。", "The parent place {code} is outside the chosen place."), nil
		}
		return n, nil, nil
	}
	if known != nil {
		return nil, nil, nil
	}
	if len(d.parents) > 0 {
		n, refusal := s.orphan(tx, d)
		return n, refusal, nil
	}
	if !d.level.Below(City) && !s.base.chosen && tx.Scope().All() {
		return nil, nil, nil
	}
	return s.byPosition(ctx, tx, d)
}

// orphan decides about a row whose parent is neither in the register nor, before it, in
// the file.
func (s *session) orphan(tx *op.Tx, d draft) (*parentNode, *importer.Refusal) {
	code := d.parents[0]
	switch {
	case s.first[code] != "":
		return nil, refused(s.parentField(d), "places.parent_refused", map[string]string{"code": code},
			"上级地点 {code} 在本文件中，但未能导入。请先改正那一行。", "The parent place {code} is in this file but was not taken in. Mend its row first.")
	case s.base.chosen:
		return s.base.node(), nil
	case !d.level.Below(City) && tx.Scope().All():
		return nil, nil
	}
	return nil, refused(s.parentField(d), "places.parent_missing", map[string]string{"code": code},
		"地点 {code} 不在登记册中。请先导入它，或选择一个地点，把这些地点放在其下。",
		"Place {code} is not in the register; import it first, or choose a place to put these under.")
}

// parentField is the field that names the row's parent, to mark it in the file.
func (s *session) parentField(d draft) string {
	for _, f := range []string{fParent, fParentID, fCommunity, fStreet, fDistrict, fCity, fProvince} {
		if d.row.Has(f) {
			return f
		}
	}
	return fCode
}

func (b base) node() *parentNode {
	return &parentNode{id: b.place.ID, level: b.place.Level, path: b.place.Path}
}

// byPosition puts a place under the deepest area that contains its centre, else under
// the chosen place or the only root.
func (s *session) byPosition(ctx context.Context, tx *op.Tx, d draft) (*parentNode, *importer.Refusal, error) {
	if d.shape.known {
		if s.areas == nil {
			a, err := loadAreas(ctx, tx, s.base.path())
			if err != nil {
				return nil, nil, err
			}
			s.areas = a
		}
		if a, ok := s.areas.above(d.level, d.shape.centre); ok {
			return &parentNode{id: a.place.ID, level: a.place.Level, path: a.place.Path}, nil, nil
		}
	}
	if !s.base.known || !s.base.chosen && !d.shape.known && statesParents(s.opt) {
		return nil, refused(fParent, "places.no_parent", nil,
			"这一行没有说明地点属于哪里。请填写上级，或选择一个地点，把它放在其下。",
			"The row does not say where the place belongs. State its parent, or choose a place to put it under."), nil
	}
	return s.base.node(), nil, nil
}
