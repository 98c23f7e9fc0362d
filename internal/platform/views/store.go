package views

import (
	"context"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

const selectView = `
	SELECT v.id, v.list, v.name, v.query, v.layout, v.shared, v.place_id, v.place_path, v.owner_id, v.owner_name, v.version, v.updated_at,
	       EXISTS (SELECT 1 FROM view_defaults d WHERE d.view_id = v.id AND d.user_id = $1)
	FROM   saved_views v`

func scan(me string) func(store.Scanner) (View, error) {
	return func(s store.Scanner) (v View, err error) {
		err = s.Scan(&v.ID, &v.List, &v.Name, &v.Query, &v.Layout, &v.Shared, store.Optional(&v.PlaceID), &v.PlacePath, &v.OwnerID, &v.OwnerName,
			&v.Version, &v.UpdatedAt, &v.Default)
		v.Mine = string(v.OwnerID) == me
		return v, err
	}
}

func insert(ctx context.Context, tx *op.Tx, v View) error {
	const q = `
		INSERT INTO saved_views (id, list, name, query, layout, shared, place_id, place_path, owner_id, owner_name, version, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)`
	_, err := tx.Exec(ctx, q, string(v.ID), v.List, v.Name, v.Query, v.Layout, v.Shared, store.OrNull(v.PlaceID), v.PlacePath,
		string(v.OwnerID), v.OwnerName, v.Version, v.UpdatedAt)
	return taken(err)
}

func update(ctx context.Context, tx *op.Tx, v View, version int64) error {
	const q = `
		UPDATE saved_views
		SET    name = $3, query = $4, layout = $5, shared = $6, place_id = $7, place_path = $8, version = $9, updated_at = $10
		WHERE  id = $1 AND version = $2`
	return taken(tx.ExecOne(ctx, q, string(v.ID), version, v.Name, v.Query, v.Layout, v.Shared, store.OrNull(v.PlaceID), v.PlacePath, v.Version, v.UpdatedAt))
}

func taken(err error) error {
	if fault.CodeOf(err) == "conflict.exists" {
		return fault.Conflictf("views.name_taken", "you have a view of this list with this name").With("name", "taken")
	}
	return err
}

// Repath moves the shared views of a subtree of places along with it.
func Repath(ctx context.Context, tx *op.Tx, from, to, end string) (int64, error) {
	const q = `UPDATE saved_views SET place_path = $1 || substr(place_path, length($2) + 1) WHERE place_path >= $2 AND place_path < $3`
	return tx.Exec(ctx, q, to, from, end)
}

func remove(ctx context.Context, tx *op.Tx, id ref.View, version int64) error {
	if _, err := tx.Exec(ctx, `DELETE FROM view_defaults WHERE view_id = $1`, string(id)); err != nil {
		return err
	}
	return tx.ExecOne(ctx, `DELETE FROM saved_views WHERE id = $1 AND version = $2`, string(id), version)
}
