package match

import (
	"sort"
	"strings"
)

// CodeUnknown refuses a value that is none of a field's codes.
const CodeUnknown = "importer.unknown_code"

// codebook finds a field's code from the words files use for it.
type codebook struct {
	byWord   map[string]string
	accepted string // the words to offer, for the sentence
}

func newCodebook(f Field, mapped map[string]string) codebook {
	b := codebook{byWord: map[string]string{}}
	var values []string
	for value, synonyms := range f.Codes {
		values = append(values, value)
		b.byWord[level(value)] = value
		for _, s := range synonyms {
			if _, taken := b.byWord[level(s)]; !taken {
				b.byWord[level(s)] = value
			}
		}
	}
	// A stored value is always itself, whatever lists it as a synonym.
	for value := range f.Codes {
		b.byWord[level(value)] = value
	}
	for word, value := range mapped {
		b.byWord[level(word)] = value
	}
	sort.Strings(values)
	b.accepted = strings.Join(values, ", ")
	return b
}

// level removes what does not distinguish codes: case, width, spaces, underscores.
func level(s string) string { return leveller.Replace(plain(s)) }

var leveller = strings.NewReplacer(" ", "", "_", "", "-", "", ".", "", "　", "")

// find returns the code of a value; ok is false when there is none. Systems that export
// a value with the name of its list in front ("LNG_REFERENCE_DATA_CATEGORY_GENDER_MALE")
// are understood by its last words.
func (b codebook) find(s string) (code string, ok bool) {
	if code, ok = b.byWord[level(s)]; ok {
		return code, true
	}
	parts := strings.Split(plain(s), "_")
	for i := 1; i < len(parts) && len(parts) >= 4; i++ {
		if code, ok = b.byWord[level(strings.Join(parts[i:], ""))]; ok {
			return code, true
		}
	}
	return "", false
}

// CodeNotBool refuses a value that is neither yes nor no.
const CodeNotBool = "importer.not_yes_or_no"

var truths = map[string]bool{
	"true": true, "t": true, "yes": true, "y": true, "1": true, "是": true, "有": true, "√": true, "✓": true, "✔": true, "对": true,
	"false": false, "f": false, "no": false, "n": false, "0": false, "否": false, "无": false, "×": false, "✗": false, "x": false, "没有": false, "不是": false,
}

// Words that say that nothing is known.
var missing = map[string]bool{
	"na": true, "n/a": true, "n.a.": true, "n.a": true, "#n/a": true, "null": true, "nil": true, "none": true, "nan": true, "nat": true, "<na>": true, `\n`: true,
	"(null)": true, "(blank)": true, "-": true, "--": true, "---": true, "—": true, "——": true, "/": true, "\\": true, ".": true, "?": true, "？": true,
	"无": true, "空": true, "暂无": true, "不详": true, "未填": true, "不适用": true, "not applicable": true, "missing": true,
}

// isMissing reports whether a cell says that nothing is known. In a field of names only
// what can't be a name counts: Na is a surname.
func isMissing(s string, f Field) bool {
	word := plain(s)
	if word == "" {
		return true
	}
	if f.Type == TypeBool && word == "无" {
		return false
	}
	if f.Personal == "name" || f.Type == TypeText {
		trimmed := strings.TrimSpace(s)
		switch word {
		case "na":
			return trimmed == "NA"
		case "none", "nil", "空", "missing", "null":
			return f.Personal != "name"
		}
	}
	return missing[word]
}
