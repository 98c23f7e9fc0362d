package lab

import (
	"context"

	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
)

var columns = []string{"id", "incident_id", "place_id", "place_path", "number", "opened_on", "closed_on",
	"due", "sampled", "resulted", "community_positives", "version", "created_at", "updated_at"}

const selectRound = `
	SELECT r.id, r.incident_id, r.place_id, r.place_path, r.number, r.opened_on, r.closed_on,
	       r.due, r.sampled, r.resulted, r.community_positives, r.version, r.created_at, r.updated_at
	FROM   screening_rounds r`

func (r Round) values() []any {
	return []any{string(r.ID), string(r.IncidentID), string(r.PlaceID), r.PlacePath, r.Number, string(r.OpenedOn), store.OrNull(r.ClosedOn),
		r.Due, r.Sampled, r.Resulted, r.CommunityPositives, r.Version, int64(r.CreatedAt), int64(r.UpdatedAt)}
}

func scan(s store.Scanner) (r Round, err error) {
	err = s.Scan(&r.ID, &r.IncidentID, &r.PlaceID, &r.PlacePath, &r.Number, &r.OpenedOn, &r.ClosedOn,
		&r.Due, &r.Sampled, &r.Resulted, &r.CommunityPositives, &r.Version, &r.CreatedAt, &r.UpdatedAt)
	return r, err
}

// roundOf returns the stored round of the same incident, place and number.
func roundOf(ctx context.Context, tx *op.Tx, r Round) (Round, error) {
	q := selectRound + ` WHERE r.incident_id = $1 AND r.place_id = $2 AND r.number = $3`
	return scan(tx.QueryRow(ctx, q, string(r.IncidentID), string(r.PlaceID), r.Number))
}

func create(ctx context.Context, tx *op.Tx, r Round) (Round, error) {
	r = r.fresh(tx)
	if _, err := tx.Insert(ctx, "screening_rounds", columns, [][]any{r.values()}); err != nil {
		return r, err
	}
	tx.At(r.PlacePath)
	tx.Changed(r.ID.Ref(), nil, r)
	return r, nil
}

func save(ctx context.Context, tx *op.Tx, before, after Round) (Round, error) {
	after.ID, after.CreatedAt, after.Version, after.UpdatedAt = before.ID, before.CreatedAt, before.Version+1, tx.Now()
	const q = `
		UPDATE screening_rounds
		SET    opened_on = $3, closed_on = $4, due = $5, sampled = $6, resulted = $7, community_positives = $8, version = $9, updated_at = $10
		WHERE  id = $1 AND version = $2`
	err := tx.ExecOne(ctx, q, string(after.ID), before.Version, string(after.OpenedOn), store.OrNull(after.ClosedOn),
		after.Due, after.Sampled, after.Resulted, after.CommunityPositives, after.Version, int64(after.UpdatedAt))
	if err != nil {
		return after, err
	}
	tx.At(after.PlacePath)
	tx.Changed(after.ID.Ref(), before, after)
	return after, nil
}
