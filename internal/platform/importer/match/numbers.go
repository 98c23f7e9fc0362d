package match

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// Codes of numbers that are refused.
const (
	CodeNotANumber  = "importer.not_a_number"
	CodeNotWhole    = "importer.not_a_whole_number"
	CodeNegative    = "importer.negative"
	CodeTooLarge    = "importer.number_too_large"
	CodeNotAnAge    = "importer.not_an_age"
	CodeLonRange    = "importer.longitude_out_of_range"
	CodeLatRange    = "importer.latitude_out_of_range"
	CodeDamagedID   = "importer.id_damaged"
	CodeDamaged     = "importer.number_damaged"
	CodeIDLength    = "importer.id_length"
	CodeIDChecksum  = "importer.id_checksum"
	CodeIDBirthDay  = "importer.id_birth_day"
	CodeIDCharacter = "importer.id_characters"
	CodePhone       = "importer.bad_phone"
)

// maxWhole is the largest whole number a file may hold: 2^53, up to which every program
// keeps whole numbers exact.
const maxWhole = 1 << 53

var (
	reNumber    = regexp.MustCompile(`^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$`)
	reThousands = regexp.MustCompile(`^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$`)
	// As spreadsheets write it: one digit, a sign after the E. 01e000 is a case number.
	reExponent = regexp.MustCompile(`^[+-]?\d(?:\.\d+)?e\+\d{2,3}$`)
	reCounter  = regexp.MustCompile(`^(.*\d)\s*(?:例|人|名|个|户|条|份)$`)
)

// parseNumber reads a decimal number: full-width digits, thousands separators in groups
// of three. A comma elsewhere could be a decimal sign or a mistake, and is refused.
func parseNumber(s string) (float64, string) {
	s = strings.ReplaceAll(plain(s), " ", "")
	s = strings.TrimPrefix(strings.ReplaceAll(s, "−", "-"), "'")
	if reThousands.MatchString(s) {
		s = strings.ReplaceAll(s, ",", "")
	}
	if !reNumber.MatchString(s) {
		return 0, CodeNotANumber
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(n, 0) {
		return 0, CodeTooLarge
	}
	return n, ""
}

func parseInteger(s string) (float64, string) {
	if m := reCounter.FindStringSubmatch(plain(s)); m != nil {
		s = m[1]
	}
	n, code := parseNumber(s)
	switch {
	case code != "":
		return 0, code
	case n != math.Trunc(n):
		return 0, CodeNotWhole
	case math.Abs(n) > maxWhole:
		return 0, CodeTooLarge
	}
	return n, ""
}

// maxAge is above the age of the oldest person known (122 years, J. Calment, 1997).
const maxAge = 130

var (
	reYears    = regexp.MustCompile(`^(\d{1,3}(?:\.\d+)?)\s*(?:岁|周岁|歲|years?(?: old)?|yrs?\.?|y|y\.?o\.?)?$`)
	reYearsAnd = regexp.MustCompile(`^(\d{1,3})\s*(?:岁|years?|yrs?|y)\s*零?(\d{1,2})\s*(?:个月|月|months?|mths?|mo)$`)
	reMonths   = regexp.MustCompile(`^(\d{1,3})\s*(?:个月|月龄|月|months?(?: old)?|mths?|mos?\.?)$`)
	reDays     = regexp.MustCompile(`^(\d{1,3})\s*(?:天|日龄|周龄|周|days?(?: old)?|weeks?(?: old)?|wks?)$`)
	reInfant   = regexp.MustCompile(`^(?:<\s*1(?:\s*岁|\s*years?)?|不满1岁|新生儿|newborn|infant)$`)
)

// parseAge reads an age as completed years.
func parseAge(s string) (float64, string) {
	s = strings.TrimPrefix(plain(s), "'")
	years := -1.0
	if m := reYears.FindStringSubmatch(s); m != nil {
		years, _ = strconv.ParseFloat(m[1], 64)
	} else if m := reYearsAnd.FindStringSubmatch(s); m != nil {
		years, _ = strconv.ParseFloat(m[1], 64)
	} else if m := reMonths.FindStringSubmatch(s); m != nil {
		years = float64(atoi(m[1]) / 12)
	} else if m := reDays.FindStringSubmatch(s); m != nil {
		years = float64(atoi(m[1]) / 366)
		if strings.ContainsAny(s, "周w") {
			years = float64(atoi(m[1]) / 53)
		}
	} else if reInfant.MatchString(s) {
		years = 0
	}
	if years < 0 || years > maxAge {
		return 0, CodeNotAnAge
	}
	return math.Floor(years), ""
}

// parseDegrees reads a longitude or latitude in decimal degrees.
func parseDegrees(s string, limit float64, rangeCode string) (float64, string) {
	s = strings.TrimSuffix(plain(s), "°")
	n, code := parseNumber(s)
	if code == "" && math.Abs(n) > limit {
		return 0, rangeCode
	}
	return n, code
}

// exponent reports whether a spreadsheet has shortened a long number: 1.10101E+17.
func exponent(s string) bool { return reExponent.MatchString(plain(s)) }

// CheckIDNumber checks an 18-digit citizen identity number (GB 11643-1999: region, birth
// day, sequence, check character by ISO 7064 MOD 11-2) and returns it in its standard
// form. The code is empty if it is right.
func CheckIDNumber(s string) (number, code string) {
	s = strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "'", "", "\u00a0", "").Replace(plain(s)))
	if exponent(s) {
		return "", CodeDamagedID
	}
	if len(s) != 18 {
		return "", CodeIDLength
	}
	weight, sum := 1, 0
	for i := 16; i >= 0; i-- {
		if s[i] < '0' || s[i] > '9' {
			return "", CodeIDCharacter
		}
		weight = weight * 2 % 11
		sum += int(s[i]-'0') * weight
	}
	check := "10X98765432"[sum%11]
	switch {
	case s[17] != check && strings.HasSuffix(s, "000"):
		return "", CodeDamagedID
	case s[17] != check:
		return "", CodeIDChecksum
	}
	if _, code := (DayFormat{}).day(s[6:14], nil); code != "" {
		return "", CodeIDBirthDay
	}
	return s, ""
}

var rePhone = regexp.MustCompile(`^\+?\d{5,20}$`)

// parsePhone removes spaces, hyphens and brackets.
func parsePhone(s string) (string, string) {
	if exponent(s) {
		return "", CodeDamaged
	}
	s = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", ".", "", "'", "", "\u00a0", "", "–", "").Replace(plain(s))
	if !rePhone.MatchString(s) {
		return "", CodePhone
	}
	return s, ""
}
