package places

import (
	"context"
	"fmt"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// InUse reports which of the places something refers to that the database does not know
// as a reference, such as a role held over a place.
type InUse func(ctx context.Context, tx *op.Tx, ids []ref.Place) (map[ref.Place]bool, error)

// Kind takes files of places: statistical division codes, exports of other systems,
// building footprints.
type Kind struct{ inUse []InUse }

// NewKind returns the kind. Undo leaves places alone that inUse names; what the
// database's own references hold is left alone in any case.
func NewKind(inUse ...InUse) *Kind { return &Kind{inUse: inUse} }

var _ importer.Kind = (*Kind)(nil)

// Name is the stable name.
func (*Kind) Name() string { return "places" }

// Title is what people call the records.
func (*Kind) Title() importer.Text { return importer.Text{Zh: "地点", En: "Places"} }

// Operation is the operation under which rows are written.
func (*Kind) Operation() *op.Def { return ImportPlaces }

// Fields lists what a file can say.
func (*Kind) Fields() []importer.Field { return importFields }

// Begin starts a session.
func (*Kind) Begin(ctx context.Context, tx *op.Tx, opt importer.SessionOptions) (importer.Session, error) {
	s := &session{opt: opt, first: map[string]string{}, codeOfID: map[string]string{}, nodes: map[string]*parentNode{}}
	base, err := baseOf(ctx, tx, opt.Place)
	if err != nil {
		return nil, err
	}
	s.base = base
	s.forget()
	return s, nil
}

// base is where places go whose file does not say where they belong.
type base struct {
	place  Place
	known  bool
	chosen bool // by the user; otherwise it is the only root in sight
}

func (b base) path() string {
	if b.chosen {
		return b.place.Path
	}
	return ""
}

func baseOf(ctx context.Context, tx *op.Tx, chosen ref.Place) (base, error) {
	if chosen != "" {
		p, err := Load(ctx, tx, chosen)
		return base{p, true, true}, err
	}
	where, args, _, err := Filter{}.where(ctx, tx)
	if err != nil {
		return base{}, err
	}
	rows, err := tx.Query(ctx, `SELECT `+columns+` FROM places p WHERE `+where+` ORDER BY p.path LIMIT 2`, args...)
	tops, err := store.Collect(rows, err, scan)
	if err != nil || len(tops) != 1 {
		return base{}, err
	}
	return base{place: tops[0], known: true}, nil
}

// Describe tells how levels and parents are understood, and gives up a code column that
// does not tell places apart.
func (k *Kind) Describe(ctx context.Context, tx *op.Tx, plan importer.Plan) (importer.Description, error) {
	var d importer.Description
	b, err := baseOf(ctx, tx, plan.Place)
	if err != nil {
		return d, fmt.Errorf("describe a file of places: %w", err)
	}
	opt := plan.SessionOptions
	if isMap(opt) {
		d.Problems = append(d.Problems, aMapProblem)
		return d, nil
	}
	swap, err := swapProblem(ctx, tx, plan, b)
	if err != nil {
		return d, fmt.Errorf("describe a file of places: %w", err)
	}
	d.Problems = append(d.Problems, swap...)
	if plan.Has(fHeight) {
		d.Assumptions = append(d.Assumptions, floorsAssumption)
	}
	if repeatedCodes(plan) {
		d.Drop = append(d.Drop, importer.Dropped{Field: fCode, Reason: importer.Text{
			Zh: "不同地点的代码相同，不能用来区分地点；改用编号列。",
			En: "Different places share a code, so it does not tell them apart; the ID column is used instead.",
		}})
		opt = without(opt, fCode)
	}
	levels := map[Level]int{}
	unknown := 0
	for _, r := range plan.Sample {
		if level, _ := levelOf(opt, r); level == "" {
			unknown++
		} else {
			levels[level]++
		}
	}
	if len(plan.Sample) > 0 && unknown == len(plan.Sample) {
		d.Problems = append(d.Problems, importer.Problem{Code: "places.no_level", Text: importer.Text{
			Zh: "看不出这些地点是哪一级。请指定级别列，或为全部行选定一个级别。",
			En: "Nothing tells which level these places are. Name a level column, or choose one level for all rows.",
		}})
	}
	d.Assumptions = append(d.Assumptions, levelAssumption(levels)...)
	d.Assumptions = append(d.Assumptions, baseAssumption(b, opt)...)
	if needsBase(opt, levels) && !b.known {
		d.Problems = append(d.Problems, importer.Problem{Code: "places.choose_place", Text: importer.Text{
			Zh: "文件没有说明这些地点属于哪里。请选择一个地点，把它们放在其下。",
			En: "The file does not say where these places belong. Choose a place to put them under.",
		}})
	}
	return d, nil
}

// repeatedCodes reports whether the sample has one code under several identifiers.
func repeatedCodes(plan importer.Plan) bool {
	if !plan.Has(fCode) || !plan.Has(fID) {
		return false
	}
	ids := map[string]string{}
	for _, r := range plan.Sample {
		code, id := r.Text(fCode), r.Text(fID)
		if code == "" || id == "" {
			continue
		}
		if known, ok := ids[code]; ok && known != id {
			return true
		}
		ids[code] = id
	}
	return false
}

func without(opt importer.SessionOptions, field string) importer.SessionOptions {
	columns := make([]importer.Column, len(opt.Columns))
	for i, c := range opt.Columns {
		if c.Field == field {
			c.Field = ""
		}
		columns[i] = c
	}
	opt.Columns = columns
	return opt
}

// needsBase reports whether rows that can't be roots come without any word on parents.
func needsBase(opt importer.SessionOptions, levels map[Level]int) bool {
	for l := range levels {
		if l.Below(City) {
			return !statesParents(opt)
		}
	}
	return false
}

// statesParents reports whether a column names parents. A statistical code names them too.
func statesParents(opt importer.SessionOptions) bool {
	if opt.Has(fParent) || opt.Has(fParentID) || opt.Has(fCode) && !opt.Has(fGeometry) {
		return true
	}
	for _, a := range ancestorFields {
		if opt.Has(a.field) {
			return true
		}
	}
	return false
}

func levelAssumption(levels map[Level]int) []importer.Assumption {
	var zh, en string
	for _, l := range Levels {
		if levels[l] == 0 {
			continue
		}
		if zh != "" {
			zh, en = zh+"、", en+", "
		}
		zh, en = zh+l.Zh(), en+l.En()
	}
	if zh == "" {
		return nil
	}
	return []importer.Assumption{{Code: "places.levels", Zh: "文件中的级别：" + zh + "。", En: "Levels in this file: " + en + "."}}
}

func baseAssumption(b base, opt importer.SessionOptions) []importer.Assumption {
	switch {
	case b.chosen:
		return []importer.Assumption{{Code: "places.under", Zh: fmt.Sprintf("上级不在登记册中的地点，放在“%s”之下。", b.place.Name),
			En: fmt.Sprintf("Places whose parent is not in the register are put under %s.", b.place.Name)}}
	case b.known && opt.Has(fGeometry) && !statesParents(opt):
		return []importer.Assumption{{Code: "places.by_position",
			Zh: fmt.Sprintf("地点按位置归入含有其中心点的最小区域；没有这样的区域时，放在“%s”之下。", b.place.Name),
			En: fmt.Sprintf("Places are put under the smallest area that contains their centre; where there is none, under %s.", b.place.Name)}}
	}
	return nil
}

// refused is a refusal with the kind's own sentence.
func refused(field, code string, params map[string]string, zh, en string) *importer.Refusal {
	return &importer.Refusal{Field: field, Code: code, Params: params, Message: importer.Text{Zh: zh, En: en}}
}

// refusedFault turns a fault of the place's fields into a refusal.
func refusedFault(err error) (*importer.Refusal, bool) {
	if fault.KindOf(err) != fault.Invalid {
		return nil, false
	}
	switch fault.CodeOf(err) {
	case "places.too_large":
		return refused(fGeometry, "places.too_large", nil, "轮廓太大，请先简化。", "The outline is too large; generalise it first."), true
	case "places.out_of_range":
		return refused(fGeometry, "places.out_of_range", nil, "坐标超出经纬度范围。", "The coordinates are outside the range of longitude and latitude."), true
	case "places.bad_geometry":
		return refused(fGeometry, "places.bad_geometry", nil, "轮廓不是闭合、有面积的面，也不是一个点。", "The outline is neither a closed area nor a point."), true
	case "places.half_point":
		return refused(fLon, "places.half_point", nil, "经度和纬度必须同时填写。", "Longitude and latitude go together."), true
	}
	return refused("", "places.invalid", nil, "名称、人口或层数不对：名称不能为空，人口和层数要在合理范围内。",
		"The name, population or number of floors is wrong: the name must not be empty, the numbers must be plausible."), true
}
