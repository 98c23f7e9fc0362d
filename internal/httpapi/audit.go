package httpapi

import (
	"context"
	"strconv"

	"github.com/allclear/allclear/internal/platform/audit"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
)

var (
	viewAudit   = op.Define("audit.entry.view", op.View)
	verifyAudit = op.Define("audit.log.verify", op.View)
)

// page is one page of a list.
type page[T any] struct {
	Items      []T    `json:"items"`
	Total      int    `json:"total"`
	NextCursor string `json:"next_cursor,omitempty" doc:"Send it as cursor for the next page; missing on the last"`
}

type auditInput struct {
	Actor     string    `query:"actor"`
	Operation string    `query:"operation" doc:"An operation, or a group of them ending in a dot"`
	Subject   string    `query:"subject" doc:"A record, as in case:0190…"`
	Outcome   string    `query:"outcome" enum:"done,refused"`
	From      store.Day `query:"from" doc:"First day, UTC"`
	To        store.Day `query:"to" doc:"Last day, UTC"`
	Cursor    int64     `query:"cursor"`
	Limit     int       `query:"limit" default:"50" minimum:"1" maximum:"500"`
}

func (a *API) auditRoutes() {
	get(a, "/audit", viewAudit, "The trail of who did what", func(ctx context.Context, tx *op.Tx, in *auditInput) (page[audit.Entry], error) {
		f := audit.Filter{Actor: in.Actor, Operation: in.Operation, Subject: in.Subject, Outcome: in.Outcome, Before: in.Cursor, Limit: in.Limit}
		if in.From != "" {
			f.From = store.At(in.From.Time())
		}
		if in.To != "" {
			f.To = store.At(in.To.Add(1).Time())
		}
		entries, total, err := audit.List(ctx, tx.Tx, tx.Scope(), f)
		out := page[audit.Entry]{Items: entries, Total: total}
		if len(entries) == in.Limit {
			out.NextCursor = strconv.FormatInt(entries[len(entries)-1].Seq, 10)
		}
		return out, err
	})
	get(a, "/audit/verify", verifyAudit, "Verify the whole trail", func(ctx context.Context, _ *op.Tx, _ *none) (audit.Report, error) {
		return a.Witness.Verify(ctx, a.Door.DB)
	})
	get(a, "/audit/checkpoint", verifyAudit, "The newest signed checkpoint", func(ctx context.Context, _ *op.Tx, _ *none) (audit.Checkpoint, error) {
		return a.Witness.Sign(ctx, a.Door.DB)
	})
}
