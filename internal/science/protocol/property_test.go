package protocol

import (
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// anyFacts draws facts of any shape, also ones that contradict themselves.
func anyFacts(t *rapid.T) Facts {
	days := func(name string) []int {
		return rapid.SliceOfN(rapid.IntRange(-1, 3), 0, HistoryDays).Draw(t, name)
	}
	return Facts{
		CommunityInfections: days("community"), UnderControlInfections: days("controlled"),
		Infections: days("infections"), UnknownRoute: days("unknown"),
		DaysSinceStart: rapid.IntRange(0, 90).Draw(t, "start"), Population: rapid.IntRange(0, 3_000_000).Draw(t, "population"),
		Round: Round{Known: rapid.Bool().Draw(t, "known"), Due: rapid.IntRange(0, 100).Draw(t, "due"),
			Sampled: rapid.IntRange(0, 100).Draw(t, "sampled"), Resulted: rapid.IntRange(0, 100).Draw(t, "resulted"),
			CommunityPositives: rapid.IntRange(0, 2).Draw(t, "positives"), Coverage: rapid.Float64().Draw(t, "coverage"),
			AfterLastCommunity: rapid.Bool().Draw(t, "after")},
		Incomplete:  rapid.SliceOfN(rapid.SampledFrom([]string{"2022-04-01", "2022-04-02"}), 0, 2).Draw(t, "incomplete"),
		ActiveCases: rapid.IntRange(0, 2).Draw(t, "active"), ClosedCases: rapid.IntRange(0, 9).Draw(t, "closed"),
		CasesWithoutAnchor: rapid.IntRange(0, 1).Draw(t, "unanchored"), DaysSinceAnchor: rapid.IntRange(-1, 200).Draw(t, "anchor"),
	}
}

func copyOf(f Facts) Facts {
	f.CommunityInfections, f.UnderControlInfections = slices.Clone(f.CommunityInfections), slices.Clone(f.UnderControlInfections)
	f.Infections, f.UnknownRoute, f.Incomplete = slices.Clone(f.Infections), slices.Clone(f.UnknownRoute), slices.Clone(f.Incomplete)
	return f
}

func allViews(t testing.TB) []*View {
	return []*View{
		shipped(t, "cn-covid-8th").On("2022-04-08"),
		shipped(t, "cn-covid-8th", "jilin-city-2022").On("2022-04-08"),
		shipped(t, "cn-covid-8th", "shanghai-2022").On("2022-05-10"),
		shipped(t, "ebola").On("2026-01-01"),
	}
}

// TestClearanceIsPure: the same facts give the same answer, whatever was asked before or
// is asked at the same time, and the facts are left as they were.
func TestClearanceIsPure(t *testing.T) {
	t.Parallel()
	views := allViews(t)
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SampledFrom(views).Draw(t, "view")
		f, other := anyFacts(t), anyFacts(t)
		kept := copyOf(f)
		first, err := v.Clearance(f)
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		again := make([]Result, 4)
		for i := range again {
			wg.Go(func() {
				if i%2 == 1 {
					_, _ = v.Clearance(other) // only to be in the way
				}
				again[i], _ = v.Clearance(f) // an error shows as a different result
			})
		}
		wg.Wait()
		for _, r := range again {
			if diff := cmp.Diff(first, r); diff != "" {
				t.Fatal(diff)
			}
		}
		if diff := cmp.Diff(kept, f); diff != "" {
			t.Fatalf("the facts were changed: %s", diff)
		}
	})
}

// TestWorseFactsNeverClear: making any fact worse never makes an unmet result met.
func TestWorseFactsNeverClear(t *testing.T) {
	t.Parallel()
	views := allViews(t)
	worse := map[string]func(*Facts){
		"an infection today":    func(f *Facts) { raise(f.CommunityInfections) },
		"an unknown route":      func(f *Facts) { raise(f.UnknownRoute) },
		"a missing report":      func(f *Facts) { f.Incomplete = append(f.Incomplete, "2022-04-03") },
		"no round":              func(f *Facts) { f.Round.Known = false },
		"a positive":            func(f *Facts) { f.Round.CommunityPositives++ },
		"lower coverage":        func(f *Facts) { f.Round.Coverage /= 2 },
		"a case under care":     func(f *Facts) { f.ActiveCases++ },
		"a case without anchor": func(f *Facts) { f.CasesWithoutAnchor++ },
	}
	names := sortedNames(worse)
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SampledFrom(views).Draw(t, "view")
		f := anyFacts(t)
		if rapid.Bool().Draw(t, "near") { // most random facts are hopeless; begin near the edge too
			f = quiet()
			f.CommunityInfections[rapid.IntRange(0, 4).Draw(t, "day")] = rapid.IntRange(0, 1).Draw(t, "n")
			f.DaysSinceAnchor = rapid.IntRange(40, 44).Draw(t, "anchor")
		}
		before, err := v.Clearance(f)
		if err != nil {
			t.Fatal(err)
		}
		name := rapid.SampledFrom(names).Draw(t, "worse")
		bad := copyOf(f)
		worse[name](&bad)
		after, err := v.Clearance(bad)
		if err != nil {
			t.Fatal(err)
		}
		if after.Met && !before.Met {
			t.Fatalf("%s made %s clear", name, v.Rules().ID())
		}
	})
}

func raise(days []int) {
	if len(days) > 0 {
		days[0] = max(days[0], 0) + 1
	}
}
