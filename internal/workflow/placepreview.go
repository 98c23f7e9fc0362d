package workflow

import (
	"context"
	"errors"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
	"github.com/allclear/allclear/internal/registry/places"
)

// PlacePlan is a change of the tree that somebody thinks about.
type PlacePlan struct {
	Kind     places.ChangeKind
	Place    ref.Place
	Parent   ref.Place   // move
	Others   []ref.Place // merge: the places that become part of Place
	Children []ref.Place // split: those that go to a new place
}

// PlaceEffect is what would follow the change, and what stands against it.
type PlaceEffect struct {
	Places   int64          `json:"places" doc:"Places whose path changes or that end, the place itself included"`
	People   int64          `json:"people" doc:"People registered there"`
	Cases    int64          `json:"cases"`
	Totals   int64          `json:"totals" doc:"Reported daily totals"`
	Rounds   int64          `json:"rounds" doc:"Screening rounds"`
	Roles    int64          `json:"roles" doc:"Roles held there, which follow"`
	Blockers []*fault.Error `json:"-"`
}

// PreviewPlaceChange counts what a change would take along, without making it.
func (w *Workflow) PreviewPlaceChange(ctx context.Context, tx *op.Tx, plan PlacePlan) (PlaceEffect, error) {
	var out PlaceEffect
	p, err := places.Load(ctx, tx, plan.Place)
	if err != nil {
		return out, err
	}
	if p.RetiredOn != "" && plan.Kind != places.Reopened {
		out.block(fault.Conflictf("places.retired", "the place is no longer there since %s", p.RetiredOn).Param("day", string(p.RetiredOn)))
		return out, nil
	}
	var paths []string
	switch plan.Kind {
	case places.Moved:
		paths = []string{p.Path}
		if plan.Parent != "" {
			err = out.block(mayLeave(ctx, tx, p.Path, plan.Parent))
		}
	case places.Retired:
		paths = []string{p.Path}
		err = out.block(mayEnd(ctx, tx, p))
	case places.Merged:
		for _, id := range plan.Others {
			if paths, err = out.plan(ctx, tx, paths, id, func() error { return mayJoin(ctx, tx, p, id) }); err != nil {
				return out, err
			}
		}
	case places.Divided:
		for _, id := range plan.Children {
			if paths, err = out.plan(ctx, tx, paths, id, func() error { return mayPart(ctx, tx, p, id) }); err != nil {
				return out, err
			}
		}
	default:
		paths = []string{p.Path}
	}
	if err != nil {
		return out, err
	}
	for _, path := range paths {
		if err := out.count(ctx, tx, path); err != nil {
			return out, err
		}
	}
	return out, nil
}

func (e *PlaceEffect) plan(ctx context.Context, tx *op.Tx, paths []string, id ref.Place, may func() error) ([]string, error) {
	p, err := places.Load(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	return append(paths, p.Path), e.block(may())
}

// block keeps a fault that speaks against the change, each code once, and passes on any
// other error.
func (e *PlaceEffect) block(err error) error {
	if k := fault.KindOf(err); err == nil || k != fault.Conflict && k != fault.Forbidden && k != fault.Invalid {
		return err
	}
	var f *fault.Error
	if errors.As(err, &f) {
		for _, b := range e.Blockers {
			if b.Code == f.Code {
				return nil
			}
		}
		e.Blockers = append(e.Blockers, f)
	}
	return nil
}

func (e *PlaceEffect) count(ctx context.Context, tx *op.Tx, path string) error {
	lived, err := people.CountAt(ctx, tx, path)
	if err != nil {
		return err
	}
	e.People += lived
	for _, c := range []struct {
		to *int64
		q  string
	}{
		{&e.Places, `SELECT count(*) FROM places WHERE path >= $1 AND path < $2`},
		{&e.Cases, `SELECT count(*) FROM cases WHERE place_path >= $1 AND place_path < $2`},
		{&e.Totals, `SELECT count(*) FROM daily_counts WHERE place_path >= $1 AND place_path < $2`},
		{&e.Rounds, `SELECT count(*) FROM screening_rounds WHERE place_path >= $1 AND place_path < $2`},
		{&e.Roles, `SELECT count(*) FROM user_grants WHERE place_path >= $1 AND place_path < $2`},
	} {
		var n int64
		if err := tx.QueryRow(ctx, c.q, path, access.End(path)).Scan(&n); err != nil {
			return err
		}
		*c.to += n
	}
	return nil
}
