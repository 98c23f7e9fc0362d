package importer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/ref"
)

// KeptChange is a change that undo left alone.
type KeptChange struct {
	Row    int        `json:"row"`
	Sheet  string     `json:"sheet,omitempty"`
	Ref    ref.Ref    `json:"ref"`
	Reason UndoResult `json:"reason"`
}

// Undo takes back what a job has written, latest first, in batches. Records that somebody
// has changed since, or that others depend on, are left alone and listed by Kept. An undo
// that is interrupted goes on when called again.
func (e *Engine) Undo(ctx context.Context, call op.Call, id ref.ImportJob) (Job, error) {
	call = inner(call)
	j, err := e.owned(ctx, call, id)
	if err != nil {
		return j, err
	}
	if err := e.undoable(j); err != nil {
		return j, err
	}
	kind, err := e.kind(j.Kind)
	if err != nil {
		return j, err
	}
	// Asking for the permission first also records who took the import back.
	if _, err := op.Do(ctx, e.Door, UndoJob, call, func(ctx context.Context, tx *op.Tx) (struct{}, error) {
		tx.Changed(id.Ref(), j.trail(), j.trail())
		return struct{}{}, nil
	}); err != nil {
		return j, err
	}
	for {
		n, err := e.undoBatch(ctx, call, kind, id)
		if err != nil {
			return j, err
		}
		if n == 0 {
			break
		}
	}
	return op.Do(ctx, e.Door, UndoJob, call, func(ctx context.Context, tx *op.Tx) (Job, error) {
		j, err := loadJob(ctx, tx.Tx, id)
		if err != nil {
			return j, err
		}
		before := j.trail()
		j.State = TakenBack
		if err := saveJob(ctx, tx.Technical(), j); err != nil {
			return j, err
		}
		tx.Changed(id.Ref(), before, j.trail())
		return loadJob(ctx, tx.Tx, id)
	})
}

func (e *Engine) undoable(j Job) error {
	switch {
	case j.State == TakenBack:
		return fault.Conflictf("importer.undone_already", "the import has been taken back already")
	case !j.State.Over():
		return fault.Conflictf("importer.not_over", "the import has not ended; cancel it first")
	case j.UndoUntil <= e.now():
		return fault.Conflictf("importer.undo_too_late", "an import can be taken back for 72 hours")
	}
	return nil
}

func (e *Engine) undoBatch(ctx context.Context, call op.Call, kind Kind, id ref.ImportJob) (int, error) {
	return op.Do(ctx, e.Door, kind.Operation(), call, func(ctx context.Context, tx *op.Tx) (int, error) {
		stored, err := lastChanges(ctx, tx.Tx, id, e.batchRows(kind))
		if err != nil || len(stored) == 0 {
			return 0, err
		}
		changes := make([]Change, len(stored))
		for i, c := range stored {
			changes[i] = c.Change
		}
		results, err := kind.Undo(ctx, tx, changes)
		if err != nil {
			return 0, err
		}
		if len(results) != len(changes) {
			return 0, fmt.Errorf("kind %s answered %d of %d changes", kind.Name(), len(results), len(changes))
		}
		undone := 0
		h := sha256.New()
		for i, result := range results {
			if err := markUndone(ctx, tx.Technical(), id, stored[i].Seq, result); err != nil {
				return 0, err
			}
			if result == Undone {
				undone++
				fmt.Fprintf(h, "%s|undo|%s|%d\n", id, changes[i].Ref, changes[i].Version)
			}
		}
		const q = `UPDATE import_jobs SET undone = undone + $2, kept = kept + $3, version = version + 1 WHERE id = $1`
		if err := tx.Technical().ExecOne(ctx, q, string(id), undone, len(results)-undone); err != nil {
			return 0, err
		}
		if undone > 0 {
			tx.ChangedBatch(kind.Name(), undone, hex.EncodeToString(h.Sum(nil)))
		}
		return len(results), nil
	})
}

// Kept lists up to limit changes that undo left alone, with the reason.
func (e *Engine) Kept(ctx context.Context, call op.Call, id ref.ImportJob, limit int) ([]KeptChange, error) {
	if _, err := e.Job(ctx, call, id); err != nil {
		return nil, err
	}
	return op.Do(ctx, e.Door, ViewJob, call, func(ctx context.Context, tx *op.Tx) ([]KeptChange, error) {
		return keptChanges(ctx, tx.Tx, id, limit)
	})
}
