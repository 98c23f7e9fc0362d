package people_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
)

func person(name, phone string, kind people.IDKind, number string, birth store.Day, place ref.Place) people.Person {
	return people.Person{Name: name, Phone: phone, IDKind: kind, IDNumber: number, BirthOn: birth, Sex: people.UnknownSex, PlaceID: place, AtDoor: place != "the block"}
}

func TestLikeness(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		a, b       people.Person
		reasons    []people.Reason
		suspicious bool
	}{
		"same name and birthday": {person("王芳", "", "", "", "1990-03-07", ""), person("王 芳", "", "", "", "1990-03-07", ""),
			[]people.Reason{people.SameName, people.SameBirthday}, true},
		"same name and phone": {person("王芳", "13800138000", "", "", "", ""), person("王芳", "+86 138-0013-8000", "", "", "", ""),
			[]people.Reason{people.SameName, people.SamePhone}, true},
		"name alone": {person("王芳", "", "", "", "", ""), person("王芳", "", "", "", "", ""), []people.Reason{people.SameName}, false},
		"same name at one door": {person("王芳", "", "", "", "", "x"), person("王芳", "", "", "", "", "x"),
			[]people.Reason{people.SameName, people.SameDoor}, true},
		"a namesake in the block": {person("王芳", "", "", "", "", "the block"), person("王芳", "", "", "", "", "the block"),
			[]people.Reason{people.SameName}, false},
		"same sound, birthday, door": {person("张伟", "", "", "", "1990-03-07", "x"), person("章玮", "", "", "", "1990-03-07", "x"),
			[]people.Reason{people.SameBirthday, people.SameSound, people.SameDoor}, true},
		"pinyin of the name": {person("张伟", "1380013800", "", "", "1990-03-07", ""), person("Wei Zhang", "1380013800", "", "", "1990-03-07", ""),
			[]people.Reason{people.SameBirthday, people.SamePhone, people.SameSound}, true},
		"family name read otherwise": {person("单雄信", "", "", "", "1990-03-07", "x"), person("Shan Xiongxin", "", "", "", "1990-03-07", "x"),
			[]people.Reason{people.SameBirthday, people.SameSound, people.SameDoor}, true},
		"order of the words": {person("María José Pérez", "", people.Passport, "AB1", "1990-03-07", ""), person("PÉREZ María-José", "", "", "", "1990-03-07", ""),
			[]people.Reason{people.NameOrder, people.SameBirthday}, true},
		"twins": {person("张建国", "13800138000", "", "", "1990-03-07", "x"), person("张建军", "13800138000", "", "", "1990-03-07", "x"),
			[]people.Reason{people.SameBirthday, people.SamePhone, people.SameDoor, people.UnlikeName}, false},
		"two valid numbers": {person("王芳", "13800138000", people.Resident, woman, "1949-12-31", "x"), person("王芳", "13800138000", people.Resident, man, "1949-12-31", "x"),
			[]people.Reason{people.SameName, people.SameBirthday, people.SamePhone, people.SameDoor, people.UnlikeNumber}, false},
		"a passport mistyped": {person("Anna Berg", "", people.Passport, "C01X00T47", "1990-03-07", ""), person("Anna Berg", "", people.Passport, "C01X0OT47", "1990-03-07", ""),
			[]people.Reason{people.NearNumber, people.SameName, people.SameBirthday}, true},
		"neighbours exchanged": {person("Anna Berg", "", people.Passport, "12345678", "", ""), person("Anna Berg", "", people.Passport, "12354678", "", ""),
			[]people.Reason{people.NearNumber, people.SameName}, true},
		"a renewed passport": {person("Anna Berg", "13800138000", people.Passport, "C01X00T47", "1990-03-07", ""), person("Anna Berg", "13800138000", people.Passport, "D99Z11K20", "1990-03-07", ""),
			[]people.Reason{people.SameName, people.SameBirthday, people.SamePhone, people.UnlikePaper}, true},
		"other birthday": {person("王芳", "13800138000", "", "", "1990-03-07", ""), person("王芳", "13800138000", "", "", "1961-11-20", ""),
			[]people.Reason{people.SameName, people.SamePhone, people.UnlikeBirthday}, false},
		"day and month exchanged": {person("王芳", "", "", "", "1990-03-07", "x"), person("王芳", "", "", "", "1990-07-03", "x"),
			[]people.Reason{people.SameName, people.SameDoor, people.NearBirthday}, true},
		"no one's phone": {person("王芳", "00000000000", "", "", "", ""), person("王芳", "00000000000", "", "", "", ""), []people.Reason{people.SameName}, false},
		"passport and identity card": {person("王芳", "", people.Resident, woman, "1949-12-31", ""), person("王芳", "", people.Passport, "E12345678", "1949-12-31", ""),
			[]people.Reason{people.SameName, people.SameBirthday}, true},
		"one letter": {person("Johansson Eva", "13800138000", "", "", "1990-03-07", ""), person("Johanson Eva", "13800138000", "", "", "1990-03-07", ""),
			[]people.Reason{people.SameBirthday, people.SamePhone, people.NearSpelling}, true},
		"nothing known": {person("", "", "", "", "", ""), person("", "", "", "", "", ""), nil, false},
	} {
		for _, l := range []people.Likeness{people.Compare(c.a, c.b), people.Compare(c.b, c.a)} {
			got, want := slices.Sorted(slices.Values(l.Reasons)), slices.Sorted(slices.Values(c.reasons))
			if !slices.Equal(got, want) || l.Suspicious != c.suspicious {
				t.Errorf("%s: %v, %d points, suspicious %v; want %v, %v", name, l.Reasons, l.Score, l.Suspicious, c.reasons, c.suspicious)
			}
		}
	}
}

// TestLikenessIsSymmetricAndBounded over names and facts in any combination.
func TestLikenessIsSymmetricAndBounded(t *testing.T) {
	t.Parallel()
	somebody := func(r *rapid.T, what string) people.Person {
		kind := rapid.SampledFrom([]people.IDKind{"", people.Resident, people.Passport}).Draw(r, what+" kind")
		number := map[people.IDKind][]string{"": {""}, people.Resident: {woman, man, elder}, people.Passport: {"E1234567", "E1234576", "Z0"}}[kind]
		return person(rapid.SampledFrom([]string{"", "王芳", "汪芳", "王方", "Wang Fang", "Fang Wang", "欧阳娜娜", "O'Neil", "x", "𠮷田", "·"}).Draw(r, what+" name"),
			rapid.SampledFrom([]string{"", "1", "13800138000", "+8613800138000"}).Draw(r, what+" phone"), kind, rapid.SampledFrom(number).Draw(r, what+" number"),
			rapid.SampledFrom([]store.Day{"", "1990-03-07", "1990-07-03", "1949-12-31"}).Draw(r, what+" birth"), rapid.SampledFrom([]ref.Place{"", "x", "y"}).Draw(r, what+" place"))
	}
	rapid.Check(t, func(r *rapid.T) {
		a, b := somebody(r, "a"), somebody(r, "b")
		l, m := people.Compare(a, b), people.Compare(b, a)
		if !slices.Equal(l.Reasons, m.Reasons) || l.Score != m.Score || l.Suspicious != m.Suspicious {
			r.Fatalf("%v one way, %v the other", l, m)
		}
		if l.Score < 0 || l.Score > 100 {
			r.Fatalf("%d points", l.Score)
		}
		for _, reason := range l.Reasons {
			if zh, en := reason.Words(); zh == "" || en == "" {
				r.Fatalf("no words for %s", reason)
			}
		}
		if a.IDKind == people.Resident && b.IDKind == people.Resident && a.IDNumber != b.IDNumber && l.Suspicious {
			r.Fatal("two valid identity numbers are suspicious")
		}
	})
}
