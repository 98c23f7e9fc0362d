package vault_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
	"github.com/allclear/allclear/internal/platform/vault"
)

func TestKeysAreStableAndTellClassesApart(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		file := filepath.Join(t.TempDir(), "key")
		v, again := open(t, db, file), open(t, db, file)
		if v.Key(vault.Name, "") != 0 {
			t.Error("the empty text has a key")
		}
		seen := map[int64]string{}
		for i := range 2000 {
			for _, class := range classes {
				what := fmt.Sprintf("%s %d", class, i)
				k := v.Key(class, fmt.Sprint(i))
				if k <= 0 || k != again.Key(class, fmt.Sprint(i)) {
					t.Fatalf("%s: %d, after a restart %d", what, k, again.Key(class, fmt.Sprint(i)))
				}
				if seen[k] != "" {
					t.Fatalf("%s and %s share a key", what, seen[k])
				}
				seen[k] = what
			}
		}
	})
	other := storetest.SQLite(t)
	if v, w := open(t, other, filepath.Join(t.TempDir(), "a")), open(t, storetest.SQLite(t), filepath.Join(t.TempDir(), "b")); v.Key(vault.Name, "x") == w.Key(vault.Name, "x") {
		t.Error("two installations have the same keys")
	}
}

func BenchmarkKey(b *testing.B) {
	v := open(b, storetest.SQLite(b), filepath.Join(b.TempDir(), "key"))
	b.ReportAllocs()
	for b.Loop() {
		v.Key(vault.Name, "张三丰")
	}
}
