package match

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/allclear/allclear/internal/platform/importer/table"
)

// Order is the order in which a date's parts are written.
type Order string

// The orders. NoOrder understands only dates that have one reading.
const (
	NoOrder Order = ""
	DMY     Order = "dmy"
	MDY     Order = "mdy"
	YMD     Order = "ymd"
)

// DayFormat is how the days of a column are written.
type DayFormat struct {
	Order Order `json:"order"`
	// ShortYear: the user said that years have two digits. 00–68 are 2000–2068 and
	// 69–99 are 1969–1999, as in POSIX strptime.
	ShortYear bool `json:"short_year,omitempty"`
}

// ParseDayFormat understands "dmy", "DD/MM/YYYY", "%d/%m/%Y", "日/月/年" and the like.
func ParseDayFormat(s string) (DayFormat, bool) {
	order := ""
	years := 0
	for _, r := range norm.NFKC.String(s) {
		part := ""
		switch unicode.ToLower(r) {
		case 'd', '日':
			part = "d"
		case 'm', '月':
			part = "m"
		case 'y', '年':
			part = "y"
			years++
		}
		if part != "" && !strings.Contains(order, part) {
			order += part
		}
	}
	f := DayFormat{Order: Order(order)}
	f.ShortYear = years == 2 && len(s) > 3 || strings.Contains(s, "%y")
	return f, f.Order == DMY || f.Order == MDY || f.Order == YMD
}

// Codes of days that are refused.
const (
	CodeNotADay       = "importer.not_a_day"
	CodeImpossibleDay = "importer.impossible_day"
	CodeDayRange      = "importer.day_out_of_range"
	CodeDayNumber     = "importer.day_number"
	CodeAmbiguousDay  = "importer.ambiguous_day"
	CodeContradicts   = "importer.day_contradicts_format"
	CodeNoYear        = "importer.day_without_year"
	CodeShortYear     = "importer.two_digit_year"
	CodePhantomDay    = "importer.phantom_day"
)

// Years outside of these are typing errors: no living person was born before, no
// record is made for a day after.
const (
	firstYear = 1900
	lastYear  = 2100
)

// firstSerial is the lowest number that is read as a spreadsheet's day when its cell is
// not formatted as one: 1 January 1980. Below it lie the day numbers since 1970 that
// statistics programs write for every day before 2050.
const firstSerial = 29221

// parts of a written date; year is 0 if missing.
type dateParts struct {
	a, b, c  int // as written
	digits   int // of the year part c (or a, when it comes first)
	yearLead bool
	month    int // set when the month is written as a word; then a is the day
	clock    string
}

var (
	reYearFirst  = regexp.MustCompile(`^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(.*)$`)
	reYearLast   = regexp.MustCompile(`^(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4}|\d{2})(\D.*)?$`)
	reDayWord    = regexp.MustCompile(`^(\d{1,2})(?:st|nd|rd|th)?[-/. ]*([a-z]{3,9})\.?[-/., ]*(\d{4}|\d{2})(\D.*)?$`)
	reWordDay    = regexp.MustCompile(`^([a-z]{3,9})\.?[-/. ]*(\d{1,2})(?:st|nd|rd|th)?[-/., ]+(\d{4}|\d{2})(\D.*)?$`)
	reCompact    = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})(?:t(.*))?$`)
	reNoYear     = regexp.MustCompile(`^\d{1,2}\s*(?:[-/.]|月)\s*\d{1,2}\s*[日号]?$`)
	reAllDigits  = regexp.MustCompile(`^-?\d+(?:\.\d+)?$`)
	reClock      = regexp.MustCompile(`^[t,\s]*(?:上午|下午|凌晨|晚上|中午)?\s*(\d{1,2})(?:[:时点](\d{1,2}))?(?:[:分](\d{1,2})(?:\.\d+)?)?\s*[秒分时]?\s*(am|pm)?\s*(z|[+-]\d{2}:?\d{2})?$`)
	reChineseDay = regexp.MustCompile(`[〇零一二三四五六七八九十]+年`)
)

var months = map[string]int{
	"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12, "sept": 9,
	"january": 1, "february": 2, "march": 3, "april": 4, "june": 6, "july": 7, "august": 8, "september": 9, "october": 10, "november": 11, "december": 12,
}

// splitDate recognises the form of a date, without deciding what its parts mean.
func splitDate(s string) (dateParts, bool) {
	if reChineseDay.MatchString(s) {
		s = arabic(s)
	}
	if m := reYearFirst.FindStringSubmatch(s); m != nil {
		return dateParts{a: atoi(m[1]), b: atoi(m[2]), c: atoi(m[3]), digits: 4, yearLead: true, clock: m[4]}, clockOK(m[4])
	}
	if m := reYearLast.FindStringSubmatch(s); m != nil {
		return dateParts{a: atoi(m[1]), b: atoi(m[2]), c: atoi(m[3]), digits: len(m[3]), clock: m[4]}, clockOK(m[4])
	}
	if m := reDayWord.FindStringSubmatch(s); m != nil && months[m[2]] > 0 {
		return dateParts{a: atoi(m[1]), c: atoi(m[3]), digits: len(m[3]), month: months[m[2]], clock: m[4]}, clockOK(m[4])
	}
	if m := reWordDay.FindStringSubmatch(s); m != nil && months[m[1]] > 0 {
		return dateParts{a: atoi(m[2]), c: atoi(m[3]), digits: len(m[3]), month: months[m[1]], clock: m[4]}, clockOK(m[4])
	}
	if m := reCompact.FindStringSubmatch(s); m != nil && atoi(m[1]) >= firstYear && atoi(m[1]) <= lastYear {
		return dateParts{a: atoi(m[1]), b: atoi(m[2]), c: atoi(m[3]), digits: 4, yearLead: true}, true
	}
	return dateParts{}, false
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

// clockOK reports whether what follows a date is a time of day, which is cut off.
func clockOK(s string) bool {
	s = strings.TrimSpace(s)
	if s == "" {
		return true
	}
	m := reClock.FindStringSubmatch(s)
	if m == nil {
		return false
	}
	return atoi(m[1]) <= 24 && (m[2] == "" || atoi(m[2]) < 60) && (m[3] == "" || atoi(m[3]) <= 60)
}

var chineseDigits = map[rune]int{'〇': 0, '零': 0, '一': 1, '二': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}

// arabic rewrites 二〇二二年三月十五日 as 2022年3月15日.
func arabic(s string) string {
	var out strings.Builder
	var run []rune
	flush := func() {
		if len(run) == 0 {
			return
		}
		out.WriteString(chineseNumber(run))
		run = run[:0]
	}
	for _, r := range s {
		if _, ok := chineseDigits[r]; ok || r == '十' {
			run = append(run, r)
			continue
		}
		flush()
		out.WriteRune(r)
	}
	flush()
	return out.String()
}

func chineseNumber(run []rune) string {
	for i, r := range run {
		if r != '十' {
			continue
		}
		tens, ones := 1, 0
		if i == 1 {
			tens = chineseDigits[run[0]]
		}
		if i+1 < len(run) {
			ones = chineseDigits[run[i+1]]
		}
		return strconv.Itoa(tens*10 + ones)
	}
	var out strings.Builder
	for _, r := range run {
		out.WriteString(strconv.Itoa(chineseDigits[r]))
	}
	return out.String()
}

// day reads a date written in the format; code is empty if it succeeded.
func (f DayFormat) day(s string, zone *time.Location) (iso, code string) {
	s = strings.TrimFunc(plain(s), func(r rune) bool { return r == '\'' })
	p, ok := splitDate(s)
	if !ok {
		switch {
		case reNoYear.MatchString(s):
			return "", CodeNoYear
		case reAllDigits.MatchString(s):
			return "", CodeDayNumber
		}
		return "", CodeNotADay
	}
	y, m, d, code := f.meaning(p)
	if code != "" {
		return "", code
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if m < 1 || m > 12 || d < 1 || t.Day() != d || t.Month() != time.Month(m) {
		return "", CodeImpossibleDay
	}
	if y < firstYear || y > lastYear {
		return "", CodeDayRange
	}
	return localDay(t, p.clock, zone), ""
}

// meaning decides which part is the year, the month and the day.
func (f DayFormat) meaning(p dateParts) (y, m, d int, code string) {
	y = p.c
	if p.yearLead {
		return p.a, p.b, p.c, ""
	}
	if p.digits == 2 {
		switch {
		case !f.ShortYear:
			return 0, 0, 0, CodeShortYear
		case f.Order == YMD:
			return century(p.a), p.b, p.c, ""
		}
		y = century(p.c)
	}
	if p.month > 0 {
		return y, p.month, p.a, ""
	}
	switch {
	case f.Order == DMY && p.b > 12 && p.a <= 12, f.Order == MDY && p.a > 12 && p.b <= 12, f.Order == YMD:
		return 0, 0, 0, CodeContradicts
	case f.Order == DMY:
		return y, p.b, p.a, ""
	case f.Order == MDY, p.a == p.b:
		return y, p.a, p.b, ""
	case p.a > 12 && p.b > 12:
		return 0, 0, 0, CodeImpossibleDay
	case p.a > 12:
		return y, p.b, p.a, ""
	case p.b > 12:
		return y, p.a, p.b, ""
	}
	return 0, 0, 0, CodeAmbiguousDay
}

func century(yy int) int {
	if yy <= 68 {
		return 2000 + yy
	}
	return 1900 + yy
}

// localDay is the calendar day in the incident's zone of a moment that states its own
// zone: 2022-04-07T16:00:00Z is 8 April in China. Midnight with a zone is how programs
// write a day alone, and stays that day.
func localDay(t time.Time, clock string, zone *time.Location) string {
	m := reClock.FindStringSubmatch(strings.TrimSpace(clock))
	if m == nil || m[5] == "" || zone == nil || atoi(m[1]) == 0 && (m[2] == "" || atoi(m[2]) == 0) {
		return t.Format(time.DateOnly)
	}
	offset := 0
	if m[5] != "z" {
		z := strings.ReplaceAll(m[5][1:], ":", "")
		offset = atoi(z[:2])*3600 + atoi(z[2:])*60
		if m[5][0] == '-' {
			offset = -offset
		}
	}
	minute := max(0, atoi("0"+m[2]))
	at := t.Add(time.Duration(atoi(m[1]))*time.Hour + time.Duration(minute)*time.Minute - time.Duration(offset)*time.Second)
	return at.In(zone).Format(time.DateOnly)
}

// cellDay reads a cell of a day column.
func (f DayFormat) cellDay(c table.Cell, zone *time.Location) (iso, code string) {
	switch {
	case c.Has(table.PhantomDay):
		return "", CodePhantomDay
	case c.Kind == table.DayCell:
		return DayFormat{}.day(c.Text, zone)
	case c.Kind == table.NumberCell && c.Serial >= firstSerial && c.Serial < 73415: // 1 January 2101
		t, _ := table.SerialTime(c.Serial)
		return t.Format(time.DateOnly), ""
	}
	return f.day(c.Text, zone)
}
