package cases

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/vault"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
	"github.com/allclear/allclear/internal/registry/places"
	"github.com/allclear/allclear/internal/science/protocol"
	"github.com/allclear/allclear/protocols"
)

var ctx = context.Background()

// town is a city with two districts, in the registry of a fresh database, and an
// incident under the rules of spring 2022.
type town struct {
	*Service
	t        testing.TB
	db       *store.DB
	door     *op.Door
	vault    *vault.Vault
	incident ref.Incident
	places   map[string]places.Place
}

func newTown(t testing.TB, db *store.DB) *town {
	t.Helper()
	s := &town{t: t, db: db, door: optest.Door(t, db), incident: ref.Incident(ids.New()), places: map[string]places.Place{}}
	var err error
	if s.vault, err = vault.Open(ctx, db, filepath.Join(t.TempDir(), "keys.json"), s.door.Clock); err != nil {
		t.Fatal(err)
	}
	s.Service = NewService(s.vault, people.New(s.vault), s.frame)
	s.settle([]places.New{
		{ID: "city", Level: places.City, Code: "2299", Name: "松川市", NameEn: "Songchuan"},
		{ID: "north", Parent: "city", Level: places.District, Code: "229901", Name: "江北区"},
		{ID: "south", Parent: "city", Level: places.District, Code: "229902", Name: "江南区"},
		{ID: "street", Parent: "north", Level: places.Street, Code: "229901001", Name: "建设街道"},
		{ID: "community", Parent: "street", Level: places.Community, Code: "229901001001", Name: "和平社区"},
		{ID: "peace", Parent: "south", Level: places.Community, Code: "229902001001", Name: "和平社区"},
	})
	s.begin(s.incident, "city", "cn-covid-8th", "2022-03-02")
	return s
}

// settle adds places; their codes are in s.places, too, by id.
func (s *town) settle(all []places.New) {
	s.t.Helper()
	optest.Run(s.t, s.door, func(ctx context.Context, tx *op.Tx) error {
		added, err := places.Add(ctx, tx, all)
		for i, p := range added {
			s.places[string(all[i].ID)] = p
		}
		return err
	})
}

func (s *town) begin(id ref.Incident, place, pack string, on store.Day) {
	s.t.Helper()
	optest.Run(s.t, s.door, func(ctx context.Context, tx *op.Tx) error {
		const q = `INSERT INTO incidents (id, name, name_en, place_id, place_path, pack, overlays, rules, time_zone, started_on, status, version, created_at)
			VALUES ($1, 'x', 'x', $2, $3, $4, '[]', '', 'Asia/Shanghai', $5, 'active', 1, 1)`
		_, err := tx.Technical().Exec(ctx, q, id, place, s.places[place].Path, pack, on)
		return err
	})
}

// library is read once for all tests.
var library = func() *protocol.Library {
	l, err := protocol.Load(protocols.FS)
	if err != nil {
		panic(err)
	}
	return l
}()

func (s *town) frame(ctx context.Context, tx *op.Tx, id ref.Incident) (Frame, error) {
	var f Frame
	var pack string
	const q = `SELECT id, place_id, place_path, pack, started_on FROM incidents WHERE id = $1`
	if err := tx.QueryRow(ctx, q, id).Scan(&f.ID, &f.PlaceID, &f.PlacePath, &pack, &f.StartedOn); err != nil {
		return f, err
	}
	var err error
	if f.Rules, err = library.Resolve(pack, nil); err != nil {
		return f, err
	}
	f.Zone, err = time.LoadLocation("Asia/Shanghai")
	return f, err
}

// call runs f as an operation by a caller and fails the test on an error.
func call[T any](s *town, def *op.Def, by op.Call, f func(context.Context, *op.Tx) (T, error)) T {
	s.t.Helper()
	out, err := op.Do(ctx, s.door, def, by, f)
	if err != nil {
		s.t.Fatalf("%s: %v", def.Name(), err)
	}
	return out
}

// epidemiologist is a caller with that role over a place.
func (s *town) epidemiologist(place string) op.Call {
	return optest.As("epi-"+place, access.Grant{Role: "epidemiologist", PlaceID: place, PlacePath: s.places[place].Path})
}

func (s *town) open(n New) Case {
	s.t.Helper()
	if n.IncidentID == "" {
		n.IncidentID = s.incident
	}
	return call(s, Opening, optest.Operator(), func(ctx context.Context, tx *op.Tx) (Case, error) { return s.Open(ctx, tx, n) })
}

func (s *town) list(by op.Call, f Filter) Page {
	s.t.Helper()
	if f.IncidentID == "" {
		f.IncidentID = s.incident
	}
	return call(s, Listing, by, func(ctx context.Context, tx *op.Tx) (Page, error) { return s.List(ctx, tx, f) })
}

func (s *town) look(id ref.Case) Item {
	s.t.Helper()
	return call(s, View, optest.Operator(), func(ctx context.Context, tx *op.Tx) (Item, error) { return s.Load(ctx, tx, id) })
}

func numbers(p Page) string {
	var out []string
	for _, i := range p.Items {
		out = append(out, i.Number)
	}
	return fmt.Sprint(out)
}
