package people

import (
	"context"
	"fmt"
	"slices"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
)

// careField stands for the needs among the fields that undoing kept.
const careField = "care"

// undoing is an undo under way.
type undoing struct {
	merge  Merge
	winner Person
	loser  snapshot
	change winnerChange
	later  []laterMerge // into the same winner, not undone, oldest first
	kept   []string
}

// laterMerge is a merge that came after the one that is undone, with what it changed.
type laterMerge struct {
	Merge
	change  winnerChange
	loser   snapshot
	touched bool
}

// UndoMerge makes two people of one again. The loser is as before the merge; the winner
// is as before in all that nobody changed since, and keeps what was added to them. What
// other packages moved is theirs to move back, from Winner to Loser, once this has
// returned. A merge on which a later one builds can only be undone after that.
func (s *Service) UndoMerge(ctx context.Context, tx *op.Tx, id ref.Merge, reason string) (Merge, error) {
	u, err := s.beginUndo(ctx, tx, id)
	if err != nil {
		return Merge{}, err
	}
	if err := s.restoreWinner(ctx, tx, &u); err != nil {
		return Merge{}, fmt.Errorf("restore the winner %s of a merge: %w", u.winner.ID, err)
	}
	loser, err := s.restoreLoser(ctx, tx, &u)
	if err != nil {
		return Merge{}, fmt.Errorf("restore the merged person %s: %w", u.merge.Loser, err)
	}
	if err := s.moveBack(ctx, tx, &u, loser); err != nil {
		return Merge{}, fmt.Errorf("move back what hung on person %s: %w", u.merge.Loser, err)
	}
	after := u.merge
	after.UndoneBy, after.UndoneName, after.UndoneAt = ref.User(tx.Principal().UserID), tx.Principal().Name, tx.Now()
	slices.Sort(u.kept)
	after.UndoReason, after.Kept = reason, slices.Compact(u.kept)
	after.loser, after.winner = "", "" // both people hold their own again
	if after, err = saveMerge(ctx, tx, u.merge, after); err != nil {
		return after, err
	}
	tx.Changed(after.ID.Ref(), u.merge, after)
	return after, s.reopenPair(ctx, tx, u, loser)
}

func (s *Service) beginUndo(ctx context.Context, tx *op.Tx, id ref.Merge) (undoing, error) {
	missing := fault.NotFoundf("people.no_merge", "there is no such merge, or it is outside your area")
	found, err := mergesWhere(ctx, tx, `m.id = $1`, string(id))
	if err != nil {
		return undoing{}, err
	}
	if len(found) == 0 || !tx.Scope().Contains(found[0].LoserPath) {
		return undoing{}, missing
	}
	u := undoing{merge: found[0], kept: []string{}}
	if u.merge.UndoneAt != 0 {
		if !tx.Scope().Contains(u.merge.PlacePath) {
			return u, missing
		}
		return u, fault.Conflictf("people.merge_undone", "the merge has been undone already")
	}
	if err := s.laterThan(ctx, tx, u.merge.Winner); err != nil {
		return u, err
	}
	winner, err := s.of(ctx, tx, []ref.Person{u.merge.Winner})
	if err != nil {
		return u, err
	}
	if len(winner) == 0 || !tx.Scope().Contains(winner[0].PlacePath) {
		return u, missing
	}
	u.winner = winner[0]
	if err := s.openJSON(u.merge.loser, &u.loser); err != nil {
		return u, fmt.Errorf("open what merge %s holds: %w", id, err)
	}
	if err := s.openJSON(u.merge.winner, &u.change); err != nil {
		return u, fmt.Errorf("open what merge %s holds: %w", id, err)
	}
	if err := s.refersToMerged(ctx, tx, &u); err != nil {
		return u, err
	}
	u.later, err = s.laterInto(ctx, tx, u.merge)
	return u, err
}

// laterThan refuses when somebody was merged away since: that merge must go first.
func (s *Service) laterThan(ctx context.Context, tx *op.Tx, id ref.Person) error {
	m, merged, err := into(ctx, tx, id)
	if err != nil || !merged {
		return err
	}
	return fault.Conflictf("people.merge_later", "a later merge builds on this one; undo that first").
		Param("merge", string(m.ID)).Param("by", m.ByName).Param("at", m.At.Time().Format("2006-01-02 15:04 UTC"))
}

// refersToMerged refuses when somebody to whom the undo must refer was merged away since:
// a guardian who is to be put back, or somebody whose guardian the loser was.
func (s *Service) refersToMerged(ctx context.Context, tx *op.Tx, u *undoing) error {
	all := []ref.Person{u.loser.Person.GuardianID, ref.Person(u.change.Fields[GuardianField].Before)}
	for _, id := range u.merge.Moved[movedWards] {
		all = append(all, ref.Person(id))
	}
	for _, id := range all {
		if id == "" || id == u.merge.Loser {
			continue
		}
		if err := s.laterThan(ctx, tx, id); err != nil {
			return err
		}
	}
	there, err := s.of(ctx, tx, all[:2])
	if err != nil {
		return err
	}
	exists := func(id ref.Person) bool {
		return id == u.merge.Loser || slices.ContainsFunc(there, func(p Person) bool { return p.ID == id })
	}
	if !exists(u.loser.Person.GuardianID) {
		u.loser.Person.GuardianID = ""
	}
	if c, ok := u.change.Fields[GuardianField]; ok && !exists(ref.Person(c.Before)) {
		c.Before = ""
		u.change.Fields[GuardianField] = c
	}
	return nil
}

// laterInto are the merges into the same winner after m that still hold.
func (s *Service) laterInto(ctx context.Context, tx *op.Tx, m Merge) ([]laterMerge, error) {
	found, err := mergesWhere(ctx, tx, `m.winner_id = $1 AND m.undone_at IS NULL AND (m.at > $2 OR m.at = $2 AND m.id > $3)`, string(m.Winner), int64(m.At), string(m.ID))
	if err != nil {
		return nil, err
	}
	out := make([]laterMerge, len(found))
	for i, f := range found {
		out[i].Merge = f
		if err := s.openJSON(f.winner, &out[i].change); err != nil {
			return nil, err
		}
		if err := s.openJSON(f.loser, &out[i].loser); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// restoreWinner takes the merge out of the winner's history: where a later merge changed
// the same field, that one now remembers what was before this one.
func (s *Service) restoreWinner(ctx context.Context, tx *op.Tx, u *undoing) error {
	after := u.winner
	for _, f := range append(MergeFields[:len(MergeFields):len(MergeFields)], registeredField) {
		if c, ok := u.change.Fields[f.Name]; ok {
			u.takeBack(&after, f, c)
		}
	}
	if id, ok := ParseResidentID(after.IDNumber); ok && after.IDKind == Resident {
		after.BirthOn, after.Sex = id.BirthOn, id.Sex // a part of them may have been kept
	}
	if err := u.home(ctx, tx, &after); err != nil {
		return err
	}
	care, err := s.CareOf(ctx, tx, []ref.Person{u.winner.ID})
	if err != nil {
		return err
	}
	left := u.careLeft(care[u.winner.ID])
	after.Needs = needsOf(left)
	saved, err := s.save(ctx, tx, u.winner, after, false)
	if err != nil {
		return err
	}
	if err := s.saveCare(ctx, tx, saved, care[u.winner.ID], left); err != nil {
		return err
	}
	tx.At(saved.PlacePath)
	tx.Changed(saved.ID.Ref(), u.winner, saved)
	u.winner = saved
	return s.saveLater(ctx, tx, u)
}

func (u *undoing) takeBack(after *Person, f MergeField, c fieldChange) {
	for i := range u.later {
		l := &u.later[i]
		next, ok := l.change.Fields[f.Name]
		if !ok {
			continue
		}
		if next.Before != c.After {
			u.kept = append(u.kept, f.Name)
			return
		}
		next.Before, l.touched = c.Before, true
		l.change.Fields[f.Name] = next
		return
	}
	if f.get(u.winner) != c.After {
		u.kept = append(u.kept, f.Name)
		return
	}
	f.set(after, c.Before)
}

// careLeft takes the needs that came with the merge away again, unless they were changed
// since, or somebody else who is part of the winner has them too.
func (u *undoing) careLeft(now []Care) []Care {
	left := slices.Clone(now)
	for _, c := range u.change.Care {
		i := slices.IndexFunc(left, func(x Care) bool { return x.Need == c.Need })
		switch {
		case i < 0: // ended since
		case left[i] != c:
			u.kept = append(u.kept, careField)
		default:
			left = slices.Delete(left, i, i+1)
			if from, ok := u.needOfLater(c.Need); ok {
				left = append(left, from)
			}
		}
	}
	return left
}

// needOfLater finds a need with those who were merged into the winner later, and notes
// that it came from there.
func (u *undoing) needOfLater(n Need) (Care, bool) {
	for i := range u.later {
		for _, c := range u.later[i].loser.Care {
			if c.Need == n {
				u.later[i].change.Care, u.later[i].touched = append(u.later[i].change.Care, c), true
				return c, true
			}
		}
	}
	return Care{}, false
}

func (s *Service) saveLater(ctx context.Context, tx *op.Tx, u *undoing) error {
	for _, l := range u.later {
		if !l.touched {
			continue
		}
		after := l.Merge
		var err error
		if after.winner, err = s.sealJSON(l.change); err != nil {
			return err
		}
		if _, err := saveMerge(ctx, tx, l.Merge, after); err != nil {
			return err
		}
	}
	return nil
}

// home looks up where a restored person lives now: the place may have moved, or another
// may have taken its place. A place that is gone without one leaves the person at the
// winner's home.
func (u *undoing) home(ctx context.Context, tx *op.Tx, p *Person) error {
	switch p.PlaceID {
	case "":
		p.live(home{})
		return nil
	case u.winner.PlaceID:
		p.live(home{u.winner.PlaceID, u.winner.PlacePath, u.winner.AtDoor})
		return nil
	}
	at, ok, err := standing(ctx, tx, p.PlaceID)
	if err != nil {
		return err
	}
	if !ok {
		p.live(home{u.winner.PlaceID, u.winner.PlacePath, u.winner.AtDoor})
		u.kept = append(u.kept, HomeField)
		return nil
	}
	p.live(homeAt(at))
	return nil
}

// standing is the place as it is now, or the one that took its place.
func standing(ctx context.Context, tx *op.Tx, id ref.Place) (places.Place, bool, error) {
	for range 20 { // successors form no circle
		found, err := places.ByIDs(ctx, tx, []ref.Place{id})
		at, ok := found[id]
		if err != nil || !ok || at.SuccessorID == "" {
			return at, ok, err
		}
		id = at.SuccessorID
	}
	return places.Place{}, false, nil
}

// restoreLoser writes the merged person's row again.
func (s *Service) restoreLoser(ctx context.Context, tx *op.Tx, u *undoing) (Person, error) {
	p := u.loser.person()
	p.Version, p.UpdatedAt = p.Version+1, tx.Now()
	if err := u.home(ctx, tx, &p); err != nil {
		return p, err
	}
	if !tx.Scope().Contains(p.PlacePath) {
		return p, fault.NotFoundf("people.no_merge", "there is no such merge, or it is outside your area")
	}
	if err := s.insert(ctx, tx, []Person{p}, [][]Care{u.loser.Care}); err != nil {
		return p, err
	}
	tx.Changed(p.ID.Ref(), nil, p)
	return p, nil
}

// moveBack returns what this package's tables moved, as far as it is still where the
// merge put it.
func (s *Service) moveBack(ctx context.Context, tx *op.Tx, u *undoing, loser Person) error {
	wards, err := inBatches(ctx, tx, `SELECT `+columns+` FROM people WHERE id IN (%s)`, argsOf(u.merge.Moved[movedWards]), s.scan)
	if err != nil {
		return err
	}
	for _, w := range wards {
		if w.GuardianID != u.winner.ID {
			u.kept = append(u.kept, GuardianField)
			continue
		}
		if _, err := s.entrust(ctx, tx, w, loser.ID); err != nil {
			return err
		}
	}
	for _, place := range u.merge.Moved[movedHouseholds] {
		var head ref.Person
		err := tx.QueryRow(ctx, `SELECT head_id FROM households WHERE place_id = $1`, place).Scan(store.Optional(&head))
		if fault.KindOf(err) == fault.NotFound || err == nil && head != "" && head != u.winner.ID {
			continue
		}
		if err != nil {
			return err
		}
		if err := setHead(ctx, tx, ref.Place(place), head, loser.ID); err != nil {
			return err
		}
	}
	if h := u.merge.Moved[longerHolds]; len(h) == 3 {
		if err := lengthen(ctx, tx, h[0], h[2], h[1]); err != nil {
			return err
		}
	}
	return handOver(ctx, tx, u.merge.Moved, u.winner.ID, loser.ID, loser.PlacePath)
}

// reopenPair puts the decided pair back where it was, brings back the pairs that were put
// away, and drops those that were made for the winner and nobody decided.
func (s *Service) reopenPair(ctx context.Context, tx *op.Tx, u undoing, loser Person) error {
	for _, id := range u.merge.Moved[movedPairs] {
		const q = `DELETE FROM people_duplicates WHERE id = $1 AND state <> 'merged' AND (decided_at IS NULL OR decided_at < $2)`
		if _, err := tx.Exec(ctx, q, id, int64(u.merge.At)); err != nil {
			return err
		}
	}
	all, err := duplicatesWhere(ctx, tx, `d.merge_id = $1`, string(u.merge.ID))
	if err != nil {
		return err
	}
	for _, before := range all {
		after := before
		after.Merge = ""
		if before.ID == u.merge.Duplicate {
			after.State, after.DecidedBy, after.DecidedByName, after.DecidedAt = u.change.Pair.State, u.change.Pair.By, u.change.Pair.ByName, u.change.Pair.At
		} else if m, merged, err := into(ctx, tx, before.other(loser.ID)); err != nil {
			return err
		} else if merged {
			after.Merge = m.ID
		}
		if after, err = saveDuplicate(ctx, tx, before, after); err != nil {
			return err
		}
		tx.Changed(after.ID.Ref(), before, after)
	}
	return nil
}
