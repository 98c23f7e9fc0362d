package synth

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// kindOf is the kind of the compound of a household.
func kindOf(city *City, household Place) string {
	unit := city.Places[household.Parent]
	return city.Places[city.Places[unit.Parent].Parent].Kind
}

// eachHome calls f with the first and the end of each household's people.
func eachHome(city *City, f func(first, end int)) {
	for first := 0; first < len(city.People); {
		end := first + 1
		for end < len(city.People) && city.People[end].Household == city.People[first].Household {
			end++
		}
		f(first, end)
		first = end
	}
}

func TestHouseholds(t *testing.T) {
	t.Parallel()
	city := Build(Options{Seed: 11, People: 60_000})
	seen := map[string]int{}
	eachHome(city, func(first, end int) {
		heads := 0
		head := city.People[first]
		for _, p := range city.People[first:end] {
			seen[p.Relation]++
			if p.Relation == relHead {
				heads, head = heads+1, p
			}
		}
		if heads != 1 || age(head, city.Start) < minorAge {
			t.Errorf("household %s has %d heads, one of %d years", city.Places[head.Household].Code, heads, age(head, city.Start))
		}
		for _, p := range city.People[first:end] {
			years, of := age(p, city.Start), age(head, city.Start)
			switch {
			case p.Relation == relChild && years > of-16, p.Relation == relParent && years < of+16, p.Relation == relGrandchild && years > of-30:
				t.Errorf("%s of %d years of a head of %d", p.Relation, years, of)
			}
			if p.HomeSince != "" && (p.HomeSince > city.Start || p.HomeSince < p.BirthDate) {
				t.Errorf("born %s, moved in %s", p.BirthDate, p.HomeSince)
			}
		}
	})
	for _, relation := range []string{relHead, relSpouse, relChild, relParent, relGrandchild, relSibling, relOtherRelative, relNotRelated} {
		if seen[relation] == 0 {
			t.Errorf("nobody is %s", relation)
		}
	}
}

func TestGuardians(t *testing.T) {
	t.Parallel()
	city := Build(Options{Seed: 12, People: 60_000})
	minors, without := 0, 0
	for i, p := range city.People {
		if age(p, city.Start) >= minorAge {
			if p.Guardian >= 0 {
				t.Fatalf("a grown person has a guardian: %d", i)
			}
			continue
		}
		minors++
		if p.Guardian < 0 {
			without++
			continue
		}
		g := city.People[p.Guardian]
		if g.Household != p.Household || age(g, city.Start) < minorAge {
			t.Errorf("guardian of %d years at %d of a minor at %d", age(g, city.Start), g.Household, p.Household)
		}
	}
	within(t, "minors without guardian per 10,000", without*10_000/minors, 40, 130)
}

func TestWorkAndSchool(t *testing.T) {
	t.Parallel()
	city := Build(Options{Seed: 13, People: 180_000})
	workers, pupils, sizes := 0, map[string]int{}, map[int]int{}
	classes := map[[2]int]int{}
	for i, p := range city.People {
		if p.Work < 0 {
			if p.Class != 0 {
				t.Fatalf("person %d has a class and no school", i)
			}
			continue
		}
		work := city.Places[p.Work]
		if work.Level != levelCompound || work.Kind == "" || work.Kind == kindResidential {
			t.Fatalf("somebody works or learns at a %s %q", work.Level, work.Kind)
		}
		if p.Class == 0 {
			workers++
			sizes[p.Work]++
			if age(p, city.Start) < 18 {
				t.Errorf("a child of %d works", age(p, city.Start))
			}
			continue
		}
		pupils[work.Kind]++
		classes[[2]int{p.Work, p.Class}]++
	}
	within(t, "workers with a fixed workplace per mille", workers/180, 340, 400)
	within(t, "pupils of primary schools per mille", pupils[kindPrimarySchool]/180, 62, 84) // 107.3 of 1,411.8 million: 76
	within(t, "students per mille", pupils[kindUniversity]/180, 25, 50)
	for class, n := range classes {
		if kind := city.Places[class[0]].Kind; n > 49 {
			t.Errorf("a class of %d in a %s", n, kind)
		}
	}
	small, large := 0, 0
	for _, n := range sizes {
		if n < 10 {
			small++
		}
		large = max(large, n)
	}
	within(t, "workplaces of fewer than ten per cent", small*100/len(sizes), 35, 75)
	within(t, "people at the largest workplace", large, 700, 12_000)
}

// The shares that are published, in a city large enough for them; see prevalences.
func TestCare(t *testing.T) {
	t.Parallel()
	city := Build(Options{Seed: 14, People: 400_000})
	n := map[Care]int{}
	old, ill, limited := 0, 0, 0
	for _, p := range city.People {
		for bit := LivesAloneElderly; bit <= RegularMedicine; bit <<= 1 {
			if p.Care&bit != 0 {
				n[bit]++
			}
		}
		years := age(p, city.Start)
		if years >= 60 {
			old++
			if p.Care&ChronicDisease != 0 {
				ill++
			}
			if p.Care&LimitedMobility != 0 {
				limited++
			}
		}
		if p.Care&(Pregnant|PostPartum) != 0 && (p.Sex != female || years < 15 || years > 50) {
			t.Errorf("pregnant: %s of %d years", p.Sex, years)
		}
		if (p.Care&Infant != 0) != (years == 0) {
			t.Errorf("infant of %d years", years)
		}
	}
	within(t, "pregnant per 100,000", n[Pregnant]/4, 560, 760)                      // 650
	within(t, "haemodialysis per million", n[Haemodialysis]*10/4, 420, 570)         // 491
	within(t, "disabled per 10,000", n[Disabled]/40, 600, 760)                      // 634 in a younger country
	within(t, "psychiatric per 10,000", n[Psychiatric]/40, 38, 52)                  // 45
	within(t, "chronic disease of the old, per cent", ill*100/old, 71, 79)          // 75
	within(t, "limited mobility of the old, per mille", limited*1000/old, 160, 205) // 183
	within(t, "infants per 10,000", n[Infant]/40, 75, 100)                          // 85
}

func TestCareCodes(t *testing.T) {
	t.Parallel()
	if got := strings.Join((LivesAloneElderly | Haemodialysis | RegularMedicine).Needs(), " "); got != "lives_alone_elderly haemodialysis regular_medicine" {
		t.Errorf("got %s", got)
	}
	if RegularMedicine != 1<<(len(careCodes)-1) {
		t.Error("the needs and their codes are not in step")
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	city := Build(Options{Seed: 15, People: 200_000})
	polyphonic, dotted, latin, top := 0, 0, 0, 0
	for _, p := range city.People {
		first, _ := utf8.DecodeRuneInString(p.Name)
		switch {
		case strings.Contains(p.Name, "·"):
			dotted++
		case first < 128:
			latin++
		case strings.ContainsRune("曾任翟单解缪朴仇查区盖乐", first):
			polyphonic++
		case strings.ContainsRune("王李张刘陈", first):
			top++
		}
	}
	perMille := len(city.People) / 1000
	within(t, "王李张刘陈 per mille", top/perMille, 270, 345) // 308
	within(t, "surnames of several readings per mille", polyphonic/perMille, 9, 20)
	within(t, "names with a dot", dotted, 100, 700)
	within(t, "names in Latin letters", latin, 5, 120)
}

func TestDoubles(t *testing.T) {
	t.Parallel()
	city := Build(Options{Seed: 16, People: 20_000, Doubles: 20})
	within(t, "doubles", len(city.Doubles), 330, 470)
	kinds, last := map[string]int{}, -1
	for _, d := range city.Doubles {
		kinds[d.Slip]++
		p := city.People[d.Of]
		if d.Of <= last || d.IDNumber != "" {
			t.Fatalf("double of %d after %d, number %q", d.Of, last, d.IDNumber)
		}
		last = d.Of
		same := []bool{d.Phone == p.Phone, d.Name == p.Name, d.BirthDate == p.BirthDate, d.Household == p.Household}
		wrong := 0
		for _, s := range same {
			if !s {
				wrong++
			}
		}
		if wrong > 1 {
			t.Errorf("a double with %d slips", wrong)
		}
		if city.Places[d.Household].Level != levelHousehold || d.BirthDate.date().IsZero() {
			t.Errorf("a double that can't be entered: %+v", d)
		}
	}
	for _, slip := range slips {
		if kinds[slip] == 0 {
			t.Errorf("no double with %s", slip)
		}
	}
	if plain := Build(Options{Seed: 16, People: 20_000}); len(plain.Doubles) != 0 || fingerprintPeople(plain) != fingerprintPeople(city) {
		t.Error("the doubles change the city")
	}
}

func fingerprintPeople(city *City) string {
	c := *city
	c.Doubles = nil
	return fingerprint(&c)
}

func TestPlates(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, p := range Build(Options{Seed: 17, People: 60_000}).People {
		if p.Vehicle == "" {
			continue
		}
		if !strings.HasPrefix(p.Vehicle, "松A") || utf8.RuneCountInString(p.Vehicle) != 7 || seen[p.Vehicle] {
			t.Fatalf("number plate %s", p.Vehicle)
		}
		seen[p.Vehicle] = true
	}
	within(t, "cars for 1,000 people", len(seen)/60, 140, 175)
}
