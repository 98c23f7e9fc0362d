package situation

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/allclear/allclear/internal/platform/store"
)

// randomPath is a path of a tree with few branches, so that paths often lie within others.
func randomPath(r *rand.Rand, most int) string {
	path := "1."
	for range r.IntN(most) {
		path += strconv.Itoa(1+r.IntN(12)) + "."
	}
	return path
}

// TestDividedCountsLikePrefixes holds the counting by places to the plain meaning of
// "at or below", for places of any depth that may lie within one another.
func TestDividedCountsLikePrefixes(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		d := divided{}
		for range 1 + r.IntN(8) {
			d[randomPath(r, 5)] = days{}
		}
		paths := make([]string, 1+r.IntN(60))
		for i := range paths {
			paths[i] = randomPath(r, 7)
		}
		got := d.count(strings.Join(paths, " "), d.depths())
		for place := range d {
			want := 0
			for _, p := range paths {
				if strings.HasPrefix(p, place) {
					want++
				}
			}
			if got[place] != want {
				t.Fatalf("%d of %v at or below %s, want %d", got[place], paths, place, want)
			}
		}
		if len(got) > len(d) {
			t.Fatalf("places that were not asked for: %v", got)
		}
	}
}

func TestBelowFindsAllAtOrBelow(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 8))
	for range 200 {
		reporters := make([]reporter, r.IntN(30))
		for i := range reporters {
			reporters[i] = reporter{place: Place{Path: randomPath(r, 5)}, on: store.Day("2022-03-02").Add(r.IntN(5))}
		}
		slices.SortStableFunc(reporters, func(a, b reporter) int { return strings.Compare(a.place.Path, b.place.Path) })
		path := randomPath(r, 5)
		var want []reporter
		for _, x := range reporters {
			if strings.HasPrefix(x.place.Path, path) {
				want = append(want, x)
			}
		}
		if got := below(reporters, path); !slices.Equal(got, want) {
			t.Fatalf("below %s: %v, want %v", path, got, want)
		}
	}
}

// TestCombineReplacesByTheTopmostTotal: a total replaces the line list below its place
// on its day, and a total within another of the same day counts for nothing.
func TestCombineReplacesByTheTopmostTotal(t *testing.T) {
	t.Parallel()
	const first, second store.Day = "2022-03-02", "2022-03-03"
	of := func(n int) tally { return tally{confirmed: n} }
	listed := divided{
		"1.":     {first: of(10), second: of(20)},
		"1.2.":   {first: of(4), second: of(8)},
		"1.2.3.": {first: of(1), second: of(2)},
	}
	report := func(path string, on store.Day, n int) reporter {
		return reporter{place: Place{Path: path}, on: on, tally: of(n)}
	}
	c := combine("1.", listed, []reporter{report("1.2.", first, 100), report("1.2.3.", first, 50), report("1.2.3.", second, 50)})
	if got := c.days[first]; got != of(10-4+100) {
		t.Errorf("first day %+v", got)
	}
	if got := c.days[second]; got != of(20-2+50) {
		t.Errorf("second day %+v", got)
	}
	if c.listed[first] != of(6) || c.listed[second] != of(18) || c.totals[first] != 100 || c.totals[second] != 50 {
		t.Errorf("from the line list %v, from totals %v", c.listed, c.totals)
	}
}
