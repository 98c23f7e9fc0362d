package people

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/ref"
)

// Suspicion is that two people of the register are one.
type Suspicion struct {
	A, B    ref.Person
	Reasons []Reason
	FoundBy FoundBy
}

// Suspect puts a pair before those who decide. A pair stands in the queue once: further
// reasons are added to it. A pair that was held different is asked about again only when
// a strong reason has come that was not known then.
func (s *Service) Suspect(ctx context.Context, tx *op.Tx, a, b ref.Person, reasons []Reason, foundBy FoundBy) error {
	_, err := s.SuspectAll(ctx, tx, []Suspicion{{a, b, reasons, foundBy}})
	return err
}

// SuspectAll is Suspect for many pairs, which are one entry in the trail. It returns how
// many stand in the queue that did not before.
func (s *Service) SuspectAll(ctx context.Context, tx *op.Tx, all []Suspicion) (int, error) {
	wanted := map[pair]Suspicion{}
	for _, x := range all {
		if x.A == "" || x.B == "" || x.A == x.B {
			return 0, fault.Invalidf("people.not_a_pair", "a pair is two people")
		}
		x.A, x.B = ordered(x.A, x.B)
		p := pair{x.A, x.B}
		x.Reasons = tidyReasons(append(x.Reasons, wanted[p].Reasons...))
		wanted[p] = x
	}
	pairs := slices.SortedFunc(maps.Keys(wanted), func(x, y pair) int {
		if x.a != y.a {
			return compareIDs(x.a, y.a)
		}
		return compareIDs(x.b, y.b)
	})
	known, err := duplicatesOf(ctx, tx, pairs)
	if err != nil {
		return 0, err
	}
	var fresh, asked []Duplicate
	for _, p := range pairs {
		before, ok := known[p]
		if !ok {
			fresh = append(fresh, newDuplicate(tx, wanted[p]))
			continue
		}
		after, changed := before.with(wanted[p].Reasons)
		if !changed {
			continue
		}
		if after, err = saveDuplicate(ctx, tx, before, after); err != nil {
			return 0, fmt.Errorf("add reasons to pair %s: %w", before.ID, err)
		}
		asked = append(asked, after)
	}
	if err := insertDuplicates(ctx, tx, fresh); err != nil {
		return 0, fmt.Errorf("keep pairs: %w", err)
	}
	batchOfDuplicates(tx, append(fresh, asked...))
	n := len(fresh)
	for _, d := range asked {
		if known[pair{d.A, d.B}].State == DuplicateDifferent {
			n++
		}
	}
	return n, nil
}

func compareIDs(a, b ref.Person) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func newDuplicate(tx *op.Tx, x Suspicion) Duplicate {
	return Duplicate{ID: ref.Duplicate(ids.New()), A: x.A, B: x.B, Score: scoreOf(x.Reasons), Reasons: x.Reasons, State: DuplicateOpen,
		FoundBy: x.FoundBy, FoundAt: tx.Now(), Version: 1}
}

// with returns the pair with further reasons, and whether that is a change. The answer
// "different" stands unless there is a new strong reason.
func (d Duplicate) with(reasons []Reason) (Duplicate, bool) {
	if d.State == DuplicateMerged || d.Merge != "" {
		return d, false
	}
	all := renewed(d.Reasons, reasons)
	if slices.Equal(all, d.Reasons) {
		return d, false
	}
	if d.State == DuplicateDifferent {
		if !newlyStrong(d.Reasons, all) {
			return d, false
		}
		d.State, d.AskedAgain = DuplicateOpen, true
	}
	d.Reasons, d.Score = all, scoreOf(all)
	return d, true
}

// renewed are the reasons of both; of what speaks of the same thing (the same birthday,
// another birthday) the newer one counts.
func renewed(before, now []Reason) []Reason {
	return tidyReasons(append(slices.DeleteFunc(slices.Clone(before), func(r Reason) bool {
		return slices.ContainsFunc(now, func(n Reason) bool { return reasonFacts[n].about == reasonFacts[r].about })
	}), now...))
}

// batchOfDuplicates records pairs as one change.
func batchOfDuplicates(tx *op.Tx, all []Duplicate) {
	if len(all) == 0 {
		return
	}
	sum := sha256.New()
	for _, d := range all {
		fmt.Fprintf(sum, "%s\x00%s\x00%s\x00%s\n", d.ID, d.A, d.B, joinReasons(d.Reasons))
	}
	tx.ChangedBatch("duplicate", len(all), hex.EncodeToString(sum.Sum(nil)))
}

// forgetTraces deletes what pairs and merges keep about people who are deleted for good.
func (s *Service) forgetTraces(ctx context.Context, tx *op.Tx, all []ref.Person) error {
	for _, id := range all {
		for _, q := range []string{
			`DELETE FROM people_duplicates WHERE a_id = $1 OR b_id = $1`,
			`DELETE FROM people_merges WHERE winner_id = $1 OR (loser_id = $1 AND undone_at IS NOT NULL)`,
		} {
			if _, err := tx.Exec(ctx, q, string(id)); err != nil {
				return fmt.Errorf("forget the pairs of person %s: %w", id, err)
			}
		}
	}
	return nil
}
