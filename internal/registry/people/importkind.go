package people

import (
	"context"
	"fmt"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/op"
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
	fCategory  = "category"
	fRelation  = "relation"
	fHouseNo   = "household_number"
	fGuardian  = "guardian"
	fCare      = "care"
	fWork      = "workplace"
	fWorkCode  = "workplace_code"
	fVehicle   = "vehicle"
	fPhone2    = "second_phone"
	fEmail     = "email"
	fEmergency = "emergency_contact"
	fSince     = "home_since"
	fNote      = "note"
	fDoor      = "door"
)

// placeParts are columns that name the places from the top down.
var placeParts = []string{"district", "street", "community", "compound", "building", "unit", fDoor}

var importFields = []importer.Field{
	{Key: fName, Title: importer.Text{Zh: "姓名", En: "Name"}, Type: "text", Personal: "name", MaxLen: maxName,
		Synonyms: []string{"full name", "person name", "居民姓名", "患者姓名", "xingming"}},
	{Key: fNumber, Title: importer.Text{Zh: "证件号码", En: "Document number"}, Type: "identifier", Personal: "id_number", MaxLen: maxNumber,
		Synonyms: []string{"身份证号", "身份证号码", "身份证", "公民身份号码", "证件号", "citizen id", "national id", "resident id", "id card", "passport number", "护照号", "护照号码", "通行证号码", "shenfenzheng"}},
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
	{Key: fDoor, Title: importer.Text{Zh: "户室", En: "Door"}, Type: "text", Synonyms: []string{"室号", "房号", "门牌号", "房间号", "门户号", "room", "room number", "flat", "apartment", "shihao"}},
	{Key: fHouseNo, Title: importer.Text{Zh: "户号", En: "Household number"}, Type: "identifier", Personal: "id_number", MaxLen: maxKey,
		Synonyms: []string{"家庭编号", "户编号", "户籍号", "household id", "household no", "family number", "huhao"}},
	{Key: fRelation, Title: importer.Text{Zh: "与户主关系", En: "Relation to the head"}, Type: "code",
		Synonyms: []string{"户主关系", "与户主的关系", "家庭关系", "relation", "relation to head", "relationship", "relationship to head", "guanxi"}, Codes: relationCodes},
	{Key: fCategory, Title: importer.Text{Zh: "人员类别", En: "Category"}, Type: "code",
		Synonyms: []string{"人员类型", "人口类别", "居住类别", "类别", "resident type", "person category", "leibie"}, Codes: categoryCodes},
	{Key: fGuardian, Title: importer.Text{Zh: "监护人", En: "Guardian"}, Type: "text", Personal: "name", MaxLen: maxName,
		Synonyms: []string{"监护人姓名", "监护人身份证号", "监护人证件号码", "guardian name", "guardian id", "guardian id number", "jianhuren"}},
	{Key: fCare, Title: importer.Text{Zh: "特殊需求", En: "Care needs"}, Type: "text", Personal: "health", MaxLen: 500,
		Synonyms: []string{"特殊照护", "特殊人群", "特殊人群类型", "重点人群", "照护需求", "special needs", "special care", "needs", "vulnerable group", "teshuxuqiu"}},
	{Key: fWork, Title: importer.Text{Zh: "工作单位", En: "Workplace"}, Type: "text", Personal: "free_text", MaxLen: maxText,
		Synonyms: []string{"单位", "单位名称", "就读学校", "学校", "employer", "company", "school", "gongzuodanwei"}},
	{Key: fWorkCode, Title: importer.Text{Zh: "单位代码", En: "Workplace code"}, Type: "identifier", Synonyms: []string{"工作单位代码", "workplace place code", "employer code"}},
	{Key: fVehicle, Title: importer.Text{Zh: "车牌号", En: "Plate"}, Type: "text", Personal: "free_text", MaxLen: maxPlate,
		Synonyms: []string{"车牌", "车牌号码", "车辆号牌", "plate number", "license plate", "licence plate", "vehicle", "car", "chepai"}},
	{Key: fPhone2, Title: importer.Text{Zh: "备用电话", En: "Second phone"}, Type: "phone", Personal: "phone",
		Synonyms: []string{"第二电话", "其他电话", "固定电话", "电话2", "phone 2", "other phone", "alternative phone", "landline"}},
	{Key: fEmail, Title: importer.Text{Zh: "电子邮箱", En: "E-mail"}, Type: "text", Personal: "free_text", MaxLen: maxText, Synonyms: []string{"邮箱", "电子邮件", "mail", "email address", "youxiang"}},
	{Key: fEmergency, Title: importer.Text{Zh: "紧急联系人", En: "Emergency contact"}, Type: "text", Personal: "free_text", MaxLen: maxText, Synonyms: []string{"应急联系人", "联系人", "next of kin"}},
	{Key: fSince, Title: importer.Text{Zh: "入住日期", En: "Home since"}, Type: "day", Personal: "free_text",
		Synonyms: []string{"居住起始日期", "迁入日期", "来本地日期", "moved in", "move in date", "resident since", "ruzhuriqi"}},
	{Key: fNote, Title: importer.Text{Zh: "备注", En: "Note"}, Type: "text", Personal: "free_text", MaxLen: maxNote, Synonyms: []string{"说明", "remarks", "comment", "beizhu"}},
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

// BatchRows is how many rows go into one transaction: with fewer, each page of the indexes
// by name, sound and phone is written for a row or two; with more, other writers wait for
// seconds.
func (*Kind) BatchRows() int { return 5000 }

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
	if !plan.Has(fGuardian) {
		d.Assumptions = append(d.Assumptions, importer.Assumption{Code: "people.no_guardians",
			Zh: "文件没有监护人一列：未成年人照常登记，可在名单中按“缺监护人”筛选。", En: "The file has no column of guardians: minors are taken in, and lists show them under “without guardian”."})
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
	s := newSession(k.register, opt)
	if opt.Place != "" {
		p, err := places.Load(ctx, tx, opt.Place)
		if err != nil {
			return nil, fmt.Errorf("begin an import of people: %w", err)
		}
		s.base = p
	}
	s.homes = newFinder(s.base.Path)
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
	case fault.CodeOf(err) == "people.merged":
		return importer.EditedSince, nil
	case fault.KindOf(err) == fault.NotFound:
		return importer.Gone, nil
	case err != nil:
		return "", err
	case p.Version != c.Version:
		return importer.EditedSince, nil
	case c.Outcome == importer.Update:
		return importer.Undone, k.register.restore(ctx, tx, p, c.Before)
	}
	gone, err := k.register.remove(ctx, tx, p.ID)
	if err != nil {
		return "", err
	}
	if !gone {
		return importer.InUse, nil
	}
	return importer.Undone, emptied(ctx, tx, p)
}
