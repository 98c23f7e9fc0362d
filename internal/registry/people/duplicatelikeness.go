package people

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/allclear/allclear/internal/platform/store"
)

// Likeness is how much two records look like one person, and why.
type Likeness struct {
	Reasons []Reason // for and against, the weightiest for first
	Score   int      // 0 to 100
	// Suspicious says that somebody should decide. Outright different names never are,
	// unless the document numbers say otherwise; different valid resident identity
	// numbers never are.
	Suspicious bool
}

// Compare holds two records against each other.
func Compare(a, b Person) Likeness {
	var all []Reason
	for _, r := range []Reason{likeNumbers(a, b), likeNames(a.Name, b.Name), likeBirthdays(a.BirthOn, b.BirthOn),
		likePhones(a, b), likeHomes(a, b), likeVehicles(a, b), likeSexes(a.Sex, b.Sex)} {
		if r != "" {
			all = append(all, r)
		}
	}
	all = tidyReasons(all)
	l := Likeness{Reasons: all, Score: scoreOf(all)}
	l.Suspicious = l.Score >= suspicionAt && !slices.Contains(all, UnlikeNumber) &&
		(!slices.Contains(all, UnlikeName) || slices.Contains(all, SameNumber))
	return l
}

// likeNumbers: two valid resident identity numbers are two people, because the check
// character finds every single wrong digit and every exchange of neighbours. A passport is
// renewed under another number, so that difference says less.
func likeNumbers(a, b Person) Reason {
	switch {
	case a.IDNumber == "" || b.IDNumber == "":
		return ""
	case a.IDNumber == b.IDNumber:
		return SameNumber
	case a.IDKind == Resident && b.IDKind == Resident:
		return UnlikeNumber
	case near(a.IDNumber, b.IDNumber):
		return NearNumber
	case a.IDKind == b.IDKind:
		return UnlikePaper
	}
	return ""
}

// near reports whether two texts differ in one character, or in the order of two neighbours.
func near(a, b string) bool {
	x, y := []rune(a), []rune(b)
	if len(x) != len(y) || len(x) < 2 {
		return false
	}
	var at []int
	for i := range x {
		if x[i] != y[i] {
			at = append(at, i)
		}
	}
	switch len(at) {
	case 1:
		return true
	case 2:
		i, j := at[0], at[1]
		return j == i+1 && x[i] == y[j] && x[j] == y[i]
	}
	return false
}

func likeNames(a, b string) Reason {
	if a == "" || b == "" {
		return ""
	}
	x, y := normalName(a), normalName(b)
	wordsA, wordsB := wordsOf(a), wordsOf(b)
	hanA, hanB := isHan(x), isHan(y)
	switch {
	case x == y:
		return SameName
	case !hanA && !hanB && slices.Equal(sortedWords(wordsA), sortedWords(wordsB)):
		return NameOrder
	case soundsLike(a, b):
		return SameSound
	case hanA && hanB:
		return UnlikeName // one other character is how siblings are named, too
	case hanA != hanB:
		return "" // a name and a translation of it that is not its pinyin: nothing can be said
	case min(len(x), len(y)) >= 5 && oneLetterApart(x, y):
		return NearSpelling
	case subset(wordsA, wordsB) || subset(wordsB, wordsA):
		return NamePart
	}
	return UnlikeName
}

// wordsOf splits a name at spaces, dots and hyphens, levelled.
func wordsOf(name string) []string {
	return strings.FieldsFunc(strings.ToLower(norm.NFKC.String(name)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\''
	})
}

func sortedWords(words []string) []string { return slices.Sorted(slices.Values(words)) }

// subset reports whether each of at least two words is among the others.
func subset(few, many []string) bool {
	return len(few) >= 2 && len(few) < len(many) && !slices.ContainsFunc(few, func(w string) bool { return !slices.Contains(many, w) })
}

func isHan(name string) bool {
	return strings.ContainsFunc(name, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// soundsLike reports whether two names have a reading in common, tones aside. Names in
// letters are read as pinyin, with the family name first or last.
func soundsLike(a, b string) bool {
	if !isHan(a) && !isHan(b) {
		return false
	}
	x, y := spoken(a), spoken(b)
	return slices.ContainsFunc(x, func(s string) bool { return s != "" && slices.Contains(y, s) })
}

// mostSpoken bounds the ways of reading one name that are compared.
const mostSpoken = 16

// spoken are the ways in which a whole name is read.
func spoken(name string) []string {
	units := unitsOf(name)
	out := []string{""}
	for _, u := range units {
		var next []string
		for _, head := range out {
			for _, r := range u.readings {
				if len(next) < mostSpoken {
					next = append(next, head+r)
				}
			}
		}
		out = next
	}
	if last := len(units) - 1; last > 0 && !isHan(name) { // San Zhang is Zhang San
		turned := units[last].readings[0]
		for _, u := range units[:last] {
			turned += u.readings[0]
		}
		out = append(out, turned)
	}
	return out
}

// oneLetterApart reports whether one letter was changed, left out, or exchanged with its neighbour.
func oneLetterApart(a, b string) bool {
	x, y := []rune(a), []rune(b)
	if len(x) == len(y) {
		return near(a, b)
	}
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(y) != len(x)+1 {
		return false
	}
	i := 0
	for i < len(x) && x[i] == y[i] {
		i++
	}
	return slices.Equal(x[i:], y[i+1:])
}

func likeBirthdays(a, b store.Day) Reason {
	switch {
	case a == "" || b == "":
		return ""
	case a == b:
		return SameBirthday
	}
	x, y := strings.ReplaceAll(string(a), "-", ""), strings.ReplaceAll(string(b), "-", "")
	if near(x, y) || len(x) == 8 && len(y) == 8 && x[:4] == y[:4] && x[4:6] == y[6:] && x[6:] == y[4:6] {
		return NearBirthday
	}
	return UnlikeBirthday
}

// likePhones ignores numbers that are no one's: too short, or one digit repeated.
func likePhones(a, b Person) Reason {
	x, y := normalPhone(a.Phone), normalPhone(b.Phone)
	if x != y || len(x) < 7 || strings.Trim(x, x[:1]) == "" {
		return ""
	}
	return SamePhone
}

func likeHomes(a, b Person) Reason {
	switch {
	case a.PlaceID != "" && a.PlaceID == b.PlaceID && a.AtDoor:
		return SameDoor
	case levelText(a.Address) != "" && levelText(a.Address) == levelText(b.Address):
		return SameAddress
	}
	return ""
}

// levelText is a free text without what is no difference.
func levelText(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsPunct(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(s))
}

func likeVehicles(a, b Person) Reason {
	if x := plate(a.Vehicle); x != "" && x == plate(b.Vehicle) {
		return SameVehicle
	}
	return ""
}

func likeSexes(a, b Sex) Reason {
	if (a == Male || a == Female) && (b == Male || b == Female) && a != b {
		return UnlikeSex
	}
	return ""
}
