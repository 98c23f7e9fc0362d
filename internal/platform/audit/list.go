package audit

import (
	"context"
	"fmt"
	"strings"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/store"
)

// Filter selects entries; empty fields select all.
type Filter struct {
	Actor     string // user id
	Operation string // exact name, or a prefix ending in "."
	Subject   string // "case:0190…"
	Outcome   string
	From, To  store.Instant // from inclusive, to exclusive
	Before    int64         // entries with a smaller number: the cursor
	Limit     int
}

// List returns entries in the scope, newest first, and how many there are in all.
func List(ctx context.Context, tx *store.Tx, scope access.Scope, f Filter) ([]Entry, int, error) {
	where, args := f.where(scope)
	var total int
	if err := tx.QueryRow(ctx, `SELECT count(*) FROM audit_entries e WHERE `+where, args...).Scan(&total); err != nil {
		return nil, 0, err
	}
	if f.Before > 0 {
		args = append(args, f.Before)
		where += fmt.Sprintf(" AND e.seq < $%d", len(args))
	}
	args = append(args, min(max(f.Limit, 1), 500))
	query := `SELECT ` + entryColumns + ` FROM audit_entries e WHERE ` + where +
		fmt.Sprintf(` ORDER BY e.seq DESC LIMIT $%d`, len(args))
	rows, err := tx.Query(ctx, query, args...)
	entries, err := store.Collect(rows, err, scanEntry)
	return entries, total, err
}

func (f Filter) where(scope access.Scope) (string, []any) {
	var args []any
	parts := []string{scope.SQL("e.place_path", &args)}
	add := func(condition string, value any) {
		args = append(args, value)
		parts = append(parts, fmt.Sprintf(condition, len(args)))
	}
	if f.Actor != "" {
		add("e.actor_id = $%d", f.Actor)
	}
	if f.Outcome != "" {
		add("e.outcome = $%d", f.Outcome)
	}
	if prefix, ok := strings.CutSuffix(f.Operation, "."); ok && prefix != "" {
		add("e.operation >= $%d", f.Operation)
		add("e.operation < $%d", prefix+"/")
	} else if f.Operation != "" {
		add("e.operation = $%d", f.Operation)
	}
	if f.Subject != "" {
		add("e.seq IN (SELECT seq FROM audit_subjects WHERE subject = $%d)", f.Subject)
	}
	if f.From != 0 {
		add("e.at >= $%d", f.From)
	}
	if f.To != 0 {
		add("e.at < $%d", f.To)
	}
	return strings.Join(parts, " AND "), args
}
