package places

import (
	"context"
	"fmt"
	"slices"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// State is what a place was on some day.
type State struct {
	Name     string    `json:"name"`
	NameEn   string    `json:"name_en"`
	Code     string    `json:"code"`
	ParentID ref.Place `json:"parent_id"`
	Path     string    `json:"path"`
	Retired  bool      `json:"retired" doc:"It was not there on that day"`
	From     store.Day `json:"from_on" doc:"Empty when it held from the beginning"`
	To       store.Day `json:"to_on" doc:"The first day on which it no longer held; empty when it holds today"`
}

// Then is a place as it was on a day, with where it belonged.
type Then struct {
	State
	Trail Trail `json:"-"`
}

// AsOf tells what a place was called on a day, and where it belonged. A place that came
// into being later by a split was not there.
func AsOf(ctx context.Context, tx *op.Tx, id ref.Place, day store.Day) (Then, error) {
	p, err := Load(ctx, tx, id)
	if err != nil {
		return Then{}, err
	}
	out := Then{}
	if out.State, err = stateOn(ctx, tx, p, day); err != nil {
		return Then{}, err
	}
	out.Trail = Trail{out.Name}
	for above := out.ParentID; above != ""; {
		// A trail names places above the scope too.
		p, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM places p WHERE p.id = $1`, string(above)))
		if err != nil {
			return Then{}, fmt.Errorf("look up where a place belonged: %w", err)
		}
		s, err := stateOn(ctx, tx, p, day)
		if err != nil {
			return Then{}, err
		}
		out.Trail = append(out.Trail, s.Name)
		out.Retired = out.Retired || s.Retired // what lies below a place ends with it
		above = s.ParentID
	}
	slices.Reverse(out.Trail)
	return out, nil
}

// stateOn is what a place itself was on a day.
func stateOn(ctx context.Context, tx *op.Tx, p Place, day store.Day) (State, error) {
	states, err := states(ctx, tx, p.ID)
	if err != nil {
		return State{}, err
	}
	last, err := lastChange(ctx, tx, p.ID)
	if err != nil {
		return State{}, err
	}
	now := State{Name: p.Name, NameEn: p.NameEn, Code: p.Code, ParentID: p.ParentID, Path: p.Path, From: last,
		Retired: p.RetiredOn != "" && day >= p.RetiredOn}
	born, err := bornOn(ctx, tx, p.ID)
	if err != nil {
		return State{}, err
	}
	for _, s := range append(states, now) {
		if s.To == "" || day < s.To {
			s.Retired = s.Retired || day < born
			return s, nil
		}
	}
	return now, nil
}

// states are the earlier states of a place, the first one first.
func states(ctx context.Context, tx *op.Tx, id ref.Place) ([]State, error) {
	const q = `
		SELECT name, name_en, code, parent_id, path, retired, from_on, to_on FROM place_history
		WHERE  place_id = $1 ORDER BY version, id`
	rows, err := tx.Query(ctx, q, string(id))
	return store.Collect(rows, err, func(r store.Scanner) (s State, err error) {
		return s, r.Scan(&s.Name, &s.NameEn, &s.Code, store.Optional(&s.ParentID), &s.Path, &s.Retired, &s.From, &s.To)
	})
}

// bornOn is the day of the split that made a place; "" for one that was always there.
func bornOn(ctx context.Context, tx *op.Tx, id ref.Place) (day store.Day, err error) {
	const q = `
		SELECT max(c.from_on) FROM place_changes c JOIN place_change_places p ON p.change_id = c.id
		WHERE  p.place_id = $1 AND p.part = $2`
	return day, tx.QueryRow(ctx, q, string(id), asNew).Scan(&day)
}

// Event is a change in the history of a place.
type Event struct {
	Change
	Part    string     `json:"part" doc:"What the place was in it: subject, new, merged, child"`
	Before  *State     `json:"before" doc:"What it was before; null for a place that the change made, and for an undone change"`
	Places  []Involved `json:"places" doc:"The others that it concerned, those in your area"`
	Undoes  bool       `json:"can_undo" doc:"Nothing later stands on it"`
	Outside int        `json:"outside" doc:"How many it concerned outside your area"`
}

// Involved is a place that a change concerned.
type Involved struct {
	ID     ref.Place `json:"id"`
	Name   string    `json:"name"`
	NameEn string    `json:"name_en"`
	Part   string    `json:"part"`
}

// History lists the changes of a place, the newest first.
func History(ctx context.Context, tx *op.Tx, id ref.Place) ([]Event, error) {
	if _, err := Load(ctx, tx, id); err != nil {
		return nil, err
	}
	const q = `
		SELECT ` + changeColumns + `, p.part FROM place_changes c JOIN place_change_places p ON p.change_id = c.id
		WHERE  p.place_id = $1 ORDER BY c.id DESC`
	rows, err := tx.Query(ctx, q, string(id))
	events, err := store.Collect(rows, err, func(r store.Scanner) (e Event, err error) {
		e.Change, err = scanChange(withMore{r, []any{&e.Part}})
		return e, err
	})
	if err != nil {
		return nil, fmt.Errorf("list the history of a place: %w", err)
	}
	for i := range events {
		if err := events[i].fill(ctx, tx, id); err != nil {
			return nil, fmt.Errorf("read the history of a place: %w", err)
		}
	}
	return events, nil
}

// withMore scans further columns behind those that another scan reads.
type withMore struct {
	store.Scanner
	more []any
}

func (w withMore) Scan(dst ...any) error { return w.Scanner.Scan(append(dst, w.more...)...) }

func (e *Event) fill(ctx context.Context, tx *op.Tx, id ref.Place) error {
	const q = `
		SELECT name, name_en, code, parent_id, path, retired, from_on, to_on FROM place_history
		WHERE  place_id = $1 AND change_id = $2`
	var s State
	err := tx.QueryRow(ctx, q, string(id), e.ID).Scan(&s.Name, &s.NameEn, &s.Code, store.Optional(&s.ParentID), &s.Path, &s.Retired, &s.From, &s.To)
	if err == nil {
		e.Before = &s
	} else if fault.KindOf(err) != fault.NotFound {
		return err
	}
	const o = `
		SELECT p.id, p.name, p.name_en, cp.part, p.path FROM place_change_places cp JOIN places p ON p.id = cp.place_id
		WHERE  cp.change_id = $1 AND cp.place_id <> $2 ORDER BY p.path`
	rows, err := tx.Query(ctx, o, e.ID, string(id))
	e.Places = []Involved{}
	_, err = store.Collect(rows, err, func(r store.Scanner) (struct{}, error) {
		var x Involved
		var path string
		err := r.Scan(&x.ID, &x.Name, &x.NameEn, &x.Part, &path)
		if tx.Scope().Contains(path) {
			e.Places = append(e.Places, x)
		} else {
			e.Outside++
		}
		return struct{}{}, err
	})
	if err != nil || e.UndoneAt != 0 || e.Kind == Reopened {
		return err
	}
	err = e.undoable(ctx, tx)
	e.Undoes = err == nil
	if fault.KindOf(err) == fault.Conflict {
		err = nil
	}
	return err
}
