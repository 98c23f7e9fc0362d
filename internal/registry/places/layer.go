package places

import (
	"context"

	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/maptile"

	"github.com/allclear/allclear/internal/platform/op"
)

// Layer draws something besides the places on the tiles: roads, entrances. Whatever
// writes what a layer draws marks the area on the map (bounds.mark and bounds.bump), so
// that kept tiles are drawn anew.
type Layer interface {
	// Name is the layer's name in the tile.
	Name() string
	// From is the zoom from which it is drawn.
	From() maptile.Zoom
	// Features returns what reaches into drawnArea(tile) and the scope, in degrees WGS 84.
	Features(ctx context.Context, tx *op.Tx, tile maptile.Tile) ([]*geojson.Feature, error)
}

// Layers lists what is drawn besides the places, in the order of drawing.
func Layers() []Layer { return []Layer{roadLayer{}} }
