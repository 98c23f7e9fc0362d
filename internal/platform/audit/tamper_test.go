package audit

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/allclear/allclear/internal/platform/clock"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
)

func leafHash(e *Entry) tlog.Hash { return tlog.RecordHash(e.leaf()) }

func TestHonestTrailVerifies(t *testing.T) {
	each(t, func(t *trail) {
		t.wantOK("empty", t.verify(), 0)
		t.sign()
		written := 0
		for _, n := range []int{1, 2, 3, 64, 65, 300, 777} {
			t.write(written+1, n)
			written = n
			c := t.sign()
			r := t.verify()
			t.wantOK("as written", r, int64(n))
			if r.Checkpoint == nil || r.Checkpoint.Root != c.Root || r.Checkpoint.Size != int64(n) {
				t.Errorf("checkpoint %+v, want %+v", r.Checkpoint, c)
			}
		}
	})
}

func TestParallelWritersKeepOneOrder(t *testing.T) {
	each(t, func(t *trail) {
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				for n := range 10 {
					err := t.db.Write(context.Background(), func(tx *store.Tx) error {
						_, err := Append(context.Background(), tx, sample(n))
						return err
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		t.wantOK("after 80 entries by 8 writers", t.verify(), 80)
	})
}

// TestOneByteInEachColumn changes one column of one entry at a time, and sees that
// exactly that entry is named; with the column put back, all is well again.
func TestOneByteInEachColumn(t *testing.T) {
	each(t, func(t *trail) {
		t.write(1, 40)
		for _, column := range strings.Split(entryColumns, ", ") {
			const n = 17
			put := `UPDATE audit_entries SET ` + column + ` = $1 WHERE hash = $2 OR (request_id = 'r17' AND at = $3)`
			e := t.all()[n-1]
			values := map[string][2]any{
				"seq": {int64(n), int64(1017)}, "at": {int64(e.At), int64(e.At) + 1}, "outcome": {e.Outcome, "refused"},
			}
			v, ok := values[column]
			if !ok {
				var old string
				if err := t.db.Raw().QueryRow(`SELECT ` + column + ` FROM audit_entries WHERE seq = 17`).Scan(&old); err != nil {
					t.Fatal(err)
				}
				flipped := []byte(old)
				flipped[len(flipped)-1] ^= 1
				v = [2]any{old, string(flipped)}
			}
			t.tamper(put, v[1], e.Hash, int64(e.At))
			t.wantBad("one byte of "+column, t.verify(), n)
			t.tamper(put, v[0], e.Hash, int64(e.At))
			t.wantOK(column+" put back", t.verify(), 40)
		}
	})
}

func TestATextWhereANumberBelongs(t *testing.T) {
	t.Parallel()
	x := newTrail(t, storetest.SQLite(t)) // PostgreSQL does not take it
	x.write(1, 9)
	x.tamper(`UPDATE audit_entries SET at = 'noon' WHERE seq = 4`)
	x.wantBad("a text in a number", x.verify(), 4)
}

func TestDeletedMovedAndInserted(t *testing.T) {
	each(t, func(t *trail) {
		t.write(1, 50)
		keep := t.all()
		again := func() { t.forge(keep); t.wantOK("put back", t.verify(), 50) }

		t.tamper(`DELETE FROM audit_entries WHERE seq = 20`)
		t.wantBad("one deleted in the middle", t.verify(), 20)
		t.tamper(`UPDATE audit_entries SET seq = seq - 1 WHERE seq = 21`)
		t.wantBad("and the next moved into the gap", t.verify(), 20)
		again()
		t.tamper(`DELETE FROM audit_entries WHERE seq = 1`)
		t.wantBad("the first deleted", t.verify(), 1)
		again()
		t.tamper(`DELETE FROM audit_entries WHERE seq > 45`)
		t.wantBad("the tail deleted, the head not mended", t.verify(), 46)
		again()
		t.tamper(`UPDATE audit_entries SET seq = CASE seq WHEN 30 THEN -31 WHEN 31 THEN -30 END WHERE seq IN (30, 31)`)
		t.tamper(`UPDATE audit_entries SET seq = -seq WHERE seq < 0`)
		t.wantBad("two entries exchanged", t.verify(), 30)
		again()
		for n := 50; n >= 41; n-- {
			t.tamper(`UPDATE audit_entries SET seq = seq + 1 WHERE seq = $1`, n)
		}
		t.tamper(`INSERT INTO audit_entries (` + entryColumns + `)
			SELECT 41, at, operation, outcome, actor_id, actor_name, place_path, reason, request_id, changes, prev_hash, hash FROM audit_entries WHERE seq = 40`)
		t.tamper(`UPDATE audit_head SET seq = 51`)
		t.wantBad("one inserted", t.verify(), 41)
		t.clear()
		t.wantBad("all deleted", t.verify(), 1)
		again()
		t.tamper(`UPDATE audit_head SET hash = 'x'`)
		t.wantBad("the head's hash changed", t.verify(), 50)
		again()
		t.tamper(`UPDATE audit_hashes SET hash = $1 WHERE idx = 4`, strings.Repeat("A", 43)+"=")
		t.wantBad("the stored tree changed", t.verify(), 50)
	})
}

// TestOnlyTheCheckpointShows proves both halves of what doc.go says: a cut tail, a
// rewritten chain and an older copy are consistent in themselves, so nothing in the
// database shows them; the checkpoint outside does.
func TestOnlyTheCheckpointShows(t *testing.T) {
	each(t, func(t *trail) {
		t.write(1, 30)
		t.sign()
		older := t.all()
		t.write(31, 60)
		t.sign()
		t.write(61, 64) // not signed yet
		keep := t.all()

		for _, c := range []struct {
			what    string
			entries func() []Entry
			first   int64
		}{
			{"tail cut, head and tree mended", func() []Entry { return keep[:55] }, 56},
			{"all deleted, head and tree mended", func() []Entry { return keep[:0] }, 1},
			{"an older copy put back", func() []Entry { return older }, 31},
			{"rewritten from entry 40 on", func() []Entry {
				forged := append([]Entry{}, keep...)
				forged[39].ActorName = "somebody else"
				return forged
			}, 31}, // a checkpoint narrows it down to what was signed since the one before
			{"rewritten from the first on", func() []Entry {
				forged := append([]Entry{}, keep...)
				forged[0].Reason = "another"
				return forged
			}, 1},
			{"one taken out of the middle, the rest renumbered and sealed anew", func() []Entry {
				return append(append([]Entry{}, keep[:34]...), keep[35:]...)
			}, 31},
			{"an older copy put back and written on", func() []Entry {
				return append(append([]Entry{}, older...), keep[:34]...)
			}, 31},
		} {
			t.forge(c.entries())
			t.wantOK(c.what+", without the checkpoint", t.withoutCheckpoints(), int64(len(c.entries())))
			t.wantBad(c.what+", with it", t.verify(), c.first)
			t.forge(keep)
			t.wantOK("put back", t.verify(), 64)
		}
		// What was never signed can still be rewritten: sign often.
		forged := append([]Entry{}, keep...)
		forged[62].ActorName = "somebody else"
		t.forge(forged)
		t.wantOK("a change after the last checkpoint", t.verify(), 64)
	})
}

func TestCheckpointFileIsGuarded(t *testing.T) {
	t.Parallel()
	x := newTrail(t, storetest.SQLite(t))
	x.write(1, 10)
	x.sign()
	x.write(11, 20)
	c := x.sign()
	if again := x.sign(); again.Note != c.Note {
		t.Error("the same state was signed twice")
	}
	file := filepath.Join(x.dir, logFileName)
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(good), "\n"); n != 2 {
		t.Errorf("%d lines, want 2", n)
	}
	check := func(what, text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := x.w.Verify(context.Background(), x.db)
		if fault.CodeOf(err) != "audit.bad_checkpoint" {
			t.Errorf("%s: %v, want audit.bad_checkpoint", what, err)
		}
	}
	check("another size", strings.Replace(string(good), `"size":20`, `"size":19`, 1))
	check("another size in the note too", strings.NewReplacer(`"size":20`, `"size":19`, `trail\n20\n`, `trail\n19\n`).Replace(string(good)))
	check("another root", strings.Replace(string(good), c.Root, "A"+c.Root[1:], 1))
	check("half a line", string(good[:len(good)-20]))
	for range 200 { // any one letter
		changed := []byte(string(good))
		i := rand.IntN(len(changed) - 1)
		if changed[i] == '\n' || changed[i+1] == '=' {
			continue // the last letter of base 64 has bits that mean nothing
		}
		changed[i] ^= 1
		check("one letter", string(changed))
	}
	if err := os.WriteFile(file, good, 0o600); err != nil {
		t.Fatal(err)
	}
	x.wantOK("put back", x.verify(), 20)

	// A checkpoint signed with another installation's key is not ours.
	other := newTrail(t, x.db)
	other.sign()
	foreign, err := os.ReadFile(filepath.Join(other.dir, logFileName))
	if err != nil {
		t.Fatal(err)
	}
	check("signed by another installation", string(foreign))
	key, err := os.Stat(filepath.Join(x.dir, keyFileName))
	if err != nil || key.Mode().Perm() != 0o600 {
		t.Errorf("the signing key: %v, %v", key.Mode(), err)
	}
	if err := os.WriteFile(filepath.Join(x.dir, keyFileName), []byte("PRIVATE+KEY+nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenWitness(x.dir, clock.Fixed(start)); fault.CodeOf(err) != "audit.bad_key" {
		t.Errorf("a damaged key: %v", err)
	}
}

// TestTreeIsThatOfTheLibrary holds the edge against the tree of x/mod at every size.
func TestTreeIsThatOfTheLibrary(t *testing.T) {
	t.Parallel()
	ours := tree{edge: edge{}}
	stored := map[int64]tlog.Hash{}
	read := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, idx := range indexes {
			out[i] = stored[idx]
		}
		return out, nil
	})
	for n := range int64(600) {
		leaf := []byte{byte(n), byte(n >> 8)}
		hashes, err := tlog.StoredHashes(n, leaf, read)
		if err != nil {
			t.Fatal(err)
		}
		for i, h := range hashes {
			stored[tlog.StoredHashIndex(0, n)+int64(i)] = h
		}
		ours.add(tlog.RecordHash(leaf))
		want, err := tlog.TreeHash(n+1, read)
		got, rootErr := ours.root()
		if err != nil || rootErr != nil || got != want || !ours.whole() {
			t.Fatalf("at %d leaves the root is %v, want %v (%v, %v)", n+1, got, want, err, rootErr)
		}
	}
}

// benchTrail writes an honest trail at once, as a restored backup does.
func benchTrail(b *testing.B, open func(testing.TB) *store.DB, entries int) *trail {
	b.Helper()
	x := newTrail(b, open(b))
	made, prev := tree{edge: edge{}}, ""
	rows := make([][]any, 0, entries)
	for n := 1; n <= entries; n++ {
		e := sample(n)
		e.Seq = int64(n)
		if err := e.seal(prev); err != nil {
			b.Fatal(err)
		}
		prev = e.Hash
		made.add(leafHash(&e))
		rows = append(rows, []any{e.Seq, int64(e.At), e.Operation, e.Outcome, e.ActorID, e.ActorName, e.PlacePath, e.Reason, e.RequestID, e.changesText, e.PrevHash, e.Hash})
	}
	err := x.db.Write(context.Background(), func(tx *store.Tx) error {
		_, err := tx.Insert(context.Background(), "audit_entries", strings.Split(entryColumns, ", "), rows)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	x.mend(made, entries, prev)
	return x
}

// BenchmarkVerify reports entries per second; 10 million in 60 s are 167,000.
func BenchmarkVerify(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *store.DB{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			const entries = 200_000
			x := benchTrail(b, open, entries)
			x.sign()
			before := cpu(b)
			for b.Loop() {
				if r := x.verify(); !r.OK {
					b.Fatal(r)
				}
			}
			b.ReportMetric((cpu(b)-before).Seconds()*1e6/float64(entries*b.N), "cpu-µs/entry")
			b.ReportMetric(float64(entries)*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
		})
	}
}

// cpu is the processor time of this process, which a busy machine does not change.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkAppend is one entry in a transaction of its own: with the sync of the disk.
func BenchmarkAppend(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *store.DB{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			x := newTrail(b, open(b))
			n := 0
			for b.Loop() {
				n++
				x.write(n, n)
			}
		})
	}
}
