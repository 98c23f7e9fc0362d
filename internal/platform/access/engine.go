package access

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"
	"go.yaml.in/yaml/v3"
)

// Text is a sentence in both languages of the product.
type Text struct {
	Zh string `json:"zh" yaml:"zh"`
	En string `json:"en" yaml:"en"`
}

// Role is a job that can be granted.
type Role struct {
	Name        string `json:"role" yaml:"-"`
	Title       Text   `json:"title" yaml:"title"`
	Description Text   `json:"description" yaml:"description"`
	Assignable  *bool  `json:"-" yaml:"assignable"`
}

// CanBeGranted reports whether the role may be given to an account.
func (r Role) CanBeGranted() bool { return r.Assignable == nil || *r.Assignable }

// Engine holds the policies and answers questions. It is safe for concurrent use.
type Engine struct {
	policies *cedar.PolicySet
	roles    map[string]Role
	groups   map[string][]string // operation → the groups it is in
}

type rolesFile struct {
	Groups map[string][]string `yaml:"groups"`
	Roles  map[string]Role     `yaml:"roles"`
}

// Load reads the policies and roles. Further file systems add policies and roles, and
// replace roles of the same name.
func Load(base fs.FS, extra ...fs.FS) (*Engine, error) {
	e := &Engine{policies: cedar.NewPolicySet(), roles: map[string]Role{}, groups: map[string][]string{}}
	for i, fsys := range append([]fs.FS{base}, extra...) {
		if err := e.add(fsys, i); err != nil {
			return nil, err
		}
	}
	if len(e.roles) == 0 {
		return nil, fmt.Errorf("the policies hold no roles")
	}
	return e, nil
}

func (e *Engine) add(fsys fs.FS, source int) error {
	files, err := fs.Glob(fsys, "*.cedar")
	if err != nil {
		return err
	}
	for _, name := range files {
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		set, err := cedar.NewPolicySetFromBytes(name, text)
		if err != nil {
			return fmt.Errorf("read the policy file %s: %w", name, err)
		}
		for id, p := range set.All() {
			e.policies.Add(cedar.PolicyID(fmt.Sprintf("%d/%s/%s", source, name, id)), p)
		}
	}
	return e.addRoles(fsys)
}

func (e *Engine) addRoles(fsys fs.FS) error {
	text, err := fs.ReadFile(fsys, "roles.yaml")
	if err != nil {
		return nil // an extra directory may hold policies only
	}
	var f rolesFile
	if err := yaml.Unmarshal(text, &f); err != nil {
		return fmt.Errorf("read roles.yaml: %w", err)
	}
	for name, r := range f.Roles {
		r.Name = name
		e.roles[name] = r
	}
	for group, operations := range f.Groups {
		for _, o := range operations {
			e.groups[o] = append(e.groups[o], group)
		}
	}
	return nil
}

// Roles returns all roles by name.
func (e *Engine) Roles() []Role {
	out := make([]Role, 0, len(e.roles))
	for _, r := range e.roles {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b Role) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// Role returns the role with this name.
func (e *Engine) Role(name string) (Role, bool) {
	r, ok := e.roles[name]
	return r, ok
}

// May reports whether p may do the operation at the place with this path.
func (e *Engine) May(p Principal, operation, path string) bool {
	return slices.ContainsFunc(p.Grants, func(g Grant) bool { return e.grantMay(p, g, operation, path) })
}

// Scope returns the places at which p may do the operation.
func (e *Engine) Scope(p Principal, operation string) Scope {
	var paths []string
	for _, g := range p.Grants {
		if e.grantMay(p, g, operation, g.PlacePath) {
			paths = append(paths, g.PlacePath)
		}
	}
	return newScope(paths)
}

// Operations returns those of the given operations that p may do somewhere.
func (e *Engine) Operations(p Principal, all []string) []string {
	out := []string{}
	for _, o := range all {
		if !e.Scope(p, o).Empty() {
			out = append(out, o)
		}
	}
	return out
}

func (e *Engine) grantMay(p Principal, g Grant, operation, path string) bool {
	request := cedar.Request{
		Principal: types.NewEntityUID("Grant", types.String(g.Role+"@"+g.PlacePath)),
		Action:    types.NewEntityUID("Action", types.String(operation)),
		Resource:  types.NewEntityUID("Place", types.String(path)),
	}
	decision, diagnostic := cedar.Authorize(e.policies, e.entities(p, g, operation, path, request), request)
	// An error in a policy could hide a forbid, so it refuses.
	return decision == cedar.Allow && len(diagnostic.Errors) == 0
}

func (e *Engine) entities(p Principal, g Grant, operation, path string, r cedar.Request) cedar.EntityMap {
	attributes := types.RecordMap{
		"place":     types.NewEntityUID("Place", types.String(g.PlacePath)),
		"mfa":       types.Boolean(p.MFA),
		"needs_mfa": types.Boolean(p.NeedsMFA),
	}
	if p.TokenOps != nil {
		var ops []types.Value
		for _, o := range p.TokenOps {
			ops = append(ops, types.NewEntityUID("Action", types.String(o)))
		}
		attributes["operations"] = types.NewSet(ops...)
	}
	role := types.NewEntityUID("Role", types.String(g.Role))
	entities := cedar.EntityMap{
		r.Principal: {UID: r.Principal, Attributes: types.NewRecord(attributes), Parents: types.NewEntityUIDSet(role)},
		r.Action:    {UID: r.Action, Parents: e.actionGroups(operation)},
	}
	for child := path; ; {
		uid := types.NewEntityUID("Place", types.String(child))
		if child == "" {
			entities[uid] = types.Entity{UID: uid}
			return entities
		}
		parent := ParentPath(child)
		entities[uid] = types.Entity{UID: uid, Parents: types.NewEntityUIDSet(types.NewEntityUID("Place", types.String(parent)))}
		child = parent
	}
}

func (e *Engine) actionGroups(operation string) types.EntityUIDSet {
	var groups []types.EntityUID
	for _, g := range e.groups[operation] {
		groups = append(groups, types.NewEntityUID("Action", types.String("group:"+g)))
	}
	return types.NewEntityUIDSet(groups...)
}

// ParentPath returns the path one level up: "1.3." for "1.3.12.", "" for "1.".
func ParentPath(path string) string {
	trimmed := strings.TrimSuffix(path, ".")
	return trimmed[:strings.LastIndexByte(trimmed, '.')+1]
}

// Granted lists the operations in the groups, so that a test can find names that no
// operation has.
func (e *Engine) Granted() []string {
	out := make([]string, 0, len(e.groups))
	for o := range e.groups {
		out = append(out, o)
	}
	slices.Sort(out)
	return out
}
