package epidemic

func set(n int) *int { return &n }

// Uncontrolled lets the virus run without any measure, from day 1 on.
func Uncontrolled() Scenario {
	return Scenario{Name: "uncontrolled", Days: 60, SeedsPerMillion: 60, Virus: OmicronBA2()}
}

// Totals of the reference operation (protocol.md 1.1).
const (
	ReferencePeople       = 1_800_000
	ReferenceConfirmed    = 13_517
	ReferenceAsymptomatic = 12_945
	ReferenceInfections   = ReferenceConfirmed + ReferenceAsymptomatic
)

// Reference is an operation of the kind of the reference case (protocol.md 1):
// 37 days from the first report to community zero. Dates of the measures follow
// the published ones; how strongly each acts is our own and was calibrated, see
// docs/develop/epidemic.md. The seeds live in the three districts to which the
// spread was confined.
func Reference() Scenario {
	return Scenario{
		Name: "reference", Days: 37, Hidden: 5, SeedsPerMillion: 23, SeedDistricts: []int32{0, 2, 3}, Alarm: true,
		Virus: OmicronBA2(),
		Measures: []Measure{
			{Name: "activation: fever clinics, tracing, zones around cases", From: 1, Rules: Rules{
				ClinicSeek: set(35), TraceDelay: set(1), TracedHome: set(950), TracedGroup: set(440), TracedOther: set(40), Central: set(35),
				QuarantineEvery: set(2), IsolationDelay: set(2), Seal: set(1), SealDays: set(14), SealedEvery: set(3),
				SealedLeak: set(160), SealedNeighbour: set(760), ControlLeak: set(30),
			}},
			{Name: "screening rounds, schools closed", From: 4, Rules: Rules{
				ScreeningEvery: set(2), ScreeningCoverage: set(45), AtSchool: set(0), AtWork: set(700), Community: set(350), Neighbourhood: set(780),
			}},
			{Name: "clean-up drive", From: 10, Rules: Rules{
				AtWork: set(400), Neighbourhood: set(760), SealedNeighbour: set(650), ScreeningCoverage: set(70), TracedOther: set(70),
			}},
			{Name: "one person per household per day, with a pass", From: 13, Rules: Rules{
				AtWork: set(200), Community: set(335), ScreeningCoverage: set(75),
			}},
			{Name: "city-wide static management", From: 20, Rules: Rules{
				AtWork: set(80), Community: set(75), SealedLeak: set(10), ScreeningCoverage: set(300), TracedOther: set(115), Central: set(125),
			}},
			{Name: "general offensive: whole compounds", From: 24, Rules: Rules{
				Seal: set(2), AtWork: set(50), Community: set(15), Neighbourhood: set(700), ScreeningCoverage: set(350), TracedOther: set(300),
				IsolationDelay: set(1), Central: set(140),
			}},
			{Name: "a round every day", From: 30, Rules: Rules{
				ScreeningEvery: set(1), ScreeningCoverage: set(700),
			}},
			{Name: "final push: by compound, building and unit", From: 34, Rules: Rules{
				AtWork: set(20), Community: set(5), Neighbourhood: set(300), SealedLeak: set(2), ScreeningCoverage: set(970), SealedEvery: set(2),
				TracedOther: set(700), Central: set(900),
			}},
		},
	}
}
