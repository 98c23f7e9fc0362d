package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/allclear/allclear/internal/platform/fault"
)

// logsDir holds files that only grow, of which a backup takes what was there before its
// snapshot: the signed checkpoints.
const logsDir = "audit"

// treeDirs hold files that are there before the row that names them is.
var treeDirs = []string{"files", "packs", "policies"}

// belongs reports whether a file of the data directory is part of a backup. Keys are
// not: whoever finds a backup must not be able to open it, or to sign in our name.
func belongs(name string) bool {
	if !fs.ValidPath(name) || strings.ContainsAny(name, "\\\x00") {
		return false
	}
	parts := strings.Split(name, "/")
	top := parts[0] == logsDir || slices.Contains(treeDirs, parts[0])
	ext := strings.ToLower(path.Ext(name))
	return top && len(parts) > 1 && !slices.Contains(parts, "keys") && ext != ".key" && ext != ".pem"
}

// listed is a file found, with the size it had.
type listed struct {
	path string
	size int64
}

func listLogs(files fs.FS) ([]listed, error) {
	if files == nil {
		return []listed{}, nil
	}
	return list(files, logsDir)
}

// list finds the regular files below dir, in order. What vanishes meanwhile is left out.
func list(files fs.FS, dir string) ([]listed, error) {
	out := []listed{}
	err := fs.WalkDir(files, dir, func(name string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || !d.Type().IsRegular() || !belongs(name) {
			return err
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			out = append(out, listed{name, info.Size()})
		}
		return err
	})
	if err != nil {
		return out, fmt.Errorf("list the files of the data directory: %w", err)
	}
	return out, nil
}

// writeFiles copies the logs up to the sizes they had, and the other trees as they are.
func (a *archive) writeFiles(ctx context.Context, files fs.FS, logs []listed) ([]File, error) {
	out := []File{}
	if files == nil {
		return out, nil
	}
	found := slices.Clone(logs)
	for _, dir := range treeDirs {
		more, err := list(files, dir)
		if err != nil {
			return out, err
		}
		found = append(found, more...)
	}
	for _, l := range found {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		f, err := a.writeFile(files, l)
		if errors.Is(err, fs.ErrNotExist) {
			continue // deleted since it was listed, as expired uploads are
		}
		if err != nil {
			return out, fmt.Errorf("copy a file into the backup: %w", err)
		}
		out = append(out, f)
	}
	return out, nil
}

func (a *archive) writeFile(files fs.FS, l listed) (File, error) {
	in, err := files.Open(l.path)
	if err != nil {
		return File{}, err
	}
	defer func() { _ = in.Close() }()
	if err := a.begin(dataDir+l.path, l.size); err != nil {
		return File{}, err
	}
	s := newSums()
	n, err := io.Copy(io.MultiWriter(s, a.tar), io.LimitReader(in, l.size))
	if err == nil && n < l.size {
		err = fault.Conflictf("backup.file_changed", "the file %s became shorter while it was copied; make the backup again", l.path).Param("file", l.path)
	}
	return File{Path: l.path, Bytes: n, SHA256: s.hex()}, err
}
