package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/allclear/allclear/internal/app"
)

type epidemicCommand struct {
	Run       epidemicRun       `cmd:"" help:"Let an outbreak spread through the simulated city, with the measures of a scenario."`
	Scenario  epidemicScenario  `cmd:"" help:"Print a scenario as JSON, to be changed and run."`
	Calibrate epidemicCalibrate `cmd:"" help:"Run a scenario over several seeds and compare it with the reference operation."`
}

type epidemicRun struct {
	People   int    `help:"How many people live in the city." default:"1800000"`
	Days     int    `help:"Days from the first report on (default: those of the scenario)." placeholder:"N"`
	Seed     uint64 `help:"The same seed gives the same city and outbreak." default:"1"`
	Scenario string `help:"reference, uncontrolled, or a file in YAML or JSON." default:"reference"`
	Threads  int    `help:"Threads (default: one for each processor). They change the time and nothing else." placeholder:"N"`
	Town     bool   `help:"Take a population without names and map, which is made faster and in less memory."`
}

func (c *epidemicRun) options() app.EpidemicOptions {
	return app.EpidemicOptions{People: c.People, Days: c.Days, Seed: c.Seed, Scenario: c.Scenario, Threads: c.Threads, Town: c.Town}
}

// Run makes the city, runs the scenario and prints what came of it.
func (c *epidemicRun) Run(s *session) error {
	r, err := app.RunEpidemic(c.options())
	if err != nil {
		return err
	}
	return s.print(r, func(w io.Writer) { printEpidemic(w, s.globals.pick, r) })
}

func printEpidemic(w io.Writer, pick func(zh, en string) string, r app.EpidemicReport) {
	fmt.Fprintf(w, pick("情景 %s · %d 人 · %d 天 · 随机种子 %d\n", "scenario %s · %d people · %d days · seed %d\n"), r.Scenario, r.Agents, r.Days, r.Seed)
	heights := make([]int, len(r.Curve))
	for i, d := range r.Curve {
		if heights[i] = d.Infections; r.Infections == 0 {
			heights[i] = d.NewInfected
		}
	}
	fmt.Fprintf(w, "%s\n\n", sparkline(heights))
	for _, row := range []struct {
		zh, en string
		n      int
	}{
		{"发现感染者", "infections found", r.Infections},
		{"  社会面发现", "  in the community", r.FoundCommunity},
		{"  管控中发现", "  under control", r.FoundControl},
		{"确诊病例（含转归）", "confirmed, with reclassified", r.Confirmed},
		{"无症状感染者", "asymptomatic", r.Asymptomatic},
		{"实际感染", "infected, found or not", r.Infected},
		{"死亡", "deaths", r.Deaths},
		{"高峰日", "peak day", r.PeakDay},
	} {
		fmt.Fprintf(w, "%-32s %10d\n", pick(row.zh, row.en), row.n)
	}
	fmt.Fprintf(w, "\n%5s %10s %10s %10s %12s\n", pick("日", "day"), pick("发现", "found"), pick("社会面", "community"), pick("确诊", "confirmed"), pick("实际新增", "new infected"))
	for _, d := range r.Curve {
		fmt.Fprintf(w, "%5d %10d %10d %10d %12d\n", d.Day, d.Infections, d.Community, d.Confirmed, d.NewInfected)
	}
	fmt.Fprintf(w, pick("\n用时 %.2f 秒 · 内存峰值 %d MB · %s\n", "\n%.2f s · peak memory %d MB · %s\n"), r.Seconds, r.RSS, r.Digest)
	fmt.Fprintln(w, pick("模拟结果，仅供演练，不是预测。", "A simulation for rehearsal, not a forecast."))
}

// sparkline draws one bar for each value; the highest is full.
func sparkline(values []int) string {
	bars, top := []rune(" ▁▂▃▄▅▆▇█"), 1
	for _, v := range values {
		top = max(top, v)
	}
	var line strings.Builder
	for _, v := range values {
		at := v * (len(bars) - 1) / top
		if v > 0 {
			at = max(at, 1)
		}
		line.WriteRune(bars[at])
	}
	return line.String()
}

type epidemicScenario struct {
	Name string `arg:"" help:"reference, uncontrolled, or a file to check." default:"reference"`
}

// Run prints the scenario.
func (c *epidemicScenario) Run(*session) error {
	scenario, err := app.EpidemicScenario(c.Name)
	if err != nil {
		return err
	}
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	return out.Encode(scenario)
}

type epidemicCalibrate struct {
	epidemicRun
	Seeds int `help:"How many seeds, from --seed on." default:"20"`
}

// Run compares the mean over the seeds with the reference operation.
func (c *epidemicCalibrate) Run(s *session) error {
	t, err := app.TryEpidemic(c.options(), c.Seed, c.Seeds)
	if err != nil {
		return err
	}
	return s.print(t, func(w io.Writer) {
		pick := s.globals.pick
		fmt.Fprintf(w, "%-26s %12s %12s\n", "", pick("参照", "reference"), pick("均值", "mean"))
		for _, row := range []struct {
			zh, en    string
			want, got float64
		}{
			{"发现感染者", "infections found", t.Reference.Infections, t.Mean.Infections},
			{"确诊病例", "confirmed", t.Reference.Confirmed, t.Mean.Confirmed},
			{"无症状感染者", "asymptomatic", t.Reference.Asymptomatic, t.Mean.Asymptomatic},
		} {
			fmt.Fprintf(w, "%-26s %12.0f %12.0f\n", pick(row.zh, row.en), row.want, row.got)
		}
		fmt.Fprintf(w, pick("偏差 %+.1f%% · 标准差 %.1f%% · 最低 %d · 最高 %d · 高峰日均值 %.1f\n", "deviation %+.1f %% · standard deviation %.1f %% · lowest %d · highest %d · mean peak day %.1f\n"),
			t.Deviation, t.Spread, t.Low, t.High, t.Mean.PeakDay)
		fmt.Fprintf(w, pick("第35至37日社会面零新增：%d / %d 次\n", "no community infection on days 35 to 37: %d of %d runs\n"), t.Calm, t.Seeds)
		fmt.Fprintf(w, pick("涉疫小区 %.0f%%\n", "compounds with a case: %.0f %%\n"), t.Mean.Compounds)
	})
}
