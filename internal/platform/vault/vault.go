// Package vault seals personal data at rest, finds it again without opening it, and
// masks it for people who need not see it whole.
//
// Words. The master key lives in a file outside the database (or wherever the
// operator mounts it). Data keys seal the fields; they are kept in the database,
// sealed by the master key, so that master keys can change without touching the data
// (envelope encryption). An index key, derived from the first master key, makes the
// keyed hashes by which an exact name, phone or number is found.
//
// Rotation. A new data key is announced before it seals, so that every process knows it
// by then. From then on new values are sealed with it, and a pass over all registered
// columns (Sealed) seals the older values again; that is no edit and leaves versions as
// they are. A key is deleted when a pass found nothing under it twice, with a pause in
// between that is longer than any write lasts.
//
// A sealed value reads "v1.<data key>.<base64>" and is bound to its class: a sealed
// phone cannot be passed off as a name. AES-256-GCM with a random 96-bit nonce; a data
// key is used for far fewer than the 2^32 messages that NIST SP 800-38D (8.3) allows.
//
// Invariants: nothing here writes a plain value to a log or an error; the empty text
// is sealed as the empty text.
package vault

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/allclear/allclear/internal/platform/clock"
	"github.com/allclear/allclear/internal/platform/store"
)

// Class says what kind of personal data a value is.
type Class string

// The classes. How each is masked is in Mask.
const (
	Name     Class = "name"
	Phone    Class = "phone"
	IDNumber Class = "id_number"
	Address  Class = "address"
	Health   Class = "health"
	FreeText Class = "free_text"
)

// Vault seals and opens. It is safe for concurrent use.
type Vault struct {
	index   []byte
	hashers sync.Pool // of *hasher, all with the index key
	db      *store.DB
	file    string
	clock   clock.Clock
	ring    atomic.Pointer[ring]
	loading sync.Mutex // one refresh at a time
}

// Open loads the data keys with the master key from file; on a new installation it
// makes both. A data key that the file's master key cannot open is an error: the
// wrong key file is in use, and nothing must be written with it.
func Open(ctx context.Context, db *store.DB, file string, c clock.Clock) (*Vault, error) {
	masters, err := loadMasters(file)
	if err != nil {
		return nil, err
	}
	v := &Vault{db: db, file: file, clock: c}
	if v.index, err = masters.indexKey(); err != nil {
		return nil, fmt.Errorf("derive the index key: %w", err)
	}
	err = db.Write(ctx, func(tx *store.Tx) error {
		r, err := v.load(ctx, tx, masters)
		if err == nil && len(r.order) == 0 {
			r, err = v.makeFirst(ctx, tx.Technical(), masters)
		}
		v.ring.Store(r)
		return err
	})
	if err != nil {
		return nil, err
	}
	return v, nil
}

// makeFirst makes the first data key. Its id is a name and not random, so that of two
// processes that start on a new database only one makes it: otherwise each would seal
// with a key the other does not know.
func (v *Vault) makeFirst(ctx context.Context, tx *store.Tx, masters masterKeys) (*ring, error) {
	if err := v.insertKey(ctx, tx, masters, firstDataKey, store.At(v.clock.Now())); err != nil {
		return nil, err
	}
	return v.load(ctx, tx, masters)
}

const firstDataKey = "k1"

// Seal returns plain sealed for storage.
func (v *Vault) Seal(class Class, plain string) (string, error) {
	if plain == "" {
		return "", nil
	}
	key := v.ring.Load().current(v.clock.Now())
	nonce := make([]byte, key.aead.NonceSize(), key.aead.NonceSize()+len(plain)+key.aead.Overhead())
	if _, err := rand.Read(nonce); err != nil {
		return "", err
	}
	sealed := key.aead.Seal(nonce, nonce, []byte(plain), []byte(class))
	return prefix + key.id + "." + base64.RawStdEncoding.EncodeToString(sealed), nil
}

// prefix begins every sealed value of this version.
const prefix = "v1."

var errCannotOpen = errors.New("a sealed value cannot be opened: it was changed, or its key is missing")

// Open returns the plain text of a value sealed under the same class. A key that this
// process does not know yet is looked for in the database once more.
func (v *Vault) Open(class Class, sealed string) (string, error) {
	if sealed == "" {
		return "", nil
	}
	id, body, ok := cutSealed(sealed)
	if !ok {
		return "", errCannotOpen
	}
	aead := v.ring.Load().keys[id]
	if aead == nil {
		if aead = v.lookAgain(id); aead == nil {
			return "", errCannotOpen
		}
	}
	raw, err := base64.RawStdEncoding.DecodeString(body)
	if err != nil || len(raw) < aead.NonceSize() {
		return "", errCannotOpen
	}
	nonce, sealedBytes := raw[:aead.NonceSize()], raw[aead.NonceSize():]
	plain, err := aead.Open(sealedBytes[:0], nonce, sealedBytes, []byte(class))
	if err != nil {
		return "", errCannotOpen
	}
	return string(plain), nil
}

func cutSealed(sealed string) (id, body string, ok bool) {
	rest, ok := strings.CutPrefix(sealed, prefix)
	if !ok {
		return "", "", false
	}
	return strings.Cut(rest, ".")
}

// Hash returns the keyed hash by which an exact value of a class is found. Callers
// normalise first (spaces, case, country code), so that equal things hash equally.
func (v *Vault) Hash(class Class, normalised string) string {
	if normalised == "" {
		return ""
	}
	h := hmac.New(sha256.New, v.index)
	h.Write([]byte(class))
	h.Write([]byte{0})
	h.Write([]byte(normalised))
	return hex.EncodeToString(h.Sum(nil)[:16])
}
