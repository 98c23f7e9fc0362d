package situation

import (
	"context"
	"slices"
	"strings"

	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// MapQuestion asks for the outbreak by place.
type MapQuestion struct {
	Question
	Level    string // the level of the places to count at
	From, To store.Day
}

// MapAnswer holds the places of a level that have infections in a range of days. The
// shapes themselves come as vector tiles.
type MapAnswer struct {
	Level string      `json:"level"`
	Days  []store.Day `json:"days"`
	Items []MapPlace  `json:"items"`
	// Elsewhere counts infections in the range that stand at no place of this level.
	Elsewhere int `json:"elsewhere"`
}

// MapPlace is one place with its infections by day, in the order of MapAnswer.Days.
type MapPlace struct {
	PlaceID   ref.Place `json:"place_id"`
	Path      string    `json:"path"`
	Name      string    `json:"name"`
	NameEn    string    `json:"name_en"`
	Lon       *float64  `json:"lon"`
	Lat       *float64  `json:"lat"`
	Figures   Figures   `json:"figures" doc:"Sum over the range"`
	Series    []int     `json:"series" doc:"Infections by day"`
	Community []int     `json:"community" doc:"Of these, found in the community"`
}

// Map answers for the places of a level below the place.
func (s *Service) Map(ctx context.Context, tx *op.Tx, q MapQuestion) (MapAnswer, error) {
	f, err := s.frame(ctx, tx, q.Incident, q.Place, nil)
	if err != nil {
		return MapAnswer{}, err
	}
	from, to, err := f.between(q.From, q.To)
	if err != nil {
		return MapAnswer{}, err
	}
	out := MapAnswer{Level: q.Level, Days: []store.Day{}, Items: []MapPlace{}}
	for d := from; d <= to; d = d.Add(1) {
		out.Days = append(out.Days, d)
	}
	counts := map[ref.Place]days{}
	err = f.eachGroupOf(ctx, tx, byLevel(q.Level, f.place.Path), to, func(key string, on store.Day, t tally) {
		if on >= from {
			if counts[ref.Place(key)] == nil {
				counts[ref.Place(key)] = days{}
			}
			counts[ref.Place(key)].add(on, t)
		}
	})
	if err != nil {
		return out, err
	}
	if err := f.reportedOnMap(ctx, tx, q.Level, from, to, counts); err != nil {
		return out, err
	}
	whole, err := f.count(ctx, tx, f.place.Path, to)
	if err != nil {
		return out, err
	}
	out.Items, err = mapPlaces(ctx, tx, counts, out.Days)
	for d, t := range whole.days {
		if d >= from {
			out.Elsewhere += t.infections()
		}
	}
	for _, item := range out.Items {
		out.Elsewhere -= item.Figures.Infections
	}
	return out, err
}

// reportedOnMap lets the totals reported at places of this level, or below them,
// replace what the line list says of the place.
func (f frame) reportedOnMap(ctx context.Context, tx *op.Tx, level string, from, to store.Day, counts map[ref.Place]days) error {
	reporters, err := f.reported(ctx, tx, f.place.Path, to)
	if err != nil || len(reporters) == 0 {
		return err
	}
	parts, err := f.parts(ctx, tx, level)
	if err != nil {
		return err
	}
	for _, p := range parts {
		holds := slices.ContainsFunc(reporters, func(r reporter) bool { return strings.HasPrefix(r.place.Path, p.Path) })
		if !holds {
			continue
		}
		c, err := f.count(ctx, tx, p.Path, to)
		if err != nil {
			return err
		}
		counts[p.ID] = days{}
		for d, t := range c.days {
			if d >= from {
				counts[p.ID].add(d, t)
			}
		}
	}
	return nil
}

func mapPlaces(ctx context.Context, tx *op.Tx, counts map[ref.Place]days, order []store.Day) ([]MapPlace, error) {
	ids := make([]any, 0, len(counts))
	for id := range counts {
		ids = append(ids, id)
	}
	out := []MapPlace{}
	for chunk := range slices.Chunk(ids, 500) {
		rows, err := tx.Query(ctx, `SELECT id, path, name, name_en, lon, lat FROM places WHERE id IN (`+placeholders(1, len(chunk))+`)`, chunk...)
		part, err := store.Collect(rows, err, func(r store.Scanner) (p MapPlace, err error) {
			return p, r.Scan(&p.PlaceID, &p.Path, &p.Name, &p.NameEn, &p.Lon, &p.Lat)
		})
		if err != nil {
			return nil, err
		}
		out = append(out, part...)
	}
	for i := range out {
		out[i].fill(counts[out[i].PlaceID], order)
	}
	out = slices.DeleteFunc(out, func(p MapPlace) bool { return p.Figures.Infections == 0 && p.Figures.Confirmed == 0 })
	slices.SortFunc(out, func(a, b MapPlace) int { return strings.Compare(a.Path, b.Path) })
	return out, nil
}

func (p *MapPlace) fill(d days, order []store.Day) {
	var sum tally
	p.Series, p.Community = make([]int, len(order)), make([]int, len(order))
	for i, on := range order {
		t := d[on]
		sum.add(t)
		p.Series[i], p.Community[i] = t.infections(), t.community
	}
	p.Figures = sum.figures()
}
