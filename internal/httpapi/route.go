package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/httpx"
	"github.com/allclear/allclear/internal/platform/op"
)

// Route is one line of the table, as tests and documents walk it.
type Route struct {
	Method, Path string
	Operation    string // "" for the few routes that need no sign-in
}

// body is an answer with a JSON body.
type body[T any] struct {
	ETag string `header:"ETag"`
	Body T
}

// none is the input of a route without parameters.
type none struct{}

// handler is what a route runs in an open operation.
type handler[I, O any] func(ctx context.Context, tx *op.Tx, in *I) (O, error)

// versioned is an answer that knows its version; it becomes the ETag.
type versioned interface{ ETag() string }

// add registers a route: method and path, the operation that guards it, a Sentence for
// the reference, and what it runs.
func add[I, O any](a *API, method, path string, def *op.Def, summary string, f handler[I, O]) {
	operation := a.describe(method, path, def, summary)
	huma.Register(a.huma, operation, func(ctx context.Context, in *I) (*body[O], error) {
		out, err := op.Do(ctx, a.Door, def, a.call(ctx, in), func(ctx context.Context, tx *op.Tx) (O, error) { return f(ctx, tx, in) })
		if err != nil {
			return nil, problemOf(err, httpx.RequestID(ctx), a.Log)
		}
		a.listed(ctx, def, out)
		answer := &body[O]{Body: out}
		if v, ok := any(out).(versioned); ok {
			answer.ETag = v.ETag()
		}
		return answer, nil
	})
}

func get[I, O any](a *API, path string, def *op.Def, summary string, f handler[I, O]) {
	add(a, http.MethodGet, path, def, summary, f)
}

func post[I, O any](a *API, path string, def *op.Def, summary string, f handler[I, O]) {
	add(a, http.MethodPost, path, def, summary, f)
}

func put[I, O any](a *API, path string, def *op.Def, summary string, f handler[I, O]) {
	add(a, http.MethodPut, path, def, summary, f)
}

func patch[I, O any](a *API, path string, def *op.Def, summary string, f handler[I, O]) {
	add(a, http.MethodPatch, path, def, summary, f)
}

func remove[I, O any](a *API, path string, def *op.Def, summary string, f handler[I, O]) {
	add(a, http.MethodDelete, path, def, summary, f)
}

// raw registers a route whose answer is not JSON: a tile, a file, a stream.
func raw[I any](a *API, method, path string, def *op.Def, summary string, f func(ctx context.Context, in *I) (*huma.StreamResponse, error)) {
	operation := a.describe(method, path, def, summary)
	huma.Register(a.huma, operation, func(ctx context.Context, in *I) (*huma.StreamResponse, error) {
		out, err := f(ctx, in)
		if err != nil {
			return nil, problemOf(err, httpx.RequestID(ctx), a.Log)
		}
		return out, nil
	})
}

// open registers a route that needs no sign-in, or that does without an operation.
func open[I, O any](a *API, method, path, id, summary string, f func(ctx context.Context, in *I) (*O, error)) {
	operation := a.describe(method, path, nil, summary)
	operation.OperationID = id
	huma.Register(a.huma, operation, func(ctx context.Context, in *I) (*O, error) {
		out, err := f(ctx, in)
		if err != nil {
			return nil, problemOf(err, httpx.RequestID(ctx), a.Log)
		}
		return out, nil
	})
}

func (a *API) describe(method, path string, def *op.Def, summary string) huma.Operation {
	o := huma.Operation{Method: method, Path: prefix + path, Summary: summary, Tags: []string{firstSegment(path)}, MaxBodyBytes: maxBody}
	r := Route{Method: method, Path: prefix + path}
	if def != nil {
		r.Operation = def.Name()
		o.OperationID = a.operationID(def.Name(), method, path)
		o.Extensions = map[string]any{"x-operation": def.Name()}
		o.Security = []map[string][]string{{"session": {}}, {"token": {}}}
		o.Middlewares = huma.Middlewares{a.guard(def)}
	}
	a.routes = append(a.routes, r)
	return o
}

// guard refuses who may not do the operation anywhere before the request is read, so
// that a refusal says nothing about what was sent.
func (a *API) guard(def *op.Def) func(huma.Context, func(huma.Context)) {
	return func(c huma.Context, next func(huma.Context)) {
		err := a.Door.Check(c.Context(), def, a.call(c.Context(), nil))
		if err == nil {
			next(c)
			return
		}
		p := problemOf(err, httpx.RequestID(c.Context()), a.Log)
		c.SetHeader("Content-Type", p.ContentType(""))
		c.SetStatus(p.Status)
		_ = a.huma.Marshal(c.BodyWriter(), "application/json", p)
	}
}

// operationID is the operation's name; where several routes show the same operation's
// result in different forms, the form is added.
func (a *API) operationID(name, method, path string) string {
	for _, r := range a.routes {
		if r.Operation == name {
			return name + " " + strings.ToLower(method) + strings.NewReplacer("/", "_", "{", "", "}", "", ".", "_").Replace(path)
		}
	}
	return name
}

func firstSegment(path string) string {
	s, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return s
}

// reasoned is an input that carries the person's reason for the deed.
type reasoned interface{ reason() string }

// call builds the call of an operation from the request.
func (a *API) call(ctx context.Context, in any) op.Call {
	c := op.Call{Principal: principal(ctx), RequestID: httpx.RequestID(ctx), Request: in}
	if r := httpx.Request(ctx); r != nil && r.Method != http.MethodGet {
		c.IdempotencyKey = r.Header.Get("Idempotency-Key")
	}
	if r, ok := in.(reasoned); ok {
		c.Reason = r.reason()
	}
	return c
}

// serve registers a route of a service that opens the operation itself.
func serve[I, O any](a *API, method, path string, def *op.Def, summary string, f func(ctx context.Context, call op.Call, in *I) (O, error)) {
	huma.Register(a.huma, a.describe(method, path, def, summary), func(ctx context.Context, in *I) (*body[O], error) {
		out, err := f(ctx, a.call(ctx, in), in)
		if err != nil {
			return nil, problemOf(err, httpx.RequestID(ctx), a.Log)
		}
		a.listed(ctx, def, out)
		answer := &body[O]{Body: out}
		if v, ok := any(out).(versioned); ok {
			answer.ETag = v.ETag()
		}
		return answer, nil
	})
}

// nothing is the answer of a deed that has nothing to say.
type nothing struct{}

// etag is the form of a version in ETag and If-Match.
func etag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// IfMatch is the header by which a change names the version that it was made on.
type IfMatch struct {
	Version string `header:"If-Match" doc:"The version the change was made on, from the ETag or the version field"`
}

// version reads If-Match. A change without it is refused: it could undo someone else's.
func (m IfMatch) version() (int64, error) {
	n, err := strconv.ParseInt(strings.Trim(m.Version, `W/"`), 10, 64)
	if err != nil {
		return 0, fault.Invalidf("request.if_match", "send If-Match with the version that you changed").With("If-Match", "required")
	}
	return n, nil
}
