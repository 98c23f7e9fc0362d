package people

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/ref"
)

// Hit is a person whom a search has found.
type Hit struct {
	Row
	MatchedBy MatchedBy `json:"matched_by"`
}

// Found is what a search has found. More says that there may be others.
type Found struct {
	Items []Hit
	More  bool
}

const (
	shortestQuery = 2
	mostHits      = 50
	// mostOpened bounds how many candidates one search opens: at about 20 µs each, with
	// their reading, it keeps a search of the whole city within 300 ms.
	mostOpened  = 5000
	firstOpened = 300 // of one key, before more are asked for
)

// IsNumber reports whether a query is a whole phone or document number: finding somebody
// by it takes the operation FindByNumber and stands in the trail.
func IsNumber(q string) bool {
	n := normalNumber(q)
	digits := 0
	for _, r := range n {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r > unicode.MaxASCII:
			return false
		}
	}
	return digits >= 6 && digits*2 > len(n)
}

// Search finds registered people at the path and below it, within the caller's places, by
// the beginning of their name, its pinyin or initials, the last four digits of the phone,
// a plate or an external key (operation Searching).
func (s *Service) Search(ctx context.Context, tx *op.Tx, q, path string, limit int) (Found, error) {
	if utf8.RuneCountInString(strings.TrimSpace(q)) < shortestQuery {
		return Found{}, fault.Invalidf("people.query_short", "type at least %d characters", shortestQuery).With("q", "too_short").Param("least", shortestQuery)
	}
	if limit <= 0 || limit > mostHits {
		limit = mostHits
	}
	x := &search{service: s, path: path, limit: limit, seen: map[ref.Person]bool{}}
	if err := x.run(ctx, tx, q); err != nil {
		return Found{}, fmt.Errorf("search people: %w", err)
	}
	return x.found(ctx, tx)
}

// FindNumber finds the registered people with exactly this phone or document number in
// the caller's places. The trail keeps whom it found (operation FindByNumber).
func (s *Service) FindNumber(ctx context.Context, tx *op.Tx, q, path string) (Found, error) {
	x := &search{service: s, path: path, limit: mostHits, seen: map[ref.Person]bool{}}
	h := s.hashes(Identity{Phone: q, IDNumber: q})
	err := x.take(ctx, tx, "p.id_number_hash <> '' AND p.id_number_hash = ?", []any{h.number}, exactly(ByIDNumber))
	if err == nil && h.phone != 0 {
		err = x.take(ctx, tx, "p.phone_hash <> 0 AND p.phone_hash = ?", []any{h.phone}, func(p listed) (MatchedBy, bool) {
			return ByPhone, normalPhone(p.phone) == normalPhone(q)
		})
	}
	if err != nil {
		return Found{}, fmt.Errorf("find people by number: %w", err)
	}
	for _, p := range x.hits {
		tx.At(p.path)
		tx.Looked(p.id.Ref())
	}
	return x.found(ctx, tx)
}

func exactly(by MatchedBy) func(listed) (MatchedBy, bool) {
	return func(listed) (MatchedBy, bool) { return by, true }
}

// search is one search on its way.
type search struct {
	service *Service
	path    string
	limit   int
	seen    map[ref.Person]bool
	hits    []listed
	by      []MatchedBy
	opened  int
	more    bool
}

func (x *search) full() bool { return len(x.hits) > x.limit || x.opened >= mostOpened }

func (x *search) run(ctx context.Context, tx *op.Tx, q string) error {
	s, compact := x.service, normalNumber(q)
	if key := strings.TrimSpace(q); key != "" {
		if err := x.take(ctx, tx, "p.external_key <> '' AND p.external_key = ?", []any{key}, exactly(ByKey)); err != nil {
			return err
		}
	}
	switch {
	case isPlate(plate(q)):
		err := x.take(ctx, tx, "p.vehicle_hash <> 0 AND p.vehicle_hash = ?", []any{s.plateKey(q)}, exactly(ByVehicle))
		if err != nil {
			return err
		}
	case len(compact) == tailDigits && strings.Trim(compact, "0123456789") == "":
		tail := s.under(phoneHead, compact)
		return x.take(ctx, tx, "p.phone_hash <> 0 AND p.phone_hash >= ? AND p.phone_hash < ?", []any{tail.from, tail.to}, func(p listed) (MatchedBy, bool) {
			return ByTail, strings.HasSuffix(normalPhone(p.phone), compact)
		})
	}
	words := levelled(q)
	if len(words) < shortestQuery {
		return nil
	}
	fits := func(p listed) (MatchedBy, bool) { return matches(unitsOf(p.name), words) }
	if unicode.Is(unicode.Han, words[0]) && unicode.Is(unicode.Han, words[1]) {
		return x.named(ctx, tx, q, fits)
	}
	for _, p := range s.probes(words) {
		if err := x.sounding(ctx, tx, p, fits); err != nil || x.full() {
			return err
		}
	}
	return nil
}

// isPlate reports whether a text has the form of a plate: a province, a letter, five or six characters.
func isPlate(text string) bool {
	r := []rune(text)
	return (len(r) == 7 || len(r) == 8) && unicode.Is(unicode.Han, r[0]) && r[1] >= 'A' && r[1] <= 'Z' && r[2] < 128 && r[3] < 128
}

// named finds people by a name in characters: those of exactly this name first.
func (x *search) named(ctx context.Context, tx *op.Tx, q string, fits func(listed) (MatchedBy, bool)) error {
	s, begins := x.service, x.service.under(nameHead, head(normalName(q), 2))
	err := x.take(ctx, tx, "p.name_hash <> 0 AND p.name_hash = ?", []any{s.nameKey(q)}, fits)
	if err != nil || x.full() {
		return err
	}
	return x.take(ctx, tx, "p.name_hash <> 0 AND p.name_hash >= ? AND p.name_hash < ?", []any{begins.from, begins.to}, fits)
}

// sounding finds people by how their name is read, in the usual way and in others.
func (x *search) sounding(ctx context.Context, tx *op.Tx, p probe, fits func(listed) (MatchedBy, bool)) error {
	if len(p.keys) == 0 {
		return nil
	}
	condition, args := p.condition("p")
	if err := x.take(ctx, tx, condition, args, fits); err != nil || x.full() {
		return err
	}
	condition, args = p.condition("r")
	return x.takeFrom(ctx, tx, `people_readings r JOIN people p ON p.id = r.person_id`, "r", condition, args, fits)
}

func (x *search) take(ctx context.Context, tx *op.Tx, condition string, args []any, fits func(listed) (MatchedBy, bool)) error {
	return x.takeFrom(ctx, tx, "people p", "p", condition, args, fits)
}

// takeFrom reads candidates in the scope and keeps those that fit: a few first, and only
// if these were not enough all that may be opened.
func (x *search) takeFrom(ctx context.Context, tx *op.Tx, from, scoped, condition string, args []any, fits func(listed) (MatchedBy, bool)) error {
	for _, most := range []int{firstOpened, mostOpened} {
		var w where
		w.add(condition, args...)
		scope := tx.Scope()
		if x.path != "" {
			scope = scope.Within(x.path)
		}
		w.parts = append(w.parts, scope.SQL(scoped+".place_path", &w.args))
		w.args = append(w.args, most)
		n, err := x.read(ctx, tx, `SELECT `+listedColumns+` FROM `+from+` WHERE `+w.text()+fmt.Sprintf(` LIMIT $%d`, len(w.args)), w.args, fits)
		if err != nil || n < most || x.full() {
			x.more = x.more || n >= mostOpened
			return err
		}
	}
	return nil
}

func (x *search) read(ctx context.Context, tx *op.Tx, q string, args []any, fits func(listed) (MatchedBy, bool)) (n int, err error) {
	found, err := tx.Query(ctx, q, args...)
	if err != nil {
		return 0, err
	}
	defer func() { _ = found.Close() }()
	for found.Next() {
		n++
		p, err := x.service.scanListed(found)
		if err != nil {
			return n, err
		}
		if x.seen[p.id] {
			continue
		}
		x.seen[p.id] = true
		x.opened++
		if by, ok := fits(p); ok && p.traits&isRegistered != 0 {
			x.hits, x.by = append(x.hits, p), append(x.by, by)
		}
		if x.full() {
			return n, nil
		}
	}
	return n, found.Err()
}

func (x *search) found(ctx context.Context, tx *op.Tx) (Found, error) {
	out := Found{Items: []Hit{}, More: x.more || len(x.hits) > x.limit || x.opened >= mostOpened}
	x.hits = x.hits[:min(len(x.hits), x.limit)]
	found, err := rows(ctx, tx, x.hits)
	for i, r := range found {
		out.Items = append(out.Items, Hit{Row: r, MatchedBy: x.by[i]})
	}
	return out, err
}

// probe is a set of keys under which candidates stand.
type probe struct {
	column string
	keys   []int64 // exact
	span   *span   // or a stretch
}

func (p probe) condition(table string) (string, []any) {
	column := table + "." + p.column
	if p.span != nil {
		return column + " <> 0 AND " + column + " >= ? AND " + column + " < ?", []any{p.span.from, p.span.to}
	}
	args := make([]any, len(p.keys))
	for i, k := range p.keys {
		args[i] = k
	}
	return column + " <> 0 AND " + column + " IN (?" + strings.Repeat(", ?", len(args)-1) + ")", args
}

// probes are where those stand whose name may be read as the query, the narrowest first.
func (s *Service) probes(q []rune) []probe {
	var whole, three []int64 // two syllables in full; three initials
	var two, first []string  // two initials and no more; one syllable in full
	for _, a := range parts(q, true) {
		after := rest(q, a.size)
		if len(after) == 0 {
			first = append(first, a.full...)
			continue
		}
		for _, b := range parts(after, false) {
			pair := a.initial + b.initial
			beyond := rest(after, b.size)
			for _, x := range a.full {
				for _, y := range b.full {
					whole = append(whole, s.key(pinyinHead, x, pinyinWhole, x+y))
				}
			}
			switch {
			case len(beyond) == 0 && a.sure && len(b.full) > 0: // all of them stand in whole
			case len(beyond) == 0:
				two = append(two, pair)
			default:
				for _, c := range parts(beyond, false) {
					three = append(three, s.key(initialsHead, pair, initialsWhole, pair+c.initial))
				}
			}
		}
	}
	if !slices.Contains(q, ' ') {
		for i := 2; i < len(q)-1; i++ { // two words in letters, written as one
			whole = append(whole, s.key(pinyinHead, string(q[:i]), pinyinWhole, string(q)))
		}
	}
	out := []probe{{column: "pinyin_key", keys: distinctKeys(whole)}, {column: "initials_key", keys: distinctKeys(three)}}
	for _, pair := range distinctTexts(two) {
		r := s.under(initialsHead, pair)
		out = append(out, probe{column: "initials_key", keys: []int64{r.from}, span: &r})
	}
	for _, syllable := range distinctTexts(first) {
		r := s.under(pinyinHead, syllable)
		out = append(out, probe{column: "pinyin_key", keys: []int64{r.from}, span: &r})
	}
	return out
}

func distinctKeys(all []int64) []int64 {
	slices.Sort(all)
	return slices.Compact(all)
}

func distinctTexts(all []string) []string {
	seen := map[string]bool{}
	return slices.DeleteFunc(all, func(s string) bool {
		known := seen[s]
		seen[s] = true
		return known
	})
}
