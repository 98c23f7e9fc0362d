package people

import (
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// MatchedBy says what of a person a search has met.
type MatchedBy string

// The ways of being found.
const (
	ByName     MatchedBy = "name"
	ByPinyin   MatchedBy = "pinyin"
	ByInitials MatchedBy = "initials"
	ByTail     MatchedBy = "phone_tail"
	ByPhone    MatchedBy = "phone"
	ByIDNumber MatchedBy = "id_number"
	ByVehicle  MatchedBy = "vehicle"
	ByKey      MatchedBy = "external_key"
)

// levelled is a query in small letters without accents, its parts parted by single spaces.
func levelled(q string) []rune {
	out := make([]rune, 0, len(q))
	for _, r := range folded(norm.NFKC.String(q)) {
		switch {
		case unicode.Is(unicode.Han, r) || unicode.IsLetter(r) || unicode.IsDigit(r):
			out = append(out, r)
		case r == '\'' || r == '’':
		case len(out) > 0 && out[len(out)-1] != ' ':
			out = append(out, ' ')
		}
	}
	for len(out) > 0 && out[len(out)-1] == ' ' {
		out = out[:len(out)-1]
	}
	return out
}

// matches reports whether a name begins as the query says, and by what. Each character
// is named by itself, by its pinyin, or by the beginning of it: its initial (z, zh) or,
// at the end of the query or before a space, any part. Words in letters may be in another order.
func matches(units []unit, q []rune) (MatchedBy, bool) {
	for _, u := range orderings(units) {
		if m := (match{units: u, q: q}); m.from(0, 0) {
			return m.by(), true
		}
	}
	return "", false
}

// orderings are the ways in which the words of a name are written: as given, and for
// names in letters with the last, or the second word first.
func orderings(units []unit) [][]unit {
	out := [][]unit{units}
	last := len(units) - 1
	if last < 1 || units[0].han != 0 || units[last].han != 0 {
		return out
	}
	out = append(out, append([]unit{units[last]}, units[:last]...))
	if last > 1 {
		out = append(out, append([]unit{units[1], units[0]}, units[2:]...))
	}
	return out
}

// match walks a name and a query side by side.
type match struct {
	units  []unit
	q      []rune
	han    bool // a character was named by itself
	longer bool // more than an initial was given
}

func (m *match) by() MatchedBy {
	switch {
	case m.han:
		return ByName
	case m.longer:
		return ByPinyin
	}
	return ByInitials
}

func (m *match) from(unit, at int) bool {
	if at < len(m.q) && m.q[at] == ' ' {
		at++
	}
	if at == len(m.q) {
		return true
	}
	if unit == len(m.units) {
		return false
	}
	u := m.units[unit]
	if u.han != 0 && m.q[at] == u.han {
		if m.from(unit+1, at+1) {
			m.han = true
			return true
		}
		return false
	}
	if len(u.readings) == 0 && m.q[at] < firstHan {
		return m.from(unit+1, at) // nobody can type it
	}
	for _, r := range u.readings {
		if m.reads([]rune(r), unit, at) {
			return true
		}
	}
	return false
}

// reads reports whether the query goes on with the reading or a beginning of it.
func (m *match) reads(reading []rune, unit, at int) bool {
	common := 0
	for common < len(reading) && at+common < len(m.q) && m.q[at+common] == reading[common] {
		common++
	}
	for n := common; n > 0; n-- {
		end := at+n == len(m.q) || m.q[at+n] == ' '
		if n != len(reading) && n != 1 && !end && !(n == 2 && reading[1] == 'h') {
			continue
		}
		if m.from(unit+1, at+n) {
			m.longer = m.longer || n > 1
			return true
		}
	}
	return false
}

// beginnings finds syllables by how they begin.
var beginnings = sync.OnceValue(func() []string {
	out := make([]string, 0, len(syllables()))
	for s := range syllables() {
		out = append(out, s)
	}
	slices.Sort(out)
	return out
})

// completions are the syllables that begin with text, at most the given number.
func completions(text string, most int) []string {
	all := beginnings()
	i, _ := slices.BinarySearch(all, text)
	j := i
	for j < len(all) && j-i < most && strings.HasPrefix(all[j], text) {
		j++
	}
	return all[i:j]
}

// part is one way to read the beginning of the query: how long it is, what syllable or
// word it is in full, and what it begins with.
type part struct {
	size    int
	full    []string // syllables or words that it may stand for in full; none for a mere beginning
	initial string
	sure    bool // one whole syllable and not a beginning, as far as one can tell
}

// longestSyllable is zhuang and the like.
const longestSyllable = 6

// parts are the ways in which the query, from a place on, begins with one character of a name.
func parts(q []rune, first bool) []part {
	if len(q) == 0 {
		return nil
	}
	if unicode.Is(unicode.Han, q[0]) {
		var out []part
		for _, r := range readingsOf(q[0], first) {
			out = append(out, part{1, []string{r}, initial(r), true})
		}
		return out
	}
	word := slices.Index(q, ' ')
	if word < 0 {
		word = len(q)
	}
	var out []part
	for n := 1; n <= min(word, longestSyllable); n++ {
		s := string(q[:n])
		p := part{size: n, initial: initial(s)}
		switch {
		case n == word: // the last may be cut short
			p.full = completions(s, mostCompletions)
		case syllables()[s]:
			p.full, p.sure = []string{s}, n > 1
		case n > 1 && !(n == 2 && q[1] == 'h'):
			continue
		}
		out = append(out, p)
	}
	return append(out, part{word, []string{string(q[:word])}, initial(string(q[:1])), false}) // a word in letters
}

// mostCompletions is about how many syllables begin with one letter.
const mostCompletions = 70

// rest is what follows the first n characters.
func rest(q []rune, n int) []rune {
	q = q[n:]
	if len(q) > 0 && q[0] == ' ' {
		return q[1:]
	}
	return q
}
