package situation

import (
	"context"
	"fmt"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
)

// SeriesQuestion asks for a curve.
type SeriesQuestion struct {
	Question
	From, To store.Day // empty: the whole incident
	By       string    // "report" or "onset"
}

// Series is an epidemic curve. Every day of the range is there, empty ones too.
type Series struct {
	By   string      `json:"by"`
	Days []SeriesDay `json:"days"`
	// WithoutDate counts infections that have no onset date and so are not on a curve by onset.
	WithoutDate int `json:"without_date"`
}

// SeriesDay is one day of a curve.
type SeriesDay struct {
	On store.Day `json:"on"`
	Figures
	Complete bool `json:"complete" doc:"False for days whose figure is still expected to grow"`
}

// maxSeriesDays bounds an answer: three years, longer than any curve is read by day.
const maxSeriesDays = 1100

// Series answers with one entry per day.
func (s *Service) Series(ctx context.Context, tx *op.Tx, q SeriesQuestion) (Series, error) {
	f, err := s.frame(ctx, tx, q.Incident, q.Place, nil)
	if err != nil {
		return Series{}, err
	}
	from, to, err := f.between(q.From, q.To)
	if err != nil {
		return Series{}, err
	}
	switch q.By {
	case "", "report":
		return f.byReport(ctx, tx, from, to)
	case "onset":
		return f.byOnset(ctx, tx, from, to)
	}
	return Series{}, fault.Invalidf("situation.bad_series", "by must be report or onset").With("by", "unknown")
}

// between returns the range of days asked for, by default from the incident's first
// record to its last.
func (f frame) between(from, to store.Day) (store.Day, store.Day, error) {
	if from == "" {
		from = f.started
	}
	if to == "" {
		to = max(f.last, from)
	}
	for _, d := range []store.Day{from, to} {
		if _, ok := store.ParseDay(string(d)); !ok {
			return "", "", fault.Invalidf("situation.bad_day", "%q is not a day like 2022-04-08", string(d)).With("from", "bad_day")
		}
	}
	if to < from || to.Sub(from) > maxSeriesDays {
		return "", "", fault.Invalidf("situation.bad_range", "the range of days must run forward and be at most %d days", maxSeriesDays).With("to", "bad_range")
	}
	return from, to, nil
}

func (f frame) byReport(ctx context.Context, tx *op.Tx, from, to store.Day) (Series, error) {
	c, err := f.count(ctx, tx, f.place.Path, to)
	if err != nil {
		return Series{}, err
	}
	reported := map[store.Day]int{}
	areas := map[string]store.Day{} // each reporting area from its first report on
	for _, r := range c.reporters {
		reported[r.on]++
		if first, ok := areas[r.place.Path]; !ok || r.on < first {
			areas[r.place.Path] = r.on
		}
	}
	out := Series{By: "report", Days: []SeriesDay{}}
	for d := from; d <= to; d = d.Add(1) {
		expected := 0
		for _, first := range areas {
			if first <= d {
				expected++
			}
		}
		out.Days = append(out.Days, SeriesDay{On: d, Figures: c.days[d].figures(), Complete: reported[d] >= expected})
	}
	return out, nil
}

// byOnset counts infections by the day their symptoms began. Recent days are marked
// incomplete: those closer to the last record than nine in ten of the delays from
// onset to report seen so far.
func (f frame) byOnset(ctx context.Context, tx *op.Tx, from, to store.Day) (Series, error) {
	args := []any{f.incident}
	query := `
		SELECT c.onset_on, c.counted_on, c.counted_as, c.detection_route, c.zone_class, c.origin, count(*)
		FROM   cases c
		WHERE  c.incident_id = $1 AND c.counted_as <> '' AND c.counted_on IS NOT NULL AND ` +
		access.Under(f.place.Path).SQL("c.place_path", &args) + `
		GROUP  BY 1, 2, 3, 4, 5, 6`
	sums, delays, out := days{}, map[int]int{}, Series{By: "onset", Days: []SeriesDay{}}
	community := f.communityRule()
	err := eachRow(ctx, tx, query, args, func(r store.Scanner) error {
		var onset, counted store.Day
		var as, route, zone, origin string
		var n int
		if err := r.Scan(&onset, &counted, &as, &route, &zone, &origin, &n); err != nil {
			return err
		}
		if onset == "" {
			out.WithoutDate += n
			return nil
		}
		delays[max(counted.Sub(onset), 0)] += n
		sums.add(onset, caseTally(as, route, origin, community(counted, route, zone), n))
		return nil
	})
	if err != nil {
		return out, fmt.Errorf("tally by onset: %w", err)
	}
	settled := f.last.Add(-ninthDecile(delays))
	for d := from; d <= to; d = d.Add(1) {
		out.Days = append(out.Days, SeriesDay{On: d, Figures: sums[d].figures(), Complete: d <= settled})
	}
	return out, nil
}

// ninthDecile returns the smallest delay that covers nine in ten.
func ninthDecile(counts map[int]int) int {
	total, longest := 0, 0
	for delay, n := range counts {
		total += n
		longest = max(longest, delay)
	}
	seen := 0
	for delay := 0; delay <= longest; delay++ {
		if seen += counts[delay]; seen*10 >= total*9 {
			return delay
		}
	}
	return longest
}
