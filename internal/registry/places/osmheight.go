package places

import (
	"maps"

	"github.com/allclear/allclear/internal/platform/importer"
)

// metresByFloor is the usual height of a storey; GB 50096 asks for at least 2.8 m in
// housing, offices and shops are higher.
const metresByFloor = 3.0

// mostFloors is what the tallest building has; towers have high storeys, so an estimate
// beyond it says nothing.
const mostFloors = 163

// floorsAssumption is what a person is told about floors that no column states.
var floorsAssumption = importer.Assumption{Code: "places.floors_from_height",
	Zh: "没有层数的楼按每层 3 米由高度估算，并注明是估算。", En: "Where only the height is known, floors are estimated at 3 m each, and marked as an estimate."}

// floorsIn returns the floors that a row states, or an estimate from its height.
func floorsIn(r importer.Row) (floors int64, estimated bool) {
	if n, ok := r.Int(fFloors); ok {
		return n, false
	}
	if h := heightIn(r); h != nil {
		return min(max(int64(*h/metresByFloor+0.5), 1), mostFloors), true
	}
	return 0, false
}

// heightIn is the height that a row states, in metres; nil for none or one that no
// building has.
func heightIn(r importer.Row) *float64 {
	if h, ok := r.Float(fHeight); ok && h > 0 && h <= maxHeight {
		return &h
	}
	return nil
}

// marked returns the extra columns with one more.
func marked(extra map[string]string, key, value string) map[string]string {
	out := maps.Clone(extra)
	if out == nil {
		out = map[string]string{}
	}
	out[key] = value
	return out
}
