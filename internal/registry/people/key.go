package people

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/allclear/allclear/internal/platform/vault"
)

// The keyed texts. Each has a name of its own, so that equal texts of different meaning
// have different keys.
const (
	nameHead      vault.Class = "name.head"
	nameWhole     vault.Class = "name.whole"
	initialsHead  vault.Class = "initials.head"
	initialsWhole vault.Class = "initials.whole"
	pinyinHead    vault.Class = "pinyin.head"
	pinyinWhole   vault.Class = "pinyin.whole"
	phoneHead     vault.Class = "phone.tail"
	phoneWhole    vault.Class = "phone.whole"
	plateWhole    vault.Class = "plate.whole"
	doorNumber    vault.Class = "household.number"
)

// half is the lower half of a key of two levels.
const half = 1 << 32

// key joins the key of the coarse part and that of the whole.
func (s *Service) key(head vault.Class, coarse string, whole vault.Class, all string) int64 {
	if coarse == "" {
		return 0
	}
	return max(s.vault.Key(head, coarse)/half*half+s.vault.Key(whole, all)%half, 1)
}

// span is a stretch of keys, to excluded.
type span struct{ from, to int64 }

func only(key int64) span { return span{key, key + 1} }

// under are the keys with this coarse part.
func (s *Service) under(head vault.Class, coarse string) span {
	from := s.vault.Key(head, coarse) / half * half
	return span{from, from + half}
}

// nameKey is the key of a name: its first two characters, and all of it.
func (s *Service) nameKey(name string) int64 {
	n := normalName(name)
	return s.key(nameHead, head(n, 2), nameWhole, n)
}

// head returns the first n characters.
func head(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// phoneKey is the key of a phone: its last four digits, and all of it.
func (s *Service) phoneKey(phone string) int64 {
	p := normalPhone(phone)
	return s.key(phoneHead, p[max(0, len(p)-tailDigits):], phoneWhole, p)
}

// tailDigits is how many last digits of a phone find it.
const tailDigits = 4

func (s *Service) plateKey(text string) int64 { return s.vault.Key(plateWhole, plate(text)) }

// sound is how the beginning of a name is read: the keys of the initials of the first two
// and of the first three syllables, and of the first and of the first two in full.
type sound struct{ initials, pinyin int64 }

func (s *Service) sound(first, second, third string) sound {
	if first == "" {
		return sound{}
	}
	two := initial(first) + initial(second)
	return sound{
		initials: s.key(initialsHead, two, initialsWhole, two+initial(third)),
		pinyin:   s.key(pinyinHead, first, pinyinWhole, first+second),
	}
}

func initial(reading string) string {
	_, n := utf8.DecodeRuneInString(reading)
	return reading[:n]
}

// mostReadings bounds how many other readings of one name are kept.
const mostReadings = 6

// sounds are the ways in which a name is read, the likeliest first.
func (s *Service) sounds(name string) []sound {
	heard := slices.DeleteFunc(unitsOf(name), func(u unit) bool { return len(u.readings) == 0 })
	if len(heard) == 0 {
		return nil
	}
	at := func(i int) []string {
		if i < len(heard) {
			return heard[i].readings
		}
		return nothing
	}
	out := make([]sound, 0, 1)
	put := func(a, b, c string) {
		x := s.sound(a, b, c)
		for _, known := range out {
			if known == x {
				return
			}
		}
		if len(out) <= mostReadings {
			out = append(out, x)
		}
	}
	for _, c := range at(2) {
		for _, b := range at(1) {
			for _, a := range at(0) {
				put(a, b, c)
			}
		}
	}
	if last := len(heard) - 1; last > 0 && heard[0].han == 0 && heard[last].han == 0 {
		put(at(last)[0], at(0)[0], "") // the family name first
		put(at(1)[0], at(0)[0], at(2)[0])
	}
	return out
}

var nothing = []string{""}

// plate levels what is no difference between plates: spaces, dots and case.
func plate(text string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("·•‧・.", r) {
			return -1
		}
		return r
	}, normalNumber(text))
}
