package people_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/allclear/allclear/internal/platform/clock"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
	"github.com/allclear/allclear/internal/platform/vault"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
	"github.com/allclear/allclear/internal/registry/places"
)

// BenchmarkImportPeople imports the list of a city through the whole engine, with the
// search for duplicates and the sealing, and then writes the same finished rows into the
// same tables of another database, in one transaction and with nothing else to do.
// BENCH_PEOPLE is the number of rows.
func BenchmarkImportPeople(b *testing.B) {
	rows := 50_000
	if n, err := strconv.Atoi(os.Getenv("BENCH_PEOPLE")); err == nil {
		rows = n
	}
	for _, x := range []struct {
		name string
		open func(testing.TB) *store.DB
	}{{"sqlite", storetest.SQLite}, {"postgres", storetest.Postgres}} {
		b.Run(x.name, func(b *testing.B) {
			var run, raw, runWork, rawWork time.Duration
			var most int64
			for range b.N {
				from, to := newBenchCity(b, x.open(b), rows), x.open(b)
				took, work := from.take(b, rows)
				most = max(most, mostMemory(b))
				run, runWork = run+took, runWork+work
				took, work = from.copyTo(b, to)
				raw, rawWork = raw+took, rawWork+work
			}
			each := float64(rows) * float64(b.N)
			b.ReportMetric(each/run.Seconds(), "rows/s")
			b.ReportMetric(each/raw.Seconds(), "raw-rows/s")
			b.ReportMetric(raw.Seconds()/run.Seconds(), "ratio")
			if x.name == "sqlite" { // all of the work is this process's, and other load does not change it
				b.ReportMetric(rawWork.Seconds()/runWork.Seconds(), "cpu-ratio")
			}
			b.ReportMetric(float64(most)/1024, "import-MB")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// mostMemory is the most memory that this process has had so far, in KB.
func mostMemory(b *testing.B) int64 {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return u.Maxrss
}

// processorTime is what this process has used so far.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// benchCity is a city of doors, three people behind each.
type benchCity struct {
	db   *store.DB
	door *op.Door
	s    *people.Service
	file string
}

func newBenchCity(b *testing.B, db *store.DB, rows int) benchCity {
	b.Helper()
	v, err := vault.Open(context.Background(), db, filepath.Join(b.TempDir(), "key"), clock.Fixed(optest.Now))
	if err != nil {
		b.Fatal(err)
	}
	c := benchCity{db: db, door: optest.Door(b, db), s: people.New(v), file: filepath.Join(b.TempDir(), "people.csv")}
	f, err := os.Create(c.file)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, "姓名,身份证号,手机号,性别,出生日期,小区,楼栋,单元,室号,与户主关系,人员类别,特殊需求")
	r := rand.New(rand.NewPCG(1, 2))
	n := 0
	optest.Run(b, c.door, func(ctx context.Context, tx *op.Tx) error {
		n = 0
		community := ref.Place(ids.New())
		if _, err := places.Add(ctx, tx, []places.New{{ID: community, Level: places.Community, Name: "幸福社区"}}); err != nil {
			return err
		}
		for estate := 0; n < rows; estate++ {
			all := []places.New{{ID: ref.Place(ids.New()), Parent: community, Level: places.Compound, Name: fmt.Sprintf("第%d小区", estate)}}
			for building := 1; building <= 6; building++ {
				all = append(all, places.New{ID: ref.Place(ids.New()), Parent: all[0].ID, Level: places.Building, Name: fmt.Sprintf("%d号楼", building)})
				at := all[len(all)-1].ID
				all = append(all, places.New{ID: ref.Place(ids.New()), Parent: at, Level: places.Unit, Name: "1单元"})
				at = all[len(all)-1].ID
				for d := 1; d <= 30; d++ {
					all = append(all, places.New{Parent: at, Level: places.Household, Name: strconv.Itoa(100*(d/3+1) + d%3)})
					for member := 0; member < 3 && n < rows; member, n = member+1, n+1 {
						writeBenchPerson(w, r, n, member, all[0].Name, building, all[len(all)-1].Name)
					}
				}
			}
			if _, err := places.Add(ctx, tx, all); err != nil {
				return err
			}
		}
		return nil
	})
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	return c
}

const benchSurnames, benchGiven = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国文"

func writeBenchPerson(w *bufio.Writer, r *rand.Rand, n, member int, estate string, building int, door string) {
	surname, given := []rune(benchSurnames), []rune(benchGiven)
	name := string(surname[r.IntN(len(surname))]) + string(given[r.IntN(len(given))])
	if r.IntN(4) > 0 {
		name += string(given[r.IntN(len(given))])
	}
	born := store.Day("1935-01-01").Add(r.IntN(86 * 365))
	care := ""
	if r.IntN(10) == 0 {
		care = "慢性病"
	}
	fmt.Fprintf(w, "%s,%s,138%08d,,%s,%s,%d栋,1单元,%s室,%s,常住,%s\n", name, benchNumber(n, born), n, born, estate, building, door, []string{"户主", "配偶", "子女"}[member], care)
}

// benchNumber makes a resident identity number with the right check character.
func benchNumber(n int, born store.Day) string {
	number := fmt.Sprintf("%06d%s%s%03d", 220201+n/1000%900, born[:4], string(born[5:7]+born[8:]), n%1000)
	sum, weight := 0, 1
	for i := 16; i >= 0; i-- {
		weight = weight * 2 % 11
		sum += int(number[i]-'0') * weight
	}
	return number + string("10X98765432"[sum%11])
}

func (c benchCity) take(b *testing.B, rows int) (took, work time.Duration) {
	b.Helper()
	ctx, call := context.Background(), optest.Operator()
	e := importer.New(importer.Config{Door: c.door, Sealer: plainText{}, Dir: b.TempDir()}, people.NewKind(c.s))
	f, err := os.Open(c.file)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	id, err := e.Receive(ctx, call, "people.csv", f)
	if err != nil {
		b.Fatal(err)
	}
	j, err := e.Create(ctx, call, importer.NewJob{Kind: "people", FileID: id})
	if err != nil || len(j.Analysis.Problems) > 0 {
		b.Fatalf("%v %+v", err, j.Analysis.Problems)
	}
	used, start := processorTime(b), time.Now()
	j, err = e.Run(ctx, call, j.ID)
	took, work = time.Since(start), processorTime(b)-used
	if err != nil || j.Counts.Inserted+j.Counts.Refused != rows || j.Counts.Refused > rows/1000 {
		b.Fatalf("%+v %v", j.Counts, err)
	}
	return took, work
}

// copyTo writes the finished people into the same tables of another database.
func (c benchCity) copyTo(b *testing.B, to *store.DB) (took, work time.Duration) {
	b.Helper()
	ctx := context.Background()
	tables := []string{"places", "people", "people_readings", "people_care"}
	columns, rows := map[string][]string{}, map[string][][]any{}
	for _, table := range tables {
		columns[table], rows[table] = readAll(b, c.db, table)
	}
	err := to.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.Insert(ctx, "places", columns["places"], rows["places"])
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	used, start := processorTime(b), time.Now()
	err = to.Write(ctx, func(tx *store.Tx) error {
		for _, table := range tables[1:] {
			if _, err := tx.Insert(ctx, table, columns[table], rows[table]); err != nil {
				return err
			}
		}
		return nil
	})
	took, work = time.Since(start), processorTime(b)-used
	if err != nil {
		b.Fatal(err)
	}
	return took, work
}

// readAll reads a whole table, in the order in which it was written.
func readAll(b *testing.B, db *store.DB, table string) (columns []string, rows [][]any) {
	b.Helper()
	err := db.Read(context.Background(), func(tx *store.Tx) error {
		order := map[string]string{"places": "path", "people": "id"}[table]
		if order == "" {
			order = "person_id"
		}
		r, err := tx.Query(context.Background(), `SELECT * FROM `+table+` ORDER BY `+order)
		if err != nil {
			return err
		}
		defer r.Close()
		if columns, err = r.Columns(); err != nil {
			return err
		}
		types, err := r.ColumnTypes()
		if err != nil {
			return err
		}
		for r.Next() {
			row, dst := make([]any, len(columns)), make([]any, len(columns))
			for i := range row {
				dst[i] = &row[i]
			}
			if err := r.Scan(dst...); err != nil {
				return err
			}
			for i := range row {
				if types[i].DatabaseTypeName() == "BOOLEAN" {
					if n, isInt := row[i].(int64); isInt {
						row[i] = n != 0
					}
				}
			}
			rows = append(rows, row)
		}
		return r.Err()
	})
	if err != nil {
		b.Fatal(err)
	}
	return columns, rows
}
