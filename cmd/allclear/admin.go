package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/allclear/allclear/internal/app"
)

type adminCommand struct {
	CreateUser    adminCreate  `cmd:"" help:"Create an account. Without a password a one-time code is printed."`
	ListUsers     adminList    `cmd:"" help:"List accounts and their roles."`
	Grant         adminGrant   `cmd:"" help:"Grant a role over a place."`
	Revoke        adminRevoke  `cmd:"" help:"Take a role back."`
	ResetPassword adminReset   `cmd:"" help:"Print a one-time code with which the person sets a new password."`
	Disable       adminDisable `cmd:"" help:"Disable an account and end its sessions."`
	Enable        adminEnable  `cmd:"" help:"Enable an account again."`
	Roles         adminRoles   `cmd:"" help:"List roles."`
}

// secret reads a password from a file or standard input, never from the command line,
// where every process of the machine could read it.
type secret struct {
	PasswordFile string `help:"File with the password; - is standard input." placeholder:"FILE"`
}

func (p secret) read(s *session) (string, error) {
	var text []byte
	var err error
	switch {
	case p.PasswordFile == "":
		return "", nil
	case p.PasswordFile == "-" && term.IsTerminal(int(os.Stdin.Fd())):
		s.say("%s", s.globals.pick("密码：", "Password:"))
		text, err = term.ReadPassword(int(os.Stdin.Fd()))
	case p.PasswordFile == "-":
		text, err = io.ReadAll(io.LimitReader(os.Stdin, 4096))
	default:
		text, err = os.ReadFile(p.PasswordFile)
	}
	return strings.TrimRight(string(text), "\r\n"), err
}

type adminCreate struct {
	Username string   `arg:"" help:"Name to sign in with."`
	Name     string   `help:"Name that colleagues see (default: the username)."`
	Language string   `default:"zh-CN" enum:"zh-CN,en" help:"zh-CN or en."`
	Role     []string `help:"Role to grant; may be given several times." placeholder:"ROLE"`
	Place    string   `help:"Place the roles are for: code, name or id (default: everywhere)." placeholder:"PLACE"`
	secret
}

// Run creates the account.
func (c *adminCreate) Run(s *session) error {
	password, err := c.read(s)
	if err != nil {
		return usageError{err}
	}
	return s.with(func(a *app.App) error {
		u, err := a.CreateUser(s.ctx, app.NewUser{
			Username: c.Username, Name: c.Name, Language: c.Language, Roles: c.Role, Place: c.Place, Password: password,
		})
		if err != nil {
			return err
		}
		return s.print(u, func(w io.Writer) {
			fmt.Fprintln(w, u.User.ID)
			if u.Code != "" {
				fmt.Fprintf(w, "%s %s (%s %s)\n", s.globals.pick("一次性代码", "one-time code"), u.Code,
					s.globals.pick("有效期至", "valid until"), u.ExpiresAt.Time().Local().Format("2006-01-02 15:04"))
			}
		})
	})
}

type adminList struct{}

// Run lists the accounts.
func (c *adminList) Run(s *session) error {
	return s.with(func(a *app.App) error {
		users, err := a.Users(s.ctx)
		if err != nil {
			return err
		}
		return s.print(users, func(w io.Writer) {
			for _, u := range users {
				var roles []string
				for _, g := range u.Grants {
					roles = append(roles, g.Role)
				}
				state := ""
				if u.Disabled {
					state = s.globals.pick("已停用", "disabled")
				}
				fmt.Fprintf(w, "%s  %-20s %-20s %s %s\n", u.ID, u.Username, u.DisplayName, strings.Join(roles, ", "), state)
			}
		})
	})
}

type adminGrant struct {
	Username string `arg:""`
	Role     string `arg:""`
	Place    string `help:"Place: code, name or id (default: everywhere)." placeholder:"PLACE"`
}

// Run grants a role.
func (c *adminGrant) Run(s *session) error {
	return s.with(func(a *app.App) error { return a.Grant(s.ctx, c.Username, c.Role, c.Place) })
}

type adminRevoke struct {
	Username string `arg:""`
	Role     string `arg:""`
}

// Run takes a role back, wherever it is held.
func (c *adminRevoke) Run(s *session) error {
	return s.with(func(a *app.App) error { return a.Revoke(s.ctx, c.Username, c.Role) })
}

type adminReset struct {
	Username string `arg:""`
	secret
}

// Run resets the password.
func (c *adminReset) Run(s *session) error {
	password, err := c.read(s)
	if err != nil {
		return usageError{err}
	}
	return s.with(func(a *app.App) error {
		u, err := a.ResetPassword(s.ctx, c.Username, password)
		if err != nil || u.Code == "" {
			return err
		}
		return s.print(u, func(w io.Writer) { fmt.Fprintln(w, u.Code) })
	})
}

type adminDisable struct {
	Username string `arg:""`
}

// Run disables the account.
func (c *adminDisable) Run(s *session) error {
	return s.with(func(a *app.App) error { return a.SetDisabled(s.ctx, c.Username, true) })
}

type adminEnable struct {
	Username string `arg:""`
}

// Run enables the account.
func (c *adminEnable) Run(s *session) error {
	return s.with(func(a *app.App) error { return a.SetDisabled(s.ctx, c.Username, false) })
}

type adminRoles struct{}

// Run lists the roles.
func (c *adminRoles) Run(s *session) error {
	return s.with(func(a *app.App) error {
		roles := a.Door.Access.Roles()
		return s.print(roles, func(w io.Writer) {
			for _, r := range roles {
				fmt.Fprintf(w, "%-22s %s\n", r.Name, s.globals.pick(r.Description.Zh, r.Description.En))
			}
		})
	})
}
