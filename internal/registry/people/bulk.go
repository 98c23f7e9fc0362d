package people

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// Selection is whom a bulk change is about: the people named, or all whom a filter shows.
type Selection struct {
	IDs    []ref.Person
	Filter Filter
}

// Preview says beforehand what a bulk change would do, and to whom not and why.
type Preview struct {
	Selected int                      `json:"selected"`
	Verdicts map[Verdict]int          `json:"verdicts"`
	Samples  map[Verdict][]ref.Person `json:"-"` // a few of each verdict but the first
}

// Bulk is a change of many people at once.
type Bulk struct {
	ID          ref.Bulk      `json:"id" audit:"-"`
	PlacePath   string        `json:"-" audit:"-"`
	Deed        Deed          `json:"deed" audit:"public"`
	Reason      string        `json:"reason" audit:"public"`
	State       BulkState     `json:"state" audit:"public"`
	Selected    int           `json:"selected" audit:"public"`
	Changed     int           `json:"changed" audit:"public"`
	Same        int           `json:"same" audit:"public"`
	Refused     int           `json:"refused" audit:"public"`
	Undone      int           `json:"undone" audit:"public"`
	Kept        int           `json:"kept" audit:"public"` // changed again since, so not taken back
	CreatedBy   ref.User      `json:"created_by" audit:"-"`
	CreatedName string        `json:"created_name" audit:"-"`
	CreatedAt   store.Instant `json:"created_at" audit:"-"`
	FinishedAt  store.Instant `json:"finished_at" audit:"-"`
	UndoUntil   store.Instant `json:"undo_until" audit:"-"`
	Version     int64         `json:"version" audit:"-"`
}

// BulkState is where a bulk change stands.
type BulkState string

// The states. A running change that was interrupted goes on when the program starts.
const (
	BulkRunning BulkState = "running"
	BulkDone    BulkState = "done"
	BulkUndoing BulkState = "undoing"
	BulkUndone  BulkState = "undone"
)

// How long a bulk change can be taken back, as with an import; how many people one change
// may select; how many samples a preview names of each verdict.
const (
	bulkUndoFor = 72 * time.Hour
	maxSelected = 500_000
	sampleOf    = 5
)

// PreviewBulk says what the deed would do to the selected people in the scope.
func (s *Service) PreviewBulk(ctx context.Context, tx *op.Tx, sel Selection, d Deed) (Preview, error) {
	out := Preview{Verdicts: map[Verdict]int{}, Samples: map[Verdict][]ref.Person{}}
	if err := d.check(); err != nil {
		return out, err
	}
	condition, args, err := sel.where(tx)
	if err != nil {
		return out, err
	}
	rows, err := tx.Query(ctx, `SELECT p.id, p.category, p.sex, p.birth_on, p.traits FROM people p WHERE `+condition, args...)
	if err != nil {
		return out, fmt.Errorf("preview a bulk change: %w", err)
	}
	defer rows.Close()
	now := today(tx)
	for rows.Next() {
		var p Person
		var t traits
		if err := rows.Scan(&p.ID, &p.Category, &p.Sex, &p.BirthOn, &t); err != nil {
			return out, fmt.Errorf("preview a bulk change: %w", err)
		}
		p.Needs = Needs(t & needsMask)
		v := d.on(&p, now)
		out.Selected++
		out.Verdicts[v]++
		if v != WillChange && len(out.Samples[v]) < sampleOf {
			out.Samples[v] = append(out.Samples[v], p.ID)
		}
	}
	return out, rows.Err()
}

// where is the condition of the selection within the scope of the caller.
func (sel Selection) where(tx *op.Tx) (string, []any, error) {
	if len(sel.IDs) == 0 {
		if err := sel.Filter.check(); err != nil {
			return "", nil, err
		}
		w := sel.Filter.conditions(tx.Scope(), today(tx))
		return w.text(), w.args, nil
	}
	if len(sel.IDs) > lookupBatch {
		return "", nil, fault.Invalidf("people.bulk_too_many_named", "name at most %d people, or select by a filter", lookupBatch).Param("max", lookupBatch)
	}
	var w where
	w.within(tx.Scope(), "")
	args := distinct(sel.IDs)
	w.add(`p.id IN (?`+strings.Repeat(`, ?`, len(args)-1)+`)`, args...)
	return w.text(), w.args, nil
}

// StartBulk writes the selection down and returns the change, which RunBulk then makes.
// at is the path of the place that the list was about.
func (s *Service) StartBulk(ctx context.Context, tx *op.Tx, sel Selection, d Deed, at string) (Bulk, error) {
	if err := d.check(); err != nil {
		return Bulk{}, err
	}
	if strings.TrimSpace(tx.Reason()) == "" {
		return Bulk{}, fault.Invalidf("people.bulk_reason", "state why these people are changed").With("reason", "required")
	}
	condition, args, err := sel.where(tx)
	if err != nil {
		return Bulk{}, err
	}
	b := Bulk{
		ID: ref.Bulk(ids.New()), PlacePath: at, Deed: d, Reason: strings.TrimSpace(tx.Reason()), State: BulkRunning, CreatedBy: ref.User(tx.Principal().UserID),
		CreatedName: tx.Principal().Name, CreatedAt: tx.Now(), UndoUntil: store.At(tx.Now().Time().Add(bulkUndoFor)), Version: 1,
	}
	if err := b.insert(ctx, tx); err != nil {
		return b, fmt.Errorf("start a bulk change: %w", err)
	}
	args = append(args, string(b.ID))
	q := fmt.Sprintf(`INSERT INTO people_bulk_items (bulk_id, person_id, verdict, before, version) SELECT CAST($%d AS TEXT), p.id, '', '', 0 FROM people p WHERE %s`, len(args), condition)
	n, err := tx.Exec(ctx, q, args...)
	if err != nil {
		return b, fmt.Errorf("write a selection down: %w", err)
	}
	if n > maxSelected {
		return b, fault.Invalidf("people.bulk_too_many", "%d people are selected, more than %d: narrow the filter", n, maxSelected).Param("max", maxSelected)
	}
	b.Selected = int(n)
	if err := b.save(ctx, tx); err != nil {
		return b, err
	}
	tx.At(at)
	tx.Changed(b.ID.Ref(), nil, b)
	return b, nil
}

// bulkBatch is how many people one transaction changes: small enough that others who
// write do not wait long.
const bulkBatch = 200

// StepBulk changes the next people of a running change, or takes the next ones back, and
// reports whether any are left. It runs as the program; who may see and change the people
// was asked when the change was started.
func (s *Service) StepBulk(ctx context.Context, tx *op.Tx, id ref.Bulk) (more bool, err error) {
	b, err := bulkOf(ctx, tx, id)
	if err != nil {
		return false, err
	}
	before := b
	switch b.State {
	case BulkRunning:
		more, err = s.stepOn(ctx, tx, &b)
	case BulkUndoing:
		more, err = s.stepBack(ctx, tx, &b)
	default:
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("go on with bulk change %s: %w", id, err)
	}
	tx.At(b.PlacePath) // who may read about the change, not only about its last person
	if !more {
		b.State = map[BulkState]BulkState{BulkRunning: BulkDone, BulkUndoing: BulkUndone}[b.State]
		b.FinishedAt = tx.Now()
		tx.Changed(id.Ref(), before, b)
	}
	return more, b.save(ctx, tx)
}

func (s *Service) stepOn(ctx context.Context, tx *op.Tx, b *Bulk) (bool, error) {
	items, err := itemsOf(ctx, tx, b.ID, "", bulkBatch)
	if err != nil {
		return false, err
	}
	all := make([]ref.Person, len(items))
	for i, x := range items {
		all[i] = x.person
	}
	people, err := s.of(ctx, tx, all)
	if err != nil {
		return false, err
	}
	known := make(map[ref.Person]*Person, len(people))
	for i := range people {
		known[people[i].ID] = &people[i]
	}
	for _, x := range items {
		if err := s.doTo(ctx, tx, b, known[x.person], &x); err != nil {
			return false, err
		}
		if err := x.save(ctx, tx, b.ID); err != nil {
			return false, err
		}
		switch x.verdict {
		case WillChange:
			b.Changed++
		case IsSo:
			b.Same++
		default:
			b.Refused++
		}
	}
	return len(items) == bulkBatch, nil
}

// doTo does the deed to one person and notes what happened.
func (s *Service) doTo(ctx context.Context, tx *op.Tx, b *Bulk, p *Person, x *bulkItem) error {
	switch {
	case p == nil:
		x.verdict = NotThere
		return nil
	case b.PlacePath != "" && !access.Under(b.PlacePath).Contains(p.PlacePath):
		x.verdict = MovedAway
		return nil
	}
	if x.verdict = b.Deed.on(p, today(tx)); x.verdict != WillChange {
		return nil
	}
	var before replaced
	after, err := s.Update(ctx, tx, p.ID, p.Version, func(d *Details) {
		before = replaced{d.Category, d.Care}
		d.Category, d.Care = b.Deed.apply(d.Category, d.Care)
	})
	if fault.KindOf(err) == fault.Invalid { // the record itself has a fault from before, which nobody can mend here
		x.verdict = Unsound
		return nil
	}
	if err != nil {
		return err
	}
	x.version = after.Version
	x.before, err = s.sealReplaced(before)
	return err
}

// replaced is what a bulk change may have changed about a person, as it was.
type replaced struct {
	Category Category `json:"category"`
	Care     []Care   `json:"care"`
}

func (s *Service) sealReplaced(m replaced) (string, error) {
	text, err := json.Marshal(m)
	if err != nil {
		return "", err
	}
	return s.vault.Seal(bulkClass, string(text))
}
