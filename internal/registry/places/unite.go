package places

import (
	"context"
	"fmt"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// Merge makes other places part of one, from a day on: their children become its
// children, their outlines part of its outline, and they are no longer there but lead to
// it. The answer says which paths changed; what stands at the places themselves the
// caller hands over.
func Merge(ctx context.Context, tx *op.Tx, id ref.Place, version int64, others []ref.Place, d Deed) (Place, []Place, *Change, []Step, error) {
	fail := func(err error) (Place, []Place, *Change, []Step, error) { return Place{}, nil, nil, nil, err }
	before, err := here(ctx, tx, id, version)
	if err != nil {
		return fail(err)
	}
	gone, err := mergeable(ctx, tx, before, others)
	if err != nil {
		return fail(err)
	}
	c, err := begin(ctx, tx, Merged, before.Place, d)
	if err != nil {
		return fail(err)
	}
	if err := c.involve(ctx, tx, before, asSubject); err != nil {
		return fail(err)
	}
	after, err := c.unite(ctx, tx, before, gone)
	if err != nil {
		return fail(err)
	}
	var steps []Step
	var out []Place
	for _, r := range gone {
		moved, err := c.absorb(ctx, tx, r, after.Place)
		if err != nil {
			return fail(fmt.Errorf("merge place %s: %w", r.ID, err))
		}
		steps, out = append(steps, moved...), append(out, r.Place)
	}
	tx.At(after.Path)
	tx.Changed(after.ID.Ref(), before.audited(), after.audited())
	return after.Place, out, c, steps, c.end(ctx, tx)
}

func mergeable(ctx context.Context, tx *op.Tx, p record, others []ref.Place) ([]record, error) {
	if len(others) == 0 || len(others) > maxParts {
		return nil, fault.Invalidf("places.no_others", "one to %d other places are merged into a place", maxParts).With("others", "required")
	}
	seen := map[ref.Place]bool{p.ID: true}
	var out []record
	for _, id := range others {
		r, err := here(ctx, tx, id, 0)
		switch {
		case err != nil:
			return nil, err
		case seen[id]:
			return nil, fault.Invalidf("places.merged_twice", "a place is named twice").With("others", "repeated")
		case r.Level != p.Level:
			return nil, fault.Invalidf("places.other_level", "only places of one level can be merged").With("others", "other_level")
		}
		if err := mayAt(tx, access.ParentPath(r.Path)); err != nil {
			return nil, err
		}
		seen[id] = true
		out = append(out, r)
	}
	return out, nil
}

// unite gives the place the outlines and people's counts of those merged into it.
func (c *Change) unite(ctx context.Context, tx *op.Tx, before record, gone []record) (record, error) {
	after := before
	for _, r := range gone {
		if r.shape.outline != nil && after.shape.outline != nil {
			if all, grown := merged(after.shape.outline, r.shape.outline); grown {
				s, err := areaShape(all, polygonsOf(all))
				if err != nil {
					return record{}, err
				}
				after.shape, c.detail.Geometry = s, true
			}
		}
		if after.Population > 0 && r.Population > 0 {
			after.Population += r.Population
		}
	}
	return save(ctx, tx, before, after, false)
}

// absorb ends one place: its children go to the successor, and it leads there.
func (c *Change) absorb(ctx context.Context, tx *op.Tx, r record, into Place) ([]Step, error) {
	if err := c.involve(ctx, tx, r, asMerged); err != nil {
		return nil, err
	}
	c.detail.Others = append(c.detail.Others, r.ID)
	children, err := childrenOf(ctx, tx, r.ID)
	if err != nil {
		return nil, err
	}
	steps, err := c.adopt(ctx, tx, children, into.ID)
	if err != nil {
		return nil, err
	}
	if err := addFormer(ctx, tx, into, r.Name, r.Code, r.NameEn); err != nil {
		return nil, err
	}
	return steps, c.succeed(ctx, tx, r, into)
}

// childrenOf lists the places directly below one, those no longer there included.
func childrenOf(ctx context.Context, tx *op.Tx, id ref.Place) ([]ref.Place, error) {
	rows, err := tx.Query(ctx, `SELECT id FROM places WHERE parent_id = $1 ORDER BY path`, string(id))
	return store.Collect(rows, err, func(s store.Scanner) (id ref.Place, err error) { return id, s.Scan(&id) })
}

// succeed marks a place as no longer there, and which one it became part of.
func (c *Change) succeed(ctx context.Context, tx *op.Tx, r record, into Place) error {
	const q = `
		UPDATE places SET retired_on = $2, retired_by = $3, successor_id = $4, version = version + 1, updated_at = $5
		WHERE  id = $1`
	if err := tx.ExecOne(ctx, q, string(r.ID), string(c.From), c.ID, string(into.ID), int64(tx.Now())); err != nil {
		return err
	}
	less := sums{}
	less.add(r.Path, r.Level, -1)
	if err := less.write(ctx, tx); err != nil {
		return err
	}
	after := r.Place
	after.RetiredOn, after.SuccessorID = c.From, into.ID
	tx.Changed(r.ID.Ref(), r.Place, after)
	return changedOnMap(ctx, tx, r, r)
}
