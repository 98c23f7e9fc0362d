package situation

import (
	"context"
	"encoding/json"
	"time"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/science/protocol"
)

// Operations of this package.
var (
	View          = op.Define("situation.view", op.View)
	ViewClearance = op.Define("clearance.view", op.View)
)

// Service answers questions about the situation.
type Service struct {
	packs *protocol.Library
}

// New returns the service; packs are the protocol packs in force.
func New(packs *protocol.Library) *Service { return &Service{packs: packs} }

// Place names a place in an answer.
type Place struct {
	ID         ref.Place `json:"id"`
	Path       string    `json:"path"`
	Name       string    `json:"name"`
	NameEn     string    `json:"name_en"`
	Level      string    `json:"level"`
	Population int       `json:"population"`
	Trail      string    `json:"trail"`
}

// frame is what every question is asked within: an incident, a place, and the rules.
type frame struct {
	incident  ref.Incident
	started   store.Day
	location  *time.Location
	rules     *protocol.Rules
	rulesText string
	place     Place
	last      store.Day // the newest day with records of this incident
}

// frame loads the incident and the place, which must be in the caller's scope. An empty
// place means the incident's own. Overlays, if given, replace the incident's own for a
// what-if.
func (s *Service) frame(ctx context.Context, tx *op.Tx, incident ref.Incident, place ref.Place, overlays []string) (frame, error) {
	var f frame
	var incidentPlace ref.Place
	var pack, ownOverlays, zone string
	const q = `SELECT id, place_id, pack, overlays, time_zone, started_on FROM incidents WHERE id = $1`
	err := tx.QueryRow(ctx, q, incident).Scan(&f.incident, &incidentPlace, &pack, &ownOverlays, &zone, &f.started)
	if fault.KindOf(err) == fault.NotFound {
		return f, fault.NotFoundf("incident.not_found", "there is no such incident")
	}
	if err != nil {
		return f, err
	}
	if place == "" {
		place = incidentPlace
	}
	if f.place, err = loadPlace(ctx, tx, place); err != nil {
		return f, err
	}
	if f.location, err = time.LoadLocation(zone); err != nil {
		return f, err
	}
	if overlays == nil {
		if err := json.Unmarshal([]byte(ownOverlays), &overlays); err != nil {
			return f, err
		}
	}
	if f.rules, err = s.packs.Resolve(pack, overlays); err != nil {
		return f, fault.Invalidf("protocol.unknown", "%v", err)
	}
	f.last, err = lastRecord(ctx, tx, incident, f.started)
	return f, err
}

func loadPlace(ctx context.Context, tx *op.Tx, id ref.Place) (Place, error) {
	var p Place
	const q = `SELECT id, path, name, name_en, level, population FROM places WHERE id = $1`
	err := tx.QueryRow(ctx, q, id).Scan(&p.ID, &p.Path, &p.Name, &p.NameEn, &p.Level, &p.Population)
	if fault.KindOf(err) == fault.NotFound || (err == nil && !tx.Scope().Contains(p.Path)) {
		return p, fault.NotFoundf("places.not_found", "there is no such place")
	}
	if err != nil {
		return p, err
	}
	p.Trail, err = trail(ctx, tx, p.Path)
	return p, err
}

// trail returns "city › district › street" of the place with this path.
func trail(ctx context.Context, tx *op.Tx, path string) (string, error) {
	args := []any{}
	for i, r := range path {
		if r == '.' {
			args = append(args, path[:i+1])
		}
	}
	rows, err := tx.Query(ctx, `SELECT name FROM places WHERE path IN (`+placeholders(1, len(args))+`) ORDER BY length(path)`, args...)
	names, err := store.Collect(rows, err, func(r store.Scanner) (n string, err error) { return n, r.Scan(&n) })
	if err != nil {
		return "", err
	}
	text := ""
	for i, n := range names {
		if i > 0 {
			text += " › "
		}
		text += n
	}
	return text, nil
}

// LastRecord returns the newest day for which the incident holds anything that counts,
// and its first day if there is nothing yet.
func (s *Service) LastRecord(ctx context.Context, tx *op.Tx, incident ref.Incident, started store.Day) (store.Day, error) {
	return lastRecord(ctx, tx, incident, started)
}

// lastRecord returns the newest day for which the incident holds anything that counts:
// a case, a reported total, or a closed screening round.
func lastRecord(ctx context.Context, tx *op.Tx, incident ref.Incident, started store.Day) (store.Day, error) {
	last := started
	for _, q := range []string{
		`SELECT max(counted_on) FROM cases WHERE incident_id = $1 AND counted_as <> ''`,
		`SELECT max(on_day) FROM daily_counts WHERE incident_id = $1`,
		`SELECT max(closed_on) FROM screening_rounds WHERE incident_id = $1`,
	} {
		var day store.Day
		if err := tx.QueryRow(ctx, q, incident).Scan(&day); err != nil {
			return last, err
		}
		last = max(last, day)
	}
	return last, nil
}

// cutOff is the end of the day on, in the incident's time zone, as RFC 3339. The end of
// a day is written as the first instant of the next one.
func (f frame) cutOff(on store.Day) string {
	t, err := time.ParseInLocation(time.DateOnly, string(on.Add(1)), f.location)
	if err != nil {
		return ""
	}
	return t.Format(time.RFC3339)
}
