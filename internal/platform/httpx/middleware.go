package httpx

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/allclear/allclear/internal/platform/ids"
)

type contextKey int

const (
	requestIDKey contextKey = iota
	requestKey
	nonceKey
)

// RequestID returns the id of the request being served, for logs, the trail and error answers.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey).(string)
	return id
}

// Request returns the HTTP request being served, or nil outside of one.
func Request(ctx context.Context) *http.Request {
	r, _ := ctx.Value(requestKey).(*http.Request)
	return r
}

// Nonce returns the one-time value that this page's own styles carry.
func Nonce(ctx context.Context) string {
	n, _ := ctx.Value(nonceKey).(string)
	return n
}

// Identify gives each request an id and keeps it in the context and the answer.
func Identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := ids.New()
		w.Header().Set("X-Request-Id", id)
		ctx := context.WithValue(r.Context(), requestIDKey, id)
		r = r.WithContext(ctx)
		next.ServeHTTP(w, r.WithContext(context.WithValue(ctx, requestKey, r)))
	})
}

// statusWriter remembers the status for the log line.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection (flush, deadlines).
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Log writes one line per request: method, the pattern that matched (never the path or
// the query, which may name a record), status and time.
func Log(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, sw := time.Now(), &statusWriter{ResponseWriter: w}
		next.ServeHTTP(sw, r)
		level := slog.LevelDebug
		if sw.status >= 500 {
			level = slog.LevelError
		}
		log.LogAttrs(r.Context(), level, "request", slog.String("method", r.Method), slog.String("pattern", r.Pattern),
			slog.Int("status", sw.status), slog.Duration("took", time.Since(start)), slog.String("request_id", RequestID(r.Context())))
	})
}

// Recover turns a panic into a 500 answer and a log entry with the stack.
func Recover(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil || p == http.ErrAbortHandler {
				return
			}
			log.ErrorContext(r.Context(), "a request panicked", "request_id", RequestID(r.Context()), "stack", string(debug.Stack()))
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = w.Write([]byte(`{"title":"Internal Server Error","status":500,"code":"internal","request_id":"` + RequestID(r.Context()) + `"}`))
		}()
		next.ServeHTTP(w, r)
	})
}

// SecurityHeaders sets what browsers need to be told on every answer. Answers are not
// kept by caches unless a handler says otherwise.
func SecurityHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw := make([]byte, 16)
		_, _ = rand.Read(raw) // never fails on the supported systems
		nonce := base64.RawStdEncoding.EncodeToString(raw)
		h := w.Header()
		h.Set("Content-Security-Policy", strings.Join([]string{
			"default-src 'none'", "script-src 'self'", "style-src 'self' 'nonce-" + nonce + "'", "style-src-attr 'unsafe-inline'",
			"img-src 'self' data: blob:", "font-src 'self'", "connect-src 'self'", "worker-src 'self' blob:", "manifest-src 'self'",
			"base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
		}, "; "))
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(self), geolocation=(self), microphone=()")
		h.Set("Cache-Control", "no-store")
		if Secure(r) {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), nonceKey, nonce)))
	})
}

// ClientIP returns the address the request came from. A proxy's header is believed
// only when the connection itself comes from this machine, and of several addresses the
// last one, which is what that proxy saw: those before it are the caller's own words.
func ClientIP(r *http.Request) string {
	host := peer(r)
	if !fromThisMachine(r) {
		return host
	}
	forwarded := r.Header.Values("X-Forwarded-For")
	if len(forwarded) == 0 {
		return host
	}
	all := strings.Split(forwarded[len(forwarded)-1], ",")
	if last := strings.TrimSpace(all[len(all)-1]); net.ParseIP(last) != nil {
		return last
	}
	return host
}

// Secure reports whether the person's browser speaks TLS, to us or to a proxy on this machine.
func Secure(r *http.Request) bool {
	return r.TLS != nil || (fromThisMachine(r) && r.Header.Get("X-Forwarded-Proto") == "https")
}

func peer(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

func fromThisMachine(r *http.Request) bool {
	ip := net.ParseIP(peer(r))
	return ip != nil && ip.IsLoopback()
}
