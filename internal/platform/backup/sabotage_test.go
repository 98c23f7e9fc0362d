package backup

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
)

// part is one file of an archive.
type part struct {
	name string
	body []byte
}

func unpack(t testing.TB, raw []byte) []part {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	var out []part
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, part{h.Name, body})
	}
}

func pack(t testing.TB, parts []part) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	w := tar.NewWriter(z)
	for _, p := range parts {
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: p.name, Size: int64(len(p.body)), Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(p.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func find(t testing.TB, parts []part, name string) int {
	t.Helper()
	i := slices.IndexFunc(parts, func(p part) bool { return p.name == name })
	if i < 0 {
		t.Fatalf("no part %s", name)
	}
	return i
}

// forged returns raw with the manifest changed by edit.
func forged(t testing.TB, raw []byte, edit func(*Manifest)) []byte {
	t.Helper()
	parts := unpack(t, raw)
	var m Manifest
	if err := json.Unmarshal(parts[0].body, &m); err != nil {
		t.Fatal(err)
	}
	edit(&m)
	body, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	parts[0].body = body
	return pack(t, parts)
}

// small is a backup of few bytes.
func small(t testing.TB) []byte {
	t.Helper()
	in := &installation{db: storetest.SQLite(t), dir: t.TempDir()}
	in.open(t)
	in.deed(t, 1)
	in.put(t, "files/a.upload", "content")
	_, raw := in.backup(t)
	return raw
}

func verify(raw []byte) error {
	_, err := Verify(context.Background(), bytes.NewReader(raw))
	return err
}

func TestVerifyFindsFlippedBytes(t *testing.T) {
	t.Parallel()
	raw := small(t)
	if err := verify(raw); err != nil {
		t.Fatalf("the untouched backup: %v", err)
	}
	content, harmless := unpack(t, raw), 0
	for _, i := range positions(len(raw)) {
		bad := slices.Clone(raw)
		bad[i] ^= 0xff
		err := verify(bad)
		if kind := fault.KindOf(err); kind == fault.Invalid || kind == fault.Conflict {
			continue
		}
		// A few bytes carry nothing: the date in the gzip header, a code that is not used.
		harmless++
		if err != nil || !reflect.DeepEqual(unpack(t, bad), content) {
			t.Errorf("byte %d of %d flipped: %v", i, len(raw), err)
		}
	}
	if harmless > 20 {
		t.Errorf("%d flipped bytes were not noticed", harmless)
	}
}

// positions are the first and last bytes of a file and every seventh between.
func positions(size int) []int {
	var out []int
	for i := range size {
		if i < 40 || i >= size-40 || i%7 == 0 {
			out = append(out, i)
		}
	}
	return out
}

func TestVerifyFindsCuts(t *testing.T) {
	t.Parallel()
	raw := small(t)
	for _, n := range positions(len(raw)) {
		if code := fault.CodeOf(verify(raw[:n])); code != "backup.cut" && (code != "backup.not_a_backup" || n > 10) {
			t.Errorf("cut to %d of %d bytes: %s", n, len(raw), code)
		}
	}
	if err := verify(append(slices.Clone(raw), "more"...)); fault.KindOf(err) != fault.Invalid {
		t.Errorf("with more at the end: %v", err)
	}
}

// Archives that are sound as archives, with contents that are not what was written.
func TestVerifyFindsWhatIsMissingOrChanged(t *testing.T) {
	t.Parallel()
	raw := small(t)
	parts := unpack(t, raw)
	for i, p := range parts[1:] {
		if code := fault.CodeOf(verify(pack(t, slices.Delete(slices.Clone(parts), i+1, i+2)))); code != "backup.part_missing" {
			t.Errorf("without %s: %s", p.name, code)
		}
		bad := slices.Clone(parts)
		bad[i+1].body = append(slices.Clone(p.body), '\n')
		if code := fault.CodeOf(verify(pack(t, bad))); p.name != filesName && code != "backup.damaged" {
			t.Errorf("with one byte more in %s: %s", p.name, code)
		}
	}
	cases := map[string]struct {
		code string
		edit func([]part) []part
	}{
		"one value": {"backup.damaged", func(p []part) []part {
			i := find(t, p, "tables/installation.ndjson")
			p[i].body = bytes.Replace(p[i].body, []byte("done"), []byte("dine"), 1)
			return p
		}},
		"one row less": {"backup.damaged", func(p []part) []part {
			p[find(t, p, "tables/audit_entries.ndjson")].body = nil
			return p
		}},
		"the list of files": {"backup.damaged", func(p []part) []part {
			i := find(t, p, filesName)
			p[i].body = []byte("[]")
			return p
		}},
		"a file": {"backup.damaged", func(p []part) []part {
			p[find(t, p, "data/files/a.upload")].body = []byte("CONTENT")
			return p
		}},
		"a part after the end":  {"backup.damaged", func(p []part) []part { return append(p, part{"data/files/b", nil}) }},
		"no manifest":           {"backup.not_a_backup", func(p []part) []part { return p[1:] }},
		"nothing":               {"backup.not_a_backup", func([]part) []part { return nil }},
		"a file outside":        {"backup.damaged", plant("data/../../evil")},
		"a file at the root":    {"backup.damaged", plant("data/files/../../../evil")},
		"a database":            {"backup.damaged", plant("data/allclear.db")},
		"a key":                 {"backup.damaged", plant("data/keys/master.json")},
		"a key further down":    {"backup.damaged", plant("data/files/keys/master.json")},
		"a signing key":         {"backup.damaged", plant("data/audit/signing.key")},
		"a name for Windows":    {"backup.damaged", plant(`data/files/..\..\evil`)},
		"a part of another tar": {"backup.damaged", plant("etc/passwd")},
	}
	for name, c := range cases {
		if code := fault.CodeOf(verify(pack(t, c.edit(slices.Clone(parts))))); code != c.code {
			t.Errorf("%s: %s, want %s", name, code, c.code)
		}
	}
}

// plant puts a file before the list of files.
func plant(name string) func([]part) []part {
	return func(p []part) []part { return slices.Insert(p, len(p)-1, part{name, []byte("evil")}) }
}

func TestVerifyRefusesWhatIsNotABackup(t *testing.T) {
	t.Parallel()
	raw := small(t)
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write(bytes.Repeat([]byte("some text\n"), 200))
	_ = z.Close()
	cases := map[string]struct {
		code string
		raw  []byte
	}{
		"empty":            {"backup.not_a_backup", nil},
		"text":             {"backup.not_a_backup", []byte("id,name\n")},
		"another archive":  {"backup.not_a_backup", zipped.Bytes()},
		"another product":  {"backup.not_a_backup", forged(t, raw, func(m *Manifest) { m.Product = "other" })},
		"a later layout":   {"backup.unknown_format", forged(t, raw, func(m *Manifest) { m.Format = 2 })},
		"no tables at all": {"backup.damaged", forged(t, raw, func(m *Manifest) { m.Tables = nil })},
	}
	for name, c := range cases {
		if code := fault.CodeOf(verify(c.raw)); code != c.code {
			t.Errorf("%s: %s, want %s", name, code, c.code)
		}
	}
	broken := &fs.PathError{Op: "read", Path: "backup.tar.gz", Err: errors.New("input/output error")}
	_, err := Verify(context.Background(), io.MultiReader(bytes.NewReader(raw[:len(raw)/2]), iotest.ErrReader(broken)))
	if fault.CodeOf(err) != "backup.cannot_read" {
		t.Errorf("a disk that does not deliver: %v", err)
	}
}

// refused restores raw into in and expects the fault, an unchanged database and no file.
func (in *installation) refused(t *testing.T, raw []byte, code string) {
	t.Helper()
	before := in.digests(t)
	m, err := Restore(context.Background(), in.db, bytes.NewReader(raw), in.dir)
	if fault.CodeOf(err) != code || m.Tables != nil {
		t.Errorf("restore: %v (%d tables), want %s", err, len(m.Tables), code)
	}
	if after := in.digests(t); after != before {
		t.Errorf("%s: the refused restore changed the target", code)
	}
}

// digests tells the content of all tables and the names of all files.
func (in *installation) digests(t *testing.T) string {
	t.Helper()
	ctx, out := context.Background(), strings.Builder{}
	err := in.db.Read(ctx, func(tx *store.Tx) error {
		s, err := discover(ctx, tx)
		for _, table := range s.tables {
			if err == nil {
				table, err = measure(ctx, tx, table)
				out.WriteString(table.Name + " " + table.SHA256 + "\n")
			}
		}
		for _, l := range s.links {
			if l.deferrable {
				out.WriteString(l.name + " is deferrable\n")
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(in.dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out.WriteString(path + "\n")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestRestoreRefusesAndLeavesTheTargetAsItWas(t *testing.T) {
	t.Parallel()
	_, raw := install(t, storetest.SQLite(t)).backup(t)
	middle, late := slices.Clone(raw), slices.Clone(raw)
	middle[len(raw)/2] ^= 0x10
	late[len(raw)-6] ^= 0x01 // only the checksum at the very end is wrong
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		in := &installation{db: db, dir: t.TempDir()}
		in.refused(t, late, "backup.damaged")
		in.refused(t, raw[:len(raw)*2/3], "backup.cut")
		in.refused(t, forged(t, raw, func(m *Manifest) { m.SchemaVersion++ }), "backup.schema_newer")
		in.refused(t, forged(t, raw, func(m *Manifest) { m.SchemaVersion-- }), "backup.schema_older")
		in.refused(t, forged(t, raw, func(m *Manifest) { m.Tables = m.Tables[1:] }), "backup.schema_differs")
		in.refused(t, forged(t, raw, func(m *Manifest) { m.Tables[2].Columns[0].Kind = Real }), "backup.schema_differs")
		in.refused(t, forged(t, raw, func(m *Manifest) { m.Audit.Seq++ }), "backup.damaged")
		in.refused(t, withoutRow(t, raw, "places"), "conflict.reference")
		if _, err := Restore(context.Background(), db, bytes.NewReader(middle), in.dir); fault.KindOf(err) != fault.Invalid {
			t.Errorf("damaged in the middle: %v", err)
		}
		in.put(t, "packs/own.yaml", "id: another\n")
		in.refused(t, raw, "backup.file_exists")
		in.put(t, "packs/own.yaml", "id: own\n")
		if _, err := Restore(context.Background(), db, bytes.NewReader(raw), in.dir); err != nil {
			t.Fatalf("after all that, the good backup: %v", err)
		}
		in.refused(t, raw, "backup.not_empty")
	})
}

// withoutRow takes the last row out of a table and mends all sums: only its references
// show that it is missing.
func withoutRow(t *testing.T, raw []byte, table string) []byte {
	t.Helper()
	parts := unpack(t, raw)
	i := find(t, parts, tableEntry(table))
	body := bytes.TrimSuffix(parts[i].body, []byte("\n"))
	parts[i].body = body[:bytes.LastIndexByte(body, '\n')+1]
	sum := sha256.Sum256(parts[i].body)
	return forged(t, pack(t, parts), func(m *Manifest) {
		for k := range m.Tables {
			if m.Tables[k].Name == table {
				m.Tables[k].Rows--
				m.Tables[k].Bytes, m.Tables[k].SHA256 = int64(len(parts[i].body)), hex.EncodeToString(sum[:])
			}
		}
	})
}

func TestRestoreNeedsAnEmptyTarget(t *testing.T) {
	t.Parallel()
	raw := small(t)
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		in := &installation{db: db, dir: t.TempDir()}
		in.change(t, `UPDATE audit_head SET seq = 1`) // not what migrations put there
		in.refused(t, raw, "backup.not_empty")
		in.change(t, `UPDATE audit_head SET seq = 0`)
		in.change(t, `INSERT INTO installation (key, value) VALUES ('one', 'row')`)
		in.refused(t, raw, "backup.not_empty")
		in.change(t, `DELETE FROM installation`)
		in.change(t, `ALTER TABLE installation ADD COLUMN note TEXT`)
		in.refused(t, raw, "backup.schema_differs")
		in.change(t, `ALTER TABLE installation DROP COLUMN note`)
		in.change(t, `INSERT INTO schema_migrations (version_id, is_applied) VALUES (9999, TRUE)`)
		in.refused(t, raw, "store.database_newer")
	})
}

func (in *installation) change(t *testing.T, query string) {
	t.Helper()
	if _, err := in.db.Raw().ExecContext(context.Background(), query); err != nil {
		t.Fatal(err)
	}
}

// A database that does not keep what it is given is noticed before the commit.
func TestRestoreReadsBackWhatItWrote(t *testing.T) {
	t.Parallel()
	in := &installation{db: storetest.SQLite(t), dir: t.TempDir()}
	in.change(t, `CREATE TRIGGER faulty AFTER INSERT ON installation BEGIN
		UPDATE installation SET value = upper(value) WHERE key = new.key; END`)
	in.refused(t, small(t), "backup.reads_back_differently")
}

// Values that SQLite keeps survive a round trip through a backup; PostgreSQL says which it cannot take.
func TestValuesThatOnlySQLiteKeeps(t *testing.T) {
	t.Parallel()
	for name, literal := range map[string]string{
		"zero character": `'a' || char(0) || 'b'`, "not UTF-8": `CAST(x'61ff62' AS TEXT)`, "bytes": `x'00ff'`,
	} {
		in := &installation{db: storetest.SQLite(t), dir: t.TempDir()}
		in.change(t, `INSERT INTO installation (key, value) VALUES ('odd', `+literal+`)`)
		_, raw := in.backup(t)
		to := &installation{db: storetest.SQLite(t), dir: t.TempDir()}
		if _, err := Restore(context.Background(), to.db, bytes.NewReader(raw), to.dir); err != nil {
			t.Errorf("%s into SQLite: %v", name, err)
		}
		t.Run(name, func(t *testing.T) {
			other := &installation{db: storetest.Postgres(t), dir: t.TempDir()}
			other.refused(t, raw, "backup.not_storable")
		})
	}
}

func TestAColumnOfAnUnknownTypeStopsTheBackup(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		in := &installation{db: db, dir: t.TempDir()}
		in.change(t, `CREATE TABLE odd (id TEXT PRIMARY KEY, at DATE)`)
		if _, err := Create(context.Background(), db, nil, io.Discard, options); fault.CodeOf(err) != "backup.unknown_type" {
			t.Errorf("create: %v", err)
		}
	})
}

// A table without a key is sorted by all its columns, nulls in the same place.
func TestATableWithoutAKey(t *testing.T) {
	t.Parallel()
	var dumps [2]bytes.Buffer
	for i, db := range []*store.DB{storetest.SQLite(t), storetest.Postgres(t)} {
		in := &installation{db: db}
		in.change(t, `CREATE TABLE bare (a TEXT, b BIGINT)`)
		in.change(t, `INSERT INTO bare (a, b) VALUES ('z', 1), (NULL, 2), ('a', NULL), ('a', 3), (NULL, NULL), ('Z', 1), ('中', 1)`)
		ctx := context.Background()
		err := db.Read(ctx, func(tx *store.Tx) error {
			s, err := discover(ctx, tx)
			k := slices.IndexFunc(s.tables, func(t Table) bool { return t.Name == "bare" })
			if err != nil || k < 0 {
				t.Fatal(err, k)
			}
			_, err = dump(ctx, tx, s.tables[k], &dumps[i])
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if a, b := dumps[0].String(), dumps[1].String(); a != b || strings.Count(a, "\n") != 7 {
		t.Errorf("SQLite:\n%s\nPostgreSQL:\n%s", a, b)
	}
}

// meddler does something when the first byte of the backup is written: after the snapshot.
type meddler struct {
	bytes.Buffer
	deed func()
}

func (m *meddler) Write(p []byte) (int, error) {
	if m.deed != nil {
		deed := m.deed
		m.deed = nil
		deed()
	}
	return m.Buffer.Write(p)
}

// A checkpoint signed after the snapshot is not in the backup: the restored trail would
// seem cut. A file deleted meanwhile is left out, a new one comes along.
func TestWhatHappensAfterTheSnapshot(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		in := install(t, db)
		in.put(t, "files/b.upload", "expires")
		out := &meddler{deed: func() {
			in.deed(t, 77)
			if _, err := in.witness.Sign(context.Background(), db); err != nil {
				t.Error(err)
			}
			if err := os.Remove(filepath.Join(in.dir, "files", "b.upload")); err != nil {
				t.Error(err)
			}
			in.put(t, "files/c.upload", "new")
		}}
		m, err := Create(context.Background(), db, os.DirFS(in.dir), out, options)
		if err != nil || m.Audit.Seq != 9 {
			t.Fatalf("create: %v, head %d", err, m.Audit.Seq)
		}
		to, _ := in.restored(t, storetest.SQLite(t), out.Bytes())
		to.stillWorks(t)
		for name, want := range map[string]bool{"b.upload": false, "c.upload": true} {
			if _, err := os.Stat(filepath.Join(to.dir, "files", name)); (err == nil) != want {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestAFileThatShrinksStopsTheBackup(t *testing.T) {
	t.Parallel()
	in := install(t, storetest.SQLite(t))
	out := &meddler{deed: func() {
		if err := os.Truncate(filepath.Join(in.dir, "audit", "checkpoints.jsonl"), 3); err != nil {
			t.Error(err)
		}
	}}
	if _, err := Create(context.Background(), in.db, os.DirFS(in.dir), out, options); fault.CodeOf(err) != "backup.file_changed" {
		t.Errorf("create: %v", err)
	}
}
