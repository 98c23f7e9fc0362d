package views

import (
	"context"
	"fmt"
	"strings"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

func notFound() error {
	return fault.NotFoundf("views.not_found", "there is no such view, or it is not yours")
}

// List returns the caller's own views of a list and those shared with them, own ones
// first, each group by name.
func List(ctx context.Context, tx *op.Tx, list string) ([]View, error) {
	me := tx.Principal().UserID
	rows, err := tx.Query(ctx, selectView+` WHERE v.list = $2 AND (v.owner_id = $1 OR v.shared) ORDER BY v.owner_id <> $1, lower(v.name), v.id`, me, list)
	all, err := store.Collect(rows, err, scan(me))
	if err != nil {
		return nil, fmt.Errorf("list saved views: %w", err)
	}
	out := []View{}
	for _, v := range all {
		if v.Mine || sees(tx, v.PlacePath) {
			out = append(out, v)
		}
	}
	return out, nil
}

// sees reports whether the caller works at the place, above it or below it.
func sees(tx *op.Tx, path string) bool {
	if tx.Scope().Contains(path) {
		return true
	}
	for _, p := range tx.Scope().Prefixes() {
		if strings.HasPrefix(p, path) {
			return true
		}
	}
	return false
}

// Create saves a view for the caller. at returns the path of the place of a shared view.
func Create(ctx context.Context, tx *op.Tx, n New, path string) (View, error) {
	n, err := n.tidied()
	if err != nil {
		return View{}, err
	}
	mine, err := countOf(ctx, tx, n.List)
	if err != nil {
		return View{}, err
	}
	if mine >= maxViews {
		return View{}, fault.Conflictf("views.too_many", "you have %d views of this list: delete some first", mine)
	}
	v := View{ID: ref.View(ids.New()), OwnerID: ref.User(tx.Principal().UserID), OwnerName: tx.Principal().Name, Mine: true, Version: 1, UpdatedAt: tx.Now()}
	if err := v.become(tx, n, path); err != nil {
		return View{}, err
	}
	if err := insert(ctx, tx, v); err != nil {
		return View{}, fmt.Errorf("save a view: %w", err)
	}
	tx.At(v.PlacePath)
	tx.Changed(v.ID.Ref(), nil, v)
	return v, nil
}

// become takes over what was stated. Sharing with a place asks for the operation there.
func (v *View) become(tx *op.Tx, n New, path string) error {
	v.List, v.Name, v.Query, v.Layout, v.Shared, v.PlaceID, v.PlacePath = n.List, n.Name, n.Query, n.Layout, n.Shared, "", ""
	if !n.Shared {
		return nil
	}
	v.PlaceID, v.PlacePath = n.PlaceID, path
	if !tx.May(Share, path) {
		return fault.Forbiddenf("views.may_not_share", "your roles do not let you share views at this place").With("shared", "not_allowed")
	}
	return nil
}

func countOf(ctx context.Context, tx *op.Tx, list string) (n int, err error) {
	err = tx.QueryRow(ctx, `SELECT count(*) FROM saved_views WHERE owner_id = $1 AND list = $2`, tx.Principal().UserID, list).Scan(&n)
	return n, err
}

// own loads a view of the caller.
func own(ctx context.Context, tx *op.Tx, id ref.View) (View, error) {
	me := tx.Principal().UserID
	rows, err := tx.Query(ctx, selectView+` WHERE v.id = $2 AND v.owner_id = $1`, me, string(id))
	found, err := store.Collect(rows, err, scan(me))
	if err != nil {
		return View{}, fmt.Errorf("load a view: %w", err)
	}
	if len(found) == 0 {
		return View{}, notFound()
	}
	return found[0], nil
}

// Update replaces the caller's view, which must still be at the given version. The list
// stays what it was.
func Update(ctx context.Context, tx *op.Tx, id ref.View, version int64, n New, path string) (View, error) {
	before, err := own(ctx, tx, id)
	if err != nil {
		return View{}, err
	}
	n.List = before.List
	if n, err = n.tidied(); err != nil {
		return View{}, err
	}
	after := before
	if err := after.become(tx, n, path); err != nil {
		return View{}, err
	}
	after.Version, after.UpdatedAt = version+1, tx.Now()
	if err := update(ctx, tx, after, version); err != nil {
		return View{}, fmt.Errorf("update a view: %w", err)
	}
	tx.At(after.PlacePath)
	tx.Changed(id.Ref(), before, after)
	return after, nil
}

// Delete removes the caller's view; lists that opened with it open without one.
func Delete(ctx context.Context, tx *op.Tx, id ref.View, version int64) error {
	v, err := own(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := remove(ctx, tx, id, version); err != nil {
		return fmt.Errorf("delete a view: %w", err)
	}
	tx.At(v.PlacePath)
	tx.Changed(id.Ref(), v, nil)
	return nil
}

// OpenWith makes a list open with a view for the caller; the empty id makes it open plain.
func OpenWith(ctx context.Context, tx *op.Tx, list string, id ref.View) error {
	me := tx.Principal().UserID
	if id == "" {
		_, err := tx.Technical().Exec(ctx, `DELETE FROM view_defaults WHERE user_id = $1 AND list = $2`, me, list)
		return err
	}
	all, err := List(ctx, tx, list)
	if err != nil {
		return err
	}
	for _, v := range all {
		if v.ID == id {
			const q = `INSERT INTO view_defaults (user_id, list, view_id) VALUES ($1, $2, $3)
				ON CONFLICT (user_id, list) DO UPDATE SET view_id = excluded.view_id`
			_, err := tx.Technical().Exec(ctx, q, me, list, string(id))
			return err
		}
	}
	return notFound()
}
