package audit

import (
	"context"
	"encoding/base64"
	"fmt"

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

func appendHashes(ctx context.Context, tx *store.Tx, e Entry) error {
	n := e.Seq - 1 // leaves count from 0
	hashes, err := tlog.StoredHashes(n, e.leaf(), hashReader(ctx, tx))
	if err != nil {
		return fmt.Errorf("extend the Merkle tree: %w", err)
	}
	first := tlog.StoredHashIndex(0, n)
	for i, h := range hashes {
		const insert = `INSERT INTO audit_hashes (idx, hash) VALUES ($1, $2)`
		if _, err := tx.Exec(ctx, insert, first+int64(i), base64.StdEncoding.EncodeToString(h[:])); err != nil {
			return fmt.Errorf("extend the Merkle tree: %w", err)
		}
	}
	return nil
}

// hashReader reads stored tree hashes by index.
func hashReader(ctx context.Context, tx *store.Tx) tlog.HashReaderFunc {
	return func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, idx := range indexes {
			var text string
			if err := tx.QueryRow(ctx, `SELECT hash FROM audit_hashes WHERE idx = $1`, idx).Scan(&text); err != nil {
				return nil, fmt.Errorf("read hash %d of the Merkle tree: %w", idx, err)
			}
			raw, err := base64.StdEncoding.DecodeString(text)
			if err != nil || len(raw) != tlog.HashSize {
				return nil, fmt.Errorf("hash %d of the Merkle tree is damaged", idx)
			}
			copy(out[i][:], raw)
		}
		return out, nil
	}
}
