package table

import (
	"strconv"
	"strings"
	"unicode"
)

// titleRows is how many rows above the header are looked through for titles.
const titleRows = 6

// names makes column names unique and fit to be shown: white space is collapsed, an
// empty name becomes "column 3", a repeated one "name (2)".
func names(header []string) []string {
	taken := make(map[string]bool, len(header))
	out := make([]string, len(header))
	for i, h := range header {
		h = strings.Join(strings.FieldsFunc(h, func(r rune) bool { return unicode.IsSpace(r) || r == 0 || r == '\ufeff' }), " ")
		if h == "" {
			h = "column " + strconv.Itoa(i+1)
		}
		name := h
		for n := 2; taken[strings.ToLower(name)]; n++ {
			name = h + " (" + strconv.Itoa(n) + ")"
		}
		taken[strings.ToLower(name)] = true
		out[i] = name
	}
	return out
}

// looksLikeData reports whether a header row reads like a data row: a number, a date or
// an e-mail address is no column's name. One such cell may be a year in a report; the
// notice asks, it does not decide.
func looksLikeData(header []string) bool {
	odd := 0
	for _, h := range header {
		h = strings.TrimSpace(h)
		digits := 0
		for _, r := range h {
			if unicode.IsDigit(r) {
				digits++
			}
		}
		if h != "" && (digits*2 > len([]rune(h)) || strings.Contains(h, "@")) {
			odd++
		}
	}
	return odd >= 2 || odd == 1 && len(header) <= 2
}

// filled counts the cells that hold something.
func filled(cells []Cell) int {
	n := 0
	for _, c := range cells {
		if strings.TrimSpace(c.Text) != "" {
			n++
		}
	}
	return n
}

// findHeader returns the index of the header among the first non-blank rows of a sheet,
// and how many of them are needed to tell. A lone cell above a row of at least three is
// a title.
func findHeader(rows []rawRow) int {
	if len(rows) == 0 || filled(rows[0].cells) != 1 {
		return 0
	}
	for i, r := range rows {
		switch n := filled(r.cells); {
		case n >= 3:
			return i
		case n != 1:
			return 0
		}
	}
	return 0
}
