package people_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
	"github.com/allclear/allclear/internal/registry/places"
)

// TestListsAndCountsAgree draws filters and holds lists, pages and counts against a plain
// walk over everybody.
func TestListsAndCountsAgree(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		doors := w.estate(t)
		r := rand.New(rand.NewPCG(1, 2))
		at := []places.Place{w.north, w.south, doors[0], doors[1], doors[2]}
		var all []people.Details
		for i := range 300 {
			d := people.Details{Place: at[r.IntN(len(at))].ID, Identity: people.Identity{Name: fmt.Sprintf("人%d", i), Sex: []people.Sex{people.Male, people.Female, people.UnknownSex}[r.IntN(3)]},
				Category: people.Categories[r.IntN(4)]}
			if r.IntN(5) > 0 {
				d.BirthOn = store.Day("1930-01-01").Add(r.IntN(92 * 365))
			}
			if r.IntN(2) > 0 {
				d.Phone = fmt.Sprintf("1390000%04d", i)
			}
			if r.IntN(3) == 0 {
				d.Relation = people.Relations[r.IntN(len(people.Relations))]
			}
			if r.IntN(3) == 0 {
				d.Care = []people.Care{{Need: people.AllNeeds[r.IntN(len(people.AllNeeds))]}}
			}
			all = append(all, d)
		}
		var made []people.Person
		optest.Run(t, w.door, func(ctx context.Context, tx *op.Tx) (err error) {
			made, err = w.Add(ctx, tx, all)
			return err
		})
		optest.Run(t, w.door, func(ctx context.Context, tx *op.Tx) error {
			_, err := w.Admit(ctx, tx, []people.Details{{Place: w.north.ID, Identity: people.Identity{Name: "病例"}}})
			return err
		})
		south := access.Grant{Role: "community_lead", PlacePath: w.south.Path}
		for n := range 60 {
			f, scope := drawFilter(r, at), ""
			call := optest.Operator()
			if n%4 == 0 {
				call, scope = optest.As("li", south), w.south.Path
			}
			var want []string
			for _, p := range made {
				if fits(p, f) && strings.HasPrefix(p.PlacePath, scope) {
					want = append(want, string(p.ID))
				}
			}
			got, total := w.leaf(t, call, f)
			if int(total) != len(want) || len(got) != len(want) {
				t.Errorf("%+v: %d rows, total %d, want %d", f, len(got), total, len(want))
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%+v: other people than a plain walk finds", f)
			}
		}
	})
}

func drawFilter(r *rand.Rand, at []places.Place) people.Filter {
	f := people.Filter{Limit: 1 + r.IntN(40), Sort: []string{"", "place", "-updated", "age", "-age"}[r.IntN(5)]}
	maybe := func(set func()) {
		if r.IntN(4) == 0 {
			set()
		}
	}
	maybe(func() { f.PlacePath = at[r.IntN(len(at))].Path })
	maybe(func() { f.Categories = people.Categories[:1+r.IntN(3)] })
	maybe(func() { f.Sex = people.Female })
	maybe(func() { n := r.IntN(60); f.AgeFrom = &n })
	maybe(func() { n := 30 + r.IntN(60); f.AgeTo = &n })
	maybe(func() { f.Care = people.AllNeeds[:1+r.IntN(8)] })
	maybe(func() { f.Relation = people.Relations[r.IntN(3)] })
	maybe(func() { f.WithoutGuardian = true })
	maybe(func() { f.WithoutPhone = true })
	maybe(func() { f.WithoutHome = true })
	maybe(func() { f.UpdatedSince = store.At(optest.Now) })
	return f
}

// fits says in plain words what a filter lets through.
func fits(p people.Person, f people.Filter) bool {
	today := store.Day(optest.Now.Format("2006-01-02"))
	age, known := people.Age(p.BirthOn, today)
	switch {
	case !strings.HasPrefix(p.PlacePath, f.PlacePath), len(f.Categories) > 0 && !slices.Contains(f.Categories, p.Category), f.Sex != "" && p.Sex != f.Sex,
		f.Relation != "" && p.Relation != f.Relation, f.AgeFrom != nil && !(known && age >= *f.AgeFrom), f.AgeTo != nil && !(known && age <= *f.AgeTo),
		f.WithoutGuardian && !people.Minor(p.BirthOn, today), f.WithoutPhone && p.Phone != "", f.WithoutHome && p.AtDoor:
		return false
	}
	return len(f.Care) == 0 || slices.ContainsFunc(f.Care, p.Needs.Has)
}

// leaf goes through all pages and returns the ids in order.
func (w world) leaf(t *testing.T, call op.Call, f people.Filter) (got []string, total int64) {
	t.Helper()
	seen := map[ref.Person]bool{}
	for {
		page, err := op.Do(context.Background(), w.door, people.Listing, call, func(ctx context.Context, tx *op.Tx) (people.Page, error) { return w.List(ctx, tx, f) })
		if err != nil {
			t.Fatalf("%+v: %v", f, err)
		}
		total = page.Total
		for _, r := range page.Items {
			if seen[r.ID] {
				t.Errorf("%+v: %s stands on two pages", f, r.ID)
			}
			seen[r.ID] = true
			got = append(got, string(r.ID))
			if strings.HasPrefix(r.NameMasked, "人") && strings.ContainsAny(r.NameMasked, "0123456789") || r.PlaceTrail == "" {
				t.Errorf("a row shows %q at %q", r.NameMasked, r.PlaceTrail)
			}
		}
		if f.Cursor = page.Next; f.Cursor == "" {
			return got, total
		}
	}
}

func TestAges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		birth, on store.Day
		age       int
		known     bool
	}{
		{"2004-02-29", "2022-02-28", 17, true}, {"2004-02-29", "2022-03-01", 18, true}, {"2004-04-08", "2022-04-08", 18, true}, {"2004-04-09", "2022-04-08", 17, true},
		{"", "2022-04-08", 0, false}, {"2023-01-01", "2022-04-08", 0, false}, {"1900-12-31", "2022-04-08", 121, true},
	} {
		if age, known := people.Age(c.birth, c.on); age != c.age || known != c.known {
			t.Errorf("born %s, on %s: %d %v, want %d %v", c.birth, c.on, age, known, c.age, c.known)
		}
	}
}

func TestFilesAndHomes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		doors := w.estate(t)
		d := wangfang(doors[0].ID)
		d.Contact, d.Vehicle, d.HomeSince, d.Workplace = people.Contact{Email: "fang@example.org", Note: "怕狗"}, "吉B12345", "2010-01-01", doors[2].ID
		d.Care = []people.Care{{Need: people.ChronicDisease, Since: "2020-01-01", Note: "胰岛素"}}
		p := w.create(t, d)
		lead := optest.As("li", access.Grant{Role: "community_lead", PlacePath: w.north.Path})
		lead.Reason = "入户送药核对"
		ctx := context.Background()
		plain, err := op.Do(ctx, w.door, people.Reveal, lead, func(ctx context.Context, tx *op.Tx) (people.Plain, error) {
			return w.Reveal(ctx, tx, p.ID, []string{"phone", "care_notes"})
		})
		if err != nil || plain.Phone != "+86 138-0013-8000" || plain.Name != "" || plain.CareNotes[people.ChronicDisease] != "胰岛素" {
			t.Errorf("reveal: %v", err)
		}
		hasty := lead
		hasty.Reason = "看看"
		if _, err := op.Do(ctx, w.door, people.Reveal, hasty, func(ctx context.Context, tx *op.Tx) (people.Plain, error) { return w.Reveal(ctx, tx, p.ID, nil) }); fault.CodeOf(err) != "people.reason_needed" {
			t.Errorf("without a reason: %v", err)
		}
		moved, err := op.Do(ctx, w.door, people.UpdatePerson, lead, func(ctx context.Context, tx *op.Tx) (people.Person, error) {
			return w.Update(ctx, tx, p.ID, 1, func(d *people.Details) { d.Place, d.MoveReason, d.HomeSince = doors[1].ID, "换房", "2022-04-01" })
		})
		if err != nil || moved.PlaceID != doors[1].ID || moved.HomeSince != "2022-04-01" {
			t.Fatalf("move: %v", err)
		}
		f, err := op.Do(ctx, w.door, people.ViewPerson, lead, func(ctx context.Context, tx *op.Tx) (people.File, error) { return w.Open(ctx, tx, p.ID) })
		if err != nil || len(f.Homes) != 1 || f.Homes[0].From != "2010-01-01" || f.Homes[0].To != "2022-04-01" || f.Homes[0].Reason != "换房" || !strings.HasSuffix(f.Homes[0].Trail, "101") ||
			len(f.Care) != 1 || !f.Care[0].HasNote || f.Workplace == nil || f.Workplace.Name != "201" || f.Household.PlaceID != doors[1].ID {
			t.Errorf("file: %+v %v", f, err)
		}
		shown := fmt.Sprintf("%+v", f)
		for _, secret := range []string{"芳", "0013", "建设路", "fang@", "怕狗", "12345", "胰岛素"} {
			if strings.Contains(shown, secret) {
				t.Errorf("the file shows %q", secret)
			}
		}
		events, err := op.Do(ctx, w.door, people.ViewPerson, lead, func(ctx context.Context, tx *op.Tx) ([]people.Moment, error) { return w.Chronology(ctx, tx, p.ID) })
		if err != nil || len(events) != 5 {
			t.Errorf("chronology: %d %v", len(events), err)
		}
		optest.See(t, w.door, func(ctx context.Context, tx *op.Tx) error {
			var n int
			if err := tx.QueryRow(ctx, `SELECT count(*) FROM audit_entries WHERE operation = 'people.person.reveal' AND reason = '入户送药核对' AND changes LIKE '%care_notes%'`).Scan(&n); err != nil || n != 1 {
				t.Errorf("the trail of the reveal: %d %v", n, err)
			}
			if err := tx.QueryRow(ctx, `SELECT count(*) FROM audit_entries WHERE changes LIKE '%胰岛素%' OR changes LIKE '%8000%' OR changes LIKE '%怕狗%' OR changes LIKE '%芳%'`).Scan(&n); err != nil || n != 0 {
				t.Errorf("the trail tells: %d %v", n, err)
			}
			return nil
		})
	})
}

func TestHouseholds(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		doors := w.estate(t)
		old := w.create(t, people.Details{Place: doors[0].ID, Identity: people.Identity{Name: "老人"}, BirthOn: "1940-01-01", Care: []people.Care{{Need: people.LivesAloneElderly}}})
		away := w.create(t, people.Details{Place: doors[1].ID, Identity: people.Identity{Name: "邻居"}, BirthOn: "2015-01-01"})
		lead := optest.As("li", access.Grant{Role: "community_lead", PlacePath: w.north.Path})
		ctx := context.Background()
		list := func(call op.Call, cursor string) people.HouseholdPage {
			t.Helper()
			page, err := op.Do(ctx, w.door, people.ListHouseholds, call, func(ctx context.Context, tx *op.Tx) (people.HouseholdPage, error) {
				return w.Households(ctx, tx, "", cursor, 2)
			})
			if err != nil {
				t.Fatal(err)
			}
			return page
		}
		first := list(lead, "")
		if first.Total != 3 || len(first.Items) != 2 || first.Items[0].Size != 1 || first.Items[0].Elderly != 1 || first.Items[1].Minors != 1 || len(first.Items[0].Care) != 1 {
			t.Errorf("first page: %+v", first)
		}
		if second := list(lead, first.Next); len(second.Items) != 1 || second.Items[0].Size != 0 || second.Next != "" {
			t.Errorf("second page: %+v", second)
		}
		if none := list(optest.As("li", access.Grant{Role: "community_lead", PlacePath: w.south.Path}), ""); none.Total != 0 {
			t.Errorf("outside: %+v", none)
		}
		change := func(version int64, c people.HouseholdChange) error {
			_, err := op.Do(ctx, w.door, people.UpdateHousehold, lead, func(ctx context.Context, tx *op.Tx) (people.Household, error) {
				return w.ChangeHousehold(ctx, tx, doors[0].ID, version, c)
			})
			return err
		}
		if err := change(0, people.HouseholdChange{Number: ptr("H-1"), HeadID: ptr(old.ID)}); err != nil {
			t.Fatal(err)
		}
		if err := change(0, people.HouseholdChange{Note: ptr("x")}); fault.CodeOf(err) != "conflict.stale" {
			t.Errorf("old version: %v", err)
		}
		if err := change(1, people.HouseholdChange{HeadID: ptr(away.ID)}); fault.CodeOf(err) != "people.household_invalid" {
			t.Errorf("a head who lives elsewhere: %v", err)
		}
		if err := change(1, people.HouseholdChange{Kind: ptr(people.Collective), Note: ptr("钥匙在门卫")}); err != nil {
			t.Error(err)
		}
		f, err := op.Do(ctx, w.door, people.ViewHousehold, lead, func(ctx context.Context, tx *op.Tx) (people.HouseholdFile, error) {
			return w.OpenHousehold(ctx, tx, doors[0].ID)
		})
		if err != nil || f.Kind != people.Collective || f.HeadID != old.ID || f.Version != 2 || f.NoteMasked != "***" || len(f.Members) != 1 {
			t.Errorf("household: %+v %v", f, err)
		}
		_, err = op.Do(ctx, w.door, people.ViewHousehold, lead, func(ctx context.Context, tx *op.Tx) (people.HouseholdFile, error) {
			return w.OpenHousehold(ctx, tx, w.north.ID)
		})
		if fault.CodeOf(err) != "people.no_household" {
			t.Errorf("no door: %v", err)
		}
	})
}
