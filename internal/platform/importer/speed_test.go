package importer_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/storetest"
)

// BenchmarkRun measures a whole run of 20,000 new rows on SQLite, one query and one
// INSERT per row by the toy kind included.
func BenchmarkRun(b *testing.B) {
	var content strings.Builder
	content.WriteString("code,name,date,amount,class\n")
	for i := range 20_000 {
		fmt.Fprintf(&content, "c%06d,张三%d,2022-04-08,%d,红\n", i, i, i)
	}
	for b.Loop() {
		b.StopTimer()
		x := newBench(b, storetest.SQLite(b))
		x.Engine = importer.New(importer.Config{Door: x.door, Sealer: envelope{}, Dir: b.TempDir()}, x.kind)
		x.call = optest.Operator()
		id, err := x.Receive(context.Background(), x.call, "toys.csv", strings.NewReader(content.String()))
		if err != nil {
			b.Fatal(err)
		}
		j, err := x.Create(context.Background(), x.call, importer.NewJob{Kind: "toys", FileID: id})
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if j, err = x.Run(context.Background(), x.call, j.ID); err != nil || j.Counts.Inserted != 20_000 {
			b.Fatal(j.Counts, err)
		}
	}
	b.ReportMetric(20_000*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
