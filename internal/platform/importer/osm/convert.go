package osm

import (
	"slices"
	"strconv"
	"strings"
)

// converter gathers the features of one file. It reads the ways several times, so that
// the rows come in an order in which what others lie in stands before them: boundaries
// from the largest down, localities, estates, street blocks, buildings, entrances,
// addresses, roads.
type converter struct {
	src *source
	out *writer

	relations []heldRelation
	memberWay map[int64]part // ways that relations need: nil until they are read
	nodes     nodes
	doors     map[int64]*heldDoor
	doorOrder []int64
	grid      *grid
	estates   []estate
}

// heldRelation and heldDoor wait for what the file says later.
type heldRelation struct {
	record  []string
	members []member
}

type heldDoor struct {
	record []string
	at     point
}

type estate struct {
	ring     []point
	min, max point
}

// convert writes the features of a map.
func convert(src *source, out *writer) error {
	c := &converter{src: src, out: out, memberWay: map[int64]part{}, doors: map[int64]*heldDoor{}}
	for _, step := range []func() error{
		c.readRelations, c.readWays, c.readNodes, c.drawRoads, c.readEstates, c.findBlocks,
		func() error { return c.write(Boundary) }, func() error { return c.write(Locality) },
		func() error { return c.write(Estate, Facility) }, c.writeBlocks,
		func() error { return c.write(Building) }, c.writeDoors,
		func() error { return c.write(Address) }, func() error { return c.write(Road) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (c *converter) readRelations() error {
	err := c.src.each(relation, func(e *element) error {
		f := featureOf(e)
		if f == "" {
			return nil
		}
		c.relations = append(c.relations, heldRelation{record: cloned(record(f, e)), members: slices.Clone(e.members)})
		for _, m := range e.members {
			if m.kind == way {
				c.memberWay[m.id] = nil
			}
		}
		return nil
	})
	slices.SortStableFunc(c.relations, func(a, b heldRelation) int { return adminLevel(a.record) - adminLevel(b.record) })
	return err
}

func adminLevel(record []string) int {
	n, _ := strconv.Atoi(record[column["admin_level"]])
	return n
}

// cloned makes the texts independent of the buffers that they were read from.
func cloned(r []string) []string {
	for i := range r {
		r[i] = strings.Clone(r[i])
	}
	return r
}

func (c *converter) readWays() error {
	err := c.src.each(way, func(e *element) error {
		_, member := c.memberWay[e.id]
		if member {
			c.memberWay[e.id] = slices.Clone(e.refs)
		}
		if member || featureOf(e) != "" {
			for _, id := range e.refs {
				c.nodes.need(id)
			}
		}
		return nil
	})
	c.nodes.settle()
	return err
}

func (c *converter) readNodes() error {
	var b box
	err := c.src.each(node, func(e *element) error {
		c.nodes.put(e.id, e.lon, e.lat)
		b.add(point{e.lon, e.lat})
		if f := featureOf(e); f == Entrance {
			c.doors[e.id] = &heldDoor{record: cloned(record(f, e)), at: point{e.lon, e.lat}}
			c.doorOrder = append(c.doorOrder, e.id)
		}
		return nil
	})
	c.grid = newGrid(b)
	return err
}

func (c *converter) drawRoads() error {
	return c.src.each(way, func(e *element) error {
		if class := e.tags.get("highway"); barriers[class] {
			line, _ := c.nodes.line(e.refs)
			c.grid.draw(line, class, strings.Clone(e.tags.get("name")))
		}
		return nil
	})
}

// readEstates collects the areas in which buildings need no street block.
func (c *converter) readEstates() error {
	for _, r := range c.relations {
		if r.record[column["country"]] != "" && r.record[column["admin_level"]] == "2" {
			if _, code := c.assemble(r.members); code == "" && c.out.country == "" {
				c.out.country = r.record[column["country"]]
			}
		}
		if f := r.record[column["feature"]]; f == Estate || f == Facility {
			if shape, code := c.assemble(r.members); code == "" {
				for _, p := range shape {
					c.addEstate(p[0])
				}
			}
		}
	}
	err := c.src.each(way, func(e *element) error {
		if f := featureOf(e); f == Estate || f == Facility {
			if shape, code := c.ringPoints([]part{e.refs}); code == "" {
				c.addEstate(shape[0])
			}
		}
		return nil
	})
	c.grid.fill(c.estates)
	return err
}

// findBlocks notes which buildings are in which street block, before they are written.
func (c *converter) findBlocks() error {
	for _, r := range c.relations {
		if r.record[column["feature"]] == Building {
			if shape, code := c.assemble(r.members); code == "" {
				c.grid.blockOf(shape[0][0], true)
			}
		}
	}
	return c.src.each(way, func(e *element) error {
		if featureOf(e) == Building {
			if shape, code := c.ringPoints([]part{e.refs}); code == "" {
				c.grid.blockOf(shape[0], true)
			}
		}
		return nil
	})
}

// write writes the features of some sorts: of relations, ways and nodes.
func (c *converter) write(sorts ...string) error {
	for _, r := range c.relations {
		if slices.Contains(sorts, r.record[column["feature"]]) {
			if err := c.writeRelation(r); err != nil {
				return err
			}
		}
	}
	want := way
	if !slices.Contains(sorts, Building) && !slices.Contains(sorts, Road) {
		want |= node
	}
	return c.src.each(want, func(e *element) error {
		f := featureOf(e)
		switch {
		case !slices.Contains(sorts, f):
			return nil
		case e.kind == node:
			r := record(f, e)
			r[column["geometry"]] = pointJSON(point{e.lon, e.lat})
			return c.out.write(r, "")
		case f == Road:
			return c.writeRoad(e)
		}
		return c.writeWay(f, e)
	})
}

func (c *converter) writeRoad(e *element) error {
	r := record(Road, e)
	line, lost := c.nodes.line(e.refs)
	if len(line) < 2 {
		return c.out.write(r, CodeMissingNodes)
	}
	ids := make([]string, 0, len(e.refs))
	for _, id := range e.refs {
		if lost > 0 {
			if _, ok := c.nodes.at(id); !ok {
				continue
			}
		}
		ids = append(ids, strconv.FormatInt(id, 10))
	}
	r[column["nodes"]], r[column["geometry"]] = strings.Join(ids, ","), lineJSON(line)
	return c.out.write(r, "")
}

func (c *converter) writeRelation(r heldRelation) error {
	shape, code := c.assemble(r.members)
	if code != "" {
		return c.out.write(r.record, code)
	}
	switch r.record[column["feature"]] {
	case Address, Locality:
		r.record[column["geometry"]] = pointJSON(centre(shape[0][0]))
	case Building:
		r.record[column["part_of"]] = c.grid.blockOf(shape[0][0], false)
		fallthrough
	default:
		r.record[column["geometry"]] = areaJSON(shape)
	}
	return c.out.write(r.record, "")
}

func (c *converter) writeWay(f string, e *element) error {
	r := record(f, e)
	shape, code := c.ringPoints([]part{e.refs})
	if code != "" {
		return c.out.write(r, code)
	}
	if f == Address || f == Locality {
		r[column["geometry"]] = pointJSON(centre(shape[0]))
		return c.out.write(r, "")
	}
	r[column["geometry"]] = areaJSON([][][]point{{shape[0]}})
	if f == Building {
		r[column["part_of"]] = c.grid.blockOf(shape[0], false)
		for _, id := range e.refs {
			if d := c.doors[id]; d != nil && d.record[column["part_of"]] == "" {
				d.record[column["part_of"]] = strings.Clone(r[column["element"]])
			}
		}
	}
	return c.out.write(r, "")
}

// assemble joins the member ways into outer and inner rings.
func (c *converter) assemble(members []member) ([][][]point, string) {
	var outer, inner []part
	for _, m := range members {
		if m.kind != way {
			continue
		}
		p := c.memberWay[m.id]
		if len(p) == 0 {
			return nil, CodeMissingMembers
		}
		if m.role == "inner" {
			inner = append(inner, p)
		} else {
			outer = append(outer, p)
		}
	}
	if len(outer) == 0 {
		return nil, CodeMissingMembers
	}
	out, code := c.ringPoints(outer)
	if code != "" {
		return nil, code
	}
	holes, code := c.ringPoints(inner)
	if code != "" && len(inner) > 0 {
		return nil, code
	}
	return polygons(out, holes), ""
}

func (c *converter) ringPoints(parts []part) ([][]point, string) {
	all, ok := rings(parts)
	if !ok {
		return nil, CodeOpenRing
	}
	var out [][]point
	for _, r := range all {
		line, lost := c.nodes.line(r)
		if lost > 0 {
			return nil, CodeMissingNodes
		}
		if flat(line) {
			return nil, CodeNoArea
		}
		out = append(out, line)
	}
	return out, ""
}

// flat reports whether a ring encloses nothing.
func flat(ring []point) bool {
	area := 0.0
	for i := 1; i < len(ring); i++ {
		area += (ring[i-1][0]-ring[0][0])*(ring[i][1]-ring[0][1]) - (ring[i][0]-ring[0][0])*(ring[i-1][1]-ring[0][1])
	}
	return area == 0
}

func (c *converter) addEstate(ring []point) {
	var b box
	for _, p := range ring {
		b.add(p)
	}
	c.estates = append(c.estates, estate{ring: ring, min: b.min, max: b.max})
}

func (c *converter) writeDoors() error {
	for _, id := range c.doorOrder {
		d := c.doors[id]
		d.record[column["geometry"]] = pointJSON(d.at)
		if err := c.out.write(d.record, ""); err != nil {
			return err
		}
	}
	return nil
}

func (c *converter) writeBlocks() error {
	for _, b := range c.grid.blocks() {
		r := make([]string, len(Columns))
		r[column["element"]], r[column["feature"]], r[column["kind"]] = b.key, Block, "street_block"
		r[column["name"]] = b.name
		r[column["geometry"]] = areaJSON([][][]point{{b.hull}})
		if err := c.out.write(r, ""); err != nil {
			return err
		}
	}
	return nil
}
