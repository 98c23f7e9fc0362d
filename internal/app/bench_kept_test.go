package app_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/allclear/allclear/internal/app"
	"github.com/allclear/allclear/internal/app/apptest"
	"github.com/allclear/allclear/internal/platform/storetest"
	"github.com/allclear/allclear/migrations"
)

// keptMake changes when what the benchmarks need of a kept city changes.
const keptMake = "1"

// keptCity opens a synthetic city of the given size that is loaded once for each schema
// and shared by all benchmarks: in ALLCLEAR_BENCH_CACHE, or the user's cache directory. Older
// makes of the same size are removed. Benchmarks that change what others measure use a
// database of their own.
func keptCity(b *testing.B, engine string, size int) *app.App {
	b.Helper()
	cache := benchCache(b)
	// The keys stand in the directory, so a database belongs to one cache.
	owner := sha256.Sum256([]byte(cache))
	family := fmt.Sprintf("allclear_bench_%d_%x_", size, owner[:3])
	name := family + schemaDigest(b)
	directory, databaseURL := filepath.Join(cache, engine+"_"+name), ""
	older, err := filepath.Glob(filepath.Join(cache, engine+"_"+family+"*"))
	if err != nil {
		b.Fatal(err)
	}
	for _, o := range older {
		if o != directory {
			_ = os.RemoveAll(o)
		}
	}
	_, missing := os.Stat(filepath.Join(directory, "complete"))
	if missing != nil {
		_ = os.RemoveAll(directory)
	}
	if engine == "postgres" {
		if missing != nil && os.Getenv("ALLCLEAR_TEST_POSTGRES") != "" {
			storetest.Drop(b, name)
		}
		databaseURL = storetest.Kept(b, family, name)
	}
	if missing != nil {
		loadKept(b, directory, databaseURL, size)
	}
	a := apptest.Reopen(b, directory, databaseURL)
	b.Cleanup(func() { _ = a.Close() })
	return a
}

// loadKept makes the city and marks the directory as complete.
func loadKept(b *testing.B, directory, databaseURL string, size int) {
	b.Helper()
	a := apptest.Reopen(b, directory, databaseURL)
	defer func() { _ = a.Close() }()
	o := app.DemoOptions{People: size, Seed: 20220302, Doubles: app.DemoDoubles}
	if _, err := a.PrepareDemo(context.Background(), o, func(step string) { b.Logf("%d people: %s", size, step) }); err != nil {
		b.Fatalf("load a city of %d people: %v", size, err)
	}
	if err := os.WriteFile(filepath.Join(directory, "complete"), nil, 0o600); err != nil {
		b.Fatal(err)
	}
}

func benchCache(b *testing.B) string {
	b.Helper()
	if dir := os.Getenv("ALLCLEAR_BENCH_CACHE"); dir != "" {
		return dir
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		b.Fatal(err)
	}
	return filepath.Join(dir, "allclear-bench")
}

// schemaDigest names the schema that a kept city was loaded with.
func schemaDigest(b *testing.B) string {
	b.Helper()
	sum := sha256.New()
	sum.Write([]byte(keptMake))
	err := fs.WalkDir(migrations.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(migrations.FS, path)
		sum.Write(text)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return hex.EncodeToString(sum.Sum(nil)[:4])
}

// keptSizes are the numbers of people to measure with: BENCH_PEOPLE, separated by commas.
// 18,000, 180,000 and 1,800,000 show how the register grows.
func keptSizes(b *testing.B) []int {
	b.Helper()
	text := os.Getenv("BENCH_PEOPLE")
	if text == "" {
		text = "18000"
	}
	var sizes []int
	for _, one := range strings.Split(text, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(one))
		if err != nil || n < 1 {
			b.Fatalf("BENCH_PEOPLE: %q is not a number of people", one)
		}
		sizes = append(sizes, n)
	}
	return sizes
}
