// Package views keeps the lists that people have put together for themselves and for
// their colleagues: filters, columns and order under a name (trust-and-ux.md U03).
//
// Words. A list is a table of the product, by its name in the address ("people",
// "cases"). A query is the part of the address after "?" that holds the filters; a layout
// is the browser's own JSON about columns. A private view is its owner's alone. A shared
// view stands at a place: it is seen by whoever works there, above or below.
//
// Invariants.
//   - A view changes nothing about who may see what: it is an address, and the list
//     behind it applies the scope of whoever opens it.
//   - Only the owner changes or deletes a view.
//   - A query holds no search text: what somebody looks for may be a name.
package views
