package vault_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/allclear/allclear/internal/platform/clock"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
	"github.com/allclear/allclear/internal/platform/vault"
)

const rotatedPeople = 2000

var (
	secretsList = []vault.Sealed{
		{Table: "secrets", Key: []string{"area", "n"}, Columns: []vault.Column{
			{Name: "name", Classes: []vault.Class{vault.Name}},
			{Name: "note", Classes: []vault.Class{vault.Health, vault.FreeText}},
			{Name: "answer", Classes: []vault.Class{vault.Phone}, Within: true},
		}},
		{Table: "more_secrets", Key: []string{"id"}, Columns: []vault.Column{{Name: "name", Classes: []vault.Class{vault.Name}}}},
	}
	quick = vault.Config{Ahead: 300 * time.Millisecond, Grace: 200 * time.Millisecond, Batch: 60, Pause: time.Millisecond}
)

// town is a table of sealed values with several processes over it.
type town struct {
	t     *testing.T
	db    *store.DB
	nodes []*vault.Vault
	stop  context.CancelFunc
	all   sync.WaitGroup
	// served counts requests that went well, failed those that did not.
	served, failed atomic.Int64
}

func newTown(t *testing.T, db *store.DB) *town {
	t.Helper()
	for _, q := range []string{
		`CREATE TABLE secrets (area TEXT NOT NULL, n BIGINT NOT NULL, name TEXT NOT NULL, note TEXT, answer TEXT NOT NULL, edits BIGINT NOT NULL, version BIGINT NOT NULL, PRIMARY KEY (area, n))`,
		`CREATE TABLE more_secrets (id TEXT PRIMARY KEY, name TEXT NOT NULL)`,
	} {
		if _, err := db.Raw().Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(t.TempDir(), "master.json")
	x := &town{t: t, db: db}
	ctx, stop := context.WithCancel(context.Background())
	x.stop = stop
	for range 3 {
		v, err := vault.Open(t.Context(), db, file, clock.System())
		if err != nil {
			t.Fatal(err)
		}
		x.nodes = append(x.nodes, v)
		x.all.Go(func() { // as Keep does, faster
			for ctx.Err() == nil {
				_ = v.Refresh(ctx)
				time.Sleep(50 * time.Millisecond)
			}
		})
	}
	x.fill()
	for i, v := range x.nodes {
		x.all.Go(func() { x.read(ctx, v) })
		x.all.Go(func() { x.write(ctx, v, uint64(i)) })
	}
	t.Cleanup(func() { stop(); x.all.Wait() })
	return x
}

func (x *town) fill() {
	x.t.Helper()
	v := x.nodes[0]
	err := x.db.Write(x.t.Context(), func(tx *store.Tx) error {
		var rows, more [][]any
		for i := range rotatedPeople {
			answer := `{"a":"` + seal(x.t, v, vault.Phone, "138") + `","b":["` + seal(x.t, v, vault.Phone, "139") + `"],"c":"v1. is no sealed value"}`
			rows = append(rows, []any{fmt.Sprint("area", i%7), int64(i), seal(x.t, v, vault.Name, fmt.Sprint("王", i)), seal(x.t, v, vault.FreeText, "note"), answer, int64(0), int64(1)})
			more = append(more, []any{fmt.Sprint(i), seal(x.t, v, vault.Name, "x")})
		}
		if _, err := tx.Insert(x.t.Context(), "secrets", []string{"area", "n", "name", "note", "answer", "edits", "version"}, rows); err != nil {
			return err
		}
		_, err := tx.Insert(x.t.Context(), "more_secrets", []string{"id", "name"}, more)
		return err
	})
	if err != nil {
		x.t.Fatal(err)
	}
}

func (x *town) done(err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	if err != nil {
		x.failed.Add(1)
		x.t.Errorf("a request failed: %v", err)
		return
	}
	x.served.Add(1)
}

func (x *town) read(ctx context.Context, v *vault.Vault) {
	for ctx.Err() == nil {
		n := rand.IntN(rotatedPeople)
		x.done(x.db.Read(ctx, func(tx *store.Tx) error {
			var name string
			if err := tx.QueryRow(ctx, `SELECT name FROM secrets WHERE area = $1 AND n = $2`, fmt.Sprint("area", n%7), n).Scan(&name); err != nil {
				return err
			}
			plain, err := v.Open(vault.Name, name)
			if err == nil && !strings.HasPrefix(plain, "王") {
				err = fmt.Errorf("opened as %q", plain)
			}
			return err
		}))
	}
}

// write is an edit by somebody who holds a version: the version must stay valid however
// often the value was sealed again in between.
func (x *town) write(ctx context.Context, v *vault.Vault, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 1))
	for ctx.Err() == nil {
		n := int64(r.IntN(rotatedPeople/3)*3) + int64(seed) // each writer has people of its own
		if n >= rotatedPeople {
			continue
		}
		var version, edits int64
		area := fmt.Sprint("area", n%7)
		err := x.db.Read(ctx, func(tx *store.Tx) error {
			return tx.QueryRow(ctx, `SELECT version, edits FROM secrets WHERE area = $1 AND n = $2`, area, n).Scan(&version, &edits)
		})
		if err != nil {
			x.done(err)
			continue
		}
		time.Sleep(time.Duration(r.IntN(3)) * time.Millisecond) // somebody types
		x.done(x.db.Write(ctx, func(tx *store.Tx) error {
			name, err := v.Seal(vault.Name, fmt.Sprintf("王%d edit %d", n, edits+1))
			if err != nil {
				return err
			}
			const q = `UPDATE secrets SET name = $3, edits = edits + 1, version = version + 1 WHERE area = $1 AND n = $2 AND version = $4`
			return tx.ExecOne(ctx, q, area, n, name, version)
		}))
	}
}

// rotate changes the data key once, and kills the work after every few steps.
func (x *town) rotate() vault.Rotation {
	x.t.Helper()
	err := x.db.Write(x.t.Context(), func(tx *store.Tx) error {
		_, err := x.nodes[0].Begin(x.t.Context(), tx, "test", quick)
		return err
	})
	if err != nil {
		x.t.Fatal(err)
	}
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); {
		ctx, kill := context.WithCancel(x.t.Context())
		steps := 0
		r, err := x.nodes[rand.IntN(3)].Continue(ctx, secretsList, quick, func(vault.Rotation) {
			if steps++; steps == 12 {
				kill()
			}
		})
		kill()
		if err != nil && !errors.Is(err, context.Canceled) {
			x.t.Fatal(err)
		}
		if err == nil && r.State == vault.Done {
			return r
		}
		time.Sleep(5 * time.Millisecond)
	}
	x.t.Fatal("the rotation does not end")
	return vault.Rotation{}
}

// TestRotationUnderLoad changes the data key twice while three processes read and write:
// no request fails, nothing is left under an old key, and no edit is lost.
func TestRotationUnderLoad(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		x := newTown(t, db)
		for i := range 2 {
			r := x.rotate()
			if want := fmt.Sprintf("k%d", i+2); r.Key != want || r.Left != 0 || r.Resealed < 4*rotatedPeople {
				t.Errorf("rotation %d: %+v", i, r)
			}
			keys, err := x.nodes[1].Keys(t.Context())
			if err != nil || len(keys) != 1 || keys[0].ID != r.Key || !keys[0].Current {
				t.Errorf("keys after rotation %d: %+v, %v", i, keys, err)
			}
		}
		x.stop()
		x.all.Wait()
		x.check("k3")
		t.Logf("%d requests served, %d failed", x.served.Load(), x.failed.Load())
		if x.served.Load() < 1000 {
			t.Errorf("only %d requests: the test proves little", x.served.Load())
		}
	})
}

func (x *town) check(key string) {
	x.t.Helper()
	fresh, err := vault.Open(x.t.Context(), x.db, x.nodesFile(), clock.System())
	if err != nil {
		x.t.Fatal(err)
	}
	rows, err := x.db.Raw().Query(`SELECT n, name, note, answer, edits, version FROM secrets`)
	if err != nil {
		x.t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	seen := 0
	for rows.Next() {
		var n, edits, version int64
		var name, note, answer string
		if err := rows.Scan(&n, &name, &note, &answer, &edits, &version); err != nil {
			x.t.Fatal(err)
		}
		seen++
		for _, s := range []string{name, note, answer} {
			if strings.Contains(s, "v1.k") && !strings.Contains(s, "v1."+key+".") || strings.Contains(s, "v1.k1.") || strings.Contains(s, "v1.k2.") {
				x.t.Errorf("person %d: a value is not under %s: %.20s", n, key, s)
			}
		}
		plain, err := fresh.Open(vault.Name, name)
		want := fmt.Sprint("王", n)
		if edits > 0 {
			want = fmt.Sprintf("王%d edit %d", n, edits)
		}
		if err != nil || plain != want || version != edits+1 {
			x.t.Errorf("person %d: %q at version %d, want %q and %d edits; %v", n, plain, version, want, edits, err)
		}
		if !strings.Contains(answer, "v1. is no sealed value") {
			x.t.Errorf("the text around sealed values was changed: %s", answer)
		}
	}
	if seen != rotatedPeople {
		x.t.Errorf("%d people, want %d", seen, rotatedPeople)
	}
}

func (x *town) nodesFile() string { return vault.FileOf(x.nodes[0]) }

// TestWhatCannotBeOpenedKeepsItsKey: a value under a class that no list names is not
// lost: the key stays for as long as the value does.
func TestWhatCannotBeOpenedKeepsItsKey(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		if _, err := db.Raw().Exec(`CREATE TABLE more_secrets (id TEXT PRIMARY KEY, name TEXT NOT NULL)`); err != nil {
			t.Fatal(err)
		}
		v, err := vault.Open(t.Context(), db, filepath.Join(t.TempDir(), "k"), clock.System())
		if err != nil {
			t.Fatal(err)
		}
		odd := seal(t, v, vault.Health, "sealed as something else")
		if _, err := db.Raw().Exec(`INSERT INTO more_secrets (id, name) VALUES ('a', '` + odd + `')`); err != nil {
			t.Fatal(err)
		}
		begin := func() error {
			return db.Write(t.Context(), func(tx *store.Tx) error {
				_, err := v.Begin(t.Context(), tx, "test", vault.Config{Ahead: time.Millisecond})
				return err
			})
		}
		if err := begin(); err != nil {
			t.Fatal(err)
		}
		if err := begin(); fault.CodeOf(err) != "vault.rotating" {
			t.Errorf("two at once: %v", err)
		}
		c := vault.Config{Ahead: time.Millisecond, Grace: time.Millisecond}
		ctx, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer stop()
		for ctx.Err() == nil {
			time.Sleep(2 * time.Millisecond)
			if r, err := v.Continue(ctx, secretsList[1:], c, nil); err == nil && r.State == vault.Done {
				t.Fatal("the rotation ended with a value left behind")
			}
		}
		if got, err := v.Open(vault.Health, odd); err != nil || got == "" {
			t.Errorf("the value left behind: %q, %v", got, err)
		}
	})
}

func TestMasterKeysChange(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		file := filepath.Join(t.TempDir(), "k")
		v := open(t, db, file)
		other := open(t, db, file)
		sealed, hash := seal(t, v, vault.Name, "王芳"), v.Hash(vault.Phone, "138")
		first, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := v.DropMasters(t.Context()); err != nil {
			t.Errorf("nothing to drop: %v", err)
		}
		id, err := v.AddMaster()
		if err != nil {
			t.Fatal(err)
		}
		if n, err := v.Rewrap(t.Context()); err != nil || n != 1 {
			t.Fatalf("rewrapped %d, %v", n, err)
		}
		if dropped, err := v.DropMasters(t.Context()); err != nil || len(dropped) != 1 {
			t.Fatalf("dropped %v, %v", dropped, err)
		}
		if err := other.Refresh(t.Context()); err != nil {
			t.Errorf("a running process: %v", err)
		}
		fresh := open(t, db, file)
		if got, err := fresh.Open(vault.Name, sealed); err != nil || got != "王芳" {
			t.Errorf("after a restart: %q, %v", got, err)
		}
		if fresh.Hash(vault.Phone, "138") != hash || fresh.Key(vault.Phone, "138") != v.Key(vault.Phone, "138") {
			t.Error("people are not found any more: the index key changed with the master key")
		}
		keys, err := fresh.Keys(t.Context())
		if err != nil || len(keys) != 1 || keys[0].Master != id {
			t.Errorf("keys: %+v, %v", keys, err)
		}
		if err := os.WriteFile(file, first, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := vault.Open(t.Context(), db, file, still); fault.CodeOf(err) != "vault.wrong_key_file" {
			t.Errorf("with the old file: %v", err)
		}
	})
}
