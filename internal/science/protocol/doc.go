// Package protocol turns disease knowledge that is kept as data into typed
// parameters and rules.
//
// Words:
//
//	pack       one regime for one disease: parameters, case classes, control zones,
//	           what counts as found in the community, and when an outbreak is over
//	overlay    a city's layer on top of a pack; history of what a city did, not advice
//	leaf       one parameter value with its unit, citation, evidence grade and note
//	rules      a pack with its overlays, as an incident uses it
//	view       the rules on one day
//	criterion  one condition of clearance, with its value, what is needed, what is missing
//	facts      what the records say about a place on a day; the caller counts them
//
// How values are found on a day: the last overlay that sets the key, else the one
// before, else the pack. Within one file the latest change whose day has come wins. A
// section (classes, zones, surface, criteria) of an overlay replaces the whole section
// below it. Validity switches nothing off: whoever lays an overlay on a pack means it,
// also for days before it was published ("what would that city's rule have said?"), and
// silently changing the rules of a running response is worse than running old ones.
// View.Outside names what is used outside its validity, for the screen to say.
//
// Evidence grades: A official text read, B secondary text read, C from memory with high
// confidence, D design value or unsure. Only D is marked as not verified.
//
// Invariants:
//   - A view never changes, and what it answers depends on its arguments alone.
//   - A fact that is missing makes a criterion not met. No pack can weaken this: which
//     facts a criterion rests on is read from its rule, not from what the pack claims.
//   - An infection whose route is not known was found in the community; one whose zone is
//     not known too, unless the route settles it.
//   - A file with a problem is refused as a whole, with every problem named by line.
//   - Nothing here knows about quarantine, zones or the last case: a pack may have none.
//
// The package has no clock, no database and no network. Days are "2006-01-02" in the
// incident's time zone.
package protocol
