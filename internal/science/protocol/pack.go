package protocol

import (
	"crypto/sha256"
	"encoding/hex"
	"sort"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Class says what a case classification means under a pack.
type Class struct {
	ID        string `json:"id"`
	Title     Text   `json:"title"`
	CountsAs  string `json:"counts_as"` // confirmed, asymptomatic or none
	Infection bool   `json:"infection"` // the person is treated as infected: contacts are traced
}

// Zone is one level of control, strictest first.
type Zone struct {
	ID    string `json:"id"`
	Title Text   `json:"title"`
}

// Declaration says which human decision the evaluation of criteria only prepares.
type Declaration struct {
	Required bool `json:"required"`
	Text
}

// Summary describes a pack or overlay for a list.
type Summary struct {
	ID        string `json:"id"`
	Version   int    `json:"version"`
	Kind      string `json:"kind"`           // pack or overlay
	Base      string `json:"base,omitempty"` // the pack an overlay is for
	Title     Text   `json:"title"`
	Caution   Text   `json:"caution"`              // what a reader must know before using it; every overlay has one
	ValidFrom string `json:"valid_from,omitempty"` // first day; "" if it has none
	ValidTo   string `json:"valid_to,omitempty"`   // last day; "" if it has none
	Digest    string `json:"digest"`               // SHA-256 of the file, hex
}

// pack is one file, read and checked on its own.
type pack struct {
	Summary
	file    string
	line    int // of the id
	params  map[string]Param
	changes []change // by day
	classes []Class  // nil when the section is absent
	zones   []Zone   // nil when the section is absent, empty when it says there are none
	surface *source
	clear   *clearance
}

// change is the set of values that begins on a day.
type change struct {
	from   string
	params map[string]Param
}

// source is the text of a rule, and where it stands.
type source struct {
	text string
	key  string
	line int // of the first line of the text
}

// clearance is the criteria section as written.
type clearance struct {
	line        int
	criteria    []criterionSource
	declaration Declaration
}

type criterionSource struct {
	id, unit           string
	title              Text
	binding            bool
	met, value, needed source
}

var packFields = []string{"id", "version", "kind", "base", "title", "caution", "valid_from", "valid_to",
	"documents", "parameters", "effective", "classes", "zones", "surface", "criteria"}

// parse reads one file. The pack is usable only if no problem is returned; its id, if
// it could be read, is set in any case.
func parse(file string, data []byte) (*pack, Problems) {
	r := &reader{file: file}
	sum := sha256.Sum256(data)
	p := &pack{file: file, Summary: Summary{Digest: hex.EncodeToString(sum[:])}}
	root, ok := r.tree(data)
	if !ok {
		return p, r.problems
	}
	f := r.mapping(root, "", packFields...)
	r.head(f, p)
	docs := r.documents(f.get("documents"))
	p.params = r.parameters(f.get("parameters"), "parameters", docs)
	p.changes = r.effective(f.get("effective"), p.Summary, docs)
	r.sections(f, p)
	r.stamp(p)
	return p, r.problems
}

func (r *reader) head(f fields, p *pack) {
	p.ID, p.line = r.id(f.need("id"), "id"), f.at["id"]
	if n := f.need("version"); n != nil {
		p.Version, _ = r.whole(n, "version")
		if p.Version < 1 && isScalar(n, "!!int") {
			r.report(n, "version", "protocol.out_of_range", "got", n.Value, "min", "1", "max", "…", "unit", "version")
		}
	}
	p.Kind = r.oneOf(f.need("kind"), "kind", []string{"pack", "overlay"})
	p.Title = r.text(f.need("title"), "title")
	p.ValidFrom = r.day(f.get("valid_from"), "valid_from")
	p.ValidTo = r.day(f.get("valid_to"), "valid_to")
	if p.ValidFrom != "" && p.ValidTo != "" && p.ValidTo < p.ValidFrom {
		r.report(f.get("valid_to"), "valid_to", "protocol.bad_order", "got", p.ValidTo, "after", p.ValidFrom, "until", "…")
	}
	switch p.Kind {
	case "overlay":
		p.Base = r.id(f.need("base"), "base")
		p.Caution = r.text(f.need("caution"), "caution")
	case "pack":
		if n := f.get("base"); n != nil {
			r.report(n, "base", "protocol.unknown_field", "name", "base", "known", "kind: overlay")
		}
		p.Caution = r.text(f.get("caution"), "caution")
	}
}

func (r *reader) documents(n *yaml.Node) map[string]Text {
	docs := map[string]Text{}
	if n == nil {
		return docs
	}
	f := r.mapping(n, "documents")
	for _, name := range f.names {
		docs[name] = r.text(f.get(name), f.path(name))
	}
	return docs
}

func (r *reader) parameters(n *yaml.Node, path string, docs map[string]Text) map[string]Param {
	params := map[string]Param{}
	if n == nil {
		return params
	}
	f := r.mapping(n, path)
	for _, name := range f.names {
		if p, ok := r.leaf(f.get(name), f.path(name), name, f.at[name], docs); ok {
			params[name] = p
		}
	}
	return params
}

// effective reads the changes inside the time of validity. Two changes on one day are
// refused: the second would win by its place in the file alone.
func (r *reader) effective(n *yaml.Node, s Summary, docs map[string]Text) []change {
	changes := []change{}
	lines := map[string]int{}
	for i, item := range r.items(n, "effective", Text{"一组变更", "a list of changes"}) {
		f := r.mapping(item, indexed("effective", i), "from", "set")
		from := r.day(f.need("from"), f.path("from"))
		set := r.parameters(f.need("set"), f.path("set"), docs)
		if from == "" {
			continue
		}
		if first, again := lines[from]; again {
			r.report(f.get("from"), f.path("from"), "protocol.duplicate_field", "name", from, "first", strconv.Itoa(first))
			continue
		}
		lines[from] = f.get("from").Line
		if from <= s.ValidFrom || s.ValidTo >= s.ValidFrom && s.ValidTo != "" && from > s.ValidTo {
			r.report(f.get("from"), f.path("from"), "protocol.bad_order", "got", from, "after", s.ValidFrom, "until", s.ValidTo)
		}
		changes = append(changes, change{from: from, params: set})
	}
	sort.Slice(changes, func(i, j int) bool { return changes[i].from < changes[j].from })
	return changes
}

// stamp notes on every leaf who sets it and since when.
func (r *reader) stamp(p *pack) {
	mark := func(params map[string]Param, from string) {
		for name, v := range params {
			v.From, v.ValidFrom = p.ID, from
			params[name] = v
		}
	}
	mark(p.params, p.ValidFrom)
	for _, c := range p.changes {
		mark(c.params, c.from)
	}
}

// name is how a pack is named in a decision: id@version.
func (s Summary) name() string { return s.ID + "@" + strconv.Itoa(s.Version) }

func sortedNames[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for name := range m {
		out = append(out, name)
	}
	sort.Strings(out)
	return out
}

func listed(names []string) string {
	if len(names) == 0 {
		return "–"
	}
	return strings.Join(names, ", ")
}
