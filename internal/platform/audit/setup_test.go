package audit

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/allclear/allclear/internal/platform/clock"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
)

var start = time.Date(2022, 4, 8, 9, 30, 0, 0, time.UTC)

// trail is an audit trail in a database, with a witness beside it.
type trail struct {
	testing.TB
	db  *store.DB
	dir string
	w   *Witness
}

func newTrail(t testing.TB, db *store.DB) *trail {
	t.Helper()
	dir := t.TempDir()
	w, err := OpenWitness(dir, clock.Fixed(start))
	if err != nil {
		t.Fatal(err)
	}
	return &trail{TB: t, db: db, dir: dir, w: w}
}

func each(t *testing.T, f func(t *trail)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) { f(newTrail(t, db)) })
}

func sample(n int) Entry {
	return Entry{
		At: store.At(start.Add(time.Duration(n) * time.Second)), Operation: "cases.case.update", Outcome: Done,
		ActorID: fmt.Sprint("user-", n%7), ActorName: "林医生", PlacePath: "1.2.", Reason: "phone call", RequestID: fmt.Sprint("r", n),
		Changes: []Change{{Ref: fmt.Sprint("case:", n%50), Kind: "updated", Fields: map[string]any{"severity": map[string]any{"from": "mild", "to": "severe"}, "name": "redacted"}}},
	}
}

// write appends entries from number first to last, counted from 1.
func (t *trail) write(first, last int) {
	t.Helper()
	err := t.db.Write(context.Background(), func(tx *store.Tx) error {
		for n := first; n <= last; n++ {
			e, err := Append(context.Background(), tx, sample(n))
			if err != nil {
				return err
			}
			if e.Seq != int64(n) {
				return fmt.Errorf("entry %d got number %d", n, e.Seq)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (t *trail) sign() Checkpoint {
	t.Helper()
	c, err := t.w.Sign(context.Background(), t.db)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// tamper runs a statement as who holds the database, past the program.
func (t *trail) tamper(statement string, args ...any) {
	t.Helper()
	result, err := t.db.Raw().Exec(statement, args...)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	if n, _ := result.RowsAffected(); n == 0 {
		t.Fatalf("%s: changed nothing", statement)
	}
}

func (t *trail) verify() Report {
	t.Helper()
	r, err := t.w.Verify(context.Background(), t.db)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// withoutCheckpoints verifies with the same key but without the checkpoints.
func (t *trail) withoutCheckpoints() Report {
	t.Helper()
	file, aside := filepath.Join(t.dir, logFileName), filepath.Join(t.dir, "aside")
	if err := os.Rename(file, aside); err != nil {
		t.Fatal(err)
	}
	r := t.verify()
	if err := os.Rename(aside, file); err != nil {
		t.Fatal(err)
	}
	return r
}

func (t *trail) wantBad(what string, r Report, first int64) {
	t.Helper()
	switch {
	case r.OK || r.FirstBad == nil:
		t.Errorf("%s: not found", what)
	case *r.FirstBad != first:
		t.Errorf("%s: first bad entry %d (%s), want %d", what, *r.FirstBad, r.Problem, first)
	}
}

func (t *trail) wantOK(what string, r Report, entries int64) {
	t.Helper()
	if !r.OK || r.FirstBad != nil || r.Entries != entries {
		t.Errorf("%s: %+v, want %d entries in order", what, r, entries)
	}
}

// all returns the entries as stored.
func (t *trail) all() []Entry {
	t.Helper()
	rows, err := t.db.Raw().Query(`SELECT ` + entryColumns + ` FROM audit_entries ORDER BY seq`)
	out, err := store.Collect(rows, err, scanEntry)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// clear deletes the whole trail, and leaves the head.
func (t *trail) clear() {
	t.Helper()
	for _, table := range []string{"audit_entries", "audit_hashes"} {
		if _, err := t.db.Raw().Exec(`DELETE FROM ` + table); err != nil {
			t.Fatal(err)
		}
	}
}

// forge replaces the whole trail by these entries, with hashes, tree and head made
// anew so that all of it is consistent: what somebody can do who holds the database
// and this source.
func (t *trail) forge(entries []Entry) {
	t.Helper()
	made := tree{edge: edge{}}
	prev := ""
	t.clear()
	for i, e := range entries {
		e.Seq = int64(i + 1)
		if err := e.seal(prev); err != nil {
			t.Fatal(err)
		}
		prev = e.Hash
		made.add(leafHash(&e))
		const q = `INSERT INTO audit_entries (` + entryColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`
		t.tamper(q, e.Seq, int64(e.At), e.Operation, e.Outcome, e.ActorID, e.ActorName, e.PlacePath, e.Reason, e.RequestID, e.changesText, e.PrevHash, e.Hash)
	}
	t.mend(made, len(entries), prev)
}

// mend makes the head and the stored tree fit.
func (t *trail) mend(made tree, entries int, last string) {
	t.Helper()
	t.tamper(`UPDATE audit_head SET seq = $1, hash = $2`, entries, last)
	for level, h := range made.edge {
		t.tamper(`INSERT INTO audit_hashes (idx, hash) VALUES ($1, $2)`, level, base64.StdEncoding.EncodeToString(h[:]))
	}
}
