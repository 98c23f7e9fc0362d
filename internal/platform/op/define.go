package op

import (
	"fmt"
	"regexp"
	"slices"
	"sync"
)

// Kind says what an operation does to records, and so what the trail keeps of it.
type Kind int

// The kinds of operations.
const (
	View   Kind = iota // reads that show no person's file: not in the trail
	File               // reads a person's file, or takes data out: in the trail
	Change             // writes: in the trail with what changed
)

// Def is a declared operation.
type Def struct {
	name string
	kind Kind
}

// Name returns the operation's one name, "cases.case.view".
func (d *Def) Name() string { return d.name }

// Kind returns what it does to records.
func (d *Def) Kind() Kind { return d.kind }

var (
	registerMu sync.Mutex
	registered = map[string]*Def{}
	nameForm   = regexp.MustCompile(`^[a-z]+(\.[a-z_]+){1,2}$`)
)

// Define declares an operation, once, in a package variable of the domain. It panics
// on a name that is taken or not of the form wing.noun.verb: that is a mistake in the
// program.
func Define(name string, kind Kind) *Def {
	registerMu.Lock()
	defer registerMu.Unlock()
	if !nameForm.MatchString(name) || registered[name] != nil {
		panic(fmt.Sprintf("operation name %q is taken or badly formed", name))
	}
	d := &Def{name: name, kind: kind}
	registered[name] = d
	return d
}

// Names returns all declared operations, sorted.
func Names() []string {
	registerMu.Lock()
	defer registerMu.Unlock()
	out := make([]string, 0, len(registered))
	for n := range registered {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}
