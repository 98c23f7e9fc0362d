package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/allclear/allclear/internal/platform/fault"
)

// Event tells open browsers what to look at again. It names kinds, never records.
type Event struct {
	Kinds    []string `json:"kinds"`
	Incident string   `json:"incident_id,omitempty"`
}

// Hub passes events to the browsers that listen. What is lost is only a refresh.
type Hub struct {
	mu        sync.Mutex
	listeners map[chan Event]bool
	end       <-chan struct{}
}

// Until ends all streams when ctx does, so that a stopping server need not wait for them.
func (h *Hub) Until(ctx context.Context) { h.end = ctx.Done() }

// NewHub returns a hub nobody listens to yet.
func NewHub() *Hub { return &Hub{listeners: map[chan Event]bool{}} }

// Tell sends the event to everyone who listens. A listener that lags misses it.
func (h *Hub) Tell(e Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for l := range h.listeners {
		select {
		case l <- e:
		default:
		}
	}
}

func (h *Hub) listen() (chan Event, func()) {
	l := make(chan Event, 16)
	h.mu.Lock()
	h.listeners[l] = true
	h.mu.Unlock()
	return l, func() {
		h.mu.Lock()
		delete(h.listeners, l)
		h.mu.Unlock()
	}
}

// heartbeat keeps proxies from closing a silent connection, and is how often a
// listener's session is checked again.
const heartbeat = 4 * time.Second

// serveEvents is the stream of events (text/event-stream).
func (a *API) serveEvents(w http.ResponseWriter, r *http.Request) {
	if principal(r.Context()).Anonymous() {
		a.writeProblem(w, r, fault.Unauthenticatedf("session.required", "sign in first"))
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	control := http.NewResponseController(w)
	_ = control.SetWriteDeadline(time.Time{})
	events, leave := a.Live.listen()
	defer leave()
	tick := time.NewTicker(heartbeat)
	defer tick.Stop()
	_, _ = fmt.Fprint(w, "retry: 3000\n\n")
	for {
		if control.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-a.Live.end:
			return
		case e := <-events:
			data, err := json.Marshal(e)
			if err != nil {
				return
			}
			_, _ = fmt.Fprintf(w, "event: change\ndata: %s\n\n", data)
		case <-tick.C:
			if !a.stillSignedIn(r) {
				_, _ = fmt.Fprint(w, "event: end\ndata: {}\n\n")
				_ = control.Flush()
				return
			}
			_, _ = fmt.Fprint(w, ": still here\n\n")
		}
	}
}

// stillSignedIn asks again whether the request's secret holds, so that a disabled
// account loses an open stream within seconds (test T34).
func (a *API) stillSignedIn(r *http.Request) bool {
	ctx, cancel := context.WithTimeout(context.Background(), heartbeat)
	defer cancel()
	_, err := a.identify(r.WithContext(ctx))
	return err == nil
}

// EventsPath is the stream of events.
const EventsPath = prefix + "/events"

func (a *API) liveRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET "+EventsPath, a.serveEvents)
	a.routes = append(a.routes, Route{Method: http.MethodGet, Path: EventsPath})
}
