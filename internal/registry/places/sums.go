package places

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
)

// sums are by how much the numbers of places below others change: for estates and what
// stands above them. Below a building counting is quick.
type sums map[string]map[Level]int64 // by path of the place above

// add counts n places of a level at path for all places above it.
func (s sums) add(path string, l Level, n int64) {
	for above := access.ParentPath(path); above != ""; above = access.ParentPath(above) {
		if s[above] == nil {
			s[above] = map[Level]int64{}
		}
		s[above][l] += n
	}
}

// write adds the changes to what is stored. Paths that belong to buildings and what is
// below them have no sums.
func (s sums) write(ctx context.Context, tx *op.Tx) error {
	paths := slices.Sorted(maps.Keys(s)) // in order, so that two writers lock alike
	type place struct{ id, path string }
	const q = `SELECT id, path FROM places WHERE level NOT IN ('building', 'unit', 'household') AND path IN (%s)`
	found, err := inBatches(ctx, tx, q, paths, func(r store.Scanner) (p place, err error) { return p, r.Scan(&p.id, &p.path) })
	if err != nil {
		return fmt.Errorf("find what stands above: %w", err)
	}
	slices.SortFunc(found, func(a, b place) int { return cmpText(a.path, b.path) })
	const add = `
		INSERT INTO place_counts (place_id, level, total) VALUES ($1, $2, $3)
		ON CONFLICT (place_id, level) DO UPDATE SET total = place_counts.total + excluded.total`
	for _, p := range found {
		for _, l := range Levels {
			if n := s[p.path][l]; n != 0 {
				if _, err := tx.Technical().Exec(ctx, add, p.id, string(l), n); err != nil {
					return fmt.Errorf("count places: %w", err)
				}
			}
		}
	}
	return nil
}

func cmpText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// below counts the places in use at path and below it by level, from the tree itself.
func below(ctx context.Context, tx *op.Tx, path string) (map[Level]int64, error) {
	const q = `SELECT level, count(*) FROM places WHERE path >= $1 AND path < $2 AND retired_on IS NULL GROUP BY level`
	rows, err := tx.Query(ctx, q, path, access.End(path))
	out := map[Level]int64{}
	_, err = store.Collect(rows, err, func(r store.Scanner) (struct{}, error) {
		var l Level
		var n int64
		err := r.Scan(&l, &n)
		out[l] = n
		return struct{}{}, err
	})
	return out, err
}
