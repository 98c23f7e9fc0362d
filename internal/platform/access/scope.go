package access

import (
	"fmt"
	"slices"
	"strings"
)

// Scope is a set of places, given by the paths of the subtrees it consists of. The
// zero Scope holds nothing.
type Scope struct {
	prefixes []string
}

// Everywhere is the scope of the whole tree.
func Everywhere() Scope { return Scope{prefixes: []string{""}} }

// Under is the scope of the place with this path and all below it.
func Under(path string) Scope { return Scope{prefixes: []string{path}} }

func newScope(paths []string) Scope {
	slices.Sort(paths)
	var out []string
	for _, p := range slices.Compact(paths) {
		if len(out) > 0 && strings.HasPrefix(p, out[len(out)-1]) {
			continue // lies within the one before
		}
		out = append(out, p)
	}
	return Scope{prefixes: out}
}

// Empty reports whether the scope holds nothing.
func (s Scope) Empty() bool { return len(s.prefixes) == 0 }

// All reports whether the scope is the whole tree.
func (s Scope) All() bool { return len(s.prefixes) == 1 && s.prefixes[0] == "" }

// Prefixes returns the paths of the subtrees, none within another.
func (s Scope) Prefixes() []string { return slices.Clone(s.prefixes) }

// Contains reports whether the place with this path is in the scope.
func (s Scope) Contains(path string) bool {
	return slices.ContainsFunc(s.prefixes, func(p string) bool { return strings.HasPrefix(path, p) })
}

// Within returns the part of the scope that lies at or below path.
func (s Scope) Within(path string) Scope {
	if s.Contains(path) {
		return Under(path)
	}
	var out []string
	for _, p := range s.prefixes {
		if strings.HasPrefix(p, path) {
			out = append(out, p)
		}
	}
	return newScope(out)
}

// SQL returns the condition that column, a place path, is in the scope, and appends
// the arguments it needs.
func (s Scope) SQL(column string, args *[]any) string {
	if s.Empty() {
		return "FALSE"
	}
	if s.All() {
		return "TRUE"
	}
	var parts []string
	for _, p := range s.prefixes {
		*args = append(*args, p, End(p))
		parts = append(parts, fmt.Sprintf("(%s >= $%d AND %s < $%d)", column, len(*args)-1, column, len(*args)))
	}
	return "(" + strings.Join(parts, " OR ") + ")"
}

// End returns the first path after the subtree of path: '/' sorts right after '.'.
// The whole tree ends after every digit.
func End(path string) string {
	if path == "" {
		return ":"
	}
	return strings.TrimSuffix(path, ".") + "/"
}
