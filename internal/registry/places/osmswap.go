package places

import (
	"context"

	"github.com/paulmach/orb"

	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/op"
)

// aMapProblem tells that a map goes another way.
var aMapProblem = importer.Problem{Code: "places.is_a_map", Text: importer.Text{
	Zh: "这是一份地图（OSM）。请选择“地图”类型导入。", En: "This is a map (OSM). Import it as a map.",
}}

var swappedProblem = importer.Problem{Code: "places.coordinates_swapped", Text: importer.Text{
	Zh: "坐标像是纬度写在了经度前面。请选择：对调（coordinates=lat_lon），或按原样导入（coordinates=lon_lat，超出范围的行会被拒收）。",
	En: "The coordinates look as if latitude stood before longitude. Choose to turn them round (coordinates=lat_lon) or to take them as they are (coordinates=lon_lat; rows out of range are then refused).",
}}

// aside is how far outside the extent of what is known a file may lie, in degrees: about
// 50 km, a city's own size.
const aside = 0.5

// swapProblem finds out whether latitude stands first: most latitudes are no latitudes,
// or the things lie nowhere near the city but would if they were turned round. Once the
// user has answered there is nothing to settle.
func swapProblem(ctx context.Context, tx *op.Tx, plan importer.Plan, b base) ([]importer.Problem, error) {
	if !plan.Has(fGeometry) || plan.Answers[importer.AnswerCoordinates] != "" {
		return nil, nil
	}
	if 2*plan.Swapped > plan.Rows {
		return []importer.Problem{swappedProblem}, nil
	}
	if !b.known {
		return nil, nil
	}
	box, known, err := Bounds(ctx, tx, b.place)
	if err != nil || !known {
		return nil, err
	}
	extent := orb.Bound{Min: orb.Point{box[0], box[1]}, Max: orb.Point{box[2], box[3]}}.Pad(aside)
	here, turned, all := 0, 0, 0
	for _, r := range plan.Sample {
		g, err := readOutline(r.Text(fGeometry))
		if err != nil || g == nil {
			continue
		}
		c := g.Bound().Center()
		all++
		if extent.Contains(c) {
			here++
		}
		if extent.Contains(orb.Point{c[1], c[0]}) {
			turned++
		}
	}
	if here == 0 && 2*turned > all {
		return []importer.Problem{swappedProblem}, nil
	}
	return nil, nil
}
