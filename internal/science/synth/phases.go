package synth

import "slices"

// Phase is a stretch of the response in the city or in a district.
type Phase struct {
	Place     int    // index into City.Places
	Phase     string // activation, cleanup_drive, general_offensive, final_push, community_zero
	StartedOn Day
	EndedOn   Day  // the day the next phase starts; empty for the current one
	StepBack  bool // the phase was entered from a later one
	// Reason is why it was declared.
	Reason, ReasonEn string
}

// phaseStart is a phase and the day number on which the city enters it: 2, 11
// and 25 March, 4 and 8 April 2022 in the reference operation (protocol.md 1.1).
type phaseStart struct {
	phase  string
	day    int
	back   bool
	reason word
}

var cityPhases = []phaseStart{
	{"activation", 1, false, word{"全市发现首例感染者，启动应急响应。", "First infection found in the city; the response is activated."}},
	{"cleanup_drive", 10, false, word{"全市多区出现社区传播，开展攻坚。", "Community spread in several districts; clean-up drive."}},
	{"general_offensive", 24, false, word{"全市新增感染处于高位，集中力量总攻。", "New infections in the city stay high; all forces join in a general offensive."}},
	{"final_push", 34, false, word{"全市社会面新增已很少，逐小区逐楼栋逐单元清零。", "Few community infections remain in the city; final push by compound, building and unit."}},
	{"community_zero", 38, false, word{"全市连续3日社会面零新增，全员核酸筛查完成。", "Three days without community infections and a complete screening round."}},
}

// setback is the district in which the final push began too early: as in the
// reference operation, clusters in a market and on a building site forced the
// districts concerned back.
var setback = []phaseStart{
	{"final_push", 30, false, word{"区内社会面新增回落，提前进入最后冲锋。", "Community infections in the district are falling; early final push."}},
	{"general_offensive", 32, true, word{"批发市场和项目工地出现聚集性疫情，退回总攻。", "Clusters at the wholesale market and a building site; back to the general offensive."}},
}

// setbackDistrict is the position of that district: Qingdu.
const setbackDistrict = 3

// Phases makes the phases of the city, its districts and its counties, in
// order of place and date. They are dated from City.Start.
func Phases(city *City) []Phase {
	days := newCalendar(city.Start, 1, Days+1)
	phases := phasesAt(0, cityPhases, days)
	districts, _ := districtsOf(city)
	for i, place := range districts {
		starts := slices.Clone(cityPhases)
		// Districts follow the city by a day; those without many cases a day later still.
		if plan := districtPlans[i]; !plan.hot {
			starts[1].day++
			starts[2].day++
		}
		if districtPlans[i].county {
			starts[1].day += 2
		}
		if i == setbackDistrict {
			starts = slices.Insert(starts, 3, setback...)
		}
		phases = append(phases, phasesAt(place, starts, days)...)
	}
	return phases
}

func phasesAt(place int, starts []phaseStart, days calendar) []Phase {
	phases := make([]Phase, len(starts))
	for i, s := range starts {
		phases[i] = Phase{
			Place: place, Phase: s.phase, StartedOn: days.on(s.day), StepBack: s.back,
			Reason: s.reason.zh, ReasonEn: s.reason.en,
		}
		if i > 0 {
			phases[i-1].EndedOn = phases[i].StartedOn
		}
	}
	return phases
}
