package synth

import "strconv"

// word is a name in both languages.
type word struct{ zh, en string }

var cityName = word{"松川市", "Songchuan"}

// districtPlan fixes the 11 districts and counties. share is the part of the
// population in per mille. hot marks where the outbreak is concentrated: in the
// reference operation spread was confined to two administrative districts and
// the high-tech zone (protocol.md 1.1).
type districtPlan struct {
	word
	code   string
	share  int
	county bool
	hot    bool
}

// The first three stand north of the river, the next three south of it.
var districtPlans = []districtPlan{
	{word{"澜江区", "Lanjiang District"}, "02", 195, false, true},
	{word{"北榆区", "Beiyu District"}, "03", 150, false, false},
	{word{"松川高新技术产业开发区", "Songchuan High-tech Zone"}, "71", 135, false, true},
	{word{"青渡区", "Qingdu District"}, "04", 200, false, true},
	{word{"桓山区", "Huanshan District"}, "05", 130, false, false},
	{word{"松川经济技术开发区", "Songchuan Economic Development Zone"}, "72", 90, false, false},
	{word{"榆岭县", "Yuling County"}, "21", 24, true, false},
	{word{"桦泉县", "Huaquan County"}, "22", 22, true, false},
	{word{"石澜县", "Shilan County"}, "23", 20, true, false},
	{word{"双渡县", "Shuangdu County"}, "24", 18, true, false},
	{word{"云桦县", "Yunhua County"}, "25", 16, true, false},
}

const urbanDistricts = 6

var firstMorphemes = []word{
	{"松", "Song"}, {"江", "Jiang"}, {"榆", "Yu"}, {"桦", "Hua"}, {"柳", "Liu"}, {"桃", "Tao"}, {"梨", "Li"},
	{"枫", "Feng"}, {"槐", "Huai"}, {"杏", "Xing"}, {"临", "Lin"}, {"望", "Wang"}, {"安", "An"}, {"康", "Kang"},
	{"福", "Fu"}, {"永", "Yong"}, {"长", "Chang"}, {"和", "He"}, {"兴", "Xing"}, {"新", "Xin"}, {"东", "Dong"},
	{"南", "Nan"}, {"西", "Xi"}, {"北", "Bei"}, {"云", "Yun"}, {"明", "Ming"}, {"清", "Qing"}, {"秀", "Xiu"},
	{"石", "Shi"}, {"金", "Jin"}, {"银", "Yin"}, {"龙", "Long"}, {"凤", "Feng"}, {"春", "Chun"}, {"丰", "Feng"},
	{"泰", "Tai"}, {"宁", "Ning"}, {"锦", "Jin"}, {"瑞", "Rui"}, {"文", "Wen"}, {"光", "Guang"},
}

var secondMorphemes = []word{
	{"江", "jiang"}, {"山", "shan"}, {"河", "he"}, {"岭", "ling"}, {"泉", "quan"}, {"桥", "qiao"}, {"湾", "wan"},
	{"园", "yuan"}, {"林", "lin"}, {"滨", "bin"}, {"阳", "yang"}, {"安", "an"}, {"宁", "ning"}, {"和", "he"},
	{"平", "ping"}, {"昌", "chang"}, {"盛", "sheng"}, {"华", "hua"}, {"光", "guang"}, {"德", "de"}, {"信", "xin"},
	{"义", "yi"}, {"民", "min"}, {"乐", "le"}, {"庆", "qing"}, {"源", "yuan"}, {"台", "tai"}, {"门", "men"},
	{"渡", "du"}, {"坪", "ping"}, {"塘", "tang"}, {"堡", "bao"}, {"田", "tian"}, {"原", "yuan"}, {"溪", "xi"},
	{"峰", "feng"}, {"顺", "shun"}, {"达", "da"},
}

var (
	streetKinds    = []word{{"街道", "Subdistrict"}}
	townKinds      = []word{{"镇", "Town"}}
	communityKinds = []word{{"社区", "Community"}}
	compoundKinds  = []word{
		{"小区", "Estate"}, {"花园", "Garden"}, {"家园", "Homes"}, {"新村", "New Village"},
		{"苑", "Court"}, {"雅居", "Residence"}, {"公寓", "Apartments"}, {"名城", "Towers"},
	}
)

// namer gives names that occur once in the city.
type namer struct {
	c    *chance
	used map[string]bool
}

// name draws a fresh name. When the morphemes run short, as in a city of many
// millions, a phase number ("3期") keeps names apart.
func (n *namer) name(kinds []word) word {
	for try := 1; ; try++ {
		a, b := firstMorphemes[n.c.below(len(firstMorphemes))], secondMorphemes[n.c.below(len(secondMorphemes))]
		kind := kinds[n.c.below(len(kinds))]
		if a.zh == b.zh {
			continue
		}
		w := word{a.zh + b.zh + kind.zh, a.en + b.en + " " + kind.en}
		if try > 30 {
			phase := strconv.Itoa(try / 15)
			w = word{w.zh + phase + "期", w.en + " Phase " + phase}
		}
		if !n.used[w.zh] {
			n.used[w.zh] = true
			return w
		}
	}
}
