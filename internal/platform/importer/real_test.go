package importer_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/allclear/allclear/internal/platform/importer/match"
	"github.com/allclear/allclear/internal/platform/importer/table"
)

// lineList is what a line list says about a case, with the names several systems use.
var lineList = []match.Field{
	{Key: "case_number", Title: match.Text{Zh: "病例编号", En: "Case number"}, Synonyms: []string{"case id", "case no", "visual id"}, Type: match.TypeIdentifier},
	{Key: "sex", Title: match.Text{Zh: "性别", En: "Sex"}, Synonyms: []string{"gender"}, Type: match.TypeCode, Codes: map[string][]string{"male": {"m", "男"}, "female": {"f", "女"}}},
	{Key: "age", Title: match.Text{Zh: "年龄", En: "Age"}, Type: match.TypeAge},
	{Key: "onset_on", Title: match.Text{Zh: "发病日期", En: "Onset"}, Synonyms: []string{"date of onset", "symptom onset"}, Type: match.TypeDay},
	{Key: "confirmed_on", Title: match.Text{Zh: "确诊日期", En: "Confirmed on"}, Synonyms: []string{"confirm date"}, Type: match.TypeDay},
	{Key: "reported_on", Title: match.Text{Zh: "报告日期", En: "Reported on"}, Synonyms: []string{"date of reporting"}, Type: match.TypeDay},
	{Key: "classification", Title: match.Text{Zh: "分类", En: "Classification"}, Type: match.TypeCode, Codes: map[string][]string{"confirmed": nil, "probable": nil, "suspected": {"suspect"}, "excluded": {"not a case", "not a case discarded"}}},
	{Key: "first_name", Title: match.Text{Zh: "名", En: "First name"}, Type: match.TypeText, Personal: "name"},
	{Key: "lon", Title: match.Text{Zh: "经度", En: "Longitude"}, Synonyms: []string{"lon", "long"}, Type: match.TypeLon},
	{Key: "lat", Title: match.Text{Zh: "纬度", En: "Latitude"}, Synonyms: []string{"lat"}, Type: match.TypeLat},
}

// TestRealLineLists understands line lists of three systems with one set of fields.
func TestRealLineLists(t *testing.T) {
	dir := os.Getenv("ALLCLEAR_REAL_DATA")
	for up := ".."; dir == "" && len(up) < 40; up += "/.." {
		if _, err := os.Stat(filepath.Join(up, "shared", "data", "linelists")); err == nil {
			dir = filepath.Join(up, "shared", "data")
		}
	}
	if dir == "" {
		t.Skip("real files are not at hand (ALLCLEAR_REAL_DATA)")
	}
	for _, c := range []struct {
		path   string
		fields int
		order  match.Order // of onset
		by     match.By
		good   int
	}{
		{"tianjin2020/COVID-19_Tianjin.csv", 5, match.DMY, match.ByOwnValues, 135},
		{"tianjin2020/Tianjin135casesFeb22.csv", 5, match.DMY, match.ByOwnValues, 135},
		{"tianjin2020/Tianjin_135_cases_revised.xlsx", 5, match.DMY, match.ByOwnValues, 135},
		{"ebola_sim/ebola_sim_clean__linelist.csv", 5, match.NoOrder, match.ByNoNeed, 5829},
		{"godata/cases_clean.csv", 9, match.NoOrder, match.ByNoNeed, 56},
	} {
		t.Run(filepath.Base(c.path), func(t *testing.T) {
			path := filepath.Join(dir, "linelists", c.path)
			in, err := table.Inspect(path, table.Options{})
			if err != nil {
				t.Fatal(err)
			}
			pairs := match.Columns(in.Columns, lineList)
			evidence := map[int]*match.Evidence{}
			var all []*match.Evidence
			for _, p := range pairs {
				for _, f := range lineList {
					if f.Key == p.Field && f.Type == match.TypeDay {
						evidence[p.Column] = match.NewEvidence(in.Columns[p.Column], f)
						all = append(all, evidence[p.Column])
					}
				}
			}
			if len(pairs) != c.fields {
				t.Errorf("%d fields, want %d", len(pairs), c.fields)
			}
			each(t, path, in.Choice, func(r *table.Row) {
				for i, e := range evidence {
					e.Add(r.Number, r.Cells[i])
				}
			})
			days := map[string]match.DayFormat{}
			for _, s := range match.Settle(all, nil, nil) {
				days[s.Column] = s.Format
				if s.Field == "onset_on" && (s.Format.Order != c.order || s.By != c.by) {
					t.Errorf("onset is settled as %q by %s", s.Format.Order, s.By)
				}
			}
			reader := match.NewReader(match.Plan{Columns: in.Columns, Fields: lineList, Pairs: pairs, Days: days})
			good := 0
			codes := map[string]int{}
			each(t, path, in.Choice, func(r *table.Row) {
				_, _, refusals := reader.Read(r)
				if len(refusals) == 0 {
					good++
				}
				for _, x := range refusals {
					codes[x.Code+" "+x.Column+" "+x.Value]++
				}
			})
			if good != c.good {
				t.Errorf("%d good rows, want %d: %v", good, c.good, codes)
			}
		})
	}
}

func each(t *testing.T, path string, c table.Choice, visit func(*table.Row)) {
	t.Helper()
	rows, err := table.Open(path, c)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		visit(rows.Row())
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}
