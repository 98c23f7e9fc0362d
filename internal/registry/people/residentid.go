package people

import (
	"strings"
	"time"

	"github.com/allclear/allclear/internal/platform/store"
)

// ResidentID is what a resident identity number states.
type ResidentID struct {
	BirthOn store.Day
	Sex     Sex
}

// checkCharacters are the check characters for the remainders 0 to 10.
const checkCharacters = "10X98765432"

// residentIDLength is the number of characters: six for the place of registration, eight
// for the birthday, three for the order of registration, one check character.
const residentIDLength = 18

// ParseResidentID reads a citizen identity number, already normalised, and reports
// whether its check character, its birthday and its characters are right.
//
// Source: GB 11643-1999, 公民身份号码: the check character is by ISO 7064:1983 MOD 11-2 with
// the weights 2^(18−i) mod 11 for position i; the seventeenth digit is odd for men.
func ParseResidentID(number string) (ResidentID, bool) {
	if len(number) != residentIDLength || strings.Trim(number[:17], "0123456789") != "" {
		return ResidentID{}, false
	}
	sum, weight := 0, 1
	for i := residentIDLength - 2; i >= 0; i-- {
		weight = weight * 2 % 11
		sum += int(number[i]-'0') * weight
	}
	if number[17] != checkCharacters[sum%11] {
		return ResidentID{}, false
	}
	born, err := time.Parse("20060102", number[6:14])
	if err != nil {
		return ResidentID{}, false
	}
	day, ok := store.ParseDay(born.Format(time.DateOnly))
	id := ResidentID{BirthOn: day, Sex: Female}
	if (number[16]-'0')%2 == 1 {
		id.Sex = Male
	}
	return id, ok
}

// looksResident reports whether a number has the form of a resident identity number,
// right or wrong: seventeen digits and a digit or X.
func looksResident(number string) bool {
	return len(number) == residentIDLength && strings.Trim(number[:17], "0123456789") == "" && strings.ContainsRune("0123456789X", rune(number[17]))
}
