// Package vault seals personal data at rest, finds it again without opening it, and
// masks it for people who need not see it whole.
//
// Words. The master key lives in a file outside the database (or wherever the
// operator mounts it). Data keys seal the fields; they are kept in the database,
// sealed by the master key, so that master keys can change without touching the data
// (envelope encryption). An index key, derived from the first master key, makes the
// keyed hashes by which an exact name, phone or number is found.
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
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"

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
	current string

	mu   sync.RWMutex
	keys map[string]cipher.AEAD
}

// Open loads the data keys with the master key from file; on a new installation it
// makes both. A data key that the file's master key cannot open is an error: the
// wrong key file is in use, and nothing must be written with it.
func Open(ctx context.Context, db *store.DB, file string, c clock.Clock) (*Vault, error) {
	masters, err := loadMasters(file)
	if err != nil {
		return nil, err
	}
	v := &Vault{keys: map[string]cipher.AEAD{}}
	if v.index, err = hkdf.Key(sha256.New, masters.oldest().secret, nil, "allclear keyed hash v1", 32); err != nil {
		return nil, fmt.Errorf("derive the index key: %w", err)
	}
	err = db.Write(ctx, func(tx *store.Tx) error { return v.load(ctx, tx.Technical(), masters, c) })
	if err != nil {
		return nil, err
	}
	return v, nil
}

func (v *Vault) load(ctx context.Context, tx *store.Tx, masters masterKeys, c clock.Clock) error {
	type row struct{ id, master, sealed string }
	const q = `SELECT id, master_id, sealed FROM vault_keys ORDER BY created_at, id`
	found, err := tx.Query(ctx, q)
	rows, err := store.Collect(found, err, func(r store.Scanner) (x row, err error) {
		err = r.Scan(&x.id, &x.master, &x.sealed)
		return x, err
	})
	if err != nil {
		return err
	}
	for _, r := range rows {
		secret, err := masters.open(r.master, r.sealed)
		if err != nil {
			return fmt.Errorf("open data key %s: %w", r.id, err)
		}
		if err := v.add(r.id, secret); err != nil {
			return err
		}
		v.current = r.id
	}
	if v.current != "" {
		return nil
	}
	return v.makeDataKey(ctx, tx, masters, c)
}

func (v *Vault) makeDataKey(ctx context.Context, tx *store.Tx, masters masterKeys, c clock.Clock) error {
	secret := make([]byte, 32)
	if _, err := rand.Read(secret); err != nil {
		return err
	}
	sealed, err := masters.newest().seal(secret)
	if err != nil {
		return err
	}
	const q = `
		INSERT INTO vault_keys (id, master_id, sealed, created_at)
		VALUES ($1, $2, $3, $4)
		ON CONFLICT (id) DO NOTHING`
	n, err := tx.Exec(ctx, q, firstDataKey, masters.newest().id, sealed, store.At(c.Now()))
	if err != nil {
		return err
	}
	if n == 0 { // another process starts at the same moment: its key counts
		return v.load(ctx, tx, masters, c)
	}
	v.current = firstDataKey
	return v.add(firstDataKey, secret)
}

// firstDataKey is a name and not random, so that of two processes that start on a new
// database only one makes it. Otherwise each would seal with a key the other does not
// know.
const firstDataKey = "k1"

func (v *Vault) add(id string, secret []byte) error {
	block, err := aes.NewCipher(secret)
	if err != nil {
		return err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.keys[id] = aead
	return nil
}

// Seal returns plain sealed for storage.
func (v *Vault) Seal(class Class, plain string) (string, error) {
	if plain == "" {
		return "", nil
	}
	v.mu.RLock()
	aead, id := v.keys[v.current], v.current
	v.mu.RUnlock()
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	if _, err := rand.Read(nonce); err != nil {
		return "", err
	}
	sealed := aead.Seal(nonce, nonce, []byte(plain), []byte(class))
	return "v1." + id + "." + base64.RawStdEncoding.EncodeToString(sealed), nil
}

var errCannotOpen = errors.New("a sealed value cannot be opened: it was changed, or its key is missing")

// Open returns the plain text of a value sealed under the same class.
func (v *Vault) Open(class Class, sealed string) (string, error) {
	if sealed == "" {
		return "", nil
	}
	version, rest, _ := strings.Cut(sealed, ".")
	id, body, ok := strings.Cut(rest, ".")
	v.mu.RLock()
	aead := v.keys[id]
	v.mu.RUnlock()
	if version != "v1" || !ok || aead == nil {
		return "", errCannotOpen
	}
	raw, err := base64.RawStdEncoding.DecodeString(body)
	if err != nil || len(raw) < aead.NonceSize() {
		return "", errCannotOpen
	}
	plain, err := aead.Open(nil, raw[:aead.NonceSize()], raw[aead.NonceSize():], []byte(class))
	if err != nil {
		return "", errCannotOpen
	}
	return string(plain), nil
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
