package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/allclear/allclear/internal/app"
	"github.com/allclear/allclear/internal/app/apptest"
	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/registry/people"
)

// The one person of the matrix: each class of field has a value of its own.
var plainOf = map[string]string{
	"name": "莫遮掩", "phone": "13012345678", "id_number": "11010519491231002X", "address": "遮掩里9号", "free_text": "遮掩备注甲", "health": "遮掩透析说明",
}

// representation is one way in which a person is shown.
type representation struct {
	name, method, path string
	body               any
	operation          string
	masked             bool   // the masked name must be there
	plain              string // the operation that shows values in plain here; "" for none
}

func (w *world) shown(person people.Person) []representation {
	id, place := string(person.ID), string(person.PlaceID)
	return []representation{
		{name: "list", method: "GET", path: "/people?place_id=" + place, operation: "people.person.list", masked: true},
		{name: "search", method: "POST", path: "/people/search", body: map[string]any{"q": "莫遮"}, operation: "people.person.search", masked: true},
		{name: "search by number", method: "POST", path: "/people/search", body: map[string]any{"q": plainOf["id_number"]}, operation: "people.person.find_by_number"},
		{name: "file", method: "GET", path: "/people/" + id, operation: "people.person.view", masked: true},
		{name: "chronology", method: "GET", path: "/people/" + id + "/chronology", operation: "people.person.view"},
		{name: "history", method: "GET", path: "/people/" + id + "/history", operation: "people.person.view"},
		{name: "reveal", method: "POST", path: "/people/" + id + "/reveal", body: map[string]any{"reason": "入户核实身份"}, operation: "people.person.reveal", plain: "people.person.reveal"},
		{name: "household", method: "GET", path: "/households/" + place, operation: "people.household.view", masked: true},
		{name: "households", method: "GET", path: "/households", operation: "people.household.list"},
		{name: "who saw", method: "GET", path: "/people/" + id + "/disclosures", operation: "disclosure.person.view"},
		{name: "duplicates", method: "GET", path: "/people/duplicates", operation: "people.duplicate.list"},
		{name: "audit", method: "GET", path: "/audit", operation: "audit.entry.view"},
		{name: "tile", method: "GET", path: "/tiles/14/13951/5969.mvt", operation: "places.place.view"},
		{name: "retention", method: "GET", path: "/retention", operation: "people.retention.view"},
		{name: "masked file", method: "EXPORT", operation: "people.person.export"},
		{name: "plain file", method: "EXPORT PLAIN", operation: "people.person.export_plain", plain: "people.person.export_plain"},
	}
}

// TestEachFieldIsMaskedAsTheRegisterSays is T30: for every role and every representation,
// the plain value of each class of field is there only where the register says so.
func TestEachFieldIsMaskedAsTheRegisterSays(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, a *app.App) {
		w := newWorld(t, a)
		person := w.addCovered(t)
		for _, role := range a.Door.Access.Roles() {
			if !role.CanBeGranted() {
				continue
			}
			client := w.signIn(t, role.Name)
			w.move(t, role.Name, "A")
			who := access.Principal{UserID: "u", Grants: []access.Grant{{Role: role.Name, PlacePath: w.district["A"].Path}}}
			for _, r := range w.shown(person) {
				w.checkMasking(t, client, r, who, role.Name)
			}
		}
	})
}

func (w *world) addCovered(t *testing.T) people.Person {
	t.Helper()
	p, err := op.Do(context.Background(), w.a.Door, people.CreatePerson, asOperator(), func(ctx context.Context, tx *op.Tx) (people.Person, error) {
		return w.a.People.Create(ctx, tx, people.Details{
			Identity: people.Identity{Name: plainOf["name"], Phone: plainOf["phone"], IDNumber: plainOf["id_number"], Address: plainOf["address"]},
			Place:    w.door.ID, Contact: people.Contact{Note: plainOf["free_text"]}, Care: []people.Care{{Need: people.AllNeeds[6], Note: plainOf["health"]}},
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (w *world) checkMasking(t *testing.T, client *http.Client, r representation, who access.Principal, role string) {
	t.Helper()
	status, text := w.show(t, client, r)
	allowed := !w.a.Door.Access.Scope(who, r.operation).Empty()
	if allowed != (status/100 == 2) && !(r.name == "search by number" && status/100 == 2) {
		t.Errorf("%s as %s: status %d, allowed %v: %.200s", r.name, role, status, allowed, text)
	}
	showsPlain := status/100 == 2 && r.plain != "" && !w.a.Door.Access.Scope(who, r.plain).Empty()
	for class, value := range plainOf {
		if there := strings.Contains(text, value); there && !showsPlain {
			t.Errorf("%s as %s shows the %s in plain", r.name, role, class)
		} else if !there && showsPlain && class != "free_text" && class != "health" {
			t.Errorf("%s as %s hides the %s", r.name, role, class)
		}
	}
	if r.masked && status/100 == 2 && !strings.Contains(text, "莫*") {
		t.Errorf("%s as %s does not show the masked name: %.300s", r.name, role, text)
	}
}

// show asks for a representation; a file is asked for, and fetched when it may be.
func (w *world) show(t *testing.T, client *http.Client, r representation) (int, string) {
	t.Helper()
	plain, file := strings.CutPrefix(r.method, "EXPORT")
	if !file {
		return w.send(t, client, r.method, r.path, r.body)
	}
	status, text := w.send(t, client, "POST", "/exports", map[string]any{"kind": "people", "plain": plain != "", "reason": "核对名单用", "filter": map[string]string{"place_id": string(w.door.ID)}})
	if status/100 != 2 {
		return status, text
	}
	var e struct{ ID string }
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		t.Fatal(err)
	}
	return w.send(t, client, "GET", "/exports/"+e.ID+"/file", nil)
}

func (w *world) send(t *testing.T, client *http.Client, method, path string, body any) (int, string) {
	t.Helper()
	var b io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		b = bytes.NewReader(text)
	}
	request, err := http.NewRequest(method, w.server.URL+"/api/v1"+path, b)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// TestBulkReadingIsStoppedOrTold is T35 over the API: whichever way a script reads many
// people, it is refused or somebody is told.
func TestBulkReadingIsStoppedOrTold(t *testing.T) {
	t.Parallel()
	a := apptest.Open(t, "", slog.New(slog.DiscardHandler))
	w := newWorld(t, a)
	var ids []string
	_, err := op.Do(context.Background(), a.Door, people.CreatePerson, asOperator(), func(ctx context.Context, tx *op.Tx) (int, error) {
		var all []people.Details
		for i := range 2600 {
			all = append(all, people.Details{Identity: people.Identity{Name: fmt.Sprintf("赵%c%c", rune(0x4e00+i%100), rune(0x4e00+i/100))}, Place: w.door.ID})
		}
		made, err := a.People.Add(ctx, tx, all)
		for _, p := range made {
			ids = append(ids, string(p.ID))
		}
		return 0, err
	})
	if err != nil {
		t.Fatal(err)
	}
	read := map[string]func(client *http.Client, i int) int{
		"one by one": func(c *http.Client, i int) int { s, _ := w.send(t, c, "GET", "/people/"+ids[i], nil); return s },
		"by search": func(c *http.Client, i int) int {
			s, _ := w.send(t, c, "POST", "/people/search", map[string]any{"q": fmt.Sprintf("赵%c", rune(0x4e00+i%100)), "limit": 50})
			return s
		},
		"by filters": func(c *http.Client, i int) int {
			s, _ := w.send(t, c, "GET", fmt.Sprintf("/people?limit=500&category=%s", people.Categories[i%1]), nil)
			return s
		},
	}
	for name, one := range read {
		client := w.signIn(t, strings.ReplaceAll(name, " ", ""))
		if err := a.Grant(context.Background(), strings.ReplaceAll(name, " ", ""), "community_lead", string(w.district["A"].ID)); err != nil {
			t.Fatal(err)
		}
		stopped := -1
		for i := range 400 {
			if status := one(client, i); status == http.StatusForbidden {
				stopped = i
				break
			} else if status/100 != 2 {
				t.Fatalf("%s, request %d: %d", name, i, status)
			}
		}
		told := countRows(t, a, `SELECT count(*) FROM alerts WHERE actor_name = $1 AND state = 'open'`, strings.ReplaceAll(name, " ", ""))
		t.Logf("%s: stopped at request %d, %d alerts", name, stopped, told)
		if stopped < 0 || told == 0 {
			t.Errorf("%s: stopped at %d, %d alerts", name, stopped, told)
		}
	}
	client := w.signIn(t, "wide")
	if err := a.Grant(context.Background(), "wide", "epidemiologist", string(w.district["A"].ID)); err != nil {
		t.Fatal(err)
	}
	status, text := w.send(t, client, "POST", "/exports", map[string]any{"kind": "people", "reason": "核对名单用"})
	if status/100 != 2 || !strings.Contains(text, `"waiting"`) {
		t.Errorf("a wide export: %d %.200s", status, text)
	}
	for _, bad := range []map[string]any{
		{"kind": "people", "reason": "核对名单用", "state": "approved"}, {"kind": "people", "reason": "核对名单用", "persons": 1}, {"kind": "people", "reason": "核对名单用", "requested_by": "x"},
		{"kind": "people", "reason": "核对名单用", "filter": map[string]any{"limit_to_my_friends": "yes"}},
	} { // T31
		if status, text := w.send(t, client, "POST", "/exports", bad); status/100 != 4 {
			t.Errorf("%v: %d %.200s", bad, status, text)
		}
	}
}
