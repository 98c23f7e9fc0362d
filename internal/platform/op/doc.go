// Package op is the one door: every write, and every read of a person's file, is an
// operation that goes authorize → begin → run → audit → commit.
//
// Words. An operation is declared once with Define; its name is at once the
// permission, the audit action and the operationId of the API. A call is one use of
// it, by one person. Tx is the open operation that domain functions receive; nothing
// else can obtain one.
//
// Invariants.
//   - What the caller may not do anywhere is refused before a transaction begins, and
//     the refusal is in the trail.
//   - A transaction that changed domain rows and recorded no change is not committed:
//     a forgotten audit line is a failing test the same day.
//   - The entry in the trail commits together with the deed, or neither does.
//   - The same idempotency key by the same person gives the same answer and one effect.
package op
