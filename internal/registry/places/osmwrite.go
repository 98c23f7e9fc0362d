package places

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/paulmach/orb"

	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/ref"
)

// mapMemory is what undo needs to put a place back that a map changed.
type mapMemory struct {
	memory
	Element string // the link to take away, or to give its digest back
	Digest  string // before; "" when there was no link
}

// lineMemory is a row of roads, entrances or addresses as it was.
type lineMemory struct {
	Road    *Road        `json:",omitempty"`
	Door    *entranceRow `json:",omitempty"`
	Address *addressRow  `json:",omitempty"`
}

// Write stores the resolutions: new places in one go, then what hangs on them.
func (s *mapSession) Write(ctx context.Context, tx *op.Tx, resolutions []importer.Resolution) ([]importer.Written, error) {
	all := make([]*mapWrite, len(resolutions))
	var fresh []New
	for i, r := range resolutions {
		all[i] = r.Prepared.(*mapWrite)
		if all[i].create != nil {
			fresh = append(fresh, *all[i].create)
		}
	}
	paths := map[ref.Place]string{}
	if err := grow(ctx, tx, fresh, func(_ int, r *record) { paths[r.ID] = r.Path }); err != nil {
		return nil, fmt.Errorf("write places of a map: %w", err)
	}
	b := &mapBatch{paths: paths}
	out := make([]importer.Written, len(all))
	for i, w := range all {
		var err error
		if out[i], err = b.one(ctx, tx, w); err != nil {
			return nil, fmt.Errorf("write a map: %w", err)
		}
	}
	if err := b.flush(ctx, tx); err != nil {
		return nil, fmt.Errorf("write a map: %w", err)
	}
	s.settle(paths)
	return out, nil
}

// settle gives the planned places the paths they have got, for the rows that will lie in
// them.
func (s *mapSession) settle(paths map[ref.Place]string) {
	fix := func(_, _ [2]float64, x *site) bool {
		if p := paths[x.id]; p != "" {
			x.path = p
		}
		return true
	}
	if len(paths) > 0 {
		s.atlas.areas.Scan(fix)
		s.atlas.buildings.Scan(fix)
	}
}

// mapBatch collects rows to be inserted together.
type mapBatch struct {
	paths                                  map[ref.Place]string
	roads, doors, addresses, links, doubts [][]any
	aliases                                []alias
	onMap                                  bounds
}

// path is the path of a place made in this batch, else what the plan says.
func (b *mapBatch) path(id ref.Place, planned string) string {
	if p := b.paths[id]; p != "" {
		return p
	}
	return planned
}

func (b *mapBatch) one(ctx context.Context, tx *op.Tx, w *mapWrite) (importer.Written, error) {
	for _, d := range w.doubts {
		b.doubts = append(b.doubts, []any{string(d.place), d.code, d.detail, int64(tx.Now())})
	}
	b.aliases = append(b.aliases, w.aliases...)
	switch {
	case w.create != nil:
		b.links = append(b.links, []any{w.link.element, string(w.link.place), w.link.digest})
		if w.address != nil {
			w.address.Path = b.path(w.address.PlaceID, w.address.Path)
			b.addresses = append(b.addresses, w.address.values(tx.Now()))
		}
		return importer.Written{Ref: w.create.ID.Ref(), Version: 1}, nil
	case w.after != nil:
		if w.aliases != nil {
			b.paths[w.after.ID] = w.after.Path
		}
		return w.update(ctx, tx)
	}
	return b.line(ctx, tx, w)
}

// update stores what a map changes about a place.
func (w *mapWrite) update(ctx context.Context, tx *op.Tx) (importer.Written, error) {
	p := &prepared{before: *w.before, after: *w.after}
	written, err := p.write(ctx, tx)
	if err != nil {
		return written, err
	}
	m := mapMemory{Element: w.link.element, Digest: w.link.old}
	if err := json.Unmarshal([]byte(written.Before), &m.memory); err != nil {
		return written, err
	}
	if written.Before, err = memoryOf(m); err != nil {
		return written, err
	}
	const q = `INSERT INTO map_elements (element, place_id, digest) VALUES ($1, $2, $3) ON CONFLICT (element) DO UPDATE SET digest = excluded.digest`
	_, err = tx.Exec(ctx, q, w.link.element, string(w.link.place), w.link.digest)
	return written, err
}

// line stores a road, door or address, in place of the one before it.
func (b *mapBatch) line(ctx context.Context, tx *op.Tx, w *mapWrite) (importer.Written, error) {
	table, id := "roads", ""
	switch {
	case w.road != nil:
		id = w.road.ID
	case w.door != nil:
		table, id = "entrances", w.door.ID
	default:
		table, id = "addresses", w.address.ID
	}
	out := importer.Written{Version: 1}
	if w.known != nil {
		before, err := recall(ctx, tx, *w.known)
		if err != nil {
			return out, err
		}
		if out.Before, err = memoryOf(before); err != nil {
			return out, err
		}
		if err := tx.ExecOne(ctx, `DELETE FROM `+w.known.table+` WHERE id = $1`, w.known.id); err != nil {
			return out, err
		}
		id, out.Version = w.known.id, w.known.version+1
	}
	out.Ref = ref.Ref{Kind: lineKinds[table], ID: id}
	switch {
	case w.road != nil:
		w.road.ID, w.road.Version, w.road.Path = id, out.Version, b.path(w.road.PlaceID, w.road.Path)
		b.roads = append(b.roads, w.road.values(tx.Now()))
		b.onMap.mark(w.road.line.Bound(), mainRoads[w.road.Class])
	case w.door != nil:
		w.door.ID, w.door.Version, w.door.Path = id, out.Version, b.path(w.door.PlaceID, w.door.Path)
		b.doors = append(b.doors, w.door.values(tx.Now()))
		b.onMap.mark(orb.Point{w.door.Lon, w.door.Lat}.Bound(), false)
	default:
		w.address.ID, w.address.Version, w.address.Path = id, out.Version, b.path(w.address.PlaceID, w.address.Path)
		b.addresses = append(b.addresses, w.address.values(tx.Now()))
	}
	return out, nil
}

// lineKinds are the kinds of refs by table.
var lineKinds = map[string]string{"roads": "road", "entrances": "entrance", "addresses": "address"}

func recall(ctx context.Context, tx *op.Tx, l mapLine) (m lineMemory, err error) {
	switch l.table {
	case "roads":
		m.Road, err = scanRoad(tx.QueryRow(ctx, roadSelect+` WHERE id = $1`, l.id))
	case "entrances":
		m.Door, err = scanEntrance(tx.QueryRow(ctx, entranceSelect+` WHERE id = $1`, l.id))
	default:
		m.Address, err = scanAddress(tx.QueryRow(ctx, addressSelect+` WHERE id = $1`, l.id))
	}
	return m, err
}

// flush writes the collected rows.
func (b *mapBatch) flush(ctx context.Context, tx *op.Tx) error {
	for _, x := range []struct {
		table   string
		columns []string
		rows    [][]any
	}{
		{"map_elements", []string{"element", "place_id", "digest"}, b.links},
		{"place_doubts", []string{"place_id", "code", "detail", "created_at"}, b.doubts},
		{"roads", roadColumns, b.roads}, {"entrances", entranceColumns, b.doors}, {"addresses", addressColumns, b.addresses},
	} {
		if len(x.rows) == 0 {
			continue
		}
		if _, err := tx.Insert(ctx, x.table, x.columns, x.rows); err != nil {
			return fmt.Errorf("insert into %s: %w", x.table, err)
		}
	}
	if err := saveAliases(ctx, tx, b.aliases, func(id ref.Place) string { return b.paths[id] }); err != nil {
		return err
	}
	return b.onMap.bump(ctx, tx)
}
