package situation

import "github.com/allclear/allclear/internal/platform/store"

// Figures are the counts of one day, or of all days up to one.
type Figures struct {
	Confirmed         int `json:"confirmed" doc:"Confirmed cases, those reclassified from asymptomatic included"`
	Asymptomatic      int `json:"asymptomatic" doc:"Asymptomatic infections; cumulative: those since reclassified left out"`
	Reclassified      int `json:"reclassified" doc:"Asymptomatic infections reclassified as confirmed"`
	Infections        int `json:"infections" doc:"New infections: confirmed − reclassified + asymptomatic"`
	FoundInCommunity  int `json:"found_in_community" doc:"Infections found outside controlled groups, unknown routes included"`
	FoundUnderControl int `json:"found_under_control" doc:"Infections found among people already under control"`
	RouteUnknown      int `json:"route_unknown" doc:"Infections without a recorded detection route, counted as found in the community"`
	Imported          int `json:"imported" doc:"Infections acquired outside"`
	Deaths            int `json:"deaths" doc:"Deaths of counted cases"`
}

// Cumulative are the figures up to and including a day.
type Cumulative struct {
	Figures
	AsymptomaticReported int `json:"asymptomatic_reported" doc:"All asymptomatic infections ever reported, those since reclassified included"`
}

// tally is what was counted on one day at one place, before the rules are applied to it.
type tally struct {
	confirmed, asymptomatic, reclassified int
	community, unknown, imported, deaths  int
}

func (t tally) infections() int { return t.confirmed - t.reclassified + t.asymptomatic }

func (t *tally) add(u tally) { t.combine(u, 1) }

func (t *tally) subtract(u tally) { t.combine(u, -1) }

func (t *tally) combine(u tally, sign int) {
	t.confirmed += sign * u.confirmed
	t.asymptomatic += sign * u.asymptomatic
	t.reclassified += sign * u.reclassified
	t.community += sign * u.community
	t.unknown += sign * u.unknown
	t.imported += sign * u.imported
	t.deaths += sign * u.deaths
}

func (t tally) figures() Figures {
	return Figures{
		Confirmed: t.confirmed, Asymptomatic: t.asymptomatic, Reclassified: t.reclassified,
		Infections: t.infections(), FoundInCommunity: t.community, FoundUnderControl: t.infections() - t.community,
		RouteUnknown: t.unknown, Imported: t.imported, Deaths: t.deaths,
	}
}

func (t tally) cumulative() Cumulative {
	f := t.figures()
	f.Asymptomatic -= t.reclassified
	return Cumulative{Figures: f, AsymptomaticReported: t.asymptomatic}
}

// days maps each day to what was counted on it.
type days map[store.Day]tally

func (d days) add(on store.Day, t tally) {
	sum := d[on]
	sum.add(t)
	d[on] = sum
}

func (d days) subtract(on store.Day, t tally) {
	sum := d[on]
	sum.subtract(t)
	d[on] = sum
}

// until adds up all days up to and including on.
func (d days) until(on store.Day) tally {
	var sum tally
	for day, t := range d {
		if day <= on {
			sum.add(t)
		}
	}
	return sum
}
