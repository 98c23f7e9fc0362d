package protocol

import (
	"strconv"
	"strings"

	"cel.dev/cel-go/cel"
)

// HistoryDays is how many days of daily figures the rules may look at: the evaluated
// day and the days before it.
const HistoryDays = 60

// Facts is what the records say about one place at the end of one day. The daily lists
// begin with the evaluated day and go back; they hold HistoryDays entries, or one for
// each day since the incident began if that is fewer. Only what was known on that day
// belongs in here, or a replay would give another answer.
type Facts struct {
	CommunityInfections    []int    // infections found in the community, per day
	UnderControlInfections []int    // infections found among people under control, per day
	Infections             []int    // all new infections, per day
	UnknownRoute           []int    // infections whose way of being found is not recorded, per day
	DaysSinceStart         int      // 0 on the incident's first day
	Population             int      // residents; 0 = not known
	Round                  Round    // the newest closed screening round on or before the day
	Incomplete             []string // what is missing from the records, such as days without a report
	ActiveCases            int      // confirmed cases not yet recovered, died or transferred
	ClosedCases            int      // confirmed cases that have
	CasesWithoutAnchor     int      // closed cases without a second negative test or a burial on record
	DaysSinceAnchor        int      // days from the day after the last case's second negative test or burial, that day counted as 1; -1 = none
	PlaceLevel             string   // province, city, district, street, community, compound …
}

// Round is the newest screening round of the place that had closed by the day.
type Round struct {
	Known              bool // false: no round has closed; all else is then without meaning
	Number             int
	OpenedOn           string // day
	ClosedOn           string // day
	DaysSinceClosed    int    // -1 = none
	Due                int    // people who had to be sampled
	Sampled            int
	Resulted           int // of the sampled, those with a result
	CommunityPositives int // positives of the round found in the community
	Coverage           float64
	AfterLastCommunity bool // opened on or after the report day of the last community infection
}

// fact is one name that rules can use. missing says what keeps the fact from being
// relied on; it is asked for every fact that a criterion's rules mention.
type fact struct {
	name     string
	typ      *cel.Type
	evidence string
	get      func(Facts) any
	missing  []func(Facts) []Text
}

var (
	listOfInt  = cel.ListType(cel.IntType)
	listOfText = cel.ListType(cel.StringType)
)

var factTable = []fact{
	{"community_infections", listOfInt, "community_infections", func(f Facts) any { return wide(f.CommunityInfections) },
		[]func(Facts) []Text{incomplete, short(func(f Facts) []int { return f.CommunityInfections })}},
	{"under_control_infections", listOfInt, "infections", func(f Facts) any { return wide(f.UnderControlInfections) },
		[]func(Facts) []Text{incomplete, short(func(f Facts) []int { return f.UnderControlInfections })}},
	{"infections", listOfInt, "infections", func(f Facts) any { return wide(f.Infections) },
		[]func(Facts) []Text{incomplete, short(func(f Facts) []int { return f.Infections })}},
	{"unknown_route", listOfInt, "unknown_route", func(f Facts) any { return wide(f.UnknownRoute) },
		[]func(Facts) []Text{incomplete, short(func(f Facts) []int { return f.UnknownRoute })}},
	{"days_since_start", cel.IntType, "reports", func(f Facts) any { return int64(f.DaysSinceStart) }, nil},
	{"population", cel.IntType, "", func(f Facts) any { return int64(f.Population) }, []func(Facts) []Text{noPopulation}},
	{"incomplete", listOfText, "reports", func(f Facts) any { return f.Incomplete }, nil},
	{"place_level", cel.StringType, "", func(f Facts) any { return f.PlaceLevel }, nil},

	{"active_cases", cel.IntType, "active_cases", func(f Facts) any { return int64(f.ActiveCases) }, []func(Facts) []Text{incomplete}},
	{"closed_cases", cel.IntType, "active_cases", func(f Facts) any { return int64(f.ClosedCases) }, []func(Facts) []Text{incomplete}},
	{"cases_without_anchor", cel.IntType, "anchor", func(f Facts) any { return int64(f.CasesWithoutAnchor) }, []func(Facts) []Text{incomplete}},
	{"days_since_anchor", cel.IntType, "anchor", func(f Facts) any { return int64(f.DaysSinceAnchor) }, []func(Facts) []Text{incomplete, noAnchor}},

	{"round.known", cel.BoolType, "round", func(f Facts) any { return f.Round.Known }, []func(Facts) []Text{noRound}},
	{"round.number", cel.IntType, "round", func(f Facts) any { return int64(f.Round.Number) }, []func(Facts) []Text{noRound}},
	{"round.opened_on", cel.StringType, "round", func(f Facts) any { return f.Round.OpenedOn }, []func(Facts) []Text{noRound}},
	{"round.closed_on", cel.StringType, "round", func(f Facts) any { return f.Round.ClosedOn }, []func(Facts) []Text{noRound}},
	{"round.days_since_closed", cel.IntType, "round", func(f Facts) any { return int64(f.Round.DaysSinceClosed) }, []func(Facts) []Text{noRound}},
	{"round.due", cel.IntType, "round", func(f Facts) any { return int64(f.Round.Due) }, []func(Facts) []Text{noRound, noDue}},
	{"round.sampled", cel.IntType, "round", func(f Facts) any { return int64(f.Round.Sampled) }, []func(Facts) []Text{noRound}},
	{"round.resulted", cel.IntType, "round", func(f Facts) any { return int64(f.Round.Resulted) }, []func(Facts) []Text{noRound}},
	{"round.community_positives", cel.IntType, "round", func(f Facts) any { return int64(f.Round.CommunityPositives) }, []func(Facts) []Text{noRound}},
	{"round.coverage", cel.DoubleType, "round", func(f Facts) any { return f.Round.Coverage }, []func(Facts) []Text{noRound, noDue}},
	{"round.after_last_community", cel.BoolType, "round", func(f Facts) any { return f.Round.AfterLastCommunity }, []func(Facts) []Text{noRound, incomplete}},
}

var factIndex = func() map[string]fact {
	m := make(map[string]fact, len(factTable))
	for _, f := range factTable {
		m[f.name] = f
	}
	return m
}()

func wide(list []int) []int64 {
	out := make([]int64, len(list))
	for i, x := range list {
		out[i] = int64(x)
	}
	return out
}

func incomplete(f Facts) []Text {
	if len(f.Incomplete) == 0 {
		return []Text{}
	}
	const shownAtMost = 10
	pieces, more := f.Incomplete, Text{}
	if len(pieces) > shownAtMost {
		n := strconv.Itoa(len(pieces))
		pieces, more = pieces[:shownAtMost], Text{ZH: "等 " + n + " 项", EN: " and more, " + n + " in all"}
	}
	return []Text{{
		ZH: "记录不完整：" + strings.Join(pieces, "、") + more.ZH + "。",
		EN: "The records are incomplete: " + strings.Join(pieces, ", ") + more.EN + ".",
	}}
}

// short reports a daily list with fewer days than the incident has had.
func short(list func(Facts) []int) func(Facts) []Text {
	return func(f Facts) []Text {
		due, got := min(HistoryDays, f.DaysSinceStart+1), len(list(f))
		if got >= due && got > 0 {
			return []Text{}
		}
		params := map[string]string{"due": strconv.Itoa(due), "got": strconv.Itoa(got)}
		return []Text{Text{
			ZH: "应有 {due} 天的逐日数字，现有 {got} 天。",
			EN: "Daily figures are needed for {due} days; there are {got}.",
		}.fill(params)}
	}
}

func noPopulation(f Facts) []Text {
	if f.Population > 0 {
		return []Text{}
	}
	return []Text{{ZH: "没有人口数。", EN: "The number of residents is not recorded."}}
}

func noRound(f Facts) []Text {
	if f.Round.Known {
		return []Text{}
	}
	return []Text{{ZH: "没有已结束的全员检测轮次。", EN: "No full testing round has closed."}}
}

func noDue(f Facts) []Text {
	if !f.Round.Known || f.Round.Due > 0 {
		return []Text{}
	}
	return []Text{{ZH: "该轮次没有应检人数。", EN: "The round does not say how many people were due."}}
}

func noAnchor(f Facts) []Text {
	if f.CasesWithoutAnchor > 0 {
		params := map[string]string{"n": strconv.Itoa(f.CasesWithoutAnchor)}
		return []Text{Text{
			ZH: "有 {n} 例已结案病例没有第二次阴性检测或安葬日期。",
			EN: "{n} closed cases have neither a second negative test nor a burial on record.",
		}.fill(params)}
	}
	if f.DaysSinceAnchor < 0 {
		return []Text{{ZH: "没有可起算的日期。", EN: "There is no day to count from."}}
	}
	return []Text{}
}
