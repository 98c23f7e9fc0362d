package synth

// Round is a screening round in the city or in one of its districts. Rounds
// of the same number belong together; the city's row is the sum of the others.
type Round struct {
	Number   int // from 1
	Place    int // index into City.Places: the city, a district or a county
	OpenedOn Day // the round runs from 08:00 of OpenedOn …
	ClosedOn Day // … to 08:00 of ClosedOn
	Due      int // residents who are not known cases when the round opens
	Sampled  int
	Resulted int
	// CommunityPositives are community infections found by screening with a
	// sample taken in the round's days.
	CommunityPositives int
}

// roundDays are the days on which rounds open; each closes on the next day.
// The last one opens on 7 April and closes on 8 April, as in the reference
// operation (protocol.md 1.1).
var roundDays = []int{4, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31, 33, 35, 37}

// Rounds makes the screening rounds. All but the last leave between 1.2 % and
// 7 % of the people unsampled in every district; the last reaches at least
// 99 % everywhere, has all its results and no positive in the community.
func Rounds(city *City, e *Epidemic) []Round {
	c := newChance(city.Seed, stageRounds)
	days := newCalendar(e.Start, 1, Days+1)
	districts, of := districtsOf(city)
	known := make([]int, len(city.Places))
	var rounds []Round
	next := 0
	for i, day := range roundDays {
		open, closed := days.on(day), days.on(day+1)
		for ; next < len(e.Cases) && e.Cases[next].ReportedOn < open; next++ {
			known[of[e.Cases[next].Place]]++
		}
		sum := len(rounds)
		rounds = append(rounds, Round{Number: i + 1, OpenedOn: open, ClosedOn: closed})
		for _, d := range districts {
			r := Round{Number: i + 1, Place: d, OpenedOn: open, ClosedOn: closed}
			r.Due = city.Places[d].Population - known[d]
			r.sample(c, i == len(roundDays)-1, i)
			r.CommunityPositives = positives(e, of, d, open, closed)
			rounds = append(rounds, r)
			rounds[sum].add(r)
		}
	}
	return rounds
}

// sample decides how many took part. The organisation gets better with time
// but stays under 98.8 % before the last round.
func (r *Round) sample(c *chance, last bool, number int) {
	if last {
		r.Sampled = r.Due - r.Due*c.between(2, 8)/1000
		r.Resulted = r.Sampled
		return
	}
	low := 935 + number*2
	r.Sampled = max(r.Due*c.between(low, 988)/1000, (r.Due*93+99)/100)
	r.Resulted = r.Sampled - r.Sampled*c.between(0, 4)/1000
}

func (r *Round) add(part Round) {
	r.Due += part.Due
	r.Sampled += part.Sampled
	r.Resulted += part.Resulted
	r.CommunityPositives += part.CommunityPositives
}

func positives(e *Epidemic, of []int, district int, open, closed Day) int {
	n := 0
	for _, c := range e.Cases {
		screened := c.DetectionRoute == routeCommunity || c.DetectionRoute == routeAtRisk
		if screened && c.Community() && of[c.Place] == district && c.SampledOn >= open && c.SampledOn <= closed {
			n++
		}
	}
	return n
}

// districtsOf lists the places at the level district, and the district of every place.
func districtsOf(city *City) (districts, of []int) {
	of = make([]int, len(city.Places))
	for i, p := range city.Places {
		if p.Level == levelDistrict {
			districts = append(districts, i)
		}
		if len(districts) > 0 {
			of[i] = districts[len(districts)-1]
		}
	}
	return districts, of
}
