package situation

import (
	"context"
	"fmt"
	"net/url"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// Question names what a situation is asked about.
type Question struct {
	Incident ref.Incident
	Place    ref.Place // empty: the incident's place
	On       store.Day // empty: the newest day with records
}

// Situation is how it stands at a place at the end of a day.
type Situation struct {
	Place        Place               `json:"place"`
	On           store.Day           `json:"on"`
	CutOff       string              `json:"cut_off" doc:"End of the day in the incident's time zone"`
	Rules        string              `json:"rules" doc:"Protocol pack, overlays and versions"`
	New          Figures             `json:"new"`
	Previous     Figures             `json:"previous" doc:"The day before"`
	Cumulative   Cumulative          `json:"cumulative"`
	Completeness Completeness        `json:"completeness"`
	Definitions  map[string]Text     `json:"definitions"`
	Drill        map[string]DrillWay `json:"drill" doc:"For each figure of the day, the list it opens"`
}

// Text is a sentence in both languages.
type Text struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// Completeness says how much of the day is in.
type Completeness struct {
	Expected   int         `json:"expected" doc:"Reporting areas that have reported before"`
	Reported   int         `json:"reported" doc:"Of these, those that reported the day"`
	Missing    []PlaceName `json:"missing"`
	LineListed int         `json:"line_listed" doc:"Infections of the day from the line list"`
	FromTotals int         `json:"from_totals" doc:"Infections of the day from reported totals"`
	Uncounted  int         `json:"uncounted" doc:"Cases of a counting class without any date, which no day can show"`
	Note       Text        `json:"note"`
}

// PlaceName names a place in a list.
type PlaceName struct {
	ID   ref.Place `json:"place_id"`
	Name string    `json:"name"`
}

// DrillWay leads from a figure to the records it counts.
type DrillWay struct {
	Href       string `json:"href" doc:"Page of the web app with the filters set"`
	LineListed int    `json:"line_listed" doc:"Length of that list"`
	FromTotals int    `json:"from_totals" doc:"The part that comes from reported totals"`
}

// Situation answers the question.
func (s *Service) Situation(ctx context.Context, tx *op.Tx, q Question) (Situation, error) {
	f, err := s.frame(ctx, tx, q.Incident, q.Place, nil)
	if err != nil {
		return Situation{}, err
	}
	on, err := f.day(q.On)
	if err != nil {
		return Situation{}, err
	}
	c, err := f.count(ctx, tx, f.place.Path, on)
	if err != nil {
		return Situation{}, err
	}
	out := Situation{
		Place: f.place, On: on, CutOff: f.cutOff(on), Rules: f.rules.ID(),
		New: c.days[on].figures(), Previous: c.days[on.Add(-1)].figures(), Cumulative: c.days.until(on).cumulative(),
		Definitions: definitions, Drill: f.drill(c, on),
	}
	out.Completeness, err = f.completeness(ctx, tx, c, on)
	return out, err
}

// day returns the day asked for, or the newest with records.
func (f frame) day(asked store.Day) (store.Day, error) {
	if asked == "" {
		return f.last, nil
	}
	if _, ok := store.ParseDay(string(asked)); !ok {
		return "", fault.Invalidf("situation.bad_day", "%q is not a day like 2022-04-08", string(asked)).With("on", "bad_day")
	}
	return asked, nil
}

func (f frame) completeness(ctx context.Context, tx *op.Tx, c counted, on store.Day) (Completeness, error) {
	out := Completeness{Missing: []PlaceName{}, LineListed: c.listed[on].infections(), FromTotals: c.totals[on]}
	here := map[ref.Place]bool{}
	var order []Place
	for _, r := range c.reporters {
		if _, seen := here[r.place.ID]; !seen {
			order = append(order, r.place)
		}
		here[r.place.ID] = here[r.place.ID] || r.on == on
	}
	for _, p := range order {
		out.Expected++
		if here[p.ID] {
			out.Reported++
		} else {
			out.Missing = append(out.Missing, PlaceName{p.ID, p.Name})
		}
	}
	args := []any{f.incident}
	query := `SELECT count(*) FROM cases c WHERE c.incident_id = $1 AND c.counted_as <> '' AND c.counted_on IS NULL AND ` +
		access.Under(f.place.Path).SQL("c.place_path", &args)
	if err := tx.QueryRow(ctx, query, args...).Scan(&out.Uncounted); err != nil {
		return out, err
	}
	out.Note = completenessNote(out)
	return out, nil
}

func completenessNote(c Completeness) Text {
	switch {
	case c.Expected == 0:
		return Text{"按个案统计，没有按区域汇总上报。", "Counted from the line list; no area reports totals."}
	case c.Reported == c.Expected:
		return Text{fmt.Sprintf("%d 个上报区域已全部上报。", c.Expected), fmt.Sprintf("All %d reporting areas have reported.", c.Expected)}
	}
	return Text{
		fmt.Sprintf("%d 个上报区域中 %d 个已上报。", c.Expected, c.Reported),
		fmt.Sprintf("%d of %d reporting areas have reported.", c.Reported, c.Expected),
	}
}

// drill builds, for each figure of the day, the way to the list it counts. The list's
// filters are those of the line list page.
func (f frame) drill(c counted, on store.Day) map[string]DrillWay {
	listed, all := c.listed[on].figures(), c.days[on].figures()
	way := func(inList, total int, filters ...string) DrillWay {
		q := url.Values{"incident": {string(f.incident)}, "place": {string(f.place.ID)}, "from": {string(on)}, "to": {string(on)}}
		for i := 0; i < len(filters); i += 2 {
			q.Set(filters[i], filters[i+1])
		}
		return DrillWay{Href: "/cases?" + q.Encode(), LineListed: inList, FromTotals: total - inList}
	}
	return map[string]DrillWay{
		"confirmed":           way(listed.Confirmed, all.Confirmed, "counted", "confirmed"),
		"asymptomatic":        way(listed.Asymptomatic, all.Asymptomatic, "counted", "asymptomatic"),
		"reclassified":        way(listed.Reclassified, all.Reclassified, "counted", "reclassified"),
		"infections":          way(listed.Infections, all.Infections, "counted", "infections"),
		"found_in_community":  way(listed.FoundInCommunity, all.FoundInCommunity, "counted", "infections", "found", "community"),
		"found_under_control": way(listed.FoundUnderControl, all.FoundUnderControl, "counted", "infections", "found", "control"),
		"route_unknown":       way(listed.RouteUnknown, all.RouteUnknown, "counted", "infections", "detection_route", "unknown"),
		"imported":            way(listed.Imported, all.Imported, "counted", "infections", "origin", "imported"),
	}
}

// definitions are what the web app shows beside a figure (protocol.md 1.3 and 8.1).
var definitions = map[string]Text{
	"confirmed":           {"当日新增确诊病例，含无症状转确诊。", "New confirmed cases of the day, those reclassified from asymptomatic included."},
	"asymptomatic":        {"当日新增无症状感染者；累计数不含已转为确诊者。", "New asymptomatic infections of the day; the cumulative figure leaves out those since reclassified."},
	"reclassified":        {"既往报告的无症状感染者于当日转为确诊。", "Earlier asymptomatic infections reclassified as confirmed on the day."},
	"infections":          {"新增感染者 = 确诊 − 转归 + 无症状，转确诊者只计一次。", "New infections = confirmed − reclassified + asymptomatic: each person counts once."},
	"found_in_community":  {"在隔离管控人群以外发现的感染者；发现途径不明者按社会面计。", "Infections found outside controlled groups; an unknown detection route counts as community."},
	"found_under_control": {"在已隔离、已管控人群中发现的感染者。", "Infections found among people already isolated or controlled."},
	"route_unknown":       {"未登记发现途径的感染者。", "Infections whose detection route is not recorded."},
	"imported":            {"输入性感染者。", "Infections acquired outside the area."},
	"deaths":              {"当日死亡的病例。", "Deaths of counted cases on the day."},
}
