package cases

import (
	"context"
	"fmt"
	"strings"

	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
)

// Item is a case as lists show it: who it is only masked, and without exposure and
// extra columns.
type Item struct {
	Case
	PlaceName        string
	PlaceTrail       string
	NameMasked       string
	PhoneMasked      string
	IDMasked         string
	AddressMasked    string
	FoundInCommunity bool
}

// Page is one page of a list. Total counts all pages.
type Page struct {
	Items []Item
	Next  string // cursor of the next page, empty on the last
	Total int64
}

// List returns a page of the cases in the caller's places that the filter lets through
// (operation Listing).
func (s *Service) List(ctx context.Context, tx *op.Tx, f Filter) (Page, error) {
	frame, w, err := s.filtered(ctx, tx, &f)
	if err != nil {
		return Page{}, err
	}
	var page Page
	if err := tx.QueryRow(ctx, `SELECT count(*) FROM cases c WHERE `+w.text(), w.args...).Scan(&page.Total); err != nil {
		return Page{}, err
	}
	records, next, err := pageOf(ctx, tx, f, w)
	if err != nil {
		return Page{}, err
	}
	page.Next = next
	cases := make([]Case, len(records))
	for i, r := range records {
		cases[i] = r.Case
	}
	page.Items, err = s.items(ctx, tx, frame, cases)
	return page, err
}

// filtered checks a filter and turns it into a WHERE clause.
func (s *Service) filtered(ctx context.Context, tx *op.Tx, f *Filter) (Frame, where, error) {
	if err := f.check(); err != nil {
		return Frame{}, where{}, err
	}
	frame, err := s.frameOf(ctx, tx, f.IncidentID)
	if err != nil {
		return frame, where{}, err
	}
	var people []ref.Person
	if q := strings.TrimSpace(f.Q); q != "" {
		if people, err = s.people.Called(ctx, tx, q); err != nil {
			return frame, where{}, err
		}
	}
	today := frame.today(tx.Now())
	var found []segment
	if f.Found != "" {
		from, to := first(f.From, frame.StartedOn), first(f.To, frame.latest(tx.Now()))
		found = foundSegments(from, max(from, to), func(d store.Day) surface { return frame.Rules.On(string(d)) })
	}
	w := f.conditions(tx.Scope(), people, found, frame.infections(today))
	if strings.TrimSpace(f.Q) != "" {
		return frame, w, nil
	}
	few, err := f.few(ctx, tx)
	if !few {
		w.byList()
	}
	return frame, w, err
}

// fewCases is up to how many cases are read one by one rather than along the whole list.
const fewCases = 2000

// few reports whether only few cases stand at the places asked for.
func (f Filter) few(ctx context.Context, tx *op.Tx) (bool, error) {
	if f.PlacePath == "" && tx.Scope().All() {
		return false, nil
	}
	w := Filter{IncidentID: f.IncidentID, PlacePath: f.PlacePath}.conditions(tx.Scope(), nil, nil, nil)
	var n int
	w.args = append(w.args, fewCases+1)
	q := `SELECT count(*) FROM (SELECT c.id FROM cases c WHERE ` + w.text() + fmt.Sprintf(` LIMIT $%d) some_cases`, len(w.args))
	err := tx.QueryRow(ctx, q, w.args...).Scan(&n)
	return n <= fewCases, err
}

// byList keeps the database from looking the cases up by their places, which SQLite
// prefers however many there are: the index of the list (cases_list) has the places and
// what else lists are filtered by, in the usual order.
func (w *where) byList() {
	for i, p := range w.parts {
		w.parts[i] = strings.ReplaceAll(p, "c.place_path", "(c.place_path || '')")
	}
}

// pageOf reads one page in the filter's order, and the cursor of the next.
func pageOf(ctx context.Context, tx *op.Tx, f Filter, w where) ([]record, string, error) {
	key, order, compare := sortKeys[strings.TrimPrefix(f.sort(), "-")], "", ">"
	if strings.HasPrefix(f.sort(), "-") {
		order, compare = " DESC", "<"
	}
	if f.Cursor != "" {
		c, err := parseCursor(f.Cursor, f.sort())
		if err != nil {
			return nil, "", err
		}
		w.add("("+key.column+", c.id) "+compare+" (?, ?)", c.At, string(c.ID))
	}
	w.args = append(w.args, f.Limit+1)
	// The page is found first, where an index may have all that decides about it; only
	// then are its cases read.
	sorted := ` ORDER BY ` + key.column + order + `, c.id` + order
	q := `WITH page AS (SELECT c.id FROM cases c WHERE ` + w.text() + sorted + fmt.Sprintf(` LIMIT $%d) `, len(w.args)) +
		selectCase + ` JOIN page ON page.id = c.id` + sorted
	rows, err := tx.Query(ctx, q, w.args...)
	records, err := store.Collect(rows, err, scanRecord)
	if err != nil || len(records) <= f.Limit {
		return records, "", err
	}
	records = records[:f.Limit]
	last := records[f.Limit-1]
	return records, cursor{Sort: f.sort(), At: key.value(last.Case), ID: last.ID}.String(), nil
}

// items adds to the cases what lists show.
func (s *Service) items(ctx context.Context, tx *op.Tx, f Frame, cases []Case) ([]Item, error) {
	paths, persons := make([]string, len(cases)), make([]ref.Person, len(cases))
	for i, c := range cases {
		paths[i], persons[i] = c.PlacePath, c.PersonID
	}
	trails, err := places.Trails(ctx, tx, paths)
	if err != nil {
		return nil, err
	}
	masked, err := s.people.Masked(ctx, tx, persons)
	if err != nil {
		return nil, err
	}
	out := make([]Item, len(cases))
	for i, c := range cases {
		trail, m := trails[c.PlacePath], masked[c.PersonID]
		out[i] = Item{
			Case: c, PlaceTrail: trail.String(), NameMasked: m.Name, PhoneMasked: m.Phone, IDMasked: m.IDNumber, AddressMasked: m.Address,
			FoundInCommunity: f.inCommunity(c),
		}
		if len(trail) > 0 {
			out[i].PlaceName = trail[len(trail)-1]
		}
	}
	return out, nil
}
