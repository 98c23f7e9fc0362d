package app

import (
	"fmt"
	"os"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/science/synth"
)

// ResidentList says what is in a list of the people of a synthetic city.
type ResidentList struct {
	Rows  int            `json:"rows"`
	Flaws map[string]int `json:"flaws"` // rows by what is wrong with them
}

// WriteResidentList writes the people of a synthetic city to a CSV file as a community
// hands in its list of residents: for rehearsing and measuring imports. flawed is how many
// rows per mille have a flaw. The file is new, or nothing is written.
func WriteResidentList(file string, o DemoOptions, flawed int, addresses bool) (ResidentList, error) {
	if flawed < 0 || flawed > 1000 {
		return ResidentList{}, fault.Invalidf("demo.bad_share", "the share of flawed rows is between 0 and 1000 per mille")
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return ResidentList{}, fault.Unavailablef("demo.no_file", "the file can't be written: it is there already, or its directory isn't").Because(err)
	}
	city := synth.Build(synth.Options{Seed: o.Seed, People: o.People})
	sum, err := synth.WriteResidentList(f, city, synth.ListOptions{Flawed: flawed, Addresses: addresses})
	if closing := f.Close(); err == nil && closing != nil {
		err = closing
	}
	if err != nil {
		return ResidentList{}, fmt.Errorf("write %s: %w", file, err)
	}
	return ResidentList(sum), nil
}
