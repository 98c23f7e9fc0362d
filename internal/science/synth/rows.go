package synth

import "math"

// frame is a turned coordinate system: u along the rows of buildings, v across.
type frame struct {
	origin, along point
	length        int64
}

func (f frame) in(p point) point {
	d := p.minus(f.origin)
	return point{d.dot(f.along) / f.length, (d.y*f.along.x - d.x*f.along.y) / f.length}
}

func (f frame) out(p point) point {
	return point{
		f.origin.x + (p.x*f.along.x-p.y*f.along.y)/f.length,
		f.origin.y + (p.x*f.along.y+p.y*f.along.x)/f.length,
	}
}

// row is a strip of ground on which buildings can stand, in a frame.
type row struct{ bottom, left, right int64 }

// place lines up the compound's buildings in rows about its middle. If they do
// not all fit, the last building stays without a place.
func (a *area) place(origin, along point) {
	for _, b := range a.blocks {
		b.box = [4]point{}
	}
	f := frame{origin, along, isqrt(along.dot(along))}
	g := make(polygon, len(a.bent))
	for i, p := range a.bent {
		g[i] = f.in(p)
	}
	rows := a.rows(g)
	for need := 1; need <= len(rows); need++ {
		first := (len(rows) - need) / 2
		if a.fill(f, rows[first:first+need]) {
			return
		}
	}
}

// rows finds the strips that lie within g with a margin all round.
func (a *area) rows(g polygon) []row {
	low, high := g.extent(point{0, 1})
	pitch := a.depth + a.betweenRows()
	spare := (high - low - 2*margin - a.depth) % pitch
	var list []row
	for v := low + margin + max(spare, 0)/2; v+a.depth+margin <= high; v += pitch {
		l1, r1 := g.chord(v - margin)
		l2, r2 := g.chord(v + a.depth + margin)
		if left, right := max(l1, l2)+margin, min(r1, r2)-margin; right-left >= 40*metre {
			list = append(list, row{v, left, right})
		}
	}
	return list
}

// chord returns where the horizontal line at v enters and leaves the polygon.
func (g polygon) chord(v int64) (left, right int64) {
	left, right = math.MaxInt64/4, math.MinInt64/4
	for i, p := range g {
		q := g[(i+1)%len(g)]
		if (p.y < v) == (q.y < v) {
			continue
		}
		x := p.x + mulDiv(q.x-p.x, v-p.y, q.y-p.y)
		left, right = min(left, x), max(right, x)
	}
	return left, right
}

// fill puts the buildings into the rows from south to north and reports
// whether all have found a place.
func (a *area) fill(f frame, rows []row) bool {
	next := 0
	for _, r := range rows {
		from, used := next, int64(-betweenEnds)
		for next < len(a.blocks) && used+betweenEnds+a.blocks[next].length <= r.right-r.left {
			used += betweenEnds + a.blocks[next].length
			next++
		}
		u := r.left + (r.right-r.left-used)/2
		for _, b := range a.blocks[from:next] {
			b.stand(f, point{u, r.bottom}, a.depth)
			u += b.length + betweenEnds
		}
	}
	if next < len(a.blocks) {
		a.blocks[len(a.blocks)-1].box = [4]point{}
	}
	return next == len(a.blocks)
}

func (b *block) stand(f frame, corner point, depth int64) {
	b.box = [4]point{
		f.out(corner),
		f.out(point{corner.x + b.length, corner.y}),
		f.out(point{corner.x + b.length, corner.y + depth}),
		f.out(point{corner.x, corner.y + depth}),
	}
}

// unit is the middle of the i-th unit of the building.
func (b *block) unit(i int) point {
	n, k := int64(4*b.units), int64(2*i+1)
	west := point{b.box[0].x + b.box[3].x, b.box[0].y + b.box[3].y}
	east := point{b.box[1].x + b.box[2].x, b.box[1].y + b.box[2].y}
	return point{(west.x*(n-2*k) + east.x*2*k) / (2 * n), (west.y*(n-2*k) + east.y*2*k) / (2 * n)}
}
