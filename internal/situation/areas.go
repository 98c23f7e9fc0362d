package situation

import (
	"context"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// Areas compares the parts of a place on a day. The parts and the rest add up to the whole.
type Areas struct {
	On    store.Day `json:"on"`
	Items []Area    `json:"items"`
	Rest  Area      `json:"rest" doc:"What stands at the place itself and in none of its parts"`
	Whole Area      `json:"whole"`
}

// Area is one part.
type Area struct {
	PlaceID    ref.Place  `json:"place_id"`
	Name       string     `json:"name"`
	NameEn     string     `json:"name_en"`
	Level      string     `json:"level"`
	Population int        `json:"population"`
	Phase      string     `json:"phase" doc:"The phase in force there, its own or the nearest above"`
	New        Figures    `json:"new"`
	Cumulative Cumulative `json:"cumulative"`
}

// maxAreas bounds one answer; a finer level is asked for under a smaller place.
const maxAreas = 5000

// Areas answers for the direct children of the place, or for all places of a level below it.
func (s *Service) Areas(ctx context.Context, tx *op.Tx, q Question, level string) (Areas, error) {
	f, err := s.frame(ctx, tx, q.Incident, q.Place, nil)
	if err != nil {
		return Areas{}, err
	}
	on, err := f.day(q.On)
	if err != nil {
		return Areas{}, err
	}
	parts, err := f.parts(ctx, tx, level)
	if err != nil {
		return Areas{}, err
	}
	reporters, err := f.reported(ctx, tx, f.place.Path, on)
	if err != nil {
		return Areas{}, err
	}
	paths := []string{f.place.Path}
	for _, p := range parts {
		paths = append(paths, p.Path)
	}
	listed, err := f.divide(ctx, tx, f.place.Path, paths, reporters, on)
	if err != nil {
		return Areas{}, err
	}
	return f.assemble(ctx, tx, on, parts, func(path string) days { return combine(path, listed, below(reporters, path)).days })
}

func (f frame) parts(ctx context.Context, tx *op.Tx, level string) ([]Place, error) {
	args := []any{f.place.ID}
	where := "parent_id = $1"
	if level != "" {
		args = []any{level}
		where = "level = $1 AND " + access.Under(f.place.Path).SQL("path", &args)
	}
	rows, err := tx.Query(ctx, `SELECT id, path, name, name_en, level, population FROM places WHERE `+where+` ORDER BY length(path), path LIMIT 5001`, args...)
	parts, err := store.Collect(rows, err, func(r store.Scanner) (p Place, err error) {
		return p, r.Scan(&p.ID, &p.Path, &p.Name, &p.NameEn, &p.Level, &p.Population)
	})
	if err == nil && len(parts) > maxAreas {
		err = fault.Invalidf("situation.too_many_areas", "more than %d places: choose a smaller place or a coarser level", maxAreas).Param("max", maxAreas)
	}
	return parts, err
}

// assemble puts the answer together; counts are those of the place or of a part.
func (f frame) assemble(ctx context.Context, tx *op.Tx, on store.Day, parts []Place, counts func(path string) days) (Areas, error) {
	phases, err := f.phases(ctx, tx, on)
	if err != nil {
		return Areas{}, err
	}
	out := Areas{On: on, Items: []Area{}}
	whole := counts(f.place.Path)
	restNew, restAll := whole[on], whole.until(on)
	for _, p := range parts {
		d := counts(p.Path)
		out.Items = append(out.Items, area(p, d[on], d.until(on), phaseAt(phases, p.Path)))
		restNew.subtract(d[on])
		restAll.subtract(d.until(on))
	}
	out.Rest = area(Place{Level: f.place.Level}, restNew, restAll, "")
	out.Whole = area(f.place, whole[on], whole.until(on), phaseAt(phases, f.place.Path))
	return out, nil
}

func area(p Place, onDay, all tally, phase string) Area {
	return Area{
		PlaceID: p.ID, Name: p.Name, NameEn: p.NameEn, Level: p.Level, Population: p.Population, Phase: phase,
		New: onDay.figures(), Cumulative: all.cumulative(),
	}
}

// phases returns the phase in force on a day by the path of the place it was declared for.
func (f frame) phases(ctx context.Context, tx *op.Tx, on store.Day) (map[string]string, error) {
	out := map[string]string{}
	const q = `
		SELECT place_path, phase FROM incident_phases
		WHERE  incident_id = $1 AND starts_on <= $2 AND (ends_on IS NULL OR ends_on >= $2)
		ORDER  BY starts_on`
	err := eachRow(ctx, tx, q, []any{f.incident, on}, func(r store.Scanner) error {
		var path, phase string
		err := r.Scan(&path, &phase)
		out[path] = phase
		return err
	})
	return out, err
}

// phaseAt returns the phase of the place itself or of the nearest place above it.
func phaseAt(phases map[string]string, path string) string {
	for ; path != ""; path = access.ParentPath(path) {
		if phase, ok := phases[path]; ok {
			return phase
		}
	}
	return ""
}
