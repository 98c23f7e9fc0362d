package main

import (
	"fmt"
	"os"
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
	People int    `help:"How many people live in the demo city." default:"20000"`
	Seed   uint64 `help:"The same seed gives the same city and outbreak." default:"20220302"`
	NoOpen bool   `hidden:""`
}

// Run makes the demo city if it is not there yet, and serves it.
func (c *demoCommand) Run(s *session) error {
	config, err := s.config("data/demo")
	if err != nil {
		return err
	}
	c.apply(&config)
	a, err := app.Open(s.ctx, config, s.log(), true)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	guide, err := a.PrepareDemo(s.ctx, app.DemoOptions{People: c.People, Seed: c.Seed}, func(step string) { s.say("%s", step) })
	if err != nil {
		return err
	}
	return a.Serve(s.ctx, func(url string) { guide.Print(os.Stdout, url) })
}
