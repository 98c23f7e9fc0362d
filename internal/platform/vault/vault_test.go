package vault_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/allclear/allclear/internal/platform/clock"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
	"github.com/allclear/allclear/internal/platform/vault"
)

var still = clock.Fixed(time.Date(2022, 4, 8, 9, 30, 0, 0, time.UTC))

var classes = []vault.Class{vault.Name, vault.Phone, vault.IDNumber, vault.Address, vault.Health, vault.FreeText}

func open(t testing.TB, db *store.DB, file string) *vault.Vault {
	t.Helper()
	v, err := vault.Open(t.Context(), db, file, still)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func seal(t testing.TB, v *vault.Vault, c vault.Class, plain string) string {
	t.Helper()
	sealed, err := v.Seal(c, plain)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestSealAndOpen(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		file := filepath.Join(t.TempDir(), "keys", "master.json")
		v := open(t, db, file)
		again := open(t, db, file) // after a restart
		for _, plain := range []string{"王芳", "13800001234", "a", strings.Repeat("长", 10_000), "\x00\xff not UTF-8", "v1.x.y"} {
			for _, class := range classes {
				sealed := seal(t, v, class, plain)
				if strings.Contains(sealed, plain) && len(plain) > 1 {
					t.Errorf("%s: the sealed value shows the plain one", class)
				}
				if sealed == seal(t, v, class, plain) {
					t.Errorf("%s: two seals of one value are equal", class)
				}
				if got, err := again.Open(class, sealed); err != nil || got != plain {
					t.Errorf("%s: opened %q, %v", class, got, err)
				}
				for _, other := range classes {
					if other == class {
						continue
					}
					if got, err := v.Open(other, sealed); err == nil || got != "" {
						t.Errorf("%s opened as %s", class, other)
					}
				}
			}
		}
		if s, err := v.Seal(vault.Name, ""); s != "" || err != nil {
			t.Errorf("nothing is sealed as %q, %v", s, err)
		}
		if s, err := v.Open(vault.Name, ""); s != "" || err != nil {
			t.Errorf("nothing opens as %q, %v", s, err)
		}
	})
}

func TestEveryByteMatters(t *testing.T) {
	t.Parallel()
	v := open(t, storetest.SQLite(t), filepath.Join(t.TempDir(), "k"))
	sealed := seal(t, v, vault.Phone, "13800001234")
	for i := range len(sealed) - 1 { // the last letter of base 64 has bits that mean nothing
		changed := []byte(sealed)
		changed[i] ^= 1
		if got, err := v.Open(vault.Phone, string(changed)); err == nil {
			t.Errorf("with byte %d changed it opens as %q", i, got)
		} else if strings.Contains(err.Error(), "1380") {
			t.Errorf("the error shows the plain value: %v", err)
		}
	}
	for _, bad := range []string{sealed[:len(sealed)-4], sealed + "AAAA", "v1", "v1.", "v1..", "13800001234", sealed[3:], strings.Replace(sealed, "v1", "v2", 1)} {
		if _, err := v.Open(vault.Phone, bad); err == nil {
			t.Errorf("%q opens", bad)
		}
	}
}

func TestTwoInstallationsShareNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		dir := t.TempDir()
		one := open(t, db, filepath.Join(dir, "one"))
		two := open(t, storetest.SQLite(t), filepath.Join(dir, "two"))
		if one.Hash(vault.Phone, "13800001234") == two.Hash(vault.Phone, "13800001234") {
			t.Error("two installations hash alike: their random keys are not random")
		}
		if _, err := two.Open(vault.Name, seal(t, one, vault.Name, "王芳")); err == nil {
			t.Error("one opens what the other sealed")
		}
		first, err := os.ReadFile(filepath.Join(dir, "one"))
		if err != nil {
			t.Fatal(err)
		}
		second, err := os.ReadFile(filepath.Join(dir, "two"))
		if err != nil || string(first) == string(second) {
			t.Errorf("two key files are equal, %v", err)
		}
		info, err := os.Stat(filepath.Join(dir, "one"))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("mode of the key file: %v, %v", info.Mode(), err)
		}

		// The database of one with the key file of the other: refused, nothing written.
		_, err = vault.Open(t.Context(), db, filepath.Join(dir, "two"), still)
		if fault.CodeOf(err) != "vault.wrong_key_file" {
			t.Errorf("the wrong key file: %v", err)
		}
		// A copied id with another secret does not pass either.
		forged := filepath.Join(dir, "forged")
		if err := os.WriteFile(forged, forge(string(first), string(second)), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := vault.Open(t.Context(), db, forged, still); err == nil {
			t.Error("another secret under the right id was accepted")
		}
		// The file lost: a new one is made, which does not open the database.
		if _, err := vault.Open(t.Context(), db, filepath.Join(dir, "three"), still); fault.CodeOf(err) != "vault.wrong_key_file" {
			t.Errorf("a fresh key file on an old database: %v", err)
		}
		if got, err := open(t, db, filepath.Join(dir, "one")).Open(vault.Name, seal(t, one, vault.Name, "王芳")); err != nil || got != "王芳" {
			t.Errorf("with the right file again: %q, %v", got, err)
		}
	})
}

// forge puts the secret of the second key file under the id of the first.
func forge(first, second string) []byte {
	secret := func(s string) string {
		_, rest, _ := strings.Cut(s, `"secret": "`)
		value, _, _ := strings.Cut(rest, `"`)
		return value
	}
	return []byte(strings.Replace(first, secret(first), secret(second), 1))
}

func TestBadKeyFiles(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	for name, text := range map[string]string{
		"empty": "", "not JSON": "key", "no keys": `{"keys":[]}`, "short": `{"keys":[{"id":"a","secret":"AAEC"}]}`,
		"all zero, as in a sample": `{"keys":[{"id":"a","secret":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}]}`,
		"not base 64":              `{"keys":[{"id":"a","secret":"%%%"}]}`,
	} {
		file := filepath.Join(t.TempDir(), "k")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := vault.Open(t.Context(), db, file, still); fault.CodeOf(err) != "vault.bad_key_file" {
			t.Errorf("%s: %v", name, err)
		}
		if got, err := os.ReadFile(file); err != nil || string(got) != text {
			t.Errorf("%s: the file was changed", name)
		}
	}
}

func TestStartedTwiceAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		file := filepath.Join(t.TempDir(), "k")
		vaults := make([]*vault.Vault, 6)
		var all sync.WaitGroup
		for i := range vaults {
			all.Go(func() {
				v, err := vault.Open(t.Context(), db, file, still)
				if err != nil {
					t.Error(err)
					return
				}
				vaults[i] = v
			})
		}
		all.Wait()
		for i, v := range vaults {
			if v == nil {
				t.Fatal("one did not start")
			}
			other := vaults[(i+1)%len(vaults)]
			if got, err := other.Open(vault.Name, seal(t, v, vault.Name, "王芳")); err != nil || got != "王芳" {
				t.Errorf("what one process seals, another opens as %q, %v", got, err)
			}
			if v.Hash(vault.Name, "王芳") != other.Hash(vault.Name, "王芳") {
				t.Error("they hash differently")
			}
		}
		if left, err := filepath.Glob(filepath.Join(filepath.Dir(file), ".new-key-*")); err != nil || len(left) != 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
	})
}

func TestHash(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "k")
	db := storetest.SQLite(t)
	v := open(t, db, file)
	h := v.Hash(vault.Phone, "13800001234")
	if h != open(t, db, file).Hash(vault.Phone, "13800001234") || len(h) != 32 {
		t.Errorf("the hash %q does not last", h)
	}
	if h == v.Hash(vault.IDNumber, "13800001234") || h == v.Hash(vault.Phone, "13800001235") {
		t.Error("another class or value has the same hash")
	}
	if v.Hash(vault.Phone, "") != "" {
		t.Error("nothing has a hash: people without a phone would be found by it")
	}
}

func TestMask(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		class       vault.Class
		plain, want string
	}{
		{vault.Name, "", ""}, {vault.Name, "王", "王*"}, {vault.Name, "王芳", "王*"}, {vault.Name, "欧阳小芳", "欧***"},
		{vault.Name, "Maximilian", "M****"}, {vault.Name, "𠮷田", "𠮷*"},
		{vault.Phone, "13800001234", "138****1234"}, {vault.Phone, "02488886666", "024****6666"}, {vault.Phone, "8613800001234", "861******1234"},
		{vault.Phone, "88886666", "********"}, {vault.Phone, "110", "***"},
		{vault.IDNumber, "220102199003071234", "220***********1234"}, {vault.IDNumber, "E12345678", "*********"},
		{vault.Address, "人民大街1号", "***"}, {vault.Health, "糖尿病", "***"}, {vault.FreeText, "x", "***"}, {vault.Class("new"), "x", "***"},
	} {
		if got := vault.Mask(c.class, c.plain); got != c.want {
			t.Errorf("Mask(%s, %q) = %q, want %q", c.class, c.plain, got, c.want)
		}
	}
}

func FuzzOpen(f *testing.F) {
	v := open(f, storetest.SQLite(f), filepath.Join(f.TempDir(), "k"))
	good := seal(f, v, vault.Name, "王芳")
	for _, s := range []string{good, good[:len(good)/2], "v1.", "v1.a.b", "", "..", "v1." + strings.Repeat("A", 100)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, sealed string) {
		plain, err := v.Open(vault.Name, sealed)
		if err == nil && sealed != "" && plain != "王芳" {
			t.Errorf("%q opens as %q", sealed, plain)
		}
		if err != nil && plain != "" {
			t.Errorf("an error came with %q", plain)
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	v := open(b, storetest.SQLite(b), filepath.Join(b.TempDir(), "k"))
	for b.Loop() {
		seal(b, v, vault.Phone, "13800001234")
	}
}
