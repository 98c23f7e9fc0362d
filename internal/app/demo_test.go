package app_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/allclear/allclear/internal/app"
	"github.com/allclear/allclear/internal/app/apptest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
)

func number(t *testing.T, a *app.App, query string, args ...any) (n int) {
	t.Helper()
	err := a.DB.Read(context.Background(), func(tx *store.Tx) error { return tx.QueryRow(context.Background(), query, args...).Scan(&n) })
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

func onEachDatabase(t *testing.T, f func(t *testing.T, databaseURL string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, "") })
	t.Run("postgres", func(t *testing.T) { f(t, storetest.PostgresURL(t)) })
}

// The register of the demo holds what its pages show: every category, relation and need,
// guardians, workplaces, doubles, and facilities of every kind on the map.
func TestDemoRegister(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		a := apptest.Open(t, databaseURL, slog.New(slog.DiscardHandler))
		o := app.DemoOptions{People: 6_000, Seed: 7, Doubles: 5}
		guide, err := a.PrepareDemo(context.Background(), o, func(string) {})
		if err != nil {
			t.Fatal(err)
		}
		if n := number(t, a, `SELECT count(*) FROM people`); n < 6_010 || n > 6_060 {
			t.Errorf("%d people, want 6,000 and some doubles", n)
		}
		for what, query := range map[string]string{
			"categories":               `SELECT count(DISTINCT category) - 2 FROM people`,
			"minors with guardian":     `SELECT count(*) FROM people p JOIN people g ON g.id = p.guardian_id AND g.place_id = p.place_id`,
			"workers":                  `SELECT count(*) FROM people p JOIN places w ON w.id = p.workplace_id WHERE w.kind <> ''`,
			"cars":                     `SELECT count(*) FROM people WHERE vehicle <> ''`,
			"needs":                    `SELECT count(DISTINCT need) - 8 FROM people_care`,
			"kinds of places":          `SELECT count(DISTINCT kind) - 5 FROM places`,
			"facilities with a point":  `SELECT count(*) FROM places WHERE kind = 'workplace' AND lon IS NOT NULL`,
			"names with many readings": `SELECT count(*) FROM people_readings`,
		} {
			if n := number(t, a, query); n <= 0 {
				t.Errorf("%s: none or too few (%d)", what, n)
			}
		}
		if n := number(t, a, `SELECT count(*) FROM people WHERE place_path = '' OR place_id IS NULL`); n != 0 {
			t.Errorf("%d people without a home", n)
		}
		var roles []string
		for _, u := range guide.Users {
			roles = append(roles, u.Role)
			if u.Role != "community_lead" {
				continue
			}
			if n := number(t, a, `SELECT count(*) FROM people p JOIN places c ON p.place_path >= c.path AND p.place_path < substr(c.path, 1, length(c.path) - 1) || '/'
				WHERE c.level = 'community' AND c.name = $1`, u.Place); n == 0 {
				t.Errorf("nobody lives in the community %s of the demo's lead", u.Place)
			}
		}
		if all := strings.Join(roles, " "); !strings.Contains(all, "community_lead") || !strings.Contains(all, "hotline_operator") {
			t.Errorf("accounts for %s", all)
		}
	})
}

// A load that is interrupted, at whatever point, leaves a database that is as empty as
// before; the next start makes the city.
func TestInterruptedDemoBeginsAgain(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, databaseURL string) {
		t.Parallel()
		a := apptest.Open(t, databaseURL, slog.New(slog.DiscardHandler))
		o := app.DemoOptions{People: 2_000, Seed: 7}
		for _, at := range []string{"making the city", "loading", "making the indexes"} {
			ctx, stop := context.WithCancel(context.Background())
			_, err := a.PrepareDemo(ctx, o, func(step string) {
				if strings.HasPrefix(step, at) {
					stop()
				}
			})
			stop()
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("interrupted at %q: got %v", at, err)
			}
			for _, table := range []string{"places", "people", "cases"} {
				if n := number(t, a, `SELECT count(*) FROM `+table); n != 0 {
					t.Errorf("interrupted at %q: %d rows in %s", at, n, table)
				}
			}
			if n := number(t, a, `SELECT count(*) FROM installation WHERE key LIKE 'demo%'`); n != 0 {
				t.Errorf("interrupted at %q: looks like a finished demo", at)
			}
		}
		if _, err := a.PrepareDemo(context.Background(), o, func(string) {}); err != nil {
			t.Fatalf("the next start: %v", err)
		}
		if n := number(t, a, `SELECT count(*) FROM people`); n != 2_000 {
			t.Errorf("%d people, want 2,000", n)
		}
	})
}

// Asked for another size, the demo that is there is used and the person is told.
func TestDemoOfAnotherSize(t *testing.T) {
	t.Parallel()
	a, _ := apptest.Demo(t, "", 2_000)
	var said []string
	if _, err := a.PrepareDemo(context.Background(), app.DemoOptions{People: 180_000}, func(step string) { said = append(said, step) }); err != nil {
		t.Fatal(err)
	}
	if len(said) != 1 || !strings.Contains(said[0], "2000 people") {
		t.Errorf("said %q", said)
	}
}

// The outbreak of the epidemic run loads like the drawn one.
func TestDemoWithTheEpidemicRun(t *testing.T) {
	t.Parallel()
	a := apptest.Open(t, "", slog.New(slog.DiscardHandler))
	o := app.DemoOptions{People: 20_000, Seed: 20220302, Simulated: true}
	if _, err := a.PrepareDemo(context.Background(), o, func(string) {}); err != nil {
		t.Fatal(err)
	}
	if n := number(t, a, `SELECT count(*) FROM cases c JOIN people p ON p.id = c.person_id AND p.place_id = c.place_id`); n == 0 {
		t.Error("the epidemic run infected nobody")
	}
}
