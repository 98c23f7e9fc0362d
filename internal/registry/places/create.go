package places

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
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
	var made record
	err := grow(ctx, tx, []New{n}, func(_ int, r *record) { made = *r })
	if err != nil {
		return Place{}, fmt.Errorf("create place: %w", err)
	}
	tx.At(made.Path)
	tx.Changed(made.ID.Ref(), nil, made.audited())
	return made.Place, nil
}

// Add creates many places at once, parents before their children, and records them in
// the trail as one batch with a digest. All or none are created.
func Add(ctx context.Context, tx *op.Tx, all []New) ([]Place, error) {
	out := make([]Place, len(all))
	return out, addBatch(ctx, tx, all, func(i int, r *record) { out[i] = r.Place })
}

// Plant is Add for a whole city: of each place it returns the path only, in the order of
// the entries, and gives an entry without an id one.
func Plant(ctx context.Context, tx *op.Tx, all []New) ([]string, error) {
	out := make([]string, len(all))
	return out, addBatch(ctx, tx, all, func(i int, r *record) { out[i], all[i].ID = r.Path, r.ID })
}

func addBatch(ctx context.Context, tx *op.Tx, all []New, each func(int, *record)) error {
	sum := sha256.New()
	err := grow(ctx, tx, all, func(i int, r *record) {
		each(i, r)
		fmt.Fprintf(sum, "%s\x00%s\x00%s\x00%s\n", r.ID, r.Path, r.Code, r.Name)
	})
	if err != nil {
		return fmt.Errorf("add places: %w", err)
	}
	if len(all) > 0 {
		tx.ChangedBatch("place", len(all), hex.EncodeToString(sum.Sum(nil)))
	}
	return nil
}

// nth says which entry of a batch is meant.
func nth(err error, i, of int) error {
	if of == 1 {
		return err
	}
	return fmt.Errorf("entry %d: %w", i, err)
}

func (n New) record(now store.Instant) (*record, error) {
	r := &record{Place: Place{ID: n.ID, Code: n.Code, Level: n.Level, Kind: n.Kind, Name: n.Name, NameEn: n.NameEn, ParentID: n.Parent,
		Population: n.Population, Floors: n.Floors, Height: n.Height, Extra: n.Extra, Version: 1, CreatedAt: now, UpdatedAt: now}}
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
	if p.RetiredOn != "" {
		return nil, fault.Conflictf("places.parent_retired", "nothing can be put below a place that is no longer there")
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
