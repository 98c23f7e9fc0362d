// Package apptest puts the whole program together for tests, on either database.
package apptest

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/allclear/allclear/internal/app"
	"github.com/allclear/allclear/internal/platform/storetest"
)

// Each runs f as subtests "sqlite" and "postgres", each on a new installation.
func Each(t *testing.T, f func(t *testing.T, a *app.App)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, Open(t, "", slog.New(slog.DiscardHandler))) })
	t.Run("postgres", func(t *testing.T) { f(t, Open(t, storetest.PostgresURL(t), slog.New(slog.DiscardHandler))) })
}

// Open opens a new installation in a directory of the test's own. An empty URL is SQLite.
func Open(t testing.TB, databaseURL string, log *slog.Logger) *app.App {
	t.Helper()
	a, err := app.Open(context.Background(), app.Config{Data: t.TempDir(), DatabaseURL: databaseURL, Listen: "127.0.0.1:0", MaxUpload: 64 << 20}, log, false)
	if err != nil {
		t.Fatalf("open the application: %v", err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

// Demo opens a new installation with a demo city of the given number of people.
func Demo(t testing.TB, databaseURL string, people int) (*app.App, app.DemoGuide) {
	t.Helper()
	a := Open(t, databaseURL, slog.New(slog.DiscardHandler))
	guide, err := a.PrepareDemo(context.Background(), app.DemoOptions{People: people, Seed: 20220302}, func(string) {})
	if err != nil {
		t.Fatalf("prepare the demo: %v", err)
	}
	return a, guide
}

// Serve serves the application's whole HTTP interface until the test ends.
func Serve(t testing.TB, a *app.App) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(a.Handler())
	t.Cleanup(server.Close)
	return server
}

// SharedData returns the path of a file of the shared real data, or skips the test: the
// data lie beside the checkout and are not part of it.
func SharedData(t testing.TB, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; filepath.Dir(dir) != dir; dir = filepath.Dir(dir) {
		if file := filepath.Join(dir, "shared", "data", name); exists(file) {
			return file
		}
	}
	t.Skipf("the shared data are not beside this checkout: %s", name)
	return ""
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// Reopen opens an installation that is already there; the caller closes it.
func Reopen(t testing.TB, directory, databaseURL string) *app.App {
	t.Helper()
	c := app.Config{Data: directory, DatabaseURL: databaseURL, Listen: "127.0.0.1:0", MaxUpload: 64 << 20}
	a, err := app.Open(context.Background(), c, slog.New(slog.DiscardHandler), false)
	if err != nil {
		t.Fatalf("open the application again: %v", err)
	}
	return a
}
