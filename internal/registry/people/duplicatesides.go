package people

import (
	"context"
	"fmt"

	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/vault"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
)

// SideField is a field of both records side by side: masked values, and whether they are
// the same, which can be said without showing them.
type SideField struct {
	Field      string `json:"field"`
	A          string `json:"a_masked"`
	B          string `json:"b_masked"`
	Same       bool   `json:"same"`
	Suggestion Side   `json:"suggestion" enum:"a,b,both"`
}

// Sides returns the fields in which at least one of the records says something.
func (s *Service) Sides(ctx context.Context, tx *op.Tx, a, b Person) ([]SideField, error) {
	words, err := s.words(ctx, tx, a, b)
	if err != nil {
		return nil, fmt.Errorf("put two records side by side: %w", err)
	}
	out := []SideField{}
	for _, f := range MergeFields {
		if f.Empty(a) && f.Empty(b) {
			continue
		}
		out = append(out, SideField{Field: f.Name, A: words(f, a), B: words(f, b), Same: f.Same(a, b), Suggestion: f.Suggestion(a, b)})
	}
	return out, nil
}

// words returns how a value is said: a place by its trail, a person by the masked name.
func (s *Service) words(ctx context.Context, tx *op.Tx, a, b Person) (func(MergeField, Person) string, error) {
	var guardians []ref.Person
	var wanted []ref.Place
	for _, p := range []Person{a, b} {
		guardians = append(guardians, p.GuardianID)
		wanted = append(wanted, p.PlaceID, p.WorkplaceID)
	}
	named, err := s.of(ctx, tx, guardians)
	if err != nil {
		return nil, err
	}
	at, err := places.ByIDs(ctx, tx, wanted)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, p := range at {
		paths = append(paths, p.Path)
	}
	trails, err := places.Trails(ctx, tx, paths)
	return func(f MergeField, p Person) string {
		switch f.Name {
		case HomeField:
			return trails[at[p.PlaceID].Path].String()
		case WorkplaceField:
			return trails[at[p.WorkplaceID].Path].String()
		case GuardianField:
			for _, g := range named {
				if g.ID == p.GuardianID {
					return vault.Mask(vault.Name, g.Name)
				}
			}
			return ""
		}
		return f.Masked(p)
	}, err
}

// HangsOn is how many records of this package hang on somebody.
type HangsOn struct {
	Wards  int `json:"wards"` // those whose guardian they are
	HeadOf int `json:"head_of"`
	Care   int `json:"care"`
	Homes  int `json:"homes"` // earlier ones
	Doubts int `json:"doubts"`
	Merged int `json:"merged"` // records that were merged into this one
}

// HangsOn counts what a merge would move.
func (s *Service) HangsOn(ctx context.Context, tx *op.Tx, id ref.Person) (HangsOn, error) {
	const q = `SELECT
		(SELECT count(*) FROM people WHERE guardian_id = $1), (SELECT count(*) FROM households WHERE head_id = $1),
		(SELECT count(*) FROM people_care WHERE person_id = $1), (SELECT count(*) FROM people_homes WHERE person_id = $1),
		(SELECT count(*) FROM people_doubts WHERE person_id = $1), (SELECT count(*) FROM people_merges WHERE winner_id = $1 AND undone_at IS NULL)`
	var h HangsOn
	err := tx.QueryRow(ctx, q, string(id)).Scan(&h.Wards, &h.HeadOf, &h.Care, &h.Homes, &h.Doubts, &h.Merged)
	return h, err
}

// ProposePair puts two people into the queue whom somebody holds to be one (operation
// DecideDuplicate). Both must be in the scope.
func (s *Service) ProposePair(ctx context.Context, tx *op.Tx, a, b ref.Person) (Duplicate, error) {
	one, err := s.Load(ctx, tx, a)
	if err != nil {
		return Duplicate{}, err
	}
	other, err := s.Load(ctx, tx, b)
	if err != nil {
		return Duplicate{}, err
	}
	tx.At(one.PlacePath)
	if err := s.Suspect(ctx, tx, a, b, append(Compare(one, other).Reasons, SaidByHand), FoundByHand); err != nil {
		return Duplicate{}, err
	}
	x, y := ordered(a, b)
	return scanDuplicate(tx.QueryRow(ctx, `SELECT `+duplicateColumns+` FROM people_duplicates d WHERE d.a_id = $1 AND d.b_id = $2`, string(x), string(y)))
}
