package incident

import (
	"context"
	"fmt"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/registry/places"
)

// Repath lets incidents and phases follow a subtree of places to its new path.
func Repath(ctx context.Context, tx *op.Tx, from, to string) (int64, error) {
	var sum int64
	for _, q := range []string{
		`UPDATE incidents SET place_path = $2 || substr(place_path, $3) WHERE place_path >= $1 AND place_path < $4`,
		`UPDATE incident_phases SET place_path = $2 || substr(place_path, $3) WHERE place_path >= $1 AND place_path < $4`,
	} {
		n, err := tx.Exec(ctx, q, from, to, len(from)+1, access.End(from))
		if err != nil {
			return 0, fmt.Errorf("let incidents and phases follow their place: %w", err)
		}
		sum += n
	}
	return sum, nil
}

// Reassign hands over the incidents of a place, when it becomes part of another. Phases
// stay: they were declared for the place as it was.
func Reassign(ctx context.Context, tx *op.Tx, h places.Handover) (map[string][]string, error) {
	const q = `UPDATE incidents SET place_id = $2, place_path = $3 WHERE place_id = $1`
	ids, err := h.Carry(ctx, tx, "incidents", "id", q, string(h.From), string(h.To), h.ToPath)
	return map[string][]string{"incidents": ids}, err
}
