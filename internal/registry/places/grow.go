package places

import (
	"context"
	"fmt"
	"strconv"

	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// growth is a batch of new places on its way into the tree. It goes through the batch in
// parts, so that a whole city never stands in memory a second time.
type growth struct {
	all   []New
	nodes map[ref.Place]*node // what the batch puts something below
	sums  sums
	bound bounds
}

// node is a place as the parent of others.
type node struct {
	id     ref.Place
	level  Level
	path   string
	last   int64 // the ordinal given last
	future int64 // how many children the batch puts below
	stored bool
}

// growPart is how many places are written at once.
const growPart = 2000

// grow checks the new places, gives them ids and paths, and writes them. It calls each
// for every place in the order of the batch.
func grow(ctx context.Context, tx *op.Tx, all []New, each func(int, *record)) error {
	g := &growth{all: all, nodes: map[ref.Place]*node{}, sums: sums{}}
	if err := g.prepare(ctx, tx); err != nil {
		return err
	}
	parts := g.ahead(ctx, tx.Now())
	defer func() {
		for range parts { // lets the reader ahead come to its end
			continue
		}
	}()
	i := 0
	for part := range parts {
		for _, r := range part.records {
			if err := g.settle(i, r); err != nil {
				return err
			}
			each(i, r)
			i++
		}
		if part.err != nil {
			return part.err
		}
		if err := insert(ctx, tx, part.records); err != nil {
			return saved(err)
		}
	}
	if err := g.sums.write(ctx, tx); err != nil {
		return err
	}
	return g.bound.bump(ctx, tx)
}

// prepare finds out what the batch puts places below, and reserves the ordinals there:
// as one range from the counter of each stored parent, which also keeps two writers apart.
func (g *growth) prepare(ctx context.Context, tx *op.Tx) error {
	wanted := map[ref.Place]int64{}
	var order []ref.Place // in the order of first use, so that two batches lock alike
	for i := range g.all {
		p := g.all[i].Parent
		if wanted[p] == 0 {
			order = append(order, p)
		}
		wanted[p]++
	}
	own := map[ref.Place]bool{}
	for i := range g.all {
		id := g.all[i].ID
		if id == "" {
			continue
		}
		if own[id] {
			return fmt.Errorf("entry %d has the id of an earlier one", i)
		}
		own[id] = true
	}
	for _, id := range order {
		if own[id] {
			g.nodes[id] = &node{id: id, future: wanted[id]}
			continue
		}
		p, err := reserve(ctx, tx, id, wanted[id])
		if err != nil {
			return err
		}
		g.nodes[id] = &node{id: id, level: p.Level, path: p.Path, last: p.ordinals, stored: true}
	}
	return nil
}

// grownPart is a run of records; with an error, those before the one that is wrong.
type grownPart struct {
	records []*record
	err     error
}

// ahead reads outlines and checks fields on its own processor while the parts before
// are being written.
func (g *growth) ahead(ctx context.Context, now store.Instant) <-chan grownPart {
	out := make(chan grownPart, 2)
	go func() {
		defer close(out)
		for start := 0; start < len(g.all) && ctx.Err() == nil; start += growPart {
			end := min(start+growPart, len(g.all))
			part := grownPart{records: make([]*record, 0, end-start)}
			for i := start; i < end && part.err == nil; i++ {
				r, err := g.all[i].record(now)
				if err != nil {
					part.err = nth(err, i, len(g.all))
					break
				}
				r.spell()
				part.records = append(part.records, r)
			}
			out <- part
			if part.err != nil {
				return
			}
		}
	}()
	return out
}

// settle gives a record its path.
func (g *growth) settle(i int, r *record) error {
	parent := g.nodes[r.ParentID]
	if parent.path == "" && !parent.stored {
		return fmt.Errorf("entry %d comes before its parent", i)
	}
	if parent.level != "" && !r.Level.Below(parent.level) {
		return nth(notBelow(r.Level, parent.level), i, len(g.all))
	}
	parent.last++
	r.Path = parent.path + strconv.FormatInt(parent.last, 10) + "."
	if own := g.nodes[r.ID]; own != nil {
		own.level, own.path = r.Level, r.Path
		r.ordinals = own.future
	}
	g.sums.add(r.Path, r.Level, 1)
	g.bound.add(r.shape, r.Level)
	return nil
}

var insertColumns = []string{"id", "parent_id", "path", "ordinals", "level", "kind", "code", "name", "name_en", "pinyin", "initials",
	"population", "floors", "height", "lon", "lat", "west", "south", "east", "north", "quadkey", "geometry", "extra", "version", "created_at", "updated_at"}

func insert(ctx context.Context, tx *op.Tx, records []*record) error {
	rows := make([][]any, len(records))
	var terms [][]any
	cells := make([]any, 0, len(records)*len(insertColumns))
	for i, r := range records {
		extra, err := encodeExtra(r.Extra)
		if err != nil {
			return err
		}
		start := len(cells)
		cells = append(cells, string(r.ID), store.OrNull(r.ParentID), r.Path, r.ordinals, string(r.Level), r.Kind, r.Code, r.Name, r.NameEn,
			r.pinyin, r.initials, r.Population, r.Floors, metres(r.Height))
		cells = append(cells, r.shape.values()...)
		cells = append(cells, extra, r.Version, int64(r.CreatedAt), int64(r.UpdatedAt))
		rows[i] = cells[start:len(cells):len(cells)]
		for _, t := range r.terms {
			terms = append(terms, []any{string(r.ID), r.Path, t, partTerm})
		}
	}
	if _, err := tx.Insert(ctx, "places", insertColumns, rows); err != nil {
		return err
	}
	_, err := tx.Technical().Insert(ctx, "place_terms", termColumns, terms)
	return err
}
