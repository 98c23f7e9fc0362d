package disclosure

import (
	"crypto/sha256"
	"encoding/base64"
	"math"
	"strings"

	"github.com/allclear/allclear/internal/platform/vault"
)

// The hidden mark. Some characters can be written in two ways that look the same: the
// star of a masked value, the space beside the signs of a trail of places. Which way each
// is written is told by a keyed hash of the export and the cell's own text, so that every
// cell carries a part of the mark by itself: rows can be cut out or sorted, columns
// renamed or removed. Plain names, phones and numbers are never touched; in a file of
// plain values the order of neighbouring rows carries the mark instead.
var twins = []struct{ usual, other rune }{
	{'*', '\u2217'}, // ∗ asterisk operator; survives Unicode normalisation
	{' ', '\u00a0'}, // no-break space
}

// markKey is the key of one export's mark.
type markKey [sha256.Size]byte

func keyOf(v *vault.Vault, export string) markKey { return sha256.Sum256([]byte(v.Mark(export))) }

// bits are pseudo-random for the text.
func (k markKey) bits(text string) [sha256.Size]byte {
	b := make([]byte, 0, len(k)+len(text))
	return sha256.Sum256(append(append(b, k[:]...), text...))
}

func usual(r rune) (plain rune, isTwin, other bool) {
	for _, t := range twins {
		switch r {
		case t.usual:
			return t.usual, true, false
		case t.other:
			return t.usual, true, true
		}
	}
	return r, false, false
}

// unmarked is the text with every character written the usual way.
func unmarked(text string) string {
	return strings.Map(func(r rune) rune { p, _, _ := usual(r); return p }, text)
}

// cell writes a text with the mark.
func (k markKey) cell(text string) string {
	if !strings.ContainsAny(text, "* ") {
		return text
	}
	bits, at := k.bits(text), 0
	return strings.Map(func(r rune) rune {
		for _, t := range twins {
			if r != t.usual {
				continue
			}
			at++
			if at <= 8*len(bits) && bits[(at-1)/8]>>((at-1)%8)&1 == 1 {
				return t.other
			}
		}
		return r
	}, text)
}

// first says which of two neighbouring rows stands first: told by the key and the two,
// whichever way round they are asked for.
func (k markKey) first(a, b string) string {
	if b < a {
		a, b = b, a
	}
	if k.bits(a + "\x00" + b)[0]&1 == 1 {
		return b
	}
	return a
}

// order puts the rows of a page into the order that carries the mark: each pair of
// neighbours one way or the other.
func (k markKey) order(rows []Row) {
	for i := 0; i+1 < len(rows); i += 2 {
		if k.first(rows[i].Subject, rows[i+1].Subject) != rows[i].Subject {
			rows[i], rows[i+1] = rows[i+1], rows[i]
		}
	}
}

// evidence is how well a file agrees with one export's mark.
type evidence struct{ agree, of int }

// cellEvidence compares the characters of a cell with how the export writes it.
func (k markKey) cellEvidence(text string) (e evidence) {
	bits, at := k.bits(unmarked(text)), 0
	for _, r := range text {
		_, twin, other := usual(r)
		if !twin {
			continue
		}
		if at++; at > 8*len(bits) {
			break
		}
		e.of++
		if other == (bits[(at-1)/8]>>((at-1)%8)&1 == 1) {
			e.agree++
		}
	}
	return e
}

// chance is the logarithm (base 10) of an upper bound on the probability that a file with
// another mark or none agrees so well by chance: Hoeffding's inequality for fair coins
// (W. Hoeffding, JASA 58, 1963, theorem 1).
func (e evidence) chance() float64 {
	if e.of == 0 {
		return 0
	}
	over := float64(e.agree)/float64(e.of) - 0.5
	if over <= 0 {
		return 0
	}
	return -2 * float64(e.of) * over * over / math.Ln10
}

// memberKey is what the marks of people in one file are made with.
func memberKey(v *vault.Vault, file string) []byte {
	b, err := base64.RawStdEncoding.DecodeString(v.Mark("members of " + file))
	if err != nil { // Mark writes nothing else
		panic(err)
	}
	return b
}
