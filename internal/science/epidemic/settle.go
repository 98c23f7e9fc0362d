package epidemic

import "slices"

// Fill gives people a class, a team and a venue where the population has none
// of that kind at all (the list is nil). It needs ages and homes, of at most
// 2²⁴ people.
func (p *Population) Fill(seed uint64) {
	if p.Class == nil {
		p.Class = p.classes(seed)
	}
	if p.Workplace == nil {
		p.Workplace = p.teams(seed)
	}
	if p.Venue == nil {
		p.Venue = p.venues(seed)
	}
}

// Sizes and ages of schooling: kindergarten groups of 30 from three, classes of
// 42 from six to eighteen. Our own round figures in the order of Chinese schools.
const (
	groupOfSmall  = 30
	groupOfSchool = 42
)

// classes puts children of one age who live near one another in one class.
func (p *Population) classes(seed uint64) []int32 {
	list, next := make([]int32, len(p.Age)), int32(0)
	var open, size [19]int32
	district := int32(-1)
	for i, age := range p.Age {
		list[i] = -1
		d := draws(seed, forClasses, int32(i), 0)
		if age < 3 || age > 18 || (age < 6 && !d.permille(850)) {
			continue
		}
		here := p.District[p.Household[i]]
		full := int32(groupOfSchool)
		if age < 6 {
			full = groupOfSmall
		}
		if here != district {
			open, size, district = [19]int32{}, [19]int32{}, here
		}
		if size[age] == 0 || size[age] == full {
			open[age], size[age] = next, 0
			next++
		}
		list[i] = open[age]
		size[age]++
	}
	return list
}

// employed is the share of people from 19 to 59 who work outside their home, and
// commuters the share of them who work in any district of the city; per mille.
// Sizes are of teams that share a room, a line or a shift. All our own.
const (
	employed  = 720
	commuters = 400
)

var teamSizes, teamShares = []int{3, 5, 8, 12, 20, 40}, []int{25, 25, 20, 15, 10, 5}

func (p *Population) teams(seed uint64) []int32 {
	list := make([]int32, len(p.Age))
	var order []uint64 // district of work, a random number, the person: sorted, it is a shuffle within districts
	for i, age := range p.Age {
		list[i] = -1
		d := draws(seed, forTeams, int32(i), 0)
		if age < 19 || age > 59 || !d.permille(employed) {
			continue
		}
		where := p.District[p.Household[i]]
		if d.permille(commuters) {
			where = p.District[d.below(len(p.District))]
		}
		order = append(order, uint64(where&0xff)<<56|d.word()>>32<<24|uint64(i)&0xffffff)
	}
	slices.Sort(order)
	d := draws(seed, forTeams, -1, 0)
	for team, at := int32(0), 0; at < len(order); team++ {
		size := teamSizes[d.pick(teamShares)]
		for ; size > 0 && at < len(order); size, at = size-1, at+1 {
			list[order[at]&0xffffff] = team
		}
	}
	return list
}

// People per venue, and the share who go to one of their own district, per
// mille. The popularity of a district's venues follows Zipf's law with exponent one.
const (
	peoplePerVenue = 150
	localVenues    = 800
)

func (p *Population) venues(seed uint64) []int32 {
	list := make([]int32, len(p.Age))
	if len(p.Age) == 0 {
		return list
	}
	n := int(p.District[len(p.District)-1]) + 1
	lives := make([]int, n)
	for _, h := range p.Household {
		lives[p.District[h]]++
	}
	first, ranks := make([]int32, n), make([][]int, n)
	next := int32(0)
	for d := range n {
		count := lives[d]/peoplePerVenue + 1
		sum := 0
		for k := 1; k <= count; k++ {
			sum += 10_000_000 / k
			ranks[d] = append(ranks[d], sum)
		}
		first[d] = next
		next += int32(count)
	}
	for i, age := range p.Age {
		list[i] = -1
		if age < 3 {
			continue
		}
		d := draws(seed, forVenues, int32(i), 0)
		where := p.District[p.Household[i]]
		if !d.permille(localVenues) {
			where = p.District[d.below(len(p.District))]
		}
		sums := ranks[where]
		at, _ := slices.BinarySearch(sums, d.below(sums[len(sums)-1])+1)
		list[i] = first[where] + int32(at)
	}
	return list
}
