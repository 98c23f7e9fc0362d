package backup

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/allclear/allclear/internal/platform/audit"
	"github.com/allclear/allclear/internal/platform/clock"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/vault"
	"github.com/allclear/allclear/migrations"
)

var now = time.Date(2022, 4, 8, 9, 30, 0, 123456000, time.UTC)

var options = Options{Program: "1.2.3", Now: now}

// installation is a database with its data directory.
type installation struct {
	db      *store.DB
	dir     string
	vault   *vault.Vault
	witness *audit.Witness
	sealed  string
}

const secretName = "𠮷田 O'Neil"

// install fills db with rows in every table, a trail of entries, a signed checkpoint, a
// sealed value and files.
func install(t testing.TB, db *store.DB) *installation {
	t.Helper()
	ctx, in := context.Background(), &installation{db: db, dir: t.TempDir()}
	in.open(t)
	var err error
	if in.sealed, err = in.vault.Seal(vault.Name, secretName); err != nil {
		t.Fatal(err)
	}
	fill(t, db, in.sealed)
	for i := range 9 {
		in.deed(t, i)
	}
	if _, err := in.witness.Sign(ctx, db); err != nil {
		t.Fatal(err)
	}
	in.put(t, "files/a.upload", "姓名,电话\n")
	in.put(t, "packs/own.yaml", "id: own\n")
	in.put(t, "files/keys/copy.json", "a key")
	in.put(t, "files/tls.key", "a key")
	in.put(t, "allclear.db-wal", "not a file to copy")
	return in
}

// open opens the vault and the witness of the installation.
func (in *installation) open(t testing.TB) {
	t.Helper()
	var err error
	if in.vault, err = vault.Open(context.Background(), in.db, filepath.Join(in.dir, "keys", "master.json"), clock.Fixed(now)); err != nil {
		t.Fatal(err)
	}
	if in.witness, err = audit.OpenWitness(filepath.Join(in.dir, "audit"), clock.Fixed(now)); err != nil {
		t.Fatal(err)
	}
}

func (in *installation) put(t testing.TB, name, content string) {
	t.Helper()
	file := filepath.Join(in.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// deed is one audited change.
func (in *installation) deed(t testing.TB, i int) {
	t.Helper()
	ctx := context.Background()
	err := in.db.Write(ctx, func(tx *store.Tx) error {
		key := fmt.Sprintf("deed %06d", i)
		if _, err := tx.Insert(ctx, "installation", []string{"key", "value"}, [][]any{{key, "done"}}); err != nil {
			return err
		}
		_, err := audit.Append(ctx, tx, audit.Entry{
			At: store.At(now), Operation: "test.deed", Outcome: audit.Done, ActorID: "u1", Reason: "理由",
			Changes: []audit.Change{{Ref: "installation:" + key, Kind: "created"}},
		})
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func (in *installation) backup(t testing.TB) (Manifest, []byte) {
	t.Helper()
	var out bytes.Buffer
	m, err := Create(context.Background(), in.db, os.DirFS(in.dir), &out, options)
	if err != nil {
		t.Fatalf("create: %v", err)
	}
	return m, out.Bytes()
}

// restored restores raw into db and brings the keys, as an operator does.
func (in *installation) restored(t testing.TB, db *store.DB, raw []byte) (*installation, Manifest) {
	t.Helper()
	to := &installation{db: db, dir: t.TempDir(), sealed: in.sealed}
	for _, name := range keyFiles(t, in.dir) {
		content, err := os.ReadFile(filepath.Join(in.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		to.put(t, name, string(content))
	}
	m, err := Restore(context.Background(), db, bytes.NewReader(raw), to.dir)
	if err != nil {
		t.Fatalf("restore: %v", err)
	}
	return to, m
}

// keyFiles are the keys of an installation, wherever they lie.
func keyFiles(t testing.TB, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		name := filepath.Base(path)
		if err == nil && !d.IsDir() && (name == "master.json" || name == "signing.key") {
			relative, _ := filepath.Rel(dir, path)
			out = append(out, filepath.ToSlash(relative))
		}
		return err
	})
	if err != nil || len(out) != 2 {
		t.Fatalf("keys: %v, %v", out, err)
	}
	return out
}

// filled is how many rows fill puts into a table: more than one batch of SQLite's.
const filled = 110

// texts that are hard to carry from one system to another.
var hardTexts = []string{
	"", "plain", "引号\"和\\反斜杠", "line\nbreak\ttab\r", "emoji 🦠 \u2028 \u0001\u007f", "<&>", "null", "00123", "中文，全角。", "[1,2]\n",
}

var (
	tableText  = regexp.MustCompile(`(?s)CREATE TABLE (\w+) \(\n(.*?)\n\);`)
	oneOf      = regexp.MustCompile(`CHECK \(\w+ IN \((.*?)\)\)`)
	largerThan = regexp.MustCompile(`CHECK \(\w+ <>? (\w+)\)`)
	refersTo   = regexp.MustCompile(`REFERENCES (\w+)`)
	columnName = regexp.MustCompile(`^\s+(\w+)\s+(TEXT|BIGINT|BOOLEAN|DOUBLE PRECISION)\b`)
)

// tablesOfMigrations reads the names and texts of all tables from the migrations, which
// is another way than the program finds them in the database.
func tablesOfMigrations(t testing.TB) map[string]string {
	t.Helper()
	out := map[string]string{}
	files, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("migrations: %v", err)
	}
	for _, f := range files {
		text, err := fs.ReadFile(migrations.FS, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range tableText.FindAllStringSubmatch(string(text), -1) {
			out[m[1]] = m[2]
		}
	}
	return out
}

// fill puts rows into every table that migrations leave empty, except the trail and the
// keys, which must make sense. Rows of a table that refers to itself come child first.
func fill(t testing.TB, db *store.DB, sealed string) {
	t.Helper()
	ctx, created := context.Background(), tablesOfMigrations(t)
	err := db.Write(ctx, func(tx *store.Tx) error {
		s, err := discover(ctx, tx)
		if err != nil {
			return err
		}
		if tx.Dialect() == store.Postgres { // the fixture's own loan; Restore has to manage without
			for _, l := range s.links {
				if _, err := tx.Exec(ctx, `ALTER TABLE `+l.from+` ALTER CONSTRAINT `+l.name+` DEFERRABLE INITIALLY DEFERRED`); err != nil {
					return err
				}
			}
		} else if _, err := tx.Exec(ctx, `PRAGMA defer_foreign_keys = ON`); err != nil {
			return err
		}
		for _, table := range s.tables {
			if err := fillTable(ctx, tx, table, created[table.Name], sealed); err != nil {
				return fmt.Errorf("fill %s: %w", table.Name, err)
			}
		}
		if tx.Dialect() == store.SQLite {
			return nil
		}
		if _, err := tx.Exec(ctx, `SET CONSTRAINTS ALL IMMEDIATE`); err != nil {
			return err
		}
		for _, l := range s.links {
			if _, err := tx.Exec(ctx, `ALTER TABLE `+l.from+` ALTER CONSTRAINT `+l.name+` NOT DEFERRABLE`); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func fillTable(ctx context.Context, tx *store.Tx, table Table, text, sealed string) error {
	var n int
	if err := tx.QueryRow(ctx, `SELECT count(*) FROM `+quoted(table.Name)).Scan(&n); err != nil {
		return err
	}
	if n > 0 || strings.HasPrefix(table.Name, "audit_") {
		return nil
	}
	lines := map[string]string{}
	for _, line := range strings.Split(text, "\n") {
		if m := columnName.FindStringSubmatch(line); m != nil {
			lines[m[1]] = line
		}
	}
	larger := map[string]bool{} // than another column of the row
	for _, m := range largerThan.FindAllStringSubmatch(text, -1) {
		larger[m[1]] = true
	}
	rows := make([][]any, filled)
	for i := range rows {
		for j, c := range table.Columns {
			v := sample(table.Name, c, lines[c.Name], i, j, sealed)
			if s, isText := v.(string); isText && larger[c.Name] {
				v = "\U0010FFFD" + s
			}
			rows[i] = append(rows[i], v)
		}
	}
	_, err := tx.Insert(ctx, table.Name, table.columnNames(), rows)
	return err
}

// sample is the value of column c, made by line of a migration, in row i.
func sample(table string, c Column, line string, i, j int, sealed string) any {
	id := func(i int) string { return fmt.Sprintf("%06d", i) }
	switch m := refersTo.FindStringSubmatch(line); {
	case m != nil && m[1] == table: // the parent is the next row; the last is the root
		if i == filled-1 {
			return nil
		}
		return id(i + 1)
	case m != nil:
		return id(i)
	case strings.Contains(line, "PRIMARY KEY") && c.Kind == Text:
		return id(i)
	case !strings.Contains(line, "NOT NULL") && !strings.Contains(line, "PRIMARY KEY") && (i+j)%3 == 0:
		return nil
	}
	if m := oneOf.FindStringSubmatch(line); m != nil {
		values := strings.Split(m[1], ", ")
		return strings.Trim(values[(i+j)%len(values)], "'")
	}
	switch c.Kind {
	case Int:
		return int64(i) + int64(j)<<40
	case Real:
		return []float64{0.1, -125.123456789012345, 5, 1e-300, 1.7976931348623157e308}[(i+j)%5]
	case Bool:
		return (i+j)%2 == 0
	}
	if c.Name == "name" {
		return sealed
	}
	return hardTexts[(i+j)%len(hardTexts)] + id(i)
}
