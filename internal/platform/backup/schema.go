package backup

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/store"
)

// schema is what a database says about itself.
type schema struct {
	version int64
	tables  []Table // parents before children, as far as references allow
	links   []link
}

// link is a foreign key.
type link struct {
	name       string // PostgreSQL only
	from, to   string // tables
	deferrable bool
}

// migrationsTable is goose's own; its content follows from the migrations.
const migrationsTable = "schema_migrations"

// kinds are the column types that migrations may use, as each database writes them.
var kinds = map[string]Kind{"text": Text, "bigint": Int, "double precision": Real, "boolean": Bool}

func discover(ctx context.Context, tx *store.Tx) (schema, error) {
	var s schema
	const version = `SELECT coalesce(max(version_id), 0) FROM schema_migrations WHERE is_applied`
	if err := tx.QueryRow(ctx, version).Scan(&s.version); err != nil {
		return s, err
	}
	find := discoverSQLite
	if tx.Dialect() == store.Postgres {
		find = discoverPostgres
	}
	if err := find(ctx, tx, &s); err != nil {
		return s, err
	}
	s.tables = parentsFirst(s.tables, s.links)
	return s, nil
}

func (s *schema) addColumn(t *Table, name, declared string) error {
	kind, known := kinds[strings.ToLower(declared)]
	if !known {
		return fault.Conflictf("backup.unknown_type",
			"column %s of table %s has the type %s, which a backup cannot hold; no backup was made", name, t.Name, declared).
			Param("table", t.Name).Param("column", name).Param("type", declared)
	}
	t.Columns = append(t.Columns, Column{Name: name, Kind: kind})
	return nil
}

func discoverSQLite(ctx context.Context, tx *store.Tx, s *schema) error {
	const tables = `SELECT name FROM sqlite_schema
		WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name <> $1 ORDER BY name`
	names, err := texts(ctx, tx, tables, 1, migrationsTable)
	if err != nil {
		return err
	}
	for _, n := range names {
		t := Table{Name: n[0]}
		const columns = `SELECT name, type FROM pragma_table_xinfo($1) WHERE hidden = 0 ORDER BY cid`
		found, err := texts(ctx, tx, columns, 2, t.Name)
		if err != nil {
			return err
		}
		for _, c := range found {
			if err := s.addColumn(&t, c[0], c[1]); err != nil {
				return err
			}
		}
		key, err := texts(ctx, tx, `SELECT name FROM pragma_table_xinfo($1) WHERE pk > 0 ORDER BY pk`, 1, t.Name)
		if err != nil {
			return err
		}
		for _, k := range key {
			t.Key = append(t.Key, k[0])
		}
		parents, err := texts(ctx, tx, `SELECT DISTINCT "table" FROM pragma_foreign_key_list($1)`, 1, t.Name)
		if err != nil {
			return err
		}
		for _, p := range parents {
			s.links = append(s.links, link{from: t.Name, to: p[0]})
		}
		s.tables = append(s.tables, t)
	}
	return nil
}

func discoverPostgres(ctx context.Context, tx *store.Tx, s *schema) error {
	const columns = `SELECT c.relname, a.attname, format_type(a.atttypid, NULL)
		FROM pg_class c
		JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
		WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> $1
		ORDER BY c.relname, a.attnum`
	found, err := texts(ctx, tx, columns, 3, migrationsTable)
	if err != nil {
		return err
	}
	for _, c := range found {
		if n := len(s.tables); n == 0 || s.tables[n-1].Name != c[0] {
			s.tables = append(s.tables, Table{Name: c[0]})
		}
		if err := s.addColumn(&s.tables[len(s.tables)-1], c[1], c[2]); err != nil {
			return err
		}
	}
	const keys = `SELECT c.relname, a.attname
		FROM pg_index i
		JOIN pg_class c ON c.oid = i.indrelid
		JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
		WHERE i.indisprimary
		ORDER BY c.relname, array_position(CAST(i.indkey AS smallint[]), a.attnum)`
	if found, err = texts(ctx, tx, keys, 2); err != nil {
		return err
	}
	for _, k := range found {
		if i := slices.IndexFunc(s.tables, func(t Table) bool { return t.Name == k[0] }); i >= 0 {
			s.tables[i].Key = append(s.tables[i].Key, k[1])
		}
	}
	const links = `SELECT k.conname, c.relname, p.relname, CASE WHEN k.condeferrable THEN 'yes' ELSE 'no' END
		FROM pg_constraint k
		JOIN pg_class c ON c.oid = k.conrelid
		JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
		JOIN pg_class p ON p.oid = k.confrelid
		WHERE k.contype = 'f' ORDER BY k.conname`
	if found, err = texts(ctx, tx, links, 4); err != nil {
		return err
	}
	for _, l := range found {
		s.links = append(s.links, link{name: l[0], from: l[1], to: l[2], deferrable: l[3] == "yes"})
	}
	return nil
}

// texts returns all rows of a query whose columns are all texts.
func texts(ctx context.Context, tx *store.Tx, query string, columns int, args ...any) ([][]string, error) {
	rows, err := tx.Query(ctx, query, args...)
	return store.Collect(rows, err, func(r store.Scanner) ([]string, error) {
		values, into := make([]string, columns), make([]any, columns)
		for i := range values {
			into[i] = &values[i]
		}
		return values, r.Scan(into...)
	})
}

// parentsFirst orders tables so that each stands after those it refers to, and otherwise
// by name. Within a cycle the first by name goes first; Restore defers its references.
func parentsFirst(tables []Table, links []link) []Table {
	rest := slices.SortedFunc(slices.Values(tables), func(a, b Table) int { return cmp.Compare(a.Name, b.Name) })
	out := make([]Table, 0, len(rest))
	for len(rest) > 0 {
		next := max(0, slices.IndexFunc(rest, func(t Table) bool {
			return !slices.ContainsFunc(links, func(l link) bool {
				return l.from == t.Name && l.to != t.Name && slices.ContainsFunc(rest, func(p Table) bool { return p.Name == l.to })
			})
		}))
		out = append(out, rest[next])
		rest = slices.Delete(rest, next, next+1)
	}
	return out
}

// firstDifference returns the first table that the two don't both have with the same key
// and the same columns in whatever order, or "".
func firstDifference(a, b []Table) string {
	shape := func(t Table) string {
		columns := make([]string, len(t.Columns))
		for i, c := range t.Columns {
			columns[i] = c.Name + ":" + string(c.Kind)
		}
		slices.Sort(columns)
		return strings.Join(columns, ",") + "/" + strings.Join(t.Key, ",")
	}
	shapes := map[string]string{}
	for _, t := range a {
		shapes[t.Name] = shape(t)
	}
	for _, t := range b {
		if s, ok := shapes[t.Name]; !ok || s != shape(t) {
			return t.Name
		}
		delete(shapes, t.Name)
	}
	for _, t := range a {
		if _, left := shapes[t.Name]; left {
			return t.Name
		}
	}
	return ""
}
