// Package lab keeps what screening rounds found, in its first form: the totals that
// places report of a round (mission E3). Tubes and single results come later.
//
// Words. A round is one mass test of a place: how many people were due, how many were
// sampled, for how many the result is known, and how many positives were found in the
// community. A round is open until its closing day is set; only a closed round counts
// for an all-clear.
//
// Invariants. resulted ≤ sampled ≤ due and positives ≤ resulted; a round of a place has
// one number in an incident; it closes no earlier than it opens.
//
// Days are calendar days in the incident's time zone.
package lab
