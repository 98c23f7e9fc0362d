package osm

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"
	"unicode"
)

// box is the smallest rectangle around points.
type box struct {
	min, max point
	known    bool
}

func (b *box) add(p point) {
	if !b.known {
		b.min, b.max, b.known = p, p, true
		return
	}
	for i := range p {
		b.min[i], b.max[i] = min(b.min[i], p[i]), max(b.max[i], p[i])
	}
}

// Street blocks are found on a grid: roads are drawn on it, and what they enclose is
// filled. A cell is 8 m wide, wider when the file covers more than maxCells of them.
const (
	cellMetres = 8.0
	maxCells   = 24 << 20
	// blockSpan is the widest street block in metres; what roads leave larger is cut into
	// squares of this size, so that a village is not one block.
	blockSpan      = 400.0
	metresByDegree = 111_320.0 // of latitude, on the mean sphere
)

// barriers are the roads that divide a town into blocks. Service roads and paths lead
// into one.
var barriers = map[string]bool{"motorway": true, "trunk": true, "primary": true, "secondary": true, "tertiary": true, "unclassified": true,
	"residential": true, "living_street": true, "motorway_link": true, "trunk_link": true, "primary_link": true, "secondary_link": true, "tertiary_link": true}

type grid struct {
	box    box
	dx, dy float64 // degrees by cell
	w, h   int
	cells  []int32 // 0 free, -n road n-1, n area n-1
	roads  []string
	index  map[string]int32
	areas  []enclosed
	inside []estate
	found  map[string]*block
}

// enclosed is one area between roads.
type enclosed struct {
	first          int // the cell it was found at, which names it
	x0, y0, x1, y1 int
}

// block is a part of an area that holds buildings.
type block struct {
	key, name string
	corners   []point
	hull      []point
}

func newGrid(b box) *grid {
	g := &grid{box: b, index: map[string]int32{}, found: map[string]*block{}}
	if !b.known {
		return g
	}
	metresX := metresByDegree * math.Cos((b.min[1]+b.max[1])/2*math.Pi/180)
	width, height := (b.max[0]-b.min[0])*metresX, (b.max[1]-b.min[1])*metresByDegree
	cell := max(cellMetres, math.Sqrt((width+1)*(height+1)/maxCells))
	g.w, g.h = int(width/cell)+3, int(height/cell)+3
	g.dx, g.dy = cell/metresX, cell/metresByDegree
	g.cells = make([]int32, g.w*g.h)
	return g
}

func (g *grid) cell(p point) (x, y int) {
	x = int((p[0]-g.box.min[0])/g.dx) + 1
	y = int((p[1]-g.box.min[1])/g.dy) + 1
	return min(max(x, 0), g.w-1), min(max(y, 0), g.h-1)
}

// draw puts a road on the grid. Areas are filled through the sides of cells only, so a
// line of cells that touch at corners holds.
func (g *grid) draw(line []point, class, name string) {
	if !barriers[class] || g.cells == nil {
		return
	}
	id, ok := g.index[name]
	if !ok {
		g.roads = append(g.roads, name)
		id = int32(len(g.roads))
		g.index[name] = id
	}
	for i := 1; i < len(line); i++ {
		x0, y0 := g.cell(line[i-1])
		x1, y1 := g.cell(line[i])
		steps := max(abs(x1-x0), abs(y1-y0), 1)
		for s := 0; s <= steps; s++ {
			x := x0 + int(math.Round(float64(x1-x0)*float64(s)/float64(steps)))
			y := y0 + int(math.Round(float64(y1-y0)*float64(s)/float64(steps)))
			g.cells[y*g.w+x] = -id
		}
	}
}

func abs(x int) int { return max(x, -x) }

// fill finds the areas between the roads.
func (g *grid) fill(inside []estate) {
	g.inside = inside
	var stack []int
	for start := range g.cells {
		if g.cells[start] != 0 {
			continue
		}
		id := int32(len(g.areas) + 1)
		a := enclosed{first: start, x0: g.w, y0: g.h}
		g.cells[start] = id
		stack = append(stack[:0], start)
		for len(stack) > 0 {
			at := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			x, y := at%g.w, at/g.w
			a.x0, a.y0, a.x1, a.y1 = min(a.x0, x), min(a.y0, y), max(a.x1, x), max(a.y1, y)
			for _, n := range [4][2]int{{x - 1, y}, {x + 1, y}, {x, y - 1}, {x, y + 1}} {
				if n[0] < 0 || n[1] < 0 || n[0] >= g.w || n[1] >= g.h {
					continue
				}
				if i := n[1]*g.w + n[0]; g.cells[i] == 0 {
					g.cells[i] = id
					stack = append(stack, i)
				}
			}
		}
		g.areas = append(g.areas, a)
	}
}

// blockOf names the street block of a building; a building inside an estate has none.
// With note, the building becomes part of the block's outline.
func (g *grid) blockOf(ring []point, note bool) string {
	c := centre(ring)
	if g.cells == nil || len(g.areas) == 0 {
		return ""
	}
	for _, e := range g.inside {
		if c[0] >= e.min[0] && c[0] <= e.max[0] && c[1] >= e.min[1] && c[1] <= e.max[1] && contains(e.ring, c) {
			return ""
		}
	}
	x, y := g.cell(c)
	id := g.areaNear(x, y)
	if id == 0 {
		return ""
	}
	a := &g.areas[id-1]
	key := fmt.Sprintf("block/%d", a.first)
	cellsBySpan := max(int(blockSpan/(g.dy*metresByDegree)), 1)
	if a.x1-a.x0 > 2*cellsBySpan || a.y1-a.y0 > 2*cellsBySpan {
		key = fmt.Sprintf("block/%d-%d-%d", a.first, x/cellsBySpan, y/cellsBySpan)
	}
	if !note {
		return key
	}
	b := g.found[key]
	if b == nil {
		b = &block{key: key}
		g.found[key] = b
	}
	var corners box
	for _, p := range ring {
		corners.add(p)
	}
	b.corners = append(b.corners, corners.min, corners.max, point{corners.min[0], corners.max[1]}, point{corners.max[0], corners.min[1]})
	return key
}

// areaNear is the area at a cell, or beside it when a road runs through the cell.
func (g *grid) areaNear(x, y int) int32 {
	for r := 0; r <= 3; r++ {
		for dy := -r; dy <= r; dy++ {
			for dx := -r; dx <= r; dx++ {
				if x+dx < 0 || y+dy < 0 || x+dx >= g.w || y+dy >= g.h {
					continue
				}
				if id := g.cells[(y+dy)*g.w+x+dx]; id > 0 {
					return id
				}
			}
		}
	}
	return 0
}

// blocks names the blocks that hold buildings, in a fixed order.
func (g *grid) blocks() []*block {
	keys := make([]string, 0, len(g.found))
	for k := range g.found {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	used := map[string]int{}
	out := make([]*block, 0, len(keys))
	for _, k := range keys {
		b := g.found[k]
		b.hull = hull(b.corners)
		name := g.nameOf(b)
		used[name]++
		b.name = name
		if used[name] > 1 {
			b.name = fmt.Sprintf("%s %d", name, used[name])
		}
		out = append(out, b)
	}
	return out
}

// nameOf names a block by the two roads that run along most of it.
func (g *grid) nameOf(b *block) string {
	type side struct {
		name  string
		cells int
	}
	var around box
	for _, p := range b.hull {
		around.add(p)
	}
	x0, y0 := g.cell(around.min)
	x1, y1 := g.cell(around.max)
	count := map[string]int{}
	// Half a wide road and a pavement; further when no road with a name is so near.
	for margin := 6; len(count) == 0 && margin <= 100; margin *= 4 {
		for y := max(y0-margin, 0); y <= min(y1+margin, g.h-1); y++ {
			for x := max(x0-margin, 0); x <= min(x1+margin, g.w-1); x++ {
				if c := g.cells[y*g.w+x]; c < 0 && g.roads[-c-1] != "" {
					count[g.roads[-c-1]]++
				}
			}
		}
	}
	var sides []side
	for name, n := range count {
		sides = append(sides, side{name, n})
	}
	slices.SortFunc(sides, func(x, y side) int {
		if x.cells != y.cells {
			return y.cells - x.cells
		}
		return strings.Compare(x.name, y.name)
	})
	var names []string
	for _, s := range sides[:min(len(sides), 2)] {
		names = append(names, s.name)
	}
	joined := strings.Join(names, "—")
	switch {
	case joined == "":
		return "Block"
	case strings.IndexFunc(joined, func(r rune) bool { return unicode.Is(unicode.Han, r) }) >= 0:
		return joined + "街区"
	}
	return "Block " + joined
}

// hull is the convex hull as a closed ring (Andrew's monotone chain).
func hull(points []point) []point {
	p := slices.Clone(points)
	slices.SortFunc(p, func(a, b point) int {
		if a[0] != b[0] {
			return cmp(a[0], b[0])
		}
		return cmp(a[1], b[1])
	})
	p = slices.Compact(p)
	build := func(p []point) []point {
		var h []point
		for _, q := range p {
			for len(h) > 1 && cross(h[len(h)-2], h[len(h)-1], q) <= 0 {
				h = h[:len(h)-1]
			}
			h = append(h, q)
		}
		return h
	}
	lower := build(p)
	slices.Reverse(p)
	upper := build(p)
	return append(lower, upper[1:]...)
}

func cross(o, a, b point) float64 { return (a[0]-o[0])*(b[1]-o[1]) - (a[1]-o[1])*(b[0]-o[0]) }

func cmp(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
