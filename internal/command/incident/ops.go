package incident

import "github.com/allclear/allclear/internal/platform/op"

// The operations of this domain.
var (
	View    = op.Define("incident.incident.view", op.View)
	Start   = op.Define("incident.incident.create", op.Change)
	Amend   = op.Define("incident.incident.update", op.Change)
	Declare = op.Define("incident.phase.declare", op.Change)
)
