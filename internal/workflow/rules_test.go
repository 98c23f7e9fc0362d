package workflow_test

import (
	"context"
	"testing"

	"github.com/allclear/allclear/internal/app"
	"github.com/allclear/allclear/internal/app/apptest"
	"github.com/allclear/allclear/internal/command/incident"
	"github.com/allclear/allclear/internal/control/cases"
	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/workflow"
)

// TestOtherRulesCountAnew: Ebola knows no asymptomatic infections, so the same cases
// give other figures under its pack, and the old ones when it is changed back.
func TestOtherRulesCountAnew(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, a *app.App) {
		ctx := context.Background()
		i, err := a.CreateIncident(ctx, app.NewIncident{Name: "rules", Pack: "cn-covid-8th", TimeZone: "UTC", StartedOn: "2022-03-01"})
		if err != nil {
			t.Fatal(err)
		}
		call := op.Call{Principal: access.Operator("test")}
		_, err = op.Do(ctx, a.Door, cases.Opening, call, func(ctx context.Context, tx *op.Tx) (int, error) {
			_, err := a.Cases.Add(ctx, tx, []cases.New{
				{IncidentID: i.ID, Number: "1", Classification: cases.Asymptomatic, Facts: cases.Facts{ReportedOn: "2022-03-05"}},
				{IncidentID: i.ID, Number: "2", Classification: cases.Confirmed, Facts: cases.Facts{ReportedOn: "2022-03-05"}},
			})
			return 0, err
		})
		if err != nil {
			t.Fatal(err)
		}
		w := workflow.Workflow{Incidents: a.Incidents, Cases: a.Cases}
		for n, step := range []struct {
			pack string
			want int
		}{{"cn-covid-8th", 2}, {"ebola", 1}, {"cn-covid-8th", 2}} {
			_, err := op.Do(ctx, a.Door, incident.Amend, call, func(ctx context.Context, tx *op.Tx) (incident.Incident, error) {
				now, err := a.Incidents.Load(ctx, tx, i.ID)
				if err != nil {
					return now, err
				}
				return w.AmendIncident(ctx, tx, i.ID, now.Version, incident.Change{Pack: &step.pack})
			})
			if err != nil {
				t.Fatal(err)
			}
			s, err := a.SituationOf(ctx, app.Where{On: "2022-03-05"})
			if err != nil || s.New.Infections != step.want {
				t.Errorf("step %d, %s: %d infections (%v), want %d", n, step.pack, s.New.Infections, err, step.want)
			}
		}
	})
}
