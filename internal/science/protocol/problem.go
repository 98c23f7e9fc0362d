package protocol

import (
	"fmt"
	"sort"
	"strings"
)

// Problem is one thing that is wrong with a pack file or with what was asked of the
// library: where it is, what it is, and the parameters of the sentence that says how to
// mend it. File, Line and Key are empty where they have no meaning.
type Problem struct {
	File   string            `json:"file,omitempty"`
	Line   int               `json:"line,omitempty"`
	Key    string            `json:"key,omitempty"`
	Code   string            `json:"code"`
	Params map[string]string `json:"params,omitempty"`
}

// Text says in "zh-CN" or "en" what is wrong and how to mend it, without the place.
func (p Problem) Text(lang string) string {
	return problemTexts[p.Code].fill(p.Params).In(lang)
}

// Where returns "file:line: key: " with the parts that are known.
func (p Problem) Where() string {
	var b strings.Builder
	if p.File != "" {
		fmt.Fprintf(&b, "%s:%d: ", p.File, p.Line)
	}
	if p.Key != "" {
		b.WriteString(p.Key + ": ")
	}
	return b.String()
}

// Problems is the error that Load, Resolve and the other functions return: every
// problem found, ordered by file and line.
type Problems []Problem

// Error lists all problems in English, one a line.
func (ps Problems) Error() string { return ps.Text("en") }

// Code returns the stable code of the first problem, such as "protocol.bad_type".
func (ps Problems) Code() string {
	if len(ps) == 0 {
		return ""
	}
	return ps[0].Code
}

// Text lists all problems in "zh-CN" or "en", one a line, each with its place.
func (ps Problems) Text(lang string) string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Where() + p.Text(lang)
	}
	return strings.Join(lines, "\n")
}

func (ps Problems) sorted() Problems {
	sort.SliceStable(ps, func(i, j int) bool {
		if ps[i].File != ps[j].File {
			return ps[i].File < ps[j].File
		}
		return ps[i].Line < ps[j].Line
	})
	return ps
}

// problem builds a Problem without a place; pairs are parameter names and values.
func problem(key, code string, pairs ...string) Problem {
	p := Problem{Key: key, Code: code}
	for i := 0; i+1 < len(pairs); i += 2 {
		if p.Params == nil {
			p.Params = map[string]string{}
		}
		p.Params[pairs[i]] = pairs[i+1]
	}
	return p
}

// problemTexts holds the sentence of every code. Each says what is wrong, then what to do.
var problemTexts = map[string]Text{
	"protocol.unreadable":        {"无法读取文件：{detail}。请检查文件权限后重试。", "The file cannot be read: {detail}. Check its permissions and try again."},
	"protocol.too_large":         {"文件有 {size} 字节，上限为 {limit} 字节。请拆分或精简。", "The file has {size} bytes; the limit is {limit}. Split or shorten it."},
	"protocol.bad_yaml":          {"YAML 语法有误：{detail}。请检查本行及邻近各行的缩进、引号和括号。", "The YAML cannot be parsed: {detail}. Check indentation, quotes and brackets on this line and those next to it."},
	"protocol.several_documents": {"一个文件只能有一份协议，这里开始了第二份。请拆成两个文件。", "A file holds one pack; a second one starts here. Put it into its own file."},
	"protocol.alias":             {"不支持锚点和别名（& 与 *）。请写出完整内容。", "Anchors and aliases (& and *) are not supported. Write the content in full."},
	"protocol.duplicate_field":   {"同一处重复出现 {name}，首次在第 {first} 行。请删去其中一处。", "{name} appears twice here, first on line {first}. Remove one."},
	"protocol.duplicate_pack":    {"标识 {id} 已用于 {other}。请为本协议另取标识。", "The id {id} is already used by {other}. Give this pack another id."},
	"protocol.unknown_field":     {"不认识字段 {name}；此处可用：{known}。若它是文字的一部分，请给整段文字加引号。", "There is no field {name}; here you can use: {known}. If it is part of a text, put the text in quotes."},
	"protocol.missing_field":     {"缺少必填字段 {name}。请补上。", "The required field {name} is missing. Add it."},
	"protocol.unknown_key":       {"没有参数 {name}；最接近的是 {nearest}。", "There is no parameter {name}; the nearest is {nearest}."},
	"protocol.bad_type":          {"应为{want_zh}，实为 {got}。请改写此值。", "Expected {want}, got {got}. Rewrite the value."},
	"protocol.bad_unit":          {"单位应为 {want}，实为 {got}。请换算数值并改用该单位。", "The unit must be {want}, not {got}. Convert the value and use that unit."},
	"protocol.bad_value":         {"{got} 不是可选值；可选：{known}。", "{got} is not one of the possible values: {known}."},
	"protocol.out_of_range":      {"{got} 超出范围 {min} 至 {max}（{unit}）。请核对原文。", "{got} is outside {min} to {max} ({unit}). Check the source."},
	"protocol.bad_grade":         {"证据等级应为 A、B、C 或 D，实为 {got}。", "The evidence grade must be A, B, C or D, not {got}."},
	"protocol.no_citation":       {"A、B 级取值必须注明在何处读到（seen）。请补出处，或改为 C、D 级。", "A value of grade A or B must say where it was read (seen). Add the source, or grade it C or D."},
	"protocol.unknown_document":  {"documents 中没有文件 {got}；已有：{known}。", "There is no document {got} in documents; there are: {known}."},
	"protocol.bad_date":          {"{got} 不是日期。请写成 2022-03-15 的形式。", "{got} is not a date. Write it like 2022-03-15."},
	"protocol.bad_order":         {"{got} 应晚于 {after} 且不晚于 {until}。请更正日期。", "{got} must be later than {after} and not later than {until}. Correct the date."},
	"protocol.bad_id":            {"{got} 不能作标识。请用小写字母开头，只含小写字母、数字、连字符或下划线，不超过 64 个字符。", "{got} cannot be an id. Begin with a lower-case letter and use only lower-case letters, digits, hyphens or underscores, at most 64."},
	"protocol.empty_text":        {"缺少 {lang} 文字。面向用户的文字须有中文和英文。", "The {lang} text is missing. Every text that users see needs Chinese and English."},
	"protocol.bad_rule":          {"规则写法有误（第 {column} 列）：{detail}。", "The rule is not valid (column {column}): {detail}."},
	"protocol.unknown_name":      {"规则中没有名称 {name}（第 {column} 列）；最接近的是 {nearest}。", "The rule uses an unknown name {name} (column {column}); the nearest is {nearest}."},
	"protocol.rule_type":         {"规则的结果应为{want_zh}，实为 {got}。", "The rule must give {want}, but gives {got}."},
	"protocol.costly_rule":       {"规则最坏要算 {cost} 步，上限为 {limit}。请去掉嵌套遍历。", "The rule may take {cost} steps; the limit is {limit}. Remove nested loops."},
	"protocol.rule_failed":       {"规则计算失败：{detail}。请检查除数、下标和数据长度。", "The rule could not be worked out: {detail}. Check divisors, positions in lists and the amount of data."},
	"protocol.unset_parameter":   {"规则用到参数 {name}，但本协议没有给出它，或不是自首日起给出。请在 parameters 中补上。", "The rule uses parameter {name}, which the pack does not set, or not from its first day on. Add it to parameters."},
	"protocol.nothing_binding":   {"判定标准中至少要有一条 binding 不为 false 的标准。", "At least one criterion must have binding other than false."},
	"protocol.zone_mismatch":     {"参数 zone.levels 为 {got}，与 zones 的 {want} 不一致。请使两者相同。", "The parameter zone.levels is {got}, but zones lists {want}. Make them equal."},
	"protocol.unknown_base":      {"找不到所依附的协议 {base}；已有：{known}。", "The pack {base} that this overlay is for does not exist; there are: {known}."},
	"protocol.unknown_pack":      {"没有协议 {id}；已有：{known}。", "There is no pack {id}; there are: {known}."},
	"protocol.unknown_overlay":   {"没有叠加层 {id}；已有：{known}。", "There is no overlay {id}; there are: {known}."},
	"protocol.wrong_base":        {"叠加层 {id} 用于协议 {base}，不能用于 {pack}。请换一个。", "The overlay {id} is for pack {base}, not for {pack}. Choose another."},
	"protocol.repeated_overlay":  {"叠加层 {id} 被选了两次。请去掉一个。", "The overlay {id} is chosen twice. Remove one."},
}
