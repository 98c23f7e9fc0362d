package app

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"os/user"

	"github.com/allclear/allclear/internal/command/incident"
	"github.com/allclear/allclear/internal/control/cases"
	"github.com/allclear/allclear/internal/control/lab"
	"github.com/allclear/allclear/internal/httpapi"
	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/accounts"
	"github.com/allclear/allclear/internal/platform/audit"
	"github.com/allclear/allclear/internal/platform/clock"
	"github.com/allclear/allclear/internal/platform/disclosure"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/jobs"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/vault"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
	"github.com/allclear/allclear/internal/science/protocol"
	"github.com/allclear/allclear/internal/situation"
	"github.com/allclear/allclear/internal/workflow"
	"github.com/allclear/allclear/policies"
	"github.com/allclear/allclear/protocols"
)

// App is the program, put together on one database.
type App struct {
	Config    Config
	Log       *slog.Logger
	DB        *store.DB
	Door      *op.Door
	Vault     *vault.Vault
	Witness   *audit.Witness
	Packs     *protocol.Library
	Accounts  *accounts.Service
	Incidents *incident.Service
	Cases     *cases.Service
	Lab       *lab.Service
	People    *people.Service
	Situation *situation.Service
	Imports   *importer.Engine
	// Disclosure watches over what leaves the register, Exports are the files of it.
	Disclosure *disclosure.Service
	Exports    *disclosure.Exports
	Jobs       *jobs.Runner
	Live       *httpapi.Hub
	demo       bool
}

// Open opens the database, checks that its schema is this program's, and puts the
// services together. With migrate the schema is brought up to date first; a database
// that is new is always made.
func Open(ctx context.Context, c Config, log *slog.Logger, migrate bool) (*App, error) {
	a := &App{Config: c, Log: log, Live: httpapi.NewHub()}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, fault.Unavailablef("app.no_data_directory", "the data directory %s cannot be made", c.Data).Because(err)
	}
	var err error
	if a.DB, err = store.Open(ctx, c.databaseURL()); err != nil {
		return nil, err
	}
	if err := a.open(ctx, migrate); err != nil {
		_ = a.DB.Close()
		return nil, err
	}
	return a, nil
}

func (a *App) open(ctx context.Context, migrate bool) error {
	if err := a.prepareSchema(ctx, migrate); err != nil {
		return err
	}
	engine, err := access.Load(policies.FS, extraFS(a.Config.policyDirectory())...)
	if err != nil {
		return err
	}
	a.Door = &op.Door{DB: a.DB, Access: engine, Clock: clock.System(), Log: a.Log}
	if a.Vault, err = vault.Open(ctx, a.DB, a.Config.keyFile(), a.Door.Clock); err != nil {
		return err
	}
	if a.Witness, err = audit.OpenWitness(a.Config.auditDirectory(), a.Door.Clock); err != nil {
		return err
	}
	if a.Packs, err = protocol.Load(protocols.FS, extraFS(a.Config.packDirectory())...); err != nil {
		return fault.Invalidf("protocol.bad_pack", "%v", err)
	}
	if a.demo, err = a.isDemo(ctx); err != nil {
		return err
	}
	return a.assemble()
}

// prepareSchema makes the schema of a new database, and brings an older one up to date
// when asked to.
func (a *App) prepareSchema(ctx context.Context, migrate bool) error {
	known, err := a.DB.Migrations(ctx)
	if err != nil {
		return err
	}
	fresh := true
	for _, m := range known {
		fresh = fresh && !m.Applied
	}
	if migrate || fresh {
		_, err := a.DB.Migrate(ctx)
		return err
	}
	return a.DB.CheckSchema(ctx)
}

// extraFS returns the operator's own directory of packs or policies, if there is one.
func extraFS(dir string) []fs.FS {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil
	}
	return []fs.FS{os.DirFS(dir)}
}

// Close ends everything that Open began.
func (a *App) Close() error { return a.DB.Close() }

// operator is the call of whoever runs the command line.
func (a *App) operator(reason string) op.Call {
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return op.Call{Principal: access.Operator(name), RequestID: "command-line", Reason: reason}
}

// API builds the interface on mux.
func (a *App) API(mux *http.ServeMux) *httpapi.API {
	return httpapi.New(mux, httpapi.Deps{
		Door: a.Door, Log: a.Log, Accounts: a.Accounts, Witness: a.Witness, Packs: a.Packs, Incidents: a.Incidents, Cases: a.Cases, People: a.People,
		Workflow: &workflow.Workflow{Incidents: a.Incidents, Cases: a.Cases, People: a.People}, Lab: a.Lab, Situation: a.Situation, Imports: a.Imports, Disclosure: a.Disclosure, Exports: a.Exports, Live: a.Live, Demo: a.demo, Version: Version, MaxUpload: a.Config.MaxUpload,
		StartImport: a.StartImport, StartBulk: a.StartBulk, UndoBulk: a.UndoBulk,
	})
}

// do runs f as an operation of the local operator.
func do[T any](ctx context.Context, a *App, def *op.Def, f func(context.Context, *op.Tx) (T, error)) (T, error) {
	return op.Do(ctx, a.Door, def, a.operator("command line"), f)
}

// placePath returns the path of a place, for services that know nothing of places.
func placePath(ctx context.Context, tx *store.Tx, id ref.Place) (string, error) {
	var path string
	err := tx.QueryRow(ctx, `SELECT path FROM places WHERE id = $1`, id).Scan(&path)
	if fault.KindOf(err) == fault.NotFound {
		err = fault.NotFoundf("places.not_found", "there is no such place")
	}
	return path, err
}

// rulesOf resolves a pack with its overlays.
func (a *App) rulesOf(pack string, overlays []string) (string, error) {
	rules, err := a.Packs.Resolve(pack, overlays)
	var problems protocol.Problems
	if errors.As(err, &problems) {
		return "", fault.Invalidf("incident.unknown_rules", "%s", problems.Text("en"))
	}
	if err != nil {
		return "", err
	}
	return rules.ID(), nil
}
