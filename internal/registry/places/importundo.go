package places

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// Undo takes an import back: places it created go, unless something stands on them now;
// places it changed are as before, unless somebody edited them since.
func (k *Kind) Undo(ctx context.Context, tx *op.Tx, changes []importer.Change) ([]importer.UndoResult, error) {
	ids := make([]ref.Place, len(changes))
	for i, c := range changes {
		ids[i] = ref.Place(c.Ref.ID)
	}
	used := map[ref.Place]bool{}
	for _, f := range k.inUse {
		found, err := f(ctx, tx, ids)
		if err != nil {
			return nil, fmt.Errorf("ask what refers to places: %w", err)
		}
		for id, yes := range found {
			used[id] = used[id] || yes
		}
	}
	if done, err := removeAll(ctx, tx, changes, used); done || err != nil {
		return allUndone(len(changes)), err
	}
	out := make([]importer.UndoResult, len(changes))
	for i, c := range changes {
		r, err := undo(ctx, tx, c, used[ids[i]])
		if err != nil {
			return nil, fmt.Errorf("undo the import of place %s: %w", c.Ref.ID, err)
		}
		out[i] = r
	}
	return out, nil
}

func allUndone(n int) []importer.UndoResult {
	out := make([]importer.UndoResult, n)
	for i := range out {
		out[i] = importer.Undone
	}
	return out
}

// removeAll is the common case in one stroke: all changes are inserts that nobody has
// touched. The answer is false when they have to be looked at one by one.
func removeAll(ctx context.Context, tx *op.Tx, changes []importer.Change, used map[ref.Place]bool) (bool, error) {
	versions := make(map[string]int64, len(changes))
	ids := make([]string, len(changes))
	for i, c := range changes {
		if c.Outcome != importer.Insert || used[ref.Place(c.Ref.ID)] {
			return false, nil
		}
		ids[i], versions[c.Ref.ID] = c.Ref.ID, c.Version
	}
	found, err := ByIDs(ctx, tx, placeIDs(ids))
	if err != nil || len(found) != len(ids) {
		return false, err
	}
	for id, p := range found {
		if versions[string(id)] != p.Version {
			return false, nil
		}
	}
	return inSavepoint(ctx, tx, func() error {
		_, err := inBatches(ctx, tx, `DELETE FROM places WHERE id IN (%s) RETURNING id`, ids, func(r store.Scanner) (id string, err error) {
			return id, r.Scan(&id)
		})
		if err != nil {
			return err
		}
		return forget(ctx, tx, slices.Collect(maps.Values(found)))
	})
}

// forget takes deleted places out of the sums of those above them, and off the map.
func forget(ctx context.Context, tx *op.Tx, gone []Place) error {
	less, drawn := sums{}, bounds{}
	for _, p := range gone {
		if p.RetiredOn == "" {
			less.add(p.Path, p.Level, -1)
		}
		drawn.all = drawn.all || p.HasGeometry || p.Lon != nil
	}
	if err := less.write(ctx, tx); err != nil {
		return err
	}
	return drawn.bump(ctx, tx)
}

func placeIDs(ids []string) []ref.Place {
	out := make([]ref.Place, len(ids))
	for i, id := range ids {
		out[i] = ref.Place(id)
	}
	return out
}

func undo(ctx context.Context, tx *op.Tx, c importer.Change, used bool) (importer.UndoResult, error) {
	p, err := Load(ctx, tx, ref.Place(c.Ref.ID))
	switch {
	case fault.KindOf(err) == fault.NotFound:
		return importer.Gone, nil
	case err != nil:
		return "", err
	case p.Version != c.Version:
		return importer.EditedSince, nil
	case c.Outcome == importer.Update:
		return importer.Undone, undoUpdate(ctx, tx, p, c.Before)
	case used || p.ChildrenCount > 0:
		return importer.InUse, nil
	}
	free, err := inSavepoint(ctx, tx, func() error {
		if err := tx.ExecOne(ctx, `DELETE FROM places WHERE id = $1`, string(p.ID)); err != nil {
			return err
		}
		return forget(ctx, tx, []Place{p})
	})
	if err != nil || !free {
		return importer.InUse, err
	}
	return importer.Undone, nil
}

func undoUpdate(ctx context.Context, tx *op.Tx, p Place, before string) error {
	var m memory
	if err := json.Unmarshal([]byte(before), &m); err != nil {
		return fmt.Errorf("read what was before: %w", err)
	}
	s, err := loadShape(ctx, tx, p)
	if err != nil {
		return err
	}
	return m.restore(ctx, tx, record{Place: p, shape: s})
}

// inSavepoint runs a deletion and reports whether it went through; false means that a
// reference known to the database holds a record, and nothing was deleted. The savepoint
// keeps the refusal from spoiling the transaction on PostgreSQL.
func inSavepoint(ctx context.Context, tx *op.Tx, remove func() error) (bool, error) {
	technical := tx.Technical()
	if _, err := technical.Exec(ctx, `SAVEPOINT place_removal`); err != nil {
		return false, err
	}
	err := remove()
	held := fault.CodeOf(err) == "conflict.reference"
	if err != nil && !held {
		return false, err
	}
	if held {
		if _, err := technical.Exec(ctx, `ROLLBACK TO SAVEPOINT place_removal`); err != nil {
			return false, err
		}
	}
	_, err = technical.Exec(ctx, `RELEASE SAVEPOINT place_removal`)
	return !held, err
}
