// Package table reads the files people have — delimited text, XLSX, JSON, ndjson,
// GeoJSON, OpenStreetMap — as rows of cells, without changing, shifting or losing one.
//
// Words. Inspect looks at a file and says how it would be read (Choice), what is in it
// (sheets, columns, the first rows, how many rows) and what the user should know
// (Notice). Open reads it row by row with a Choice. A Row whose bytes or cells can't be
// trusted carries a Problem and is refused on its own; a file that can't be trusted is a
// fault with a stable code.
//
// Invariants. A row's Number is what a spreadsheet shows. Rows, blank rows and the header
// account for every record of the file. Nothing is unpacked to disk, except the features of
// a map, which are gathered once and kept beside it; no part of a file is
// believed about its size. Cells are raw: trimming and meaning are package match's work.
// Package table does no logging, and its errors never quote a cell.
package table
