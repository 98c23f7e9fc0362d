package places

import (
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
)

// How the outlines of a city begin. Nearly all of them are written this way, by this
// program and by others, and are read without the detour over a general JSON reader:
// loading and drawing a city spends most of its time here otherwise.
const (
	polygonText = `{"type":"Polygon","coordinates":`
	multiText   = `{"type":"MultiPolygon","coordinates":`
)

// readOutline reads a GeoJSON geometry.
func readOutline(text string) (orb.Geometry, error) {
	if rest, ok := strings.CutPrefix(text, polygonText); ok {
		c := coordinates{rest: rest}
		if p, ok := c.polygon(); ok && c.rest == "}" {
			return p, nil
		}
	}
	if rest, ok := strings.CutPrefix(text, multiText); ok {
		c := coordinates{rest: rest}
		if m, ok := readList(&c, (*coordinates).polygon); ok && c.rest == "}" {
			return orb.MultiPolygon(m), nil
		}
	}
	g, err := geojson.UnmarshalGeometry([]byte(text))
	if err != nil {
		return nil, err
	}
	return g.Geometry(), nil
}

// coordinates reads nested lists of numbers without spaces. What it does not
// understand it refuses; the general reader then says what is wrong.
type coordinates struct{ rest string }

func (c *coordinates) skip(b byte) bool {
	if c.rest == "" || c.rest[0] != b {
		return false
	}
	c.rest = c.rest[1:]
	return true
}

func readList[T any](c *coordinates, item func(*coordinates) (T, bool)) ([]T, bool) {
	if !c.skip('[') {
		return nil, false
	}
	var out []T
	for {
		x, ok := item(c)
		if !ok {
			return nil, false
		}
		out = append(out, x)
		if c.skip(']') {
			return out, true
		}
		if !c.skip(',') {
			return nil, false
		}
	}
}

func (c *coordinates) polygon() (orb.Polygon, bool) {
	rings, ok := readList(c, (*coordinates).ring)
	return orb.Polygon(rings), ok
}

func (c *coordinates) ring() (orb.Ring, bool) {
	points, ok := readList(c, (*coordinates).point)
	return orb.Ring(points), ok
}

func (c *coordinates) point() (p orb.Point, ok bool) {
	if !c.skip('[') {
		return p, false
	}
	if p[0], ok = c.number(); !ok || !c.skip(',') {
		return p, false
	}
	if p[1], ok = c.number(); !ok || !c.skip(']') {
		return p, false
	}
	return p, true
}

func (c *coordinates) number() (float64, bool) {
	end := 0
	for end < len(c.rest) && c.rest[end] != ',' && c.rest[end] != ']' {
		end++
	}
	text := c.rest[:end]
	if text == "" || text[0] != '-' && (text[0] < '0' || text[0] > '9') {
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	c.rest = c.rest[end:]
	return n, err == nil
}

// outlineText writes an area as GeoJSON, always the same way, so that equal outlines are
// equal texts.
func outlineText(g orb.Geometry) string {
	b := make([]byte, 0, 512)
	switch x := g.(type) {
	case orb.Polygon:
		b = appendPolygon(append(b, polygonText...), x)
	case orb.MultiPolygon:
		b = append(b, multiText...)
		for i, p := range x {
			b = appendPolygon(append(b, opening(i)), p)
		}
		b = append(b, ']')
	}
	return string(append(b, '}'))
}

func opening(i int) byte {
	if i == 0 {
		return '['
	}
	return ','
}

func appendPolygon(b []byte, p orb.Polygon) []byte {
	for i, r := range p {
		b = append(b, opening(i))
		for j, c := range r {
			b = append(b, opening(j), '[')
			b = strconv.AppendFloat(b, c[0], 'f', -1, 64)
			b = append(b, ',')
			b = strconv.AppendFloat(b, c[1], 'f', -1, 64)
			b = append(b, ']')
		}
		b = append(b, ']')
	}
	return append(b, ']')
}
