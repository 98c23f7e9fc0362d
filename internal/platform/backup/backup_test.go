package backup

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
	"github.com/allclear/allclear/internal/platform/vault"
)

func TestEveryTableIsInTheBackupWithItsRows(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		m, raw := install(t, db).backup(t)
		names := []string{}
		for _, table := range m.Tables {
			names = append(names, table.Name)
			if table.Rows == 0 {
				t.Errorf("table %s is empty in the backup", table.Name)
			}
		}
		want := []string{}
		for name := range tablesOfMigrations(t) {
			want = append(want, name)
		}
		slices.Sort(want)
		slices.Sort(names)
		if d := cmp.Diff(want, names); d != "" {
			t.Errorf("tables (-migrations +backup):\n%s", d)
		}
		if m.Audit.Seq != 9 || m.Dialect != db.Dialect() || m.Program != "1.2.3" || m.CreatedAt.Time() != now {
			t.Errorf("manifest: %+v", m)
		}
		files := []string{}
		for _, f := range m.Files {
			files = append(files, f.Path)
		}
		if d := cmp.Diff([]string{"audit/checkpoints.jsonl", "audit/verifier.pub", "files/a.upload", "packs/own.yaml"}, files); d != "" {
			t.Errorf("files (-want +got):\n%s", d)
		}
		verified, err := Verify(context.Background(), bytes.NewReader(raw))
		if d := cmp.Diff(m, verified); err != nil || d != "" {
			t.Errorf("verify: %v\n%s", err, d)
		}
	})
}

// An installation goes from SQLite to PostgreSQL and back, and nothing has changed.
func TestAnInstallationMovesBetweenDatabasesAndBack(t *testing.T) {
	t.Parallel()
	first := install(t, storetest.SQLite(t))
	m1, raw1 := first.backup(t)
	second, restored := first.restored(t, storetest.Postgres(t), raw1)
	if d := cmp.Diff(m1, restored); d != "" {
		t.Errorf("manifest returned by the restore:\n%s", d)
	}
	second.stillWorks(t)
	m2, raw2 := second.backup(t)
	third, _ := second.restored(t, storetest.SQLite(t), raw2)
	third.stillWorks(t)
	m3, raw3 := third.backup(t)
	m2.Dialect = m1.Dialect
	if d := cmp.Diff(m1, m2); d != "" {
		t.Errorf("after the move to PostgreSQL:\n%s", d)
	}
	if d := cmp.Diff(m1, m3); d != "" {
		t.Errorf("after the move back:\n%s", d)
	}
	if !bytes.Equal(raw1, raw3) {
		t.Error("the first and the last backup differ although their manifests agree")
	}
}

func TestARestoredInstallationWorks(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		in := install(t, db)
		_, raw := in.backup(t)
		target := storetest.SQLite
		if db.Dialect() == store.Postgres {
			target = storetest.Postgres
		}
		to, _ := in.restored(t, target(t), raw)
		to.stillWorks(t)
		if db.Dialect() == store.Postgres {
			to.constraintsAreAsBefore(t)
		}
		// Without the old signing key another is made, and the old checkpoints stay provable.
		if err := os.Remove(filepath.Join(to.dir, "audit", "signing.key")); err != nil {
			t.Fatal(err)
		}
		to.stillWorks(t)
	})
}

// stillWorks: the trail verifies against the checkpoint that came along and goes on, a
// sealed value opens, foreign keys hold, and the files are there.
func (in *installation) stillWorks(t *testing.T) {
	t.Helper()
	ctx := context.Background()
	in.open(t)
	if got, err := in.vault.Open(vault.Name, in.sealed); err != nil || got != secretName {
		t.Errorf("sealed value: %q, %v", got, err)
	}
	report, err := in.witness.Verify(ctx, in.db)
	if err != nil || !report.OK || report.Entries == 0 || report.Checkpoint == nil {
		t.Errorf("trail: %+v, %v", report, err)
	}
	content, err := os.ReadFile(filepath.Join(in.dir, "files", "a.upload"))
	if err != nil || !strings.HasPrefix(string(content), "姓名") {
		t.Errorf("uploaded file: %q, %v", content, err)
	}
	err = in.db.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE places SET parent_id = 'nowhere' WHERE id = '000003'`)
		return err
	})
	if err == nil {
		t.Error("a place could be put below one that is not there: foreign keys no longer hold")
	}
	left, err := filepath.Glob(filepath.Join(in.dir, ".restore-*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left over: %v, %v", left, err)
	}
}

func (in *installation) constraintsAreAsBefore(t *testing.T) {
	t.Helper()
	ctx := context.Background()
	err := in.db.Read(ctx, func(tx *store.Tx) error {
		s, err := discover(ctx, tx)
		for _, l := range s.links {
			if l.deferrable {
				t.Errorf("constraint %s was left deferrable", l.name)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// While it is being backed up, an installation is written to and its trail is signed.
// Whatever moment the backup caught, it is one moment: the trail verifies against all
// checkpoints that came along, and for each deed there is its entry.
func TestABackupDuringWritesIsOfOneMoment(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, in := context.Background(), install(t, db)
		stop := in.keepWriting(t)
		defer stop()
		heads := map[int64]bool{}
		for range 3 {
			m, raw := in.backup(t)
			heads[m.Audit.Seq] = true
			to, _ := in.restored(t, storetest.SQLite(t), raw)
			to.stillWorks(t)
			var deeds, entries int64
			err := to.db.Read(ctx, func(tx *store.Tx) error {
				const q = `SELECT (SELECT count(*) FROM installation WHERE value = 'done'), (SELECT count(*) FROM audit_entries)`
				return tx.QueryRow(ctx, q).Scan(&deeds, &entries)
			})
			if err != nil || deeds != entries || entries != m.Audit.Seq {
				t.Errorf("%d deeds, %d entries, head %d: %v", deeds, entries, m.Audit.Seq, err)
			}
		}
		if len(heads) < 2 {
			t.Error("nothing was written between the backups: the test shows nothing")
		}
	})
}

// keepWriting writes and signs until the returned function is called.
func (in *installation) keepWriting(t *testing.T) (stop func()) {
	end, writer := make(chan struct{}), sync.WaitGroup{}
	writer.Go(func() {
		for i := 1000; ; i++ {
			select {
			case <-end:
				return
			default:
			}
			in.deed(t, i)
			if _, err := in.witness.Sign(context.Background(), in.db); err != nil {
				t.Error(err)
				return
			}
		}
	})
	return func() { close(end); writer.Wait() }
}

func TestCreateStopsWhenItsContextEndsOrTheDiskIsFull(t *testing.T) {
	t.Parallel()
	in := install(t, storetest.SQLite(t))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Create(ctx, in.db, os.DirFS(in.dir), io.Discard, options); err == nil {
		t.Error("a backup was made in a context that had ended")
	}
	if _, err := Create(context.Background(), in.db, os.DirFS(in.dir), &fullDisk{left: 5000}, options); err == nil {
		t.Error("a backup was made on a full disk")
	}
	m, err := Create(context.Background(), in.db, nil, io.Discard, options)
	if err != nil || len(m.Files) != 0 || m.Rows() == 0 {
		t.Errorf("without files: %v, %d files, %d rows", err, len(m.Files), m.Rows())
	}
}

type fullDisk struct{ left int }

func (d *fullDisk) Write(p []byte) (int, error) {
	if d.left -= len(p); d.left < 0 {
		return 0, io.ErrShortWrite
	}
	return len(p), nil
}
