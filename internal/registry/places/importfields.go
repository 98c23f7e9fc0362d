package places

import "github.com/allclear/allclear/internal/platform/importer"

// The fields that a file can state about a place.
const (
	fCode      = "code"
	fName      = "name"
	fLevel     = "level"
	fParent    = "parent_code"
	fParentID  = "parent_id"
	fID        = "id"
	fDepth     = "admin_level"
	fProvince  = "province_code"
	fCity      = "city_code"
	fDistrict  = "district_code"
	fStreet    = "street_code"
	fCommunity = "community_code"
	fNameZh    = "name_zh"
	fNameEn    = "name_en"
	fPeople    = "population"
	fFloors    = "floors"
	fLon       = "lon"
	fLat       = "lat"
	fGeometry  = "geometry"
	fRoad      = "road"
	fNumber    = "house_number"
	fFeature   = "feature_kind"
	fPartOf    = "part_of"
)

// ancestorFields are the columns that name the ancestors one by one, the deepest first,
// with the level that each names.
var ancestorFields = []struct {
	field string
	level Level
}{{fCommunity, Community}, {fStreet, Street}, {fDistrict, District}, {fCity, City}, {fProvince, Province}}

var levelWords = map[string][]string{
	"country": {"国家", "nation", "admin0", "adm0"}, "province": {"省", "省级", "自治区", "直辖市", "state", "region", "admin1", "adm1"},
	"city":      {"市", "地级市", "市级", "地区", "盟", "自治州", "prefecture", "municipality", "admin2", "adm2"},
	"district":  {"区", "县", "区县", "区县级", "县级", "县级市", "旗", "自治县", "county", "admin3", "adm3"},
	"street":    {"街道", "乡", "镇", "乡镇", "乡镇街道", "街道乡镇", "乡级", "town", "township", "subdistrict", "sub-district"},
	"community": {"社区", "村", "居委会", "村委会", "社区村", "村级", "village", "neighbourhood", "neighborhood", "ward"},
	"compound":  {"小区", "院落", "estate", "residential compound", "residential area"},
	"building":  {"楼", "楼栋", "栋", "幢", "建筑", "block", "building_part"}, "unit": {"单元", "stairwell", "stairwell unit", "entrance"},
	"household": {"户", "户室", "室", "门牌", "flat", "apartment", "room"},
}

// importFields lists them, most important first.
var importFields = []importer.Field{
	{Key: fCode, Title: importer.Text{Zh: "代码", En: "Code"}, Type: "identifier", MaxLen: maxCode,
		Synonyms: []string{"place code", "区划代码", "行政区划代码", "统计用区划代码", "地点代码", "区域代码", "adcode", "gb code", "area id", "pcode", "daima"}},
	{Key: fName, Title: importer.Text{Zh: "名称", En: "Name"}, Type: "text", MaxLen: maxName,
		Synonyms: []string{"place name", "地名", "地点名称", "区划名称", "location name", "名字", "小区名称", "楼栋名称", "mingcheng"}},
	{Key: fLevel, Title: importer.Text{Zh: "级别", En: "Level"}, Type: "code", Codes: levelWords,
		Synonyms: []string{"place level", "层级", "行政级别", "地点级别", "区划级别", "place type", "location type", "jibie"}},
	{Key: fParent, Title: importer.Text{Zh: "上级代码", En: "Parent code"}, Type: "identifier", MaxLen: maxCode,
		Synonyms: []string{"上级区划代码", "父级代码", "所属代码", "parent adcode", "superior code", "parent"}},
	{Key: fID, Title: importer.Text{Zh: "编号", En: "ID"}, Type: "identifier", MaxLen: maxCode,
		Synonyms: []string{"location_id", "feature id", "osm_id", "@id", "fid", "gid", "objectid", "uuid", "place id", "地点编号", "图元编号"}},
	{Key: fParentID, Title: importer.Text{Zh: "上级编号", En: "Parent ID"}, Type: "identifier", MaxLen: maxCode,
		Synonyms: []string{"parent_location_id", "父级编号", "parent place id", "pid"}},
	{Key: fDepth, Title: importer.Text{Zh: "行政层级（数字）", En: "Administrative level (number)"}, Type: "integer", NonNegative: true,
		Synonyms: []string{"adm level", "admin depth", "geographical level"}},
	{Key: fProvince, Title: importer.Text{Zh: "省代码", En: "Province code"}, Type: "identifier", Synonyms: []string{"省级代码", "所属省代码"}},
	{Key: fCity, Title: importer.Text{Zh: "市代码", En: "City code"}, Type: "identifier", Synonyms: []string{"市级代码", "所属市代码"}},
	{Key: fDistrict, Title: importer.Text{Zh: "区县代码", En: "District code"}, Type: "identifier",
		Synonyms: []string{"area_code", "county_code", "区代码", "县代码", "所属区县代码"}},
	{Key: fStreet, Title: importer.Text{Zh: "街道代码", En: "Street code"}, Type: "identifier",
		Synonyms: []string{"town_code", "乡镇代码", "街道乡镇代码", "township_code", "subdistrict_code"}},
	{Key: fCommunity, Title: importer.Text{Zh: "社区代码", En: "Community code"}, Type: "identifier", Synonyms: []string{"village_code", "村代码", "居委会代码"}},
	{Key: fNameZh, Title: importer.Text{Zh: "中文名称", En: "Chinese name"}, Type: "text", MaxLen: maxName, Synonyms: []string{"name:zh", "中文名", "name_cn"}},
	{Key: fNameEn, Title: importer.Text{Zh: "英文名称", En: "English name"}, Type: "text", MaxLen: maxName, Synonyms: []string{"name:en", "英文名"}},
	{Key: fPeople, Title: importer.Text{Zh: "人口", En: "Population"}, Type: "integer", NonNegative: true,
		Synonyms: []string{"常住人口", "人口数", "居民数", "residents", "inhabitants", "pop"}},
	{Key: fFloors, Title: importer.Text{Zh: "层数", En: "Floors"}, Type: "integer", NonNegative: true,
		Synonyms: []string{"楼层数", "building:levels", "storeys", "stories", "floor count"}},
	{Key: fHeight, Title: importer.Text{Zh: "高度（米）", En: "Height (m)"}, Type: "number", NonNegative: true, Synonyms: []string{"building:height", "楼高", "height_m"}},
	{Key: fLon, Title: importer.Text{Zh: "经度", En: "Longitude"}, Type: "lon", Synonyms: []string{"lng", "long", "x"}},
	{Key: fLat, Title: importer.Text{Zh: "纬度", En: "Latitude"}, Type: "lat", Synonyms: []string{"y"}},
	{Key: fGeometry, Title: importer.Text{Zh: "轮廓", En: "Outline"}, Type: "geometry", Synonyms: []string{"geojson", "shape", "图形", "边界"}},
	{Key: fRoad, Title: importer.Text{Zh: "道路", En: "Road"}, Type: "text", MaxLen: maxName, Synonyms: []string{"addr_street", "addr:street", "路名", "street name"}},
	{Key: fNumber, Title: importer.Text{Zh: "门牌号", En: "House number"}, Type: "text", MaxLen: 40, Synonyms: []string{"addr_housenumber", "addr:housenumber", "housenumber"}},
	{Key: fFeature, Title: importer.Text{Zh: "图元类型", En: "Kind of feature"}, Type: "text", MaxLen: 40, Synonyms: []string{"kind", "feature type"}},
	{Key: fPartOf, Title: importer.Text{Zh: "所属建筑编号", En: "Part of building"}, Type: "identifier", Synonyms: []string{"root_id"}},
}
