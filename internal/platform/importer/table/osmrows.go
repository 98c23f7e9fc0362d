package table

import (
	"github.com/allclear/allclear/internal/platform/importer/osm"
)

// osmRows are the features of a map as rows.
type osmRows struct {
	src     *osm.Rows
	current Row
	stats   Stats
	number  int
}

func openOSM(path string, c Choice) (Rows, error) {
	src, err := osm.Open(path, c.Blocks)
	if err != nil {
		return nil, err
	}
	return &osmRows{src: src}, nil
}

func (r *osmRows) Columns() []string { return osm.Columns }
func (r *osmRows) Header() []string  { return osm.Columns }
func (r *osmRows) Row() *Row         { return &r.current }
func (r *osmRows) Stats() Stats      { return r.stats }
func (r *osmRows) Err() error        { return r.src.Err() }
func (r *osmRows) Close() error      { return r.src.Close() }

func (r *osmRows) Next() bool {
	if !r.src.Next() {
		return false
	}
	feature := r.src.Row()
	r.number++
	cells := make([]Cell, len(feature.Cells))
	for i, text := range feature.Cells {
		cells[i] = Cell{Text: text}
		if text == "" {
			cells[i].Kind = BlankCell
		}
	}
	r.current = Row{Number: r.number, Cells: cells}
	if feature.Problem != "" {
		r.current.Problem = &Problem{Code: feature.Problem}
	}
	r.stats.LastNumber = r.number
	r.stats.count(&r.current)
	return true
}
