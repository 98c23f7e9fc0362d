package access

import "slices"

// Grant is a role held over a place. The empty path is the whole tree.
type Grant struct {
	Role      string
	PlaceID   string
	PlacePath string
}

// Principal is who acts.
type Principal struct {
	UserID    string
	Name      string
	Grants    []Grant
	MFA       bool     // the sign-in used a second factor
	NeedsMFA  bool     // this installation asks for one
	TokenOps  []string // nil for a session; the operations an API token is limited to
	SessionID string
}

// Operator is the person at the command line of the machine that holds the data.
func Operator(osUser string) Principal {
	return Principal{UserID: "operator:" + osUser, Name: osUser, MFA: true, Grants: []Grant{{Role: "operator"}}}
}

// System is the program itself, for scheduled work.
func System() Principal {
	return Principal{UserID: "system", Name: "system", MFA: true, Grants: []Grant{{Role: "operator"}}}
}

// Anonymous reports whether nobody is signed in.
func (p Principal) Anonymous() bool { return p.UserID == "" }

// Holds reports whether the principal holds the role anywhere.
func (p Principal) Holds(role string) bool {
	return slices.ContainsFunc(p.Grants, func(g Grant) bool { return g.Role == role })
}
