// Package httpx is what every request passes before and after the API: a request id,
// recovery from panics, security headers, limits, and a log line without personal data.
package httpx
