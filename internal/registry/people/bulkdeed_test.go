package people

import (
	"errors"
	"testing"

	"github.com/allclear/allclear/internal/platform/fault"
)

func TestWhatADeedMayState(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		deed Deed
		want string // the wrong field and its code
	}{
		{Deed{Category: Staff}, ""},
		{Deed{AddNeed: Infant, On: "2022-04-01"}, ""},
		{Deed{}, "deed required"},
		{Deed{Category: Staff, EndNeed: Infant}, "deed required"},
		{Deed{Category: "guest"}, "category unknown"},
		{Deed{AddNeed: "tired"}, "add_need unknown"},
		{Deed{EndNeed: "tired"}, "end_need unknown"},
		{Deed{AddNeed: Infant, On: "2022-02-30"}, "on bad_day"},
	} {
		got := ""
		var f *fault.Error
		if errors.As(tt.deed.check(), &f) {
			got = f.Fields[0].Name + " " + f.Fields[0].Code
		}
		if got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.deed, got, tt.want)
		}
	}
}

func TestWhoChangesAndWhoDoesNot(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		deed   Deed
		person Person
		want   Verdict
	}{
		{"another category", Deed{Category: Staff}, Person{Category: ResidentHere}, WillChange},
		{"the same category", Deed{Category: Staff}, Person{Category: Staff}, IsSo},
		{"a need", Deed{AddNeed: HomeOxygen}, Person{}, WillChange},
		{"a need that is listed", Deed{AddNeed: HomeOxygen}, Person{Needs: NeedsOf(HomeOxygen)}, IsSo},
		{"a need ends", Deed{EndNeed: HomeOxygen}, Person{Needs: NeedsOf(HomeOxygen)}, WillChange},
		{"a need that was none", Deed{EndNeed: HomeOxygen}, Person{}, IsSo},
		{"a man is not pregnant", Deed{AddNeed: Pregnant}, Person{Sex: Male}, NotFemale},
		{"nobody knows", Deed{AddNeed: Pregnant}, Person{Sex: UnknownSex}, WillChange},
		{"the third birthday", Deed{AddNeed: Infant}, Person{BirthOn: "2019-04-08"}, TooOld},
		{"the day before it", Deed{AddNeed: Infant}, Person{BirthOn: "2019-04-09"}, WillChange},
		{"of age", Deed{AddNeed: MinorAlone}, Person{BirthOn: "2004-04-08"}, TooOld},
		{"sixty tomorrow", Deed{AddNeed: LivesAloneElderly}, Person{BirthOn: "1962-04-09"}, TooYoung},
		{"age not known", Deed{AddNeed: LivesAloneElderly}, Person{}, WillChange},
	} {
		if got := tt.deed.on(&tt.person, "2022-04-08"); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}
