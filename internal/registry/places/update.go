package places

import (
	"context"
	"fmt"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// Update edits a place that still is at the given version. Somebody else's earlier save
// is store.ErrStale. Level and parent can't be edited.
func Update(ctx context.Context, tx *op.Tx, id ref.Place, version int64, c Changes) (Place, error) {
	p, err := Load(ctx, tx, id)
	if err != nil {
		return Place{}, err
	}
	if p.Version != version {
		return Place{}, store.ErrStale
	}
	before := record{Place: p}
	if before.shape, err = loadShape(ctx, tx, p); err != nil {
		return Place{}, fmt.Errorf("update place: %w", err)
	}
	after, err := c.apply(before)
	if err != nil {
		return Place{}, err
	}
	if after, err = save(ctx, tx, before, after, false); err != nil {
		return Place{}, saved(err)
	}
	tx.At(after.Path)
	tx.Changed(after.ID.Ref(), before.audited(), after.audited())
	return after.Place, nil
}

// saved says of a broken constraint what it means here: only the code is unique.
func saved(err error) error {
	if fault.CodeOf(err) == "conflict.exists" {
		return fault.Conflictf("places.code_taken", "another place has this code").With("code", "taken")
	}
	return err
}

func (c Changes) apply(before record) (record, error) {
	after := before
	set(&after.Kind, c.Kind)
	set(&after.Code, c.Code)
	set(&after.Name, c.Name)
	set(&after.NameEn, c.NameEn)
	set(&after.Population, c.Population)
	set(&after.Floors, c.Floors)
	if c.Height != nil {
		after.Height = c.Height
	}
	if err := check(after.Place); err != nil {
		return record{}, err
	}
	var err error
	switch {
	case c.Geometry != nil && *c.Geometry != "":
		after.shape, err = parseGeometry(*c.Geometry)
	case c.Lon != nil || c.Lat != nil:
		if before.HasGeometry && c.Geometry == nil {
			return record{}, fault.Invalidf("places.point_of_outline", "the point of a place with an outline follows from the outline").With("lon", "derived").With("lat", "derived")
		}
		after.shape, err = pointShape(c.Lon, c.Lat)
	case c.Geometry != nil: // the outline goes, its centre stays
		after.shape, err = pointShape(before.Lon, before.Lat)
	}
	return after, err
}

func set[T any](dst *T, v *T) {
	if v != nil {
		*dst = *v
	}
}
