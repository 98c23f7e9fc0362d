package synth

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Flaws of rows in a resident list. Each row has at most one.
const (
	FlawTwoNames      = "one_number_two_names"   // the number of the row before with another name
	FlawTwoHomes      = "household_in_two_homes" // at another door than the rest of the household number
	FlawNobody        = "no_name_no_number"
	FlawCheckDigit    = "wrong_check_digit"
	FlawNoPlace       = "unknown_place"
	FlawFuture        = "born_in_the_future"
	FlawDate          = "no_such_day" // 31 February
	FlawLongName      = "name_too_long"
	FlawUnknownCode   = "unknown_code" // a sex that is none
	FlawOld           = "born_1900"    // 1900-01-01: what spreadsheets make of an empty date
	FlawMinorAlone    = "minor_without_guardian"
	FlawWide          = "full_width_digits"
	FlawSpaces        = "spaces_and_hyphens"
	FlawDuplicate     = "same_person_twice" // the whole row before once more
	FlawRareCharacter = "rare_character"
	FlawDot           = "name_with_dot"
)

// flaws in the order in which they are dealt out. The last ones are no mistakes:
// a register must take such rows as they are.
var flaws = []string{
	FlawTwoNames, FlawTwoHomes, FlawNobody, FlawCheckDigit, FlawNoPlace, FlawFuture, FlawDate, FlawLongName, FlawUnknownCode, FlawOld,
	FlawMinorAlone, FlawWide, FlawSpaces, FlawDuplicate, FlawRareCharacter, FlawDot,
}

// ListOptions choose how a resident list is written.
type ListOptions struct {
	// Flawed is how many rows per mille have a flaw; the kinds take turns.
	Flawed int
	// Addresses writes where people live in words (district to door, one column
	// each) instead of the code of the household.
	Addresses bool
}

// ListSummary says what is in a list.
type ListSummary struct {
	Rows  int
	Flaws map[string]int // rows by flaw
}

// listHeader is that of a list as communities keep it.
var listHeader = []string{
	"序号", "姓名", "性别", "证件类型", "证件号码", "出生日期", "手机号码", "地点代码", "区县", "街道乡镇", "社区", "小区", "楼栋", "单元", "门牌号", "户号",
	"与户主关系", "人员类别", "监护人证件号码", "工作单位代码", "特殊需求", "车牌号", "入住日期",
}

// Columns of listHeader that flaws change.
const (
	colName, colSex, colID, colBirth, colPhone, colPlace, colDistrict, colDoor, colHousehold, colGuardian = 1, 2, 4, 5, 6, 7, 8, 14, 15, 18
)

// listWords are the Chinese words of codes in a list.
var listWords = map[string]string{
	male: "男", female: "女", idResident: "居民身份证", idPassport: "护照",
	categoryResident: "常住", categoryNonResident: "流动人口", categoryTraveller: "旅客", categoryStaff: "工作人员",
	relHead: "户主", relSpouse: "配偶", relChild: "子女", relParent: "父母", relGrandchild: "孙子女", relSibling: "兄弟姐妹",
	relOtherRelative: "其他亲属", relNotRelated: "非亲属",
	"lives_alone_elderly": "独居老人", "minor_alone": "独处未成年人", "pregnant": "孕妇", "post_partum": "产妇", "disabled": "残疾人",
	"limited_mobility": "行动不便", "haemodialysis": "血液透析", "psychiatric": "精神障碍", "chronic_disease": "慢性病", "tumour_treatment": "肿瘤放化疗",
	"infant": "婴幼儿", "student_alone": "独居学生", "language_help": "语言帮助", "home_oxygen": "家庭氧疗", "palliative": "安宁疗护", "regular_medicine": "长期用药",
}

// WriteResidentList writes the people of the city as a CSV file in UTF-8 with a
// byte order mark, one after another and never held as a whole: what a community
// would hand in, for rehearsing and measuring imports. The same city and options
// give the same file.
func WriteResidentList(w io.Writer, city *City, o ListOptions) (ListSummary, error) {
	buffer := bufio.NewWriterSize(w, 1<<18)
	if _, err := buffer.WriteString("\ufeff"); err != nil {
		return ListSummary{}, fmt.Errorf("write the resident list: %w", err)
	}
	l := &list{city: city, options: o, out: csv.NewWriter(buffer), c: newChance(city.Seed, stageList), sum: ListSummary{Flaws: map[string]int{}}}
	if err := l.write(); err != nil {
		return l.sum, fmt.Errorf("write the resident list: %w", err)
	}
	if err := buffer.Flush(); err != nil {
		return l.sum, fmt.Errorf("write the resident list: %w", err)
	}
	return l.sum, nil
}

type list struct {
	city    *City
	options ListOptions
	out     *csv.Writer
	c       *chance
	sum     ListSummary
	next    int      // the flaw whose turn it is
	before  []string // the row before
	trail   [8]string
	door    int // whose trail it is
}

func (l *list) write() error {
	if err := l.out.Write(listHeader); err != nil {
		return err
	}
	l.door = -1
	for i := range l.city.People {
		row := l.row(i)
		if l.before != nil && l.c.permille(l.options.Flawed) {
			flaw := flaws[l.next%len(flaws)]
			l.next++
			l.spoil(row, flaw)
			l.sum.Flaws[flaw]++
		}
		l.sum.Rows++
		row[0] = fmt.Sprint(l.sum.Rows)
		if err := l.out.Write(row); err != nil {
			return err
		}
		l.before = row
	}
	l.out.Flush()
	return l.out.Error()
}

func (l *list) row(i int) []string {
	p := &l.city.People[i]
	home := &l.city.Places[p.Household]
	row := make([]string, len(listHeader))
	row[colName], row[colSex], row[3], row[colID] = p.Name, listWords[p.Sex], listWords[p.IDKind], p.IDNumber
	row[colBirth], row[colPhone] = string(p.BirthDate), p.Phone
	if l.options.Addresses {
		l.address(p.Household)
		copy(row[colDistrict:colDoor+1], l.trail[1:8])
	} else {
		row[colPlace] = home.Code
	}
	row[colHousehold] = "H" + home.Code
	row[16], row[17] = listWords[p.Relation], listWords[p.Category]
	if p.Guardian >= 0 {
		row[colGuardian] = l.city.People[p.Guardian].IDNumber
	}
	if p.Work >= 0 && p.Class == 0 {
		row[19] = l.city.Places[p.Work].Code
	}
	var needs []string
	for _, n := range p.Care.Needs() {
		needs = append(needs, listWords[n])
	}
	row[20], row[21], row[22] = strings.Join(needs, "、"), p.Vehicle, string(p.HomeSince)
	return row
}

// address fills the trail with the names from the city down to the door.
func (l *list) address(home int) {
	if home == l.door {
		return
	}
	l.door = home
	for i, at := 7, home; at >= 0; i, at = i-1, l.city.Places[at].Parent {
		l.trail[i] = l.city.Places[at].Name
	}
}

// spoil gives the row a flaw.
func (l *list) spoil(row []string, flaw string) {
	switch flaw {
	case FlawTwoNames:
		row[colID], row[colSex], row[colBirth] = l.before[colID], l.before[colSex], l.before[colBirth]
	case FlawTwoHomes:
		other := l.row(l.c.below(len(l.city.People)))
		copy(row[colPlace:colDoor+1], other[colPlace:colDoor+1])
	case FlawNobody:
		row[colName], row[colID] = "", ""
	case FlawCheckDigit:
		row[colID] = wrongCheckDigit(row[colID])
	case FlawNoPlace:
		row[colPlace], row[colDoor] = "9902-NOWHERE", "不详"
	case FlawFuture:
		row[colBirth] = string(l.city.Start.plus(400))
	case FlawDate:
		row[colBirth] = "2011-02-31"
	case FlawLongName:
		row[colName] = strings.Repeat(row[colName]+"、", 40)
	case FlawUnknownCode:
		row[colSex] = "不男不女"
	case FlawOld:
		row[colBirth], row[colID], row[3] = "1900-01-01", "", ""
	case FlawMinorAlone:
		row[colGuardian], row[colBirth], row[colID], row[3] = "", string(l.city.Start.plus(-3_000)), "", ""
	case FlawWide:
		row[colPhone] = wide(row[colPhone])
	case FlawSpaces:
		row[colName], row[colPhone] = " "+row[colName]+"　", hyphens(row[colPhone])
	case FlawDuplicate:
		copy(row, l.before)
	case FlawRareCharacter:
		row[colName] = "𬱖" + rareLetters[l.c.below(len(rareLetters))]
	case FlawDot:
		row[colName] = transcribed(l.c, male) + "·" + dottedMale[l.c.below(len(dottedMale))]
	}
}

// wrongCheckDigit changes the last character of a number.
func wrongCheckDigit(number string) string {
	if number == "" {
		return "11010119000101000"
	}
	last, changed := number[len(number)-1], byte('0')
	if last == '0' {
		changed = '1'
	}
	return number[:len(number)-1] + string(changed)
}

// wide writes digits in their full width.
func wide(digits string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r - '0' + '０'
		}
		return r
	}, digits)
}

func hyphens(phone string) string {
	if utf8.RuneCountInString(phone) < 11 {
		return phone
	}
	return phone[:3] + "-" + phone[3:7] + " " + phone[7:]
}
