package match

import (
	"sort"
	"strings"
)

// Pair is a column and the field it feeds.
type Pair struct {
	Column int     `json:"column"`
	Field  string  `json:"field"`
	Score  float64 `json:"score"` // 1 is the same name
	Reason Reason  `json:"reason"`
	// Matched is the name or synonym of the field that the column's name resembles.
	Matched string `json:"matched"`
}

// Reason says why a column was matched.
type Reason string

// The reasons, strongest first.
const (
	ByUser     Reason = "chosen"      // chosen by hand
	BySaved    Reason = "saved"       // from a mapping used before for the same columns
	ByKey      Reason = "same_name"   // the field's own name or title
	BySynonym  Reason = "synonym"     // a known other name
	ByWords    Reason = "same_words"  // the same words in another order, or with fillers
	ByPart     Reason = "contains"    // all words of the field's name, and one more
	ByResemble Reason = "resemblance" // most words in common
)

// threshold is the lowest score of a match that is offered. One shared word of two is
// 0.5 and matches nothing.
const threshold = 0.6

// Columns pairs columns with fields by name. Each column feeds at most one field and each
// field is fed by at most one column; the best score wins, earlier columns and more
// important fields win ties. Columns without a pair are simply absent from the result,
// which is sorted by column.
func Columns(columns []string, fields []Field) []Pair {
	var all []Pair
	prepared := prepare(fields)
	for i, name := range columns {
		c := namedColumn{joined(name), bag(name), strings.TrimSpace(name)}
		for _, f := range prepared {
			if p, ok := f.best(c); ok {
				p.Column = i
				all = append(all, p)
			}
		}
	}
	rank := map[string]int{}
	for i, f := range fields {
		rank[f.Key] = i
	}
	sort.SliceStable(all, func(i, j int) bool {
		a, b := all[i], all[j]
		if a.Score != b.Score {
			return a.Score > b.Score
		}
		if a.Field != b.Field {
			return rank[a.Field] < rank[b.Field]
		}
		return a.Column < b.Column
	})
	return take(all)
}

func take(all []Pair) []Pair {
	fields, columns := map[string]bool{}, map[int]bool{}
	var out []Pair
	for _, p := range all {
		if fields[p.Field] || columns[p.Column] {
			continue
		}
		fields[p.Field], columns[p.Column] = true, true
		out = append(out, p)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Column < out[j].Column })
	return out
}

type namedColumn struct {
	joined string
	bag    map[string]bool
	name   string
}

// preparedName is one name of a field, levelled.
type preparedName struct {
	joined string
	bag    map[string]bool
	name   string
	reason Reason
}

type preparedField struct {
	key   string
	names []preparedName
}

func prepare(fields []Field) []preparedField {
	out := make([]preparedField, len(fields))
	for i, f := range fields {
		p := preparedField{key: f.Key}
		add := func(name string, reason Reason) {
			if name != "" {
				p.names = append(p.names, preparedName{joined(name), bag(name), name, reason})
			}
		}
		add(f.Key, ByKey)
		add(f.Title.Zh, ByKey)
		add(f.Title.En, ByKey)
		for _, s := range f.Synonyms {
			add(s, BySynonym)
		}
		out[i] = p
	}
	return out
}

func (f preparedField) best(c namedColumn) (Pair, bool) {
	best := Pair{Field: f.key}
	for n, name := range f.names {
		score, reason := name.compare(c)
		score -= float64(min(n, 9)) / 10000 // a field's earlier names are its commoner ones
		if score > best.Score {
			best.Score, best.Reason, best.Matched = score, reason, name.name
		}
	}
	return best, best.Score >= threshold
}

// compare scores how much a column's name resembles one name of a field.
func (n preparedName) compare(c namedColumn) (float64, Reason) {
	if c.joined == "" || n.joined == "" {
		return 0, ""
	}
	if c.joined == n.joined {
		if n.reason == ByKey {
			return 1, ByKey
		}
		return 0.98, BySynonym
	}
	if len(n.bag) == 0 || len(c.bag) == 0 {
		return 0, ""
	}
	common := 0
	for w := range n.bag {
		if c.bag[w] {
			common++
		}
	}
	switch {
	case common == len(n.bag) && common == len(c.bag):
		return 0.95, ByWords
	case hanPart(c.joined, n.joined):
		return 0.72, ByPart
	case common == len(n.bag) && common >= 2 && len(c.bag) == common+1:
		return 0.75, ByPart
	case common >= 2 && common == len(c.bag) && len(n.bag) == common+1:
		return 0.7, ByPart
	}
	dice := 2 * float64(common) / float64(len(n.bag)+len(c.bag))
	if common >= 3 && dice > 0.7 {
		return 0.65, ByResemble
	}
	return 0, ""
}

// Words that a Chinese column name may carry around a field's name without being about
// somebody or something else: 患者姓名, 发病日期（必填）. 父亲姓名 and 上级编码 are about others.
var (
	hanBefore = []string{"患者", "病例", "病人", "本人", "人员", "受检者", "受检人", "被采样人", "采样人员", "居民", "感染者", "人员信息"}
	hanAfter  = []string{"必填", "选填", "信息", "yyyymmdd", "yyyy年mm月dd日", "年月日", "格式"}
)

// hanPart reports whether a Chinese column name is a name of the field with such a word around it.
func hanPart(column, name string) bool {
	if !isHan([]rune(name)[0]) || !strings.Contains(column, name) {
		return false
	}
	for _, w := range hanBefore {
		column = strings.TrimPrefix(column, w)
	}
	for _, w := range hanAfter {
		column = strings.TrimSuffix(column, w)
	}
	return column == name
}
