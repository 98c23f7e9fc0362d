package cases

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
)

// New is what is said about a case when it is opened.
type New struct {
	ID             ref.Case // empty: a new one
	IncidentID     ref.Incident
	Number         string     // empty: one is made up, "auto-…"
	PlaceID        ref.Place  // empty: the incident's place
	PersonID       ref.Person // empty: found by Identity, or new
	Identity       Identity
	Classification Classification // the first one
	Later          []Later        // for cases that come with their history
	Facts
	ImportID ref.ImportJob
}

// Later is a further classification of a case.
type Later struct {
	Classification Classification
	On             store.Day
	Reason         string
}

// draft is a case about to be stored.
type draft struct {
	Case
	history []Classed
}

// Open adds one case (operation Opening).
func (s *Service) Open(ctx context.Context, tx *op.Tx, n New) (Case, error) {
	if err := checkCase(n.Number, n.Classification, n.Facts.contradictions()); err != nil {
		return Case{}, err
	}
	all, err := s.add(ctx, tx, []New{n})
	if err != nil {
		return Case{}, err
	}
	tx.At(all[0].PlacePath)
	tx.Changed(all[0].ID.Ref(), nil, all[0].Case)
	return all[0].Case, nil
}

// Add adds many cases at once; the trail gets one entry with a digest. Days that
// contradict each other are kept as they are said.
func (s *Service) Add(ctx context.Context, tx *op.Tx, all []New) ([]Case, error) {
	drafts, err := s.add(ctx, tx, all)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	sum := sha256.New()
	out := make([]Case, len(drafts))
	for i, d := range drafts {
		out[i] = d.Case
		fmt.Fprintf(sum, "%s\x00%s\x00%s\x00%s\x00%s\n", d.ID, d.Number, d.PlacePath, d.Classification, d.ReportDay)
	}
	tx.ChangedBatch("case", len(out), hex.EncodeToString(sum.Sum(nil)))
	return out, nil
}

func (s *Service) add(ctx context.Context, tx *op.Tx, all []New) ([]draft, error) {
	b := builder{tx: tx, frames: map[ref.Incident]Frame{}}
	if err := b.prepare(ctx, s, all); err != nil {
		return nil, err
	}
	drafts := make([]draft, len(all))
	for i, n := range all {
		var err error
		if drafts[i], err = b.build(n); err != nil {
			return nil, err
		}
	}
	if err := s.admit(ctx, tx, all, drafts); err != nil {
		return nil, err
	}
	return drafts, s.insert(ctx, tx, drafts)
}

// builder holds what the cases of one batch share.
type builder struct {
	tx     *op.Tx
	frames map[ref.Incident]Frame
	places map[ref.Place]places.Place
}

func (b *builder) prepare(ctx context.Context, s *Service, all []New) error {
	var wanted []ref.Place
	for i := range all {
		f, ok := b.frames[all[i].IncidentID]
		if !ok {
			var err error
			if f, err = s.frameOf(ctx, b.tx, all[i].IncidentID); err != nil {
				return err
			}
			b.frames[f.ID] = f
		}
		if all[i].PlaceID == "" {
			all[i].PlaceID = f.PlaceID
		}
		wanted = append(wanted, all[i].PlaceID)
	}
	var err error
	b.places, err = places.ByIDs(ctx, b.tx, wanted)
	return err
}

func (b *builder) build(n New) (draft, error) {
	f := b.frames[n.IncidentID]
	place, ok := b.places[n.PlaceID]
	if !ok {
		return draft{}, fault.NotFoundf("places.not_found", "there is no such place, or it is outside your area").With("place_id", "unknown")
	}
	if !strings.HasPrefix(place.Path, f.PlacePath) {
		return draft{}, outside()
	}
	n.Facts.fill()
	n.Number = strings.TrimSpace(n.Number)
	if err := checkCase(n.Number, n.Classification, n.Facts.impossible(f.latest(b.tx.Now()))); err != nil {
		return draft{}, err
	}
	d := draft{Case: Case{
		ID: n.ID, IncidentID: f.ID, Number: n.Number, PersonID: n.PersonID, PlaceID: place.ID, PlacePath: place.Path,
		Classification: n.Classification, Facts: n.Facts, ImportID: n.ImportID, Version: 1, CreatedAt: b.tx.Now(), UpdatedAt: b.tx.Now(),
	}}
	if d.ID == "" {
		d.ID = ref.Case(ids.New())
	}
	if d.Number == "" {
		d.Number = "auto-" + string(d.ID[len(d.ID)-10:])
	}
	d.history = []Classed{newClassed(b.tx, d.ID, 1, Later{Classification: n.Classification})}
	for _, l := range n.Later {
		if err := b.later(&d, l); err != nil {
			return draft{}, err
		}
	}
	d.Counting = derive(d.history, d.Facts, f.classes(d.Facts))
	return d, nil
}

func (b *builder) later(d *draft, l Later) error {
	if !known("classification", l.Classification) {
		return checkCase("", l.Classification, nil)
	}
	if err := follow(d.history, d.Facts, l.Classification, l.On); err != nil {
		return err
	}
	d.history = append(d.history, newClassed(b.tx, d.ID, len(d.history)+1, l))
	d.Classification = l.Classification
	return nil
}

func newClassed(tx *op.Tx, id ref.Case, ordinal int, l Later) Classed {
	return Classed{
		ID: ids.New(), CaseID: id, Ordinal: int64(ordinal), Classification: l.Classification, On: l.On, Reason: l.Reason,
		ByID: ref.User(tx.Principal().UserID), ByName: tx.Principal().Name, At: tx.Now(),
	}
}

// numberTaken says of a broken constraint what it means here. The cause is left out:
// it holds the number, and the store would translate it once more.
func numberTaken(err error) error {
	if fault.CodeOf(err) == "conflict.exists" {
		return fault.Conflictf("cases.number_taken", "another case of the incident has this number").With("number", "taken")
	}
	return err
}
