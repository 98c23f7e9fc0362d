package backup

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/allclear/allclear/internal/platform/fault"
)

// staging keeps restored files beside their place until the tables have arrived too.
type staging struct {
	target string
	dir    string
	root   *os.Root // nothing is written outside dir, whatever a backup says
	names  []string
	placed []string
}

func stage(target string) (*staging, error) {
	if err := os.MkdirAll(target, 0o700); err != nil {
		return nil, fault.Unavailablef("backup.no_directory", "the data directory cannot be made").Because(err)
	}
	dir, err := os.MkdirTemp(target, ".restore-")
	if err != nil {
		return nil, fault.Unavailablef("backup.no_directory", "the data directory cannot be written to").Because(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open the directory for restored files: %w", err)
	}
	return &staging{target: target, dir: dir, root: root}, nil
}

func (s *staging) keep(name string, content io.Reader) error {
	if err := s.root.MkdirAll(filepath.Dir(filepath.FromSlash(name)), 0o700); err != nil {
		return fmt.Errorf("restore a file: %w", err)
	}
	out, err := s.root.OpenFile(filepath.FromSlash(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("restore a file: %w", err)
	}
	if _, err := io.Copy(out, content); err != nil {
		_ = out.Close()
		return fmt.Errorf("restore a file: %w", err)
	}
	s.names = append(s.names, name)
	return errors.Join(out.Sync(), out.Close())
}

// place moves the files to where they belong. One that is there already must be the same.
func (s *staging) place() error {
	for _, name := range s.names {
		from, to := filepath.Join(s.dir, filepath.FromSlash(name)), filepath.Join(s.target, filepath.FromSlash(name))
		there, err := sameFile(from, to)
		if err != nil {
			return err
		}
		if there {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return fmt.Errorf("restore a file: %w", err)
		}
		if err := os.Rename(from, to); err != nil {
			return fmt.Errorf("restore a file: %w", err)
		}
		s.placed = append(s.placed, to)
	}
	return nil
}

// sameFile reports whether the file to is there; one with other content is a fault.
func sameFile(from, to string) (bool, error) {
	theirs, err := digest(to)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read a file of the data directory: %w", err)
	}
	ours, err := digest(from)
	if err != nil {
		return false, fmt.Errorf("read a restored file: %w", err)
	}
	if ours != theirs {
		return true, fault.Conflictf("backup.file_exists", "the data directory holds another file %s already; nothing was changed: restore into an empty directory", filepath.Base(to)).
			Param("file", filepath.Base(to))
	}
	return true, nil
}

func digest(name string) (sum [sha256.Size]byte, err error) {
	in, err := os.Open(name)
	if err != nil {
		return sum, err
	}
	defer func() { _ = in.Close() }()
	h := sha256.New()
	if _, err := io.Copy(h, in); err != nil {
		return sum, err
	}
	copy(sum[:], h.Sum(nil))
	return sum, nil
}

// takeAway removes the files that were put in place.
func (s *staging) takeAway() error {
	var err error
	for _, name := range s.placed {
		err = errors.Join(err, os.Remove(name))
	}
	return err
}

// discard removes what was not put in place.
func (s *staging) discard() error {
	return errors.Join(s.root.Close(), os.RemoveAll(s.dir))
}
