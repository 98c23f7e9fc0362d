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

// surnames are ordered by frequency: common ones, then those whose usual
// reading differs as a surname (单 Shàn, 曾 Zēng, 仇 Qiú, 解 Xiè, 查 Zhā, 盖 Gě,
// 区 Ōu, 朴 Piáo, 缪 Miào, 翟 Zhái, 乐 Yuè, 尉迟 Yùchí), compound and rare ones.
// The last kinds are there to find screens and sort orders that cannot cope.
var surnames = []string{
	"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马", "罗",
	"梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧", "程", "曹", "袁", "邓", "许", "傅", "沈", "曾", "彭", "吕",
	"苏", "卢", "蒋", "蔡", "贾", "丁", "魏", "薛", "叶", "阎", "余", "潘", "杜", "戴", "夏", "钟", "汪", "田", "任", "姜",
	"范", "方", "石", "姚", "谭", "廖", "邹", "熊", "金", "陆", "郝", "孔", "白", "崔", "康", "毛", "邱", "秦", "江", "史",
	"单", "仇", "解", "查", "盖", "区", "朴", "缪", "翟", "乐", "欧阳", "上官", "司马", "诸葛", "尉迟", "逄", "亓", "昝", "禤",
}

// maleNames, femaleNames and plainNames are characters of given names; rareNames
// includes characters outside the Basic Multilingual Plane.
var (
	maleNames = []string{"伟", "强", "磊", "军", "勇", "杰", "涛", "超", "刚", "辉", "鹏", "斌", "浩", "宇", "凯", "健", "志",
		"国", "建", "海", "峰", "龙", "博", "子", "轩", "俊", "东", "亮", "成", "振"}
	femaleNames = []string{"芳", "娜", "敏", "静", "丽", "艳", "娟", "霞", "秀", "英", "桂", "玉", "萍", "红", "玲", "丹", "雪",
		"琳", "婷", "欣", "怡", "涵", "梓", "妍", "蕾", "莹", "慧", "颖", "洁", "梅"}
	plainNames = []string{"明", "文", "晨", "林", "云", "春", "华", "平", "宁", "安", "佳", "思", "雨", "一", "可", "清", "新",
		"乐", "天", "世", "永", "和", "新", "学"}
	rareNames = []string{"喆", "堃", "犇", "淼", "燊", "翀", "頔", "龑", "赟", "昉", "彧", "䶮", "㛃", "𬱖", "𬭎"}
)

// surnameWeights fall with the rank, roughly as published name counts do.
var surnameWeights = func() []int {
	weights := make([]int, len(surnames))
	for i := range weights {
		weights[i] = 4000 / (i + 8)
	}
	return weights
}()

func surname(c *chance) string { return surnames[c.pick(surnameWeights)] }

// givenName is one character in 15 % of people and two in the rest.
func givenName(c *chance, sex string) string {
	if c.permille(150) {
		return nameCharacter(c, sex)
	}
	return nameCharacter(c, sex) + nameCharacter(c, sex)
}

func nameCharacter(c *chance, sex string) string {
	list := femaleNames
	switch roll := c.below(1000); {
	case roll < 8:
		list = rareNames
	case roll < 300:
		list = plainNames
	case sex == male:
		list = maleNames
	}
	return list[c.below(len(list))]
}
