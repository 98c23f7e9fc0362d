package app

import (
	"bytes"
	"encoding/json"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/science/epidemic"
	"github.com/allclear/allclear/internal/science/synth"
)

// EpidemicOptions shape a run.
type EpidemicOptions struct {
	People int
	Days   int // 0: those of the scenario
	Seed   uint64
	// Scenario is "reference", "uncontrolled" or a file in YAML or JSON.
	Scenario string
	Threads  int // 0: one for each processor
	// Town takes a population without names and a map, which is made faster and in less memory.
	Town bool
}

// EpidemicReport is the outcome of a run.
type EpidemicReport struct {
	Agents         int             `json:"agents"`
	Days           int             `json:"days"`
	Infections     int             `json:"infections"` // found and reported
	FoundCommunity int             `json:"found_community"`
	FoundControl   int             `json:"found_control"`
	PeakDay        int             `json:"peak_day"` // of the infections found; of all infections when none was
	Seconds        float64         `json:"seconds"`  // of the run
	RSS            int64           `json:"rss_mb"`   // most memory during the run
	Digest         string          `json:"digest"`
	Curve          []EpidemicDay   `json:"curve"`
	Scenario       string          `json:"scenario"`
	Seed           uint64          `json:"seed"`
	Threads        int             `json:"threads"`
	Confirmed      int             `json:"confirmed"` // cumulative, with those reclassified
	Asymptomatic   int             `json:"asymptomatic"`
	Reclassified   int             `json:"reclassified"`
	Deaths         int             `json:"deaths"`
	Infected       int             `json:"infected"` // all infections, found or not, seeds included
	Seeds          int             `json:"seeds"`
	Attempts       int             `json:"attempts"`
	ByLayer        []EpidemicLayer `json:"by_layer"`
	BuildSeconds   float64         `json:"build_seconds"`
	BuildRSS       int64           `json:"build_rss_mb"`
}

// EpidemicDay is one day of the curve.
type EpidemicDay struct {
	Day          int `json:"day"`
	Infections   int `json:"infections"`
	Confirmed    int `json:"confirmed"`
	Asymptomatic int `json:"asymptomatic"`
	Reclassified int `json:"reclassified"`
	Community    int `json:"found_community"`
	Control      int `json:"found_control"`
	NewInfected  int `json:"new_infected"`
	Susceptible  int `json:"susceptible"`
	Exposed      int `json:"exposed"`
	Infectious   int `json:"infectious"`
	Removed      int `json:"removed"`
}

// EpidemicLayer counts infections by the setting in which they happened.
type EpidemicLayer struct {
	Layer    string `json:"layer"`
	Infected int    `json:"infected"`
}

// RunEpidemic makes a population and lets a scenario happen to it. It needs no database.
func RunEpidemic(o EpidemicOptions) (EpidemicReport, error) {
	s, err := EpidemicScenario(o.Scenario)
	if err != nil {
		return EpidemicReport{}, err
	}
	if o.Days > 0 {
		s.Days = o.Days
	}
	if o.People < 0 || o.People > 10_000_000 {
		return EpidemicReport{}, fault.Invalidf("epidemic.people", "people: %d is not between 0 and 10000000", o.People)
	}
	if o.Threads <= 0 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	at := time.Now()
	population := epidemicPopulation(o)
	report := EpidemicReport{Scenario: s.Name, Seed: o.Seed, Threads: o.Threads, BuildSeconds: seconds(at), BuildRSS: peakMemory()}
	forgetPeak()
	at = time.Now()
	result, err := epidemic.Run(population, s, epidemic.Options{Seed: o.Seed, Threads: o.Threads})
	if err != nil {
		return report, fault.Invalidf("epidemic.scenario", "%v", err)
	}
	report.Seconds, report.RSS = seconds(at), peakMemory()
	report.tell(result)
	return report, nil
}

func epidemicPopulation(o EpidemicOptions) *epidemic.Population {
	if o.Town {
		return epidemic.NewTown(o.People, o.Seed)
	}
	return PopulationOf(synth.Build(synth.Options{Seed: o.Seed, People: o.People}))
}

func seconds(since time.Time) float64 {
	return float64(time.Since(since).Milliseconds()) / 1000
}

func (r *EpidemicReport) tell(x *epidemic.Result) {
	sum := x.Totals()
	r.Agents, r.Days, r.Digest = x.Agents, len(x.Daily), x.Digest
	r.Infections, r.FoundCommunity, r.FoundControl = sum.Found(), sum.Community, sum.UnderControl
	r.Confirmed, r.Asymptomatic, r.Reclassified, r.Deaths = sum.Confirmed, sum.Asymptomatic, sum.Reclassified, x.Deaths
	r.Infected, r.Seeds, r.Attempts, r.PeakDay = x.Infected, x.Seeds, x.Attempts, peakDay(x)
	for l, n := range x.ByLayer {
		r.ByLayer = append(r.ByLayer, EpidemicLayer{epidemic.Layer(l).String(), n})
	}
	for _, d := range x.Daily {
		r.Curve = append(r.Curve, EpidemicDay{
			Day: d.Day, Infections: d.Found(), Confirmed: d.Confirmed, Asymptomatic: d.Asymptomatic, Reclassified: d.Reclassified,
			Community: d.Community, Control: d.UnderControl, NewInfected: d.NewInfected,
			Susceptible: d.Susceptible, Exposed: d.Exposed, Infectious: d.Infectious, Removed: d.Removed,
		})
	}
}

func peakDay(x *epidemic.Result) int {
	height := epidemic.Day.Found
	if x.Totals().Found() == 0 {
		height = func(d epidemic.Day) int { return d.NewInfected }
	}
	best := epidemic.Day{}
	for _, d := range x.Daily {
		if height(d) > height(best) {
			best = d
		}
	}
	return best.Day
}

// EpidemicScenario returns a scenario by its name or reads it from a file. What
// a file leaves out is as in the scenario "uncontrolled".
func EpidemicScenario(name string) (epidemic.Scenario, error) {
	switch name {
	case "", "reference":
		return epidemic.Reference(), nil
	case "uncontrolled":
		return epidemic.Uncontrolled(), nil
	}
	s := epidemic.Uncontrolled()
	text, err := os.ReadFile(name)
	if err != nil {
		return s, fault.NotFoundf("epidemic.no_scenario", "there is no scenario %q: give reference, uncontrolled or a file", name)
	}
	var tree any
	if err := yaml.Unmarshal(text, &tree); err != nil { // JSON is YAML
		return s, fault.Invalidf("epidemic.scenario", "%s: %v", name, err)
	}
	text, err = json.Marshal(tree)
	if err != nil {
		return s, fault.Invalidf("epidemic.scenario", "%s: %v", name, err)
	}
	in := json.NewDecoder(bytes.NewReader(text))
	in.DisallowUnknownFields() // a misspelt measure must not silently do nothing
	if err := in.Decode(&s); err != nil {
		return s, fault.Invalidf("epidemic.scenario", "%s: %v", name, err)
	}
	if err := s.Check(); err != nil {
		return s, fault.Invalidf("epidemic.scenario", "%s: %v", name, err)
	}
	return s, nil
}

// peakMemory returns the most memory the process has had resident, in MB, since
// forgetPeak; where the system does not tell, what the runtime has reserved.
func peakMemory() int64 {
	text, err := os.ReadFile("/proc/self/status")
	if err == nil {
		for line := range strings.Lines(string(text)) {
			if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
				kb, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
				return kb / 1024
			}
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.Sys >> 20)
}

// forgetPeak gives back the memory that the making of the population needed and
// lets the peak be counted anew, where the system can.
func forgetPeak() {
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // best effort: the figure then includes the making
}

// EpidemicTrial is what the calibration saw over several seeds.
type EpidemicTrial struct {
	Scenario  string           `json:"scenario"`
	People    int              `json:"people"`
	Seeds     int              `json:"seeds"`
	Reference EpidemicTarget   `json:"reference"` // in proportion to the people
	Mean      EpidemicTarget   `json:"mean"`
	Deviation float64          `json:"total_deviation_percent"` // of the mean from the reference
	Spread    float64          `json:"total_sd_percent"`        // standard deviation between seeds, of the mean
	Low       int              `json:"total_lowest"`
	High      int              `json:"total_highest"`
	Curve     []float64        `json:"mean_curve"`
	Community []float64        `json:"mean_found_community"`
	Calm      int              `json:"seeds_without_community_days_35_to_37"`
	Runs      []EpidemicTarget `json:"runs"`
}

// EpidemicTarget are the figures that are compared.
type EpidemicTarget struct {
	Seed         uint64  `json:"seed,omitempty"`
	Infections   float64 `json:"infections"`
	Confirmed    float64 `json:"confirmed"`
	Asymptomatic float64 `json:"asymptomatic"`
	PeakDay      float64 `json:"peak_day"`
	Compounds    float64 `json:"compounds_hit_percent"`
}

// TryEpidemic runs a scenario with the seeds from first on over one population
// and compares the mean with the reference operation (protocol.md 1.1).
func TryEpidemic(o EpidemicOptions, first uint64, seeds int) (EpidemicTrial, error) {
	s, err := EpidemicScenario(o.Scenario)
	if err != nil {
		return EpidemicTrial{}, err
	}
	if o.Days > 0 {
		s.Days = o.Days
	}
	if seeds < 1 {
		return EpidemicTrial{}, fault.Invalidf("epidemic.seeds", "at least one seed is needed")
	}
	population := epidemicPopulation(o)
	t := EpidemicTrial{Scenario: s.Name, People: population.People(), Seeds: seeds, Curve: make([]float64, s.Days), Community: make([]float64, s.Days)}
	share := float64(t.People) / 1_800_000
	t.Reference = EpidemicTarget{Infections: 26_462 * share, Confirmed: 13_517 * share, Asymptomatic: 12_945 * share}
	for i := range seeds {
		x, err := epidemic.Run(population, s, epidemic.Options{Seed: first + uint64(i), Threads: max(o.Threads, 1)})
		if err != nil {
			return t, fault.Invalidf("epidemic.scenario", "%v", err)
		}
		t.add(population, x, first+uint64(i))
	}
	t.sum()
	return t, nil
}
