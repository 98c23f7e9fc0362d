package main

import (
	"fmt"
	"io"

	"github.com/allclear/allclear/internal/app"
)

type incidentCommand struct {
	Create incidentCreate `cmd:"" help:"Activate a response."`
	List   incidentList   `cmd:"" help:"List incidents."`
	Phase  incidentPhase  `cmd:"" help:"Declare a phase at a place, or list the phases."`
}

type incidentCreate struct {
	Name      string   `required:"" help:"Name of the incident."`
	NameEn    string   `help:"Its English name."`
	Place     string   `help:"The city: code, name or id. May be left out when the register has one root, or is still empty: then a city of the incident's name is made." placeholder:"PLACE"`
	Pack      string   `default:"cn-covid-8th" help:"Protocol pack."`
	Overlay   []string `help:"City overlays to lay on the pack." placeholder:"ID"`
	TimeZone  string   `default:"Asia/Shanghai" help:"IANA time zone in which days are counted."`
	StartedOn string   `help:"First day, as in 2022-03-02 (default: today)." placeholder:"DAY"`
}

// Run creates the incident and prints its id.
func (c *incidentCreate) Run(s *session) error {
	return s.with(func(a *app.App) error {
		i, err := a.CreateIncident(s.ctx, app.NewIncident{
			Name: c.Name, NameEn: c.NameEn, Place: c.Place, Pack: c.Pack, Overlays: c.Overlay, TimeZone: c.TimeZone, StartedOn: c.StartedOn,
		})
		if err != nil {
			return err
		}
		return s.print(i, func(w io.Writer) { fmt.Fprintln(w, i.ID) })
	})
}

type incidentList struct{}

// Run lists the incidents.
func (c *incidentList) Run(s *session) error {
	return s.with(func(a *app.App) error {
		all, err := a.ListIncidents(s.ctx)
		if err != nil {
			return err
		}
		return s.print(all, func(w io.Writer) {
			for _, i := range all {
				fmt.Fprintf(w, "%s  %-8s %s  %s  %s\n", i.ID, i.Status, i.StartedOn, i.Rules, i.Name)
			}
		})
	})
}

type incidentPhase struct {
	Incident   string `required:"" help:"Incident: id or name."`
	Place      string `help:"Place the phase is for (default: the incident's place)."`
	Set        string `help:"Phase to declare: activation, cleanup_drive, general_offensive, final_push, community_zero, consolidation or reopening. Without it the phases are listed." placeholder:"PHASE"`
	StartsOn   string `help:"First day of the phase." placeholder:"DAY"`
	Objectives string `help:"What is to be reached."`
	Evidence   string `help:"On what evidence."`
	Reason     string `help:"Needed to step back to an earlier phase."`
}

// Run declares a phase or lists them.
func (c *incidentPhase) Run(s *session) error {
	return s.with(func(a *app.App) error {
		phases, err := a.Phase(s.ctx, app.PhaseRequest{
			Incident: c.Incident, Place: c.Place, Phase: c.Set, StartsOn: c.StartsOn, Objectives: c.Objectives, Evidence: c.Evidence, Reason: c.Reason,
		})
		if err != nil {
			return err
		}
		return s.print(phases, func(w io.Writer) {
			for _, p := range phases {
				fmt.Fprintf(w, "%s – %-10s  %-18s %s\n", p.StartsOn, p.EndsOn, p.Phase.Phase, p.PlaceName)
			}
		})
	})
}
