package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/allclear/allclear/internal/app"
)

type vaultCommand struct {
	Status       vaultStatus       `cmd:"" help:"Show the data keys and how far a change of them is."`
	Rotate       vaultRotate       `cmd:"" help:"Change the data key while the server runs, and seal all values again."`
	RotateMaster vaultRotateMaster `cmd:"" help:"Change the master key in the key file."`
}

type vaultStatus struct{}

// Run shows the keys.
func (c *vaultStatus) Run(s *session) error {
	return s.with(func(a *app.App) error {
		keys, err := a.KeysNow(s.ctx)
		if err != nil {
			return err
		}
		return s.print(keys, func(w io.Writer) {
			for _, k := range keys.Keys {
				state := ""
				if k.Current {
					state = s.globals.pick("使用中", "in use")
				}
				fmt.Fprintf(w, "%-5s %s %s  %s\n", k.ID, s.globals.pick("主密钥", "master key"), k.Master, state)
			}
			for _, r := range keys.Rotations {
				fmt.Fprintf(w, "→ %-4s %s\n", r.Key, s.progress(r))
			}
		})
	})
}

// progress says in words how far a change of the data key is.
func (s *session) progress(r app.Rotation) string {
	switch r.State {
	case "done":
		return fmt.Sprintf(s.globals.pick("完成：重新加密 %d 个值", "done: %d values sealed again"), r.Resealed)
	case "retiring":
		left := ""
		if r.Left > 0 {
			left = fmt.Sprintf(s.globals.pick("；%d 个值无法打开，旧密钥保留", "; %d values cannot be opened, the older keys stay"), r.Left)
		}
		return fmt.Sprintf(s.globals.pick("已重新加密 %d 个值，等待最后核对后删除旧密钥%s", "%d values sealed again; a last look, then the older keys go%s"), r.Resealed, left)
	}
	return fmt.Sprintf(s.globals.pick("第 %d 遍，表 %s，已看 %d 行，重新加密 %d 个值", "pass %d, table %s, %d rows looked at, %d values sealed again"), r.Pass, r.Table, r.Looked, r.Resealed)
}

type vaultRotate struct {
	Background bool `help:"Only announce the key; the running server does the rest."`
	Resume     bool `help:"Carry an open change on instead of beginning one."`
}

// Run changes the data key. The older keys go an hour after the last value was sealed
// again: the server sees to that, or this command with --resume.
func (c *vaultRotate) Run(s *session) error {
	return s.with(func(a *app.App) error {
		if !c.Resume {
			r, err := a.RotateKey(s.ctx)
			if err != nil {
				return err
			}
			s.say("%s %s", s.globals.pick("新密钥", "new data key"), r.Key)
			if c.Background {
				return s.print(r, func(io.Writer) {})
			}
		}
		last := time.Now()
		r, err := a.CarryKeysOn(s.ctx, func(r app.Rotation) {
			if time.Since(last) > 2*time.Second {
				last = time.Now()
				s.say("%s", s.progress(r))
			}
		})
		if err != nil {
			return err
		}
		if r.ID == "" {
			return errors.New(s.globals.pick("没有进行中的密钥更换", "no change of the data key is open"))
		}
		return s.print(r, func(w io.Writer) { fmt.Fprintln(w, s.progress(r)) })
	})
}

type vaultRotateMaster struct {
	OnlyAdd    bool `help:"Only add a key to the file, to be copied to all machines." xor:"step"`
	OnlyRewrap bool `help:"Only seal the data keys by the newest key of the file." xor:"step"`
	DropOld    bool `help:"Take keys out of the file that seal nothing any more." xor:"step"`
}

// Run changes the master key.
func (c *vaultRotateMaster) Run(s *session) error {
	return s.with(func(a *app.App) error {
		if c.DropOld {
			dropped, err := a.Vault.DropMasters(s.ctx)
			if err != nil {
				return err
			}
			s.say("%s", s.globals.pick("旧备份仍需要这些主密钥：请保留密钥文件的旧副本。", "Backups made before need these keys: keep a copy of the file as it was."))
			return s.print(dropped, func(w io.Writer) {
				for _, id := range dropped {
					fmt.Fprintln(w, id)
				}
			})
		}
		if !c.OnlyRewrap {
			id, err := a.Vault.AddMaster()
			if err != nil {
				return err
			}
			s.say("%s %s", s.globals.pick("新主密钥", "new master key"), id)
			if c.OnlyAdd {
				return nil
			}
		}
		n, err := a.Vault.Rewrap(s.ctx)
		if err != nil {
			return err
		}
		return s.print(n, func(w io.Writer) { fmt.Fprintln(w, n) })
	})
}

type auditTrace struct {
	File string `arg:"" help:"The file that leaked: CSV or XLSX."`
}

// Run tells which export a leaked file comes from.
func (c *auditTrace) Run(s *session) error {
	if _, err := os.Stat(c.File); err != nil {
		return usageError{err}
	}
	return s.with(func(a *app.App) error {
		found, err := a.TraceExport(s.ctx, c.File)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			s.say("%s", s.globals.pick("没有与之相符的导出。", "No export agrees with the file."))
		}
		return s.print(found, func(w io.Writer) {
			for _, t := range found {
				visible := ""
				if t.Visible {
					visible = s.globals.pick("可见编号", "visible reference")
				}
				fmt.Fprintf(w, "%s  %s  %s  %d/%d  10^%.0f  %s\n", t.Export, t.Ref, t.At.Time().Format("2006-01-02 15:04Z"), t.Agree, t.Of, t.Chance, visible)
			}
		})
	})
}
