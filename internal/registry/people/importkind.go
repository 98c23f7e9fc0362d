package people

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/vault"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
)

// The fields that a file can state about a person.
const (
	fNumber    = "id_number"
	fName      = "name"
	fPhone     = "phone"
	fSex       = "sex"
	fBirth     = "birth_on"
	fAge       = "age"
	fPlaceCode = "place_code"
	fPlace     = "place"
	fAddress   = "address"
	fKey       = "external_key"
	fIDKind    = "id_kind"
	fFirst     = "first_name"
	fLast      = "last_name"
)

// placeParts are columns that name the places from the top down.
var placeParts = []string{"district", "street", "community", "compound", "building", "unit"}

var importFields = []importer.Field{
	{Key: fName, Title: importer.Text{Zh: "姓名", En: "Name"}, Type: "text", Personal: "name", MaxLen: maxName,
		Synonyms: []string{"full name", "person name", "居民姓名", "患者姓名", "xingming"}},
	{Key: fNumber, Title: importer.Text{Zh: "证件号码", En: "Document number"}, Type: "identifier", Personal: "id_number", MaxLen: maxNumber,
		Synonyms: []string{"身份证号", "身份证号码", "身份证", "公民身份号码", "证件号", "citizen id", "national id", "resident id", "id card", "passport number", "shenfenzheng"}},
	{Key: fPhone, Title: importer.Text{Zh: "电话", En: "Phone"}, Type: "phone", Personal: "phone",
		Synonyms: []string{"手机", "手机号", "手机号码", "联系电话", "电话号码", "telephone", "mobile", "contact number", "phone number"}},
	{Key: fSex, Title: importer.Text{Zh: "性别", En: "Sex"}, Type: "code", Synonyms: []string{"gender", "xingbie"},
		Codes: map[string][]string{"male": {"男", "m", "男性", "man", "1"}, "female": {"女", "f", "女性", "woman", "2"},
			"other": {"其他", "o", "9"}, "unknown": {"未知", "不详", "u", "0"}}},
	{Key: fBirth, Title: importer.Text{Zh: "出生日期", En: "Date of birth"}, Type: "day", Personal: "free_text",
		Synonyms: []string{"出生年月日", "生日", "出生年月", "birth date", "birthday", "dob", "born on"}},
	{Key: fAge, Title: importer.Text{Zh: "年龄", En: "Age"}, Type: "age", Synonyms: []string{"age years", "周岁"}},
	{Key: fPlaceCode, Title: importer.Text{Zh: "地点代码", En: "Place code"}, Type: "identifier",
		Synonyms: []string{"社区代码", "区划代码", "居住地代码", "community code", "street code", "location_id", "area code"}},
	{Key: fPlace, Title: importer.Text{Zh: "居住地", En: "Place of residence"}, Type: "text",
		Synonyms: []string{"地点", "所在地点", "所属地点", "现住地", "place path", "location", "residence"}},
	{Key: "district", Title: importer.Text{Zh: "区县", En: "District"}, Type: "text", Synonyms: []string{"所属区", "所在区", "区", "county"}},
	{Key: "street", Title: importer.Text{Zh: "街道", En: "Street"}, Type: "text", Synonyms: []string{"街道乡镇", "乡镇街道", "所属街道", "乡镇", "town", "township"}},
	{Key: "community", Title: importer.Text{Zh: "社区", En: "Community"}, Type: "text", Synonyms: []string{"社区村", "所属社区", "居委会", "村", "village"}},
	{Key: "compound", Title: importer.Text{Zh: "小区", En: "Estate"}, Type: "text", Synonyms: []string{"小区名称", "所属小区", "compound name"}},
	{Key: "building", Title: importer.Text{Zh: "楼栋", En: "Building"}, Type: "text", Synonyms: []string{"楼号", "栋", "幢", "楼"}},
	{Key: "unit", Title: importer.Text{Zh: "单元", En: "Stairwell unit"}, Type: "text", Synonyms: []string{"单元号", "stairwell"}},
	{Key: fAddress, Title: importer.Text{Zh: "详细地址", En: "Address"}, Type: "text", Personal: "address", MaxLen: maxAddress,
		Synonyms: []string{"地址", "住址", "现住址", "家庭住址", "居住地址", "home address", "residential address", "dizhi"}},
	{Key: fKey, Title: importer.Text{Zh: "人员编号", En: "Person ID"}, Type: "identifier", Personal: "id_number", MaxLen: maxKey,
		Synonyms: []string{"external id", "person number", "uuid", "person uuid", "居民编号", "人员ID"}},
	{Key: fIDKind, Title: importer.Text{Zh: "证件类型", En: "Kind of document"}, Type: "code", Synonyms: []string{"证件种类", "id type", "document type"},
		Codes: map[string][]string{"resident_id": {"身份证", "居民身份证", "resident identity card", "citizen id", "01", "1"},
			"passport": {"护照", "03", "3"}, "permit": {"港澳台居民居住证", "港澳居民来往内地通行证", "台湾居民来往大陆通行证", "通行证", "外国人永久居留身份证", "residence permit"},
			"other": {"其他", "其它"}}},
	{Key: fLast, Title: importer.Text{Zh: "姓", En: "Family name"}, Type: "text", Personal: "name", MaxLen: maxName, Synonyms: []string{"surname", "last name", "lastName"}},
	{Key: fFirst, Title: importer.Text{Zh: "名", En: "Given name"}, Type: "text", Personal: "name", MaxLen: maxName, Synonyms: []string{"first name", "firstName", "given names"}},
}

// Kind takes files of people.
type Kind struct{ register *Service }

// NewKind returns the kind that fills the register s.
func NewKind(s *Service) *Kind { return &Kind{register: s} }

var _ importer.Kind = (*Kind)(nil)

// Name is the stable name.
func (*Kind) Name() string { return "people" }

// Title is what people call the records.
func (*Kind) Title() importer.Text { return importer.Text{Zh: "人员", En: "People"} }

// Operation is the operation under which rows are written.
func (*Kind) Operation() *op.Def { return ImportPeople }

// Fields lists what a file can say.
func (*Kind) Fields() []importer.Field { return importFields }

// Describe tells how people will be recognised and where they are put.
func (k *Kind) Describe(ctx context.Context, tx *op.Tx, plan importer.Plan) (importer.Description, error) {
	var d importer.Description
	named := plan.Has(fName) || plan.Has(fFirst) || plan.Has(fLast)
	if !plan.Has(fNumber) && !plan.Has(fKey) && !(named && (plan.Has(fPhone) || plan.Has(fBirth))) {
		d.Problems = append(d.Problems, importer.Problem{Code: "people.no_identity", Text: importer.Text{
			Zh: "没有一列能认出人：需要证件号码、人员编号，或姓名加电话（或出生日期）。",
			En: "No column tells people apart: a document number is needed, a person ID, or the name with the phone or the date of birth.",
		}})
	}
	if plan.Place != "" {
		p, err := places.Load(ctx, tx, plan.Place)
		if err != nil {
			return d, fmt.Errorf("describe a file of people: %w", err)
		}
		d.Assumptions = append(d.Assumptions, importer.Assumption{Code: "people.under",
			Zh: fmt.Sprintf("没有写明居住地的人，登记在“%s”。", p.Name), En: fmt.Sprintf("People without a place of residence are put at %s.", p.Name)})
	} else if !statesPlace(plan.SessionOptions) && !tx.Scope().All() {
		d.Problems = append(d.Problems, importer.Problem{Code: "people.choose_place", Text: importer.Text{
			Zh: "没有一列说明居住地。请选择一个地点。", En: "No column says where the people live. Choose a place."}})
	}
	return d, nil
}

func statesPlace(opt importer.SessionOptions) bool {
	if opt.Has(fPlace) || opt.Has(fPlaceCode) {
		return true
	}
	for _, p := range placeParts {
		if opt.Has(p) {
			return true
		}
	}
	return false
}

// Begin starts a session.
func (k *Kind) Begin(ctx context.Context, tx *op.Tx, opt importer.SessionOptions) (importer.Session, error) {
	s := &session{register: k.register, opt: opt, touched: map[ref.Person]bool{}}
	if opt.Place != "" {
		p, err := places.Load(ctx, tx, opt.Place)
		if err != nil {
			return nil, fmt.Errorf("begin an import of people: %w", err)
		}
		s.base = p
	}
	s.locator = places.NewLocator(s.base.Path)
	s.forget()
	return s, nil
}

// Undo takes an import back: people it added go, unless a case refers to them now; people
// it changed are as before, unless somebody edited them since.
func (k *Kind) Undo(ctx context.Context, tx *op.Tx, changes []importer.Change) ([]importer.UndoResult, error) {
	out := make([]importer.UndoResult, len(changes))
	for i, c := range changes {
		r, err := k.undo(ctx, tx, c)
		if err != nil {
			return nil, fmt.Errorf("undo the import of person %s: %w", c.Ref.ID, err)
		}
		out[i] = r
	}
	return out, nil
}

func (k *Kind) undo(ctx context.Context, tx *op.Tx, c importer.Change) (importer.UndoResult, error) {
	p, err := k.register.Load(ctx, tx, ref.Person(c.Ref.ID))
	switch {
	case fault.KindOf(err) == fault.NotFound:
		return importer.Gone, nil
	case err != nil:
		return "", err
	case p.Version != c.Version:
		return importer.EditedSince, nil
	case c.Outcome == importer.Update:
		return importer.Undone, k.restore(ctx, tx, p, c.Before)
	}
	gone, err := k.register.remove(ctx, tx, p.ID)
	if err != nil || gone {
		return importer.Undone, err
	}
	return importer.InUse, nil
}

// memory is what undo needs to put a person back.
type memory struct {
	Place                              ref.Place
	Path, Name, Phone, Number, Address string
	IDKind                             IDKind
	Sex                                Sex
	BirthOn                            store.Day
	ExternalKey                        string
	Extra                              map[string]string
	Registered, SameVersion            bool
}

// remembered seals the person as they were: the note stands in a table of the importer.
func (s *Service) remembered(p Person, sameVersion bool) (string, error) {
	b, err := json.Marshal(memory{p.PlaceID, p.PlacePath, p.Name, p.Phone, p.IDNumber, p.Address, p.IDKind, p.Sex, p.BirthOn,
		p.ExternalKey, p.Extra, p.Registered, sameVersion})
	if err != nil {
		return "", err
	}
	return s.vault.Seal(vault.FreeText, string(b))
}

func (k *Kind) restore(ctx context.Context, tx *op.Tx, now Person, before string) error {
	text, err := k.register.vault.Open(vault.FreeText, before)
	if err != nil {
		return err
	}
	var m memory
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return fmt.Errorf("read what was before: %w", err)
	}
	after := now
	after.PlaceID, after.PlacePath, after.Name, after.Phone, after.IDNumber, after.Address = m.Place, m.Path, m.Name, m.Phone, m.Number, m.Address
	after.IDKind, after.Sex, after.BirthOn, after.ExternalKey, after.Extra, after.Registered = m.IDKind, m.Sex, m.BirthOn, m.ExternalKey, m.Extra, m.Registered
	_, err = k.register.save(ctx, tx, now, after, m.SameVersion)
	return err
}
