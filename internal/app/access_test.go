package app_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/allclear/allclear/internal/app"
	"github.com/allclear/allclear/internal/app/apptest"
	"github.com/allclear/allclear/internal/control/cases"
	"github.com/allclear/allclear/internal/control/lab"
	"github.com/allclear/allclear/internal/httpapi"
	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
	"github.com/allclear/allclear/internal/registry/places"
	"github.com/allclear/allclear/internal/workflow"
)

// The canaries stand in district A only: nothing sent to somebody of district B may
// hold one of them, in whatever representation.
const (
	canaryPlace  = "金丝雀苑"
	canaryNumber = "CANARY-A-0001"
	canaryName   = "金丝雀小明"
	canaryPhone  = "00012345678"
)

// world is a city with two districts and a case in the first.
type world struct {
	a        *app.App
	server   *httptest.Server
	incident string
	city     places.Place
	district map[string]places.Place // "A" and "B"
	compound places.Place            // the canary's, in A
	caseID   string
	version  int64
	door     places.Place  // of a household, in the compound
	twin     [2]ref.Person // two records of one person, in A
	pair     string        // that they may be one
	merge    string        // of another two
	address  string        // a text of A that is not resolved
}

func newWorld(t *testing.T, a *app.App) *world {
	t.Helper()
	w := &world{a: a, district: map[string]places.Place{}}
	i := newIncident(t, a, app.NewIncident{Name: "双区市", StartedOn: "2022-03-01"})
	w.incident = string(i.ID)
	_, err := op.Do(context.Background(), a.Door, places.CreatePlace, asOperator(), func(ctx context.Context, tx *op.Tx) (int, error) {
		var err error
		if w.city, err = places.Load(ctx, tx, i.PlaceID); err != nil {
			return 0, err
		}
		for _, name := range []string{"A", "B"} {
			if w.district[name], err = places.Create(ctx, tx, places.New{Parent: w.city.ID, Level: "district", Name: name + "区"}); err != nil {
				return 0, err
			}
		}
		w.compound, err = places.Create(ctx, tx, places.New{
			Parent: w.district["A"].ID, Level: "compound", Name: canaryPlace, Code: "CANARYPLACE",
			Geometry: `{"type":"Polygon","coordinates":[[[126.5,43.8],[126.51,43.8],[126.51,43.81],[126.5,43.81],[126.5,43.8]]]}`,
		})
		return 0, err
	})
	if err != nil {
		t.Fatal(err)
	}
	w.addRecords(t)
	w.addPairs(t)
	w.addAddress(t)
	w.server = apptest.Serve(t, a)
	// The last administrator cannot be moved, so there is another one.
	if _, err := a.CreateUser(context.Background(), app.NewUser{Username: "another", Language: "en", Roles: []string{"administrator"}, Password: "correct horse battery staple"}); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) addRecords(t *testing.T) {
	t.Helper()
	incident := ref.Incident(w.incident)
	_, err := op.Do(context.Background(), w.a.Door, cases.Opening, asOperator(), func(ctx context.Context, tx *op.Tx) (int, error) {
		c, err := w.a.Cases.Open(ctx, tx, cases.New{
			IncidentID: incident, Number: canaryNumber, PlaceID: w.compound.ID, Classification: cases.Confirmed,
			Identity: cases.Identity{Name: canaryName, Phone: canaryPhone}, Facts: cases.Facts{ReportedOn: "2022-03-05", Exposure: canaryName + "的同事"},
		})
		w.caseID, w.version = string(c.ID), c.Version
		if err != nil {
			return 0, err
		}
		_, err = w.a.Cases.Record(ctx, tx, cases.Count{IncidentID: incident, PlaceID: w.district["A"].ID, On: "2022-03-06", Confirmed: 31415926})
		return 0, err
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = op.Do(context.Background(), w.a.Door, lab.Report, asOperator(), func(ctx context.Context, tx *op.Tx) (lab.Round, error) {
		return w.a.Lab.Record(ctx, tx, lab.Round{IncidentID: incident, PlaceID: w.district["A"].ID, Number: 1, OpenedOn: "2022-03-06", Due: 27182818})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// addAddress leaves a text of district A in the queue.
func (w *world) addAddress(t *testing.T) {
	t.Helper()
	_, err := op.Do(context.Background(), w.a.Door, places.DecideAddress, asOperator(), func(ctx context.Context, tx *op.Tx) (int, error) {
		m, err := places.Enqueue(ctx, tx, "test", places.Question{Text: canaryPlace + "99号楼"}, w.district["A"].ID)
		w.address = m.ID
		return 0, err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// addPairs registers the canary twice, and somebody else whose two records were merged.
func (w *world) addPairs(t *testing.T) {
	t.Helper()
	_, err := op.Do(context.Background(), w.a.Door, people.DecideDuplicate, asOperator(), func(ctx context.Context, tx *op.Tx) (int, error) {
		var err error
		if w.door, err = places.Create(ctx, tx, places.New{Parent: w.compound.ID, Level: places.Household, Name: "301"}); err != nil {
			return 0, err
		}
		d := people.Details{Identity: people.Identity{Name: canaryName, Phone: canaryPhone}, Place: w.compound.ID, BirthOn: "1990-03-07"}
		all, err := w.a.People.Add(ctx, tx, []people.Details{d, d, d, d})
		if err != nil {
			return 0, err
		}
		w.twin = [2]ref.Person{all[0].ID, all[1].ID}
		pair, err := w.a.People.ProposePair(ctx, tx, all[0].ID, all[1].ID)
		if err != nil {
			return 0, err
		}
		w.pair = string(pair.ID)
		if pair, err = w.a.People.ProposePair(ctx, tx, all[2].ID, all[3].ID); err != nil {
			return 0, err
		}
		flow := workflow.Workflow{Incidents: w.a.Incidents, Cases: w.a.Cases, People: w.a.People}
		m, err := flow.MergePeople(ctx, tx, people.Decision{Pair: pair.ID, Version: pair.Version, Keep: people.SideA})
		w.merge = string(m.ID)
		return 0, err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// expectation is what a caller should get.
type expectation int

const (
	served   expectation = iota // any answer that is not 401, 403 or 404
	hidden                      // 404, exactly like what does not exist
	filtered                    // 2xx without a canary
	refused                     // 403
	unknown                     // 401
)

// probe is how one route is called, aimed at what stands in district A.
type probe struct {
	path   string // with the records of district A filled in
	body   any
	kind   string // "record": outside its place it is hidden; "list": filtered; "self": everybody's own; "system": not bound to a place
	upload bool
}

// probes has one line for each route. A route without a line fails the test.
func (w *world) probes() map[string]probe {
	q := "?incident_id=" + w.incident
	inA := q + "&place_id=" + string(w.district["A"].ID)
	caseA := "/cases/" + w.caseID
	place := "/places/" + string(w.compound.ID)
	return map[string]probe{
		"GET /me/sessions": {kind: "self"}, "DELETE /me/sessions/{id}": {path: "/me/sessions/none", kind: "self"}, "PATCH /me": {body: map[string]any{}, kind: "self"},
		"POST /me/totp": {kind: "self"}, "POST /me/totp/confirm": {body: map[string]any{"code": "000000"}, kind: "self"},
		"POST /me/password": {body: map[string]any{"current": "x", "new": "y"}, kind: "self"}, "GET /me/tokens": {kind: "self"},
		"POST /me/tokens":           {body: map[string]any{"name": "t", "operations": []string{"places.place.view"}, "expires_on": "2099-01-01"}, kind: "self"},
		"DELETE /me/tokens/{id}":    {path: "/me/tokens/none", kind: "self"},
		"POST /people/bulk-preview": {body: map[string]any{"filter": map[string]any{"place_id": w.compound.ID}, "deed": map[string]any{"category": "staff"}}, kind: "record"},
		"POST /people/bulks":        {body: map[string]any{"filter": map[string]any{"place_id": w.compound.ID}, "deed": map[string]any{"category": "staff"}, "reason": "核对"}, kind: "record"},
		"GET /people":               {kind: "list"}, "GET /people/count": {path: "/people/count?place_id=" + string(w.compound.ID), kind: "record"},
		"POST /people/search": {body: map[string]any{"q": canaryName[:6]}, kind: "list"}, "GET /people/{id}": {path: "/people/" + string(w.twin[0]), kind: "record"},
		"POST /people/{id}/reveal":    {path: "/people/" + string(w.twin[0]) + "/reveal", body: map[string]any{"reason": "入户核实身份"}, kind: "record"},
		"POST /people":                {body: map[string]any{"place_id": w.compound.ID, "name": "x"}, kind: "record"},
		"PATCH /people/{id}":          {path: "/people/" + string(w.twin[0]), body: map[string]any{"relation": "head"}, kind: "record"},
		"GET /people/{id}/chronology": {path: "/people/" + string(w.twin[0]) + "/chronology", kind: "record"},
		"GET /people/{id}/history":    {path: "/people/" + string(w.twin[0]) + "/history", kind: "record"},
		"GET /people/doubts":          {kind: "list"}, "POST /people/doubts/{id}/settle": {path: "/people/doubts/none/settle", kind: "record"},
		"GET /households": {kind: "list"}, "GET /households/{place_id}": {path: "/households/" + string(w.door.ID), kind: "record"},
		"PATCH /households/{place_id}": {path: "/households/" + string(w.door.ID), body: map[string]any{"kind": "family"}, kind: "record"},
		"GET /people/bulks":            {kind: "self"}, "GET /people/bulks/{id}/state": {path: "/people/bulks/none/state", kind: "self"},
		"POST /people/bulks/{id}/undo": {path: "/people/bulks/none/undo", kind: "self"},
		"GET /views":                   {path: "/views?list=people", kind: "self"}, "POST /views": {body: map[string]any{"list": "people", "name": "x", "query": ""}, kind: "self"},
		"PUT /views/{id}": {path: "/views/none", body: map[string]any{"name": "x", "query": ""}, kind: "self"}, "DELETE /views/{id}": {path: "/views/none", kind: "self"},
		"PUT /view-defaults/{list}": {path: "/view-defaults/people", body: map[string]any{}, kind: "self"},
		"GET /users":                {kind: "system"}, "GET /users/{id}": {path: "/users/none", kind: "system"},
		"POST /users":            {body: map[string]any{"username": "", "display_name": "x", "language": "en"}, kind: "system"},
		"PATCH /users/{id}":      {path: "/users/none", body: map[string]any{"disabled": true}, kind: "system"},
		"POST /users/{id}/reset": {path: "/users/none/reset", kind: "system"}, "POST /users/{id}/grants": {path: "/users/none/grants", body: map[string]any{"role": "x"}, kind: "system"},
		"DELETE /users/{id}/grants/{grant_id}": {path: "/users/none/grants/none", kind: "system"}, "GET /roles": {kind: "system"},
		"GET /places": {path: "/places?q=" + canaryPlace, kind: "list"}, "GET /places/{id}": {path: "/places/" + string(w.compound.ID), kind: "record"},
		"GET /places/{id}/geometry": {path: "/places/" + string(w.compound.ID) + "/geometry", kind: "record"},
		"POST /places":              {body: map[string]any{"parent_id": w.compound.ID, "level": "building", "name": "x"}, kind: "record"},
		"PATCH /places/{id}":        {path: "/places/" + string(w.compound.ID), body: map[string]any{"population": 5}, kind: "record"},
		"GET /places/{id}/history":  {path: place + "/history", kind: "record"}, "GET /places/{id}/as-of": {path: place + "/as-of?on=2022-03-01", kind: "record"},
		"GET /places/{id}/around":       {path: place + "/around", kind: "record"},
		"POST /places/{id}/preview":     {path: place + "/preview", body: map[string]any{"kind": "retire"}, kind: "record"},
		"POST /places/{id}/rename":      {path: place + "/rename", body: map[string]any{"from_on": "2022-03-01", "reason": "", "name": "x"}, kind: "record"},
		"POST /places/{id}/move":        {path: place + "/move", body: map[string]any{"from_on": "2022-03-01", "reason": "", "parent_id": w.district["A"].ID}, kind: "record"},
		"POST /places/{id}/split":       {path: place + "/split", body: map[string]any{"from_on": "2022-03-01", "reason": "", "parts": []any{map[string]any{"name": "x"}}}, kind: "record"},
		"POST /places/{id}/merge":       {path: place + "/merge", body: map[string]any{"from_on": "2022-03-01", "reason": "", "others": []any{w.compound.ID}}, kind: "record"},
		"POST /places/{id}/retire":      {path: place + "/retire", body: map[string]any{"from_on": "2022-03-01", "reason": ""}, kind: "record"},
		"POST /places/{id}/reopen":      {path: place + "/reopen", body: map[string]any{"from_on": "2022-03-01", "reason": ""}, kind: "record"},
		"POST /place-changes/{id}/undo": {path: "/place-changes/none/undo", body: map[string]any{"reason": "核对"}, kind: "system"},
		"GET /tiles/{z}/{x}/{y}":        {path: "/tiles/14/13951/5969.mvt", kind: "list"},
		"GET /incidents":                {kind: "list"}, "GET /incidents/{id}": {path: "/incidents/" + w.incident, kind: "list"},
		"POST /incidents":             {body: map[string]any{"name": "x", "place_id": w.district["A"].ID, "pack": "cn-covid-8th", "time_zone": "Asia/Shanghai", "started_on": "2022-03-01"}, kind: "record"},
		"PATCH /incidents/{id}":       {path: "/incidents/" + w.incident, body: map[string]any{"name_en": "x"}, kind: "wide"},
		"GET /incidents/{id}/phases":  {path: "/incidents/" + w.incident + "/phases", kind: "list"},
		"POST /incidents/{id}/phases": {path: "/incidents/" + w.incident + "/phases", body: map[string]any{"place_id": w.district["A"].ID, "phase": "activation", "starts_on": "2022-03-02"}, kind: "record"},
		"GET /cases":                  {path: "/cases" + q, kind: "list"},
		"GET /cases/{id}":             {path: caseA, kind: "record"}, "GET /cases/{id}/chronology": {path: caseA + "/chronology", kind: "record"}, "GET /cases/{id}/history": {path: caseA + "/history", kind: "record"},
		"POST /cases":                      {body: map[string]any{"incident_id": w.incident, "place_id": w.compound.ID, "classification": "suspected"}, kind: "record"},
		"PATCH /cases/{id}":                {path: caseA, body: map[string]any{"severity": "mild"}, kind: "record"},
		"POST /cases/{id}/classifications": {path: caseA + "/classifications", body: map[string]any{"classification": "confirmed", "on": "2022-03-06"}, kind: "record"},
		"POST /cases/{id}/reveal":          {path: caseA + "/reveal", body: map[string]any{"reason": "流调核实身份"}, kind: "record"},
		"GET /counts":                      {path: "/counts" + q, kind: "list"},
		"PUT /counts":                      {body: map[string]any{"incident_id": w.incident, "place_id": w.district["A"].ID, "on": "2022-03-07", "confirmed": 1, "asymptomatic": 0, "reclassified": 0}, kind: "record"},
		"GET /rounds":                      {path: "/rounds" + q, kind: "list"},
		"PUT /rounds":                      {body: map[string]any{"incident_id": w.incident, "place_id": w.district["A"].ID, "number": 2, "opened_on": "2022-03-07", "due": 1, "sampled": 0, "resulted": 0, "community_positives": 0}, kind: "record"},
		"GET /situation":                   {path: "/situation" + inA, kind: "record"}, "GET /situation/series": {path: "/situation/series" + inA, kind: "record"},
		"GET /situation/places": {path: "/situation/places" + inA, kind: "record"}, "GET /situation/map": {path: "/situation/map" + inA + "&level=compound", kind: "record"},
		"GET /clearance": {path: "/clearance" + inA, kind: "record"}, "GET /clearance/timeline": {path: "/clearance/timeline" + inA, kind: "record"},
		"GET /packs": {kind: "system"}, "GET /packs/{id}": {path: "/packs/ebola", kind: "system"},
		"GET /import-kinds": {kind: "system"}, "GET /imports": {kind: "system"}, "POST /imports": {kind: "system", upload: true},
		"GET /imports/{id}": {path: "/imports/none", kind: "system"}, "PUT /imports/{id}/choice": {path: "/imports/none/choice", body: map[string]any{}, kind: "system"},
		"POST /imports/{id}/dry-run": {path: "/imports/none/dry-run", kind: "system"}, "POST /imports/{id}/run": {path: "/imports/none/run", kind: "system"},
		"POST /imports/{id}/cancel": {path: "/imports/none/cancel", kind: "system"}, "POST /imports/{id}/undo": {path: "/imports/none/undo", kind: "system"},
		"GET /imports/{id}/refusals": {path: "/imports/none/refusals", kind: "system"}, "GET /imports/{id}/rejects.csv": {path: "/imports/none/rejects.csv", kind: "system"},
		"GET /addresses": {kind: "list"}, "GET /addresses/{id}": {path: "/addresses/" + w.address, kind: "record"},
		"POST /addresses/resolve":     {body: map[string]any{"text": "x", "place_id": w.compound.ID}, kind: "record"},
		"POST /addresses/recheck":     {body: map[string]any{"place_id": w.compound.ID}, kind: "record"},
		"POST /addresses/{id}/decide": {path: "/addresses/" + w.address + "/decide", body: map[string]any{"state": "later"}, kind: "record"},
		"GET /places/{id}/doors":      {path: place + "/doors", kind: "record"}, "GET /places/{id}/aliases": {path: place + "/aliases", kind: "record"},
		"GET /people/duplicates": {path: "/people/duplicates", kind: "list"}, "GET /people/duplicates/{id}/sides": {path: "/people/duplicates/" + w.pair + "/sides", kind: "record"},
		"POST /people/duplicates":             {body: map[string]any{"a_id": w.twin[0], "b_id": w.twin[1]}, kind: "record"},
		"POST /people/duplicates/{id}/decide": {path: "/people/duplicates/" + w.pair + "/decide", body: map[string]any{"decision": "later"}, kind: "record"},
		"POST /people/duplicates/sweep":       {body: map[string]any{"place_id": w.district["A"].ID}, kind: "record"},
		"GET /people/duplicates/sweep":        {path: "/people/duplicates/sweep?place_id=" + string(w.district["A"].ID), kind: "record"},
		"GET /people/merges":                  {path: "/people/merges", kind: "list"},
		"POST /people/merges/{id}/undo":       {path: "/people/merges/" + w.merge + "/undo", body: map[string]any{"reason": "不是同一人"}, kind: "record"},
		"GET /disclosure/alerts":              {kind: "list"}, "POST /disclosure/alerts/{id}/settle": {path: "/disclosure/alerts/none/settle", body: map[string]any{"note": "核对"}, kind: "system"},
		"GET /disclosure/quota": {kind: "self"}, "POST /disclosure/extensions": {body: map[string]any{"reason": "x"}, kind: "self"},
		"GET /disclosure/watched": {kind: "system"}, "POST /disclosure/watched": {body: map[string]any{"person_id": "none", "note": ""}, kind: "system"},
		"DELETE /disclosure/watched/{id}": {path: "/disclosure/watched/none", kind: "system"},
		"GET /data-register":              {kind: "self"}, "GET /keys": {kind: "system"}, "POST /keys": {kind: "system"},
		"GET /people/{id}/disclosures": {path: "/people/" + string(w.twin[0]) + "/disclosures", kind: "record"},
		"POST /people/{id}/holds":      {path: "/people/" + string(w.twin[0]) + "/holds", body: map[string]any{"reason": "", "until_on": "2022-01-01", "reviewer": ""}, kind: "record"},
		"PUT /people/{id}/retention":   {path: "/people/" + string(w.twin[0]) + "/retention", body: map[string]any{"keep_until": "2001-01-01"}, kind: "record"},
		"GET /retention":               {kind: "list"}, "DELETE /retention/holds/{id}": {path: "/retention/holds/none", kind: "system"},
		"GET /exports": {kind: "list"}, "POST /exports/{id}/decide": {path: "/exports/none/decide", body: map[string]any{"decision": "approve"}, kind: "system"},
		"POST /exports":          {body: map[string]any{"kind": "people", "filter": map[string]any{"place_id": w.district["A"].ID}, "reason": "流调需要核实"}, kind: "record"},
		"GET /exports/{id}/file": {path: "/exports/none/file", kind: "system"},
		"GET /audit":             {kind: "list"}, "GET /audit/verify": {kind: "system"}, "GET /audit/checkpoint": {kind: "system"},
	}
}

// withoutOperation are the routes that anybody may call, or that look after themselves.
var withoutOperation = map[string]bool{
	"POST /session": true, "GET /session": true, "DELETE /session": true, "POST /session/first": true, "GET /events": true,
}

func TestEveryRouteForEveryRoleAndScope(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, a *app.App) {
		w := newWorld(t, a)
		routes := a.API(http.NewServeMux()).Routes()
		probes := w.probes()
		if len(routes) != len(probes)+len(withoutOperation) {
			t.Errorf("%d routes, but %d lines in this test", len(routes), len(probes)+len(withoutOperation))
		}
		for _, role := range append(a.Door.Access.Roles(), access.Role{Name: "nobody"}) {
			if role.Name != "nobody" && !role.CanBeGranted() {
				continue
			}
			client := w.signIn(t, role.Name)
			for _, scope := range []string{"A", "B", "city"} {
				w.move(t, role.Name, scope)
				for _, r := range routes {
					w.check(t, client, r, probes, role.Name, scope)
				}
				if role.Name == "nobody" {
					break
				}
			}
		}
	})
}

// signIn makes an account named after the role, without any grant yet, and signs it in.
func (w *world) signIn(t *testing.T, role string) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	if role == "nobody" {
		return client
	}
	n := app.NewUser{Username: role, Language: "en", Password: "correct horse battery " + role}
	if _, err := w.a.CreateUser(context.Background(), n); err != nil {
		t.Fatalf("create %s: %v", role, err)
	}
	body, _ := json.Marshal(map[string]string{"username": role, "password": n.Password})
	answer, err := client.Post(w.server.URL+"/api/v1/session", "application/json", bytes.NewReader(body))
	if err != nil || answer.StatusCode != 200 {
		t.Fatalf("sign in as %s: %v %v", role, err, answer)
	}
	_ = answer.Body.Close()
	return client
}

// move gives the account its role over another scope; the open session must feel it at once.
func (w *world) move(t *testing.T, role, scope string) {
	t.Helper()
	if role == "nobody" {
		return
	}
	place := ""
	if scope != "city" {
		place = string(w.district[scope].ID)
	}
	ctx := context.Background()
	if err := errors.Join(w.a.Revoke(ctx, role, role), w.a.Grant(ctx, role, role, place)); err != nil {
		t.Fatalf("move %s to %s: %v", role, scope, err)
	}
}

func (w *world) check(t *testing.T, client *http.Client, r httpapi.Route, probes map[string]probe, role, scope string) {
	t.Helper()
	key := r.Method + " " + strings.TrimPrefix(r.Path, "/api/v1")
	if withoutOperation[key] {
		return
	}
	p, ok := probes[key]
	if !ok {
		t.Errorf("route %s has no line in the access test", key)
		return
	}
	status, text := w.call(t, client, r, p)
	want := w.expect(r, p, role, scope)
	if got := classify(status, want); !got {
		t.Errorf("%s as %s of %s: status %d, want %v: %.200s", key, role, scope, status, want, text)
	}
	if want != served {
		for _, canary := range []string{canaryPlace, canaryNumber, canaryName, canaryPhone, "CANARYPLACE", "31415926", "27182818", w.caseID} {
			if strings.Contains(text, canary) && !strings.Contains(p.path, canary) {
				t.Errorf("%s as %s of %s sends %q: %.300s", key, role, scope, canary, text)
			}
		}
	}
	// Even for those who may see the case, who it is stays masked except in the reveal.
	if !strings.HasSuffix(r.Path, "/reveal") && (strings.Contains(text, canaryPhone) || strings.Contains(text, canaryName) && !strings.Contains(key, "/cases/{id}")) {
		t.Errorf("%s as %s of %s sends an identity unmasked", key, role, scope)
	}
}

func (w *world) expect(r httpapi.Route, p probe, role, scope string) expectation {
	if role == "nobody" {
		return unknown
	}
	path := map[string]string{"A": w.district["A"].Path, "B": w.district["B"].Path, "city": ""}[scope]
	who := access.Principal{UserID: "u", Grants: []access.Grant{{Role: role, PlacePath: path}}}
	switch {
	case w.a.Door.Access.Scope(who, r.Operation).Empty():
		return refused
	case p.kind == "record" && !w.a.Door.Access.May(who, r.Operation, w.district["A"].Path):
		return hidden
	case p.kind == "list" && scope == "B":
		return filtered
	}
	return served
}

func classify(status int, want expectation) bool {
	switch want {
	case unknown:
		return status == http.StatusUnauthorized
	case refused:
		return status == http.StatusForbidden
	case hidden:
		return status == http.StatusNotFound
	case filtered:
		return status/100 == 2
	}
	return status != http.StatusUnauthorized && status < 500
}

func (w *world) call(t *testing.T, client *http.Client, r httpapi.Route, p probe) (int, string) {
	t.Helper()
	path := p.path
	if path == "" {
		path = strings.TrimPrefix(r.Path, "/api/v1")
	}
	var body io.Reader
	contentType := "application/json"
	switch {
	case p.upload:
		body, contentType = multipartFile(t)
	case p.body != nil:
		text, err := json.Marshal(p.body)
		if err != nil {
			t.Fatal(err)
		}
		body = bytes.NewReader(text)
	}
	request, err := http.NewRequest(r.Method, w.server.URL+"/api/v1"+path, body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", contentType)
	request.Header.Set("If-Match", fmt.Sprintf(`"%d"`, w.version))
	answer, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if z, err := gzip.NewReader(bytes.NewReader(text)); err == nil { // a tile
		text, _ = io.ReadAll(z)
	}
	return answer.StatusCode, string(text)
}

func multipartFile(t *testing.T) (io.Reader, string) {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	_ = m.WriteField("kind", "places")
	part, err := m.CreateFormFile("file", "places.csv")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write([]byte("code,name,level\n1,x,city\n"))
	_ = m.Close()
	return &b, m.FormDataContentType()
}

// TestOperationsAndPoliciesNameTheSame: an operation that no policy mentions could be
// done by nobody, and a policy that names no operation is a misspelling.
// byTheProgram are operations that only the program and the operator of the machine do.
var byTheProgram = []string{"demo.city.load", "people.bulk.continue", "disclosure.quota.count", "disclosure.export.record", "people.retention.erase", "vault.key.retire"}

func TestOperationsAndPoliciesNameTheSame(t *testing.T) {
	t.Parallel()
	a := apptest.Open(t, "", slog.New(slog.DiscardHandler))
	declared := op.Names()
	granted := a.Door.Access.Granted()
	for _, name := range declared {
		// What only the operator does, and what only tests do, is in no group.
		if !slices.Contains(granted, name) && !slices.Contains(byTheProgram, name) && !strings.HasPrefix(name, "test.") {
			t.Errorf("no policy names the operation %s", name)
		}
	}
	for _, name := range granted {
		if !slices.Contains(declared, name) {
			t.Errorf("the policies name %s, which is no operation", name)
		}
	}
}
