package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/allclear/allclear/internal/app"
)

type doctorCommand struct{ serverFlags }

// Run checks the installation; a failed check is a failure.
func (c *doctorCommand) Run(s *session) error {
	config, err := s.config("data")
	if err != nil {
		return err
	}
	c.apply(&config)
	findings := app.Doctor(s.ctx, config, s.log())
	bad := false
	for _, f := range findings {
		bad = bad || !f.OK
	}
	err = s.print(findings, func(w io.Writer) {
		for _, f := range findings {
			mark := map[bool]string{true: "ok  ", false: "FAIL"}[f.OK]
			fmt.Fprintf(w, "%s  %-22s %s\n", mark, f.Check, s.globals.pick(f.Text.ZH, f.Text.EN))
			if f.Mend != "" {
				fmt.Fprintf(w, "      → %s\n", f.Mend)
			}
		}
	})
	if err == nil && bad {
		err = errors.New(s.globals.pick("有检查未通过", "some checks failed"))
	}
	return err
}
