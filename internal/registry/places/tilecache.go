package places

import (
	lru "container/list"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"sync"

	"github.com/paulmach/orb/maptile"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
)

// Tiles keeps drawn tiles in memory, those asked for last. A tile is drawn for a scope:
// two people with different scopes never share one. Whether a kept tile still shows what
// the database holds is asked on each request, so that a change is seen at once, also
// one that another process made.
type Tiles struct {
	mu    sync.Mutex
	kept  map[tileKey]*lru.Element
	order *lru.List // of *keptTile, the last used first
	bytes int
	limit int
}

type tileKey struct {
	scope string
	tile  maptile.Tile
}

type keptTile struct {
	key     tileKey
	version int64
	Drawn
}

// Drawn is a drawn tile.
type Drawn struct {
	Data []byte // gzipped Mapbox vector tile
	ETag string // quoted; the same for the same bytes
}

// tileOverhead is what a kept tile takes besides its data, in bytes, roughly.
const tileOverhead = 300

// NewTiles returns an empty store that holds at most limit bytes.
func NewTiles(limit int) *Tiles {
	return &Tiles{kept: map[tileKey]*lru.Element{}, order: lru.New(), limit: limit}
}

// Draw returns the tile z/x/y of the scope, from memory when nothing in it has changed
// since it was drawn. The ETag of an unchanged tile is the same in every process.
func (t *Tiles) Draw(ctx context.Context, tx *op.Tx, z, x, y uint32) (Drawn, error) {
	if z > maxTileZoom || x >= 1<<z || y >= 1<<z {
		return Drawn{}, fault.NotFoundf("places.no_tile", "there is no tile %d/%d/%d", z, x, y)
	}
	key := tileKey{scope: strings.Join(tx.Scope().Prefixes(), " "), tile: maptile.New(x, y, maptile.Zoom(z))}
	if tx.Scope().All() {
		key.scope = "*" // not the empty scope, which sees nothing
	}
	version, err := tileVersion(ctx, tx, key.tile)
	if err != nil {
		return Drawn{}, err
	}
	if d, ok := t.recall(key, version); ok {
		return d, nil
	}
	data, err := Tile(ctx, tx, z, x, y)
	if err != nil {
		return Drawn{}, err
	}
	sum := sha256.Sum256(data)
	d := Drawn{Data: data, ETag: `"` + hex.EncodeToString(sum[:12]) + `"`}
	t.keep(&keptTile{key, version, d})
	return d, nil
}

func (t *Tiles) recall(key tileKey, version int64) (Drawn, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := t.kept[key]
	if e == nil || e.Value.(*keptTile).version != version {
		return Drawn{}, false
	}
	t.order.MoveToFront(e)
	return e.Value.(*keptTile).Drawn, true
}

func (t *Tiles) keep(k *keptTile) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e := t.kept[k.key]; e != nil {
		if e.Value.(*keptTile).version > k.version {
			return // somebody drew a newer one in the meantime
		}
		t.drop(e)
	}
	t.kept[k.key] = t.order.PushFront(k)
	t.bytes += len(k.Data) + tileOverhead
	for t.bytes > t.limit && t.order.Len() > 0 {
		t.drop(t.order.Back())
	}
}

func (t *Tiles) drop(e *lru.Element) {
	k := t.order.Remove(e).(*keptTile)
	delete(t.kept, k.key)
	t.bytes -= len(k.Data) + tileOverhead
}

// Size tells how many tiles are kept and how many bytes they take.
func (t *Tiles) Size() (tiles, bytes int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.order.Len(), t.bytes
}
