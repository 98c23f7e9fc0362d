package people

import (
	"strings"
	"sync"
	"unicode"

	"github.com/mozillazg/go-pinyin"
	"golang.org/x/text/unicode/norm"
)

// surnameReadings are family names whose reading differs from the usual one of the
// character, or that have more than one: the reading as a family name first, then those
// that people type by mistake or that other families use. Tones make no difference here.
//
// Source: 现代汉语词典 (7th edition) for the readings marked 姓.
var surnameReadings = map[rune][]string{
	'单': {"shan", "dan"}, '曾': {"zeng", "ceng"}, '仇': {"qiu", "chou"}, '解': {"xie", "jie"}, '查': {"zha", "cha"}, '区': {"ou", "qu"},
	'朴': {"piao", "pu"}, '盖': {"ge", "gai"}, '乐': {"yue", "le"}, '尉': {"wei", "yu"}, '翟': {"zhai", "di"}, '缪': {"miao", "mou"},
	'繁': {"po", "fan"}, '种': {"chong", "zhong"}, '重': {"chong", "zhong"}, '员': {"yun", "yuan"}, '洗': {"xian", "xi"}, '秘': {"bi", "mi"},
	'折': {"she", "zhe"}, '黑': {"he", "hei"}, '宓': {"mi", "fu"}, '覃': {"qin", "tan"}, '谌': {"chen", "shen"}, '召': {"shao", "zhao"},
	'郇': {"xun", "huan"}, '祭': {"zhai", "ji"}, '幺': {"yao"}, '么': {"yao", "me"}, '能': {"nai", "neng"}, '隗': {"wei", "kui"},
	'薄': {"bo", "bao"}, '柏': {"bai", "bo"}, '长': {"zhang", "chang"}, '车': {"che", "ju"}, '褚': {"chu", "zhu"}, '都': {"du", "dou"},
	'句': {"gou", "ju"}, '隽': {"juan", "jun"}, '沈': {"shen", "chen"}, '石': {"shi"}, '宿': {"su", "xiu"}, '行': {"xing", "hang"},
	'叶': {"ye", "xie"}, '牟': {"mu", "mou"}, '粘': {"nian", "zhan"}, '逢': {"pang", "feng"}, '郗': {"chi", "xi"}, '番': {"pan", "fan"},
	'费': {"fei", "bi"}, '藏': {"zang", "cang"}, '吕': {"lv", "lu", "lyu"}, '闾': {"lv", "lu"}, '任': {"ren"}, '华': {"hua"}, '冼': {"xian"},
	'贾': {"jia", "gu"}, '曲': {"qu"}, '俞': {"yu", "shu"}, '参': {"shen", "can"}, '奇': {"ji", "qi"}, '相': {"xiang"}, '哈': {"ha"},
	'万': {"wan"}, '南': {"nan"}, '宁': {"ning"}, '佴': {"nai", "er"}, '乜': {"nie", "mie"}, '厘': {"xi", "li"}, '适': {"kuo", "shi"},
}

// doubleSurnames are family names of two characters with a reading of their own.
var doubleSurnames = map[string][2]string{
	"尉迟": {"yu", "chi"}, "单于": {"chan", "yu"}, "万俟": {"mo", "qi"}, "长孙": {"zhang", "sun"}, "澹台": {"tan", "tai"},
	"宰父": {"zai", "fu"}, "亓官": {"qi", "guan"}, "令狐": {"ling", "hu"}, "皇甫": {"huang", "fu"}, "夏侯": {"xia", "hou"},
	"呼延": {"hu", "yan"}, "尉犁": {"yu", "li"}, "鲜于": {"xian", "yu"}, "乐正": {"yue", "zheng"}, "百里": {"bai", "li"},
}

// givenReadings are characters of given names that are read in more than one way, the
// likeliest first.
var givenReadings = map[rune][]string{
	'乐': {"le", "yue"}, '茜': {"xi", "qian"}, '长': {"chang", "zhang"}, '朝': {"chao", "zhao"}, '重': {"chong", "zhong"}, '行': {"xing", "hang"},
	'曾': {"zeng", "ceng"}, '莎': {"sha", "suo"}, '晟': {"sheng", "cheng"}, '盛': {"sheng", "cheng"}, '娜': {"na", "nuo"}, '柏': {"bai", "bo"},
	'乾': {"qian", "gan"}, '恪': {"ke", "que"}, '单': {"dan", "shan"}, '解': {"jie", "xie"}, '查': {"cha", "zha"}, '藏': {"cang", "zang"},
	'传': {"chuan", "zhuan"}, '率': {"shuai", "lv"}, '炅': {"jiong", "gui"}, '绿': {"lv", "lu"}, '奇': {"qi", "ji"}, '参': {"can", "shen"},
	'都': {"du", "dou"}, '贾': {"jia", "gu"}, '车': {"che", "ju"}, '弹': {"dan", "tan"}, '石': {"shi"}, '泊': {"bo", "po"}, '南': {"nan"},
	'育': {"yu"}, '红': {"hong"}, '大': {"da"}, '子': {"zi"}, '家': {"jia"}, '不': {"bu"}, '尼': {"ni"}, '合': {"he"}, '会': {"hui"},
}

// usual holds the usual reading of the characters of the main block, made once.
var usual = sync.OnceValue(func() [][]string {
	a := pinyin.NewArgs()
	out := make([][]string, lastHan-firstHan+1)
	for i := range out {
		if r := pinyin.SinglePinyin(rune(firstHan+i), a); len(r) > 0 && r[0] != "" {
			out[i] = r[:1:1]
		}
	}
	return out
})

const firstHan, lastHan = 0x4E00, 0x9FFF // CJK Unified Ideographs

// syllables are all readings of characters, sorted by the text.
var syllables = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	for _, r := range usual() {
		for _, s := range r {
			out[s] = true
		}
	}
	for _, m := range []map[rune][]string{surnameReadings, givenReadings} {
		for _, r := range m {
			for _, s := range r {
				out[s] = true
			}
		}
	}
	return out
})

// unit is one character of a name in Chinese, or one word of a name in letters.
type unit struct {
	han      rune     // 0 for a word
	readings []string // the likeliest first; a word reads as itself; none for a character that no dictionary has
}

// unitsOf takes a name apart. Dots, spaces and hyphens part words; apostrophes are left out.
func unitsOf(name string) []unit {
	out := make([]unit, 0, 4)
	var word []rune
	flush := func() {
		if len(word) > 0 {
			out = append(out, unit{readings: []string{string(word)}})
			word = word[:0]
		}
	}
	for _, r := range folded(name) {
		switch {
		case unicode.Is(unicode.Han, r):
			flush()
			out = append(out, unit{han: r, readings: readingsOf(r, len(out) == 0)})
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			word = append(word, r)
		case r == '\'' || r == '’':
		default:
			flush()
		}
	}
	flush()
	if len(out) >= 2 && out[0].han != 0 {
		if d, ok := doubleSurnames[string([]rune{out[0].han, out[1].han})]; ok {
			out[0].readings, out[1].readings = before(d[0], out[0].readings), before(d[1], out[1].readings)
		}
	}
	return out
}

// before puts a reading in front of the others.
func before(first string, others []string) []string {
	out := []string{first}
	for _, o := range others {
		if o != first {
			out = append(out, o)
		}
	}
	return out
}

// folded is a text in small letters, half width and without accents, so that José is
// found as jose. A name in Chinese characters alone is itself.
func folded(s string) string {
	plain := true
	for _, r := range s {
		if r < firstHan || r > lastHan {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	return strings.ToLower(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(s)))
}

// readingsOf are the readings of a character that begins a name, or stands later in it.
func readingsOf(r rune, first bool) []string {
	if first {
		if known, ok := surnameReadings[r]; ok {
			return known
		}
	} else if known, ok := givenReadings[r]; ok {
		return known
	}
	if r >= firstHan && r <= lastHan {
		return usual()[r-firstHan]
	}
	if s := pinyin.SinglePinyin(r, pinyin.NewArgs()); len(s) > 0 && s[0] != "" {
		return s[:1]
	}
	return nil
}
