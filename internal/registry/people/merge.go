package people

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/vault"
	"github.com/allclear/allclear/internal/ref"
)

// Merge is one merging of two people into one. The loser's row is gone; the merge holds
// it, sealed, and what hung on it, so that it can be undone.
type Merge struct {
	ID         ref.Merge     `json:"id" audit:"-"`
	Duplicate  ref.Duplicate `json:"duplicate_id" audit:"public"`
	Winner     ref.Person    `json:"winner_id" audit:"public"`
	Loser      ref.Person    `json:"loser_id" audit:"public"`
	PlacePath  string        `json:"-" audit:"-"` // where the winner lived
	LoserPath  string        `json:"-" audit:"-"` // where the loser lived
	Moved      Moved         `json:"moved" audit:"public"`
	ByID       ref.User      `json:"by_id" audit:"-"`
	ByName     string        `json:"by_name" audit:"-"`
	At         store.Instant `json:"at" audit:"-"`
	UndoneBy   ref.User      `json:"undone_by" audit:"-"`
	UndoneName string        `json:"undone_by_name" audit:"-"`
	UndoneAt   store.Instant `json:"undone_at" audit:"public"`
	UndoReason string        `json:"undo_reason" audit:"personal"`
	Kept       []string      `json:"kept" audit:"public"` // what undoing left as it was edited since, by field
	Version    int64         `json:"version" audit:"-"`

	loser  string // sealed snapshot
	winner string // sealed change
}

// Moved lists what hung on the loser and hangs on the winner since: ids, by table.
type Moved map[string][]string

// The tables of this package that refer to people, as they stand in Moved.
const (
	movedWards      = "people"
	movedHouseholds = "households"
	movedHomes      = "people_homes"
	movedDoubts     = "people_doubts"
	movedHolds      = "people_holds"
	longerHolds     = "people_holds.until_on" // the winner's hold, made as long as the loser's: id and the day before
	movedCare       = "people_care"           // needs, because they have no id
	movedPairs      = "people_duplicates"     // pairs that were made for the winner
)

// snapshot is the loser as they were, in plain: it is sealed as a whole. Whether the home
// is a door is not kept: undoing looks the place up.
type snapshot struct {
	Person  plainPerson   `json:"person"`
	Needs   int64         `json:"needs"`
	Created store.Instant `json:"created"`
	Updated store.Instant `json:"updated"`
	Care    []Care        `json:"care"`
}

// plainPerson is a Person whose JSON is not masked.
type plainPerson Person

// fieldChange is what the merge made of a field of the winner.
type fieldChange struct {
	Before string `json:"before"`
	After  string `json:"after"`
}

// winnerChange is what the merge changed of the winner.
type winnerChange struct {
	Fields map[string]fieldChange `json:"fields"`
	Care   []Care                 `json:"care"` // taken over from the loser
	Pair   pairBefore             `json:"pair"`
}

// pairBefore is what had been decided about the pair before it was merged.
type pairBefore struct {
	State  DuplicateState `json:"state"`
	By     ref.User       `json:"by"`
	ByName string         `json:"by_name"`
	At     store.Instant  `json:"at"`
}

func (s *Service) sealJSON(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	return s.vault.Seal(vault.FreeText, string(b))
}

func (s *Service) openJSON(sealed string, dst any) error {
	text, err := s.vault.Open(vault.FreeText, sealed)
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(text), dst)
}

// UnmarshalJSON reads the list.
func (n *Needs) UnmarshalJSON(b []byte) error {
	var all []Need
	if err := json.Unmarshal(b, &all); err != nil {
		return err
	}
	*n = NeedsOf(all...)
	return nil
}

func snapshotOf(p Person, care []Care) snapshot {
	return snapshot{Person: plainPerson(p), Needs: int64(p.Needs), Created: p.CreatedAt, Updated: p.UpdatedAt, Care: care}
}

func (x snapshot) person() Person {
	p := Person(x.Person)
	p.Needs, p.CreatedAt, p.UpdatedAt = Needs(x.Needs), x.Created, x.Updated
	return p
}

// Merging is a merge under way: the one who goes and the one who stays, before anything
// was moved.
type Merging struct {
	Winner, Loser         Person
	pair                  Duplicate
	after                 Person
	winnerCare, loserCare []Care
}

// Decision is what somebody decided about a pair.
type Decision struct {
	Pair    ref.Duplicate
	Version int64
	Keep    Side
	Take    map[string]Side // for the fields that are not taken from the record that stays
}

// BeginMerge checks a decision to merge and works out the record that will stay. Both
// people must be in the scope.
func (s *Service) BeginMerge(ctx context.Context, tx *op.Tx, d Decision) (Merging, error) {
	pair, a, b, err := s.forDecision(ctx, tx, d.Pair, d.Version)
	if err != nil {
		return Merging{}, err
	}
	m := Merging{Winner: a, Loser: b, pair: pair}
	switch d.Keep {
	case SideA:
	case SideB:
		m.Winner, m.Loser = b, a
	default:
		return m, fault.Invalidf("people.bad_choice", "say which record stays, a or b").With("keep", "required")
	}
	taken, err := otherTaken(d.Take, d.Keep)
	if err != nil {
		return m, err
	}
	care, err := s.CareOf(ctx, tx, []ref.Person{a.ID, b.ID})
	if err != nil {
		return m, err
	}
	m.winnerCare, m.loserCare = care[m.Winner.ID], care[m.Loser.ID]
	m.after = composed(m.Winner, m.Loser, taken)
	if m.after.PlaceID != m.Winner.PlaceID {
		m.after.live(home{m.Loser.PlaceID, m.Loser.PlacePath, m.Loser.AtDoor})
	}
	if err := s.noCircle(ctx, tx, &m); err != nil {
		return m, err
	}
	return m, s.fits(m)
}

// noCircle leaves the winner without a guardian whose own guardian, some steps up, would
// be the winner once the two are one.
func (s *Service) noCircle(ctx context.Context, tx *op.Tx, m *Merging) error {
	next := m.after.GuardianID
	for range longestChain + 1 {
		if next == "" {
			return nil
		}
		if next == m.Winner.ID || next == m.Loser.ID {
			break
		}
		found, err := s.of(ctx, tx, []ref.Person{next})
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return nil
		}
		next = found[0].GuardianID
	}
	m.after.GuardianID = ""
	return nil
}

// fits refuses a record that the register would refuse from a form.
func (s *Service) fits(m Merging) error {
	_, err := m.after.details(nil).tidied()
	return err
}

// FinishMerge moves what this package knows to hang on the loser, deletes the loser and
// saves the winner. moved is what other packages have moved already: nothing may refer to
// the loser any more.
func (s *Service) FinishMerge(ctx context.Context, tx *op.Tx, m Merging, moved Moved) (Merge, error) {
	out := Merge{ID: ref.Merge(ids.New()), Duplicate: m.pair.ID, Winner: m.Winner.ID, Loser: m.Loser.ID, PlacePath: m.after.PlacePath, LoserPath: m.Loser.PlacePath,
		Moved: moved, ByID: ref.User(tx.Principal().UserID), ByName: tx.Principal().Name, At: tx.Now(), Version: 1}
	taken := careTaken(m.winnerCare, m.loserCare)
	var err error
	if out.loser, err = s.sealJSON(snapshotOf(m.Loser, m.loserCare)); err != nil {
		return out, err
	}
	if out.winner, err = s.sealJSON(winnerChange{Fields: changedFields(m.Winner, m.after), Care: taken,
		Pair: pairBefore{m.pair.State, m.pair.DecidedBy, m.pair.DecidedByName, m.pair.DecidedAt}}); err != nil {
		return out, err
	}
	if err := s.moveOwn(ctx, tx, m, &out); err != nil {
		return out, fmt.Errorf("move what hangs on person %s: %w", m.Loser.ID, err)
	}
	if err := tx.ExecOne(ctx, `DELETE FROM people WHERE id = $1 AND version = $2`, string(m.Loser.ID), m.Loser.Version); err != nil {
		return out, fmt.Errorf("delete the merged person %s: %w", m.Loser.ID, err)
	}
	if err := s.saveWinner(ctx, tx, m, taken); err != nil {
		return out, err
	}
	if err := insertMerge(ctx, tx, out); err != nil {
		return out, err
	}
	return out, s.settlePair(ctx, tx, m.pair, out)
}

// careTaken are the needs of the loser that the winner does not have.
func careTaken(winner, loser []Care) []Care {
	have, out := needsOf(winner), []Care{}
	for _, c := range loser {
		if !have.Has(c.Need) {
			out = append(out, c)
		}
	}
	return out
}

func (s *Service) saveWinner(ctx context.Context, tx *op.Tx, m Merging, taken []Care) error {
	care := append(append([]Care{}, m.winnerCare...), taken...)
	m.after.Needs = needsOf(care)
	saved, err := s.save(ctx, tx, m.Winner, m.after, false)
	if err != nil {
		return fmt.Errorf("save the winner %s of a merge: %w", m.Winner.ID, err)
	}
	if err := s.saveCare(ctx, tx, saved, m.winnerCare, care); err != nil {
		return err
	}
	tx.At(saved.PlacePath)
	tx.Changed(saved.ID.Ref(), m.Winner, saved)
	tx.Changed(m.Loser.ID.Ref(), m.Loser, nil)
	return nil
}

func changedFields(before, after Person) map[string]fieldChange {
	out := map[string]fieldChange{}
	for _, f := range append(MergeFields[:len(MergeFields):len(MergeFields)], registeredField) {
		if x, y := f.get(before), f.get(after); x != y {
			out[f.Name] = fieldChange{x, y}
		}
	}
	return out
}

// settlePair marks the pair as decided.
func (s *Service) settlePair(ctx context.Context, tx *op.Tx, before Duplicate, m Merge) error {
	after := before.decided(tx, DuplicateMerged)
	after.Merge = m.ID
	after, err := saveDuplicate(ctx, tx, before, after)
	if err != nil {
		return err
	}
	tx.Changed(m.ID.Ref(), nil, m)
	tx.Changed(after.ID.Ref(), before, after)
	return nil
}
