package main

import (
	"fmt"
	"io"

	"github.com/allclear/allclear/internal/app"
)

type packCommand struct {
	List  packList  `cmd:"" help:"List packs and overlays."`
	Check packCheck `cmd:"" help:"Check pack files before they are put in use."`
	Show  packShow  `cmd:"" help:"Show a pack's values with their citations."`
}

type packList struct{}

// Run lists the packs.
func (c *packList) Run(s *session) error {
	return s.with(func(a *app.App) error {
		packs := a.Packs.Packs()
		return s.print(packs, func(w io.Writer) {
			for _, p := range packs {
				fmt.Fprintf(w, "%-8s %-20s %3d  %s – %s  %s\n", p.Kind, p.ID, p.Version, p.ValidFrom, p.ValidTo, p.Title.In(s.language()))
			}
		})
	})
}

type packCheck struct {
	Dir string `arg:"" help:"Directory with pack files (*.yaml). They are checked together with the shipped packs."`
}

// Run checks the packs of a directory and prints every problem with file and line.
func (c *packCheck) Run(s *session) error {
	problems, err := app.CheckPacks(c.Dir)
	if err != nil {
		return err
	}
	if err := s.print(problems, func(w io.Writer) {
		for _, p := range problems {
			fmt.Fprintf(w, "%s\n", s.globals.pick(p.ZH, p.EN))
		}
	}); err != nil {
		return err
	}
	if len(problems) > 0 {
		return fmt.Errorf("%s", s.globals.pick("协议包有错误，未被采用。", "the packs have problems and are not in use"))
	}
	s.say("%s", s.globals.pick("没有发现问题。", "No problems found."))
	return nil
}

type packShow struct {
	Pack    string   `arg:"" help:"Pack."`
	Overlay []string `help:"Overlays to lay on it." placeholder:"ID"`
	On      string   `help:"Day whose values are shown (default: the pack's first day)." placeholder:"DAY"`
}

// Run prints the values in force on a day.
func (c *packShow) Run(s *session) error {
	return s.with(func(a *app.App) error {
		p, err := a.ShowPack(c.Pack, c.Overlay, c.On)
		if err != nil {
			return err
		}
		return s.print(p, func(w io.Writer) {
			fmt.Fprintf(w, "%s  %s\n", p.Rules, p.On)
			for _, x := range p.Params {
				fmt.Fprintf(w, "%-44s %-28v %-8s %s  %s %s\n", x.Key, x.Value, x.Unit, x.Grade, x.Doc.In(s.language()), x.Citation)
			}
		})
	})
}

func (s *session) language() string { return s.globals.pick("zh", "en") }
