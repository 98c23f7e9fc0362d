// Package disclosure watches over what leaves the register and who saw it.
//
// Words. A look is one person whose file somebody opened or revealed. A quota bounds the
// different people somebody may look at in 24 hours, and the masked rows that lists show
// them. An extension lets somebody go on for an hour with a stated reason, and others are
// told. An alert waits for somebody who answers for the data. A watched record is one that
// nobody has a reason to open. An export is a file of people that somebody asks for; more
// than a few people need a second person, who approves or refuses it. A mark is what tells
// a leaked file's export: visible in a column and the name, hidden in how cells are
// written and in the order of rows.
//
//	export: waiting ──approve──▶ approved ──▶ fetched, until its time is over
//	           └─────refuse────▶ refused      (few people: approved at once)
//	alert:  open ──settle──▶ settled
//
// Invariants.
//   - A look is counted in the transaction that shows the file: not counted, not shown.
//   - Nobody decides on their own export or settles an alert about themselves.
//   - Before the first byte of a file leaves, the trail says who fetches it; afterwards it
//     says how many rows left and their digest.
//   - No file on a disk of ours ever holds an export in plain.
package disclosure
