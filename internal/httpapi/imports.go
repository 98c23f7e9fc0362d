package httpapi

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/httpx"
	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/importer/match"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

type uploadForm struct {
	File     huma.FormFile `form:"file" required:"true"`
	Kind     string        `form:"kind" required:"true"`
	Incident string        `form:"incident_id" required:"false"`
	Place    string        `form:"place_id" required:"false"`
}

type uploadInput struct {
	RawBody huma.MultipartFormFiles[uploadForm]
}

type settleInput struct {
	ByID
	Body importChoice
}

type importListInput struct {
	Cursor int64 `query:"cursor"`
	Limit  int   `query:"limit" default:"50" minimum:"1" maximum:"200"`
}

type refusalsInput struct {
	ByID
	Cursor string `query:"cursor"`
	Limit  int    `query:"limit" default:"100" minimum:"1" maximum:"1000"`
}

type rejectsInput struct {
	ByID
	Lang string `query:"lang" enum:"zh-CN,en" doc:"Language of the reasons; left out: both"`
}

// importField is a field of a kind, for the mapping step.
type importField struct {
	Key      string       `json:"key"`
	Title    match.Text   `json:"title"`
	Type     match.Type   `json:"type"`
	Required bool         `json:"required"`
	Personal string       `json:"personal"`
	Codes    []importCode `json:"codes"`
}

type importCode struct {
	Value string   `json:"value"`
	Words []string `json:"words"`
}

type importKind struct {
	Kind      string        `json:"kind"`
	Title     match.Text    `json:"title"`
	Operation string        `json:"operation"`
	Fields    []importField `json:"fields"`
}

func (a *API) importRoutes() {
	e := a.Imports
	get(a, "/import-kinds", importer.ViewJob, "What can be imported, and the fields a file can fill", func(context.Context, *op.Tx, *none) (list[importKind], error) {
		return list[importKind]{kindsOf(e.Kinds())}, nil
	})
	serve(a, http.MethodGet, "/imports", importer.ViewJob, "Imports", func(ctx context.Context, c op.Call, in *importListInput) (page[importView], error) {
		jobs, err := e.Jobs(ctx, c, store.Instant(in.Cursor), in.Limit)
		out := page[importView]{Items: []importView{}, Total: len(jobs)}
		for _, j := range jobs {
			out.Items = append(out.Items, a.importView(j))
		}
		if len(jobs) == in.Limit {
			out.NextCursor = strconv.FormatInt(int64(jobs[len(jobs)-1].CreatedAt), 10)
		}
		return out, err
	})
	a.upload()
	serve(a, http.MethodGet, "/imports/{id}", importer.ViewJob, "One import: its plan, its progress, its account", a.importStep(e.Job))
	serve(a, http.MethodPut, "/imports/{id}/choice", importer.CreateJob, "Settle how the file is read; the plan is made anew", func(ctx context.Context, c op.Call, in *settleInput) (importView, error) {
		j, err := e.Job(ctx, c, ref.ImportJob(in.ID))
		if err != nil {
			return importView{}, err
		}
		j, err = e.Settle(ctx, c, j.ID, in.Body.settings(j))
		return a.shown(ctx, c, j, err)
	})
	serve(a, http.MethodPost, "/imports/{id}/dry-run", importer.RunJob, "Say exactly what a run would do; nothing is written", a.importStep(e.DryRun))
	serve(a, http.MethodPost, "/imports/{id}/run", importer.RunJob, "Run the import in the background", a.importStep(a.StartImport))
	serve(a, http.MethodPost, "/imports/{id}/cancel", importer.RunJob, "Stop cleanly after the rows in hand", a.importStep(e.Cancel))
	serve(a, http.MethodPost, "/imports/{id}/undo", importer.UndoJob, "Take the import back, within 72 hours", a.importStep(e.Undo))
	serve(a, http.MethodGet, "/imports/{id}/refusals", importer.ViewJob, "Refused rows with their reasons", a.refusals)
	raw(a, http.MethodGet, "/imports/{id}/rejects.csv", importer.ReadRejects, "The refused rows, to be mended and imported again", a.rejects)
}

// importStep is a route that does one thing with one import and shows it.
func (a *API) importStep(f func(context.Context, op.Call, ref.ImportJob) (importer.Job, error)) func(context.Context, op.Call, *ByID) (importView, error) {
	return func(ctx context.Context, c op.Call, in *ByID) (importView, error) {
		j, err := f(ctx, c, ref.ImportJob(in.ID))
		if err == nil {
			a.Live.Tell(Event{Kinds: []string{"import"}})
		}
		return a.shown(ctx, c, j, err)
	}
}

// shown adds what only one import's own page shows: the first rows of the file, and the
// first refusals. Both are for who brought the file.
func (a *API) shown(ctx context.Context, c op.Call, j importer.Job, err error) (importView, error) {
	if err != nil {
		return importView{}, err
	}
	c.IdempotencyKey = ""
	v := a.importView(j)
	if j.CreatedBy == c.Principal.UserID && !j.State.Over() {
		inspection, err := a.Imports.Preview(ctx, c, j.FileID, j.Settings.Choice)
		if err == nil {
			v.show(inspection)
		} else if fault.KindOf(err) != fault.NotFound {
			return v, err
		}
	}
	refusals, _, err := a.Imports.Refusals(ctx, c, j.ID, importer.RefusalPlace{}, 50)
	if err != nil {
		return v, err
	}
	v.Refusals = refusalViews(refusals)
	return v, nil
}

// upload registers the one route with a body larger than the others'.
func (a *API) upload() {
	o := a.describe(http.MethodPost, "/imports", importer.CreateJob, "Bring a file; the answer is the plan")
	o.MaxBodyBytes = a.MaxUpload + maxBody
	o.BodyReadTimeout = -1 // a slow link may take as long as it needs
	huma.Register(a.huma, o, func(ctx context.Context, in *uploadInput) (*body[importView], error) {
		v, err := a.receive(ctx, in.RawBody.Data())
		if err != nil {
			return nil, problemOf(err, httpx.RequestID(ctx), a.Log)
		}
		return &body[importView]{Body: v}, nil
	})
}

func (a *API) receive(ctx context.Context, form *uploadForm) (importView, error) {
	call := a.call(ctx, nil)
	call.IdempotencyKey = "" // the file has its own digest
	defer func() { _ = form.File.Close() }()
	file, err := a.Imports.Receive(ctx, call, form.File.Filename, form.File)
	if err != nil {
		return importView{}, err
	}
	settings := importer.Settings{}
	if form.Incident != "" {
		zone, err := a.zoneOf(ctx, call, ref.Incident(form.Incident))
		if err != nil {
			return importView{}, err
		}
		settings.TimeZone = zone
	}
	j, err := a.Imports.Create(ctx, call, importer.NewJob{
		Kind: form.Kind, FileID: file, Incident: ref.Incident(form.Incident), Place: ref.Place(form.Place), Settings: settings,
	})
	return a.shown(ctx, call, j, err)
}

func (a *API) zoneOf(ctx context.Context, call op.Call, id ref.Incident) (string, error) {
	return op.Do(ctx, a.Door, importer.ViewJob, call, func(ctx context.Context, tx *op.Tx) (string, error) {
		i, err := a.Incidents.Load(ctx, tx, id)
		return i.TimeZone, err
	})
}

func (a *API) refusals(ctx context.Context, c op.Call, in *refusalsInput) (page[refusalView], error) {
	var after importer.RefusalPlace
	if in.Cursor != "" {
		raw, err := base64.RawURLEncoding.DecodeString(in.Cursor)
		if err != nil || json.Unmarshal(raw, &after) != nil {
			return page[refusalView]{}, fault.Invalidf("request.cursor", "the cursor is not one of ours").With("cursor", "invalid")
		}
	}
	j, err := a.Imports.Job(ctx, c, ref.ImportJob(in.ID))
	if err != nil {
		return page[refusalView]{}, err
	}
	refusals, next, err := a.Imports.Refusals(ctx, c, j.ID, after, in.Limit)
	out := page[refusalView]{Items: refusalViews(refusals), Total: j.Counts.Refused}
	if len(refusals) == in.Limit {
		place, err := json.Marshal(next)
		if err != nil {
			return out, err
		}
		out.NextCursor = base64.RawURLEncoding.EncodeToString(place)
	}
	return out, err
}

// rejects streams the refused rows. Whether they may be read is asked before the first byte.
func (a *API) rejects(ctx context.Context, in *rejectsInput) (*huma.StreamResponse, error) {
	call := a.call(ctx, nil)
	j, err := a.Imports.Job(ctx, call, ref.ImportJob(in.ID))
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(w huma.Context) {
		begun := &firstWrite{w: w.BodyWriter(), before: func() {
			w.SetHeader("Content-Type", "text/csv; charset=utf-8")
			w.SetHeader("Content-Disposition", `attachment; filename="rejects-`+string(j.ID)+`.csv"`)
		}}
		err := a.Imports.Rejects(ctx, call, j.ID, in.Lang, begun)
		a.endStream(ctx, w, begun, err)
	}}, nil
}

// endStream answers for a stream that failed: with a problem if nothing was sent yet,
// and else by breaking the connection, so that a cut file is never taken for a whole one.
func (a *API) endStream(ctx context.Context, w huma.Context, begun *firstWrite, err error) {
	switch {
	case err == nil:
	case begun.done:
		a.Log.ErrorContext(ctx, "a download broke off", "request_id", httpx.RequestID(ctx), "error", err)
		panic(http.ErrAbortHandler)
	default:
		p := problemOf(err, httpx.RequestID(ctx), a.Log)
		w.SetStatus(p.Status)
		w.SetHeader("Content-Type", p.ContentType(""))
		_ = a.huma.Marshal(w.BodyWriter(), "application/json", p)
	}
}
