package protocol

import (
	"fmt"
	"reflect"
	"sort"
)

// noZone is the zone of a place under no control; anyZone stands for one that is not known.
const (
	noZone  = "none"
	anyZone = "*"
)

// View is the rules on one day.
type View struct {
	rules *Rules
	day   string
	epoch *epoch
}

// Day is the day of the view.
func (v *View) Day() string { return v.day }

// Rules is what the view was taken from.
func (v *View) Rules() *Rules { return v.rules }

// Outside lists the packs and overlays in use whose time of validity does not hold the
// day, as id@version. Their values apply all the same; a screen should say so.
func (v *View) Outside() []string {
	out := []string{}
	for _, k := range v.rules.layers {
		if v.day < k.ValidFrom || k.ValidTo != "" && v.day > k.ValidTo {
			out = append(out, k.name())
		}
	}
	return out
}

// Has tells whether the day's rules set the parameter. Not every disease has every one.
func (v *View) Has(key string) bool {
	_, ok := v.epoch.params[key]
	return ok
}

// Int returns a whole number, or 0 if it is not set. As with Bool, Float, Text and List,
// a key that the registry does not know with that kind is a mistake of the program and
// panics: a misspelt key must not turn into zero days of quarantine.
func (v *View) Int(key string) int { return typed[int](v, key, Int) }

// Bool returns a switch, or false if it is not set.
func (v *View) Bool(key string) bool { return typed[bool](v, key, Bool) }

// Float returns a number, or 0 if it is not set.
func (v *View) Float(key string) float64 { return typed[float64](v, key, Float) }

// Text returns a word, or "" if it is not set.
func (v *View) Text(key string) string { return typed[string](v, key, Word) }

// List returns a list of words, empty if it is not set. The caller may keep it.
func (v *View) List(key string) []string {
	return append([]string{}, typed[[]string](v, key, Words)...)
}

// Ints returns a list of whole numbers, empty if it is not set. The caller may keep it.
func (v *View) Ints(key string) []int { return append([]int{}, typed[[]int](v, key, Ints)...) }

func typed[T any](v *View, key string, kind Kind) T {
	k, ok := keyIndex[key]
	if !ok || k.Kind != kind {
		panic(fmt.Sprintf("protocol: parameter %q is not declared as %s", key, kind))
	}
	var zero T
	p, ok := v.epoch.params[key]
	if !ok {
		return zero
	}
	value, ok := p.Value.(T)
	if !ok {
		panic(fmt.Sprintf("protocol: parameter %q holds %T", key, p.Value))
	}
	return value
}

// Param returns a parameter with its source. The second result is false if it is not set.
func (v *View) Param(key string) (Param, bool) {
	p, ok := v.epoch.params[key]
	return p.clone(), ok
}

// Params lists all parameters that are set, by key.
func (v *View) Params() []Param {
	out := make([]Param, 0, len(v.epoch.params))
	for _, p := range v.epoch.params {
		out = append(out, p.clone())
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Key < out[j].Key })
	return out
}

// clone keeps callers from changing a list that all views share.
func (p Param) clone() Param {
	switch x := p.Value.(type) {
	case []int:
		p.Value = append([]int{}, x...)
	case []string:
		p.Value = append([]string{}, x...)
	}
	return p
}

// Classes lists the case classifications that the pack knows, in its order.
func (v *View) Classes() []Class { return append([]Class{}, v.epoch.classes...) }

// CountsAs says how a classification is counted: confirmed, asymptomatic or none. A
// classification that the pack does not know is none; Class tells it apart.
func (v *View) CountsAs(classification string) string {
	if c, ok := v.Class(classification); ok {
		return c.CountsAs
	}
	return "none"
}

// Class returns a classification. The second result is false if the pack does not know it.
func (v *View) Class(classification string) (Class, bool) {
	for _, c := range v.epoch.classes {
		if c.ID == classification {
			return c, true
		}
	}
	return Class{}, false
}

// HasZones tells whether the regime draws zones of control at all.
func (v *View) HasZones() bool { return len(v.epoch.zones) > 0 }

// Zones lists the levels of control, strictest first.
func (v *View) Zones() []Zone { return append([]Zone{}, v.epoch.zones...) }

// InCommunity tells whether an infection found by this route in this zone was found in
// the community. A route that is unknown, empty or not in the vocabulary counts as
// community. So does an unknown zone, unless the route alone says that the person was
// under control, as quarantine does. In a regime without zones the zone says nothing and
// is not looked at.
func (v *View) InCommunity(route, zone string) bool {
	if !v.HasZones() {
		zone = noZone
	}
	in, known := v.epoch.community[routeZone{route, zone}]
	if !known {
		in, known = v.epoch.community[routeZone{route, anyZone}]
	}
	return in || !known
}

// Change is a parameter that differs between two views. Before or After is nil where the
// parameter is not set.
type Change struct {
	Key    string `json:"key"`
	Before *Param `json:"before,omitempty"`
	After  *Param `json:"after,omitempty"`
}

// Diff lists the parameters whose value, source or grade differ between two views, by key.
func Diff(before, after *View) []Change {
	keys := map[string]bool{}
	for name := range before.epoch.params {
		keys[name] = true
	}
	for name := range after.epoch.params {
		keys[name] = true
	}
	out := []Change{}
	for _, name := range sortedNames(keys) {
		b, hadIt := before.Param(name)
		a, hasIt := after.Param(name)
		b.line, a.line = 0, 0
		if hadIt && hasIt && reflect.DeepEqual(a, b) {
			continue
		}
		c := Change{Key: name}
		if hadIt {
			c.Before = &b
		}
		if hasIt {
			c.After = &a
		}
		out = append(out, c)
	}
	return out
}
