package app_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/allclear/allclear/internal/app"
	"github.com/allclear/allclear/internal/app/apptest"
	"github.com/allclear/allclear/internal/control/cases"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
	"github.com/allclear/allclear/internal/situation"
)

func clearance(t *testing.T, a *app.App, on store.Day, overlays ...string) situation.Clearance {
	t.Helper()
	c, err := a.ClearanceOf(context.Background(), app.Where{On: string(on)}, overlays)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range c.Criteria {
		if x.Title.ZH == "" || x.Title.EN == "" || (x.Value == nil && len(x.Missing) == 0) {
			t.Errorf("%s on %s: criterion %+v has no words, or neither a figure nor a reason", c.Pack, on, x)
		}
		if x.Binding && len(x.Evidence) == 0 {
			t.Errorf("%s on %s: criterion %s shows no evidence", c.Pack, on, x.ID)
		}
	}
	return c
}

// TestDemoCityTurnsClearOnTheRightDay finds the right day by brute force from the cases
// and rounds themselves, and holds both overlays to it.
func TestDemoCityTurnsClearOnTheRightDay(t *testing.T) {
	t.Parallel()
	databases := map[string]func(testing.TB) string{"sqlite": func(testing.TB) string { return "" }, "postgres": storetest.PostgresURL}
	for name, databaseURL := range databases {
		t.Run(name, func(t *testing.T) {
			a, _ := apptest.Demo(t, databaseURL(t), 5000)
			shanghai, jilin := turningDays(t, a)
			for overlay, day := range map[string]store.Day{"shanghai-2022": shanghai, "jilin-city-2022": jilin} {
				if c := clearance(t, a, day.Add(-1), overlay); c.Met {
					t.Errorf("%s is met on %s already", overlay, day.Add(-1))
				}
				if c := clearance(t, a, day, overlay); !c.Met {
					t.Errorf("%s is not met on %s: %+v", overlay, day, c.Criteria)
				}
			}
			addCommunityCase(t, a, "2022-04-08")
			for _, overlay := range []string{"shanghai-2022", "jilin-city-2022"} {
				if c := clearance(t, a, "2022-04-08", overlay); c.Met {
					t.Errorf("%s is still met after a community case", overlay)
				}
				if c := clearance(t, a, "2022-04-07", "shanghai-2022"); !c.Met {
					t.Error("a later case changed the answer of an earlier day")
				}
			}
		})
	}
}

// turningDays works out from the raw rows when each rule is first met: three days
// without a community infection, and a full round after the last one.
func turningDays(t *testing.T, a *app.App) (shanghai, jilin store.Day) {
	t.Helper()
	ctx := context.Background()
	err := a.DB.Read(ctx, func(tx *store.Tx) error {
		var last store.Day
		const community = `
			SELECT max(counted_on) FROM cases
			WHERE  zone_class <> 'lockdown' AND detection_route NOT IN ('quarantine', 'hospital', 'closed_loop', 'control_screening')`
		if err := tx.QueryRow(ctx, community).Scan(&last); err != nil {
			return err
		}
		shanghai = last.Add(3)
		const round = `
			SELECT min(r.closed_on) FROM screening_rounds r JOIN incidents i ON i.place_id = r.place_id
			WHERE  r.opened_on >= $1 AND r.sampled >= 0.99 * r.due AND r.resulted = r.sampled AND r.community_positives = 0`
		return tx.QueryRow(ctx, round, last).Scan(&jilin)
	})
	if err != nil || shanghai == "" || jilin == "" {
		t.Fatalf("work out the turning days: %v, %q, %q", err, shanghai, jilin)
	}
	return shanghai, jilin
}

func addCommunityCase(t *testing.T, a *app.App, on store.Day) {
	t.Helper()
	_, err := op.Do(context.Background(), a.Door, cases.Opening, asOperator(), func(ctx context.Context, tx *op.Tx) (cases.Case, error) {
		all, err := a.Incidents.List(ctx, tx)
		if err != nil {
			return cases.Case{}, err
		}
		return a.Cases.Open(ctx, tx, cases.New{
			IncidentID: all[0].ID, Classification: cases.Confirmed,
			Facts: cases.Facts{ReportedOn: on, DetectionRoute: "community_screening", ZoneClass: "none"},
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestEbolaIsClearOnTheFortySecondDay: no zones, no rounds; 42 days from the day after
// the second negative test of the last case (protocol.md 13.1).
func TestEbolaIsClearOnTheFortySecondDay(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, a *app.App) {
		i := newIncident(t, a, app.NewIncident{Name: "Ebola", Pack: "ebola", TimeZone: "Africa/Freetown", StartedOn: "2015-01-01"})
		var all []cases.New
		for n, second := range []store.Day{"2015-02-01", "2015-02-10"} {
			all = append(all, cases.New{
				IncidentID: i.ID, Number: fmt.Sprint(n), Classification: cases.Confirmed,
				Facts: cases.Facts{ReportedOn: "2015-01-10", Outcome: "recovered", OutcomeOn: second, SecondNegativeOn: second},
			})
		}
		_, err := op.Do(context.Background(), a.Door, cases.Opening, asOperator(), func(ctx context.Context, tx *op.Tx) (int, error) {
			_, err := a.Cases.Add(ctx, tx, all)
			return 0, err
		})
		if err != nil {
			t.Fatal(err)
		}
		end := store.Day("2015-02-10").Add(42)
		if c := clearance(t, a, end.Add(-1)); c.Met {
			t.Errorf("met on %s already: %+v", end.Add(-1), c.Criteria)
		}
		if c := clearance(t, a, end); !c.Met {
			t.Errorf("not met on %s: %+v", end, c.Criteria)
		}
		if c := clearance(t, a, "2015-02-05"); c.Met {
			t.Error("met while a case is under care")
		}
	})
}
