package i18n

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Use is one place in the sources that makes a fault.
type Use struct {
	Code   string
	At     string   // file:line, from the root
	Params []string // parameters given on the spot
}

// Collected is what the sources can say.
type Collected struct {
	Uses    []Use
	Fields  map[string]string // code of a wrong field → where
	Unknown []string          // places whose code is only known when the program runs
}

// faultPackage is the package whose constructors are looked for.
const faultPackage = "internal/platform/fault"

// codeArgument is the position of the code among a constructor's arguments.
var codeArgument = map[string]int{
	"Invalidf": 0, "NotFoundf": 0, "Conflictf": 0, "Forbiddenf": 0, "Unauthenticatedf": 0, "Unavailablef": 0, "TooManyf": 1,
}

// Collect walks the Go sources below root/internal, tests left out, and finds every code
// of a fault: literal, constant, or put together in a function that its callers give
// the code to. It serves tests; module is the module's path.
func Collect(root, module string) (Collected, error) {
	c := collector{module: module, set: token.NewFileSet(), dirs: map[string][]*file{}, constants: map[string]ast.Expr{}}
	err := filepath.WalkDir(filepath.Join(root, "internal"), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		return c.parse(root, name)
	})
	if err != nil {
		return Collected{}, fmt.Errorf("read the sources: %w", err)
	}
	c.out.Fields = map[string]string{}
	for dir, files := range c.dirs {
		if dir != faultPackage {
			for _, f := range files {
				c.walk(f)
			}
		}
	}
	slices.SortFunc(c.out.Uses, func(a, b Use) int { return strings.Compare(a.Code+a.At, b.Code+b.At) })
	slices.Sort(c.out.Unknown)
	return c.out, nil
}

type file struct {
	dir, path string
	syntax    *ast.File
	imports   map[string]string // name in the file → directory below the module's root
}

type collector struct {
	module    string
	set       *token.FileSet
	dirs      map[string][]*file
	constants map[string]ast.Expr // "dir.Name"
	out       Collected
}

func (c *collector) parse(root, name string) error {
	syntax, err := parser.ParseFile(c.set, name, nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	relative, err := filepath.Rel(root, name)
	if err != nil {
		return err
	}
	relative = filepath.ToSlash(relative)
	f := &file{dir: path.Dir(relative), path: relative, syntax: syntax, imports: map[string]string{}}
	for _, i := range syntax.Imports {
		target, _ := strconv.Unquote(i.Path.Value)
		target = strings.TrimPrefix(target, c.module+"/")
		local := path.Base(target)
		if i.Name != nil {
			local = i.Name.Name
		}
		f.imports[local] = target
	}
	for _, d := range syntax.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		for _, s := range g.Specs {
			v, ok := s.(*ast.ValueSpec)
			for i := 0; ok && i < len(v.Values); i++ {
				c.constants[f.dir+"."+v.Names[i].Name] = v.Values[i]
			}
		}
	}
	c.dirs[f.dir] = append(c.dirs[f.dir], f)
	return nil
}

// walk visits the calls of a file: those that add to a fault before the one that makes it.
func (c *collector) walk(f *file) {
	seen := map[*ast.CallExpr]bool{}
	for _, d := range f.syntax.Decls {
		within, _ := d.(*ast.FuncDecl)
		ast.Inspect(d, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			c.field(f, call)
			made, params := unchain(call)
			if made == nil || seen[made] {
				return true
			}
			if position := c.constructs(f, made); position >= 0 {
				seen[made] = true
				c.use(f, within, made, position, params)
			}
			return true
		})
	}
}

// unchain follows x.With(…).Param(…) down to the call that made x, noting parameters.
func unchain(call *ast.CallExpr) (*ast.CallExpr, []string) {
	var params []string
	for {
		s, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return call, params
		}
		inner, chained := s.X.(*ast.CallExpr)
		if !chained {
			return call, params
		}
		if s.Sel.Name == "Param" && len(call.Args) == 2 {
			if text, ok := literal(call.Args[0]); ok {
				params = append(params, text)
			}
		}
		call = inner
	}
}

// constructs returns the position of the code if call is one of fault's constructors.
func (c *collector) constructs(f *file, call *ast.CallExpr) int {
	s, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return -1
	}
	p, ok := s.X.(*ast.Ident)
	position, known := codeArgument[s.Sel.Name]
	if !ok || !known || f.imports[p.Name] != faultPackage || len(call.Args) <= position {
		return -1
	}
	return position
}

func (c *collector) use(f *file, within *ast.FuncDecl, call *ast.CallExpr, position int, params []string) {
	if position == 1 {
		params = append(params, "retry_after_s")
	}
	at := fmt.Sprintf("%s:%d", f.path, c.set.Position(call.Pos()).Line)
	codes := c.values(f, within, call.Args[position])
	if len(codes) == 0 {
		c.out.Unknown = append(c.out.Unknown, at)
	}
	for _, code := range codes {
		c.out.Uses = append(c.out.Uses, Use{Code: code, At: at, Params: params})
	}
}

// field notes the code of x.With("name", "code").
func (c *collector) field(f *file, call *ast.CallExpr) {
	if s, ok := call.Fun.(*ast.SelectorExpr); ok && s.Sel.Name == "With" && len(call.Args) == 2 {
		if code, ok := literal(call.Args[1]); ok {
			c.out.Fields[code] = fmt.Sprintf("%s:%d", f.path, c.set.Position(call.Pos()).Line)
		}
	}
}

// values returns the texts that an expression can be; none if that is not known.
func (c *collector) values(f *file, within *ast.FuncDecl, e ast.Expr) []string {
	switch x := e.(type) {
	case *ast.BasicLit:
		if text, ok := literal(x); ok {
			return []string{text}
		}
	case *ast.ParenExpr:
		return c.values(f, within, x.X)
	case *ast.BinaryExpr:
		var out []string
		for _, a := range c.values(f, within, x.X) {
			for _, b := range c.values(f, within, x.Y) {
				out = append(out, a+b)
			}
		}
		return out
	case *ast.SelectorExpr:
		if p, ok := x.X.(*ast.Ident); ok {
			return c.constant(f.imports[p.Name], x.Sel.Name)
		}
	case *ast.Ident:
		if i := parameter(within, x.Name); i >= 0 {
			return c.given(f.dir, within.Name.Name, i)
		}
		return c.constant(f.dir, x.Name)
	}
	return nil
}

func (c *collector) constant(dir, name string) []string {
	value, ok := c.constants[dir+"."+name]
	if !ok || len(c.dirs[dir]) == 0 {
		return nil
	}
	return c.values(c.dirs[dir][0], nil, value)
}

// given returns what the callers within the package give as the argument at position i.
func (c *collector) given(dir, function string, i int) []string {
	var out []string
	for _, f := range c.dirs[dir] {
		for _, d := range f.syntax.Decls {
			within, _ := d.(*ast.FuncDecl)
			ast.Inspect(d, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || len(call.Args) <= i {
					return true
				}
				name, ok := call.Fun.(*ast.Ident)
				if ok && name.Name == function && (within == nil || within.Name.Name != function) {
					out = append(out, c.values(f, within, call.Args[i])...)
				}
				return true
			})
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// parameter returns the position of a function's parameter of that name, or -1.
func parameter(within *ast.FuncDecl, name string) int {
	if within == nil {
		return -1
	}
	i := 0
	for _, field := range within.Type.Params.List {
		for _, n := range field.Names {
			if n.Name == name {
				return i
			}
			i++
		}
	}
	return -1
}

func literal(e ast.Expr) (string, bool) {
	b, ok := e.(*ast.BasicLit)
	if !ok || b.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(b.Value)
	return text, err == nil
}
