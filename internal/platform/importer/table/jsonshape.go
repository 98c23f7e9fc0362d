package table

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/allclear/allclear/internal/platform/fault"
)

// Bounds on JSON: deeper or larger values are not rows of a table.
const (
	maxDepth     = 64
	maxJSONValue = 16 << 20
)

// listKeys are names under which exports keep their list of records, likeliest first.
var listKeys = []string{"features", "items", "data", "rows", "records", "results", "value", "entry", "list"}

// FindExpand as Choice.Expand asks for a list of texts inside the records to be found.
const FindExpand = "?"

// jsonShape is where the records of a JSON file stand.
type jsonShape struct {
	format Format
	key    string
	crs    string
	outer  map[string]string
}

// inspectJSON finds the list of records and collects their columns, reading the whole
// file: a key may first appear in the last record.
func inspectJSON(path string, c Choice) (Choice, error) {
	shape, err := shapeOf(path, c)
	if err != nil {
		return c, err
	}
	if !knownCRS(shape.crs) {
		return c, fault.Invalidf(CodeCRS, "the coordinates are in a system other than WGS 84; convert the file to EPSG:4326")
	}
	c.Format = shape.format
	if c.ListKey == "" {
		c.ListKey = shape.key
	}
	if c.Expand != "" {
		if c.Outer = shape.outer; c.Format != JSON {
			c.Expand = ""
		}
	}
	if c.Expand == FindExpand {
		if c.Expand, err = findExpand(path, c); err != nil {
			return c, err
		}
	}
	c.Columns, err = collectColumns(path, c)
	return c, err
}

// maxOuter is how many values beside the list are kept.
const maxOuter = 50

// findExpand names the list of texts that the records hold; "" when there is none, or
// several.
func findExpand(path string, c Choice) (string, error) {
	c.Expand = ""
	s, err := openJSONSource(path, c)
	if err != nil {
		return "", err
	}
	defer s.close()
	lists := map[string]int{}
	for s.nextRecord() {
		for _, p := range s.pairs {
			if texts, ok := textList(p.cell.Text); ok {
				lists[p.name] += len(texts)
			}
		}
	}
	if s.fault != nil || len(lists) != 1 {
		return "", s.fault
	}
	for name := range lists {
		return name, nil
	}
	return "", nil
}

// textList reads a list of texts, which stands in one cell.
func textList(cell string) ([]string, bool) {
	if !strings.HasPrefix(cell, "[") {
		return nil, false
	}
	var texts []string
	if json.Unmarshal([]byte(cell), &texts) != nil {
		return nil, false
	}
	return texts, true
}

func knownCRS(name string) bool {
	n := strings.ToUpper(name)
	return name == "" || strings.Contains(n, "CRS84") || strings.HasSuffix(n, ":4326") || strings.HasSuffix(n, "::4490")
}

// shapeOf reads the outline of the file: a list, an object that holds lists, or a row of
// values one after the other.
func shapeOf(path string, c Choice) (jsonShape, error) {
	f, err := os.Open(path)
	if err != nil {
		return jsonShape{}, err
	}
	defer f.Close()
	d := newDecoder(f, c.Encoding)
	tok, err := d.Token()
	if err != nil {
		return jsonShape{}, badJSON(err)
	}
	switch tok {
	case json.Delim('['):
		return jsonShape{format: JSON}, nil
	case json.Delim('{'):
		return shapeOfObject(d, c)
	}
	return jsonShape{}, fault.Invalidf(CodeNoList, "the file holds no list of records")
}

func shapeOfObject(d *json.Decoder, c Choice) (jsonShape, error) {
	shape := jsonShape{format: JSON, outer: map[string]string{}}
	lists := map[string]int{}
	var order []string
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return shape, badJSON(err)
		}
		name, _ := key.(string)
		records, raw, err := skipValue(d, name == "type" || name == "crs" || c.Expand != "")
		if err != nil {
			return shape, err
		}
		if records > 0 {
			lists[name] = records
			order = append(order, name)
		}
		if c.Expand != "" && records == 0 && raw != "" && len(shape.outer) < maxOuter {
			shape.outer[name] = raw
		}
		switch {
		case name == "type" && raw == "FeatureCollection":
			shape.format = GeoJSON
		case name == "crs":
			shape.crs = raw
		}
	}
	if _, err := d.Token(); err != nil { // the closing brace
		return shape, badJSON(err)
	}
	if d.More() && c.ListKey == "" {
		return jsonShape{format: NDJSON}, nil
	}
	shape.key = likeliest(order, lists)
	if c.ListKey != "" {
		shape.key = c.ListKey
	}
	if shape.key == "" {
		return jsonShape{format: NDJSON}, nil // one record
	}
	return shape, nil
}

func likeliest(order []string, lists map[string]int) string {
	for _, k := range listKeys {
		if lists[k] > 0 {
			return k
		}
	}
	best := ""
	for _, k := range order {
		if best == "" || lists[k] > lists[best] {
			best = k
		}
	}
	return best
}

// skipValue passes over one value. For a list it counts the objects in it; with keep it
// returns the last text inside (a type's name, a coordinate system's name).
func skipValue(d *json.Decoder, keep bool) (records int, text string, err error) {
	depth := 0
	list := false
	for {
		tok, err := d.Token()
		if err != nil {
			return 0, "", badJSON(err)
		}
		switch t := tok.(type) {
		case json.Delim:
			if t == '[' || t == '{' {
				list = list || depth == 0 && t == '['
				if list && depth == 1 && t == '{' {
					records++
				}
				depth++
			} else {
				depth--
			}
			if depth > maxDepth {
				return 0, "", fault.Invalidf(CodeTooDeep, "the file is nested deeper than a table can be")
			}
		case string:
			if keep {
				text = t
			}
		case json.Number:
			if keep && depth == 0 {
				text = t.String()
			}
		}
		if depth == 0 {
			return records, text, nil
		}
	}
}

func newDecoder(r io.Reader, e Encoding) *json.Decoder {
	d := json.NewDecoder(decode(r, e))
	d.UseNumber()
	return d
}

// badJSON turns a parser's error into a fault. Its position is kept, its text is not:
// parsers quote what they read.
func badJSON(err error) error {
	f := fault.Invalidf(CodeJSON, "the file is not valid JSON")
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		f = fault.Invalidf(CodeJSON, "the file is not valid JSON near byte %d", syntax.Offset).Param("byte", syntax.Offset)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		f = fault.Invalidf(CodeJSON, "the file ends in the middle; it was probably cut")
	}
	return f
}

// collectColumns lists the flattened names of all records in the order of appearance.
func collectColumns(path string, c Choice) ([]string, error) {
	s, err := openJSONSource(path, c)
	if err != nil {
		return nil, err
	}
	defer s.close()
	seen := map[string]bool{}
	columns := []string{}
	for s.nextRecord() {
		for _, p := range s.pairs {
			if !seen[p.name] {
				seen[p.name] = true
				columns = append(columns, p.name)
			}
		}
		if len(columns) > maxColumns {
			return nil, fault.Invalidf(CodeColumns, "the table has more than %d columns", maxColumns).Param("limit", maxColumns)
		}
	}
	if s.fault != nil {
		return nil, s.fault
	}
	if len(columns) == 0 {
		return nil, fault.Invalidf(CodeNoList, "the file holds no list of records")
	}
	return slices.Clip(columns), nil
}
