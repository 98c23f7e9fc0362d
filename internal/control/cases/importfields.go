package cases

import (
	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/importer/match"
)

// importFields are what a line list can say. Numbers of cases are text and not
// identifiers to the importer, because hexadecimal ones ("3e6957") look like exponents;
// the session looks for real ones. The synonyms are names that columns have
// in Chinese line lists, in exports of Go.Data and SORMAS, and in R's outbreak data sets.
var importFields = []importer.Field{
	{Key: "number", Title: importer.Text{Zh: "病例编号", En: "Case ID"}, Type: match.TypeText, MaxLen: longestNumber,
		Synonyms: []string{"visual id", "case number", "编号", "病例号", "个案编号", "病例序号", "卡片编号", "感染者编号", "epid number", "external id", "patient id", "record number"}},
	{Key: "classification", Title: importer.Text{Zh: "病例分类", En: "Classification"}, Type: match.TypeCode, Codes: classCodes,
		Synonyms: []string{"case classification", "case status", "case type", "分类", "病例类型", "诊断类型", "感染类型", "诊断分类", "case definition"}},
	{Key: "reported_on", Title: importer.Text{Zh: "报告日期", En: "Reported on"}, Type: match.TypeDay,
		Synonyms: []string{"report date", "date of reporting", "date of report", "date of notification", "notification date", "通报日期", "报告时间", "公布日期", "发布日期", "上报日期"}},
	{Key: "confirmed_on", Title: importer.Text{Zh: "确诊日期", En: "Confirmed on"}, Type: match.TypeDay,
		Synonyms: []string{"confirm date", "date of confirmation", "diagnosis date", "date of diagnosis", "lab confirmation date", "诊断日期", "确诊时间", "诊断时间", "confirmation date"}},
	{Key: "onset_on", Title: importer.Text{Zh: "发病日期", En: "Onset on"}, Type: match.TypeDay,
		Synonyms: []string{"date of onset", "symptom onset", "onset date", "date onset", "symptom onset date", "发病时间", "症状出现日期", "出现症状日期", "起病日期"}},
	{Key: "sampled_on", Title: importer.Text{Zh: "首次阳性采样日期", En: "Sampled on"}, Type: match.TypeDay,
		Synonyms: []string{"sample date", "date of sampling", "specimen date", "specimen collection date", "sample collected on", "采样日期", "采样时间", "阳性采样日期"}},
	{Key: "admitted_on", Title: importer.Text{Zh: "入院日期", En: "Admitted on"}, Type: match.TypeDay,
		Synonyms: []string{"date of hospitalisation", "date of admission", "admission date", "hospitalization start date", "hospital admission date", "住院日期", "入院时间", "收治日期"}},
	{Key: "outcome", Title: importer.Text{Zh: "转归", En: "Outcome"}, Type: match.TypeCode, Codes: outcomeCodes,
		Synonyms: []string{"outcome id", "outcome of case", "final outcome", "结局", "病例转归", "治疗转归"}},
	{Key: "outcome_on", Title: importer.Text{Zh: "转归日期", En: "Outcome on"}, Type: match.TypeDay,
		Synonyms: []string{"date of outcome", "outcome date", "discharge date", "date of discharge", "出院日期", "结局日期", "转归时间"}},
	{Key: "died_on", Title: importer.Text{Zh: "死亡日期", En: "Date of death"}, Type: match.TypeDay,
		Synonyms: []string{"death date", "death", "died", "deceased date", "死亡时间"}},
	{Key: "second_negative_on", Title: importer.Text{Zh: "第二次核酸阴性日期", En: "Second negative on"}, Type: match.TypeDay,
		Synonyms: []string{"second negative date", "date of second negative test", "second negative pcr", "第二次阴性日期", "两次阴性日期"}},
	{Key: "severity", Title: importer.Text{Zh: "临床分型", En: "Severity"}, Type: match.TypeCode, Codes: severityCodes,
		Synonyms: []string{"clinical severity", "clinical type", "severity level", "分型", "病情", "临床严重程度", "严重程度"}},
	{Key: "origin", Title: importer.Text{Zh: "感染来源", En: "Origin"}, Type: match.TypeCode, Codes: originCodes,
		Synonyms: []string{"imported", "local or imported", "case origin", "来源", "本土或输入", "本土/输入", "输入类型", "病例来源"}},
	{Key: "detection_route", Title: importer.Text{Zh: "发现途径", En: "Detection route"}, Type: match.TypeCode, Codes: routeCodes,
		Synonyms: []string{"route of detection", "how found", "found by", "mode of detection", "发现方式", "筛查途径", "检出途径"}},
	{Key: "zone_class", Title: importer.Text{Zh: "采样时所在区域", En: "Zone class"}, Type: match.TypeCode, Codes: zoneCodes,
		Synonyms: []string{"zone", "control zone", "zone at sampling", "管控区域", "区域类别", "三区类别", "所在区域类别"}},
	{Key: "under_restriction_since", Title: importer.Text{Zh: "管控开始日期", En: "Under restriction since"}, Type: match.TypeDay,
		Synonyms: []string{"isolation start date", "quarantine start date", "date of isolation", "隔离日期", "隔离开始日期", "开始隔离日期"}},
	{Key: "place_code", Title: importer.Text{Zh: "地点代码", En: "Place code"}, Type: match.TypeText,
		Synonyms: []string{"location id", "location code", "area code", "division code", "区划代码", "地区编码", "现住址编码", "行政区划代码"}},
	{Key: "place", Title: importer.Text{Zh: "地点", En: "Place"}, Type: match.TypeText, MaxLen: 300,
		Synonyms: []string{"place name", "location", "location name", "place of residence", "area", "所在地", "现住地区", "居住地", "所属社区", "小区", "小区名称", "地点名称"}},
	{Key: "district", Title: importer.Text{Zh: "区县", En: "District"}, Type: match.TypeText, Synonyms: []string{"county", "区", "县区", "区（县）", "所在区", "现住区县", "行政区"}},
	{Key: "street", Title: importer.Text{Zh: "街道", En: "Street office"}, Type: match.TypeText, Synonyms: []string{"subdistrict", "street or town", "township", "街道（乡镇）", "乡镇", "街道乡镇", "乡镇街道", "所在街道"}},
	{Key: "community", Title: importer.Text{Zh: "社区", En: "Community"}, Type: match.TypeText, Synonyms: []string{"village", "社区（村）", "村居", "社区村", "居委会", "所在社区"}},
	{Key: "sex", Title: importer.Text{Zh: "性别", En: "Sex"}, Type: match.TypeCode, Codes: sexCodes, Personal: "health", Synonyms: []string{"gender"}},
	{Key: "age", Title: importer.Text{Zh: "年龄", En: "Age"}, Type: match.TypeAge, Personal: "health", Synonyms: []string{"age years", "age in years", "岁数", "年龄（岁）", "age at report"}},
	{Key: "name", Title: importer.Text{Zh: "姓名", En: "Name"}, Type: match.TypeText, Personal: "name", MaxLen: 100, Synonyms: []string{"full name", "patient name", "case name", "患者姓名", "病例姓名", "xingming"}},
	{Key: "first_name", Title: importer.Text{Zh: "名", En: "First name"}, Type: match.TypeText, Personal: "name", MaxLen: 100, Synonyms: []string{"given name", "forename", "名字"}},
	{Key: "middle_name", Title: importer.Text{Zh: "中间名", En: "Middle name"}, Type: match.TypeText, Personal: "name", MaxLen: 100},
	{Key: "last_name", Title: importer.Text{Zh: "姓", En: "Last name"}, Type: match.TypeText, Personal: "name", MaxLen: 100, Synonyms: []string{"family name", "surname", "姓氏"}},
	{Key: "phone", Title: importer.Text{Zh: "电话", En: "Phone"}, Type: match.TypePhone, Personal: "phone", Synonyms: []string{"telephone", "mobile", "phone number", "联系电话", "手机", "手机号", "手机号码", "电话号码", "联系方式", "本人电话"}},
	{Key: "id_number", Title: importer.Text{Zh: "身份证号", En: "Identity number"}, Type: match.TypeIDNumber, Personal: "id_number", Synonyms: []string{"citizen id", "national id", "resident id", "身份证", "身份证号码", "证件号", "证件号码", "有效证件号"}},
	{Key: "address", Title: importer.Text{Zh: "详细地址", En: "Address"}, Type: match.TypeText, Personal: "address", MaxLen: 500, Synonyms: []string{"home address", "residence address", "street address", "现住址", "居住地址", "家庭住址", "住址", "地址", "现住详细地址"}},
	{Key: "exposure", Title: importer.Text{Zh: "暴露情况", En: "Exposure"}, Type: match.TypeText, Personal: "free_text", MaxLen: longestExposure, Synonyms: []string{"infection source", "source of infection", "exposure history", "epidemiological link", "感染途径", "暴露史", "流行病学史", "接触史", "暴露源"}},
	{Key: "lon", Title: importer.Text{Zh: "经度", En: "Longitude"}, Type: match.TypeLon, Synonyms: []string{"lng", "long"}},
	{Key: "lat", Title: importer.Text{Zh: "纬度", En: "Latitude"}, Type: match.TypeLat},
	{Key: "external_id", Title: importer.Text{Zh: "外部标识", En: "External key"}, Type: match.TypeText, Synonyms: []string{"uuid", "guid", "record id", "row id", "系统标识"}},
}

// The words that files use for each value. "normal" is what translations of Chinese
// bulletins call 普通型; the misspellings are from a published line list.
var (
	classCodes = map[string][]string{
		"suspected":          {"suspect", "suspected case", "疑似", "疑似病例", "S"},
		"screening_positive": {"screening positive", "initial positive", "初筛阳性", "初阳", "待复核"},
		"probable":           {"probable case", "可能病例", "临床诊断", "临床诊断病例", "P"},
		"confirmed":          {"confirmed case", "lab confirmed", "laboratory confirmed", "confirmed no symptoms", "确诊", "确诊病例", "实验室确诊", "C", "轻型确诊", "阳性确诊"},
		"asymptomatic":       {"asymptomatic infection", "asymptomatic carrier", "无症状", "无症状感染者", "无症状感染", "A"},
		"excluded":           {"not a case", "discarded", "not a case discarded", "no case", "non case", "排除", "已排除", "排除病例", "非病例"},
	}
	outcomeCodes = map[string][]string{
		"under_care":  {"alive", "no outcome", "in hospital", "hospitalized", "hospitalised", "ill", "active", "在治", "治疗中", "住院", "住院中", "在院"},
		"recovered":   {"recover", "cured", "discharged", "healed", "released", "治愈", "出院", "痊愈", "治愈出院", "解除隔离", "康复", "出舱"},
		"died":        {"death", "dead", "deceased", "fatal", "die", "死亡", "病亡", "去世"},
		"transferred": {"transfer", "transferred out", "referred", "转出", "转院", "转诊"},
		"unknown":     {"unk", "lost to follow up", "other", "未知", "失访", "其他", "不明"},
	}
	severityCodes = map[string][]string{
		"mild":     {"minor", "light", "轻型", "轻症", "轻"},
		"moderate": {"normal", "common", "ordinary", "general", "普通型", "普通", "中型", "一般"},
		"severe":   {"serious", "heavy", "重型", "重症", "重"},
		"critical": {"very severe", "critically ill", "危重型", "危重", "危重症"},
		"unknown":  {"unclassified", "unclassfied", "unclassifed", "unclassifdied", "not classified", "未分型", "未知", "不明"},
	}
	originCodes = map[string][]string{
		"local":    {"indigenous", "autochthonous", "in country", "本土", "本地", "本土病例", "no", "false"},
		"imported": {"import", "overseas", "from abroad", "输入", "境外输入", "外地输入", "省外输入", "市外输入", "输入病例", "yes", "true"},
		"unknown":  {"unk", "未知", "不明"},
	}
	sexCodes = map[string][]string{
		"male": {"m", "man", "boy", "男", "男性"}, "female": {"f", "woman", "girl", "女", "女性"},
		"other": {"o", "diverse", "其他"}, "unknown": {"unk", "u", "not known", "未知", "未说明", "不明"},
	}
	routeCodes = map[string][]string{
		"quarantine":          {"isolation", "contact under quarantine", "集中隔离", "居家隔离", "隔离点", "隔离管控", "隔离人员", "集中隔离点", "密接隔离"},
		"control_screening":   {"screening under control", "control area screening", "管控筛查", "封控筛查", "封控区筛查", "管控区筛查", "封控管控", "管控人员筛查"},
		"closed_loop":         {"closed loop", "闭环", "闭环管理", "闭环人员"},
		"hospital":            {"inpatient", "in hospital", "住院患者", "院内", "院内筛查"},
		"at_risk_screening":   {"risk group screening", "at risk", "风险人群排查", "风险人群筛查", "重点人群筛查", "重点人群"},
		"community_screening": {"mass screening", "mass testing", "population screening", "社会面筛查", "社会面", "全员核酸", "社区筛查", "区域核酸", "全员筛查"},
		"clinic":              {"fever clinic", "outpatient", "主动就诊", "发热门诊", "就诊", "门诊"},
		"self_report":         {"self test", "antigen self test", "自行检测", "自主上报", "抗原自测", "主动报告"},
		"unknown":             {"unk", "未知", "不明", "其他", "other"},
	}
	zoneCodes = map[string][]string{
		"lockdown":   {"lockdown zone", "封控区", "封控", "high risk", "高风险区"},
		"control":    {"control zone", "managed", "管控区", "管控", "medium risk", "中风险区"},
		"precaution": {"precaution zone", "防范区", "防范", "low risk", "低风险区"},
		"none":       {"no zone", "outside", "非三区", "三区外", "未划定"},
		"unknown":    {"unk", "未知", "不明"},
	}
)
