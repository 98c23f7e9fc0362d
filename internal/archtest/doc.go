// Package archtest holds the house to its design (ARCHITECTURE.md): who may import
// whom, who writes which table, and which SQL both databases understand. It has tests
// only.
package archtest
