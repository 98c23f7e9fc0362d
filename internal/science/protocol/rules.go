package protocol

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"sort"
	"strings"
)

// Rules is a pack with its overlays, as an incident uses it. It does not change and may
// be used by many at once.
type Rules struct {
	layers []*linked
	epochs []epoch // by first day; the first begins before all days
}

// epoch is a stretch of days on which nothing changes.
type epoch struct {
	from          string // first day, "" = the beginning
	params        map[string]Param
	values        map[string]any // the same for rules
	classes       []Class
	zones         []Zone
	surface       *compiled
	surfaceFile   string
	community     map[routeZone]bool
	criteria      []criterion
	criteriaFile  string
	declaration   Declaration
	unsetProblems Problems
}

type routeZone struct{ route, zone string }

// ID names the versions in use: "cn-covid-8th@3+jilin-city-2022@1".
func (r *Rules) ID() string {
	names := make([]string, len(r.layers))
	for i, k := range r.layers {
		names[i] = k.name()
	}
	return strings.Join(names, "+")
}

// Digest is a SHA-256 over the files in use, hex. It tells apart two packs that were
// given the same version by mistake.
func (r *Rules) Digest() string {
	h := sha256.New()
	for _, k := range r.layers {
		h.Write([]byte(k.Digest + "\n"))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Layers describes the pack and then its overlays in order.
func (r *Rules) Layers() []Summary {
	out := make([]Summary, len(r.layers))
	for i, k := range r.layers {
		out[i] = k.Summary
	}
	return out
}

// On returns the rules of a day, "2022-04-08". Days before the first are judged by the
// first rules, days after the last by the last; see View.Outside.
func (r *Rules) On(day string) *View {
	i := sort.Search(len(r.epochs), func(i int) bool { return r.epochs[i].from > day })
	return &View{rules: r, day: day, epoch: &r.epochs[max(i-1, 0)]}
}

// build merges the layers for every stretch of days.
func build(layers []*linked) (*Rules, Problems) {
	starts := map[string]bool{"": true}
	for _, k := range layers {
		for _, c := range k.changes {
			starts[c.from] = true
		}
	}
	r := &Rules{layers: layers}
	var problems Problems
	for _, from := range sortedNames(starts) {
		e := epoch{from: from, params: map[string]Param{}, values: map[string]any{}}
		for _, k := range layers {
			e.add(k)
		}
		for name, p := range e.params {
			e.values[name] = ruleValue(p.Value)
		}
		problems = append(problems, e.settle()...)
		r.epochs = append(r.epochs, e)
	}
	return r, problems
}

// add lays one layer on the epoch.
func (e *epoch) add(k *linked) {
	for name, p := range k.params {
		e.params[name] = p
	}
	for _, c := range k.changes {
		if c.from > e.from {
			break
		}
		for name, p := range c.params {
			e.params[name] = p
		}
	}
	if k.classes != nil {
		e.classes = k.classes
	}
	if k.zones != nil {
		e.zones = k.zones
	}
	if k.surface != nil {
		e.surface, e.surfaceFile = k.surface, k.file
	}
	if k.clear != nil {
		e.criteria, e.criteriaFile = k.clear, k.file
		e.declaration = k.pack.clear.declaration
	}
}

// ruleValue gives rules the types that they are declared with.
func ruleValue(v any) any {
	switch x := v.(type) {
	case int:
		return int64(x)
	case []int:
		return wide(x)
	}
	return v
}

// settle finds rules that use parameters which are not set, and works out once which
// routes and zones are community: the answer is asked for every infection.
func (e *epoch) settle() Problems {
	var problems Problems
	if e.surface != nil {
		if unset := e.unset(*e.surface, e.surfaceFile); len(unset) > 0 {
			problems = append(problems, unset...)
		} else if err := e.settleSurface(); err != nil {
			problems = append(problems, located(err, e.surfaceFile, e.surface.at)...)
		}
	}
	for _, c := range e.criteria {
		for _, rule := range []compiled{c.metRule, c.valueRule, c.neededRule} {
			problems = append(problems, e.unset(rule, e.criteriaFile)...)
		}
	}
	e.unsetProblems = problems
	return problems
}

func (e *epoch) unset(rule compiled, file string) Problems {
	var problems Problems
	for _, name := range rule.names {
		if _, isKey := keyIndex[name]; !isKey {
			continue
		}
		if _, ok := e.params[name]; !ok {
			p := problem(rule.at.key, "protocol.unset_parameter", "name", name)
			p.File, p.Line = file, rule.at.line
			problems = append(problems, p)
		}
	}
	return problems
}

func (e *epoch) settleSurface() error {
	e.community = map[routeZone]bool{}
	zones := append([]Zone{{ID: noZone}}, e.zones...)
	for _, route := range routes {
		for _, z := range zones {
			in, err := e.surface.runBool(names{own: map[string]any{"route": route, "zone": z.ID}, params: e.values})
			if err != nil {
				return err
			}
			e.community[routeZone{route, z.ID}] = in
			// An unknown zone could be any of them: the route alone must put the infection
			// under control in all, as quarantine does.
			e.community[routeZone{route, anyZone}] = e.community[routeZone{route, anyZone}] || in
		}
	}
	return nil
}

// tryOut runs every criterion on two sets of made-up facts. Division by a fact that can
// be zero and positions outside a list show here.
func (e *epoch) tryOut() Problems {
	if len(e.unsetProblems) > 0 {
		return Problems{}
	}
	var problems Problems
	for _, f := range sampleFacts() {
		own := f.values()
		for _, c := range e.criteria {
			for _, rule := range []compiled{c.metRule, c.valueRule, c.neededRule} {
				if _, err := rule.run(names{own: own, params: e.values}); err != nil {
					problems = append(problems, located(err, e.criteriaFile, rule.at)...)
				}
			}
		}
	}
	return problems
}

// located puts the file and line to what a rule reported at run time.
func located(err error, file string, at source) Problems {
	var ps Problems
	if !errors.As(err, &ps) {
		ps = Problems{problem(at.key, "protocol.rule_failed", "detail", err.Error())}
	}
	out := Problems{}
	for _, p := range ps {
		p.File, p.Line = file, at.line
		out = append(out, p)
	}
	return out
}
