package protocol

import (
	"errors"
	"io/fs"
	"path"
	"sort"
)

// Library is the set of packs and overlays that an installation has. It does not change.
type Library struct {
	packs map[string]*linked
}

// linked is a pack whose rules have been compiled.
type linked struct {
	*pack
	surface *compiled   // nil when the section is absent
	clear   []criterion // nil when the section is absent
}

// Load reads every .yaml file at the top of fsys, then of each extra file system. A pack
// of a later file system takes the place of one with the same id before it; that is how
// an installation mends or adds packs. If anything is wrong, nothing is loaded and the
// error is Problems with all of it: half a set of rules is worse than the last good one.
func Load(fsys fs.FS, extra ...fs.FS) (*Library, error) {
	packs, broken := map[string]*pack{}, map[string]bool{}
	var all Problems
	for _, files := range append([]fs.FS{fsys}, extra...) {
		found, problems := readAll(files)
		all = append(all, problems...)
		for _, p := range found {
			packs[p.ID] = p
			broken[p.ID] = has(problems, p.file)
		}
	}
	l := &Library{packs: map[string]*linked{}}
	for _, id := range sortedNames(packs) {
		k, problems := link(packs[id])
		all = append(all, problems...)
		l.packs[id] = k
		broken[id] = broken[id] || len(problems) > 0
	}
	for _, id := range sortedNames(l.packs) {
		if !broken[id] {
			all = append(all, l.check(l.packs[id], packs, broken)...)
		}
	}
	if len(all) > 0 {
		return nil, distinct(all).sorted()
	}
	return l, nil
}

// readAll parses the files of one file system. Within it, an id may be used once.
func readAll(files fs.FS) ([]*pack, Problems) {
	var out []*pack
	var all Problems
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return out, Problems{unreadable(".", err)}
	}
	owner := map[string]string{}
	for _, e := range entries {
		if ext := path.Ext(e.Name()); e.IsDir() || ext != ".yaml" && ext != ".yml" {
			continue
		}
		data, err := fs.ReadFile(files, e.Name())
		if err != nil {
			all = append(all, unreadable(e.Name(), err))
			continue
		}
		p, problems := parse(e.Name(), data)
		all = append(all, problems...)
		if other, taken := owner[p.ID]; taken && p.ID != "" {
			again := problem("id", "protocol.duplicate_pack", "id", p.ID, "other", other)
			again.File, again.Line = p.file, p.line
			all = append(all, again)
			continue
		}
		if p.ID != "" {
			owner[p.ID] = p.file
			out = append(out, p)
		}
	}
	return out, all
}

func unreadable(file string, err error) Problem {
	detail := err.Error()
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		detail = pathError.Err.Error() // the path itself may be private to the machine
	}
	p := problem("", "protocol.unreadable", "detail", detail)
	p.File, p.Line = file, 1
	return p
}

// link compiles the rules of a pack. A pack with other problems is linked too, so that
// its rules are reported in the same go.
func link(p *pack) (*linked, Problems) {
	r := &reader{file: p.file}
	k := &linked{pack: p}
	if p.surface != nil {
		if c, ok := r.compile(surfaceRules(), *p.surface, wantBool); ok {
			k.surface = &c
		}
	}
	if p.clear != nil {
		k.clear = []criterion{}
		for _, cs := range p.clear.criteria {
			k.clear = append(k.clear, r.link(cs))
		}
	}
	return k, r.problems
}

func (r *reader) link(cs criterionSource) criterion {
	c := criterion{criterionSource: cs}
	c.metRule, _ = r.compile(clearanceRules(), cs.met, wantBool)
	c.valueRule, _ = r.compile(clearanceRules(), cs.value, wantValue)
	c.neededRule, _ = r.compile(clearanceRules(), cs.needed, wantValue)
	c.restOn(c.metRule, c.valueRule, c.neededRule)
	return c
}

// check tries a pack on its own, or an overlay on its base.
func (l *Library) check(k *linked, packs map[string]*pack, broken map[string]bool) Problems {
	if k.Kind == "pack" {
		return tryOut([]*linked{k})
	}
	base, ok := packs[k.Base]
	switch {
	case !ok || base.Kind == "overlay":
		p := problem("base", "protocol.unknown_base", "base", k.Base, "known", listed(l.ids("pack")))
		p.File, p.Line = k.file, k.line
		return Problems{p}
	case broken[k.Base]:
		return Problems{} // its own problems are reported; what rests on it cannot be judged
	}
	return tryOut([]*linked{l.packs[k.Base], k})
}

// tryOut builds the rules for every stretch of days and runs each once, so that a rule
// that cannot be worked out is found when the pack is loaded and not in the night.
func tryOut(layers []*linked) Problems {
	rules, problems := build(layers)
	for i := range rules.epochs {
		problems = append(problems, rules.epochs[i].tryOut()...)
	}
	return problems
}

// Packs lists what there is, by id.
func (l *Library) Packs() []Summary {
	out := []Summary{}
	for _, id := range sortedNames(l.packs) {
		out = append(out, l.packs[id].Summary)
	}
	return out
}

// Resolve lays overlays on a pack; a later overlay wins over an earlier one. The error
// is Problems: protocol.unknown_pack, unknown_overlay, wrong_base or repeated_overlay.
func (l *Library) Resolve(packID string, overlays []string) (*Rules, error) {
	base, ok := l.packs[packID]
	if !ok || base.Kind != "pack" {
		return nil, Problems{problem("", "protocol.unknown_pack", "id", packID, "known", listed(l.ids("pack")))}
	}
	layers := []*linked{base}
	seen := map[string]bool{}
	for _, id := range overlays {
		o, ok := l.packs[id]
		switch {
		case !ok || o.Kind != "overlay":
			return nil, Problems{problem("", "protocol.unknown_overlay", "id", id, "known", listed(l.ids("overlay")))}
		case o.Base != packID:
			return nil, Problems{problem("", "protocol.wrong_base", "id", id, "base", o.Base, "pack", packID)}
		case seen[id]:
			return nil, Problems{problem("", "protocol.repeated_overlay", "id", id)}
		}
		seen[id] = true
		layers = append(layers, o)
	}
	rules, problems := build(layers)
	if len(problems) > 0 {
		return nil, problems
	}
	return rules, nil
}

func (l *Library) ids(kind string) []string {
	out := []string{}
	for id, k := range l.packs {
		if k.Kind == kind {
			out = append(out, id)
		}
	}
	sort.Strings(out)
	return out
}

func has(ps Problems, file string) bool {
	for _, p := range ps {
		if p.File == file {
			return true
		}
	}
	return false
}

// distinct drops repetitions: a base is tried alone and again under each overlay.
func distinct(ps Problems) Problems {
	seen := map[string]bool{}
	out := Problems{}
	for _, p := range ps {
		if id := p.Where() + p.Code + p.Text("en"); !seen[id] {
			seen[id] = true
			out = append(out, p)
		}
	}
	return out
}
