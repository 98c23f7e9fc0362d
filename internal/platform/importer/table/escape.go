package table

import (
	"strings"
	"unicode"
)

// A spreadsheet runs a cell that starts with one of these as a formula; the full-width
// forms are taken for the half-width ones by some. Tab, CR, LF and NUL at the start hide
// the sign that follows (OWASP, CSV injection).
const formulaSigns = "=+-@＝＋－＠"

// Escape makes a cell safe to open in a spreadsheet, by an apostrophe in front. Unescape
// takes exactly that back: Unescape(Escape(s)) == s for every s.
func Escape(s string) string {
	if risky(s) {
		return "'" + s
	}
	return s
}

// Unescape restores a cell written by Escape.
func Unescape(s string) string {
	if strings.HasPrefix(s, "'") && risky(s) {
		return s[1:]
	}
	return s
}

// risky looks behind apostrophes, so that escaping twice and a text that starts with an
// apostrophe of its own are told apart. A plain negative number is a number everywhere.
func risky(s string) bool {
	s = strings.TrimLeft(s, "'")
	if s == "" || plainNegative(s) {
		return false
	}
	if strings.ContainsRune("\t\r\n\x00", rune(s[0])) {
		return true
	}
	s = strings.TrimLeftFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || r == '\ufeff' || r == '\u200b' || r == '\u3000'
	})
	for _, sign := range formulaSigns {
		if strings.HasPrefix(s, string(sign)) {
			return true
		}
	}
	return false
}

func plainNegative(s string) bool {
	if len(s) < 2 || s[0] != '-' || s[1] < '0' || s[1] > '9' {
		return false
	}
	dots := 0
	for _, c := range s[1:] {
		switch {
		case c == '.':
			dots++
		case c < '0' || c > '9':
			return false
		}
	}
	return dots <= 1
}
