package cases

import (
	"context"
	"fmt"

	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// RepointPerson makes every case of one person a case of another, because the two were
// found to be one, and returns the ids of the cases. What a case counts as does not
// change: counting knows no people. The caller answers for both people.
func (s *Service) RepointPerson(ctx context.Context, tx *op.Tx, from, to ref.Person) ([]string, error) {
	rows, err := tx.Query(ctx, selectCase+` WHERE c.person_id = $1 ORDER BY c.id`, string(from))
	found, err := store.Collect(rows, err, scanRecord)
	if err != nil {
		return nil, fmt.Errorf("find the cases of person %s: %w", from, err)
	}
	out := []string{}
	for _, r := range found {
		if err := repoint(ctx, tx, r.Case, to); err != nil {
			return nil, err
		}
		out = append(out, string(r.ID))
	}
	return out, nil
}

// ReturnPerson gives cases that RepointPerson moved back to whom they were of, as far as
// they still are where it put them.
func (s *Service) ReturnPerson(ctx context.Context, tx *op.Tx, moved []string, from, to ref.Person) error {
	found, err := inChunks(ctx, tx, selectCase+` WHERE c.person_id = $1 AND c.id IN (%s)`, moved, []any{string(from)}, scanRecord)
	if err != nil {
		return fmt.Errorf("find the cases of person %s: %w", from, err)
	}
	for _, r := range found {
		if err := repoint(ctx, tx, r.Case, to); err != nil {
			return err
		}
	}
	return nil
}

// repoint counts as a new version: whoever is editing the case must look again, and an
// import can't be undone over it.
func repoint(ctx context.Context, tx *op.Tx, before Case, to ref.Person) error {
	after := before
	after.PersonID, after.Version, after.UpdatedAt = to, before.Version+1, tx.Now()
	const q = `UPDATE cases SET person_id = $3, version = $4, updated_at = $5 WHERE id = $1 AND version = $2`
	if err := tx.ExecOne(ctx, q, string(before.ID), before.Version, string(to), after.Version, int64(after.UpdatedAt)); err != nil {
		return fmt.Errorf("move case %s to another person: %w", before.ID, err)
	}
	tx.Changed(before.ID.Ref(), before, after)
	return nil
}

// CountOf returns how many cases each of the people has, in whatever incident. It does
// not apply the scope: the caller has loaded the people, and a number tells nothing more.
func CountOf(ctx context.Context, tx *op.Tx, all []ref.Person) (map[ref.Person]int, error) {
	type row struct {
		id ref.Person
		n  int
	}
	found, err := inChunks(ctx, tx, `SELECT person_id, count(*) FROM cases WHERE person_id IN (%s) GROUP BY person_id`, all, nil,
		func(r store.Scanner) (x row, err error) { return x, r.Scan(&x.id, &x.n) })
	out := make(map[ref.Person]int, len(found))
	for _, x := range found {
		out[x.id] = x.n
	}
	return out, err
}
