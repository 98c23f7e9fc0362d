package protocol

import "sort"

// Kind is the type of a parameter's value.
type Kind string

// The kinds of values.
const (
	Int   Kind = "int"   // a whole number
	Float Kind = "float" // a number
	Bool  Kind = "bool"
	Word  Kind = "text"  // one word of Key.Values, or any if there are none
	Ints  Kind = "ints"  // a list of whole numbers
	Words Kind = "texts" // a list of words
)

var kindTexts = map[Kind]Text{
	Int:   {"整数", "a whole number"},
	Float: {"数字", "a number"},
	Bool:  {"true 或 false", "true or false"},
	Word:  {"文字", "a text"},
	Ints:  {"整数列表，如 [1, 4, 7]", "a list of whole numbers such as [1, 4, 7]"},
	Words: {"文字列表，如 [close, secondary]", "a list of texts such as [close, secondary]"},
}

// Key is what the program knows about a parameter: its name in packs and rules, the
// type of its value, its unit ("" for words and switches), the allowed words, and what
// it means.
type Key struct {
	Name   string   `json:"name"`
	Kind   Kind     `json:"kind"`
	Unit   string   `json:"unit,omitempty"`
	Values []string `json:"values,omitempty"`
	Title  Text     `json:"title"`
}

// unitRange is the range that a value in a unit can have in any plausible protocol.
// It catches slips such as hours written as minutes, not wrong judgement.
var unitRange = map[string][2]float64{
	"day":      {0, 3650},
	"onset":    {-60, 365}, // days from onset, or from rash; before it is negative
	"hour":     {0, 8760},
	"minute":   {0, 10080},
	"meter":    {0, 1000},
	"count":    {0, 100000},
	"ct":       {10, 50},
	"ratio":    {0, 1},
	"per_100k": {0, 100000},
}

// criterionUnits are the units that a criterion may be counted in.
var criterionUnits = []string{"", "day", "person", "infection", "case", "ratio", "per_100k", "count"}

var (
	routes    = []string{"quarantine", "control_screening", "closed_loop", "hospital", "at_risk_screening", "community_screening", "clinic", "self_report"}
	classIDs  = []string{"suspected", "screening_positive", "probable", "confirmed", "asymptomatic", "excluded"}
	countings = []string{"confirmed", "asymptomatic", "none"}
	excludes  = append(append([]string{}, routes...), "lockdown_zone", "control_zone", "precaution_zone", "high_zone", "medium_zone", "low_zone")
)

var keyIndex = func() map[string]Key {
	m := make(map[string]Key, len(keyTable))
	for _, k := range keyTable {
		m[k.Name] = k
	}
	return m
}()

// Keys lists every parameter that a pack may set, by name.
func Keys() []Key {
	out := make([]Key, len(keyTable))
	copy(out, keyTable)
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out
}

// nearest returns the candidate with the smallest edit distance to name.
func nearest(name string, candidates []string) string {
	best, bestDistance := "", -1
	for _, c := range candidates {
		if d := distance(name, c); bestDistance < 0 || d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

// distance is the Levenshtein distance; long names are cut, they match nothing anyway.
func distance(a, b string) int {
	if len(a) > 80 {
		a = a[:80]
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := diagonal
			if a[i-1] != b[j-1] {
				change++
			}
			diagonal = row[j]
			row[j] = min(change, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}

func keyNames() []string {
	out := make([]string, 0, len(keyTable))
	for _, k := range keyTable {
		out = append(out, k.Name)
	}
	return out
}
