package main

import (
	"fmt"
	"io"
	"sort"

	"github.com/allclear/allclear/internal/app"
)

type cityCommand struct {
	New     cityNew     `cmd:"" help:"Build the register of a city from open data: divisions, a map, census totals."`
	Check   cityCheck   `cmd:"" help:"How complete the register is."`
	Address cityAddress `cmd:"" help:"Find the place that an address means."`
}

type cityNew struct {
	Name        string   `arg:"" help:"Name of the city."`
	NameEn      string   `help:"Its English name."`
	Code        string   `help:"Its statistical code, as in 2202." placeholder:"CODE"`
	Divisions   []string `type:"existingfile" help:"Files of divisions (code, name …); may be given several times." placeholder:"FILE"`
	Osm         []string `name:"osm" type:"existingfile" help:"OpenStreetMap extracts (.osm, .osm.pbf) or GeoJSON of roads." placeholder:"FILE"`
	Buildings   []string `type:"existingfile" help:"GeoJSON of building footprints." placeholder:"FILE"`
	Census      []string `type:"existingfile" help:"Tables of population by area (code, or level and name; population)." placeholder:"FILE"`
	Country     string   `help:"Two-letter country code, if the map does not tell." placeholder:"CC"`
	AdminLevels string   `help:"What the map's admin_level means here, as in 6=district,8=street,10=community." placeholder:"TABLE"`
	NoBlocks    bool     `help:"Leave buildings outside estates where they are, without street blocks."`
}

// Run takes the files in one after another and reports what there is then.
func (c *cityNew) Run(s *session) error {
	return s.with(func(a *app.App) error {
		r, err := a.NewCity(s.ctx, app.NewCity{
			Name: c.Name, NameEn: c.NameEn, Code: c.Code, Divisions: c.Divisions, OSM: c.Osm, Buildings: c.Buildings, Census: c.Census, Country: c.Country,
			AdminLevels: c.AdminLevels, NoBlocks: c.NoBlocks, Chinese: s.globals.chinese(), Say: func(line string) { s.say("%s", line) },
		})
		if err != nil {
			return err
		}
		return s.print(r, func(w io.Writer) {
			for _, step := range r.Steps {
				fmt.Fprintf(w, "%6.1f s  %s", step.Seconds, step.What)
				if i := step.Import; i != nil {
					fmt.Fprintf(w, s.globals.pick("：%d 行 = 新增 %d + 更新 %d + 无变化 %d + 拒收 %d", ": %d rows = %d inserted + %d updated + %d unchanged + %d refused"),
						i.Rows, i.Inserted, i.Updated, i.Unchanged, i.Refused)
				}
				fmt.Fprintln(w)
			}
			if p := r.Spread; p != nil {
				fmt.Fprintf(w, s.globals.pick("%d 个区域的 %d 人按面积分到 %d 栋楼（估算）；%d 个区域在地图上没有住宅\n",
					"%[2]d people of %[1]d areas shared among %[3]d buildings by floor area (an estimate); %[4]d areas have no homes on the map\n"), p.Areas, p.People, p.Buildings, p.Empty)
			}
			printCoverage(w, s, r.Coverage)
		})
	})
}

type cityCheck struct {
	Under  string `help:"Place to look at: code, name or id (default: the only root)." placeholder:"PLACE"`
	Doubts bool   `help:"List what the imports were not sure about."`
}

// Run prints what is there and what is missing.
func (c *cityCheck) Run(s *session) error {
	return s.with(func(a *app.App) error {
		if c.Doubts {
			all, err := a.CityDoubts(s.ctx, c.Under)
			if err != nil {
				return err
			}
			return s.print(all, func(w io.Writer) {
				for _, d := range all {
					fmt.Fprintf(w, "%-10s %s  %q → %q\n", d.Code, d.PlaceID, d.Name, d.Other)
				}
			})
		}
		r, err := a.CheckCity(s.ctx, c.Under)
		if err != nil {
			return err
		}
		return s.print(r, func(w io.Writer) { printCoverage(w, s, r) })
	})
}

func printCoverage(w io.Writer, s *session, c app.Coverage) {
	fmt.Fprintln(w, c.Place)
	fmt.Fprintf(w, "%-28s %9s %9s %9s\n", "", s.globals.pick("数量", "count"), s.globals.pick("有位置", "located"), s.globals.pick("有轮廓", "outlined"))
	for _, l := range c.Levels {
		fmt.Fprintf(w, "%-28s %9d %9d %9d\n", s.globals.pick(l.Level.Zh(), l.Level.En()), l.Count, l.Located, l.Outlined)
	}
	for _, x := range []struct {
		zh, en string
		n      int64
	}{
		{"不在小区内的楼栋", "buildings in no estate", c.BuildingsOutside}, {"不在社区内的小区", "estates in no community", c.EstatesOutside},
		{"街区（由道路围成）", "estates that are street blocks", c.StreetBlocks}, {"有层数的楼栋", "buildings with floors", c.FloorsKnown},
		{"其中由高度估算", "  of these from the height", c.FloorsEstimated}, {"有地址的楼栋", "buildings with an address", c.Addressed}, {"地址", "addresses", c.Addresses},
		{"出入口", "entrances", c.Entrances}, {"道路段", "pieces of roads", c.Roads}, {"路名", "names of roads", c.RoadNames}, {"道路公里", "km of roads", c.RoadKm},
		{"普查人口", "census population", c.Census}, {"楼栋人口", "population in buildings", c.Housed}, {"其中估算", "  of these estimated", c.Estimated},
		{"待办地址", "open address texts", c.OpenTexts},
	} {
		fmt.Fprintf(w, "%-28s %9d\n", s.globals.pick(x.zh, x.en), x.n)
	}
	codes := make([]string, 0, len(c.Doubts))
	for code := range c.Doubts {
		codes = append(codes, code)
	}
	sort.Strings(codes)
	for _, code := range codes {
		fmt.Fprintf(w, "%-28s %9d\n", s.globals.pick("存疑：", "doubts: ")+code, c.Doubts[code])
	}
}

type cityAddress struct {
	Text  string `arg:"" help:"The address."`
	Under string `help:"Place to look under: code, name or id (default: the only root)." placeholder:"PLACE"`
}

// Run prints how the text was understood and what it means.
func (c *cityAddress) Run(s *session) error {
	return s.with(func(a *app.App) error {
		r, err := a.ResolveAddress(s.ctx, c.Text, c.Under)
		if err != nil {
			return err
		}
		return s.print(r, func(w io.Writer) {
			if r.PlaceID != "" {
				fmt.Fprintf(w, "%.2f  %s\n", r.Confidence, r.Trail)
				return
			}
			fmt.Fprintf(w, "%.2f  %s\n", r.Confidence, s.globals.pick(r.ReasonZh, r.ReasonEn))
			for _, x := range r.Candidates {
				fmt.Fprintf(w, "  %.2f  %s › %s\n", x.Score, x.Trail, x.Name)
			}
		})
	})
}
