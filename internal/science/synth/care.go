package synth

// Care is a set of the needs of the special-care roster (protocol.md 11).
type Care uint32

// The needs, in the order of the roster.
const (
	LivesAloneElderly Care = 1 << iota
	MinorAlone
	Pregnant
	PostPartum
	Disabled
	LimitedMobility
	Haemodialysis
	Psychiatric
	ChronicDisease
	TumourTreatment
	Infant
	StudentAlone
	LanguageHelp
	HomeOxygen
	Palliative
	RegularMedicine
)

// careCodes are the needs as everywhere in the product.
var careCodes = []string{
	"lives_alone_elderly", "minor_alone", "pregnant", "post_partum", "disabled", "limited_mobility", "haemodialysis", "psychiatric",
	"chronic_disease", "tumour_treatment", "infant", "student_alone", "language_help", "home_oxygen", "palliative", "regular_medicine",
}

// Needs lists the codes of the set.
func (c Care) Needs() []string {
	var list []string
	for i, code := range careCodes {
		if c&(1<<i) != 0 {
			list = append(list, code)
		}
	}
	return list
}

// prevalence is the part of people with a need, per 100,000, by age: each value
// holds from its age to the next.
type prevalence struct {
	need Care
	sex  string // "" both
	ages []step
}

// prevalences from published figures. Where a course over age was not published,
// it is our own and keeps the published whole.
//
//   - pregnant: 12.0 million births in 2020 (NBS, statistical communiqué) and 40
//     weeks make 6.5 per 1,000 people.
//   - disabled: 6.34 % of all, 24.4 % of those of 60 and over (Second National
//     Sample Survey on Disability, 2006); the older people of today are more.
//   - limited mobility: 18.3 % of those of 60 and over can't or can't fully look
//     after themselves (Fourth Sample Survey of the Aged, 2015).
//   - haemodialysis: 692,700 patients at the end of 2020, 491 per million (Chinese
//     National Renal Data System).
//   - psychiatric: 6.4 million registered patients with severe disorders (NHC, end
//     of 2020, order of magnitude).
//   - chronic disease: three of four of those of 60 and over (NHC, 2019); younger
//     ones are our own assumption.
//   - tumour treatment: 4.57 million new cases in 2020 (GLOBOCAN), half a year each.
//   - regular medicine (tuberculosis, HIV, methadone): 1.05 million people with HIV
//     (end of 2020) and 842,000 with new tuberculosis (WHO, 2020), order of magnitude.
//   - home oxygen, palliative care, minors alone: our own assumptions.
var prevalences = []prevalence{
	{MinorAlone, "", []step{{0, 0}, {8, 40}, {18, 0}}},
	{Pregnant, female, []step{{0, 0}, {20, 2_700}, {25, 5_200}, {35, 1_750}, {42, 220}, {46, 0}}},
	{Disabled, "", []step{{0, 1_500}, {15, 2_700}, {40, 5_300}, {60, 17_500}, {70, 27_000}, {80, 42_000}}},
	{LimitedMobility, "", []step{{0, 150}, {40, 600}, {60, 8_500}, {70, 23_000}, {80, 52_000}}},
	{Haemodialysis, "", []step{{0, 0}, {15, 12}, {35, 45}, {50, 95}, {60, 140}}},
	{Psychiatric, "", []step{{0, 0}, {15, 380}, {30, 600}}},
	{ChronicDisease, "", []step{{0, 300}, {18, 3_500}, {35, 11_000}, {45, 27_000}, {60, 71_000}, {75, 84_000}}},
	{TumourTreatment, "", []step{{0, 8}, {30, 70}, {45, 210}, {60, 480}, {75, 620}}},
	{HomeOxygen, "", []step{{0, 1}, {50, 40}, {65, 250}, {75, 700}}},
	{Palliative, "", []step{{0, 1}, {50, 20}, {70, 180}}},
	{RegularMedicine, "", []step{{0, 0}, {18, 110}}},
}

// from is the value of the last corner at or before x.
func from(steps []step, x int) int {
	value := 0
	for _, s := range steps {
		if x < s.at {
			break
		}
		value = s.value
	}
	return value
}

// afterBirth is how long after a birth a mother is on the roster: 42 days, the
// puerperium.
const afterBirth = 42

// assess fills in Care of everybody: what the household and the age say, and
// draws for the rest.
func assess(city *City, seed uint64) {
	c, start := newChance(seed, stageCare), city.Start
	month := start.plus(-afterBirth)
	for first := 0; first < len(city.People); {
		last := first + 1
		for last < len(city.People) && city.People[last].Household == city.People[first].Household {
			last++
		}
		home := city.People[first:last]
		for i := range home {
			p := &home[i]
			years := age(*p, start)
			for _, v := range prevalences {
				if share := from(v.ages, years); share > 0 && (v.sex == "" || v.sex == p.Sex) && c.below(100_000) < share {
					p.Care |= v.need
				}
			}
			p.Care |= plain(p, years, len(home))
			if years == 0 && p.BirthDate > month {
				mother(home, start)
			}
		}
		first = last
	}
}

// plain is what age and household say.
func plain(p *Person, years, size int) Care {
	var care Care
	switch {
	case years == 0:
		care |= Infant
	case years >= 60 && size == 1:
		care |= LivesAloneElderly
	case size == 1 && p.Class > 0 && years < 25:
		care |= StudentAlone
	}
	if p.IDKind != idResident {
		care |= LanguageHelp
	}
	return care
}

// mother puts the woman of child-bearing age of a household with a newborn on the roster.
func mother(home []Person, start Day) {
	for i := range home {
		p := &home[i]
		if years := age(*p, start); p.Sex == female && years >= minorAge && years < 50 {
			p.Care = p.Care&^Pregnant | PostPartum
			return
		}
	}
}
