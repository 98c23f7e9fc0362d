package places

import (
	"context"
	"strings"

	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// Kinds of aliases.
const (
	aliasSpelling = "spelling"
	aliasFormer   = "former_name"
	aliasOther    = "other_name"
)

// alias is another spelling under which a place is known.
type alias struct {
	place      ref.Place
	text, kind string
}

// aliasesOf are the other names that a row of a map states.
func aliasesOf(r importer.Row, place ref.Place) []alias {
	var out []alias
	for _, f := range []struct{ field, kind string }{{fOther, aliasOther}, {fFormer, aliasFormer}} {
		for _, name := range strings.Split(r.Text(f.field), ";") {
			if name = strings.TrimSpace(name); name != "" {
				out = append(out, alias{place, name, f.kind})
			}
		}
	}
	return out
}

// saveAliases stores spellings; one that the place has already is left as it is.
func saveAliases(ctx context.Context, tx *op.Tx, all []alias, pathOf func(ref.Place) string) error {
	for _, a := range all {
		key := ParseAddress(a.text).Spelling()
		if key == "" {
			continue
		}
		const q = `
			INSERT INTO place_aliases (id, place_id, place_path, key, text, kind, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (key, place_id) DO NOTHING`
		if _, err := tx.Exec(ctx, q, ids.New(), string(a.place), pathOf(a.place), key, a.text, a.kind, tx.Now()); err != nil {
			return err
		}
	}
	return nil
}

// AliasRow is a spelling under which a place is known.
type AliasRow struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	Kind string `json:"kind"` // spelling, former_name, other_name
}

// Aliases lists the spellings of a place.
func Aliases(ctx context.Context, tx *op.Tx, id ref.Place) ([]AliasRow, error) {
	if _, err := Load(ctx, tx, id); err != nil {
		return nil, err
	}
	rows, err := tx.Query(ctx, `SELECT id, text, kind FROM place_aliases WHERE place_id = $1 ORDER BY kind, text LIMIT 200`, string(id))
	return store.Collect(rows, err, func(r store.Scanner) (a AliasRow, err error) { return a, r.Scan(&a.ID, &a.Text, &a.Kind) })
}
