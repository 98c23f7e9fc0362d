package situation

import (
	"context"
	"fmt"
	"net/url"
	"slices"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/science/protocol"
)

// record is everything that clearance is judged on, read once for a range of days.
type record struct {
	counted  counted
	rounds   []round
	closings []closing
}

// round is one closed screening round of the place itself.
type round struct {
	number             int
	openedOn, closedOn store.Day
	due, sampled       int
	resulted           int
	positives          int
}

// closing groups counted cases by when they were counted and how they ended.
type closing struct {
	countedOn, outcomeOn, secondNegativeOn store.Day
	outcome                                string
	n                                      int
}

func (f frame) read(ctx context.Context, tx *op.Tx, until store.Day) (record, error) {
	c, err := f.count(ctx, tx, f.place.Path, until)
	if err != nil {
		return record{}, err
	}
	r := record{counted: c}
	if r.rounds, err = f.closedRounds(ctx, tx); err != nil {
		return r, err
	}
	r.closings, err = f.readClosings(ctx, tx, until)
	return r, err
}

func (f frame) closedRounds(ctx context.Context, tx *op.Tx) ([]round, error) {
	const q = `
		SELECT number, opened_on, closed_on, due, sampled, resulted, community_positives
		FROM   screening_rounds
		WHERE  incident_id = $1 AND place_id = $2 AND closed_on IS NOT NULL
		ORDER  BY closed_on, number`
	rows, err := tx.Query(ctx, q, f.incident, f.place.ID)
	return store.Collect(rows, err, func(s store.Scanner) (r round, err error) {
		return r, s.Scan(&r.number, &r.openedOn, &r.closedOn, &r.due, &r.sampled, &r.resulted, &r.positives)
	})
}

func (f frame) readClosings(ctx context.Context, tx *op.Tx, until store.Day) ([]closing, error) {
	args := []any{f.incident, until}
	query := `
		SELECT counted_on, outcome_on, second_negative_on, outcome, count(*)
		FROM   cases c
		WHERE  c.incident_id = $1 AND c.counted_on <= $2 AND c.counted_as <> '' AND ` +
		access.Under(f.place.Path).SQL("c.place_path", &args) + `
		GROUP  BY 1, 2, 3, 4`
	rows, err := tx.Query(ctx, query, args...)
	return store.Collect(rows, err, func(s store.Scanner) (c closing, err error) {
		return c, s.Scan(&c.countedOn, &c.outcomeOn, &c.secondNegativeOn, &c.outcome, &c.n)
	})
}

// facts puts together what was known at the end of the day on.
func (f frame) facts(r record, on, today store.Day) protocol.Facts {
	facts := protocol.Facts{
		DaysSinceStart: max(on.Sub(f.started), 0), Population: f.place.Population, PlaceLevel: f.place.Level,
		Incomplete: r.incomplete(on, today),
	}
	for i := 0; i < min(protocol.HistoryDays, facts.DaysSinceStart+1); i++ {
		t := r.counted.days[on.Add(-i)]
		facts.CommunityInfections = append(facts.CommunityInfections, t.community)
		facts.UnderControlInfections = append(facts.UnderControlInfections, t.infections()-t.community)
		facts.Infections = append(facts.Infections, t.infections())
		facts.UnknownRoute = append(facts.UnknownRoute, t.unknown)
	}
	facts.Round = r.roundOn(on, r.lastCommunity(on))
	r.close(&facts, on)
	return facts
}

// reportWindow is for how many days back every reporting area must have reported. Two
// weeks cover the longest run of days that a shipped pack asks for, which is 14.
const reportWindow = 14

// incomplete names what the records lack for judging the day.
func (r record) incomplete(on, today store.Day) []string {
	out := []string{}
	if on > today {
		out = append(out, string(on))
	}
	first, has := map[string]store.Day{}, map[string]map[store.Day]bool{}
	var names []string
	for _, x := range r.counted.reporters {
		p := x.place.Path
		if has[p] == nil {
			has[p], first[p] = map[store.Day]bool{}, x.on
			names = append(names, p)
		}
		has[p][x.on], first[p] = true, min(first[p], x.on)
	}
	title := map[string]string{}
	for _, x := range r.counted.reporters {
		title[x.place.Path] = x.place.Name
	}
	for d := on.Add(1 - reportWindow); d <= on; d = d.Add(1) {
		for _, p := range names {
			if d >= first[p] && !has[p][d] {
				out = append(out, fmt.Sprintf("%s %s", d, title[p]))
			}
		}
	}
	return out
}

// lastCommunity returns the report day of the last infection found in the community,
// "" if there was none.
func (r record) lastCommunity(on store.Day) store.Day {
	var last store.Day
	for d, t := range r.counted.days {
		if t.community > 0 && d <= on && d > last {
			last = d
		}
	}
	return last
}

func (r record) roundOn(on, lastCommunity store.Day) protocol.Round {
	out := protocol.Round{DaysSinceClosed: -1}
	for _, x := range r.rounds {
		if x.closedOn > on {
			break
		}
		out = protocol.Round{
			Known: true, Number: x.number, OpenedOn: string(x.openedOn), ClosedOn: string(x.closedOn), DaysSinceClosed: on.Sub(x.closedOn),
			Due: x.due, Sampled: x.sampled, Resulted: x.resulted, CommunityPositives: x.positives,
			AfterLastCommunity: x.openedOn >= lastCommunity,
		}
		if x.due > 0 {
			out.Coverage = float64(x.sampled) / float64(x.due)
		}
	}
	return out
}

// close fills in how the cases ended, as far as it was known on the day.
func (r record) close(facts *protocol.Facts, on store.Day) {
	facts.DaysSinceAnchor = -1
	var anchor store.Day
	for _, c := range r.closings {
		switch {
		case c.countedOn > on:
			continue
		case c.open(on):
			facts.ActiveCases += c.n
			continue
		}
		facts.ClosedCases += c.n
		a := c.anchor()
		if a == "" {
			facts.CasesWithoutAnchor += c.n
		}
		anchor = max(anchor, a)
	}
	if anchor != "" && anchor <= on {
		// The anchor is day 1, so that 42 days are full at the end of the 42nd day after
		// the second negative test.
		facts.DaysSinceAnchor = on.Sub(anchor) + 1
	}
}

// open reports whether the outcome was still to come on the day. An outcome without a
// date is taken as having been known, because it can't be placed later.
func (c closing) open(on store.Day) bool {
	ended := slices.Contains([]string{"recovered", "died", "transferred"}, c.outcome)
	return !ended || c.outcomeOn > on
}

// anchor is the day from which the end of an outbreak is counted: the day after the
// second negative test, or after the death, which stands for the safe burial
// (protocol.md 13.1).
func (c closing) anchor() store.Day {
	if c.secondNegativeOn != "" {
		return c.secondNegativeOn.Add(1)
	}
	if c.outcome == "died" {
		return c.outcomeOn.Add(1)
	}
	return ""
}

// Evidence is one set of records behind a criterion.
type Evidence struct {
	Set   string `json:"set"`
	Title Text   `json:"title"`
	Count int    `json:"count"`
	Href  string `json:"href" doc:"Page of the web app that lists exactly these records"`
}

// evidenceWindow is how many days the lists behind a criterion go back.
const evidenceWindow = 14

// evidence resolves a pack's named sets into lists a person can open.
func (f frame) evidence(r record, facts protocol.Facts, set string, on store.Day) Evidence {
	from := max(on.Add(1-evidenceWindow), f.started)
	link := func(page string, pairs ...string) string {
		q := url.Values{"incident": {string(f.incident)}, "place": {string(f.place.ID)}}
		for i := 0; i < len(pairs); i += 2 {
			q.Set(pairs[i], pairs[i+1])
		}
		return page + "?" + q.Encode()
	}
	sum := func(get func(tally) int) (n int) {
		for d := from; d <= on; d = d.Add(1) {
			n += get(r.counted.listed[d])
		}
		return n
	}
	cases := func(pairs ...string) string {
		return link("/cases", append([]string{"counted", "infections", "from", string(from), "to", string(on)}, pairs...)...)
	}
	span := Text{ZH: fmt.Sprintf("（%s 至 %s）", from, on), EN: fmt.Sprintf(" (%s to %s)", from, on)}
	switch set {
	case "community_infections":
		return Evidence{set, Text{"社会面感染者" + span.ZH, "Infections found in the community" + span.EN}, sum(func(t tally) int { return t.community }), cases("found", "community")}
	case "infections":
		return Evidence{set, Text{"全部感染者" + span.ZH, "All infections" + span.EN}, sum(tally.infections), cases()}
	case "unknown_route":
		return Evidence{set, Text{"发现途径不明者" + span.ZH, "Infections without a detection route" + span.EN}, sum(func(t tally) int { return t.unknown }), cases("detection_route", "unknown")}
	case "round":
		return Evidence{set, Text{"核酸筛查轮次", "Screening rounds"}, len(r.rounds), link("/clearance", "on", string(on)) + "#rounds"}
	case "active_cases":
		return Evidence{set, Text{"尚未结案的病例", "Cases not yet closed"}, facts.ActiveCases, link("/cases", "open_on", string(on))}
	case "anchor":
		return Evidence{set, Text{"缺少第二次阴性或安葬日期的病例", "Closed cases without a second negative test or burial"}, facts.CasesWithoutAnchor, link("/cases", "no_anchor_on", string(on))}
	case "reports":
		n := 0
		for _, x := range r.counted.reporters {
			if x.on >= from && x.on <= on {
				n++
			}
		}
		return Evidence{set, Text{"区域上报的汇总" + span.ZH, "Totals reported by areas" + span.EN}, n, link("/counts", "from", string(from), "to", string(on))}
	}
	return Evidence{set, Text{set, set}, 0, ""}
}
