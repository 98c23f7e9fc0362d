package storetest

import (
	"database/sql"
	"os"
	"strings"
	"testing"
)

// Kept returns the URL of a PostgreSQL database that outlives the test, for what takes long
// to load, and makes it when it is not there. Databases whose names begin with family and go
// on differently are dropped: they are older makes of the same. Both names come from code.
func Kept(t testing.TB, family, name string) string {
	t.Helper()
	server := os.Getenv("ALLCLEAR_TEST_POSTGRES")
	if server == "" {
		t.Skip("ALLCLEAR_TEST_POSTGRES is not set; run scripts/test-postgres")
	}
	admin, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatalf("connect to PostgreSQL: %v", err)
	}
	defer func() { _ = admin.Close() }()
	rows, err := admin.Query(`SELECT datname FROM pg_database WHERE datname LIKE $1`, strings.ReplaceAll(family, "_", `\_`)+"%")
	if err != nil {
		t.Fatalf("list databases: %v", err)
	}
	var all []string
	for rows.Next() {
		var found string
		if err := rows.Scan(&found); err != nil {
			t.Fatal(err)
		}
		all = append(all, found)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	there := false
	for _, found := range all {
		if there = there || found == name; found != name {
			execute(t, server, `DROP DATABASE IF EXISTS `+found+` WITH (FORCE)`)
		}
	}
	if !there {
		execute(t, server, `CREATE DATABASE `+name+` ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8' TEMPLATE template0`)
	}
	return withDatabase(server, name)
}

// Drop removes a database that Kept made.
func Drop(t testing.TB, name string) {
	t.Helper()
	execute(t, os.Getenv("ALLCLEAR_TEST_POSTGRES"), `DROP DATABASE IF EXISTS `+name+` WITH (FORCE)`)
}
