package cases

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/allclear/allclear/internal/platform/audit"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
)

func TestOpenClassifyAndCount(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newTown(t, db)
		age := int64(36)
		c := s.open(New{Number: "2022-001", PlaceID: s.places["community"].ID, Classification: Asymptomatic,
			Identity: Identity{Name: "王小明", Phone: "13800138000", IDNumber: "11010519491231002X", Address: "建设路 1 号"},
			Facts:    Facts{ReportedOn: "2022-04-01", DetectionRoute: "quarantine", ZoneClass: "lockdown", Age: &age, Exposure: "与同事张某同餐"}})
		if c.CountedAs != "asymptomatic" || c.CountedOn != "2022-04-01" {
			t.Errorf("opened: %+v", c.Counting)
		}
		item := s.look(c.ID)
		if item.NameMasked != "王**" || item.IDMasked != "110***********002X" || item.PhoneMasked != "138****8000" || item.AddressMasked != "***" {
			t.Errorf("masked: %q %q %q %q", item.NameMasked, item.PhoneMasked, item.IDMasked, item.AddressMasked)
		}
		if item.PlaceTrail != "松川市 › 江北区 › 建设街道 › 和平社区" || item.PlaceName != "和平社区" || item.FoundInCommunity || item.Exposure != "与同事张某同餐" {
			t.Errorf("loaded: %+v", item)
		}
		if n := s.count(`SELECT count(*) FROM cases WHERE exposure LIKE '%张%'`); n != 0 {
			t.Error("the exposure is stored in plain")
		}
		classify := func(version int64, to Classification, on store.Day) (Case, error) {
			return op.Do(ctx, s.door, Reassess, optest.Operator(), func(ctx context.Context, tx *op.Tx) (Case, error) {
				return s.Classify(ctx, tx, c.ID, version, Later{Classification: to, On: on, Reason: "CT"})
			})
		}
		if _, err := classify(1, Confirmed, "2022-03-31"); fault.CodeOf(err) != "cases.before_first_classification" {
			t.Errorf("classified before the first: %v", err)
		}
		got, err := classify(1, Confirmed, "2022-04-05")
		if err != nil || got.ReclassifiedOn != "2022-04-05" || got.CountedAs != "asymptomatic" || got.CountedOn != "2022-04-01" || got.ConfirmedOn != "2022-04-05" {
			t.Errorf("reclassified: %+v, %v", got.Counting, err)
		}
		if _, err := classify(1, Excluded, "2022-04-06"); !errors.Is(err, store.ErrStale) {
			t.Errorf("an old version: %v", err)
		}
		if got, err = classify(2, Excluded, "2022-04-06"); err != nil || got.CountedAs != "" || got.ReclassifiedOn != "" {
			t.Errorf("excluded: %+v, %v", got.Counting, err)
		}
		events := call(s, View, optest.Operator(), func(ctx context.Context, tx *op.Tx) ([]Event, error) { return s.Chronology(ctx, tx, c.ID) })
		if len(events) != 6 {
			t.Errorf("chronology: %+v", events)
		}
		if h := s.count(`SELECT count(*) FROM case_classifications WHERE case_id = $1`, c.ID); h != 3 {
			t.Errorf("%d classifications are kept, want 3", h)
		}
	})
}

func TestRevealNeedsAReasonAndIsInTheTrail(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newTown(t, db)
		c := s.open(New{Number: "7", Classification: Confirmed, Identity: Identity{Name: "李雷"}, Facts: Facts{ReportedOn: "2022-04-01"}})
		reveal := func(reason string) (Identity, error) {
			by := s.epidemiologist("city")
			by.Reason = reason
			return op.Do(ctx, s.door, Identify, by, func(ctx context.Context, tx *op.Tx) (Identity, error) { return s.Reveal(ctx, tx, c.ID) })
		}
		if _, err := reveal(" 看 一 "); fault.CodeOf(err) != "cases.reason_needed" {
			t.Errorf("without a reason: %v", err)
		}
		who, err := reveal("核实密接名单")
		if err != nil || who.Name != "李雷" {
			t.Errorf("revealed %+v, %v", who, err)
		}
		var entries []audit.Entry
		optest.See(t, s.door, func(ctx context.Context, tx *op.Tx) (err error) {
			entries, _, err = audit.List(ctx, tx.Tx, tx.Scope(), audit.Filter{Subject: c.ID.Ref().String(), Limit: 10})
			return err
		})
		if len(entries) != 2 || entries[0].Operation != "cases.case.reveal" || entries[0].Reason != "核实密接名单" || entries[0].Changes[0].Kind != "read" {
			t.Errorf("trail: %+v", entries)
		}
		if text := fmt.Sprintf("%+v", entries); strings.Contains(text, "李雷") {
			t.Errorf("the trail names the person: %s", text)
		}
	})
}

func TestUpdateKeepsTheRules(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newTown(t, db)
		c := s.open(New{Number: "7", PlaceID: s.places["north"].ID, Classification: Confirmed, Facts: Facts{ReportedOn: "2022-04-01", OnsetOn: "2022-03-30"}})
		s.open(New{Number: "8", Classification: Confirmed, Facts: Facts{ReportedOn: "2022-04-01"}})
		update := func(by op.Call, version int64, change func(*Edit)) (Case, error) {
			return op.Do(ctx, s.door, Amend, by, func(ctx context.Context, tx *op.Tx) (Case, error) {
				return s.Update(ctx, tx, c.ID, version, func(e *Edit) error { change(e); return nil })
			})
		}
		name := "韩梅梅"
		got, err := update(optest.Operator(), 1, func(e *Edit) {
			e.ReportedOn, e.PlaceID, e.Identity.Name = "2022-04-03", s.places["south"].ID, &name
		})
		if err != nil || got.CountedOn != "2022-04-03" || got.PlacePath != s.places["south"].Path || got.Version != 2 {
			t.Errorf("updated: %+v, %v", got, err)
		}
		if item := s.look(c.ID); item.NameMasked != "韩**" {
			t.Errorf("the name is %q", item.NameMasked)
		}
		for code, change := range map[string]func(*Edit){
			"cases.invalid":      func(e *Edit) { e.Outcome, e.OutcomeOn = Died, "2022-03-29" },
			"cases.number_taken": func(e *Edit) { e.Number = "8" },
		} {
			if _, err := update(optest.Operator(), 2, change); fault.CodeOf(err) != code {
				t.Errorf("%s: %v", code, err)
			}
		}
		if _, err := update(s.epidemiologist("north"), 2, func(*Edit) {}); fault.CodeOf(err) != "cases.not_found" {
			t.Errorf("from another district: %v", err)
		}
		if _, err := update(s.epidemiologist("south"), 2, func(e *Edit) { e.PlaceID = s.places["north"].ID }); fault.CodeOf(err) != "places.not_found" {
			t.Errorf("moved to another district: %v", err)
		}
	})
}

// fill opens n random cases and returns them.
func (s *town) fill(r *rand.Rand, n int) []Case {
	s.t.Helper()
	var all []New
	pick := func(field string) string { v := values[field]; return v[r.IntN(len(v))] }
	day := func() store.Day { return store.Day("2022-03-05").Add(r.IntN(30)) }
	for i := range n {
		age := int64(r.IntN(90))
		x := New{IncidentID: s.incident, Number: fmt.Sprintf("N%04d", i), PlaceID: s.places[[]string{"north", "south", "community", "peace", "street"}[r.IntN(5)]].ID,
			Classification: Classification(pick("classification")),
			Facts: Facts{OnsetOn: day(), SampledOn: day(), Age: &age, Outcome: Outcome(pick("outcome")), OutcomeOn: day(), Origin: Origin(pick("origin")),
				DetectionRoute: Route(pick("detection_route")), ZoneClass: ZoneClass(pick("zone_class")), Severity: Severity(pick("severity")), Sex: Sex(pick("sex"))}}
		if r.IntN(4) > 0 {
			x.ReportedOn = day()
		}
		if x.Classification == Asymptomatic && r.IntN(2) == 0 {
			x.Later = []Later{{Confirmed, x.reportDay().Add(r.IntN(5)), "ct"}}
		}
		all = append(all, x)
	}
	return call(s, Opening, optest.Operator(), func(ctx context.Context, tx *op.Tx) ([]Case, error) { return s.Add(ctx, tx, all) })
}

func within(d, from, to store.Day) bool { return d != "" && d >= from && d <= to }

// Every filter gives exactly the cases that the same words give in Go, and the pages
// together are the list, in order, without gap or repetition.
func TestListIsExactlyWhatTheFilterSays(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newTown(t, db)
		all := s.fill(rand.New(rand.NewPCG(3, 5)), 300)
		rules, err := library.Resolve("cn-covid-8th", nil)
		if err != nil {
			t.Fatal(err)
		}
		community := func(c Case) bool {
			return rules.On(string(first(c.CountedOn, c.ReportDay))).InCommunity(string(c.DetectionRoute), string(c.ZoneClass))
		}
		from, to := store.Day("2022-03-10"), store.Day("2022-03-20")
		ended := func(c Case) bool { return c.Outcome == "recovered" || c.Outcome == Died || c.Outcome == "transferred" }
		tests := []struct {
			name   string
			filter Filter
			want   func(Case) bool
		}{
			{"all", Filter{}, func(Case) bool { return true }},
			{"place", Filter{PlacePath: s.places["north"].Path}, func(c Case) bool { return strings.HasPrefix(c.PlacePath, s.places["north"].Path) }},
			{"classes", Filter{Classifications: []Classification{Confirmed, Asymptomatic}}, func(c Case) bool { return c.Classification == Confirmed || c.Classification == Asymptomatic }},
			{"coded", Filter{Origin: "local", Sex: "female"}, func(c Case) bool { return c.Origin == "local" && c.Sex == "female" }},
			{"more coded", Filter{Severity: "mild", Outcome: "recovered"}, func(c Case) bool { return c.Severity == "mild" && c.Outcome == "recovered" }},
			{"route", Filter{DetectionRoute: "clinic"}, func(c Case) bool { return c.DetectionRoute == "clinic" }},
			{"zone", Filter{ZoneClass: "lockdown"}, func(c Case) bool { return c.ZoneClass == "lockdown" }},
			{"report", Filter{From: from, To: to}, func(c Case) bool { return within(c.ReportDay, from, to) }},
			{"onset", Filter{From: from, To: to, Date: "onset"}, func(c Case) bool { return within(c.OnsetOn, from, to) }},
			{"confirmed", Filter{Counted: "confirmed", From: from, To: to}, func(c Case) bool {
				return c.CountedAs == "confirmed" && within(c.CountedOn, from, to) || within(c.ReclassifiedOn, from, to)
			}},
			{"asymptomatic", Filter{Counted: "asymptomatic", From: from, To: to}, func(c Case) bool { return c.CountedAs == "asymptomatic" && within(c.CountedOn, from, to) }},
			{"asymptomatic now", Filter{Counted: "asymptomatic_open", To: to}, func(c Case) bool {
				return c.CountedAs == "asymptomatic" && c.CountedOn <= to && !within(c.ReclassifiedOn, "", to)
			}},
			{"reclassified", Filter{Counted: "reclassified", From: from, To: to}, func(c Case) bool { return within(c.ReclassifiedOn, from, to) }},
			{"infections", Filter{Counted: "infections", From: from, To: to}, func(c Case) bool { return c.CountedAs != "" && within(c.CountedOn, from, to) }},
			{"deaths", Filter{Counted: "deaths", From: from, To: to}, func(c Case) bool { return c.CountedAs != "" && c.Outcome == Died && within(c.OutcomeOn, from, to) }},
			{"community", Filter{Counted: "infections", Found: "community", From: from, To: to}, func(c Case) bool {
				return c.CountedAs != "" && within(c.CountedOn, from, to) && community(c)
			}},
			{"under control", Filter{Counted: "infections", Found: "control"}, func(c Case) bool { return c.CountedAs != "" && !community(c) }},
			{"open", Filter{OpenOn: to}, func(c Case) bool { return c.CountedAs != "" && c.CountedOn <= to && !(ended(c) && c.OutcomeOn <= to) }},
			{"no anchor", Filter{NoAnchorOn: to}, func(c Case) bool {
				return c.CountedAs != "" && c.CountedOn <= to && ended(c) && c.OutcomeOn <= to && c.SecondNegativeOn == "" && c.Outcome != Died
			}},
			{"number", Filter{Q: "n00"}, func(c Case) bool { return strings.HasPrefix(c.Number, "N00") }},
		}
		for _, tt := range tests {
			want := map[string]bool{}
			for _, c := range all {
				if tt.want(c) {
					want[c.Number] = true
				}
			}
			for _, sort := range []string{"", "number", "-age", "onset_on", "-updated_at", "counted_on"} {
				got := s.pages(tt.filter, sort)
				if len(got) != len(want) {
					t.Errorf("%s sorted by %q: %d cases, want %d", tt.name, sort, len(got), len(want))
				}
				for n := range got {
					if !want[n] {
						t.Errorf("%s: %s is in the list and should not be", tt.name, n)
					}
				}
			}
			if len(want) == 0 || len(want) == len(all) && tt.name != "all" {
				t.Errorf("%s: the example does not tell anything: %d of %d", tt.name, len(want), len(all))
			}
		}
	})
}

// pages reads all pages of a list and returns the numbers, failing on a repetition, on
// pages out of order and on a wrong total.
func (s *town) pages(f Filter, sort string) map[string]bool {
	s.t.Helper()
	got := map[string]bool{}
	f.Sort, f.Limit = sort, 37
	key := sortKeys[strings.TrimPrefix(f.sort(), "-")]
	last := ""
	for {
		p := s.list(optest.Operator(), f)
		for _, i := range p.Items {
			if got[i.Number] {
				s.t.Fatalf("%s comes twice", i.Number)
			}
			got[i.Number] = true
			now := fmt.Sprintf("%10v", key.value(i.Case))
			if last != "" && (now < last) != strings.HasPrefix(f.sort(), "-") && now != last {
				s.t.Fatalf("sorted by %s: %s comes after %s", f.sort(), now, last)
			}
			last = now
		}
		if p.Next == "" {
			if int(p.Total) != len(got) {
				s.t.Fatalf("the total is %d of %d", p.Total, len(got))
			}
			return got
		}
		f.Cursor = p.Next
	}
}

func TestListKeepsToTheScope(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newTown(t, db)
		s.open(New{Number: "N1", PlaceID: s.places["community"].ID, Classification: Confirmed, Identity: Identity{Name: "王小明", Phone: "13800138000"}, Facts: Facts{ReportedOn: "2022-04-01"}})
		south := s.open(New{Number: "S1", PlaceID: s.places["peace"].ID, Classification: Confirmed, Identity: Identity{Name: "王小明"}, Facts: Facts{ReportedOn: "2022-04-01"}})
		north := s.epidemiologist("north")
		for q, want := range map[string]string{"": "[N1]", "王小明": "[N1]", "13800138000": "[N1]", "S1": "[]", "王小": "[]", "王": "[]"} {
			if got := numbers(s.list(north, Filter{Q: q})); got != want {
				t.Errorf("%q finds %s, want %s", q, got, want)
			}
		}
		_, err := op.Do(ctx, s.door, View, north, func(ctx context.Context, tx *op.Tx) (Item, error) { return s.Load(ctx, tx, south.ID) })
		if fault.CodeOf(err) != "cases.not_found" {
			t.Errorf("a case of the other district: %v", err)
		}
		for _, bad := range []Filter{{Sort: "exposure"}, {Found: "x"}, {Counted: "x"}, {Cursor: "x"}, {From: "1.4.2022"}, {Severity: "x' OR 1=1 --"}} {
			bad.IncidentID = s.incident
			_, err := op.Do(ctx, s.door, Listing, north, func(ctx context.Context, tx *op.Tx) (Page, error) { return s.List(ctx, tx, bad) })
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("%+v: %v, want invalid", bad, err)
			}
		}
	})
}

func TestIncompleteCasesAreListed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newTown(t, db)
		s.open(New{Number: "A", Classification: Confirmed})
		s.open(New{Number: "B", Classification: Confirmed, Facts: Facts{OnsetOn: "2022-04-01"}})
		s.open(New{Number: "C", Classification: Suspected})
		if got := numbers(s.list(optest.Operator(), Filter{Incomplete: true})); got != "[A]" {
			t.Errorf("incomplete: %s", got)
		}
	})
}

func TestExportIsSafeMaskedAndInTheTrail(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newTown(t, db)
		s.open(New{Number: `=HYPERLINK("http://x")`, Classification: Confirmed, Identity: Identity{Name: "@SUM", Phone: "+8613800138000"}, Facts: Facts{ReportedOn: "2022-04-01", Exposure: "认识李雷"}})
		s.open(New{Number: "2", Classification: Confirmed, Identity: Identity{Name: "李雷"}, Facts: Facts{ReportedOn: "2022-04-02"}})
		var b bytes.Buffer
		n := call(s, Exports, optest.Operator(), func(ctx context.Context, tx *op.Tx) (int, error) {
			return s.Export(ctx, tx, Filter{IncidentID: s.incident, Sort: "number"}, &b)
		})
		text := b.String()
		if n != 2 || !strings.HasPrefix(text, "\ufeffnumber,") || strings.Contains(text, "李雷") || strings.Contains(text, "13800138000") {
			t.Errorf("%d rows:\n%s", n, text)
		}
		rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if err != nil || len(rows) != 3 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		for _, row := range rows[1:] {
			for i, cell := range row {
				if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r\n") {
					t.Errorf("column %s: %q is a formula", rows[0][i], cell)
				}
			}
		}
		if n := s.count(`SELECT count(*) FROM audit_entries WHERE operation = 'cases.case.export' AND changes LIKE '%"count":2%'`); n != 1 {
			t.Errorf("%d entries in the trail", n)
		}
	})
}

func TestCounts(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newTown(t, db)
		record := func(c Count) (Count, error) {
			c.IncidentID = s.incident
			return op.Do(ctx, s.door, RecordCount, optest.Operator(), func(ctx context.Context, tx *op.Tx) (Count, error) { return s.Record(ctx, tx, c) })
		}
		community := int64(3)
		first, err := record(Count{PlaceID: s.places["north"].ID, On: "2022-04-01", Confirmed: 453, Reclassified: 19, Asymptomatic: 120, FoundInCommunity: &community, Source: "区卫健局"})
		if err != nil || first.Version != 1 || first.Infections() != 554 {
			t.Fatalf("recorded %+v, %v", first, err)
		}
		second, err := record(Count{PlaceID: s.places["north"].ID, On: "2022-04-01", Confirmed: 454, Reclassified: 19, Asymptomatic: 120})
		if err != nil || second.ID != first.ID || second.Version != 2 || second.FoundInCommunity != nil {
			t.Errorf("recorded over it: %+v, %v", second, err)
		}
		if same, err := record(Count{PlaceID: s.places["north"].ID, On: "2022-04-01", Confirmed: 454, Reclassified: 19, Asymptomatic: 120}); err != nil || same.Version != 2 {
			t.Errorf("the same again: %+v, %v", same, err)
		}
		if _, err := record(Count{PlaceID: s.places["north"].ID, On: "2022-04-01", Version: 1}); !errors.Is(err, store.ErrStale) {
			t.Errorf("an old version: %v", err)
		}
		for _, bad := range []Count{{On: "2022-04-30"}, {On: "x"}, {On: "2022-04-01", Reclassified: 1}, {On: "2022-04-01", Confirmed: -1}, {On: "2022-04-01", Confirmed: 2, FoundInCommunity: &community}} {
			if _, err := record(bad); fault.CodeOf(err) != "cases.invalid_count" {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		if _, err := record(Count{On: "2022-04-02", Asymptomatic: 7}); err != nil { // the incident's own place
			t.Fatal(err)
		}
		list := func(by op.Call, f CountFilter) []CountItem {
			f.IncidentID = s.incident
			return call(s, ViewCounts, by, func(ctx context.Context, tx *op.Tx) ([]CountItem, error) { return s.Counts(ctx, tx, f) })
		}
		if got := list(optest.Operator(), CountFilter{}); len(got) != 2 || got[0].PlaceName != "松川市" || got[1].Confirmed != 454 {
			t.Errorf("list: %+v", got)
		}
		if got := list(s.epidemiologist("north"), CountFilter{To: "2022-04-01"}); len(got) != 1 || got[0].PlaceName != "江北区" {
			t.Errorf("the north sees %+v", got)
		}
		added := call(s, RecordCount, optest.Operator(), func(ctx context.Context, tx *op.Tx) ([]Count, error) {
			return s.AddCounts(ctx, tx, []Count{{IncidentID: s.incident, PlaceID: "south", On: "2022-04-01", Confirmed: 1}, {IncidentID: s.incident, PlaceID: "south", On: "2022-04-02"}})
		})
		if len(added) != 2 || added[0].PlacePath != s.places["south"].Path {
			t.Errorf("added %+v", added)
		}
	})
}

func TestAddWithHistoryAndBadInput(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newTown(t, db)
		add := func(n New) ([]Case, error) {
			n.IncidentID = s.incident
			return op.Do(ctx, s.door, Opening, optest.Operator(), func(ctx context.Context, tx *op.Tx) ([]Case, error) { return s.Add(ctx, tx, []New{n}) })
		}
		got, err := add(New{Classification: Asymptomatic, Facts: Facts{ReportedOn: "2022-04-01"}, Later: []Later{{Confirmed, "2022-04-03", "CT"}}})
		if err != nil || got[0].Classification != Confirmed || got[0].ReclassifiedOn != "2022-04-03" || !strings.HasPrefix(got[0].Number, "auto-") {
			t.Errorf("added %+v, %v", got, err)
		}
		for code, n := range map[string]New{
			"cases.invalid":                     {Classification: "ill"},
			"cases.before_first_classification": {Classification: Asymptomatic, Facts: Facts{ReportedOn: "2022-04-01"}, Later: []Later{{Confirmed, "2022-03-03", ""}}},
			"places.not_found":                  {Classification: Confirmed, PlaceID: "nowhere"},
		} {
			if _, err := add(n); fault.CodeOf(err) != code {
				t.Errorf("%s: %v", code, err)
			}
		}
		if n := s.count(`SELECT count(*) FROM cases`); n != 1 {
			t.Errorf("%d cases are stored, want 1", n)
		}
	})
}

func TestRecountFollowsThePack(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newTown(t, db)
		s.fill(rand.New(rand.NewPCG(1, 1)), 60)
		as := func(what string) int {
			return s.count(`SELECT count(*) FROM cases WHERE counted_as = $1`, what)
		}
		confirmed, asymptomatic := as("confirmed"), as("asymptomatic")
		recount := func(pack string) int {
			return call(s, Amend, optest.Operator(), func(ctx context.Context, tx *op.Tx) (int, error) {
				if _, err := tx.Technical().Exec(ctx, `UPDATE incidents SET pack = $2 WHERE id = $1`, s.incident, pack); err != nil {
					return 0, err
				}
				return s.Recount(ctx, tx, s.incident)
			})
		}
		if n := recount("cn-covid-8th"); n != 0 {
			t.Errorf("the same pack changes %d cases", n)
		}
		// Under the Ebola pack nobody is asymptomatic: those who were confirmed later count as confirmed.
		if n := recount("ebola"); n == 0 || as("asymptomatic") != 0 || as("confirmed") <= confirmed {
			t.Errorf("%d changed; now %d confirmed and %d asymptomatic", n, as("confirmed"), as("asymptomatic"))
		}
		if recount("cn-covid-8th"); as("confirmed") != confirmed || as("asymptomatic") != asymptomatic {
			t.Errorf("back: %d and %d, want %d and %d", as("confirmed"), as("asymptomatic"), confirmed, asymptomatic)
		}
	})
}
