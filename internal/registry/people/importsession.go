package people

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"unicode"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
)

// session is one run of one file.
type session struct {
	register *Service
	opt      importer.SessionOptions
	base     places.Place // chosen by the user; the zero place for none
	locator  *places.Locator
	// touched are the people whom earlier rows of this file added or changed: a further
	// row about them belongs to the same change.
	touched map[ref.Person]bool

	// What the session knows. A dry run keeps it to the end; a real run starts anew with
	// each batch, because the database has it then.
	byNumber, byKey map[string]*Person
	byName          map[string][]*Person
}

// prepared is what Write does for one row.
type prepared struct {
	create      bool
	before      Person
	after       Person
	sameVersion bool
}

func (s *session) forget() {
	s.byNumber, s.byKey, s.byName = map[string]*Person{}, map[string]*Person{}, map[string][]*Person{}
}

// Passes is one: people do not refer to each other.
func (*session) Passes() int { return 1 }

// Pass is the only one.
func (*session) Pass(importer.Row) int { return 0 }

// Key is the document number, else the external key, else name, phone and birthday.
func (s *session) Key(r importer.Row) string {
	h := s.register.hashes(identityOf(r))
	switch {
	case h.number != "":
		return "number\x00" + h.number
	case r.Has(fKey):
		return "key\x00" + r.Text(fKey)
	case h.name != "" && (h.phone != "" || r.Has(fBirth)):
		return "name\x00" + h.name + "\x00" + h.phone + "\x00" + r.Text(fBirth)
	}
	return ""
}

func identityOf(r importer.Row) Identity {
	return Identity{Name: nameOf(r), Phone: r.Text(fPhone), IDNumber: r.Text(fNumber), Address: r.Text(fAddress), Sex: Sex(r.Text(fSex))}
}

// nameOf is the full name: Chinese names put the family first and nothing between.
func nameOf(r importer.Row) string {
	if r.Has(fName) {
		return r.Text(fName)
	}
	last, first := r.Text(fLast), r.Text(fFirst)
	if strings.ContainsFunc(last+first, func(x rune) bool { return unicode.Is(unicode.Han, x) }) {
		return last + first
	}
	return strings.TrimSpace(first + " " + last)
}

// Resolve decides what each row does.
func (s *session) Resolve(ctx context.Context, tx *op.Tx, rows []importer.Row) ([]importer.Resolution, error) {
	if !s.opt.DryRun {
		s.forget()
	}
	if err := s.prefetch(ctx, tx, rows); err != nil {
		return nil, fmt.Errorf("look up people: %w", err)
	}
	out := make([]importer.Resolution, len(rows))
	for i, r := range rows {
		res, err := s.resolve(ctx, tx, r)
		if err != nil {
			return nil, fmt.Errorf("resolve row %d: %w", r.Number, err)
		}
		res.Row = r.Number
		out[i] = res
	}
	return out, nil
}

// prefetch loads everybody whom the rows may be about, wherever they live.
func (s *session) prefetch(ctx context.Context, tx *op.Tx, rows []importer.Row) error {
	var numbers, keys, names []string
	for _, r := range rows {
		h := s.register.hashes(identityOf(r))
		numbers, keys, names = append(numbers, h.number), append(keys, r.Text(fKey)), append(names, h.name)
	}
	seen := map[ref.Person]*Person{}
	for _, known := range s.byName {
		for _, p := range known {
			seen[p.ID] = p
		}
	}
	for _, x := range []struct {
		column string
		values []string
	}{{"id_number_hash", numbers}, {"external_key", keys}, {"name_hash", names}} {
		found, err := s.register.by(ctx, tx, x.column, x.values)
		if err != nil {
			return err
		}
		for _, p := range found {
			if seen[p.ID] == nil {
				seen[p.ID] = &p
				s.remember(&p)
			}
		}
	}
	return nil
}

// remember makes a person findable for the rows after this one.
func (s *session) remember(p *Person) {
	if p.IDNumber != "" {
		s.byNumber[p.IDNumber] = p
	}
	if p.ExternalKey != "" {
		s.byKey[p.ExternalKey] = p
	}
	name := normalName(p.Name)
	for _, known := range s.byName[name] {
		if known == p {
			return
		}
	}
	s.byName[name] = append(s.byName[name], p)
}

func refuse(field, code string, params map[string]string, zh, en string) importer.Resolution {
	return importer.Resolution{Outcome: importer.Refuse, Refusals: []importer.Refusal{
		{Field: field, Code: code, Params: params, Message: importer.Text{Zh: zh, En: en}}}}
}

func (s *session) resolve(ctx context.Context, tx *op.Tx, r importer.Row) (importer.Resolution, error) {
	d, err := detailsOf(r).tidied()
	if err != nil {
		return refuseFault(err), nil
	}
	if s.Key(r) == "" {
		return refuse(fNumber, "people.no_identity", nil, "认不出是谁：需要证件号码、人员编号，或姓名加电话（或出生日期）。",
			"Nothing tells who this is: give a document number, a person ID, or the name with the phone or the date of birth."), nil
	}
	home, refusal, err := s.home(ctx, tx, r)
	if err != nil || refusal != nil {
		return orZero(refusal), err
	}
	known, refusal := s.find(d)
	switch {
	case refusal != nil:
		return *refusal, nil
	case known == nil:
		return s.create(tx, r, d, home), nil
	}
	return s.change(tx, r, d, home, known), nil
}

func orZero(r *importer.Resolution) importer.Resolution {
	if r == nil {
		return importer.Resolution{}
	}
	return *r
}

func detailsOf(r importer.Row) Details {
	d := Details{Identity: identityOf(r), IDKind: IDKind(r.Text(fIDKind)), ExternalKey: r.Text(fKey), Extra: maps.Clone(r.Extra())}
	d.BirthOn, _ = r.Day(fBirth)
	return d
}

// create plans a new person.
func (s *session) create(tx *op.Tx, r importer.Row, d Details, home places.Place) importer.Resolution {
	if home.ID == "" {
		home = s.base
	}
	if home.ID == "" && !tx.Scope().All() {
		return refuse(fPlace, "people.no_place", nil, "没有写明居住地。请填写，或选择一个地点。", "The row does not say where the person lives. Fill it in, or choose a place.")
	}
	p := Person{ID: ref.Person(ids.New()), Registered: true, Version: 1, CreatedAt: tx.Now(), UpdatedAt: tx.Now()}
	p.live(home)
	d.onto(&p, replace)
	p.notAge(r, d.BirthOn, tx.Now())
	s.touched[p.ID] = true
	s.remember(&p)
	return importer.Resolution{Outcome: importer.Insert, Prepared: &prepared{create: true, after: p}}
}

// notAge keeps a stated age with the day on which it was stated, when no birthday is
// known. It is not a birthday, and it goes out of date.
func (p *Person) notAge(r importer.Row, born store.Day, now store.Instant) {
	age, ok := r.Int(fAge)
	if !ok || born != "" || p.BirthOn != "" {
		return
	}
	text := strconv.FormatInt(age, 10)
	if p.Extra["age"] == text {
		return
	}
	extra := maps.Clone(p.Extra)
	if extra == nil {
		extra = map[string]string{}
	}
	extra["age"], extra["age_on"] = text, string(store.DayOf(now.Time(), now.Time().Location()))
	p.Extra = extra
}

// change plans what the row changes about a known person.
func (s *session) change(tx *op.Tx, r importer.Row, d Details, home places.Place, known *Person) importer.Resolution {
	if !tx.Scope().Contains(known.PlacePath) {
		return refuse(fNumber, "people.outside", nil, "此人登记在您的管辖范围之外。", "This person is registered at a place outside your area.")
	}
	before, after := *known, *known
	d.onto(&after, replace)
	after.Registered = true
	if home.ID != "" {
		after.live(home)
	}
	after.notAge(r, d.BirthOn, tx.Now())
	if same(before, after) {
		return importer.Resolution{Outcome: importer.Unchanged}
	}
	if _, err := after.details().tidied(); err != nil { // what is said now may contradict a number known before
		return refuseFault(err)
	}
	if other := s.byKey[after.ExternalKey]; after.ExternalKey != "" && other != nil && other.ID != known.ID {
		return refuse(fKey, "people.two_people", nil, "证件号码和人员编号在登记册中属于两个人。", "In the register the document number and the person ID belong to two people.")
	}
	p := &prepared{before: before, after: after, sameVersion: s.touched[known.ID]}
	*known = after
	if !p.sameVersion {
		known.Version++
	}
	s.touched[known.ID] = true
	s.remember(known)
	return importer.Resolution{Outcome: importer.Update, Prepared: p}
}

// Write stores inserts in one go and then updates one by one.
func (s *session) Write(ctx context.Context, tx *op.Tx, resolutions []importer.Resolution) ([]importer.Written, error) {
	var fresh []Person
	for _, r := range resolutions {
		if p := r.Prepared.(*prepared); p.create {
			fresh = append(fresh, p.after)
		}
	}
	if err := s.register.insert(ctx, tx, fresh); err != nil {
		return nil, fmt.Errorf("write people: %w", err)
	}
	out := make([]importer.Written, len(resolutions))
	for i, r := range resolutions {
		p := r.Prepared.(*prepared)
		if p.create {
			out[i] = importer.Written{Ref: p.after.ID.Ref(), Version: 1}
			continue
		}
		note, err := s.register.remembered(p.before, p.sameVersion)
		if err != nil {
			return nil, err
		}
		saved, err := s.register.save(ctx, tx, p.before, p.after, p.sameVersion)
		if err != nil {
			return nil, fmt.Errorf("write person %s: %w", p.after.ID, err)
		}
		out[i] = importer.Written{Ref: saved.ID.Ref(), Before: note, Version: saved.Version}
	}
	return out, nil
}

// fieldSentences say what is wrong with a field, by field and code.
var fieldSentences = map[string]importer.Text{
	"id_number.check_digit":          {Zh: "身份证号的校验码或其中的出生日期不对，至少有一位写错。", En: "The check digit of the identity number or the birthday in it is wrong, so at least one digit is."},
	"sex.contradicts_id_number":      {Zh: "性别与身份证号不符。请核对哪一个写错了。", En: "The sex contradicts the identity number. Check which of them is wrong."},
	"birth_on.contradicts_id_number": {Zh: "出生日期与身份证号不符。请核对哪一个写错了。", En: "The date of birth contradicts the identity number. Check which of them is wrong."},
}

// refuseFault turns the wrong fields of the details into refusals.
func refuseFault(err error) importer.Resolution {
	out := importer.Resolution{Outcome: importer.Refuse}
	var f *fault.Error
	if !errors.As(err, &f) {
		return out
	}
	for _, x := range f.Fields {
		text, ok := fieldSentences[x.Name+"."+x.Code]
		if !ok {
			text = importer.Text{Zh: "内容过长，或有无法保存的字符。", En: "The text is too long or holds characters that can't be kept."}
		}
		out.Refusals = append(out.Refusals, importer.Refusal{Field: x.Name, Code: "people." + x.Code, Message: text})
	}
	return out
}
