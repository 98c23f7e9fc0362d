package audit

import (
	"maps"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// maxLevel is more than a tree of 2^63 leaves needs.
const maxLevel = 64

// edge is the right edge of a Merkle tree: the roots of its complete subtrees, by
// level. A level is there when its bit in the number of leaves is set. It is all that
// growing the tree and taking its root ever need, so nothing else is kept: the rest
// follows from the entries.
type edge map[int]tlog.Hash

// tree is a Merkle tree as RFC 6962 defines it, known by its edge.
type tree struct {
	edge edge
	size int64
}

func (t *tree) add(leaf tlog.Hash) {
	level := 0
	for ; t.size>>level&1 == 1; level++ {
		leaf = tlog.NodeHash(t.edge[level], leaf)
		delete(t.edge, level)
	}
	t.edge[level] = leaf
	t.size++
}

// root returns the tree's root hash; that of an empty tree is the hash of nothing.
func (t *tree) root() (tlog.Hash, error) {
	if t.size == 0 {
		return tlog.TreeHash(0, nil)
	}
	low := bits.TrailingZeros64(uint64(t.size))
	h := t.edge[low]
	for level := low + 1; level < maxLevel; level++ {
		if t.size>>level&1 == 1 {
			h = tlog.NodeHash(t.edge[level], h)
		}
	}
	return h, nil
}

// whole reports whether the edge has exactly the levels that the size calls for.
func (t *tree) whole() bool {
	for level := range t.edge {
		if level < 0 || level >= maxLevel || t.size>>level&1 == 0 {
			return false
		}
	}
	return len(t.edge) == bits.OnesCount64(uint64(t.size))
}

func (t *tree) equal(u *tree) bool { return t.size == u.size && maps.Equal(t.edge, u.edge) }
