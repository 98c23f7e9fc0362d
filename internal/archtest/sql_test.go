package archtest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// owners names the package that holds all SQL writing a table. A table that is not
// here fails the test, so a new one is given an owner with its migration.
var owners = map[string]string{
	"audit_entries": "internal/platform/audit", "audit_subjects": "internal/platform/audit", "audit_hashes": "internal/platform/audit",
	"audit_head": "internal/platform/audit", "op_keys": "internal/platform/op", "vault_keys": "internal/platform/vault", "vault_rotations": "internal/platform/vault",
	"disclosure_views": "internal/platform/disclosure", "disclosure_rows": "internal/platform/disclosure", "disclosure_extensions": "internal/platform/disclosure",
	"alerts": "internal/platform/disclosure", "watched_people": "internal/platform/disclosure", "exports": "internal/platform/disclosure",
	"export_files": "internal/platform/disclosure", "export_members": "internal/platform/disclosure",
	"people_holds": "internal/registry/people", "retention_runs": "internal/registry/people",

	"users": "internal/platform/accounts", "user_grants": "internal/platform/accounts", "sessions": "internal/platform/accounts",
	"api_tokens": "internal/platform/accounts", "signin_failures": "internal/platform/accounts", "installation": "internal/app",
	"places": "internal/registry/places", "place_changes": "internal/registry/places", "place_change_places": "internal/registry/places",
	"place_history": "internal/registry/places", "place_terms": "internal/registry/places", "place_counts": "internal/registry/places", "place_blocks": "internal/registry/places", "people": "internal/registry/people",
	"people_readings": "internal/registry/people", "people_care": "internal/registry/people", "people_homes": "internal/registry/people",
	"households": "internal/registry/people", "people_doubts": "internal/registry/people",
	"incidents": "internal/command/incident", "incident_phases": "internal/command/incident",
	"cases": "internal/control/cases", "case_classifications": "internal/control/cases", "daily_counts": "internal/control/cases",
	"screening_rounds": "internal/control/lab", "jobs": "internal/platform/jobs", "job_schedules": "internal/platform/jobs", "place_roots": "internal/registry/places",
	"import_jobs": "internal/platform/importer", "import_refusals": "internal/platform/importer", "import_changes": "internal/platform/importer",
	"people_bulks": "internal/registry/people", "people_bulk_items": "internal/registry/people",
	"saved_views": "internal/platform/views", "view_defaults": "internal/platform/views",
	"people_duplicates": "internal/registry/people", "people_merges": "internal/registry/people", "people_sweeps": "internal/registry/people",
	"roads": "internal/registry/places", "entrances": "internal/registry/places", "addresses": "internal/registry/places", "map_elements": "internal/registry/places",
	"place_doubts": "internal/registry/places", "place_aliases": "internal/registry/places", "address_matches": "internal/registry/places",
	"import_files": "internal/platform/importer", "import_mappings": "internal/platform/importer",
}

var (
	createTable = regexp.MustCompile(`(?i)CREATE TABLE\s+(?:IF NOT EXISTS\s+)?(\w+)`)
	writesTable = regexp.MustCompile(`(?i)\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+([a-z_]+)\b`)
	looksLikeQL = regexp.MustCompile(`(?i)\b(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+(TABLE|INDEX))\b`)
)

func TestEachTableIsWrittenByItsOwner(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		for _, x := range s.texts {
			if !looksLikeQL.MatchString(strings.Join(strings.Fields(x.value), " ")) {
				continue
			}
			for _, m := range writesTable.FindAllStringSubmatch(x.value, -1) {
				table := strings.ToLower(m[1])
				if owner, known := owners[table]; known && owner != s.pkg {
					t.Errorf("%s:%d writes %s, which belongs to %s", s.path, x.line, table, owner)
				}
			}
			if s.pkg == "internal/situation" && writesTable.MatchString(x.value) {
				t.Errorf("%s:%d: situation writes nothing", s.path, x.line)
			}
		}
	}
}

// forbiddenSQL is what does not run the same on both databases, with what to write instead
// (docs/develop/sql.md).
var forbiddenSQL = map[string]*regexp.Regexp{
	"a cast as ::type: use CAST(x AS type)":                 regexp.MustCompile(`\w::\w`),
	"ILIKE: use lower(x) LIKE lower(y)":                     regexp.MustCompile(`(?i)\bILIKE\b`),
	"FOR UPDATE: use a version column":                      regexp.MustCompile(`(?i)\bFOR\s+UPDATE\b`),
	"now(): use tx.Now()":                                   regexp.MustCompile(`(?i)\b(now\s*\(\s*\)|CURRENT_TIMESTAMP|CURRENT_DATE)`),
	"SERIAL or AUTOINCREMENT: make ids in Go":               regexp.MustCompile(`(?i)\b(BIG)?SERIAL\b|\bAUTOINCREMENT\b`),
	"JSON operators: what is queried is a column":           regexp.MustCompile(`->>|\bjsonb?_\w+\(`),
	"OFFSET: page by key":                                   regexp.MustCompile(`(?i)\bOFFSET\s+[\d$]`),
	"SELECT *: list the columns":                            regexp.MustCompile(`(?i)\bSELECT\s+(\w+\.)?\*`),
	"a type that is not TEXT, BIGINT, BOOLEAN or DOUBLE":    regexp.MustCompile(`(?i)\b(VARCHAR|TIMESTAMPTZ?|JSONB?|UUID|BYTEA|BLOB|NUMERIC|DATETIME)\b`),
	"a date function: keep days as text and instants as µs": regexp.MustCompile(`(?i)\b(strftime|date_trunc|datetime|to_char|extract)\s*\(`),
}

// engineOnly are the packages whose job is the one engine's own statements.
var engineOnly = map[string]bool{"internal/platform/store": true, "internal/platform/storetest": true, "internal/platform/backup": true}

func TestSQLRunsOnBothDatabases(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if engineOnly[s.pkg] {
			continue
		}
		for _, x := range s.texts {
			if looksLikeQL.MatchString(strings.Join(strings.Fields(x.value), " ")) {
				checkPortable(t, s.path, x.line, x.value)
			}
		}
	}
	files, err := filepath.Glob(filepath.Join("..", "..", "migrations", "*.sql"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no migrations found: %v", err)
	}
	for _, f := range files {
		content, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(content), "\n") {
			if !strings.HasPrefix(strings.TrimSpace(line), "--") {
				checkPortable(t, filepath.Base(f), i+1, line)
			}
		}
		for _, m := range createTable.FindAllStringSubmatch(string(content), -1) {
			if owners[m[1]] == "" {
				t.Errorf("%s: table %s has no owner in this test", filepath.Base(f), m[1])
			}
		}
	}
}

func checkPortable(t *testing.T, file string, line int, sql string) {
	t.Helper()
	for what, form := range forbiddenSQL {
		if form.MatchString(sql) {
			t.Errorf("%s:%d uses %s", file, line, what)
		}
	}
}

// TestTheForbiddenListCanFail keeps the patterns honest: each must catch its own example.
func TestTheForbiddenListCanFail(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{
		"SELECT a::text FROM t", "SELECT a FROM t WHERE a ILIKE $1", "SELECT a FROM t FOR UPDATE", "SELECT now() FROM t",
		"CREATE TABLE t (id SERIAL)", "SELECT a ->> 'k' FROM t", "SELECT a FROM t LIMIT 5 OFFSET 10", "SELECT * FROM t",
		"CREATE TABLE t (a JSONB)", "SELECT strftime('%Y', a) FROM t",
	} {
		caught := false
		for _, form := range forbiddenSQL {
			caught = caught || form.MatchString(bad)
		}
		if !caught {
			t.Errorf("nothing catches %q", bad)
		}
	}
}
