package people

import (
	"context"
	"fmt"
	"strconv"

	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/vault"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
)

// Row is a person as lists show them: who it is only masked.
type Row struct {
	ID                   ref.Person   `json:"id"`
	NameMasked           string       `json:"name_masked"`
	PhoneMasked          string       `json:"phone_masked"`
	IDMasked             string       `json:"id_masked"`
	IDKind               IDKind       `json:"id_kind"`
	Category             Category     `json:"category"`
	Sex                  Sex          `json:"sex"`
	Age                  *int         `json:"age"` // completed years today; null when the birthday is not known
	BirthYear            *int         `json:"birth_year"`
	Relation             Relation     `json:"relation"`
	PlaceID              ref.Place    `json:"place_id"`
	PlaceName            string       `json:"place_name"`
	PlaceTrail           string       `json:"place_trail"` // "江北区 › … › 3单元 › 301"
	PlaceLevel           places.Level `json:"place_level"`
	Care                 []Need       `json:"care"`
	MinorWithoutGuardian bool         `json:"minor_without_guardian"`
	KeepUntil            store.Day    `json:"keep_until"`
	Version              int64        `json:"version"`
}

// Page is one page of a list. Total counts all pages.
type Page struct {
	Items []Row
	Next  string // cursor of the next page, "" on the last
	Total int64
}

// listed is what a list reads of a person: neither address nor details.
type listed struct {
	id                  ref.Person
	place               ref.Place
	path                string
	category            Category
	name, phone, number string
	idKind              IDKind
	sex                 Sex
	birthOn             store.Day
	relation            Relation
	traits              traits
	keepUntil           store.Day
	version             int64
	updatedAt           store.Instant
}

const listedColumns = `p.id, p.place_id, p.place_path, p.category, p.name, p.phone, p.id_kind, p.id_number, p.sex, p.birth_on, p.relation,
	p.traits, p.keep_until, p.version, p.updated_at`

func (s *Service) scanListed(r store.Scanner) (listed, error) {
	var x listed
	err := r.Scan(&x.id, store.Optional(&x.place), &x.path, &x.category, &x.name, &x.phone, &x.idKind, &x.number, &x.sex, &x.birthOn, &x.relation,
		&x.traits, &x.keepUntil, &x.version, &x.updatedAt)
	if err != nil {
		return x, err
	}
	for _, o := range [...]sealedText{{&x.name, vault.Name}, {&x.phone, vault.Phone}, {&x.number, vault.IDNumber}} {
		if *o.text, err = s.vault.Open(o.class, *o.text); err != nil {
			return x, fmt.Errorf("open person %s: %w", x.id, err)
		}
	}
	return x, nil
}

func (x listed) row(today store.Day) Row {
	r := Row{
		ID: x.id, NameMasked: vault.Mask(vault.Name, x.name), PhoneMasked: vault.Mask(vault.Phone, x.phone), IDMasked: vault.Mask(vault.IDNumber, x.number),
		IDKind: x.idKind, Category: x.category, Sex: x.sex, Relation: x.relation, PlaceID: x.place, Care: Needs(x.traits & needsMask).List(),
		MinorWithoutGuardian: Minor(x.birthOn, today) && x.traits&hasGuardian == 0, KeepUntil: x.keepUntil, Version: x.version,
	}
	if age, ok := Age(x.birthOn, today); ok {
		r.Age = &age
	}
	if x.birthOn != "" {
		year, _ := strconv.Atoi(string(x.birthOn[:4]))
		r.BirthYear = &year
	}
	return r
}

// rows adds to the people what lists show of their places.
func rows(ctx context.Context, tx *op.Tx, found []listed) ([]Row, error) {
	out := make([]Row, len(found))
	paths, ids := make([]string, 0, len(found)), make([]ref.Place, 0, len(found))
	day := today(tx)
	for i, x := range found {
		out[i] = x.row(day)
		if x.path != "" {
			paths, ids = append(paths, x.path), append(ids, x.place)
		}
	}
	trails, err := places.Trails(ctx, tx, paths)
	if err != nil {
		return nil, err
	}
	at, err := places.ByIDs(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	for i, x := range found {
		if t := trails[x.path]; len(t) > 0 {
			out[i].PlaceName, out[i].PlaceTrail = t[len(t)-1], t.String()
		}
		out[i].PlaceLevel = at[x.place].Level
	}
	return out, nil
}

// List returns a page of the registered people in the caller's places whom the filter
// lets through, masked (operation Listing).
func (s *Service) List(ctx context.Context, tx *op.Tx, f Filter) (Page, error) {
	total, err := s.Count(ctx, tx, f)
	if err != nil {
		return Page{}, err
	}
	if err := f.check(); err != nil {
		return Page{}, err
	}
	found, next, err := s.pageOf(ctx, tx, f)
	if err != nil {
		return Page{}, fmt.Errorf("list people: %w", err)
	}
	items, err := rows(ctx, tx, found)
	return Page{Items: items, Next: next, Total: total}, err
}

// Count counts the people whom List lists (operation Listing).
func (s *Service) Count(ctx context.Context, tx *op.Tx, f Filter) (int64, error) {
	if err := f.check(); err != nil {
		return 0, err
	}
	w := f.conditions(tx.Scope(), today(tx))
	var n int64
	if err := tx.QueryRow(ctx, `SELECT count(*) FROM people p WHERE `+w.text(), w.args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("count people: %w", err)
	}
	return n, nil
}

// pageOf reads one page in the filter's order, and the cursor of the next. The page is
// found first, in the index alone; only then are its people read.
func (s *Service) pageOf(ctx context.Context, tx *op.Tx, f Filter) ([]listed, string, error) {
	o, w := orders[f.Sort], f.conditions(tx.Scope(), today(tx))
	direction := ""
	if o.down {
		direction = " DESC"
	}
	if f.Cursor != "" {
		if err := w.after(o, f); err != nil {
			return nil, "", err
		}
	}
	// Ids always go up, as the index has them: of the many people whom one import has given
	// the same moment, those met first are the ones to show.
	sorted := ` ORDER BY ` + o.column + direction + `, p.id`
	w.args = append(w.args, f.Limit+1)
	q := `WITH page AS (SELECT p.id FROM people p WHERE ` + w.text() + sorted + fmt.Sprintf(` LIMIT $%d) `, len(w.args)) +
		`SELECT ` + listedColumns + ` FROM page JOIN people p ON p.id = page.id` + sorted
	rows, err := tx.Query(ctx, q, w.args...)
	found, err := store.Collect(rows, err, s.scanListed)
	if err != nil || len(found) <= f.Limit {
		return found, "", err
	}
	found = found[:f.Limit]
	last := found[f.Limit-1]
	return found, cursor{Sort: f.Sort, At: o.value(last), ID: last.id}.String(), nil
}

// after limits to what comes behind the filter's cursor.
func (w *where) after(o order, f Filter) error {
	c, err := parseCursor(f.Cursor, f.Sort)
	if err != nil {
		return err
	}
	var at any = c.At
	if f.Sort == "-updated" {
		if at, err = strconv.ParseInt(c.At, 10, 64); err != nil {
			return badCursor()
		}
	} else if f.Sort == "-age" && c.At == "" {
		at = "9"
	}
	if o.down {
		w.add("("+o.column+" < ? OR "+o.column+" = ? AND p.id > ?)", at, at, string(c.ID))
	} else {
		w.add("("+o.column+", p.id) > (?, ?)", at, string(c.ID))
	}
	return nil
}
