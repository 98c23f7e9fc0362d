package workflow_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/allclear/allclear/internal/app"
	"github.com/allclear/allclear/internal/app/apptest"
	"github.com/allclear/allclear/internal/control/cases"
	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
	"github.com/allclear/allclear/internal/registry/places"
	"github.com/allclear/allclear/internal/workflow"
)

// village is a compound with three doors, an incident and the stories.
type village struct {
	a        *app.App
	flow     workflow.Workflow
	incident ref.Incident
	doors    []places.Place
	names    int
}

var byOperator = op.Call{Principal: access.Operator("test")}

func newVillage(t *testing.T, a *app.App) *village {
	t.Helper()
	i, err := a.CreateIncident(t.Context(), app.NewIncident{Name: "合并", Pack: "cn-covid-8th", TimeZone: "UTC", StartedOn: "2022-03-01"})
	if err != nil {
		t.Fatal(err)
	}
	w := &village{a: a, flow: workflow.Workflow{Incidents: a.Incidents, Cases: a.Cases, People: a.People}, incident: i.ID}
	_, err = op.Do(t.Context(), a.Door, places.CreatePlace, byOperator, func(ctx context.Context, tx *op.Tx) (int, error) {
		parent := i.PlaceID
		for _, level := range []places.Level{places.District, places.Street, places.Community, places.Compound, places.Building, places.Unit} {
			p, err := places.Create(ctx, tx, places.New{Parent: parent, Level: level, Name: string(level)})
			if err != nil {
				return 0, err
			}
			parent = p.ID
		}
		for n := range 3 {
			p, err := places.Create(ctx, tx, places.New{Parent: parent, Level: places.Household, Name: fmt.Sprint(101 + n)})
			if err != nil {
				return 0, err
			}
			w.doors = append(w.doors, p)
		}
		return 0, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// do runs f as the operator in one operation.
func (w *village) do(f func(ctx context.Context, tx *op.Tx) error) error {
	_, err := op.Do(context.Background(), w.a.Door, people.DecideDuplicate, byOperator, func(ctx context.Context, tx *op.Tx) (int, error) { return 0, f(ctx, tx) })
	return err
}

func (w *village) must(t fataler, f func(ctx context.Context, tx *op.Tx) error) {
	t.Helper()
	if err := w.do(f); err != nil {
		t.Fatalf("%v", err)
	}
}

type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

func (w *village) add(t fataler, all ...people.Details) []people.Person {
	t.Helper()
	var out []people.Person
	w.must(t, func(ctx context.Context, tx *op.Tx) (err error) {
		out, err = w.a.People.Add(ctx, tx, all)
		return err
	})
	return out
}

func (w *village) load(t fataler, id ref.Person) (p people.Person) {
	t.Helper()
	w.must(t, func(ctx context.Context, tx *op.Tx) (err error) {
		p, err = w.a.People.Load(ctx, tx, id)
		return err
	})
	return p
}

func (w *village) open(t fataler, who ref.Person, number string) (c cases.Case) {
	t.Helper()
	w.must(t, func(ctx context.Context, tx *op.Tx) (err error) {
		c, err = w.a.Cases.Open(ctx, tx, cases.New{IncidentID: w.incident, Number: number, PersonID: who, PlaceID: w.doors[0].ID,
			Classification: cases.Confirmed, Facts: cases.Facts{ReportedOn: "2022-03-05"}})
		return err
	})
	return c
}

func (w *village) propose(t fataler, a, b ref.Person) (d people.Duplicate) {
	t.Helper()
	w.must(t, func(ctx context.Context, tx *op.Tx) (err error) {
		d, err = w.a.People.ProposePair(ctx, tx, a, b)
		return err
	})
	return d
}

// merge keeps the first of the two; take names the fields that come from the other.
func (w *village) merge(keep, other ref.Person, take ...string) (m people.Merge, err error) {
	err = w.do(func(ctx context.Context, tx *op.Tx) error {
		pair, err := known(ctx, tx, keep, other)
		if err != nil {
			return err
		}
		side, away := people.SideA, people.SideB
		if pair.B == keep {
			side, away = away, side
		}
		choice := map[string]people.Side{}
		for _, f := range take {
			choice[f] = away
		}
		m, err = w.flow.MergePeople(ctx, tx, people.Decision{Pair: pair.ID, Version: pair.Version, Keep: side, Take: choice})
		return err
	})
	return m, err
}

// known is the pair of two people, which stands in the queue.
func known(ctx context.Context, tx *op.Tx, x, y ref.Person) (d people.Duplicate, err error) {
	const q = `SELECT id, a_id, b_id, version FROM people_duplicates WHERE a_id = $1 AND b_id = $2`
	return d, tx.QueryRow(ctx, q, string(min(x, y)), string(max(x, y))).Scan(&d.ID, &d.A, &d.B, &d.Version)
}

func (w *village) undo(id ref.Merge) (m people.Merge, err error) {
	err = w.do(func(ctx context.Context, tx *op.Tx) error {
		m, err = w.flow.UnmergePeople(ctx, tx, id, "两个人")
		return err
	})
	return m, err
}

// state is everything that merging touches, opened, without versions and times.
func (w *village) state(t fataler) string {
	t.Helper()
	var out []string
	w.must(t, func(ctx context.Context, tx *op.Tx) error {
		ids, err := column(ctx, tx, `SELECT id FROM people ORDER BY id`)
		if err != nil {
			return err
		}
		for _, id := range ids {
			p, err := w.a.People.Load(ctx, tx, ref.Person(id))
			if err != nil {
				return err
			}
			care, err := w.a.People.CareOf(ctx, tx, []ref.Person{p.ID})
			if err != nil {
				return err
			}
			p.Version, p.UpdatedAt = 0, 0
			type plain people.Person
			out = append(out, fmt.Sprintf("%+v %+v", plain(p), care[p.ID]))
		}
		for _, q := range []string{
			`SELECT person_id || initials_key || '/' || pinyin_key FROM people_readings ORDER BY person_id, pinyin_key, initials_key`,
			`SELECT id || person_id || place_id FROM people_homes ORDER BY id`,
			`SELECT id || person_id || place_path || code FROM people_doubts ORDER BY id`,
			`SELECT place_id || COALESCE(head_id, '') FROM households ORDER BY place_id`,
			`SELECT id || person_id || number FROM cases ORDER BY id`,
			`SELECT id || a_id || b_id || state || score || decided_by || COALESCE(merge_id, '') FROM people_duplicates ORDER BY id`,
		} {
			found, err := column(ctx, tx, q)
			if err != nil {
				return err
			}
			out = append(out, found...)
		}
		return nil
	})
	return strings.Join(out, "\n")
}

func column(ctx context.Context, tx *op.Tx, q string) ([]string, error) {
	rows, err := tx.Query(ctx, q)
	return store.Collect(rows, err, func(r store.Scanner) (s string, err error) { return s, r.Scan(&s) })
}

// sound checks what must hold at every moment: nothing refers to nobody, and the figures
// count the cases.
func (w *village) sound(t fataler, infections int) {
	t.Helper()
	w.must(t, func(ctx context.Context, tx *op.Tx) error {
		for name, q := range map[string]string{
			"case":      `SELECT id FROM cases WHERE person_id NOT IN (SELECT id FROM people)`,
			"ward":      `SELECT id FROM people WHERE guardian_id IS NOT NULL AND guardian_id NOT IN (SELECT id FROM people)`,
			"own ward":  `SELECT id FROM people WHERE guardian_id = id`,
			"household": `SELECT place_id FROM households WHERE head_id IS NOT NULL AND head_id NOT IN (SELECT id FROM people)`,
			"care":      `SELECT need FROM people_care WHERE person_id NOT IN (SELECT id FROM people)`,
			"home":      `SELECT id FROM people_homes WHERE person_id NOT IN (SELECT id FROM people)`,
			"reading":   `SELECT person_id FROM people_readings WHERE person_id NOT IN (SELECT id FROM people)`,
			"pair":      `SELECT id FROM people_duplicates WHERE merge_id IS NULL AND (a_id NOT IN (SELECT id FROM people) OR b_id NOT IN (SELECT id FROM people))`,
		} {
			if orphans, err := column(ctx, tx, q); err != nil || len(orphans) > 0 {
				return fmt.Errorf("%s without a person: %v %w", name, orphans, err)
			}
		}
		return nil
	})
	s, err := w.a.SituationOf(context.Background(), app.Where{On: "2022-03-05"})
	if err != nil || s.New.Infections != infections {
		t.Fatalf("%d infections (%v), want %d", s.New.Infections, err, infections)
	}
}

func (w *village) verify(t fataler) {
	t.Helper()
	report, err := w.a.Witness.Verify(context.Background(), w.a.DB)
	if err != nil || !report.OK {
		t.Fatalf("the trail does not verify: %+v %v", report, err)
	}
}

// passport is a document number that nobody else has.
func (w *village) passport() string { w.names++; return fmt.Sprintf("E%08d", w.names) }

// TestMergingAndUndoingLeavesNoTrace is the property: whatever is merged and undone in
// whatever order, once all is undone everything is as it was, and at every moment nothing
// refers to nobody and no figure moves.
func TestMergingAndUndoingLeavesNoTrace(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, a *app.App) {
		w, infections := newVillage(t, a), 0
		rapid.Check(t, func(r *rapid.T) {
			all := w.somePeople(r, &infections)
			start := w.state(r)
			var done []ref.Merge
			alive := slices.Clone(all)
			for range rapid.IntRange(1, 8).Draw(r, "steps") {
				if len(done) > 0 && rapid.IntRange(0, 2).Draw(r, "undo") == 0 {
					i := rapid.IntRange(0, len(done)-1).Draw(r, "which")
					m, err := w.undo(done[i])
					if fault.CodeOf(err) == "people.merge_later" {
						continue
					}
					if err != nil || len(m.Kept) > 0 {
						r.Fatalf("undo: %v %v", m.Kept, err)
					}
					done, alive = slices.Delete(done, i, i+1), append(alive, m.Loser)
				} else if len(alive) > 1 {
					two := rapid.Permutation(alive).Draw(r, "two")
					m, err := w.merge(two[0], two[1], rapid.SliceOfDistinct(rapid.SampledFrom(fieldNames()), rapid.ID).Draw(r, "take")...)
					if err != nil {
						r.Fatalf("merge: %v", err)
					}
					done, alive = append(done, m.ID), slices.DeleteFunc(alive, func(p ref.Person) bool { return p == m.Loser })
				}
				w.sound(r, infections)
			}
			for len(done) > 0 { // some order is always possible: the last one first
				last := len(done) - 1
				if _, err := w.undo(done[last]); err != nil {
					r.Fatalf("undo the last merge: %v", err)
				}
				done = done[:last]
				w.sound(r, infections)
			}
			if end := w.state(r); end != start {
				r.Fatalf("not as it was:\n%s", difference(start, end))
			}
		})
		w.verify(t)
	})
}

func fieldNames() []string {
	out := make([]string, len(people.MergeFields))
	for i, f := range people.MergeFields {
		out[i] = f.Name
	}
	return out
}

func difference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	var out []string
	for _, s := range x {
		if !slices.Contains(y, s) {
			out = append(out, "- "+s)
		}
	}
	for _, s := range y {
		if !slices.Contains(x, s) {
			out = append(out, "+ "+s)
		}
	}
	return strings.Join(out, "\n")
}

// somePeople adds three to five people with guardians, care, earlier homes, headships,
// cases, and a pair of each two.
func (w *village) somePeople(r *rapid.T, infections *int) []ref.Person {
	n := rapid.IntRange(3, 5).Draw(r, "people")
	needs := []people.Need{people.Pregnant, people.Haemodialysis, people.Disabled}
	var all []people.Person
	for i := range n {
		d := people.Details{
			Identity: people.Identity{Name: rapid.SampledFrom([]string{"单雄信", "王芳", "Anna Berg", ""}).Draw(r, "name"),
				Phone: rapid.SampledFrom([]string{"", "13800138000", "13900139000"}).Draw(r, "phone"), Address: rapid.SampledFrom([]string{"", "8号"}).Draw(r, "address")},
			Place: w.doors[rapid.IntRange(0, 2).Draw(r, "door")].ID, BirthOn: rapid.SampledFrom([]store.Day{"", "1990-03-07", "1961-11-20"}).Draw(r, "birth"),
			Relation: rapid.SampledFrom([]people.Relation{"", people.Child, people.Head}).Draw(r, "relation"),
			Vehicle:  rapid.SampledFrom([]string{"", "吉A12345"}).Draw(r, "vehicle"),
			Contact:  people.Contact{Note: rapid.SampledFrom([]string{"", "听力不好"}).Draw(r, "note"), Email: rapid.SampledFrom([]string{"", "a@b.cn"}).Draw(r, "mail")},
		}
		if rapid.Bool().Draw(r, "numbered") {
			d.IDKind, d.IDNumber, d.ExternalKey = people.Passport, w.passport(), "X"+w.passport()
		}
		for _, need := range rapid.SliceOfDistinct(rapid.SampledFrom(needs), rapid.ID).Draw(r, "care") {
			d.Care = append(d.Care, people.Care{Need: need, Note: fmt.Sprint(i)})
		}
		if len(d.Care) == 0 && rapid.Bool().Draw(r, "extra") {
			d.Extra = map[string]string{"a": fmt.Sprint(i), rapid.SampledFrom([]string{"b", "c"}).Draw(r, "key"): "x"}
		}
		all = append(all, w.add(r, d)...)
	}
	out := make([]ref.Person, n)
	for i, p := range all {
		out[i] = p.ID
	}
	for i, p := range all {
		w.must(r, func(ctx context.Context, tx *op.Tx) error {
			_, err := w.a.People.Update(ctx, tx, p.ID, p.Version, func(d *people.Details) {
				if g := rapid.IntRange(-1, n-1).Draw(r, "guardian"); g > i {
					d.Guardian = out[g]
				}
				if rapid.Bool().Draw(r, "moved") {
					d.Place, d.MoveReason = w.doors[rapid.IntRange(0, 2).Draw(r, "new door")].ID, "搬家"
				}
			})
			return err
		})
		if rapid.Bool().Draw(r, "case") {
			*infections++
			w.open(r, p.ID, fmt.Sprintf("N%d", *infections))
		}
		for _, q := range out[i+1:] {
			d := w.propose(r, p.ID, q)
			if state := rapid.SampledFrom([]people.DuplicateState{people.DuplicateOpen, people.DuplicateLater}).Draw(r, "state"); state != d.State {
				w.must(r, func(ctx context.Context, tx *op.Tx) error {
					_, err := w.a.People.Decide(ctx, tx, d.ID, d.Version, state)
					return err
				})
			}
		}
	}
	w.head(r, out)
	return out
}

// head makes one of the people the head of a household, if they live there.
func (w *village) head(r *rapid.T, all []ref.Person) {
	p := w.load(r, rapid.SampledFrom(all).Draw(r, "head"))
	w.must(r, func(ctx context.Context, tx *op.Tx) error {
		h, err := w.a.People.OpenHousehold(ctx, tx, p.PlaceID)
		if err != nil {
			return err
		}
		_, err = w.a.People.ChangeHousehold(ctx, tx, p.PlaceID, h.Version, people.HouseholdChange{HeadID: &p.ID})
		return err
	})
}
