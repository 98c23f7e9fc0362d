package disclosure

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/store"
)

// Who was in a file is kept as a Bloom filter: three bytes a person, nothing to read
// without the key. With 24 bits and 16 positions a person, somebody who was not in the
// file seems to have been with a probability of 1e-5 (Bloom, CACM 13, 1970); nobody who
// was is ever missing.
const (
	bitsPerPerson = 24
	positions     = 16
	pieceBits     = 1 << 16 // 8 KiB a row of export_members
)

type memberSet struct {
	key  []byte
	bits int64
	set  []byte
}

func newMemberSet(key []byte, persons int64) *memberSet {
	n := max(persons, 50) * bitsPerPerson
	return &memberSet{key: key, bits: n, set: make([]byte, (n+7)/8)}
}

// member is what a person's positions are made from.
type member struct{ a, b uint64 }

func (m *memberSet) of(subject string) member { return memberOf(m.key, subject) }

func memberOf(key []byte, subject string) member {
	b := make([]byte, 0, len(key)+len(subject))
	sum := sha256.Sum256(append(append(b, key...), subject...))
	return member{binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:16]) | 1}
}

func (x member) position(i int, bits int64) int64 { return int64((x.a + uint64(i)*x.b) % uint64(bits)) }

func (m *memberSet) add(x member) {
	for i := range positions {
		p := x.position(i, m.bits)
		m.set[p/8] |= 1 << (p % 8)
	}
}

// write keeps the set.
func (m *memberSet) write(ctx context.Context, tx *store.Tx, file string) error {
	var rows [][]any
	for piece := 0; piece*pieceBits/8 < len(m.set); piece++ {
		from := piece * pieceBits / 8
		part := m.set[from:min(from+pieceBits/8, len(m.set))]
		rows = append(rows, []any{file, int64(piece), base64.RawStdEncoding.EncodeToString(part)})
	}
	_, err := tx.Technical().Insert(ctx, "export_members", []string{"file_id", "piece", "bits"}, rows)
	return err
}

// inFile reports whether a person was in a file, reading only the pieces that say so.
func (s *Service) inFile(ctx context.Context, tx *store.Tx, file string, bits int64, subject string) (bool, error) {
	x := memberOf(memberKey(s.vault, file), subject)
	pieces := map[int64][]byte{}
	for i := range positions {
		p := x.position(i, bits)
		piece, ok := pieces[p/pieceBits]
		if !ok {
			var text string
			err := tx.QueryRow(ctx, `SELECT bits FROM export_members WHERE file_id = $1 AND piece = $2`, file, p/pieceBits).Scan(&text)
			if fault.KindOf(err) == fault.NotFound {
				return true, nil // the file began and its end was never written: whoever was chosen may have been in it
			}
			if err != nil {
				return false, err
			}
			if piece, err = base64.RawStdEncoding.DecodeString(text); err != nil {
				return false, fmt.Errorf("read who was in file %s: %w", file, err)
			}
			pieces[p/pieceBits] = piece
		}
		within := p % pieceBits
		if int(within/8) >= len(piece) || piece[within/8]>>(within%8)&1 == 0 {
			return false, nil
		}
	}
	return true, nil
}
