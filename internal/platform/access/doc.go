// Package access answers one question: may this person do this here?
//
// Words. A role is a job (epidemiologist); a grant is a role that a user holds over a
// place; an operation is the one name of a deed (cases.case.view). A scope is the set
// of places at which a person may do an operation.
//
// Policies are Cedar texts and roles are YAML (package policies), so an operator can
// read and extend them. Cedar decides single questions; lists are filtered in SQL by
// the scope, which is computed by asking Cedar about each grant's own place. A
// property test holds the two to the same answer for every place.
//
// Invariants: nothing is allowed that no policy permits; forbid beats permit; an API
// token never allows more than its owner's grants; a place's permission holds for all
// that lies below it.
package access
