package table

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/allclear/allclear/internal/platform/fault"
)

// pair is one flattened member of a record.
type pair struct {
	name string
	cell Cell
}

// jsonSource walks through the records of a JSON file, one in memory at a time.
type jsonSource struct {
	file    *os.File
	dec     *json.Decoder
	choice  Choice
	number  int
	pairs   []pair
	pending []string // texts of the record's list that are rows to come
	problem *Problem
	fault   error
}

func openJSONSource(path string, c Choice) (*jsonSource, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	s := &jsonSource{file: f, dec: newDecoder(f, c.Encoding), choice: c}
	if err := s.seek(); err != nil {
		f.Close()
		return nil, err
	}
	return s, nil
}

// seek moves to the first record.
func (s *jsonSource) seek() error {
	if s.choice.Format == NDJSON {
		return nil
	}
	tok, err := s.dec.Token()
	if err != nil {
		return badJSON(err)
	}
	if tok == json.Delim('[') && s.choice.ListKey == "" {
		return nil
	}
	for tok == json.Delim('{') && s.dec.More() {
		key, err := s.dec.Token()
		if err != nil {
			return badJSON(err)
		}
		if key == s.choice.ListKey {
			if open, err := s.dec.Token(); err != nil || open != json.Delim('[') {
				break
			}
			return nil
		}
		if _, _, err := skipValue(s.dec, false); err != nil {
			return err
		}
	}
	return fault.Invalidf(CodeNoList, "the file holds no list of that name")
}

func (s *jsonSource) close() error { return s.file.Close() }

// nextRecord reads one record into s.pairs, or with a list to be expanded, one text of it.
func (s *jsonSource) nextRecord() bool {
	for len(s.pending) == 0 {
		if !s.readRecord() {
			return false
		}
		if s.choice.Expand == "" || s.problem != nil || !s.expand() {
			return true
		}
	}
	s.pairs[len(s.pairs)-1].cell.Text = s.pending[0]
	s.pending = s.pending[1:]
	s.number++
	return true
}

// expand takes the list apart, and reports false when the record has none. What stands
// beside the records is added to each row unless the record says it itself.
func (s *jsonSource) expand() bool {
	for i, p := range s.pairs {
		texts, ok := textList(p.cell.Text)
		if p.name != s.choice.Expand || !ok {
			continue
		}
		s.pairs = append(s.pairs[:i], s.pairs[i+1:]...)
		for _, name := range sortedOuter(s.choice.Outer) {
			if !hasPair(s.pairs, name) {
				s.pairs = append(s.pairs, pair{name, Cell{Text: s.choice.Outer[name]}})
			}
		}
		s.pairs = append(s.pairs, pair{p.name, Cell{}})
		s.pending = texts
		s.number-- // the record itself is no row
		return true
	}
	return false
}

func sortedOuter(m map[string]string) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func hasPair(pairs []pair, name string) bool {
	return slices.ContainsFunc(pairs, func(p pair) bool { return p.name == name })
}

// readRecord reads one record of the list.
func (s *jsonSource) readRecord() bool {
	if s.fault != nil || !s.dec.More() {
		s.checkEnd()
		return false
	}
	var raw json.RawMessage
	if err := s.dec.Decode(&raw); err != nil {
		s.fault = badJSON(err)
		return false
	}
	s.number++
	s.pairs, s.problem = s.pairs[:0], nil
	if len(raw) > maxJSONValue {
		s.fault = fault.Invalidf(CodeLineTooLong, "record %d is larger than any table's", s.number).Param("line", s.number)
		return false
	}
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || raw[0] != '{' {
		s.problem = &Problem{Code: CodeNotAnObject}
		s.pairs = append(s.pairs, pair{"value", Cell{Text: string(raw)}})
		return true
	}
	if bytes.ContainsRune(raw, utf8.RuneError) || !utf8.Valid(raw) {
		s.problem = &Problem{Code: CodeUndecoded}
	}
	s.fault = s.flatten(raw)
	return s.fault == nil
}

// checkEnd makes sure that the list was closed: a file cut between two records must not
// pass for a whole one.
func (s *jsonSource) checkEnd() {
	if s.fault != nil || s.choice.Format == NDJSON {
		return
	}
	if _, err := s.dec.Token(); err != nil {
		s.fault = badJSON(io.ErrUnexpectedEOF)
	}
}

func (s *jsonSource) flatten(raw []byte) error {
	if s.choice.Format != GeoJSON {
		return s.members("", raw, 0)
	}
	var feature struct {
		ID         json.RawMessage `json:"id"`
		Geometry   json.RawMessage `json:"geometry"`
		Properties json.RawMessage `json:"properties"`
	}
	if err := json.Unmarshal(raw, &feature); err != nil {
		return badJSON(err)
	}
	if isObject(feature.Properties) {
		if err := s.members("", feature.Properties, 0); err != nil {
			return err
		}
	}
	if id := scalar(feature.ID); id.Kind != BlankCell {
		name := "id"
		for _, p := range s.pairs {
			if p.name == name {
				name = "feature.id" // the feature's own id and a property of that name differ
			}
		}
		s.pairs = append(s.pairs, pair{name, id})
	}
	if isObject(feature.Geometry) {
		s.pairs = append(s.pairs, pair{"geometry", Cell{Text: compact(feature.Geometry)}})
	}
	return nil
}

// members appends the members of an object; those of objects inside are named
// "outer.inner". Lists stay JSON text.
func (s *jsonSource) members(prefix string, raw []byte, depth int) error {
	if depth > maxDepth {
		return fault.Invalidf(CodeTooDeep, "the file is nested deeper than a table can be")
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	if _, err := d.Token(); err != nil {
		return badJSON(err)
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return badJSON(err)
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return badJSON(err)
		}
		name := prefix + key.(string)
		switch {
		case isObject(value) && !isGeometry(value):
			if err := s.members(name+".", value, depth+1); err != nil {
				return err
			}
		case isObject(value), len(value) > 0 && value[0] == '[':
			s.pairs = append(s.pairs, pair{name, Cell{Text: compact(value)}})
		default:
			s.pairs = append(s.pairs, pair{name, scalar(value)})
		}
	}
	return nil
}

func isObject(raw []byte) bool { return len(raw) > 0 && raw[0] == '{' }

// isGeometry keeps a GeoJSON geometry inside a plain record in one cell.
func isGeometry(raw []byte) bool {
	return bytes.Contains(raw, []byte(`"coordinates"`)) && bytes.Contains(raw, []byte(`"type"`))
}

func compact(raw []byte) string {
	var out bytes.Buffer
	if json.Compact(&out, raw) != nil {
		return string(raw)
	}
	return out.String()
}

// scalar makes a cell of a text, number, truth value or null. Numbers keep the digits
// they are written with.
func scalar(raw []byte) Cell {
	switch text := string(bytes.TrimSpace(raw)); {
	case text == "" || text == "null":
		return Cell{Kind: BlankCell}
	case text[0] == '"':
		var s string
		if json.Unmarshal(raw, &s) != nil || strings.TrimSpace(s) == "" {
			return Cell{Text: s, Kind: BlankCell}
		}
		return Cell{Text: s}
	case text == "true" || text == "false":
		return Cell{Text: strings.ToUpper(text), Kind: BoolCell}
	default:
		return Cell{Text: text, Kind: NumberCell}
	}
}

// jsonRows lines records up under the columns.
type jsonRows struct {
	src     *jsonSource
	columns []string
	index   map[string]int
	current Row
	stats   Stats
}

func openJSON(path string, c Choice) (Rows, error) {
	s, err := openJSONSource(path, c)
	if err != nil {
		return nil, err
	}
	r := &jsonRows{src: s, columns: names(c.Columns), index: make(map[string]int, len(c.Columns))}
	for i, name := range c.Columns {
		r.index[name] = i
	}
	return r, nil
}

func (r *jsonRows) Columns() []string { return r.columns }
func (r *jsonRows) Header() []string  { return r.columns }
func (r *jsonRows) Row() *Row         { return &r.current }
func (r *jsonRows) Stats() Stats      { return r.stats }
func (r *jsonRows) Err() error        { return r.src.fault }
func (r *jsonRows) Close() error      { return r.src.close() }

func (r *jsonRows) Next() bool {
	for r.src.nextRecord() {
		cells := make([]Cell, len(r.columns))
		for i := range cells {
			cells[i].Kind = BlankCell
		}
		r.current = Row{Number: r.src.number, Cells: cells, Problem: r.src.problem}
		for _, p := range r.src.pairs {
			i, ok := r.index[p.name]
			switch {
			case ok:
				cells[i] = p.cell
			case r.current.Problem == nil:
				r.current.Problem = &Problem{Code: CodeUnknownKeys}
			}
		}
		if filled(cells) == 0 && r.current.Problem == nil {
			r.stats.Blank++
			continue
		}
		r.stats.LastNumber = r.current.Number
		r.stats.count(&r.current)
		return true
	}
	return false
}
