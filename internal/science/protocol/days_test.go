package protocol

import (
	"errors"
	"testing"
	"testing/fstest"
)

// regime is a pack with the given parameters and nothing to clear; the 9th edition and
// measles are not shipped, but their published day counts must come out right.
func regime(t testing.TB, id, params string) *View {
	t.Helper()
	text := `{id: ` + id + `, version: 1, kind: pack, title: {zh: 试, en: test}, documents: {d: {zh: 文, en: doc}},
  parameters: {` + params + `},
  classes: {confirmed: {zh: 确诊, en: confirmed, counts_as: confirmed, infection: true}},
  zones: [], surface: "true",
  criteria: {declaration: {required: true, zh: 定, en: decide}, clearance: [{id: none, title: {zh: 无, en: none}, met: active_cases == 0, value: active_cases, needed: 0}]}}`
	l, err := Load(fstest.MapFS{id + ".yaml": {Data: []byte(text)}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := l.Resolve(id, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r.On("2022-07-10")
}

func day(key, value string) string {
	return key + ": {value: " + value + ", unit: day, citation: {doc: d, seen: S12}, grade: A}"
}

// TestDayCounts holds the published vectors: last exposure is day 0, and the last day
// runs to its end.
func TestDayCounts(t *testing.T) {
	t.Parallel()
	eighth := shipped(t, "cn-covid-8th").On("2022-03-15")
	ninth := regime(t, "cn-covid-9th", day("quarantine.close.concentrated_d", "7")+", "+day("quarantine.close.home_d", "3"))
	measles := regime(t, "measles", day("followup.days", "21"))
	ebola := shipped(t, "ebola").On("2026-01-01")
	tests := []struct {
		name  string
		count func(string) (string, error)
		from  string
		want  string
	}{
		{"8th quarantine", eighth.QuarantineEnd, "2022-03-10", "2022-03-24"},
		{"8th monitoring", eighth.MonitoringEnd, "2022-03-10", "2022-03-31"},
		{"8th follow-up is the two together", eighth.FollowUpEnd, "2022-03-10", "2022-03-31"},
		{"8th secondary", eighth.SecondaryEnd, "2022-03-10", "2022-03-17"},
		{"9th quarantine", ninth.QuarantineEnd, "2022-07-10", "2022-07-17"},
		{"9th monitoring", ninth.MonitoringEnd, "2022-07-10", "2022-07-20"},
		{"Ebola has no quarantine", ebola.QuarantineEnd, "2026-01-01", "2026-01-01"},
		{"Ebola follow-up", ebola.FollowUpEnd, "2026-01-01", "2026-01-22"},
		{"measles follow-up over a leap day", measles.FollowUpEnd, "2024-02-20", "2024-03-12"},
	}
	for _, tt := range tests {
		got, err := tt.count(tt.from)
		if err != nil || got != tt.want {
			t.Errorf("%s from %s = %s, %v, want %s", tt.name, tt.from, got, err, tt.want)
		}
	}
	_, err := eighth.QuarantineEnd("10.3.2022")
	var ps Problems
	if !errors.As(err, &ps) || ps.Code() != "protocol.bad_date" {
		t.Errorf("bad day: %v", err)
	}
}
