package osm

import (
	"math"
	"slices"
)

// nodes are the points that features need: first their identifiers are collected, then
// their positions are filled in. A node takes 16 bytes; positions are kept to 1e-7
// degrees, one centimetre, which is what the map itself keeps.
type nodes struct {
	ids    []int64
	lon    []int32
	lat    []int32
	sorted bool
}

const missing = math.MinInt32

func (n *nodes) need(id int64) {
	// Compacting from time to time keeps the list near the number of different nodes: two
	// ways that meet name the same one.
	if len(n.ids) == cap(n.ids) && len(n.ids) > 1<<20 {
		before := len(n.ids)
		n.compact()
		if len(n.ids) > before/2 {
			n.ids = slices.Grow(n.ids, len(n.ids)/2)
		}
	}
	n.ids = append(n.ids, id)
}

func (n *nodes) compact() {
	slices.Sort(n.ids)
	n.ids = slices.Compact(n.ids)
}

// settle ends the collecting.
func (n *nodes) settle() {
	n.compact()
	n.lon, n.lat = make([]int32, len(n.ids)), make([]int32, len(n.ids))
	for i := range n.lon {
		n.lon[i] = missing
	}
	n.sorted = true
}

func (n *nodes) put(id int64, lon, lat float64) {
	if i, ok := slices.BinarySearch(n.ids, id); ok {
		n.lon[i], n.lat[i] = int32(math.Round(lon*1e7)), int32(math.Round(lat*1e7))
	}
}

// at returns a node's position, and whether the file has the node.
func (n *nodes) at(id int64) (point, bool) {
	i, ok := slices.BinarySearch(n.ids, id)
	if !ok || n.lon[i] == missing {
		return point{}, false
	}
	return point{float64(n.lon[i]) / 1e7, float64(n.lat[i]) / 1e7}, true
}

// point is longitude and latitude in degrees.
type point [2]float64

// line returns the points of a list of nodes, and how many of them the file lacks.
func (n *nodes) line(refs []int64) (out []point, lost int) {
	for _, id := range refs {
		if p, ok := n.at(id); ok {
			out = append(out, p)
		} else {
			lost++
		}
	}
	return out, lost
}
