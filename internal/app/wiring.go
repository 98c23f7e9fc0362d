package app

import (
	"context"
	"slices"

	"github.com/allclear/allclear/internal/command/incident"
	"github.com/allclear/allclear/internal/control/cases"
	"github.com/allclear/allclear/internal/control/lab"
	"github.com/allclear/allclear/internal/httpapi"
	"github.com/allclear/allclear/internal/platform/accounts"
	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/jobs"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/vault"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
	"github.com/allclear/allclear/internal/registry/places"
	"github.com/allclear/allclear/internal/situation"
)

// assemble makes the services, from the ground up.
func (a *App) assemble() (err error) {
	a.Accounts, err = accounts.New(a.Door, a.Vault, accounts.Options{NeedsMFA: a.Config.NeedsMFA, PlacePath: placePath})
	if err != nil {
		return err
	}
	a.Incidents = incident.NewService(a.rulesOf)
	a.People = people.New(a.Vault)
	if err := a.watchDisclosure(); err != nil {
		return err
	}
	a.Cases = cases.NewService(a.Vault, a.People, a.caseFrame)
	a.Exports = a.Disclosure.Exports(httpapi.PeopleSource(a.People), httpapi.CaseSource(a.Cases))
	a.Lab = lab.NewService(a.labFrame)
	a.Situation = situation.New(a.Packs)
	a.Imports = importer.New(
		importer.Config{Door: a.Door, Sealer: cellSealer{a.Vault}, Dir: a.Config.fileDirectory(), MaxFile: a.Config.MaxUpload},
		places.NewKind(grantedOver), places.NewMapKind(grantedOver), places.NewAddressKind(), people.NewKind(a.People), cases.NewCaseKind(a.Cases), cases.NewCountKind(a.Cases),
	)
	a.Jobs = jobs.NewRunner(a.DB, a.Door.Clock, a.Log, jobs.Config{})
	a.registerJobs()
	return nil
}

// grantedOver reports over which of the places somebody holds a role: undoing an import
// must not take such a place away.
func grantedOver(ctx context.Context, tx *op.Tx, ids []ref.Place) (map[ref.Place]bool, error) {
	rows, err := tx.Query(ctx, `SELECT DISTINCT place_id FROM user_grants WHERE place_id IS NOT NULL`)
	held, err := store.Collect(rows, err, func(r store.Scanner) (id ref.Place, err error) { return id, r.Scan(&id) })
	out := map[ref.Place]bool{}
	for _, id := range held {
		out[id] = slices.Contains(ids, id)
	}
	return out, err
}

// importDone tells open browsers that an import moved on and figures may have changed.
var importDone = httpapi.Event{Kinds: []string{"import", "case", "place", "count", "situation", "clearance"}}

// cellSealer seals the cells of refused rows as free text.
type cellSealer struct{ vault *vault.Vault }

func (s cellSealer) Seal(plain string) (string, error) { return s.vault.Seal(vault.FreeText, plain) }

func (s cellSealer) Open(sealed string) (string, error) { return s.vault.Open(vault.FreeText, sealed) }

// caseFrame is what cases must know of their incident.
func (a *App) caseFrame(ctx context.Context, tx *op.Tx, id ref.Incident) (cases.Frame, error) {
	i, err := a.Incidents.Load(ctx, tx, id)
	if err != nil {
		return cases.Frame{}, err
	}
	zone, err := i.Zone()
	if err != nil {
		return cases.Frame{}, err
	}
	rules, err := a.Packs.Resolve(i.Pack, i.Overlays)
	return cases.Frame{ID: i.ID, PlaceID: i.PlaceID, PlacePath: i.PlacePath, Zone: zone, StartedOn: i.StartedOn, Rules: rules}, err
}

// labFrame is what screening rounds must know of their incident.
func (a *App) labFrame(ctx context.Context, tx *op.Tx, id ref.Incident) (lab.Frame, error) {
	f, err := a.caseFrame(ctx, tx, id)
	return lab.Frame{ID: f.ID, PlaceID: f.PlaceID, PlacePath: f.PlacePath, Zone: f.Zone}, err
}
