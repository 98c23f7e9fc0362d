package places

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// candidate is a place that a query may mean.
type candidate struct {
	id               ref.Place
	path             string
	level            Level
	name, nameEn     string
	code             string
	pinyin, initials string
	retired          store.Day
	rank             int
}

// look is one query for candidates in the making.
type look struct {
	query
	args  []any
	top   []spot
	level Level
	scope string // the condition on p.path
	few   int
}

func (l *look) arg(v any) string {
	l.args = append(l.args, v)
	return fmt.Sprintf("$%d", len(l.args))
}

// candidates returns the best places for a query, the best first. Each way of looking
// reads a bounded range of an index, whatever the size of the city.
func (q query) candidates(ctx context.Context, tx *op.Tx, top []spot, o SearchOptions, limit int) ([]candidate, error) {
	l := &look{query: q, top: top, level: o.Level, few: max(fewCandidates, limit)}
	branches := l.deep(tx)
	if len(l.top) > 0 || len(branches) == 0 {
		branches = append(append(append(branches, l.byName(tx)...), l.byCode(tx)...), l.byTerm(tx))
	}
	for i, b := range branches {
		branches[i] = fmt.Sprintf("SELECT b%d.id FROM (%s) AS b%d", i, b, i)
	}
	text := `SELECT p.id, p.path, p.level, p.name, p.name_en, p.code, p.pinyin, p.initials, p.retired_on
		FROM places p WHERE p.id IN (` + strings.Join(branches, " UNION ALL ") + `)`
	rows, err := tx.Query(ctx, text, l.args...)
	found, err := store.Collect(rows, err, func(r store.Scanner) (c candidate, err error) {
		return c, r.Scan(&c.id, &c.path, &c.level, &c.name, &c.nameEn, &c.code, &c.pinyin, &c.initials, &c.retired)
	})
	if err != nil {
		return nil, err
	}
	if !o.Retired {
		found = slices.DeleteFunc(found, func(c candidate) bool { return c.retired != "" })
	}
	for i := range found {
		found[i].rank = q.rank(found[i])
	}
	slices.SortFunc(found, func(a, b candidate) int { return a.compare(b) })
	return found[:min(len(found), limit)], nil
}

// where is the part of the tree that a branch looks in, for a column with paths.
func (l *look) where(tx *op.Tx, column string) string {
	out := tx.Scope().SQL(column, &l.args)
	if len(l.top) > 0 {
		parts := make([]string, len(l.top))
		for i, t := range l.top {
			parts[i] = fmt.Sprintf("(%s > %s AND %s < %s)", column, l.arg(t.path), column, l.arg(access.End(t.path)))
		}
		out += " AND (" + strings.Join(parts, " OR ") + ")"
	}
	return out
}

func (l *look) ofLevel() string {
	if l.level == "" {
		return ""
	}
	return ` AND p.level = ` + l.arg(string(l.level))
}

// beyond is the end of the range of texts that begin with one.
const beyond = "\U0010FFFF"

// byName looks for names and spellings that are or begin with the query.
func (l *look) byName(tx *op.Tx) []string {
	const named = ` AND p.level NOT IN ('unit', 'household')` // as the index of names says
	branch := func(column, condition, more string) string {
		return `SELECT p.id AS id FROM places p WHERE ` + condition + more + ` AND ` + l.where(tx, "p.path") + l.ofLevel() +
			` ORDER BY ` + column + `, p.path LIMIT ` + l.arg(l.few)
	}
	out := []string{
		branch("lower(p.name)", `lower(p.name) = `+l.arg(l.text), named),
		branch("lower(p.name)", `lower(p.name) > `+l.arg(l.text)+` AND lower(p.name) < `+l.arg(l.text+beyond), named),
	}
	if l.latin != "" {
		for _, column := range []string{"p.pinyin", "p.initials"} {
			out = append(out, branch(column, column+` >= `+l.arg(l.latin)+` AND `+column+` < `+l.arg(l.latin+beyond), ` AND `+column+` <> ''`))
		}
	}
	return out
}

// byCode looks for codes that begin with the query. Codes keep their case; digits have
// none, and both spellings are cheap to ask for.
func (l *look) byCode(tx *op.Tx) []string {
	var out []string
	for _, text := range []string{l.text, strings.ToUpper(l.text)} {
		if len(out) > 0 && text == l.text {
			continue
		}
		out = append(out, `SELECT p.id AS id FROM places p WHERE p.code <> '' AND p.code >= `+l.arg(text)+` AND p.code < `+l.arg(text+beyond)+
			` AND `+l.where(tx, "p.path")+l.ofLevel()+` ORDER BY p.code LIMIT `+l.arg(l.few))
	}
	return out
}

// byTerm looks for later parts of names, English names and former names.
func (l *look) byTerm(tx *op.Tx) string {
	condition := `t.term >= ` + l.arg(l.text) + ` AND t.term < ` + l.arg(l.text+beyond)
	if l.latin != "" && l.latin != l.text {
		condition = `(` + condition + ` OR t.term >= ` + l.arg(l.latin) + ` AND t.term < ` + l.arg(l.latin+beyond) + `)`
	}
	join := ""
	if l.level != "" {
		join = ` JOIN places p ON p.id = t.place_id`
	}
	return `SELECT t.place_id AS id FROM place_terms t` + join + ` WHERE ` + condition + ` AND ` + l.where(tx, "t.path") + l.ofLevel() +
		` ORDER BY t.term, t.path LIMIT ` + l.arg(l.few)
}

// deep reads all that is below the estates, buildings and units that the search stands
// at: a few hundred places each, units and households among them, faster than many
// ranges of the indexes. The higher places stay for the other ways of looking.
func (l *look) deep(tx *op.Tx) []string {
	var out []string
	l.top = slices.Clone(l.top)
	l.top = slices.DeleteFunc(l.top, func(t spot) bool {
		if t.level == "" || t.level.Below(Unit) || !t.level.Below(Community) {
			return false
		}
		begins := l.arg(escapeLike(l.text) + `%`)
		condition := `lower(p.name) LIKE ` + begins + ` ESCAPE '\' OR lower(p.code) LIKE ` + begins + ` ESCAPE '\' OR lower(p.name_en) LIKE ` + begins + ` ESCAPE '\'`
		if l.latin != "" {
			reads := l.arg(escapeLike(l.latin) + `%`)
			condition += ` OR p.pinyin LIKE ` + reads + ` ESCAPE '\' OR p.initials LIKE ` + reads + ` ESCAPE '\'`
		}
		out = append(out, `SELECT p.id AS id FROM places p WHERE p.path > `+l.arg(t.path)+` AND p.path < `+l.arg(access.End(t.path))+
			` AND (`+condition+`) AND `+tx.Scope().SQL("p.path", &l.args)+l.ofLevel()+` LIMIT `+l.arg(l.few))
		return true
	})
	return out
}

// rank orders exact before beginning before all else. The further readings of an
// ambiguous name stand behind '|' in the same column.
func (q query) rank(c candidate) int {
	out := 2
	for _, own := range []string{strings.ToLower(c.name), strings.ToLower(c.code), strings.ToLower(c.nameEn)} {
		if own == q.text {
			return 0
		}
		if strings.HasPrefix(own, q.text) {
			out = 1
		}
	}
	if q.latin == "" {
		return out
	}
	for _, reading := range append(strings.Split(c.pinyin, "|"), strings.Split(c.initials, "|")...) {
		if reading == q.latin {
			return 0
		}
		if reading != "" && strings.HasPrefix(reading, q.latin) {
			out = 1
		}
	}
	return out
}

func (c candidate) compare(d candidate) int {
	if (c.retired == "") != (d.retired == "") {
		if c.retired == "" {
			return -1
		}
		return 1
	}
	for _, n := range []int{c.rank - d.rank, c.level.Rank() - d.level.Rank(), len([]rune(c.name)) - len([]rune(d.name)), cmpText(c.path, d.path)} {
		if n != 0 {
			return n
		}
	}
	return 0
}

// load reads the places of candidates, in their order.
func load(ctx context.Context, tx *op.Tx, found []candidate) ([]Place, error) {
	ids := make([]string, len(found))
	for i, c := range found {
		ids[i] = string(c.id)
	}
	all, err := inBatches(ctx, tx, `SELECT `+columnsCounted+` FROM places p WHERE p.id IN (%s)`, ids, scanCounted)
	if err != nil {
		return nil, err
	}
	byID := make(map[ref.Place]Place, len(all))
	for _, p := range all {
		byID[p.ID] = p
	}
	out := make([]Place, 0, len(found))
	for _, c := range found {
		out = append(out, byID[c.id])
	}
	return out, nil
}

// FormerNames tells of places found by a query which name or code they had before that
// matches it, for places that don't match it by what they are called now.
func FormerNames(ctx context.Context, tx *op.Tx, text string, found []Place) (map[ref.Place]string, error) {
	q := newQuery(text)
	ids := make([]string, 0, len(found))
	for _, p := range found {
		if q.rank(candidate{name: p.Name, code: p.Code, nameEn: p.NameEn}) == 2 {
			ids = append(ids, string(p.ID))
		}
	}
	type was struct {
		id               ref.Place
		name, en, number string
	}
	all, err := inBatches(ctx, tx, `
		SELECT h.place_id, h.name, h.name_en, h.code FROM place_history h WHERE h.place_id IN (%[1]s)
		UNION ALL
		SELECT p.successor_id, p.name, p.name_en, p.code FROM places p WHERE p.successor_id IN (%[1]s)`, ids, func(r store.Scanner) (w was, err error) {
		return w, r.Scan(&w.id, &w.name, &w.en, &w.number)
	})
	out := map[ref.Place]string{}
	for _, w := range all {
		full, initials := readings(w.name)
		if q.rank(candidate{name: w.name, nameEn: w.en, code: w.number, pinyin: full, initials: initials}) < 2 {
			out[w.id] = w.name
		}
	}
	return out, err
}
