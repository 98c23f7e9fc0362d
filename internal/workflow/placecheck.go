package workflow

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/allclear/allclear/internal/control/cases"
	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/accounts"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
	"github.com/allclear/allclear/internal/registry/places"
)

// mayLeave refuses a move that would change figures: out of the reach of reported totals
// or into it, or out of the area of an incident that has records there.
func mayLeave(ctx context.Context, tx *op.Tx, path string, parent ref.Place) error {
	to := ""
	if parent != "" {
		p, err := places.Load(ctx, tx, parent)
		if err != nil {
			return err
		}
		to = p.Path
	}
	return mayGo(ctx, tx, path, lineage(access.ParentPath(path)), lineage(to))
}

// mayPart is mayLeave for a child that a split takes out of its place.
func mayPart(ctx context.Context, tx *op.Tx, whole places.Place, child ref.Place) error {
	p, err := places.Load(ctx, tx, child)
	if err != nil {
		return err
	}
	return mayGo(ctx, tx, p.Path, lineage(whole.Path), lineage(access.ParentPath(whole.Path)))
}

func mayGo(ctx context.Context, tx *op.Tx, path string, from, to []string) error {
	left := slices.DeleteFunc(slices.Clone(from), func(p string) bool { return slices.Contains(to, p) })
	entered := slices.DeleteFunc(slices.Clone(to), func(p string) bool { return slices.Contains(from, p) })
	days, err := cases.Covered(ctx, tx, path, append(slices.Clone(left), entered...))
	if err != nil {
		return err
	}
	if days > 0 {
		return coveredByTotals(days)
	}
	return staysInIncidents(ctx, tx, path, left)
}

func coveredByTotals(days int64) error {
	return fault.Conflictf("places.covered_by_totals", "on %d days totals reported for a place above stand in for what is recorded here; the figures would change", days).
		Param("days", days)
}

// lineage lists a path and all above it.
func lineage(path string) []string {
	var out []string
	for ; path != ""; path = access.ParentPath(path) {
		out = append(out, path)
	}
	return out
}

// staysInIncidents refuses to take records out of the area of their incident.
func staysInIncidents(ctx context.Context, tx *op.Tx, path string, left []string) error {
	if len(left) == 0 {
		return nil
	}
	args := []any{path, access.End(path)}
	marks := make([]string, len(left))
	for i, p := range left {
		args = append(args, p)
		marks[i] = fmt.Sprintf("$%d", len(args))
	}
	q := `
		SELECT count(*) FROM incidents i WHERE i.place_path IN (` + strings.Join(marks, ", ") + `) AND (
			EXISTS (SELECT 1 FROM cases c WHERE c.incident_id = i.id AND c.place_path >= $1 AND c.place_path < $2)
			OR EXISTS (SELECT 1 FROM daily_counts d WHERE d.incident_id = i.id AND d.place_path >= $1 AND d.place_path < $2)
			OR EXISTS (SELECT 1 FROM screening_rounds r WHERE r.incident_id = i.id AND r.place_path >= $1 AND r.place_path < $2)
			OR EXISTS (SELECT 1 FROM incident_phases f WHERE f.incident_id = i.id AND f.place_path >= $1 AND f.place_path < $2))`
	var n int64
	if err := tx.QueryRow(ctx, q, args...).Scan(&n); err != nil {
		return err
	}
	if n > 0 {
		return fault.Conflictf("places.leaves_incident", "records of %d incidents would end up outside their incident's area", n).Param("count", n)
	}
	return nil
}

// mayJoin refuses a merge that would change figures or give somebody more than they were given.
func mayJoin(ctx context.Context, tx *op.Tx, into places.Place, other ref.Place) error {
	p, err := places.Load(ctx, tx, other)
	if err != nil {
		return err
	}
	if p.ID == into.ID {
		return nil // places.Merge says what is wrong
	}
	if err := mayHandOver(ctx, tx, p.ID); err != nil {
		return err
	}
	days, err := cases.Clashing(ctx, tx, into.Path, p.Path)
	if err != nil {
		return err
	}
	if days > 0 {
		return coveredByTotals(days)
	}
	return mayGo(ctx, tx, p.Path, lineage(access.ParentPath(p.Path)), lineage(access.ParentPath(into.Path)))
}

// mayHandOver refuses to end a place over which somebody holds a role: over the place
// that takes it in, the role would reach further than whoever gave it meant.
func mayHandOver(ctx context.Context, tx *op.Tx, id ref.Place) error {
	n, err := accounts.HeldAt(ctx, tx, id)
	if err == nil && n > 0 {
		err = fault.Conflictf("places.roles_held", "%d roles are held over the place that would end; an administrator must move them first", n).Param("count", n)
	}
	return err
}

// mayEnd refuses to retire a place where people live or an incident is running.
func mayEnd(ctx context.Context, tx *op.Tx, p places.Place) error {
	n, err := people.CountAt(ctx, tx, p.Path)
	if err != nil {
		return err
	}
	if n > 0 {
		return fault.Conflictf("places.still_lived_in", "%d people are registered here; enter their new homes first", n).Param("count", n)
	}
	var running int64
	const q = `SELECT count(*) FROM incidents WHERE place_path >= $1 AND place_path < $2 AND status = 'active'`
	if err := tx.QueryRow(ctx, q, p.Path, access.End(p.Path)).Scan(&running); err != nil {
		return err
	}
	if running > 0 {
		return fault.Conflictf("places.incident_running", "an incident is running here; close it first")
	}
	return nil
}

// settle assigns people of the place itself to one of the parts of a split; cases that
// were recorded at the place follow their people.
func settle(ctx context.Context, tx *op.Tx, whole, part places.Place, who []ref.Person) error {
	if len(who) == 0 {
		return nil
	}
	ids := make([]string, len(who))
	for i, p := range who {
		ids[i] = string(p)
	}
	h := places.Handover{From: whole.ID, To: part.ID, FromPath: whole.Path, ToPath: part.Path, Only: map[string][]string{"people": ids}}
	moved, err := handOver(ctx, tx, h)
	if err != nil {
		return err
	}
	if len(moved["people"]) != len(ids) {
		return fault.Invalidf("places.not_living_here", "people can only be assigned who are registered at the place itself").With("parts", "not_living_here")
	}
	recorded, err := casesOf(ctx, tx, whole.ID, ids)
	if err != nil || len(recorded) == 0 {
		return err
	}
	h.Only = map[string][]string{"cases": recorded}
	_, err = cases.Reassign(ctx, tx, h)
	return err
}

// casesOf lists the cases of some people that were recorded at a place itself.
func casesOf(ctx context.Context, tx *op.Tx, at ref.Place, who []string) ([]string, error) {
	var out []string
	for part := range slices.Chunk(who, 500) {
		args := []any{string(at)}
		marks := make([]string, len(part))
		for i, id := range part {
			args = append(args, id)
			marks[i] = fmt.Sprintf("$%d", len(args))
		}
		rows, err := tx.Query(ctx, `SELECT id FROM cases WHERE place_id = $1 AND person_id IN (`+strings.Join(marks, ", ")+`)`, args...)
		found, err := store.Collect(rows, err, func(r store.Scanner) (id string, err error) { return id, r.Scan(&id) })
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}
