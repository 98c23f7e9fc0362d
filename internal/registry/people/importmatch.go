package people

import "github.com/allclear/allclear/internal/platform/importer"

// find returns whom the row is about, nil for nobody known yet.
func (s *session) find(d Details) (*Person, *importer.Resolution) {
	byNumber, byKey := s.byNumber[d.IDNumber], s.byKey[d.ExternalKey]
	if d.IDNumber == "" {
		byNumber = nil
	}
	if d.ExternalKey == "" {
		byKey = nil
	}
	switch {
	case byNumber != nil && byKey != nil && byNumber != byKey:
		r := refuse(fKey, "people.two_people", nil, "证件号码和人员编号在登记册中属于两个人。", "In the register the document number and the person ID belong to two people.")
		return nil, &r
	case byNumber != nil:
		return byNumber, nil
	case byKey != nil && differs(*byKey, d):
		r := refuse(fKey, "people.other_person", nil, "登记册中这个人员编号属于另一个人（姓名、证件号码都不同）。请核对编号是否来自另一个系统。",
			"In the register this person ID belongs to somebody else. Check whether the IDs come from another system.")
		return nil, &r
	case byKey != nil:
		return byKey, nil
	}
	return s.byNameAndMore(d)
}

// differs reports whether a known person under the same external key can't be the one
// the details are about: another document number, or another name with nothing else in common.
func differs(p Person, d Details) bool {
	if p.IDNumber != "" && d.IDNumber != "" {
		return p.IDNumber != d.IDNumber
	}
	if p.Name == "" || d.Name == "" || normalName(p.Name) == normalName(d.Name) {
		return false
	}
	samePhone := p.Phone != "" && normalPhone(p.Phone) == normalPhone(d.Phone)
	sameBirth := p.BirthOn != "" && p.BirthOn == d.BirthOn
	return !samePhone && !sameBirth
}

// byNameAndMore finds somebody of the same name who shares the phone or the birthday,
// and whom nothing contradicts.
func (s *session) byNameAndMore(d Details) (*Person, *importer.Resolution) {
	var fits []*Person
	for _, p := range s.byName[normalName(d.Name)] {
		if d.Name != "" && fitsName(*p, d) {
			fits = append(fits, p)
		}
	}
	switch len(fits) {
	case 0:
		return nil, nil
	case 1:
		return fits[0], nil
	}
	r := refuse(fName, "people.ambiguous", nil, "登记册中有几个人符合。请补充证件号码。", "Several people in the register fit. Add the document number.")
	return nil, &r
}

func fitsName(p Person, d Details) bool {
	phone := agree(normalPhone(p.Phone), normalPhone(d.Phone))
	birth := agree(string(p.BirthOn), string(d.BirthOn))
	number, key := agree(p.IDNumber, d.IDNumber), agree(p.ExternalKey, d.ExternalKey)
	return phone >= 0 && birth >= 0 && number >= 0 && key >= 0 && phone+birth > 0
}

// agree is 1 for equal values, −1 for different ones, 0 when one of them is not known.
func agree(a, b string) int {
	switch {
	case a == "" || b == "":
		return 0
	case a == b:
		return 1
	}
	return -1
}
