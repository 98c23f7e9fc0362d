// Package ref holds the typed identifiers by which the parts of AllClear speak of
// each other's records. It imports nothing, so that everyone may import it.
package ref

// Ref names one record of any kind, as the audit trail and links need it.
type Ref struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
}

// String returns the form "case:0190…", used in the audit trail.
func (r Ref) String() string { return r.Kind + ":" + r.ID }

// The identifiers. Each is a UUIDv7 as text.
type (
	Place     string // a node of the place tree
	Person    string // a person of the register
	Incident  string // an outbreak that is being answered
	Phase     string // a declared phase of an incident at a place
	Case      string // an infection or a suspicion of one
	Count     string // a reported daily total of a place
	Round     string // a screening round's reported total of a place
	User      string // an account
	Grant     string // a role that a user holds over a place
	Session   string // a signed-in browser
	Token     string // a personal API token
	ImportJob string // one import of one file
	Duplicate string // a pair of people who may be one
	Merge     string // one merging of two people into one
	Sweep     string // one search of the register for duplicates
	View      string // a saved list
	Bulk      string // a change of many people at once
)

// Ref returns the general form.
func (x Place) Ref() Ref { return Ref{"place", string(x)} }

// Ref returns the general form.
func (x Person) Ref() Ref { return Ref{"person", string(x)} }

// Ref returns the general form.
func (x Incident) Ref() Ref { return Ref{"incident", string(x)} }

// Ref returns the general form.
func (x Phase) Ref() Ref { return Ref{"phase", string(x)} }

// Ref returns the general form.
func (x Case) Ref() Ref { return Ref{"case", string(x)} }

// Ref returns the general form.
func (x Count) Ref() Ref { return Ref{"count", string(x)} }

// Ref returns the general form.
func (x Round) Ref() Ref { return Ref{"round", string(x)} }

// Ref returns the general form.
func (x User) Ref() Ref { return Ref{"user", string(x)} }

// Ref returns the general form.
func (x Grant) Ref() Ref { return Ref{"grant", string(x)} }

// Ref returns the general form.
func (x Session) Ref() Ref { return Ref{"session", string(x)} }

// Ref returns the general form.
func (x Token) Ref() Ref { return Ref{"token", string(x)} }

// Ref returns the general form.
func (x ImportJob) Ref() Ref { return Ref{"import", string(x)} }

// Ref returns the general form.
func (x View) Ref() Ref { return Ref{"view", string(x)} }

// Ref returns the general form.
func (x Duplicate) Ref() Ref { return Ref{"duplicate", string(x)} }

// Ref returns the general form.
func (x Merge) Ref() Ref { return Ref{"merge", string(x)} }

// Ref returns the general form.
func (x Sweep) Ref() Ref { return Ref{"sweep", string(x)} }

// Ref returns the general form.
func (x Bulk) Ref() Ref { return Ref{"bulk", string(x)} }
