package app_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/allclear/allclear/internal/app"
	"github.com/allclear/allclear/internal/app/apptest"
	"github.com/allclear/allclear/internal/platform/audit"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
)

// program is the real binary: the one that ALLCLEAR_TEST_BINARY names, or one built for
// this run.
var program = sync.OnceValues(func() (string, error) {
	if file := os.Getenv("ALLCLEAR_TEST_BINARY"); file != "" {
		return file, nil
	}
	dir, err := os.MkdirTemp("", "allclear-test")
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "allclear")
	out, err := exec.Command("go", "build", "-o", file, "../../cmd/allclear").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return file, nil
})

// allclear is an installation used through its command line.
type allclear struct {
	t         testing.TB
	file      string
	directory string
	database  string
}

func newAllclear(t testing.TB, databaseURL string) allclear {
	t.Helper()
	file, err := program()
	if err != nil {
		t.Fatalf("build the program: %v", err)
	}
	return allclear{t: t, file: file, directory: t.TempDir(), database: databaseURL}
}

func (a allclear) command(args ...string) *exec.Cmd {
	c := exec.Command(a.file, args...)
	c.Env = append(os.Environ(), "ALLCLEAR_DATA="+a.directory, "ALLCLEAR_DATABASE_URL="+a.database, "LANG=C.UTF-8", "ALLCLEAR_LANG=en")
	return c
}

// run runs a command to its end and returns what it printed and its exit code.
func (a allclear) run(args ...string) (stdout, stderr string, code int) {
	a.t.Helper()
	c := a.command(args...)
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		a.t.Fatal(err)
	}
	return out.String(), errs.String(), c.ProcessState.ExitCode()
}

// must runs a command that has to succeed and reads its JSON.
func (a allclear) must(into any, args ...string) {
	a.t.Helper()
	out, errs, code := a.run(append(args, "--json")...)
	if code != 0 {
		a.t.Fatalf("allclear %s: exit %d: %s", strings.Join(args, " "), code, errs)
	}
	if into != nil {
		if err := json.Unmarshal([]byte(out), into); err != nil {
			a.t.Fatalf("allclear %s printed %q: %v", strings.Join(args, " "), out, err)
		}
	}
}

func eachDatabaseURL(t *testing.T, f func(t *testing.T, databaseURL string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, "") })
	t.Run("postgres", func(t *testing.T) { f(t, storetest.PostgresURL(t)) })
}

// TestKilledImportIsTakenUpAgain kills the program with no chance to clean up in the
// middle of an import, ten times, and takes the import up again (test T01).
func TestKilledImportIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	const rows = 20000
	file := filepath.Join(t.TempDir(), "cases.csv")
	writeLineList(t, file, rows)
	eachDatabaseURL(t, func(t *testing.T, databaseURL string) {
		a := newAllclear(t, databaseURL)
		a.must(nil, "incident", "create", "--name", "kill", "--started-on", "2022-03-01")
		killed := 0
		for range 10 {
			if a.killDuring(rand.N(700*time.Millisecond)+100*time.Millisecond, "import", "cases", file) {
				killed++
			}
			a.checkBooks(rows)
		}
		if killed < 3 {
			t.Fatalf("only %d of 10 imports were still running when killed: the test proves nothing", killed)
		}
		var r app.ImportResult
		for _, id := range a.resume() {
			t.Logf("taken up again: %s", id)
		}
		a.must(&r, "import", "cases", file)
		if r.Rows != rows || r.Unchanged+r.Inserted != rows || a.count("cases") != rows {
			t.Fatalf("after all: %+v, %d cases stored, want %d", r, a.count("cases"), rows)
		}
		var report audit.Report
		a.must(&report, "audit", "verify")
		if !report.OK {
			t.Fatalf("the audit trail does not hold: %+v", report)
		}
	})
}

// killDuring starts a command and kills it after a while; it reports whether the command
// was still running.
func (a allclear) killDuring(after time.Duration, args ...string) bool {
	a.t.Helper()
	c := a.command(args...)
	if err := c.Start(); err != nil {
		a.t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- c.Wait() }()
	select {
	case err := <-done:
		if err != nil {
			a.t.Fatalf("the import failed by itself: %v", err)
		}
		return false
	case <-time.After(after):
		_ = c.Process.Kill()
		<-done
		return true
	}
}

// checkBooks holds what is stored to what the jobs say: progress never runs ahead of
// the rows, nothing is stored twice, and no job that was killed calls itself done.
func (a allclear) checkBooks(rows int) {
	a.t.Helper()
	a.look(func(ctx context.Context, tx *store.Tx) error {
		var stored, distinct, said int
		if err := tx.QueryRow(ctx, `SELECT count(*), count(DISTINCT number) FROM cases`).Scan(&stored, &distinct); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, `SELECT COALESCE(sum(inserted), 0) FROM import_jobs`).Scan(&said); err != nil {
			return err
		}
		if stored != distinct || said != stored {
			a.t.Errorf("%d cases stored, %d distinct, %d inserted according to the jobs", stored, distinct, said)
		}
		var wrong int
		const q = `SELECT count(*) FROM import_jobs WHERE state IN ('done', 'done_with_refusals') AND inserted + updated + unchanged + refused <> $1`
		if err := tx.QueryRow(ctx, q, rows).Scan(&wrong); err != nil {
			return err
		}
		if wrong != 0 {
			a.t.Errorf("%d jobs call themselves done and do not add up", wrong)
		}
		return nil
	})
}

// resume runs the imports that a kill left running to their end, as the server does when
// it starts, and returns their ids.
func (a allclear) resume() []string {
	a.t.Helper()
	var out []string
	in := apptest.Reopen(a.t, a.directory, a.database)
	jobs, err := in.Imports.Interrupted(context.Background())
	if err != nil {
		a.t.Fatal(err)
	}
	for _, j := range jobs {
		call := asOperator()
		call.Principal.UserID = j.CreatedBy
		done, err := in.Imports.Run(context.Background(), call, j.ID)
		if err != nil || done.Counts.Sum() != done.Rows {
			a.t.Fatalf("take up %s again: %v, %+v", j.ID, err, done.Counts)
		}
		out = append(out, string(j.ID))
	}
	if err := in.Close(); err != nil {
		a.t.Fatal(err)
	}
	return out
}

func (a allclear) count(table string) (n int) {
	a.t.Helper()
	a.look(func(ctx context.Context, tx *store.Tx) error {
		return tx.QueryRow(ctx, `SELECT count(*) FROM `+table).Scan(&n)
	})
	return n
}

// look reads the database of an installation that is not running, and checks that its
// file is sound.
func (a allclear) look(f func(ctx context.Context, tx *store.Tx) error) {
	a.t.Helper()
	ctx := context.Background()
	databaseURL := a.database
	if databaseURL == "" {
		databaseURL = "sqlite://" + filepath.Join(a.directory, "allclear.db")
	}
	db, err := store.Open(ctx, databaseURL)
	if err != nil {
		a.t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if err := db.IntegrityCheck(ctx); err != nil {
		a.t.Fatal(err)
	}
	if err := db.Read(ctx, func(tx *store.Tx) error { return f(ctx, tx) }); err != nil {
		a.t.Fatal(err)
	}
}

func writeLineList(t testing.TB, file string, rows int) {
	t.Helper()
	var b strings.Builder
	b.WriteString("case_id,name,phone,gender,age,onset_date,report_date,classification,detection_route,zone_class\n")
	day := store.Day("2022-03-01")
	for i := range rows {
		on := day.Add(i % 37)
		class := "confirmed"
		if i%2 == 1 {
			class = "asymptomatic"
		}
		fmt.Fprintf(&b, "K%07d,王测试%d,000%08d,%s,%d,%s,%s,%s,quarantine,lockdown\n", i, i, i, []string{"male", "female"}[i%2], i%90, on, on.Add(1), class)
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestExitCodes holds the exit codes and the separation of data and messages that
// scripts rely on.
func TestExitCodes(t *testing.T) {
	t.Parallel()
	a := newAllclear(t, "")
	bad := filepath.Join(t.TempDir(), "bad.csv")
	if err := os.WriteFile(bad, []byte("case_id,report_date\nA,2022-03-05\nB,2022-02-31\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ambiguous := filepath.Join(t.TempDir(), "ambiguous.csv")
	if err := os.WriteFile(ambiguous, []byte("case_id,report_date\nA,03/04/2022\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	a.must(nil, "incident", "create", "--name", "codes", "--started-on", "2022-03-01")
	for _, x := range []struct {
		want   int
		stdout bool
		args   []string
	}{
		{0, true, []string{"version"}},
		{0, true, []string{"openapi"}},
		{0, true, []string{"pack", "list"}},
		{0, true, []string{"completion", "bash"}},
		{2, false, []string{"no-such-command"}},
		{2, false, []string{"import", "vegetables", bad}},
		{1, false, []string{"situation", "--incident", "no such"}},
		{1, false, []string{"import", "cases", ambiguous}},
		{0, true, []string{"import", "cases", ambiguous, "--date-format", "dmy", "--dry-run"}},
		{3, true, []string{"import", "cases", bad}},
	} {
		out, errs, code := a.run(x.args...)
		if code != x.want || (out != "") != x.stdout {
			t.Errorf("allclear %s: exit %d, stdout %q, stderr %q; want exit %d", strings.Join(x.args, " "), code, out, errs, x.want)
		}
		if x.want != 0 && errs == "" {
			t.Errorf("allclear %s fails without a word", strings.Join(x.args, " "))
		}
	}
}

// TestFreshInstallHasNoWayIn: no account until one is created, and two installations
// share no key (test T33).
func TestFreshInstallHasNoWayIn(t *testing.T) {
	t.Parallel()
	one, two := newAllclear(t, ""), newAllclear(t, "")
	keys := map[string]bool{}
	for _, a := range []allclear{one, two} {
		a.must(nil, "migrate")
		if _, _, code := a.run("audit", "checkpoint"); code != 0 {
			t.Fatal("cannot sign a checkpoint")
		}
		if n := a.count("users"); n != 0 {
			t.Errorf("a fresh installation has %d accounts", n)
		}
		for _, name := range []string{"keys/master.json", "audit/signing.key"} {
			text, err := os.ReadFile(filepath.Join(a.directory, name))
			if err != nil {
				t.Fatal(err)
			}
			if keys[string(text)] {
				t.Errorf("two installations share %s", name)
			}
			keys[string(text)] = true
			if info, err := os.Stat(filepath.Join(a.directory, name)); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s is not private: %v %v", name, info.Mode(), err)
			}
		}
	}
}

// TestServerStopsInOrder: SIGTERM ends open requests and jobs, signs a checkpoint and
// exits with 0 (test T08); what was acknowledged before is there afterwards.
func TestServerStopsInOrder(t *testing.T) {
	t.Parallel()
	a := newAllclear(t, "")
	a.must(nil, "incident", "create", "--name", "stop", "--started-on", "2022-03-01")
	c := a.command("serve", "--listen", "127.0.0.1:0")
	errs, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(errs).ReadString('\n')
	if err != nil || !strings.Contains(line, "http://127.0.0.1:") {
		t.Fatalf("the server said %q: %v", line, err)
	}
	url := "http://127.0.0.1:" + strings.Fields(strings.SplitN(line, "http://127.0.0.1:", 2)[1])[0]
	for _, path := range []string{"/livez", "/readyz"} {
		if answer, err := http.Get(url + path); err != nil || answer.StatusCode != http.StatusOK {
			t.Errorf("%s: %v %v", path, answer, err)
		}
	}
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Fatalf("the server did not stop in order: %v", err)
	}
	var report audit.Report
	a.must(&report, "audit", "verify")
	if report.Checkpoint == nil || report.Checkpoint.Size != report.Entries {
		t.Errorf("no checkpoint was signed at the end: %+v", report)
	}
}
