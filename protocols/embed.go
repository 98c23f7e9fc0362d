// Package protocols carries the protocol packs that come with the program: one YAML file
// per disease regime, and overlays that record what a city did on top of one. They are
// data; an installation may replace or add to them with files of its own. The format and
// its checks are in internal/science/protocol.
package protocols

import "embed"

// FS holds the packs, at its top level.
//
//go:embed *.yaml
var FS embed.FS
