package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/gzhttp"

	"github.com/allclear/allclear/internal/httpapi"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/httpx"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/web"
)

// drainTime is how long running requests may take to end after the order to stop.
const drainTime = 20 * time.Second

// Serve runs the web server until ctx ends, then drains: readiness turns false, the
// listener closes, running requests and jobs end, and a checkpoint is signed. ready is
// called with the URL once the server listens.
func (a *App) Serve(ctx context.Context, ready func(url string)) error {
	listener, err := net.Listen("tcp", a.Config.Listen)
	if err != nil {
		return fault.Unavailablef("app.no_listen", "cannot listen on %s: choose another address with --listen", a.Config.Listen).Because(err)
	}
	var draining atomic.Bool
	server := &http.Server{
		Handler: a.handler(&draining), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog:    slog.NewLogLogger(a.Log.Handler(), slog.LevelDebug),
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	streams, endStreams := context.WithCancel(context.Background())
	server.RegisterOnShutdown(endStreams)
	a.Live.Until(streams)
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	finished := a.background(work)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	ready("http://" + listener.Addr().String())
	select {
	case err = <-failed:
	case <-ctx.Done():
		draining.Store(true)
		limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
		defer cancel()
		err = server.Shutdown(limit)
	}
	stopWork()
	<-finished
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return err
}

// Handler is the whole HTTP interface, for tests that need no listener of their own.
func (a *App) Handler() http.Handler { return a.handler(new(atomic.Bool)) }

// handler puts the middlewares in order: the outermost last.
func (a *App) handler(draining *atomic.Bool) http.Handler {
	mux := http.NewServeMux()
	api := a.API(mux)
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", a.readiness(draining))
	mux.Handle("/", httpx.Pages(web.FS()))
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(api.CrossOrigin))
	compress, err := gzhttp.NewWrapper(gzhttp.ContentTypes([]string{"application/json", "application/problem+json", "text/csv"}))
	if err != nil {
		panic(err) // the options are constants
	}
	// The stream of events is not compressed: its lines are to arrive one by one.
	compressed := compress(mux)
	var h http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == httpapi.EventsPath {
			mux.ServeHTTP(w, r)
			return
		}
		compressed.ServeHTTP(w, r)
	})
	h = api.Authenticate(h)
	h = guard.Handler(h)
	h = httpx.SecurityHeaders(h)
	h = httpx.Recover(a.Log, h)
	h = httpx.Log(a.Log, h)
	return httpx.Identify(h)
}

// readiness says whether the server can do its work now. It names no details: those
// are in `allclear doctor`.
func (a *App) readiness(draining *atomic.Bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 3*time.Second)
		defer cancel()
		if draining.Load() || a.DB.Ping(ctx) != nil {
			http.Error(w, "not ready", http.StatusServiceUnavailable)
			return
		}
		_, _ = fmt.Fprintln(w, "ready")
	}
}

// background runs the jobs and the regular work until ctx ends; the channel closes when
// all of it has.
func (a *App) background(ctx context.Context) <-chan struct{} {
	done := make(chan struct{})
	if err := errors.Join(a.resumeImports(ctx), a.resumeBulks(ctx), a.Jobs.Start(ctx)); err != nil {
		a.Log.Error("the job runner did not start", "error", err)
	}
	go a.Vault.Keep(ctx, func(err error) { a.Log.Error("the data keys could not be read again", "error", err) })
	go func() {
		defer close(done)
		a.regularly(ctx)
		limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
		defer cancel()
		a.Jobs.Stop(limit)
	}()
	return done
}

// keepKeys is how long the answers of writes are kept for a repeated key. Phones may be
// offline for two weeks (test T17).
const keepKeys = 30 * 24 * time.Hour

// regularly signs checkpoints and clears what has ended, until ctx ends; then it signs a
// last checkpoint.
func (a *App) regularly(ctx context.Context) {
	every := a.Config.Checkpoint
	if every <= 0 {
		every = 10 * time.Minute
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		work := context.WithoutCancel(ctx)
		if _, err := a.Witness.Sign(work, a.DB); err != nil {
			a.Log.Error("the audit trail could not be signed", "error", err)
		}
		if ctx.Err() != nil {
			return
		}
		before := store.At(a.Door.Clock.Now().Add(-keepKeys))
		if err := errors.Join(op.ForgetKeys(work, a.DB, before), a.Accounts.Sweep(work), a.Imports.Expire(work)); err != nil {
			a.Log.Error("what has ended could not be cleared", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}
