package lab

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
)

var ctx = context.Background()

func TestCheck(t *testing.T) {
	t.Parallel()
	good := Round{Number: 1, OpenedOn: "2022-04-01", ClosedOn: "2022-04-02", Due: 100, Sampled: 99, Resulted: 99, CommunityPositives: 3}
	with := func(f func(*Round)) Round { r := good; f(&r); return r }
	tests := []struct {
		round Round
		want  string
	}{
		{good, "[]"},
		{with(func(r *Round) { r.ClosedOn = "" }), "[]"},
		{with(func(r *Round) { r.Number = 0 }), "[{number out_of_range}]"},
		{with(func(r *Round) { r.Sampled = 101 }), "[{sampled more_than_due}]"},
		{with(func(r *Round) { r.Resulted = 100 }), "[{resulted more_than_sampled}]"},
		{with(func(r *Round) { r.CommunityPositives = 100 }), "[{community_positives more_than_resulted}]"},
		{with(func(r *Round) { r.Due = -1; r.Sampled = -1; r.Resulted = -1; r.CommunityPositives = -1 }),
			"[{due out_of_range} {sampled out_of_range} {resulted out_of_range} {community_positives out_of_range}]"},
		{with(func(r *Round) { r.ClosedOn = "2022-03-31" }), "[{closed_on before_opening}]"},
		{with(func(r *Round) { r.OpenedOn = "" }), "[{opened_on not_a_day}]"},
		{with(func(r *Round) { r.ClosedOn = "2022-04-10" }), "[{closed_on in_future}]"},
	}
	for _, tt := range tests {
		got := []fault.Field{}
		var f *fault.Error
		if errors.As(tt.round.check("2022-04-09"), &f) {
			got = f.Fields
		}
		if fmt.Sprint(got) != tt.want {
			t.Errorf("%+v: %v, want %s", tt.round, got, tt.want)
		}
	}
}

func setup(t *testing.T, db *store.DB) (*op.Door, *Service) {
	t.Helper()
	door := optest.Door(t, db)
	optest.Run(t, door, func(ctx context.Context, tx *op.Tx) error {
		_, err := places.Add(ctx, tx, []places.New{
			{ID: "city", Level: places.City, Name: "松川市"}, {ID: "north", Parent: "city", Level: places.District, Name: "江北区"},
			{ID: "south", Parent: "city", Level: places.District, Name: "江南区"}, {ID: "other", Level: places.City, Name: "别市"},
		})
		if err != nil {
			return err
		}
		const q = `INSERT INTO incidents (id, name, name_en, place_id, place_path, pack, overlays, rules, time_zone, started_on, status, version, created_at)
			VALUES ('i', 'x', 'x', 'city', '1.', 'p', '[]', '', 'Asia/Shanghai', '2022-03-02', 'active', 1, 1)`
		_, err = tx.Technical().Exec(ctx, q)
		return err
	})
	return door, NewService(func(_ context.Context, _ *op.Tx, id ref.Incident) (Frame, error) {
		if id != "i" {
			return Frame{}, fault.NotFoundf("incident.not_found", "there is no such incident")
		}
		return Frame{ID: "i", PlaceID: "city", PlacePath: "1.", Zone: time.UTC}, nil
	})
}

func TestRecordAndList(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		door, s := setup(t, db)
		record := func(r Round) (Round, error) {
			r.IncidentID = "i"
			return op.Do(ctx, door, Report, optest.Operator(), func(ctx context.Context, tx *op.Tx) (Round, error) { return s.Record(ctx, tx, r) })
		}
		open := Round{PlaceID: "north", Number: 1, OpenedOn: "2022-04-01", Due: 100, Sampled: 40}
		first, err := record(open)
		if err != nil || first.Version != 1 || first.ID == "" || first.PlacePath != "1.1." {
			t.Fatalf("recorded %+v, %v", first, err)
		}
		closed := open
		closed.Sampled, closed.Resulted, closed.CommunityPositives, closed.ClosedOn = 99, 99, 1, "2022-04-02"
		second, err := record(closed)
		if err != nil || second.ID != first.ID || second.Version != 2 || second.ClosedOn != "2022-04-02" {
			t.Errorf("recorded over it: %+v, %v", second, err)
		}
		if again, err := record(closed); err != nil || again.Version != 2 {
			t.Errorf("the same again: %+v, %v", again, err)
		}
		closed.Version = 1
		if _, err := record(closed); !errors.Is(err, store.ErrStale) {
			t.Errorf("an old version: %v", err)
		}
		if _, err := record(Round{PlaceID: "other", Number: 1, OpenedOn: "2022-04-01"}); fault.CodeOf(err) != "lab.place_outside" {
			t.Errorf("a place of another city: %v", err)
		}
		_, err = op.Do(ctx, door, Report, optest.Operator(), func(ctx context.Context, tx *op.Tx) ([]Round, error) {
			return s.Add(ctx, tx, []Round{{IncidentID: "i", PlaceID: "south", Number: 1, OpenedOn: "2022-04-01", Due: 5}, {IncidentID: "i", PlaceID: "south", Number: 2, OpenedOn: "2022-04-03", Due: 5}})
		})
		if err != nil {
			t.Fatal(err)
		}
		list := func(by op.Call, path string) string {
			items, err := op.Do(ctx, door, View, by, func(ctx context.Context, tx *op.Tx) ([]Item, error) {
				return s.List(ctx, tx, Filter{IncidentID: "i", PlacePath: path})
			})
			if err != nil {
				t.Fatal(err)
			}
			out := ""
			for _, i := range items {
				out += fmt.Sprint(i.PlaceName, i.Number, "/", i.Sampled, " ")
			}
			return out
		}
		north := optest.As("lab", access.Grant{Role: "lab", PlaceID: "north", PlacePath: "1.1."})
		for got, want := range map[string]string{
			list(optest.Operator(), ""): "江北区1/99 江南区1/0 江南区2/0 ", list(optest.Operator(), "1.2."): "江南区1/0 江南区2/0 ", list(north, ""): "江北区1/99 ",
		} {
			if got != want {
				t.Errorf("list: %q, want %q", got, want)
			}
		}
		_, err = op.Do(ctx, door, Report, north, func(ctx context.Context, tx *op.Tx) (Round, error) {
			return s.Record(ctx, tx, Round{IncidentID: "i", PlaceID: "south", Number: 3, OpenedOn: "2022-04-01"})
		})
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("the north's laboratory records in the south: %v", err)
		}
	})
}
