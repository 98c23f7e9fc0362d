package disclosure

import (
	"context"
	"fmt"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/op"
)

// Repath lets alerts and exports follow a subtree of places to its new path, so that who
// answers for the place still finds them.
func Repath(ctx context.Context, tx *op.Tx, from, to string) (int64, error) {
	var sum int64
	for _, q := range []string{
		`UPDATE alerts SET place_path = $2 || substr(place_path, $3) WHERE place_path >= $1 AND place_path < $4`,
		`UPDATE exports SET place_path = $2 || substr(place_path, $3) WHERE place_path >= $1 AND place_path < $4`,
	} {
		n, err := tx.Exec(ctx, q, from, to, len(from)+1, access.End(from))
		if err != nil {
			return 0, fmt.Errorf("let alerts and exports follow their place: %w", err)
		}
		sum += n
	}
	return sum, nil
}
