package main

import (
	"fmt"
	"io"

	"github.com/allclear/allclear/internal/app"
)

type migrateCommand struct {
	Status bool `help:"Only show which steps are applied."`
}

// Run migrates, or shows what there is to do.
func (c *migrateCommand) Run(s *session) error {
	config, err := s.config("data")
	if err != nil {
		return err
	}
	steps, err := app.Migrate(s.ctx, config, !c.Status)
	if err != nil {
		return err
	}
	return s.print(steps, func(w io.Writer) {
		for _, m := range steps {
			state := s.globals.pick("待执行", "pending")
			if m.Applied {
				state = s.globals.pick("已执行", "applied")
			}
			fmt.Fprintf(w, "%4d  %-40s %s\n", m.Version, m.Name, state)
		}
	})
}
