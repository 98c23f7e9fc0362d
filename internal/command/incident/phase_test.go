package incident

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/store"
)

func TestDeclarationFollows(t *testing.T) {
	t.Parallel()
	running := Incident{StartedOn: "2022-03-02", Status: Active}
	city := Phase{PlacePath: "1.", Phase: GeneralOffensive, StartsOn: "2022-03-20"}
	own := Phase{PlacePath: "1.2.", Phase: FinalPush, StartsOn: "2022-03-28"}
	tests := []struct {
		name   string
		in     Incident
		phases []Phase
		d      Declaration
		code   string
		former bool
		back   bool
	}{
		{"first at the place", running, nil, Declaration{Phase: Activation, StartsOn: "2022-03-02"}, "", false, false},
		{"before the incident", running, nil, Declaration{Phase: Activation, StartsOn: "2022-03-01"}, "incident.phase_before_start", false, false},
		{"closed incident", Incident{StartedOn: "2022-03-02", Status: Closed}, nil, Declaration{Phase: Activation, StartsOn: "2022-03-02"}, "incident.closed", false, false},
		{"next", running, []Phase{city, own}, Declaration{Phase: CommunityZero, StartsOn: "2022-04-08"}, "", true, false},
		{"same day", running, []Phase{own}, Declaration{Phase: CommunityZero, StartsOn: "2022-03-28"}, "incident.phase_overlap", false, false},
		{"earlier day", running, []Phase{own}, Declaration{Phase: CommunityZero, StartsOn: "2022-03-20"}, "incident.phase_overlap", false, false},
		{"same phase", running, []Phase{own}, Declaration{Phase: FinalPush, StartsOn: "2022-04-08"}, "incident.phase_same", false, false},
		{"back without reason", running, []Phase{own}, Declaration{Phase: CleanupDrive, StartsOn: "2022-04-08"}, "incident.reason_needed", false, false},
		{"back with reason", running, []Phase{own}, Declaration{Phase: CleanupDrive, StartsOn: "2022-04-08", Reason: "a new chain"}, "", true, true},
		{"back behind the city", running, []Phase{city}, Declaration{Phase: Activation, StartsOn: "2022-04-08"}, "incident.reason_needed", false, false},
		{"ahead of the city", running, []Phase{city}, Declaration{Phase: CommunityZero, StartsOn: "2022-04-08"}, "", false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			next, former, err := tt.d.follow(tt.in, "1.2.", tt.phases)
			if tt.code != "" {
				if fault.CodeOf(err) != tt.code {
					t.Fatalf("code = %v, want %s", err, tt.code)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if (former != nil) != tt.former || next.SteppedBack != tt.back {
				t.Errorf("former %v, stepped back %v; want %v, %v", former, next.SteppedBack, tt.former, tt.back)
			}
		})
	}
}

// Whatever is declared in whatever order, the phases of a place never share a day, leave
// no gap, and a place without its own phase stands where its ancestor does.
func TestPhasesNeverOverlap(t *testing.T) {
	t.Parallel()
	paths := []string{"1.", "1.1.", "1.2.", "1.2.7."}
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		in := Incident{StartedOn: "2022-03-01", Status: Active}
		var phases []Phase
		for range 25 {
			d := Declaration{Phase: Stages()[r.IntN(7)], StartsOn: store.Day("2022-03-01").Add(r.IntN(70) - 5), Reason: "r"}
			path := paths[r.IntN(len(paths))]
			next, former, err := d.follow(in, path, phases)
			if err != nil {
				continue
			}
			if former != nil {
				former.EndsOn = next.StartsOn.Add(-1)
			}
			phases = append(phases, next)
		}
		if len(phases) == 0 {
			t.Fatalf("seed %d: nothing was declared", seed)
		}
		checkTimeline(t, fmt.Sprint("seed ", seed), paths, phases)
	}
}

func checkTimeline(t *testing.T, name string, paths []string, phases []Phase) {
	t.Helper()
	for day := store.Day("2022-02-20"); day < "2022-05-15"; day = day.Add(1) {
		own := map[string]int{}
		for _, p := range phases {
			if p.Covers(day) {
				own[p.PlacePath]++
			}
		}
		for _, path := range paths {
			if own[path] > 1 {
				t.Fatalf("%s: %s has %d phases on %s", name, path, own[path], day)
			}
			got, ok := Effective(phases, path, day)
			want := nearest(own, path)
			if ok != (want != "") || ok && got.PlacePath != want {
				t.Fatalf("%s: %s on %s stands in the phase of %q, want %q", name, path, day, got.PlacePath, want)
			}
		}
	}
}

func nearest(own map[string]int, path string) string {
	for ; path != ""; path = parent(path) {
		if own[path] > 0 {
			return path
		}
	}
	return ""
}

func parent(path string) string {
	for i := len(path) - 2; i >= 0; i-- {
		if path[i] == '.' {
			return path[:i+1]
		}
	}
	return ""
}

func TestIncidentCheckNamesEveryField(t *testing.T) {
	t.Parallel()
	in := Incident{Name: " ", TimeZone: "Asia/Nowhere", StartedOn: "2022-02-30", ClosedOn: "2022-02-01"}
	err := in.check("2022-04-09")
	var f *fault.Error
	if f, _ = err.(*fault.Error); f == nil {
		t.Fatalf("got %v, want a fault", err)
	}
	got := map[string]string{}
	for _, x := range f.Fields {
		got[x.Name] = x.Code
	}
	want := map[string]string{"name": "required", "pack": "required", "time_zone": "unknown", "started_on": "not_a_day", "closed_on": "before_start"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("fields = %v, want %v", got, want)
	}
	ok := Incident{Name: "x", Pack: "p", TimeZone: "Asia/Shanghai", StartedOn: "2022-04-09"}
	if err := ok.check("2022-04-09"); err != nil {
		t.Errorf("a good incident is refused: %v", err)
	}
	if ok.StartedOn = "2022-04-10"; ok.check("2022-04-09") == nil {
		t.Error("a first day in the future is accepted")
	}
}
