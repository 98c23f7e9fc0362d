// Package app puts the program together: configuration → store → domains → routes →
// jobs. It is the only package that knows all others, and what the commands call.
package app
