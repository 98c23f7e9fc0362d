package audit

import (
	"context"
	"encoding/base64"
	"fmt"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/allclear/allclear/internal/platform/store"
)

// Append writes the entry at the end of the trail, in the caller's transaction. Call
// it last: it orders all writers by the one row of audit_head.
func Append(ctx context.Context, tx *store.Tx, e Entry) (Entry, error) {
	tx = tx.Technical()
	var prevHash string
	const next = `UPDATE audit_head SET seq = seq + 1 WHERE id = 1 RETURNING seq, hash`
	if err := tx.QueryRow(ctx, next).Scan(&e.Seq, &prevHash); err != nil {
		return e, fmt.Errorf("extend the audit trail: %w", err)
	}
	if err := e.seal(prevHash); err != nil {
		return e, err
	}
	const insert = `INSERT INTO audit_entries (` + entryColumns + `)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`
	_, err := tx.Exec(ctx, insert, e.Seq, e.At, e.Operation, e.Outcome, e.ActorID, e.ActorName, e.PlacePath,
		e.Reason, e.RequestID, e.changesText, e.PrevHash, e.Hash)
	if err != nil {
		return e, fmt.Errorf("write an audit entry: %w", err)
	}
	if err := tx.ExecOne(ctx, `UPDATE audit_head SET hash = $1 WHERE id = 1`, e.Hash); err != nil {
		return e, err
	}
	if err := appendSubjects(ctx, tx, e); err != nil {
		return e, err
	}
	return e, appendHashes(ctx, tx, e)
}

func appendSubjects(ctx context.Context, tx *store.Tx, e Entry) error {
	seen := map[string]bool{}
	var rows [][]any
	for _, c := range e.Changes {
		if c.Kind != "batch" && !seen[c.Ref] {
			seen[c.Ref] = true
			rows = append(rows, []any{c.Ref, e.Seq})
		}
	}
	_, err := tx.Insert(ctx, "audit_subjects", []string{"subject", "seq"}, rows)
	return err
}

// appendHashes grows the stored edge of the Merkle tree by the entry.
func appendHashes(ctx context.Context, tx *store.Tx, e Entry) error {
	n := e.Seq - 1 // leaves count from 0
	height := bits.TrailingZeros64(^uint64(n))
	h := tlog.RecordHash(e.leaf())
	if height > 0 { // the leaf completes subtrees: they become one
		full, err := loadEdge(ctx, tx, height)
		if err != nil {
			return err
		}
		for level := range height {
			left, ok := full[level]
			if !ok {
				return fmt.Errorf("extend the Merkle tree: the hash at level %d is missing", level)
			}
			h = tlog.NodeHash(left, h)
		}
		if _, err := tx.Exec(ctx, `DELETE FROM audit_hashes WHERE idx < $1`, height); err != nil {
			return fmt.Errorf("extend the Merkle tree: %w", err)
		}
	}
	const insert = `INSERT INTO audit_hashes (idx, hash) VALUES ($1, $2)`
	if _, err := tx.Exec(ctx, insert, height, base64.StdEncoding.EncodeToString(h[:])); err != nil {
		return fmt.Errorf("extend the Merkle tree: %w", err)
	}
	return nil
}

// loadEdge reads the stored edge below a level.
func loadEdge(ctx context.Context, tx *store.Tx, below int) (edge, error) {
	type row struct {
		level int
		text  string
	}
	rows, err := tx.Query(ctx, `SELECT idx, hash FROM audit_hashes WHERE idx < $1`, below)
	found, err := store.Collect(rows, err, func(s store.Scanner) (r row, err error) { return r, s.Scan(&r.level, &r.text) })
	if err != nil {
		return nil, fmt.Errorf("read the Merkle tree: %w", err)
	}
	out := edge{}
	for _, r := range found {
		raw, err := base64.StdEncoding.DecodeString(r.text)
		if err != nil || len(raw) != tlog.HashSize {
			return nil, fmt.Errorf("the hash of the Merkle tree at level %d is damaged", r.level)
		}
		out[r.level] = tlog.Hash(raw)
	}
	return out, nil
}
