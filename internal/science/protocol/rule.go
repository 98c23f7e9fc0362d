package protocol

import (
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// costLimit bounds a rule: the worst case is estimated when a pack is loaded, and the
// real cost is watched when it runs. One pass over the history costs some hundred.
const costLimit = 20_000

// listBound is the length that the estimate assumes for lists of parameters.
const listBound = 64

// compiled is a rule that can be run, with the names that it mentions.
type compiled struct {
	program cel.Program
	names   []string
	at      source
}

// want is the result that a rule must have.
type want struct {
	types []*cel.Type
	text  Text
}

var (
	wantBool  = want{[]*cel.Type{cel.BoolType}, Text{"真或假", "true or false"}}
	wantValue = want{[]*cel.Type{cel.IntType, cel.DoubleType, cel.BoolType, cel.StringType}, Text{"数字、文字或真假", "a number, a text, or true or false"}}
)

// surfaceRules and clearanceRules are the two places where rules stand: the first knows
// route and zone, the second the facts. Both know every parameter by its key.
var (
	surfaceRules = sync.OnceValue(func() *cel.Env {
		return environment(cel.Variable("route", cel.StringType), cel.Variable("zone", cel.StringType))
	})
	clearanceRules = sync.OnceValue(func() *cel.Env {
		vars := make([]cel.EnvOption, len(factTable))
		for i, f := range factTable {
			vars[i] = cel.Variable(f.name, f.typ)
		}
		return environment(append(vars, historyFunctions()...)...)
	})
)

// environment declares the parameters besides what is given. It can only fail if two
// declarations of this package collide, which every test would show.
func environment(opts ...cel.EnvOption) *cel.Env {
	kinds := map[Kind]*cel.Type{Int: cel.IntType, Float: cel.DoubleType, Bool: cel.BoolType,
		Word: cel.StringType, Ints: listOfInt, Words: listOfText}
	for _, k := range keyTable {
		opts = append(opts, cel.Variable(k.Name, kinds[k.Kind]))
	}
	opts = append(opts, cel.ParserExpressionSizeLimit(4000), cel.ParserRecursionLimit(60))
	env, err := cel.NewEnv(opts...)
	if err != nil {
		panic("protocol: declarations of rules collide: " + err.Error())
	}
	return env
}

// historyFunctions are the three things that rules ask of a daily list:
//
//	list.zero_days()  days at zero without a break, up to and with the evaluated day
//	list.total(n)     the sum of the last n days
//	list.peak(n)      the highest of the last n days
//
// A negative figure is a correction of an earlier day. It is no zero, and it never
// cancels an infection of another day.
func historyFunctions() []cel.EnvOption {
	last := func(name string, join func(sum, x int64) int64) cel.EnvOption {
		return cel.Function(name, cel.MemberOverload("list_int_"+name, []*cel.Type{listOfInt, cel.IntType}, cel.IntType,
			cel.BinaryBinding(func(list, n ref.Val) ref.Val {
				days, _ := n.(types.Int)
				var out int64
				each(list, func(i int64, x int64) bool {
					if i >= int64(days) {
						return false
					}
					out = join(out, max(x, 0))
					return true
				})
				return types.Int(out)
			})))
	}
	return []cel.EnvOption{
		last("total", func(sum, x int64) int64 { return sum + x }),
		last("peak", func(top, x int64) int64 { return max(top, x) }),
		cel.Function("zero_days", cel.MemberOverload("list_int_zero_days", []*cel.Type{listOfInt}, cel.IntType,
			cel.UnaryBinding(func(list ref.Val) ref.Val {
				var run int64
				each(list, func(_ int64, x int64) bool {
					if x == 0 {
						run++
					}
					return x == 0
				})
				return types.Int(run)
			}))),
	}
}

// each walks a CEL list of whole numbers until f says stop.
func each(list ref.Val, f func(i, x int64) bool) {
	l, ok := list.(traits.Lister)
	if !ok {
		return
	}
	size, _ := l.Size().(types.Int)
	for i := types.Int(0); i < size; i++ {
		x, _ := l.Get(i).(types.Int)
		if !f(int64(i), int64(x)) {
			return
		}
	}
}

// estimator tells the cost estimate how long the lists of this package can be. What it
// does not know is unbounded and makes the rule too costly.
type estimator struct{}

// EstimateCallCost prices the functions over daily lists as one pass over the list.
func (estimator) EstimateCallCost(function, _ string, _ *cost.AstNode, _ []cost.AstNode) *cost.CallEstimate {
	switch function {
	case "total", "peak", "zero_days":
		return cost.NewCallEstimate(cost.FixedCostEstimate(HistoryDays), nil)
	}
	return nil
}

// EstimateSize bounds the variables of rules.
func (estimator) EstimateSize(n cost.AstNode) *cost.SizeEstimate {
	path := n.Path()
	if len(path) == 0 {
		return nil
	}
	if f, ok := factIndex[path[0]]; ok && f.typ == listOfInt {
		return &cost.SizeEstimate{Max: HistoryDays}
	}
	return &cost.SizeEstimate{Max: listBound}
}

// compile checks a rule in an environment and reports what is wrong with it by line.
func (r *reader) compile(env *cel.Env, s source, w want) (compiled, bool) {
	if s.text == "" {
		return compiled{}, false // its absence has been reported
	}
	ast, issues := env.Compile(s.text)
	if issues.Err() != nil {
		for _, e := range issues.Errors() {
			r.reportIssue(s, e.Location.Line(), e.Location.Column()+1, e.Message, env)
		}
		return compiled{}, false
	}
	if !typeIn(ast.OutputType(), w.types) {
		r.reportAt(s.line, s.key, "protocol.rule_type", "want", w.text.EN, "want_zh", w.text.ZH, "got", ast.OutputType().String())
		return compiled{}, false
	}
	worst, err := env.EstimateCost(ast, estimator{})
	if err != nil || worst.Max > costLimit {
		r.reportAt(s.line, s.key, "protocol.costly_rule", "cost", strconv.FormatUint(worst.Max, 10), "limit", strconv.Itoa(costLimit))
		return compiled{}, false
	}
	program, err := env.Program(ast, cel.CostLimit(costLimit))
	if err != nil {
		r.reportAt(s.line, s.key, "protocol.bad_rule", "column", "1", "detail", err.Error())
		return compiled{}, false
	}
	return compiled{program: program, names: mentioned(ast), at: s}, true
}

// unknownName matches the compiler's message for a name that is not declared.
var unknownName = regexp.MustCompile(`^undeclared reference to '([^']+)'`)

func (r *reader) reportIssue(s source, line, column int, message string, env *cel.Env) {
	at, col := s.line+max(line, 1)-1, strconv.Itoa(column)
	if m := unknownName.FindStringSubmatch(message); m != nil {
		name := m[1]
		if whole := nameAt(s.text, line, column); strings.HasPrefix(whole, name) {
			name = whole // the compiler names only the part before the first dot
		}
		candidates := []string{}
		for _, v := range env.Variables() {
			candidates = append(candidates, v.Name())
		}
		sort.Strings(candidates)
		r.reportAt(at, s.key, "protocol.unknown_name", "name", name, "column", col, "nearest", nearest(name, candidates))
		return
	}
	r.reportAt(at, s.key, "protocol.bad_rule", "column", col, "detail", message)
}

var dottedName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]*`)

// nameAt returns the name that stands at a line and column of a rule, counted from 1.
func nameAt(text string, line, column int) string {
	lines := strings.Split(text, "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	runes := []rune(lines[line-1])
	if column < 1 || column > len(runes) {
		return ""
	}
	return dottedName.FindString(string(runes[column-1:]))
}

func typeIn(t *cel.Type, list []*cel.Type) bool {
	for _, x := range list {
		if t.IsExactType(x) {
			return true
		}
	}
	return false
}

// mentioned lists the facts and parameters that a checked rule refers to.
func mentioned(ast *cel.Ast) []string {
	seen := map[string]bool{}
	for _, info := range ast.NativeRep().ReferenceMap() {
		_, isFact := factIndex[info.Name]
		_, isKey := keyIndex[info.Name]
		if isFact || isKey {
			seen[info.Name] = true
		}
	}
	return sortedNames(seen)
}

// names is what a rule sees: its own arguments first, then the parameters of the day.
type names struct {
	own    map[string]any
	params map[string]any
}

// ResolveName finds an argument or a parameter.
func (n names) ResolveName(name string) (any, bool) {
	if v, ok := n.own[name]; ok {
		return v, true
	}
	v, ok := n.params[name]
	return v, ok
}

// Parent is nil: there is no outer scope.
func (n names) Parent() cel.Activation { return nil }

// run works the rule out. The error is Problems without a file: at run time no file is at hand.
func (c compiled) run(n names) (any, error) {
	out, _, err := c.program.Eval(n)
	if err != nil {
		return nil, Problems{problem(c.at.key, "protocol.rule_failed", "detail", err.Error())}
	}
	return out.Value(), nil
}

func (c compiled) runBool(n names) (bool, error) {
	out, err := c.run(n)
	if err != nil {
		return false, err
	}
	b, ok := out.(bool)
	if !ok {
		return false, Problems{problem(c.at.key, "protocol.rule_type", "want", wantBool.text.EN, "want_zh", wantBool.text.ZH, "got", fmt.Sprintf("%T", out))}
	}
	return b, nil
}
