package people

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Identity is who somebody is, in plain.
type Identity struct {
	Name     string `json:"name"`
	Phone    string `json:"phone"`
	IDNumber string `json:"id_number"`
	Address  string `json:"address"`
	Sex      Sex    `json:"-"`
}

// IdentityChange is what changes about who somebody is; nil leaves a part as it is.
type IdentityChange struct {
	Name     *string
	Phone    *string
	IDNumber *string
	Address  *string
}

// Sex is as recorded in the person's documents, or as the person states.
type Sex string

// The values of Sex.
const (
	Male       Sex = "male"
	Female     Sex = "female"
	OtherSex   Sex = "other"
	UnknownSex Sex = "unknown"
)

// IDKind is the kind of a document.
type IDKind string

// The kinds of documents. The empty kind goes with an empty number.
const (
	NoID      IDKind = ""
	Resident  IDKind = "resident_id"
	Passport  IDKind = "passport"
	Permit    IDKind = "permit" // travel and residence permits of Hong Kong, Macao and Taiwan residents and foreigners
	OtherID   IDKind = "other"
	maxNumber        = 40
)

// normalName levels what is no difference between names: width, case, spaces and the
// dots between the parts of a name.
func normalName(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("·•‧・･⋅∙.", r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(name))
}

// normalPhone keeps the digits, without the country code of China.
func normalPhone(phone string) string {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, norm.NFKC.String(phone))
	digits = strings.TrimPrefix(digits, "+86")
	if strings.HasPrefix(digits, "0086") {
		digits = digits[4:]
	}
	return strings.ReplaceAll(digits, "+", "")
}

// normalNumber is a document number in capitals without spaces and hyphens.
func normalNumber(number string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' || r == '\'' {
			return -1
		}
		return unicode.ToUpper(r)
	}, norm.NFKC.String(number))
}
