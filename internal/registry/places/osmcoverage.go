package places

import (
	"context"
	"strings"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// Coverage says how complete the register is below a place.
type Coverage struct {
	Place  string          `json:"place"`
	Levels []LevelCoverage `json:"levels"`
	// BuildingsOutside are buildings in no estate, EstatesOutside estates in no community.
	BuildingsOutside int64 `json:"buildings_without_compound"`
	EstatesOutside   int64 `json:"compounds_without_community"`
	// StreetBlocks are estates made from the roads around them.
	StreetBlocks    int64 `json:"street_blocks"`
	FloorsKnown     int64 `json:"buildings_with_floors"`
	FloorsEstimated int64 `json:"buildings_with_estimated_floors"`
	// Census is the sum of the totals of the smallest areas that have one; Housed what the
	// buildings hold, of which Estimated was worked out.
	Census    int64 `json:"census_population"`
	Housed    int64 `json:"population_in_buildings"`
	Estimated int64 `json:"population_estimated"`
	Roads     int64 `json:"roads"`
	RoadNames int64 `json:"road_names"`
	RoadKm    int64 `json:"road_km"`
	Entrances int64 `json:"entrances"`
	// Addressed are buildings with an address on the map.
	Addressed int64            `json:"buildings_with_address"`
	Addresses int64            `json:"addresses"`
	Doubts    map[string]int64 `json:"doubts"`
	OpenTexts int64            `json:"open_address_texts"`
}

// LevelCoverage counts the places of one level.
type LevelCoverage struct {
	Level    Level `json:"level"`
	Count    int64 `json:"count"`
	Located  int64 `json:"located"`  // with a point or outline
	Outlined int64 `json:"outlined"` // with an outline
}

// Cover counts what the register knows below a place, itself included.
func Cover(ctx context.Context, tx *op.Tx, id ref.Place) (Coverage, error) {
	root, err := Load(ctx, tx, id)
	if err != nil {
		return Coverage{}, err
	}
	c := Coverage{Place: root.Name, Doubts: map[string]int64{}}
	from, to := root.Path, access.End(root.Path)
	byLevel := map[Level]LevelCoverage{}
	rows, err := tx.Query(ctx, `SELECT level, count(*), count(lon), count(*) FILTER (WHERE geometry <> '') FROM places
		WHERE path >= $1 AND path < $2 AND retired_on IS NULL GROUP BY level`, from, to)
	if _, err = store.Collect(rows, err, func(r store.Scanner) (struct{}, error) {
		var l LevelCoverage
		err := r.Scan(&l.Level, &l.Count, &l.Located, &l.Outlined)
		byLevel[l.Level] = l
		return struct{}{}, err
	}); err != nil {
		return c, err
	}
	for _, l := range Levels {
		if x, ok := byLevel[l]; ok {
			c.Levels = append(c.Levels, x)
		}
	}
	for _, q := range []struct {
		sql string
		dst []any
	}{
		{`SELECT count(*) FILTER (WHERE u.level <> 'compound' AND u.level <> 'building'), count(*) FILTER (WHERE p.floors > 0), count(*) FILTER (WHERE p.extra LIKE '%floors_estimated%'),
			coalesce(CAST(sum(p.population) AS BIGINT), 0), coalesce(CAST(sum(CASE WHEN p.extra LIKE '%population_estimated%' THEN p.population ELSE 0 END) AS BIGINT), 0)
			FROM places p JOIN places u ON u.id = p.parent_id WHERE p.path >= $1 AND p.path < $2 AND p.level = 'building' AND p.retired_on IS NULL`,
			[]any{&c.BuildingsOutside, &c.FloorsKnown, &c.FloorsEstimated, &c.Housed, &c.Estimated}},
		{`SELECT count(*) FILTER (WHERE u.level <> 'community' AND u.level <> 'compound'), count(*) FILTER (WHERE p.kind = 'street_block')
			FROM places p JOIN places u ON u.id = p.parent_id WHERE p.path >= $1 AND p.path < $2 AND p.level = 'compound' AND p.retired_on IS NULL`,
			[]any{&c.EstatesOutside, &c.StreetBlocks}},
		{`SELECT count(*), count(DISTINCT key) - count(DISTINCT CASE WHEN key = '' THEN key END), coalesce(CAST(sum(metres) AS BIGINT), 0) / 1000 FROM roads WHERE place_path >= $1 AND place_path < $2`,
			[]any{&c.Roads, &c.RoadNames, &c.RoadKm}},
		{`SELECT count(*) FROM entrances WHERE place_path >= $1 AND place_path < $2`, []any{&c.Entrances}},
		{`SELECT count(*), count(DISTINCT CASE WHEN p.level = 'building' THEN p.id END) FROM addresses a JOIN places p ON p.id = a.place_id
			WHERE a.place_path >= $1 AND a.place_path < $2`, []any{&c.Addresses, &c.Addressed}},
		{`SELECT count(*) FROM address_matches WHERE state = 'open' AND within_path >= $1 AND within_path < $2`, []any{&c.OpenTexts}},
	} {
		if err := tx.QueryRow(ctx, q.sql, from, to).Scan(q.dst...); err != nil {
			return c, err
		}
	}
	return c, c.more(ctx, tx, from, to)
}

func (c *Coverage) more(ctx context.Context, tx *op.Tx, from, to string) error {
	rows, err := tx.Query(ctx, `SELECT d.code, count(*) FROM place_doubts d JOIN places p ON p.id = d.place_id WHERE p.path >= $1 AND p.path < $2 GROUP BY d.code`, from, to)
	if _, err = store.Collect(rows, err, func(r store.Scanner) (struct{}, error) {
		var code string
		var n int64
		err := r.Scan(&code, &n)
		c.Doubts[code] = n
		return struct{}{}, err
	}); err != nil {
		return err
	}
	areas, err := censusAreas(ctx, tx, strings.TrimSuffix(to, "/")+".")
	for _, a := range areas {
		c.Census += a.own
	}
	return err
}

// Doubt is something an import was not sure about.
type Doubt struct {
	PlaceID ref.Place `json:"place_id"`
	Name    string    `json:"name"`
	Code    string    `json:"code"`   // overlaps, nearest
	Detail  ref.Place `json:"detail"` // the other place
	Other   string    `json:"other"`  // its name
}

// Doubts lists what imports were not sure about below a place, 500 at most.
func Doubts(ctx context.Context, tx *op.Tx, id ref.Place) ([]Doubt, error) {
	root, err := Load(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	const q = `SELECT d.place_id, p.name, d.code, d.detail, o.name FROM place_doubts d JOIN places p ON p.id = d.place_id LEFT JOIN places o ON o.id = d.detail
		WHERE p.path >= $1 AND p.path < $2 ORDER BY d.code, p.path LIMIT 500`
	rows, err := tx.Query(ctx, q, root.Path, access.End(root.Path))
	return store.Collect(rows, err, func(r store.Scanner) (d Doubt, err error) {
		return d, r.Scan(&d.PlaceID, &d.Name, &d.Code, &d.Detail, store.Optional(&d.Other))
	})
}
