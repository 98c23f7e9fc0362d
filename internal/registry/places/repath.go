package places

import (
	"context"
	"fmt"
	"slices"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// repath lets the tables of this package follow a subtree to its new path, and returns
// how many places it holds.
func repath(ctx context.Context, tx *op.Tx, from, to string) (int64, error) {
	rest, end := len(from)+1, access.End(from)
	n, err := tx.Exec(ctx, `UPDATE places SET path = $2 || substr(path, $3) WHERE path >= $1 AND path < $4`, from, to, rest, end)
	if err != nil {
		return 0, err
	}
	for _, q := range []string{
		`UPDATE place_terms SET path = $2 || substr(path, $3) WHERE path >= $1 AND path < $4`,
		`UPDATE roads SET place_path = $2 || substr(place_path, $3) WHERE place_path >= $1 AND place_path < $4`,
		`UPDATE entrances SET place_path = $2 || substr(place_path, $3) WHERE place_path >= $1 AND place_path < $4`,
		`UPDATE addresses SET place_path = $2 || substr(place_path, $3) WHERE place_path >= $1 AND place_path < $4`,
		`UPDATE place_aliases SET place_path = $2 || substr(place_path, $3) WHERE place_path >= $1 AND place_path < $4`,
		`UPDATE address_matches SET within_path = $2 || substr(within_path, $3) WHERE within_path >= $1 AND within_path < $4`,
	} {
		if _, err := tx.Technical().Exec(ctx, q, from, to, rest, end); err != nil {
			return n, fmt.Errorf("let the map follow: %w", err)
		}
	}
	return n, nil
}

// Handover gives what stands at one place itself, not below it, to another.
type Handover struct {
	From, To         ref.Place
	FromPath, ToPath string
	// Only names the rows, by "table.column", that are given; nil gives all.
	Only map[string][]string
}

// Carry runs an update of one table for a handover and returns the ids of the rows that
// it changed. The query ends in its WHERE clause and has no RETURNING; key names the rows
// in Only.
func (h Handover) Carry(ctx context.Context, tx *op.Tx, key, id, query string, args ...any) ([]string, error) {
	scan := func(r store.Scanner) (s string, err error) { return s, r.Scan(&s) }
	if h.Only == nil {
		rows, err := tx.Query(ctx, query+` RETURNING `+id, args...)
		return store.Collect(rows, err, scan)
	}
	var out []string
	for only := h.Only[key]; len(only) > 0; {
		n := min(len(only), lookupBatch)
		more := slices.Clone(args)
		for _, x := range only[:n] {
			more = append(more, x)
		}
		rows, err := tx.Query(ctx, query+` AND `+id+` IN (`+list(len(args), n)+`) RETURNING `+id, more...)
		got, err := store.Collect(rows, err, scan)
		if err != nil {
			return nil, err
		}
		out, only = append(out, got...), only[n:]
	}
	return out, nil
}

// Reassign hands over what the tables of this package know about a place: its gates,
// addresses and other spellings. Which element of the map it was, and what an import
// doubted about it, stays with the place.
func Reassign(ctx context.Context, tx *op.Tx, h Handover) (map[string][]string, error) {
	out := map[string][]string{}
	for _, t := range []struct{ key, query string }{
		{"entrances", `UPDATE entrances SET place_id = $2, place_path = $3 WHERE place_id = $1`},
		{"addresses", `UPDATE addresses SET place_id = $2, place_path = $3 WHERE place_id = $1`},
		{"roads", `UPDATE roads SET place_id = $2, place_path = $3 WHERE place_id = $1`},
		{"place_aliases", `UPDATE place_aliases SET place_id = $2, place_path = $3 WHERE place_id = $1
			AND NOT EXISTS (SELECT 1 FROM place_aliases w WHERE w.place_id = $2 AND w.key = place_aliases.key)`},
	} {
		ids, err := h.Carry(ctx, tx, t.key, "id", t.query, string(h.From), string(h.To), h.ToPath)
		if err != nil {
			return nil, fmt.Errorf("hand over %s: %w", t.key, err)
		}
		out[t.key] = ids
	}
	ids, err := h.Carry(ctx, tx, "address_matches", "id", `UPDATE address_matches SET place_id = $2 WHERE place_id = $1`, string(h.From), string(h.To))
	out["address_matches"] = ids
	return out, err
}
