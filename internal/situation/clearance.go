package situation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/science/protocol"
)

// Clearance is the pack's answer to "is the community clear?" at a place and day.
type Clearance struct {
	Place       Place       `json:"place"`
	On          store.Day   `json:"on"`
	CutOff      string      `json:"cut_off"`
	Pack        string      `json:"pack" doc:"Protocol pack, overlays and versions"`
	Met         bool        `json:"met" doc:"Every binding criterion is met by the records"`
	Declaration Declaration `json:"declaration"`
	Criteria    []Criterion `json:"criteria"`
	FactsDigest string      `json:"facts_digest" doc:"SHA-256 of the facts: the same facts give the same answer"`
}

// Declaration says what a person must still decide: figures never declare an all-clear.
type Declaration struct {
	Required bool `json:"required"`
	Text
}

// Criterion is one condition with its figures and the records behind it.
type Criterion struct {
	ID       string     `json:"id"`
	Title    Text       `json:"title"`
	Binding  bool       `json:"binding" doc:"False: for information"`
	Met      bool       `json:"met"`
	Value    any        `json:"value"`
	Needed   any        `json:"needed"`
	Unit     string     `json:"unit"`
	Missing  []Text     `json:"missing" doc:"What has to be recorded before this can be judged"`
	Evidence []Evidence `json:"evidence"`
}

// Timeline is how the criteria stood day by day.
type Timeline struct {
	Days []TimelineDay `json:"days"`
}

// TimelineDay is one day of a timeline.
type TimelineDay struct {
	On       store.Day `json:"on"`
	Met      bool      `json:"met"`
	MetCount int       `json:"met_count"`
	Count    int       `json:"count" doc:"Binding criteria"`
}

// Clearance evaluates the criteria for a place at the end of a day. Overlays, if not
// nil, replace the incident's own: "what would the other city's rule say?".
func (s *Service) Clearance(ctx context.Context, tx *op.Tx, q Question, overlays []string) (Clearance, error) {
	f, err := s.frame(ctx, tx, q.Incident, q.Place, overlays)
	if err != nil {
		return Clearance{}, err
	}
	on, err := f.day(q.On)
	if err != nil {
		return Clearance{}, err
	}
	r, err := f.read(ctx, tx, on)
	if err != nil {
		return Clearance{}, err
	}
	facts := f.facts(r, on, f.today(tx))
	result, err := f.rules.On(string(on)).Clearance(facts)
	if err != nil {
		return Clearance{}, err
	}
	out := Clearance{
		Place: f.place, On: on, CutOff: f.cutOff(on), Pack: result.Pack, Met: result.Met, Criteria: []Criterion{},
		Declaration: Declaration{result.Declaration.Required, Text(result.Declaration.Text)}, FactsDigest: digest(facts),
	}
	for _, c := range result.Criteria {
		out.Criteria = append(out.Criteria, f.criterion(r, facts, c, on))
	}
	return out, nil
}

func (f frame) criterion(r record, facts protocol.Facts, c protocol.Criterion, on store.Day) Criterion {
	out := Criterion{
		ID: c.ID, Title: Text(c.Title), Binding: c.Binding, Met: c.Met, Value: c.Value, Needed: c.Needed, Unit: c.Unit,
		Missing: []Text{}, Evidence: []Evidence{},
	}
	if days, ok := c.Value.(int64); ok && days < 0 && len(c.Missing) > 0 {
		out.Value = nil // there is no day to count from yet; Missing says so
	}
	for _, m := range c.Missing {
		out.Missing = append(out.Missing, Text(m))
	}
	for _, set := range c.Evidence {
		out.Evidence = append(out.Evidence, f.evidence(r, facts, set, on))
	}
	return out
}

// ClearanceTimeline evaluates every day of a range, as it was known on each.
func (s *Service) ClearanceTimeline(ctx context.Context, tx *op.Tx, q SeriesQuestion, overlays []string) (Timeline, error) {
	f, err := s.frame(ctx, tx, q.Incident, q.Place, overlays)
	if err != nil {
		return Timeline{}, err
	}
	from, to, err := f.between(q.From, q.To)
	if err != nil {
		return Timeline{}, err
	}
	r, err := f.read(ctx, tx, to)
	if err != nil {
		return Timeline{}, err
	}
	out := Timeline{Days: []TimelineDay{}}
	for d := from; d <= to; d = d.Add(1) {
		result, err := f.rules.On(string(d)).Clearance(f.facts(r, d, f.today(tx)))
		if err != nil {
			return out, err
		}
		day := TimelineDay{On: d, Met: result.Met}
		for _, c := range result.Criteria {
			if c.Binding {
				day.Count++
			}
			if c.Binding && c.Met {
				day.MetCount++
			}
		}
		out.Days = append(out.Days, day)
	}
	return out, nil
}

// today is the present day in the incident's time zone.
func (f frame) today(tx *op.Tx) store.Day { return store.DayOf(tx.Now().Time(), f.location) }

func digest(facts protocol.Facts) string {
	b, err := json.Marshal(facts)
	if err != nil {
		panic(err) // plain numbers and texts always marshal
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
