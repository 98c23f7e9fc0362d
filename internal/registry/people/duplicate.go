package people

import (
	"slices"
	"strings"

	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// Duplicate is a pair of people of the register who may be one. A is the one with the
// smaller id.
type Duplicate struct {
	ID            ref.Duplicate  `json:"id" audit:"-"`
	A             ref.Person     `json:"a_id" audit:"public"`
	B             ref.Person     `json:"b_id" audit:"public"`
	Score         int            `json:"score" audit:"public"` // 0 to 100, of the reasons
	Reasons       []Reason       `json:"reasons" audit:"public"`
	State         DuplicateState `json:"state" audit:"public"`
	FoundBy       FoundBy        `json:"found_by" audit:"public"`
	FoundAt       store.Instant  `json:"found_at" audit:"-"`
	AskedAgain    bool           `json:"asked_again" audit:"public"` // decided "different" once, and found again for a new strong reason
	DecidedBy     ref.User       `json:"decided_by" audit:"-"`
	DecidedByName string         `json:"decided_by_name" audit:"-"`
	DecidedAt     store.Instant  `json:"decided_at" audit:"-"`
	Merge         ref.Merge      `json:"merge_id" audit:"public"` // that decided the pair, or put it away
	Version       int64          `json:"version" audit:"-"`
}

// DuplicateState is what has been decided about a pair.
type DuplicateState string

// The states. A pair that was put off is open to be decided like a new one.
const (
	DuplicateOpen      DuplicateState = "open"
	DuplicateLater     DuplicateState = "later"
	DuplicateDifferent DuplicateState = "different"
	DuplicateMerged    DuplicateState = "merged"
)

// FoundBy tells how a pair came into the queue.
type FoundBy string

// The ways in which pairs are found.
const (
	FoundByImport FoundBy = "import"
	FoundBySweep  FoundBy = "sweep"
	FoundByHand   FoundBy = "hand"
)

// Reason is why two records may be about one person, or why they may not. It is a code
// that holds no personal value.
type Reason string

// The reasons for, and then those against.
const (
	SameNumber     Reason = "same_number"
	NearNumber     Reason = "near_number" // one character different, or two neighbours exchanged
	SameName       Reason = "same_name"
	NameOrder      Reason = "name_order" // the same words in another order
	SameSound      Reason = "same_sound" // other characters of the same pinyin, or the pinyin itself
	NearSpelling   Reason = "near_spelling"
	NamePart       Reason = "name_part" // a middle name left out
	SameBirthday   Reason = "same_birthday"
	NearBirthday   Reason = "near_birthday" // day and month exchanged, or one digit different
	SamePhone      Reason = "same_phone"
	SameDoor       Reason = "same_door"
	SameAddress    Reason = "same_address"
	SameVehicle    Reason = "same_vehicle"
	SaidByHand     Reason = "said_by_hand" // somebody entered the pair
	UnlikeNumber   Reason = "other_number"
	UnlikePaper    Reason = "other_passport"
	UnlikeName     Reason = "other_name"
	UnlikeBirthday Reason = "other_birthday"
	UnlikeSex      Reason = "other_sex"
)

// reasonFact is what a reason is worth and how it is said.
type reasonFact struct {
	about  string // what it speaks of: of two reasons about one thing only one can hold
	points int
	strong bool // asks again about a pair that was decided "different"
	zh, en string
}

// suspicionAt is the number of points from which a pair is put before somebody: the same
// name with the same birthday, or with the same phone, suffices; a name at a door does.
const suspicionAt = 50

// The points are a judgement by these rules: no single agreement but that of document
// numbers suffices; a name with one more personal fact does; what all members of a
// household share (door, phone, plate) never outweighs another name.
var reasonFacts = map[Reason]reasonFact{
	SameNumber:     {"number", 100, true, "证件号码相同", "same document number"},
	NearNumber:     {"number", 40, true, "证件号码只差一位，或相邻两位互换", "document numbers differ in one character, or two are exchanged"},
	SameName:       {"name", 30, true, "姓名相同", "same name"},
	NameOrder:      {"name", 27, false, "姓名的词相同，顺序不同", "same words of the name in another order"},
	SameSound:      {"name", 22, false, "姓名读音相同", "names sound the same"},
	NearSpelling:   {"name", 18, false, "姓名拼写只差一个字母", "spelling of the names differs in one letter"},
	NamePart:       {"name", 18, false, "一个姓名是另一个的一部分", "one name is part of the other"},
	SameBirthday:   {"birthday", 25, false, "出生日期相同", "same date of birth"},
	NearBirthday:   {"birthday", 10, false, "出生日期只差一位，或日月互换", "dates of birth differ in one digit, or day and month are exchanged"},
	SamePhone:      {"phone", 25, true, "电话相同", "same phone"},
	SameDoor:       {"home", 20, false, "住同一户", "live at the same door"},
	SameAddress:    {"home", 14, false, "登记的地址相同", "same address as written"},
	SameVehicle:    {"vehicle", 15, false, "车牌相同", "same plate"},
	SaidByHand:     {"hand", 60, true, "有人认为是同一人", "somebody held them to be one"},
	UnlikeNumber:   {"number", -80, false, "证件号码都有效，但不同", "both document numbers are valid, and different"},
	UnlikePaper:    {"number", -30, false, "同类证件的号码不同", "different numbers of the same kind of document"},
	UnlikeName:     {"name", -45, false, "姓名不同", "different names"},
	UnlikeBirthday: {"birthday", -35, false, "出生日期不同", "different dates of birth"},
	UnlikeSex:      {"sex", -25, false, "性别不同", "different sex"},
}

// Words returns the reason as people say it.
func (r Reason) Words() (zh, en string) { f := reasonFacts[r]; return f.zh, f.en }

// Against reports whether the reason speaks against the two being one.
func (r Reason) Against() bool { return reasonFacts[r].points < 0 }

// Strong reports whether the reason alone asks again about a pair that was held different.
func (r Reason) Strong() bool { return reasonFacts[r].strong }

func knownReason(r Reason) bool { _, ok := reasonFacts[r]; return ok }

// scoreOf is the sum of the points, between 0 and 100.
func scoreOf(all []Reason) int {
	sum := 0
	for _, r := range all {
		sum += reasonFacts[r].points
	}
	return max(0, min(100, sum))
}

// tidyReasons returns the known ones of the reasons, each once, the weightiest first.
func tidyReasons(all []Reason) []Reason {
	out := slices.DeleteFunc(slices.Clone(all), func(r Reason) bool { return !knownReason(r) })
	slices.SortFunc(out, func(a, b Reason) int {
		if d := reasonFacts[b].points - reasonFacts[a].points; d != 0 {
			return d
		}
		return strings.Compare(string(a), string(b))
	})
	return slices.Compact(out)
}

// newlyStrong reports whether now holds a strong reason that before did not.
func newlyStrong(before, now []Reason) bool {
	return slices.ContainsFunc(now, func(r Reason) bool { return r.Strong() && !slices.Contains(before, r) })
}

func joinReasons(all []Reason) string {
	texts := make([]string, len(all))
	for i, r := range all {
		texts[i] = string(r)
	}
	return strings.Join(texts, ",")
}

func splitReasons(text string) []Reason {
	out := []Reason{}
	for part := range strings.SplitSeq(text, ",") {
		if part != "" {
			out = append(out, Reason(part))
		}
	}
	return out
}

// ordered returns the pair with the smaller id first.
func ordered(a, b ref.Person) (ref.Person, ref.Person) {
	if b < a {
		return b, a
	}
	return a, b
}
