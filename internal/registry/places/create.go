package places

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/ref"
)

// outlined is a place for the audit trail: of an outline, which may be a megabyte long,
// the trail keeps the digest.
type outlined struct {
	Place
	Outline string `json:"outline" audit:"public"`
}

func (r record) audited() outlined {
	o := outlined{Place: r.Place}
	if r.shape.text != "" {
		sum := sha256.Sum256([]byte(r.shape.text))
		o.Outline = hex.EncodeToString(sum[:8])
	}
	return o
}

// Create adds one place below a parent in the scope. A root may only be created by who
// may create places everywhere.
func Create(ctx context.Context, tx *op.Tx, n New) (Place, error) {
	records, err := grow(ctx, tx, []New{n})
	if err != nil {
		return Place{}, fmt.Errorf("create place: %w", err)
	}
	tx.At(records[0].Path)
	tx.Changed(records[0].ID.Ref(), nil, records[0].audited())
	return records[0].Place, nil
}

// Add creates many places at once, parents before their children, and records them in
// the trail as one batch with a digest. All or none are created.
func Add(ctx context.Context, tx *op.Tx, all []New) ([]Place, error) {
	records, err := grow(ctx, tx, all)
	if err != nil {
		return nil, fmt.Errorf("add places: %w", err)
	}
	sum := sha256.New()
	out := make([]Place, len(records))
	for i, r := range records {
		out[i] = r.Place
		fmt.Fprintf(sum, "%s\x00%s\x00%s\x00%s\n", r.ID, r.Path, r.Code, r.Name)
	}
	if len(out) > 0 {
		tx.ChangedBatch("place", len(out), hex.EncodeToString(sum.Sum(nil)))
	}
	return out, nil
}

// grow checks the new places, gives them ids and paths, and writes them.
func grow(ctx context.Context, tx *op.Tx, all []New) ([]*record, error) {
	records := make([]*record, len(all))
	own := make(map[ref.Place]*record, len(all))
	for i, n := range all {
		r, err := n.record(tx)
		if err != nil {
			return nil, nth(err, i, len(all))
		}
		if own[r.ID] != nil {
			return nil, fmt.Errorf("entry %d has the id of an earlier one", i)
		}
		records[i], own[r.ID] = r, r
	}
	if err := allocate(ctx, tx, records, own); err != nil {
		return nil, err
	}
	return records, saved(insert(ctx, tx, records))
}

// nth says which entry of a batch is meant.
func nth(err error, i, of int) error {
	if of == 1 {
		return err
	}
	return fmt.Errorf("entry %d: %w", i, err)
}

func (n New) record(tx *op.Tx) (*record, error) {
	r := &record{Place: Place{ID: n.ID, Code: n.Code, Level: n.Level, Name: n.Name, NameEn: n.NameEn, ParentID: n.Parent,
		Population: n.Population, Floors: n.Floors, Extra: n.Extra, Version: 1, CreatedAt: tx.Now(), UpdatedAt: tx.Now()}}
	if r.ID == "" {
		r.ID = ref.Place(ids.New())
	}
	if err := check(r.Place); err != nil {
		return nil, err
	}
	var err error
	if n.Geometry != "" {
		r.shape, err = parseGeometry(n.Geometry)
	} else {
		r.shape, err = pointShape(n.Lon, n.Lat)
	}
	r.shape.place(&r.Place)
	return r, err
}

// allocate gives every record its path. Ordinals below a stored parent are taken as one
// range from the parent's counter, which also keeps two writers apart.
func allocate(ctx context.Context, tx *op.Tx, records []*record, own map[ref.Place]*record) error {
	wanted := map[ref.Place]int64{}
	var order []ref.Place // in the order of first use, so that two batches lock alike
	for _, r := range records {
		if own[r.ParentID] == nil {
			if wanted[r.ParentID] == 0 {
				order = append(order, r.ParentID)
			}
			wanted[r.ParentID]++
		}
	}
	stored := map[ref.Place]*record{}
	for _, id := range order {
		p, err := reserve(ctx, tx, id, wanted[id])
		if err != nil {
			return err
		}
		stored[id] = p
	}
	for i, r := range records {
		parent := own[r.ParentID]
		if parent == nil {
			parent = stored[r.ParentID]
		} else if parent.Path == "" {
			return fmt.Errorf("entry %d comes before its parent", i)
		}
		if parent.Level != "" && !r.Level.Below(parent.Level) {
			return nth(notBelow(r.Level, parent.Level), i, len(records))
		}
		parent.ordinals++
		r.Path = parent.Path + strconv.FormatInt(parent.ordinals, 10) + "."
	}
	return nil
}

func notBelow(child, parent Level) error {
	return fault.Invalidf("places.not_below", "a %s can't be below a %s", child.En(), parent.En()).With("level", "not_below").
		Param("level", string(child)).Param("parent_level", string(parent))
}

// reserve takes n ordinals below a stored place, or of new roots when id is empty, and
// returns the parent with its counter as it was before.
func reserve(ctx context.Context, tx *op.Tx, id ref.Place, n int64) (*record, error) {
	if id == "" {
		return reserveRoots(ctx, tx, n)
	}
	p, err := Load(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	r := &record{Place: p}
	const q = `UPDATE places SET ordinals = ordinals + $2 WHERE id = $1 RETURNING ordinals`
	if err := tx.QueryRow(ctx, q, string(id), n).Scan(&r.ordinals); err != nil {
		return nil, err
	}
	r.ordinals -= n
	return r, nil
}

func reserveRoots(ctx context.Context, tx *op.Tx, n int64) (*record, error) {
	if !tx.Scope().All() {
		return nil, fault.Forbiddenf("places.root_not_allowed", "only who answers for the whole tree may begin a new one")
	}
	r := &record{}
	const q = `UPDATE place_roots SET ordinals = ordinals + $1 WHERE id = 1 RETURNING ordinals`
	if err := tx.QueryRow(ctx, q, n).Scan(&r.ordinals); err != nil {
		return nil, err
	}
	r.ordinals -= n
	return r, nil
}
