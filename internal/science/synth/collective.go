package synth

// Kinds of compounds in which people live. [Place.Kind].
const (
	kindResidential = "residential"
	kindUniversity  = "university"
	kindDormitory   = "dormitory"
	kindNursingHome = "nursing_home"
	kindHotel       = "hotel"
)

// collective is a kind of quarters in which people live without being a family.
type collective struct {
	kind  string
	share int    // of all people, per mille
	size  []step // people in one of them, by the people of the city
	rooms table  // how many share a room: weights from one person on
	names []word
	// ages are the youngest and the oldest.
	youngest, oldest int
	category         string
	men              int // per mille
	staff            int // for 100 people
}

// collectives together hold 84 per mille: the Seventh National Population
// Census of 2020 counted 118.97 of 1,411.78 million people in 28.53 million
// collective households, 4.17 to a household (communiqué no. 2 of 11 May 2021).
// 1.6 per mille in homes for the old is 2.2 million residents of 38,000 homes
// (Ministry of Civil Affairs, statistical bulletin for 2020, order of
// magnitude). How the rest divides into students, workers and guests is our own
// assumption, with 41.8 million students of all kinds of higher education in
// mind, of whom about three quarters board.
var collectives = []collective{
	{
		kindUniversity, 36, []step{{20_000, 250}, {180_000, 1_600}, {1_800_000, 4_000}}, newTable([]int{1, 2, 6, 40, 9, 42}),
		[]word{{"师范大学", "Normal University"}, {"理工学院", "Institute of Technology"}, {"职业技术学院", "Vocational College"}, {"医学院", "Medical College"}},
		18, 23, categoryResident, 480, 9,
	},
	{
		kindDormitory, 43, []step{{20_000, 150}, {180_000, 400}, {1_800_000, 900}}, newTable([]int{4, 12, 16, 34, 10, 24}),
		[]word{{"职工宿舍", "Workers' Dormitory"}, {"建设工地生活区", "Site Camp"}},
		19, 54, categoryStaff, 690, 0,
	},
	{
		kindNursingHome, 2, []step{{20_000, 30}, {180_000, 45}, {1_800_000, 60}}, newTable([]int{30, 55, 15}),
		[]word{{"养老院", "Home for the Aged"}, {"颐养中心", "Senior Care Centre"}},
		68, 99, categoryResident, 430, 30,
	},
	{
		kindHotel, 3, []step{{20_000, 40}, {180_000, 70}, {1_800_000, 110}}, newTable([]int{62, 38}),
		[]word{{"宾馆", "Hotel"}, {"快捷酒店", "Inn"}},
		20, 66, categoryTraveller, 560, 25,
	},
}

// collectiveOf returns the quarters of a kind, nil for a housing estate.
func collectiveOf(kind string) *collective {
	for i := range collectives {
		if collectives[i].kind == kind {
			return &collectives[i]
		}
	}
	return nil
}
