package match

import (
	"fmt"
	"sort"
	"strings"
)

// Refusal is why one row, or one cell of it, was not taken in.
type Refusal struct {
	Row    int    `json:"row"`
	Sheet  string `json:"sheet,omitempty"`
	Column string `json:"column,omitempty"` // name in the file
	Field  string `json:"field,omitempty"`
	// Value is the value itself, or for personal data a description of it ("text, 12
	// characters").
	Value  string            `json:"value,omitempty"`
	Code   string            `json:"code"`
	Params map[string]string `json:"params,omitempty"`
	// Message replaces the sentence of the code; kinds set it for codes of their own.
	// It must not hold personal data.
	Message Text `json:"message,omitzero"`
}

// Text is the sentence in the language asked for ("zh-CN" or "en").
func (r Refusal) Text(lang string) string {
	params := map[string]string{"column": r.Column, "value": shown(r.Value, lang)}
	for k, v := range r.Params {
		params[k] = v
	}
	if r.Message != (Text{}) {
		return fillIn(r.Message.In(lang), params)
	}
	return Sentence(r.Code, params, lang)
}

// Sentence returns the sentence of a code, of rows as well as of files and notices, with
// its parameters filled in. An unknown code is returned itself.
func Sentence(code string, params map[string]string, lang string) string {
	t, ok := sentences[code]
	if !ok {
		return code
	}
	return fillIn(t.In(lang), params)
}

// Codes lists every code that has a sentence, sorted.
func Codes() []string {
	out := make([]string, 0, len(sentences))
	for c := range sentences {
		out = append(out, c)
	}
	sort.Strings(out)
	return out
}

func fillIn(s string, params map[string]string) string {
	for k, v := range params {
		s = strings.ReplaceAll(s, "{"+k+"}", v)
	}
	return s
}

// shown puts the description of a personal value into the language.
func shown(value, lang string) string {
	var n int
	switch {
	case len(lang) < 2 || lang[:2] != "zh":
		return value
	case value == "empty":
		return "空"
	case scan(value, "number, %d digits", &n):
		return fmt.Sprintf("%d 位数字", n)
	case scan(value, "text, %d characters", &n):
		return fmt.Sprintf("%d 个字符", n)
	}
	return value
}

func scan(value, form string, n *int) bool {
	got, err := fmt.Sscanf(value, form, n)
	return err == nil && got == 1
}
