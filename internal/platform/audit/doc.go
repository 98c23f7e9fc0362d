// Package audit keeps the trail of who did what: tamper-evident, in the same
// transaction as the deed.
//
// Words. An entry is one operation by one person, with the records it changed. Each
// entry holds the hash of the one before (a chain) and is a leaf of a Merkle tree
// (RFC 6962, golang.org/x/mod/sumdb/tlog). A checkpoint is the tree's size and root,
// signed (Ed25519, the signed-note form) and kept in a file outside the database; it
// can also be printed in a bulletin or sent to a second host.
//
// What is found: an edited, inserted, reordered or deleted entry breaks the chain or
// the tree. A cut tail, a chain rewritten from some entry on, and an old copy of the
// database put back are consistent in themselves: only a checkpoint kept outside
// shows them.
//
// Invariants: entries are never updated or deleted by this program; an entry never
// holds a personal value, only that it changed; a deed whose entry cannot be written
// does not happen.
package audit
