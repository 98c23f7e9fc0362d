package protocol

import (
	"fmt"
	"math"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Param is one value with all that is needed to judge it.
type Param struct {
	Key       string `json:"key"`
	Value     any    `json:"value"` // int, float64, bool, string, []int or []string, by the key's kind
	Unit      string `json:"unit,omitempty"`
	Doc       Text   `json:"doc"`                  // the document to cite
	Citation  string `json:"citation,omitempty"`   // where its text was read: source ids
	Grade     string `json:"grade"`                // A, B, C or D, see the package text
	Verified  bool   `json:"verified"`             // false for grade D
	Note      Text   `json:"note"`                 // empty if there is none
	From      string `json:"from"`                 // id of the pack or overlay that sets it
	ValidFrom string `json:"valid_from,omitempty"` // first day of this value; "" if the pack has no first day
	line      int
}

// leaf reads one parameter value. It returns false if the value cannot be used.
func (r *reader) leaf(n *yaml.Node, path, name string, line int, docs map[string]Text) (Param, bool) {
	key, ok := keyIndex[name]
	if !ok {
		r.reportAt(line, path, "protocol.unknown_key", "name", name, "nearest", nearest(name, keyNames()))
		return Param{}, false
	}
	before := len(r.problems)
	f := r.mapping(n, path, "value", "unit", "citation", "grade", "note")
	p := Param{Key: name, Unit: key.Unit, line: line}
	if v := f.need("value"); v != nil {
		p.Value = r.value(v, f.path("value"), key)
	}
	if u := f.get("unit"); (u == nil && key.Unit != "") || (u != nil && u.Value != key.Unit) {
		got, at := `""`, f.node
		if u != nil {
			got, at = shown(u), u
		}
		r.report(at, f.path("unit"), "protocol.bad_unit", "want", fmt.Sprintf("%q", key.Unit), "got", got)
	}
	p.Grade = r.grade(f)
	p.Verified = p.Grade != "D"
	p.Doc, p.Citation = r.citation(f, p.Grade, docs)
	if f.get("note") != nil {
		p.Note = r.text(f.get("note"), f.path("note"))
	}
	return p, len(r.problems) == before
}

func (r *reader) grade(f fields) string {
	n := f.need("grade")
	if n == nil {
		return ""
	}
	if n.Kind != yaml.ScalarNode || !contains([]string{"A", "B", "C", "D"}, n.Value) {
		r.report(n, f.path("grade"), "protocol.bad_grade", "got", shown(n))
		return ""
	}
	return n.Value
}

func (r *reader) citation(f fields, grade string, docs map[string]Text) (Text, string) {
	n := f.need("citation")
	if n == nil {
		return Text{}, ""
	}
	c := r.mapping(n, f.path("citation"), "doc", "seen")
	var doc Text
	if d := c.need("doc"); d != nil {
		var known bool
		if doc, known = docs[d.Value]; !known {
			r.report(d, c.path("doc"), "protocol.unknown_document", "got", shown(d), "known", strings.Join(sortedNames(docs), ", "))
		}
	}
	seen := ""
	if c.get("seen") != nil {
		seen = r.str(c.get("seen"), c.path("seen"))
	} else if grade == "A" || grade == "B" {
		r.report(n, c.path("seen"), "protocol.no_citation")
	}
	return doc, seen
}

// value reads a value of the key's kind.
func (r *reader) value(n *yaml.Node, path string, key Key) any {
	switch key.Kind {
	case Int:
		if i, ok := r.whole(n, path); ok {
			r.inRange(n, path, key, float64(i))
			return i
		}
	case Float:
		if x, ok := r.number(n, path); ok {
			r.inRange(n, path, key, x)
			return x
		}
	case Bool:
		if b, ok := r.boolean(n, path); ok {
			return b
		}
	case Word:
		return r.word(n, path, key)
	case Ints:
		out := []int{}
		for i, item := range r.items(n, path, kindTexts[Ints]) {
			if x, ok := r.whole(item, indexed(path, i)); ok {
				r.inRange(item, indexed(path, i), key, float64(x))
				out = append(out, x)
			}
		}
		return out
	case Words:
		out := []string{}
		for i, item := range r.items(n, path, kindTexts[Words]) {
			out = append(out, r.word(item, indexed(path, i), key))
		}
		return out
	}
	return 0 // unusable; the problem has been reported and the leaf is dropped
}

func (r *reader) word(n *yaml.Node, path string, key Key) string {
	if s := r.str(n, path); s == "" || len(key.Values) == 0 {
		return s
	}
	return r.oneOf(n, path, key.Values)
}

func (r *reader) inRange(n *yaml.Node, path string, key Key, x float64) {
	limits, ok := unitRange[key.Unit]
	if !ok {
		limits = [2]float64{0, math.MaxInt32}
	}
	if x < limits[0] || x > limits[1] {
		r.report(n, path, "protocol.out_of_range", "got", n.Value,
			"min", fmt.Sprint(limits[0]), "max", fmt.Sprint(limits[1]), "unit", key.Unit)
	}
}
