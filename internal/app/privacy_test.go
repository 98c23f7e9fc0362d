package app_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/allclear/allclear/internal/app"
	"github.com/allclear/allclear/internal/app/apptest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
)

// lockedBuffer is a log that several goroutines write.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// secrets are canaries of each class of personal data.
var secrets = []string{"金丝雀小明", "00012345678", "990201199001011", "金丝雀路7号", "金丝雀接触史"}

// TestNoPersonalDataInLogsOrInTheDatabase drives imports, forms, searches, refusals and
// failures with canaries in every personal field, and then looks for them in the log at
// its most talkative, in what the command line prints, in error answers, in the audit
// trail and in the database's own tables and file (test T43).
func TestNoPersonalDataInLogsOrInTheDatabase(t *testing.T) {
	t.Parallel()
	databases := map[string]func(testing.TB) string{"sqlite": func(testing.TB) string { return "" }, "postgres": storetest.PostgresURL}
	for name, databaseURL := range databases {
		t.Run(name, func(t *testing.T) {
			log := &lockedBuffer{}
			a := apptest.Open(t, databaseURL(t), slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})))
			said := &lockedBuffer{}
			driveWithSecrets(t, a, said)
			for where, text := range map[string]string{"the log": log.String(), "messages": said.String(), "the database": dump(t, a)} {
				if text == "" {
					t.Errorf("%s is empty: the test looks in the wrong place", where)
				}
				for _, s := range secrets {
					if strings.Contains(text, s) {
						t.Errorf("%s holds %q: %.200s", where, s, text[strings.Index(text, s):])
					}
				}
			}
			lookIntoFiles(t, a.Config.Data)
		})
	}
}

func driveWithSecrets(t *testing.T, a *app.App, said io.Writer) {
	t.Helper()
	i := newIncident(t, a, app.NewIncident{Name: "隐私", StartedOn: "2022-03-01"})
	file := filepath.Join(t.TempDir(), "cases.csv")
	lines := "case_id,name,phone,id_number,address,exposure,report_date\n" +
		"P1,金丝雀小明,00012345678,,金丝雀路7号,金丝雀接触史,2022-03-05\n" +
		"P2,金丝雀小明,00012345678,990201199001011999,金丝雀路7号,金丝雀接触史,2022-03-05\n" + // wrong number: refused
		"P3,金丝雀小明,00012345678,,金丝雀路7号,金丝雀接触史,2022-02-31\n" // impossible day: refused
	if err := os.WriteFile(file, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := a.Import(context.Background(), app.ImportRequest{Kind: "cases", Files: []string{file}, Say: func(line string) { _, _ = io.WriteString(said, line+"\n") }})
	if err != nil || r.Refused == 0 || r.Inserted == 0 {
		t.Fatalf("import: %+v, %v", r, err)
	}
	w := &world{a: a, incident: string(i.ID)}
	w.server = apptest.Serve(t, a)
	client := w.signIn(t, "epidemiologist")
	if err := a.Grant(context.Background(), "epidemiologist", "epidemiologist", ""); err != nil {
		t.Fatal(err)
	}
	send := func(method, path, body string) {
		request, err := http.NewRequest(method, w.server.URL+"/api/v1"+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		answer, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }()
		text, _ := io.ReadAll(answer.Body)
		if answer.StatusCode >= 400 {
			_, _ = said.Write(text)
		}
	}
	base := `{"incident_id":"` + w.incident + `","classification":"confirmed","name":"金丝雀小明","phone":"00012345678","address_note":"金丝雀路7号","exposure":"金丝雀接触史"`
	send("POST", "/cases", base+`,"number":"P9","reported_on":"2022-03-06"}`)
	send("POST", "/cases", base+`,"number":"P1","reported_on":"2022-03-06"}`)       // taken
	send("POST", "/cases", base+`,"number":"P8","reported_on":"金丝雀小明"}`)            // not a day
	send("POST", "/cases", base+`,"number":"P7","severity":"金丝雀小明"}`)               // not a code
	send("POST", "/cases", base+`,"number":"P6","age":"金丝雀小明"}`)                    // wrong type
	send("POST", "/cases", base+`,"number":"P5","id_number":"990201199001011999"}`) // wrong check digit
	send("GET", "/cases?incident_id="+w.incident+"&q=%E9%87%91%E4%B8%9D%E9%9B%80%E5%B0%8F%E6%98%8E", "")
	send("POST", "/exports", `{"kind":"cases","filter":{"incident_id":"`+w.incident+`","q":"金丝雀小明"},"reason":"核对病例名单"}`)
}

// dump returns all text that the database holds, table by table.
func dump(t *testing.T, a *app.App) string {
	t.Helper()
	var b strings.Builder
	ctx := context.Background()
	err := a.DB.Read(ctx, func(tx *store.Tx) error {
		for table, columns := range map[string]string{
			"people": "name || phone || id_number || address || extra", "cases": "number || exposure || extra",
			"audit_entries": "operation || actor_name || reason || changes", "import_refusals": "detail || cells || column_name",
			"import_changes": "before", "import_jobs": "settings || analysis || dry_run || fault_params", "import_files": "name", "op_keys": "response",
			"import_mappings": "settings", "exports": "filter || reason", "alerts": "reason || note || subject", "disclosure_views": "subject", "case_classifications": "reason", "jobs": "args || error",
		} {
			rows, err := tx.Query(ctx, `SELECT `+columns+` FROM `+table)
			texts, err := store.Collect(rows, err, func(r store.Scanner) (s string, err error) { return s, r.Scan(&s) })
			if err != nil {
				return err
			}
			b.WriteString(strings.Join(texts, "\n"))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// lookIntoFiles looks for canaries in every file of the data directory but the uploaded
// files themselves, which are what somebody brought and are deleted after the import.
func lookIntoFiles(t *testing.T, dir string) {
	t.Helper()
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() || strings.Contains(path, string(filepath.Separator)+"files"+string(filepath.Separator)) {
			return err
		}
		text, err := os.ReadFile(path)
		for _, s := range secrets {
			if bytes.Contains(text, []byte(s)) {
				t.Errorf("the file %s holds %q", filepath.Base(path), s)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestEveryAnswerCarriesTheSecurityHeaders walks pages, API, errors and probes (test T37).
func TestEveryAnswerCarriesTheSecurityHeaders(t *testing.T) {
	t.Parallel()
	a := apptest.Open(t, "", slog.New(slog.DiscardHandler))
	server := apptest.Serve(t, a)
	for _, path := range []string{"/", "/cases", "/assets/none.js", "/api/v1/session", "/api/v1/no-such", "/api/v1/cases", "/livez", "/readyz", "/api/v1/openapi.json"} {
		answer, err := http.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		h := answer.Header
		csp := h.Get("Content-Security-Policy")
		if !strings.Contains(csp, "script-src 'self';") || !strings.Contains(csp, "frame-ancestors 'none'") || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("X-Request-Id") == "" {
			t.Errorf("%s lacks headers: %v", path, h)
		}
		if strings.HasPrefix(path, "/api/") && h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s may be kept by caches: %q", path, h.Get("Cache-Control"))
		}
		if h.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s is open to other origins", path)
		}
	}
	request, err := http.NewRequest("POST", server.URL+"/api/v1/session", strings.NewReader(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Origin", "https://elsewhere.example")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusForbidden || answer.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("a write from another site: %d %s", answer.StatusCode, answer.Header.Get("Content-Type"))
	}
}
