package places

import (
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"
	"pgregory.net/rapid"
)

func TestStatisticalCodes(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]struct {
		level   Level
		parents string
	}{
		"22": {Province, ""}, "220000": {Province, ""}, "220000000000": {Province, ""},
		"2202": {City, "22"}, "220200": {City, "22 220000"}, "220200000000": {City, "22 220000000000"},
		"220202": {District, "2202 220200"}, "220202000000": {District, "2202 220200000000"},
		"220202001": {Street, "220202"}, "220202001000": {Street, "220202 220202000000"},
		"220202001001": {Community, "220202001 220202001000"},
		"":             {}, "2": {}, "22020": {}, "0202": {}, "22020200": {}, "A20202": {}, "2202020010010": {}, "40778072": {}, "00": {},
	} {
		level, parents := statistical(code)
		if level != want.level || strings.Join(parents, " ") != want.parents {
			t.Errorf("%q: %q %q, want %q %q", code, level, parents, want.level, want.parents)
		}
	}
}

func TestReadings(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][2]string{
		"江北区":     {"jiangbeiqu", "jbq"},
		"长春市":     {"changchunshi|zhangchunshi", "ccs|zcs"},
		"绿园":      {"lvyuan|luyuan", "ly"},
		"8号楼":     {"8haolou", "8hl"},
		"A座 12-3": {"azuo123", "az123"},
		"Venu":    {"venu", "venu"},
		"·—":      {"", ""},
		"":        {"", ""},
	} {
		full, initials := readings(name)
		if full != want[0] || initials != want[1] {
			t.Errorf("%q: %q %q, want %q", name, full, initials, want)
		}
	}
	if full, _ := readings(strings.Repeat("长重", 20)); strings.Count(full, "|") != maxReadings-1 {
		t.Errorf("a name of ambiguous characters has %d readings", strings.Count(full, "|")+1)
	}
}

func TestPartsOfFootprints(t *testing.T) {
	t.Parallel()
	at := func(x, y, w, h float64) orb.Polygon {
		return orb.Bound{Min: orb.Point{x, y}, Max: orb.Point{x + w, y + h}}.ToPolygon()
	}
	left, right, whole := at(0, 0, 1, 1), at(1, 0, 1, 1), at(0, 0, 2, 1)
	both, grown := merged(left, right)
	if !grown || len(polygonsOf(both)) != 2 {
		t.Errorf("left and right: %v %v", both, grown)
	}
	if _, grown := merged(both, left); grown {
		t.Error("a part that is there already was added again")
	}
	if covers(left, right) || covers(left, at(0.95, 0, 1, 1)) {
		t.Error("neighbours are taken for the same building")
	}
	if !covers(left, whole) || !covers(whole, left) || !covers(left, at(0.1, 0.1, 1, 1)) {
		t.Error("another survey of the same building is taken for a further part")
	}
}

func TestQuadkeysArePrefixes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		p := orb.Point{rapid.Float64Range(-179.9, 179.9).Draw(r, "lon"), rapid.Float64Range(-85, 85).Draw(r, "lat")}
		long := quadkeyAt(p, quadkeyZoom)
		if len(long) != quadkeyZoom || strings.Trim(long, "0123") != "" {
			r.Fatalf("quadkey %q", long)
		}
		for z := range quadkeyZoom {
			if !strings.HasPrefix(long, quadkeyAt(p, maptile.Zoom(z))) {
				r.Fatalf("%q is not below %q", long, quadkeyAt(p, maptile.Zoom(z)))
			}
		}
	})
}

func FuzzParseGeometry(f *testing.F) {
	for _, s := range []string{
		`{"type":"Point","coordinates":[1,2]}`, `{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}`, `{"type":"MultiPolygon","coordinates":[]}`,
		`{"type":"Polygon","coordinates":[[]]}`, `{"type":"GeometryCollection","geometries":[]}`, `null`, `{"type":"Point","coordinates":[1e999,2]}`, `{"type":"Point","coordinates":[]}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parseGeometry(text)
		if err != nil {
			return
		}
		if !s.known || !(s.centre[0] >= -180 && s.centre[0] <= 180) || !(s.centre[1] >= -90 && s.centre[1] <= 90) || len(s.quadkey) != quadkeyZoom {
			t.Errorf("%q was accepted as %+v", text, s)
		}
		if s.text == "" {
			return
		}
		again, err := parseGeometry(s.text)
		if err != nil || again.text != s.text {
			t.Errorf("%q does not survive being stored: %q, %v", text, again.text, err)
		}
	})
}

func TestLevelsAreInOrder(t *testing.T) {
	t.Parallel()
	for i, l := range Levels {
		if l.Rank() != i || l.Zh() == "" || l.En() == "" || !slices.Contains(keys(levelWords), string(l)) {
			t.Errorf("level %s: rank %d, titles %q %q", l, l.Rank(), l.Zh(), l.En())
		}
	}
	if Level("galaxy").Known() || !Street.Below(District) || District.Below(District) {
		t.Error("order of levels")
	}
}

func keys[V any](m map[string]V) (out []string) {
	for k := range m {
		out = append(out, k)
	}
	return out
}
