// Package web carries the built browser application inside the binary.
//
// dist holds what `npm run build` writes. A checkout that was never built has
// only dist/.gitkeep, so that Go builds without Node; [Built] tells the two apart.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// FS returns the files of the built application with index.html at its root.
func FS() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // dist is embedded above: only a broken build can miss it
	}
	return files
}

// Built reports whether the browser application was built into this binary.
func Built() bool {
	_, err := fs.Stat(dist, "dist/index.html")
	return err == nil
}
