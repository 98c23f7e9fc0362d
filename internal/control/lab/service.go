package lab

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
)

// Frame is what rounds must know of their incident.
type Frame struct {
	ID        ref.Incident
	PlaceID   ref.Place
	PlacePath string
	Zone      *time.Location
}

// FrameOf returns the frame of an incident that the caller can see; else a fault of
// kind NotFound.
type FrameOf func(ctx context.Context, tx *op.Tx, id ref.Incident) (Frame, error)

// Service does the work of this domain.
type Service struct{ frameOf FrameOf }

// NewService returns the service.
func NewService(frameOf FrameOf) *Service { return &Service{frameOf: frameOf} }

// latest is the last day that may be written down: tomorrow, because clocks differ.
func (f Frame) latest(now store.Instant) store.Day { return store.DayOf(now.Time(), f.Zone).Add(1) }

// Record writes the totals of a round at a place over what was reported before
// (operation Report). r.Version is the version to replace: 0 replaces whatever is there.
func (s *Service) Record(ctx context.Context, tx *op.Tx, r Round) (Round, error) {
	f, err := s.frameOf(ctx, tx, r.IncidentID)
	if err != nil {
		return Round{}, err
	}
	if r.PlaceID == "" {
		r.PlaceID = f.PlaceID
	}
	p, err := places.Load(ctx, tx, r.PlaceID)
	if err != nil {
		return Round{}, err
	}
	if r.PlacePath = p.Path; !strings.HasPrefix(p.Path, f.PlacePath) {
		return Round{}, outside()
	}
	if err := r.check(f.latest(tx.Now())); err != nil {
		return Round{}, err
	}
	before, err := roundOf(ctx, tx, r)
	switch {
	case fault.KindOf(err) == fault.NotFound && r.Version == 0:
		return create(ctx, tx, r)
	case fault.KindOf(err) == fault.NotFound:
		return Round{}, store.ErrStale
	case err != nil:
		return Round{}, err
	case r.Version != 0 && r.Version != before.Version:
		return Round{}, store.ErrStale
	case r.same(before):
		return before, nil
	}
	return save(ctx, tx, before, r)
}

func outside() error {
	return fault.Invalidf("lab.place_outside", "the place is not in the incident's place").With("place_id", "outside")
}

// Add adds rounds that are not there yet; the trail gets one entry with a digest.
func (s *Service) Add(ctx context.Context, tx *op.Tx, all []Round) ([]Round, error) {
	if len(all) == 0 {
		return nil, nil
	}
	frames, wanted := map[ref.Incident]Frame{}, []ref.Place{}
	for _, r := range all {
		if _, ok := frames[r.IncidentID]; !ok {
			f, err := s.frameOf(ctx, tx, r.IncidentID)
			if err != nil {
				return nil, err
			}
			frames[r.IncidentID] = f
		}
		wanted = append(wanted, r.PlaceID)
	}
	found, err := places.ByIDs(ctx, tx, wanted)
	if err != nil {
		return nil, err
	}
	out, rows, sum := make([]Round, len(all)), make([][]any, len(all)), sha256.New()
	for i, r := range all {
		p, f := found[r.PlaceID], frames[r.IncidentID]
		if p.ID == "" || !strings.HasPrefix(p.Path, f.PlacePath) {
			return nil, outside()
		}
		if err := r.check(f.latest(tx.Now())); err != nil {
			return nil, err
		}
		r.PlacePath = p.Path
		out[i] = r.fresh(tx)
		rows[i] = out[i].values()
		fmt.Fprintf(sum, "%s\x00%d\x00%d\x00%d\x00%d\n", r.PlacePath, r.Number, r.Due, r.Sampled, r.Resulted)
	}
	if _, err := tx.Insert(ctx, "screening_rounds", columns, rows); err != nil {
		return nil, err
	}
	tx.ChangedBatch("round", len(out), hex.EncodeToString(sum.Sum(nil)))
	return out, nil
}

// Filter says which rounds a list holds.
type Filter struct {
	IncidentID ref.Incident
	PlacePath  string // the place and all below it; empty: all
}

// Item is a round as lists show it.
type Item struct {
	Round
	PlaceName string
}

// List returns the rounds in the caller's places, by place and number (operation View).
func (s *Service) List(ctx context.Context, tx *op.Tx, f Filter) ([]Item, error) {
	if _, err := s.frameOf(ctx, tx, f.IncidentID); err != nil {
		return nil, err
	}
	args := []any{string(f.IncidentID)}
	q := selectRound + ` WHERE r.incident_id = $1 AND ` + tx.Scope().SQL("r.place_path", &args) + ` AND ` +
		access.Under(f.PlacePath).SQL("r.place_path", &args) + ` ORDER BY r.place_path, r.number`
	rows, err := tx.Query(ctx, q, args...)
	rounds, err := store.Collect(rows, err, scan)
	if err != nil {
		return nil, err
	}
	paths := make([]string, len(rounds))
	for i, r := range rounds {
		paths[i] = r.PlacePath
	}
	trails, err := places.Trails(ctx, tx, paths)
	if err != nil {
		return nil, err
	}
	out := make([]Item, len(rounds))
	for i, r := range rounds {
		t := trails[r.PlacePath]
		out[i] = Item{Round: r, PlaceName: t[len(t)-1]}
	}
	return out, nil
}

func (r Round) fresh(tx *op.Tx) Round {
	r.ID, r.Version, r.CreatedAt, r.UpdatedAt = ref.Round(ids.New()), 1, tx.Now(), tx.Now()
	return r
}
