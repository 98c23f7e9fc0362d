package places

import (
	"context"
	"fmt"

	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/maptile"

	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
)

// mainRoads are drawn from zoom 11 on, all others from 14.
var mainRoads = map[string]bool{"motorway": true, "trunk": true, "primary": true, "secondary": true, "major_road": true}

// roadLayer draws roads.
type roadLayer struct{}

// Name is the layer's name in the tile.
func (roadLayer) Name() string { return "road" }

// From is the zoom from which it is drawn.
func (roadLayer) From() maptile.Zoom { return 11 }

// Features returns the roads that reach into the tile.
func (roadLayer) Features(ctx context.Context, tx *op.Tx, tile maptile.Tile) ([]*geojson.Feature, error) {
	b := drawnArea(tile)
	args := []any{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}
	where := `west <= $3 AND east >= $1 AND south <= $4 AND north >= $2 AND ` + tx.Scope().SQL("place_path", &args) + ` AND (` + lineKeys(tile, &args) + `)`
	if tile.Z < 14 {
		where += ` AND class IN ('motorway', 'trunk', 'primary', 'secondary', 'major_road')`
	}
	args = append(args, tileLimit)
	q := `SELECT id, name, name_en, class, geometry FROM roads WHERE ` + where + fmt.Sprintf(` ORDER BY metres DESC, id LIMIT $%d`, len(args))
	rows, err := tx.Query(ctx, q, args...)
	return store.Collect(rows, err, func(r store.Scanner) (*geojson.Feature, error) {
		var id, name, nameEn, class, text string
		if err := r.Scan(&id, &name, &nameEn, &class, &text); err != nil {
			return nil, err
		}
		g, err := readOutline(text)
		if err != nil {
			return nil, fmt.Errorf("read the line of road %s: %w", id, err)
		}
		f := geojson.NewFeature(g)
		f.Properties = geojson.Properties{"id": id, "name": name, "name_en": nameEn, "class": class}
		return f, nil
	})
}

// lineKeys is the condition that a line may reach into the tile: its key, that of the
// smallest tile which holds the whole line, is one of the tiles above, or begins with
// the tile itself or a neighbour, whose lines may reach over the edge by the margin.
func lineKeys(tile maptile.Tile, args *[]any) string {
	size := uint32(1) << tile.Z
	text, seen := "", map[string]bool{}
	or := func(part string) {
		if text != "" {
			text += " OR "
		}
		text += part
	}
	for dy := range uint32(3) {
		for dx := range uint32(3) {
			x, y := tile.X+dx-1, tile.Y+dy-1 // wraps below zero to a number that is too large
			if x >= size || y >= size {
				continue
			}
			key := quadkeyOf(maptile.New(x, y, tile.Z))
			*args = append(*args, key, key+"4")
			or(fmt.Sprintf("quadkey >= $%d AND quadkey < $%d", len(*args)-1, len(*args)))
			for n := len(key) - 1; n >= 0 && !seen[key[:n]]; n-- {
				seen[key[:n]] = true
				*args = append(*args, key[:n])
				or(fmt.Sprintf("quadkey = $%d", len(*args)))
			}
		}
	}
	return text
}
