package cases

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// Load returns a case with exposure and extra columns; who it is stays masked. The
// trail keeps that the file was read (operation View).
func (s *Service) Load(ctx context.Context, tx *op.Tx, id ref.Case) (Item, error) {
	c, err := s.visible(ctx, tx, id)
	if err != nil {
		return Item{}, err
	}
	f, err := s.frameOf(ctx, tx, c.IncidentID)
	if err != nil {
		return Item{}, err
	}
	items, err := s.items(ctx, tx, f, []Case{c})
	if err != nil {
		return Item{}, err
	}
	looked(tx, c)
	return items[0], nil
}

// looked records that the case was read, and so the person whom it is about.
func looked(tx *op.Tx, c Case) {
	tx.At(c.PlacePath)
	tx.Looked(c.ID.Ref())
	tx.Looked(c.PersonID.Ref())
}

// shortestReason is the least that a reason to see an identity can be, in characters.
const shortestReason = 5

// Reveal returns who a case is, in plain. The caller states a reason with the call, and
// the trail keeps it (operation Identify).
func (s *Service) Reveal(ctx context.Context, tx *op.Tx, id ref.Case) (Identity, error) {
	if utf8.RuneCountInString(strings.TrimSpace(tx.Reason())) < shortestReason {
		return Identity{}, fault.Invalidf("cases.reason_needed", "state in at least %d characters why you need to see who this is", shortestReason).
			With("reason", "required").Param("least", shortestReason)
	}
	c, err := s.visible(ctx, tx, id)
	if err != nil {
		return Identity{}, err
	}
	who, err := s.people.Identities(ctx, tx, []ref.Person{c.PersonID})
	if err != nil {
		return Identity{}, err
	}
	looked(tx, c)
	return who[c.PersonID], nil
}

// Event is one line of a case's chronology. On is its day; At, if known, the moment it
// was recorded.
type Event struct {
	On     store.Day
	At     store.Instant
	Kind   string // the name of a day's field, "classified", "reclassified" or "opened"
	Title  Text
	Detail string // a stated reason
	ByName string
	Ref    ref.Ref
}

// Chronology tells what happened to a case in the order in which it happened: its days
// and its classifications (operation View).
func (s *Service) Chronology(ctx context.Context, tx *op.Tx, id ref.Case) ([]Event, error) {
	c, err := s.visible(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	f, err := s.frameOf(ctx, tx, c.IncidentID)
	if err != nil {
		return nil, err
	}
	past, err := histories(ctx, tx, []ref.Case{id})
	if err != nil {
		return nil, err
	}
	looked(tx, c)
	return chronology(c, past[id], func(i store.Instant) store.Day { return f.today(i) }), nil
}

// dayTitles are the days of a case in the order in which they come on one day.
var dayTitles = []struct {
	field string
	title Text
}{
	{"under_restriction_since", Text{"开始管控", "Under restriction"}},
	{"onset_on", Text{"发病", "Onset of symptoms"}},
	{"sampled_on", Text{"首次阳性采样", "First positive sample taken"}},
	{"confirmed_on", Text{"确诊", "Confirmed"}},
	{"classified", Text{}},
	{"reported_on", Text{"报告", "Reported"}},
	{"admitted_on", Text{"入院", "Admitted"}},
	{"second_negative_on", Text{"第二次核酸阴性采样", "Second negative sample taken"}},
	{"outcome_on", Text{}},
	{"opened", Text{"登记入库", "Entered in the registry"}},
}

var outcomeTitles = map[Outcome]Text{
	"under_care": {"在治", "Under care"}, "recovered": {"出院（解除隔离）", "Recovered"}, "died": {"死亡", "Died"},
	"transferred": {"转出", "Transferred elsewhere"}, unknown: {"转归", "Outcome"},
}

func chronology(c Case, past []Classed, dayOf func(store.Instant) store.Day) []Event {
	var out []Event
	days := map[string]store.Day{}
	for _, d := range c.days() {
		days[d.name] = d.day
	}
	rank := map[string]int{"reclassified": 4}
	for i, d := range dayTitles {
		rank[d.field] = i
		if days[d.field] == "" {
			continue
		}
		title := d.title
		if d.field == "outcome_on" {
			title = outcomeTitles[c.Outcome]
		}
		out = append(out, Event{On: days[d.field], Kind: d.field, Title: title, Ref: c.ID.Ref()})
	}
	for i, h := range past {
		e := Event{On: first(h.On, c.ReportDay, dayOf(h.At)), At: h.At, Kind: "classified", Title: title(past, i), Detail: h.Reason, ByName: h.ByName, Ref: c.ID.Ref()}
		if i > 0 {
			e.On, e.Kind = first(h.On, dayOf(h.At)), "reclassified"
		}
		out = append(out, e)
	}
	opened := Event{On: dayOf(c.CreatedAt), At: c.CreatedAt, Kind: "opened", Title: dayTitles[len(dayTitles)-1].title, Ref: c.ID.Ref()}
	if c.ImportID != "" {
		opened.Title, opened.Ref = Text{"导入入库", "Imported into the registry"}, c.ImportID.Ref()
	}
	out = append(out, opened)
	slices.SortStableFunc(out, func(a, b Event) int {
		return cmp.Or(strings.Compare(string(a.On), string(b.On)), cmp.Compare(rank[a.Kind], rank[b.Kind]), cmp.Compare(a.At, b.At))
	})
	return out
}
