// Package situation answers "how does it stand?" across the domains: figures by place
// and day, curves, maps, and the evidence for an all-clear. It reads any table and
// writes none.
//
// Words. A tally counts infections of one day by class and by how they were found. A
// reporting area is a place that reports daily totals instead of, or on top of, a line
// list.
//
// How it counts (docs/guide/figures.md says it to users):
//   - new infections = confirmed − reclassified + asymptomatic (protocol.md 1.3);
//   - cumulative asymptomatic excludes those reclassified, so that confirmed and
//     asymptomatic add up to the infections;
//   - an infection counts as found under control only if the protocol pack says so for
//     its detection route and zone class; what is unknown counts as found in the
//     community, and is shown;
//   - a reported total replaces the line-listed cases below its place for that day, and
//     the topmost total wins, so that nothing is counted twice.
//
// Invariants: every figure equals the length of the list it opens, plus the reported
// totals it names; the parts of a place and the rest add up to the place.
package situation
