package synth

import (
	"fmt"
	"time"
)

const (
	male   = "male"
	female = "female"
)

// sizeShare is a household size, its share in per mille and the make-up of
// such households. Members are written as letters: a adult of 25-59, y young
// person of 15-24, c child of 0-14, e elder of 60 and more.
type sizeShare struct {
	size, share int
	kinds       []kindShare
}

type kindShare struct {
	share   int
	members string
}

// householdSizes has the mean of 2.62 persons per family household and
// householdKinds lead to the age structure (0-14: 17.95 %, 15-59: 63.35 %,
// 60 and over: 18.70 %) of the Seventh National Population Census of China,
// 2020: National Bureau of Statistics, communiqués no. 2 and no. 5 of
// 11 May 2021. The make-up of single households is our own assumption.
var householdSizes = []sizeShare{
	{1, 253, []kindShare{{55, "a"}, {30, "e"}, {15, "y"}}},
	{2, 295, []kindShare{{54, "aa"}, {20, "ee"}, {6, "ae"}, {6, "ac"}, {9, "ay"}, {5, "yy"}}},
	{3, 209, []kindShare{{50, "aac"}, {38, "aay"}, {10, "aae"}, {2, "aee"}}},
	{4, 132, []kindShare{{42, "aacc"}, {40, "aace"}, {12, "aaye"}, {6, "aayy"}}},
	{5, 62, []kindShare{{60, "aacce"}, {40, "aacee"}}},
	{6, 31, []kindShare{{60, "aaccee"}, {40, "aaacee"}}},
	{7, 18, []kindShare{{100, "aaaccee"}}},
}

var householdWeights = func() []int {
	weights := make([]int, len(householdSizes))
	for i, s := range householdSizes {
		weights[i] = s.share
	}
	return weights
}()

// census fills households with people.
type census struct {
	c     *chance
	start time.Time
	area  string // first six digits of identity numbers
	phone int
	used  map[string]int // serial numbers given, by area, birth date and sex
}

func newCensus(o Options) *census {
	c := newChance(o.Seed, stagePeople)
	return &census{c: c, start: o.Start.date(), phone: c.below(phoneNumbers), used: map[string]int{}}
}

// household appends the members of one household.
func (s *census) household(people []Person, home, size int) []Person {
	members := s.kind(householdSizes[size-1].kinds)
	ages := s.ages(members)
	family := surname(s.c)
	for i, role := range members {
		sex := s.sex(members, i)
		name := family
		// A wife and a grandmother keep their own surname.
		if sex == female && i > 0 && (role == 'a' || role == 'e') {
			name = surname(s.c)
		}
		p := Person{Household: home, Name: name + givenName(s.c, sex), Sex: sex}
		born := s.start.AddDate(-ages[i], 0, -s.c.below(365))
		p.BirthDate = Day(born.Format(dayFormat))
		p.IDNumber = s.identity(born, sex)
		if ages[i] >= 8 && (ages[i] < 80 || s.c.permille(700)) {
			p.Phone = s.number()
		}
		people = append(people, p)
	}
	return people
}

func (s *census) kind(kinds []kindShare) string {
	weights := make([]int, len(kinds))
	for i, k := range kinds {
		weights[i] = k.share
	}
	return kinds[s.c.pick(weights)].members
}

// ages draws the children first, then parents who could have had them, then
// grandparents who could have had these.
func (s *census) ages(members string) []int {
	ages, youngest := make([]int, len(members)), -1
	for i := len(members) - 1; i >= 0; i-- {
		switch members[i] {
		case 'c':
			ages[i] = s.c.below(15)
		case 'y':
			ages[i] = s.c.between(15, 24)
		default:
			continue
		}
		if youngest < 0 || ages[i] < youngest {
			youngest = ages[i]
		}
	}
	adult := s.c.between(25, 59)
	if youngest >= 0 {
		adult = min(max(youngest+s.c.between(22, 37), 25), 59)
	}
	for i, role := range []byte(members) {
		switch {
		case role == 'a':
			ages[i] = min(max(adult+s.c.between(-3, 3), 25), 59)
		case role == 'e' && members[0] == 'a':
			ages[i] = max(60, adult+s.c.between(23, 32))
		case role == 'e':
			ages[i] = 60 + min(s.c.below(37), s.c.below(37))
		}
	}
	return ages
}

// sex makes the first two adults, or the elders, of a household a couple;
// 520 of 1,000 children are boys.
func (s *census) sex(members string, i int) string {
	switch {
	case members[i] == 'c':
		if s.c.permille(520) {
			return male
		}
		return female
	case len(members) > 1 && i < 2 && members[0] == members[1]:
		return []string{male, female}[i]
	case i > 0 && members[i] == 'e' && members[i-1] == 'e':
		return female
	case i+1 < len(members) && members[i] == 'e' && members[i+1] == 'e':
		return male
	case s.c.permille(510):
		return male
	}
	return female
}

// phoneNumbers is how many different numbers there are after 000.
const phoneNumbers = 100_000_000

// number returns the next telephone number: 000 and eight digits. 00 is the
// international prefix, so no Chinese number begins like this and nobody can
// be rung up by mistake. The stride is coprime to 10⁸: numbers do not repeat.
func (s *census) number() string {
	s.phone = int((int64(s.phone) + 61_803_399) % phoneNumbers)
	return fmt.Sprintf("000%08d", s.phone)
}

// identity returns an identity number that is right in form and cannot be
// anyone's. The serial number is odd for men and even for women.
func (s *census) identity(born time.Time, sex string) string {
	head := s.area + born.Format("20060102")
	key := head + sex
	serial := s.used[key]%499*2 + 2
	s.used[key]++
	if sex == male {
		serial--
	}
	head += fmt.Sprintf("%03d", serial)
	return head + string(checkDigit(head))
}

// checkDigit is the ISO 7064 MOD 11-2 character of GB 11643-1999.
func checkDigit(head string) byte {
	sum := 0
	for _, d := range []byte(head) {
		sum = (sum + int(d-'0')) * 2 % 11
	}
	return "0123456789X"[(12-sum)%11]
}
