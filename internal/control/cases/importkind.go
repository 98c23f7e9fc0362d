package cases

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/registry/places"
)

// CaseKind fills the registry from line lists.
type CaseKind struct{ cases *Service }

// NewCaseKind returns the kind "cases".
func NewCaseKind(s *Service) CaseKind { return CaseKind{s} }

// Name implements importer.Kind.
func (CaseKind) Name() string { return "cases" }

// Title implements importer.Kind.
func (CaseKind) Title() importer.Text { return importer.Text{Zh: "病例", En: "Cases"} }

// Operation implements importer.Kind.
func (CaseKind) Operation() *op.Def { return Opening }

// Fields implements importer.Kind.
func (CaseKind) Fields() []importer.Field { return slices.Clone(importFields) }

// constants are the fields for which a value may be chosen for the whole file, in
// SessionOptions.Answers under the field's name, where the file has no column or an
// empty cell.
var constants = []string{"classification", "origin", "severity", "outcome", "detection_route", "zone_class"}

func constantsOf(answers map[string]string) (map[string]string, error) {
	out := map[string]string{}
	for _, field := range constants {
		v := answers[field]
		if v == "" {
			continue
		}
		if !slices.Contains(values[field], v) {
			return nil, fault.Invalidf("cases.bad_constant", "%q is not a value of %s", v, field).With(field, "unknown")
		}
		out[field] = v
	}
	return out, nil
}

// grounds returns what a file is taken in on: the incident's frame and the place at and
// below which its places are looked up.
func (s *Service) grounds(ctx context.Context, tx *op.Tx, opt importer.SessionOptions) (Frame, places.Place, error) {
	if opt.Incident == "" {
		return Frame{}, places.Place{}, fault.Invalidf("cases.no_incident", "choose the incident that the file belongs to").With("incident_id", "required")
	}
	f, err := s.frameOf(ctx, tx, opt.Incident)
	if err != nil {
		return f, places.Place{}, err
	}
	p, err := placeIn(ctx, tx, f, opt.Place)
	return f, p, err
}

var noIncident = importer.Problem{Code: "cases.no_incident", Text: importer.Text{
	Zh: "请选择文件所属的疫情事件。", En: "Choose the incident that the file belongs to.",
}}

// noPlace tells whose district the file must be put into when the caller cannot write
// at the incident's own place.
var noPlace = importer.Problem{Code: "cases.no_place", Text: importer.Text{
	Zh: "您的权限不包括整个疫情区域，请选择文件所属的地点。", En: "Your roles do not cover the incident's whole place: choose the place that the file is about.",
}}

// Describe implements importer.Kind.
func (k CaseKind) Describe(ctx context.Context, tx *op.Tx, plan importer.Plan) (importer.Description, error) {
	if plan.Incident == "" {
		return importer.Description{Problems: []importer.Problem{noIncident}}, nil
	}
	f, base, err := k.cases.grounds(ctx, tx, plan.SessionOptions)
	if fault.CodeOf(err) == "places.not_found" && plan.Place == "" {
		return importer.Description{Problems: []importer.Problem{noPlace}}, nil
	}
	if err != nil {
		return importer.Description{}, err
	}
	var d importer.Description
	if d.Drop, err = droppedPlaces(ctx, tx, base, plan); err != nil || len(d.Drop) > 0 {
		return d, err
	}
	d.Assumptions = append(d.Assumptions, describeNumber(plan)...)
	d.Assumptions = append(d.Assumptions, describePlace(plan, base)...)
	d.Assumptions = append(d.Assumptions, describeClass(plan)...)
	d.Assumptions = append(d.Assumptions, describeDays(plan)...)
	d.Assumptions = append(d.Assumptions, describeContradictions(plan, f)...)
	return d, nil
}

// droppedPlaces gives up the columns of places when not one of their values is a place
// here: they hold the identifiers of another system.
func droppedPlaces(ctx context.Context, tx *op.Tx, base places.Place, plan importer.Plan) ([]importer.Dropped, error) {
	r := newRegister(base)
	if err := r.prepare(ctx, tx, plan.Sample); err != nil {
		return nil, err
	}
	stated := false
	for _, row := range plan.Sample {
		f, says := r.of(row)
		if f.place.ID != "" || f.many {
			return nil, nil
		}
		stated = stated || says
	}
	if !stated {
		return nil, nil
	}
	var out []importer.Dropped
	for _, c := range plan.Columns {
		if slices.Contains(placeFields, c.Field) {
			out = append(out, importer.Dropped{Field: c.Field, Reason: importer.Text{
				Zh: fmt.Sprintf("“%s”列的值在“%s”及其下级地点中一个也找不到，不作为地点使用。", c.Name, base.Name),
				En: fmt.Sprintf("No value of the column %q is a place at or below %s, so it is not used as a place.", c.Name, base.Name),
			}})
		}
	}
	return out, nil
}

func assume(code, zh, en string) []importer.Assumption {
	return []importer.Assumption{{Code: code, Zh: zh, En: en}}
}

func describeNumber(plan importer.Plan) []importer.Assumption {
	if !plan.Has("number") {
		return assume("cases.no_number",
			"文件没有病例编号列。系统按每行的身份、日期等内容编号，同一文件再次导入时能认出同一病例。",
			"No column holds a case number. Numbers are made from each row's identity and days, so that the same row is recognised when it is imported again.")
	}
	n := 0
	for _, row := range plan.Sample {
		if !row.Has("number") {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return assume("cases.some_without_number",
		fmt.Sprintf("抽查的 %d 行中有 %d 行没有病例编号，系统将自动编号。", len(plan.Sample), n),
		fmt.Sprintf("%d of the %d rows looked at have no case number and get one made from their content.", n, len(plan.Sample)))
}

func describePlace(plan importer.Plan, base places.Place) []importer.Assumption {
	if slices.ContainsFunc(placeFields, plan.Has) {
		return nil
	}
	return assume("cases.no_place_column",
		fmt.Sprintf("文件没有可用的地点列，病例都记在“%s”。", base.Name),
		fmt.Sprintf("No column says where the cases are: all stand at %s.", base.Name))
}

func describeClass(plan importer.Plan) []importer.Assumption {
	switch {
	case plan.Has("classification"):
		return nil
	case plan.Answers["classification"] != "":
		t := classTitles[Classification(plan.Answers["classification"])]
		return assume("cases.constant_class", "所有病例按您的选择记为“"+t.Zh+"”。", "As you chose, all cases are entered as: "+strings.ToLower(t.En)+".")
	case plan.Has("confirmed_on"):
		return assume("cases.class_from_confirmation",
			"文件没有病例分类列。有确诊日期的记为确诊病例，没有的记为疑似病例。",
			"No column holds the classification. Rows with a day of confirmation are confirmed cases, the others suspected cases.")
	}
	return assume("cases.class_default",
		"文件没有病例分类列，也没有确诊日期，所有病例都记为确诊病例。如不是这样，请为整个文件选择分类。",
		"No column holds the classification or a day of confirmation: all cases are entered as confirmed. If that is wrong, choose a classification for the whole file.")
}

var dayNames = map[string]Text{
	"confirmed_on": {"确诊日期", "day of confirmation"}, "sampled_on": {"采样日期", "day of sampling"}, "onset_on": {"发病日期", "day of onset"},
}

func describeDays(plan importer.Plan) []importer.Assumption {
	if plan.Has("reported_on") {
		return nil
	}
	for _, field := range []string{"confirmed_on", "sampled_on", "onset_on"} {
		if plan.Has(field) {
			t := dayNames[field]
			return assume("cases.counted_by_other_day",
				"文件没有报告日期列，病例按"+t.Zh+"计入当日数字。",
				"No column holds the day of report: cases count on the "+t.En+".")
		}
	}
	return assume("cases.no_day",
		"文件没有报告、确诊、采样或发病日期，病例登记入库但不计入任何一天。",
		"No column holds a day of report, confirmation, sampling or onset: the cases are kept, and count on no day.")
}

func describeContradictions(plan importer.Plan, f Frame) []importer.Assumption {
	n := 0
	for _, row := range plan.Sample {
		if len(statement{}.facts(row).contradictions()) > 0 {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return assume("cases.death_before_onset",
		fmt.Sprintf("抽查的 %d 行中有 %d 行的死亡日期早于发病日期。这些病例照原样收入，请事后核对。", len(plan.Sample), n),
		strconv.Itoa(n)+" of the "+strconv.Itoa(len(plan.Sample))+" rows looked at have a death before the onset. They are taken in as they are; check them afterwards.")
}
