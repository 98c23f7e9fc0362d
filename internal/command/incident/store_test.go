package incident

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
	"github.com/allclear/allclear/internal/ref"
)

var ctx = context.Background()

// paths of the places that every test has: a city, two districts and a street.
var paths = map[ref.Place]string{"city": "1.", "north": "1.1.", "south": "1.2.", "street": "1.1.1."}

func setup(t *testing.T, db *store.DB) (*op.Door, *Service) {
	t.Helper()
	door := optest.Door(t, db)
	optest.Run(t, door, func(ctx context.Context, tx *op.Tx) error {
		columns := []string{"id", "parent_id", "path", "ordinals", "level", "code", "name", "name_en", "pinyin", "initials",
			"population", "floors", "quadkey", "geometry", "extra", "version", "created_at", "updated_at"}
		var rows [][]any
		for _, p := range []struct{ id, parent, level string }{{"city", "", "city"}, {"north", "city", "district"}, {"south", "city", "district"}, {"street", "north", "street"}} {
			rows = append(rows, []any{p.id, store.OrNull(p.parent), paths[ref.Place(p.id)], 0, p.level, p.id, p.id, "", "", "", 0, 0, "", "", "{}", 1, 1, 1})
		}
		_, err := tx.Technical().Insert(ctx, "places", columns, rows)
		return err
	})
	rulesOf := func(pack string, overlays []string) (string, error) {
		if pack != "cn-covid-8th" {
			return "", errors.New("unknown pack")
		}
		return pack + "@1", nil
	}
	return door, NewService(rulesOf)
}

var spring = New{
	Name: "松川市疫情", NameEn: "Songchuan outbreak", PlaceID: "city", Pack: "cn-covid-8th", Overlays: []string{"shanghai-2022"},
	TimeZone: "Asia/Shanghai", StartedOn: "2022-03-02",
}

func do[T any](t *testing.T, door *op.Door, def *op.Def, call op.Call, f func(context.Context, *op.Tx) (T, error)) T {
	t.Helper()
	out, err := op.Do(ctx, door, def, call, f)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func create(t *testing.T, door *op.Door, s *Service) Incident {
	t.Helper()
	return do(t, door, Start, optest.Operator(), func(ctx context.Context, tx *op.Tx) (Incident, error) { return s.Create(ctx, tx, spring) })
}

func lead(place, path string) op.Call {
	return optest.As("lead-"+place, access.Grant{Role: "district_lead", PlaceID: place, PlacePath: path})
}

func TestIncidentIsSeenWhereItsPlaceOverlaps(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		door, s := setup(t, db)
		made := create(t, door, s)
		see := func(call op.Call) []Incident {
			return do(t, door, View, call, func(ctx context.Context, tx *op.Tx) ([]Incident, error) { return s.List(ctx, tx) })
		}
		if got := see(lead("north", "1.1.")); len(got) != 1 || got[0].ID != made.ID || !slices.Equal(got[0].Overlays, spring.Overlays) || got[0].Rules != "cn-covid-8th@1" {
			t.Errorf("a district lead sees %+v, want the city's incident", got)
		}
		if got := see(lead("other", "2.1.")); len(got) != 0 {
			t.Errorf("a lead of another city sees %d incidents", len(got))
		}
		_, err := op.Do(ctx, door, View, lead("other", "2.1."), func(ctx context.Context, tx *op.Tx) (Incident, error) { return s.Load(ctx, tx, made.ID) })
		if fault.CodeOf(err) != "incident.not_found" {
			t.Errorf("load from another city: %v, want not found", err)
		}
	})
}

func TestIncidentUpdate(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		door, s := setup(t, db)
		made := create(t, door, s)
		name, closed := "改名", store.Day("2022-04-08")
		update := func(version int64, c Change) (Incident, error) {
			return op.Do(ctx, door, Amend, optest.Operator(), func(ctx context.Context, tx *op.Tx) (Incident, error) { return s.Update(ctx, tx, made.ID, version, c) })
		}
		got, err := update(1, Change{Name: &name, ClosedOn: &closed})
		if err != nil || got.Name != name || got.Status != Closed || got.Version != 2 {
			t.Fatalf("update gives %+v, %v", got, err)
		}
		if _, err := update(1, Change{Name: &name}); !errors.Is(err, store.ErrStale) {
			t.Errorf("an old version gives %v, want stale", err)
		}
		pack := "no-such-pack"
		if _, err := update(2, Change{Pack: &pack}); fault.CodeOf(err) != "incident.unknown_rules" {
			t.Errorf("an unknown pack gives %v", err)
		}
		open := store.Day("")
		if got, err := update(2, Change{ClosedOn: &open}); err != nil || got.Status != Active {
			t.Errorf("opening again gives %+v, %v", got, err)
		}
	})
}

func TestPhasesOfPlaces(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		door, s := setup(t, db)
		in := create(t, door, s)
		declare := func(call op.Call, place ref.Place, stage Stage, day store.Day, reason string) (Phase, error) {
			return op.Do(ctx, door, Declare, call, func(ctx context.Context, tx *op.Tx) (Phase, error) {
				return s.Declare(ctx, tx, Declaration{IncidentID: in.ID, PlaceID: place, Phase: stage, StartsOn: day, Objectives: "o", Evidence: "e", Reason: reason})
			})
		}
		must := func(call op.Call, place ref.Place, stage Stage, day store.Day, reason string) Phase {
			t.Helper()
			p, err := declare(call, place, stage, day, reason)
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		must(optest.Operator(), "city", CleanupDrive, "2022-03-02", "")
		must(optest.Operator(), "city", GeneralOffensive, "2022-03-20", "")
		north := lead("north", "1.1.")
		must(north, "north", CommunityZero, "2022-04-01", "")
		back := must(north, "north", FinalPush, "2022-04-05", "社会面新增病例")
		if !back.SteppedBack || back.DeclaredByName != "lead-north" {
			t.Errorf("stepping back gives %+v", back)
		}
		if _, err := declare(north, "south", FinalPush, "2022-04-05", ""); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the north's lead declares in the south: %v", err)
		}
		if _, err := declare(north, "city", FinalPush, "2022-04-05", ""); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the north's lead declares for the city: %v", err)
		}
		wants := []struct {
			path string
			day  store.Day
			want Stage
		}{
			{"1.1.1.", "2022-03-19", CleanupDrive}, {"1.1.1.", "2022-03-20", GeneralOffensive}, {"1.1.1.", "2022-04-04", CommunityZero},
			{"1.1.", "2022-04-05", FinalPush}, {"1.2.", "2022-04-05", GeneralOffensive},
		}
		for _, w := range wants {
			got := do(t, door, View, north, func(ctx context.Context, tx *op.Tx) (Phase, error) { return s.Current(ctx, tx, in.ID, w.path, w.day) })
			if got.Phase != w.want {
				t.Errorf("%s on %s is in %s, want %s", w.path, w.day, got.Phase, w.want)
			}
		}
		_, err := op.Do(ctx, door, View, north, func(ctx context.Context, tx *op.Tx) (Phase, error) {
			return s.Current(ctx, tx, in.ID, "1.2.", "2022-03-01")
		})
		if fault.CodeOf(err) != "incident.no_phase" {
			t.Errorf("the day before the first phase gives %v", err)
		}
		start := store.Day("2022-03-03")
		_, err = op.Do(ctx, door, Amend, optest.Operator(), func(ctx context.Context, tx *op.Tx) (Incident, error) {
			return s.Update(ctx, tx, in.ID, 1, Change{StartedOn: &start})
		})
		if fault.CodeOf(err) != "incident.start_after_phase" {
			t.Errorf("moving the start behind a phase gives %v", err)
		}
	})
}
