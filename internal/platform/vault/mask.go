package vault

import "strings"

// Mask returns plain as people see it who may know that it is there, but need not
// know it: "王**", "138****1234", "220***********1234". It keeps at most the first
// character of a name, three and four digits of a phone, and the area and the last
// four characters of a number; an address and other texts are hidden whole.
func Mask(class Class, plain string) string {
	r := []rune(plain)
	switch {
	case len(r) == 0:
		return ""
	case class == Name:
		return string(r[0]) + strings.Repeat("*", min(max(len(r)-1, 1), 4))
	case class == Phone:
		return keepEnds(r, 3, 4)
	case class == IDNumber:
		return keepEnds(r, 3, 4)
	}
	return "***"
}

// keepEnds hides the middle; a text too short to hide anything useful is hidden whole.
func keepEnds(r []rune, head, tail int) string {
	if len(r) < head+tail+4 {
		return strings.Repeat("*", len(r))
	}
	return string(r[:head]) + strings.Repeat("*", len(r)-head-tail) + string(r[len(r)-tail:])
}
