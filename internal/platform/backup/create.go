package backup

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/allclear/allclear/internal/platform/store"
)

// Options are what a backup says about its making.
type Options struct {
	Program string // version of the program
	Now     time.Time
}

// Create writes a backup of the database, and of the data directory's files in files
// (nil: none), to w. The server may go on working: all tables are read from one
// snapshot. Keys in files are left out. The caller must not keep what was written when
// Create fails, nor before it has closed and synced w.
func Create(ctx context.Context, db *store.DB, files fs.FS, w io.Writer, opt Options) (Manifest, error) {
	// Before the snapshot: a checkpoint signed after it would speak of entries that the
	// backup does not hold, and the restored trail would seem cut.
	logs, err := listLogs(files)
	if err != nil {
		return Manifest{}, err
	}
	// The fastest level: sealed values hardly shrink at any other.
	z, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
	if err != nil {
		return Manifest{}, err
	}
	m := Manifest{
		Product: product, Format: format, Program: opt.Program, Dialect: db.Dialect(), CreatedAt: store.At(opt.Now), Tables: []Table{},
	}
	out := &archive{tar: tar.NewWriter(z), made: m.CreatedAt.Time()}
	err = db.Read(ctx, func(tx *store.Tx) error {
		if err := m.describe(ctx, tx); err != nil {
			return err
		}
		return out.writeTables(ctx, tx, m)
	})
	if err != nil {
		return Manifest{}, err
	}
	if m.Files, err = out.writeFiles(ctx, files, logs); err != nil {
		return Manifest{}, err
	}
	if err := out.writeJSON(filesName, m.Files); err != nil {
		return Manifest{}, err
	}
	if err := out.tar.Close(); err != nil {
		return Manifest{}, fmt.Errorf("end the backup: %w", err)
	}
	if err := z.Close(); err != nil {
		return Manifest{}, fmt.Errorf("end the backup: %w", err)
	}
	return m, nil
}

// describe fills in what the database holds.
func (m *Manifest) describe(ctx context.Context, tx *store.Tx) error {
	s, err := discover(ctx, tx)
	if err != nil {
		return fmt.Errorf("read the schema: %w", err)
	}
	m.SchemaVersion = s.version
	const head = `SELECT seq, hash FROM audit_head WHERE id = 1`
	if err := tx.QueryRow(ctx, head).Scan(&m.Audit.Seq, &m.Audit.Hash); err != nil {
		return fmt.Errorf("read the end of the audit trail: %w", err)
	}
	for _, t := range s.tables {
		if t, err = measure(ctx, tx, t); err != nil {
			return err
		}
		m.Tables = append(m.Tables, t)
	}
	return nil
}

// archive writes the parts of a backup.
type archive struct {
	tar  *tar.Writer
	made time.Time
}

func (a *archive) begin(name string, size int64) error {
	h := &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: a.made.Truncate(time.Second), Format: tar.FormatPAX}
	if err := a.tar.WriteHeader(h); err != nil {
		return fmt.Errorf("write %s of the backup: %w", name, err)
	}
	return nil
}

func (a *archive) writeJSON(name string, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	if err := a.begin(name, int64(len(text))); err != nil {
		return err
	}
	_, err = a.tar.Write(text)
	return err
}

func (a *archive) writeTables(ctx context.Context, tx *store.Tx, m Manifest) error {
	if err := a.writeJSON(manifestName, m); err != nil {
		return err
	}
	for _, t := range m.Tables {
		if err := a.begin(tableEntry(t.Name), t.Bytes); err != nil {
			return err
		}
		s := newSums()
		n, err := dump(ctx, tx, t, io.MultiWriter(s, a.tar))
		if err != nil {
			return fmt.Errorf("write table %s of the backup: %w", t.Name, err)
		}
		if n != t.Rows || s.hex() != t.SHA256 {
			return fmt.Errorf("table %s read differently the second time: the disk or the memory of this machine is at fault", t.Name)
		}
	}
	return nil
}

func tableEntry(table string) string { return tablesDir + table + ".ndjson" }
