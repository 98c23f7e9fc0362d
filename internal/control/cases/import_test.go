package cases

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
	"github.com/allclear/allclear/internal/platform/vault"
	"github.com/allclear/allclear/internal/ref"
)

// sealer lets the engine seal refused rows.
type sealer struct{ *vault.Vault }

func (s sealer) Seal(plain string) (string, error)  { return s.Vault.Seal(vault.FreeText, plain) }
func (s sealer) Open(sealed string) (string, error) { return s.Vault.Open(vault.FreeText, sealed) }

func (s *town) engine() *importer.Engine {
	return importer.New(importer.Config{Door: s.door, Sealer: sealer{s.vault}, Dir: s.t.TempDir()}, NewCaseKind(s.Service), NewCountKind(s.Service))
}

// bring uploads a file and returns the job as analysed.
func (s *town) bring(e *importer.Engine, kind, name, content string, settings importer.Settings) importer.Job {
	s.t.Helper()
	file, err := e.Receive(ctx, optest.Operator(), name, strings.NewReader(content))
	if err != nil {
		s.t.Fatal(err)
	}
	j, err := e.Create(ctx, optest.Operator(), importer.NewJob{Kind: kind, FileID: file, Incident: s.incident, Settings: settings})
	if err != nil {
		s.t.Fatal(err)
	}
	return j
}

// take dry-runs and runs a job and checks that the two agree.
func (s *town) take(e *importer.Engine, j importer.Job) importer.Job {
	s.t.Helper()
	if j.State != importer.Ready {
		s.t.Fatalf("the job is %s: %+v", j.State, j.Analysis.Problems)
	}
	dry, err := e.DryRun(ctx, optest.Operator(), j.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	done, err := e.Run(ctx, optest.Operator(), j.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	if dry.DryRun.Counts != done.Counts {
		s.t.Errorf("the dry run said %+v, the run did %+v", dry.DryRun.Counts, done.Counts)
	}
	return done
}

func (s *town) importFile(kind, name, content string) importer.Job {
	s.t.Helper()
	e := s.engine()
	return s.take(e, s.bring(e, kind, name, content, importer.Settings{}))
}

// data is where the public line lists are; tests with them are skipped where they are not.
func data(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("ALLCLEAR_TEST_DATA")
	if dir == "" {
		t.Skip("ALLCLEAR_TEST_DATA is not set")
	}
	content, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func (s *town) count(q string, args ...any) (n int) {
	s.t.Helper()
	optest.See(s.t, s.door, func(ctx context.Context, tx *op.Tx) error { return tx.QueryRow(ctx, q, args...).Scan(&n) })
	return n
}

func TestRealLineLists(t *testing.T) {
	tests := []struct {
		file    string
		insert  int
		refused int
		counted string // counted_as and number
	}{
		{"linelists/tianjin2020/COVID-19_Tianjin.csv", 135, 0, "confirmed 135"},
		{"linelists/tianjin2020/Tianjin135casesFeb22.csv", 135, 0, "confirmed 135"},
		{"linelists/tianjin2020/Tianjin135cases_revised.csv", 135, 0, "confirmed 135"},
		{"linelists/tianjin2020/Tianjin_135_cases_revised.xlsx", 135, 0, "confirmed 135"},
		{"linelists/ebola_sim/ebola_sim_clean__linelist.csv", 5829, 0, "confirmed 5829"},
		{"linelists/godata/cases_clean.csv", 53, 3, "confirmed 30"},
	}
	for _, tt := range tests {
		t.Run(filepath.Base(tt.file), func(t *testing.T) {
			t.Parallel()
			content := data(t, tt.file)
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				s := newTown(t, db)
				j := s.importFile("cases", filepath.Base(tt.file), content)
				if j.Counts.Inserted != tt.insert || j.Counts.Refused != tt.refused {
					t.Errorf("counts = %+v", j.Counts)
				}
				for _, a := range j.Analysis.Assumptions {
					t.Log(a.Zh, a.En)
				}
				for _, p := range j.Analysis.Pairs {
					t.Log(j.Analysis.Columns[p.Column], "→", p.Field, p.Reason)
				}
				for _, d := range j.Analysis.Dropped {
					t.Log("dropped", d)
				}
				n := s.count(`SELECT count(*) FROM cases WHERE incident_id = $1 AND counted_as = 'confirmed'`, ref.Incident(s.incident))
				if got := fmt.Sprint("confirmed ", n); got != tt.counted {
					t.Errorf("counted %s, want %s", got, tt.counted)
				}
				again := s.importFile("cases", filepath.Base(tt.file), content)
				if again.Counts.Unchanged != tt.insert || again.Counts.Refused != tt.refused {
					t.Errorf("the same file again: %+v", again.Counts)
				}
			})
		})
	}
}
