package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"

	"github.com/allclear/allclear/internal/app"
)

// Globals are the flags of every command. A flag beats the environment, which beats the
// file allclear.yaml.
type Globals struct {
	Data            string `help:"Directory of the database, keys, checkpoints and files (default: data; for demo: data/demo)." placeholder:"DIR" env:"ALLCLEAR_DATA"`
	DatabaseURL     string `help:"PostgreSQL to use instead of SQLite in the data directory." placeholder:"postgres://…" env:"ALLCLEAR_DATABASE_URL"`
	DatabaseURLFile string `help:"File that holds the database URL, so that its password is in no process list." placeholder:"FILE" env:"ALLCLEAR_DATABASE_URL_FILE"`
	JSON            bool   `help:"Write the result as JSON on standard output."`
	Lang            string `help:"Language of messages: zh or en." placeholder:"LANG" env:"ALLCLEAR_LANG"`
	LogLevel        string `help:"debug, info, warn or error." default:"warn" enum:"debug,info,warn,error" env:"ALLCLEAR_LOG_LEVEL"`
}

// commands is the whole command line.
type commands struct {
	Globals

	Serve      serveCommand      `cmd:"" help:"Run the server."`
	Demo       demoCommand       `cmd:"" help:"Run the server with a fictional demo city."`
	Migrate    migrateCommand    `cmd:"" help:"Bring the database schema up to this program's version."`
	Incident   incidentCommand   `cmd:"" help:"Create, list and phase incidents."`
	Import     importCommand     `cmd:"" help:"Import places, people, cases or daily counts from files."`
	City       cityCommand       `cmd:"" help:"A new city from open data; how complete the register is; one address."`
	Export     exportCommand     `cmd:"" help:"Export cases as CSV."`
	Situation  situationCommand  `cmd:"" help:"Figures of a place on a day."`
	Clearance  clearanceCommand  `cmd:"" help:"Is the community clear? The criteria with their evidence."`
	Epidemic   epidemicCommand   `cmd:"" help:"Let an outbreak spread through the simulated city."`
	Pack       packCommand       `cmd:"" help:"Protocol packs: list, check, show."`
	Vault      vaultCommand      `cmd:"" help:"Data keys and master keys."`
	Audit      auditCommand      `cmd:"" help:"Verify the audit trail; sign a checkpoint."`
	Backup     backupCommand     `cmd:"" help:"Create, verify and restore backups."`
	Admin      adminCommand      `cmd:"" help:"Accounts and roles."`
	Doctor     doctorCommand     `cmd:"" help:"Check this installation and say how to mend what is wrong."`
	OpenAPI    openapiCommand    `cmd:"" name:"openapi" help:"Print the description of the HTTP API."`
	Version    versionCommand    `cmd:"" help:"Print the version."`
	Completion completionCommand `cmd:"" help:"Print a completion script for bash, zsh or fish."`
}

// session is what a command works with.
type session struct {
	ctx     context.Context
	globals Globals
	parser  *kong.Kong
}

// usageError is a mistake in the command line that only shows when it is carried out.
type usageError struct{ error }

// errRefused says that the work was done and some rows were refused.
var errRefused = errors.New("some rows were refused")

// config returns the configuration in force, with the given default data directory.
func (s *session) config(defaultData string) (app.Config, error) {
	c := app.Config{Data: s.globals.Data, DatabaseURL: s.globals.DatabaseURL, LogLevel: s.globals.LogLevel}
	if c.Data == "" {
		c.Data = defaultData
	}
	if s.globals.DatabaseURLFile != "" {
		text, err := os.ReadFile(s.globals.DatabaseURLFile)
		if err != nil {
			return c, usageError{fmt.Errorf("read the file of the database URL: %w", err)}
		}
		c.DatabaseURL = strings.TrimSpace(string(text))
	}
	return c, nil
}

func (s *session) log() *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(s.globals.LogLevel)) // the flag allows only valid names
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}

// open opens the application for a command.
func (s *session) open() (*app.App, error) {
	c, err := s.config("data")
	if err != nil {
		return nil, err
	}
	return app.Open(s.ctx, c, s.log(), false)
}

// with opens the application, runs f and closes it.
func (s *session) with(f func(*app.App) error) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	return errors.Join(f(a), a.Close())
}

// print writes the result: as JSON, or in the words of text.
func (s *session) print(result any, text func(io.Writer)) error {
	if !s.globals.JSON {
		text(os.Stdout)
		return nil
	}
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	return out.Encode(result)
}

// say writes a message to the person, apart from the data.
func (s *session) say(format string, a ...any) { fmt.Fprintf(os.Stderr, format+"\n", a...) }

// chinese reports whether messages are in Chinese.
func (g Globals) chinese() bool {
	lang := g.Lang
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if lang == "" {
			lang = os.Getenv(name)
		}
	}
	return strings.HasPrefix(strings.ToLower(lang), "zh")
}

func (g Globals) pick(zh, en string) string {
	if g.chinese() {
		return zh
	}
	return en
}

// exitCode reports an error to the person and turns it into the exit code.
func exitCode(g Globals, err error) int {
	var usage usageError
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errRefused):
		return exitRefused
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(os.Stderr, g.pick("已中断。", "Interrupted."))
		return exitFailed
	}
	fmt.Fprintln(os.Stderr, "allclear:", app.Explain(err, g.chinese()))
	if errors.As(err, &usage) {
		return exitUsage
	}
	return exitFailed
}

// yamlFile reads flags from a YAML file: a flag --log-level is log_level there.
func yamlFile(r io.Reader) (kong.Resolver, error) {
	values := map[string]any{}
	if err := yaml.NewDecoder(r).Decode(&values); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read the configuration file: %w", err)
	}
	return fileResolver(values), nil
}

// fileResolver gives flags their values from a file, unless the environment does.
type fileResolver map[string]any

// Resolve returns the file's value for a flag.
func (f fileResolver) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range flag.Envs {
		if os.Getenv(name) != "" {
			return nil, nil
		}
	}
	return f[keyOf(flag)], nil
}

// Validate refuses a key that is no flag: a misspelt setting must not be passed over.
func (f fileResolver) Validate(application *kong.Application) error {
	known := map[string]bool{}
	err := kong.Visit(application, func(node kong.Visitable, next kong.Next) error {
		if flag, ok := node.(*kong.Flag); ok {
			known[keyOf(flag)] = true
		}
		return next(nil)
	})
	for key := range f {
		if !known[key] {
			return errors.Join(err, fmt.Errorf("the configuration file sets %s, which is no setting", key))
		}
	}
	return err
}

func keyOf(flag *kong.Flag) string { return strings.ReplaceAll(flag.Name, "-", "_") }
