package app_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/allclear/allclear/internal/app"
	"github.com/allclear/allclear/internal/app/apptest"
	"github.com/allclear/allclear/internal/command/incident"
	"github.com/allclear/allclear/internal/control/cases"
	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// asOperator is a call by the local operator, in tests of the whole program.
func asOperator() op.Call { return op.Call{Principal: access.Operator("test"), RequestID: "test"} }

func newIncident(t *testing.T, a *app.App, n app.NewIncident) incident.Incident {
	t.Helper()
	if n.TimeZone == "" {
		n.TimeZone = "Asia/Shanghai"
	}
	if n.Pack == "" {
		n.Pack = "cn-covid-8th"
	}
	i, err := a.CreateIncident(context.Background(), n)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func importFiles(t *testing.T, a *app.App, kind string, files ...string) app.ImportResult {
	t.Helper()
	r, err := a.Import(context.Background(), app.ImportRequest{Kind: kind, Files: files, Say: func(string) {}})
	if err != nil {
		t.Fatalf("import %s: %v", kind, err)
	}
	return r
}

// TestBulletinVectors holds the arithmetic of protocol.md 1.3: the published new
// infections follow from confirmed, reclassified and asymptomatic, whether the day is
// recorded as cases or as totals.
func TestBulletinVectors(t *testing.T) {
	t.Parallel()
	vectors := []struct {
		on                                                store.Day
		confirmed, reclassified, asymptomatic, infections int
	}{
		{"2022-03-13", 453, 19, 120, 554}, {"2022-03-20", 452, 34, 545, 963}, {"2022-04-13", 36, 1, 49, 84}, {"2022-04-14", 285, 212, 621, 694},
	}
	apptest.Each(t, func(t *testing.T, a *app.App) {
		i := newIncident(t, a, app.NewIncident{Name: "吉林市", StartedOn: "2022-03-01"})
		before := store.Day("2022-03-02")
		for k, v := range vectors {
			addDay(t, a, i.ID, k, before, v.on, v.confirmed, v.reclassified, v.asymptomatic)
		}
		for _, v := range vectors {
			s, err := a.SituationOf(context.Background(), app.Where{On: string(v.on)})
			if err != nil {
				t.Fatal(err)
			}
			if s.New.Infections != v.infections || s.New.Confirmed != v.confirmed || s.New.Asymptomatic != v.asymptomatic || s.New.Reclassified != v.reclassified {
				t.Errorf("%s: got %+v, want %+v", v.on, s.New, v)
			}
			if s.Cumulative.Infections != s.Cumulative.Confirmed+s.Cumulative.Asymptomatic {
				t.Errorf("%s: cumulative %+v does not add up", v.on, s.Cumulative)
			}
		}
	})
}

// addDay opens the cases of one bulletin. Those reclassified on the day were reported as
// asymptomatic before.
func addDay(t *testing.T, a *app.App, id ref.Incident, k int, before, on store.Day, confirmed, reclassified, asymptomatic int) {
	t.Helper()
	var all []cases.New
	add := func(n int, kind string, class cases.Classification, reported store.Day, later ...cases.Later) {
		for x := range n {
			all = append(all, cases.New{
				IncidentID: id, Number: fmt.Sprintf("%s-%d-%d", kind, k, x), Classification: class, Later: later,
				Facts: cases.Facts{ReportedOn: reported, DetectionRoute: "quarantine", ZoneClass: "lockdown"},
			})
		}
	}
	add(confirmed-reclassified, "c", cases.Confirmed, on)
	add(reclassified, "r", cases.Asymptomatic, before, cases.Later{Classification: cases.Confirmed, On: on, Reason: "symptoms"})
	add(asymptomatic, "a", cases.Asymptomatic, on)
	_, err := op.Do(context.Background(), a.Door, cases.Opening, asOperator(), func(ctx context.Context, tx *op.Tx) (int, error) {
		_, err := a.Cases.Add(ctx, tx, all)
		return 0, err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestShanghaiDaysAddUp imports the city's published totals and holds every day to the
// published total.
func TestShanghaiDaysAddUp(t *testing.T) {
	t.Parallel()
	file := apptest.SharedData(t, "shanghai2022/shanghai2022_overview.csv")
	published := publishedTotals(t, file)
	apptest.Each(t, func(t *testing.T, a *app.App) {
		newIncident(t, a, app.NewIncident{Name: "上海市", StartedOn: "2022-03-01", Overlays: []string{"shanghai-2022"}})
		if r := importFiles(t, a, "counts", file); r.Rows != len(published) || r.Inserted != r.Rows {
			t.Fatalf("import: %+v, want %d rows", r, len(published))
		}
		sum := 0
		for _, p := range published {
			s, err := a.SituationOf(context.Background(), app.Where{On: p.on})
			if err != nil {
				t.Fatal(err)
			}
			sum += p.total
			n := s.New
			if n.Infections != p.total || n.Infections != n.Confirmed-n.Reclassified+n.Asymptomatic || s.Cumulative.Infections != sum {
				t.Errorf("%s: %+v, want total %d and cumulative %d", p.on, n, p.total, sum)
			}
		}
	})
}

type publishedDay struct {
	on    string
	total int
}

func publishedTotals(t *testing.T, file string) []publishedDay {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []publishedDay
	for _, line := range strings.Split(string(text), "\n")[1:] {
		f := strings.Fields(line)
		if len(f) < 6 {
			continue
		}
		total, err := strconv.Atoi(f[1])
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, publishedDay{f[0], total})
	}
	if len(out) < 50 {
		t.Fatalf("only %d days read", len(out))
	}
	return out
}

// TestTianjinLineList is the acceptance of the importer on a real line list: 135 in,
// again unchanged, 7 damaged rows refused, and the mended refusals brought in.
func TestTianjinLineList(t *testing.T) {
	t.Parallel()
	file := apptest.SharedData(t, "linelists/tianjin2020/COVID-19_Tianjin.csv")
	apptest.Each(t, func(t *testing.T, a *app.App) {
		newIncident(t, a, app.NewIncident{Name: "天津市", StartedOn: "2020-01-01"})
		damaged, rejects, mended := damage(t, file), t.TempDir()+"/rejects.csv", t.TempDir()+"/mended.csv"
		r, err := a.Import(context.Background(), app.ImportRequest{Kind: "cases", Files: []string{damaged}, Rejects: rejects, Say: func(string) {}})
		if err != nil || r.Rows != 135 || r.Inserted != 128 || r.Refused != 7 {
			t.Fatalf("damaged file: %+v, %v", r, err)
		}
		mend(t, rejects, mended)
		if r := importFiles(t, a, "cases", mended); r.Rows != 7 || r.Inserted != 7 {
			t.Fatalf("mended refusals: %+v", r)
		}
		if r := importFiles(t, a, "cases", file); r.Rows != 135 || r.Unchanged != 135 {
			t.Fatalf("the original again: %+v", r)
		}
	})
}

// damage writes a copy with an impossible date of confirmation in seven rows.
func damage(t *testing.T, file string) string {
	t.Helper()
	records := readCSV(t, file)
	column := columnOf(t, records, "confirm_date")
	for _, row := range []int{3, 20, 41, 66, 90, 101, 135} {
		records[row][column] = "31/02/2020"
	}
	out := t.TempDir() + "/damaged.csv"
	writeCSV(t, out, records)
	return out
}

// mend writes the refused rows with a possible date and leaves the reasons in place.
func mend(t *testing.T, rejects, out string) {
	t.Helper()
	records := readCSV(t, rejects)
	column := columnOf(t, records, "confirm_date")
	original := readCSV(t, apptest.SharedData(t, "linelists/tianjin2020/COVID-19_Tianjin.csv"))
	number, from := columnOf(t, records, "case_id"), columnOf(t, original, "confirm_date")
	for _, r := range records[1:] {
		for _, o := range original[1:] {
			if o[columnOf(t, original, "case_id")] == r[number] {
				r[column] = o[from]
			}
		}
	}
	writeCSV(t, out, records)
}

func readCSV(t *testing.T, file string) [][]string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	records[0][0] = strings.TrimPrefix(records[0][0], "\ufeff")
	return records
}

func writeCSV(t *testing.T, file string, records [][]string) {
	t.Helper()
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if err := csv.NewWriter(f).WriteAll(records); err != nil {
		t.Fatal(err)
	}
}

func columnOf(t *testing.T, records [][]string, name string) int {
	t.Helper()
	for i, c := range records[0] {
		if strings.TrimSpace(c) == name {
			return i
		}
	}
	t.Fatalf("there is no column %s", name)
	return -1
}
