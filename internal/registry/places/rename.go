package places

import (
	"context"
	"fmt"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/ref"
)

// Names are what a place is called; nil leaves one as it is.
type Names struct {
	Name, NameEn, Code *string
}

// Rename gives a place another name or code from a day on. What it was called before is
// kept and still finds it. (A misspelling is corrected with Update.)
func Rename(ctx context.Context, tx *op.Tx, id ref.Place, version int64, n Names, d Deed) (Place, error) {
	before, err := here(ctx, tx, id, version)
	if err != nil {
		return Place{}, err
	}
	after := before
	set(&after.Name, n.Name)
	set(&after.NameEn, n.NameEn)
	set(&after.Code, n.Code)
	if after.Name == before.Name && after.NameEn == before.NameEn && after.Code == before.Code {
		return Place{}, fault.Invalidf("places.same_name", "this is what it is called already").With("name", "same")
	}
	if err := check(after.Place); err != nil {
		return Place{}, err
	}
	c, err := begin(ctx, tx, Renamed, before.Place, d)
	if err != nil {
		return Place{}, err
	}
	if err := c.involve(ctx, tx, before, asSubject); err != nil {
		return Place{}, err
	}
	if after, err = save(ctx, tx, before, after, false); err != nil {
		return Place{}, saved(err)
	}
	if err := rewriteFormer(ctx, tx, after.Place); err != nil {
		return Place{}, fmt.Errorf("keep the former name: %w", err)
	}
	tx.At(after.Path)
	tx.Changed(after.ID.Ref(), before.audited(), after.audited())
	return after.Place, c.end(ctx, tx)
}
