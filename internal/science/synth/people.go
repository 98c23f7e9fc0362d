package synth

import (
	"fmt"
	"strings"
	"time"
)

const (
	male   = "male"
	female = "female"
)

// Categories and kinds of documents, as everywhere in the product.
const (
	categoryResident    = "resident"
	categoryNonResident = "non_resident"
	categoryTraveller   = "traveller"
	categoryStaff       = "staff"

	idResident = "resident_id"
	idPassport = "passport"
)

// Shares in per mille. Registered elsewhere: 375.8 of 1,411.8 million people
// were floating population in the census of 2020 (communiqué no. 7), fewer in
// the north-east; whole households, here. Transcribed names: our own
// assumption, more than a city of the north-east has, so that rehearsals meet
// them. Cars: 243.9 million private cars for 494.2 million family households at
// the end of 2020 (National Bureau of Statistics, statistical communiqué for
// 2020). Minors for whom no guardian is noted: our own assumption.
const (
	fromElsewhere   = 180
	transcribedName = 2
	foreignGuest    = 60 // of the guests in hotels
	withCar         = 440
	noGuardian      = 8
	fewerBirths     = 280 // 12.0 million births in 2020 are 8.5 for 1,000 people, an average year of those under 15 is 12
	homeUnknown     = 90
)

// minorAge is the age at which somebody is of age: Civil Code of China, article 17.
const minorAge = 18

// census fills households with people.
type census struct {
	c     *chance
	start time.Time
	phone int
	plate int
	area  string         // first six digits of identity numbers
	used  map[int]uint16 // serial numbers given in the area, by day of birth and sex
}

func newCensus(o Options) *census {
	c := newChance(o.Seed, stagePeople)
	return &census{c: c, start: o.Start.date(), phone: c.below(phoneNumbers), plate: c.below(plates)}
}

// enter begins a district.
func (s *census) enter(area string) { s.area, s.used = area, map[int]uint16{} }

// household appends the members of one household.
func (s *census) household(people []Person, home, size int, quarters *collective) []Person {
	if quarters != nil {
		return s.room(people, home, size, quarters)
	}
	members := householdSizes[size-1].kinds[kindTables[size-1].draw(s.c)].members
	ages := s.ages(members)
	family, first := surname(s.c), len(people)
	dotted := s.c.permille(transcribedName)
	category := categoryResident
	if s.c.permille(fromElsewhere) {
		category = categoryNonResident
	}
	elder := strings.Contains(members, "ac") && strings.Contains(members, "e") && s.c.permille(headElder)
	related := relations(members, elder)
	since := s.since()
	for i, role := range []byte(members) {
		sex, name := s.sex(members, i), family
		born := s.start.AddDate(-ages[i], 0, -s.c.below(365))
		// A wife and a grandmother keep their own surname, and so does a flatmate.
		if i > 0 && (sex == female && (role == 'a' || role == 'e') || related[i] == relNotRelated) {
			name = surname(s.c)
		}
		name += givenName(s.c, sex, born.Year())
		if dotted {
			name = transcribed(s.c, sex)
		}
		p := s.person(home, name, sex, born, ages[i])
		p.Category, p.Relation, p.HomeSince = category, related[i], later(since, p.BirthDate)
		people = append(people, p)
	}
	s.guard(people, first, members, ages)
	if s.c.permille(withCar) {
		people[first].Vehicle = s.plateNumber()
	}
	return people
}

// later is the day on which someone born on the second has lived somewhere since
// the first; an unknown day stays unknown.
func later(since, born Day) Day {
	if since != "" && since < born {
		return born
	}
	return since
}

// since is the day on which a household moved in, within 25 years; the more
// recent the more likely.
func (s *census) since() Day {
	if s.c.permille(homeUnknown) {
		return ""
	}
	days := min(s.c.below(9_000), s.c.below(9_000))
	return Day(s.start.AddDate(0, 0, -1-days).Format(dayFormat))
}

func (s *census) person(home int, name, sex string, born time.Time, age int) Person {
	p := Person{Household: home, Name: name, Sex: sex, Guardian: -1, Work: -1, IDKind: idResident}
	p.BirthDate = Day(born.Format(dayFormat))
	p.IDNumber = s.identity(born, sex)
	if age >= 8 && (age < 80 || s.c.permille(700)) {
		p.Phone = s.number()
	}
	return p
}

// room appends those who share a room of collective quarters, all of one sex.
func (s *census) room(people []Person, home, size int, q *collective) []Person {
	sex := female
	if s.c.permille(q.men) {
		sex = male
	}
	for i := range size {
		one, other := s.c.between(q.youngest, q.oldest), s.c.between(q.youngest, q.oldest)
		years := min(one, other)
		if q.kind == kindNursingHome {
			years = (one + other) / 2
		}
		born := s.start.AddDate(-years, 0, -s.c.below(365))
		name := surname(s.c) + givenName(s.c, sex, born.Year())
		if s.c.permille(transcribedName) {
			name = transcribed(s.c, sex)
		}
		p := s.person(home, name, sex, born, years)
		p.Category, p.Relation, p.HomeSince = q.category, relNotRelated, s.arrived(q)
		if i == 0 {
			p.Relation = relHead
		}
		if q.kind == kindHotel && s.c.permille(foreignGuest) {
			p.Name, p.IDKind, p.IDNumber = foreign(s.c, sex), idPassport, s.passport()
		}
		people = append(people, p)
	}
	return people
}

// arrived is when somebody moved into collective quarters.
func (s *census) arrived(q *collective) Day {
	days := 1 + s.c.below(900)
	if q.kind == kindHotel {
		days = 1 + s.c.below(14)
	}
	return Day(s.start.AddDate(0, 0, -days).Format(dayFormat))
}

// guard gives every minor a guardian in the household: the first adult, or the
// second in four of ten. Of a few none is noted.
func (s *census) guard(people []Person, first int, members string, ages []int) {
	var grown []int
	for i, role := range []byte(members) {
		if role == 'a' || role == 'e' {
			grown = append(grown, first+i)
		}
	}
	for i := range members {
		if ages[i] >= minorAge || len(grown) == 0 || s.c.permille(noGuardian) {
			continue
		}
		people[first+i].Guardian = grown[0]
		if len(grown) > 1 && s.c.permille(400) {
			people[first+i].Guardian = grown[1]
		}
	}
}

// ages draws the children first, siblings within six years of one another, then
// parents who could have had them, then grandparents who could have had these.
// Who lives without an elder is of age.
func (s *census) ages(members string) []int {
	ages, youngest, oldest := make([]int, len(members)), -1, -1
	for i := len(members) - 1; i >= 0; i-- {
		switch {
		case members[i] == 'c' && youngest >= 0 && youngest < 15:
			other := youngest + s.c.between(-6, 6)
			ages[i] = min(max(other, -other), 14)
		case members[i] == 'c':
			ages[i] = s.c.below(15)
		case members[i] == 'y' && members[0] == 'y':
			ages[i] = s.c.between(minorAge, 24)
		case members[i] == 'y':
			ages[i] = s.c.between(15, 24)
		default:
			continue
		}
		if ages[i] == 0 && s.c.permille(fewerBirths) {
			ages[i] = s.c.between(1, 6)
		}
		if youngest < 0 || ages[i] < youngest {
			youngest = ages[i]
		}
		oldest = max(oldest, ages[i])
	}
	adult := s.c.between(25, 59)
	if youngest >= 0 {
		adult = min(max(youngest+s.c.between(22, 37), oldest+21, 25), 59)
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

// phoneNumbers is how many different numbers there are after 000, plates how
// many after 松A.
const (
	phoneNumbers = 100_000_000
	plates       = 33 * 33 * 33 * 33 * 33
)

// number returns the next telephone number: 000 and eight digits. 00 is the
// international prefix, so no Chinese number begins like this and nobody can
// be rung up by mistake. The stride is coprime to 10⁸: numbers do not repeat.
func (s *census) number() string {
	s.phone = int((int64(s.phone) + 61_803_399) % phoneNumbers)
	b := [11]byte{'0', '0', '0'}
	for n, i := s.phone, 10; i >= 3; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
	return string(b[:])
}

// plateSigns are the signs of a Chinese number plate: no I, no O.
const plateSigns = "0123456789ABCDEFGHJKLMNPQRSTUVWXY"

// plateNumber returns the next number plate. 松 is the sign of no province, so no
// real car bears one. The stride is coprime to the number of plates.
func (s *census) plateNumber() string {
	s.plate = (s.plate + 24_186_473) % plates
	var b [5]byte
	for n, i := s.plate, 4; i >= 0; i-- {
		b[i] = plateSigns[n%len(plateSigns)]
		n /= len(plateSigns)
	}
	return "松A" + string(b[:])
}

// passport returns a number that no passport has: XXX is the code for no
// nationality (ICAO Doc 9303 part 3), and numbers of passports don't begin so.
func (s *census) passport() string { return fmt.Sprintf("XXX%08d", s.c.below(phoneNumbers)) }

// identity returns an identity number that is right in form and cannot be
// anyone's. The serial number is odd for men and even for women.
func (s *census) identity(born time.Time, sex string) string {
	key := int(born.Unix()/86_400) * 2
	if sex == male {
		key++
	}
	serial := int(s.used[key])%499*2 + 2
	s.used[key]++
	if sex == male {
		serial--
	}
	head := s.area + born.Format("20060102") + string([]byte{byte('0' + serial/100), byte('0' + serial/10%10), byte('0' + serial%10)})
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
