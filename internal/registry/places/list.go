package places

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// Filter says which places a list holds. With a query it is a search: the best first,
// one page. Without parent, level and query it is the top of the caller's scope.
type Filter struct {
	Parent ref.Place // with Level: everything of that level below; without: the children
	Level  Level
	Query  string
	Cursor string
	Limit  int // 0 means 50; at most 500
	// Retired also lists places that are no longer there.
	Retired bool
}

// Page is one page of a list.
type Page struct {
	Items      []Place
	Trails     map[string]Trail     // by path
	Former     map[ref.Place]string // of a search: by which earlier name a place was found
	NextCursor string               // "" on the last page
	Total      int64                // of all pages
}

const (
	defaultLimit = 50
	maxLimit     = 500
)

func pageSize(limit int) int {
	if limit <= 0 {
		return defaultLimit
	}
	return min(limit, maxLimit)
}

// Find lists places: children by code and then in the order in which they were created,
// all places of a level in the order of the tree.
func Find(ctx context.Context, tx *op.Tx, f Filter) (Page, error) {
	if f.Level != "" && !f.Level.Known() {
		return Page{}, fault.Invalidf("places.unknown_level", "there is no level %q", string(f.Level)).With("level", "unknown")
	}
	var page Page
	var err error
	if strings.TrimSpace(f.Query) != "" {
		if page.Items, err = searchIn(ctx, tx, f); err == nil {
			page.Former, err = FormerNames(ctx, tx, f.Query, page.Items)
		}
		page.Total = int64(len(page.Items))
	} else {
		page, err = listed(ctx, tx, f)
	}
	if err != nil {
		return Page{}, err
	}
	paths := make([]string, len(page.Items))
	for i, p := range page.Items {
		paths[i] = p.Path
	}
	page.Trails, err = Trails(ctx, tx, paths)
	return page, err
}

func searchIn(ctx context.Context, tx *op.Tx, f Filter) ([]Place, error) {
	under := ""
	if f.Parent != "" {
		p, err := Load(ctx, tx, f.Parent)
		if err != nil {
			return nil, err
		}
		under = p.Path
	}
	return Search(ctx, tx, f.Query, SearchOptions{Under: under, Level: f.Level, Limit: f.Limit, Retired: f.Retired})
}

func listed(ctx context.Context, tx *op.Tx, f Filter) (page Page, err error) {
	where, args, parent, err := f.where(ctx, tx)
	if err != nil {
		return Page{}, err
	}
	if page.Total, err = f.total(ctx, tx, parent, where, args); err != nil {
		return Page{}, fmt.Errorf("count places: %w", err)
	}
	order := `p.code, p.id`
	if f.Level != "" { // as the index of levels has them: the list may be long
		order = `p.path, p.id`
	}
	if f.Cursor != "" {
		key, id, err := readCursor(f.Cursor)
		if err != nil {
			return Page{}, err
		}
		args = append(args, key, id)
		where += fmt.Sprintf(` AND (`+order+`) > ($%d, $%d)`, len(args)-1, len(args))
	}
	limit := pageSize(f.Limit)
	args = append(args, limit+1)
	// The page is cut before its children are counted.
	q := `SELECT ` + columnsCounted + ` FROM places p WHERE p.id IN (SELECT p.id FROM places p WHERE ` + where +
		fmt.Sprintf(` ORDER BY `+order+` LIMIT $%d) ORDER BY `, len(args)) + order
	rows, err := tx.Query(ctx, q, args...)
	if page.Items, err = store.Collect(rows, err, scanCounted); err != nil {
		return Page{}, fmt.Errorf("list places: %w", err)
	}
	if len(page.Items) > limit {
		page.Items = page.Items[:limit]
		last := page.Items[limit-1]
		key := last.Code
		if f.Level != "" {
			key = last.Path
		}
		page.NextCursor = writeCursor(key, string(last.ID))
	}
	return page, nil
}

// total counts all pages. How many places of a level lie below another is kept for the
// upper levels, where counting would take long.
func (f Filter) total(ctx context.Context, tx *op.Tx, parent Place, where string, args []any) (n int64, err error) {
	if f.Level != "" && parent.ID != "" && !f.Retired && !parent.Level.Below(Compound) {
		err = tx.QueryRow(ctx, `SELECT coalesce(sum(total), 0) FROM place_counts WHERE place_id = $1 AND level = $2`, string(parent.ID), string(f.Level)).Scan(&n)
		return n, err
	}
	return n, tx.QueryRow(ctx, `SELECT count(*) FROM places p WHERE `+where, args...).Scan(&n)
}

func (f Filter) where(ctx context.Context, tx *op.Tx) (where string, args []any, parent Place, err error) {
	where = tx.Scope().SQL("p.path", &args)
	if !f.Retired {
		where += ` AND p.retired_on IS NULL`
	}
	add := func(format string, values ...any) {
		numbers := make([]any, len(values))
		for i := range values {
			numbers[i] = len(args) + i + 1
		}
		args = append(args, values...)
		where += " AND " + fmt.Sprintf(format, numbers...)
	}
	switch {
	case f.Parent != "":
		if parent, err = Load(ctx, tx, f.Parent); err != nil {
			return "", nil, parent, err
		}
		if f.Level == "" {
			add(`p.parent_id = $%d`, string(parent.ID))
		} else {
			add(`p.path > $%d AND p.path < $%d`, parent.Path, access.End(parent.Path))
		}
	case f.Level == "" && tx.Scope().All():
		where += ` AND p.parent_id IS NULL`
	case f.Level == "" && !tx.Scope().Empty():
		tops := tx.Scope().Prefixes()
		where += ` AND p.path IN (` + list(len(args), len(tops)) + `)`
		for _, t := range tops {
			args = append(args, t)
		}
	}
	if f.Level != "" {
		add(`p.level = $%d`, string(f.Level))
	}
	return where, args, parent, nil
}

func writeCursor(code, id string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(code + "\x00" + id))
}

func readCursor(cursor string) (code, id string, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	code, id, ok := strings.Cut(string(raw), "\x00")
	if err != nil || !ok {
		return "", "", fault.Invalidf("places.bad_cursor", "the cursor is not one that this list gave").With("cursor", "unknown")
	}
	return code, id, nil
}
