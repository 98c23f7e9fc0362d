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

// Retire ends a place with all below it from a day on: it was demolished, dissolved or
// never existed. It stays in the register for everything that refers to it.
func Retire(ctx context.Context, tx *op.Tx, id ref.Place, version int64, d Deed) (Place, *Change, error) {
	before, err := here(ctx, tx, id, version)
	if err != nil {
		return Place{}, nil, err
	}
	if err := mayAt(tx, access.ParentPath(before.Path)); err != nil {
		return Place{}, nil, err
	}
	c, err := begin(ctx, tx, Retired, before.Place, d)
	if err != nil {
		return Place{}, nil, err
	}
	if err := c.involve(ctx, tx, before, asSubject); err != nil {
		return Place{}, nil, err
	}
	if err := c.close(ctx, tx, before.Path); err != nil {
		return Place{}, nil, fmt.Errorf("retire place: %w", err)
	}
	after, err := Load(ctx, tx, id)
	if err != nil {
		return Place{}, nil, err
	}
	tx.At(after.Path)
	tx.Changed(after.ID.Ref(), before.Place, after)
	return after, c, c.end(ctx, tx)
}

// close marks a subtree as no longer there.
func (c *Change) close(ctx context.Context, tx *op.Tx, path string) error {
	counted, err := below(ctx, tx, path)
	if err != nil {
		return err
	}
	const q = `
		UPDATE places SET retired_on = $3, retired_by = $4, version = version + 1, updated_at = $5
		WHERE  path >= $1 AND path < $2 AND retired_on IS NULL`
	if _, err := tx.Exec(ctx, q, path, access.End(path), string(c.From), c.ID, int64(tx.Now())); err != nil {
		return err
	}
	less := sums{}
	for level, n := range counted {
		less.add(path, level, -n)
	}
	if err := less.write(ctx, tx); err != nil {
		return err
	}
	const none = `DELETE FROM place_counts WHERE place_id IN (SELECT id FROM places WHERE path >= $1 AND path < $2)`
	if _, err := tx.Technical().Exec(ctx, none, path, access.End(path)); err != nil {
		return err
	}
	return subtreeOnMap(ctx, tx, path)
}

// Reopen brings a retired place back from a day on, with what was retired with it. A
// place that was merged comes back by undoing the merge.
func Reopen(ctx context.Context, tx *op.Tx, id ref.Place, version int64, d Deed) (Place, *Change, error) {
	p, err := Load(ctx, tx, id)
	switch {
	case err != nil:
		return Place{}, nil, err
	case version != 0 && p.Version != version:
		return Place{}, nil, store.ErrStale
	case p.RetiredOn == "":
		return Place{}, nil, fault.Conflictf("places.in_use", "the place is in use")
	case p.SuccessorID != "":
		return Place{}, nil, fault.Conflictf("places.was_merged", "the place became part of another; undo the merge instead")
	}
	if err := mayReopen(ctx, tx, p); err != nil {
		return Place{}, nil, err
	}
	before := record{Place: p}
	if before.shape, err = loadShape(ctx, tx, p); err != nil {
		return Place{}, nil, err
	}
	c, err := begin(ctx, tx, Reopened, p, d)
	if err != nil {
		return Place{}, nil, err
	}
	if err := c.involve(ctx, tx, before, asSubject); err != nil {
		return Place{}, nil, err
	}
	if err := reopen(ctx, tx, p); err != nil {
		return Place{}, nil, fmt.Errorf("reopen place: %w", err)
	}
	after, err := Load(ctx, tx, id)
	if err != nil {
		return Place{}, nil, err
	}
	tx.At(after.Path)
	tx.Changed(after.ID.Ref(), p, after)
	return after, c, c.end(ctx, tx)
}

func mayReopen(ctx context.Context, tx *op.Tx, p Place) error {
	if p.ParentID == "" {
		return mayAt(tx, "")
	}
	parent, err := Load(ctx, tx, p.ParentID)
	if fault.KindOf(err) == fault.NotFound {
		return mayAt(tx, access.ParentPath(p.Path))
	}
	if err == nil && parent.RetiredOn != "" {
		err = fault.Conflictf("places.parent_retired", "the place above it is no longer there; re-open that first")
	}
	return err
}

// reopen unmarks what was retired together with the place.
func reopen(ctx context.Context, tx *op.Tx, p Place) error {
	const q = `
		UPDATE places SET retired_on = NULL, retired_by = NULL, version = version + 1, updated_at = $3
		WHERE  path >= $1 AND path < $2 AND retired_by = (SELECT t.retired_by FROM places t WHERE t.id = $4)
		RETURNING path, level`
	type back struct {
		path  string
		level Level
	}
	rows, err := tx.Query(ctx, q, p.Path, access.End(p.Path), int64(tx.Now()), string(p.ID))
	found, err := store.Collect(rows, err, func(r store.Scanner) (b back, err error) { return b, r.Scan(&b.path, &b.level) })
	if err != nil {
		return err
	}
	more := sums{}
	for _, b := range found {
		more.add(b.path, b.level, 1)
	}
	if err := more.write(ctx, tx); err != nil {
		return err
	}
	return subtreeOnMap(ctx, tx, p.Path)
}
