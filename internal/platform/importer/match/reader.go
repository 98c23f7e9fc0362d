package match

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/allclear/allclear/internal/platform/importer/table"
)

// Codes of cells that are refused whatever the type.
const (
	CodeRequired    = "importer.required"
	CodeTooLong     = "importer.text_too_long"
	CodeControl     = "importer.control_characters"
	CodeErrorCell   = "importer.error_cell"
	CodeFormulaCell = "importer.formula_not_calculated"
	CodeGeometry    = "importer.bad_geometry"
	CodeGeoRange    = "importer.geometry_out_of_range"
	CodeGeoSwapped  = "importer.geometry_swapped"
)

// defaultMaxLen is the longest text of a field that sets no limit of its own.
const defaultMaxLen = 500

// maxExtra is the longest text kept of a column that feeds no field.
const maxExtra = 2000

// shownValue is how much of a value a refusal repeats.
const shownValue = 80

// Plan is everything a Reader needs to know about a file.
type Plan struct {
	Columns []string
	Fields  []Field
	Pairs   []Pair
	// Days holds the settled format of each day column, by column name.
	Days map[string]DayFormat
	// Values are the user's own translations of codes: field → word in the file → code;
	// an empty code means that the word says nothing.
	Values map[string]map[string]string
	// Keep lists the columns without a field that are kept as extra.
	Keep []string
	// Zone is the incident's time zone; nil cuts times off without converting.
	Zone *time.Location
	// LatFirst: the geometries of this file name latitude before longitude, against the
	// rule of GeoJSON; they are turned round.
	LatFirst bool
}

// Reader turns rows of cells into values. It is not safe for concurrent use.
type Reader struct {
	plan    Plan
	feeds   []feed
	keep    []int
	missing map[string]map[string]int
}

type feed struct {
	column int
	name   string
	field  Field
	codes  codebook
	days   DayFormat

	latFirst bool
}

// NewReader prepares a reader.
func NewReader(p Plan) *Reader {
	r := &Reader{plan: p, missing: map[string]map[string]int{}}
	byKey := map[string]Field{}
	for _, f := range p.Fields {
		byKey[f.Key] = f
	}
	fed := map[int]bool{}
	for _, pair := range p.Pairs {
		f, ok := byKey[pair.Field]
		if !ok || pair.Column < 0 || pair.Column >= len(p.Columns) {
			continue
		}
		name := p.Columns[pair.Column]
		fed[pair.Column] = true
		r.feeds = append(r.feeds, feed{pair.Column, name, f, newCodebook(f, p.Values[f.Key]), p.Days[name], p.LatFirst})
	}
	for _, name := range p.Keep {
		for i, c := range p.Columns {
			if c == name && !fed[i] {
				r.keep = append(r.keep, i)
			}
		}
	}
	return r
}

// Missing tells, by column, which words were taken for "nothing is known" and how often.
func (r *Reader) Missing() map[string]map[string]int { return r.missing }

// Read understands one row. With refusals the row must not be used.
func (r *Reader) Read(row *table.Row) (values map[string]Value, extra map[string]string, refusals []Refusal) {
	if row.Problem != nil {
		return nil, nil, []Refusal{{Row: row.Number, Sheet: row.Sheet, Code: row.Problem.Code, Params: row.Problem.Params}}
	}
	values = make(map[string]Value, len(r.feeds))
	for i := range r.feeds {
		f := &r.feeds[i]
		cell := row.Cells[f.column]
		v, code, params := f.read(cell, r.plan.Zone)
		if code != "" {
			refusals = append(refusals, f.refuse(row, cell, code, params))
			continue
		}
		if v.State == Missing {
			r.noteMissing(f.name, cell.Text)
		}
		values[f.field.Key] = v
	}
	extra, more := r.extras(row)
	return values, extra, append(refusals, more...)
}

func (r *Reader) noteMissing(column, text string) {
	if text = strings.TrimSpace(text); text == "" {
		return
	}
	if r.missing[column] == nil {
		r.missing[column] = map[string]int{}
	}
	r.missing[column][text]++
}

func (r *Reader) extras(row *table.Row) (map[string]string, []Refusal) {
	if len(r.keep) == 0 {
		return nil, nil
	}
	extra := make(map[string]string, len(r.keep))
	var refusals []Refusal
	for _, i := range r.keep {
		cell := row.Cells[i]
		name := r.plan.Columns[i]
		f := feed{i, name, Field{Key: "", Type: TypeText, MaxLen: maxExtra, Personal: "free_text"}, codebook{}, DayFormat{}, false}
		v, code, params := f.read(cell, nil)
		switch {
		case code != "":
			refusals = append(refusals, f.refuse(row, cell, code, params))
		case v.State == Present:
			extra[name] = v.Text
		}
	}
	return extra, refusals
}

// read understands one cell; code is empty if it succeeded.
func (f *feed) read(c table.Cell, zone *time.Location) (v Value, code string, params map[string]string) {
	switch {
	case c.Kind == table.ErrorCell:
		return v, CodeErrorCell, nil
	case c.Kind == table.FormulaCell:
		return v, CodeFormulaCell, nil
	case c.Has(table.TooLong):
		return v, CodeTooLong, map[string]string{"limit": "32767"}
	case f.field.Type == TypeCode:
		v, code = f.code(c.Text)
		return v, code, map[string]string{"accepted": f.codes.accepted}
	case c.Kind == table.BlankCell, isMissing(c.Text, f.field):
		v.State = Missing
		if f.field.Required {
			code = CodeRequired
		}
		return v, code, nil
	case c.Has(table.Imprecise):
		return v, imprecise(f.field.Type), nil
	}
	v, code = f.value(c, zone)
	if code == "" {
		v.State = Present
	}
	return v, code, f.params(code)
}

func (f *feed) params(code string) map[string]string {
	switch code {
	case CodeTooLong:
		return map[string]string{"limit": strconv.Itoa(f.maxLen())}
	case CodeContradicts:
		return map[string]string{"format": string(f.days.Order)}
	}
	return nil
}

func imprecise(t Type) string {
	if t == TypeIDNumber {
		return CodeDamagedID
	}
	return CodeDamaged
}

// code looks a value up before asking whether it is missing: a field may have a code for
// what other fields call missing ("unknown", "无").
func (f *feed) code(s string) (Value, string) {
	if plain(s) != "" {
		if code, ok := f.codes.find(s); ok && code != "" {
			return Value{State: Present, Text: code}, ""
		} else if !ok && !isMissing(s, f.field) {
			return Value{}, CodeUnknown
		}
	}
	if f.field.Required {
		return Value{}, CodeRequired
	}
	return Value{State: Missing}, ""
}

func (f *feed) value(c table.Cell, zone *time.Location) (v Value, code string) {
	switch f.field.Type {
	case TypeInteger:
		v.Number, code = parseInteger(c.Text)
	case TypeNumber:
		v.Number, code = parseNumber(c.Text)
	case TypeAge:
		v.Number, code = parseAge(c.Text)
	case TypeLon:
		v.Number, code = parseDegrees(c.Text, 180, CodeLonRange)
	case TypeLat:
		v.Number, code = parseDegrees(c.Text, 90, CodeLatRange)
	case TypeDay:
		v.Text, code = f.days.cellDay(c, zone)
		return v, code
	case TypeBool:
		truth, ok := truths[plain(c.Text)]
		if !ok {
			return v, CodeNotBool
		}
		v.Bool, v.Text = truth, strconv.FormatBool(truth)
		return v, ""
	case TypeIDNumber:
		v.Text, code = CheckIDNumber(c.Text)
		return v, code
	case TypePhone:
		v.Text, code = parsePhone(c.Text)
		return v, code
	case TypeGeometry:
		v.Text, code = parseGeometry(c.Text, f.latFirst)
		return v, code
	default:
		return f.text(c)
	}
	if code == "" && f.field.NonNegative && v.Number < 0 {
		code = CodeNegative
	}
	v.Text = strconv.FormatFloat(v.Number, 'f', -1, 64)
	return v, code
}

func (f *feed) maxLen() int {
	if f.field.MaxLen > 0 {
		return f.field.MaxLen
	}
	return defaultMaxLen
}

func (f *feed) text(c table.Cell) (Value, string) {
	s := strings.TrimFunc(c.Text, func(r rune) bool {
		return r == ' ' || r == '\t' || r == '\r' || r == '\n' || r == '\u3000' || r == '\u00a0' || r == '\u200b' || r == '\ufeff'
	})
	if utf8.RuneCountInString(s) > f.maxLen() {
		return Value{}, CodeTooLong
	}
	for _, r := range s {
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0x7F {
			return Value{}, CodeControl
		}
	}
	if f.field.Type == TypeIdentifier && exponent(s) {
		return Value{}, CodeDamaged
	}
	return Value{Text: s}, ""
}

// parseGeometry checks a GeoJSON geometry (RFC 7946) and returns it compact. With latFirst
// the two numbers of each position change places.
func parseGeometry(s string, latFirst bool) (string, string) {
	var g struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	}
	if json.Unmarshal([]byte(s), &g) != nil {
		return "", CodeGeometry
	}
	switch g.Type {
	case "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon":
	default:
		return "", CodeGeometry
	}
	var nested any
	if json.Unmarshal(g.Coordinates, &nested) != nil {
		return "", CodeGeometry
	}
	if latFirst {
		flip(nested)
		text, err := json.Marshal(nested)
		if err != nil {
			return "", CodeGeometry
		}
		g.Coordinates = text
	}
	positions := 0
	if code := checkPositions(nested, 0, &positions); code != "" || positions == 0 {
		if code == "" {
			code = CodeGeometry
		}
		return "", code
	}
	out, err := json.Marshal(struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	}{g.Type, g.Coordinates})
	if err != nil {
		return "", CodeGeometry
	}
	return string(out), ""
}

// flip exchanges the first two numbers of every position.
func flip(v any) {
	list, ok := v.([]any)
	if !ok {
		return
	}
	if len(list) >= 2 {
		if _, ok := list[0].(float64); ok {
			list[0], list[1] = list[1], list[0]
			return
		}
	}
	for _, x := range list {
		flip(x)
	}
}

func checkPositions(v any, depth int, count *int) string {
	list, ok := v.([]any)
	if !ok || depth > 4 || len(list) == 0 {
		return CodeGeometry
	}
	if lon, ok := list[0].(float64); ok {
		if len(list) < 2 {
			return CodeGeometry
		}
		lat, ok := list[1].(float64)
		if !ok {
			return CodeGeometry
		}
		if math.Abs(lon) <= 90 && math.Abs(lat) > 90 && math.Abs(lat) <= 180 {
			return CodeGeoSwapped
		}
		if math.Abs(lon) > 180 || math.Abs(lat) > 90 {
			return CodeGeoRange
		}
		*count++
		return ""
	}
	for _, x := range list {
		if code := checkPositions(x, depth+1, count); code != "" {
			return code
		}
	}
	return ""
}

func (f *feed) refuse(row *table.Row, c table.Cell, code string, params map[string]string) Refusal {
	r := Refusal{Row: row.Number, Sheet: row.Sheet, Column: f.name, Field: f.field.Key, Code: code, Params: params}
	if f.field.Personal != "" {
		r.Value = Describe(c.Text)
		return r
	}
	r.Value = c.Text
	if runes := []rune(c.Text); len(runes) > shownValue {
		r.Value = string(runes[:shownValue]) + "…"
	}
	return r
}

// Describe says what a personal value looks like without repeating any of it.
func Describe(s string) string {
	s = strings.TrimSpace(s)
	n := utf8.RuneCountInString(s)
	digits := 0
	for _, r := range s {
		if r >= '0' && r <= '9' {
			digits++
		}
	}
	switch {
	case n == 0:
		return "empty"
	case digits == n:
		return "number, " + strconv.Itoa(n) + " digits"
	}
	return "text, " + strconv.Itoa(n) + " characters"
}
