package situation

import (
	"context"
	"strings"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
)

// The line list is tallied by three questions, each of which an index answers alone, in
// its own order (cases_tally, cases_reclassified, cases_died). They bring cases together
// that are alike in everything that counts. Of such groups there are few, and where their
// cases stand comes back as one text for each: for a hundred thousand cases that takes
// no longer than counting them in the database, and serves every division into places.
const (
	newCasesQuery = `
		SELECT c.counted_on, string_agg(c.place_path, ' '), c.counted_as, c.detection_route, c.zone_class, c.origin
		FROM   cases c
		WHERE  c.incident_id = $1 AND c.counted_on <= $2 AND c.counted_as <> '' AND `
	newCasesGroups    = ` GROUP BY c.counted_on, c.counted_as, c.detection_route, c.zone_class, c.origin`
	reclassifiedQuery = `
		SELECT c.reclassified_on, string_agg(c.place_path, ' ')
		FROM   cases c
		WHERE  c.incident_id = $1 AND c.reclassified_on <= $2 AND c.reclassified_on IS NOT NULL AND c.counted_as <> '' AND `
	deathsQuery = `
		SELECT c.outcome_on, string_agg(c.place_path, ' ')
		FROM   cases c
		WHERE  c.incident_id = $1 AND c.outcome = 'died' AND c.outcome_on <= $2 AND c.counted_as <> '' AND `
)

// eachGroup gives the groups of cases below a path that count up to and including a day:
// the day, where the cases stand, and what n of them count.
func (f frame) eachGroup(ctx context.Context, tx *op.Tx, path string, until store.Day, give func(on store.Day, paths string, of func(n int) tally)) error {
	args := []any{f.incident, until}
	where := access.Under(path).SQL("c.place_path", &args)
	community := f.communityRule()
	err := eachRow(ctx, tx, newCasesQuery+where+newCasesGroups, args, func(r store.Scanner) error {
		var paths, as, route, zone, origin string
		var on store.Day
		if err := r.Scan(&on, &paths, &as, &route, &zone, &origin); err != nil {
			return err
		}
		found := community(on, route, zone)
		give(on, paths, func(n int) tally { return caseTally(as, route, origin, found, n) })
		return nil
	})
	if err != nil {
		return err
	}
	byDay := func(query, group string, of func(n int) tally) error {
		return eachRow(ctx, tx, query+where+` GROUP BY `+group, args, func(r store.Scanner) error {
			var on store.Day
			var paths string
			err := r.Scan(&on, &paths)
			give(on, paths, of)
			return err
		})
	}
	if err := byDay(reclassifiedQuery, "c.reclassified_on", func(n int) tally { return tally{confirmed: n, reclassified: n} }); err != nil {
		return err
	}
	return byDay(deathsQuery, "c.outcome_on", func(n int) tally { return tally{deaths: n} })
}

// divided is a line list tallied for several places, by path. One may lie within another.
type divided map[string]days

// divide tallies the cases below a path for each of the parts and of the reporting areas.
func (f frame) divide(ctx context.Context, tx *op.Tx, path string, parts []string, reporters []reporter, until store.Day) (divided, error) {
	out := divided{}
	for _, p := range parts {
		out[p] = days{}
	}
	for _, r := range reporters {
		out[r.place.Path] = days{}
	}
	depths := out.depths()
	err := f.eachGroup(ctx, tx, path, until, func(on store.Day, paths string, of func(int) tally) {
		for part, n := range out.count(paths, depths) {
			out[part].add(on, of(n))
		}
	})
	return out, err
}

// depths reports at which depths of the tree the places stand.
func (d divided) depths() []bool {
	var out []bool
	for p := range d {
		depth := strings.Count(p, ".")
		for len(out) <= depth {
			out = append(out, false)
		}
		out[depth] = true
	}
	return out
}

// count counts for each place the paths at or below it; they are separated by spaces.
func (d divided) count(paths string, depths []bool) map[string]int {
	out := make(map[string]int, len(d))
	for path := range strings.SplitSeq(paths, " ") {
		depth := 0
		for i := 0; i < len(path) && depth+1 < len(depths); i++ {
			if path[i] != '.' {
				continue
			}
			if depth++; !depths[depth] {
				continue
			}
			if _, known := d[path[:i+1]]; known {
				out[path[:i+1]]++
			}
		}
	}
	return out
}
func caseTally(as, route, origin string, community bool, n int) tally {
	var t tally
	if as == "confirmed" {
		t.confirmed = n
	} else {
		t.asymptomatic = n
	}
	if community {
		t.community = n
	}
	if route == "unknown" {
		t.unknown = n
	}
	if origin == "imported" {
		t.imported = n
	}
	return t
}

// communityRule returns the pack's answer to "was it found in the community?", asked
// once per day and pair.
func (f frame) communityRule() func(on store.Day, route, zone string) bool {
	type pair struct {
		on          store.Day
		route, zone string
	}
	known := map[pair]bool{}
	return func(on store.Day, route, zone string) bool {
		k := pair{on, route, zone}
		answer, ok := known[k]
		if !ok {
			answer = f.rules.On(string(on)).InCommunity(route, zone)
			known[k] = answer
		}
		return answer
	}
}
