package places

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/ref"
)

// Sure is the confidence from which an address counts as resolved without a person
// having looked.
const Sure = 0.9

// Why an address is not resolved by itself.
const (
	ReasonNotUnderstood  = "not_understood"
	ReasonRoadUnknown    = "road_unknown"
	ReasonLaneUnknown    = "lane_unknown"   // the road is known, the lane is not
	ReasonNumberUnknown  = "number_unknown" // road or lane known, number not
	ReasonNoNumber       = "no_number"      // a road alone
	ReasonVillageUnknown = "village_unknown"
	ReasonGroupUnknown   = "group_unknown" // village known, part of it not
	ReasonNameUnknown    = "name_unknown"
	ReasonBuildUnknown   = "building_unknown"
	ReasonRoomUnknown    = "room_unknown"
	ReasonSeveral        = "several"
	ReasonOutside        = "outside_district"
	ReasonCrossing       = "crossing"
	ReasonNear           = "near"
)

// What a candidate agrees with, and what the text says that it does not have.
const (
	partSpelling = "spelling"
	partRoad     = "road"
	partLane     = "lane"
	partNumber   = "number"
	partVillage  = "village"
	partGroup    = "group"
	partName     = "name"
	partBuilding = "building"
	partUnit     = "unit"
	partRoom     = "room"
	partDistrict = "district"
)

// Candidate is a place that an address may mean.
type Candidate struct {
	PlaceID ref.Place `json:"place_id"`
	Name    string    `json:"name"`
	Trail   string    `json:"trail"` // names above it
	Level   Level     `json:"level"`
	Lon     *float64  `json:"lon"`
	Lat     *float64  `json:"lat"`
	Score   float64   `json:"score"` // 0 to 1
	Matched []string  `json:"matched"`
	Missed  []string  `json:"missed"`

	path string
}

// Resolved is what was found for one address.
type Resolved struct {
	Address Address `json:"address"`
	// PlaceID is the place when Confidence is at least Sure, else empty.
	PlaceID    ref.Place `json:"place_id"`
	Path       string    `json:"-"`
	Confidence float64   `json:"confidence"`
	// Reason is why nobody should rely on it; empty when resolved.
	Reason string `json:"reason"`
	// Reached is the last part of the text that the register knows: road, lane, village …
	Reached    string      `json:"reached"`
	Candidates []Candidate `json:"candidates"` // the likeliest first, at most maxCandidates
}

// maxCandidates is how many candidates a person is offered.
const maxCandidates = 5

// Question is one address to be resolved.
type Question struct {
	Text string
	// District is what the list says besides the text; empty when it does not.
	District string
}

// Resolve finds the place that an address text means, at or below the place with the
// path within ("" is the caller's whole scope).
func Resolve(ctx context.Context, tx *op.Tx, text, within string) (Resolved, error) {
	all, err := NewResolver(within).Resolve(ctx, tx, []Question{{Text: text}})
	if err != nil {
		return Resolved{}, err
	}
	return all[0], nil
}

// Resolve finds the places that addresses mean. It asks the register for all of them at
// once, so that a long list takes a few questions for each thousand.
func (r *Resolver) Resolve(ctx context.Context, tx *op.Tx, questions []Question) ([]Resolved, error) {
	asked := make([]asked, len(questions))
	for i, q := range questions {
		asked[i].Address, asked[i].district = ParseAddress(q.Text), q.District
	}
	if err := r.prefetch(ctx, tx, asked); err != nil {
		return nil, fmt.Errorf("look up addresses: %w", err)
	}
	for i := range asked {
		a := &asked[i]
		r.limit(a)
		if a.found = r.remembered(a); len(a.found) == 0 {
			a.found = append(r.byAddress(a), r.byName(a)...)
		} else {
			a.settled = true
		}
	}
	if err := r.descend(ctx, tx, asked); err != nil {
		return nil, fmt.Errorf("look below the candidates: %w", err)
	}
	out := make([]Resolved, len(asked))
	for i := range asked {
		var err error
		if out[i], err = r.judge(ctx, tx, &asked[i]); err != nil {
			return nil, fmt.Errorf("resolve an address: %w", err)
		}
	}
	return out, r.trails(ctx, tx, out)
}

// asked is an address with what limits it.
type asked struct {
	Address
	district string
	limits   []string // paths that the place must lie below
	unknown  bool     // the district said is not among those of the register
	found    []Candidate
	settled  bool // found by a spelling, which is the whole text
}

// judge weighs the candidates of one address.
func (r *Resolver) judge(ctx context.Context, tx *op.Tx, a *asked) (Resolved, error) {
	out := Resolved{Address: a.Address, Candidates: []Candidate{}}
	out.Candidates = ranked(a, a.found)
	reached, reason, err := r.reached(ctx, tx, a, out.Candidates)
	if err != nil {
		return out, err
	}
	out.Reached = reached
	if len(out.Candidates) > 0 {
		out.Confidence = out.Candidates[0].Score
	}
	switch several := rivals(out.Candidates); {
	case out.Confidence < Sure:
		out.Reason = reason
	case several:
		out.Confidence, out.Reason = 0.5, ReasonSeveral
	case a.Near:
		out.Confidence, out.Reason = min(out.Confidence, 0.7), ReasonNear
	default:
		out.PlaceID, out.Path = out.Candidates[0].PlaceID, out.Candidates[0].path
	}
	if len(out.Candidates) == 0 {
		err = r.suggest(ctx, tx, a, &out)
	}
	return out, err
}

// ranked sorts candidates, best first, and drops repetitions. A place outside the
// district that was said is worth little.
func ranked(a *asked, found []Candidate) []Candidate {
	for i := range found {
		for _, limit := range a.limits {
			if !strings.HasPrefix(found[i].path, limit) {
				found[i].Score = min(found[i].Score, 0.4)
				found[i].Missed = append(found[i].Missed, partDistrict)
				break
			}
		}
		if a.unknown {
			found[i].Score = min(found[i].Score, 0.4)
			found[i].Missed = append(found[i].Missed, partDistrict)
		}
	}
	slices.SortStableFunc(found, func(x, y Candidate) int {
		switch {
		case x.Score > y.Score:
			return -1
		case x.Score < y.Score:
			return 1
		}
		return strings.Compare(x.path, y.path)
	})
	out := []Candidate{}
	for _, c := range found {
		if len(out) < maxCandidates && !slices.ContainsFunc(out, func(o Candidate) bool { return o.PlaceID == c.PlaceID }) {
			c.Score = math.Round(c.Score*100) / 100
			out = append(out, c)
		}
	}
	return out
}

// rivals reports whether a second place is as likely as the first and lies elsewhere. A
// village and the committee of the same name below it are one answer: the higher one.
func rivals(c []Candidate) bool {
	for i := 1; i < len(c); i++ {
		if c[0].Score-c[i].Score < 0.04 && !strings.HasPrefix(c[i].path, c[0].path) && !strings.HasPrefix(c[0].path, c[i].path) {
			return true
		}
	}
	return false
}

// remembered finds a spelling that somebody decided about before.
func (r *Resolver) remembered(a *asked) []Candidate {
	var out []Candidate
	for _, e := range r.aliases[a.Spelling()] {
		score := 1.0
		if e.alias != aliasSpelling {
			score = 0.95
		}
		out = append(out, e.candidate(score, partSpelling))
	}
	return out
}

// byAddress finds candidates by road, lane and number.
func (r *Resolver) byAddress(a *asked) []Candidate {
	whole, lane, road := a.keys()
	if road == "" {
		return nil
	}
	var out []Candidate
	exact := []string{partRoad}
	if a.Lane != "" {
		exact = append(exact, partLane)
	}
	if a.Number != "" {
		exact = append(exact, partNumber)
	}
	if a.Lane != "" || a.Number != "" {
		for _, e := range append(r.addresses[whole], r.addresses[rangeEnd(a)]...) {
			out = append(out, e.candidate(1, exact...))
		}
		named := exact
		if a.Lane != "" {
			named = []string{partRoad, partLane} // a lane is called so; the number is a building in it
		}
		for _, e := range r.names[strings.ToLower(a.wholeName())] {
			out = append(out, e.candidate(0.98, named...))
		}
	}
	if a.Lane != "" && len(out) == 0 {
		out = append(out, r.byLane(a, lane)...)
	}
	return out
}

// wholeName is the address as the name of an estate or building: 博山路12弄, 福州路105号.
func (a Address) wholeName() string {
	name := a.Road
	if a.Lane != "" {
		name += a.Lane + "弄"
		if a.SubLane != "" {
			name += a.SubLane + "支弄"
		}
		return name
	}
	if a.Western {
		return a.Number + " " + a.Road
	}
	return name + a.Number + "号"
}

func rangeEnd(a *asked) string {
	if a.NumberTo == "" {
		return ""
	}
	end := a.Address
	end.Number = a.NumberTo
	whole, _, _ := end.keys()
	return whole
}

// byLane finds what the addresses in a lane belong to.
func (r *Resolver) byLane(a *asked, lane string) []Candidate {
	var out []Candidate
	estates := map[string]entry{}
	for _, e := range r.lanes[lane] {
		if e.above != nil {
			e = *e.above
		}
		estates[e.path] = e
	}
	for _, e := range estates {
		switch {
		case a.Number != "" || a.SubLane != "":
			c := e.candidate(0.6, partRoad, partLane)
			c.Missed = []string{partNumber}
			out = append(out, c)
		case len(estates) == 1 && e.level == Compound && e.kind != streetBlock:
			out = append(out, e.candidate(0.95, partRoad, partLane))
		default:
			out = append(out, e.candidate(0.6, partRoad, partLane))
		}
	}
	return out
}

// byName finds candidates by the names in the text.
func (r *Resolver) byName(a *asked) []Candidate {
	var out []Candidate
	if a.Village != "" {
		out = append(out, r.village(a)...)
	} else if len(a.Groups) > 0 {
		for _, e := range r.named(strings.Join(a.Groups, "")) {
			out = append(out, e.candidate(e.sure(0.95), partGroup))
		}
	}
	if a.Name != "" {
		around := r.named(a.Village)
		for _, e := range r.named(a.Name) {
			c := e.candidate(e.sure(0.97), partName)
			if len(around) > 0 && !slices.ContainsFunc(around, func(v entry) bool { return strings.HasPrefix(e.path, v.path) }) {
				c.Score, c.Missed = 0.85, []string{partVillage}
			}
			if a.Road != "" && (a.Lane != "" || a.Number != "") {
				c.Score, c.Missed = min(c.Score, 0.92), append(c.Missed, partNumber)
			}
			out = append(out, c)
		}
	}
	if a.Western && a.Road == "" {
		for _, e := range r.latin[letters(a.Text)] {
			out = append(out, e.candidate(0.92, partName))
		}
	}
	return out
}

// village finds a village, and the part of it that the text names.
func (r *Resolver) village(a *asked) []Candidate {
	var out []Candidate
	for _, e := range r.named(a.Village) {
		if a.Name != "" || a.Road != "" && (a.Lane != "" || a.Number != "") {
			// The village is only where it lies; what is meant is said more exactly.
			c := e.candidate(0.6, partVillage)
			c.Missed = []string{partName}
			if a.Name == "" {
				c.Missed = []string{partNumber}
			}
			out = append(out, c)
			continue
		}
		if len(a.Groups) == 0 {
			out = append(out, e.candidate(e.sure(0.97), partVillage))
			continue
		}
		part := false
		for _, name := range a.groupNames() {
			for _, g := range r.names[strings.ToLower(name)] {
				if strings.HasPrefix(g.path, e.path) && g.path != e.path {
					out = append(out, g.candidate(0.97, partVillage, partGroup))
					part = true
				}
			}
		}
		if !part {
			c := e.candidate(0.6, partVillage)
			c.Missed = []string{partGroup}
			out = append(out, c)
		}
	}
	for _, e := range r.names[strings.ToLower(a.Village+strings.Join(a.Groups, ""))] {
		if len(a.Groups) > 0 {
			out = append(out, e.candidate(0.97, partVillage, partGroup))
		}
	}
	return out
}

// groupNames are the spellings of the deepest part: 丁家宅, 丁家队丁家宅.
func (a Address) groupNames() []string {
	if len(a.Groups) == 0 {
		return nil
	}
	return unique([]string{a.Groups[len(a.Groups)-1], strings.Join(a.Groups, "")})
}
