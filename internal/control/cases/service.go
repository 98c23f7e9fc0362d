package cases

import (
	"context"
	"strings"
	"time"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/vault"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
	"github.com/allclear/allclear/internal/registry/places"
	"github.com/allclear/allclear/internal/science/protocol"
)

// Frame is what cases must know of their incident.
type Frame struct {
	ID        ref.Incident
	PlaceID   ref.Place
	PlacePath string
	Zone      *time.Location
	StartedOn store.Day
	Rules     *protocol.Rules
}

// FrameOf returns the frame of an incident that the caller can see; else a fault of
// kind NotFound.
type FrameOf func(ctx context.Context, tx *op.Tx, id ref.Incident) (Frame, error)

// Service does the work of this domain.
type Service struct {
	vault   *vault.Vault
	people  *people.Service
	frameOf FrameOf
}

// NewService returns the service.
func NewService(v *vault.Vault, p *people.Service, frameOf FrameOf) *Service {
	return &Service{vault: v, people: p, frameOf: frameOf}
}

// today is the present day of the incident.
func (f Frame) today(now store.Instant) store.Day { return store.DayOf(now.Time(), f.Zone) }

// latest is the last day that may be written down: tomorrow, because clocks and time
// zones of those who report differ.
func (f Frame) latest(now store.Instant) store.Day { return f.today(now).Add(1) }

// classes is the pack's view on the day that the case is placed by.
func (f Frame) classes(facts Facts) Classes { return f.Rules.On(string(facts.reportDay())) }

// inCommunity says whether the infection counts as found in the community.
func (f Frame) inCommunity(c Case) bool {
	return f.Rules.On(string(first(c.CountedOn, c.ReportDay))).InCommunity(string(c.DetectionRoute), string(c.ZoneClass))
}

// infections lists the classifications that count as infections under the pack today.
func (f Frame) infections(today store.Day) []string {
	var out []string
	view := f.Rules.On(string(today))
	for _, c := range values["classification"] {
		if as := view.CountsAs(c); as == asConfirmed || as == asAsymptomatic {
			out = append(out, c)
		}
	}
	return out
}

// placeIn returns the path of a place of the incident that the caller may write at. An
// empty place is the incident's own.
func placeIn(ctx context.Context, tx *op.Tx, f Frame, id ref.Place) (places.Place, error) {
	if id == "" {
		id = f.PlaceID
	}
	p, err := places.Load(ctx, tx, id)
	if err != nil {
		return p, err
	}
	if !strings.HasPrefix(p.Path, f.PlacePath) {
		return p, outside()
	}
	return p, nil
}

func outside() error {
	return fault.Invalidf("cases.place_outside", "the place is not in the incident's place").With("place_id", "outside")
}
