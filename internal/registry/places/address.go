package places

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Address is an address text, taken apart. What the text does not say is empty. Numbers
// are digits as text, with a letter or a hyphen where the text has one ("12A", "105-1").
type Address struct {
	Text     string `json:"text"` // as given, its width levelled
	Province string `json:"province,omitempty"`
	City     string `json:"city,omitempty"`
	District string `json:"district,omitempty"`
	Street   string `json:"street,omitempty"` // 街道, 镇, 乡
	// Village is a village or an estate called so: 安基村, 曹杨二村, 龙华新村.
	Village string `json:"village,omitempty"`
	// Groups are the parts of a village, the largest first: 丁家队, 丁家宅.
	Groups   []string `json:"groups,omitempty"`
	Road     string   `json:"road,omitempty"`
	Cross    string   `json:"cross,omitempty"` // the other road of a crossing
	Lane     string   `json:"lane,omitempty"`  // 弄
	SubLane  string   `json:"sub_lane,omitempty"`
	Number   string   `json:"number,omitempty"`    // 号
	NumberTo string   `json:"number_to,omitempty"` // the last one of "333-345号"
	Name     string   `json:"name,omitempty"`      // of an estate, a house, a firm
	Building string   `json:"building,omitempty"`  // 号楼, 幢, 栋, 座
	Unit     string   `json:"unit,omitempty"`      // 单元
	Room     string   `json:"room,omitempty"`      // 室
	Note     string   `json:"note,omitempty"`      // what stands in brackets
	Near     bool     `json:"near,omitempty"`      // only close to what is named: 近, 旁
	Western  bool     `json:"western,omitempty"`
}

// maxAddress is the longest text that is looked at, in characters.
const maxAddress = 200

// ParseAddress takes an address apart. It never fails: what it does not understand it
// leaves in Name.
func ParseAddress(text string) Address {
	text, note := levelled(text)
	a := Address{Text: text, Note: note}
	if text == "" {
		return a
	}
	if strings.IndexFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) < 0 {
		a.western()
		return a
	}
	rest := strings.ReplaceAll(text, " ", "")
	rest = a.divisions(rest)
	rest = a.crossing(rest)
	a.parts(rest)
	return a
}

var brackets = regexp.MustCompile(`[(\[（【〔][^)\]）】〕]*[)\]）】〕]?`)

// levelled is the text in one width without brackets and final punctuation, and what
// stood in the brackets.
func levelled(text string) (string, string) {
	text = strings.ToValidUTF8(norm.NFKC.String(text), "")
	if runes := []rune(text); len(runes) > maxAddress {
		text = string(runes[:maxAddress])
	}
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r):
			return -1
		case strings.ContainsRune("－—–~～至", r):
			if r == '至' {
				return r
			}
			return '-'
		}
		return r
	}, text)
	var notes []string
	text = brackets.ReplaceAllStringFunc(text, func(b string) string {
		notes = append(notes, strings.Trim(b, "()[]（）【】〔〕 "))
		return " "
	})
	text = strings.Join(strings.Fields(text), " ")
	text = strings.Trim(text, " ,，、;；。.:：-")
	return numerals(text), strings.Join(notes, "; ")
}

// counted are the words before which a Chinese numeral is a number, not part of a name:
// 十二号, but 曹杨二村.
var counted = regexp.MustCompile(`[零〇一二三四五六七八九十百两]+(支弄|弄|号楼|号|单元|室|幢|栋|组)`)

func numerals(text string) string {
	return counted.ReplaceAllStringFunc(text, func(m string) string {
		i := strings.IndexFunc(m, func(r rune) bool { return !strings.ContainsRune("零〇一二三四五六七八九十百两", r) })
		if n := chineseNumber(m[:i]); n != "" {
			return n + m[i:]
		}
		return m
	})
}

// chineseNumber reads 十二, 一百零八 and 一〇八.
func chineseNumber(s string) string {
	digit := map[rune]int{'零': 0, '〇': 0, '一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}
	if !strings.ContainsAny(s, "十百") {
		var b strings.Builder
		for _, r := range s {
			b.WriteByte(byte('0' + digit[r]))
		}
		return strings.TrimLeft(b.String(), "0")
	}
	total, last := 0, 0
	for _, r := range s {
		switch r {
		case '十':
			total, last = total+max(last, 1)*10, 0
		case '百':
			total, last = total+max(last, 1)*100, 0
		default:
			last = digit[r]
		}
	}
	return itoa(total + last)
}

func itoa(n int) string {
	if n == 0 {
		return ""
	}
	var b []byte
	for ; n > 0; n /= 10 {
		b = append(b, byte('0'+n%10))
	}
	slices.Reverse(b)
	return string(b)
}

var (
	inProvince = regexp.MustCompile(`^([\p{Han}]{2,6}?(?:省|自治区))(.+)$`)
	inMetro    = regexp.MustCompile(`^((?:北京|上海|天津|重庆)市)(.+)$`)
	inMetroBar = regexp.MustCompile(`^(北京|上海|天津|重庆)([\p{Han}]{2,4}区.+)$`)
	inCity     = regexp.MustCompile(`^([\p{Han}]{2,5}?(?:市|自治州|地区))(.+)$`)
	inDistrict = regexp.MustCompile(`^([\p{Han}]{2,6}?(?:新区|开发区|高新区|区|县|旗))(.+)$`)
	inStreet   = regexp.MustCompile(`^([\p{Han}]{1,6}?(?:街道|镇|乡))(.+)$`)
	inOffice   = regexp.MustCompile(`^([\p{Han}]{2,8}?(?:社区居委会|居委会|社区))(.+)$`)
	// roadGoesOn: what follows belongs to the same name: 老镇路, 江镇中路, 新区路.
	roadGoesOn   = regexp.MustCompile(`^(?:[东西南北中支前后老新]?[一二三四五六]?(?:路|街|弄|道|村|巷|场|桥|门|站)|[东西南北中]?大街)`)
	notADistrict = regexp.MustCompile(`(?:[一二三四五六七八九十\d]区|小区|社区|园区|校区|厂区|街区|生活区|工业区|别墅区|住宅区)$`)
)

// divisions takes the names of divisions from the front.
func (a *Address) divisions(rest string) string {
	take := func(dst *string, pattern *regexp.Regexp, not *regexp.Regexp) {
		m := pattern.FindStringSubmatch(rest)
		if m == nil || roadGoesOn.MatchString(m[2]) || not != nil && not.MatchString(m[1]) || startsWithNumber(m[2]) && pattern != inOffice {
			return
		}
		*dst, rest = m[1], m[2]
	}
	take(&a.Province, inProvince, nil)
	take(&a.Province, inMetro, nil)
	if a.Province == "" {
		take(&a.Province, inMetroBar, nil)
	}
	take(&a.City, inCity, nil)
	take(&a.District, inDistrict, notADistrict)
	take(&a.Street, inStreet, nil)
	var office string
	take(&office, inOffice, nil)
	if office != "" {
		a.Village = office
	}
	return rest
}

func startsWithNumber(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

var crossing = regexp.MustCompile(`^(.{1,12}?(?:路|街|大道|公路))(?:与|和|、|/|-|近)?(.{1,12}?(?:路|街|大道|公路))(?:交叉路口|交叉口|交界口|交界处|交汇处|交汇口|交口|路口|口)(.*)$`)

// crossing takes two roads that meet.
func (a *Address) crossing(rest string) string {
	m := crossing.FindStringSubmatch(rest)
	if m == nil {
		return rest
	}
	a.Road, a.Cross = m[1], m[2]
	return m[3]
}

var (
	numberedPart = regexp.MustCompile(`^第?(\d+(?:[-/]\d+)*[甲乙丙丁]?[a-zA-Z]?)(支弄|弄堂|弄|号楼|号院|号|幢|栋|座|楼|层|单元|号门|门|室|户|支路|巷|组|队|宅|村|#)?`)
	lettered     = regexp.MustCompile(`^([A-Za-z]\d*)(号楼|幢|栋|座|楼|区)`)
	nearWords    = regexp.MustCompile(`^(?:附近|旁边|旁|近|对面|斜对面|[东西南北]侧)`)
	linkWords    = regexp.MustCompile(`^[-,，、;；/·.。：: 的与和及第]+`)
	nextNumber   = regexp.MustCompile(`\d|[A-Za-z]\d*(?:号楼|幢|栋|座)`)
)

// parts reads what comes after the divisions: names and numbers in turn.
func (a *Address) parts(rest string) {
	for rest != "" {
		if m := linkWords.FindString(rest); m != "" {
			rest = rest[len(m):]
			continue
		}
		if m := nearWords.FindString(rest); m != "" && (a.Road != "" || a.Name != "" || a.Village != "") {
			a.Near = true
			rest = rest[len(m):]
			continue
		}
		if m := numberedPart.FindStringSubmatch(rest); m != nil {
			rest = rest[len(m[0]):]
			a.number(m[1], m[2], rest)
			continue
		}
		if m := lettered.FindStringSubmatch(rest); m != nil {
			a.Building, rest = strings.ToUpper(m[1]), rest[len(m[0]):]
			continue
		}
		end := len(rest)
		if i := nextNumber.FindStringIndex(rest); i != nil && i[0] > 0 {
			end = i[0]
		}
		a.names(rest[:end], rest[end:])
		rest = rest[end:]
	}
}

// number files a number under what its counting word says.
func (a *Address) number(n, word, rest string) {
	n = strings.ToUpper(n)
	switch word {
	case "弄", "弄堂", "巷":
		if a.Lane == "" {
			a.Lane = n
		} else if a.SubLane == "" {
			a.SubLane = n
		}
	case "支弄", "支路":
		a.SubLane = n
	case "号", "号院", "#":
		a.house(n)
	case "号楼", "幢", "栋", "座", "楼":
		if word == "楼" && a.Building != "" {
			return // a floor
		}
		a.Building = n
	case "单元", "门", "号门":
		a.Unit = n
	case "室", "户":
		a.Room = n
	case "村": // 东海农场2村
		a.Village, a.Name = a.Name+n+word, ""
	case "组", "队", "宅":
		a.Groups = append(a.Groups, n+word)
	case "层":
	default:
		a.bare(n, rest)
	}
}

// house takes a house number. In a lane with a number already, or after an estate's
// name, it is a building.
func (a *Address) house(n string) {
	switch {
	case a.Number == "" && a.Building == "":
		from, to, ranged := strings.Cut(n, "-")
		if ranged && strings.Trim(from+to, "0123456789") == "" && later(from, to) {
			a.Number, a.NumberTo = from, to
			return
		}
		a.Number = n
	case a.Building == "":
		a.Building = n
	case a.Room == "":
		a.Room = n
	}
}

// later reports whether "105-107" is a range; "105-1" is a house behind number 105.
func later(from, to string) bool {
	return len(to) > len(from) || len(to) == len(from) && to > from
}

// bare takes a number without a counting word: 3-501, 博山路12弄3号501.
func (a *Address) bare(n, rest string) {
	parts := strings.FieldsFunc(n, func(r rune) bool { return r == '-' || r == '/' })
	switch {
	case a.Number == "" && a.Building == "" && a.Road != "" && a.Lane == "":
		a.Number = parts[0]
	case len(parts) == 3:
		a.Building, a.Unit, a.Room = parts[0], parts[1], parts[2]
	case len(parts) == 2 && a.Building == "" && (a.Number == "" || a.Lane == ""):
		a.Building, a.Room = parts[0], parts[1]
	case a.Room == "" && rest == "":
		a.Room = n
	default:
		a.Name += n
	}
}

// pieces are the words a name can end with, that tell what it is. A piece ends at the
// last of several in a row: 蔡路村 is a village, 西姚家弄 a road.
var pieces = regexp.MustCompile(`^(.+?(?:公路|大道|大街|胡同|新村|[路街村宅弄巷队组屯庄]))((?:[路街村宅弄巷])*)`)

// besideRoad: 人民广场近西藏中路, where the road only helps to find it.
var besideRoad = regexp.MustCompile(`^(.{2,12}?)(?:靠近|临近|近)(.{2,8}?(?:路|街|大道|公路))$`)

// names takes names without numbers apart: 北蔡村丁家队丁家宅. What comes next tells
// whether the last one is a road.
func (a *Address) names(s, next string) {
	s = strings.TrimLeft(s, "-·,，、")
	if m := besideRoad.FindStringSubmatch(s); m != nil {
		a.names(m[1], "")
		a.piece(m[2])
		return
	}
	var found []string
	for s != "" && (len(found) == 0 || !nearWords.MatchString(s)) { // 近浦村 begins with a near word
		m := pieces.FindStringSubmatch(s)
		if m == nil || utf8Len(m[0]) < 2 {
			break
		}
		s = strings.TrimPrefix(s[len(m[0]):], "委会") // 安基村委会
		// 龚路 + 支路, 丰庄 + 北路: what is too short for a road goes on with the one before.
		if n := len(found); n > 0 && utf8Len(m[0]) == 2 && strings.ContainsRune("路街弄巷", lastRune(m[0])) && (lastRune(found[n-1]) != '村' || strings.HasPrefix(m[0], "大")) {
			found[n-1] += m[0]
		} else {
			found = append(found, m[0])
		}
	}
	for _, p := range found {
		a.piece(p)
	}
	switch m := nearWords.FindString(s); {
	case s == "":
	case m != "" && (a.Road != "" || a.Village != "" || a.Name != ""):
		a.Near = true
		a.names(s[len(m):], next)
	case (s == "小区" || s == "社区") && a.Village != "" && len(a.Groups) == 0 && a.Road == "":
		a.Village += s
	default:
		a.unnamed(strings.TrimLeft(s, "-·"), next)
	}
}

func utf8Len(s string) int { return len([]rune(s)) }

func (a *Address) piece(p string) {
	switch last := lastRune(p); {
	case strings.HasSuffix(p, "街道"):
		a.Street = p
	case last == '村' || last == '庄' || last == '屯':
		if a.Village == "" {
			a.Village = p
		} else {
			a.Groups = append(a.Groups, p)
		}
	case last == '宅' || last == '队' || last == '组':
		a.Groups = append(a.Groups, p)
	case a.Road == "":
		a.Road = p
	case a.Cross == "" && a.Lane == "" && a.Number == "":
		a.Cross = p
	default:
		a.Name += p
	}
}

func lastRune(s string) rune {
	r := []rune(s)
	return r[len(r)-1]
}

// unnamed takes a name that no ending tells anything about. Before a number in a lane it
// is an old street (东八灶63弄); after a village it is a part of it (王家渡).
func (a *Address) unnamed(s, next string) {
	m := numberedPart.FindStringSubmatch(next)
	switch {
	case m != nil && (m[2] == "弄" || m[2] == "号") && a.Road == "" && a.Village == "" && a.Name == "" && !isEstate(s):
		a.Road = s
	case a.Village != "" && a.Road == "" && a.Name == "" && !isEstate(s) && !isSite(s):
		a.Groups = append(a.Groups, s)
	default:
		a.Name += s
	}
}

// isEstate reports whether a name is one of an estate or house.
func isEstate(s string) bool {
	for _, e := range []string{"小区", "公寓", "花园", "花苑", "苑", "园", "城", "庭", "府", "里", "坊", "居", "墅", "湾", "家园", "大厦", "广场", "中心", "大楼", "宿舍", "名邸", "豪庭"} {
		if strings.HasSuffix(s, e) && utf8Len(s) > utf8Len(e) {
			return true
		}
	}
	return false
}

// isSite reports whether a name is only a kind of place: 工地生活区, 仓库.
func isSite(s string) bool {
	for _, e := range []string{"工地", "生活区", "仓库", "宿舍", "厂", "公司", "医院", "学校", "超市", "市场"} {
		if strings.HasSuffix(s, e) {
			return true
		}
	}
	return false
}
