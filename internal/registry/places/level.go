package places

import "slices"

// Level is a layer of the place tree. The stored value is the English word.
type Level string

// The levels from the top down.
const (
	Country   Level = "country"
	Province  Level = "province"
	City      Level = "city"
	District  Level = "district" // districts, counties and county-level cities
	Street    Level = "street"   // street offices, towns and townships
	Community Level = "community"
	Compound  Level = "compound" // a residential estate
	Building  Level = "building"
	Unit      Level = "unit" // one stairwell of a building
	Household Level = "household"
)

// Levels lists all levels, the highest first. A level's rank is its index.
var Levels = []Level{Country, Province, City, District, Street, Community, Compound, Building, Unit, Household}

var levelTitles = map[Level][2]string{
	Country: {"国家", "country"}, Province: {"省", "province"}, City: {"市", "city"}, District: {"区县", "district"},
	Street: {"街道（乡镇）", "street"}, Community: {"社区（村）", "community"}, Compound: {"小区", "estate"},
	Building: {"楼栋", "building"}, Unit: {"单元", "stairwell unit"}, Household: {"户", "household"},
}

// Rank is the level's depth from 0 (country) to 9 (household), and -1 for what is no level.
func (l Level) Rank() int { return slices.Index(Levels, l) }

// Known reports whether l is a level.
func (l Level) Known() bool { return l.Rank() >= 0 }

// Below reports whether l is deeper than m.
func (l Level) Below(m Level) bool { return l.Rank() > m.Rank() }

// Zh is what people call the level in Chinese.
func (l Level) Zh() string { return levelTitles[l][0] }

// En is what people call the level in English.
func (l Level) En() string { return levelTitles[l][1] }

// next returns the level one deeper, and whether there is one.
func (l Level) next() (Level, bool) {
	r := l.Rank() + 1
	if r <= 0 || r >= len(Levels) {
		return "", false
	}
	return Levels[r], true
}
