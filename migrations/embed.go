// Package migrations holds the database schema: numbered files, one text for SQLite
// and PostgreSQL, forward only, never edited after a release.
package migrations

import "embed"

// FS holds the migration files at its root.
//
//go:embed *.sql
var FS embed.FS
