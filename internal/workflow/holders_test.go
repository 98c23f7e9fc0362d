package workflow_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/allclear/allclear/migrations"
)

// personColumns are all columns that hold the id of a person, and who answers for them
// when two people are merged. A new column that refers to people fails the test until it
// stands here, and its owner is a holder of mergepeople.go or has a reason why not.
var personColumns = map[string]string{
	"cases.person_id":             "cases.RepointPerson",
	"people.guardian_id":          "people moves wards",
	"households.head_id":          "people moves headships",
	"people_homes.person_id":      "people moves earlier homes",
	"people_doubts.person_id":     "people moves doubts",
	"people_care.person_id":       "people takes needs over; the snapshot holds them",
	"people_readings.person_id":   "follows from the name",
	"people_duplicates.a_id":      "people puts pairs away and asks about the winner",
	"people_duplicates.b_id":      "people puts pairs away and asks about the winner",
	"people_merges.winner_id":     "the memory of merges itself: chains are followed",
	"people_merges.loser_id":      "the memory of merges itself: chains are followed",
	"people_bulk_items.person_id": "a bulk change keeps whom it changed; undoing it finds people.merged and leaves the winner alone",
	"people_holds.person_id":      "people moves holds",
	"disclosure_views.subject":    "whom somebody looked at within a day: looking at the winner is another look",
	"alerts.subject":              "an alert tells what was looked at then; opening it leads on to the winner",
	"import_changes.ref_id":       "an import keeps whom it wrote; undoing it finds people.merged, and another version of the winner",
	"audit_subjects.subject":      "the trail tells what was, and is never rewritten",
}

var (
	tableText    = regexp.MustCompile(`(?s)CREATE TABLE (\w+) \((.*?)\n\);`)
	columnText   = regexp.MustCompile(`^\s*(\w+)\s+TEXT\b(.*)$`)
	namesAPerson = regexp.MustCompile(`(^|_)(person|guardian|head|patient|resident|contact|subject)(_id)?$|(winner|loser)_id$`)
)

// TestEveryColumnThatRefersToPeopleIsHandled walks the schema.
func TestEveryColumnThatRefersToPeopleIsHandled(t *testing.T) {
	t.Parallel()
	entries, err := migrations.FS.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	seen := []string{}
	for _, e := range entries {
		text, err := migrations.FS.ReadFile(e.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range tableText.FindAllStringSubmatch(string(text), -1) {
			for line := range strings.SplitSeq(table[2], "\n") {
				m := columnText.FindStringSubmatch(line)
				if m == nil || !(strings.Contains(m[2], "REFERENCES people (") || namesAPerson.MatchString(m[1])) {
					continue
				}
				name := table[1] + "." + m[1]
				seen = append(seen, name)
				if personColumns[name] == "" {
					t.Errorf("%s: %s seems to refer to people: merging must move it (internal/workflow/mergepeople.go), or say here why not", e.Name(), name)
				}
			}
		}
	}
	for _, must := range []string{"cases.person_id", "people.guardian_id", "households.head_id", "people_care.person_id"} {
		if !slices.Contains(seen, must) {
			t.Errorf("the walk does not find %s", must)
		}
	}
}
