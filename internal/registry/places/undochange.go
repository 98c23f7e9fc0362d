package places

import (
	"context"
	"fmt"
	"strings"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// Undone is what taking a change back did, for the caller to let the rest follow: first
// the steps, then the handovers.
type Undone struct {
	Change    Change
	Place     Place
	Steps     []Step
	Handovers []Handover
}

// Undo takes the last change of a place back: everything is as if it had never been made,
// except that it and the reason stand in the history. A change after which another one
// touched the same places can't be undone before that.
func Undo(ctx context.Context, tx *op.Tx, id string) (Undone, error) {
	c, err := scanChange(tx.QueryRow(ctx, `SELECT `+changeColumns+` FROM place_changes c WHERE c.id = $1`, id))
	if fault.KindOf(err) == fault.NotFound {
		return Undone{}, fault.NotFoundf("places.no_change", "there is no such change")
	}
	if err != nil {
		return Undone{}, err
	}
	p, err := Load(ctx, tx, c.PlaceID)
	if err != nil {
		return Undone{}, err
	}
	if err := c.undoable(ctx, tx); err != nil {
		return Undone{}, err
	}
	before := record{Place: p}
	if before.shape, err = loadShape(ctx, tx, p); err != nil {
		return Undone{}, err
	}
	out := Undone{Change: c}
	if err := out.takeBack(ctx, tx, before); err != nil {
		return Undone{}, fmt.Errorf("undo change %s: %w", id, err)
	}
	if out.Place, err = Load(ctx, tx, p.ID); err != nil {
		return Undone{}, err
	}
	tx.At(out.Place.Path)
	tx.Changed(p.ID.Ref(), p, out.Place)
	return out, out.strike(ctx, tx)
}

func (u *Undone) takeBack(ctx context.Context, tx *op.Tx, before record) error {
	switch u.Change.Kind {
	case Renamed:
		return u.rename(ctx, tx, before)
	case Moved:
		return u.back(ctx, tx, homed{before.ID, u.Change.detail.Parent, u.Change.detail.Path})
	case Divided:
		return u.rejoin(ctx, tx, before)
	case Merged:
		return u.part(ctx, tx, before)
	case Retired:
		if err := mayReopen(ctx, tx, before.Place); err != nil {
			return err
		}
		return reopen(ctx, tx, before.Place)
	}
	return fault.Conflictf("places.cant_undo", "a re-opening is not undone: retire the place again")
}

// undoable refuses what was undone before, and what later changes stand on.
func (c Change) undoable(ctx context.Context, tx *op.Tx) error {
	if c.UndoneAt != 0 {
		return fault.Conflictf("places.already_undone", "this change has been undone already")
	}
	const q = `
		SELECT count(*) FROM place_changes l JOIN place_change_places lp ON lp.change_id = l.id
		WHERE  l.id > $1 AND l.undone_at IS NULL AND lp.place_id IN (SELECT place_id FROM place_change_places WHERE change_id = $1)`
	var later int64
	if err := tx.QueryRow(ctx, q, c.ID).Scan(&later); err != nil {
		return err
	}
	if later > 0 {
		return fault.Conflictf("places.changed_since", "a later change touched the same places; undo that first")
	}
	return nil
}

func (u *Undone) rename(ctx context.Context, tx *op.Tx, before record) error {
	after := before
	const q = `SELECT name, name_en, code FROM place_history WHERE change_id = $1 AND place_id = $2`
	if err := tx.QueryRow(ctx, q, u.Change.ID, string(before.ID)).Scan(&after.Name, &after.NameEn, &after.Code); err != nil {
		return err
	}
	_, err := save(ctx, tx, before, after, false)
	return saved(err)
}

// back puts a place where it was. It gets its own old ordinal again, which nobody else
// below that parent ever had.
func (u *Undone) back(ctx context.Context, tx *op.Tx, h homed) error {
	p, err := Load(ctx, tx, h.ID)
	if err != nil {
		return err
	}
	if err := mayMove(ctx, tx, record{Place: p}, h.Parent); err != nil {
		return err
	}
	to := h.Path[len(access.ParentPath(h.Path)):]
	if h.Parent != "" {
		parent, err := Load(ctx, tx, h.Parent)
		if err != nil {
			return err
		}
		to = parent.Path + to
	}
	s := Step{p.ID, p.Path, to}
	u.Steps = append(u.Steps, s)
	return replant(ctx, tx, s, h.Parent)
}

// rejoin takes a split back: the new places end, and all that stands at and below them
// goes to the place that they came from.
func (u *Undone) rejoin(ctx context.Context, tx *op.Tx, whole record) error {
	for _, h := range u.Change.detail.Children {
		if err := u.back(ctx, tx, h); err != nil {
			return err
		}
	}
	for _, id := range u.Change.detail.Others {
		r, err := here(ctx, tx, id, 0)
		if err != nil {
			return err
		}
		since, err := childrenOf(ctx, tx, id)
		if err != nil {
			return err
		}
		for _, child := range since { // those that came to the part after the split
			p, err := Load(ctx, tx, child)
			if err != nil {
				return err
			}
			s, err := transplant(ctx, tx, p, whole.ID)
			if err != nil {
				return err
			}
			u.Steps = append(u.Steps, s)
		}
		if err := u.Change.succeed(ctx, tx, r, whole.Place); err != nil {
			return err
		}
		u.Handovers = append(u.Handovers, Handover{From: id, To: whole.ID, FromPath: r.Path, ToPath: whole.Path})
	}
	return u.outline(ctx, tx, whole.ID, 0)
}

// part takes a merge back: the places that ended are there again, with their children
// and what stood at them.
func (u *Undone) part(ctx context.Context, tx *op.Tx, winner record) error {
	if u.Change.detail.Standing.added() {
		return fault.Conflictf("places.cant_take_apart", "daily totals or screening rounds of the merged places were added up, and can't be taken apart again")
	}
	var people int64
	for _, id := range u.Change.detail.Others {
		p, err := Load(ctx, tx, id)
		if err != nil {
			return err
		}
		const q = `
			UPDATE places SET retired_on = NULL, retired_by = NULL, successor_id = NULL, version = version + 1, updated_at = $2
			WHERE  id = $1`
		if err := tx.ExecOne(ctx, q, string(id), int64(tx.Now())); err != nil {
			return err
		}
		more := sums{}
		more.add(p.Path, p.Level, 1)
		if err := more.write(ctx, tx); err != nil {
			return err
		}
		people += p.Population
		u.Handovers = append(u.Handovers, Handover{From: winner.ID, To: id, FromPath: winner.Path, ToPath: p.Path,
			Only: given(u.Change.detail.Standing[id])})
	}
	for _, h := range u.Change.detail.Children {
		if err := u.back(ctx, tx, h); err != nil {
			return err
		}
	}
	return u.outline(ctx, tx, winner.ID, people)
}

// added reports whether records were added up instead of handed over.
func (s Standing) added() bool {
	for _, rows := range s {
		for key := range rows {
			if strings.HasSuffix(key, ".added") {
				return true
			}
		}
	}
	return false
}

// given is a set of rows that is empty rather than everything.
func given(rows map[string][]string) map[string][]string {
	if rows == nil {
		return map[string][]string{}
	}
	return rows
}

// outline gives the place its outline of before again, and takes people off its count.
func (u *Undone) outline(ctx context.Context, tx *op.Tx, id ref.Place, people int64) error {
	r, err := here(ctx, tx, id, 0)
	if err != nil {
		return err
	}
	after := r
	if after.Population > people {
		after.Population -= people
	}
	if u.Change.detail.Geometry {
		var text string
		const q = `SELECT geometry FROM place_history WHERE change_id = $1 AND place_id = $2`
		if err := tx.QueryRow(ctx, q, u.Change.ID, string(id)).Scan(&text); err != nil {
			return err
		}
		if after.shape, err = storedShape(r.Place, text); err != nil {
			return err
		}
	}
	_, err = save(ctx, tx, r, after, false)
	return err
}

// strike marks the change as undone; the states that it ended have gone on.
func (u *Undone) strike(ctx context.Context, tx *op.Tx) error {
	const q = `UPDATE place_changes SET undone_at = $2, undone_by = $3 WHERE id = $1 AND undone_at IS NULL`
	if err := tx.ExecOne(ctx, q, u.Change.ID, int64(tx.Now()), tx.Principal().Name); err != nil {
		return err
	}
	u.Change.UndoneAt = tx.Now()
	if _, err := tx.Technical().Exec(ctx, `DELETE FROM place_history WHERE change_id = $1`, u.Change.ID); err != nil {
		return err
	}
	rows, err := tx.Query(ctx, `SELECT place_id FROM place_change_places WHERE change_id = $1`, u.Change.ID)
	ids, err := store.Collect(rows, err, func(r store.Scanner) (id ref.Place, err error) { return id, r.Scan(&id) })
	if err != nil {
		return err
	}
	found, err := ByIDs(ctx, tx, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if p, ok := found[id]; ok {
			if err := rewriteFormer(ctx, tx, p); err != nil {
				return err
			}
		}
	}
	return nil
}
