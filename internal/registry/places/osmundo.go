package places

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/op"
)

// Undo takes a map back: what it brought goes, with what hangs on it; what it changed is
// as before.
func (k *MapKind) Undo(ctx context.Context, tx *op.Tx, changes []importer.Change) ([]importer.UndoResult, error) {
	out := make([]importer.UndoResult, len(changes))
	var places []importer.Change
	var at []int
	for i, c := range changes {
		if c.Ref.Kind == "place" {
			places, at = append(places, c), append(at, i)
			continue
		}
		r, err := undoLine(ctx, tx, c)
		if err != nil {
			return nil, fmt.Errorf("undo the import of %s: %w", c.Ref, err)
		}
		out[i] = r
	}
	if len(places) == 0 {
		return out, nil
	}
	results, err := (&Kind{inUse: k.inUse}).Undo(ctx, tx, places)
	if err != nil {
		return nil, err
	}
	for i, r := range results {
		out[at[i]] = r
		if r == importer.Undone && places[i].Outcome == importer.Update {
			if err := unlink(ctx, tx, places[i].Before); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// unlink gives the link of an element its earlier state. The links of places that are
// gone went with them.
func unlink(ctx context.Context, tx *op.Tx, before string) error {
	var m mapMemory
	if err := json.Unmarshal([]byte(before), &m); err != nil {
		return fmt.Errorf("read what was before: %w", err)
	}
	if m.Digest == "" {
		_, err := tx.Exec(ctx, `DELETE FROM map_elements WHERE element = $1`, m.Element)
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE map_elements SET digest = $2 WHERE element = $1`, m.Element, m.Digest)
	return err
}

func undoLine(ctx context.Context, tx *op.Tx, c importer.Change) (importer.UndoResult, error) {
	table := ""
	for t, kind := range lineKinds {
		if kind == c.Ref.Kind {
			table = t
		}
	}
	if table == "" {
		return "", fault.Invalidf("places.bad_memory", "an import of a map can't have written a %s", c.Ref.Kind)
	}
	n, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE id = $1 AND version = $2`, c.Ref.ID, c.Version)
	switch {
	case err != nil:
		return "", err
	case n == 0:
		return importer.Gone, nil
	case c.Outcome == importer.Insert:
		return importer.Undone, nil
	}
	var m lineMemory
	if err := json.Unmarshal([]byte(c.Before), &m); err != nil {
		return "", fmt.Errorf("read what was before: %w", err)
	}
	return importer.Undone, m.restore(ctx, tx)
}

func (m lineMemory) restore(ctx context.Context, tx *op.Tx) (err error) {
	b := &mapBatch{}
	switch {
	case m.Road != nil:
		if m.Road.line, err = readOutline(m.Road.Geometry); err != nil {
			return err
		}
		b.roads = append(b.roads, m.Road.values(tx.Now()))
		b.onMap.mark(m.Road.line.Bound(), mainRoads[m.Road.Class])
	case m.Door != nil:
		b.doors = append(b.doors, m.Door.values(tx.Now()))
	case m.Address != nil:
		b.addresses = append(b.addresses, m.Address.values(tx.Now()))
	}
	return b.flush(ctx, tx)
}
