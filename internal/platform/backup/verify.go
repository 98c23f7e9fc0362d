package backup

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/allclear/allclear/internal/platform/fault"
)

// Verify reads a backup to its end and proves that every table and file is there and as
// it was written. Nothing is kept. A damaged, cut or incomplete backup is a fault that
// names the part.
func Verify(ctx context.Context, r io.Reader) (Manifest, error) {
	return read(ctx, r, nobody{})
}

// taker receives what is in a backup while it is read. What it was given counts only
// when read returns without an error.
type taker interface {
	manifest(ctx context.Context, m Manifest) error
	rows(ctx context.Context, t Table, first int64, rows [][]any) error // the slice is used again
	file(ctx context.Context, name string, content io.Reader) error
}

type nobody struct{}

func (nobody) manifest(context.Context, Manifest) error          { return nil }
func (nobody) rows(context.Context, Table, int64, [][]any) error { return nil }
func (nobody) file(_ context.Context, _ string, c io.Reader) error {
	_, err := io.Copy(io.Discard, c)
	return err
}

// reader reads the parts of a backup in their order.
type reader struct {
	tar  *tar.Reader
	into taker
}

// read passes the parts of a backup to into, and checks each.
func read(ctx context.Context, r io.Reader, into taker) (Manifest, error) {
	z, err := gzip.NewReader(r)
	if errors.Is(err, gzip.ErrHeader) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return Manifest{}, notABackup(err)
	}
	if err != nil {
		return Manifest{}, unreadable("the beginning", err)
	}
	b := reader{tar: tar.NewReader(z), into: into}
	m, err := b.readManifest()
	if err != nil {
		return Manifest{}, err
	}
	if err := into.manifest(ctx, m); err != nil {
		return Manifest{}, err
	}
	for _, t := range m.Tables {
		if err := b.readTable(ctx, t); err != nil {
			return Manifest{}, err
		}
	}
	if m.Files, err = b.readFiles(ctx); err != nil {
		return Manifest{}, err
	}
	if h, err := b.tar.Next(); err == nil {
		return Manifest{}, damaged(h.Name, errors.New("more parts than were written"))
	} else if !errors.Is(err, io.EOF) {
		return Manifest{}, unreadable("the end", err)
	}
	// The checksum of the compressed stream is only compared at its very end.
	if _, err := io.Copy(io.Discard, z); err != nil {
		return Manifest{}, unreadable("the end", err)
	}
	return m, nil
}

// maxList is the largest manifest or list of files that is read: far above a million files.
const maxList = 256 << 20

func (b *reader) readManifest() (Manifest, error) {
	var m Manifest
	h, err := b.tar.Next()
	if errors.Is(err, tar.ErrHeader) || errors.Is(err, io.EOF) || (err == nil && h.Name != manifestName) {
		return m, notABackup(err)
	}
	if err != nil {
		return m, unreadable(manifestName, err)
	}
	text, err := io.ReadAll(io.LimitReader(b.tar, maxList))
	if err != nil {
		return m, unreadable(manifestName, err)
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, damaged(manifestName, err)
	}
	if m.Product != product {
		return m, notABackup(nil)
	}
	if m.Format != format {
		return m, fault.Conflictf("backup.unknown_format", "the backup has layout %d and this program reads layout %d: use program version %s or newer",
			m.Format, format, m.Program).Param("format", m.Format).Param("known", format).Param("program", m.Program)
	}
	if len(m.Tables) == 0 {
		return m, damaged(manifestName, errors.New("no tables"))
	}
	return m, nil
}

// next moves to the part of that name, which must be the next one.
func (b *reader) next(name string) error {
	h, err := b.tar.Next()
	if err != nil {
		return unreadable(name, err)
	}
	if h.Name != name {
		return fault.Invalidf("backup.part_missing", "the backup lacks %s; nothing was changed: use another copy", name).Param("part", name)
	}
	return nil
}

// A batch of rows is passed on when it has this many rows or bytes.
const (
	batchRows  = 2000
	batchBytes = 4 << 20
)

func (b *reader) readTable(ctx context.Context, t Table) error {
	part := tableEntry(t.Name)
	if err := b.next(part); err != nil {
		return err
	}
	s := newSums()
	lines := json.NewDecoder(io.TeeReader(b.tar, s))
	lines.UseNumber()
	var n, passed, from int64
	batch := make([][]any, 0, batchRows)
	flush := func() error {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := b.into.rows(ctx, t, passed+1, batch)
		passed, from, batch = n, lines.InputOffset(), batch[:0]
		return err
	}
	for {
		row := make([]any, 0, len(t.Columns))
		err := lines.Decode(&row)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return unreadable(part, err)
		}
		if err := parseRow(t, row); err != nil {
			return damaged(part, err)
		}
		n++
		if batch = append(batch, row); len(batch) == batchRows || lines.InputOffset()-from > batchBytes {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if n != t.Rows || s.bytes != t.Bytes || s.hex() != t.SHA256 {
		return damaged(part, errors.New("not what the manifest says"))
	}
	return flush()
}

// readFiles reads the files of the data directory and the list that follows them.
func (b *reader) readFiles(ctx context.Context) ([]File, error) {
	found := []File{}
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		h, err := b.tar.Next()
		if errors.Is(err, io.EOF) {
			return nil, fault.Invalidf("backup.part_missing", "the backup lacks %s; nothing was changed: use another copy", filesName).Param("part", filesName)
		}
		if err != nil {
			return nil, unreadable(filesName, err)
		}
		if h.Name == filesName {
			break
		}
		name, ours := strings.CutPrefix(h.Name, dataDir)
		if !ours || h.Typeflag != tar.TypeReg || !belongs(name) {
			return nil, damaged(h.Name, errors.New("not a part of a backup"))
		}
		s := newSums()
		content := &source{r: io.TeeReader(b.tar, s)}
		if err := b.into.file(ctx, name, content); err != nil {
			if content.err != nil {
				return nil, unreadable(h.Name, content.err)
			}
			return nil, err
		}
		found = append(found, File{Path: name, Bytes: s.bytes, SHA256: s.hex()})
	}
	text, err := io.ReadAll(io.LimitReader(b.tar, maxList))
	if err != nil {
		return nil, unreadable(filesName, err)
	}
	var list []File
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, damaged(filesName, err)
	}
	return found, compareFiles(list, found)
}

func compareFiles(list, found []File) error {
	for i, f := range list {
		if i >= len(found) || found[i].Path != f.Path {
			part := dataDir + f.Path
			return fault.Invalidf("backup.part_missing", "the backup lacks %s; nothing was changed: use another copy", part).Param("part", part)
		}
		if found[i] != f {
			return damaged(dataDir+f.Path, errors.New("not what the list says"))
		}
	}
	if !slices.Equal(list, found) {
		return damaged(filesName, errors.New("more files than the list says"))
	}
	return nil
}

// source remembers that reading failed, so that it is told from a failure of who reads.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}
