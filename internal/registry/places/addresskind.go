package places

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
)

// The fields of a list of addresses.
const (
	fText      = "text"
	fInQuarter = "district"
	fDay       = "day"
	fExternal  = "external_id"
	fNote      = "note"
)

var addressFields = []importer.Field{
	{Key: fText, Title: importer.Text{Zh: "地址", En: "Address"}, Type: "text", MaxLen: 500, Required: true,
		Synonyms: []string{"address", "places", "place", "地点", "居住地", "场所", "涉及场所", "location"}},
	{Key: fInQuarter, Title: importer.Text{Zh: "区县", En: "District"}, Type: "text", MaxLen: 100, Synonyms: []string{"district_name", "area", "区", "所属区"}},
	{Key: fDay, Title: importer.Text{Zh: "日期", En: "Day"}, Type: "day", Synonyms: []string{"date", "on_day", "通报日期"}},
	{Key: fExternal, Title: importer.Text{Zh: "编号", En: "ID"}, Type: "identifier", MaxLen: 100, Synonyms: []string{"id", "number", "序号"}},
	{Key: fNote, Title: importer.Text{Zh: "备注", En: "Note"}, Type: "text", MaxLen: 500, Synonyms: []string{"remark", "comment", "说明"}},
}

// AddressKind takes lists of addresses, such as the published lists of affected places,
// and resolves them. Lists must name no persons.
type AddressKind struct{}

// NewAddressKind returns the kind.
func NewAddressKind() *AddressKind { return &AddressKind{} }

var _ importer.Kind = (*AddressKind)(nil)

// Name is the stable name.
func (*AddressKind) Name() string { return "addresses" }

// Title is what people call the records.
func (*AddressKind) Title() importer.Text {
	return importer.Text{Zh: "地址清单", En: "Lists of addresses"}
}

// Operation is the operation under which rows are written.
func (*AddressKind) Operation() *op.Def { return ImportAddresses }

// Fields lists what a file can say.
func (*AddressKind) Fields() []importer.Field { return addressFields }

// ExpandsLists: a JSON record that holds a list of texts is one row for each text.
func (*AddressKind) ExpandsLists() bool { return true }

// Describe tells where addresses are looked for.
func (*AddressKind) Describe(ctx context.Context, tx *op.Tx, plan importer.Plan) (importer.Description, error) {
	b, err := baseOf(ctx, tx, plan.Place)
	if err != nil {
		return importer.Description{}, fmt.Errorf("describe a list of addresses: %w", err)
	}
	if !b.known {
		return importer.Description{Problems: []importer.Problem{{Code: "addresses.choose_place", Text: importer.Text{
			Zh: "请选择一个地点，地址在其下查找。", En: "Choose a place to look for the addresses under.",
		}}}}, nil
	}
	return importer.Description{Assumptions: []importer.Assumption{
		{Code: "addresses.within", Zh: fmt.Sprintf("地址在“%s”之下查找。", b.place.Name), En: fmt.Sprintf("Addresses are looked for under %s.", b.place.Name)},
		{Code: "addresses.queue", Zh: "把握不足九成的进入待办队列，由人决定。", En: "What is less than 90 % sure goes to a queue for a person to decide."},
		{Code: "addresses.no_persons", Zh: "清单中不得有人名等个人信息。", En: "The list must hold nothing about persons."},
	}}, nil
}

// Begin starts a session.
func (*AddressKind) Begin(ctx context.Context, tx *op.Tx, opt importer.SessionOptions) (importer.Session, error) {
	b, err := baseOf(ctx, tx, opt.Place)
	if err != nil {
		return nil, err
	}
	s := &addressSession{opt: opt, base: b, source: opt.Answers["source"]}
	if s.source == "" {
		s.source = "list"
	}
	return s, nil
}

type addressSession struct {
	opt      importer.SessionOptions
	base     base
	source   string
	resolver *Resolver
	planned  map[string]bool // texts of this run that are new
}

// Passes is 1.
func (*addressSession) Passes() int { return 1 }

// Pass is always the first.
func (*addressSession) Pass(importer.Row) int { return 0 }

// Key is the address as it stands in the list, in its district, with the list's own number.
// What is only written with another space or comma is found by Resolve.
func (s *addressSession) Key(r importer.Row) string {
	return r.Text(fExternal) + "\x00" + r.Text(fInQuarter) + "\x00" + r.Text(fText)
}

// matchKey tells texts apart: 前进村 is in many districts.
func matchKey(text, district string) string {
	return district + "|" + ParseAddress(text).Spelling()
}

// Resolve resolves the addresses of a batch.
func (s *addressSession) Resolve(ctx context.Context, tx *op.Tx, rows []importer.Row) ([]importer.Resolution, error) {
	if s.resolver == nil || !s.opt.DryRun {
		s.resolver, s.planned = NewResolver(s.base.place.Path), map[string]bool{}
	}
	known, err := s.known(ctx, tx, rows)
	if err != nil {
		return nil, fmt.Errorf("look up address texts: %w", err)
	}
	questions := make([]Question, len(rows))
	for i, r := range rows {
		questions[i] = Question{Text: r.Text(fText), District: r.Text(fInQuarter)}
	}
	found, err := s.resolver.Resolve(ctx, tx, questions)
	if err != nil {
		return nil, err
	}
	out := make([]importer.Resolution, len(rows))
	for i, r := range rows {
		out[i] = s.decide(tx, r, known, found[i])
		out[i].Row = r.Number
	}
	return out, nil
}

// decide: a text that somebody has decided about stands; one that is still open is
// resolved again.
func (s *addressSession) decide(tx *op.Tx, r importer.Row, known map[string]Match, found Resolved) importer.Resolution {
	key := matchKey(r.Text(fText), r.Text(fInQuarter))
	if before, ok := known[r.Text(fExternal)+"\x00"+key]; ok {
		if before.State != MatchOpen {
			return importer.Resolution{Outcome: importer.Unchanged}
		}
		after := before
		after.apply(found, tx.Now())
		if after.State == before.State && after.Reason == before.Reason && after.Confidence == before.Confidence {
			return importer.Resolution{Outcome: importer.Unchanged}
		}
		return importer.Resolution{Outcome: importer.Update, Prepared: &matchWrite{before: &before, after: after}}
	}
	if s.planned[r.Text(fExternal)+"\x00"+key] {
		return importer.Resolution{Outcome: importer.Unchanged}
	}
	s.planned[r.Text(fExternal)+"\x00"+key] = true
	m := Match{ID: ids.New(), Source: s.source, ExternalID: r.Text(fExternal), Text: r.Text(fText), key: key, District: r.Text(fInQuarter), Note: r.Text(fNote),
		WithinID: s.base.place.ID, withinPath: s.base.place.Path, Version: 1}
	m.OnDay, _ = r.Day(fDay)
	m.apply(found, tx.Now())
	return importer.Resolution{Outcome: importer.Insert, Prepared: &matchWrite{after: m}}
}

type matchWrite struct {
	before *Match
	after  Match
}

func (s *addressSession) known(ctx context.Context, tx *op.Tx, rows []importer.Row) (map[string]Match, error) {
	var keys []string
	for _, r := range rows {
		keys = append(keys, matchKey(r.Text(fText), r.Text(fInQuarter)))
	}
	out := map[string]Match{}
	_, err := inBatches(ctx, tx, matchSelect+` WHERE m.key IN (%s)`, unique(keys), func(r store.Scanner) (struct{}, error) {
		m, err := scanMatch(r)
		if err == nil && m.Source == s.source && m.withinPath == s.base.place.Path {
			out[m.ExternalID+"\x00"+m.key] = m
		}
		return struct{}{}, err
	})
	return out, err
}

// Write stores new texts in one go and settles those that resolve now.
func (s *addressSession) Write(ctx context.Context, tx *op.Tx, resolutions []importer.Resolution) ([]importer.Written, error) {
	out := make([]importer.Written, len(resolutions))
	var rows [][]any
	for i, r := range resolutions {
		w := r.Prepared.(*matchWrite)
		out[i] = importer.Written{Ref: w.after.Ref(), Version: 1}
		if w.before == nil {
			v, err := w.after.values(tx.Now())
			if err != nil {
				return nil, err
			}
			rows = append(rows, v)
			continue
		}
		before, err := json.Marshal(w.before)
		if err != nil {
			return nil, err
		}
		if err := saveMatch(ctx, tx, &w.after); err != nil {
			return nil, err
		}
		out[i].Before, out[i].Version = string(before), w.after.Version
	}
	if len(rows) > 0 {
		if _, err := tx.Insert(ctx, "address_matches", matchColumns, rows); err != nil {
			return nil, fmt.Errorf("insert address texts: %w", err)
		}
	}
	return out, nil
}

// Undo takes a list back, except for what somebody has decided since.
func (*AddressKind) Undo(ctx context.Context, tx *op.Tx, changes []importer.Change) ([]importer.UndoResult, error) {
	out := make([]importer.UndoResult, len(changes))
	for i, c := range changes {
		m, err := LoadMatch(ctx, tx, c.Ref.ID)
		switch {
		case fault.KindOf(err) == fault.NotFound:
			out[i] = importer.Gone
		case err != nil:
			return nil, err
		case m.Version != c.Version:
			out[i] = importer.EditedSince
		case c.Outcome == importer.Insert:
			out[i] = importer.Undone
			err = tx.ExecOne(ctx, `DELETE FROM address_matches WHERE id = $1`, m.ID)
		default:
			out[i] = importer.Undone
			before := m
			if err = json.Unmarshal([]byte(c.Before), &before); err == nil {
				before.Version = m.Version
				err = saveMatch(ctx, tx, &before)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
