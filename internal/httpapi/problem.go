package httpapi

import (
	"errors"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/httpx"
	"github.com/allclear/allclear/internal/platform/i18n"
)

// Problem is an error answer (RFC 9457). The code is stable; clients translate it.
type Problem struct {
	Title     string         `json:"title"`
	Status    int            `json:"status"`
	Code      string         `json:"code" doc:"Stable code, for translation and for programs"`
	Detail    string         `json:"detail,omitempty" doc:"English Sentence"`
	DetailZH  string         `json:"detail_zh,omitempty" doc:"The sentence in Chinese"`
	RequestID string         `json:"request_id,omitempty"`
	Params    map[string]any `json:"params,omitempty"`
	Errors    []FieldError   `json:"errors,omitempty"`
}

// FieldError is one wrong field of the input.
type FieldError struct {
	Field   string `json:"field"`
	Code    string `json:"code"`
	Message string `json:"message,omitempty"`
}

// Error makes the problem an error.
func (p *Problem) Error() string { return p.Code }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is the media type of RFC 9457.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

var statusOf = map[fault.Kind]int{
	fault.Invalid: http.StatusUnprocessableEntity, fault.NotFound: http.StatusNotFound, fault.Conflict: http.StatusConflict,
	fault.Forbidden: http.StatusForbidden, fault.Unauthenticated: http.StatusUnauthorized, fault.TooMany: http.StatusTooManyRequests,
	fault.Unavailable: http.StatusServiceUnavailable, fault.Internal: http.StatusInternalServerError,
}

// problemOf turns any error into an answer. An internal error shows nothing of itself:
// it is in the log, under the request id.
func problemOf(err error, requestID string, log *slog.Logger) *Problem {
	var known *Problem
	if errors.As(err, &known) {
		return known
	}
	kind := fault.KindOf(err)
	p := &Problem{Status: statusOf[kind], Code: fault.CodeOf(err), RequestID: requestID}
	p.Title = http.StatusText(p.Status)
	var f *fault.Error
	if errors.As(err, &f) {
		p.Detail, p.DetailZH, p.Params = f.Detail, i18n.Sentence(f, true), f.Params
		for _, field := range f.Fields {
			p.Errors = append(p.Errors, FieldError{Field: field.Name, Code: field.Code})
		}
	}
	if kind == fault.Internal || kind == fault.Unavailable {
		log.Error("a request failed", "request_id", requestID, "error", err)
	}
	return p
}

// Huma builds its own errors for input that does not fit the schema; they get the same form.
func init() {
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		p := &Problem{Status: status, Title: http.StatusText(status), Code: "request.invalid", Detail: message}
		switch status {
		case http.StatusRequestEntityTooLarge:
			p.Code = "request.too_large"
		case http.StatusUnsupportedMediaType, http.StatusNotAcceptable:
			p.Code = "request.media_type"
		case http.StatusNotFound:
			p.Code = "not_found"
		}
		for _, err := range errs {
			var detail *huma.ErrorDetail
			if errors.As(err, &detail) {
				// The offending value is left out: it may be personal.
				p.Errors = append(p.Errors, FieldError{Field: detail.Location, Code: "invalid", Message: detail.Message})
			}
		}
		return p
	}
	huma.NewErrorWithContext = func(c huma.Context, status int, message string, errs ...error) huma.StatusError {
		err := huma.NewError(status, message, errs...)
		if p, ok := err.(*Problem); ok {
			p.RequestID = httpx.RequestID(c.Context())
		}
		return err
	}
}
