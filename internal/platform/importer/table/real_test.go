package table

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// realData is where the real files stand when they are at hand; they are not part of the
// project. Set ALLCLEAR_REAL_DATA, or keep them next to the project.
func realData(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("ALLCLEAR_REAL_DATA")
	for up := ".."; dir == "" && len(up) < 40; up += "/.." {
		if _, err := os.Stat(filepath.Join(up, "shared", "data", "linelists")); err == nil {
			dir = filepath.Join(up, "shared", "data")
		}
	}
	if dir == "" {
		t.Skip("real files are not at hand (ALLCLEAR_REAL_DATA)")
	}
	return dir
}

// TestRealFiles reads files of several systems and countries; the numbers were counted
// with another program's CSV reader.
func TestRealFiles(t *testing.T) {
	dir := realData(t)
	for _, c := range []struct {
		path      string
		rows      int
		columns   int
		delimiter string
		ragged    int
	}{
		{"city/jilin_divisions/areas_2202.csv", 12, 4, ",", 0},
		{"city/jilin_divisions/streets_2202.csv", 150, 5, ",", 0},
		{"city/jilin_divisions/villages_2202.csv", 1778, 6, ",", 0},
		{"city/jilin_divisions/villages_jilin_province.csv", 11860, 6, ",", 0},
		{"linelists/ebola_sim/ebola_sim_clean__contacts.csv", 3800, 3, ",", 0},
		{"linelists/ebola_sim/ebola_sim_clean__linelist.csv", 5829, 11, ",", 0},
		{"linelists/godata/cases_clean.csv", 56, 86, ",", 0},
		{"linelists/godata/contacts_clean.csv", 66, 62, ",", 0},
		{"linelists/godata/events_clean.csv", 7, 45, ",", 0},
		{"linelists/godata/followups_clean.csv", 437, 53, ",", 0},
		{"linelists/godata/lab_results_clean.csv", 40, 56, ",", 0},
		{"linelists/godata/locations_clean.csv", 3965, 40, ",", 0},
		{"linelists/godata/relationships_clean.csv", 100, 21, ",", 0},
		{"linelists/godata/teams_clean.csv", 101, 4, ",", 0},
		{"linelists/godata/users_clean.csv", 82, 4, ",", 0},
		{"linelists/tianjin2020/COVID-19_Tianjin.csv", 135, 16, ",", 0},
		{"linelists/tianjin2020/Tianjin135casesFeb22.csv", 135, 13, ",", 0},
		{"linelists/tianjin2020/Tianjin135cases_revised.csv", 135, 13, ",", 0},
		{"linelists/tianjin2020/Tianjin_135_cases_revised.xlsx", 135, 13, "", 0},
		{"linelists/tianjin2020/tianjin_cluster_known_edges.csv", 222, 27, ",", 0},
		{"linelists/tianjin2020/tianjin_edges.csv", 135, 4, ",", 0},
		{"linelists/tianjin2020/tianjin_edges_clean.csv", 135, 8, ",", 0},
		{"lab/simplereport/malformed.csv", 4, 20, ",", 3},
		{"lab/simplereport/test-results-upload-valid-4000-rows.csv", 3999, 62, ",", 0},
		{"lab/simplereport/test-results-upload-valid-with-escaped-commas.csv", 2, 62, ",", 0},
		{"lab/simplereport/test-results-upload-invalid-values.csv", 1, 62, ",", 1},
		{"shanghai2022/shanghai2022_district_overview.csv", 1024, 5, "spaces", 0},
		{"shanghai2022/shanghai2022_overview.csv", 62, 6, "spaces", 0},
		{"shanghai2022/places/2022-04-01.json", 32, 0, "", 0},
		{"city/buildings/shanghai_buildings.geojson", 1795, 0, "", 0},
		{"city/buildings/shanghai_roads.geojson", 1961, 0, "", 0},
	} {
		t.Run(filepath.Base(c.path), func(t *testing.T) {
			in, err := Inspect(filepath.Join(dir, c.path), Options{})
			if err != nil {
				t.Fatal(err)
			}
			if in.Stats.Rows != c.rows || in.Stats.Ragged != c.ragged || in.Delimiter != c.delimiter {
				t.Errorf("rows %d want %d, ragged %d want %d, delimiter %q want %q", in.Stats.Rows, c.rows, in.Stats.Ragged, c.ragged, in.Delimiter, c.delimiter)
			}
			if c.columns > 0 && len(in.Columns) != c.columns {
				t.Errorf("columns %d want %d", len(in.Columns), c.columns)
			}
			if in.Stats.Blank != 0 || in.Stats.Undecoded != 0 {
				t.Errorf("blank %d, undecoded %d", in.Stats.Blank, in.Stats.Undecoded)
			}
			t.Log(in.Encoding, strings.Join(in.Columns, "|"), in.Notices)
		})
	}
}
