package cases

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
)

const benchRows = 20_000

func benchList() string {
	var b strings.Builder
	b.WriteString("病例编号,姓名,性别,年龄,联系电话,现住址,区县,街道,社区,病例分类,发病日期,报告日期,发现途径,采样时所在区域\n")
	for i := range benchRows {
		fmt.Fprintf(&b, "S%06d,王小%c,男,%d,138%08d,建设路%d号,江北区,建设街道,和平社区,确诊病例,2022-03-%02d,2022-04-%02d,社会面筛查,防范区\n",
			i, rune(0x4E00+i%2000), i%90, i, i, 1+i%28, 1+i%9)
	}
	return b.String()
}

func benchEach(b *testing.B, f func(b *testing.B, s *town)) {
	b.Run("sqlite", func(b *testing.B) { f(b, newTown(b, storetest.SQLite(b))) })
	b.Run("postgres", func(b *testing.B) { f(b, newTown(b, storetest.Postgres(b))) })
}

func rowsPerSecond(b *testing.B) {
	b.ReportMetric(float64(benchRows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkImport takes in a whole line list; compare with BenchmarkRawInsert.
func BenchmarkImport(b *testing.B) {
	list := benchList()
	benchEach(b, func(b *testing.B, s *town) {
		e := s.engine()
		for range b.N {
			b.StopTimer()
			for _, table := range []string{"case_classifications", "cases", "people"} {
				optest.Run(b, s.door, func(ctx context.Context, tx *op.Tx) error {
					_, err := tx.Technical().Exec(ctx, `DELETE FROM `+table)
					return err
				})
			}
			j := s.bring(e, "cases", "list.csv", list, importer.Settings{})
			b.StartTimer()
			if j, err := e.Run(ctx, optest.Operator(), j.ID); err != nil || j.Counts.Inserted != benchRows {
				b.Fatalf("%+v, %v", j.Counts, err)
			}
		}
		rowsPerSecond(b)
	})
}

// BenchmarkRawInsert writes the rows that the import writes, as they stand in the
// tables, with the database's fastest way and nothing else.
func BenchmarkRawInsert(b *testing.B) {
	list := benchList()
	benchEach(b, func(b *testing.B, s *town) {
		e := s.engine()
		if _, err := e.Run(ctx, optest.Operator(), s.bring(e, "cases", "list.csv", list, importer.Settings{}).ID); err != nil {
			b.Fatal(err)
		}
		copies := map[string]rawTable{}
		tables := []string{"people", "cases", "case_classifications"}
		optest.See(b, s.door, func(ctx context.Context, tx *op.Tx) error {
			for _, t := range tables {
				r, err := tx.Query(ctx, `SELECT * FROM `+t)
				if err != nil {
					return err
				}
				if copies[t], err = readAll(r); err != nil {
					return err
				}
			}
			return nil
		})
		b.ResetTimer()
		for range b.N {
			b.StopTimer()
			for i := range tables {
				optest.Run(b, s.door, func(ctx context.Context, tx *op.Tx) error {
					_, err := tx.Technical().Exec(ctx, `DELETE FROM `+tables[len(tables)-1-i])
					return err
				})
			}
			b.StartTimer()
			optest.Run(b, s.door, func(ctx context.Context, tx *op.Tx) error {
				for _, t := range tables {
					if _, err := tx.Technical().Insert(ctx, t, copies[t].columns, copies[t].rows); err != nil {
						return err
					}
				}
				return nil
			})
		}
		rowsPerSecond(b)
	})
}

type rawTable struct {
	columns []string
	rows    [][]any
}

// rowSource is what readAll needs of a query's rows.
type rowSource interface {
	Columns() ([]string, error)
	store.Scanner
	Next() bool
	Close() error
}

func readAll(r rowSource) (rawTable, error) {
	defer func() { _ = r.Close() }()
	columns, err := r.Columns()
	t := rawTable{columns: columns}
	for err == nil && r.Next() {
		row, dst := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			dst[i] = &row[i]
		}
		err = r.Scan(dst...)
		t.rows = append(t.rows, row)
	}
	return t, err
}
