package synth

import (
	"strings"
	"unicode/utf8"
)

// Double is a second record of somebody who is in the register already, as it
// arises when two lists are entered by hand: with a slip of the keyboard, and
// without the identity number, which a register would refuse twice.
type Double struct {
	Of int // index into City.People
	Person
	Slip string // what went wrong: see the Slip constants
}

// What is wrong in a double.
const (
	SlipPhone = "phone_digits" // two neighbouring digits of the phone changed places
	SlipName  = "name_typed"   // another character of the same sound, or a typing error
	SlipBirth = "birth_day"    // day and month changed places, or the year is off by one
	SlipHome  = "next_door"    // entered at a neighbour's door
	SlipNone  = "no_slip"      // the same, without the number
)

var slips = []string{SlipPhone, SlipName, SlipBirth, SlipHome, SlipNone}

// sounds are characters that are typed for one another.
var sounds = []string{"伟威卫", "静婧靖", "丽莉俐", "华桦骅", "敏闽", "涛韬滔", "志智治", "辉晖", "英瑛", "琴芹", "明铭", "佳嘉家", "子紫", "宇雨羽",
	"轩萱", "梓紫", "晨辰宸", "浩皓昊", "玲铃灵", "燕艳雁", "建健", "军君", "峰锋枫", "春椿", "秀绣", "王汪", "张章", "陈程", "徐许", "于余"}

// double adds the doubles that the options ask for.
func (city *City) double(o Options) {
	c := newChance(o.Seed, stageDoubles)
	for i := range city.People {
		if o.Doubles == 0 || !c.permille(o.Doubles) {
			continue
		}
		d := Double{Of: i, Person: city.People[i], Slip: slips[c.below(len(slips))]}
		d.IDKind, d.IDNumber, d.Vehicle, d.Care = "", "", "", 0
		d.slip(c, city)
		city.Doubles = append(city.Doubles, d)
	}
}

// slip makes the mistake, or another one where the record does not allow it.
func (d *Double) slip(c *chance, city *City) {
	switch {
	case d.Slip == SlipPhone && d.Phone != "":
		at := c.between(3, 9)
		b := []byte(d.Phone)
		b[at], b[at+1] = b[at+1], b[at]
		d.Phone = string(b)
	case d.Slip == SlipBirth:
		d.BirthDate = wrongDay(d.BirthDate)
	case d.Slip == SlipHome && d.Of > 0:
		for i := d.Of; i > 0 && d.Household == city.People[d.Of].Household; i-- {
			d.Household = city.People[i].Household
		}
		d.Relation = relNotRelated
	case d.Slip == SlipName:
		d.Name = mistyped(d.Name)
	default:
		d.Slip = SlipNone
	}
}

// wrongDay exchanges day and month where that is a day, and else takes the year before.
func wrongDay(d Day) Day {
	year, month, day := d[:4], d[5:7], d[8:]
	if day <= "12" && day != month {
		return year + "-" + day + "-" + month
	}
	if d[5:] == "02-29" {
		return d.plus(-1)
	}
	return Day(d.date().AddDate(-1, 0, 0).Format(dayFormat))
}

// mistyped replaces the first character that has a sound-alike, or else leaves out
// the last one of a longer name.
func mistyped(name string) string {
	for _, group := range sounds {
		letters := strings.Split(group, "")
		for i, letter := range letters {
			if strings.Contains(name, letter) {
				return strings.Replace(name, letter, letters[(i+1)%len(letters)], 1)
			}
		}
	}
	if utf8.RuneCountInString(name) > 2 {
		_, last := utf8.DecodeLastRuneInString(name)
		return name[:len(name)-last]
	}
	return name + "儿"
}
