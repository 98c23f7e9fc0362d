package people

import (
	"context"
	"fmt"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/registry/places"
)

// Repath lets everything that is kept about people follow a subtree of places to its new
// path, and returns how many people live there. Nobody's version changes: they have not
// moved, the tree has.
func Repath(ctx context.Context, tx *op.Tx, from, to string) (int64, error) {
	rest, end := len(from)+1, access.End(from)
	n, err := tx.Exec(ctx, `UPDATE people SET place_path = $2 || substr(place_path, $3) WHERE place_path >= $1 AND place_path < $4`, from, to, rest, end)
	if err != nil {
		return 0, fmt.Errorf("let people follow their place: %w", err)
	}
	for _, q := range []string{
		`UPDATE people_readings SET place_path = $2 || substr(place_path, $3) WHERE place_path >= $1 AND place_path < $4`,
		`UPDATE people_care SET place_path = $2 || substr(place_path, $3) WHERE place_path >= $1 AND place_path < $4`,
		`UPDATE people_homes SET place_path = $2 || substr(place_path, $3) WHERE place_path >= $1 AND place_path < $4`,
		`UPDATE people_doubts SET place_path = $2 || substr(place_path, $3) WHERE place_path >= $1 AND place_path < $4`,
		`UPDATE households SET place_path = $2 || substr(place_path, $3) WHERE place_path >= $1 AND place_path < $4`,
		`UPDATE people_merges SET place_path = $2 || substr(place_path, $3) WHERE place_path >= $1 AND place_path < $4`,
		`UPDATE people_merges SET loser_path = $2 || substr(loser_path, $3) WHERE loser_path >= $1 AND loser_path < $4`,
		`UPDATE people_holds SET place_path = $2 || substr(place_path, $3) WHERE place_path >= $1 AND place_path < $4`,
		`UPDATE people_sweeps SET place_path = $2 || substr(place_path, $3) WHERE place_path >= $1 AND place_path < $4`,
	} {
		if _, err := tx.Technical().Exec(ctx, q, from, to, rest, end); err != nil {
			return n, fmt.Errorf("let what is kept about people follow their place: %w", err)
		}
	}
	return n, nil
}

// Reassign hands over the people who are at a place itself, when it becomes part of
// another. What is known about the household as a whole stays with the old door when the
// new one has its own.
func Reassign(ctx context.Context, tx *op.Tx, h places.Handover) (map[string][]string, error) {
	out := map[string][]string{}
	from, to := string(h.From), string(h.To)
	for _, t := range []struct {
		key, id, query string
		args           []any
	}{
		{"people", "id", `UPDATE people SET place_id = $2, place_path = $3 WHERE place_id = $1 AND place_path = $4`, []any{from, to, h.ToPath, h.FromPath}},
		{"people.workplace_id", "id", `UPDATE people SET workplace_id = $2 WHERE workplace_id = $1`, []any{from, to}},
		{"people_homes", "id", `UPDATE people_homes SET place_id = $2, place_path = $3 WHERE place_id = $1`, []any{from, to, h.ToPath}},
		{"households", "place_id", `UPDATE households SET place_id = $2, place_path = $3 WHERE place_id = $1
			AND NOT EXISTS (SELECT 1 FROM households w WHERE w.place_id = $2)`, []any{from, to, h.ToPath}},
	} {
		ids, err := h.Carry(ctx, tx, t.key, t.id, t.query, t.args...)
		if err != nil {
			return nil, fmt.Errorf("hand over %s: %w", t.key, err)
		}
		out[t.key] = ids
	}
	for _, table := range []string{
		`UPDATE people_readings SET place_path = $2 WHERE place_path = $1 AND person_id IN (SELECT id FROM people WHERE place_path = $2)`,
		`UPDATE people_care SET place_path = $2 WHERE place_path = $1 AND person_id IN (SELECT id FROM people WHERE place_path = $2)`,
		`UPDATE people_doubts SET place_path = $2 WHERE place_path = $1 AND person_id IN (SELECT id FROM people WHERE place_path = $2)`,
	} {
		if _, err := tx.Technical().Exec(ctx, table, h.FromPath, h.ToPath); err != nil {
			return nil, fmt.Errorf("hand over what is kept about people: %w", err)
		}
	}
	return out, nil
}

// CountRegistered counts the people whom lists show at a path and below it: not those who
// only stand in the register because of a case.
func CountRegistered(ctx context.Context, tx *op.Tx, path string) (n int64, err error) {
	// The bit stands in the index of the doors, so that no row is read.
	const q = `SELECT count(*) FROM people WHERE place_path >= $1 AND place_path < $2 AND traits & $3 <> 0`
	return n, tx.QueryRow(ctx, q, path, access.End(path), int64(isRegistered)).Scan(&n)
}

// CountAt counts all people at a path and below it.
func CountAt(ctx context.Context, tx *op.Tx, path string) (n int64, err error) {
	const q = `SELECT count(*) FROM people WHERE place_path >= $1 AND place_path < $2`
	return n, tx.QueryRow(ctx, q, path, access.End(path)).Scan(&n)
}
