package places

import (
	"context"
	"fmt"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// Decision is what a person makes of an address text.
type Decision struct {
	// State is resolved (with PlaceID or Create), no_such_place, later, or open again.
	State   MatchState
	PlaceID ref.Place
	// Create makes the place that is missing.
	Create *New
	// Remember makes the text a spelling of the place, so that the next list resolves.
	Remember bool
}

// Decide settles an address text. With Remember, other open texts that say the same are
// settled too; their number is the second result.
func Decide(ctx context.Context, tx *op.Tx, id string, version int64, d Decision) (Match, int, error) {
	m, err := LoadMatch(ctx, tx, id)
	if err != nil {
		return m, 0, err
	}
	if m.Version != version {
		return m, 0, store.ErrStale
	}
	before := m
	place, err := d.place(ctx, tx)
	if err != nil {
		return m, 0, err
	}
	m.State, m.PlaceID = d.State, place.ID
	m.byID, m.ByName, m.At = tx.Principal().UserID, tx.Principal().Name, int64(tx.Now())
	if d.State == MatchOpen {
		m.byID, m.ByName, m.At = "", "", 0
	}
	if err := saveMatch(ctx, tx, &m); err != nil {
		return m, 0, err
	}
	tx.At(m.withinPath)
	tx.Changed(m.Ref(), before, m)
	others := 0
	if d.Remember && place.ID != "" {
		if others, err = remember(ctx, tx, m, place); err != nil {
			return m, 0, fmt.Errorf("remember a spelling: %w", err)
		}
	}
	m, err = LoadMatch(ctx, tx, id)
	return m, others, err
}

// place is the place decided for: found, made, or none.
func (d Decision) place(ctx context.Context, tx *op.Tx) (Place, error) {
	switch {
	case d.State == MatchResolved && d.Create != nil:
		parent, err := Load(ctx, tx, d.Create.Parent)
		if err != nil {
			return Place{}, err
		}
		if !tx.May(CreatePlace, parent.Path) {
			return Place{}, fault.Forbiddenf("addresses.no_new_places", "your roles do not include creating places here")
		}
		return Create(ctx, tx, *d.Create)
	case d.State == MatchResolved:
		if d.PlaceID == "" {
			return Place{}, fault.Invalidf("addresses.no_place", "a resolved address needs a place").With("place_id", "required")
		}
		return Load(ctx, tx, d.PlaceID)
	case d.State == MatchNone, d.State == MatchLater, d.State == MatchOpen:
		return Place{}, nil
	}
	return Place{}, fault.Invalidf("addresses.no_decision", "there is no such decision").With("state", "unknown")
}

func saveMatch(ctx context.Context, tx *op.Tx, m *Match) error {
	const q = `
		UPDATE address_matches
		SET    state = $3, confidence = $4, reason = $5, reached = $6, candidates = $7, place_id = $8, by_id = $9, by_name = $10, at = $11,
		       version = version + 1, updated_at = $12
		WHERE  id = $1 AND version = $2`
	v, err := m.values(tx.Now())
	if err != nil {
		return err
	}
	err = tx.ExecOne(ctx, q, m.ID, m.Version, string(m.State), m.Confidence, m.Reason, m.Reached, v[14], store.OrNull(m.PlaceID), m.byID, m.ByName, nullInstant(m.At), tx.Now())
	m.Version++
	return err
}

// remember makes the text a spelling of the place and settles what says the same.
func remember(ctx context.Context, tx *op.Tx, m Match, p Place) (int, error) {
	if err := saveAliases(ctx, tx, []alias{{p.ID, m.Text, aliasSpelling}}, func(ref.Place) string { return p.Path }); err != nil {
		return 0, err
	}
	rows, err := tx.Query(ctx, matchSelect+` WHERE m.state IN ('open', 'later') AND m.key = $1 AND m.within_path = $2 AND m.id <> $3 LIMIT 1000`, m.key, m.withinPath, m.ID)
	same, err := store.Collect(rows, err, scanMatch)
	if err != nil {
		return 0, err
	}
	for _, x := range same {
		before := x
		x.State, x.PlaceID, x.byID, x.ByName, x.At = MatchResolved, p.ID, m.byID, m.ByName, m.At
		if err := saveMatch(ctx, tx, &x); err != nil {
			return 0, err
		}
		tx.Changed(x.Ref(), before, x)
	}
	return len(same), nil
}

// Enqueue resolves one text at or below a place and keeps what was found: a text that is
// not resolved by itself waits for a person. The text must say nothing about a person.
func Enqueue(ctx context.Context, tx *op.Tx, source string, q Question, within ref.Place) (Match, error) {
	p, err := Load(ctx, tx, within)
	if err != nil {
		return Match{}, err
	}
	found, err := NewResolver(p.Path).Resolve(ctx, tx, []Question{q})
	if err != nil {
		return Match{}, err
	}
	m := Match{ID: ids.New(), Source: source, Text: q.Text, District: q.District, key: matchKey(q.Text, q.District), WithinID: p.ID, withinPath: p.Path, Version: 1}
	m.apply(found[0], tx.Now())
	v, err := m.values(tx.Now())
	if err != nil {
		return m, err
	}
	if _, err := tx.Insert(ctx, "address_matches", matchColumns, [][]any{v}); err != nil {
		return m, fmt.Errorf("keep an address text: %w", err)
	}
	tx.At(p.Path)
	tx.Changed(m.Ref(), nil, m)
	return m, nil
}

// recheckBatch is how many texts one Recheck looks at.
const recheckBatch = 2000

// Recheck resolves open texts again, after places, roads or spellings were added. It
// looks at recheckBatch of them, those that were looked at longest ago first, and
// answers how many it looked at and how many are resolved now.
func Recheck(ctx context.Context, tx *op.Tx, within ref.Place) (looked, resolved int, err error) {
	where, args, err := MatchFilter{State: MatchOpen, Place: within}.where(ctx, tx, true, true)
	if err != nil {
		return 0, 0, err
	}
	args = append(args, recheckBatch)
	rows, err := tx.Query(ctx, matchSelect+` WHERE `+where+fmt.Sprintf(` ORDER BY m.updated_at, m.id LIMIT $%d`, len(args)), args...)
	all, err := store.Collect(rows, err, scanMatch)
	if err != nil {
		return 0, 0, err
	}
	byPath := map[string][]*Match{}
	for i := range all {
		byPath[all[i].withinPath] = append(byPath[all[i].withinPath], &all[i])
	}
	for path, some := range byPath {
		questions := make([]Question, len(some))
		for i, m := range some {
			questions[i] = Question{Text: m.Text, District: m.District}
		}
		found, err := NewResolver(path).Resolve(ctx, tx, questions)
		if err != nil {
			return 0, 0, err
		}
		for i, m := range some {
			before := *m
			m.apply(found[i], tx.Now())
			if err := saveMatch(ctx, tx, m); err != nil {
				return 0, 0, err
			}
			if m.State == MatchResolved {
				resolved++
				tx.Changed(m.Ref(), before, *m)
			}
		}
	}
	if len(all) > 0 {
		tx.ChangedBatch("address_match", len(all), "rechecked")
	}
	return len(all), resolved, nil
}
