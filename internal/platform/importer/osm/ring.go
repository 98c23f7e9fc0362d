package osm

import (
	"slices"
	"strconv"
)

// Codes of features that are refused on their own.
const (
	CodeOpenRing       = "importer.osm_open_ring"
	CodeMissingNodes   = "importer.osm_missing_nodes"
	CodeMissingMembers = "importer.osm_missing_members"
	CodeNoArea         = "importer.osm_no_area"
)

// part is one member way of an area, as nodes.
type part []int64

// rings joins ways end to end into closed rings. ok is false when an end stays open.
func rings(parts []part) (out []part, ok bool) {
	parts = slices.Clone(parts)
	for len(parts) > 0 {
		ring := slices.Clone(parts[0])
		parts = parts[1:]
		for len(ring) > 0 && ring[0] != ring[len(ring)-1] {
			i, reversed := next(parts, ring[len(ring)-1])
			if i < 0 {
				return out, false
			}
			p := parts[i]
			if reversed {
				p = slices.Clone(p)
				slices.Reverse(p)
			}
			ring = append(ring, p[1:]...)
			parts = slices.Delete(parts, i, i+1)
		}
		if len(ring) < 4 {
			return out, false
		}
		out = append(out, ring)
	}
	return out, len(out) > 0
}

func next(parts []part, end int64) (i int, reversed bool) {
	for i, p := range parts {
		switch {
		case len(p) < 2:
		case p[0] == end:
			return i, false
		case p[len(p)-1] == end:
			return i, true
		}
	}
	return -1, false
}

// polygons gives each hole to the outer ring that contains it.
func polygons(outer, inner [][]point) [][][]point {
	out := make([][][]point, len(outer))
	for i, r := range outer {
		out[i] = [][]point{r}
	}
	for _, hole := range inner {
		for i, r := range outer {
			if contains(r, hole[0]) {
				out[i] = append(out[i], hole)
				break
			}
		}
	}
	return out
}

// contains is the even-odd rule.
func contains(ring []point, p point) bool {
	in := false
	for i, j := 0, len(ring)-1; i < len(ring); j, i = i, i+1 {
		a, b := ring[i], ring[j]
		if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < (b[0]-a[0])*(p[1]-a[1])/(b[1]-a[1])+a[0] {
			in = !in
		}
	}
	return in
}

// centre is the mean of a ring's corners, which is near enough for telling where it lies.
func centre(ring []point) point {
	var c point
	for _, p := range ring[1:] {
		c[0] += p[0] / float64(len(ring)-1)
		c[1] += p[1] / float64(len(ring)-1)
	}
	return c
}

// geoJSON writes shapes; a coordinate has seven decimals at most.
type geoJSON []byte

func pointJSON(p point) string {
	return string(append(geoJSON(`{"type":"Point","coordinates":`).point(p), '}'))
}

func lineJSON(line []point) string {
	return string(append(geoJSON(`{"type":"LineString","coordinates":`).ring(line), '}'))
}

func areaJSON(all [][][]point) string {
	if len(all) == 1 {
		return string(append(geoJSON(`{"type":"Polygon","coordinates":`).polygon(all[0]), '}'))
	}
	b := geoJSON(`{"type":"MultiPolygon","coordinates":[`)
	for i, p := range all {
		if i > 0 {
			b = append(b, ',')
		}
		b = b.polygon(p)
	}
	return string(append(b, "]}"...))
}

func (b geoJSON) polygon(rings [][]point) geoJSON {
	b = append(b, '[')
	for i, r := range rings {
		if i > 0 {
			b = append(b, ',')
		}
		b = b.ring(r)
	}
	return append(b, ']')
}

func (b geoJSON) ring(line []point) geoJSON {
	b = append(b, '[')
	for i, p := range line {
		if i > 0 {
			b = append(b, ',')
		}
		b = b.point(p)
	}
	return append(b, ']')
}

func (b geoJSON) point(p point) geoJSON {
	b = append(b, '[')
	b = strconv.AppendFloat(b, p[0], 'f', -1, 64)
	b = append(b, ',')
	b = strconv.AppendFloat(b, p[1], 'f', -1, 64)
	return append(b, ']')
}
