package main

import (
	"fmt"
	"io"

	"github.com/allclear/allclear/internal/app"
)

type importCommand struct {
	Kind       string            `arg:"" enum:"places,map,addresses,people,cases,counts" help:"places, map, addresses, people, cases or counts."`
	Files      []string          `arg:"" type:"existingfile" help:"CSV, XLSX, JSON, ndjson, GeoJSON, or for map .osm and .osm.pbf."`
	Incident   string            `help:"Incident, for cases and counts: id or name (default: the only active one)." placeholder:"ID"`
	Under      string            `help:"Place the file is about: code, name or id. New places hang below it." placeholder:"PLACE"`
	Mapping    string            `help:"JSON file {\"columns\":{COLUMN:FIELD}}." placeholder:"FILE"`
	DateFormat string            `help:"Order of day and month where the file does not prove it: dmy, mdy or ymd." placeholder:"ORDER"`
	Sheet      string            `help:"Sheet of a workbook (default: all with data)." placeholder:"NAME"`
	Encoding   string            `help:"Encoding of a text file, if the guess is wrong." placeholder:"NAME"`
	KeepExtra  bool              `help:"Keep columns without a field as extra fields."`
	ConfirmCut bool              `help:"Import a file that ends exactly at a format's row limit."`
	Answer     map[string]string `help:"Choice about this kind of file, as in source=briefing or admin_levels=6=district." placeholder:"NAME=VALUE"`
	Blocks     bool              `help:"Of a map: make an estate of each street block for buildings outside estates."`
	DryRun     bool              `help:"Only say what would happen."`
	Rejects    string            `help:"Write refused rows to this file, to be mended and imported again." placeholder:"FILE"`
}

// Run imports the files one after another.
func (c *importCommand) Run(s *session) error {
	return s.with(func(a *app.App) error {
		r, err := a.Import(s.ctx, app.ImportRequest{
			Kind: c.Kind, Files: c.Files, Incident: c.Incident, Under: c.Under, Mapping: c.Mapping, DateFormat: c.DateFormat, Sheet: c.Sheet,
			Encoding: c.Encoding, KeepExtra: c.KeepExtra, ConfirmCut: c.ConfirmCut, DryRun: c.DryRun, Answers: c.Answer, Blocks: c.Blocks, Rejects: c.Rejects, Chinese: s.globals.chinese(),
			Say: func(line string) { s.say("%s", line) },
		})
		if err != nil {
			return err
		}
		if err := s.print(r, func(w io.Writer) {
			fmt.Fprintf(w, s.globals.pick("%d 行 = 新增 %d + 更新 %d + 无变化 %d + 拒收 %d\n", "%d rows = %d inserted + %d updated + %d unchanged + %d refused\n"),
				r.Rows, r.Inserted, r.Updated, r.Unchanged, r.Refused)
		}); err != nil {
			return err
		}
		if r.Refused > 0 {
			return errRefused
		}
		return nil
	})
}

type exportCommand struct {
	Kind string `arg:"" enum:"cases" help:"cases."`
	where
	Out string `help:"File to write (default: standard output)." placeholder:"FILE"`
}

// Run writes the line list.
func (c *exportCommand) Run(s *session) error {
	return s.with(func(a *app.App) error { return a.ExportCases(s.ctx, app.Where(c.where), c.Out) })
}
