// Package workflow holds what crosses domains: one story to a file, each in one
// transaction, written so that it reads in the order in which things happen. Rules that
// speak of one domain only belong to that domain.
package workflow
