// Package policies holds who may do what, as data: Cedar policies and the list of
// roles. An operator may add files of the same form in the data directory.
package policies

import "embed"

// FS holds the policy files and roles.yaml at its root.
//
//go:embed *.cedar roles.yaml disclosure.yaml retention.yaml
var FS embed.FS
