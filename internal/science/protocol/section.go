package protocol

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// sections reads classes, zones, surface and criteria. A pack needs all four, an
// overlay none.
func (r *reader) sections(f fields, p *pack) {
	get := f.get
	if p.Kind == "pack" {
		get = f.need
	}
	if n := get("classes"); n != nil {
		p.classes = r.classes(n)
	}
	if n := get("zones"); n != nil {
		p.zones = r.zones(n)
	}
	r.zoneLevels(f, p)
	if n := get("surface"); n != nil {
		s := r.rule(n, "surface")
		p.surface = &s
	}
	if n := get("criteria"); n != nil {
		p.clear = r.criteria(n)
	}
}

func (r *reader) classes(n *yaml.Node) []Class {
	f := r.mapping(n, "classes", classIDs...)
	out := []Class{}
	for _, id := range f.names {
		c := r.mapping(f.get(id), f.path(id), "zh", "en", "counts_as", "infection")
		class := Class{ID: id, Title: c.text()}
		class.CountsAs = r.oneOf(c.need("counts_as"), c.path("counts_as"), countings)
		if b := c.need("infection"); b != nil {
			class.Infection, _ = r.boolean(b, c.path("infection"))
		}
		out = append(out, class)
	}
	return out
}

func (r *reader) zones(n *yaml.Node) []Zone {
	out := []Zone{}
	for i, item := range r.items(n, "zones", Text{"一组分级，可为 []", "a list of levels, which may be []"}) {
		f := r.mapping(item, indexed("zones", i), "id", "zh", "en")
		id := r.oneOf(f.need("id"), f.path("id"), keyIndex["zone.levels"].Values)
		out = append(out, Zone{ID: id, Title: f.text()})
	}
	return out
}

// zoneLevels holds the parameter zone.levels and the section zones to one list: rules
// read the first, people the second.
func (r *reader) zoneLevels(f fields, p *pack) {
	ids := make([]string, len(p.zones))
	for i, z := range p.zones {
		ids[i] = z.ID
	}
	want := "[" + strings.Join(ids, ", ") + "]"
	sets := []map[string]Param{p.params}
	for _, c := range p.changes {
		sets = append(sets, c.params)
	}
	for _, set := range sets {
		levels, ok := set["zone.levels"]
		if !ok {
			continue
		}
		if got := "[" + strings.Join(levels.Value.([]string), ", ") + "]"; got != want {
			r.reportAt(levels.line, "zone.levels", "protocol.zone_mismatch", "got", got, "want", want)
		}
	}
	if _, ok := p.params["zone.levels"]; !ok && len(p.zones) > 0 {
		r.report(f.get("zones"), "zones", "protocol.zone_mismatch", "got", "[]", "want", want)
	}
}

// rule takes the text of a scalar. Numbers and switches are rules too: needed: 0.
func (r *reader) rule(n *yaml.Node, key string) source {
	if n == nil {
		return source{key: key}
	}
	if n.Kind != yaml.ScalarNode || strings.TrimSpace(n.Value) == "" {
		r.wrongType(n, key, Text{"一条规则", "a rule"})
		return source{key: key, line: n.Line}
	}
	line := n.Line
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		line++ // the text of a block begins below its mark
	}
	return source{text: n.Value, key: key, line: line}
}

func (r *reader) criteria(n *yaml.Node) *clearance {
	f := r.mapping(n, "criteria", "clearance", "declaration")
	c := &clearance{line: n.Line}
	if d := f.need("declaration"); d != nil {
		df := r.mapping(d, f.path("declaration"), "required", "zh", "en")
		c.declaration.Text = df.text()
		if b := df.need("required"); b != nil {
			c.declaration.Required, _ = r.boolean(b, df.path("required"))
		}
	}
	list := f.need("clearance")
	if list == nil {
		return c
	}
	binding, seen := 0, map[string]int{}
	for i, item := range r.items(list, f.path("clearance"), Text{"一组标准", "a list of criteria"}) {
		cs := r.criterion(item, indexed(f.path("clearance"), i))
		if first, again := seen[cs.id]; again && cs.id != "" {
			r.report(item, indexed(f.path("clearance"), i), "protocol.duplicate_field", "name", cs.id, "first", strconv.Itoa(first))
		}
		seen[cs.id] = item.Line
		if cs.binding {
			binding++
		}
		c.criteria = append(c.criteria, cs)
	}
	if binding == 0 {
		r.report(list, f.path("clearance"), "protocol.nothing_binding")
	}
	return c
}

func (r *reader) criterion(n *yaml.Node, key string) criterionSource {
	f := r.mapping(n, key, "id", "title", "met", "value", "needed", "unit", "binding")
	c := criterionSource{binding: true}
	c.id = r.id(f.need("id"), f.path("id"))
	c.title = r.text(f.need("title"), f.path("title"))
	c.met = r.rule(f.need("met"), f.path("met"))
	c.value = r.rule(f.need("value"), f.path("value"))
	c.needed = r.rule(f.need("needed"), f.path("needed"))
	if u := f.get("unit"); u != nil {
		c.unit = r.oneOf(u, f.path("unit"), criterionUnits)
	}
	if b := f.get("binding"); b != nil {
		c.binding, _ = r.boolean(b, f.path("binding"))
	}
	return c
}
