package places

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/ref"
)

// Step is that a subtree went from one path to another; whatever carries a path of it
// must follow.
type Step struct {
	ID       ref.Place
	From, To string
}

// Move puts a place, with all below it, under another parent from a day on. The answer
// says which paths changed; the caller lets everything else that carries paths follow.
func Move(ctx context.Context, tx *op.Tx, id ref.Place, version int64, parent ref.Place, d Deed) (Place, *Change, []Step, error) {
	before, err := here(ctx, tx, id, version)
	if err != nil {
		return Place{}, nil, nil, err
	}
	if before.ParentID == parent {
		return Place{}, nil, nil, fault.Invalidf("places.same_parent", "it is there already").With("parent_id", "same")
	}
	if err := mayMove(ctx, tx, before, parent); err != nil {
		return Place{}, nil, nil, err
	}
	c, err := begin(ctx, tx, Moved, before.Place, d)
	if err != nil {
		return Place{}, nil, nil, err
	}
	if err := c.involve(ctx, tx, before, asSubject); err != nil {
		return Place{}, nil, nil, err
	}
	c.detail.Parent, c.detail.Path = before.ParentID, before.Path
	to, err := nextPath(ctx, tx, parent)
	if err != nil {
		return Place{}, nil, nil, err
	}
	step := Step{before.ID, before.Path, to}
	if err := replant(ctx, tx, step, parent); err != nil {
		return Place{}, nil, nil, fmt.Errorf("move place: %w", err)
	}
	after, err := Load(ctx, tx, id)
	if err != nil {
		return Place{}, nil, nil, err
	}
	tx.At(after.Path)
	tx.Changed(after.ID.Ref(), before.Place, after)
	return after, c, []Step{step}, c.end(ctx, tx)
}

// mayMove checks the new parent against the place, and the caller against both parents.
func mayMove(ctx context.Context, tx *op.Tx, p record, parent ref.Place) error {
	if err := mayAt(tx, access.ParentPath(p.Path)); err != nil {
		return err
	}
	if parent == "" {
		return mayAt(tx, "")
	}
	to, err := Load(ctx, tx, parent)
	switch {
	case err != nil:
		return err
	case strings.HasPrefix(to.Path, p.Path):
		return fault.Invalidf("places.below_itself", "a place can't be put below itself").With("parent_id", "below_itself")
	case !p.Level.Below(to.Level):
		return notBelow(p.Level, to.Level)
	case to.RetiredOn != "":
		return fault.Conflictf("places.parent_retired", "nothing can be put below a place that is no longer there")
	}
	return nil
}

// nextPath takes a path below a parent that was never used before.
func nextPath(ctx context.Context, tx *op.Tx, parent ref.Place) (string, error) {
	p, err := reserve(ctx, tx, parent, 1)
	if err != nil {
		return "", err
	}
	return p.Path + strconv.FormatInt(p.ordinals+1, 10) + ".", nil
}

// replant carries out a step in the tables of this package: the paths, the sums of those
// above, and the map.
func replant(ctx context.Context, tx *op.Tx, s Step, parent ref.Place) error {
	counted, err := below(ctx, tx, s.From)
	if err != nil {
		return err
	}
	const q = `UPDATE places SET parent_id = $2, version = version + 1, updated_at = $3 WHERE id = $1`
	if err := tx.ExecOne(ctx, q, string(s.ID), nullable(parent), int64(tx.Now())); err != nil {
		return err
	}
	if _, err := repath(ctx, tx, s.From, s.To); err != nil {
		return err
	}
	change := sums{}
	for level, n := range counted {
		change.add(s.From, level, -n)
		change.add(s.To, level, n)
	}
	if err := change.write(ctx, tx); err != nil {
		return err
	}
	return subtreeOnMap(ctx, tx, s.To)
}

func nullable(id ref.Place) any {
	if id == "" {
		return nil
	}
	return string(id)
}
