package match

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// words cuts a name into lower-case words: width, accents, case, underscores, hyphens,
// dots and camelCase are levelled, a plural s is dropped. Chinese text is one word.
func words(name string) []string {
	var out []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			out = append(out, singular(string(word)))
			word = word[:0]
		}
	}
	runes := []rune(norm.NFKD.String(name))
	for i, r := range runes {
		switch {
		case unicode.Is(unicode.Mn, r):
			continue
		case unicode.IsLetter(r):
			if boundary(runes, i) {
				flush()
			}
			word = append(word, unicode.ToLower(r))
		case unicode.IsDigit(r):
			if len(word) > 0 && !unicode.IsDigit(word[len(word)-1]) {
				flush()
			}
			word = append(word, r)
		default:
			flush()
		}
	}
	flush()
	return out
}

// boundary reports whether a new word starts at i by a change of case or of script:
// caseId, HTTPCode, 病例ID.
func boundary(runes []rune, i int) bool {
	if i == 0 {
		return false
	}
	prev, r := runes[i-1], runes[i]
	switch {
	case unicode.IsDigit(prev), isHan(prev) != isHan(r):
		return true
	case unicode.IsUpper(r) && unicode.IsLower(prev):
		return true
	}
	return unicode.IsUpper(r) && unicode.IsUpper(prev) && i+1 < len(runes) && unicode.IsLower(runes[i+1])
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

func singular(w string) string {
	switch {
	case len(w) > 4 && strings.HasSuffix(w, "ies"):
		return w[:len(w)-3] + "y"
	case len(w) > 4 && (strings.HasSuffix(w, "sses") || strings.HasSuffix(w, "xes")):
		return w[:len(w)-2]
	case len(w) > 3 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") && !strings.HasSuffix(w, "us") && !strings.HasSuffix(w, "is"):
		return w[:len(w)-1]
	}
	return w
}

// filler words change nothing in what a column is about.
var filler = map[string]bool{
	"of": true, "the": true, "a": true, "an": true, "in": true, "at": true, "for": true, "to": true, "is": true, "was": true, "value": true,
}

// aliases level words that mean the same in column names.
var aliases = map[string]string{
	"dt": "date", "day": "date", "datetime": "date", "timestamp": "date",
	"no": "number", "num": "number", "nr": "number", "id": "id", "identifier": "id", "code": "code",
	"tel": "phone", "telephone": "phone", "mobile": "phone", "cell": "phone", "cellphone": "phone",
	"lng": "lon", "long": "lon", "longitude": "lon", "latitude": "lat",
	"sex": "gender", "dob": "birthdate", "confirmation": "confirmed", "confirm": "confirmed",
	"hospitalisation": "hospitalization", "residence": "residence", "addr": "address", "firstname": "first name", "lastname": "last name",
	"reporting": "report", "reported": "report",
}

// bag is the set of meaningful words of a name.
func bag(name string) map[string]bool {
	out := map[string]bool{}
	for _, w := range words(name) {
		if a, ok := aliases[w]; ok {
			w = a
		}
		for _, part := range strings.Fields(w) {
			if !filler[part] {
				out[part] = true
			}
		}
	}
	return out
}

// joined is the name as one string of its words, for exact comparison.
func joined(name string) string { return strings.Join(words(name), "") }

// plain levels the spelling of a value: width, case and spaces at the ends.
func plain(s string) string {
	return strings.ToLower(strings.TrimFunc(norm.NFKC.String(s), func(r rune) bool {
		return unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff'
	}))
}
