package workflow

import (
	"context"
	"fmt"
	"maps"

	"github.com/allclear/allclear/internal/command/incident"
	"github.com/allclear/allclear/internal/control/cases"
	"github.com/allclear/allclear/internal/control/lab"
	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/accounts"
	"github.com/allclear/allclear/internal/platform/disclosure"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/views"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
	"github.com/allclear/allclear/internal/registry/places"
)

// repaths lets everything that carries the path of a place follow when a subtree moves:
// one function for each package that has such a table. A test walks the schema and
// fails when a table is missing.
var repaths = []struct {
	name   string
	follow func(ctx context.Context, tx *op.Tx, from, to string) (int64, error)
}{
	{"people", people.Repath},
	{"bulk changes", people.RepathBulks},
	{"cases", cases.Repath},
	{"rounds", lab.Repath},
	{"incidents", incident.Repath},
	{"accounts", accounts.Repath},
	{"disclosure", disclosure.Repath},
	{"views", func(ctx context.Context, tx *op.Tx, from, to string) (int64, error) {
		return views.Repath(ctx, tx, from, to, access.End(from))
	}},
}

// reassigns hands over what stands at a place itself when it becomes part of another.
var reassigns = []func(ctx context.Context, tx *op.Tx, h places.Handover) (map[string][]string, error){
	places.Reassign, people.Reassign, cases.Reassign, lab.Reassign, incident.Reassign,
}

// follow lets all tables go the steps that the tree went.
func follow(ctx context.Context, tx *op.Tx, steps []places.Step) error {
	for _, s := range steps {
		for _, r := range repaths {
			if _, err := r.follow(ctx, tx, s.From, s.To); err != nil {
				return fmt.Errorf("let %s follow from %s to %s: %w", r.name, s.From, s.To, err)
			}
		}
	}
	return nil
}

// handOver gives what stands at one place to another, and returns the ids by table.
func handOver(ctx context.Context, tx *op.Tx, h places.Handover) (map[string][]string, error) {
	out := map[string][]string{}
	for _, reassign := range reassigns {
		ids, err := reassign(ctx, tx, h)
		if err != nil {
			return nil, err
		}
		maps.Copy(out, ids)
	}
	return out, nil
}

// MovePlace puts a place under another parent from a day on; people, cases, roles and
// all else that stands there go with it.
func (w *Workflow) MovePlace(ctx context.Context, tx *op.Tx, id ref.Place, version int64, parent ref.Place, d places.Deed) (places.Place, error) {
	before, err := places.Load(ctx, tx, id)
	if err != nil {
		return before, err
	}
	if err := mayLeave(ctx, tx, before.Path, parent); err != nil {
		return before, err
	}
	after, _, steps, err := places.Move(ctx, tx, id, version, parent, d)
	if err != nil {
		return before, err
	}
	return after, follow(ctx, tx, steps)
}

// Part is one of the new places of a split, with the people of the place itself who go there.
type Part struct {
	places.Part
	People []ref.Person
}

// Split is a place after it was divided, and the new places.
type Split struct {
	Place places.Place   `json:"place"`
	Parts []places.Place `json:"parts"`
}

// SplitPlace divides a place from a day on: children, people and the outline are assigned
// to what is left of it and to the new places.
func (w *Workflow) SplitPlace(ctx context.Context, tx *op.Tx, id ref.Place, version int64, outline *string, parts []Part, d places.Deed) (Split, error) {
	whole, err := places.Load(ctx, tx, id)
	if err != nil {
		return Split{}, err
	}
	v := places.Division{Geometry: outline}
	for _, p := range parts {
		for _, child := range p.Children {
			if err := mayPart(ctx, tx, whole, child); err != nil {
				return Split{}, err
			}
		}
		v.Parts = append(v.Parts, p.Part)
	}
	made, _, steps, err := places.Split(ctx, tx, id, version, v, d)
	if err != nil {
		return Split{}, err
	}
	if err := follow(ctx, tx, steps); err != nil {
		return Split{}, err
	}
	for i, p := range parts {
		if err := settle(ctx, tx, whole, made[i], p.People); err != nil {
			return Split{}, err
		}
	}
	after, err := places.Load(ctx, tx, id)
	return Split{after, made}, err
}

// MergePlaces makes other places part of one, from a day on.
func (w *Workflow) MergePlaces(ctx context.Context, tx *op.Tx, id ref.Place, version int64, others []ref.Place, d places.Deed) (places.Place, error) {
	into, err := places.Load(ctx, tx, id)
	if err != nil {
		return into, err
	}
	for _, other := range others {
		if err := mayJoin(ctx, tx, into, other); err != nil {
			return into, err
		}
	}
	after, gone, change, steps, err := places.Merge(ctx, tx, id, version, others, d)
	if err != nil {
		return into, err
	}
	if err := follow(ctx, tx, steps); err != nil {
		return into, err
	}
	standing := places.Standing{}
	for _, g := range gone {
		h := places.Handover{From: g.ID, To: after.ID, FromPath: g.Path, ToPath: after.Path}
		if standing[g.ID], err = handOver(ctx, tx, h); err != nil {
			return into, err
		}
		if err := accounts.Rehome(ctx, tx, g.Path, after.Path); err != nil {
			return into, err
		}
	}
	if err := change.HandedOver(ctx, tx, standing); err != nil {
		return into, err
	}
	return places.Load(ctx, tx, id)
}

// RetirePlace ends a place where nobody lives any more.
func (w *Workflow) RetirePlace(ctx context.Context, tx *op.Tx, id ref.Place, version int64, d places.Deed) (places.Place, error) {
	p, err := places.Load(ctx, tx, id)
	if err != nil {
		return p, err
	}
	if err := mayEnd(ctx, tx, p); err != nil {
		return p, err
	}
	after, _, err := places.Retire(ctx, tx, id, version, d)
	return after, err
}

// UndoPlaceChange takes the last change of a place back, with all that followed it.
func (w *Workflow) UndoPlaceChange(ctx context.Context, tx *op.Tx, id string) (places.Undone, error) {
	u, err := places.Undo(ctx, tx, id)
	if err != nil {
		return u, err
	}
	for _, h := range u.Handovers {
		if h.Only == nil {
			if err := mayHandOver(ctx, tx, h.From); err != nil {
				return u, err
			}
		}
	}
	if err := follow(ctx, tx, u.Steps); err != nil {
		return u, err
	}
	for _, h := range u.Handovers {
		if _, err := handOver(ctx, tx, h); err != nil {
			return u, err
		}
	}
	return u, nil
}
