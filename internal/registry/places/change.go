package places

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// ChangeKind is what was done to the tree.
type ChangeKind string

// The kinds of changes.
const (
	Renamed  ChangeKind = "rename"
	Moved    ChangeKind = "move"
	Divided  ChangeKind = "split"
	Merged   ChangeKind = "merge"
	Retired  ChangeKind = "retire"
	Reopened ChangeKind = "reopen"
)

// Deed is from which day a change of the tree holds, and why it was made.
type Deed struct {
	From   store.Day // today or earlier, not before the change of the same place before it
	Reason string    // at least two characters; no personal data
}

// Change is one thing that was done to the tree.
type Change struct {
	ID       string        `json:"id" audit:"-"`
	Kind     ChangeKind    `json:"kind" audit:"public"`
	PlaceID  ref.Place     `json:"place_id" audit:"public"`
	Path     string        `json:"-" audit:"-"`
	From     store.Day     `json:"from_on" audit:"public"`
	Reason   string        `json:"reason" audit:"public"`
	ByName   string        `json:"by_name" audit:"-"`
	At       store.Instant `json:"at" audit:"-"`
	UndoneAt store.Instant `json:"undone_at" audit:"public"` // 0 while it holds
	detail   detail
}

// detail is what undoing a change needs.
type detail struct {
	Parent   ref.Place   `json:",omitempty"` // move: the parent before
	Path     string      `json:",omitempty"` // move: the path before
	Children []homed     `json:",omitempty"` // split, merge: where the children were before
	Others   []ref.Place `json:",omitempty"` // split: the new places; merge: those merged
	Standing Standing    `json:",omitempty"`
	Geometry bool        `json:",omitempty"` // the outline changed too
}

// Standing is what stood at places themselves and was handed over with a change: the ids
// of the rows by the new or merged place and by "table.column".
type Standing map[ref.Place]map[string][]string

// homed is a child and where it was before a change.
type homed struct {
	ID, Parent ref.Place
	Path       string
}

// The parts that places play in a change.
const (
	asSubject = "subject"
	asNew     = "new"
	asMerged  = "merged"
	asChild   = "child"
)

const (
	minReason = 2
	maxReason = 500
)

// begin writes the change down and checks when and why it is made.
func begin(ctx context.Context, tx *op.Tx, kind ChangeKind, p Place, d Deed) (*Change, error) {
	d.Reason = strings.TrimSpace(d.Reason)
	f := fault.Invalidf("places.bad_change", "the change has wrong fields")
	if n := utf8.RuneCountInString(d.Reason); n < minReason || n > maxReason {
		f.With("reason", "required")
	}
	// The day is one of the place's own time zone, which may be ahead of ours.
	if day, ok := store.ParseDay(string(d.From)); !ok {
		f.With("from_on", "required")
	} else if day > store.DayOf(tx.Now().Time().Add(14*time.Hour), time.UTC) {
		f.With("from_on", "in_future")
	}
	if len(f.Fields) > 0 {
		return nil, f
	}
	c := &Change{ID: ids.New(), Kind: kind, PlaceID: p.ID, Path: p.Path, From: d.From, Reason: d.Reason,
		ByName: tx.Principal().Name, At: tx.Now()}
	const q = `
		INSERT INTO place_changes (id, kind, place_id, place_path, from_on, reason, detail, by_id, by_name, at, undone_by)
		VALUES ($1, $2, $3, $4, $5, $6, '{}', $7, $8, $9, '')`
	_, err := tx.Exec(ctx, q, c.ID, string(kind), string(p.ID), p.Path, string(d.From), d.Reason, tx.Principal().UserID, c.ByName, int64(c.At))
	if err != nil {
		return nil, fmt.Errorf("write down the change of a place: %w", err)
	}
	return c, nil
}

// involve notes that the change concerns a place, and what the place was like before it.
func (c *Change) involve(ctx context.Context, tx *op.Tx, r record, part string) error {
	last, err := lastChange(ctx, tx, r.ID)
	if err != nil {
		return err
	}
	if last > c.From {
		return fault.Conflictf("places.before_last_change", "the place was changed last from %s on; an earlier day would change what holds since", last).
			With("from_on", "before_last").Param("day", string(last))
	}
	const q = `INSERT INTO place_change_places (change_id, place_id, part) VALUES ($1, $2, $3)`
	if _, err := tx.Technical().Exec(ctx, q, c.ID, string(r.ID), part); err != nil {
		return err
	}
	const h = `
		INSERT INTO place_history (id, place_id, version, from_on, to_on, name, name_en, code, parent_id, path, geometry, retired, change_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`
	if part == asNew { // there was nothing before
		return nil
	}
	outline := ""
	if part == asSubject && (c.Kind == Divided || c.Kind == Merged) { // the others leave it alone
		outline = r.shape.text
	}
	_, err = tx.Technical().Exec(ctx, h, ids.New(), string(r.ID), r.Version, last, string(c.From), r.Name, r.NameEn, r.Code,
		store.OrNull(r.ParentID), r.Path, outline, r.RetiredOn != "", c.ID)
	return err
}

// lastChange is the day from which the present state of a place holds, "" when it has
// held from the beginning.
func lastChange(ctx context.Context, tx *op.Tx, id ref.Place) (store.Day, error) {
	const q = `
		SELECT max(c.from_on) FROM place_changes c JOIN place_change_places p ON p.change_id = c.id
		WHERE  p.place_id = $1 AND c.undone_at IS NULL`
	var day store.Day
	return day, tx.QueryRow(ctx, q, string(id)).Scan(&day)
}

// end keeps what undoing needs and writes the trail.
func (c *Change) end(ctx context.Context, tx *op.Tx) error {
	if err := c.saveDetail(ctx, tx); err != nil {
		return err
	}
	tx.Changed(ref.Ref{Kind: "place_change", ID: c.ID}, nil, *c)
	return nil
}

func (c *Change) saveDetail(ctx context.Context, tx *op.Tx) error {
	text, err := json.Marshal(c.detail)
	if err != nil {
		return err
	}
	return tx.ExecOne(ctx, `UPDATE place_changes SET detail = $2 WHERE id = $1`, c.ID, string(text))
}

// HandedOver keeps, with a change, which records were handed from one place to another,
// so that undoing gives back exactly these.
func (c *Change) HandedOver(ctx context.Context, tx *op.Tx, standing Standing) error {
	c.detail.Standing = standing
	return c.saveDetail(ctx, tx)
}

const changeColumns = `c.id, c.kind, c.place_id, c.place_path, c.from_on, c.reason, c.by_name, c.at, c.undone_at, c.detail`

func scanChange(r store.Scanner) (c Change, err error) {
	var text string
	err = r.Scan(&c.ID, &c.Kind, &c.PlaceID, &c.Path, &c.From, &c.Reason, &c.ByName, &c.At, &c.UndoneAt, &text)
	if err == nil {
		err = json.Unmarshal([]byte(text), &c.detail)
	}
	return c, err
}

// here loads a place for a change: in the scope, in use, at the version that the caller
// has seen (0: whatever it is).
func here(ctx context.Context, tx *op.Tx, id ref.Place, version int64) (record, error) {
	p, err := Load(ctx, tx, id)
	if err != nil {
		return record{}, err
	}
	if version != 0 && p.Version != version {
		return record{}, store.ErrStale
	}
	if p.RetiredOn != "" {
		return record{}, fault.Conflictf("places.retired", "the place is no longer there since %s", p.RetiredOn).Param("day", string(p.RetiredOn))
	}
	r := record{Place: p}
	r.shape, err = loadShape(ctx, tx, p)
	return r, err
}

// mayAt refuses who may do the operation at a place but not above it: taking a place from
// a parent, or giving it one, concerns that parent too.
func mayAt(tx *op.Tx, path string) error {
	if !tx.Scope().Contains(path) {
		return fault.Forbiddenf("places.beyond_you", "this also changes a place outside your area")
	}
	return nil
}
