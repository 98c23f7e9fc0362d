// Package places keeps the tree of places that every other record stands on: country,
// province, city, district, street, community, estate, building, stairwell unit and
// household.
//
// Words. A place's path is the chain of ordinals from the root down to it, "1.3.12.":
// each child adds "<ordinal>.". What lies below a place is one range of paths, which is
// how scopes, roll-ups and lists find it by index. A place's code is what the outside
// world calls it: a statistical code, an identifier of another system, the number of a
// footprint. A trail is the names from the root down: "松川市 › 江北区 › 建设街道".
//
// Invariants.
//   - A child's level is deeper than its parent's; levels may be skipped (a building
//     directly below a district).
//   - A path is never used twice, not even after its place is deleted, and never changes:
//     places are not moved.
//   - No two places have the same code. The empty code is no code.
//   - A place outside the caller's scope is not found; only the names in a trail reach
//     above the scope.
//   - The centroid, the bounding box and the quadkey follow from the outline, or from the
//     point when there is no outline.
package places
