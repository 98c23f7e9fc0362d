package people

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// The words that files use for the codes.
var (
	relationCodes = map[string][]string{
		"head": {"户主", "本人", "本人或户主", "householder", "self", "head of household", "01", "02"}, "spouse": {"配偶", "夫", "妻", "丈夫", "妻子", "husband", "wife", "10"},
		"child":          {"子", "女", "儿子", "女儿", "子女", "长子", "次子", "长女", "次女", "独生子", "独生女", "儿媳", "女婿", "son", "daughter", "20", "30"},
		"parent":         {"父", "母", "父亲", "母亲", "父母", "岳父", "岳母", "公公", "婆婆", "father", "mother", "50"},
		"grandparent":    {"祖父", "祖母", "外祖父", "外祖母", "爷爷", "奶奶", "外公", "外婆", "祖父母", "grandfather", "grandmother", "60"},
		"grandchild":     {"孙子", "孙女", "外孙", "外孙女", "孙子女", "外孙子", "grandson", "granddaughter", "40"},
		"sibling":        {"兄", "弟", "姐", "妹", "哥哥", "弟弟", "姐姐", "妹妹", "兄弟姐妹", "brother", "sister", "70"},
		"other_relative": {"其他亲属", "亲属", "亲戚", "relative", "90"},
		"not_related":    {"非亲属", "其他", "租客", "租户", "同事", "同学", "合租", "保姆", "lodger", "tenant", "roommate", "other", "97", "99"},
	}
	categoryCodes = map[string][]string{
		"resident":     {"常住", "常住人口", "户籍", "户籍人口", "居民", "本地居民", "常住居民", "permanent"},
		"non_resident": {"流动", "流动人口", "非户籍", "暂住", "外来人口", "租住", "non resident", "temporary resident", "migrant"},
		"traveller":    {"旅客", "游客", "过境", "出差", "来访", "visitor", "traveler", "tourist", "guest"},
		"staff":        {"工作人员", "驻点人员", "驻点工作人员", "职工", "员工", "闭环人员", "worker", "employee"},
	}
)

// careWords are the words that files use for needs, each without spaces and in small letters.
var careWords = needsByWord(map[Need][]string{
	LivesAloneElderly: {"独居老人", "独居老年人", "空巢老人", "独居", "elderlylivingalone", "livesalone"}, MinorAlone: {"独处未成年人", "留守儿童", "未成年人独处", "minoralone"},
	Pregnant: {"孕妇", "怀孕", "孕产妇", "孕", "pregnancy"}, PostPartum: {"产妇", "产后", "postpartum", "afterchildbirth"},
	Disabled: {"残疾人", "残疾", "残障", "disability"}, LimitedMobility: {"行动不便", "行动困难", "卧床", "失能", "bedridden", "mobility"},
	Haemodialysis: {"血液透析", "透析", "血透", "dialysis", "hemodialysis"}, Psychiatric: {"精神疾病", "精神障碍", "精神病", "mentalillness"},
	ChronicDisease: {"慢性病", "慢病", "基础病", "基础疾病", "高血压", "糖尿病", "chronic", "chronicillness"}, TumourTreatment: {"肿瘤放化疗", "放化疗", "化疗", "放疗", "肿瘤", "chemotherapy", "radiotherapy", "cancertreatment"},
	Infant: {"婴幼儿", "婴儿", "幼儿", "baby"}, StudentAlone: {"独居学生", "独居大学生", "studentalone"},
	LanguageHelp: {"语言帮助", "语言不通", "需翻译", "需要翻译", "interpreter"}, HomeOxygen: {"家庭氧疗", "吸氧", "制氧机", "呼吸机", "oxygen", "ventilator"},
	Palliative: {"安宁疗护", "临终关怀", "hospice"}, RegularMedicine: {"长期用药", "需长期用药", "定期用药", "美沙酮", "抗结核", "抗病毒", "medicine", "medication"},
})

func needsByWord(all map[Need][]string) map[string]Need {
	out := map[string]Need{}
	for need, words := range all {
		out[strings.ReplaceAll(string(need), "_", "")] = need
		for _, w := range words {
			out[w] = need
		}
	}
	return out
}

// readCare reads needs from one cell, parted by commas, semicolons, slashes or the
// ideographic comma. The answer is false when a word means no need.
func readCare(text string) ([]Care, bool) {
	var out []Care
	var have Needs
	for _, w := range strings.FieldsFunc(norm.NFKC.String(text), func(r rune) bool { return strings.ContainsRune(",;/|、\n+", r) }) {
		w = strings.ToLower(strings.NewReplacer(" ", "", "_", "", "-", "", "\t", "").Replace(w))
		if w == "" || w == "无" || w == "否" || w == "none" || w == "no" {
			continue
		}
		need, ok := careWords[w]
		if !ok {
			return nil, false
		}
		if !have.Has(need) {
			have |= NeedsOf(need)
			out = append(out, Care{Need: need})
		}
	}
	return out, true
}
