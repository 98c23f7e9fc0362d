package situation

import (
	"context"
	"slices"
	"strings"

	"github.com/allclear/allclear/internal/platform/access"
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
	reporters, err := f.reported(ctx, tx, f.place.Path, to)
	if err != nil {
		return out, err
	}
	parts, err := f.pathsOf(ctx, tx, q.Level)
	if err != nil {
		return out, err
	}
	listed, err := f.divide(ctx, tx, f.place.Path, append(parts, f.place.Path), reporters, to)
	if err != nil {
		return out, err
	}
	counts := map[string]days{}
	for _, p := range parts {
		if c := combine(p, listed, below(reporters, p)).days; len(c) > 0 {
			counts[p] = c
		}
	}
	out.Items, err = mapPlaces(ctx, tx, counts, out.Days)
	for d, t := range combine(f.place.Path, listed, reporters).days {
		if d >= from {
			out.Elsewhere += t.infections()
		}
	}
	for _, item := range out.Items {
		out.Elsewhere -= item.Figures.Infections
	}
	return out, err
}

// pathsOf returns the paths of the places of a level at or below the place.
func (f frame) pathsOf(ctx context.Context, tx *op.Tx, level string) ([]string, error) {
	args := []any{level}
	rows, err := tx.Query(ctx, `SELECT path FROM places WHERE level = $1 AND `+access.Under(f.place.Path).SQL("path", &args), args...)
	return store.Collect(rows, err, func(r store.Scanner) (path string, err error) { return path, r.Scan(&path) })
}

func mapPlaces(ctx context.Context, tx *op.Tx, counts map[string]days, order []store.Day) ([]MapPlace, error) {
	paths := make([]any, 0, len(counts))
	for path := range counts {
		paths = append(paths, path)
	}
	out := []MapPlace{}
	for chunk := range slices.Chunk(paths, 500) {
		rows, err := tx.Query(ctx, `SELECT id, path, name, name_en, lon, lat FROM places WHERE path IN (`+placeholders(1, len(chunk))+`)`, chunk...)
		part, err := store.Collect(rows, err, func(r store.Scanner) (p MapPlace, err error) {
			return p, r.Scan(&p.PlaceID, &p.Path, &p.Name, &p.NameEn, &p.Lon, &p.Lat)
		})
		if err != nil {
			return nil, err
		}
		out = append(out, part...)
	}
	for i := range out {
		out[i].fill(counts[out[i].Path], order)
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
