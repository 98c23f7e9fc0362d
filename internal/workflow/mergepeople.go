package workflow

import (
	"context"
	"fmt"

	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
)

// Holder is a domain whose records belong to people. Every domain with a column that
// refers to a person is one; a test walks the schema for columns without a holder.
type Holder interface {
	// RepointPerson moves everything from one person to the other and returns the ids.
	RepointPerson(ctx context.Context, tx *op.Tx, from, to ref.Person) ([]string, error)
	// ReturnPerson moves those back that are still where RepointPerson put them.
	ReturnPerson(ctx context.Context, tx *op.Tx, moved []string, from, to ref.Person) error
}

// holding is a holder with the table by which a merge remembers what it moved.
type holding struct {
	table string
	Holder
}

// holders are all domains above the register that hold something of people. The
// register moves its own.
func (w *Workflow) holders() []holding {
	return []holding{{"cases", w.Cases}}
}

// MergePeople makes one person of two: what hangs on the one who goes hangs on the one
// who stays, and the merge remembers it so that it can be undone. No figure changes, for
// cases are counted and not people.
func (w *Workflow) MergePeople(ctx context.Context, tx *op.Tx, d people.Decision) (people.Merge, error) {
	m, err := w.People.BeginMerge(ctx, tx, d)
	if err != nil {
		return people.Merge{}, err
	}
	moved := people.Moved{}
	for _, h := range w.holders() {
		if moved[h.table], err = h.RepointPerson(ctx, tx, m.Loser.ID, m.Winner.ID); err != nil {
			return people.Merge{}, fmt.Errorf("move %s of a merged person: %w", h.table, err)
		}
	}
	return w.People.FinishMerge(ctx, tx, m, moved)
}

// UnmergePeople makes two people of one again. What was added to the one who stayed is
// still theirs; what was moved goes back.
func (w *Workflow) UnmergePeople(ctx context.Context, tx *op.Tx, id ref.Merge, reason string) (people.Merge, error) {
	m, err := w.People.UndoMerge(ctx, tx, id, reason)
	if err != nil {
		return m, err
	}
	for _, h := range w.holders() {
		if err := h.ReturnPerson(ctx, tx, m.Moved[h.table], m.Winner, m.Loser); err != nil {
			return m, fmt.Errorf("move %s back to a person: %w", h.table, err)
		}
	}
	return m, nil
}
