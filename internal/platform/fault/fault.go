package fault

import (
	"errors"
	"fmt"
)

// Kind says what sort of trouble a fault is. The edge turns it into a status.
type Kind string

// The kinds. Internal is the kind of every error that is not a fault.
const (
	Invalid         Kind = "invalid"         // the input is wrong and can be mended by who sent it
	NotFound        Kind = "not_found"       // it does not exist, or is outside the caller's places
	Conflict        Kind = "conflict"        // the state of things forbids it now
	Forbidden       Kind = "forbidden"       // the caller may not do this anywhere
	Unauthenticated Kind = "unauthenticated" // nobody is signed in
	TooMany         Kind = "too_many"        // the caller must wait; parameter retry_after_s says how long
	Unavailable     Kind = "unavailable"     // a part of the system does not answer; a retry is safe
	Internal        Kind = "internal"
)

// Field is one wrong input field: its name as the caller sent it, and the code of what is wrong.
type Field struct {
	Name string `json:"field"`
	Code string `json:"code"`
}

// Error is a fault. Build it with Invalidf, NotFoundf and so on.
type Error struct {
	Kind   Kind
	Code   string
	Detail string
	Params map[string]any
	Fields []Field
	cause  error
}

// Error returns the English sentence with the code in front.
func (e *Error) Error() string { return e.Code + ": " + e.Detail }

// Unwrap returns the error that the fault was made from, if any.
func (e *Error) Unwrap() error { return e.cause }

// With adds a wrong field and returns the same fault.
func (e *Error) With(field, code string) *Error {
	e.Fields = append(e.Fields, Field{Name: field, Code: code})
	return e
}

// Param adds a parameter of the translated sentence and returns the same fault.
func (e *Error) Param(key string, value any) *Error {
	if e.Params == nil {
		e.Params = map[string]any{}
	}
	e.Params[key] = value
	return e
}

// Because keeps the underlying error for the log and returns the same fault.
func (e *Error) Because(err error) *Error {
	e.cause = err
	return e
}

func newf(kind Kind, code, format string, a []any) *Error {
	return &Error{Kind: kind, Code: code, Detail: fmt.Sprintf(format, a...)}
}

// Invalidf is a fault of the input.
func Invalidf(code, format string, a ...any) *Error { return newf(Invalid, code, format, a) }

// NotFoundf is a fault for what does not exist or is out of the caller's sight.
func NotFoundf(code, format string, a ...any) *Error { return newf(NotFound, code, format, a) }

// Conflictf is a fault of the present state.
func Conflictf(code, format string, a ...any) *Error { return newf(Conflict, code, format, a) }

// Forbiddenf is a fault of permission.
func Forbiddenf(code, format string, a ...any) *Error { return newf(Forbidden, code, format, a) }

// Unauthenticatedf is a fault of a missing or ended sign-in.
func Unauthenticatedf(code, format string, a ...any) *Error {
	return newf(Unauthenticated, code, format, a)
}

// TooManyf is a fault of a caller that must slow down for the given seconds.
func TooManyf(retryAfterSeconds int, code, format string, a ...any) *Error {
	return newf(TooMany, code, format, a).Param("retry_after_s", retryAfterSeconds)
}

// Unavailablef is a fault of a part of the system that does not answer.
func Unavailablef(code, format string, a ...any) *Error { return newf(Unavailable, code, format, a) }

// KindOf returns the kind of the fault in err's chain, or Internal.
func KindOf(err error) Kind {
	var f *Error
	if errors.As(err, &f) {
		return f.Kind
	}
	return Internal
}

// CodeOf returns the code of the fault in err's chain, or "internal".
func CodeOf(err error) string {
	var f *Error
	if errors.As(err, &f) {
		return f.Code
	}
	return "internal"
}

// Wrap adds context to *err if it is not nil; for use in a defer of a function with several returns.
func Wrap(err *error, format string, a ...any) {
	if *err != nil {
		*err = fmt.Errorf("%s: %w", fmt.Sprintf(format, a...), *err)
	}
}
