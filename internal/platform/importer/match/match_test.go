package match

import (
	"strings"
	"testing"

	"github.com/allclear/allclear/internal/platform/importer/table"
)

var fields = []Field{
	{Key: "case_number", Title: Text{"病例编号", "Case number"}, Synonyms: []string{"case id", "case no", "病例号", "编号", "bianhao", "visual id"}, Type: TypeIdentifier},
	{Key: "name", Title: Text{"姓名", "Name"}, Synonyms: []string{"full name", "patient name", "xingming"}, Type: TypeText, Personal: "name"},
	{Key: "sex", Title: Text{"性别", "Sex"}, Synonyms: []string{"gender"}, Type: TypeCode, Codes: map[string][]string{"male": {"m", "男"}, "female": {"f", "女"}, "other": nil, "unknown": {"不详", "u"}}},
	{Key: "age", Title: Text{"年龄", "Age"}, Synonyms: []string{"age years"}, Type: TypeAge},
	{Key: "onset_on", Title: Text{"发病日期", "Onset"}, Synonyms: []string{"date of onset", "symptom onset", "onset date", "illness onset date"}, Type: TypeDay},
	{Key: "report_on", Title: Text{"报告日期", "Reported on"}, Synonyms: []string{"date of reporting", "report date"}, Type: TypeDay},
	{Key: "confirmed_on", Title: Text{"确诊日期", "Confirmed on"}, Synonyms: []string{"date of confirmation", "confirm date"}, Type: TypeDay},
	{Key: "confirmed", Title: Text{"确诊", "Confirmed"}, Type: TypeInteger, NonNegative: true},
	{Key: "asymptomatic", Title: Text{"无症状", "Asymptomatic"}, Type: TypeInteger},
	{Key: "reclassified", Title: Text{"转归", "Reclassified"}, Synonyms: []string{"asymptomatic to confirmed"}, Type: TypeInteger},
	{Key: "lon", Title: Text{"经度", "Longitude"}, Synonyms: []string{"lng", "long", "x"}, Type: TypeLon},
	{Key: "lat", Title: Text{"纬度", "Latitude"}, Synonyms: []string{"y"}, Type: TypeLat},
	{Key: "id_number", Title: Text{"身份证号", "ID number"}, Synonyms: []string{"身份证号码", "证件号码"}, Type: TypeIDNumber, Personal: "id_number"},
	{Key: "phone", Title: Text{"电话", "Phone"}, Synonyms: []string{"telephone", "手机号", "联系电话"}, Type: TypePhone, Personal: "phone"},
}

func TestColumnsAreMatchedByName(t *testing.T) {
	t.Parallel()
	for column, want := range map[string]string{
		"case_id": "case_number", "caseID": "case_number", "Case No.": "case_number", "病例编号（必填）": "case_number", "ＣＡＳＥ＿ＩＤ": "case_number", "person.visualId": "case_number",
		"gender ": "sex", "Gender": "sex", "性别": "sex", "患者姓名": "name", "父亲姓名": "", "联系人姓名": "", "firstName": "",
		"date_of_onset": "onset_on", "symptom_onset": "onset_on", "发病日期": "onset_on", "发病日期(YYYY-MM-DD)": "onset_on", "illness_onset_date": "onset_on",
		"date_of_reporting": "report_on", "reportDate": "report_on", "confirm_date": "confirmed_on", "date of confirmation": "confirmed_on",
		"Confirmed": "confirmed", "Asymptomatic": "asymptomatic", "Asymptomatic to Confirmed": "reclassified",
		"long": "lon", "LATITUDE": "lat", "Ages": "age", "âge": "age", "age_class": "", "telephone": "phone", "date_of_last_contact": "", "admin_0_name": "",
		"case_num": "case_number", "": "", "column 3": "",
	} {
		got := ""
		if pairs := Columns([]string{column}, fields); len(pairs) == 1 {
			got = pairs[0].Field
		}
		if got != want {
			t.Errorf("%q feeds %q, want %q", column, got, want)
		}
	}
}

func TestOneColumnOneField(t *testing.T) {
	t.Parallel()
	pairs := Columns([]string{"case id", "Case_ID", "case number", "gender", "sex", "long", "lon"}, fields)
	columns, keys := map[int]bool{}, map[string]bool{}
	for _, p := range pairs {
		if columns[p.Column] || keys[p.Field] {
			t.Errorf("twice: %+v", p)
		}
		columns[p.Column], keys[p.Field] = true, true
		if p.Field == "case_number" && p.Column != 2 {
			t.Errorf("the worse column won: %+v", p)
		}
	}
	if len(pairs) != 3 {
		t.Errorf("%+v", pairs)
	}
}

func TestDays(t *testing.T) {
	t.Parallel()
	shanghai := mustZone(t, "Asia/Shanghai")
	for _, c := range []struct {
		text   string
		format DayFormat
		want   string
		code   string
	}{
		{"2022-04-08", DayFormat{}, "2022-04-08", ""},
		{"2022/4/8", DayFormat{Order: DMY}, "2022-04-08", ""},
		{"2022.4.8 13:05:59", DayFormat{}, "2022-04-08", ""},
		{"２０２２－０４－０８", DayFormat{}, "2022-04-08", ""},
		{"2022年3月5日", DayFormat{}, "2022-03-05", ""},
		{"2022年3月5日 上午9:30", DayFormat{}, "2022-03-05", ""},
		{"2022年3月5日9时30分", DayFormat{}, "2022-03-05", ""},
		{"二〇二二年三月十五日", DayFormat{}, "2022-03-15", ""},
		{"二零二二年十一月二十日", DayFormat{}, "2022-11-20", ""},
		{"20220408", DayFormat{}, "2022-04-08", ""},
		{"2020-06-28T00:00:00.000Z", DayFormat{}, "2020-06-28", ""},
		{"2022-04-07T16:00:00Z", DayFormat{}, "2022-04-08", ""},
		{"2022-04-07T23:30:00+08:00", DayFormat{}, "2022-04-07", ""},
		{"14/01/2020", DayFormat{}, "2020-01-14", ""},
		{"1/14/2020", DayFormat{}, "2020-01-14", ""},
		{"5/5/2020", DayFormat{}, "2020-05-05", ""},
		{"5/1/2020", DayFormat{}, "", CodeAmbiguousDay},
		{"5/1/2020", DayFormat{Order: DMY}, "2020-01-05", ""},
		{"5/1/2020", DayFormat{Order: MDY}, "2020-05-01", ""},
		{"12/20/2021 14:00", DayFormat{Order: MDY}, "2021-12-20", ""},
		{"1/14/2020", DayFormat{Order: DMY}, "", CodeContradicts},
		{"14/1/2020", DayFormat{Order: MDY}, "", CodeContradicts},
		{"14/1/2020", DayFormat{Order: YMD}, "", CodeContradicts},
		{"5 Mar 2022", DayFormat{}, "2022-03-05", ""},
		{"Mar 5, 2022", DayFormat{}, "2022-03-05", ""},
		{"5-Mar-22", DayFormat{}, "", CodeShortYear},
		{"5-Mar-22", DayFormat{Order: DMY, ShortYear: true}, "2022-03-05", ""},
		{"11/3/80", DayFormat{Order: MDY}, "", CodeShortYear},
		{"11/3/80", DayFormat{Order: MDY, ShortYear: true}, "1980-11-03", ""},
		{"2022-02-30", DayFormat{}, "", CodeImpossibleDay},
		{"2021-02-29", DayFormat{}, "", CodeImpossibleDay},
		{"2020-02-29", DayFormat{}, "2020-02-29", ""},
		{"31/31/2022", DayFormat{}, "", CodeImpossibleDay},
		{"0202-03-05", DayFormat{}, "", CodeDayRange},
		{"18275", DayFormat{}, "", CodeDayNumber},
		{"44659", DayFormat{}, "", CodeDayNumber},
		{"1649376000", DayFormat{}, "", CodeDayNumber},
		{"3月5日", DayFormat{}, "", CodeNoYear},
		{"4/8", DayFormat{}, "", CodeNoYear},
		{"yesterday", DayFormat{}, "", CodeNotADay},
		{"2022-04-08 25:00", DayFormat{}, "", CodeNotADay},
		{"2022-04-08 or so", DayFormat{}, "", CodeNotADay},
	} {
		got, code := c.format.day(c.text, shanghai)
		if got != c.want || code != c.code {
			t.Errorf("%q as %v: %q %s, want %q %s", c.text, c.format, got, code, c.want, c.code)
		}
	}
}

func TestDayFormatsAreUnderstood(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]DayFormat{
		"dmy": {Order: DMY}, "MDY": {Order: MDY}, "ymd": {Order: YMD}, "DD/MM/YYYY": {Order: DMY}, "%d/%m/%Y": {Order: DMY}, "mm-dd-yyyy": {Order: MDY},
		"%m/%d/%y": {Order: MDY, ShortYear: true}, "DD/MM/YY": {Order: DMY, ShortYear: true}, "yyyy-MM-dd HH:mm:ss": {Order: YMD}, "日/月/年": {Order: DMY},
	} {
		if got, ok := ParseDayFormat(text); !ok || got != want {
			t.Errorf("%q: %+v %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "dm", "whatever", "ydm"} {
		if f, ok := ParseDayFormat(text); ok {
			t.Errorf("%q is taken for %+v", text, f)
		}
	}
}

func TestTheOrderOfDaysIsSettledByEvidenceOnly(t *testing.T) {
	t.Parallel()
	column := func(name string, values ...string) *Evidence {
		e := NewEvidence(name, Field{Key: name, Type: TypeDay})
		for i, v := range values {
			e.Add(i+2, table.Cell{Text: v})
		}
		return e
	}
	own := column("own", "5/1/2020", "14/01/2020")
	bare := column("bare", "5/1/2020", "6/1/2020")
	us := column("us", "1/14/2020")
	iso := column("iso", "2020-01-14")
	by := func(all []*Evidence, chosen map[string]DayFormat, file *DayFormat) map[string]Settled {
		out := map[string]Settled{}
		for _, s := range Settle(all, chosen, file) {
			out[s.Column] = s
		}
		return out
	}
	s := by([]*Evidence{own, bare, iso}, nil, nil)
	if s["own"].By != ByOwnValues || s["own"].Format.Order != DMY || s["bare"].By != ByOtherDays || s["bare"].From != "own" || s["bare"].Format.Order != DMY || s["iso"].By != ByNoNeed {
		t.Errorf("%+v", s)
	}
	s = by([]*Evidence{bare, iso}, nil, nil)
	if e := s["bare"]; e.By != Unsettled || e.Example != "5/1/2020" || e.ExampleRow != 2 || e.Readings != [2]string{"2020-01-05", "2020-05-01"} {
		t.Errorf("%+v", e)
	}
	if s := by([]*Evidence{own, us, bare}, nil, nil); s["bare"].By != Unsettled || s["us"].Format.Order != MDY {
		t.Errorf("two columns that disagree settle a third: %+v", s["bare"])
	}
	if s := by([]*Evidence{column("both", "14/01/2020", "1/14/2020")}, nil, nil); s["both"].By != Contradicted {
		t.Errorf("%+v", s["both"])
	}
	if s := by([]*Evidence{bare}, map[string]DayFormat{"bare": {Order: MDY}}, &DayFormat{Order: DMY}); s["bare"].Format.Order != MDY || s["bare"].By != ByUserChoice {
		t.Errorf("%+v", s["bare"])
	}
	personal := NewEvidence("born", Field{Key: "born", Personal: "health"})
	personal.Add(2, table.Cell{Text: "5/1/1980"})
	if strings.Contains(personal.Example+personal.Readings[0], "1980") {
		t.Errorf("a personal day is shown: %+v", personal)
	}
}

func TestNumbersAndAges(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]float64{"12": 12, " １２ ": 12, "1,234": 1234, "+3": 3, "−3": -3, "3.0": 3, "36例": 36} {
		if n, code := parseInteger(text); n != want || code != "" {
			t.Errorf("%q: %v %s", text, n, code)
		}
	}
	for text, want := range map[string]string{"3.5": CodeNotWhole, "1,23": CodeNotANumber, "1e3": CodeNotANumber, "abc": CodeNotANumber, "": CodeNotANumber, "12%": CodeNotANumber, "99999999999999999999": CodeTooLarge, "0x10": CodeNotANumber} {
		if n, code := parseInteger(text); code != want {
			t.Errorf("%q: %v %s", text, n, code)
		}
	}
	for text, want := range map[string]float64{
		"36": 36, "36岁": 36, "３６岁": 36, "36.9": 36, "8 months": 0, "8月龄": 0, "8个月": 0, "18个月": 1, "1岁6个月": 1, "3天": 0, "2周": 0, "<1": 0, "60 years": 60, "59y": 59, "新生儿": 0,
	} {
		if n, code := parseAge(text); n != want || code != "" {
			t.Errorf("%q: %v %s", text, n, code)
		}
	}
	for _, text := range []string{"9M", "30-39", "-1", "131", "young", "1980-01-01", ""} {
		if n, code := parseAge(text); code != CodeNotAnAge {
			t.Errorf("%q is an age: %v", text, n)
		}
	}
}

func TestIDNumbers(t *testing.T) {
	t.Parallel()
	// Made-up numbers with right check digits, from the worked examples of the standard.
	for text, want := range map[string]string{"11010519491231002X": "11010519491231002X", "11010519491231002x": "11010519491231002X", " ４４０５２４１８８００１０１００１４ ": ""} {
		got, code := CheckIDNumber(text)
		if want != "" && (got != want || code != "") {
			t.Errorf("%q: %q %s", text, got, code)
		}
		if want == "" && code != CodeIDBirthDay { // born in 1880
			t.Errorf("%q: %q %s", text, got, code)
		}
	}
	for text, want := range map[string]string{
		"110105194912310021": CodeIDChecksum, "110105194912310000": CodeDamagedID, "1.10105E+17": CodeDamagedID, "11010519491231": CodeIDLength,
		"1101051949123100": CodeIDLength, "11010519491231A02X": CodeIDCharacter, "": CodeIDLength,
	} {
		if got, code := CheckIDNumber(text); code != want {
			t.Errorf("%q: %q %s, want %s", text, got, code, want)
		}
	}
}

func read(t *testing.T, field Field, c table.Cell) (Value, string) {
	t.Helper()
	r := NewReader(Plan{Columns: []string{"c"}, Fields: []Field{field}, Pairs: []Pair{{Column: 0, Field: field.Key}}})
	values, _, refusals := r.Read(&table.Row{Number: 2, Cells: []table.Cell{c}})
	if len(refusals) > 0 {
		return Value{}, refusals[0].Code
	}
	return values[field.Key], ""
}

func TestCells(t *testing.T) {
	t.Parallel()
	by := map[string]Field{}
	for _, f := range fields {
		by[f.Key] = f
	}
	for _, c := range []struct {
		field string
		cell  table.Cell
		want  string
		code  string
	}{
		{"sex", table.Cell{Text: "男"}, "male", ""},
		{"sex", table.Cell{Text: "LNG_REFERENCE_DATA_CATEGORY_GENDER_FEMALE"}, "female", ""},
		{"sex", table.Cell{Text: "不详"}, "unknown", ""},
		{"sex", table.Cell{Text: "NA"}, "", ""},
		{"sex", table.Cell{Text: "male?"}, "", CodeUnknown},
		{"name", table.Cell{Text: "Na"}, "Na", ""},
		{"name", table.Cell{Text: "NA"}, "", ""},
		{"name", table.Cell{Text: " 张三\u3000"}, "张三", ""},
		{"name", table.Cell{Text: "张\x00三"}, "", CodeControl},
		{"case_number", table.Cell{Text: "1.10101E+17"}, "", CodeDamaged},
		{"case_number", table.Cell{Text: "220202001001000000", Kind: table.NumberCell, Flag: table.Imprecise}, "", CodeDamaged},
		{"case_number", table.Cell{Text: "007"}, "007", ""},
		{"case_number", table.Cell{Text: "01e000"}, "01e000", ""},
		{"case_number", table.Cell{Text: "7692e2"}, "7692e2", ""},
		{"id_number", table.Cell{Text: "110105194912310000", Kind: table.NumberCell, Flag: table.Imprecise}, "", CodeDamagedID},
		{"phone", table.Cell{Text: "+86 138-0013-8000"}, "+8613800138000", ""},
		{"phone", table.Cell{Text: "1.38001E+10"}, "", CodeDamaged},
		{"phone", table.Cell{Text: "none known"}, "", CodePhone},
		{"lon", table.Cell{Text: "-13.21799"}, "-13.21799", ""},
		{"lon", table.Cell{Text: "181"}, "", CodeLonRange},
		{"lat", table.Cell{Text: "91"}, "", CodeLatRange},
		{"confirmed", table.Cell{Text: "-1"}, "", CodeNegative},
		{"onset_on", table.Cell{Text: "44659", Kind: table.NumberCell, Serial: 44659}, "2022-04-08", ""},
		{"onset_on", table.Cell{Text: "18275", Kind: table.NumberCell, Serial: 18275}, "", CodeDayNumber},
		{"onset_on", table.Cell{Text: "2022-04-08 13:00:00", Kind: table.DayCell, Serial: 44659.5}, "2022-04-08", ""},
		{"onset_on", table.Cell{Text: "无"}, "", ""},
		{"onset_on", table.Cell{Text: "#REF!", Kind: table.ErrorCell}, "", CodeErrorCell},
		{"onset_on", table.Cell{Text: "(formula)", Kind: table.FormulaCell}, "", CodeFormulaCell},
		{"onset_on", table.Cell{Text: "1900-02-29", Kind: table.DayCell, Flag: table.PhantomDay}, "", CodePhantomDay},
		{"name", table.Cell{Text: strings.Repeat("长", 501)}, "", CodeTooLong},
	} {
		v, code := read(t, by[c.field], c.cell)
		if v.Text != c.want || code != c.code {
			t.Errorf("%s %q: %q %s, want %q %s", c.field, c.cell.Text, v.Text, code, c.want, c.code)
		}
	}
}

func TestGeometries(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"type":"Point","coordinates":[121.5, 31.2]}`: "", `{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}`: "",
		`{"type":"Point","coordinates":[13525000,3662000]}`: CodeGeoRange, `{"type":"Circle","coordinates":[1,2]}`: CodeGeometry,
		`{"type":"Point","coordinates":[]}`: CodeGeometry, `x`: CodeGeometry, `{"type":"Point"}`: CodeGeometry, `{"type":"LineString","coordinates":[["a","b"]]}`: CodeGeometry,
	} {
		if _, code := parseGeometry(text, false); code != want {
			t.Errorf("%s: %s", text, code)
		}
	}
}

// TestPersonalValuesNeverAppear walks every sentence with a personal value.
func TestPersonalValuesNeverAppear(t *testing.T) {
	t.Parallel()
	const secret = "张三丰的秘密1.38E+99\x00"
	for _, typ := range []Type{TypeText, TypeInteger, TypeAge, TypeDay, TypeCode, TypeBool, TypeLon, TypeGeometry, TypeIDNumber, TypePhone, TypeIdentifier} {
		f := Field{Key: "k", Type: typ, Personal: "name", MaxLen: 3, Codes: map[string][]string{"a": nil}}
		r := NewReader(Plan{Columns: []string{"c"}, Fields: []Field{f}, Pairs: []Pair{{Column: 0, Field: "k"}}})
		_, _, refusals := r.Read(&table.Row{Number: 2, Cells: []table.Cell{{Text: secret}}})
		if len(refusals) != 1 {
			t.Errorf("%s: %d refusals", typ, len(refusals))
			continue
		}
		for _, lang := range []string{"zh-CN", "en"} {
			if text := refusals[0].Text(lang); strings.Contains(text, "三丰") || strings.Contains(refusals[0].Value, "三丰") {
				t.Errorf("%s: %s", typ, text)
			}
		}
	}
}

func TestEverySentenceIsWhole(t *testing.T) {
	t.Parallel()
	if len(Codes()) < 80 {
		t.Errorf("only %d sentences", len(Codes()))
	}
	for _, code := range Codes() {
		s := sentences[code]
		if s.Zh == "" || s.En == "" || !strings.HasPrefix(code, "importer.") {
			t.Errorf("%s: %+v", code, s)
		}
		for _, part := range strings.Split(s.Zh, "{")[1:] {
			if name, _, _ := strings.Cut(part, "}"); !strings.Contains(s.En, "{"+name+"}") {
				t.Errorf("%s: {%s} is in one language only", code, name)
			}
		}
	}
	r := Refusal{Column: "姓名", Value: Describe("张三丰"), Code: CodePhone}
	if got := r.Text("zh-CN"); !strings.Contains(got, "3 个字符") {
		t.Error(got)
	}
}

func FuzzDay(f *testing.F) {
	for _, s := range []string{"2022-04-08", "14/1/2020", "二〇二二年三月", "5 Mar 2022", "2022-04-07T16:00:00Z"} {
		f.Add(s, "dmy")
	}
	f.Fuzz(func(t *testing.T, s, format string) {
		df, _ := ParseDayFormat(format)
		iso, code := df.day(s, nil)
		if (iso == "") == (code == "") {
			t.Fatalf("%q: %q %q", s, iso, code)
		}
		if iso != "" {
			if again, code := df.day(iso, nil); again != iso || code != "" {
				t.Fatalf("%q is not read back: %q %s", iso, again, code)
			}
		}
	})
}

func FuzzNumbers(f *testing.F) {
	for _, s := range []string{"1,234", "36岁", "1岁6个月", "11010519491231002X", "+86 138"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if n, code := parseAge(s); code == "" && (n < 0 || n > maxAge) {
			t.Fatalf("age %v", n)
		}
		_, _ = parseInteger(s)
		if id, code := CheckIDNumber(s); code == "" && len(id) != 18 {
			t.Fatalf("%q", id)
		}
		_, _ = parsePhone(s)
		_, _ = parseGeometry(s, false)
	})
}

func FuzzHeader(f *testing.F) {
	f.Add("date_of_onset", "发病日期")
	f.Fuzz(func(t *testing.T, a, b string) {
		for _, p := range Columns([]string{a, b}, fields) {
			if p.Column < 0 || p.Column > 1 || p.Score < threshold {
				t.Fatalf("%+v", p)
			}
		}
	})
}
