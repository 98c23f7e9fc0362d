package protocol

import (
	"sort"
	"testing"
)

func TestRegistry(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, k := range Keys() {
		if seen[k.Name] || factIndex[k.Name].name != "" {
			t.Errorf("%s is declared twice", k.Name)
		}
		seen[k.Name] = true
		if k.Title.ZH == "" || k.Title.EN == "" {
			t.Errorf("%s has no title in both languages", k.Name)
		}
		if _, ok := kindTexts[k.Kind]; !ok {
			t.Errorf("%s has kind %q", k.Name, k.Kind)
		}
		numeric := k.Kind == Int || k.Kind == Float || k.Kind == Ints
		if _, ok := unitRange[k.Unit]; ok != numeric {
			t.Errorf("%s is %s with unit %q", k.Name, k.Kind, k.Unit)
		}
	}
	if !sort.SliceIsSorted(Keys(), func(i, j int) bool { return Keys()[i].Name < Keys()[j].Name }) {
		t.Error("Keys is not sorted")
	}
}

// TestRegistryHoldsTheTable names every row of the table of parameters; rows with several
// values are split into one key for each.
func TestRegistryHoldsTheTable(t *testing.T) {
	t.Parallel()
	rows := []string{
		"incubation.min_d", "incubation.max_d", "incubation.typical_min_d", "incubation.typical_max_d",
		"infectious.start_d", "infectious.end", "infectious.end_d",
		"contact.window_before_onset_d", "contact.window_before_sampling_d", "contact.window_from_last_negative",
		"contact.tiers", "contact.second_order_enabled", "contact.distance_m", "contact.duration_min",
		"quarantine.close.concentrated_d", "quarantine.close.home_d", "quarantine.secondary.concentrated_d", "quarantine.secondary.home_d",
		"quarantine.clock_origin", "quarantine.place_default", "quarantine.reset_on_site_positive", "quarantine.test_days",
		"monitoring.test_days", "secondary.test_days", "release.double_sampling", "secondary.release_requires_primary_negative_tests",
		"followup.frequency_per_day", "discharge.ct_threshold", "discharge.consecutive", "discharge.gap_h", "discharge.afebrile_d",
		"discharge.isolation_days_fixed", "after_discharge.monitoring_d", "mild.place",
		"report.case_h", "investigation.core_h", "investigation.full_h", "transfer.close_h", "transfer.secondary_h", "temp_control_max_h",
		"regional_test.complete_h", "regional_test.initial_rounds", "lab.result_h",
		"pool.sizes", "pool.high_risk_single", "pool.dilution_max_positivity", "pool.resample_h", "antigen.enabled",
		"zone.levels", "zone.lift.no_new_d", "zone.lift.last_contact_since_exposure_d", "zone.lift.full_round_within_d",
		"zone.test_days", "zone.leave_city_nat_h",
		"community_clear.consecutive_zero_d", "community_clear.basic_per_100k", "community_clear.surface_excludes",
		"free_estate.no_new_d", "free_estate.contact_d", "free_estate.round_d",
		"outbreak_end.days", "outbreak_end.anchor", "heightened_surveillance_d",
		"pep.vaccine_h", "pep.immunoglobulin_d", "pep.ring_vaccination",
		"waste.transport_h", "waste.treat_h", "disinfection.terminal_required", "disinfection.terminal_sla_h",
		"nosocomial.suspected_n", "nosocomial.confirmed_n", "nosocomial.report_h", "nosocomial.major_n", "nosocomial.major_report_h",
		"nat_certificate_h", "metric.si_mean", "metric.si_sd", "metric.rt_window_d", "target.share_under_control",
	}
	for _, name := range rows {
		if _, ok := keyIndex[name]; !ok {
			t.Errorf("the registry has no %s", name)
		}
	}
}
