package synth

import "fmt"

// Kinds of facilities: places of the level compound in which nobody lives.
const (
	kindKindergarten  = "kindergarten"
	kindPrimarySchool = "primary_school"
	kindMiddleSchool  = "middle_school"
	kindHighSchool    = "high_school"
	kindHospital      = "hospital"
	kindHealthCentre  = "health_centre"
	kindPharmacy      = "pharmacy"
	kindMarket        = "market"
	kindWorkplace     = "workplace"
)

// facilityKind is how often a kind of facility occurs and how many work there.
type facilityKind struct {
	kind   string
	people int // of the city for each
	staff  int // on average; 0: by Zipf's law
	names  []word
}

// facilityKinds have the national numbers for 1,411.8 million people: 291,700
// kindergartens, 158,000 primary and 52,800 lower secondary schools, 24,100
// upper secondary ones (Ministry of Education, statistical communiqué for
// 2020); 35,400 hospitals and 35,400 community health centres and stations with
// 13.5 million who work in health care (National Health Commission, statistical
// communiqué for 2020); 553,900 pharmacies (National Medical Products
// Administration, 2020); about 44,000 produce markets (Ministry of Commerce,
// order of magnitude). One workplace for 80 people, for those who work for
// somebody, is our own assumption: there were 21.8 million legal entities with
// 383 million employees (Fourth National Economic Census, 2018), but the very
// small ones are left out here.
var facilityKinds = []facilityKind{
	{kindKindergarten, 4_840, 18, []word{{"幼儿园", "Kindergarten"}}},
	{kindPrimarySchool, 8_940, 42, []word{{"小学", "Primary School"}}},
	{kindMiddleSchool, 26_700, 75, []word{{"初级中学", "Middle School"}}},
	{kindHighSchool, 58_600, 120, []word{{"高级中学", "High School"}, {"职业高中", "Vocational School"}}},
	{kindHospital, 39_900, 260, []word{{"医院", "Hospital"}, {"中医院", "Hospital of Chinese Medicine"}}},
	{kindHealthCentre, 39_900, 18, []word{{"社区卫生服务中心", "Community Health Centre"}}},
	{kindPharmacy, 2_550, 4, []word{{"大药房", "Pharmacy"}, {"药店", "Chemist"}}},
	{kindMarket, 32_100, 140, []word{{"农贸市场", "Farmers' Market"}, {"综合市场", "Market"}, {"批发市场", "Wholesale Market"}}},
	{kindWorkplace, 80, 0, workplaceNames},
}

var workplaceNames = []word{
	{"商贸有限公司", "Trading"}, {"建筑工程有限公司", "Construction"}, {"机械厂", "Machine Works"}, {"化工有限公司", "Chemicals"},
	{"汽车配件厂", "Car Parts"}, {"食品有限公司", "Foods"}, {"超市", "Supermarket"}, {"饭店", "Restaurant"}, {"物流有限公司", "Logistics"},
	{"物业服务有限公司", "Property Services"}, {"科技有限公司", "Technology"}, {"信息技术有限公司", "Information"}, {"电子有限公司", "Electronics"},
	{"服装厂", "Clothing"}, {"印务有限公司", "Printing"}, {"家具厂", "Furniture"}, {"运输公司", "Transport"}, {"供热公司", "Heating"},
	{"会计师事务所", "Accountants"}, {"律师事务所", "Law Firm"}, {"广告传媒有限公司", "Media"}, {"汽修厂", "Car Repair"}, {"美容美发店", "Hairdresser"},
	{"酒业有限公司", "Brewery"}, {"纸业有限公司", "Paper"}, {"制药有限公司", "Pharmaceuticals"}, {"保险代理公司", "Insurance"}, {"培训学校", "Training Centre"},
}

// facility is a place where people go and nobody lives.
type facility struct {
	word
	kind, code string
	staff      int // hundredths of a person; of workplaces a weight among them
}

// facilityPlan gives communities their facilities, as often as the number of
// their people asks for.
type facilityPlan struct {
	c    *chance
	due  []int // people since the last one, by kind
	used map[string]bool
}

func newFacilityPlan(seed uint64) *facilityPlan {
	f := &facilityPlan{c: newChance(seed, stageFacilities), due: make([]int, len(facilityKinds)), used: map[string]bool{}}
	for i, k := range facilityKinds {
		f.due[i] = k.people / 2
	}
	return f
}

func (f *facilityPlan) of(community *area, n *namer) {
	for i, k := range facilityKinds {
		for f.due[i] += community.people; f.due[i] >= k.people; f.due[i] -= k.people {
			x := facility{kind: k.kind, code: fmt.Sprintf("%s-F%04d", community.code, len(community.facilities)+1)}
			x.word, x.staff = f.name(k, n), k.staff*f.c.between(60, 140) // in hundredths
			if k.staff == 0 {
				// A share of 1/rank with the rank drawn at random is Zipf's law.
				x.staff = zipfScale / f.c.between(1, zipfRanks)
			}
			community.facilities = append(community.facilities, x)
		}
	}
}

// zipfRanks is the number of ranks of workplaces by size, zipfScale the weight of
// the largest. At full scale the largest have some thousand people, half have
// fewer than ten.
const (
	zipfRanks = 3_000
	zipfScale = 30_000
)

// name draws a name that occurs once: of three morphemes for workplaces, of which
// there are many, and otherwise of two as for all places.
func (f *facilityPlan) name(k facilityKind, n *namer) word {
	if k.kind != kindWorkplace {
		return n.name(k.names)
	}
	for {
		a, b := firstMorphemes[f.c.below(len(firstMorphemes))], secondMorphemes[f.c.below(len(secondMorphemes))]
		d, kind := secondMorphemes[f.c.below(len(secondMorphemes))], k.names[f.c.below(len(k.names))]
		w := word{a.zh + b.zh + d.zh + kind.zh, a.en + b.en + d.en + " " + kind.en}
		if !f.used[w.zh] {
			f.used[w.zh] = true
			return w
		}
	}
}

// front is a spot before the fence of one of the compounds, where shops and
// schools have their doors: on the way between two parcels.
func (l *land) front(community *area, c *chance) [2]float64 {
	const out = 2 * metre
	g := community.children[c.below(len(community.children))].flat
	i := c.below(len(g))
	p, q := g[i], g[(i+1)%len(g)]
	e, part := q.minus(p), int64(c.between(100, 900))
	length := max(isqrt(e.dot(e)), 1)
	at := point{p.x + e.x*part/1000 + e.y*out/length, p.y + e.y*part/1000 - e.x*out/length}
	return lonLat(l.terrain.bend(at))
}
