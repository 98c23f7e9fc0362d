package importer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/importer/osm"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
)

// maxName is the longest file name kept.
const maxName = 200

// Receive stores an uploaded file and returns its id. The name is only shown. A file
// larger than the limit is refused and removed.
func (e *Engine) Receive(ctx context.Context, call op.Call, name string, content io.Reader) (string, error) {
	f := storedFile{ID: ids.New(), Name: cleanName(name), CreatedBy: call.Principal.UserID}
	f.Path = f.ID + ".upload"
	var err error
	if f.Size, f.SHA256, err = e.keep(f.Path, content); err != nil {
		return "", err
	}
	_, err = op.Do(ctx, e.Door, CreateJob, call, func(ctx context.Context, tx *op.Tx) (struct{}, error) {
		f.CreatedAt = tx.Now()
		return struct{}{}, insertFile(ctx, tx.Technical(), f)
	})
	if err != nil {
		_ = os.Remove(e.path(f))
		return "", err
	}
	return f.ID, nil
}

func cleanName(name string) string {
	name = filepath.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F {
			return -1
		}
		return r
	}, name)
	if utf8.RuneCountInString(name) > maxName {
		name = string([]rune(name)[:maxName])
	}
	return name
}

func (e *Engine) path(f storedFile) string { return filepath.Join(e.Dir, f.Path) }

func (e *Engine) keep(name string, content io.Reader) (size int64, sum string, err error) {
	if err := os.MkdirAll(e.Dir, 0o700); err != nil {
		return 0, "", err
	}
	out, err := os.OpenFile(filepath.Join(e.Dir, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, "", err
	}
	hash := sha256.New()
	size, err = io.Copy(io.MultiWriter(out, hash), io.LimitReader(content, e.MaxFile+1))
	if err == nil && size > e.MaxFile {
		err = fault.Invalidf("importer.too_large", "the file is larger than %d MB", e.MaxFile>>20).Param("limit", e.MaxFile>>20)
	}
	if err == nil {
		err = out.Sync() // a job must be able to go on after a power cut
	}
	if err = errors.Join(err, out.Close()); err != nil {
		_ = os.Remove(filepath.Join(e.Dir, name))
		return 0, "", err
	}
	return size, hex.EncodeToString(hash.Sum(nil)), nil
}

// whole makes sure that the file is still the one that was uploaded: a run goes on by row
// numbers, which mean nothing in another file.
func (e *Engine) whole(f storedFile) error {
	in, err := os.Open(e.path(f))
	if errors.Is(err, os.ErrNotExist) {
		return fault.NotFoundf("importer.file_gone", "the file is not there, or has been deleted; upload it again")
	}
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	hash := sha256.New()
	if _, err := io.Copy(hash, in); err != nil {
		return err
	}
	if hex.EncodeToString(hash.Sum(nil)) != f.SHA256 {
		return fault.Conflictf("importer.file_changed", "the file has been changed since it was uploaded")
	}
	return nil
}

// Expire deletes what must not be kept longer: refused rows after 7 days, what undo needs
// after 72 hours, files of jobs that ended 7 days ago and files no job has used for a day.
func (e *Engine) Expire(ctx context.Context) error {
	now := e.Door.Clock.Now()
	var gone []storedFile
	err := e.Door.DB.Write(ctx, func(s *store.Tx) error {
		tx := s.Technical()
		for _, q := range []string{
			`UPDATE import_refusals SET detail = '', cells = ''
			 WHERE  cells || detail <> '' AND job_id IN (SELECT id FROM import_jobs WHERE rejects_until <= $1)`,
			`DELETE FROM import_refusals
			 WHERE  phase = 'dry' AND job_id IN (SELECT id FROM import_jobs WHERE rejects_until <= $1)`,
			`UPDATE import_changes SET before = ''
			 WHERE  before <> '' AND job_id IN (SELECT id FROM import_jobs WHERE undo_until <= $1)`,
		} {
			if _, err := tx.Exec(ctx, q, store.At(now)); err != nil {
				return err
			}
		}
		var err error
		gone, err = expireFiles(ctx, tx, store.At(now), store.At(now.AddDate(0, 0, -1)))
		return err
	})
	if err != nil {
		return err
	}
	for _, f := range gone {
		for _, name := range []string{e.path(f), osm.Kept(e.path(f))} {
			if e := os.Remove(name); e != nil && !errors.Is(e, os.ErrNotExist) {
				err = errors.Join(err, e)
			}
		}
	}
	return err
}

func expireFiles(ctx context.Context, tx *store.Tx, now, unusedBefore store.Instant) ([]storedFile, error) {
	const q = `
		UPDATE import_files
		SET    deleted_at = $1
		WHERE  deleted_at IS NULL AND created_at < $2
		AND    NOT EXISTS (
			SELECT 1 FROM import_jobs j
			WHERE  j.file_id = import_files.id AND (j.rejects_until IS NULL OR j.rejects_until > $1))
		RETURNING ` + fileColumns
	rows, err := tx.Query(ctx, q, now, unusedBefore)
	return store.Collect(rows, err, scanFile)
}
