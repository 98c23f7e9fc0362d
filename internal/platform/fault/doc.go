// Package fault holds the errors that a person or a program outside can act on.
//
// A fault has a kind (what sort of trouble), a stable code that the web app
// translates (`cases.closed`), an English sentence for logs and for users of the
// API, parameters for the translated sentence, and, where input is at fault, one
// entry per field. Anything that is not a fault is internal: the user sees only
// that something failed and a reference.
//
// Invariants: a code never changes its meaning; no fault carries personal data.
package fault
