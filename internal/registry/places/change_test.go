package places_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
)

var deed = places.Deed{From: "2022-04-01", Reason: "区划调整"}

// as runs one change as a data steward of some subtrees.
func (w town) as(def *op.Def, f func(ctx context.Context, tx *op.Tx) error, paths ...string) error {
	var grants []access.Grant
	for _, p := range paths {
		grants = append(grants, access.Grant{Role: "data_steward", PlacePath: p})
	}
	_, err := op.Do(context.Background(), w.door, def, optest.As("wang", grants...), func(ctx context.Context, tx *op.Tx) (struct{}, error) {
		return struct{}{}, f(ctx, tx)
	})
	return err
}

func TestMovingConcernsBothParents(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		move := func(id, to ref.Place, d places.Deed) func(ctx context.Context, tx *op.Tx) error {
			return func(ctx context.Context, tx *op.Tx) error {
				_, _, _, err := places.Move(ctx, tx, id, 0, to, d)
				return err
			}
		}
		for _, c := range []struct {
			what  string
			want  string
			run   func(ctx context.Context, tx *op.Tx) error
			scope []string
		}{
			{"out of one's area", "places.not_found", move(w.street.ID, w.south.ID, deed), []string{w.north.Path}},
			{"into one's area", "places.not_found", move(w.street.ID, w.south.ID, deed), []string{w.south.Path}},
			{"one's own area elsewhere", "places.beyond_you", move(w.street.ID, w.south.ID, deed), []string{w.street.Path, w.south.Path}},
			{"below what is deeper", "places.not_below", move(w.street.ID, w.otherStreet.ID, deed), []string{""}},
			{"below itself", "places.below_itself", move(w.street.ID, w.street.ID, deed), []string{""}},
			{"where it is", "places.same_parent", move(w.street.ID, w.north.ID, deed), []string{""}},
			{"without a reason", "places.bad_change", move(w.street.ID, w.south.ID, places.Deed{From: "2022-04-01"}), []string{""}},
			{"from a day in the future", "places.bad_change", move(w.street.ID, w.south.ID, places.Deed{From: "2022-04-10", Reason: "区划调整"}), []string{""}},
			{"from what is no day", "places.bad_change", move(w.street.ID, w.south.ID, places.Deed{From: "2022-02-30", Reason: "区划调整"}), []string{""}},
			{"with both parents in one's area", "", move(w.street.ID, w.south.ID, deed), []string{w.north.Path, w.south.Path}},
		} {
			err := w.as(places.MovePlace, c.run, c.scope...)
			if (c.want == "") != (err == nil) || err != nil && fault.CodeOf(err) != c.want {
				t.Errorf("%s: %v, want %q", c.what, err, c.want)
			}
		}
	})
}

func TestFormerNamesStillFind(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		name, code := "春城路街道", "990101009"
		optest.Run(t, w.door, func(ctx context.Context, tx *op.Tx) error {
			if _, err := places.Rename(ctx, tx, w.street.ID, w.street.Version, places.Names{Name: &name, Code: &code}, deed); err != nil {
				return err
			}
			other, err := places.Create(ctx, tx, places.New{Parent: w.community.ID, Level: places.Compound, Name: "老阳光院"})
			if err != nil {
				return err
			}
			_, _, _, _, err = places.Merge(ctx, tx, w.compound.ID, 0, []ref.Place{other.ID}, deed)
			return err
		})
		optest.See(t, w.door, func(ctx context.Context, tx *op.Tx) error {
			for query, want := range map[string]string{
				"春城路": "春城路街道 []", "长春路街道": "春城路街道 [长春路街道]", "changchunlu": "春城路街道 [长春路街道]", "99010100": "春城路街道 []",
				"老阳光院": "阳光小区 [老阳光院]",
			} {
				page, err := places.Find(ctx, tx, places.Filter{Query: query, Limit: 1})
				if err != nil || len(page.Items) != 1 {
					t.Errorf("%q: %v %v", query, page.Items, err)
					continue
				}
				former := []string{}
				if f := page.Former[page.Items[0].ID]; f != "" {
					former = append(former, f)
				}
				if got := fmt.Sprint(page.Items[0].Name, " ", former); got != want {
					t.Errorf("%q found %s, want %s", query, got, want)
				}
			}
			// What is no longer there is only found by who asks for it, and leads on.
			page, err := places.Find(ctx, tx, places.Filter{Query: "老阳光院", Retired: true})
			if err != nil || len(page.Items) != 2 || page.Items[1].SuccessorID != w.compound.ID {
				t.Errorf("with what is retired: %v %v", page.Items, err)
			}
			return nil
		})
	})
}

func TestSearchWalksDown(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		optest.Run(t, w.door, func(ctx context.Context, tx *op.Tx) error {
			unit, door := ref.Place("01a20adf-0000-7000-8000-000000000001"), ref.Place("01a20adf-0000-7000-8000-000000000002")
			_, err := places.Add(ctx, tx, []places.New{
				{ID: unit, Parent: w.building.ID, Level: places.Unit, Name: "2单元"}, {ID: door, Parent: unit, Level: places.Household, Name: "501室"},
				{Parent: w.south.ID, Level: places.Compound, Name: "月光小区"},
			})
			return err
		})
		optest.See(t, w.door, func(ctx context.Context, tx *op.Tx) error {
			for query, want := range map[string]string{
				"江北 阳光小区 8号楼": "[8号楼]", "阳光小区8号楼": "[8号楼]", "阳光小区8号楼2单元501": "[501室]", "yangguang 8号楼 2单元": "[2单元]",
				"江北/阳光小区": "[阳光小区]", "单山 阳光小区": "[]", "月光小区8号楼": "[]", "501室": "[]",
			} {
				found, err := places.Search(ctx, tx, query, places.SearchOptions{})
				names := []string{}
				for _, p := range found {
					names = append(names, p.Name)
				}
				if err != nil || fmt.Sprint(names) != want {
					t.Errorf("%q found %v (%v), want %s", query, names, err, want)
				}
			}
			in, err := places.Search(ctx, tx, "501", places.SearchOptions{Under: w.building.Path})
			if err != nil || len(in) != 1 || in[0].Name != "501室" {
				t.Errorf("a door below a building: %v %v", in, err)
			}
			return nil
		})
	})
}
