package archtest

import (
	"slices"
	"strings"
	"testing"
)

// platform lists the platform packages from the lowest up: each may import only those
// before it. Test helpers stand beside what they help with.
var platform = []string{
	"fault", "clock", "ids", "i18n", "geo", "config", "access", "store", "storetest", "vault", "audit", "op", "op/optest",
	"jobs", "files", "accounts", "views", "importer/osm", "importer/table", "importer/match", "importer", "disclosure", "httpx", "backup",
}

// registry may import among itself only downwards.
var registry = []string{"places", "people", "posts", "tasks", "orders"}

var wings = []string{"command", "control", "livelihood", "recovery"}

func TestWhoMayImportWhom(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		for _, i := range s.imports {
			inside, ours := strings.CutPrefix(i, module)
			if ours && !mayImport(s.pkg, inside) {
				t.Errorf("%s may not import %s", s.path, inside)
			}
			if !ours && !mayUse(s.pkg, i) {
				t.Errorf("%s may not import %s", s.path, i)
			}
		}
	}
}

func mayImport(from, to string) bool {
	if from == to || to == "internal/ref" {
		return true
	}
	kind, target := floor(from), floor(to)
	switch kind {
	case "cmd":
		return to == "internal/app"
	case "app":
		return true
	case "httpapi":
		return slices.Contains([]string{"workflow", "situation", "domain", "registry", "science", "platform"}, target)
	case "workflow":
		return slices.Contains([]string{"domain", "registry", "science", "platform"}, target)
	case "situation":
		return slices.Contains([]string{"registry", "science", "platform"}, target)
	case "domain":
		return slices.Contains([]string{"registry", "science", "platform"}, target)
	case "registry":
		return target == "platform" || to == "internal/science/protocol" || (target == "registry" && below(registry, "internal/registry/", to, from))
	case "science":
		return target == "science" || to == "protocols"
	case "platform":
		return (target == "platform" && below(platform, "internal/platform/", to, from)) ||
			(from == "internal/platform/store" && to == "migrations") || (from == "internal/platform/op/optest" && to == "policies")
	}
	return false
}

// floor names the floor of the house that a package is on.
func floor(pkg string) string {
	rest, ok := strings.CutPrefix(pkg, "internal/")
	if !ok {
		top, _, _ := strings.Cut(pkg, "/")
		return top
	}
	top, _, _ := strings.Cut(rest, "/")
	if slices.Contains(wings, top) {
		return "domain"
	}
	return top
}

// below reports whether lower stands before higher in the order.
func below(order []string, prefix, lower, higher string) bool {
	l, h := slices.Index(order, strings.TrimPrefix(lower, prefix)), slices.Index(order, strings.TrimPrefix(higher, prefix))
	return l >= 0 && h >= 0 && l < h
}

// mayUse holds third-party and standard packages that only some floors may touch.
func mayUse(pkg, i string) bool {
	switch {
	case strings.Contains(i, "modernc.org/sqlite"), strings.Contains(i, "jackc/pgx"):
		return slices.Contains([]string{"internal/platform/store", "internal/platform/storetest", "internal/platform/backup"}, pkg)
	case i == "database/sql":
		return slices.Contains([]string{"internal/platform/store", "internal/platform/storetest", "internal/platform/backup", "internal/platform/jobs", "internal/platform/audit"}, pkg)
	case i == "net/http":
		return slices.Contains([]string{"internal/httpapi", "internal/platform/httpx", "internal/app", "web"}, pkg)
	case floor(pkg) == "science":
		return !slices.Contains([]string{"os", "net", "time/tzdata", "log", "log/slog", "crypto/rand"}, i)
	}
	return true
}

func TestPackagesAreNamedByNounsOfTheWork(t *testing.T) {
	t.Parallel()
	forbidden := []string{"util", "utils", "common", "helpers", "models", "types", "base", "manager", "testing", "http", "time", "context", "log"}
	for _, s := range sources(t) {
		name := s.pkg[strings.LastIndexByte(s.pkg, '/')+1:]
		if slices.Contains(forbidden, name) {
			t.Errorf("%s: a package must not be called %s", s.path, name)
		}
	}
}

func TestOnlyTheFloorsAboveAreMissing(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if p, ok := strings.CutPrefix(s.pkg, "internal/platform/"); ok && !slices.Contains(platform, p) {
			t.Errorf("%s: add platform package %s to the order in this test", s.path, p)
		}
	}
}
