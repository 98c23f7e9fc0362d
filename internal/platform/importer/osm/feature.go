package osm

import (
	"math"
	"strconv"
	"strings"
)

// What a feature is, as it stands in the column "feature".
const (
	Boundary = "boundary" // an administrative area; admin_level says which
	Locality = "locality" // a village, hamlet or neighbourhood known by a point
	Estate   = "estate"   // a residential area with a name
	Facility = "facility" // a school, hospital, market …; kind says which
	Building = "building"
	Entrance = "entrance"
	Address  = "address" // a house number that belongs to no building of the file
	Road     = "road"
	Block    = "block" // made from the roads around it
)

// Columns are the columns of every map, in order.
var Columns = []string{
	"element", "feature", "kind", "admin_level", "country", "name", "name_zh", "name_en", "other_names", "former_names",
	"road", "house_number", "house_name", "unit", "locality", "postcode", "label", "floors", "height", "population",
	"class", "oneway", "access", "max_speed", "bridge", "tunnel", "nodes", "part_of", "geometry",
}

var column = func() map[string]int {
	out := map[string]int{}
	for i, c := range Columns {
		out[c] = i
	}
	return out
}()

// roadsNot are highways that nobody travels on.
var roadsNot = map[string]bool{
	"platform": true, "construction": true, "proposed": true, "razed": true, "abandoned": true, "rest_area": true, "services": true,
	"bus_stop": true, "elevator": true, "corridor": true, "raceway": true, "no": true,
}

// facilities are the kinds of facilities that later work needs, by tag.
var facilities = map[string]string{
	"amenity=school": "school", "amenity=kindergarten": "school", "amenity=university": "university_campus", "amenity=college": "university_campus",
	"amenity=hospital": "hospital", "amenity=clinic": "hospital", "amenity=pharmacy": "pharmacy", "amenity=marketplace": "market",
	"shop=supermarket": "market", "shop=mall": "market", "amenity=nursing_home": "nursing_home", "social_facility=nursing_home": "nursing_home",
	"social_facility=assisted_living": "nursing_home", "landuse=industrial": "workplace", "landuse=commercial": "workplace",
	"landuse=retail": "market", "office=company": "workplace",
}

func facilityKind(t tags) string {
	for i := 0; i+1 < len(t); i += 2 {
		if k := facilities[t[i]+"="+t[i+1]]; k != "" {
			return k
		}
	}
	return ""
}

// localities are the place tags that are villages or parts of a town.
var localities = map[string]bool{"village": true, "hamlet": true, "neighbourhood": true, "quarter": true, "suburb": true, "isolated_dwelling": true}

// featureOf says what the element is to the register; "" is nothing.
func featureOf(e *element) string {
	t := e.tags
	if len(t) == 0 {
		return ""
	}
	switch e.kind {
	case node:
		return nodeFeature(t)
	case way:
		return wayFeature(e)
	}
	if r := t.get("type"); r != "multipolygon" && r != "boundary" {
		return ""
	}
	return areaFeature(t)
}

func nodeFeature(t tags) string {
	switch {
	case t.has("entrance") && t.get("entrance") != "no":
		return Entrance
	case localities[t.get("place")] && t.has("name"):
		return Locality
	case t.has("name") && facilityKind(t) != "":
		return Facility
	case t.has("addr:housenumber"):
		return Address
	}
	return ""
}

func wayFeature(e *element) string {
	t := e.tags
	if h := t.get("highway"); h != "" {
		if roadsNot[h] {
			return ""
		}
		return Road
	}
	f := areaFeature(t)
	closed := len(e.refs) > 3 && e.refs[0] == e.refs[len(e.refs)-1]
	if f == Boundary && !closed {
		return "" // a piece of a boundary, which the relation puts together
	}
	return f
}

// areaFeature: a building that is a school is a building; grounds without a building tag
// are an estate or a facility.
func areaFeature(t tags) string {
	b := t.get("building")
	switch {
	case t.get("boundary") == "administrative" && t.has("admin_level") && t.has("name"):
		return Boundary
	case b != "" && b != "no":
		return Building
	case t.get("landuse") == "residential" && t.has("name"):
		return Estate
	case t.has("name") && facilityKind(t) != "":
		return Facility
	case localities[t.get("place")] && t.has("name"):
		return Locality
	case t.has("addr:housenumber"):
		return Address
	}
	return ""
}

// record fills a row from an element's tags; the geometry is not among them.
func record(feature string, e *element) []string {
	t := e.tags
	r := make([]string, len(Columns))
	set := func(name, value string) { r[column[name]] = value }
	set("element", e.key())
	set("feature", feature)
	set("name", t.get("name"))
	set("name_zh", t.first("name:zh", "name:zh-Hans", "name:zh-CN"))
	set("name_en", t.first("name:en", "int_name"))
	set("other_names", joined(t, "alt_name", "official_name", "short_name", "loc_name", "name:zh-Hant"))
	set("former_names", joined(t, "old_name", "was:name"))
	set("road", t.first("addr:street", "addr:place"))
	set("house_number", t.get("addr:housenumber"))
	set("house_name", t.get("addr:housename"))
	set("unit", t.first("addr:unit", "addr:door"))
	set("locality", t.first("addr:hamlet", "addr:place", "addr:suburb", "addr:city"))
	set("postcode", t.get("addr:postcode"))
	switch feature {
	case Boundary:
		set("admin_level", t.get("admin_level"))
		set("country", t.first("ISO3166-1:alpha2", "ISO3166-1"))
		set("population", digits(t.get("population")))
	case Locality:
		set("kind", t.get("place"))
		set("population", digits(t.get("population")))
	case Estate:
		set("kind", "residential")
	case Facility:
		set("kind", facilityKind(t))
	case Building:
		set("kind", buildingKind(t))
		set("floors", levels(t.get("building:levels")))
		set("height", metres(t.first("height", "building:height")))
	case Entrance:
		set("kind", t.get("entrance"))
		set("label", t.first("ref", "name"))
	case Road:
		setRoad(t, set)
	}
	return r
}

// buildingKind is what the building serves as, when that is more than a place to live.
func buildingKind(t tags) string {
	if k := facilityKind(t); k != "" {
		return k
	}
	switch b := t.get("building"); b {
	case "school", "kindergarten", "hospital":
		return strings.Replace(b, "kindergarten", "school", 1)
	case "university", "college":
		return "university_campus"
	case "commercial", "office", "industrial", "warehouse", "retail", "supermarket", "garage", "garages", "parking", "shed", "roof", "hut",
		"farm_auxiliary", "greenhouse", "service", "train_station", "church", "temple", "barn", "cowshed", "stable", "carport", "chapel":
		return b
	case "dormitory", "apartments", "residential", "house", "detached", "terrace", "semidetached_house", "farm", "bungalow":
		return "residential"
	}
	return ""
}

func setRoad(t tags, set func(name, value string)) {
	set("class", t.get("highway"))
	switch one := t.get("oneway"); {
	case one == "yes" || one == "1" || one == "true" || one == "" && (t.get("junction") == "roundabout" || t.get("highway") == "motorway"):
		set("oneway", "forward")
	case one == "-1" || one == "reverse":
		set("oneway", "backward")
	}
	set("access", t.first("access", "motor_vehicle", "vehicle"))
	set("max_speed", speed(t.get("maxspeed")))
	set("bridge", yes(t.get("bridge")))
	set("tunnel", yes(t.get("tunnel")))
	set("label", t.get("ref"))
}

func yes(v string) string {
	if v == "" || v == "no" {
		return ""
	}
	return "yes"
}

func joined(t tags, keys ...string) string {
	var out []string
	for _, k := range keys {
		if v := t.get(k); v != "" {
			out = append(out, v)
		}
	}
	return strings.Join(out, ";")
}

func digits(s string) string {
	s = strings.NewReplacer(",", "", " ", "").Replace(s)
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return ""
	}
	return s
}

// levels: "5", "5.5" and "3;4" occur; a half storey is one that people live in.
func levels(s string) string {
	s, _, _ = strings.Cut(s, ";")
	f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || f < 0 || f > 200 {
		return ""
	}
	return strconv.Itoa(int(math.Ceil(f)))
}

// metres reads "12", "12.5 m" and "40 ft" (0.3048 m).
func metres(s string) string {
	factor := 1.0
	s = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(s), "m"))
	if feet, ok := strings.CutSuffix(s, "ft"); ok {
		s, factor = strings.TrimSpace(feet), 0.3048
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || !(f > 0) || f > 1000 {
		return ""
	}
	return strconv.FormatFloat(math.Round(f*factor*10)/10, 'f', -1, 64)
}

// speed in km/h: "50", "30 mph" (1.609344 km); words such as "walk" are left out.
func speed(s string) string {
	factor := 1.0
	if mph, ok := strings.CutSuffix(s, "mph"); ok {
		s, factor = mph, 1.609344
	}
	f, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(s), "km/h")), 64)
	if err != nil || !(f > 0) || f > 400 {
		return ""
	}
	return strconv.Itoa(int(math.Round(f * factor)))
}
