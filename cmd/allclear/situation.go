package main

import (
	"fmt"
	"io"

	"github.com/allclear/allclear/internal/app"
)

// where names the incident, place and day of a question.
type where struct {
	Incident string `help:"Incident: id or name (default: the only active one)." placeholder:"ID"`
	Place    string `help:"Place: code, name or id (default: the incident's place)." placeholder:"PLACE"`
	On       string `help:"Day, as in 2022-04-08 (default: the newest day with records)." placeholder:"DAY"`
}

type situationCommand struct{ where }

// Run prints the figures of the day and up to it.
func (c *situationCommand) Run(s *session) error {
	return s.with(func(a *app.App) error {
		r, err := a.SituationOf(s.ctx, app.Where(c.where))
		if err != nil {
			return err
		}
		return s.print(r, func(w io.Writer) {
			fmt.Fprintf(w, "%s  %s  %s\n", r.Place.Trail, r.On, r.Rules)
			fmt.Fprintf(w, "%-28s %10s %12s\n", "", s.globals.pick("当日", "new"), s.globals.pick("累计", "cumulative"))
			for _, row := range []struct {
				zh, en   string
				new, all int
			}{
				{"新增感染者", "infections", r.New.Infections, r.Cumulative.Infections},
				{"  确诊病例", "  confirmed", r.New.Confirmed, r.Cumulative.Confirmed},
				{"  无症状感染者", "  asymptomatic", r.New.Asymptomatic, r.Cumulative.Asymptomatic},
				{"  无症状转确诊", "  reclassified", r.New.Reclassified, r.Cumulative.Reclassified},
				{"社会面发现", "found in the community", r.New.FoundInCommunity, r.Cumulative.FoundInCommunity},
				{"管控中发现", "found under control", r.New.FoundUnderControl, r.Cumulative.FoundUnderControl},
			} {
				fmt.Fprintf(w, "%-28s %10d %12d\n", s.globals.pick(row.zh, row.en), row.new, row.all)
			}
			fmt.Fprintln(w, s.globals.pick(r.Completeness.Note.ZH, r.Completeness.Note.EN))
		})
	})
}

type clearanceCommand struct {
	where
	Overlay []string `help:"What if: these overlays instead of the incident's own." placeholder:"ID"`
}

// Run prints each criterion with its figures.
func (c *clearanceCommand) Run(s *session) error {
	return s.with(func(a *app.App) error {
		r, err := a.ClearanceOf(s.ctx, app.Where(c.where), c.Overlay)
		if err != nil {
			return err
		}
		return s.print(r, func(w io.Writer) {
			verdict := s.globals.pick("未达标", "NOT MET")
			if r.Met {
				verdict = s.globals.pick("达标", "MET")
			}
			fmt.Fprintf(w, "%s  %s  %s  %s\n", r.Place.Trail, r.On, r.Pack, verdict)
			for _, x := range r.Criteria {
				mark := map[bool]string{true: "✓", false: "✗"}[x.Met]
				if !x.Binding {
					mark = "·"
				}
				fmt.Fprintf(w, "%s %-46s %v / %v %s\n", mark, s.globals.pick(x.Title.ZH, x.Title.EN), x.Value, x.Needed, x.Unit)
				for _, m := range x.Missing {
					fmt.Fprintf(w, "    %s\n", s.globals.pick(m.ZH, m.EN))
				}
			}
			if r.Declaration.Required {
				fmt.Fprintln(w, s.globals.pick(r.Declaration.ZH, r.Declaration.EN))
			}
		})
	})
}
