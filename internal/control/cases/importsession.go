package cases

import (
	"context"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/vault"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
	"github.com/allclear/allclear/internal/registry/places"
)

// Begin implements importer.Kind.
func (k CaseKind) Begin(ctx context.Context, tx *op.Tx, opt importer.SessionOptions) (importer.Session, error) {
	f, base, err := k.cases.grounds(ctx, tx, opt)
	if err != nil {
		return nil, err
	}
	fixed, err := constantsOf(opt.Answers)
	if err != nil {
		return nil, err
	}
	return &session{
		cases: k.cases, frame: f, register: newRegister(base), opt: opt,
		statement: statement{constants: fixed, dated: opt.Has("confirmed_on")},
	}, nil
}

// session is one run of one line list.
type session struct {
	statement
	cases    *Service
	frame    Frame
	register *register
	opt      importer.SessionOptions
}

// plan is what one row would do.
type plan struct {
	// New for an insert.
	insert *New
	// Before and after for an update, with what is added to the history and to the person.
	before, after Case
	past          []Classed
	added         []Classed
	identity      IdentityChange
	who           Identity // as it was
}

// Passes implements importer.Session.
func (*session) Passes() int { return 1 }

// Pass implements importer.Session.
func (*session) Pass(importer.Row) int { return 0 }

// Key implements importer.Session.
func (s *session) Key(row importer.Row) string { return s.number(row) }

// identifying are the fields of which the number of a row without one is made: those
// that tell people apart and do not change while a case goes on.
var identifying = []string{"name", "first_name", "middle_name", "last_name", "phone", "id_number", "sex", "age",
	"onset_on", "sampled_on", "confirmed_on", "reported_on", "exposure", "address", "place_code", "district", "street", "community", "place", "lon", "lat"}

// number is the row's case number. A row without one gets one made of what it says, by
// the installation's key: a plain digest of a name and a phone could be guessed.
func (s *session) number(row importer.Row) string {
	if n := row.Text("number"); n != "" {
		return n
	}
	text := row.Text("external_id")
	if text == "" {
		parts := make([]string, len(identifying))
		for i, f := range identifying {
			parts[i] = row.Text(f)
		}
		text = strings.Join(parts, "\x00")
	}
	return "auto-" + s.cases.vault.Hash(vault.FreeText, text)[:12]
}

// Resolve implements importer.Session.
func (s *session) Resolve(ctx context.Context, tx *op.Tx, rows []importer.Row) ([]importer.Resolution, error) {
	if err := s.register.prepare(ctx, tx, rows); err != nil {
		return nil, err
	}
	numbers := make([]string, len(rows))
	for i, row := range rows {
		numbers[i] = s.number(row)
	}
	known, err := s.stored(ctx, tx, numbers, rows)
	if err != nil {
		return nil, err
	}
	out := make([]importer.Resolution, len(rows))
	for i, row := range rows {
		out[i] = importer.Resolution{Row: row.Number}
		if c, ok := known[numbers[i]]; ok {
			s.update(tx, row, c, &out[i])
		} else {
			s.insert(tx, row, numbers[i], &out[i])
		}
	}
	return out, nil
}

// storedCase is a case that the incident has already.
type storedCase struct {
	Case
	past []Classed
	who  Identity
}

// stored returns the cases that have one of the numbers, with their histories, and with
// who they are where the rows speak of it.
func (s *session) stored(ctx context.Context, tx *op.Tx, numbers []string, rows []importer.Row) (map[string]storedCase, error) {
	records, err := byNumbers(ctx, tx, s.frame.ID, numbers)
	if err != nil || len(records) == 0 {
		return nil, err
	}
	out, cases, persons := make(map[string]storedCase, len(records)), make([]ref.Case, len(records)), make([]ref.Person, len(records))
	for i, r := range records {
		c, err := s.cases.open(r)
		if err != nil {
			return nil, err
		}
		out[c.Number], cases[i], persons[i] = storedCase{Case: c}, c.ID, c.PersonID
	}
	past, err := histories(ctx, tx, cases)
	if err != nil {
		return nil, err
	}
	var who map[ref.Person]Identity
	if namesPeople(s.opt) {
		if who, err = s.cases.people.Identities(ctx, tx, persons); err != nil {
			return nil, err
		}
	}
	for number, c := range out {
		c.past, c.who = past[c.ID], who[c.PersonID]
		out[number] = c
	}
	return out, nil
}

func namesPeople(opt importer.SessionOptions) bool {
	for _, c := range opt.Columns {
		for _, f := range importFields {
			if f.Key == c.Field && (f.Personal == "name" || f.Personal == "phone" || f.Personal == "id_number" || f.Personal == "address") {
				return true
			}
		}
	}
	return false
}

// insert plans a case that is not there yet.
func (s *session) insert(tx *op.Tx, row importer.Row, number string, out *importer.Resolution) {
	at, refusals := placed(s.register, row)
	n := &New{
		IncidentID: s.frame.ID, Number: number, PlaceID: at.ID, Identity: identityOf(row),
		Classification: s.first(row), Facts: s.facts(row), ImportID: s.opt.Job,
	}
	if r, ok := people.ParseResidentID(n.Identity.IDNumber); ok {
		n.Identity.Sex = r.Sex // the case keeps what the file says
	}
	n.Facts.fill()
	if s.refused(tx, n.Facts, row, refusals, out) {
		return
	}
	out.Outcome, out.Prepared = importer.Insert, plan{insert: n}
}

// update plans what a row changes about a case. What the row does not say stays.
func (s *session) update(tx *op.Tx, row importer.Row, c storedCase, out *importer.Resolution) {
	if !tx.Scope().Contains(c.PlacePath) {
		out.Outcome, out.Refusals = importer.Refuse, []importer.Refusal{refusal("number", "number_taken", nil)}
		return
	}
	p := plan{before: c.Case, after: c.Case, past: c.past, who: c.who}
	p.after.Facts = s.over(c.Facts, row)
	at, refusals := placed(s.register, row)
	if _, stated := s.register.of(row); stated && at.ID != "" {
		p.after.PlaceID, p.after.PlacePath = at.ID, at.Path
	}
	if s.refused(tx, p.after.Facts, row, refusals, out) {
		return
	}
	if to, on := s.next(row, c, s.frame.today(tx.Now())); to != "" {
		p.added = []Classed{newClassed(tx, c.ID, len(c.past)+1, Later{Classification: to, On: on, Reason: "import"})}
		p.after.Classification = to
	}
	p.after.Counting = derive(append(p.past[:len(p.past):len(p.past)], p.added...), p.after.Facts, s.frame.classes(p.after.Facts))
	p.identity = changeTo(identityOf(row), c.who)
	if p.identity == (IdentityChange{}) && reflect.DeepEqual(p.before, p.after) {
		out.Outcome = importer.Unchanged
		return
	}
	out.Outcome, out.Prepared = importer.Update, p
}

// refused notes what is impossible about a row, and reports whether anything is.
func (s *session) refused(tx *op.Tx, f Facts, row importer.Row, refusals []importer.Refusal, out *importer.Resolution) bool {
	for _, w := range f.impossible(s.frame.latest(tx.Now())) {
		field := w.field
		if field == "outcome_on" && row.Has("died_on") && !row.Has("outcome_on") {
			field = "died_on"
		}
		refusals = append(refusals, refusal(field, w.code, nil))
	}
	if damaged.MatchString(row.Text("number")) {
		refusals = append(refusals, refusal("number", "damaged", nil))
	}
	if len(refusals) > 0 {
		out.Outcome, out.Refusals = importer.Refuse, refusals
	}
	return len(refusals) > 0
}

// placed returns where a row is, the base when it says nothing, or why that is not known.
func placed(r *register, row importer.Row) (places.Place, []importer.Refusal) {
	f, stated := r.of(row)
	if !stated {
		return r.base, nil
	}
	if f.place.ID != "" {
		return f.place, nil
	}
	field, text := "place_code", row.Text("place_code")
	if text == "" {
		parts := partsOf(row)
		text = strings.Join(parts, " / ")
		for _, p := range placeParts {
			if row.Has(p) {
				field = p
			}
		}
	}
	code := "unknown_place"
	if f.many {
		code = "ambiguous_place"
	}
	return places.Place{}, []importer.Refusal{refusal(field, code, map[string]string{"place": text, "base": r.base.Name})}
}

// damaged is a number as a spreadsheet leaves it when it is too long for it: 1.10101E+17.
var damaged = regexp.MustCompile(`^\d(\.\d+)?[eE]\+\d+$`)

// refusals' sentences; {field} is the field's title.
var refusalTexts = map[string]importer.Text{
	"unknown_place":   {Zh: "在“{base}”及其下级地点中找不到“{place}”。请核对名称，或先导入地点。", En: "There is no place “{place}” at or below {base}. Check the name, or import the places first."},
	"ambiguous_place": {Zh: "“{base}”以下有多个地点叫“{place}”。请写出上级地点，如“区/街道/社区”。", En: "Several places below {base} are called “{place}”. Write the places above it too, as in district/street/community."},
	"in_future":       {Zh: "{field}晚于明天。请核对日期。", En: "{field}: the day is later than tomorrow. Check the date."},
	"not_a_day":       {Zh: "{field}不是有效日期。", En: "{field}: this is not a day of the calendar."},
	"out_of_range":    {Zh: "{field}超出可能的范围。", En: "{field}: the value is outside what is possible."},
	"too_long":        {Zh: "{field}过长。", En: "{field}: the text is too long."},
	"unknown":         {Zh: "{field}的值不在可选范围内。", En: "{field}: this is not one of the possible values."},
	"damaged":         {Zh: "{field}被电子表格改成了科学记数。请把该列设为文本后重新导出。", En: "{field}: a spreadsheet turned this into an exponent. Export again with the column as text."},
	"number_taken":    {Zh: "这个病例编号属于您管辖范围以外的病例。", En: "This case number belongs to a case outside your area."},
}

func refusal(field, code string, params map[string]string) importer.Refusal {
	return worded(importFields, refusalTexts, field, code, params)
}

// worded makes a refusal with the sentence of its code, in which {field} is the field's
// title and other names in braces are parameters.
func worded(fields []importer.Field, texts map[string]importer.Text, field, code string, params map[string]string) importer.Refusal {
	out := importer.Refusal{Field: field, Code: "cases." + code, Params: params, Message: texts[code]}
	if i := slices.IndexFunc(fields, func(f importer.Field) bool { return f.Key == field }); i >= 0 {
		out.Message.Zh = strings.ReplaceAll(out.Message.Zh, "{field}", fields[i].Title.Zh)
		out.Message.En = strings.ReplaceAll(out.Message.En, "{field}", fields[i].Title.En)
	}
	return out
}
