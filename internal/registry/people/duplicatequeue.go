package people

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
)

// DuplicateFilter says which pairs a list shows. Both people of a pair must be in the
// scope; with a place, at least one of them lives there.
type DuplicateFilter struct {
	Place  ref.Place
	State  DuplicateState // "" for open
	Cursor string
	Limit  int
}

// DuplicatePage is one page of the queue, the likeliest pairs first.
type DuplicatePage struct {
	Items  []Duplicate
	People map[ref.Person]Row
	Next   string
	Total  int64
}

const pairsJoined = ` FROM people_duplicates d JOIN people a ON a.id = d.a_id JOIN people b ON b.id = d.b_id WHERE d.merge_id IS NULL AND d.state = $1`

// Duplicates returns a page of pairs (operation ListDuplicates). Merged pairs are in
// Merges instead: one of the two is no record any more.
func (s *Service) Duplicates(ctx context.Context, tx *op.Tx, f DuplicateFilter) (DuplicatePage, error) {
	out := DuplicatePage{Items: []Duplicate{}, People: map[ref.Person]Row{}}
	if f.State == "" {
		f.State = DuplicateOpen
	}
	if !slices.Contains([]DuplicateState{DuplicateOpen, DuplicateLater, DuplicateDifferent}, f.State) {
		return out, fault.Invalidf("people.bad_filter", "the state must be open, later or different").With("state", "unknown")
	}
	args := []any{string(f.State)}
	where := ` AND ` + tx.Scope().SQL("a.place_path", &args) + ` AND ` + tx.Scope().SQL("b.place_path", &args)
	if f.Place != "" {
		p, err := places.Load(ctx, tx, f.Place)
		if err != nil {
			return out, err
		}
		at := tx.Scope().Within(p.Path)
		where += ` AND (` + at.SQL("a.place_path", &args) + ` OR ` + at.SQL("b.place_path", &args) + `)`
	}
	if err := tx.QueryRow(ctx, `SELECT count(*)`+pairsJoined+where, args...).Scan(&out.Total); err != nil {
		return out, fmt.Errorf("count duplicates: %w", err)
	}
	if f.Cursor != "" {
		var score int
		var id string
		if _, err := fmt.Sscanf(strings.Replace(f.Cursor, "-", " ", 1), "%d %s", &score, &id); err != nil {
			return out, fault.Invalidf("people.bad_filter", "the cursor is not one of this list").With("cursor", "unknown")
		}
		args = append(args, score, id)
		where += fmt.Sprintf(` AND (d.score < $%d OR d.score = $%d AND d.id > $%d)`, len(args)-1, len(args)-1, len(args))
	}
	limit := min(max(f.Limit, 1), 200)
	found, err := tx.Query(ctx, `SELECT `+duplicateColumns+pairsJoined+where+fmt.Sprintf(` ORDER BY d.score DESC, d.id LIMIT %d`, limit+1), args...)
	if out.Items, err = store.Collect(found, err, scanDuplicate); err != nil {
		return out, fmt.Errorf("list duplicates: %w", err)
	}
	if len(out.Items) > limit {
		out.Items = out.Items[:limit]
		last := out.Items[limit-1]
		out.Next = fmt.Sprintf("%d-%s", last.Score, last.ID)
	}
	both, err := s.peopleOf(ctx, tx, out.Items)
	if err != nil {
		return out, err
	}
	out.People, err = rowsByID(ctx, tx, slices.Collect(maps.Values(both)))
	return out, err
}

// rowsByID are the people as lists show them.
func rowsByID(ctx context.Context, tx *op.Tx, all []Person) (map[ref.Person]Row, error) {
	list := make([]listed, len(all))
	for i, p := range all {
		list[i] = p.listed()
	}
	found, err := rows(ctx, tx, list)
	out := make(map[ref.Person]Row, len(found))
	for _, r := range found {
		out[r.ID] = r
	}
	return out, err
}

func (s *Service) peopleOf(ctx context.Context, tx *op.Tx, all []Duplicate) (map[ref.Person]Person, error) {
	var wanted []ref.Person
	for _, d := range all {
		wanted = append(wanted, d.A, d.B)
	}
	found, err := s.of(ctx, tx, wanted)
	out := make(map[ref.Person]Person, len(found))
	for _, p := range found {
		out[p.ID] = p
	}
	return out, err
}

// Pair is a pair with both records.
type Pair struct {
	Duplicate
	One, Other Person // A and B
	Rows       map[ref.Person]Row
	Today      Likeness // how they look today, which may be another than when the pair was found
}

// Duplicate returns a pair with both records (operation ViewDuplicate).
func (s *Service) Duplicate(ctx context.Context, tx *op.Tx, id ref.Duplicate) (Pair, error) {
	d, a, b, err := s.pairOf(ctx, tx, id)
	if err != nil {
		return Pair{}, err
	}
	tx.At(a.PlacePath)
	tx.Looked(a.ID.Ref())
	tx.Looked(b.ID.Ref())
	rows, err := rowsByID(ctx, tx, []Person{a, b})
	return Pair{Duplicate: d, One: a, Other: b, Rows: rows, Today: Compare(a, b)}, err
}

func noPair() error {
	return fault.NotFoundf("people.no_pair", "there is no such pair, or one of the two lives outside your area")
}

func (s *Service) pairOf(ctx context.Context, tx *op.Tx, id ref.Duplicate) (d Duplicate, a, b Person, err error) {
	found, err := duplicatesWhere(ctx, tx, `d.id = $1`, string(id))
	if err != nil {
		return d, a, b, err
	}
	if len(found) == 0 {
		return d, a, b, noPair()
	}
	d = found[0]
	both, err := s.peopleOf(ctx, tx, found)
	if err != nil {
		return d, a, b, err
	}
	a, okA := both[d.A]
	b, okB := both[d.B]
	in := tx.Scope()
	switch {
	case d.Merge != "" && (okA && in.Contains(a.PlacePath) || okB && in.Contains(b.PlacePath)):
		return d, a, b, fault.Conflictf("people.pair_merged", "the two have been merged, or one of them with somebody else").Param("merge", string(d.Merge))
	case !okA || !okB || !in.Contains(a.PlacePath) || !in.Contains(b.PlacePath):
		return d, a, b, noPair()
	}
	return d, a, b, nil
}

// forDecision loads a pair that is about to be decided.
func (s *Service) forDecision(ctx context.Context, tx *op.Tx, id ref.Duplicate, version int64) (Duplicate, Person, Person, error) {
	d, a, b, err := s.pairOf(ctx, tx, id)
	if err == nil && d.Version != version {
		err = store.ErrStale
	}
	return d, a, b, err
}

// decided is the pair after a decision of whoever acts.
func (d Duplicate) decided(tx *op.Tx, state DuplicateState) Duplicate {
	d.State, d.DecidedBy, d.DecidedByName, d.DecidedAt = state, ref.User(tx.Principal().UserID), tx.Principal().Name, tx.Now()
	if state == DuplicateOpen {
		d.DecidedBy, d.DecidedByName, d.DecidedAt = "", "", 0
	}
	return d
}

// Decide records that the two are different people, that the question is put off, or that
// it is open again. Merging is a story of its own.
func (s *Service) Decide(ctx context.Context, tx *op.Tx, id ref.Duplicate, version int64, state DuplicateState) (Duplicate, error) {
	if state != DuplicateDifferent && state != DuplicateLater && state != DuplicateOpen {
		return Duplicate{}, fault.Invalidf("people.bad_choice", "a pair is different, put off, open or merged").With("decision", "unknown")
	}
	before, a, _, err := s.forDecision(ctx, tx, id, version)
	if err != nil {
		return before, err
	}
	after, err := saveDuplicate(ctx, tx, before, before.decided(tx, state))
	if err != nil {
		return after, err
	}
	tx.At(a.PlacePath)
	tx.Changed(id.Ref(), before, after)
	return after, nil
}

// MergeFilter says which merges a list shows.
type MergeFilter struct {
	Place  ref.Place
	Cursor string
	Limit  int
}

// MergePage is one page of merges, the newest first.
type MergePage struct {
	Total   int64
	Items   []Merge
	Winners map[ref.Person]Row // those who are records today
	Losers  map[ref.Merge]Row  // as they were; of an undone merge the record of today
	Next    string
}

// Merges returns a page of past merges (operation ListMerges) of people who lived in the scope.
func (s *Service) Merges(ctx context.Context, tx *op.Tx, f MergeFilter) (MergePage, error) {
	out := MergePage{}
	scope := tx.Scope()
	if f.Place != "" {
		p, err := places.Load(ctx, tx, f.Place)
		if err != nil {
			return out, err
		}
		scope = scope.Within(p.Path)
	}
	var args []any
	condition := scope.SQL("m.place_path", &args) + ` AND ` + tx.Scope().SQL("m.loser_path", &args)
	if err := tx.QueryRow(ctx, `SELECT count(*) FROM people_merges m WHERE `+condition, args...).Scan(&out.Total); err != nil {
		return out, fmt.Errorf("count merges: %w", err)
	}
	if f.Cursor != "" {
		args = append(args, f.Cursor)
		condition += fmt.Sprintf(` AND m.id < $%d`, len(args))
	}
	limit := min(max(f.Limit, 1), 200)
	found, err := tx.Query(ctx, `SELECT `+mergeColumns+` FROM people_merges m WHERE `+condition+fmt.Sprintf(` ORDER BY m.id DESC LIMIT %d`, limit+1), args...)
	if out.Items, err = store.Collect(found, err, scanMerge); err != nil {
		return out, fmt.Errorf("list merges: %w", err)
	}
	if len(out.Items) > limit {
		out.Items = out.Items[:limit]
		out.Next = string(out.Items[limit-1].ID)
	}
	return out, s.peopleOfMerges(ctx, tx, &out)
}

func (s *Service) peopleOfMerges(ctx context.Context, tx *op.Tx, out *MergePage) error {
	var wanted []ref.Person
	for _, m := range out.Items {
		wanted = append(wanted, m.Winner, m.Loser)
	}
	found, err := s.of(ctx, tx, wanted)
	if err != nil {
		return err
	}
	if out.Winners, err = rowsByID(ctx, tx, found); err != nil {
		return err
	}
	var gone []Person
	for _, m := range out.Items {
		if m.loser == "" {
			continue
		}
		var x snapshot
		if err := s.openJSON(m.loser, &x); err != nil {
			return fmt.Errorf("open what merge %s holds: %w", m.ID, err)
		}
		gone = append(gone, x.person())
	}
	were, err := rowsByID(ctx, tx, gone)
	out.Losers = map[ref.Merge]Row{}
	for _, m := range out.Items {
		if out.Losers[m.ID] = were[m.Loser]; m.loser == "" {
			out.Losers[m.ID] = out.Winners[m.Loser]
		}
	}
	return err
}
