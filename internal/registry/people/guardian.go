package people

import (
	"context"
	"fmt"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// guard is what the rules on guardians ask about a person.
type guard struct {
	path     string
	birthOn  store.Day
	guardian ref.Person
}

// longestChain is more guardians of guardians than any family has.
const longestChain = 8

// checkGuardians holds the guardians of the people against the rules: somebody else, an
// adult, in the register and the scope, and no circle. The people may name each other.
func (s *Service) checkGuardians(ctx context.Context, tx *op.Tx, all []Person) error {
	known := make(map[ref.Person]guard, len(all))
	for _, p := range all {
		known[p.ID] = guard{p.PlacePath, p.BirthOn, p.GuardianID}
	}
	if err := learn(ctx, tx, known); err != nil {
		return fmt.Errorf("look up guardians: %w", err)
	}
	day := today(tx)
	for _, p := range all {
		if p.GuardianID == "" {
			continue
		}
		g, ok := known[p.GuardianID]
		switch {
		case !ok || !tx.Scope().Contains(g.path):
			return fault.NotFoundf("people.guardian_not_found", "there is no such guardian, or they live outside your area").With("guardian_id", "not_found")
		case Minor(g.birthOn, day):
			return fault.Invalidf("people.guardian_minor", "a guardian must be an adult").With("guardian_id", "minor")
		}
		for next, steps := p.GuardianID, 0; next != ""; next, steps = known[next].guardian, steps+1 {
			if next == p.ID || steps > longestChain {
				return fault.Invalidf("people.guardian_circle", "people can't be each other's guardians").With("guardian_id", "circle")
			}
		}
	}
	return nil
}

// learn adds the guardians of those in known, and theirs.
func learn(ctx context.Context, tx *op.Tx, known map[ref.Person]guard) error {
	for range longestChain {
		var open []ref.Person
		for _, g := range known {
			if _, have := known[g.guardian]; g.guardian != "" && !have {
				open = append(open, g.guardian)
			}
		}
		if len(open) == 0 {
			return nil
		}
		type row struct {
			id ref.Person
			guard
		}
		const q = `SELECT id, place_path, birth_on, guardian_id FROM people WHERE id IN (%s)`
		found, err := inBatches(ctx, tx, q, argsOf(open), func(r store.Scanner) (x row, err error) {
			return x, r.Scan(&x.id, &x.path, &x.birthOn, store.Optional(&x.guardian))
		})
		if err != nil || len(found) == 0 {
			return err
		}
		for _, x := range found {
			known[x.id] = x.guard
		}
	}
	return nil
}

// release takes a person who is about to be deleted out of what others say about them.
func (s *Service) release(ctx context.Context, tx *op.Tx, id ref.Person) error {
	const q = `UPDATE people SET guardian_id = NULL, traits = traits - $2 WHERE guardian_id IS NOT NULL AND guardian_id = $1`
	if _, err := tx.Exec(ctx, q, string(id), int64(hasGuardian)); err != nil {
		return fmt.Errorf("release the wards of a person: %w", err)
	}
	if _, err := tx.Exec(ctx, `UPDATE households SET head_id = NULL WHERE place_path = (SELECT place_path FROM people WHERE id = $1) AND head_id = $1`, string(id)); err != nil {
		return fmt.Errorf("release the household of a person: %w", err)
	}
	return nil
}
