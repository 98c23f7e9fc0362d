package importer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/clock"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/importer/match"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
)

// mess is a file with everything: good rows, parents after children, repeats, bad rows.
func mess() string {
	var b strings.Builder
	b.WriteString("code,name,parent,date,amount,class,colour\n")
	for i := range 40 {
		fmt.Fprintf(&b, "c%02d,张三%d,p%d,2022-04-%02d,%d,红,green\n", i, i, i%3, i%30+1, i)
	}
	b.WriteString("p0,,,,,,\np1,,,,,,\n")              // parents of the rows above; p2 is missing
	b.WriteString("c01,张三1,p1,2022-04-02,1,红,green\n") // the same again
	b.WriteString("c03,李四,p0,2022-04-04,3,红,green\n")  // the same code, another person
	b.WriteString("bad1,王五,p0,2022-02-30,1,红,x\n")
	b.WriteString("bad2,王五,p0,2022-02-28,-1,紫,x\n")
	b.WriteString("bad3,too,few\n")
	b.WriteString("bad4,too,many,2022-04-01,1,红,x,y,z\n")
	b.WriteString(",noname,p0,2022-04-01,1,红,x\n")
	b.WriteString("=cmd|calc,-1+1,p0,2022-04-01,x,红,x\n")
	return b.String()
}

func TestDryRunPredictsTheRunAndARepeatChangesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		b := setup(t, db)
		b.kind.passes = 2
		j := b.ready(t, mess())
		if j.Rows != 50 {
			t.Fatalf("%d rows", j.Rows)
		}
		before := b.all(t)
		j, err := b.DryRun(ctx, b.call, j.ID)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(before, b.all(t)); d != "" {
			t.Fatalf("the dry run changed something: %s", d)
		}
		predicted := refusals(t, b, j)
		done, err := b.Run(ctx, b.call, j.ID)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(j.DryRun.Counts, done.Counts); d != "" || done.State != importer.DoneWithRefusals {
			t.Errorf("%s: %s", done.State, d)
		}
		if d := cmp.Diff(predicted, refusals(t, b, done)); d != "" {
			t.Error(d)
		}
		// c02, c05 … refer to p2, which is not there: 13 of 40. Then 7 bad rows.
		want := importer.Counts{Inserted: 29, Unchanged: 1, Refused: 20}
		if d := cmp.Diff(want, done.Counts); d != "" {
			t.Error(d)
		}
		stored := b.all(t)
		again := b.run(t, mess())
		if d := cmp.Diff(importer.Counts{Unchanged: 30, Refused: 20}, again.Counts); d != "" {
			t.Errorf("repeat: %s", d)
		}
		if d := cmp.Diff(stored, b.all(t)); d != "" {
			t.Errorf("a repeat changed something: %s", d)
		}
		dump := b.dump(t)
		for _, secret := range []string{"张三", "李四", "王五", "noname"} {
			if strings.Contains(dump, secret) {
				t.Errorf("%q stands in plain text in the importer's tables or the trail", secret)
			}
		}
	})
}

func refusals(t *testing.T, b *bench, j importer.Job) []string {
	t.Helper()
	list, _, err := b.Refusals(context.Background(), b.call, j.ID, importer.RefusalPlace{}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range list {
		out = append(out, fmt.Sprintf("%d %s %s %s | %s", r.Row, r.Column, r.Code, r.Value, r.Text("en")))
	}
	return out
}

func TestEveryRefusalSaysWhy(t *testing.T) {
	b := setup(t, storetest.SQLite(t))
	j := b.run(t, "code,name,date,amount\nx1,张三,2022-02-30,1\nx2,张三,,many\nx2,other,,5\nx2,张三,,many\nx3,张三\n")
	want := []string{
		"2 date importer.impossible_day 2022-02-30 | “date”: there is no such day (2022-02-30).",
		"3 amount importer.not_a_whole_number_or_so",
		"5",
		"6  importer.too_few_cells  | The row has only 2 cells, the header 4.",
	}
	got := refusals(t, b, j)
	if len(got) != 4 || got[0] != want[0] || got[3] != want[3] || !strings.Contains(got[1], "importer.not_a_number many") {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
	if j.Counts.Inserted != 1 {
		t.Errorf("%+v", j.Counts)
	}
}

func TestRejectsCanBeMendedAndReadAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		b := setup(t, db)
		b.kind.passes = 2
		j := b.run(t, mess())
		var file bytes.Buffer
		if err := b.Rejects(ctx, b.call, j.ID, "", &file); err != nil {
			t.Fatal(err)
		}
		text := file.String()
		if !strings.HasPrefix(text, "\ufeffcode,name,parent,date,amount,class,colour,") {
			t.Fatalf("header %q", text[:80])
		}
		if strings.Contains(text, "\n=cmd") || strings.Contains(text, ",-1+1") {
			t.Error("a cell could be taken for a formula")
		}
		// As it is: the same rows are refused for the same reasons, nothing goes in.
		stored := b.all(t)
		again := b.run(t, text)
		if again.Counts.Refused != j.Counts.Refused || again.Counts.Sum() != j.Counts.Refused {
			t.Errorf("unmended: %+v, want %d refused", again.Counts, j.Counts.Refused)
		}
		if d := cmp.Diff(codes(t, b, j), codes(t, b, again)); d != "" {
			t.Errorf("unmended: %s", d)
		}
		if d := cmp.Diff(stored, b.all(t)); d != "" {
			t.Error(d)
		}
		// Mended: the date, and the formula's amount.
		mended := strings.Replace(text, "2022-02-30", "2022-02-28", 1)
		mended = strings.Replace(mended, "'-1+1,p0,2022-04-01,x,", "'-1+1,p0,2022-04-01,5,", 1)
		fixed := b.run(t, mended)
		if fixed.Counts.Inserted != 2 {
			t.Errorf("mended: %+v", fixed.Counts)
		}
		found := strings.Join(b.all(t), "\n")
		if !strings.Contains(found, "=cmd|calc|-1+1|p0|2022-04-01|5|") || !strings.Contains(found, "bad1|王五") {
			t.Errorf("a value did not come back as it was:\n%s", found)
		}
	})
}

func codes(t *testing.T, b *bench, j importer.Job) map[string]int {
	t.Helper()
	list, _, err := b.Refusals(context.Background(), b.call, j.ID, importer.RefusalPlace{}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int{}
	for _, r := range list {
		if strings.HasPrefix(r.Code, "importer.duplicate") {
			r.Code = "duplicate" // of a row that is not in the file of refused rows
		}
		out[r.Code+" "+r.Column]++
	}
	return out
}

// TestAnInterruptedRunGoesOnExactly breaks the run at every batch, once before the
// records are written and once after, and runs it again.
func TestAnInterruptedRunGoesOnExactly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		whole := setup(t, storetest.SQLite(t))
		whole.kind.passes = 2
		want := whole.run(t, mess())
		stored := whole.all(t)

		b := setup(t, db)
		b.kind.passes = 2
		j := b.ready(t, mess())
		writes, breaks := 0, 0
		broken := errors.New("the power went")
		b.kind.fail = func() error {
			if writes++; writes%2 == 1 { // every batch that writes fails once
				breaks++
				return broken
			}
			return nil
		}
		var got importer.Job
		for range 50 {
			var err error
			if got, err = b.Run(ctx, b.call, j.ID); err == nil {
				break
			} else if !errors.Is(err, broken) {
				t.Fatal(err)
			}
			if got.State != importer.Running {
				t.Fatalf("state %s after an interruption", got.State)
			}
			if open, err := b.Interrupted(ctx); err != nil || len(open) != 1 {
				t.Fatalf("interrupted: %v %v", open, err)
			}
		}
		if breaks < 5 {
			t.Errorf("only %d interruptions", breaks)
		}
		if d := cmp.Diff(want.Counts, got.Counts); d != "" || got.State != importer.DoneWithRefusals {
			t.Errorf("%s %s", got.State, d)
		}
		if d := cmp.Diff(stored, b.all(t)); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff(refusals(t, whole, want), refusals(t, b, got)); d != "" {
			t.Error(d)
		}
	})
}

// TestAJobMovedByAnotherHandIsNoticed: rows skipped by meddling with the place in the file
// must not pass for handled.
func TestAJobMovedByAnotherHandIsNoticed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		b := setup(t, db)
		j := b.ready(t, mess())
		b.kind.fail = func() error {
			b.kind.fail = nil
			return errors.New("interrupted")
		}
		if _, err := b.Run(ctx, b.call, j.ID); err == nil {
			t.Fatal("the interruption was not noticed")
		}
		if err := b.db.Write(ctx, func(tx *store.Tx) error {
			_, err := tx.Technical().Exec(ctx, `UPDATE import_jobs SET position = position + 3 WHERE id = $1`, string(j.ID))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		got, err := b.Run(ctx, b.call, j.ID)
		if fault.CodeOf(err) != "importer.does_not_add_up" || got.State != importer.Failed {
			t.Errorf("%s %v", got.State, err)
		}
	})
}

func TestRowsThatVanishFailTheJob(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		b.kind.lost = "x2"
		j := b.ready(t, "code,name\nx1,a\nx2,b\nx3,c\n")
		if _, err := b.DryRun(context.Background(), b.call, j.ID); fault.CodeOf(err) != "importer.does_not_add_up" {
			t.Errorf("dry run: %v", err)
		}
		got, err := b.Run(context.Background(), b.call, j.ID)
		if fault.CodeOf(err) != "importer.does_not_add_up" || got.State != importer.Failed || got.FaultParams["rows"] != "3" || got.FaultParams["counted"] != "2" {
			t.Errorf("%s %v %v", got.State, got.FaultParams, err)
		}
	})
}

func TestUndo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		b := setup(t, db)
		b.run(t, "code,name,amount\na,first,1\nb,first,1\n")
		before := b.all(t)
		j := b.run(t, "code,name,amount\na,second,2\nb,second,2\nc,new,3\nd,new,4\n")
		optest.Run(t, b.door, func(ctx context.Context, tx *op.Tx) error {
			tx.ChangedBatch("toys", 1, "by hand")
			return tx.ExecOne(ctx, `UPDATE toys SET amount = 99, version = version + 1 WHERE code = 'b'`)
		})
		got, err := b.Undo(ctx, b.call, j.ID)
		if err != nil {
			t.Fatal(err)
		}
		if got.State != importer.TakenBack || got.Undone != 3 || got.Kept != 1 {
			t.Errorf("%s undone %d kept %d", got.State, got.Undone, got.Kept)
		}
		want := []string{before[0], "b|second|||99|"}
		if d := cmp.Diff(want, b.all(t)); d != "" {
			t.Error(d)
		}
		kept, err := b.Kept(ctx, b.call, j.ID, 10)
		if err != nil || len(kept) != 1 || kept[0].Row != 3 || kept[0].Reason != importer.EditedSince {
			t.Errorf("%+v %v", kept, err)
		}
		if _, err := b.Undo(ctx, b.call, j.ID); fault.KindOf(err) != fault.Conflict {
			t.Errorf("undone twice: %v", err)
		}
	})
}

func TestWhatExpires(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		b := setup(t, db)
		b.run(t, "code,amount\na,1\nb,5\n")
		j := b.run(t, "code,amount\na,2\nb,many\n")
		hand := b.door.Clock.(*clock.Manual)
		hand.Advance(73 * time.Hour)
		if _, err := b.Undo(ctx, b.call, j.ID); fault.CodeOf(err) != "importer.undo_too_late" {
			t.Errorf("undo after 73 hours: %v", err)
		}
		if err := b.Rejects(ctx, b.call, j.ID, "en", io.Discard); err != nil {
			t.Errorf("refused rows after 73 hours: %v", err)
		}
		hand.Advance(96 * time.Hour)
		if err := b.Rejects(ctx, b.call, j.ID, "en", io.Discard); fault.CodeOf(err) != "importer.rejects_expired" {
			t.Errorf("refused rows after 169 hours: %v", err)
		}
		if err := b.Expire(ctx); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(b.dump(t), "sealed:") {
			t.Error("sealed cells are still there")
		}
		left, err := os.ReadDir(b.Dir)
		if err != nil || len(left) != 0 {
			t.Errorf("files left: %v %v", left, err)
		}
	})
}

func TestDaysMustBeSettled(t *testing.T) {
	b := setup(t, storetest.SQLite(t))
	ctx := context.Background()
	const bare = "code,date\na,5/1/2020\nb,6/1/2020\n"
	j := b.create(t, bare, importer.Settings{})
	if j.State != importer.Draft || len(j.Analysis.Problems) != 1 {
		t.Fatalf("%s %+v", j.State, j.Analysis.Problems)
	}
	p := j.Analysis.Problems[0]
	if p.Code != "importer.ambiguous_dates" || p.Column != "date" || p.Params["example"] != "5/1/2020" || p.Params["dmy"] != "2020-01-05" || p.Params["mdy"] != "2020-05-01" {
		t.Errorf("%+v", p)
	}
	if _, err := b.Run(ctx, b.call, j.ID); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a draft was run: %v", err)
	}
	j, err := b.Settle(ctx, b.call, j.ID, importer.Settings{Dates: map[string]string{"date": "%d/%m/%Y"}})
	if err != nil || j.State != importer.Ready {
		t.Fatalf("%s %v %+v", j.State, err, j.Analysis.Problems)
	}
	if _, err := b.Run(ctx, b.call, j.ID); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"a|||2020-01-05|0|", "b|||2020-01-06|0|"}, b.all(t)); d != "" {
		t.Error(d)
	}
	// What was chosen is offered to the next file with the same columns.
	if next := b.ready(t, "code,date\nc,7/1/2020\n"); !next.Analysis.SavedMapping || next.Analysis.Days[0].Format.Order != "dmy" {
		t.Errorf("%+v", next.Analysis.Days)
	}
	j = b.create(t, "code,date\na,14/01/2020\nb,1/14/2020\n", importer.Settings{DateFormat: "DD/MM/YYYY"})
	if j, err = b.Run(ctx, b.call, j.ID); err != nil || j.Counts.Refused != 1 {
		t.Errorf("%+v %v", j.Counts, err)
	}
}

func TestColumnsByHandExtraAndUnknownWords(t *testing.T) {
	b := setup(t, storetest.SQLite(t))
	ctx := context.Background()
	b.kind.drop = "parent"
	j := b.create(t, "key,code,parent,class,colour\n1,a,ZZ,紫,green\n", importer.Settings{
		Columns: map[string]string{"key": "code", "code": ""}, Keep: []string{"colour"}, Values: map[string]map[string]string{"class": {"紫": "blue"}},
	})
	if d := cmp.Diff([]string{"code", "parent", "colour"}, j.Analysis.Unmatched); d != "" {
		t.Error(d)
	}
	if len(j.Analysis.Dropped) != 1 || len(j.Analysis.Assumptions) != 0 {
		t.Errorf("%+v", j.Analysis)
	}
	if _, err := b.Run(ctx, b.call, j.ID); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"1||||0|green"}, b.all(t)); d != "" {
		t.Error(d)
	}
	j = b.create(t, "code,class\na,紫\nb,紫\n", importer.Settings{})
	if j.Analysis.Unknown["class"]["紫"] != 2 {
		t.Errorf("%+v", j.Analysis.Unknown)
	}
	if j = b.create(t, "name\nx\n", importer.Settings{}); j.State != importer.Draft || j.Analysis.Problems[0].Code != "importer.required_column" {
		t.Errorf("%+v", j.Analysis.Problems)
	}
	if j = b.create(t, "code\nx\n", importer.Settings{Columns: map[string]string{"code": "nonsense"}}); j.State != importer.Draft {
		t.Errorf("%+v", j.Analysis.Problems)
	}
	if j = b.create(t, "code\nx\n", importer.Settings{ControlTotal: 2}); j.State != importer.Draft || j.Analysis.Problems[0].Code != "importer.control_total" {
		t.Errorf("%+v", j.Analysis.Problems)
	}
}

func TestAFileAtTheLimitNeedsTheWord(t *testing.T) {
	b := setup(t, storetest.SQLite(t))
	content := "code,name\n" + strings.Repeat("a,b\n", 65_535)
	j := b.create(t, content, importer.Settings{})
	if j.State != importer.Draft || j.Analysis.Problems[0].Code != "importer.cut_at_limit" {
		t.Fatalf("%s %+v", j.State, j.Analysis.Problems)
	}
	j, err := b.Settle(context.Background(), b.call, j.ID, importer.Settings{ConfirmWhole: true})
	if err != nil || j.State != importer.Ready {
		t.Errorf("%s %v", j.State, err)
	}
}

func TestCancelStopsCleanly(t *testing.T) {
	b := setup(t, storetest.SQLite(t))
	ctx := context.Background()
	j := b.ready(t, mess())
	b.kind.fail = func() error {
		b.kind.fail = nil
		return errors.New("stop here")
	}
	if _, err := b.Run(ctx, b.call, j.ID); err == nil {
		t.Fatal("not interrupted")
	}
	if _, err := b.Cancel(ctx, b.call, j.ID); err != nil {
		t.Fatal(err)
	}
	got, err := b.Run(ctx, b.call, j.ID)
	if err != nil || got.State != importer.Cancelled || len(b.all(t)) != 0 {
		t.Errorf("%s %v", got.State, err)
	}
	if _, err := b.Cancel(ctx, b.call, j.ID); fault.KindOf(err) != fault.Conflict {
		t.Errorf("cancelled twice: %v", err)
	}
}

func TestAChangedFileStopsTheRun(t *testing.T) {
	b := setup(t, storetest.SQLite(t))
	j := b.ready(t, "code\na\n")
	files, err := filepath.Glob(filepath.Join(b.Dir, "*"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	if err := os.WriteFile(files[0], []byte("code\nb\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Run(context.Background(), b.call, j.ID); fault.CodeOf(err) != "importer.file_changed" {
		t.Errorf("%v", err)
	}
}

func TestFilesAndRefusedRowsAreForTheirOwnerAlone(t *testing.T) {
	b := setup(t, storetest.SQLite(t))
	ctx := context.Background()
	j := b.run(t, "code,name,amount\na,张三,many\n")
	other := b.call
	other.Principal = access.Operator("somebody else")
	if err := b.Rejects(ctx, other, j.ID, "", io.Discard); fault.KindOf(err) != fault.NotFound {
		t.Errorf("refused rows: %v", err)
	}
	if _, err := b.Preview(ctx, other, j.FileID, j.Settings.Choice); fault.KindOf(err) != fault.NotFound {
		t.Errorf("preview: %v", err)
	}
	if list, _, err := b.Refusals(ctx, other, j.ID, importer.RefusalPlace{}, 10); err != nil || len(list) != 1 || list[0].Value != "" {
		t.Errorf("refusals: %+v %v", list, err)
	}
	nobody := optest.As("nobody")
	if _, err := b.Job(ctx, nobody, j.ID); err == nil {
		t.Error("a person without a role saw the job")
	}
}

func TestProgress(t *testing.T) {
	j := importer.Job{State: importer.Running, Rows: 1000, Counts: importer.Counts{Inserted: 200, Refused: 50}}
	if p := j.Progress(time.Now()); p.Rows != 1000 || p.Counts.Sum() != 250 {
		t.Errorf("%+v", p)
	}
	j.State = importer.Done
	if p := j.Progress(time.Now()); p.SecondsLeft != 0 {
		t.Errorf("%+v", p)
	}
}

// TestARunGoesOnAfterEachCommit ends the context right after every commit, as a kill does
// that strikes between a batch and the next.
func TestARunGoesOnAfterEachCommit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		whole := setup(t, storetest.SQLite(t))
		whole.kind.passes = 2
		want := whole.run(t, mess())
		b := setup(t, db)
		b.kind.passes = 2
		j := b.ready(t, mess())
		var got importer.Job
		interruptions := 0
		for range 50 {
			ctx, cancel := context.WithCancel(context.Background())
			b.kind.committed = cancel
			var err error
			got, err = b.Run(ctx, b.call, j.ID)
			cancel()
			if err == nil {
				break
			}
			if !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			interruptions++
		}
		if interruptions < 5 {
			t.Errorf("only %d interruptions", interruptions)
		}
		if d := cmp.Diff(want.Counts, got.Counts); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff(whole.all(t), b.all(t)); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff(refusals(t, whole, want), refusals(t, b, got)); d != "" {
			t.Error(d)
		}
	})
}

// TestEveryCodeHasItsSentence looks through the source of the three packages.
func TestEveryCodeHasItsSentence(t *testing.T) {
	known := map[string]bool{}
	for _, c := range match.Codes() {
		known[c] = true
	}
	form := regexp.MustCompile(`"(importer\.[a-z_]+)"`)
	for _, dir := range []string{".", "table", "match"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(files) < 5 {
			t.Fatal(files, err)
		}
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range form.FindAllSubmatch(text, -1) {
				if !known[string(m[1])] && !strings.HasSuffix(f, "_test.go") {
					t.Errorf("%s: %s has no sentence", f, m[1])
				}
			}
		}
	}
}

func TestTooLargeAFileIsRefused(t *testing.T) {
	b := setup(t, storetest.SQLite(t))
	b.MaxFile = 10
	if _, err := b.Receive(context.Background(), b.call, "x.csv", strings.NewReader("code,name\na,b\n")); fault.CodeOf(err) != "importer.too_large" {
		t.Errorf("%v", err)
	}
	if left, _ := os.ReadDir(b.Dir); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}
