package osm

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/allclear/allclear/internal/platform/fault"
)

func kept(t *testing.T, content []byte, blocks bool) []Row {
	t.Helper()
	path := filepath.Join(t.TempDir(), "map")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Open(path, blocks)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	var out []Row
	for r.Next() {
		out = append(out, Row{Cells: append([]string(nil), r.Row().Cells...), Problem: r.Row().Problem})
	}
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
	return out
}

func (r Row) get(name string) string { return r.Cells[column[name]] }

// town has two blocks of one building each, with a road between them and around both.
func town() string {
	var b strings.Builder
	b.WriteString(`<osm version="0.6">`)
	id := 0
	node := func(lon, lat float64) int {
		id++
		fmt.Fprintf(&b, `<node id="%d" lon="%f" lat="%f"/>`, id, lon, lat)
		return id
	}
	way := func(tags string, refs ...int) {
		id++
		fmt.Fprintf(&b, `<way id="%d">`, id)
		for _, r := range refs {
			fmt.Fprintf(&b, `<nd ref="%d"/>`, r)
		}
		b.WriteString(tags + `</way>`)
	}
	sw, s, se, ne, n, nw := node(10, 47), node(10.004, 47), node(10.008, 47), node(10.008, 47.003), node(10.004, 47.003), node(10, 47.003)
	way(`<tag k="highway" v="primary"/><tag k="name" v="Ring"/>`, sw, s, se, ne, n, nw, sw)
	way(`<tag k="highway" v="residential"/><tag k="name" v="Mitte"/>`, s, n)
	for _, lon := range []float64{10.002, 10.006} {
		a := node(lon, 47.001)
		way(`<tag k="building" v="yes"/>`, a, node(lon+0.0002, 47.001), node(lon+0.0002, 47.0012), node(lon, 47.0012), a)
	}
	b.WriteString(`</osm>`)
	return b.String()
}

func TestStreetBlocks(t *testing.T) {
	t.Parallel()
	rows := kept(t, []byte(town()), true)
	in := map[string]string{}
	blocks := map[string]string{}
	for _, r := range rows {
		switch r.get("feature") {
		case Block:
			blocks[r.get("element")] = r.get("name")
		case Building:
			in[r.get("part_of")] = r.get("element")
		}
	}
	if len(blocks) != 2 || len(in) != 2 {
		t.Fatalf("blocks %v, buildings by block %v, want two of each", blocks, in)
	}
	for key := range in {
		if !strings.HasPrefix(blocks[key], "Block ") {
			t.Errorf("building %s is in %q, which is no block", in[key], key)
		}
	}
	for _, r := range kept(t, []byte(town()), false) {
		if r.get("feature") == Block || r.get("part_of") != "" {
			t.Errorf("without blocks there is %v", r.Cells)
		}
	}
}

func TestPackedMaps(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte(town()))
	_ = z.Close()
	if !Detect(packed.Bytes()) {
		t.Error("a packed map is not recognised")
	}
	if got, want := len(kept(t, packed.Bytes(), false)), len(kept(t, []byte(town()), false)); got != want || got == 0 {
		t.Errorf("packed %d features, plain %d", got, want)
	}
	for _, other := range []string{"", "a,b\n1,2\n", "<html></html>", "PK\x03\x04", `{"type":"FeatureCollection"}`} {
		if Detect([]byte(other)) {
			t.Errorf("%q is taken for a map", other)
		}
	}
}

func TestRings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		parts []part
		want  int
		ok    bool
	}{
		{"one closed", []part{{1, 2, 3, 1}}, 1, true},
		{"two halves", []part{{1, 2, 3}, {3, 4, 1}}, 1, true},
		{"one half the other way round", []part{{1, 2, 3}, {1, 4, 3}}, 1, true},
		{"two rings", []part{{1, 2, 3, 1}, {5, 6, 7, 5}}, 2, true},
		{"open", []part{{1, 2, 3}, {3, 4, 5}}, 0, false},
		{"too short", []part{{1, 2, 1}}, 0, false},
		{"nothing", nil, 0, false},
	} {
		if out, ok := rings(c.parts); ok != c.ok || ok && len(out) != c.want {
			t.Errorf("%s: %v %v, want %d rings, %v", c.name, out, ok, c.want, c.ok)
		}
	}
}

func TestValues(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ got, want string }{
		{levels("5"), "5"}, {levels("5.5"), "6"}, {levels("3;4"), "3"}, {levels("many"), ""}, {levels("-1"), ""}, {levels("900"), ""},
		{metres("12"), "12"}, {metres("12.5 m"), "12.5"}, {metres("40 ft"), "12.2"}, {metres("tall"), ""}, {metres("-3"), ""},
		{speed("50"), "50"}, {speed("30 mph"), "48"}, {speed("walk"), ""}, {speed("60 km/h"), "60"}, {digits("1,234"), "1234"}, {digits("about 5"), ""},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

// Reading never panics, whatever the file holds.
func FuzzOpen(f *testing.F) {
	f.Add([]byte(town()))
	f.Add([]byte("\x00\x00\x00\x0d\x0a\x09OSMHeader\x18\x02\x10\x00"))
	f.Add([]byte(`<osm><way id="1"><nd ref="1"/><tag k="highway" v="primary"/></way></osm>`))
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(t.TempDir(), "map")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Skip()
		}
		r, err := Open(path, true)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("%v is no fault of the file", err)
			}
			return
		}
		defer func() { _ = r.Close() }()
		for r.Next() {
		}
	})
}
