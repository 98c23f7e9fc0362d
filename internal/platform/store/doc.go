// Package store opens the database — SQLite by default, PostgreSQL for a city — and
// gives transactions in which the same plain SQL runs on both.
//
// Words. Tx is one transaction. A technical write is bookkeeping (jobs, sessions,
// idempotency keys, the audit trail itself); every other write changes domain rows,
// which platform/op refuses to commit when no change was recorded.
//
// The portable subset of SQL is described in docs/develop/sql.md and held by a test.
// Drivers are imported here and nowhere else, and their errors end here: a unique
// constraint becomes fault.Conflict, no row becomes fault.NotFound, a busy or
// serialization error is retried by DB.Write.
package store
