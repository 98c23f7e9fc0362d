package app

import (
	"context"
	"fmt"
	"time"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
)

// NewCity is what the command line says about a new city.
type NewCity struct {
	Name, NameEn, Code string
	Divisions          []string // files of divisions, any order
	OSM                []string // maps: .osm, .osm.pbf, or GeoJSON of roads
	Buildings          []string // GeoJSON of footprints
	Census             []string // totals by area
	Country            string   // two letters; "" finds it in the map
	AdminLevels        string   // "6=district,8=street,10=community"; "" takes the country's
	NoBlocks           bool     // no street blocks for buildings outside estates
	Chinese            bool
	Say                func(line string)
}

// CityStep is one file taken in, or one thing worked out.
type CityStep struct {
	What    string        `json:"what"`
	Seconds float64       `json:"seconds"`
	Import  *ImportResult `json:"import,omitempty"`
}

// CityResult is what was done, and how complete the register is now.
type CityResult struct {
	PlaceID  ref.Place       `json:"place_id"`
	Steps    []CityStep      `json:"steps"`
	Spread   *places.Spread  `json:"spread,omitempty"`
	Coverage places.Coverage `json:"coverage"`
}

// NewCity builds a register from open data: the tree from divisions, outlines, estates,
// buildings, addresses and roads from the map, population from census totals. Each step
// is an ordinary import: it shows in the list of imports, can be repeated and undone.
func (a *App) NewCity(ctx context.Context, n NewCity) (CityResult, error) {
	var out CityResult
	root, err := a.cityRoot(ctx, n)
	if err != nil {
		return out, err
	}
	out.PlaceID = root.ID
	take := func(kind string, files []string, r ImportRequest) error {
		for _, file := range files {
			begun := time.Now()
			r.Kind, r.Files, r.Under, r.Chinese, r.Say = kind, []string{file}, string(root.ID), n.Chinese, n.Say
			done, err := a.Import(ctx, r)
			if err != nil {
				return err
			}
			out.Steps = append(out.Steps, CityStep{What: kind + " " + file, Seconds: time.Since(begun).Seconds(), Import: &done})
		}
		return nil
	}
	answers := map[string]string{"country": n.Country, "admin_levels": n.AdminLevels}
	for _, step := range []func() error{
		func() error { return take("places", n.Divisions, ImportRequest{}) },
		func() error { return take("map", n.OSM, ImportRequest{Answers: answers, Blocks: !n.NoBlocks}) },
		func() error { return take("places", n.Buildings, ImportRequest{}) },
		func() error { return take("places", n.Census, ImportRequest{}) },
	} {
		if err := step(); err != nil {
			return out, err
		}
	}
	if err := a.spread(ctx, n, root.ID, &out); err != nil {
		return out, err
	}
	out.Coverage, err = a.CheckCity(ctx, string(root.ID))
	return out, err
}

// spread shares census totals among buildings, if there are any.
func (a *App) spread(ctx context.Context, n NewCity, root ref.Place, out *CityResult) error {
	begun := time.Now()
	s, err := do(ctx, a, places.UpdatePlace, func(ctx context.Context, tx *op.Tx) (places.Spread, error) { return places.Distribute(ctx, tx, root) })
	if err != nil {
		return fmt.Errorf("share the census among buildings: %w", err)
	}
	if s.Areas+s.Empty > 0 {
		out.Spread = &s
		out.Steps = append(out.Steps, CityStep{What: "population", Seconds: time.Since(begun).Seconds()})
	}
	return nil
}

// cityRoot finds the city, or makes it.
func (a *App) cityRoot(ctx context.Context, n NewCity) (places.Place, error) {
	return do(ctx, a, places.CreatePlace, func(ctx context.Context, tx *op.Tx) (places.Place, error) {
		for _, text := range []string{n.Code, n.Name} {
			if text == "" {
				continue
			}
			p, err := findPlace(ctx, tx, text)
			if err == nil || fault.KindOf(err) != fault.NotFound {
				return p, err
			}
		}
		return places.Create(ctx, tx, places.New{Level: places.City, Name: n.Name, NameEn: n.NameEn, Code: n.Code})
	})
}

// CheckCity tells how complete the register is at and below a place; "" is the only root.
func (a *App) CheckCity(ctx context.Context, under string) (places.Coverage, error) {
	return do(ctx, a, places.ViewPlace, func(ctx context.Context, tx *op.Tx) (places.Coverage, error) {
		p, err := onlyRoot(ctx, tx, under)
		if err != nil {
			return places.Coverage{}, err
		}
		return places.Cover(ctx, tx, p.ID)
	})
}

// CityDoubts lists what imports were not sure about.
func (a *App) CityDoubts(ctx context.Context, under string) ([]places.Doubt, error) {
	return do(ctx, a, places.ViewPlace, func(ctx context.Context, tx *op.Tx) ([]places.Doubt, error) {
		p, err := onlyRoot(ctx, tx, under)
		if err != nil {
			return nil, err
		}
		return places.Doubts(ctx, tx, p.ID)
	})
}

func onlyRoot(ctx context.Context, tx *op.Tx, text string) (places.Place, error) {
	if text != "" {
		return findPlace(ctx, tx, text)
	}
	top, err := roots(ctx, tx)
	if err != nil {
		return places.Place{}, err
	}
	if len(top) != 1 {
		return places.Place{}, fault.Invalidf("city.which_place", "the register has %d roots: say which place with --under", len(top)).Param("count", len(top))
	}
	return top[0], nil
}

// AddressAnswer is what `allclear city address` says about a text.
type AddressAnswer struct {
	places.Resolved
	Trail    string `json:"trail,omitempty"`
	ReasonZh string `json:"reason_zh,omitempty"`
	ReasonEn string `json:"reason_en,omitempty"`
}

// Coverage says how complete the register is.
type Coverage = places.Coverage

// ResolveAddress finds the place that a text means.
func (a *App) ResolveAddress(ctx context.Context, text, under string) (AddressAnswer, error) {
	return do(ctx, a, places.ResolveAddress, func(ctx context.Context, tx *op.Tx) (AddressAnswer, error) {
		p, err := onlyRoot(ctx, tx, under)
		if err != nil {
			return AddressAnswer{}, err
		}
		r, err := places.Resolve(ctx, tx, text, p.Path)
		if err != nil || r.PlaceID == "" {
			words := places.ReasonText(r.Reason)
			return AddressAnswer{Resolved: r, ReasonZh: words.Zh, ReasonEn: words.En}, err
		}
		trails, err := places.Trails(ctx, tx, []string{r.Path})
		return AddressAnswer{Resolved: r, Trail: trails[r.Path].String()}, err
	})
}
