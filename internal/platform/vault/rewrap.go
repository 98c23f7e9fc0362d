package vault

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/store"
)

// AddMaster puts a new master key at the end of the key file and returns its id. From now
// on it seals new data keys; those there are stay sealed by the older one until Rewrap.
// With several machines the file must be copied to all of them before Rewrap.
func (v *Vault) AddMaster() (id string, err error) {
	masters, err := loadMasters(v.file)
	if err != nil {
		return "", err
	}
	if masters.index, err = masters.indexKey(); err != nil {
		return "", err
	}
	key, err := newMaster()
	if err != nil {
		return "", err
	}
	masters.keys = append(masters.keys, key)
	return key.id, replaceFile(v.file, masters)
}

// Rewrap seals all data keys by the newest master key of the file, in one transaction,
// and returns how many. The data are not touched.
func (v *Vault) Rewrap(ctx context.Context) (n int, err error) {
	masters, err := loadMasters(v.file)
	if err != nil {
		return 0, err
	}
	newest := masters.newest()
	err = v.db.Write(ctx, func(tx *store.Tx) error {
		n = 0
		type row struct{ id, master, sealed string }
		found, err := tx.Query(ctx, `SELECT id, master_id, sealed FROM vault_keys`)
		rows, err := store.Collect(found, err, func(s store.Scanner) (x row, err error) { return x, s.Scan(&x.id, &x.master, &x.sealed) })
		if err != nil {
			return err
		}
		for _, r := range rows {
			if r.master == newest.id {
				continue
			}
			secret, err := masters.open(r.master, r.sealed)
			if err != nil {
				return fmt.Errorf("open data key %s: %w", r.id, err)
			}
			sealed, err := newest.seal(secret)
			if err != nil {
				return err
			}
			const q = `UPDATE vault_keys SET master_id = $2, sealed = $3 WHERE id = $1 AND sealed = $4`
			if err := tx.Technical().ExecOne(ctx, q, r.id, newest.id, sealed, r.sealed); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return n, v.Refresh(ctx)
}

// DropMasters takes the master keys out of the file that no data key of the database is
// sealed by. Backups made before need them: keep a copy of the file as it was.
func (v *Vault) DropMasters(ctx context.Context) (dropped []string, err error) {
	masters, err := loadMasters(v.file)
	if err != nil {
		return nil, err
	}
	keys, err := v.Keys(ctx)
	if err != nil {
		return nil, err
	}
	if masters.index == nil && len(masters.keys) > 1 {
		return nil, fault.Conflictf("vault.no_index_key", "the key file does not hold the index key by itself; run `allclear vault rotate-master` first")
	}
	kept := masterKeys{index: masters.index}
	for _, m := range masters.keys {
		used := m.id == masters.newest().id || slices.ContainsFunc(keys, func(k Key) bool { return k.Master == m.id })
		if used {
			kept.keys = append(kept.keys, m)
		} else {
			dropped = append(dropped, m.id)
		}
	}
	if len(dropped) == 0 {
		return []string{}, nil
	}
	return dropped, replaceFile(v.file, kept)
}

// replaceFile puts the keys in the place of the file, at once or not at all.
func replaceFile(file string, m masterKeys) error {
	text, err := m.text()
	if err != nil {
		return err
	}
	part, err := os.CreateTemp(filepath.Dir(file), ".new-key-*") // mode 0600
	if err != nil {
		return fault.Unavailablef("vault.no_key_file", "the key file cannot be written").Because(err)
	}
	defer func() { _ = os.Remove(part.Name()) }()
	_, err = part.Write(text)
	if err = errors.Join(err, part.Sync(), part.Close()); err != nil {
		return fault.Unavailablef("vault.no_key_file", "the key file cannot be written").Because(err)
	}
	return os.Rename(part.Name(), file)
}

// Mark returns the key of a hidden watermark for what the text names. It is derived from
// the index key, so that a mark can be told as long as hashes can be looked up.
func (v *Vault) Mark(text string) string {
	return base64.RawStdEncoding.EncodeToString([]byte(v.Hash("export_mark", text)))
}
