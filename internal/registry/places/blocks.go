package places

import (
	"context"
	"fmt"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
)

// The map is divided into blocks, the tiles of zoom 12, about 7 km wide at 44° north.
// Each carries a number that rises when something in it changes, so that a kept tile is
// known to be good by reading two rows, also when another process made the change.
const (
	blockZoom = 12
	// lowBlock stands for all tiles above blockZoom, on which only areas from the level
	// of communities up are drawn.
	lowBlock = "low"
	// allBlocks is raised instead of very many single blocks.
	allBlocks = "all"
	maxBlocks = 100
)

// bounds collects where on the map something changed.
type bounds struct {
	all    bool
	low    bool
	blocks map[string]bool
}

// add marks what a place of this shape and level is drawn on.
func (b *bounds) add(s shape, l Level) {
	if s.known && !b.all {
		b.mark(s.bound, !l.Below(Community))
	}
}

// mark marks an area. With low, it also shows on tiles of small zooms.
func (b *bounds) mark(area orb.Bound, low bool) {
	b.low = b.low || low
	const margin = 0.001 // degrees: what is drawn around a tile so that outlines have no seams
	area = area.Pad(margin)
	from, to := maptile.At(area.LeftTop(), blockZoom), maptile.At(area.RightBottom(), blockZoom)
	if int64(to.X-from.X+1)*int64(to.Y-from.Y+1)+int64(len(b.blocks)) > maxBlocks {
		b.all = true
		return
	}
	if b.blocks == nil {
		b.blocks = map[string]bool{}
	}
	for x := from.X; x <= to.X; x++ {
		for y := from.Y; y <= to.Y; y++ {
			b.blocks[quadkeyOf(maptile.New(x, y, blockZoom))] = true
		}
	}
}

// bump raises the numbers of all that was marked.
func (b *bounds) bump(ctx context.Context, tx *op.Tx) error {
	var names []string
	for name := range b.blocks {
		names = append(names, name)
	}
	if b.low {
		names = append(names, lowBlock)
	}
	if b.all {
		names = []string{allBlocks}
	}
	slices.Sort(names) // so that two writers lock alike
	const q = `
		INSERT INTO place_blocks (block, version) VALUES ($1, 1)
		ON CONFLICT (block) DO UPDATE SET version = place_blocks.version + 1`
	for _, name := range names {
		if _, err := tx.Technical().Exec(ctx, q, name); err != nil {
			return fmt.Errorf("mark what changed on the map: %w", err)
		}
	}
	return nil
}

// changedOnMap marks where a place was and where it is.
func changedOnMap(ctx context.Context, tx *op.Tx, before, after record) error {
	var b bounds
	b.add(before.shape, before.Level)
	b.add(after.shape, after.Level)
	return b.bump(ctx, tx)
}

// subtreeOnMap marks all that is drawn of a place and what lies below it.
func subtreeOnMap(ctx context.Context, tx *op.Tx, path string) error {
	const q = `SELECT min(west), min(south), max(east), max(north) FROM places WHERE path >= $1 AND path < $2`
	var w, s, e, n *float64
	if err := tx.QueryRow(ctx, q, path, access.End(path)).Scan(&w, &s, &e, &n); err != nil || w == nil {
		return err
	}
	var b bounds
	b.mark(orb.Bound{Min: orb.Point{*w, *s}, Max: orb.Point{*e, *n}}, true)
	return b.bump(ctx, tx)
}

// tileVersion is the number that rises with every change of what the tile shows.
func tileVersion(ctx context.Context, tx *op.Tx, t maptile.Tile) (int64, error) {
	block := lowBlock
	if t.Z >= blockZoom {
		block = quadkeyOf(maptile.New(t.X>>(t.Z-blockZoom), t.Y>>(t.Z-blockZoom), blockZoom))
	}
	rows, err := tx.Query(ctx, `SELECT version FROM place_blocks WHERE block IN ($1, $2)`, allBlocks, block)
	versions, err := store.Collect(rows, err, func(r store.Scanner) (n int64, err error) { return n, r.Scan(&n) })
	var sum int64
	for _, v := range versions {
		sum += v // each only rises, so the sum tells every change
	}
	return sum, err
}
