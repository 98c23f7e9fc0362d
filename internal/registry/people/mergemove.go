package people

import (
	"context"
	"fmt"
	"slices"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// headship is how a household appears in the trail when its head is merged.
type headship struct {
	Head ref.Person `json:"head_id" audit:"public"`
}

func idsOf(ctx context.Context, tx *op.Tx, query string, args ...any) ([]string, error) {
	rows, err := tx.Query(ctx, query, args...)
	return store.Collect(rows, err, func(r store.Scanner) (id string, err error) { return id, r.Scan(&id) })
}

// moveOwn moves what tables of this package hold of the loser to the winner, and notes
// in the merge what it moved. Care and readings go with the loser's row: the snapshot and
// the name hold them.
func (s *Service) moveOwn(ctx context.Context, tx *op.Tx, m Merging, out *Merge) (err error) {
	loser, winner := m.Loser.ID, m.Winner.ID
	if out.Moved[movedWards], err = s.moveWards(ctx, tx, m); err != nil {
		return err
	}
	if out.Moved[movedHouseholds], err = idsOf(ctx, tx, `SELECT place_id FROM households WHERE head_id = $1 ORDER BY place_id`, string(loser)); err != nil {
		return err
	}
	for _, place := range out.Moved[movedHouseholds] {
		head := winner
		if m.after.PlaceID != ref.Place(place) {
			head = "" // whoever lives elsewhere is not its head
		}
		if err := setHead(ctx, tx, ref.Place(place), loser, head); err != nil {
			return err
		}
	}
	for _, table := range []string{movedHomes, movedDoubts} {
		if out.Moved[table], err = idsOf(ctx, tx, `SELECT id FROM `+table+` WHERE person_id = $1 ORDER BY id`, string(loser)); err != nil {
			return err
		}
	}
	if err := moveHolds(ctx, tx, out.Moved, loser, winner); err != nil {
		return err
	}
	if err := handOver(ctx, tx, out.Moved, loser, winner, m.after.PlacePath); err != nil {
		return err
	}
	for _, c := range careTaken(m.winnerCare, m.loserCare) {
		out.Moved[movedCare] = append(out.Moved[movedCare], string(c.Need))
	}
	out.Moved[movedPairs], err = s.putPairsAway(ctx, tx, m, out.ID)
	return err
}

// moveWards makes the winner the guardian of those whose guardian the loser was.
func (s *Service) moveWards(ctx context.Context, tx *op.Tx, m Merging) ([]string, error) {
	wards, err := s.where(ctx, tx, `guardian_id = $1 AND id <> $2`, string(m.Loser.ID), string(m.Winner.ID))
	out := []string{}
	for _, w := range wards {
		if _, err := s.entrust(ctx, tx, w, m.Winner.ID); err != nil {
			return nil, err
		}
		out = append(out, string(w.ID))
	}
	return out, err
}

// entrust gives somebody another guardian.
func (s *Service) entrust(ctx context.Context, tx *op.Tx, ward Person, guardian ref.Person) (Person, error) {
	after := ward
	after.GuardianID = guardian
	after, err := s.save(ctx, tx, ward, after, false)
	if err != nil {
		return after, fmt.Errorf("entrust person %s: %w", ward.ID, err)
	}
	tx.Changed(ward.ID.Ref(), ward, after)
	return after, nil
}

func setHead(ctx context.Context, tx *op.Tx, place ref.Place, from, to ref.Person) error {
	const q = `UPDATE households SET head_id = $2, version = version + 1, updated_at = $3 WHERE place_id = $1`
	if _, err := tx.Exec(ctx, q, string(place), store.OrNull(to), int64(tx.Now())); err != nil {
		return err
	}
	tx.Changed(ref.Ref{Kind: "household", ID: string(place)}, headship{from}, headship{to})
	return nil
}

// handOver moves earlier homes and doubts by their ids. They are told in the trail with
// the merge, whose list of what was moved holds them.
func handOver(ctx context.Context, tx *op.Tx, moved Moved, from, to ref.Person, path string) error {
	for _, id := range moved[movedHomes] {
		if _, err := tx.Exec(ctx, `UPDATE people_homes SET person_id = $3 WHERE id = $1 AND person_id = $2`, id, string(from), string(to)); err != nil {
			return err
		}
	}
	for _, table := range []string{movedDoubts, movedHolds} {
		for _, id := range moved[table] {
			q := `UPDATE ` + table + ` SET person_id = $3, place_path = $4 WHERE id = $1 AND person_id = $2`
			if _, err := tx.Exec(ctx, q, id, string(from), string(to), path); err != nil {
				return err
			}
		}
	}
	return nil
}

// moveHolds sees to it that a record that must not be erased stays so: ended holds and
// the open one move, and where both have an open one, that of the winner lasts as long as
// the longer.
func moveHolds(ctx context.Context, tx *op.Tx, moved Moved, loser, winner ref.Person) error {
	const open = `SELECT id, until_on FROM people_holds WHERE person_id = $1 AND ended_at IS NULL`
	type hold struct{ id, until string }
	var holds [2]hold
	for i, who := range []ref.Person{loser, winner} {
		err := tx.QueryRow(ctx, open, string(who)).Scan(&holds[i].id, &holds[i].until)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
	}
	var err error
	if moved[movedHolds], err = idsOf(ctx, tx, `SELECT id FROM people_holds WHERE person_id = $1 ORDER BY id`, string(loser)); err != nil {
		return err
	}
	if holds[0].id == "" || holds[1].id == "" {
		return nil
	}
	moved[movedHolds] = slices.DeleteFunc(moved[movedHolds], func(id string) bool { return id == holds[0].id })
	if holds[0].until <= holds[1].until {
		return nil
	}
	moved[longerHolds] = []string{holds[1].id, holds[1].until, holds[0].until}
	return lengthen(ctx, tx, holds[1].id, holds[1].until, holds[0].until)
}

// lengthen gives a hold another last day, if it has the one that is expected.
func lengthen(ctx context.Context, tx *op.Tx, id, from, to string) error {
	_, err := tx.Exec(ctx, `UPDATE people_holds SET until_on = $3, version = version + 1 WHERE id = $1 AND until_on = $2`, id, from, to)
	return err
}

// putPairsAway takes the loser's other pairs out of the queue and asks about the winner
// instead, where that is not known yet. It returns the pairs that it made.
func (s *Service) putPairsAway(ctx context.Context, tx *op.Tx, m Merging, merge ref.Merge) ([]string, error) {
	all, err := pairsWith(ctx, tx, m.Loser.ID)
	if err != nil {
		return nil, err
	}
	var fresh []Duplicate
	for _, p := range all {
		if p.ID == m.pair.ID || p.Merge != "" {
			continue
		}
		after := p
		after.Merge = merge
		if _, err := saveDuplicate(ctx, tx, p, after); err != nil {
			return nil, fmt.Errorf("put pair %s away: %w", p.ID, err)
		}
		made := p
		made.ID, made.Version = ref.Duplicate(ids.New()), 1
		made.A, made.B = ordered(m.Winner.ID, p.other(m.Loser.ID))
		fresh = append(fresh, made)
	}
	wanted := make([]pair, len(fresh))
	for i, d := range fresh {
		wanted[i] = pair{d.A, d.B}
	}
	known, err := duplicatesOf(ctx, tx, wanted)
	if err != nil {
		return nil, err
	}
	fresh = slices.DeleteFunc(fresh, func(d Duplicate) bool { _, ok := known[pair{d.A, d.B}]; return ok })
	out := make([]string, len(fresh))
	for i, d := range fresh {
		out[i] = string(d.ID)
	}
	return out, insertDuplicates(ctx, tx, fresh)
}

// other is the person of the pair who is not id.
func (d Duplicate) other(id ref.Person) ref.Person {
	if d.A == id {
		return d.B
	}
	return d.A
}
