package workflow_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
	"github.com/allclear/allclear/internal/workflow"
)

// columnsOf reads the schema: table → column → whether it may be NULL.
func columnsOf(ctx context.Context, tx *store.Tx) (map[string]map[string]bool, error) {
	q := `SELECT m.name, c.name, c."notnull" = 0 FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'`
	if tx.Dialect() == store.Postgres {
		q = `SELECT table_name, column_name, is_nullable = 'YES' FROM information_schema.columns WHERE table_schema = 'public'`
	}
	out := map[string]map[string]bool{}
	rows, err := tx.Query(ctx, q)
	_, err = store.Collect(rows, err, func(r store.Scanner) (struct{}, error) {
		var table, column string
		var nullable bool
		err := r.Scan(&table, &column, &nullable)
		if out[table] == nil {
			out[table] = map[string]bool{}
		}
		out[table][column] = nullable
		return struct{}{}, err
	})
	return out, err
}

// stays lists the columns that don't follow a place, each with the reason.
var stays = map[string]string{
	"audit_entries.place_path":     "the trail stays as it was written",
	"place_changes.place_path":     "where the place was when it was changed",
	"place_changes.place_id":       "ids never change",
	"place_change_places.place_id": "ids never change",
	"place_history.place_id":       "ids never change",
	"place_history.path":           "the path of before",
	"place_terms.place_id":         "what a place is found by belongs to it",
	"place_counts.place_id":        "sums belong to the place and are kept by the package places",
	"import_jobs.place_id":         "below which place a file was imported then",
	"incident_phases.place_id":     "a phase was declared for the place as it was",
	"user_grants.place_id":         "a merge is refused while roles are held",
	"map_elements.place_id":        "which place an element of the map became; the successor is found through it",
	"place_doubts.place_id":        "doubts about the place that was",
	"saved_views.place_id":         "a view of a place that ended shows nothing",
	"people_sweeps.place_id":       "where duplicates were looked for then",
	"import_files.path":            "a path in the file system",
	"address_matches.within_id":    "within which place was looked then",
}

// TestEverythingThatCarriesAPlaceFollowsIt walks the schema: each column that holds the
// path of a place is rewritten by some Repath, and each that holds its id is handed over
// in a merge, or stands above with a reason.
func TestEverythingThatCarriesAPlaceFollowsIt(t *testing.T) {
	t.Parallel()
	texts := sourceTexts(t)
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var schema map[string]map[string]bool
		err := db.Read(context.Background(), func(tx *store.Tx) (err error) {
			schema, err = columnsOf(context.Background(), tx)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		paths, identifiers := 0, 0
		for table, columns := range schema {
			for c := range columns {
				key := table + "." + c
				switch {
				case stays[key] != "":
				case c == "path" || strings.HasSuffix(c, "_path"):
					paths++
					if !followed(texts, table, c) {
						t.Errorf("no Repath rewrites %s", key)
					}
				case c == "place_id" || c == "workplace_id" || strings.HasSuffix(c, "_place_id"):
					identifiers++
					if !handedOver(texts, table, c) {
						t.Errorf("no Reassign hands over %s", key)
					}
				}
			}
		}
		if paths < 15 || identifiers < 8 {
			t.Errorf("looked at %d paths and %d ids only: the walk is broken", paths, identifiers)
		}
		if followed(texts, "audit_entries", "place_path") || handedOver(texts, "import_jobs", "place_id") {
			t.Error("the test finds what is not there")
		}
	})
}

// sourceTexts are the program's own files that hold SQL.
func sourceTexts(t *testing.T) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir("..", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if strings.Contains(string(text), "func Repath") || strings.Contains(string(text), "func repath") || strings.Contains(string(text), "func RepathBulks") {
			out = append(out, string(text))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func followed(texts []string, table, column string) bool {
	form := regexp.MustCompile(`UPDATE ` + table + ` SET ` + column + ` = \$\d \|\| substr\(` + column + `, `)
	return slices.ContainsFunc(texts, form.MatchString)
}

func handedOver(texts []string, table, column string) bool {
	form := regexp.MustCompile(`UPDATE ` + table + ` SET (\w+ = \$\d, )*` + column + ` = \$\d`)
	return slices.ContainsFunc(texts, form.MatchString)
}

// fill inserts a row, with something harmless in the columns that are not named.
func fill(ctx context.Context, tx *op.Tx, table string, values map[string]any) error {
	schema, err := columnsOf(ctx, tx.Tx)
	if err != nil {
		return err
	}
	names, row := []string{}, []any{}
	for c, nullable := range schema[table] {
		v, given := values[c]
		switch {
		case given:
		case nullable:
			continue
		default:
			v = harmless(c)
		}
		names, row = append(names, c), append(row, v)
	}
	_, err = tx.Insert(ctx, table, names, [][]any{row})
	return err
}

func harmless(column string) any {
	switch {
	case column == "registered":
		return true
	case slices.Contains([]string{"version", "traits", "created_at", "updated_at", "name_hash", "phone_hash", "vehicle_hash"}, column), strings.HasSuffix(column, "_key") && column != "external_key":
		return int64(0)
	}
	return ""
}

// model is the city as it should be.
type model struct {
	now     map[ref.Place]spot
	people  map[ref.Person]ref.Place
	cases   map[string]ref.Place
	history []moment // the states on earlier days, each until the change after it
	order   []ref.Place
	ever    map[ref.Place]bool // made by a split that was undone: what it was before is not asked
}

type spot struct {
	name    string
	parent  ref.Place
	level   places.Level
	retired bool
}

type moment struct {
	change string
	on     store.Day // the first day on which the state no longer held
	was    map[ref.Place]spot
	people map[ref.Person]ref.Place
	cases  map[string]ref.Place
}

func clone[K comparable, V any](m map[K]V) map[K]V {
	out := make(map[K]V, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}

// town runs random changes against the database and the model.
type town struct {
	t    *rapid.T
	door *op.Door
	w    *workflow.Workflow
	m    *model
	inc  string
	day  store.Day
	n    int
}

func TestPropertyTreeKeepsItsBooks(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		door := optest.Door(t, db)
		rapid.Check(t, func(r *rapid.T) {
			w := &town{t: r, door: door, w: &workflow.Workflow{}, day: "2022-03-01"}
			w.build()
			w.check()
			for range rapid.IntRange(1, 12).Draw(r, "changes") {
				w.step()
				w.check()
			}
		})
	})
}

func (w *town) run(f func(ctx context.Context, tx *op.Tx) error) error {
	return optest.Try(w.door, f)
}

func (w *town) must(err error) {
	if err != nil {
		w.t.Fatalf("%v", err)
	}
}

// build makes a city of two districts, four communities, eight estates with two buildings
// each, and puts people and cases into it.
func (w *town) build() {
	w.m = &model{now: map[ref.Place]spot{}, people: map[ref.Person]ref.Place{}, cases: map[string]ref.Place{}, ever: map[ref.Place]bool{}}
	var all []places.New
	add := func(parent ref.Place, l places.Level, name string) ref.Place {
		id := ref.Place(ids.New())
		all = append(all, places.New{ID: id, Parent: parent, Level: l, Name: name})
		w.m.now[id] = spot{name, parent, l, false}
		w.m.order = append(w.m.order, id)
		return id
	}
	city := add("", places.City, "城")
	for d := range 2 {
		district := add(city, places.District, fmt.Sprintf("%d区", d))
		for c := range 2 {
			community := add(district, places.Community, fmt.Sprintf("%d社区", c))
			for e := range 2 {
				estate := add(community, places.Compound, fmt.Sprintf("%d苑", e))
				for b := range 2 {
					add(estate, places.Building, fmt.Sprintf("%d号楼", b))
				}
			}
		}
	}
	w.inc = ids.New()
	w.must(w.run(func(ctx context.Context, tx *op.Tx) error {
		paths, err := places.Plant(ctx, tx, all)
		if err != nil {
			return err
		}
		err = fill(ctx, tx, "incidents", map[string]any{"id": w.inc, "place_id": string(city), "place_path": paths[0], "started_on": "2022-03-01",
			"status": "active", "overlays": "[]", "time_zone": "UTC", "created_at": int64(0), "version": int64(1)})
		if err != nil {
			return err
		}
		for i := range rapid.IntRange(0, 12).Draw(w.t, "people") {
			at := rapid.IntRange(1, len(all)-1).Draw(w.t, "home")
			if err := w.person(ctx, tx, all[at].ID, paths[at], i%2 == 0); err != nil {
				return err
			}
		}
		return nil
	}))
}

func (w *town) person(ctx context.Context, tx *op.Tx, at ref.Place, path string, ill bool) error {
	id := ids.New()
	w.m.people[ref.Person(id)] = at
	err := fill(ctx, tx, "people", map[string]any{"id": id, "place_id": string(at), "place_path": path, "category": "resident", "sex": "female"})
	if err != nil || !ill {
		return err
	}
	number := ids.New()
	w.m.cases[number] = at
	return fill(ctx, tx, "cases", map[string]any{"id": number, "incident_id": w.inc, "number": number, "person_id": id, "place_id": string(at), "place_path": path,
		"classification": "confirmed", "counted_as": "confirmed", "counted_on": "2022-03-05", "report_day": "2022-03-05", "origin": "local", "severity": "mild",
		"sex": "female", "outcome": "under_care", "detection_route": "clinic", "zone_class": "none"})
}

// pick draws a place in use of one of the levels.
func (w *town) pick(what string, levels ...places.Level) (ref.Place, bool) {
	var all []ref.Place
	for _, id := range w.m.order {
		if s := w.m.now[id]; !s.retired && slices.Contains(levels, s.level) {
			all = append(all, id)
		}
	}
	if len(all) == 0 {
		return "", false
	}
	return rapid.SampledFrom(all).Draw(w.t, what), true
}

func (w *town) step() {
	if rapid.Bool().Draw(w.t, "a day later") {
		w.day = w.day.Add(1)
	}
	w.n++
	switch rapid.SampledFrom([]string{"rename", "move", "move", "split", "merge", "retire", "reopen", "undo", "undo"}).Draw(w.t, "what") {
	case "rename":
		w.rename()
	case "move":
		w.move()
	case "split":
		w.split()
	case "merge":
		w.merge()
	case "retire":
		w.retire()
	case "reopen":
		w.reopen()
	case "undo":
		w.undo()
	}
}

func (w *town) deed() places.Deed { return places.Deed{From: w.day, Reason: "property"} }

// change runs one change. When it is refused, it must be for one of the codes, and the
// model stays as it is; otherwise apply brings the model up to date.
func (w *town) change(f func(ctx context.Context, tx *op.Tx) error, apply func(), refusals ...string) {
	before := moment{on: w.day, was: clone(w.m.now), people: clone(w.m.people), cases: clone(w.m.cases)}
	err := w.run(func(ctx context.Context, tx *op.Tx) error {
		if err := f(ctx, tx); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `SELECT id FROM place_changes ORDER BY id DESC LIMIT 1`).Scan(&before.change)
	})
	if err != nil {
		if !slices.Contains(refusals, fault.CodeOf(err)) {
			w.t.Fatalf("refused: %v", err)
		}
		return
	}
	apply()
	w.m.history = append(w.m.history, before)
}

func (w *town) rename() {
	id, _ := w.pick("whom", places.District, places.Community, places.Compound, places.Building)
	name := fmt.Sprintf("新%d", w.n)
	w.change(func(ctx context.Context, tx *op.Tx) error {
		_, err := places.Rename(ctx, tx, id, 0, places.Names{Name: &name}, w.deed())
		return err
	}, func() { w.set(id, func(s *spot) { s.name = name }) })
}

func (w *town) set(id ref.Place, f func(*spot)) {
	s := w.m.now[id]
	f(&s)
	w.m.now[id] = s
}

func (w *town) move() {
	id, ok := w.pick("whom", places.Community, places.Compound, places.Building)
	if !ok {
		return
	}
	to, _ := w.pick("where to", places.District, places.Community, places.Compound)
	w.change(func(ctx context.Context, tx *op.Tx) error {
		_, err := w.w.MovePlace(ctx, tx, id, 0, to, w.deed())
		return err
	}, func() { w.set(id, func(s *spot) { s.parent = to }) }, "places.same_parent", "places.not_below", "places.below_itself")
}

func (w *town) children(id ref.Place) []ref.Place {
	var out []ref.Place
	for _, c := range w.m.order {
		if w.m.now[c].parent == id {
			out = append(out, c)
		}
	}
	return out
}

func (w *town) split() {
	id, ok := w.pick("whom", places.Community, places.Compound)
	if !ok {
		return
	}
	children := w.children(id)
	go1 := children[:rapid.IntRange(0, len(children)).Draw(w.t, "children that go")]
	var who []ref.Person
	for p, at := range w.m.people {
		if at == id {
			who = append(who, p)
		}
	}
	slices.Sort(who)
	who = who[:rapid.IntRange(0, len(who)).Draw(w.t, "people that go")]
	name := fmt.Sprintf("分%d", w.n)
	var part ref.Place
	w.change(func(ctx context.Context, tx *op.Tx) error {
		s, err := w.w.SplitPlace(ctx, tx, id, 0, nil, []workflow.Part{{Part: places.Part{Name: name, Children: go1}, People: who}}, w.deed())
		if err == nil {
			part = s.Parts[0].ID
		}
		return err
	}, func() {
		s := w.m.now[id]
		w.m.now[part] = spot{name, s.parent, s.level, false}
		w.m.order = append(w.m.order, part)
		for _, c := range go1 {
			w.set(c, func(s *spot) { s.parent = part })
		}
		for _, p := range who {
			w.m.people[p] = part
		}
		w.casesFollow(id, part, who)
	})
}

// casesFollow: a person's case was recorded where the person lived at first.
func (w *town) casesFollow(from, to ref.Place, who []ref.Person) {
	for number, at := range w.m.cases {
		if at == from && slices.Contains(who, w.personOf(number)) {
			w.m.cases[number] = to
		}
	}
}

func (w *town) personOf(number string) (id ref.Person) {
	w.must(w.door.DB.Read(context.Background(), func(tx *store.Tx) error {
		return tx.QueryRow(context.Background(), `SELECT person_id FROM cases WHERE id = $1`, number).Scan(&id)
	}))
	return id
}

func (w *town) merge() {
	id, ok := w.pick("into", places.Community, places.Compound, places.Building)
	if !ok {
		return
	}
	other, _ := w.pick("which", w.m.now[id].level)
	w.change(func(ctx context.Context, tx *op.Tx) error {
		_, err := w.w.MergePlaces(ctx, tx, id, 0, []ref.Place{other}, w.deed())
		return err
	}, func() {
		for _, c := range w.children(other) {
			w.set(c, func(s *spot) { s.parent = id })
		}
		w.set(other, func(s *spot) { s.retired = true })
		for p, at := range w.m.people {
			if at == other {
				w.m.people[p] = id
			}
		}
		for c, at := range w.m.cases {
			if at == other {
				w.m.cases[c] = id
			}
		}
	}, "places.merged_twice")
}

func (w *town) under(id, top ref.Place) bool {
	for ; id != ""; id = w.m.now[id].parent {
		if id == top {
			return true
		}
	}
	return false
}

func (w *town) retire() {
	id, ok := w.pick("whom", places.Compound, places.Building)
	if !ok {
		return
	}
	w.change(func(ctx context.Context, tx *op.Tx) error {
		_, err := w.w.RetirePlace(ctx, tx, id, 0, w.deed())
		return err
	}, func() {
		for _, c := range w.m.order {
			if w.under(c, id) {
				w.set(c, func(s *spot) { s.retired = true })
			}
		}
	}, "places.still_lived_in")
}

func (w *town) reopen() {
	var id ref.Place
	for _, c := range w.m.order {
		if w.m.now[c].retired {
			id = c
		}
	}
	if id == "" {
		return
	}
	var back []ref.Place
	w.change(func(ctx context.Context, tx *op.Tx) error {
		if _, _, err := places.Reopen(ctx, tx, id, 0, w.deed()); err != nil {
			return err
		}
		for _, c := range w.m.order {
			p, err := places.Load(ctx, tx, c)
			if err != nil {
				return err
			}
			if w.m.now[c].retired && p.RetiredOn == "" {
				if !w.under(c, id) {
					w.t.Fatalf("place %s came back with %s", c, id)
				}
				back = append(back, c)
			}
		}
		return nil
	}, func() {
		for _, c := range back {
			w.set(c, func(s *spot) { s.retired = false })
		}
	}, "places.was_merged", "places.parent_retired")
}

// undo takes the very last change back: the model is as before it.
func (w *town) undo() {
	if len(w.m.history) == 0 {
		return
	}
	last := w.m.history[len(w.m.history)-1]
	err := w.run(func(ctx context.Context, tx *op.Tx) error {
		_, err := w.w.UndoPlaceChange(ctx, tx, last.change)
		return err
	})
	if fault.CodeOf(err) == "places.cant_undo" {
		return // a re-opening
	}
	if err != nil {
		w.t.Fatalf("undo: %v", err)
	}
	for id, s := range w.m.now {
		if _, was := last.was[id]; !was { // made by a split: it ended as part of the whole again
			s.retired = true
			last.was[id] = s
			w.m.ever[id] = true
		}
	}
	w.m.now, w.m.people, w.m.cases = last.was, last.people, last.cases
	w.m.history = w.m.history[:len(w.m.history)-1]
}

type row struct {
	id, parent ref.Place
	path, name string
	level      places.Level
	retired    store.Day
}

// check holds the database against the model.
func (w *town) check() {
	root := w.m.order[0]
	w.must(w.door.DB.Read(context.Background(), func(tx *store.Tx) error {
		ctx := context.Background()
		var top string
		if err := tx.QueryRow(ctx, `SELECT path FROM places WHERE id = $1`, string(root)).Scan(&top); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT id, parent_id, path, name, level, retired_on FROM places WHERE path >= $1 AND path < $2`, top, access.End(top))
		found, err := store.Collect(rows, err, func(r store.Scanner) (x row, err error) {
			return x, r.Scan(&x.id, store.Optional(&x.parent), &x.path, &x.name, &x.level, &x.retired)
		})
		if err != nil {
			return err
		}
		byID := map[ref.Place]row{}
		for _, r := range found {
			byID[r.id] = r
		}
		w.checkTree(byID, root)
		if err := w.checkSums(ctx, tx, byID); err != nil {
			return err
		}
		return w.checkRecords(ctx, tx, byID, top)
	}))
	w.checkHistory()
}

func (w *town) checkTree(byID map[ref.Place]row, root ref.Place) {
	if len(byID) != len(w.m.now) {
		w.t.Fatalf("%d places in the tree, want %d", len(byID), len(w.m.now))
	}
	seen := map[string]bool{}
	for id, want := range w.m.now {
		got := byID[id]
		if got.name != want.name || got.parent != want.parent || (got.retired != "") != want.retired {
			w.t.Fatalf("place %s is %+v, want %+v", id, got, want)
		}
		if id != root && (access.ParentPath(got.path) != byID[got.parent].path || !got.level.Below(byID[got.parent].level)) {
			w.t.Fatalf("place %s has path %s below %s", id, got.path, byID[got.parent].path)
		}
		if seen[got.path] {
			w.t.Fatalf("path %s twice", got.path)
		}
		seen[got.path] = true
	}
}

func (w *town) checkSums(ctx context.Context, tx *store.Tx, byID map[ref.Place]row) error {
	want := map[string]int64{}
	for id, s := range w.m.now {
		if s.retired {
			continue
		}
		for above := s.parent; above != ""; above = w.m.now[above].parent {
			if !w.m.now[above].level.Below(places.Compound) {
				want[string(above)+" "+string(w.m.now[id].level)]++
			}
		}
	}
	rows, err := tx.Query(ctx, `SELECT place_id, level, total FROM place_counts`)
	_, err = store.Collect(rows, err, func(r store.Scanner) (struct{}, error) {
		var id, level string
		var n int64
		err := r.Scan(&id, &level, &n)
		if _, ours := byID[ref.Place(id)]; ours {
			if want[id+" "+level] != n {
				w.t.Fatalf("place %s has %d below it of level %s, want %d", id, n, level, want[id+" "+level])
			}
			delete(want, id+" "+level)
		}
		return struct{}{}, err
	})
	if len(want) > 0 {
		w.t.Fatalf("no sums: %v", want)
	}
	return err
}

func (w *town) checkRecords(ctx context.Context, tx *store.Tx, byID map[ref.Place]row, top string) error {
	for table, want := range map[string]map[string]ref.Place{"people": texts(w.m.people), "cases": w.m.cases} {
		rows, err := tx.Query(ctx, `SELECT id, place_id, place_path FROM `+table+` WHERE place_path >= $1 AND place_path < $2`, top, access.End(top))
		n := 0
		_, err = store.Collect(rows, err, func(r store.Scanner) (struct{}, error) {
			var id, path string
			var at ref.Place
			err := r.Scan(&id, &at, &path)
			n++
			if want[id] != at || byID[at].path != path {
				w.t.Fatalf("a record of %s is at %s %s, want %s %s", table, at, path, want[id], byID[want[id]].path)
			}
			return struct{}{}, err
		})
		if err != nil {
			return err
		}
		if n != len(want) {
			w.t.Fatalf("the figures of the whole changed: %d in %s, want %d", n, table, len(want))
		}
	}
	return nil
}

func texts(in map[ref.Person]ref.Place) map[string]ref.Place {
	out := map[string]ref.Place{}
	for k, v := range in {
		out[string(k)] = v
	}
	return out
}

// checkHistory asks about one place on each day.
func (w *town) checkHistory() {
	id := rapid.SampledFrom(w.m.order).Draw(w.t, "asked about")
	if w.m.ever[id] {
		return
	}
	_, err := op.Do(context.Background(), w.door, optest.Look, optest.Operator(), func(ctx context.Context, tx *op.Tx) (int, error) {
		for day := store.Day("2022-02-28"); day <= w.day; day = day.Add(1) {
			state := w.m.now
			for _, h := range w.m.history {
				if day < h.on {
					state = h.was
					break
				}
			}
			want, there := state[id]
			got, err := places.AsOf(ctx, tx, id, day)
			if err != nil {
				return 0, err
			}
			if there && (got.Name != want.name || got.ParentID != want.parent || got.Retired != want.retired) {
				w.t.Fatalf("on %s place %s was %+v, want %+v", day, id, got.State, want)
			}
			if !there && !got.Retired {
				w.t.Fatalf("on %s place %s was there already", day, id)
			}
			if trail := w.trail(state, id); there && got.Trail.String() != trail {
				w.t.Fatalf("on %s the trail of %s was %s, want %s", day, id, got.Trail, trail)
			}
		}
		return 0, nil
	})
	w.must(err)
}

func (w *town) trail(state map[ref.Place]spot, id ref.Place) string {
	var t places.Trail
	for ; id != ""; id = state[id].parent {
		t = append(t, state[id].name)
	}
	slices.Reverse(t)
	return t.String()
}
