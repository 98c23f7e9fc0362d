package people

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/vault"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
)

// The operations by which people leave the register as files. ReadExport reads the rows
// of a file that is allowed.
var (
	ExportPeople = op.Define("people.person.export", op.File)
	ExportPlain  = op.Define("people.person.export_plain", op.File)
	ReadExport   = op.Define("people.export.read", op.View)
)

// Exported is one person of an export: about whom, and the cells.
type Exported struct {
	ID    ref.Person
	Cells []string
}

// exportPage is how many people are read at once: large enough that reading them costs
// little beside the rows, small enough that a few pages fit in memory.
const exportPage = 4000

// ExportColumns are the columns of an export, with whether how a cell is written may
// carry a mark.
func ExportColumns(plain bool) (names []string, marked []bool) {
	masked := []string{"name_masked", "phone_masked", "id_masked", "id_kind", "category", "sex", "birth_year", "relation", "place", "care", "keep_until"}
	if plain {
		masked = []string{"name", "phone", "id_number", "id_kind", "category", "sex", "birth_on", "relation", "place", "care", "keep_until", "address", "external_key"}
	}
	marked = make([]bool, len(masked))
	for i, n := range masked {
		marked[i] = n == "place" || strings.HasSuffix(n, "_masked")
	}
	return masked, marked
}

// exportRow is a person on the way out, still sealed.
type exportRow struct {
	listed
	address, externalKey, home, trail string
}

// Export reads the people whom the filter lets through, door by door, and hands each page
// on as a function that opens it and may run beside. All pages are of one snapshot.
func (s *Service) Export(ctx context.Context, tx *op.Tx, f Filter, plain bool, next func(open func() ([]Exported, error)) error) error {
	if err := f.check(); err != nil {
		return err
	}
	conditions := f.conditions(tx.Scope(), today(tx))
	afterPath, afterID, above := "", "", &trailAbove{}
	for first := true; ; first = false {
		w := where{parts: slices.Clone(conditions.parts), args: slices.Clone(conditions.args)}
		if !first {
			w.add("(p.place_path, p.id) > (?, ?)", afterPath, afterID)
		}
		w.args = append(w.args, exportPage)
		q := `SELECT ` + listedColumns + `, p.address, p.external_key, coalesce(CASE WHEN h.name <> '' THEN h.name ELSE h.code END, '')
			FROM people p LEFT JOIN places h ON h.id = p.place_id WHERE ` + w.text() +
			fmt.Sprintf(` ORDER BY p.place_path, p.id LIMIT $%d`, len(w.args))
		found, err := tx.Query(ctx, q, w.args...)
		page, err := store.Collect(found, err, scanExport)
		if err != nil {
			return fmt.Errorf("read people to export: %w", err)
		}
		if len(page) == 0 {
			return nil
		}
		if err := above.fill(ctx, tx, page); err != nil {
			return err
		}
		if err := next(func() ([]Exported, error) { return s.openExport(page, plain) }); err != nil {
			return err
		}
		if len(page) < exportPage {
			return nil
		}
		last := page[len(page)-1]
		afterPath, afterID = last.path, string(last.id)
	}
}

func scanExport(r store.Scanner) (x exportRow, err error) {
	return x, r.Scan(&x.id, store.Optional(&x.place), &x.path, &x.category, &x.name, &x.phone, &x.idKind, &x.number, &x.sex, &x.birthOn, &x.relation,
		&x.traits, &x.keepUntil, &x.version, &x.updatedAt, &x.address, &x.externalKey, &x.home)
}

// trailAbove is the trail of the place above the last door. People come door by door, so
// that the doors of one staircase follow each other and only the staircase is looked up.
type trailAbove struct{ path, text string }

func (t *trailAbove) fill(ctx context.Context, tx *op.Tx, page []exportRow) error {
	var wanted []string
	last := t.path
	for _, x := range page {
		if above := access.ParentPath(x.path); x.path != "" && above != "" && above != last {
			wanted, last = append(wanted, above), above
		}
	}
	trails, err := places.Trails(ctx, tx, wanted)
	if err != nil {
		return err
	}
	for i := range page {
		x := &page[i]
		if x.path == "" {
			continue
		}
		if above := access.ParentPath(x.path); above != t.path {
			t.path, t.text = above, trails[above].String()
		}
		x.trail = x.home
		if t.text != "" {
			x.trail = t.text + " › " + x.home
		}
	}
	return nil
}

func (s *Service) openExport(page []exportRow, plain bool) ([]Exported, error) {
	out := make([]Exported, len(page))
	for i := range page {
		x := &page[i]
		texts := []sealedText{{&x.name, vault.Name}, {&x.phone, vault.Phone}, {&x.number, vault.IDNumber}}
		if plain {
			texts = append(texts, sealedText{&x.address, vault.Address})
		}
		for _, t := range texts {
			var err error
			if *t.text, err = s.vault.Open(t.class, *t.text); err != nil {
				return nil, fmt.Errorf("open person %s: %w", x.id, err)
			}
		}
		out[i] = Exported{ID: x.id, Cells: x.cells(plain)}
	}
	return out, nil
}

func (x *exportRow) cells(plain bool) []string {
	var care []string
	for _, n := range Needs(x.traits & needsMask).List() {
		care = append(care, string(n))
	}
	rest := []string{string(x.idKind), string(x.category), string(x.sex), "", string(x.relation), x.trail, strings.Join(care, ";"), string(x.keepUntil)}
	if plain {
		rest[3] = string(x.birthOn)
		return append(append([]string{x.name, x.phone, x.number}, rest...), x.address, x.externalKey)
	}
	if len(x.birthOn) >= 4 {
		rest[3] = string(x.birthOn[:4])
	}
	return append([]string{vault.Mask(vault.Name, x.name), vault.Mask(vault.Phone, x.phone), vault.Mask(vault.IDNumber, x.number)}, rest...)
}

// Recognise finds whom a row of a plain file is about, by the number of a document or by
// a phone together with a name; "" when that does not say. It is for tracing a file that
// leaked, by the operator, and applies no scope.
func (s *Service) Recognise(ctx context.Context, tx *op.Tx, cells []string) (ref.Person, error) {
	for _, c := range cells {
		if h := s.numberHash(c); h != "" && len(normalNumber(c)) >= 6 {
			found, err := by(ctx, tx, s, "id_number_hash", []string{h})
			if err != nil || len(found) == 1 {
				return idOf(found), err
			}
		}
	}
	for _, c := range cells {
		key := s.phoneKey(c)
		if key == 0 {
			continue
		}
		found, err := by(ctx, tx, s, "phone_hash", []int64{key})
		if err != nil {
			return "", err
		}
		for _, p := range found {
			if slices.Contains(cells, p.Name) || len(found) == 1 && normalPhone(p.Phone) == normalPhone(c) {
				return p.ID, nil
			}
		}
	}
	return "", nil
}

func idOf(found []Person) ref.Person {
	if len(found) == 0 {
		return ""
	}
	return found[0].ID
}
