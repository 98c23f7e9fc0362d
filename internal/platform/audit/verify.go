package audit

import (
	"context"
	"database/sql"
	"fmt"
	"runtime"

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
		w, err := r.walk(ctx, tx, checkpoints)
		if err != nil {
			return err
		}
		if err := r.compareHead(ctx, tx, w); err != nil {
			return err
		}
		r.compareTree(ctx, tx, w)
		return nil
	})
	return r, err
}

// batchSize entries are hashed together beside the reading of the next ones.
const batchSize = 256

// batch is a run of entries with their hashes, computed beside.
type batch struct {
	entries []Entry
	digests []string
	leaves  []tlog.Hash
	hashed  chan struct{}
}

func (b *batch) hash() {
	var leaf []byte
	for i := range b.entries {
		leaf = b.entries[i].appendLeaf(leaf[:0])
		b.digests[i], b.leaves[i] = digest(leaf), tlog.RecordHash(leaf)
	}
	close(b.hashed)
}

// walk reads all entries in order, checks the chain, and compares the root at the size
// of each checkpoint. Reading, hashing and checking run beside each other: reading is
// the slowest, and each takes about as long as the others together.
func (r *Report) walk(ctx context.Context, tx *store.Tx, checkpoints []Checkpoint) (*walker, error) {
	rows, err := tx.Query(ctx, `SELECT `+entryColumns+` FROM audit_entries ORDER BY seq`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	w := &walker{report: r, tree: tree{edge: edge{}}, checkpoints: checkpoints}
	batches := make(chan *batch, 2*runtime.NumCPU())
	checked := make(chan error, 1)
	go func() { checked <- w.check(batches) }()
	err = readBatches(rows, batches)
	close(batches)
	if e := <-checked; err == nil {
		err = e
	}
	if err != nil {
		return nil, err
	}
	for _, c := range checkpoints[w.next:] {
		r.bad(r.Entries+1, "the trail ends at entry %d, but a checkpoint was signed at %d: the end was cut off, or an old copy was put back", r.Entries, c.Size)
	}
	return w, nil
}

func readBatches(rows *sql.Rows, batches chan<- *batch) error {
	send := func(b *batch) {
		b.digests, b.leaves = make([]string, len(b.entries)), make([]tlog.Hash, len(b.entries))
		go b.hash()
		batches <- b
	}
	b := &batch{hashed: make(chan struct{})}
	for rows.Next() {
		var e Entry
		if e.scan(rows) != nil {
			e = Entry{Seq: -1} // SQLite keeps a text where a number belongs: a damaged entry like others
		}
		b.entries = append(b.entries, e)
		if len(b.entries) == batchSize {
			send(b)
			b = &batch{entries: make([]Entry, 0, batchSize), hashed: make(chan struct{})}
		}
	}
	send(b)
	return rows.Err()
}

// walker is how far the check of the trail is.
type walker struct {
	report      *Report
	tree        tree
	last        string // hash of the entry before
	checkpoints []Checkpoint
	next        int   // the first checkpoint not compared yet
	signed      int64 // up to here the entries are those of a checkpoint
}

func (w *walker) check(batches <-chan *batch) (err error) {
	r := w.report
	for b := range batches {
		<-b.hashed
		for i := range b.entries {
			e := &b.entries[i]
			r.Entries++
			if e.Seq != r.Entries {
				r.bad(r.Entries, "entry %d is missing or out of order", r.Entries)
			}
			if e.PrevHash != w.last || e.Hash != b.digests[i] {
				r.bad(r.Entries, "entry %d is not as it was written", r.Entries)
			}
			w.last = e.Hash
			w.tree.add(b.leaves[i])
			if e := w.compareRoots(); err == nil {
				err = e // and go on, so that the reader is not left waiting
			}
		}
	}
	return err
}

// compareRoots holds the tree against the checkpoints of its present size.
func (w *walker) compareRoots() error {
	for w.next < len(w.checkpoints) && w.checkpoints[w.next].Size <= w.tree.size {
		c := w.checkpoints[w.next]
		w.next++
		if c.Size < w.tree.size {
			continue // smaller sizes were compared when the tree had them
		}
		root, err := w.tree.root()
		if err != nil {
			return err
		}
		if root.String() != c.Root {
			w.report.bad(w.signed+1, "the entries %d to %d are not those that were signed: the trail was rewritten", w.signed+1, c.Size)
			continue
		}
		w.signed = c.Size
	}
	return nil
}

func (r *Report) compareHead(ctx context.Context, tx *store.Tx, w *walker) error {
	var seq int64
	var hash string
	if err := tx.QueryRow(ctx, `SELECT seq, hash FROM audit_head WHERE id = 1`).Scan(&seq, &hash); err != nil {
		return err
	}
	if seq != r.Entries {
		r.bad(min(r.Entries, seq)+1, "the trail ends at entry %d, but %d were written", r.Entries, seq)
	} else if hash != w.last {
		r.bad(r.Entries, "the stored end of the trail does not match its last entry")
	}
	return nil
}

// compareTree looks at the stored tree only when all else holds: it cannot tell which
// entry is bad.
func (r *Report) compareTree(ctx context.Context, tx *store.Tx, w *walker) {
	if !r.OK {
		return
	}
	stored, err := loadEdge(ctx, tx, maxLevel)
	if err != nil || !w.tree.equal(&tree{edge: stored, size: r.Entries}) {
		r.bad(max(r.Entries, 1), "the stored Merkle tree does not match the entries")
	}
}
