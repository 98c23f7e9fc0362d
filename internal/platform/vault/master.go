package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
)

// masterKey seals data keys and nothing else.
type masterKey struct {
	id     string
	secret []byte
}

// masterKeys are in the order of the file: the oldest first, the one in use last.
type masterKeys struct {
	keys  []masterKey
	index []byte // of the keyed hashes, once the first master key is gone from the file
}

type keyFile struct {
	Note  string    `json:"note"`
	Keys  []fileKey `json:"keys"`
	Index string    `json:"index,omitempty"`
}

type fileKey struct {
	ID     string `json:"id"`
	Secret string `json:"secret"`
}

const keyFileNote = "AllClear master keys. Without this file personal data cannot be read: keep a copy apart from the database."

func loadMasters(file string) (masterKeys, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return makeMasters(file)
	}
	if err != nil {
		return masterKeys{}, fault.Unavailablef("vault.no_key_file", "the key file cannot be read").Because(err)
	}
	var f keyFile
	if err := json.Unmarshal(text, &f); err != nil || len(f.Keys) == 0 {
		return masterKeys{}, fault.Unavailablef("vault.bad_key_file", "the key file is damaged; restore it from your copy")
	}
	var out masterKeys
	if f.Index != "" {
		var err error
		if out.index, err = base64.StdEncoding.DecodeString(f.Index); err != nil || len(out.index) != 32 {
			return masterKeys{}, fault.Unavailablef("vault.bad_key_file", "the index key in the key file is not 32 bytes")
		}
	}
	for _, k := range f.Keys {
		secret, err := base64.StdEncoding.DecodeString(k.Secret)
		if err != nil || len(secret) != 32 || strings.Trim(string(secret), "\x00") == "" {
			return masterKeys{}, fault.Unavailablef("vault.bad_key_file", "key %q in the key file is not 32 random bytes", k.ID)
		}
		out.keys = append(out.keys, masterKey{id: k.ID, secret: secret})
	}
	return out, nil
}

func makeMasters(file string) (masterKeys, error) {
	key, err := newMaster()
	if err != nil {
		return masterKeys{}, err
	}
	made := masterKeys{keys: []masterKey{key}}
	text, err := made.text()
	if err != nil {
		return masterKeys{}, err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return masterKeys{}, fmt.Errorf("make the key directory: %w", err)
	}
	if err := create(file, text); errors.Is(err, fs.ErrExist) {
		return loadMasters(file) // another process starts at the same moment: its key counts
	} else if err != nil {
		return masterKeys{}, fmt.Errorf("make the key file: %w", err)
	}
	return made, nil
}

func newMaster() (masterKey, error) {
	secret := make([]byte, 32)
	if _, err := rand.Read(secret); err != nil {
		return masterKey{}, err
	}
	return masterKey{id: strings.ReplaceAll(ids.New(), "-", "")[20:], secret: secret}, nil
}

// text is what stands in the file.
func (m masterKeys) text() ([]byte, error) {
	f := keyFile{Note: keyFileNote}
	for _, k := range m.keys {
		f.Keys = append(f.Keys, fileKey{k.id, base64.StdEncoding.EncodeToString(k.secret)})
	}
	if m.index != nil {
		f.Index = base64.StdEncoding.EncodeToString(m.index)
	}
	text, err := json.MarshalIndent(f, "", "  ")
	return append(text, '\n'), err
}

// indexKey is the key of the keyed hashes: derived from the first master key, and kept in
// the file by itself once there is a second one, so that the first can go.
func (m masterKeys) indexKey() ([]byte, error) {
	if m.index != nil {
		return m.index, nil
	}
	return hkdf.Key(sha256.New, m.keys[0].secret, nil, "allclear keyed hash v1", 32)
}

// create makes the file with its whole content at once or not at all, and never
// replaces one: the link appears only when all is on the disk.
func create(file string, content []byte) error {
	part, err := os.CreateTemp(filepath.Dir(file), ".new-key-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(part.Name()) }()
	defer func() { _ = part.Close() }()
	if _, err := part.Write(content); err != nil {
		return err
	}
	if err := part.Sync(); err != nil {
		return err
	}
	if err := os.Link(part.Name(), file); err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	return createPlain(file, content) // a file system without links
}

func createPlain(file string, content []byte) error {
	out, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = out.Close() }()
	if _, err := out.Write(content); err != nil {
		return err
	}
	return out.Sync()
}

func (m masterKeys) newest() masterKey { return m.keys[len(m.keys)-1] }

func (m masterKeys) open(id, sealed string) ([]byte, error) {
	for _, k := range m.keys {
		if k.id == id {
			return k.unseal(sealed)
		}
	}
	return nil, fault.Unavailablef("vault.wrong_key_file",
		"the key file does not hold master key %s, which this database was sealed with; restore the right key file", id)
}

func (k masterKey) aead() (cipher.AEAD, error) {
	block, err := aes.NewCipher(k.secret)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

func (k masterKey) seal(secret []byte) (string, error) {
	aead, err := k.aead()
	if err != nil {
		return "", err
	}
	nonce := make([]byte, aead.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return "", err
	}
	return base64.RawStdEncoding.EncodeToString(aead.Seal(nonce, nonce, secret, []byte(k.id))), nil
}

func (k masterKey) unseal(sealed string) ([]byte, error) {
	aead, err := k.aead()
	if err != nil {
		return nil, err
	}
	raw, err := base64.RawStdEncoding.DecodeString(sealed)
	if err != nil || len(raw) < aead.NonceSize() {
		return nil, errCannotOpen
	}
	return aead.Open(nil, raw[:aead.NonceSize()], raw[aead.NonceSize():], []byte(k.id))
}
