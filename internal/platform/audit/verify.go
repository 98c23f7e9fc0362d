package audit

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/allclear/allclear/internal/platform/store"
)

// Report is the result of verifying the whole trail.
type Report struct {
	Entries    int64       `json:"entries"`
	OK         bool        `json:"ok"`
	FirstBad   *int64      `json:"first_bad"` // number of the first entry that is not as it was written
	Problem    string      `json:"problem,omitempty"`
	Checkpoint *Checkpoint `json:"checkpoint"` // the newest one kept outside the database
}

func (r *Report) bad(seq int64, format string, a ...any) {
	if r.OK || (r.FirstBad != nil && seq < *r.FirstBad) {
		r.OK, r.FirstBad, r.Problem = false, &seq, fmt.Sprintf(format, a...)
	}
}

// Verify re-derives the chain and the Merkle tree from the entries and holds them
// against the stored hashes and against every checkpoint kept outside the database.
func (w *Witness) Verify(ctx context.Context, db *store.DB) (Report, error) {
	r := Report{OK: true}
	checkpoints, err := w.All()
	if err != nil {
		return r, err
	}
	if n := len(checkpoints); n > 0 {
		r.Checkpoint = &checkpoints[n-1]
	}
	err = db.Read(ctx, func(tx *store.Tx) error {
		tree, err := r.walk(ctx, tx, checkpoints)
		if err != nil {
			return err
		}
		r.compareHead(ctx, tx)
		r.compareTree(ctx, tx, tree)
		return nil
	})
	return r, err
}

// tree is a Merkle tree grown in memory: only the hashes of complete subtrees are kept.
type tree struct {
	hashes map[int64]tlog.Hash
	size   int64
}

func (t *tree) read(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, idx := range indexes {
		h, ok := t.hashes[idx]
		if !ok {
			return nil, fmt.Errorf("hash %d of the Merkle tree is missing", idx)
		}
		out[i] = h
	}
	return out, nil
}

func (t *tree) add(leaf []byte) error {
	hashes, err := tlog.StoredHashes(t.size, leaf, tlog.HashReaderFunc(t.read))
	if err != nil {
		return err
	}
	first := tlog.StoredHashIndex(0, t.size)
	for i, h := range hashes {
		t.hashes[first+int64(i)] = h
	}
	t.size++
	return nil
}

// walk reads all entries in order, checks the chain, and compares the root at the size
// of each checkpoint.
func (r *Report) walk(ctx context.Context, tx *store.Tx, checkpoints []Checkpoint) (*tree, error) {
	t := &tree{hashes: map[int64]tlog.Hash{}}
	rows, err := tx.Query(ctx, `SELECT `+entryColumns+` FROM audit_entries ORDER BY seq`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	prev, next := "", 0
	for rows.Next() {
		e, err := scanEntry(rows)
		if err != nil {
			return nil, err
		}
		r.Entries++
		if e.Seq != r.Entries {
			r.bad(r.Entries, "entry %d is missing or out of order", r.Entries)
		}
		if e.PrevHash != prev || e.Hash != e.digest() {
			r.bad(r.Entries, "entry %d is not as it was written", r.Entries)
		}
		prev = e.Hash
		if err := t.add(e.leaf()); err != nil {
			return nil, err
		}
		if next, err = r.compareRoots(t, checkpoints, next); err != nil {
			return nil, err
		}
	}
	for ; next < len(checkpoints); next++ {
		r.bad(r.Entries+1, "the trail ends at entry %d, but a checkpoint was signed at %d: the end was cut off, or an old copy was put back", r.Entries, checkpoints[next].Size)
	}
	return t, rows.Err()
}

func (r *Report) compareRoots(t *tree, checkpoints []Checkpoint, next int) (int, error) {
	for next < len(checkpoints) && checkpoints[next].Size <= t.size {
		c := checkpoints[next]
		next++
		if c.Size == 0 || c.Size < t.size {
			continue // an empty trail has nothing to hold; smaller sizes were compared when the tree had them
		}
		root, err := tlog.TreeHash(t.size, tlog.HashReaderFunc(t.read))
		if err != nil {
			return next, err
		}
		if root.String() != c.Root {
			first := int64(1)
			if next >= 2 {
				first = checkpoints[next-2].Size + 1
			}
			r.bad(first, "the entries %d to %d are not those that were signed: the trail was rewritten", first, c.Size)
		}
	}
	return next, nil
}

func (r *Report) compareHead(ctx context.Context, tx *store.Tx) {
	var seq int64
	if err := tx.QueryRow(ctx, `SELECT seq FROM audit_head WHERE id = 1`).Scan(&seq); err != nil || seq != r.Entries {
		r.bad(r.Entries+1, "the trail ends at entry %d, but %d were written", r.Entries, seq)
	}
}

func (r *Report) compareTree(ctx context.Context, tx *store.Tx, t *tree) {
	if t.size == 0 {
		return
	}
	stored, err := tlog.TreeHash(t.size, hashReader(ctx, tx))
	fresh, freshErr := tlog.TreeHash(t.size, tlog.HashReaderFunc(t.read))
	if err != nil || freshErr != nil || stored != fresh {
		r.bad(r.Entries, "the stored Merkle tree does not match the entries")
	}
}
