package epidemic

// NewTown makes a population without names, streets or a map: households, ages
// and nested areas with the shares of the simulated city. It takes a fraction of
// a second for 1.8 million people and serves calibration and measurement; a
// demonstration uses the people of science/synth.
func NewTown(people int, seed uint64) *Population {
	p := &Population{}
	d := draws(seed, forTown, 0, 0)
	b := townBuilder{p: p, d: &d, people: people}
	left := people
	for i, share := range districtShares {
		n := people * share / 1000
		if i == len(districtShares)-1 {
			n = left
		}
		left -= n
		b.district(int32(i), n)
	}
	p.Fill(seed)
	return p
}

// districtShares are six urban districts and five counties, per mille.
var districtShares = []int{195, 150, 135, 200, 130, 90, 24, 22, 20, 18, 16}

// People per community and compound, households per building: those of a city
// of 1.8 million; a smaller town has fewer of them, not smaller ones.
const (
	townCommunity = 7_400
	townCompound  = 580
	townBuilding  = 36
)

type townBuilder struct {
	p                             *Population
	d                             *stream
	people                        int
	building, compound, community int32
}

func (b *townBuilder) district(district int32, people int) {
	inCommunity, inCompound, inBuilding := 0, 0, 0
	for people > 0 {
		if inCommunity <= 0 {
			inCommunity, inCompound = townCommunity*(75+b.d.below(50))/100, 0
			b.community++
		}
		if inCompound <= 0 {
			inCompound, inBuilding = townCompound*(60+b.d.below(80))/100, 0
			b.compound++
		}
		if inBuilding <= 0 {
			inBuilding = townBuilding * (70 + b.d.below(60)) / 100
			b.building++
		}
		n := min(b.household(district), people)
		b.p.Age, b.p.Household = b.p.Age[:len(b.p.Household)+n], append(b.p.Household, make([]int32, n)...)
		for i := range n {
			b.p.Household[len(b.p.Household)-1-i] = int32(len(b.p.Building) - 1)
		}
		people, inCommunity, inCompound, inBuilding = people-n, inCommunity-n, inCompound-n, inBuilding-1
	}
}

// household appends a home and the ages of its members, and returns how many.
func (b *townBuilder) household(district int32) int {
	p := b.p
	p.Building, p.Compound = append(p.Building, b.building-1), append(p.Compound, b.compound-1)
	p.Community, p.District = append(p.Community, b.community-1), append(p.District, district)
	kind := townHomes[b.d.pick(townHomeShares)]
	base := 25 + b.d.below(33)
	for _, role := range []byte(kind) {
		age := base
		switch role {
		case 'c':
			age = b.d.below(15)
		case 'y':
			age = 15 + b.d.below(10)
		case 'e':
			age = 60 + min(b.d.below(37), b.d.below(37))
		}
		p.Age = append(p.Age, uint8(age))
	}
	return len(kind)
}

// townHomes are the make-ups of households in science/synth (Seventh National
// Population Census: 2.62 people per household; 17.95 % children, 18.70 % elders)
// with their shares in 10,000: a adult, y 15 to 24, c child, e elder.
var townHomes = []string{
	"a", "e", "y",
	"aa", "ee", "ae", "ac", "ay", "yy",
	"aac", "aay", "aae", "aee",
	"aacc", "aace", "aaye", "aayy",
	"aacce", "aacee", "aaccee", "aaacee", "aaaccee",
}

var townHomeShares = []int{
	1391, 759, 380,
	1593, 590, 177, 177, 265, 148,
	1045, 794, 209, 42,
	554, 528, 158, 79,
	372, 248, 186, 124, 180,
}
