package protocol

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// maxFile bounds the work that a pack file can cause before it is understood.
const maxFile = 1 << 20

// reader walks the YAML tree of one file and collects what is wrong with it.
type reader struct {
	file     string
	problems Problems
}

func (r *reader) report(n *yaml.Node, key, code string, pairs ...string) {
	line := 1
	if n != nil && n.Line > 0 {
		line = n.Line
	}
	r.reportAt(line, key, code, pairs...)
}

func (r *reader) reportAt(line int, key, code string, pairs ...string) {
	p := problem(key, code, pairs...)
	p.File, p.Line = r.file, line
	r.problems = append(r.problems, p)
}

// yamlLine finds the line in the library's message, the only place where it says it.
var yamlLine = regexp.MustCompile(`line (\d+): `)

// tree parses the file. It reports and returns false when there is no usable tree.
func (r *reader) tree(data []byte) (*yaml.Node, bool) {
	if len(data) > maxFile {
		r.reportAt(1, "", "protocol.too_large", "size", strconv.Itoa(len(data)), "limit", strconv.Itoa(maxFile))
		return &yaml.Node{}, false
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	if err := decoder.Decode(&doc); err != nil {
		r.reportYAML(err)
		return &yaml.Node{}, false
	}
	switch err := decoder.Decode(&second); {
	case err == nil:
		r.report(&second, "", "protocol.several_documents")
		return &yaml.Node{}, false
	case !errors.Is(err, io.EOF):
		r.reportYAML(err)
		return &yaml.Node{}, false
	}
	if len(doc.Content) != 1 || !r.plain(doc.Content[0]) {
		return &yaml.Node{}, false
	}
	return doc.Content[0], true
}

func (r *reader) reportYAML(err error) {
	if errors.Is(err, io.EOF) {
		r.reportAt(1, "", "protocol.bad_yaml", "detail", "the file is empty")
		return
	}
	line, detail := 1, strings.TrimPrefix(err.Error(), "yaml: ")
	if m := yamlLine.FindStringSubmatch(detail); m != nil {
		line, _ = strconv.Atoi(m[1]) // digits only; too many of them leave the largest int
		detail = strings.Replace(detail, m[0], "", 1)
	}
	r.reportAt(line, "", "protocol.bad_yaml", "detail", detail)
}

// plain refuses anchors and aliases: a short file could otherwise unfold without end,
// and a reader could not see a value where it stands.
func (r *reader) plain(n *yaml.Node) bool {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		r.report(n, "", "protocol.alias")
		return false
	}
	ok := true
	for _, c := range n.Content {
		ok = r.plain(c) && ok
	}
	return ok
}

// fields is a mapping of a file whose names have been checked.
type fields struct {
	r     *reader
	node  *yaml.Node
	key   string
	names []string // in the order of the file
	value map[string]*yaml.Node
	at    map[string]int // line of each name
}

// mapping reads n as a mapping. With known names given, any other name is reported.
func (r *reader) mapping(n *yaml.Node, key string, known ...string) fields {
	f := fields{r: r, node: n, key: key, value: map[string]*yaml.Node{}, at: map[string]int{}}
	if n.Kind != yaml.MappingNode {
		r.wrongType(n, key, Text{"一组“名称: 值”", "a group of name: value"})
		return f
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		switch {
		case f.value[name.Value] != nil:
			r.report(name, key, "protocol.duplicate_field", "name", name.Value, "first", strconv.Itoa(f.at[name.Value]))
		case len(known) > 0 && !contains(known, name.Value):
			r.report(name, key, "protocol.unknown_field", "name", name.Value, "known", strings.Join(known, ", "))
		default:
			f.names = append(f.names, name.Value)
			f.value[name.Value], f.at[name.Value] = value, name.Line
		}
	}
	return f
}

// get returns the value of a name, or nil; need reports its absence.
func (f fields) get(name string) *yaml.Node { return f.value[name] }

func (f fields) need(name string) *yaml.Node {
	n := f.value[name]
	if n == nil && f.node.Kind == yaml.MappingNode {
		f.r.report(f.node, f.key, "protocol.missing_field", "name", name)
	}
	return n
}

func (f fields) path(name string) string {
	if f.key == "" {
		return name
	}
	return f.key + "." + name
}

func (r *reader) wrongType(n *yaml.Node, key string, want Text) {
	r.report(n, key, "protocol.bad_type", "want", want.EN, "want_zh", want.ZH, "got", shown(n))
}

// shown is a short form of a node for a message.
func shown(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "{…}"
	case yaml.SequenceNode:
		return "[…]"
	}
	s := []rune(n.Value)
	if len(s) > 40 {
		return strconv.Quote(string(s[:40]) + "…")
	}
	return strconv.Quote(n.Value)
}

func isScalar(n *yaml.Node, tags ...string) bool {
	return n.Kind == yaml.ScalarNode && contains(tags, n.ShortTag())
}

// str reads a text that is not empty.
func (r *reader) str(n *yaml.Node, key string) string {
	if n == nil {
		return ""
	}
	if !isScalar(n, "!!str") || strings.TrimSpace(n.Value) == "" {
		r.wrongType(n, key, kindTexts[Word])
		return ""
	}
	return strings.TrimSpace(n.Value)
}

// text reads {zh: …, en: …}; both are required.
func (r *reader) text(n *yaml.Node, key string) Text {
	if n == nil {
		return Text{}
	}
	f := r.mapping(n, key, "zh", "en")
	return f.text()
}

// text reads the zh and en of a mapping that may have other fields too.
func (f fields) text() Text {
	var t Text
	if f.node.Kind != yaml.MappingNode {
		return t
	}
	for i, into := range []*string{&t.ZH, &t.EN} {
		lang := []string{"zh", "en"}[i]
		n := f.get(lang)
		if n == nil || strings.TrimSpace(n.Value) == "" && n.Kind == yaml.ScalarNode {
			f.r.report(f.node, f.path(lang), "protocol.empty_text", "lang", lang)
			continue
		}
		*into = f.r.str(n, f.path(lang))
	}
	return t
}

var idPattern = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,63}$`)

func (r *reader) id(n *yaml.Node, key string) string {
	if n == nil {
		return ""
	}
	if n.Kind != yaml.ScalarNode || !idPattern.MatchString(n.Value) {
		r.report(n, key, "protocol.bad_id", "got", shown(n))
		return ""
	}
	return n.Value
}

// day reads a calendar day. YAML calls a plain date a timestamp; its text is what counts.
func (r *reader) day(n *yaml.Node, key string) string {
	if n == nil {
		return ""
	}
	if !isScalar(n, "!!str", "!!timestamp") || !validDay(n.Value) {
		r.report(n, key, "protocol.bad_date", "got", shown(n))
		return ""
	}
	return n.Value
}

func validDay(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

func (r *reader) oneOf(n *yaml.Node, key string, known []string) string {
	if n == nil {
		return ""
	}
	if n.Kind != yaml.ScalarNode || !contains(known, n.Value) {
		r.report(n, key, "protocol.bad_value", "got", shown(n), "known", strings.Join(known, ", "))
		return ""
	}
	return n.Value
}

func (r *reader) whole(n *yaml.Node, key string) (int, bool) {
	var i int
	if !isScalar(n, "!!int") || n.Decode(&i) != nil {
		r.wrongType(n, key, kindTexts[Int])
		return 0, false
	}
	return i, true
}

func (r *reader) number(n *yaml.Node, key string) (float64, bool) {
	var x float64
	if !isScalar(n, "!!int", "!!float") || n.Decode(&x) != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		r.wrongType(n, key, kindTexts[Float])
		return 0, false
	}
	return x, true
}

func (r *reader) boolean(n *yaml.Node, key string) (bool, bool) {
	var b bool
	if !isScalar(n, "!!bool") || n.Decode(&b) != nil {
		r.wrongType(n, key, kindTexts[Bool])
		return false, false
	}
	return b, true
}

// items returns the entries of a list, or reports that there is none.
func (r *reader) items(n *yaml.Node, key string, want Text) []*yaml.Node {
	if n == nil {
		return []*yaml.Node{}
	}
	if n.Kind != yaml.SequenceNode {
		r.wrongType(n, key, want)
		return []*yaml.Node{}
	}
	return n.Content
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func indexed(key string, i int) string { return fmt.Sprintf("%s[%d]", key, i) }
