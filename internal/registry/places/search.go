package places

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// SearchOptions narrow a search.
type SearchOptions struct {
	Under string // a path; "" is the whole scope
	Level Level  // "" is all levels
	Limit int    // 0 means 50; at most 500
}

// maxQuery is the longest query that is looked at, in characters.
const maxQuery = 60

// Search finds places in the scope by Chinese name, by pinyin in full or by initials, by
// English name and by the beginning of the code. Exact matches come first, then names
// that begin with the query, then names that contain it; higher levels and shorter
// names first among equals. An empty query finds nothing.
func Search(ctx context.Context, tx *op.Tx, query string, o SearchOptions) ([]Place, error) {
	q := newQuery(query)
	limit := pageSize(o.Limit)
	if q.text == "" {
		return []Place{}, nil
	}
	found, err := q.run(ctx, tx, o, limit, (*search).beginning)
	if err != nil || len(found) >= limit {
		return found, err
	}
	// The second look reads every name in the scope, so it is only taken when the
	// indexes did not fill the page.
	more, err := q.run(ctx, tx, o, limit, (*search).containing)
	if err != nil {
		return nil, err
	}
	seen := make(map[ref.Place]bool, len(found))
	for _, p := range found {
		seen[p.ID] = true
	}
	more = slices.DeleteFunc(more, func(p Place) bool { return seen[p.ID] })
	found = append(found, more...)
	return found[:min(len(found), limit)], nil
}

// query is what was typed, levelled for each way of looking.
type query struct {
	text  string // width and case levelled, for names and codes
	latin string // in pinyin, for the columns that hold readings; "" when there is none
}

func newQuery(raw string) query {
	text := strings.ToLower(strings.TrimSpace(norm.NFKC.String(raw)))
	if utf8.RuneCountInString(text) > maxQuery {
		text = string([]rune(text)[:maxQuery])
	}
	text = strings.Map(func(r rune) rune {
		if r == 0 || r == utf8.RuneError {
			return -1
		}
		return r
	}, text)
	q := query{text: text}
	if asksForReading(text) {
		// Chinese between the letters is read too: "jiangbei区".
		full, _ := readings(strings.ReplaceAll(text, "ü", "v"))
		q.latin, _, _ = strings.Cut(full, "|")
	}
	return q
}

// asksForReading reports whether a query can be pinyin: it has letters, and nothing that
// no reading has.
func asksForReading(text string) bool {
	letters := false
	for _, r := range text {
		switch {
		case r >= 'a' && r <= 'z', r == 'ü':
			letters = true
		case unicode.IsDigit(r), unicode.IsSpace(r), unicode.Is(unicode.Han, r), r == '\'':
		default:
			return false
		}
	}
	return letters
}

type search struct {
	query
	args []any
}

func (s *search) arg(v any) string {
	s.args = append(s.args, v)
	return fmt.Sprintf("$%d", len(s.args))
}

func (q query) run(ctx context.Context, tx *op.Tx, o SearchOptions, limit int, match func(*search) string) ([]Place, error) {
	s := &search{query: q}
	where := match(s)
	where = `(` + where + `) AND ` + tx.Scope().SQL("p.path", &s.args)
	if o.Under != "" {
		where += ` AND p.path >= ` + s.arg(o.Under) + ` AND p.path < ` + s.arg(access.End(o.Under))
	}
	if o.Level != "" {
		where += ` AND p.level = ` + s.arg(string(o.Level))
	}
	text := `SELECT ` + columnsCounted + ` FROM places p WHERE ` + where +
		` ORDER BY ` + s.rank() + `, ` + levelOrder + `, length(p.name), p.path LIMIT ` + s.arg(limit)
	rows, err := tx.Query(ctx, text, s.args...)
	found, err := store.Collect(rows, err, scanCounted)
	if err != nil {
		return nil, fmt.Errorf("search places: %w", err)
	}
	return found, nil
}

// beginning matches by ranges that the indexes serve.
func (s *search) beginning() string {
	text := s.arg(s.text)
	end := s.arg(s.text + "\U0010FFFF")
	parts := []string{`lower(p.name) >= ` + text + ` AND lower(p.name) < ` + end}
	// Codes keep their case; digits have none. Both spellings are cheap to ask for.
	upper := strings.ToUpper(s.text)
	parts = append(parts, s.codeBegins(s.text))
	if upper != s.text {
		parts = append(parts, s.codeBegins(upper))
	}
	if s.latin != "" {
		from, to := s.arg(s.latin), s.arg(s.latin+"\U0010FFFF")
		parts = append(parts,
			`p.pinyin >= `+from+` AND p.pinyin < `+to,
			`p.initials >= `+from+` AND p.initials < `+to)
	}
	return strings.Join(parts, " OR ")
}

func (s *search) codeBegins(text string) string {
	return `p.code <> '' AND p.code >= ` + s.arg(text) + ` AND p.code < ` + s.arg(text+"\U0010FFFF")
}

func (s *search) containing() string {
	text := s.arg(`%` + escapeLike(s.text) + `%`)
	parts := []string{
		`lower(p.name) LIKE ` + text + ` ESCAPE '\'`,
		`lower(p.name_en) LIKE ` + text + ` ESCAPE '\'`,
	}
	if s.latin != "" {
		latin := s.arg(`%` + escapeLike(s.latin) + `%`)
		parts = append(parts, `p.pinyin LIKE `+latin+` ESCAPE '\'`, `p.initials LIKE `+latin+` ESCAPE '\'`)
	}
	// Units and households are most of all places, and nobody looks for a part of
	// "3单元". Naming the other levels lets the index on levels pass them over.
	return `p.level IN ('country', 'province', 'city', 'district', 'street', 'community', 'compound', 'building') AND (` + strings.Join(parts, " OR ") + `)`
}

// rank orders exact before beginning before containing. The further readings of an
// ambiguous name stand behind '|' in the same column.
func (s *search) rank() string {
	text := s.arg(s.text)
	begins := s.arg(escapeLike(s.text) + `%`)
	exact := []string{`lower(p.name) = ` + text, `lower(p.code) = ` + text, `lower(p.name_en) = ` + text}
	start := []string{`lower(p.name) LIKE ` + begins + ` ESCAPE '\'`, `lower(p.code) LIKE ` + begins + ` ESCAPE '\'`, `lower(p.name_en) LIKE ` + begins + ` ESCAPE '\'`}
	if s.latin != "" {
		whole, from := s.arg(`%|`+escapeLike(s.latin)+`|%`), s.arg(`%|`+escapeLike(s.latin)+`%`)
		for _, c := range []string{"p.pinyin", "p.initials"} {
			exact = append(exact, `'|' || `+c+` || '|' LIKE `+whole+` ESCAPE '\'`)
			start = append(start, `'|' || `+c+` LIKE `+from+` ESCAPE '\'`)
		}
	}
	return `CASE WHEN ` + strings.Join(exact, " OR ") + ` THEN 0 WHEN ` + strings.Join(start, " OR ") + ` THEN 1 ELSE 2 END`
}

// levelOrder sorts the higher levels first.
var levelOrder = func() string {
	var b strings.Builder
	b.WriteString("CASE p.level")
	for i, l := range Levels {
		fmt.Fprintf(&b, " WHEN '%s' THEN %d", l, i)
	}
	return b.String() + " END"
}()

// escapeLike makes the wildcards of LIKE stand for themselves.
func escapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}
