package situation

import (
	"context"
	"fmt"
	"strings"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
)

// counted is everything that counts at a place, by day, with where it came from.
type counted struct {
	days      days
	listed    days              // of these, from the line list
	totals    map[store.Day]int // reported totals in effect per day
	reporters []reporter        // reporting areas at or below the place
}

// reporter is one daily total.
type reporter struct {
	place Place
	on    store.Day
	tally tally
}

// count counts the incident's infections below the place up to and including a day.
func (f frame) count(ctx context.Context, tx *op.Tx, path string, until store.Day) (counted, error) {
	listed, err := f.lineList(ctx, tx, path, until)
	if err != nil {
		return counted{}, err
	}
	c := counted{days: days{}, listed: listed, totals: map[store.Day]int{}}
	for on, t := range listed {
		c.days.add(on, t)
	}
	if c.reporters, err = f.reported(ctx, tx, path, until); err != nil {
		return c, err
	}
	return c, f.applyTotals(ctx, tx, &c, until)
}

// applyTotals lets the topmost total of each day replace the line list below its place.
func (f frame) applyTotals(ctx context.Context, tx *op.Tx, c *counted, until store.Day) error {
	below := map[string]days{} // line list by reporting area, read once each
	for _, r := range topmost(c.reporters) {
		if below[r.place.Path] == nil {
			listed, err := f.lineList(ctx, tx, r.place.Path, until)
			if err != nil {
				return err
			}
			below[r.place.Path] = listed
		}
		replaced := below[r.place.Path][r.on]
		c.days.subtract(r.on, replaced)
		c.listed.subtract(r.on, replaced)
		c.days.add(r.on, r.tally)
		c.totals[r.on] += r.tally.infections()
	}
	return nil
}

// topmost keeps, for each day, the totals that no other total of that day contains.
// The rows come in the order of their paths, so that a parent precedes its children.
func topmost(rows []reporter) []reporter {
	var out []reporter
	covering := map[store.Day][]string{}
	for _, r := range rows {
		inside := false
		for _, p := range covering[r.on] {
			inside = inside || strings.HasPrefix(r.place.Path, p)
		}
		if !inside {
			covering[r.on] = append(covering[r.on], r.place.Path)
			out = append(out, r)
		}
	}
	return out
}

// lineList tallies the cases below a path by day, up to and including until.
func (f frame) lineList(ctx context.Context, tx *op.Tx, path string, until store.Day) (days, error) {
	out := days{}
	err := f.eachGroup(ctx, tx, path, until, func(_ string, on store.Day, t tally) { out.add(on, t) })
	return out, err
}

// The three questions that a line list is tallied by. %s is replaced by what the rows
// are grouped by besides the day.
const (
	newCasesQuery = `
		SELECT %[1]s, c.counted_on, c.counted_as, c.detection_route, c.zone_class, c.origin, count(*)
		FROM   %[2]s
		WHERE  c.incident_id = $1 AND c.counted_on <= $2 AND c.counted_as <> '' AND %[3]s
		GROUP  BY 1, 2, 3, 4, 5, 6`
	reclassifiedQuery = `
		SELECT %[1]s, c.reclassified_on, count(*)
		FROM   %[2]s
		WHERE  c.incident_id = $1 AND c.reclassified_on <= $2 AND c.reclassified_on IS NOT NULL AND c.counted_as <> '' AND %[3]s
		GROUP  BY 1, 2`
	deathsQuery = `
		SELECT %[1]s, c.outcome_on, count(*)
		FROM   %[2]s
		WHERE  c.incident_id = $1 AND c.outcome = 'died' AND c.outcome_on <= $2 AND c.counted_as <> '' AND %[3]s
		GROUP  BY 1, 2`
)

// grouping says what tallies are grouped by: nothing, or the places of a level.
type grouping struct {
	key, from, where string
	args             []any
}

func wholePlace(path string) grouping {
	g := grouping{key: "''", from: "cases c", args: nil}
	args := []any{nil, nil} // $1 and $2 are the incident and the day
	g.where = access.Under(path).SQL("c.place_path", &args)
	g.args = args[2:]
	return g
}

// byChildren groups by the places whose parent is given; byLevel by all places of a
// level below a path. Each is a nested loop over an index of cases.
func byChildren(parent any) grouping {
	return grouping{
		key: "p.id", from: "places p JOIN cases c ON c.place_path >= p.path AND c.place_path < substr(p.path, 1, length(p.path) - 1) || '/'",
		where: "p.parent_id = $3", args: []any{parent},
	}
}

func byLevel(level, path string) grouping {
	g := byChildren(nil)
	args := []any{nil, nil, level}
	g.where = "p.level = $3 AND " + access.Under(path).SQL("p.path", &args)
	g.args = args[2:]
	return g
}

func (f frame) eachGroup(ctx context.Context, tx *op.Tx, path string, until store.Day, f2 func(string, store.Day, tally)) error {
	return f.eachGroupOf(ctx, tx, wholePlace(path), until, f2)
}

func (f frame) eachGroupOf(ctx context.Context, tx *op.Tx, g grouping, until store.Day, give func(key string, on store.Day, t tally)) error {
	args := append([]any{f.incident, until}, g.args...)
	community := f.communityRule()
	err := eachRow(ctx, tx, fmt.Sprintf(newCasesQuery, g.key, g.from, g.where), args, func(r store.Scanner) error {
		var key, as, route, zone, origin string
		var on store.Day
		var n int
		if err := r.Scan(&key, &on, &as, &route, &zone, &origin, &n); err != nil {
			return err
		}
		give(key, on, caseTally(as, route, origin, community(on, route, zone), n))
		return nil
	})
	if err != nil {
		return err
	}
	err = f.eachSimple(ctx, tx, fmt.Sprintf(reclassifiedQuery, g.key, g.from, g.where), args, func(key string, on store.Day, n int) {
		give(key, on, tally{confirmed: n, reclassified: n})
	})
	if err != nil {
		return err
	}
	return f.eachSimple(ctx, tx, fmt.Sprintf(deathsQuery, g.key, g.from, g.where), args, func(key string, on store.Day, n int) {
		give(key, on, tally{deaths: n})
	})
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

func (f frame) eachSimple(ctx context.Context, tx *op.Tx, query string, args []any, give func(string, store.Day, int)) error {
	return eachRow(ctx, tx, query, args, func(r store.Scanner) error {
		var key string
		var on store.Day
		var n int
		if err := r.Scan(&key, &on, &n); err != nil {
			return err
		}
		give(key, on, n)
		return nil
	})
}

// reported returns the daily totals at or below a path, parents before children.
func (f frame) reported(ctx context.Context, tx *op.Tx, path string, until store.Day) ([]reporter, error) {
	args := []any{f.incident, until}
	query := `
		SELECT p.id, p.path, p.name, p.name_en, p.level, d.on_day, d.confirmed, d.asymptomatic, d.reclassified, d.found_in_community, d.deaths, d.imported
		FROM   daily_counts d JOIN places p ON p.id = d.place_id
		WHERE  d.incident_id = $1 AND d.on_day <= $2 AND ` + access.Under(path).SQL("d.place_path", &args) + `
		ORDER  BY d.place_path, d.on_day`
	var out []reporter
	err := eachRow(ctx, tx, query, args, func(s store.Scanner) error {
		var r reporter
		var community *int
		err := s.Scan(&r.place.ID, &r.place.Path, &r.place.Name, &r.place.NameEn, &r.place.Level, &r.on,
			&r.tally.confirmed, &r.tally.asymptomatic, &r.tally.reclassified, &community, &r.tally.deaths, &r.tally.imported)
		if err != nil {
			return err
		}
		// Without the split, all of it counts as found in the community.
		r.tally.community, r.tally.unknown = r.tally.infections(), r.tally.infections()
		if community != nil {
			r.tally.community, r.tally.unknown = min(*community, r.tally.infections()), 0
		}
		out = append(out, r)
		return nil
	})
	return out, err
}

func eachRow(ctx context.Context, tx *op.Tx, query string, args []any, f func(store.Scanner) error) error {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func placeholders(first, n int) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = fmt.Sprintf("$%d", first+i)
	}
	return strings.Join(parts, ", ")
}
