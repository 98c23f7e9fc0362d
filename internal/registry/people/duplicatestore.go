package people

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

const duplicateColumns = `d.id, d.a_id, d.b_id, d.score, d.reasons, d.state, d.found_by, d.found_at, d.asked_again, d.decided_by, d.decided_by_name,
	d.decided_at, d.merge_id, d.version`

var duplicateInsert = []string{"id", "a_id", "b_id", "score", "reasons", "state", "found_by", "found_at", "asked_again", "decided_by", "decided_by_name",
	"decided_at", "merge_id", "version"}

func scanDuplicate(r store.Scanner) (d Duplicate, err error) {
	var reasons string
	err = r.Scan(&d.ID, &d.A, &d.B, &d.Score, &reasons, &d.State, &d.FoundBy, &d.FoundAt, &d.AskedAgain, &d.DecidedBy, &d.DecidedByName,
		&d.DecidedAt, store.Optional(&d.Merge), &d.Version)
	d.Reasons = splitReasons(reasons)
	return d, err
}

func insertDuplicates(ctx context.Context, tx *op.Tx, all []Duplicate) error {
	rows := make([][]any, len(all))
	for i, d := range all {
		var decided any
		if d.DecidedAt != 0 {
			decided = int64(d.DecidedAt)
		}
		rows[i] = []any{string(d.ID), string(d.A), string(d.B), int64(d.Score), joinReasons(d.Reasons), string(d.State), string(d.FoundBy),
			int64(d.FoundAt), d.AskedAgain, string(d.DecidedBy), d.DecidedByName, decided, store.OrNull(d.Merge), d.Version}
	}
	_, err := tx.Insert(ctx, "people_duplicates", duplicateInsert, rows)
	return err
}

// saveDuplicate writes a changed pair over the version that was read, without telling the trail.
func saveDuplicate(ctx context.Context, tx *op.Tx, before, after Duplicate) (Duplicate, error) {
	after.Version = before.Version + 1
	const q = `UPDATE people_duplicates SET score = $3, reasons = $4, state = $5, asked_again = $6, decided_by = $7, decided_by_name = $8,
		decided_at = $9, merge_id = $10, version = $11
		WHERE id = $1 AND version = $2`
	return after, tx.ExecOne(ctx, q, string(after.ID), before.Version, after.Score, joinReasons(after.Reasons), string(after.State), after.AskedAgain,
		string(after.DecidedBy), after.DecidedByName, after.DecidedAt, store.OrNull(after.Merge), after.Version)
}

// duplicatesWhere reads pairs by one condition without regard to the scope.
func duplicatesWhere(ctx context.Context, tx *op.Tx, condition string, args ...any) ([]Duplicate, error) {
	rows, err := tx.Query(ctx, `SELECT `+duplicateColumns+` FROM people_duplicates d WHERE `+condition+` ORDER BY d.id`, args...)
	return store.Collect(rows, err, scanDuplicate)
}

// pair is two people, the smaller id first.
type pair struct{ a, b ref.Person }

// duplicatesOf finds which of the pairs are known.
func duplicatesOf(ctx context.Context, tx *op.Tx, pairs []pair) (map[pair]Duplicate, error) {
	out := map[pair]Duplicate{}
	for part := range slices.Chunk(pairs, lookupBatch/2) {
		args := make([]any, 0, 2*len(part))
		marks := make([]string, len(part))
		for i, p := range part {
			args = append(args, string(p.a), string(p.b))
			marks[i] = fmt.Sprintf("($%d, $%d)", 2*i+1, 2*i+2)
		}
		q := `WITH wanted (a_id, b_id) AS (VALUES ` + strings.Join(marks, ", ") + `) SELECT ` + duplicateColumns + `
			FROM people_duplicates d JOIN wanted w ON d.a_id = w.a_id AND d.b_id = w.b_id`
		rows, err := tx.Query(ctx, q, args...)
		found, err := store.Collect(rows, err, scanDuplicate)
		if err != nil {
			return nil, fmt.Errorf("look up duplicates: %w", err)
		}
		for _, d := range found {
			out[pair{d.A, d.B}] = d
		}
	}
	return out, nil
}

// pairsWith returns all pairs with one of the people, decided or not.
func pairsWith(ctx context.Context, tx *op.Tx, id ref.Person) ([]Duplicate, error) {
	const q = `SELECT ` + duplicateColumns + ` FROM people_duplicates d WHERE d.a_id = $1
		UNION ALL SELECT ` + duplicateColumns + ` FROM people_duplicates d WHERE d.b_id = $1`
	rows, err := tx.Query(ctx, q, string(id))
	return store.Collect(rows, err, scanDuplicate)
}
