// Package importer takes files into the tables of the domains, accounting for every row.
//
// Words. A Kind is what a domain implements: its fields, and how one row is resolved and
// written. A Job is one import of one file; its Settings are what the user chose, its
// Analysis is what was found out about the file. The account is: rows of the file =
// inserted + updated + unchanged + refused.
//
//	draft ──settle──▶ ready ──run──▶ running ──▶ done | done_with_refusals ──undo──▶ undone
//	  ▲                 │ dry run       │  └────▶ failed | cancelled ────────undo──▶ undone
//	  └──────settle─────┘               └ killed: Run again goes on where it stopped
//
// A run goes in batches. Each batch is one transaction: resolve, write, refusals, counters
// and the place in the file commit together or not at all, so that a run that is killed
// goes on exactly where it stopped. A dry run is the same code without writing.
//
// Invariants. The outcomes add up to the rows counted by an earlier pass of its own, or the
// job fails. Refused rows can be had back as a file that can be mended and read again.
// Cells of refused rows are sealed; no log, error or sentence holds personal data.
package importer
