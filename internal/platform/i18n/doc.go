// Package i18n says faults in Chinese, for the command line and for callers of the API
// that have no translations of their own. The web app has its own sentences, because it
// says things in its own places.
//
// Words. The catalog (catalog.yaml) maps a fault's code to a template; {name} stands for
// a parameter of the fault. A code may have several templates: the first one counts
// whose parameters are all there. A sentence says what happened, what is safe, and what
// to do.
//
// Invariants, held by a test over the sources: each code that the program can give has a
// sentence, each sentence belongs to a code, and for every place in the sources that
// makes a fault there is a template that its parameters fill.
package i18n
