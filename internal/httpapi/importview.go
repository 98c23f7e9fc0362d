package httpapi

import (
	"slices"
	"strings"

	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/importer/match"
	"github.com/allclear/allclear/internal/platform/importer/table"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// importView is an import as the wizard shows it.
type importView struct {
	ID         ref.ImportJob  `json:"id"`
	Kind       string         `json:"kind"`
	Incident   ref.Incident   `json:"incident_id"`
	Place      ref.Place      `json:"place_id"`
	State      importer.State `json:"state"`
	File       importFile     `json:"file"`
	Choice     importChoice   `json:"choice"`
	Plan       importPlan     `json:"plan"`
	Preview    *preview       `json:"preview" doc:"The first rows, for who brought the file, while it is being settled"`
	DryRun     *account       `json:"dry_run"`
	Result     *account       `json:"result"`
	Progress   *progress      `json:"progress"`
	Refusals   []refusalView  `json:"refusals" doc:"The first of them"`
	Error      *Sentence      `json:"error"`
	Undo       *undoView      `json:"undo"`
	UndoUntil  store.Instant  `json:"undo_until"`
	Rejects    store.Instant  `json:"rejects_until"`
	CreatedAt  store.Instant  `json:"created_at"`
	CreatedBy  string         `json:"created_by_name"`
	FinishedAt store.Instant  `json:"finished_at"`
	Version    int64          `json:"version"`
}

// ETag is the version.
func (v importView) ETag() string { return etag(v.Version) }

type importFile struct {
	Name      string        `json:"name"`
	Size      int64         `json:"size"`
	Format    string        `json:"format"`
	Encoding  string        `json:"encoding"`
	Encodings []string      `json:"encodings_possible"`
	Delimiter string        `json:"delimiter"`
	HeaderRow int           `json:"header_row"`
	Sheets    []table.Sheet `json:"sheets"`
	Findings  []finding     `json:"findings"`
	Stats     table.Stats   `json:"stats"`
}

type finding struct {
	Sentence
	Confirm bool `json:"confirm" doc:"The file can only be run after the user says that it is whole"`
}

// Sentence is a code with its words in both languages.
type Sentence struct {
	Code string `json:"code"`
	Zh   string `json:"zh"`
	En   string `json:"en"`
}

func say(code string, params map[string]string) Sentence {
	return Sentence{code, match.Sentence(code, params, "zh-CN"), match.Sentence(code, params, "en")}
}

// importChoice is what the user decided.
type importChoice struct {
	Sheets      []string                     `json:"sheets,omitempty"`
	Encoding    string                       `json:"encoding,omitempty"`
	Delimiter   string                       `json:"delimiter,omitempty"`
	HeaderRow   int                          `json:"header_row,omitempty"`
	DateFormat  string                       `json:"date_format,omitempty" doc:"dmy, mdy or ymd, for all days of the file"`
	Dates       map[string]string            `json:"dates,omitempty" doc:"The same for single columns"`
	Columns     map[string]string            `json:"columns,omitempty" doc:"Column of the file → field; an empty field leaves the column out"`
	Codes       map[string]map[string]string `json:"codes,omitempty" doc:"Field → word of the file → code, empty for not known"`
	Constants   map[string]string            `json:"constants,omitempty" doc:"Answers to what the kind of record asks"`
	KeepExtra   bool                         `json:"keep_extra,omitempty" doc:"Keep columns without a field"`
	Keep        []string                     `json:"keep,omitempty" doc:"Keep these columns without a field"`
	ConfirmCut  bool                         `json:"confirm_cut,omitempty"`
	ControlRows int                          `json:"control_rows,omitempty" minimum:"0" doc:"Number of rows as the sender states it"`
}

// settings turns the choice into the engine's settings; what is not the user's to choose stays.
func (c importChoice) settings(j importer.Job) importer.Settings {
	return importer.Settings{
		Choice:  table.Choice{Encoding: table.Encoding(c.Encoding), Delimiter: c.Delimiter, Sheets: c.Sheets, HeaderRow: c.HeaderRow},
		Columns: c.Columns, DateFormat: c.DateFormat, Dates: c.Dates, Values: c.Codes, KeepExtra: c.KeepExtra, Keep: c.Keep,
		Answers: c.Constants, ConfirmWhole: c.ConfirmCut, ControlTotal: c.ControlRows, TimeZone: j.Settings.TimeZone,
	}
}

func choiceOf(s importer.Settings) importChoice {
	return importChoice{
		Sheets: s.Choice.Sheets, Encoding: string(s.Choice.Encoding), Delimiter: s.Choice.Delimiter, HeaderRow: s.Choice.HeaderRow,
		DateFormat: s.DateFormat, Dates: s.Dates, Columns: s.Columns, Codes: s.Values, Constants: s.Answers,
		KeepExtra: s.KeepExtra, Keep: s.Keep, ConfirmCut: s.ConfirmWhole, ControlRows: s.ControlTotal,
	}
}

// importPlan is what would be done with the file.
type importPlan struct {
	Columns      []plannedColumn           `json:"columns"`
	Unmatched    []string                  `json:"unmatched"`
	Kept         []string                  `json:"kept"`
	UnknownCodes []unknownCode             `json:"unknown_codes"`
	TakenAsNone  map[string]map[string]int `json:"taken_as_missing" doc:"Column → word taken for not known → how often"`
	Assumptions  []importer.Assumption     `json:"assumptions"`
	Dropped      []importer.Dropped        `json:"dropped"`
	Problems     []plannedProblem          `json:"problems" doc:"To be settled before the import can run"`
	SavedMapping bool                      `json:"saved_mapping" doc:"Choices were taken over from an earlier file with the same columns"`
	Ready        bool                      `json:"ready"`
}

type plannedColumn struct {
	Column  string         `json:"column"`
	Field   string         `json:"field" doc:"Empty: no field"`
	Score   float64        `json:"score"`
	Reason  string         `json:"reason"`
	Matched string         `json:"matched" doc:"The name of the field that the column's name resembles"`
	Days    *match.Settled `json:"date_evidence"`
}

type plannedProblem struct {
	Sentence
	Column string `json:"column"`
}

type unknownCode struct {
	Field string `json:"field"`
	Raw   string `json:"raw"`
	Count int    `json:"count"`
}

type preview struct {
	Header []string     `json:"header"`
	Rows   []previewRow `json:"rows"`
}

type previewRow struct {
	Number int      `json:"number"`
	Cells  []string `json:"cells"`
}

// account is the line that adds up: rows = inserted + updated + unchanged + refused.
type account struct {
	Rows int `json:"rows"`
	importer.Counts
	Reasons map[string]int `json:"reasons,omitempty" doc:"Refusals by code"`
}

type progress struct {
	RowsDone  int     `json:"rows_done"`
	RowsTotal int     `json:"rows_total"`
	PerSecond float64 `json:"rows_per_s"`
	Left      int     `json:"eta_s" doc:"-1 when it cannot be told yet"`
}

type undoView struct {
	Undone int `json:"undone"`
	Kept   int `json:"kept" doc:"Left alone, because somebody changed the record since or others depend on it"`
}

type refusalView struct {
	Row    int    `json:"row"`
	Sheet  string `json:"sheet"`
	Column string `json:"column"`
	Field  string `json:"field"`
	Value  string `json:"value_class" doc:"The value, or for personal data a description of it"`
	Sentence
}

func refusalViews(refusals []importer.Refusal) []refusalView {
	out := []refusalView{}
	for _, r := range refusals {
		out = append(out, refusalView{
			Row: r.Row, Sheet: r.Sheet, Column: r.Column, Field: r.Field, Value: r.Value,
			Sentence: Sentence{r.Code, r.Text("zh-CN"), r.Text("en")},
		})
	}
	return out
}

func (a *API) importView(j importer.Job) importView {
	v := importView{
		ID: j.ID, Kind: j.Kind, Incident: j.Incident, Place: j.Place, State: j.State, Choice: choiceOf(j.Settings), Plan: planOf(j),
		File: importFile{
			Name: j.FileName, Size: j.FileSize, Format: string(j.Analysis.File.Format), Encoding: string(j.Analysis.File.Encoding), Encodings: encodings,
			Delimiter: j.Analysis.File.Delimiter, HeaderRow: j.Analysis.File.HeaderRow, Sheets: j.Analysis.Sheets, Findings: []finding{}, Stats: j.Analysis.Stats,
		},
		UndoUntil: j.UndoUntil, Rejects: j.RejectsUntil, CreatedAt: j.CreatedAt, CreatedBy: j.CreatedName, FinishedAt: j.FinishedAt, Version: j.Version,
	}
	for _, n := range j.Analysis.Notices {
		v.File.Findings = append(v.File.Findings, finding{say(n.Code, n.Params), n.Confirm})
	}
	if j.DryRun != nil {
		v.DryRun = &account{Rows: j.DryRun.Counts.Sum(), Counts: j.DryRun.Counts, Reasons: j.DryRun.Reasons}
	}
	if j.State.Over() {
		v.Result = &account{Rows: j.Rows, Counts: j.Counts}
	}
	if j.State == importer.Running {
		p := j.Progress(a.Door.Clock.Now())
		v.Progress = &progress{RowsDone: p.Counts.Sum(), RowsTotal: p.Rows, PerSecond: p.PerSecond, Left: p.SecondsLeft}
	}
	if j.State == importer.TakenBack {
		v.Undo = &undoView{j.Undone, j.Kept}
	}
	if j.FaultCode != "" {
		s := say(j.FaultCode, j.FaultParams)
		v.Error = &s
	}
	return v
}

// encodings are those a user can choose when the guess is wrong.
var encodings = []string{"utf-8", "gb18030", "utf-16le", "utf-16be"}

func planOf(j importer.Job) importPlan {
	an := j.Analysis
	p := importPlan{
		Columns: []plannedColumn{}, Unmatched: an.Unmatched, Kept: an.Kept, UnknownCodes: []unknownCode{}, TakenAsNone: an.Missing,
		Assumptions: an.Assumptions, Dropped: an.Dropped, Problems: []plannedProblem{}, SavedMapping: an.SavedMapping, Ready: j.State == importer.Ready,
	}
	for i, name := range an.Columns {
		c := plannedColumn{Column: name}
		for _, pair := range an.Pairs {
			if pair.Column == i {
				c.Field, c.Score, c.Reason, c.Matched = pair.Field, pair.Score, string(pair.Reason), pair.Matched
			}
		}
		for k := range an.Days {
			if an.Days[k].Column == name {
				c.Days = &an.Days[k]
			}
		}
		p.Columns = append(p.Columns, c)
	}
	for field, words := range an.Unknown {
		for raw, n := range words {
			p.UnknownCodes = append(p.UnknownCodes, unknownCode{field, raw, n})
		}
	}
	slices.SortFunc(p.UnknownCodes, func(x, y unknownCode) int { return y.Count - x.Count })
	for _, x := range an.Problems {
		s := Sentence{x.Code, x.Text.Zh, x.Text.En}
		if s.Zh == "" && s.En == "" {
			s = say(x.Code, x.Params)
		}
		p.Problems = append(p.Problems, plannedProblem{s, x.Column})
	}
	return p
}

// previewRows is how many rows the wizard shows.
const previewRows = 20

func (v *importView) show(i table.Inspection) {
	p := preview{Header: i.Columns, Rows: []previewRow{}}
	for _, r := range i.Preview[:min(len(i.Preview), previewRows)] {
		row := previewRow{Number: r.Number, Cells: make([]string, len(r.Cells))}
		for k, c := range r.Cells {
			row.Cells[k] = c.Text
		}
		p.Rows = append(p.Rows, row)
	}
	v.Preview = &p
}

func kindsOf(kinds []importer.Kind) []importKind {
	var out []importKind
	for _, k := range kinds {
		view := importKind{Kind: k.Name(), Title: k.Title(), Operation: k.Operation().Name(), Fields: []importField{}}
		for _, f := range k.Fields() {
			field := importField{Key: f.Key, Title: f.Title, Type: f.Type, Required: f.Required, Personal: f.Personal, Codes: []importCode{}}
			for value, words := range f.Codes {
				field.Codes = append(field.Codes, importCode{value, words})
			}
			slices.SortFunc(field.Codes, func(a, b importCode) int { return strings.Compare(a.Value, b.Value) })
			view.Fields = append(view.Fields, field)
		}
		out = append(out, view)
	}
	return out
}
