package app

import (
	"path/filepath"
	"time"

	"github.com/allclear/allclear/internal/platform/vault"
)

// Version is the program's version, set by the build.
var Version = "dev"

// Config is what an installation decides. The zero value of each field works, except
// Data.
type Config struct {
	Data        string        // directory of the database, keys, checkpoints and files
	DatabaseURL string        // "" is SQLite in Data
	Listen      string        // address of the web server
	NeedsMFA    bool          // ask for a second factor for bulk reading and account work
	MaxUpload   int64         // bytes of one uploaded file
	Checkpoint  time.Duration // how often the audit trail is signed
	LogLevel    string        // debug, info, warn, error
	Rotation    vault.Config  // of changes of the data key; tests make them quick
}

// databaseURL is the URL in force.
func (c Config) databaseURL() string {
	if c.DatabaseURL != "" {
		return c.DatabaseURL
	}
	return "sqlite://" + filepath.Join(c.Data, "allclear.db")
}

func (c Config) keyFile() string        { return filepath.Join(c.Data, "keys", "master.json") }
func (c Config) auditDirectory() string { return filepath.Join(c.Data, "audit") }
func (c Config) fileDirectory() string  { return filepath.Join(c.Data, "files") }
func (c Config) packDirectory() string  { return filepath.Join(c.Data, "packs") }
func (c Config) policyDirectory() string {
	return filepath.Join(c.Data, "policies")
}
