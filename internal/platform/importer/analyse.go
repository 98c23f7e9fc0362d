package importer

import (
	"context"
	"strconv"
	"time"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/importer/match"
	"github.com/allclear/allclear/internal/platform/importer/table"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/ref"
)

// NewJob is what a new job is made of.
type NewJob struct {
	Kind     string
	FileID   string
	Incident ref.Incident
	Place    ref.Place
	Settings Settings
}

// Create makes a job of an uploaded file and analyses it. The job is Ready when nothing
// is left to settle, else Draft with Analysis.Problems.
func (e *Engine) Create(ctx context.Context, call op.Call, n NewJob) (Job, error) {
	kind, err := e.kind(n.Kind)
	if err != nil {
		return Job{}, err
	}
	j := Job{
		ID: ref.ImportJob(ids.New()), Kind: n.Kind, State: Draft, FileID: n.FileID, Incident: n.Incident, Place: n.Place,
		CreatedBy: call.Principal.UserID, CreatedName: call.Principal.Name, Version: 1,
	}
	f, err := e.ownFile(ctx, call, n.FileID)
	if err != nil {
		return Job{}, err
	}
	j.FileName, j.FileSize = f.Name, f.Size
	if j, err = e.analyse(ctx, call, kind, f, j, n.Settings); err != nil {
		return Job{}, err
	}
	return op.Do(ctx, e.Door, CreateJob, call, func(ctx context.Context, tx *op.Tx) (Job, error) {
		j.CreatedAt = tx.Now()
		if err := insertJob(ctx, tx.Technical(), j); err != nil {
			return j, err
		}
		tx.Changed(j.ID.Ref(), nil, j.trail())
		return j, nil
	})
}

// Settle analyses a job again with other settings. What a dry run predicted is void.
func (e *Engine) Settle(ctx context.Context, call op.Call, id ref.ImportJob, s Settings) (Job, error) {
	j, err := e.Job(ctx, call, id)
	if err != nil {
		return j, err
	}
	if j.State != Draft && j.State != Ready {
		return j, fault.Conflictf("importer.not_a_draft", "the import has begun; its settings stand")
	}
	kind, err := e.kind(j.Kind)
	if err != nil {
		return j, err
	}
	f, err := e.ownFile(ctx, call, j.FileID)
	if err != nil {
		return j, err
	}
	before := j.trail()
	if j, err = e.analyse(ctx, call, kind, f, j, s); err != nil {
		return j, err
	}
	return op.Do(ctx, e.Door, CreateJob, call, func(ctx context.Context, tx *op.Tx) (Job, error) {
		if err := saveJob(ctx, tx.Technical(), j); err != nil {
			return j, err
		}
		if err := deleteRefusals(ctx, tx.Technical(), id, dryPhase); err != nil {
			return j, err
		}
		tx.Changed(j.ID.Ref(), before, j.trail())
		return loadJob(ctx, tx.Tx, id)
	})
}

// ownFile returns a file of the caller's own; another's is not found.
func (e *Engine) ownFile(ctx context.Context, call op.Call, id string) (storedFile, error) {
	return op.Do(ctx, e.Door, ViewJob, call, func(ctx context.Context, tx *op.Tx) (storedFile, error) {
		f, err := loadFile(ctx, tx.Tx, id)
		if err == nil && !isOwner(call, f.CreatedBy) {
			return storedFile{}, fault.NotFoundf("importer.file_gone", "the file is not there, or has been deleted; upload it again")
		}
		return f, err
	})
}

// Preview reads the first rows as they stand in the file, for its owner only.
func (e *Engine) Preview(ctx context.Context, call op.Call, fileID string, choice table.Choice) (table.Inspection, error) {
	f, err := e.ownFile(ctx, call, fileID)
	if err != nil {
		return table.Inspection{}, err
	}
	return table.Inspect(e.path(f), table.Options{Choice: choice})
}

// savedMapping is what is taken over by the next file with the same columns.
type savedMapping struct {
	Columns    map[string]string            `json:"columns,omitempty"`
	DateFormat string                       `json:"date_format,omitempty"`
	Dates      map[string]string            `json:"dates,omitempty"`
	Values     map[string]map[string]string `json:"values,omitempty"`
	Keep       []string                     `json:"keep,omitempty"`
	// Settled are formats that the last file proved; only a file of its own refused rows
	// takes them over.
	Settled map[string]match.DayFormat `json:"settled,omitempty"`
}

// analyse fills in everything that follows from the file and the settings.
func (e *Engine) analyse(ctx context.Context, call op.Call, kind Kind, f storedFile, j Job, s Settings) (Job, error) {
	if l, ok := kind.(listKind); ok && l.ExpandsLists() && s.Choice.Expand == "" {
		s.Choice.Expand = table.FindExpand
	}
	in, err := table.Inspect(e.path(f), table.Options{Choice: s.Choice, Preview: 1})
	if err != nil {
		return j, err
	}
	a := &analysis{kind: kind, fields: kind.Fields(), settings: s}
	a.Analysis = Analysis{
		File: in.Choice, Sheets: in.Sheets, Header: in.Header, Columns: in.Columns, Fingerprint: in.Fingerprint,
		Stats: in.Stats, Notices: in.Notices,
	}
	a.rejects = hasNotice(in, table.NoticeRejectsFile)
	_, err = op.Do(ctx, e.Door, ViewJob, call, func(ctx context.Context, tx *op.Tx) (struct{}, error) {
		var err error
		a.saved, a.SavedMapping, err = loadMapping(ctx, tx.Tx, kind.Name(), in.Fingerprint)
		return struct{}{}, err
	})
	if err != nil {
		return j, err
	}
	if err := a.read(e.path(f)); err != nil {
		return j, err
	}
	if err := e.describe(ctx, call, &j, a); err != nil {
		return j, err
	}
	a.check(in)
	j.Settings, j.Analysis, j.Rows, j.DryRun = s, a.Analysis, in.Stats.Rows, nil
	j.State = Ready
	if len(a.Problems) > 0 {
		j.State = Draft
	}
	return j, nil
}

// describe lets the kind look at the matches, once more if it gives some of them up.
func (e *Engine) describe(ctx context.Context, call op.Call, j *Job, a *analysis) error {
	for range 3 {
		plan := Plan{
			SessionOptions: sessionOptions(*j, a.Analysis, a.settings, true),
			Sample:         a.sampleRows(), Rows: a.Stats.Rows, Swapped: a.swapped,
		}
		d, err := op.Do(ctx, e.Door, a.kind.Operation(), inner(call), func(ctx context.Context, tx *op.Tx) (Description, error) {
			return a.kind.Describe(ctx, tx, plan)
		})
		if err != nil {
			return err
		}
		a.Assumptions, a.Problems = d.Assumptions, d.Problems
		if !a.drop(d.Drop) {
			break
		}
	}
	return nil
}

func sessionOptions(j Job, a Analysis, s Settings, dry bool) SessionOptions {
	return SessionOptions{Job: j.ID, Incident: j.Incident, Place: j.Place, DryRun: dry, Columns: a.columns(), Answers: s.Answers}
}

func hasNotice(in table.Inspection, code string) bool {
	for _, n := range in.Notices {
		if n.Code == code {
			return true
		}
	}
	return false
}

// check turns what is missing into problems.
func (a *analysis) check(in table.Inspection) {
	problem := func(code, column string, params map[string]string) {
		text := Text{Zh: match.Sentence(code, params, "zh-CN"), En: match.Sentence(code, params, "en")}
		a.Problems = append(a.Problems, Problem{Code: code, Column: column, Params: params, Text: text})
	}
	for _, n := range in.Notices {
		if n.Confirm && !a.settings.ConfirmWhole {
			problem(n.Code, "", n.Params)
		}
	}
	if t := a.settings.ControlTotal; t > 0 && t != in.Stats.Rows {
		problem("importer.control_total", "", map[string]string{"expected": strconv.Itoa(t), "rows": strconv.Itoa(in.Stats.Rows)})
	}
	for _, f := range a.fields {
		if f.Required && !hasField(a.columns(), f.Key) {
			problem("importer.required_column", "", map[string]string{"field": f.Title.Zh + " / " + f.Title.En})
		}
	}
	for _, d := range a.Days {
		switch d.By {
		case match.Unsettled:
			problem("importer.ambiguous_dates", d.Column, map[string]string{
				"column": d.Column, "example": d.Example, "row": strconv.Itoa(d.ExampleRow), "dmy": d.Readings[0], "mdy": d.Readings[1],
			})
		case match.Contradicted:
			problem("importer.mixed_dates", d.Column, map[string]string{
				"column": d.Column, "dmy": strconv.Itoa(d.DMY), "mdy": strconv.Itoa(d.MDY),
			})
		case match.ByOtherDays:
			a.Notices = append(a.Notices, table.Notice{Code: "importer.days_by_other_column", Params: map[string]string{
				"column": d.Column, "from": d.From, "format": string(d.Format.Order),
			}})
		}
	}
	if _, err := time.LoadLocation(a.settings.TimeZone); err != nil {
		problem("importer.bad_time_zone", "", nil)
	}
	for _, bad := range a.badFormats {
		problem("importer.bad_date_format", bad, map[string]string{"column": bad})
	}
	for _, bad := range a.badColumns {
		problem("importer.bad_mapping", bad, map[string]string{"column": bad})
	}
}

// zone returns the time zone of the settings; without one times are cut off.
func (s Settings) zone() *time.Location {
	if s.TimeZone == "" {
		return nil
	}
	loc, err := time.LoadLocation(s.TimeZone)
	if err != nil {
		return nil
	}
	return loc
}
