package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/allclear/allclear/internal/app"
)

// serverFlags are shared by serve and demo.
type serverFlags struct {
	Listen     string        `help:"Address of the web server." default:"127.0.0.1:8090" env:"ALLCLEAR_LISTEN"`
	MaxUpload  int64         `help:"Largest uploaded file in MB." default:"512" env:"ALLCLEAR_MAX_UPLOAD"`
	Checkpoint time.Duration `help:"How often the audit trail is signed." default:"10m" env:"ALLCLEAR_CHECKPOINT"`
}

func (f serverFlags) apply(c *app.Config) {
	c.Listen, c.MaxUpload, c.Checkpoint = f.Listen, f.MaxUpload<<20, f.Checkpoint
}

type serveCommand struct {
	serverFlags
	Migrate bool `help:"Bring the database schema up to date first."`
	MFA     bool `name:"mfa" help:"Ask for a second factor for revealing identities, exports and account work." default:"true" negatable:"" env:"ALLCLEAR_MFA"`
}

// Run serves until the program is told to stop.
func (c *serveCommand) Run(s *session) error {
	config, err := s.config("data")
	if err != nil {
		return err
	}
	c.apply(&config)
	config.NeedsMFA = c.MFA
	a, err := app.Open(s.ctx, config, s.log(), c.Migrate)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	return a.Serve(s.ctx, func(url string) {
		fmt.Fprintf(os.Stderr, "AllClear %s · %s · %s · %s\n", app.Version, url, a.DB.Dialect(), config.Data)
		if none, err := a.NoAccounts(s.ctx); err == nil && none {
			s.say("%s", s.globals.pick("还没有账号：请先运行 `allclear admin create-user`。", "There is no account yet: run `allclear admin create-user` first."))
		}
	})
}

type demoCommand struct {
	serverFlags
	Scale        string `help:"How large the demo city is: town (20,000 people), district (180,000) or city (1,800,000). Each has a data directory of its own." enum:"town,district,city" default:"town"`
	People       int    `help:"How many people live in the demo city, instead of a scale."`
	Seed         uint64 `help:"The same seed gives the same city and outbreak." default:"20220302"`
	Simulated    bool   `help:"Take the outbreak from the epidemic run (see allclear epidemic) instead of the drawn curve."`
	ResidentList string `help:"Only write the people of the city to this file, as a list to be imported." placeholder:"FILE"`
	Flawed       int    `help:"How many rows of the list per mille have a flaw." default:"0"`
	Addresses    bool   `help:"Write addresses in words into the list instead of the codes of places."`
	LoadOnly     bool   `help:"Make the city and end, without serving it."`
	NoOpen       bool   `hidden:""`
}

// Run makes the demo city if it is not there yet, and serves it.
func (c *demoCommand) Run(s *session) error {
	o := app.DemoOptions{People: c.People, Seed: c.Seed, Doubles: app.DemoDoubles, Simulated: c.Simulated}
	directory := "data/demo"
	if c.People == 0 {
		o.People = app.DemoPeople(c.Scale)
		if c.Scale != "town" {
			directory += "-" + c.Scale
		}
	}
	if c.ResidentList != "" {
		return c.list(s, o)
	}
	config, err := s.config(directory)
	if err != nil {
		return err
	}
	c.apply(&config)
	a, err := app.Open(s.ctx, config, s.log(), true)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	guide, err := a.PrepareDemo(s.ctx, o, func(step string) { s.say("%s", step) })
	if err != nil || c.LoadOnly {
		return err
	}
	return a.Serve(s.ctx, func(url string) { guide.Print(os.Stdout, url) })
}

// list writes the resident list and says what is in it.
func (c *demoCommand) list(s *session, o app.DemoOptions) error {
	r, err := app.WriteResidentList(c.ResidentList, o, c.Flawed, c.Addresses)
	if err != nil {
		return err
	}
	return s.print(r, func(w io.Writer) {
		fmt.Fprintf(w, s.globals.pick("%d 行已写入 %s\n", "%d rows written to %s\n"), r.Rows, c.ResidentList)
		for _, flaw := range slices.Sorted(maps.Keys(r.Flaws)) {
			fmt.Fprintf(w, "  %-24s %d\n", flaw, r.Flaws[flaw])
		}
	})
}
