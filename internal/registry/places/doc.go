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
// A road is a piece of line of the map, an entrance a door or gate, an address what the map
// states for a place; they hang on places and move with them. An element is the map's own
// identifier ("way/123"); map_elements remembers which place it became, so that a map can
// be read again. A doubt is what an import was not sure about. An address text is resolved
// to a place with a confidence; below Sure it waits as a Match for a person to decide.
//
// A change of the tree is a rename, a move, a split, a merge, a retirement or a re-opening,
// with the day from which it holds and a reason. A place keeps its id through all of them;
// place_history holds the states that changes ended, so that what a place was called and
// where it belonged can be answered for any day. A merged place leads to its successor. A
// step is that a subtree went from one path to another: whatever carries paths follows it
// in the same transaction (internal/workflow/placemove.go). The map is divided into blocks
// whose numbers rise with every change, so that kept tiles are known to be good.
//
// Invariants.
//   - A text is resolved exactly if its confidence is at least Sure; otherwise it has a reason.
//   - A child's level is deeper than its parent's; levels may be skipped (a building
//     directly below a district).
//   - A path only ever means one place, also after that place is deleted or has moved;
//     undoing a move gives the place its own old path again.
//   - place_counts equals the number of places in use below an estate or a higher place.
//   - What a change touched can be undone as long as no later change touched it.
//   - No two places have the same code. The empty code is no code.
//   - A place outside the caller's scope is not found; only the names in a trail reach
//     above the scope.
//   - The centroid, the bounding box and the quadkey follow from the outline, or from the
//     point when there is no outline.
package places
