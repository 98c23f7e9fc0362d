package app_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/allclear/allclear/internal/app"
	"github.com/allclear/allclear/internal/app/apptest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// BenchmarkRequests times each kind of request over HTTP with a session, for somebody
// who answers for the whole city and for somebody of its hardest-hit district. Before
// each request a record is changed, outside the time: no answer is a kept one.
func BenchmarkRequests(b *testing.B) {
	onBoth(b, func(b *testing.B, newURL func(*testing.B) string) {
		w := newBenchCity(b, newURL(b))
		for _, who := range []struct {
			name  string
			place ref.Place
		}{{"city", ""}, {"district", w.district}} {
			client := w.signIn(b, "bench-"+who.name, "epidemiologist", who.place)
			b.Run(who.name, func(b *testing.B) {
				for _, q := range w.questions(b, client, who.place) {
					b.Run(strings.ReplaceAll(q.name, " ", "_"), func(b *testing.B) {
						var times []time.Duration
						var processor time.Duration
						for i := range b.N {
							w.touch(b)
							used, start := processorTime(b), time.Now()
							w.get(b, client, q.path(i))
							times = append(times, time.Since(start))
							processor += processorTime(b) - used
						}
						reportTimes(b, times, processor)
					})
				}
			})
		}
	})
}

// reportTimes reports the spread, and the processor time that this process used: all of
// the work on SQLite, and all but the database's own on PostgreSQL.
func reportTimes(b *testing.B, times []time.Duration, processor time.Duration) {
	b.Helper()
	slices.Sort(times)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	rank := func(share float64) float64 { return ms(times[int(share*float64(len(times)-1)+0.5)]) }
	b.ReportMetric(rank(0.5), "p50-ms")
	b.ReportMetric(rank(0.95), "p95-ms")
	b.ReportMetric(rank(1), "max-ms")
	b.ReportMetric(ms(processor)/float64(len(times)), "cpu-ms")
	b.ReportMetric(0, "ns/op") // says nothing: it holds the changes of records between
}

func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkLineList imports a line list of 100,000 rows through the whole engine, and
// then writes the same finished rows into the same tables of another database, in one
// transaction and with nothing else to do. The ratio is between the two of one turn.
func BenchmarkLineList(b *testing.B) {
	rows := benchSize(b, "ALLCLEAR_BENCH_ROWS", 100_000)
	onBoth(b, func(b *testing.B, newURL func(*testing.B) string) {
		var whole, run, raw time.Duration
		for range b.N {
			a, _ := apptest.Demo(b, newURL(b), 20_000)
			newURL := newURL(b)
			file := writeBenchList(b, a, rows)
			w, r := importLineList(b, a, file, rows)
			whole, run = whole+w, run+r
			raw += insertFinished(b, a, apptest.Open(b, newURL, slog.New(slog.DiscardHandler)))
		}
		each := float64(rows) * float64(b.N)
		b.ReportMetric(each/whole.Seconds(), "rows/s")
		b.ReportMetric(each/run.Seconds(), "run-rows/s")
		b.ReportMetric(each/raw.Seconds(), "raw-rows/s")
		b.ReportMetric(raw.Seconds()/whole.Seconds(), "ratio")
		b.ReportMetric(raw.Seconds()/run.Seconds(), "run-ratio")
		b.ReportMetric(0, "ns/op")
	})
}

// writeBenchList writes a line list of cases at compounds of the city, as a hospital's
// spreadsheet has them: the place by its names, the codes in Chinese.
func writeBenchList(b *testing.B, a *app.App, rows int) string {
	b.Helper()
	trails := compoundTrails(b, a)
	name := filepath.Join(b.TempDir(), "line-list.csv")
	f, err := os.Create(name)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	w := bufio.NewWriter(f)
	_, _ = fmt.Fprintln(w, "病例编号,姓名,性别,年龄,联系电话,现住址,区县,街道,社区,小区,病例分类,发病日期,采样日期,报告日期,发现途径,采样时所在区域")
	random := rand.New(rand.NewPCG(3, 4))
	pick := func(from ...string) string { return from[random.IntN(len(from))] }
	for i := range rows {
		t, day := trails[random.IntN(len(trails))], store.Day("2022-03-02").Add(random.IntN(37))
		_, _ = fmt.Fprintf(w, "L%06d,王%c%c,%s,%d,000%08d,%s%d号楼%d单元,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s\n",
			i, rune(0x4E00+random.IntN(3000)), rune(0x4E00+random.IntN(3000)), pick("男", "女"), random.IntN(95), i, t[3], 1+random.IntN(20), 1+random.IntN(4),
			t[0], t[1], t[2], t[3], pick("确诊", "无症状"), day.Add(-2), day.Add(-1), day, pick("集中隔离", "管控筛查", "社会面筛查", "主动就诊"), pick("封控区", "管控区", "防范区"))
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	return name
}

// compoundTrails are the names of each compound and of the three places above it.
func compoundTrails(b *testing.B, a *app.App) [][4]string {
	b.Helper()
	var out [][4]string
	err := a.DB.Read(context.Background(), func(tx *store.Tx) error {
		rows, err := tx.Query(context.Background(), `SELECT d.name, s.name, c.name, p.name
			FROM places p JOIN places c ON c.id = p.parent_id JOIN places s ON s.id = c.parent_id JOIN places d ON d.id = s.parent_id
			WHERE p.level = 'compound' ORDER BY p.path`)
		out, err = store.Collect(rows, err, func(s store.Scanner) (t [4]string, err error) { return t, s.Scan(&t[0], &t[1], &t[2], &t[3]) })
		return err
	})
	if err != nil || len(out) == 0 {
		b.Fatalf("%d compounds, %v", len(out), err)
	}
	return out
}

// importLineList returns how long it took from the file to its end, and how much of
// that the run took after the file had been received and looked at.
func importLineList(b *testing.B, a *app.App, file string, rows int) (whole, run time.Duration) {
	b.Helper()
	i, err := a.CreateIncident(context.Background(), app.NewIncident{Name: "导入", StartedOn: "2022-03-01", TimeZone: "Asia/Shanghai", Pack: "cn-covid-8th", Place: cityCode(b, a)})
	if err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	r, err := a.Import(context.Background(), app.ImportRequest{Kind: "cases", Files: []string{file}, Incident: string(i.ID), Say: func(string) {}})
	whole = time.Since(start)
	if err != nil || r.Inserted != rows {
		b.Fatalf("import: %+v, %v", r, err)
	}
	j, err := a.Imports.Job(context.Background(), asOperator(), r.Job)
	if err != nil {
		b.Fatal(err)
	}
	return whole, j.FinishedAt.Time().Sub(j.StartedAt.Time())
}

func cityCode(b *testing.B, a *app.App) string {
	b.Helper()
	var id string
	err := a.DB.Read(context.Background(), func(tx *store.Tx) error {
		return tx.QueryRow(context.Background(), `SELECT id FROM places WHERE parent_id IS NULL`).Scan(&id)
	})
	if err != nil {
		b.Fatal(err)
	}
	return id
}

// finished are the tables that an import of cases fills, in the order of their
// references; what they refer to besides is ground.
var (
	ground   = []string{"places", "incidents", "import_files", "import_jobs"}
	finished = []string{"people", "cases", "case_classifications", "import_changes"}
)

// insertFinished copies what the import left behind into another installation and
// returns how long the rows of the import itself took.
func insertFinished(b *testing.B, from, to *app.App) time.Duration {
	b.Helper()
	conditions := map[string]string{
		"people":               ` WHERE id IN (SELECT person_id FROM cases WHERE import_id IS NOT NULL)`,
		"cases":                ` WHERE import_id IS NOT NULL`,
		"case_classifications": ` WHERE case_id IN (SELECT id FROM cases WHERE import_id IS NOT NULL)`,
	}
	tables := map[string]rawTable{}
	err := from.DB.Read(context.Background(), func(tx *store.Tx) (err error) {
		for _, t := range append(slices.Clone(ground), finished...) {
			if tables[t], err = readTable(tx, t, conditions[t]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	insertTables(b, to, ground, tables)
	start := time.Now()
	insertTables(b, to, finished, tables)
	return time.Since(start)
}

func insertTables(b *testing.B, to *app.App, names []string, tables map[string]rawTable) {
	b.Helper()
	err := to.DB.Write(context.Background(), func(tx *store.Tx) error {
		for _, t := range names {
			if _, err := tx.Insert(context.Background(), t, tables[t].columns, tables[t].rows); err != nil {
				return fmt.Errorf("insert into %s: %w", t, err)
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

type rawTable struct {
	columns []string
	rows    [][]any
}

func readTable(tx *store.Tx, name, condition string) (rawTable, error) {
	rows, err := tx.Query(context.Background(), `SELECT * FROM `+name+condition+` ORDER BY 1`)
	if err != nil {
		return rawTable{}, err
	}
	columns, err := rows.Columns()
	if err != nil {
		return rawTable{}, err
	}
	values, err := store.Collect(rows, nil, func(s store.Scanner) ([]any, error) {
		row, dst := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			dst[i] = &row[i]
		}
		return row, s.Scan(dst...)
	})
	return rawTable{columns, values}, err
}
