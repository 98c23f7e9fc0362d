package cases

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/importer/match"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// countFields are what a table of daily totals can say.
var countFields = []importer.Field{
	{Key: "on", Title: importer.Text{Zh: "日期", En: "Date"}, Type: match.TypeDay, Required: true,
		Synonyms: []string{"day", "report date", "reported on", "报告日期", "统计日期", "通报日期", "发布日期"}},
	{Key: "place_code", Title: importer.Text{Zh: "地点代码", En: "Place code"}, Type: match.TypeIdentifier,
		Synonyms: []string{"location id", "area code", "区划代码", "行政区划代码"}},
	{Key: "district", Title: importer.Text{Zh: "区县", En: "District"}, Type: match.TypeText, Synonyms: []string{"county", "区", "县区", "所在区", "行政区"}},
	{Key: "street", Title: importer.Text{Zh: "街道", En: "Street office"}, Type: match.TypeText, Synonyms: []string{"subdistrict", "township", "街道（乡镇）", "乡镇", "乡镇街道"}},
	{Key: "community", Title: importer.Text{Zh: "社区", En: "Community"}, Type: match.TypeText, Synonyms: []string{"village", "社区（村）", "居委会"}},
	{Key: "place", Title: importer.Text{Zh: "地点", En: "Place"}, Type: match.TypeText, MaxLen: 300,
		Synonyms: []string{"place name", "location", "area", "region", "city", "地区", "城市", "地点名称"}},
	{Key: "confirmed", Title: importer.Text{Zh: "确诊", En: "Confirmed"}, Type: match.TypeInteger, NonNegative: true,
		Synonyms: []string{"confirmed cases", "new confirmed", "新增确诊", "确诊病例", "新增确诊病例", "本土确诊", "新增本土确诊病例"}},
	{Key: "asymptomatic", Title: importer.Text{Zh: "无症状感染者", En: "Asymptomatic"}, Type: match.TypeInteger, NonNegative: true,
		Synonyms: []string{"asymptomatic infections", "new asymptomatic", "无症状", "新增无症状", "新增无症状感染者", "本土无症状"}},
	{Key: "reclassified", Title: importer.Text{Zh: "无症状转确诊", En: "Asymptomatic to confirmed"}, Type: match.TypeInteger, NonNegative: true,
		Synonyms: []string{"reclassified", "converted", "转确诊", "转归确诊", "无症状转归", "由无症状转为确诊", "其中无症状转确诊"}},
	{Key: "total", Title: importer.Text{Zh: "合计", En: "Total"}, Type: match.TypeInteger, NonNegative: true,
		Synonyms: []string{"total infections", "infections", "new infections", "总数", "总计", "新增感染者", "感染者", "新增合计"}},
	{Key: "found_in_community", Title: importer.Text{Zh: "社会面", En: "Found in community"}, Type: match.TypeInteger, NonNegative: true,
		Synonyms: []string{"community", "community infections", "社会面感染者", "社会面新增", "社会面发现"}},
	{Key: "deaths", Title: importer.Text{Zh: "死亡", En: "Deaths"}, Type: match.TypeInteger, NonNegative: true, Synonyms: []string{"death", "new deaths", "死亡病例", "新增死亡", "死亡数"}},
	{Key: "imported", Title: importer.Text{Zh: "输入", En: "Imported"}, Type: match.TypeInteger, NonNegative: true, Synonyms: []string{"imported cases", "境外输入", "输入病例", "新增输入"}},
	{Key: "source", Title: importer.Text{Zh: "来源", En: "Source"}, Type: match.TypeText, MaxLen: 200, Synonyms: []string{"data source", "数据来源"}},
}

// CountKind fills the daily totals of areas.
type CountKind struct{ cases *Service }

// NewCountKind returns the kind "counts".
func NewCountKind(s *Service) CountKind { return CountKind{s} }

// Name implements importer.Kind.
func (CountKind) Name() string { return "counts" }

// Title implements importer.Kind.
func (CountKind) Title() importer.Text {
	return importer.Text{Zh: "日报总数", En: "Daily totals"}
}

// Operation implements importer.Kind.
func (CountKind) Operation() *op.Def { return RecordCount }

// Fields implements importer.Kind.
func (CountKind) Fields() []importer.Field { return slices.Clone(countFields) }

// Describe implements importer.Kind.
func (k CountKind) Describe(ctx context.Context, tx *op.Tx, plan importer.Plan) (importer.Description, error) {
	if plan.Incident == "" {
		return importer.Description{Problems: []importer.Problem{noIncident}}, nil
	}
	_, base, err := k.cases.grounds(ctx, tx, plan.SessionOptions)
	if fault.CodeOf(err) == "places.not_found" && plan.Place == "" {
		return importer.Description{Problems: []importer.Problem{noPlace}}, nil
	}
	if err != nil {
		return importer.Description{}, err
	}
	var d importer.Description
	if !plan.Has("confirmed") && !plan.Has("asymptomatic") {
		d.Problems = append(d.Problems, importer.Problem{Code: "cases.no_numbers", Text: importer.Text{
			Zh: "没有确诊或无症状感染者的列。", En: "No column holds confirmed cases or asymptomatic infections.",
		}})
	}
	if !slices.ContainsFunc(placeFields, plan.Has) {
		d.Assumptions = append(d.Assumptions, assume("cases.no_place_column",
			fmt.Sprintf("文件没有地点列，各日数字都记在“%s”。", base.Name), fmt.Sprintf("No column holds the place: the totals are those of %s.", base.Name))...)
	}
	d.Assumptions = append(d.Assumptions, describeReclassified(plan)...)
	return d, nil
}

// describeReclassified says what a file without reclassifications is taken to mean.
func describeReclassified(plan importer.Plan) []importer.Assumption {
	if plan.Has("reclassified") {
		return nil
	}
	derived := 0
	for _, row := range plan.Sample {
		if c, _ := countSaid(row); c.Reclassified > 0 {
			derived++
		}
	}
	if derived == 0 {
		return assume("cases.no_reclassified", "文件没有无症状转确诊的列，按没有转确诊处理。", "No column holds reclassifications: there are taken to be none.")
	}
	return assume("cases.reclassified_from_total",
		fmt.Sprintf("文件没有无症状转确诊的列。合计小于确诊与无症状之和的（抽查 %d 行中有 %d 行），差数视为无症状转确诊。", len(plan.Sample), derived),
		fmt.Sprintf("No column holds reclassifications. Where the total is less than confirmed plus asymptomatic (%d of %d rows looked at), the difference is taken as reclassified.", derived, len(plan.Sample)))
}

// countSaid reads a row's numbers and reports what does not add up.
func countSaid(row importer.Row) (Count, []importer.Refusal) {
	day, _ := row.Day("on")
	c := Count{On: day, Source: row.Text("source")}
	c.Confirmed, _ = row.Int("confirmed")
	c.Asymptomatic, _ = row.Int("asymptomatic")
	c.Deaths, _ = row.Int("deaths")
	c.Imported, _ = row.Int("imported")
	if n, ok := row.Int("found_in_community"); ok {
		c.FoundInCommunity = &n
	}
	total, totalled := row.Int("total")
	reclassified, stated := row.Int("reclassified")
	c.Reclassified = reclassified
	if !stated && totalled && row.Has("confirmed") && row.Has("asymptomatic") {
		c.Reclassified = max(c.Confirmed+c.Asymptomatic-total, 0)
	}
	if totalled && total != c.Infections() && row.Has("confirmed") && row.Has("asymptomatic") {
		return c, []importer.Refusal{doesNotAddUp(c, total)}
	}
	return c, nil
}

func doesNotAddUp(c Count, total int64) importer.Refusal {
	return importer.Refusal{
		Field: "total", Code: "cases.total_does_not_add_up", Value: strconv.FormatInt(total, 10),
		Params: map[string]string{
			"confirmed": strconv.FormatInt(c.Confirmed, 10), "reclassified": strconv.FormatInt(c.Reclassified, 10), "asymptomatic": strconv.FormatInt(c.Asymptomatic, 10),
			"sum": strconv.FormatInt(c.Infections(), 10), "total": strconv.FormatInt(total, 10),
		},
		Message: importer.Text{
			Zh: "数字对不上：确诊 {confirmed} − 转确诊 {reclassified} + 无症状 {asymptomatic} = {sum}，合计却是 {total}。",
			En: "The numbers do not add up: confirmed {confirmed} − reclassified {reclassified} + asymptomatic {asymptomatic} = {sum}, but the total is {total}.",
		},
	}
}

// Begin implements importer.Kind.
func (k CountKind) Begin(ctx context.Context, tx *op.Tx, opt importer.SessionOptions) (importer.Session, error) {
	f, base, err := k.cases.grounds(ctx, tx, opt)
	if err != nil {
		return nil, err
	}
	return &countSession{frame: f, register: newRegister(base), opt: opt}, nil
}

type countSession struct {
	frame    Frame
	register *register
	opt      importer.SessionOptions
}

// countPlan is what one row would do; before is nil for a new total.
type countPlan struct {
	before *Count
	after  Count
}

// Passes implements importer.Session.
func (*countSession) Passes() int { return 1 }

// Pass implements importer.Session.
func (*countSession) Pass(importer.Row) int { return 0 }

// Key implements importer.Session: the day, and the place as it is written.
func (s *countSession) Key(row importer.Row) string {
	key := row.Text("on") + "\x00" + row.Text("place_code")
	for _, p := range placeParts {
		key += "\x00" + plain(row.Text(p))
	}
	return key
}

// Resolve implements importer.Session.
func (s *countSession) Resolve(ctx context.Context, tx *op.Tx, rows []importer.Row) ([]importer.Resolution, error) {
	if err := s.register.prepare(ctx, tx, rows); err != nil {
		return nil, err
	}
	known, err := s.stored(ctx, tx, rows)
	if err != nil {
		return nil, err
	}
	out := make([]importer.Resolution, len(rows))
	for i, row := range rows {
		out[i] = s.resolve(tx, row, known)
		if p, ok := out[i].Prepared.(countPlan); ok {
			known[dayAt{p.after.PlaceID, p.after.On}] = p.after // two spellings of one place
		}
	}
	return out, nil
}

func (s *countSession) resolve(tx *op.Tx, row importer.Row, known map[dayAt]Count) importer.Resolution {
	out := importer.Resolution{Row: row.Number}
	c, refusals := countSaid(row)
	at, more := placed(s.register, row)
	refusals = append(refusals, more...)
	if f := fieldsOf(c.check(s.frame.latest(tx.Now()))); len(refusals) == 0 {
		for _, w := range f {
			refusals = append(refusals, countRefusal(w))
		}
	}
	if len(refusals) > 0 {
		out.Outcome, out.Refusals = importer.Refuse, refusals
		return out
	}
	c.IncidentID, c.PlaceID, c.PlacePath, c.ImportID = s.frame.ID, at.ID, at.Path, s.opt.Job
	before, there := known[dayAt{at.ID, c.On}]
	switch {
	case !there:
		out.Outcome, out.Prepared = importer.Insert, countPlan{after: c}
	case over(before, c, row).same(before):
		out.Outcome = importer.Unchanged
	case before.ID == "":
		out.Outcome, out.Refusals = importer.Refuse, []importer.Refusal{countRefusal(wrong{"on", "twice"})}
	default:
		out.Outcome, out.Prepared = importer.Update, countPlan{before: &before, after: over(before, c, row)}
	}
	return out
}

// over is the stored total with what the row says put over it.
func over(before, said Count, row importer.Row) Count {
	after := before
	after.ImportID = said.ImportID
	for _, x := range []struct {
		field    string
		dst, val *int64
	}{{"confirmed", &after.Confirmed, &said.Confirmed}, {"asymptomatic", &after.Asymptomatic, &said.Asymptomatic}, {"deaths", &after.Deaths, &said.Deaths}, {"imported", &after.Imported, &said.Imported}} {
		if row.Has(x.field) {
			*x.dst = *x.val
		}
	}
	if row.Has("reclassified") || row.Has("total") {
		after.Reclassified = said.Reclassified
	}
	if said.FoundInCommunity != nil {
		after.FoundInCommunity = said.FoundInCommunity
	}
	say(&after.Source, said.Source)
	return after
}

func fieldsOf(err error) []wrong {
	f, ok := err.(*fault.Error)
	if !ok {
		return nil
	}
	out := make([]wrong, len(f.Fields))
	for i, x := range f.Fields {
		out[i] = wrong{x.Name, x.Code}
	}
	return out
}

var countRefusals = map[string]importer.Text{
	"more_than_confirmed":  {Zh: "无症状转确诊多于确诊。", En: "There are more reclassified than confirmed."},
	"more_than_infections": {Zh: "{field}多于当日感染者。", En: "{field}: more than the day's infections."},
	"in_future":            {Zh: "{field}晚于明天。请核对日期。", En: "{field}: the day is later than tomorrow. Check the date."},
	"not_a_day":            {Zh: "{field}不是有效日期。", En: "{field}: this is not a day of the calendar."},
	"out_of_range":         {Zh: "{field}超出可能的范围。", En: "{field}: the value is outside what is possible."},
	"too_long":             {Zh: "{field}过长。", En: "{field}: the text is too long."},
	"twice":                {Zh: "文件中同一地点同一日期有两个不同的数字。", En: "The file holds two different totals for this place and day."},
}

func countRefusal(w wrong) importer.Refusal {
	return worded(countFields, countRefusals, w.field, w.code, nil)
}

type dayAt struct {
	place ref.Place
	on    store.Day
}

// stored returns the totals that the incident has for the days of the rows.
func (s *countSession) stored(ctx context.Context, tx *op.Tx, rows []importer.Row) (map[dayAt]Count, error) {
	days := map[string]bool{}
	for _, row := range rows {
		if d := row.Text("on"); d != "" {
			days[d] = true
		}
	}
	list := make([]string, 0, len(days))
	for d := range days {
		list = append(list, d)
	}
	found, err := inChunks(ctx, tx, selectCount+` WHERE d.incident_id = $1 AND d.on_day IN (%s)`, list, []any{string(s.frame.ID)}, scanCount)
	if err != nil {
		return nil, err
	}
	out := make(map[dayAt]Count, len(found))
	for _, c := range found {
		out[dayAt{c.PlaceID, c.On}] = c
	}
	return out, nil
}

// Write implements importer.Session.
func (s *countSession) Write(ctx context.Context, tx *op.Tx, resolutions []importer.Resolution) ([]importer.Written, error) {
	out := make([]importer.Written, len(resolutions))
	var rows [][]any
	for i, r := range resolutions {
		p := r.Prepared.(countPlan)
		c := p.after
		if p.before == nil {
			c.ID, c.Version, c.CreatedAt, c.UpdatedAt = ref.Count(ids.New()), 1, tx.Now(), tx.Now()
			rows = append(rows, c.values())
			out[i] = importer.Written{Ref: c.ID.Ref(), Version: 1}
			continue
		}
		c.Version, c.UpdatedAt = p.before.Version+1, tx.Now()
		if err := saveCount(ctx, tx, p.before.Version, c); err != nil {
			return nil, err
		}
		note, err := json.Marshal(*p.before)
		if err != nil {
			return nil, err
		}
		tx.Changed(c.ID.Ref(), *p.before, c)
		out[i] = importer.Written{Ref: c.ID.Ref(), Before: string(note), Version: c.Version}
	}
	_, err := tx.Insert(ctx, "daily_counts", countColumns, rows)
	return out, err
}

// Undo implements importer.Kind.
func (k CountKind) Undo(ctx context.Context, tx *op.Tx, changes []importer.Change) ([]importer.UndoResult, error) {
	ids := make([]ref.Count, len(changes))
	for i, c := range changes {
		ids[i] = ref.Count(c.Ref.ID)
	}
	found, err := inChunks(ctx, tx, selectCount+` WHERE d.id IN (%s)`, ids, nil, scanCount)
	if err != nil {
		return nil, err
	}
	stored := make(map[ref.Count]Count, len(found))
	for _, c := range found {
		if tx.Scope().Contains(c.PlacePath) {
			stored[c.ID] = c
		}
	}
	out := make([]importer.UndoResult, len(changes))
	var gone []ref.Count
	for i, c := range changes {
		now, there := stored[ids[i]]
		switch {
		case !there:
			out[i] = importer.Gone
		case now.Version != c.Version:
			out[i] = importer.EditedSince
		case c.Outcome == importer.Insert:
			out[i], gone = importer.Undone, append(gone, now.ID)
		default:
			if err := restoreCount(ctx, tx, now, c.Before); err != nil {
				return nil, err
			}
			out[i] = importer.Undone
		}
	}
	return out, execInChunks(ctx, tx, `DELETE FROM daily_counts WHERE id IN (%s)`, gone)
}

func restoreCount(ctx context.Context, tx *op.Tx, now Count, note string) error {
	var before Count
	if err := json.Unmarshal([]byte(note), &before); err != nil {
		return fmt.Errorf("take back the import of total %s: %w", now.ID, err)
	}
	before.Version, before.UpdatedAt = now.Version+1, tx.Now()
	if err := saveCount(ctx, tx, now.Version, before); err != nil {
		return err
	}
	tx.Changed(now.ID.Ref(), now, before)
	return nil
}
