package protocol

import "math"

// Criterion is one condition of clearance as found on a day.
type Criterion struct {
	ID       string   `json:"id"`
	Title    Text     `json:"title"`
	Binding  bool     `json:"binding"` // false: for information, it does not keep anything from being met
	Met      bool     `json:"met"`
	Value    any      `json:"value"`  // int64, float64, bool or string; nil if it cannot be worked out
	Needed   any      `json:"needed"` // the same
	Unit     string   `json:"unit,omitempty"`
	Missing  []Text   `json:"missing"`  // what has to be recorded before this can be met
	Evidence []string `json:"evidence"` // named sets of records behind it, for the caller to list
}

// CriterionInfo is a criterion as the pack states it, before any facts: its rules in the
// words of the pack, and the evidence that they rest on.
type CriterionInfo struct {
	ID       string   `json:"id"`
	Title    Text     `json:"title"`
	Binding  bool     `json:"binding"`
	Unit     string   `json:"unit,omitempty"`
	Met      string   `json:"met"`
	Value    string   `json:"value"`
	Needed   string   `json:"needed"`
	Evidence []string `json:"evidence"`
}

// Criteria lists what clearance asks for on the day, in the pack's order.
func (v *View) Criteria() []CriterionInfo {
	out := []CriterionInfo{}
	for _, c := range v.epoch.criteria {
		out = append(out, CriterionInfo{ID: c.id, Title: c.title, Binding: c.binding, Unit: c.unit,
			Met: c.met.text, Value: c.value.text, Needed: c.needed.text, Evidence: append([]string{}, c.evidence...)})
	}
	return out
}

// Result is the evaluation of all criteria. Met says that the records satisfy every
// binding criterion; whether the place is declared clear is a human decision, which
// Declaration names and which Met never replaces.
type Result struct {
	Pack        string      `json:"pack"`   // Rules.ID
	Digest      string      `json:"digest"` // Rules.Digest
	Day         string      `json:"day"`
	Met         bool        `json:"met"`
	Criteria    []Criterion `json:"criteria"`
	Declaration Declaration `json:"declaration"`
}

// criterion is a criterion with its rules compiled, the facts it rests on, in the order
// of factTable, and the evidence that these stand for.
type criterion struct {
	criterionSource
	metRule, valueRule, neededRule compiled
	facts                          []fact
	evidence                       []string
}

// restOn collects the facts that the rules mention, and so what must not be missing.
func (c *criterion) restOn(rules ...compiled) {
	used := map[string]bool{}
	for _, r := range rules {
		for _, name := range r.names {
			used[name] = true
		}
	}
	c.evidence = []string{}
	for _, f := range factTable {
		if !used[f.name] {
			continue
		}
		c.facts = append(c.facts, f)
		for _, e := range f.evidenceSets() {
			if !contains(c.evidence, e) {
				c.evidence = append(c.evidence, e)
			}
		}
	}
}

// evidenceSets adds the reports to what is only as complete as they are.
func (f fact) evidenceSets() []string {
	switch f.evidence {
	case "":
		return []string{}
	case "community_infections", "infections", "unknown_route":
		return []string{f.evidence, "reports"}
	}
	return []string{f.evidence}
}

// values gives the facts their names for rules.
func (f Facts) values() map[string]any {
	m := make(map[string]any, len(factTable))
	for _, x := range factTable {
		m[x.name] = x.get(f)
	}
	if f.Incomplete == nil {
		m["incomplete"] = []string{}
	}
	return m
}

// Clearance evaluates the day's criteria. It depends on the view and the facts alone and
// changes neither. The error is Problems (protocol.rule_failed) if a rule cannot be
// worked out within its cost limit; then nothing is known and nothing is met.
func (v *View) Clearance(f Facts) (Result, error) {
	e := v.epoch
	out := Result{Pack: v.rules.ID(), Digest: v.rules.Digest(), Day: v.day, Declaration: e.declaration}
	n := names{own: f.values(), params: e.values}
	out.Met, out.Criteria = true, make([]Criterion, 0, len(e.criteria))
	for _, c := range e.criteria {
		found, err := c.evaluate(f, n)
		if err != nil {
			return Result{}, err
		}
		out.Criteria = append(out.Criteria, found)
		if found.Binding && !found.Met {
			out.Met = false
		}
	}
	return out, nil
}

func (c criterion) evaluate(f Facts, n names) (Criterion, error) {
	out := Criterion{ID: c.id, Title: c.title, Binding: c.binding, Unit: c.unit,
		Missing: c.missing(f), Evidence: append([]string{}, c.evidence...)}
	value, valueErr := c.valueRule.run(n)
	needed, neededErr := c.neededRule.run(n)
	out.Value, out.Needed = finite(value), finite(needed)
	if len(out.Missing) > 0 {
		// Without the facts the figures are at best a beginning; a failure of the rule
		// on them says nothing about the pack.
		return out, nil
	}
	for _, err := range []error{valueErr, neededErr} {
		if err != nil {
			return Criterion{}, err
		}
	}
	met, err := c.metRule.runBool(n)
	if err != nil {
		return Criterion{}, err
	}
	out.Met = met
	return out, nil
}

// missing lists each thing that keeps the criterion's facts from being relied on, once.
func (c criterion) missing(f Facts) []Text {
	out, seen := []Text{}, map[Text]bool{}
	for _, x := range c.facts {
		for _, ask := range x.missing {
			for _, t := range ask(f) {
				if !seen[t] {
					seen[t] = true
					out = append(out, t)
				}
			}
		}
	}
	return out
}

// finite drops numbers that no JSON can carry.
func finite(v any) any {
	if x, ok := v.(float64); ok && (math.IsNaN(x) || math.IsInf(x, 0)) {
		return nil
	}
	return v
}

// sampleFacts are plausible facts for trying out a pack: everything at zero, and a busy
// response with a full history.
func sampleFacts() []Facts {
	quiet := Facts{CommunityInfections: []int{0}, UnderControlInfections: []int{0}, Infections: []int{0}, UnknownRoute: []int{0}}
	busy := Facts{DaysSinceStart: HistoryDays - 1, Population: 1_800_000, ActiveCases: 7, ClosedCases: 90, DaysSinceAnchor: 3,
		PlaceLevel: "city", Round: Round{Known: true, Number: 12, OpenedOn: "2022-04-07", ClosedOn: "2022-04-08",
			Due: 1_800_000, Sampled: 1_790_000, Resulted: 1_790_000, Coverage: 0.994, AfterLastCommunity: true}}
	for i := range HistoryDays {
		busy.CommunityInfections = append(busy.CommunityInfections, i%5)
		busy.UnderControlInfections = append(busy.UnderControlInfections, i)
		busy.Infections = append(busy.Infections, i+i%5)
		busy.UnknownRoute = append(busy.UnknownRoute, i%2)
	}
	return []Facts{quiet, busy}
}
