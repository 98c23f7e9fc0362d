package lab

import (
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// The operations of this domain.
var (
	View   = op.Define("lab.round.view", op.View)
	Report = op.Define("lab.round.record", op.Change)
)

// Round is the total of a screening round at a place. Numbers are people, not tubes.
type Round struct {
	ID                 ref.Round     `json:"id" audit:"-"`
	IncidentID         ref.Incident  `json:"incident_id" audit:"public"`
	PlaceID            ref.Place     `json:"place_id" audit:"public"`
	PlacePath          string        `json:"place_path" audit:"-"`
	Number             int64         `json:"number" audit:"public"` // 1 is the incident's first
	OpenedOn           store.Day     `json:"opened_on" audit:"public"`
	ClosedOn           store.Day     `json:"closed_on" audit:"public"` // empty while it is open
	Due                int64         `json:"due" audit:"public"`
	Sampled            int64         `json:"sampled" audit:"public"`
	Resulted           int64         `json:"resulted" audit:"public"`
	CommunityPositives int64         `json:"community_positives" audit:"public"`
	Version            int64         `json:"version" audit:"-"`
	CreatedAt          store.Instant `json:"created_at" audit:"-"`
	UpdatedAt          store.Instant `json:"updated_at" audit:"-"`
}

const (
	mostPeople = 2_000_000_000
	mostRounds = 10_000 // thirty rounds a day for a year
)

// check reports every wrong field at once. latest is the last day that may be written down.
func (r Round) check(latest store.Day) error {
	f := fault.Invalidf("lab.invalid_round", "the round cannot be saved as it is")
	if r.Number < 1 || r.Number > mostRounds {
		f.With("number", "out_of_range")
	}
	if r.Due < 0 || r.Due > mostPeople {
		f.With("due", "out_of_range")
	}
	atMost(f, "sampled", r.Sampled, r.Due, "more_than_due")
	atMost(f, "resulted", r.Resulted, r.Sampled, "more_than_sampled")
	atMost(f, "community_positives", r.CommunityPositives, r.Resulted, "more_than_resulted")
	checkDay(f, "opened_on", r.OpenedOn, latest)
	if r.ClosedOn != "" {
		checkDay(f, "closed_on", r.ClosedOn, latest)
		if r.ClosedOn < r.OpenedOn {
			f.With("closed_on", "before_opening")
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

func atMost(f *fault.Error, field string, v, limit int64, code string) {
	switch {
	case v < 0:
		f.With(field, "out_of_range")
	case v > limit:
		f.With(field, code)
	}
}

func checkDay(f *fault.Error, field string, d, latest store.Day) {
	if _, ok := store.ParseDay(string(d)); !ok {
		f.With(field, "not_a_day")
	} else if d > latest {
		f.With(field, "in_future")
	}
}

// same reports whether two reports of one round say the same.
func (r Round) same(o Round) bool {
	return r.OpenedOn == o.OpenedOn && r.ClosedOn == o.ClosedOn && r.Due == o.Due && r.Sampled == o.Sampled &&
		r.Resulted == o.Resulted && r.CommunityPositives == o.CommunityPositives
}
