package protocol

import "strings"

// Text is a user-visible text in the two languages of the product.
type Text struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// In returns the Chinese text for "zh" and its variants such as "zh-CN", else the English text.
func (t Text) In(lang string) string {
	if strings.HasPrefix(strings.ToLower(lang), "zh") {
		return t.ZH
	}
	return t.EN
}

// fill replaces {name} by the parameter of that name in both languages.
func (t Text) fill(params map[string]string) Text {
	pairs := make([]string, 0, 2*len(params))
	for name, value := range params {
		pairs = append(pairs, "{"+name+"}", value)
	}
	r := strings.NewReplacer(pairs...)
	return Text{ZH: r.Replace(t.ZH), EN: r.Replace(t.EN)}
}
