package vault

import (
	"cmp"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/allclear/allclear/internal/platform/store"
)

// ring is the data keys as one process knows them. It is never changed, only replaced.
type ring struct {
	keys   map[string]cipher.AEAD
	order  []dated              // those in the database, by the moment from which they seal
	gone   map[string]time.Time // deleted keys, kept for a while for readers of an old snapshot
	loaded time.Time            // monotonic
}

type dated struct {
	id     string
	master string
	from   store.Instant
	aead   cipher.AEAD
}

// How a process keeps up with the keys of the others. A new key is announced for longer
// than two refreshes before it seals (see Config.Ahead).
const (
	refreshEvery = 5 * time.Second
	// lookAgainAfter bounds how often forged values can make a process ask the database.
	lookAgainAfter = 200 * time.Millisecond
	// keepGone is longer than any transaction of ours may last (an export: 15 minutes).
	keepGone = 20 * time.Minute
)

// current is the key that seals now.
func (r *ring) current(now time.Time) dated {
	at := store.At(now)
	for i := len(r.order) - 1; i > 0; i-- {
		if r.order[i].from <= at {
			return r.order[i]
		}
	}
	return r.order[0]
}

// load reads the keys of the database.
func (v *Vault) load(ctx context.Context, tx *store.Tx, masters masterKeys) (*ring, error) {
	const q = `SELECT id, master_id, sealed, current_from FROM vault_keys`
	type row struct {
		dated
		sealed string
	}
	found, err := tx.Query(ctx, q)
	rows, err := store.Collect(found, err, func(s store.Scanner) (x row, err error) {
		return x, s.Scan(&x.id, &x.master, &x.sealed, &x.from)
	})
	if err != nil {
		return nil, fmt.Errorf("read the data keys: %w", err)
	}
	r := &ring{keys: map[string]cipher.AEAD{}, gone: map[string]time.Time{}, loaded: time.Now()}
	for _, x := range rows {
		if x.aead = v.known(x.id); x.aead == nil {
			secret, err := masters.open(x.master, x.sealed)
			if err != nil {
				return nil, fmt.Errorf("open data key %s: %w", x.id, err)
			}
			if x.aead, err = aeadOf(secret); err != nil {
				return nil, err
			}
		}
		r.keys[x.id] = x.aead
		r.order = append(r.order, x.dated)
	}
	slices.SortFunc(r.order, func(a, b dated) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.id, b.id)) })
	v.remember(r)
	return r, nil
}

func (v *Vault) known(id string) cipher.AEAD {
	if old := v.ring.Load(); old != nil {
		return old.keys[id]
	}
	return nil
}

// remember keeps keys that were deleted a short while ago.
func (v *Vault) remember(r *ring) {
	old := v.ring.Load()
	if old == nil {
		return
	}
	maps.Copy(r.gone, old.gone)
	for id, aead := range old.keys {
		if r.keys[id] != nil {
			delete(r.gone, id)
			continue
		}
		if r.gone[id].IsZero() {
			r.gone[id] = time.Now()
		}
		if time.Since(r.gone[id]) < keepGone {
			r.keys[id] = aead
		}
	}
}

func aeadOf(secret []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(secret)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

func (v *Vault) insertKey(ctx context.Context, tx *store.Tx, masters masterKeys, id string, from store.Instant) error {
	secret := make([]byte, 32)
	if _, err := rand.Read(secret); err != nil {
		return err
	}
	sealed, err := masters.newest().seal(secret)
	if err != nil {
		return err
	}
	const q = `
		INSERT INTO vault_keys (id, master_id, sealed, created_at, current_from)
		VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (id) DO NOTHING`
	_, err = tx.Exec(ctx, q, id, masters.newest().id, sealed, store.At(v.clock.Now()), from)
	return err
}

// Refresh reads the keys again: new ones of other processes, and which were deleted. The
// file of master keys is read again only when a data key is sealed by one not known yet.
func (v *Vault) Refresh(ctx context.Context) error {
	v.loading.Lock()
	defer v.loading.Unlock()
	return v.refresh(ctx)
}

func (v *Vault) refresh(ctx context.Context) error {
	masters, err := loadMasters(v.file)
	if err != nil {
		return err
	}
	return v.db.Read(ctx, func(tx *store.Tx) error {
		r, err := v.load(ctx, tx, masters)
		if err == nil && len(r.order) > 0 {
			v.ring.Store(r)
		}
		return err
	})
}

// lookAgain returns a key that this process did not know, or nil.
func (v *Vault) lookAgain(id string) cipher.AEAD {
	v.loading.Lock()
	defer v.loading.Unlock()
	r := v.ring.Load()
	if r.keys[id] != nil || time.Since(r.loaded) < lookAgainAfter {
		return r.keys[id]
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if v.refresh(ctx) != nil {
		return nil
	}
	return v.ring.Load().keys[id]
}

// Keep reads the keys again every few seconds until ctx ends. failed is told when that
// fails; the keys known so far stay in use.
func (v *Vault) Keep(ctx context.Context, failed func(error)) {
	tick := time.NewTicker(refreshEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := v.Refresh(ctx); err != nil && ctx.Err() == nil {
				failed(err)
			}
		}
	}
}

// Key is a data key as those see it who look after the keys.
type Key struct {
	ID          string        `json:"id"`
	Master      string        `json:"master_id"`
	CurrentFrom store.Instant `json:"current_from"`
	Current     bool          `json:"current"`
}

// Keys lists the data keys in the database, the oldest first.
func (v *Vault) Keys(ctx context.Context) ([]Key, error) {
	if err := v.Refresh(ctx); err != nil {
		return nil, err
	}
	r := v.ring.Load()
	now := r.current(v.clock.Now()).id
	out := make([]Key, len(r.order))
	for i, k := range r.order {
		out[i] = Key{ID: k.id, Master: k.master, CurrentFrom: k.from, Current: k.id == now}
	}
	return out, nil
}
