package places

import (
	"slices"
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
)

// maxReadings bounds how many readings of one name are kept. A name with three
// ambiguous characters has eight.
const maxReadings = 8

// placeReadings gives the readings of characters as they occur in names of places, the
// usual one first. Dictionaries also list readings that no place name uses (市 as fu).
var placeReadings = map[rune][]string{
	'区': {"qu"}, '市': {"shi"}, '园': {"yuan"}, '路': {"lu"}, '家': {"jia"}, '大': {"da"}, '里': {"li"},
	'道': {"dao"}, '号': {"hao"}, '巷': {"xiang"}, '弄': {"long", "nong"}, '村': {"cun"}, '屯': {"tun"},
	'长': {"chang", "zhang"}, '重': {"chong", "zhong"}, '朝': {"chao", "zhao"}, '单': {"dan", "shan"},
	'曾': {"zeng", "ceng"}, '乐': {"le", "yue"}, '都': {"du", "dou"}, '行': {"xing", "hang"}, '厦': {"xia", "sha"},
	'绿': {"lv", "lu"}, '女': {"nv"}, '仇': {"qiu", "chou"}, '解': {"xie", "jie"}, '石': {"shi"}, '广': {"guang"},
	'西': {"xi"}, '南': {"nan"}, '台': {"tai"}, '化': {"hua"}, '子': {"zi"}, '红': {"hong"}, '地': {"di"},
}

// readings returns how a name is spelt in pinyin and by its initials. Each holds all
// readings of an ambiguous name, separated by '|', the likeliest first:
// "changchunshi|zhangchunshi", "ccs|zcs". Letters and digits stand for themselves.
func readings(name string) (full, initials string) {
	syllables := syllablesOf(name)
	var fulls, firsts []string
	for _, choice := range choices(syllables) {
		f, i := spell(syllables, choice)
		if !slices.Contains(fulls, f) {
			fulls = append(fulls, f)
		}
		if !slices.Contains(firsts, i) {
			firsts = append(firsts, i)
		}
	}
	return strings.Join(fulls, "|"), strings.Join(firsts, "|")
}

// syllable is what one character, or one run of letters and digits, can be read as.
type syllable struct {
	options []string
	whole   bool // a run of letters or digits: its initials are the run itself
}

func syllablesOf(name string) []syllable {
	var out []syllable
	var run strings.Builder
	flush := func() {
		if run.Len() > 0 {
			out = append(out, syllable{options: []string{run.String()}, whole: true})
			run.Reset()
		}
	}
	for _, r := range name {
		switch {
		case unicode.Is(unicode.Han, r):
			flush()
			if o := readingsOf(r); len(o) > 0 {
				out = append(out, syllable{options: o})
			}
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			run.WriteRune(unicode.ToLower(r))
		}
	}
	flush()
	return out
}

func readingsOf(r rune) []string {
	if o, ok := placeReadings[r]; ok {
		return o
	}
	a := pinyin.NewArgs()
	a.Heteronym = true
	var out []string
	for _, s := range pinyin.SinglePinyin(r, a) {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// choices lists which option each syllable takes: first the likeliest everywhere, then
// one syllable changed at a time, then two, as far as maxReadings goes.
func choices(s []syllable) [][]int {
	base := make([]int, len(s))
	out := [][]int{base}
	for from := 0; from < len(out) && len(out) < maxReadings; from++ {
		last := -1
		for i, c := range out[from] {
			if c > 0 {
				last = i
			}
		}
		for i := last + 1; i < len(s); i++ {
			for option := 1; option < len(s[i].options) && len(out) < maxReadings; option++ {
				next := slices.Clone(out[from])
				next[i] = option
				out = append(out, next)
			}
		}
	}
	return out
}

func spell(s []syllable, choice []int) (full, initials string) {
	var f, i strings.Builder
	for n, x := range s {
		o := x.options[choice[n]]
		f.WriteString(o)
		if x.whole {
			i.WriteString(o)
		} else {
			i.WriteByte(o[0])
		}
	}
	return f.String(), i.String()
}
