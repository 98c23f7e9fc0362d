package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/allclear/allclear/"

// source is one Go file that is not a test.
type source struct {
	path    string // from the module's root
	pkg     string // directory from the module's root: "internal/control/cases"
	imports []string
	texts   []text
}

// text is one string constant, for looking into SQL.
type text struct {
	line  int
	value string
}

func sources(t *testing.T) []source {
	t.Helper()
	root := filepath.Join("..", "..")
	var out []source
	for _, top := range []string{"cmd", "internal", "migrations", "policies", "protocols"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			out = append(out, parse(t, root, path))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(out) < 50 {
		t.Fatalf("found only %d Go files: the walk is broken", len(out))
	}
	return out
}

func parse(t *testing.T, root, path string) source {
	t.Helper()
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	relative, err := filepath.Rel(root, path)
	if err != nil {
		t.Fatal(err)
	}
	s := source{path: filepath.ToSlash(relative), pkg: filepath.ToSlash(filepath.Dir(relative))}
	for _, i := range f.Imports {
		name, _ := strconv.Unquote(i.Path.Value)
		s.imports = append(s.imports, name)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			value, _ := strconv.Unquote(lit.Value)
			s.texts = append(s.texts, text{set.Position(lit.Pos()).Line, value})
		}
		return true
	})
	return s
}
