package places

import (
	"context"
	"fmt"
	"strings"

	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/op"
)

// The fields that only a map states, besides those of any file of places.
const (
	fElement  = "element"
	fSort     = "feature"
	fKind     = "kind"
	fCountry  = "country"
	fOther    = "other_names"
	fFormer   = "former_names"
	fHouse    = "house_name"
	fUnitNo   = "unit"
	fLocality = "locality"
	fPostcode = "postcode"
	fLabel    = "label"
	fHeight   = "height"
	fClass    = "class"
	fOneway   = "oneway"
	fAccess   = "access"
	fSpeed    = "max_speed"
	fBridge   = "bridge"
	fTunnel   = "tunnel"
	fNodes    = "nodes"
	fInside   = "part_of"
)

// maxNodes is the longest list of node identifiers: the map allows 2,000 nodes in a way
// (wiki.openstreetmap.org/wiki/Way).
const maxNodes = 2000 * 14

var mapFields = []importer.Field{
	{Key: fElement, Title: importer.Text{Zh: "图元", En: "Element"}, Type: "text", MaxLen: 80, Synonyms: []string{"osm_id", "@id", "id", "feature.id", "full_id"}},
	{Key: fSort, Title: importer.Text{Zh: "图元类别", En: "Feature"}, Type: "text", MaxLen: 20, Synonyms: []string{"feature type"}},
	{Key: fKind, Title: importer.Text{Zh: "用途", En: "Kind"}, Type: "text", MaxLen: 60},
	{Key: fDepth, Title: importer.Text{Zh: "行政层级（数字）", En: "Administrative level (number)"}, Type: "integer", NonNegative: true},
	{Key: fCountry, Title: importer.Text{Zh: "国家代码", En: "Country code"}, Type: "text", MaxLen: 10},
	{Key: fName, Title: importer.Text{Zh: "名称", En: "Name"}, Type: "text", MaxLen: maxName},
	{Key: fNameZh, Title: importer.Text{Zh: "中文名称", En: "Chinese name"}, Type: "text", MaxLen: maxName, Synonyms: []string{"name:zh"}},
	{Key: fNameEn, Title: importer.Text{Zh: "英文名称", En: "English name"}, Type: "text", MaxLen: maxName, Synonyms: []string{"name:en"}},
	{Key: fOther, Title: importer.Text{Zh: "其他名称", En: "Other names"}, Type: "text", MaxLen: 1000, Synonyms: []string{"alt_name"}},
	{Key: fFormer, Title: importer.Text{Zh: "曾用名", En: "Former names"}, Type: "text", MaxLen: 1000, Synonyms: []string{"old_name"}},
	{Key: fRoad, Title: importer.Text{Zh: "道路", En: "Road"}, Type: "text", MaxLen: maxName, Synonyms: []string{"addr:street", "addr_street"}},
	{Key: fNumber, Title: importer.Text{Zh: "门牌号", En: "House number"}, Type: "text", MaxLen: 60, Synonyms: []string{"addr:housenumber", "addr_housenumber"}},
	{Key: fHouse, Title: importer.Text{Zh: "楼名", En: "House name"}, Type: "text", MaxLen: maxName, Synonyms: []string{"addr:housename"}},
	{Key: fUnitNo, Title: importer.Text{Zh: "单元号", En: "Unit"}, Type: "text", MaxLen: 60, Synonyms: []string{"addr:unit"}},
	{Key: fLocality, Title: importer.Text{Zh: "所在地", En: "Locality"}, Type: "text", MaxLen: maxName, Synonyms: []string{"addr:city"}},
	{Key: fPostcode, Title: importer.Text{Zh: "邮政编码", En: "Postcode"}, Type: "text", MaxLen: 20, Synonyms: []string{"addr:postcode"}},
	{Key: fLabel, Title: importer.Text{Zh: "编号", En: "Label"}, Type: "text", MaxLen: 200, Synonyms: []string{"ref"}},
	{Key: fFloors, Title: importer.Text{Zh: "层数", En: "Floors"}, Type: "integer", NonNegative: true, Synonyms: []string{"building:levels"}},
	{Key: fHeight, Title: importer.Text{Zh: "高度（米）", En: "Height (m)"}, Type: "number", NonNegative: true, Synonyms: []string{"building:height"}},
	{Key: fPeople, Title: importer.Text{Zh: "人口", En: "Population"}, Type: "integer", NonNegative: true},
	{Key: fClass, Title: importer.Text{Zh: "道路等级", En: "Class of road"}, Type: "text", MaxLen: 60, Synonyms: []string{"highway", "kind_detail", "fclass"}},
	{Key: fOneway, Title: importer.Text{Zh: "单行", En: "One way"}, Type: "text", MaxLen: 20},
	{Key: fAccess, Title: importer.Text{Zh: "通行", En: "Access"}, Type: "text", MaxLen: 60},
	{Key: fSpeed, Title: importer.Text{Zh: "限速（km/h）", En: "Speed limit (km/h)"}, Type: "integer", NonNegative: true, Synonyms: []string{"maxspeed"}},
	{Key: fBridge, Title: importer.Text{Zh: "桥", En: "Bridge"}, Type: "text", MaxLen: 20, Synonyms: []string{"is_bridge"}},
	{Key: fTunnel, Title: importer.Text{Zh: "隧道", En: "Tunnel"}, Type: "text", MaxLen: 20, Synonyms: []string{"is_tunnel"}},
	{Key: fNodes, Title: importer.Text{Zh: "节点", En: "Nodes"}, Type: "text", MaxLen: maxNodes},
	{Key: fInside, Title: importer.Text{Zh: "所属图元", En: "Part of"}, Type: "text", MaxLen: 80},
	{Key: fGeometry, Title: importer.Text{Zh: "图形", En: "Shape"}, Type: "geometry", Required: true},
}

// MapKind takes maps: OpenStreetMap extracts, and GeoJSON of roads. Estates, buildings
// and their entrances become places; addresses and roads have tables of their own.
type MapKind struct{ inUse []InUse }

// NewMapKind returns the kind; inUse is as for NewKind.
func NewMapKind(inUse ...InUse) *MapKind { return &MapKind{inUse: inUse} }

var _ importer.Kind = (*MapKind)(nil)

// Name is the stable name.
func (*MapKind) Name() string { return "map" }

// Title is what people call the records.
func (*MapKind) Title() importer.Text {
	return importer.Text{Zh: "地图（楼栋、道路、门牌）", En: "Map (buildings, roads, addresses)"}
}

// Operation is the operation under which rows are written.
func (*MapKind) Operation() *op.Def { return ImportPlaces }

// Fields lists what a file can say.
func (*MapKind) Fields() []importer.Field { return mapFields }

// Describe tells what becomes of administrative areas and where things are put.
func (k *MapKind) Describe(ctx context.Context, tx *op.Tx, plan importer.Plan) (importer.Description, error) {
	var d importer.Description
	b, err := baseOf(ctx, tx, plan.Place)
	if err != nil {
		return d, fmt.Errorf("describe a map: %w", err)
	}
	if !b.known {
		d.Problems = append(d.Problems, importer.Problem{Code: "places.choose_place", Text: importer.Text{
			Zh: "请选择一个地点，地图中的楼栋、道路放在其下。登记册为空时，先导入区划或新建城市。",
			En: "Choose a place to put the map's buildings and roads under. If the register is empty, import divisions or create the city first.",
		}})
		return d, nil
	}
	d.Assumptions = append(d.Assumptions, importer.Assumption{Code: "places.by_position",
		Zh: fmt.Sprintf("按位置归入含有其中心点的最小区域；没有这样的区域时归入近处的小区或社区并记为存疑，再没有就放在“%s”之下。", b.place.Name),
		En: fmt.Sprintf("Things are put under the smallest area that contains their centre; where there is none, under an estate or community close by, with a doubt; else under %s.", b.place.Name)})
	levels, wrong := levelsOf(plan.Answers, countryIn(plan.Sample, b.place))
	if wrong != "" {
		d.Problems = append(d.Problems, importer.Problem{Code: "places.bad_levels", Params: map[string]string{"text": wrong}, Text: importer.Text{
			Zh: "行政层级对照“" + wrong + "”看不懂。请写成 6=district,8=street,10=community。",
			En: "The table of administrative levels can't be read at “" + wrong + "”. Write it as 6=district,8=street,10=community.",
		}})
	}
	if plan.Has(fDepth) {
		zh, en := levels.words()
		d.Assumptions = append(d.Assumptions, importer.Assumption{Code: "places.admin_levels",
			Zh: "行政层级对照：" + zh + "。可用 admin_levels 改动。", En: "Administrative levels: " + en + ". Change them with admin_levels."})
	}
	if plan.Has(fHeight) {
		d.Assumptions = append(d.Assumptions, floorsAssumption)
	}
	swap, err := swapProblem(ctx, tx, plan, b)
	d.Problems = append(d.Problems, swap...)
	return d, err
}

// Begin starts a session.
func (*MapKind) Begin(ctx context.Context, tx *op.Tx, opt importer.SessionOptions) (importer.Session, error) {
	b, err := baseOf(ctx, tx, opt.Place)
	if err != nil {
		return nil, err
	}
	return &mapSession{opt: opt, base: b, planned: map[string]mapElement{}}, nil
}

// isMap reports whether a file is a map that was given to the kind "places".
func isMap(opt importer.SessionOptions) bool {
	element, feature := false, false
	for _, c := range opt.Columns {
		element = element || strings.EqualFold(c.Name, fElement)
		feature = feature || strings.EqualFold(c.Name, fSort)
	}
	return element && feature
}
