package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/allclear/allclear/internal/app"
)

type auditCommand struct {
	Verify     auditVerify     `cmd:"" help:"Re-derive the whole trail and compare it with the checkpoints kept outside the database."`
	Checkpoint auditCheckpoint `cmd:"" help:"Sign the trail as it stands and print the note, to be kept elsewhere."`
	Trace      auditTrace      `cmd:"" name:"trace-export" help:"Tell which export a leaked file comes from."`
}

type auditVerify struct{}

// Run verifies the trail; a trail that does not hold is a failure.
func (c *auditVerify) Run(s *session) error {
	return s.with(func(a *app.App) error {
		r, err := a.Witness.Verify(s.ctx, a.DB)
		if err != nil {
			return err
		}
		err = s.print(r, func(w io.Writer) {
			fmt.Fprintf(w, "%s %d\n", s.globals.pick("记录条数", "entries"), r.Entries)
			if r.Checkpoint != nil {
				fmt.Fprintf(w, "%s %d  %s\n", s.globals.pick("最近检查点", "newest checkpoint"), r.Checkpoint.Size, r.Checkpoint.SignedAt.Time().Format("2006-01-02 15:04:05Z"))
			}
			if r.OK {
				fmt.Fprintln(w, s.globals.pick("完整，未发现改动", "intact"))
			}
		})
		if err == nil && !r.OK {
			err = errors.New(s.globals.pick("审计记录已被改动：", "the trail was changed: ") + r.Problem)
		}
		return err
	})
}

type auditCheckpoint struct{}

// Run signs and prints a checkpoint.
func (c *auditCheckpoint) Run(s *session) error {
	return s.with(func(a *app.App) error {
		p, err := a.Witness.Sign(s.ctx, a.DB)
		if err != nil {
			return err
		}
		return s.print(p, func(w io.Writer) { fmt.Fprint(w, p.Note) })
	})
}
