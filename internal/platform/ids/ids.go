// Package ids makes the identifiers of all records: UUIDs of version 7 (RFC 9562),
// as text. They sort by the time they were made, which keeps indexes compact, and
// they can be made anywhere, a phone without network included.
package ids

import "github.com/google/uuid"

// New returns a fresh identifier. It panics only if the system has no randomness.
func New() string { return uuid.Must(uuid.NewV7()).String() }

// Valid reports whether s has the form of an identifier.
func Valid(s string) bool { return uuid.Validate(s) == nil && len(s) == 36 }
