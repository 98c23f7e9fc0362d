package op

import (
	"context"
	"fmt"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/audit"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// Tx is an open operation: a transaction, who acts, and where they may.
type Tx struct {
	*store.Tx
	door    *Door
	def     *Def
	call    Call
	scope   access.Scope
	now     store.Instant
	place   string
	changes []audit.Change
	after   []func()
}

// Now is the moment of the operation, the only clock of domain code.
func (tx *Tx) Now() store.Instant { return tx.now }

// Scope is the set of places at which the caller may do this operation.
func (tx *Tx) Scope() access.Scope { return tx.scope }

// Principal is who acts.
func (tx *Tx) Principal() access.Principal { return tx.call.Principal }

// Operation is the name of the open operation.
func (tx *Tx) Operation() string { return tx.def.name }

// Reason is what the caller stated as the reason.
func (tx *Tx) Reason() string { return tx.call.Reason }

// May reports whether the caller may also do another operation at a place, for
// answers that show more to some than to others.
func (tx *Tx) May(def *Def, path string) bool {
	return tx.door.Access.May(tx.call.Principal, def.name, path)
}

// At says which place the operation concerns; it stands in the trail, and decides who
// may read the entry.
func (tx *Tx) At(path string) { tx.place = path }

// AfterCommit runs f after the commit, for what may be lost, such as telling open
// browsers to look again.
func (tx *Tx) AfterCommit(f func()) { tx.after = append(tx.after, f) }

// Changed records what happened to a record: created (before is nil), deleted (after
// is nil) or updated. Both are structs of one type; see diff for what the trail keeps.
func (tx *Tx) Changed(r ref.Ref, before, after any) {
	c := audit.Change{Ref: r.String(), Kind: "updated"}
	switch {
	case before == nil:
		c.Kind = "created"
	case after == nil:
		c.Kind = "deleted"
	}
	c.Fields = diff(before, after)
	tx.changes = append(tx.changes, c)
}

// ChangedBatch records a bulk write as one change: how many records of a kind, and a
// digest of what was written.
func (tx *Tx) ChangedBatch(kind string, count int, digest string) {
	tx.changes = append(tx.changes, audit.Change{Ref: kind, Kind: "batch", Count: count, Digest: digest})
}

// Looked records that a record was read.
func (tx *Tx) Looked(r ref.Ref) {
	tx.changes = append(tx.changes, audit.Change{Ref: r.String(), Kind: "read"})
}

// LookedAt records that named fields of a record were read in plain. The trail keeps
// their names and no value.
func (tx *Tx) LookedAt(r ref.Ref, fields []string) {
	tx.changes = append(tx.changes, audit.Change{Ref: r.String(), Kind: "read", Fields: map[string]any{"fields": fields}})
}

// finish checks that the books are kept and writes the entry of the trail.
func (tx *Tx) finish(ctx context.Context) error {
	wrote := tx.Written() > 0
	if wrote && len(tx.changes) == 0 {
		return fmt.Errorf("operation %s wrote %d rows and recorded no change", tx.def.name, tx.Written())
	}
	if !wrote && len(tx.changes) == 0 && tx.def.kind == Change {
		return nil // nothing was done: a repeat, or a job that found no work
	}
	if err := tx.shown(ctx); err != nil {
		return err
	}
	_, err := audit.Append(ctx, tx.Tx, audit.Entry{
		At: tx.now, Operation: tx.def.name, Outcome: audit.Done, ActorID: tx.call.Principal.UserID, ActorName: tx.call.Principal.Name,
		PlacePath: tx.place, Reason: tx.call.Reason, RequestID: tx.call.RequestID, Changes: tx.changes,
	})
	return err
}

// shown tells the watcher which records were read.
func (tx *Tx) shown(ctx context.Context) error {
	if tx.def.kind != File || tx.door.Watch == nil {
		return nil
	}
	var subjects []string
	for _, c := range tx.changes {
		if c.Kind == "read" {
			subjects = append(subjects, c.Ref)
		}
	}
	return tx.door.Watch.Shown(ctx, tx, subjects)
}

// Place is the place that At named, "" for none.
func (tx *Tx) Place() string { return tx.place }
