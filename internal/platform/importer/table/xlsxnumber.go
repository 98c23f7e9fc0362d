package table

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// excelDigits is how many digits a spreadsheet keeps of a number (IEEE 754 double).
const excelDigits = 15

// shift1904 is the distance in days between the two date systems of spreadsheets.
const shift1904 = 1462

// lastSerial is 31 December 9999.
const lastSerial = 2958465

// numberCell makes a cell of a stored number and the format it is shown with.
func numberCell(v string, style numberStyle, date1904 bool) Cell {
	n, err := strconv.ParseFloat(v, 64)
	if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
		return textCell(v)
	}
	serial := n
	if date1904 {
		serial += shift1904
	}
	c := Cell{Kind: NumberCell, Serial: serial}
	switch {
	case style.day && serial >= 1 && serial < lastSerial+1:
		day, phantom := SerialTime(serial)
		c.Kind, c.Text = DayCell, isoText(day)
		if phantom {
			c.Flag |= PhantomDay
			c.Text = "1900-02-29"
		}
	case style.clock && n >= 0 && n < 1:
		c.Kind, c.Serial = TextCell, 0
		c.Text = time.Unix(int64(math.Round(n*86400)), 0).UTC().Format("15:04:05")
	default:
		c.Text = numberText(v, n)
		if style.zeros > len(c.Text) && n >= 0 && !strings.Contains(c.Text, ".") {
			c.Text = strings.Repeat("0", style.zeros-len(c.Text)) + c.Text
		}
		if digits(c.Text) > excelDigits && math.Abs(n) >= 1e15 {
			c.Flag |= Imprecise
		}
	}
	return c
}

// numberText writes a stored number without exponent and without the noise of binary
// fractions: 0.10000000000000001 is 0.1.
func numberText(v string, n float64) string {
	if len(v) <= excelDigits && strings.Trim(v, "0123456789") == "" && (v[0] != '0' || len(v) == 1) {
		return v
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

func digits(s string) int {
	n := 0
	for _, c := range s {
		if c >= '0' && c <= '9' {
			n++
		}
	}
	return n
}

// SerialTime turns a spreadsheet's day number (1900 date system) into a date and time.
// The system holds 1900 for a leap year: 60 is a day that never was, and the numbers
// before it are one day off (Microsoft, "Excel incorrectly assumes that the year 1900 is
// a leap year").
func SerialTime(serial float64) (t time.Time, phantom bool) {
	day := math.Floor(serial)
	seconds := math.Round((serial - day) * 86400)
	base := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if day < 60 {
		base = base.AddDate(0, 0, 1)
	}
	return base.AddDate(0, 0, int(day)).Add(time.Duration(seconds) * time.Second), day == 60
}

func isoText(t time.Time) string {
	if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 {
		return t.Format("2006-01-02")
	}
	return t.Format("2006-01-02 15:04:05")
}
