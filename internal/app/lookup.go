package app

import (
	"context"
	"fmt"
	"strings"

	"github.com/allclear/allclear/internal/command/incident"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
)

// findPlace finds the one place that the text means: an id, a code, a path or a name.
func findPlace(ctx context.Context, tx *op.Tx, text string) (places.Place, error) {
	for _, find := range []func() (places.Place, error){
		func() (places.Place, error) { return places.Load(ctx, tx, ref.Place(text)) },
		func() (places.Place, error) { return places.ByCode(ctx, tx, text) },
		func() (places.Place, error) { return places.ByPath(ctx, tx, text) },
	} {
		p, err := find()
		if err == nil || fault.KindOf(err) != fault.NotFound {
			return p, err
		}
	}
	found, err := places.Search(ctx, tx, text, places.SearchOptions{Limit: 5})
	if err != nil {
		return places.Place{}, err
	}
	var same []places.Place
	for _, p := range found {
		if p.Name == text || strings.EqualFold(p.NameEn, text) {
			same = append(same, p)
		}
	}
	switch len(same) {
	case 1:
		return same[0], nil
	case 0:
		return places.Place{}, fault.NotFoundf("places.unknown", "there is no place %q: give its code, name or id; `allclear import places` fills the register", text).Param("place", text)
	}
	return places.Place{}, fault.Invalidf("places.ambiguous", "%d places are called %q: give the code of the one you mean", len(same), text).Param("place", text)
}

// findIncident finds the one incident that the text means: an id or a name. An empty
// text means the only active one.
func (a *App) findIncident(ctx context.Context, tx *op.Tx, text string) (incident.Incident, error) {
	all, err := a.Incidents.List(ctx, tx)
	if err != nil {
		return incident.Incident{}, err
	}
	var found []incident.Incident
	for _, i := range all {
		switch {
		case string(i.ID) == text, text != "" && (i.Name == text || strings.EqualFold(i.NameEn, text)):
			return i, nil
		case text == "" && i.Status == incident.Active, len(text) >= 8 && strings.HasPrefix(string(i.ID), text):
			found = append(found, i)
		}
	}
	if len(found) == 1 {
		return found[0], nil
	}
	if text == "" {
		return incident.Incident{}, fault.Invalidf("incident.which", "there are %d active incidents: say which with --incident", len(found)).Param("count", len(found))
	}
	return incident.Incident{}, fault.NotFoundf("incident.unknown", "there is no incident %q: `allclear incident list` shows them", text).Param("incident", text)
}

// roots returns the places without a parent.
func roots(ctx context.Context, tx *op.Tx) ([]places.Place, error) {
	found, err := places.Find(ctx, tx, places.Filter{Limit: 2})
	return found.Items, err
}

// placeForIncident finds the place of a new incident. Without a name it is the only
// root; a register that is still empty gets a city of the given name.
func placeForIncident(ctx context.Context, tx *op.Tx, text, name string) (places.Place, error) {
	top, err := roots(ctx, tx)
	if err != nil {
		return places.Place{}, err
	}
	if len(top) == 0 {
		if text == "" {
			text = name
		}
		return places.Create(ctx, tx, places.New{Level: "city", Name: text})
	}
	if text != "" {
		return findPlace(ctx, tx, text)
	}
	if len(top) == 1 {
		return top[0], nil
	}
	return places.Place{}, fault.Invalidf("incident.which_place", "the register has several roots: say with --place where the incident is")
}

// Where names the incident, place and day of a question, as typed.
type Where struct {
	Incident, Place, On string
}

// resolve finds what was typed.
func (a *App) resolve(ctx context.Context, tx *op.Tx, w Where) (incident.Incident, ref.Place, error) {
	i, err := a.findIncident(ctx, tx, w.Incident)
	if err != nil || w.Place == "" {
		return i, i.PlaceID, err
	}
	p, err := findPlace(ctx, tx, w.Place)
	if err != nil {
		return i, "", fmt.Errorf("find the place: %w", err)
	}
	return i, p.ID, nil
}
