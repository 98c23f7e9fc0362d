package app_test

import (
	"context"
	"fmt"
	"net/url"
	"testing"

	"github.com/allclear/allclear/internal/app"
	"github.com/allclear/allclear/internal/app/apptest"
	"github.com/allclear/allclear/internal/control/cases"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
	"github.com/allclear/allclear/internal/situation"
)

// TestEveryFigureOpensAListOfItsLength follows the way from each figure of each day, for
// the city and for each district, to the list it names, and counts the list.
func TestEveryFigureOpensAListOfItsLength(t *testing.T) {
	t.Parallel()
	databases := map[string]func(testing.TB) string{"sqlite": func(testing.TB) string { return "" }, "postgres": storetest.PostgresURL}
	for name, databaseURL := range databases {
		t.Run(name, func(t *testing.T) {
			a, _ := apptest.Demo(t, databaseURL(t), 20000)
			_, err := op.Do(context.Background(), a.Door, cases.Listing, asOperator(), func(ctx context.Context, tx *op.Tx) (int, error) {
				all, err := a.Incidents.List(ctx, tx)
				if err != nil {
					return 0, err
				}
				districts, err := places.Under(ctx, tx, "", "city", "district")
				if err != nil {
					return 0, err
				}
				opened := 0
				for _, p := range districts {
					for day := store.Day("2022-03-02"); day <= "2022-04-08"; day = day.Add(7) {
						opened += openFigures(ctx, t, tx, a, all[0].ID, p, day)
					}
				}
				if opened < 60 {
					t.Errorf("only %d figures above zero were opened", opened)
				}
				return 0, nil
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

func openFigures(ctx context.Context, t *testing.T, tx *op.Tx, a *app.App, incident ref.Incident, p places.Place, day store.Day) int {
	t.Helper()
	s, err := a.Situation.Situation(ctx, tx, situation.Question{Incident: incident, Place: p.ID, On: day})
	if err != nil {
		t.Fatal(err)
	}
	if n := s.New; n.Infections != n.Confirmed-n.Reclassified+n.Asymptomatic || n.Infections != n.FoundInCommunity+n.FoundUnderControl {
		t.Errorf("%s on %s does not add up: %+v", p.Name, day, n)
	}
	shown := map[string]int{
		"confirmed": s.New.Confirmed, "asymptomatic": s.New.Asymptomatic, "reclassified": s.New.Reclassified, "infections": s.New.Infections,
		"found_in_community": s.New.FoundInCommunity, "found_under_control": s.New.FoundUnderControl, "imported": s.New.Imported,
	}
	opened := 0
	for figure, way := range s.Drill {
		u, err := url.Parse(way.Href)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		page, err := a.Cases.List(ctx, tx, cases.Filter{
			IncidentID: incident, PlacePath: p.Path, From: store.Day(q.Get("from")), To: store.Day(q.Get("to")), Counted: q.Get("counted"),
			Found: q.Get("found"), DetectionRoute: cases.Route(q.Get("detection_route")), Origin: cases.Origin(q.Get("origin")),
		})
		if err != nil {
			t.Fatal(err)
		}
		want, isShown := shown[figure]
		if int(page.Total) != way.LineListed || (isShown && way.LineListed != want) {
			t.Errorf("%s of %s on %s: shown %d, the way says %d, the list has %d", figure, p.Name, day, want, way.LineListed, page.Total)
		}
		if page.Total > 0 {
			opened++
		}
	}
	return opened
}

// TestTotalsReplaceTheListBelowThemAndTheTopmostWins: nothing is counted twice, and the
// parts and the rest still add up to the whole.
func TestTotalsReplaceTheListBelowThemAndTheTopmostWins(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, a *app.App) {
		w := newWorld(t, a) // one case in A's compound on 5 March, a total of 31,415,926 for A on 6 March
		ctx := context.Background()
		record := func(place places.Place, on store.Day, confirmed int64) {
			_, err := op.Do(ctx, a.Door, cases.RecordCount, asOperator(), func(ctx context.Context, tx *op.Tx) (cases.Count, error) {
				return a.Cases.Record(ctx, tx, cases.Count{IncidentID: ref.Incident(w.incident), PlaceID: place.ID, On: on, Confirmed: confirmed})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		check := func(what string, place places.Place, on store.Day, want int) {
			t.Helper()
			_, err := op.Do(ctx, a.Door, situation.View, asOperator(), func(ctx context.Context, tx *op.Tx) (int, error) {
				q := situation.Question{Incident: ref.Incident(w.incident), Place: place.ID, On: on}
				s, err := a.Situation.Situation(ctx, tx, q)
				if err != nil {
					return 0, err
				}
				if s.New.Infections != want {
					t.Errorf("%s: %d infections, want %d", what, s.New.Infections, want)
				}
				parts, err := a.Situation.Areas(ctx, tx, q, "")
				sum := parts.Rest.New.Infections
				for _, part := range parts.Items {
					sum += part.New.Infections
				}
				if err != nil || sum != parts.Whole.New.Infections || sum != want {
					t.Errorf("%s: the parts and the rest are %d, the whole %d, want %d (%v)", what, sum, parts.Whole.New.Infections, want, err)
				}
				return 0, nil
			})
			if err != nil {
				t.Fatal(fmt.Errorf("%s: %w", what, err))
			}
		}
		check("the list alone", w.city, "2022-03-05", 1)
		record(w.district["A"], "2022-03-05", 10)
		check("a total in place of the list", w.city, "2022-03-05", 10)
		check("the total's own place", w.district["A"], "2022-03-05", 10)
		check("below the total the list stands", w.compound, "2022-03-05", 1)
		record(w.district["B"], "2022-03-05", 5)
		check("two districts", w.city, "2022-03-05", 15)
		record(w.city, "2022-03-05", 40)
		check("the city's own total wins", w.city, "2022-03-05", 40)
		check("and leaves the district's alone", w.district["A"], "2022-03-05", 10)
		check("another day is untouched", w.city, "2022-03-06", 31415926)
	})
}
