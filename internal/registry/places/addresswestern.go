package places

import (
	"regexp"
	"strings"
)

var (
	unitPart    = regexp.MustCompile(`(?i)^(?:apt\.?|apartment|flat|unit|suite|#)\s*([\w-]+)$|^#([\w-]+)$`)
	numberFirst = regexp.MustCompile(`^(\d+[a-zA-Z]?(?:\s?-\s?\d+[a-zA-Z]?)?),?\s+(\D.*)$`)
	numberLast  = regexp.MustCompile(`^(.*\D)\s(\d+[a-zA-Z]?(?:-\d+[a-zA-Z]?)?)$`)
	postcode    = regexp.MustCompile(`^(?:[A-Z]{1,2}-)?\d{4,6}\s+|\s+\d{4,6}$|^\d{4,6}$`)
)

// western reads "12 Main Street, Vaduz" and "Landstrasse 12, 9490 Vaduz".
func (a *Address) western() {
	a.Western = true
	for _, part := range strings.Split(a.Text, ",") {
		part = strings.TrimSpace(postcode.ReplaceAllString(strings.TrimSpace(part), ""))
		if part == "" {
			continue
		}
		if m := unitPart.FindStringSubmatch(part); m != nil {
			a.Unit = m[1] + m[2]
			continue
		}
		if strings.HasPrefix(strings.ToLower(part), "near ") {
			a.Near, part = true, strings.TrimSpace(part[5:])
		}
		switch first, last := numberFirst.FindStringSubmatch(part), numberLast.FindStringSubmatch(part); {
		case a.Road == "" && first != nil:
			a.setWestern(first[1], first[2])
		case a.Road == "" && last != nil:
			a.setWestern(last[2], last[1])
		case a.Road == "" && a.Name == "":
			a.Name = part
		case a.District == "":
			a.District = part
		}
	}
	if a.Road == "" && strings.Contains(a.Text, ",") && a.District != "" {
		return
	}
}

func (a *Address) setWestern(number, road string) {
	number = strings.ToUpper(strings.ReplaceAll(number, " ", ""))
	if from, to, ok := strings.Cut(number, "-"); ok && later(from, to) {
		a.Number, a.NumberTo = from, to
	} else {
		a.Number = number
	}
	a.Road = strings.TrimSpace(road)
}

// abbreviations of words in names of roads, as they are written on envelopes.
var abbreviations = map[string]string{"st": "street", "rd": "road", "ave": "avenue", "av": "avenue", "blvd": "boulevard", "dr": "drive", "ln": "lane",
	"sq": "square", "hwy": "highway", "str": "strasse", "pl": "place", "ct": "court", "cres": "crescent", "pde": "parade"}

// roadKey is a road's name as it is compared: 博山路; "main street" for "Main St.";
// ß and ss alike.
func roadKey(name string) string {
	text, _ := levelled(name)
	text = strings.ToLower(text)
	if !isLatin(text) {
		return strings.ReplaceAll(text, " ", "")
	}
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" .,'’-/", r) })
	for i, w := range words {
		if full := abbreviations[w]; full != "" && i > 0 {
			words[i] = full
		}
	}
	text = strings.ReplaceAll(strings.Join(words, " "), "ß", "ss")
	if s, ok := strings.CutSuffix(text, "str"); ok && len(s) > 2 {
		text = s + "strasse" // Landstr.
	}
	return text
}

// keys are the address as it is looked up: whole ("博山路/12弄/3号"), up to the lane
// ("博山路/12弄", "" without one) and the road alone.
func (a Address) keys() (whole, lane, road string) {
	if a.Road == "" {
		return "", "", ""
	}
	road = roadKey(a.Road)
	whole = road
	if a.Lane != "" {
		whole += "/" + a.Lane + "弄"
		lane = whole
		if a.SubLane != "" {
			whole += "/" + a.SubLane + "支弄"
		}
	}
	if a.Number != "" {
		whole += "/" + a.Number + "号"
	}
	return whole, lane, road
}

// Spelling is the text as aliases are compared: levelled, without spaces, notes and case.
func (a Address) Spelling() string { return strings.ToLower(strings.ReplaceAll(a.Text, " ", "")) }
