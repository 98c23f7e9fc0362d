package people

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/vault"
	"github.com/allclear/allclear/internal/ref"
)

// bulkClass seals what a bulk change replaced: needs of care are facts about health.
const bulkClass = vault.Health

const selectBulk = `
	SELECT id, place_path, deed, reason, state, selected, changed, same, refused, undone, kept, created_by, created_name, created_at, finished_at,
	       undo_until, version
	FROM   people_bulks`

func scanBulk(r store.Scanner) (b Bulk, err error) {
	var deed string
	err = r.Scan(&b.ID, &b.PlacePath, &deed, &b.Reason, &b.State, &b.Selected, &b.Changed, &b.Same, &b.Refused, &b.Undone, &b.Kept, &b.CreatedBy,
		&b.CreatedName, &b.CreatedAt, &b.FinishedAt, &b.UndoUntil, &b.Version)
	if err != nil {
		return b, err
	}
	return b, json.Unmarshal([]byte(deed), &b.Deed)
}

func (b Bulk) insert(ctx context.Context, tx *op.Tx) error {
	deed, err := json.Marshal(b.Deed)
	if err != nil {
		return err
	}
	const q = `
		INSERT INTO people_bulks (id, place_path, deed, reason, state, selected, changed, same, refused, undone, kept,
		                          created_by, created_name, created_at, undo_until, version)
		VALUES ($1, $2, $3, $4, $5, 0, 0, 0, 0, 0, 0, $6, $7, $8, $9, 1)`
	_, err = tx.Exec(ctx, q, string(b.ID), b.PlacePath, string(deed), b.Reason, string(b.State), string(b.CreatedBy), b.CreatedName, b.CreatedAt, b.UndoUntil)
	return err
}

func (b Bulk) save(ctx context.Context, tx *op.Tx) error {
	const q = `
		UPDATE people_bulks
		SET    state = $3, selected = $4, changed = $5, same = $6, refused = $7, undone = $8, kept = $9, finished_at = $10, version = version + 1
		WHERE  id = $1 AND version = $2`
	return tx.ExecOne(ctx, q, string(b.ID), b.Version, string(b.State), b.Selected, b.Changed, b.Same, b.Refused, b.Undone, b.Kept, b.FinishedAt)
}

func bulkOf(ctx context.Context, tx *op.Tx, id ref.Bulk) (Bulk, error) {
	rows, err := tx.Query(ctx, selectBulk+` WHERE id = $1`, string(id))
	found, err := store.Collect(rows, err, scanBulk)
	if err != nil {
		return Bulk{}, fmt.Errorf("load a bulk change: %w", err)
	}
	if len(found) == 0 {
		return Bulk{}, fault.NotFoundf("people.no_bulk", "there is no such change, or it is somebody else's")
	}
	return found[0], nil
}

// LoadBulk returns a bulk change that the caller has started.
func (s *Service) LoadBulk(ctx context.Context, tx *op.Tx, id ref.Bulk) (Bulk, error) {
	b, err := bulkOf(ctx, tx, id)
	if err == nil && string(b.CreatedBy) != tx.Principal().UserID {
		return Bulk{}, fault.NotFoundf("people.no_bulk", "there is no such change, or it is somebody else's")
	}
	return b, err
}

// Bulks returns the caller's bulk changes, latest first, at most fifty.
func (s *Service) Bulks(ctx context.Context, tx *op.Tx) ([]Bulk, error) {
	rows, err := tx.Query(ctx, selectBulk+` WHERE created_by = $1 ORDER BY created_at DESC, id DESC LIMIT 50`, tx.Principal().UserID)
	out, err := store.Collect(rows, err, scanBulk)
	if err != nil {
		return nil, fmt.Errorf("list bulk changes: %w", err)
	}
	return out, nil
}

// OpenBulks returns the changes that are under way, for the program to go on with after a
// stop or a crash.
func OpenBulks(ctx context.Context, tx *store.Tx) ([]ref.Bulk, error) {
	rows, err := tx.Query(ctx, `SELECT id FROM people_bulks WHERE state IN ('running', 'undoing') ORDER BY id`)
	return store.Collect(rows, err, func(r store.Scanner) (id ref.Bulk, err error) { return id, r.Scan(&id) })
}

// bulkItem is what happens to one person of a bulk change.
type bulkItem struct {
	person  ref.Person
	verdict Verdict // "" while it is still to come
	before  string  // sealed
	version int64   // of the record after the change
}

func itemsOf(ctx context.Context, tx *op.Tx, id ref.Bulk, v Verdict, limit int) ([]bulkItem, error) {
	const q = `SELECT person_id, verdict, before, version FROM people_bulk_items WHERE bulk_id = $1 AND verdict = $2 ORDER BY person_id LIMIT $3`
	rows, err := tx.Query(ctx, q, string(id), string(v), limit)
	return store.Collect(rows, err, func(r store.Scanner) (x bulkItem, err error) {
		return x, r.Scan(&x.person, &x.verdict, &x.before, &x.version)
	})
}

func (x bulkItem) save(ctx context.Context, tx *op.Tx, id ref.Bulk) error {
	const q = `UPDATE people_bulk_items SET verdict = $3, before = $4, version = $5 WHERE bulk_id = $1 AND person_id = $2`
	return tx.Technical().ExecOne(ctx, q, string(id), string(x.person), string(x.verdict), x.before, x.version)
}

// Refusals counts the people of a change who were not changed, by reason, and names a few.
func (s *Service) Refusals(ctx context.Context, tx *op.Tx, id ref.Bulk) (map[Verdict]int, map[Verdict][]ref.Person, error) {
	const q = `SELECT verdict, count(*) FROM people_bulk_items WHERE bulk_id = $1 AND verdict NOT IN ('', 'change', 'same', 'taken_back') GROUP BY verdict`
	counts, samples := map[Verdict]int{}, map[Verdict][]ref.Person{}
	rows, err := tx.Query(ctx, q, string(id))
	type count struct {
		v Verdict
		n int
	}
	all, err := store.Collect(rows, err, func(r store.Scanner) (x count, err error) { return x, r.Scan(&x.v, &x.n) })
	if err != nil {
		return nil, nil, fmt.Errorf("count refusals: %w", err)
	}
	for _, x := range all {
		counts[x.v] = x.n
		items, err := itemsOf(ctx, tx, id, x.v, sampleOf)
		if err != nil {
			return nil, nil, fmt.Errorf("name refusals: %w", err)
		}
		for _, i := range items {
			samples[x.v] = append(samples[x.v], i.person)
		}
	}
	return counts, samples, nil
}

// RepathBulks moves the changes of a subtree of places along with it.
func RepathBulks(ctx context.Context, tx *op.Tx, from, to string) (int64, error) {
	const q = `UPDATE people_bulks SET place_path = $1 || substr(place_path, length($2) + 1) WHERE place_path >= $2 AND place_path < $3`
	return tx.Exec(ctx, q, to, from, access.End(from))
}

// RowsOf returns people as lists show them, by id; who is not there, or
// lives outside the caller's places, is left out.
func (s *Service) RowsOf(ctx context.Context, tx *op.Tx, all []ref.Person) ([]Row, error) {
	if len(all) == 0 {
		return []Row{}, nil
	}
	var w where
	w.within(tx.Scope(), "")
	w.add(`p.id IN (?`+strings.Repeat(`, ?`, len(all)-1)+`)`, argsOf(all)...)
	found, err := tx.Query(ctx, `SELECT `+listedColumns+` FROM people p WHERE `+w.text()+` ORDER BY p.id`, w.args...)
	people, err := store.Collect(found, err, s.scanListed)
	if err != nil {
		return nil, fmt.Errorf("load people as rows: %w", err)
	}
	return rows(ctx, tx, people)
}
