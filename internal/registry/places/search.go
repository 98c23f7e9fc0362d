package places

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
)

// SearchOptions narrow a search.
type SearchOptions struct {
	Under string // a path; "" is the whole scope
	Level Level  // "" is all levels
	Limit int    // 0 means 50; at most 500
	// Retired also finds places that are no longer there.
	Retired bool
}

// maxQuery is the longest query that is looked at, in characters.
const maxQuery = 60

// Search finds places in the scope by Chinese name, by pinyin in full or by initials, by
// English name, by the beginning of the code and by what they were called before. Several
// words, or a name with a number behind it, are looked for from the top down: "江北
// 锦绣花园 3号楼", "锦绣花园3号楼2单元". Exact matches come first, then names that begin with
// the query, then the rest; places in use before those that are no longer there, higher
// levels and shorter names first among equals. An empty query finds nothing. Units and
// households are only found below an estate, a building or a unit, named in the query or
// as SearchOptions.Under.
func Search(ctx context.Context, tx *op.Tx, query string, o SearchOptions) ([]Place, error) {
	q := newQuery(query)
	if q.text == "" || tx.Scope().Empty() {
		return []Place{}, nil
	}
	limit := pageSize(o.Limit)
	top, err := o.top(ctx, tx)
	if err != nil {
		return nil, err
	}
	found, err := q.candidates(ctx, tx, top, o, limit)
	if err != nil {
		return nil, fmt.Errorf("search places: %w", err)
	}
	if words := wordsOf(query); len(found) == 0 && len(words) > 1 {
		if found, err = descend(ctx, tx, words, top, o, limit); err != nil {
			return nil, fmt.Errorf("search places: %w", err)
		}
	}
	return load(ctx, tx, found[:min(len(found), limit)])
}

// spot is a part of the tree in which is looked.
type spot struct {
	path  string // "" is everything
	level Level  // "" is not known
}

// top is where the search begins.
func (o SearchOptions) top(ctx context.Context, tx *op.Tx) ([]spot, error) {
	if o.Under == "" {
		return nil, nil
	}
	s := spot{path: o.Under}
	err := tx.QueryRow(ctx, `SELECT level FROM places WHERE path = $1`, o.Under).Scan(&s.level)
	if fault.KindOf(err) == fault.NotFound {
		return []spot{s}, nil
	}
	return []spot{s}, err
}

// fewCandidates is how many places each way of looking may bring. What matches more often
// ("3号楼" in a whole city) can't be told apart by more of them.
const fewCandidates = 300

// maxParents is how many places of one word the next word is looked for below.
const maxParents = 20

// descend looks for the last word below the places of the words before it.
func descend(ctx context.Context, tx *op.Tx, words []string, top []spot, o SearchOptions, limit int) ([]candidate, error) {
	for i, w := range words {
		q := newQuery(w)
		last := i == len(words)-1
		want, few := SearchOptions{}, maxParents
		if last {
			want, few = o, limit
		}
		found, err := q.candidates(ctx, tx, top, want, few)
		if err != nil || last || len(found) == 0 {
			return found, err
		}
		top = top[:0:0]
		for _, c := range found[:min(len(found), maxParents)] {
			top = append(top, spot{c.path, c.level})
		}
	}
	return nil, nil
}

// numberWords cuts "3号楼2单元501室" into its parts.
var numberWords = regexp.MustCompile(`[0-9]+(?:号楼|号院|号|栋|幢|座|楼|单元|室|户|弄|层)|[0-9]+$`)

// wordsOf divides what was typed into the names from the top down.
func wordsOf(text string) []string {
	text = strings.ToLower(norm.NFKC.String(text))
	text = numberWords.ReplaceAllString(text, " $0 ")
	words := strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("/\\›>,、|;·-", r) })
	const most = 8 // a place has at most ten levels
	return words[:min(len(words), most)]
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

// escapeLike makes the wildcards of LIKE stand for themselves.
func escapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}
