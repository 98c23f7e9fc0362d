package people

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/ref"
)

// UndoBulk begins to take a finished change of the caller back; StepBulk goes on with it.
// A person whom somebody has changed since stays as they are and is counted as kept.
func (s *Service) UndoBulk(ctx context.Context, tx *op.Tx, id ref.Bulk) (Bulk, error) {
	b, err := s.LoadBulk(ctx, tx, id)
	switch {
	case err != nil:
		return b, err
	case b.State != BulkDone:
		return b, fault.Conflictf("people.bulk_not_done", "the change is %s", b.State).Param("state", string(b.State))
	case tx.Now() > b.UndoUntil:
		return b, fault.Conflictf("people.bulk_too_late", "a change can be taken back for 72 hours")
	}
	before := b
	b.State, b.FinishedAt = BulkUndoing, 0
	if err := b.save(ctx, tx); err != nil {
		return b, err
	}
	b.Version++
	tx.At(b.PlacePath)
	tx.Changed(id.Ref(), before, b)
	return b, nil
}

func (s *Service) stepBack(ctx context.Context, tx *op.Tx, b *Bulk) (bool, error) {
	items, err := itemsOf(ctx, tx, b.ID, WillChange, bulkBatch)
	if err != nil {
		return false, err
	}
	for _, x := range items {
		back, err := s.takeBack(ctx, tx, &x)
		if err != nil {
			return false, err
		}
		if back {
			b.Undone++
		} else {
			b.Kept++
		}
		if err := x.save(ctx, tx, b.ID); err != nil {
			return false, err
		}
	}
	return len(items) == bulkBatch, nil
}

// takeBack restores one person, unless they are gone or were changed since.
func (s *Service) takeBack(ctx context.Context, tx *op.Tx, x *bulkItem) (bool, error) {
	found, err := s.of(ctx, tx, []ref.Person{x.person})
	if err != nil {
		return false, err
	}
	x.verdict = keptAsIs
	if len(found) == 0 || found[0].Version != x.version {
		return false, nil
	}
	text, err := s.vault.Open(bulkClass, x.before)
	if err != nil {
		return false, fmt.Errorf("read what a bulk change replaced: %w", err)
	}
	var before replaced
	if err := json.Unmarshal([]byte(text), &before); err != nil {
		return false, fmt.Errorf("read what a bulk change replaced: %w", err)
	}
	_, err = s.Update(ctx, tx, x.person, x.version, func(d *Details) { d.Category, d.Care = before.Category, before.Care })
	if err != nil {
		return false, err
	}
	x.verdict = takenBack
	return true, nil
}

// What became of the items of a change that is taken back.
const (
	takenBack Verdict = "taken_back"
	keptAsIs  Verdict = "kept"
)
