// Package httpapi is the edge: the route table, the types of the API, and how a fault
// becomes an answer.
//
// A route names its operation, and the operation's name is the operationId. Handlers
// are one line: they receive an open operation and call a domain, workflow or
// situation. Nothing here decides who may do what.
//
// Files: api.go (building it), route.go (the adapters), problem.go (faults to RFC
// 9457), and one file per domain with its routes and types.
package httpapi
