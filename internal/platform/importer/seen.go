package importer

import (
	"crypto/sha256"
	"encoding/binary"
	"hash/fnv"
	"sort"
)

// seen remembers the keys of the rows handled so far, to find rows of one file that are
// about the same record. A million rows cost about 100 MB less than with the keys as text.
type seen map[[16]byte]first

// first is the first row with a key.
type first struct {
	cells   uint64 // digest of what it says
	number  int32
	refused bool
}

func keyOf(key string) [16]byte {
	sum := sha256.Sum256([]byte(key))
	return [16]byte(sum[:16])
}

// says is a digest of everything a row says: its values and the kept extra cells.
func (r Row) says() uint64 {
	h := fnv.New64a()
	put := func(parts ...string) {
		for _, p := range parts {
			var size [8]byte
			binary.LittleEndian.PutUint64(size[:], uint64(len(p)))
			_, _ = h.Write(size[:])
			_, _ = h.Write([]byte(p))
		}
	}
	keys := make([]string, 0, len(r.values))
	for k := range r.values {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		put(k, string('0'+rune(r.values[k].State)), r.values[k].Text)
	}
	names := make([]string, 0, len(r.extra))
	for k := range r.extra {
		names = append(names, k)
	}
	sort.Strings(names)
	for _, k := range names {
		put(k, r.extra[k])
	}
	return h.Sum64()
}
