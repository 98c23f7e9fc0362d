package lab

import (
	"context"
	"fmt"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/registry/places"
)

// Repath lets screening rounds follow a subtree of places to its new path.
func Repath(ctx context.Context, tx *op.Tx, from, to string) (int64, error) {
	return tx.Exec(ctx, `UPDATE screening_rounds SET place_path = $2 || substr(place_path, $3) WHERE place_path >= $1 AND place_path < $4`,
		from, to, len(from)+1, access.End(from))
}

// Reassign hands over the rounds of a place itself, when it becomes part of another.
// Rounds of one number are added up; the answer has the key "screening_rounds.added" then.
func Reassign(ctx context.Context, tx *op.Tx, h places.Handover) (map[string][]string, error) {
	out := map[string][]string{}
	if h.Only == nil {
		added, err := addUp(ctx, tx, h)
		if err != nil {
			return nil, fmt.Errorf("add up screening rounds: %w", err)
		}
		if added > 0 {
			out["screening_rounds.added"] = []string{fmt.Sprint(added)}
		}
	}
	const q = `UPDATE screening_rounds SET place_id = $2, place_path = $3 WHERE place_id = $1`
	ids, err := h.Carry(ctx, tx, "screening_rounds", "id", q, string(h.From), string(h.To), h.ToPath)
	out["screening_rounds"] = ids
	return out, err
}

func addUp(ctx context.Context, tx *op.Tx, h places.Handover) (int64, error) {
	const other = `FROM screening_rounds o WHERE o.place_id = $1 AND o.incident_id = screening_rounds.incident_id AND o.number = screening_rounds.number`
	const q = `
		UPDATE screening_rounds SET
			due = due + (SELECT o.due ` + other + `),
			sampled = sampled + (SELECT o.sampled ` + other + `),
			resulted = resulted + (SELECT o.resulted ` + other + `),
			community_positives = community_positives + (SELECT o.community_positives ` + other + `),
			closed_on = CASE WHEN closed_on IS NULL THEN NULL ELSE (SELECT CASE WHEN o.closed_on < screening_rounds.closed_on THEN screening_rounds.closed_on ELSE o.closed_on END ` + other + `) END,
			version = version + 1, updated_at = $3
		WHERE place_id = $2 AND EXISTS (SELECT 1 ` + other + `)`
	n, err := tx.Exec(ctx, q, string(h.From), string(h.To), int64(tx.Now()))
	if err != nil || n == 0 {
		return 0, err
	}
	const gone = `
		DELETE FROM screening_rounds WHERE place_id = $1 AND EXISTS (SELECT 1 FROM screening_rounds o
			WHERE o.place_id = $2 AND o.incident_id = screening_rounds.incident_id AND o.number = screening_rounds.number)`
	_, err = tx.Exec(ctx, gone, string(h.From), string(h.To))
	return n, err
}
