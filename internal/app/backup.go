package app

import (
	"context"
	"errors"
	"os"

	"github.com/allclear/allclear/internal/platform/backup"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/store"
)

// Backup writes a backup to a new file. A backup that fails leaves no file behind.
func (a *App) Backup(ctx context.Context, file string) (backup.Manifest, error) {
	out, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return backup.Manifest{}, fault.Invalidf("backup.no_file", "the backup file cannot be made: it must not exist, and its directory must").Because(err)
	}
	if _, err = a.Witness.Sign(ctx, a.DB); err != nil {
		return backup.Manifest{}, errors.Join(err, out.Close(), os.Remove(file))
	}
	m, err := backup.Create(ctx, a.DB, os.DirFS(a.Config.Data), out, backup.Options{Program: Version, Now: a.Door.Clock.Now()})
	err = errors.Join(err, out.Sync(), out.Close())
	if err != nil {
		err = errors.Join(err, os.Remove(file))
	}
	return m, err
}

// VerifyBackup checks that a backup is whole.
func VerifyBackup(ctx context.Context, file string) (backup.Manifest, error) {
	in, err := os.Open(file)
	if err != nil {
		return backup.Manifest{}, err
	}
	defer func() { _ = in.Close() }()
	return backup.Verify(ctx, in)
}

// RestoreBackup restores a backup into the empty database that the configuration names.
func RestoreBackup(ctx context.Context, c Config, file string) (backup.Manifest, error) {
	in, err := os.Open(file)
	if err != nil {
		return backup.Manifest{}, err
	}
	defer func() { _ = in.Close() }()
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return backup.Manifest{}, err
	}
	db, err := store.Open(ctx, c.databaseURL())
	if err != nil {
		return backup.Manifest{}, err
	}
	defer func() { _ = db.Close() }()
	if _, err := db.Migrate(ctx); err != nil {
		return backup.Manifest{}, err
	}
	return backup.Restore(ctx, db, in, c.Data)
}
