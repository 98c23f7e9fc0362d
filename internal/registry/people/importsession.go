package people

import (
	"context"
	"encoding/hex"
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
	homes    *finder
	// touched are the people whom earlier rows of this file added or changed: a further
	// row about them belongs to the same change. The key is the id in its 16 bytes.
	touched map[[16]byte]struct{}
	// numbered holds the path at which each household number of the file stands.
	numbered map[int64]string

	// What the session knows. A real run starts anew with each batch, because the database
	// has it then; a dry run keeps what the file has added, the last mostRemembered of it.
	byNumber, byKey map[string]*Person
	byName          map[string][]*Person
}

// mostRemembered bounds what a dry run keeps in memory, to some 200 MB. Only a row that
// is about the same person as one so much earlier, but under another number, is taken for
// a new one in the prediction; the run itself asks the database.
const mostRemembered = 200_000

func newSession(register *Service, opt importer.SessionOptions) *session {
	s := &session{register: register, opt: opt, touched: map[[16]byte]struct{}{}, numbered: map[int64]string{}}
	s.forget()
	return s
}

func (s *session) forget() {
	s.byNumber, s.byKey, s.byName = map[string]*Person{}, map[string]*Person{}, map[string][]*Person{}
}

func short(id ref.Person) (out [16]byte) {
	_, _ = hex.Decode(out[:], []byte(strings.ReplaceAll(string(id), "-", "")))
	return out
}

func (s *session) touch(id ref.Person) { s.touched[short(id)] = struct{}{} }

func (s *session) isTouched(id ref.Person) bool {
	_, ok := s.touched[short(id)]
	return ok
}

// Passes is one; a file that names guardians is read twice, those who have one second:
// the guardian may stand anywhere in the file.
func (s *session) Passes() int {
	if s.opt.Has(fGuardian) {
		return 2
	}
	return 1
}

// Pass is the second for a row that names a guardian.
func (s *session) Pass(r importer.Row) int {
	if r.Has(fGuardian) {
		return 1
	}
	return 0
}

// Key is the document number, else the external key, else name, phone and birthday.
func (s *session) Key(r importer.Row) string {
	if r.Has(fNumber) {
		if n := normalNumber(r.Text(fNumber)); n != "" {
			return "number\x00" + n
		}
	}
	if r.Has(fKey) {
		return "key\x00" + r.Text(fKey)
	}
	name, phone, birth := normalName(nameOf(r)), normalPhone(r.Text(fPhone)), r.Text(fBirth)
	if name != "" && (phone != "" || birth != "") {
		return "name\x00" + name + "\x00" + phone + "\x00" + birth
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

// planned is a row on its way to a resolution.
type planned struct {
	row     importer.Row
	d       Details
	home    home
	refusal *importer.Resolution
}

// prepared is what Write does for one row.
type prepared struct {
	create      bool
	before      Person
	after       Person
	care        []Care // to be added
	sameVersion bool
	doubts      []DoubtCode
	number      string // of the household
	suspects    []Suspicion
}

// Resolve decides what each row does.
func (s *session) Resolve(ctx context.Context, tx *op.Tx, rows []importer.Row) ([]importer.Resolution, error) {
	if !s.opt.DryRun || len(s.byName) > mostRemembered {
		s.forget()
	}
	if err := s.homes.learn(ctx, tx, rows); err != nil {
		return nil, fmt.Errorf("look up places: %w", err)
	}
	all := make([]planned, len(rows))
	for i, r := range rows {
		p, err := s.plan(ctx, tx, r)
		if err != nil {
			return nil, fmt.Errorf("resolve row %d: %w", r.Number, err)
		}
		all[i] = p
	}
	if err := s.prefetch(ctx, tx, all); err != nil {
		return nil, fmt.Errorf("look up people: %w", err)
	}
	out := make([]importer.Resolution, len(rows))
	for i, p := range all {
		if p.refusal != nil {
			out[i] = *p.refusal
		} else {
			var err error
			if out[i], err = s.resolve(ctx, tx, p); err != nil {
				return nil, fmt.Errorf("resolve row %d: %w", p.row.Number, err)
			}
		}
		out[i].Row = p.row.Number
	}
	return out, nil
}

func refuse(field, code string, params map[string]string, zh, en string) importer.Resolution {
	return importer.Resolution{Outcome: importer.Refuse, Refusals: []importer.Refusal{
		{Field: field, Code: code, Params: params, Message: importer.Text{Zh: zh, En: en}}}}
}

func refused(r importer.Resolution) *importer.Resolution { return &r }

// plan reads a row and finds where it puts the person.
func (s *session) plan(ctx context.Context, tx *op.Tx, r importer.Row) (planned, error) {
	p := planned{row: r}
	if s.Key(r) == "" {
		p.refusal = refused(refuse(fNumber, "people.no_identity", nil, "认不出是谁：需要证件号码、人员编号，或姓名加电话（或出生日期）。",
			"Nothing tells who this is: give a document number, a person ID, or the name with the phone or the date of birth."))
		return p, nil
	}
	var err error
	if p.d, p.refusal = s.details(r, today(tx)); p.refusal != nil {
		return p, nil
	}
	p.home, p.refusal, err = s.homes.of(ctx, tx, r)
	return p, err
}

// details are what the row says, tidied.
func (s *session) details(r importer.Row, day store.Day) (Details, *importer.Resolution) {
	d := Details{
		Identity: identityOf(r), IDKind: IDKind(r.Text(fIDKind)), ExternalKey: r.Text(fKey), Extra: maps.Clone(r.Extra()),
		Category: Category(r.Text(fCategory)), Relation: Relation(r.Text(fRelation)), Vehicle: r.Text(fVehicle), Workplace: s.homes.codes[r.Text(fWorkCode)].id,
		Contact: Contact{SecondPhone: r.Text(fPhone2), Email: r.Text(fEmail), EmergencyContact: r.Text(fEmergency), Workplace: r.Text(fWork), Note: r.Text(fNote)},
	}
	d.BirthOn, _ = r.Day(fBirth)
	d.HomeSince, _ = r.Day(fSince)
	switch {
	case zeroDays[d.BirthOn]:
		return d, refused(refuse(fBirth, "people.spreadsheet_zero", nil, "出生日期是表格软件对空值或 0 的写法（1900年1月0日、1日）。请改正，或留空。",
			"The date of birth is what spreadsheets make of an empty cell or a zero (0 or 1 January 1900). Correct it, or leave it empty."))
	case d.BirthOn > day:
		return d, refused(refuse(fBirth, "people.not_born", nil, "出生日期在今天之后。请改正。", "The date of birth lies after today. Correct it."))
	}
	if text := r.Text(fCare); text != "" {
		var ok bool
		if d.Care, ok = readCare(text); !ok {
			return d, refused(refuse(fCare, "people.care_unknown", nil, "特殊需求中有认不出的词。请用：独居老人、孕妇、产妇、残疾人、行动不便、透析、精神疾病、慢性病、肿瘤放化疗、婴幼儿、语言帮助、家庭氧疗、安宁疗护、长期用药等，用顿号分开。",
				"A word among the care needs is not known. Use words such as pregnancy, disability, dialysis, chronic disease, infant, oxygen, parted by commas."))
		}
	}
	d, err := d.tidied()
	if err != nil {
		return d, refused(refuseFault(err))
	}
	return d, nil
}

// zeroDays are what spreadsheets make of an empty cell or a zero in a column of days.
var zeroDays = map[store.Day]bool{"1899-12-30": true, "1899-12-31": true, "1900-01-01": true, "1904-01-01": true}

func (s *session) resolve(ctx context.Context, tx *op.Tx, p planned) (importer.Resolution, error) {
	known, refusal := s.find(p.d)
	switch {
	case refusal != nil:
		return *refusal, nil
	case known == nil:
		return s.create(tx, p), nil
	}
	return s.change(ctx, tx, p, known)
}

// create plans a new person.
func (s *session) create(tx *op.Tx, at planned) importer.Resolution {
	if at.home.id == "" {
		at.home = homeAt(s.base)
	}
	if at.home.id == "" && !tx.Scope().All() {
		return refuse(fPlace, "people.no_place", nil, "没有写明居住地。请填写，或选择一个地点。", "The row does not say where the person lives. Fill it in, or choose a place.")
	}
	p := Person{ID: ref.Person(ids.New()), Registered: true, Version: 1, CreatedAt: tx.Now(), UpdatedAt: tx.Now(), Needs: needsOf(at.d.Care), WorkplaceID: at.d.Workplace}
	p.live(at.home)
	at.d.onto(&p, replace)
	p.notAge(at.row, at.d.BirthOn, tx.Now())
	out := &prepared{create: true, care: at.d.Care}
	s.family(tx, at.row, &p, out)
	out.suspects = s.suspects(p)
	out.after = p
	s.touch(p.ID)
	s.remember(&p)
	return importer.Resolution{Outcome: importer.Insert, Prepared: out}
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
func (s *session) change(ctx context.Context, tx *op.Tx, at planned, known *Person) (importer.Resolution, error) {
	if !tx.Scope().Contains(known.PlacePath) {
		return refuse(fNumber, "people.outside", nil, "此人登记在您的管辖范围之外。", "This person is registered at a place outside your area."), nil
	}
	out, d := &prepared{before: *known, sameVersion: s.isTouched(known.ID)}, at.d
	if d.Name != "" && known.Name != "" && normalName(d.Name) != normalName(known.Name) && d.IDNumber != "" {
		asked, err := s.register.isDoubted(ctx, tx, known.ID, TwoNames)
		if err != nil {
			return importer.Resolution{}, err
		}
		if d.Name = ""; !asked {
			out.doubts = append(out.doubts, TwoNames)
		}
	}
	after := s.changed(tx, at, d, known, out)
	if same(out.before, after) && len(out.doubts) == 0 {
		return importer.Resolution{Outcome: importer.Unchanged}, nil
	}
	if _, err := after.details(nil).tidied(); err != nil { // what is said now may contradict a number known before
		return refuseFault(err), nil
	}
	if other := s.byKey[after.ExternalKey]; after.ExternalKey != "" && other != nil && other.ID != known.ID {
		return refuse(fKey, "people.two_people", nil, "证件号码和人员编号在登记册中属于两个人。", "In the register the document number and the person ID belong to two people."), nil
	}
	out.after, out.care = after, d.Care
	*known = after
	if !out.sameVersion {
		known.Version++
	}
	s.touch(known.ID)
	s.remember(known)
	return importer.Resolution{Outcome: importer.Update, Prepared: out}, nil
}

func (s *session) changed(tx *op.Tx, at planned, d Details, known *Person, out *prepared) Person {
	after := *known
	d.onto(&after, replace)
	after.Registered = true
	after.Needs |= needsOf(d.Care)
	if at.row.Has(fCategory) {
		after.Category = d.Category
	}
	if d.Workplace != "" {
		after.WorkplaceID = d.Workplace
	}
	if at.home.id != "" {
		after.live(at.home)
	}
	after.notAge(at.row, d.BirthOn, tx.Now())
	s.family(tx, at.row, &after, out)
	return after
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
