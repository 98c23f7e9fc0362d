package table

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/allclear/allclear/internal/platform/fault"
)

func TestJSONShapes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		content string
		format  Format
		columns []string
		rows    [][]string
	}{
		"list":          {`[{"a":1,"b":"x"},{"b":"y","c":true}]`, JSON, []string{"a", "b", "c"}, [][]string{{"1", "x", ""}, {"", "y", "TRUE"}}},
		"items":         {`{"total":2,"items":[{"a":110101199003078888},{"a":1.50}],"next":null}`, JSON, []string{"a"}, [][]string{{"110101199003078888"}, {"1.50"}}},
		"other name":    {`{"day":"2022-04-01","districts":[{"n":"浦东","p":["a","b"]}]}`, JSON, []string{"n", "p"}, [][]string{{"浦东", `["a","b"]`}}},
		"nested":        {`[{"person":{"age":{"years":36},"name":"x"},"tags":[{"a":1}]}]`, JSON, []string{"person.age.years", "person.name", "tags"}, [][]string{{"36", "x", `[{"a":1}]`}}},
		"ndjson":        {"{\"a\":1}\n{\"a\":2,\"b\":3}\n", NDJSON, []string{"a", "b"}, [][]string{{"1", ""}, {"2", "3"}}},
		"ndjson, wide":  {"{\n \"a\": 1\n}\n{\n \"a\": 2\n}", NDJSON, []string{"a"}, [][]string{{"1"}, {"2"}}},
		"geojson":       {`{"type":"FeatureCollection","features":[{"type":"Feature","id":7,"properties":{"name":"x"},"geometry":{"type":"Point","coordinates":[ 121.5, 31.2 ]}}]}`, GeoJSON, []string{"name", "id", "geometry"}, [][]string{{"x", "7", `{"type":"Point","coordinates":[121.5,31.2]}`}}},
		"geojson, ids":  {`{"features":[{"id":"f1","properties":{"id":5},"geometry":null}],"type":"FeatureCollection"}`, GeoJSON, []string{"id", "feature.id"}, [][]string{{"5", "f1"}}},
		"with crs":      {`{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}},"features":[{"properties":{"a":1},"geometry":null}]}`, GeoJSON, []string{"a"}, [][]string{{"1"}}},
		"single record": {`{"a":1,"b":{"c":2}}`, NDJSON, []string{"a", "b.c"}, [][]string{{"1", "2"}}},
	} {
		in, err := Inspect(write(t, c.content), Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		texts, problems, _ := readAll(t, write(t, c.content), in.Choice)
		if in.Format != c.format || len(problems) > 0 {
			t.Errorf("%s: format %s problems %v", name, in.Format, problems)
		}
		if d := cmp.Diff(c.columns, in.Columns); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		if d := cmp.Diff(c.rows, texts); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestJSONThatCannotBeTrusted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ content, code string }{
		"cut in a record":      {`[{"a":1},{"a":`, CodeJSON},
		"cut between records":  {`[{"a":1},{"a":2}`, CodeJSON},
		"cut list in object":   {`{"items":[{"a":1}`, CodeJSON},
		"not json":             {`{a:1}`, CodeJSON},
		"no records":           {`{"items":[]}`, ""},
		"other coordinates":    {`{"type":"FeatureCollection","crs":{"properties":{"name":"urn:ogc:def:crs:EPSG::3857"}},"features":[{"properties":{"a":1}}]}`, CodeCRS},
		"deep":                 {`{"items":` + deep(200) + `}`, CodeTooDeep},
		"deep inside a record": {`[{"a":` + deep(20000) + `}]`, CodeJSON},
	} {
		_, err := Inspect(write(t, c.content), Options{})
		if c.code != "" && fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	texts, problems, _ := readAll(t, write(t, `[{"a":1},5,{"a":"x\ufffd"}]`), Choice{})
	if len(texts) != 3 || problems[2] != CodeNotAnObject {
		t.Errorf("%v %v", texts, problems)
	}
}

func deep(n int) string {
	b := make([]byte, 0, 2*n)
	for range n {
		b = append(b, '[')
	}
	for range n {
		b = append(b, ']')
	}
	return string(b)
}
