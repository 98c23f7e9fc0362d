package cases

import (
	"context"
	"fmt"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/registry/places"
)

// Repath lets cases and reported totals follow a subtree of places to its new path, and
// returns how many cases stand there.
func Repath(ctx context.Context, tx *op.Tx, from, to string) (int64, error) {
	rest, end := len(from)+1, access.End(from)
	n, err := tx.Exec(ctx, `UPDATE cases SET place_path = $2 || substr(place_path, $3) WHERE place_path >= $1 AND place_path < $4`, from, to, rest, end)
	if err != nil {
		return 0, fmt.Errorf("let cases follow their place: %w", err)
	}
	_, err = tx.Exec(ctx, `UPDATE daily_counts SET place_path = $2 || substr(place_path, $3) WHERE place_path >= $1 AND place_path < $4`, from, to, rest, end)
	if err != nil {
		return n, fmt.Errorf("let reported totals follow their place: %w", err)
	}
	return n, nil
}

// Reassign hands over the cases and totals of a place itself, when it becomes part of
// another. Totals of one day are added up; the answer has the key "daily_counts.added"
// then, because that can't be taken apart again.
func Reassign(ctx context.Context, tx *op.Tx, h places.Handover) (map[string][]string, error) {
	out := map[string][]string{}
	var err error
	const q = `UPDATE cases SET place_id = $2, place_path = $3 WHERE place_id = $1`
	if out["cases"], err = h.Carry(ctx, tx, "cases", "id", q, string(h.From), string(h.To), h.ToPath); err != nil {
		return nil, fmt.Errorf("hand over cases: %w", err)
	}
	if h.Only == nil {
		added, err := addTotals(ctx, tx, h)
		if err != nil {
			return nil, fmt.Errorf("add up reported totals: %w", err)
		}
		if added > 0 {
			out["daily_counts.added"] = []string{fmt.Sprint(added)}
		}
	}
	const d = `UPDATE daily_counts SET place_id = $2, place_path = $3 WHERE place_id = $1`
	if out["daily_counts"], err = h.Carry(ctx, tx, "daily_counts", "id", d, string(h.From), string(h.To), h.ToPath); err != nil {
		return nil, fmt.Errorf("hand over reported totals: %w", err)
	}
	return out, nil
}

// addTotals adds the totals of days that both places have.
func addTotals(ctx context.Context, tx *op.Tx, h places.Handover) (int64, error) {
	const other = `FROM daily_counts o WHERE o.place_id = $1 AND o.incident_id = daily_counts.incident_id AND o.on_day = daily_counts.on_day`
	const q = `
		UPDATE daily_counts SET
			confirmed = confirmed + (SELECT o.confirmed ` + other + `),
			asymptomatic = asymptomatic + (SELECT o.asymptomatic ` + other + `),
			reclassified = reclassified + (SELECT o.reclassified ` + other + `),
			found_in_community = found_in_community + (SELECT o.found_in_community ` + other + `),
			deaths = deaths + (SELECT o.deaths ` + other + `),
			imported = imported + (SELECT o.imported ` + other + `),
			version = version + 1, updated_at = $3
		WHERE place_id = $2 AND EXISTS (SELECT 1 ` + other + `)`
	n, err := tx.Exec(ctx, q, string(h.From), string(h.To), int64(tx.Now()))
	if err != nil || n == 0 {
		return 0, err
	}
	const gone = `
		DELETE FROM daily_counts WHERE place_id = $1 AND EXISTS (SELECT 1 FROM daily_counts o
			WHERE o.place_id = $2 AND o.incident_id = daily_counts.incident_id AND o.on_day = daily_counts.on_day)`
	_, err = tx.Exec(ctx, gone, string(h.From), string(h.To))
	return n, err
}

// Covered counts the days on which totals reported for one of the outer places stand in
// for what is recorded under path. When a place moves out of or into one of them, these
// days' figures would change without anybody having reported anything.
func Covered(ctx context.Context, tx *op.Tx, path string, outer []string) (int64, error) {
	if len(outer) == 0 {
		return 0, nil
	}
	args := []any{path, access.End(path)}
	in := ""
	for i, p := range outer {
		args = append(args, p)
		if i > 0 {
			in += ", "
		}
		in += fmt.Sprintf("$%d", len(args))
	}
	q := `
		SELECT count(DISTINCT d.on_day) FROM daily_counts d
		WHERE  d.place_path IN (` + in + `) AND (EXISTS (
			SELECT 1 FROM cases c WHERE c.incident_id = d.incident_id AND c.place_path >= $1 AND c.place_path < $2
			AND (c.counted_on = d.on_day OR c.reclassified_on = d.on_day OR c.outcome_on = d.on_day))
		OR EXISTS (
			SELECT 1 FROM daily_counts e WHERE e.incident_id = d.incident_id AND e.on_day = d.on_day AND e.place_path >= $1 AND e.place_path < $2))`
	var n int64
	return n, tx.QueryRow(ctx, q, args...).Scan(&n)
}

// Clashing counts the days on which one of two places has totals and the other only
// cases: made one, the totals would hide the cases.
func Clashing(ctx context.Context, tx *op.Tx, a, b string) (int64, error) {
	const q = `
		SELECT count(DISTINCT d.on_day) FROM daily_counts d
		WHERE  d.place_path = $1
		AND    NOT EXISTS (SELECT 1 FROM daily_counts e WHERE e.incident_id = d.incident_id AND e.on_day = d.on_day AND e.place_path = $2)
		AND    (EXISTS (SELECT 1 FROM cases c WHERE c.incident_id = d.incident_id AND c.place_path >= $2 AND c.place_path < $3
				AND (c.counted_on = d.on_day OR c.reclassified_on = d.on_day OR c.outcome_on = d.on_day))
			OR  EXISTS (SELECT 1 FROM daily_counts e WHERE e.incident_id = d.incident_id AND e.on_day = d.on_day AND e.place_path >= $2 AND e.place_path < $3))`
	var sum int64
	for _, pair := range [][2]string{{a, b}, {b, a}} {
		var n int64
		if err := tx.QueryRow(ctx, q, pair[0], pair[1], access.End(pair[1])).Scan(&n); err != nil {
			return 0, err
		}
		sum += n
	}
	return sum, nil
}
