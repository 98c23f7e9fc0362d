package i18n

import (
	_ "embed"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/allclear/allclear/internal/platform/fault"
)

//go:embed catalog.yaml
var catalogText []byte

// catalog is what catalog.yaml holds.
type catalog struct {
	Sentences map[string]templates         `yaml:"sentences"`
	Wrong     map[string]string            `yaml:"wrong"`  // what is wrong with a field
	Values    map[string]map[string]string `yaml:"values"` // words for values of a parameter
}

// templates are tried in order.
type templates []string

// UnmarshalYAML reads one template or a list.
func (t *templates) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*t = templates{n.Value}
		return nil
	}
	return n.Decode((*[]string)(t))
}

var chineseCatalog = mustParse(catalogText)

func mustParse(text []byte) catalog {
	var c catalog
	if err := yaml.Unmarshal(text, &c); err != nil {
		panic("the catalog of sentences: " + err.Error()) // it is part of the program
	}
	return c
}

// Sentence says err to a person, in Chinese or English: for a fault its sentence and a
// line for each wrong field, for any other error its text. A fault without a Chinese
// sentence is said in English.
func Sentence(err error, chinese bool) string {
	if err == nil {
		return ""
	}
	var f *fault.Error
	if !errors.As(err, &f) {
		return err.Error()
	}
	if !chinese {
		return f.Detail + lines(f.Fields, ": ", func(code string) string { return strings.ReplaceAll(code, "_", " ") })
	}
	text, ok := chineseCatalog.sentence(f)
	if !ok {
		text = f.Detail
	}
	return text + lines(f.Fields, "：", func(code string) string {
		if word, ok := chineseCatalog.Wrong[code]; ok {
			return word
		}
		return code
	})
}

func lines(fields []fault.Field, between string, say func(string) string) string {
	var b strings.Builder
	for _, f := range fields {
		b.WriteString("\n  " + f.Name + between + say(f.Code))
	}
	return b.String()
}

var placeholder = regexp.MustCompile(`\{(\w+)\}`)

// detailPlaceholder stands for the English text, where only that says what exactly is wrong.
const detailPlaceholder = "detail"

// sentence fills the first template of the fault's code whose parameters are all given.
func (c catalog) sentence(f *fault.Error) (string, bool) {
	for _, t := range c.Sentences[f.Code] {
		complete := true
		text := placeholder.ReplaceAllStringFunc(t, func(p string) string {
			name := p[1 : len(p)-1]
			if name == detailPlaceholder {
				return f.Detail
			}
			v, ok := f.Params[name]
			complete = complete && ok
			word := fmt.Sprint(v)
			if known, ok := c.Values[name][word]; ok {
				word = known
			}
			return word
		})
		if complete {
			return text, true
		}
	}
	return "", false
}
