package vault

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
)

// hasher is one keyed hash with room for its input and its sum. Setting one up costs more
// than computing it, so they are kept for the next value.
type hasher struct {
	mac  hash.Hash
	text []byte
	sum  [sha256.Size]byte
}

// Key returns a keyed hash of 63 bits, for search keys that stand in indexes: above zero
// for every text, and 0 for the empty one. Two texts share a key by chance once in 2^63,
// so a search opens what it finds and compares; Hash is for what must be unique.
func (v *Vault) Key(class Class, text string) int64 {
	if text == "" {
		return 0
	}
	h, _ := v.hashers.Get().(*hasher)
	if h == nil {
		h = &hasher{mac: hmac.New(sha256.New, v.index), text: make([]byte, 0, 64)}
	}
	defer v.hashers.Put(h)
	h.text = append(append(append(append(h.text[:0], "key\x00"...), class...), 0), text...)
	h.mac.Reset()
	_, _ = h.mac.Write(h.text)
	clear(h.text) // nothing in plain stays behind
	sum := h.mac.Sum(h.sum[:0])
	return max(int64(binary.BigEndian.Uint64(sum)>>1), 1)
}
