package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/importer/match"
	"github.com/allclear/allclear/internal/platform/importer/table"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
)

// ImportRequest is what the command line says about an import.
type ImportRequest struct {
	Kind                          string
	Files                         []string
	Incident, Under               string
	Mapping, DateFormat           string
	Sheet, Encoding               string
	KeepExtra, ConfirmCut, DryRun bool
	Answers                       map[string]string // kind-specific choices, by name
	Blocks                        bool              // of a map, also street blocks
	Rejects                       string
	Chinese                       bool
	Say                           func(line string) // messages to the person
}

// ImportResult is the account of an import: rows = inserted + updated + unchanged + refused.
type ImportResult struct {
	Kind      string         `json:"kind"`
	Job       ref.ImportJob  `json:"job"`
	File      string         `json:"file,omitempty"`
	DryRun    bool           `json:"dry_run"`
	Rows      int            `json:"rows"`
	Inserted  int            `json:"inserted"`
	Updated   int            `json:"updated"`
	Unchanged int            `json:"unchanged"`
	Refused   int            `json:"refused"`
	Files     []ImportResult `json:"files,omitempty"` // when there were several
}

// Import imports files one after another, with the engine that the web app uses.
func (a *App) Import(ctx context.Context, r ImportRequest) (ImportResult, error) {
	target, err := a.importTarget(ctx, r)
	if err != nil {
		return ImportResult{}, err
	}
	var all []ImportResult
	for _, file := range r.Files {
		one, err := a.importFile(ctx, r, target, file, len(r.Files) > 1)
		if err != nil {
			return ImportResult{}, fmt.Errorf("%s: %w", filepath.Base(file), err)
		}
		all = append(all, one)
	}
	if len(all) == 1 {
		return all[0], nil
	}
	sum := ImportResult{Kind: r.Kind, DryRun: r.DryRun, Files: all}
	for _, one := range all {
		sum.Job = one.Job
		sum.Rows += one.Rows
		sum.Inserted += one.Inserted
		sum.Updated += one.Updated
		sum.Unchanged += one.Unchanged
		sum.Refused += one.Refused
	}
	return sum, nil
}

// importTarget finds the incident and the place that files are for.
func (a *App) importTarget(ctx context.Context, r ImportRequest) (importer.NewJob, error) {
	return do(ctx, a, places.ViewPlace, func(ctx context.Context, tx *op.Tx) (importer.NewJob, error) {
		n := importer.NewJob{Kind: r.Kind}
		if r.Under != "" {
			p, err := findPlace(ctx, tx, r.Under)
			if err != nil {
				return n, err
			}
			n.Place = p.ID
		}
		if r.Kind != "cases" && r.Kind != "counts" {
			return n, nil
		}
		i, err := a.findIncident(ctx, tx, r.Incident)
		n.Incident, n.Settings.TimeZone = i.ID, i.TimeZone
		return n, err
	})
}

func (a *App) importFile(ctx context.Context, r ImportRequest, n importer.NewJob, file string, several bool) (ImportResult, error) {
	call := a.operator("command line")
	if err := importSettings(&n.Settings, r); err != nil {
		return ImportResult{}, err
	}
	in, err := os.Open(file)
	if err != nil {
		return ImportResult{}, fault.Invalidf("importer.no_file", "the file cannot be read").Because(err)
	}
	defer func() { _ = in.Close() }()
	if n.FileID, err = a.Imports.Receive(ctx, call, filepath.Base(file), in); err != nil {
		return ImportResult{}, err
	}
	j, err := a.Imports.Create(ctx, call, n)
	if err != nil {
		return ImportResult{}, err
	}
	a.tellPlan(r, j)
	if j.State != importer.Ready {
		return ImportResult{}, unsettled(j, r.Chinese)
	}
	if r.DryRun {
		if j, err = a.Imports.DryRun(ctx, call, j.ID); err == nil {
			j.Counts, j.Rows = j.DryRun.Counts, j.DryRun.Counts.Sum()
		}
	} else {
		j, err = a.Imports.Run(ctx, call, j.ID)
	}
	if err != nil {
		return ImportResult{}, err
	}
	return a.account(ctx, call, r, j, file, several)
}

// account reports what was refused and returns the account.
func (a *App) account(ctx context.Context, call op.Call, r ImportRequest, j importer.Job, file string, several bool) (ImportResult, error) {
	out := ImportResult{
		Kind: j.Kind, Job: j.ID, DryRun: r.DryRun, Rows: j.Rows, Inserted: j.Counts.Inserted, Updated: j.Counts.Updated,
		Unchanged: j.Counts.Unchanged, Refused: j.Counts.Refused,
	}
	if several {
		out.File = filepath.Base(file)
	}
	if j.Counts.Refused == 0 {
		return out, nil
	}
	if err := a.tellRefusals(ctx, call, r, j); err != nil {
		return out, err
	}
	if r.Rejects == "" {
		return out, nil
	}
	name := r.Rejects
	if several {
		name = strings.TrimSuffix(name, filepath.Ext(name)) + "-" + filepath.Base(file) + ".csv"
	}
	return out, a.writeRejects(ctx, call, j, name)
}

func (a *App) writeRejects(ctx context.Context, call op.Call, j importer.Job, name string) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fault.Invalidf("importer.no_rejects_file", "the file for refused rows cannot be written").Because(err)
	}
	return errors.Join(a.Imports.Rejects(ctx, call, j.ID, "", f), f.Close())
}

// shownRefusals is how many refusals the command line prints; the file has all.
const shownRefusals = 20

func (a *App) tellRefusals(ctx context.Context, call op.Call, r ImportRequest, j importer.Job) error {
	refusals, _, err := a.Imports.Refusals(ctx, call, j.ID, importer.RefusalPlace{}, shownRefusals)
	if err != nil {
		return err
	}
	for _, x := range refusals {
		if r.Chinese {
			r.Say(fmt.Sprintf("第 %d 行，“%s”列：%s", x.Row, x.Column, x.Text("zh-CN")))
		} else {
			r.Say(fmt.Sprintf("row %d, column %q: %s", x.Row, x.Column, x.Text("en")))
		}
	}
	if more := j.Counts.Refused - len(refusals); more > 0 {
		r.Say(fmt.Sprintf("… +%d", more))
	}
	return nil
}

// tellPlan says how the file is understood: what a person must be able to object to.
func (a *App) tellPlan(r ImportRequest, j importer.Job) {
	lang := map[bool]string{true: "zh-CN", false: "en"}[r.Chinese]
	var pairs []string
	for _, p := range j.Analysis.Pairs {
		pairs = append(pairs, j.Analysis.Columns[p.Column]+" → "+p.Field)
	}
	r.Say(strings.Join(pairs, ", "))
	unused := slices.DeleteFunc(slices.Clone(j.Analysis.Unmatched), func(c string) bool { return slices.Contains(j.Analysis.Kept, c) })
	if len(unused) > 0 {
		r.Say(map[bool]string{true: "未使用的列：", false: "columns not used: "}[r.Chinese] + strings.Join(unused, ", "))
	}
	if len(j.Analysis.Kept) > 0 {
		r.Say(map[bool]string{true: "保留为附加字段的列：", false: "columns kept as extra fields: "}[r.Chinese] + strings.Join(j.Analysis.Kept, ", "))
	}
	for _, d := range j.Analysis.Days {
		if d.By == match.ByOwnValues || d.By == match.ByOtherDays {
			r.Say(fmt.Sprintf("%s: %s (%s)", d.Column, d.Format.Order, d.By))
		}
	}
	for _, x := range j.Analysis.Assumptions {
		r.Say(map[bool]string{true: x.Zh, false: x.En}[r.Chinese])
	}
	for _, x := range j.Analysis.Dropped {
		r.Say(x.Reason.In(lang))
	}
	for _, n := range j.Analysis.Notices {
		r.Say(match.Sentence(n.Code, n.Params, lang))
	}
}

// unsettled is the fault of a file that something must be decided about first.
func unsettled(j importer.Job, chinese bool) error {
	lang := map[bool]string{true: "zh-CN", false: "en"}[chinese]
	var lines []string
	for _, p := range j.Analysis.Problems {
		text := p.Text.In(lang)
		if text == "" {
			text = match.Sentence(p.Code, p.Params, lang)
		}
		lines = append(lines, text)
	}
	code := "importer.not_ready"
	if len(j.Analysis.Problems) > 0 {
		code = j.Analysis.Problems[0].Code
	}
	return Said{Fault: fault.Invalidf(code, "%s", strings.Join(lines, "\n"))}
}

// Said is a fault whose sentence is already in the person's language.
type Said struct{ Fault *fault.Error }

// Error returns the sentence with the code in front.
func (s Said) Error() string { return s.Fault.Error() }

// Unwrap returns the fault.
func (s Said) Unwrap() error { return s.Fault }

// mappingFile is what --mapping FILE holds.
type mappingFile struct {
	Columns    map[string]string            `json:"columns"`
	Codes      map[string]map[string]string `json:"codes"`
	Constants  map[string]string            `json:"constants"`
	Dates      map[string]string            `json:"dates"`
	DateFormat string                       `json:"date_format"`
}

// importSettings are the engine's settings as the command line fills them in.
func importSettings(s *importer.Settings, r ImportRequest) error {
	s.DateFormat, s.KeepExtra, s.ConfirmWhole = r.DateFormat, r.KeepExtra, r.ConfirmCut
	s.Choice.Encoding, s.Choice.Blocks = table.Encoding(r.Encoding), r.Blocks
	if r.Sheet != "" {
		s.Choice.Sheets = []string{r.Sheet}
	}
	if r.DateFormat != "" {
		if _, ok := match.ParseDayFormat(r.DateFormat); !ok {
			return fault.Invalidf("importer.bad_date_format", "%q is not an order of day, month and year: use dmy, mdy or ymd", r.DateFormat)
		}
	}
	s.Answers = r.Answers
	if r.Mapping == "" {
		return nil
	}
	text, err := os.ReadFile(r.Mapping)
	if errors.Is(err, fs.ErrNotExist) {
		return fault.Invalidf("importer.no_mapping", "there is no mapping file %s", r.Mapping)
	}
	if err != nil {
		return err
	}
	var m mappingFile
	if err := json.Unmarshal(text, &m); err != nil {
		return fault.Invalidf("importer.bad_mapping", "the mapping file is not JSON of the form {\"columns\":{COLUMN:FIELD}}").Because(err)
	}
	s.Columns, s.Values, s.Dates = m.Columns, m.Codes, m.Dates
	for name, answer := range m.Constants {
		if s.Answers == nil {
			s.Answers = map[string]string{}
		}
		s.Answers[name] = answer
	}
	if s.DateFormat == "" {
		s.DateFormat = m.DateFormat
	}
	return nil
}
