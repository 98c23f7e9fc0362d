package main

import (
	"fmt"
	"io"

	"github.com/allclear/allclear/internal/app"
)

type backupCommand struct {
	Create  backupCreate  `cmd:"" help:"Write a backup while the server runs. The keys are not in it: keep a copy of DATA/keys apart."`
	Verify  backupVerify  `cmd:"" help:"Check that a backup is whole."`
	Restore backupRestore `cmd:"" help:"Restore a backup into an empty database, SQLite or PostgreSQL."`
}

type backupCreate struct {
	File string `arg:"" help:"File to write, ending in .tar.gz. It must not exist."`
}

// Run writes the backup.
func (c *backupCreate) Run(s *session) error {
	return s.with(func(a *app.App) error {
		m, err := a.Backup(s.ctx, c.File)
		if err != nil {
			return err
		}
		return s.print(m, func(w io.Writer) {
			fmt.Fprintf(w, s.globals.pick("%s：%d 张表，%d 行\n", "%s: %d tables, %d rows\n"), c.File, len(m.Tables), m.Rows())
			s.say("%s", s.globals.pick("密钥不在备份内：请另行保存 keys 目录。", "The keys are not in it: keep a copy of the keys directory apart."))
		})
	})
}

type backupVerify struct {
	File string `arg:"" type:"existingfile" help:"Backup to check."`
}

// Run checks every table of the backup against its manifest.
func (c *backupVerify) Run(s *session) error {
	m, err := app.VerifyBackup(s.ctx, c.File)
	if err != nil {
		return err
	}
	return s.print(m, func(w io.Writer) {
		fmt.Fprintf(w, s.globals.pick("完整：%s，%d 行\n", "whole: made %s, %d rows\n"), m.CreatedAt.Time().Format("2006-01-02 15:04:05Z"), m.Rows())
	})
}

type backupRestore struct {
	File string `arg:"" type:"existingfile" help:"Backup to restore."`
}

// Run restores into the database that --data or --database-url names, which must be empty.
func (c *backupRestore) Run(s *session) error {
	config, err := s.config("data")
	if err != nil {
		return err
	}
	m, err := app.RestoreBackup(s.ctx, config, c.File)
	if err != nil {
		return err
	}
	return s.print(m, func(w io.Writer) {
		fmt.Fprintf(w, s.globals.pick("已恢复 %d 行\n", "restored %d rows\n"), m.Rows())
	})
}
