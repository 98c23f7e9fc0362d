// Package osm turns OpenStreetMap files (.osm, .osm.gz, .osm.bz2, .osm.pbf) into rows of a
// table: one row for each boundary, estate, building, entrance, address, road and named
// facility.
//
// Words. An element is a node, way or relation with an identifier that stays the same from
// one extract to the next: "way/123". A feature is an element that the register has a use
// for; everything else in the file is passed over. A street block is an area between main
// roads that holds buildings which lie in no residential area of the map.
//
// An element's shape is spread over the file: a building names its nodes, a boundary names
// its ways. The file is therefore read several times and the features are kept beside it
// (Convert), so that all later readings are plain. Memory holds 16 bytes for each node of a
// feature, never the file.
//
// Invariants. Each feature is one row, even one that can't be used: a ring that does not
// close, a relation whose members the extract has cut off, a way whose nodes are missing.
// Such a row carries a problem code. A file that ends too early or is no map is a fault.
package osm
