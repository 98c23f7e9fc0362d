package situation

import (
	"context"
	"fmt"
	"sort"
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
	reporters, err := f.reported(ctx, tx, path, until)
	if err != nil {
		return counted{}, err
	}
	listed, err := f.divide(ctx, tx, path, []string{path}, reporters, until)
	return combine(path, listed, reporters), err
}

// combine puts together what counts at a place: the topmost total of each day replaces
// the line list below its place. reporters are those at or below the place, and listed
// has the place and each of theirs.
func combine(path string, listed divided, reporters []reporter) counted {
	c := counted{days: days{}, listed: days{}, totals: map[store.Day]int{}, reporters: reporters}
	for on, t := range listed[path] {
		c.days.add(on, t)
		c.listed.add(on, t)
	}
	for _, r := range topmost(reporters) {
		replaced := listed[r.place.Path][r.on]
		c.days.subtract(r.on, replaced)
		c.listed.subtract(r.on, replaced)
		c.days.add(r.on, r.tally)
		c.totals[r.on] += r.tally.infections()
	}
	return c
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

// below returns those at or below a path; they come in the order of their paths.
func below(reporters []reporter, path string) []reporter {
	from := sort.Search(len(reporters), func(i int) bool { return reporters[i].place.Path >= path })
	to := from
	for to < len(reporters) && strings.HasPrefix(reporters[to].place.Path, path) {
		to++
	}
	return reporters[from:to]
}

// reported returns the daily totals at or below a path, parents before children.
func (f frame) reported(ctx context.Context, tx *op.Tx, path string, until store.Day) ([]reporter, error) {
	args := []any{f.incident, until}
	query := `
		SELECT p.id, p.path, p.name, p.name_en, p.level, d.on_day, d.confirmed, d.asymptomatic, d.reclassified, d.found_in_community, d.deaths, d.imported
		FROM   daily_counts d JOIN places p ON p.id = d.place_id
		WHERE  d.incident_id = $1 AND d.on_day <= $2 AND ` + access.Under(path).SQL("d.place_path", &args) + `
		ORDER  BY p.path, d.on_day`
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
