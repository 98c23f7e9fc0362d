package epidemic

import "fmt"

// Layer is the kind of setting in which an infection happens.
type Layer uint8

// The layers. Import is the source of the seeds.
const (
	Import Layer = iota
	Household
	Class
	Workplace
	Neighbourhood
	Venue
	City
	layers
)

// String returns the name of the layer in results.
func (l Layer) String() string {
	return [...]string{"import", "household", "class", "workplace", "neighbourhood", "venue", "city"}[l]
}

// Virus holds the natural history and the contacts. Rates are expected
// transmissions by one person of mean load over the whole infectious time, with
// everybody else susceptible and no measures, per mille.
type Virus struct {
	// Incubation is the distribution of days from infection to onset; entry i is
	// the weight of i+1 days. Without symptoms it is the day on which they would have come.
	Incubation []int `json:"incubation"`
	// Profile is the share of a person's transmissions by day from two days
	// before the onset on, per 10,000. It adds up to 10,000.
	Profile []int `json:"profile"`
	// Loads are equally likely relative infectiousness values, per mille; their mean is 1000.
	Loads []int `json:"loads"`
	// HouseholdPair is between two people of one household.
	HouseholdPair int `json:"household_pair"`
	// Class, Workplace: with the class or team. Neighbourhood: building (50 %),
	// compound (40 %), community. Venue: the regular venue. City: anybody.
	Class         int `json:"class"`
	Workplace     int `json:"workplace"`
	Neighbourhood int `json:"neighbourhood"`
	Venue         int `json:"venue"`
	City          int `json:"city"`
	// Scale multiplies all rates, per mille. It is what calibration moves first.
	Scale int `json:"scale"`
	// Susceptibility and Symptomatic by age, per mille: under 18, 18 to 59, 60 and over.
	Susceptibility [3]int `json:"susceptibility"`
	Symptomatic    [3]int `json:"symptomatic"`
	// Sensitivity of one nucleic acid test, per mille, by day from the day before
	// the person is infectious; the last entry holds until the virus is cleared.
	Sensitivity []int `json:"sensitivity"`
	// ClearedAfter is the number of days from onset to the last positive test.
	ClearedAfter int `json:"cleared_after"`
	// Severe, Critical and Dead per 100,000 with symptoms, by age: under 60, 60 to 79, 80 and over.
	Severe   [3]int `json:"severe"`
	Critical [3]int `json:"critical"`
	Dead     [3]int `json:"dead"`
}

// leadDays is how many days before the onset a person can infect others at most.
const leadDays = 2

// OmicronBA2 is the variant of the reference operation. Sources are in
// docs/develop/epidemic.md; what has none there is our own assumption.
func OmicronBA2() Virus {
	return Virus{
		// Median 4 days, quartiles 3 and 5, mean 4.1: Beijing BA.2, March 2022, median 4 (3, 6) (protocol.md 14.1, S134).
		Incubation: []int{30, 150, 250, 220, 150, 100, 55, 30, 10, 5},
		// 33.6 % before the onset: Hangzhou BA.1.1 (protocol.md 14.1, S156).
		Profile: []int{1200, 2160, 2200, 1600, 1100, 750, 450, 270, 170, 100},
		// Means of twentieths of a gamma distribution with shape 0.8.
		Loads:         []int{12, 46, 88, 138, 193, 254, 322, 398, 482, 575, 680, 799, 934, 1091, 1277, 1502, 1790, 2180, 2791, 4448},
		HouseholdPair: 640,
		Class:         2200, Workplace: 1500, Neighbourhood: 2500, Venue: 500, City: 250,
		Scale: 1100, Susceptibility: [3]int{1000, 850, 900},
		Symptomatic:  [3]int{400, 537, 570},
		Sensitivity:  []int{300, 800, 950},
		ClearedAfter: 10,
		Severe:       [3]int{30, 600, 2500}, Critical: [3]int{5, 150, 900}, Dead: [3]int{0, 20, 300},
	}
}

// check names the first value that cannot be.
func (v *Virus) check() error {
	sum, loads := 0, 0
	for _, w := range v.Profile {
		sum += w
	}
	for _, w := range v.Loads {
		loads += w
	}
	switch {
	case len(v.Incubation) == 0 || len(v.Incubation) > 30 || total(v.Incubation) <= 0:
		return fmt.Errorf("incubation: 1 to 30 weights are needed")
	case len(v.Profile) <= leadDays || len(v.Profile) > 40 || sum != 10_000:
		return fmt.Errorf("profile: 3 to 40 days that add up to 10000 are needed, not %d", sum)
	case len(v.Loads) == 0 || loads/len(v.Loads) < 990 || loads/len(v.Loads) > 1010:
		return fmt.Errorf("loads: the mean must be 1000 per mille")
	case len(v.Sensitivity) == 0 || v.ClearedAfter < 0 || v.ClearedAfter > 60:
		return fmt.Errorf("sensitivity: at least one value; cleared_after: 0 to 60 days")
	}
	for name, list := range map[string][]int{
		"incubation": v.Incubation, "profile": v.Profile, "loads": v.Loads, "sensitivity": v.Sensitivity,
		"susceptibility": v.Susceptibility[:], "symptomatic": v.Symptomatic[:],
		"rates": {v.HouseholdPair, v.Class, v.Workplace, v.Neighbourhood, v.Venue, v.City, v.Scale},
	} {
		for _, x := range list {
			if x < 0 || x > 30_000 {
				return fmt.Errorf("%s: %d is not between 0 and 30000", name, x)
			}
		}
	}
	return nil
}

func total(list []int) int {
	sum := 0
	for _, w := range list {
		sum += max(w, 0)
	}
	return sum
}

// group returns the position of an age in a table by bounds.
func group(age uint8, first, second uint8) int {
	switch {
	case age < first:
		return 0
	case age < second:
		return 1
	}
	return 2
}

// rate returns the rate of a layer, per mille, before Scale.
func (v *Virus) rate(l Layer) int {
	return [layers]int{0, v.HouseholdPair, v.Class, v.Workplace, v.Neighbourhood, v.Venue, v.City}[l]
}
