package synth

import "sort"

// Shares in per mille of those who work, by age from the given one on: 750.6 of
// 1,411.8 million people worked in 2020 (National Bureau of Statistics,
// statistical communiqué for 2020). The course over age is our own assumption,
// and so is the part that has a fixed place of work: the others farm, drive,
// deliver or work for themselves.
var working = []step{{17, 0}, {18, 400}, {24, 780}, {30, 860}, {50, 830}, {55, 620}, {60, 260}, {70, 60}, {80, 0}}

const (
	fixedWorkplace = 720
	inOwnDistrict  = 450
	withColleagues = 800 // of a dormitory, at the workplace that most of it shares
)

// school is a kind of school: the ages that it teaches, the part of them that
// goes there, and the size of a class. Gross enrolment in kindergartens was
// 85.2 % and in upper secondary schools 91.2 %; classes had 37.7, 45.9 and 48.8
// pupils (Ministry of Education, statistical communiqué for 2020; single values
// from memory).
type school struct {
	kind             string
	youngest, oldest int
	enrolled, class  int
}

var schools = []school{
	{kindKindergarten, 3, 5, 852, 28},
	{kindPrimarySchool, 6, 11, 1000, 38},
	{kindMiddleSchool, 12, 14, 1000, 46},
	{kindHighSchool, 15, 17, 912, 49},
}

// studyAtHome is the part of those of 18 to 22 years who live with their family
// and study, per mille; lectureGroup the size of a group of students.
const (
	studyAtHome  = 220
	lectureGroup = 32
)

// job is a place that employs people.
type job struct{ place, weight int }

// jobs are places in the order of the city, with the sums of their weights, so
// that those of a district are a run.
type jobs struct {
	list []job
	sums table
}

func (j *jobs) add(place, weight int) {
	sum := weight
	if n := len(j.sums); n > 0 {
		sum += j.sums[n-1]
	}
	j.list, j.sums = append(j.list, job{place, weight}), append(j.sums, sum)
}

// draw picks a place from those in [from, to) by weight; -1 if there is none.
func (j *jobs) draw(c *chance, from, to int) int {
	low := sort.Search(len(j.list), func(i int) bool { return j.list[i].place >= from })
	high := sort.Search(len(j.list), func(i int) bool { return j.list[i].place >= to })
	if low >= high {
		return -1
	}
	base := 0
	if low > 0 {
		base = j.sums[low-1]
	}
	at := base + c.below(j.sums[high-1]-base)
	return j.list[sort.SearchInts(j.sums, at+1)].place
}

// labour gives people their schools and workplaces.
type labour struct {
	c         *chance
	city      *City
	known     jobs // staff known: schools, hospitals, markets …; weight in hundredths of a person
	others    jobs // sizes by Zipf's law
	districts []span
}

// employ fills in Work and Class of everybody.
func employ(city *City, weights map[int]int, seed uint64) {
	l := &labour{c: newChance(seed, stageWork), city: city}
	for i := range city.Places {
		p := &city.Places[i]
		switch {
		case p.Level == levelDistrict:
			if n := len(l.districts); n > 0 {
				l.districts[n-1].to = i
			}
			l.districts = append(l.districts, span{i, len(city.Places)})
		case p.Kind == kindWorkplace:
			l.others.add(i, weights[i])
		case weights[i] > 0:
			l.known.add(i, weights[i])
		}
	}
	l.teach()
	l.work()
}

// teach sends children to schools: the pupils of a kind of school, in the order of
// their homes, fill the schools in the order of the city, so that each has a
// catchment area.
func (l *labour) teach() {
	on := l.city.Start
	for _, s := range schools {
		var places, pupils []int
		for i := range l.city.Places {
			if l.city.Places[i].Kind == s.kind {
				places = append(places, i)
			}
		}
		for i := range l.city.People {
			p := &l.city.People[i]
			if a := age(*p, on); a >= s.youngest && a <= s.oldest && p.IDKind == idResident && l.c.permille(s.enrolled) {
				pupils = append(pupils, i)
			}
		}
		if len(places) == 0 {
			continue
		}
		seen := map[[2]int]int{}
		for rank, i := range pupils {
			p := &l.city.People[i]
			p.Work = places[rank*len(places)/len(pupils)]
			grade := age(*p, on) - s.youngest + 1
			p.Class = grade*100 + seen[[2]int{p.Work, grade}]/s.class + 1
			seen[[2]int{p.Work, grade}]++
		}
	}
}

func (l *labour) work() {
	on, district, people := l.city.Start, 0, l.city.People
	universities, shared := l.universities(), map[int]int{}
	seen := map[int]int{}
	known := 0
	if n := len(l.known.sums); n > 0 {
		known = l.known.sums[n-1] / 100
	}
	// Those who hold a fixed job are about 38 of 100 people; the known staff have their part of them.
	knownShare := min(known*1000/max(len(people)*38/100, 1), 900)
	for i := range people {
		p := &people[i]
		for p.Household >= l.districts[district].to {
			district++
		}
		quarters := l.quarters(p.Household)
		kind := l.city.Places[quarters].Kind
		years := age(*p, on)
		switch {
		case p.Work >= 0 || kind == kindHotel || kind == kindNursingHome:
		case kind == kindUniversity:
			l.study(p, quarters, seen)
		case kind == kindResidential && years >= 18 && years <= 22 && len(universities) > 0 && l.c.permille(studyAtHome):
			l.study(p, universities[l.c.below(len(universities))], seen)
		case kind == kindDormitory:
			if shared[quarters] == 0 {
				shared[quarters] = l.job(district, knownShare)
			}
			p.Work = shared[quarters]
			if !l.c.permille(withColleagues) {
				p.Work = l.job(district, knownShare)
			}
		case l.c.permille(along(working, years)) && l.c.permille(fixedWorkplace):
			p.Work = l.job(district, knownShare)
		}
	}
}

func (l *labour) study(p *Person, university int, seen map[int]int) {
	p.Work, p.Class = university, seen[university]/lectureGroup+1
	seen[university]++
}

// quarters is the compound of a household.
func (l *labour) quarters(home int) int {
	places := l.city.Places
	return places[places[places[home].Parent].Parent].Parent
}

func (l *labour) universities() []int {
	var list []int
	for i := range l.city.Places {
		if l.city.Places[i].Kind == kindUniversity {
			list = append(list, i)
		}
	}
	return list
}

// job draws a workplace, in the own district or anywhere; -1 in a city without any.
func (l *labour) job(district, knownShare int) int {
	from, to := 0, len(l.city.Places)
	if l.c.permille(inOwnDistrict) {
		from, to = l.districts[district].from, l.districts[district].to
	}
	list := &l.others
	if l.c.permille(knownShare) {
		list = &l.known
	}
	if place := list.draw(l.c, from, to); place >= 0 {
		return place
	}
	return l.others.draw(l.c, 0, len(l.city.Places))
}
