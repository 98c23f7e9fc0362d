package access_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
	"github.com/allclear/allclear/policies"
)

func engine(t testing.TB) *access.Engine {
	t.Helper()
	e, err := access.Load(policies.FS)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestScopeInSQLAgreesWithCedar draws random grants, operations and places, and holds
// the list filter in SQL (on both databases), the scope in Go and Cedar to one answer.
func TestScopeInSQLAgreesWithCedar(t *testing.T) {
	t.Parallel()
	e := engine(t)
	var roles []string
	for _, r := range e.Roles() {
		roles = append(roles, r.Name)
	}
	operations := append(e.Granted(), "no.such.operation")
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		rapid.Check(t, func(r *rapid.T) {
			paths := rapid.SliceOfN(drawPath(), 1, 25).Draw(r, "places")
			p := drawPrincipal(r, roles, operations)
			operation := rapid.SampledFrom(operations).Draw(r, "operation")
			scope := e.Scope(p, operation)
			listed := selectInScope(t, db, scope, paths)
			for _, path := range paths {
				may := e.May(p, operation, path)
				if scope.Contains(path) != may || slices.Contains(listed, path) != may {
					r.Fatalf("%s at %q: Cedar %v, scope %v, SQL %v (%+v)", operation, path, may, scope.Contains(path), listed, p.Grants)
				}
			}
		})
	})
}

func drawPath() *rapid.Generator[string] {
	return rapid.Custom(func(r *rapid.T) string {
		var b strings.Builder
		for range rapid.IntRange(1, 5).Draw(r, "depth") {
			fmt.Fprintf(&b, "%d.", rapid.SampledFrom([]int{1, 2, 9, 10, 11, 100}).Draw(r, "ordinal"))
		}
		return b.String()
	})
}

func drawPrincipal(r *rapid.T, roles, operations []string) access.Principal {
	p := access.Principal{UserID: "u", MFA: rapid.Bool().Draw(r, "mfa"), NeedsMFA: rapid.Bool().Draw(r, "needs")}
	for range rapid.IntRange(0, 3).Draw(r, "grants") {
		path := ""
		if rapid.Bool().Draw(r, "somewhere") {
			path = drawPath().Draw(r, "at")
		}
		p.Grants = append(p.Grants, access.Grant{Role: rapid.SampledFrom(roles).Draw(r, "role"), PlacePath: path})
	}
	if rapid.Bool().Draw(r, "token") {
		p.TokenOps = rapid.SliceOfN(rapid.SampledFrom(operations), 0, 5).Draw(r, "token operations")
		if p.TokenOps == nil {
			p.TokenOps = []string{}
		}
	}
	return p
}

func selectInScope(t *testing.T, db *store.DB, scope access.Scope, paths []string) []string {
	t.Helper()
	ctx := context.Background()
	var values []string
	var args []any
	for _, p := range paths {
		args = append(args, p)
		values = append(values, fmt.Sprintf("SELECT CAST($%d AS TEXT) AS path", len(args)))
	}
	query := `WITH p AS (` + strings.Join(values, " UNION ALL ") + `) SELECT path FROM p WHERE ` + scope.SQL("path", &args)
	var out []string
	err := db.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.Query(ctx, query, args...)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var path string
			if err := rows.Scan(&path); err != nil {
				return err
			}
			out = append(out, path)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSecondFactorAndTokensLimit(t *testing.T) {
	t.Parallel()
	e := engine(t)
	p := access.Principal{UserID: "u", NeedsMFA: true, Grants: []access.Grant{{Role: "epidemiologist", PlacePath: "1.2."}}}
	check := func(name string, want bool, operation, path string) {
		t.Helper()
		if got := e.May(p, operation, path); got != want {
			t.Errorf("%s: %s at %q = %v, want %v", name, operation, path, got, want)
		}
	}
	check("own district", true, "cases.case.view", "1.2.7.")
	check("the district itself", true, "cases.case.view", "1.2.")
	check("next district", false, "cases.case.view", "1.20.")
	check("the city above", false, "cases.case.view", "1.")
	check("no second factor", false, "cases.case.reveal", "1.2.7.")
	p.MFA = true
	check("second factor", true, "cases.case.reveal", "1.2.7.")
	check("not this role's work", false, "accounts.user.create", "1.2.")
	p.TokenOps = []string{"cases.case.list"}
	check("token does what it is for", true, "cases.case.list", "1.2.7.")
	check("token does nothing else", false, "cases.case.view", "1.2.7.")
}

func TestEverythingNoPolicyPermitsIsRefused(t *testing.T) {
	t.Parallel()
	e := engine(t)
	for _, r := range e.Roles() {
		p := access.Principal{UserID: "u", MFA: true, Grants: []access.Grant{{Role: r.Name}}}
		if r.Name != "operator" && e.May(p, "no.such.operation", "1.") {
			t.Errorf("%s may do an operation that no policy names", r.Name)
		}
	}
	if e.May(access.Principal{}, "accounts.self.view", "") {
		t.Error("nobody may do something")
	}
}

func BenchmarkMay(b *testing.B) {
	e := engine(b)
	p := access.Principal{UserID: "u", Grants: []access.Grant{{Role: "epidemiologist", PlacePath: "1.2."}}}
	for b.Loop() {
		e.May(p, "cases.case.view", "1.2.7.3.1.")
	}
}
