package places

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// Resolver resolves addresses. It remembers what it asked the register, for the many
// addresses of one list that name the same roads, and serves one transaction only. It is
// not safe for concurrent use.
type Resolver struct {
	within    string
	names     map[string][]entry // by lower-case name; an empty list: asked, not there
	latin     map[string][]entry // by pinyin or English name
	addresses map[string][]entry // by key
	lanes     map[string][]entry // by lane_key
	roads     map[string]bool    // by key, whether the register knows the road
	aliases   map[string][]entry // by spelling
	children  map[string][]entry // by the parent's id
	below     map[string][]entry // by path and what was asked below it
	districts int                // how many districts there are; −1 before it is asked
}

// NewResolver returns a resolver for places at and below the path; "" is the caller's
// whole scope.
func NewResolver(within string) *Resolver {
	return &Resolver{within: within, names: map[string][]entry{}, latin: map[string][]entry{}, addresses: map[string][]entry{}, lanes: map[string][]entry{},
		roads: map[string]bool{}, aliases: map[string][]entry{}, children: map[string][]entry{}, below: map[string][]entry{}, districts: -1}
}

// entry is a place as the resolver knows it.
type entry struct {
	id       ref.Place
	path     string
	level    Level
	kind     string
	name     string
	lon, lat *float64
	alias    string // the alias's kind, when it was found by one
	variant  bool   // found by a name with another ending
	above    *entry // the estate around it; only for addresses
}

func (e entry) candidate(score float64, matched ...string) Candidate {
	return Candidate{PlaceID: e.id, Name: e.name, Level: e.level, Lon: e.lon, Lat: e.lat, Score: score, Matched: matched, path: e.path}
}

// sure is a little less for a name with another ending.
func (e entry) sure(score float64) float64 {
	if e.variant {
		return score - 0.05
	}
	return score
}

const entryColumns = `p.id, p.path, p.level, p.kind, p.name, p.lon, p.lat`

func (e *entry) dst(more ...any) []any {
	return append([]any{&e.id, &e.path, &e.level, &e.kind, &e.name, &e.lon, &e.lat}, more...)
}

// variants of a name: as it is, without its ending, and with the usual ones.
func variants(name string) []string {
	n := strings.ToLower(strings.TrimSpace(name))
	if n == "" {
		return nil
	}
	if isLatin(n) {
		return []string{n}
	}
	b := bare(n)
	return unique([]string{n, b, b + "小区", b + "村", b + "社区", b + "居委会", b + "村委会", b + "居民委员会", b + "村民委员会"})
}

// named are the places with the name, exactly if there are such, else with another ending.
func (r *Resolver) named(name string) []entry {
	all := variants(name)
	if len(all) == 0 {
		return nil
	}
	if exact := r.names[all[0]]; len(exact) > 0 {
		return exact
	}
	var out []entry
	for _, v := range all[1:] {
		for _, e := range r.names[v] {
			e.variant = true
			out = append(out, e)
		}
	}
	return out
}

// wants are the names to look up for one address.
func (a *asked) wants() []string {
	var out []string
	if a.Road != "" && (a.Lane != "" || a.Number != "") {
		out = append(out, strings.ToLower(a.wholeName()))
	}
	for _, n := range []string{a.Village, a.Name, a.District, a.district, a.Street} {
		out = append(out, variants(n)...)
	}
	if len(a.Groups) > 0 {
		for _, n := range append(a.groupNames(), a.Village+strings.Join(a.Groups, "")) {
			out = append(out, strings.ToLower(n))
		}
		if a.Village == "" {
			out = append(out, variants(strings.Join(a.Groups, ""))...)
		}
	}
	return out
}

// prefetch asks the register about everything the addresses name.
func (r *Resolver) prefetch(ctx context.Context, tx *op.Tx, all []asked) error {
	var names, keys, lanes, roads, spellings, latin []string
	for i := range all {
		a := &all[i]
		whole, lane, road := a.keys()
		names = missingFrom(names, r.names, a.wants()...)
		keys = missingFrom(keys, r.addresses, whole, rangeEnd(a))
		lanes = missingFrom(lanes, r.lanes, lane)
		roads = missingFrom(roads, r.roads, road, roadKey(a.Cross))
		spellings = missingFrom(spellings, r.aliases, a.Spelling())
		if a.Western && a.Road == "" {
			latin = missingFrom(latin, r.latin, letters(a.Text))
		}
	}
	for _, step := range []func() error{
		func() error { return r.fetchNames(ctx, tx, unique(names)) },
		func() error { return r.fetchFormer(ctx, tx, unique(names)) },
		func() error { return r.fetchLatin(ctx, tx, unique(latin)) },
		func() error { return r.fetchAddresses(ctx, tx, "key", r.addresses, unique(keys)) },
		func() error { return r.fetchAddresses(ctx, tx, "lane_key", r.lanes, unique(lanes)) },
		func() error { return r.fetchRoads(ctx, tx, unique(roads)) },
		func() error { return r.fetchAliases(ctx, tx, unique(spellings)) },
		func() error { return r.countDistricts(ctx, tx) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func missingFrom[V any](to []string, have map[string]V, keys ...string) []string {
	for _, k := range keys {
		if _, ok := have[k]; !ok && k != "" {
			to = append(to, k)
		}
	}
	return to
}

// in runs a query for all values, lookupBatch at a time. The query has a condition on
// column IN (the values) and goes on with the scope; path is the column with the path.
func (r *Resolver) in(ctx context.Context, tx *op.Tx, query, column, path string, values []string, scan func(store.Scanner) error) error {
	for len(values) > 0 {
		n := min(len(values), lookupBatch)
		args := make([]any, n)
		for i, v := range values[:n] {
			args[i] = v
		}
		where := column + ` IN (` + list(0, n) + `) AND ` + tx.Scope().SQL(path, &args)
		if r.within != "" {
			args = append(args, r.within, access.End(r.within))
			where += fmt.Sprintf(` AND %[1]s >= $%[2]d AND %[1]s < $%[3]d`, path, len(args)-1, len(args))
		}
		rows, err := tx.Query(ctx, query+` `+where, args...)
		if _, err = store.Collect(rows, err, func(s store.Scanner) (struct{}, error) { return struct{}{}, scan(s) }); err != nil {
			return err
		}
		values = values[n:]
	}
	return nil
}

func (r *Resolver) fetchNames(ctx context.Context, tx *op.Tx, names []string) error {
	for _, n := range names {
		r.names[n] = nil
	}
	const q = `SELECT ` + entryColumns + `, lower(p.name) FROM places p WHERE p.level NOT IN ('unit', 'household') AND p.retired_on IS NULL AND`
	return r.in(ctx, tx, q, "lower(p.name)", "p.path", names, func(s store.Scanner) error {
		var e entry
		var key string
		err := s.Scan(e.dst(&key)...)
		r.names[key] = append(r.names[key], e)
		return err
	})
}

// fetchFormer finds places by the names they had before.
func (r *Resolver) fetchFormer(ctx context.Context, tx *op.Tx, names []string) error {
	const q = `SELECT ` + entryColumns + `, t.term FROM place_terms t JOIN places p ON p.id = t.place_id WHERE t.kind = 'former' AND p.retired_on IS NULL AND`
	return r.in(ctx, tx, q, "t.term", "p.path", names, func(s store.Scanner) error {
		var e entry
		var key string
		err := s.Scan(e.dst(&key)...)
		e.variant = true
		r.names[key] = append(r.names[key], e)
		return err
	})
}

// letters is a Latin text as pinyin is kept: letters and digits only.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}

func (r *Resolver) fetchLatin(ctx context.Context, tx *op.Tx, keys []string) error {
	for _, k := range keys {
		r.latin[k] = nil
	}
	const q = `SELECT ` + entryColumns + `, p.pinyin FROM places p WHERE p.pinyin <> '' AND p.retired_on IS NULL AND`
	return r.in(ctx, tx, q, "p.pinyin", "p.path", keys, func(s store.Scanner) error {
		var e entry
		var key string
		err := s.Scan(e.dst(&key)...)
		r.latin[key] = append(r.latin[key], e)
		return err
	})
}

// fetchAddresses also learns the estate that each address lies in.
func (r *Resolver) fetchAddresses(ctx context.Context, tx *op.Tx, column string, to map[string][]entry, keys []string) error {
	for _, k := range keys {
		to[k] = nil
	}
	q := `SELECT ` + entryColumns + `, a.` + column + `, u.id, u.path, u.level, u.kind, u.name, u.lon, u.lat
		FROM addresses a JOIN places p ON p.id = a.place_id LEFT JOIN places u ON u.id = p.parent_id WHERE p.retired_on IS NULL AND`
	return r.in(ctx, tx, q, "a."+column, "a.place_path", keys, func(s store.Scanner) error {
		var e, u entry
		var key string
		if err := s.Scan(e.dst(&key, store.Optional(&u.id), store.Optional(&u.path), store.Optional(&u.level), store.Optional(&u.kind), store.Optional(&u.name), &u.lon, &u.lat)...); err != nil {
			return err
		}
		if u.level == Compound {
			e.above = &u
		}
		if !slices.ContainsFunc(to[key], func(x entry) bool { return x.id == e.id }) {
			to[key] = append(to[key], e)
		}
		return nil
	})
}

// fetchRoads learns which roads there are: from the map, or because an address names them.
func (r *Resolver) fetchRoads(ctx context.Context, tx *op.Tx, keys []string) error {
	for _, k := range keys {
		r.roads[k] = false
	}
	known := func(s store.Scanner) error {
		var key string
		err := s.Scan(&key)
		r.roads[key] = true
		return err
	}
	if err := r.in(ctx, tx, `SELECT DISTINCT key FROM roads WHERE`, "key", "place_path", keys, known); err != nil {
		return err
	}
	return r.in(ctx, tx, `SELECT DISTINCT road_key FROM addresses WHERE`, "road_key", "place_path", keys, known)
}

func (r *Resolver) fetchAliases(ctx context.Context, tx *op.Tx, keys []string) error {
	for _, k := range keys {
		r.aliases[k] = nil
	}
	const q = `SELECT ` + entryColumns + `, a.key, a.kind FROM place_aliases a JOIN places p ON p.id = a.place_id WHERE p.retired_on IS NULL AND`
	return r.in(ctx, tx, q, "a.key", "a.place_path", keys, func(s store.Scanner) error {
		var e entry
		var key string
		err := s.Scan(e.dst(&key, &e.alias)...)
		r.aliases[key] = append(r.aliases[key], e)
		return err
	})
}

func (r *Resolver) countDistricts(ctx context.Context, tx *op.Tx) error {
	if r.districts >= 0 {
		return nil
	}
	args := []any{}
	where := tx.Scope().SQL("path", &args)
	if r.within != "" {
		args = append(args, r.within, access.End(r.within))
		where += fmt.Sprintf(` AND path >= $%d AND path < $%d`, len(args)-1, len(args))
	}
	return tx.QueryRow(ctx, `SELECT count(*) FROM places WHERE level = 'district' AND retired_on IS NULL AND `+where, args...).Scan(&r.districts)
}

// limit turns the divisions that the text and the list name into paths. A district that
// is none of the register's makes every candidate doubtful.
func (r *Resolver) limit(a *asked) {
	for _, x := range []struct {
		name  string
		level Level
	}{{a.District, District}, {a.district, District}, {a.Street, Street}} {
		if x.name == "" {
			continue
		}
		var at []entry
		for _, v := range variants(x.name) {
			for _, e := range r.names[v] {
				if e.level == x.level || a.Western && e.level.Rank() >= City.Rank() && e.level.Rank() <= Community.Rank() {
					at = append(at, e)
				}
			}
			if len(at) > 0 {
				break
			}
		}
		switch {
		case len(at) == 1:
			a.limits = append(a.limits, at[0].path)
		case len(at) == 0 && x.level == District && r.districts > 0 && !a.Western:
			a.unknown = true
		}
	}
}
