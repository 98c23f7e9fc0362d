package people

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// A sweep does not compare everybody with everybody: it goes along the indexes of keyed
// hashes and only compares people who share one, and something else that the row tells
// without being opened.

// blockRow is what a row tells without being opened.
type blockRow struct {
	id       ref.Person
	place    ref.Place
	path     string
	key      int64 // of the pass: of the name or the phone; 0 at a door
	name     int64
	phone    int64
	pinyin   int64
	initials int64
	birth    store.Day
	kind     IDKind
}

const blockColumns = `id, place_id, place_path, name_hash, phone_hash, pinyin_key, initials_key, birth_on, id_kind`

func scanBlockRow(r store.Scanner) (b blockRow, err error) {
	return b, r.Scan(&b.id, store.Optional(&b.place), &b.path, &b.name, &b.phone, &b.pinyin, &b.initials, &b.birth, &b.kind)
}

const (
	// blockPage is how many rows a step of a sweep reads: a fraction of a second of work.
	blockPage = 20_000
	// largestBlock is how many people may share a key before it tells nothing: a phone
	// that a form was filled up with, a name that stands for "not known".
	largestBlock = 60
)

// pass is one way along the register.
type pass string

const (
	byName  pass = "name"
	byPhone pass = "phone"
	byDoor  pass = "door"
)

var passes = []pass{byName, byPhone, byDoor}

func (p pass) column() string {
	if p == byPhone {
		return "phone_hash"
	}
	return "name_hash"
}

func (p pass) keyOf(b blockRow) int64 {
	if p == byPhone {
		return b.phone
	}
	return b.name
}

// readKeys reads the next rows in the order of the pass's key, whole groups only. done
// is the share of the pass that lies behind; keys are spread evenly.
func readKeys(ctx context.Context, tx *op.Tx, p pass, after int64) (rows []blockRow, next int64, skipped int, err error) {
	q := fmt.Sprintf(`SELECT %s FROM people WHERE %s > $1 AND %s <> 0 ORDER BY %s, place_path LIMIT %d`, blockColumns, p.column(), p.column(), p.column(), blockPage)
	found, err := tx.Query(ctx, q, after)
	if rows, err = store.Collect(found, err, scanBlockRow); err != nil {
		return nil, 0, 0, err
	}
	if len(rows) < blockPage {
		return rows, math.MaxInt64, 0, nil
	}
	last := p.keyOf(rows[len(rows)-1])
	cut := len(rows)
	for cut > 0 && p.keyOf(rows[cut-1]) == last {
		cut--
	}
	if cut > 0 {
		return rows[:cut], p.keyOf(rows[cut-1]), 0, nil
	}
	var n int // one key fills the page: nothing can be told of it
	q = `SELECT count(*) FROM people WHERE ` + p.column() + ` = $1`
	return nil, last, n, tx.QueryRow(ctx, q, last).Scan(&n)
}

// keysUnder is how many keys of people in a small place are looked up in one step.
const keysUnder = 500

// readKeysUnder reads everybody who shares the pass's key with somebody in the place.
func readKeysUnder(ctx context.Context, tx *op.Tx, p pass, path string, after int64) (rows []blockRow, next int64, err error) {
	q := fmt.Sprintf(`SELECT DISTINCT %s FROM people WHERE place_path >= $1 AND place_path < $2 AND %s > $3 AND %s <> 0 ORDER BY 1 LIMIT %d`, p.column(), p.column(), p.column(), keysUnder)
	found, err := tx.Query(ctx, q, path, access.End(path), after)
	keys, err := store.Collect(found, err, func(r store.Scanner) (k int64, err error) { return k, r.Scan(&k) })
	if err != nil || len(keys) == 0 {
		return nil, math.MaxInt64, err
	}
	args, marks := make([]any, len(keys)), make([]string, len(keys))
	for i, k := range keys {
		args[i], marks[i] = k, fmt.Sprintf("$%d", i+1)
	}
	q = `SELECT ` + blockColumns + ` FROM people WHERE ` + p.column() + ` <> 0 AND ` + p.column() + ` IN (` + strings.Join(marks, ", ") + `) ORDER BY ` + p.column() + `, place_path`
	found, err = tx.Query(ctx, q, args...)
	rows, err = store.Collect(found, err, scanBlockRow)
	next = keys[len(keys)-1]
	if len(keys) < keysUnder {
		next = math.MaxInt64
	}
	return rows, next, err
}

// readDoors reads the next rows in the order of the doors, whole doors only. The position
// is the path of the last door.
func readDoors(ctx context.Context, tx *op.Tx, path, after string) (rows []blockRow, next string, skipped int, err error) {
	from := max(path, endOfDoor(after))
	q := fmt.Sprintf(`SELECT %s FROM people WHERE place_path >= $1 AND place_path < $2 ORDER BY place_path, id LIMIT %d`, blockColumns, blockPage)
	found, err := tx.Query(ctx, q, from, access.End(path))
	if rows, err = store.Collect(found, err, scanBlockRow); err != nil {
		return nil, "", 0, err
	}
	if len(rows) < blockPage {
		return rows, "", 0, nil
	}
	last := rows[len(rows)-1].path
	cut := len(rows)
	for cut > 0 && rows[cut-1].path == last {
		cut--
	}
	if cut > 0 {
		return rows[:cut], rows[cut-1].path, 0, nil
	}
	n := 0
	return nil, last, n, tx.QueryRow(ctx, `SELECT count(*) FROM people WHERE place_path = $1`, last).Scan(&n)
}

// endOfDoor is the first path after exactly this one.
func endOfDoor(path string) string {
	if path == "" {
		return ""
	}
	return path + "\x01"
}

// pairsOf are the pairs of a page of rows that deserve to be opened. Pairs outside the
// place are left out. skipped counts people in groups too large to tell anything.
func pairsOf(p pass, rows []blockRow, path string) (out []pair, skipped int) {
	group := func(b blockRow) string { return b.path }
	if p != byDoor {
		group = func(b blockRow) string { return fmt.Sprint(p.keyOf(b)) }
	}
	for from := 0; from < len(rows); {
		to := from
		for to < len(rows) && group(rows[to]) == group(rows[from]) {
			to++
		}
		if to-from > 1 {
			found, left := within(p, rows[from:to], path)
			out, skipped = append(out, found...), skipped+left
		}
		from = to
	}
	slices.SortFunc(out, func(x, y pair) int { return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b)) })
	return slices.Compact(out), skipped
}

// within lists the pairs of one group.
func within(p pass, rows []blockRow, path string) (out []pair, skipped int) {
	put := func(x, y blockRow) {
		if strings.HasPrefix(x.path, path) || strings.HasPrefix(y.path, path) {
			a, b := ordered(x.id, y.id)
			out = append(out, pair{a, b})
		}
	}
	split := func(key func(blockRow) string, fit func(x, y blockRow) bool) {
		for _, part := range partition(rows, key) {
			if len(part) > largestBlock {
				skipped += len(part)
				continue
			}
			for i, x := range part {
				for _, y := range part[i+1:] {
					if fit(x, y) {
						put(x, y)
					}
				}
			}
		}
	}
	always := func(blockRow, blockRow) bool { return true }
	birth := func(b blockRow) string { return string(b.birth) }
	switch p {
	case byName:
		split(birth, always)
		split(func(b blockRow) string { return string(b.place) }, always)
		split(func(b blockRow) string { return paperKind(b.kind) }, func(x, y blockRow) bool { return x.birth != y.birth })
	case byPhone:
		split(func(blockRow) string { return "all" }, func(x, y blockRow) bool {
			return x.name == y.name || x.pinyin == y.pinyin || x.initials == y.initials || x.birth != "" && x.birth == y.birth
		})
	case byDoor:
		split(birth, func(x, y blockRow) bool { return len(rows) <= largestBlock || x.pinyin == y.pinyin })
	}
	return out, skipped
}

// paperKind groups documents without a check character, whose numbers can be mistyped.
func paperKind(k IDKind) string {
	if k == NoID || k == Resident {
		return ""
	}
	return string(k)
}

// partition groups the rows by a key; rows without one are left out.
func partition(rows []blockRow, key func(blockRow) string) map[string][]blockRow {
	out := map[string][]blockRow{}
	for _, b := range rows {
		if k := key(b); k != "" {
			out[k] = append(out[k], b)
		}
	}
	return out
}
