package places

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
)

// columns are what Place is made of, from the table places under the name p. Outlines
// are long and are read only where they are needed.
const columns = `p.id, p.code, p.level, p.kind, p.name, p.name_en, p.path, p.parent_id, p.lon, p.lat, p.population, p.floors, p.height,
	CASE WHEN p.geometry <> '' THEN 1 ELSE 0 END, p.extra, p.retired_on, p.successor_id,
	p.version, p.created_at, p.updated_at`

// columnsCounted also counts the children.
const columnsCounted = columns + `, (SELECT count(*) FROM places c WHERE c.parent_id = p.id AND c.retired_on IS NULL)`

func scan(r store.Scanner) (Place, error) {
	var p Place
	return p, scanInto(r, &p)
}

func scanCounted(r store.Scanner) (Place, error) {
	var p Place
	return p, scanInto(r, &p, &p.ChildrenCount)
}

func scanInto(r store.Scanner, p *Place, more ...any) error {
	var extra string
	var outlined int
	dst := []any{&p.ID, &p.Code, &p.Level, &p.Kind, &p.Name, &p.NameEn, &p.Path, store.Optional(&p.ParentID), &p.Lon, &p.Lat,
		&p.Population, &p.Floors, &p.Height, &outlined, &extra, &p.RetiredOn, store.Optional(&p.SuccessorID), &p.Version, &p.CreatedAt, &p.UpdatedAt}
	if err := r.Scan(append(dst, more...)...); err != nil {
		return err
	}
	p.HasGeometry = outlined == 1
	return decodeExtra(extra, &p.Extra)
}

func decodeExtra(text string, dst *map[string]string) error {
	if text == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), dst); err != nil {
		return fmt.Errorf("read the extra columns of a place: %w", err)
	}
	return nil
}

// encodeExtra writes the keys in order, so that equal maps are equal texts.
func encodeExtra(extra map[string]string) (string, error) {
	if len(extra) == 0 {
		return "", nil
	}
	b, err := json.Marshal(extra)
	return string(b), err
}

// record is a place as it is written: with its shape, and with how many children it has
// ever had.
type record struct {
	Place
	shape            shape
	ordinals         int64
	pinyin, initials string
	terms            []string
}

// values are the stored columns lon, lat, west, south, east, north, quadkey, geometry.
func (s shape) values() []any {
	if !s.known {
		return []any{nil, nil, nil, nil, nil, nil, "", ""}
	}
	return []any{s.centre[0], s.centre[1], s.bound.Min[0], s.bound.Min[1], s.bound.Max[0], s.bound.Max[1], s.quadkey, s.text}
}

// place copies what follows from the shape into the place.
func (s shape) place(p *Place) {
	p.Lon, p.Lat, p.HasGeometry = nil, nil, s.text != ""
	if s.known {
		lon, lat := s.centre[0], s.centre[1]
		p.Lon, p.Lat = &lon, &lat
	}
}

// save writes an edited place over version before.Version. With sameVersion the edit is
// a further part of the one before it and does not count as a new version.
func save(ctx context.Context, tx *op.Tx, before, after record, sameVersion bool) (record, error) {
	extra, err := encodeExtra(after.Extra)
	if err != nil {
		return record{}, err
	}
	after.Version, after.UpdatedAt = before.Version+1, tx.Now()
	if sameVersion {
		after.Version = before.Version
	}
	after.shape.place(&after.Place)
	full, initials := spelling(after.Level, after.Name)
	const q = `UPDATE places SET code = $3, name = $4, name_en = $5, pinyin = $6, initials = $7, population = $8, floors = $9,
		extra = $10, version = $11, updated_at = $12,
		kind = $13, height = $14, lon = $15, lat = $16, west = $17, south = $18, east = $19, north = $20, quadkey = $21, geometry = $22
		WHERE id = $1 AND version = $2`
	args := []any{string(after.ID), before.Version, after.Code, after.Name, after.NameEn, full, initials, after.Population, after.Floors,
		extra, after.Version, after.UpdatedAt, after.Kind, metres(after.Height)}
	if err := tx.ExecOne(ctx, q, append(args, after.shape.values()...)...); err != nil {
		return record{}, err
	}
	if before.Name != after.Name || before.NameEn != after.NameEn {
		if err := rewriteTerms(ctx, tx, after.Place); err != nil {
			return record{}, err
		}
	}
	return after, changedOnMap(ctx, tx, before, after)
}

// loadShape reads the stored outline of a place.
func loadShape(ctx context.Context, tx *op.Tx, p Place) (shape, error) {
	if !p.HasGeometry {
		return pointShape(p.Lon, p.Lat)
	}
	var text string
	if err := tx.QueryRow(ctx, `SELECT geometry FROM places WHERE id = $1`, string(p.ID)).Scan(&text); err != nil {
		return shape{}, err
	}
	return parseGeometry(text)
}

// metres is a height or NULL.
func metres(h *float64) any {
	if h == nil {
		return nil
	}
	return *h
}

// storedShape is the shape of a place of which the outline has been read.
func storedShape(p Place, geometry string) (shape, error) {
	if geometry != "" {
		return parseGeometry(geometry)
	}
	return pointShape(p.Lon, p.Lat)
}

// list returns "$4, $5, $6" for n further arguments after have.
func list(have, n int) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = fmt.Sprintf("$%d", have+i+1)
	}
	return strings.Join(parts, ", ")
}

// lookupBatch is how many values one IN list holds.
const lookupBatch = 500

// inBatches runs query for all values, lookupBatch at a time. The query's only IN list
// is the verb %s and its values are the only arguments.
func inBatches[T any](ctx context.Context, tx *op.Tx, query string, values []string, scan func(store.Scanner) (T, error)) ([]T, error) {
	var out []T
	for len(values) > 0 {
		n := min(len(values), lookupBatch)
		args := make([]any, n)
		for i, v := range values[:n] {
			args[i] = v
		}
		rows, err := tx.Query(ctx, fmt.Sprintf(query, list(0, n)), args...)
		found, err := store.Collect(rows, err, scan)
		if err != nil {
			return nil, err
		}
		out, values = append(out, found...), values[n:]
	}
	return out, nil
}
