package workflow

import (
	"context"
	"fmt"

	"github.com/allclear/allclear/internal/command/incident"
	"github.com/allclear/allclear/internal/control/cases"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
)

// Workflow tells the stories.
type Workflow struct {
	Incidents *incident.Service
	Cases     *cases.Service
	People    *people.Service
}

// AmendIncident changes an incident. Other rules — another pack, other overlays — may
// count cases differently, so all cases are counted anew before anybody sees a figure.
func (w *Workflow) AmendIncident(ctx context.Context, tx *op.Tx, id ref.Incident, version int64, c incident.Change) (incident.Incident, error) {
	before, err := w.Incidents.Load(ctx, tx, id)
	if err != nil {
		return before, err
	}
	after, err := w.Incidents.Update(ctx, tx, id, version, c)
	if err != nil || after.Rules == before.Rules {
		return after, err
	}
	if _, err := w.Cases.Recount(ctx, tx, id); err != nil {
		return after, fmt.Errorf("count the cases under the new rules: %w", err)
	}
	return after, nil
}
