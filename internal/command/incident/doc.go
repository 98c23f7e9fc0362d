// Package incident keeps the outbreaks that are being answered, and the phase that the
// response is in at each place (mission C1).
//
// Words. An incident is one outbreak at one place (a city, a county) under one set of
// rules: a protocol pack with its overlays. A phase is a stretch of days with a name,
// objectives and the evidence on which it was declared. Phases are declared per place:
// a district can be ahead of its city.
//
//	activation → cleanup_drive → general_offensive → final_push → community_zero → consolidation → reopening
//
// The order is the usual one, not a compulsion: a phase may be skipped, and a place may
// step back with a reason.
//
// Invariants.
//   - At one place at most one phase is open, and no two phases share a day: declaring
//     one closes the former on the day before.
//   - A place without a phase of its own is in the phase of its nearest ancestor that
//     has one.
//   - No phase begins before its incident. A step back says why.
//   - An incident is seen by everyone whose places overlap its place: a district lead
//     sees the city's incident. It is changed only by those whose places hold all of it.
//
// Days are calendar days in the incident's time zone.
package incident
