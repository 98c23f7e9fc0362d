package importer

import (
	"time"

	"github.com/allclear/allclear/internal/platform/importer/match"
	"github.com/allclear/allclear/internal/platform/importer/table"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// State is where a job stands.
type State string

// The states of a job.
const (
	Draft            State = "draft"   // something must be settled first
	Ready            State = "ready"   // can be tried and run
	Running          State = "running" // also after a crash, until it is run again
	Done             State = "done"
	DoneWithRefusals State = "done_with_refusals"
	Failed           State = "failed"    // rows taken in before stay and can be undone
	Cancelled        State = "cancelled" // rows taken in before stay and can be undone
	TakenBack        State = "undone"
)

// Over reports whether the job has ended.
func (s State) Over() bool { return s != Draft && s != Ready && s != Running }

// How long a finished job can be taken back, and how long its refused rows are kept.
const (
	undoFor    = 72 * time.Hour
	rejectsFor = 7 * 24 * time.Hour
)

// Settings are what the user chose. Every field may be left zero.
type Settings struct {
	// Choice overrides how the file is read.
	Choice table.Choice `json:"choice,omitzero"`
	// Columns maps a column of the file to a field's key; an empty key leaves the column out.
	Columns map[string]string `json:"columns,omitempty"`
	// DateFormat is the format of all day columns: "dmy", "MM/DD/YYYY", "%d/%m/%Y" …
	DateFormat string `json:"date_format,omitempty"`
	// Dates are formats of single columns.
	Dates map[string]string `json:"dates,omitempty"`
	// Values translates words of the file into codes: field → word → code ("" for "not known").
	Values map[string]map[string]string `json:"values,omitempty"`
	// KeepExtra keeps all columns without a field; Keep keeps the ones named.
	KeepExtra bool     `json:"keep_extra,omitempty"`
	Keep      []string `json:"keep,omitempty"`
	// Answers are choices that a kind asks for.
	Answers map[string]string `json:"answers,omitempty"`
	// ConfirmWhole says that a file which ends exactly at a format's limit is whole.
	ConfirmWhole bool `json:"confirm_whole,omitempty"`
	// ControlTotal is the number of rows the sender states; 0 for none.
	ControlTotal int `json:"control_total,omitempty"`
	// TimeZone is the incident's, as an IANA name; moments with a zone of their own are
	// turned into its days.
	TimeZone string `json:"time_zone,omitempty"`
}

// Counts is the account of a run.
type Counts struct {
	Inserted  int `json:"inserted" audit:"public"`
	Updated   int `json:"updated" audit:"public"`
	Unchanged int `json:"unchanged" audit:"public"`
	Refused   int `json:"refused" audit:"public"`
}

// Sum is the number of rows accounted for.
func (c Counts) Sum() int { return c.Inserted + c.Updated + c.Unchanged + c.Refused }

func (c Counts) plus(d Counts) Counts {
	return Counts{c.Inserted + d.Inserted, c.Updated + d.Updated, c.Unchanged + d.Unchanged, c.Refused + d.Refused}
}

// Job is one import of one file.
type Job struct {
	ID       ref.ImportJob `json:"id"`
	Kind     string        `json:"kind"`
	State    State         `json:"state"`
	FileID   string        `json:"file_id"`
	FileName string        `json:"file_name"` // as it was uploaded; may hold anything
	FileSize int64         `json:"file_size"` // bytes
	Incident ref.Incident  `json:"incident_id"`
	Place    ref.Place     `json:"place_id"`
	Settings Settings      `json:"settings"`
	Analysis Analysis      `json:"analysis"`
	DryRun   *Report       `json:"dry_run,omitempty"`
	Rows     int           `json:"rows"`
	Counts   Counts        `json:"counts"`
	// FaultCode is why the job failed; see match.Sentence.
	FaultCode   string            `json:"fault_code,omitempty"`
	FaultParams map[string]string `json:"fault_params,omitempty"`
	Cancelling  bool              `json:"cancelling"`
	// Undone and Kept count the changes that were taken back, and those left because
	// somebody has changed the record since.
	Undone       int           `json:"undone"`
	Kept         int           `json:"kept"`
	CreatedBy    string        `json:"created_by"`
	CreatedName  string        `json:"created_name"`
	CreatedAt    store.Instant `json:"created_at"`
	StartedAt    store.Instant `json:"started_at"`
	FinishedAt   store.Instant `json:"finished_at"`
	UndoUntil    store.Instant `json:"undo_until"`
	RejectsUntil store.Instant `json:"rejects_until"`
	Version      int64         `json:"version"`

	pass, position int
	changes        int
	resumedAt      store.Instant
	resumedRows    int
}

// Analysis is what was found out about the file before it is run.
type Analysis struct {
	File        table.Choice    `json:"file"`
	Sheets      []table.Sheet   `json:"sheets,omitempty"`
	Header      []string        `json:"header"`
	Columns     []string        `json:"columns"`
	Fingerprint string          `json:"fingerprint"`
	Stats       table.Stats     `json:"stats"`
	Notices     []table.Notice  `json:"notices,omitempty"`
	Pairs       []match.Pair    `json:"pairs"`
	Unmatched   []string        `json:"unmatched,omitempty"`
	Kept        []string        `json:"kept,omitempty"`
	Days        []match.Settled `json:"days,omitempty"`
	// Missing: words taken for "not known", by column, with how often.
	Missing map[string]map[string]int `json:"missing,omitempty"`
	// Unknown: words of code columns that are no code, by field, with how often.
	Unknown     map[string]map[string]int `json:"unknown,omitempty"`
	Assumptions []Assumption              `json:"assumptions,omitempty"`
	Dropped     []Dropped                 `json:"dropped,omitempty"`
	// Problems must be settled before the job can run.
	Problems []Problem `json:"problems,omitempty"`
	// SavedMapping: choices were taken over from an earlier import of the same columns.
	SavedMapping bool `json:"saved_mapping"`
	// SavedValues are the translations of codes taken over with it.
	SavedValues map[string]map[string]string `json:"saved_values,omitempty"`
}

// Report is what a dry run predicts.
type Report struct {
	At     store.Instant `json:"at"`
	Counts Counts        `json:"counts"`
	// Reasons counts refusals by code.
	Reasons map[string]int `json:"reasons,omitempty"`
}

// Progress is how far a run is.
type Progress struct {
	State  State  `json:"state"`
	Rows   int    `json:"rows"`
	Counts Counts `json:"counts"`
	// PerSecond is the number of rows handled per second since the run last began or went on.
	PerSecond float64 `json:"rows_per_second"`
	// SecondsLeft is the estimate at that speed; −1 when it can't be told yet.
	SecondsLeft int `json:"seconds_left"`
}

// Progress tells how far the job is at the given moment.
func (j Job) Progress(now time.Time) Progress {
	p := Progress{State: j.State, Rows: j.Rows, Counts: j.Counts, SecondsLeft: -1}
	if j.State != Running {
		p.SecondsLeft = 0
		return p
	}
	seconds := now.Sub(j.resumedAt.Time()).Seconds()
	handled := j.Counts.Sum() - j.resumedRows
	if seconds > 0 && handled > 0 {
		p.PerSecond = float64(handled) / seconds
		p.SecondsLeft = int(float64(j.Rows-j.Counts.Sum())/p.PerSecond + 0.5)
	}
	return p
}

// columns lists the file's columns with the fields they feed.
func (a Analysis) columns() []Column {
	out := make([]Column, len(a.Columns))
	for i, name := range a.Columns {
		out[i] = Column{Index: i, Name: name}
	}
	for _, p := range a.Pairs {
		out[p.Column].Field = p.Field
	}
	for _, k := range a.Kept {
		for i := range out {
			if out[i].Name == k && out[i].Field == "" {
				out[i].Extra = true
			}
		}
	}
	return out
}

// trail is what the audit trail keeps of a job.
type trail struct {
	Kind  string `json:"kind" audit:"public"`
	State State  `json:"state" audit:"public"`
	Rows  int    `json:"rows" audit:"public"`
	Counts
	Undone int `json:"undone" audit:"public"`
}

func (j Job) trail() trail {
	return trail{j.Kind, j.State, j.Rows, j.Counts, j.Undone}
}
