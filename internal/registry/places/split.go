package places

import (
	"context"
	"fmt"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/ref"
)

// Part is one of the new places that a place is split into.
type Part struct {
	Name, NameEn, Code string
	Geometry           string   // "" for none
	Lon, Lat           *float64 // used when there is no Geometry
	Population, Floors int64
	Children           []ref.Place // of the place, which go to this part
}

// Division is how a place is split. The place itself stays as what is left.
type Division struct {
	Parts    []Part
	Geometry *string // the outline of what is left; nil leaves it as it is
}

// Split divides a place into what is left of it and new places beside it, from a day on.
// The answer names the new places in the order of the parts, and which paths changed.
func Split(ctx context.Context, tx *op.Tx, id ref.Place, version int64, v Division, d Deed) ([]Place, *Change, []Step, error) {
	before, err := here(ctx, tx, id, version)
	if err != nil {
		return nil, nil, nil, err
	}
	if err := checkDivision(ctx, tx, before, v); err != nil {
		return nil, nil, nil, err
	}
	c, err := begin(ctx, tx, Divided, before.Place, d)
	if err != nil {
		return nil, nil, nil, err
	}
	if err := c.involve(ctx, tx, before, asSubject); err != nil {
		return nil, nil, nil, err
	}
	after := before
	if v.Geometry != nil && *v.Geometry != before.shape.text {
		c.detail.Geometry = true
		if after.shape, err = storedShape(before.Place, *v.Geometry); err != nil {
			return nil, nil, nil, err
		}
	}
	if after, err = save(ctx, tx, before, after, false); err != nil {
		return nil, nil, nil, err
	}
	var parts []Place
	var steps []Step
	for _, p := range v.Parts {
		made, moved, err := c.part(ctx, tx, after, p)
		if err != nil {
			return nil, nil, nil, err
		}
		parts, steps = append(parts, made), append(steps, moved...)
	}
	tx.At(after.Path)
	tx.Changed(after.ID.Ref(), before.audited(), after.audited())
	return parts, c, steps, c.end(ctx, tx)
}

func checkDivision(ctx context.Context, tx *op.Tx, p record, v Division) error {
	if len(v.Parts) == 0 || len(v.Parts) > maxParts {
		return fault.Invalidf("places.no_parts", "a place is split into one to %d new ones", maxParts).With("parts", "required")
	}
	if err := mayAt(tx, access.ParentPath(p.Path)); err != nil {
		return err
	}
	given := map[ref.Place]bool{}
	for _, part := range v.Parts {
		for _, id := range part.Children {
			child, err := Load(ctx, tx, id)
			if err != nil {
				return err
			}
			if child.ParentID != p.ID || given[id] {
				return fault.Invalidf("places.not_a_child", "each child goes to one part, and must be directly below the place").With("parts", "not_a_child")
			}
			given[id] = true
		}
	}
	return nil
}

// maxParts bounds one split.
const maxParts = 20

// part makes one new place and moves its children.
func (c *Change) part(ctx context.Context, tx *op.Tx, from record, p Part) (Place, []Step, error) {
	made, err := Create(ctx, tx, New{Parent: from.ParentID, Level: from.Level, Kind: from.Kind, Name: p.Name, NameEn: p.NameEn, Code: p.Code,
		Geometry: p.Geometry, Lon: p.Lon, Lat: p.Lat, Population: p.Population, Floors: p.Floors})
	if err != nil {
		return Place{}, nil, err
	}
	if err := c.involve(ctx, tx, record{Place: made}, asNew); err != nil {
		return Place{}, nil, err
	}
	c.detail.Others = append(c.detail.Others, made.ID)
	steps, err := c.adopt(ctx, tx, p.Children, made.ID)
	return made, steps, err
}

// adopt moves children to another parent as part of a change.
func (c *Change) adopt(ctx context.Context, tx *op.Tx, children []ref.Place, parent ref.Place) ([]Step, error) {
	var steps []Step
	for _, id := range children {
		p, err := Load(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		if err := c.involve(ctx, tx, record{Place: p}, asChild); err != nil {
			return nil, err
		}
		s, err := transplant(ctx, tx, p, parent)
		if err != nil {
			return nil, err
		}
		c.detail.Children = append(c.detail.Children, homed{p.ID, p.ParentID, p.Path})
		steps = append(steps, s)
	}
	return steps, nil
}

// transplant moves a place, with all below it, to a new path below another parent.
func transplant(ctx context.Context, tx *op.Tx, p Place, parent ref.Place) (Step, error) {
	to, err := nextPath(ctx, tx, parent)
	if err != nil {
		return Step{}, err
	}
	s := Step{p.ID, p.Path, to}
	if err := replant(ctx, tx, s, parent); err != nil {
		return Step{}, fmt.Errorf("move place %s: %w", p.ID, err)
	}
	after := p
	after.ParentID, after.Path = parent, to
	tx.Changed(p.ID.Ref(), p, after)
	return s, nil
}
