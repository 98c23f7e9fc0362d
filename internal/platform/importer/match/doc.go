// Package match understands files: which column feeds which field, and what a cell says.
//
// Words. A Field is declared by a kind of record. Match pairs columns and fields by name,
// each pair with a score and a reason. Settle decides how the days of a column are
// written, from the evidence in its values. Reader turns a row of cells into values, or
// into refusals: sentences in Chinese and English that say what is wrong with which cell
// and how to mend it.
//
// Invariants. Nothing is guessed silently: a day that can be read two ways is settled by
// evidence that is shown, or by the user. One column never feeds two fields. The value of
// a field that holds personal data never appears in a refusal. Nothing here reads files,
// the database or the clock.
package match
