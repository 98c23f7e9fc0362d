package backup

import (
	"github.com/allclear/allclear/internal/platform/store"
)

// format is the version of the layout described in doc.go.
const format = 1

const product = "allclear"

// Names inside the archive.
const (
	manifestName = "manifest.json"
	filesName    = "files.json"
	tablesDir    = "tables/"
	dataDir      = "data/"
)

// Manifest says what a backup holds.
type Manifest struct {
	Product       string        `json:"product"`
	Format        int           `json:"format"`
	Program       string        `json:"program"`        // version of the program that made it
	SchemaVersion int64         `json:"schema_version"` // last migration applied
	Dialect       store.Dialect `json:"dialect"`        // database it came from
	CreatedAt     store.Instant `json:"created_at"`
	Audit         Head          `json:"audit"`
	Tables        []Table       `json:"tables"`          // parents before children
	Files         []File        `json:"files,omitempty"` // in the archive: files.json, after the files
}

// Head is the end of the audit trail at the moment of the backup.
type Head struct {
	Seq  int64  `json:"seq"`
	Hash string `json:"hash"`
}

// Table is one table of a backup.
type Table struct {
	Name    string   `json:"name"`
	Columns []Column `json:"columns"`
	Key     []string `json:"key"` // primary key, by which rows are sorted; empty: by all columns
	Rows    int64    `json:"rows"`
	Bytes   int64    `json:"bytes"`
	SHA256  string   `json:"sha256"` // of the rows as written in the archive
}

// Column is one column of a table.
type Column struct {
	Name string `json:"name"`
	Kind Kind   `json:"kind"`
}

// Kind is the type of a column, the same on both databases.
type Kind string

// The kinds: all types that migrations may use.
const (
	Text Kind = "text"
	Int  Kind = "int"
	Real Kind = "real"
	Bool Kind = "bool"
)

// File is one file of a backup.
type File struct {
	Path   string `json:"path"` // from the data directory, with slashes
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Rows returns the number of rows of all tables.
func (m Manifest) Rows() int64 {
	var n int64
	for _, t := range m.Tables {
		n += t.Rows
	}
	return n
}

func (t Table) columnNames() []string {
	out := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		out[i] = c.Name
	}
	return out
}
