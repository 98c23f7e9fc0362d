// Package backup writes the whole installation into one portable file, proves that such
// a file is whole, and puts it back into an empty database. A backup of SQLite restores
// into PostgreSQL and the other way round: this is also how an installation moves.
//
// Words. A backup is a .tar.gz, in this order:
//
//	manifest.json         what made it, when, the schema version, and for each table
//	                      its columns, rows, bytes and SHA-256, parents before children
//	tables/<name>.ndjson  one row a line, an array in the order of the columns, sorted by
//	                      the primary key; text, whole number, number, true/false or null
//	data/<path>           files of the data directory: signed checkpoints, uploads, the
//	                      operator's own packs and policies
//	files.json            the list of those files with their bytes and SHA-256
//
// The manifest comes first, so that what a backup holds can be told from its first bytes
// and nothing is restored that does not fit; the tables are therefore read twice from one
// snapshot, and a table that reads differently the second time fails the backup.
//
// Invariants: the tables are found in the database, not listed here, so that a new one
// cannot be forgotten, and a column of a type that is not known stops the backup instead
// of being left out; all tables are of one moment, and no checkpoint is newer than they;
// keys are never in a backup and never written by a restore; a restore changes nothing
// unless every table reads back as the manifest says; memory does not grow with the data.
//
// A backup proves that it is whole, not who made it: its sums protect against damage. A
// trail that was rewritten on the way is found by holding it against a checkpoint or a
// verifier key that was kept elsewhere (package audit).
package backup
