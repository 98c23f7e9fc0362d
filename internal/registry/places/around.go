package places

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/paulmach/orb"

	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// Surroundings are the outlines that a place is drawn among.
type Surroundings struct {
	Parent     *Outline  `json:"parent" doc:"The nearest place above with an outline; null when there is none"`
	Neighbours []Outline `json:"neighbours" doc:"Places of the same level nearby, at most 300"`
}

// Outline is where a place is.
type Outline struct {
	ID       ref.Place       `json:"id"`
	Name     string          `json:"name"`
	NameEn   string          `json:"name_en"`
	Level    Level           `json:"level"`
	Geometry json.RawMessage `json:"geometry" doc:"GeoJSON"`
}

// maxNeighbours bounds one answer: more can't be told apart on a screen.
const maxNeighbours = 300

// Around returns what a place is drawn among: what it should lie in, and what it should
// not overlap.
func Around(ctx context.Context, tx *op.Tx, id ref.Place) (Surroundings, error) {
	p, err := Load(ctx, tx, id)
	if err != nil {
		return Surroundings{}, err
	}
	out := Surroundings{Neighbours: []Outline{}}
	var area orb.Bound
	known := false
	above, err := Ancestors(ctx, tx, p)
	if err != nil {
		return out, err
	}
	for i := len(above) - 1; i >= 0 && out.Parent == nil; i-- {
		if above[i].HasGeometry {
			s, err := loadShape(ctx, tx, above[i])
			if err != nil {
				return out, err
			}
			out.Parent = &Outline{above[i].ID, above[i].Name, above[i].NameEn, above[i].Level, json.RawMessage(s.text)}
			area, known = s.bound, true
		}
	}
	if s, err := loadShape(ctx, tx, p); err != nil {
		return out, err
	} else if s.known { // nearer than the whole parent
		const reach = 0.005 // degrees, about half a kilometre
		area, known = s.bound.Pad(reach), true
	}
	if known {
		out.Neighbours, err = within(ctx, tx, p, area)
	}
	return out, err
}

// within lists the other outlined places below the same parent, of the same level, that
// reach into an area.
func within(ctx context.Context, tx *op.Tx, p Place, area orb.Bound) ([]Outline, error) {
	args := []any{string(p.ID), string(p.Level), area.Min[0], area.Min[1], area.Max[0], area.Max[1], nullable(p.ParentID)}
	where := `id <> $1 AND west <= $5 AND east >= $3 AND south <= $6 AND north >= $4 AND geometry <> '' AND retired_on IS NULL AND parent_id = $7`
	where += ` AND level = $2 AND ` + tx.Scope().SQL("path", &args)
	args = append(args, maxNeighbours)
	q := `SELECT id, name, name_en, level, geometry FROM places WHERE ` + where + fmt.Sprintf(` ORDER BY id LIMIT $%d`, len(args))
	rows, err := tx.Query(ctx, q, args...)
	return store.Collect(rows, err, func(r store.Scanner) (o Outline, err error) {
		var text string
		err = r.Scan(&o.ID, &o.Name, &o.NameEn, &o.Level, &text)
		o.Geometry = json.RawMessage(text)
		return o, err
	})
}
