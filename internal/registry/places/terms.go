package places

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
)

const (
	partTerm   = "part"
	formerTerm = "former"
)

var termColumns = []string{"place_id", "path", "term", "kind"}

// spelling is how a name is written in pinyin and by initials. Units and households are
// found by walking down to them, and are not spelt.
func spelling(l Level, name string) (full, initials string) {
	if l.Below(Building) {
		return "", ""
	}
	return readings(name)
}

// spell works out what a new place is found by.
func (r *record) spell() {
	r.pinyin, r.initials = spelling(r.Level, r.Name)
	r.terms = termsOf(r.Place)
}

// termsOf lists what a place is found by besides the beginnings of its name and of its
// spelling: each later part of them, and the words of the English name. Numbered
// buildings ("3号楼") have no parts that anybody looks for.
func termsOf(p Place) []string {
	if p.Level.Below(Building) {
		return nil
	}
	var out []string
	add := func(t string) {
		if t != "" && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	english := strings.ToLower(p.NameEn)
	for english != "" {
		add(english)
		_, english, _ = strings.Cut(english, " ")
	}
	full, initials := readings(p.Name)
	for _, other := range append(strings.Split(full, "|")[1:], strings.Split(initials, "|")[1:]...) {
		add(other) // the first reading is in the columns
	}
	if numbered(p.Name) {
		return out
	}
	lower := []rune(strings.ToLower(p.Name))
	for i := 1; i < len(lower); i++ {
		if !unicode.IsSpace(lower[i]) {
			add(string(lower[i:]))
		}
	}
	syllables := syllablesOf(p.Name)
	for i := 1; i < len(syllables); i++ {
		f, s := spell(syllables[i:], make([]int, len(syllables)-i))
		add(f)
		if len(syllables)-i > 1 {
			add(s)
		}
	}
	return out
}

// numberedName is a number with a counting word: "3号楼", "A座", "12栋".
var numberedName = regexp.MustCompile(`^[0-9a-zA-Z０-９-]+(号楼|号院|号|栋|幢|座|楼|区|期)?$`)

func numbered(name string) bool { return numberedName.MatchString(name) }

// rewriteTerms brings up to date what a renamed place is found by. Its former names stay.
func rewriteTerms(ctx context.Context, tx *op.Tx, p Place) error {
	technical := tx.Technical()
	if _, err := technical.Exec(ctx, `DELETE FROM place_terms WHERE place_id = $1 AND kind = $2`, string(p.ID), partTerm); err != nil {
		return err
	}
	var rows [][]any
	for _, t := range termsOf(p) {
		rows = append(rows, []any{string(p.ID), p.Path, t, partTerm})
	}
	_, err := technical.Insert(ctx, "place_terms", termColumns, rows)
	return err
}

// rewriteFormer brings up to date which earlier names and codes a place is found by: those
// that its history holds, and those of the places that became part of it.
func rewriteFormer(ctx context.Context, tx *op.Tx, p Place) error {
	if _, err := tx.Technical().Exec(ctx, `DELETE FROM place_terms WHERE place_id = $1 AND kind = $2`, string(p.ID), formerTerm); err != nil {
		return err
	}
	const q = `
		SELECT name, name_en, code FROM place_history WHERE place_id = $1
		UNION ALL
		SELECT name, name_en, code FROM places WHERE successor_id = $1`
	rows, err := tx.Query(ctx, q, string(p.ID))
	was, err := store.Collect(rows, err, func(r store.Scanner) (s [3]string, err error) { return s, r.Scan(&s[0], &s[1], &s[2]) })
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	var all []string
	for _, s := range was {
		for _, t := range s {
			if !seen[t] {
				seen[t] = true
				all = append(all, t)
			}
		}
	}
	return addFormer(ctx, tx, p, all...)
}

// addFormer makes a place findable by what it was called. Ways of writing that it still
// has are left out.
func addFormer(ctx context.Context, tx *op.Tx, now Place, was ...string) error {
	var rows [][]any
	for _, t := range was {
		t = strings.ToLower(strings.TrimSpace(t))
		if t != "" && t != strings.ToLower(now.Name) && t != strings.ToLower(now.Code) && t != strings.ToLower(now.NameEn) {
			rows = append(rows, []any{string(now.ID), now.Path, t, formerTerm})
			if full, initials := readings(t); full != t {
				rows = append(rows, []any{string(now.ID), now.Path, firstReading(full), formerTerm}, []any{string(now.ID), now.Path, firstReading(initials), formerTerm})
			}
		}
	}
	_, err := tx.Technical().Insert(ctx, "place_terms", termColumns, rows)
	return err
}

func firstReading(readings string) string {
	first, _, _ := strings.Cut(readings, "|")
	return first
}
