package synth

import (
	"strings"
	"testing"
	"unicode/utf8"
)

var sizes = []int{2_000, 20_000, 200_000}

func count(city *City, level string) int {
	n := 0
	for _, p := range city.Places {
		if p.Level == level {
			n++
		}
	}
	return n
}

func TestOptionsDefaults(t *testing.T) {
	t.Parallel()
	if city := Build(Options{}); len(city.People) != DefaultPeople || city.Start != DefaultStart {
		t.Errorf("got %d people from %s", len(city.People), city.Start)
	}
	if city := Build(Options{People: 3}); len(city.People) != MinPeople {
		t.Errorf("got %d people, want the minimum %d", len(city.People), MinPeople)
	}
}

func TestBadStartPanics(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("a start that is not a day was accepted")
		}
	}()
	Build(Options{Start: "2 March"})
}

func TestShape(t *testing.T) {
	t.Parallel()
	last := map[string]int{}
	for _, people := range sizes {
		city := Build(Options{Seed: 4, People: people})
		if len(city.People) != people {
			t.Errorf("got %d people, want %d", len(city.People), people)
		}
		if n := count(city, levelDistrict); n != 11 {
			t.Errorf("%d people: got %d districts and counties, want 11", people, n)
		}
		for _, level := range []string{levelStreet, levelCommunity, levelCompound, levelBuilding, levelUnit} {
			n := count(city, level)
			if n <= last[level] {
				t.Errorf("%d people: %d places at level %s, not more than the %d of a smaller city", people, n, level, last[level])
			}
			last[level] = n
		}
	}
}

// The scale column of mission.md: C3 and E4. The whole city is held by its digest
// too, so that a full-size rehearsal can be repeated elsewhere.
func TestFullScale(t *testing.T) {
	if testing.Short() {
		t.Skip("builds 1.8 million people")
	}
	city := Build(Options{Seed: 1, People: 1_800_000})
	if got, want := fingerprint(city), "ffc3888b1320202baf269ec4"; got != want {
		t.Errorf("the full-size city has the digest %s, want %s", got, want)
	}
	streets, communities, district, lived := 0, 0, 0, 0
	for _, p := range city.Places {
		switch p.Level {
		case levelDistrict:
			district++
		case levelStreet:
			if district <= urbanDistricts {
				streets++
			}
		case levelCommunity:
			if district <= urbanDistricts {
				communities++
			}
		case levelCompound:
			if p.Population > 0 {
				lived++
			}
		}
	}
	within(t, "urban streets", streets, 46, 50)
	within(t, "urban communities", communities, 200, 240)
	within(t, "compounds lived in", lived, 2_850, 3_150)
	within(t, "buildings", count(city, levelBuilding), 19_000, 21_000)
	within(t, "units", count(city, levelUnit), 95_000, 105_000)
	within(t, "households", count(city, levelHousehold), 625_000, 675_000)
	e := Outbreak(city, Options{Seed: 1})
	confirmed, asymptomatic := totals(e)
	if confirmed != 13_517 || asymptomatic != 12_945 || len(e.Cases) != 26_462 {
		t.Errorf("got %d = %d + %d, want 26462 = 13517 + 12945", len(e.Cases), confirmed, asymptomatic)
	}
}

func within(t *testing.T, what string, got, low, high int) {
	t.Helper()
	if got < low || got > high {
		t.Errorf("%s: got %d, want %d to %d", what, got, low, high)
	}
}

// parents holds the only level a place may stand under.
var parents = map[string]string{
	levelDistrict: levelCity, levelStreet: levelDistrict, levelCommunity: levelStreet, levelCompound: levelCommunity,
	levelBuilding: levelCompound, levelUnit: levelBuilding, levelHousehold: levelUnit,
}

func TestTree(t *testing.T) {
	t.Parallel()
	for _, people := range sizes {
		city := Build(Options{Seed: 9, People: people})
		sums := make([]int, len(city.Places))
		codes, names := map[string]bool{}, map[[2]string]bool{}
		for i, p := range city.Places {
			if i == 0 {
				if p.Parent != -1 || p.Level != levelCity || p.Name != "松川市" {
					t.Fatalf("first place is %+v", p)
				}
				continue
			}
			if p.Parent >= i || city.Places[p.Parent].Level != parents[p.Level] {
				t.Fatalf("place %d of level %s has parent %d", i, p.Level, p.Parent)
			}
			sums[p.Parent] += p.Population
			name := [2]string{city.Places[p.Parent].Code, p.Name}
			if codes[p.Code] || names[name] {
				t.Errorf("code %s or name %s is not unique", p.Code, p.Name)
			}
			codes[p.Code], names[name] = true, true
			checkCode(t, p)
			if p.Name == "" || p.NameEn == "" || !utf8.ValidString(p.Name) {
				t.Errorf("place %s has no name", p.Code)
			}
		}
		for _, p := range city.People {
			sums[p.Household]++
		}
		for i, p := range city.Places {
			if sums[i] != p.Population {
				t.Errorf("%s: population %d, below it %d", p.Code, p.Population, sums[i])
			}
		}
	}
}

func checkCode(t *testing.T, p Place) {
	t.Helper()
	switch p.Level {
	case levelDistrict, levelStreet, levelCommunity:
		if len(p.Code) != 12 || strings.Trim(p.Code, "0123456789") != "" {
			t.Errorf("code %q is not 12 digits", p.Code)
		}
	}
	if !strings.HasPrefix(p.Code, "9902") {
		t.Errorf("code %q is not fictional", p.Code)
	}
}

// GB 11643: weights 2^(18-i) mod 11, written down here independently of the code.
func TestIdentityNumbers(t *testing.T) {
	t.Parallel()
	weights := []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	city := Build(Options{Seed: 3, People: 20_000})
	seen, phones := map[string]bool{}, map[string]bool{}
	for _, p := range city.People {
		id, sum := p.IDNumber, 0
		if p.IDKind == idPassport {
			if !strings.HasPrefix(id, "XXX") {
				t.Errorf("passport %s might be somebody's", id)
			}
			continue
		}
		if len(id) != 18 || id[:2] != "99" || id[6:14] != strings.ReplaceAll(string(p.BirthDate), "-", "") {
			t.Fatalf("identity number %s of someone born %s", id, p.BirthDate)
		}
		for i, w := range weights {
			sum += w * int(id[i]-'0')
		}
		if id[17] != "10X98765432"[sum%11] {
			t.Errorf("identity number %s: check digit", id)
		}
		if odd := id[16]%2 == 1; odd != (p.Sex == male) {
			t.Errorf("identity number %s of a %s person", id, p.Sex)
		}
		if seen[id] || (p.Phone != "" && phones[p.Phone]) {
			t.Errorf("identity or telephone number given twice")
		}
		seen[id], phones[p.Phone] = true, true
		if p.Phone != "" && (len(p.Phone) != 11 || p.Phone[:3] != "000") {
			t.Errorf("telephone number %s", p.Phone)
		}
	}
}

// The published example of the standard, with its well-known check character X.
func TestCheckDigitExample(t *testing.T) {
	t.Parallel()
	if got := checkDigit("11010519491231002"); got != 'X' {
		t.Errorf("got %c, want X", got)
	}
}

func TestPopulationStructure(t *testing.T) {
	t.Parallel()
	city := Build(Options{Seed: 5, People: 200_000})
	var bands [3]int
	men, rare := 0, 0
	for _, p := range city.People {
		switch a := age(p, city.Start); {
		case a < 0 || a > 105:
			t.Fatalf("age %d", a)
		case a < 15:
			bands[0]++
		case a < 60:
			bands[1]++
		default:
			bands[2]++
		}
		if p.Sex == male {
			men++
		}
		if len(p.Name) > 3*utf8.RuneCountInString(p.Name) {
			rare++
		}
	}
	perMille := len(city.People) / 1000
	within(t, "0-14 per mille", bands[0]/perMille, 169, 190)  // census: 179.5
	within(t, "15-59 per mille", bands[1]/perMille, 622, 645) // census: 633.5
	within(t, "60+ per mille", bands[2]/perMille, 176, 198)   // census: 187.0
	within(t, "men per mille", men/perMille, 495, 520)        // census: 512.4
	within(t, "names beyond 16 bits", rare, 100, len(city.People)/50)
	family, homes := 0, 0
	for _, p := range city.Places {
		if p.Level == levelHousehold && kindOf(city, p) == kindResidential {
			family, homes = family+p.Population, homes+1
		}
	}
	within(t, "family household size in hundredths", family*100/homes, 256, 266)                          // census: 2.62
	within(t, "people in collective quarters per mille", 1000-family/perMille, 74, 94)                    // census: 84
	within(t, "household size in hundredths", len(city.People)*100/count(city, levelHousehold), 264, 276) // 1.8 million in about 665,000
}

func BenchmarkBuild20k(b *testing.B) {
	for b.Loop() {
		Build(Options{Seed: 1, People: 20_000})
	}
}

func BenchmarkOutbreak20k(b *testing.B) {
	city := Build(Options{Seed: 1, People: 20_000})
	for b.Loop() {
		Outbreak(city, Options{Seed: 1})
	}
}
