package cases

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// recountPage is how many cases are counted anew at a time.
const recountPage = 1000

// Recount derives anew how all cases of an incident count and returns how many changed.
// It belongs to the change of an incident's pack or overlays, which say what counts: the
// whole incident is counted, whoever changes it, and the trail gets one entry with a
// digest.
func (s *Service) Recount(ctx context.Context, tx *op.Tx, id ref.Incident) (int, error) {
	f, err := s.frameOf(ctx, tx, id)
	if err != nil {
		return 0, err
	}
	changed, sum := 0, sha256.New()
	for after := ""; ; {
		const order = ` WHERE c.incident_id = $1 AND c.id > $2 ORDER BY c.id LIMIT $3`
		rows, err := tx.Query(ctx, selectCase+order, string(id), after, recountPage)
		page, err := store.Collect(rows, err, scanRecord)
		if err != nil {
			return 0, fmt.Errorf("read cases to count them anew: %w", err)
		}
		if len(page) == 0 {
			break
		}
		after = string(page[len(page)-1].ID)
		ids := make([]ref.Case, len(page))
		for i, r := range page {
			ids[i] = r.ID
		}
		past, err := histories(ctx, tx, ids)
		if err != nil {
			return 0, err
		}
		for _, r := range page {
			c := derive(past[r.ID], r.Facts, f.classes(r.Facts))
			if c == r.Counting {
				continue
			}
			if err := saveCounting(ctx, tx, r.Case, c); err != nil {
				return 0, err
			}
			changed++
			fmt.Fprintf(sum, "%s\x00%s\x00%s\x00%s\n", r.ID, c.CountedAs, c.CountedOn, c.ReclassifiedOn)
		}
	}
	if changed > 0 {
		tx.ChangedBatch("case.recount", changed, hex.EncodeToString(sum.Sum(nil)))
	}
	return changed, nil
}

func saveCounting(ctx context.Context, tx *op.Tx, c Case, n Counting) error {
	const q = `
		UPDATE cases
		SET    counted_as = $3, counted_on = $4, reclassified_on = $5, report_day = $6, version = version + 1, updated_at = $7
		WHERE  id = $1 AND version = $2`
	return tx.ExecOne(ctx, q, string(c.ID), c.Version, n.CountedAs, day(n.CountedOn), day(n.ReclassifiedOn), string(n.ReportDay), int64(tx.Now()))
}
