package views

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
)

var ctx = context.Background()

func TestWhatAViewMayHold(t *testing.T) {
	t.Parallel()
	good := New{List: "people", Name: "高龄独居", Query: "?care=lives_alone_elderly&age_from=80"}
	with := func(f func(*New)) New { n := good; f(&n); return n }
	tests := []struct {
		name string
		new  New
		want string // the first wrong field and its code
	}{
		{"good", good, ""},
		{"no name", with(func(n *New) { n.Name = "  " }), "name required"},
		{"long name", with(func(n *New) { n.Name = strings.Repeat("长", maxName+1) }), "name too_long"},
		{"NUL", with(func(n *New) { n.Name = "a\x00" }), "name bad_text"},
		{"list of another form", with(func(n *New) { n.List = "People?" }), "list unknown"},
		{"somebody's name in it", with(func(n *New) { n.Query = "sex=male&q=张三" }), "query holds_search"},
		{"broken address", with(func(n *New) { n.Query = "a=%zz" }), "query bad_text"},
		{"long address", with(func(n *New) { n.Query = "a=" + strings.Repeat("b", maxQuery) }), "query too_long"},
		{"layout is no JSON", with(func(n *New) { n.Layout = "{" }), "layout bad_text"},
	}
	for _, tt := range tests {
		got := ""
		n, err := tt.new.tidied()
		var f *fault.Error
		if errors.As(err, &f) {
			got = f.Fields[0].Name + " " + f.Fields[0].Code
		}
		if got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
		if tt.want == "" && n.Query != "age_from=80&care=lives_alone_elderly" {
			t.Errorf("the query %q is not in canonical order", n.Query)
		}
	}
}

func as(name, role, path string) op.Call {
	return optest.As(name, access.Grant{Role: role, PlacePath: path})
}

func save(t *testing.T, d *op.Door, call op.Call, n New, path string) (View, error) {
	t.Helper()
	return op.Do(ctx, d, Save, call, func(ctx context.Context, tx *op.Tx) (View, error) { return Create(ctx, tx, n, path) })
}

func names(t *testing.T, d *op.Door, call op.Call) string {
	t.Helper()
	all, err := op.Do(ctx, d, Look, call, func(ctx context.Context, tx *op.Tx) ([]View, error) { return List(ctx, tx, "people") })
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, v := range all {
		name := v.Name
		if v.Default {
			name += "*"
		}
		out = append(out, name)
	}
	return strings.Join(out, " ")
}

func TestWhoSeesAView(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := optest.Door(t, db)
		lead, colleague := as("lead", "district_lead", "1.1."), as("colleague", "community_lead", "1.1.7.")
		above, elsewhere := as("above", "duty_officer", ""), as("elsewhere", "district_lead", "1.2.")
		for _, n := range []New{{List: "people", Name: "mine"}, {List: "people", Name: "ours", Shared: true}} {
			if _, err := save(t, d, lead, n, "1.1."); err != nil {
				t.Fatal(err)
			}
		}
		for _, x := range []struct {
			call op.Call
			want string
		}{{lead, "mine ours"}, {colleague, "ours"}, {above, "ours"}, {elsewhere, ""}} {
			if got := names(t, d, x.call); got != x.want {
				t.Errorf("%s sees %q, want %q", x.call.Principal.Name, got, x.want)
			}
		}
		if _, err := save(t, d, lead, New{List: "people", Name: "everywhere", Shared: true}, ""); fault.CodeOf(err) != "views.may_not_share" {
			t.Errorf("sharing above one's own place: %v", err)
		}
		if _, err := save(t, d, as("crew", "driver", "1.1."), New{List: "people", Name: "s", Shared: true}, "1.1."); fault.CodeOf(err) != "views.may_not_share" {
			t.Errorf("sharing without the permission: %v", err)
		}
		if _, err := save(t, d, lead, New{List: "people", Name: "MINE"}, ""); fault.CodeOf(err) != "views.name_taken" {
			t.Errorf("a name twice: %v", err)
		}
	})
}

func TestOnlyTheOwnerChangesAView(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := optest.Door(t, db)
		lead, colleague := as("lead", "district_lead", "1.1."), as("colleague", "community_lead", "1.1.7.")
		v, err := save(t, d, lead, New{List: "people", Name: "ours", Shared: true}, "1.1.")
		if err != nil {
			t.Fatal(err)
		}
		change := func(call op.Call, version int64, name string) error {
			_, err := op.Do(ctx, d, Save, call, func(ctx context.Context, tx *op.Tx) (View, error) {
				return Update(ctx, tx, v.ID, version, New{Name: name, Shared: true}, "1.1.")
			})
			return err
		}
		drop := func(call op.Call, version int64) error {
			_, err := op.Do(ctx, d, Save, call, func(ctx context.Context, tx *op.Tx) (int, error) { return 0, Delete(ctx, tx, v.ID, version) })
			return err
		}
		openWith := func(call op.Call) error {
			_, err := op.Do(ctx, d, Save, call, func(ctx context.Context, tx *op.Tx) (int, error) { return 0, OpenWith(ctx, tx, "people", v.ID) })
			return err
		}
		if err := change(colleague, 1, "stolen"); fault.CodeOf(err) != "views.not_found" {
			t.Errorf("a colleague changes it: %v", err)
		}
		if err := drop(colleague, 1); fault.CodeOf(err) != "views.not_found" {
			t.Errorf("a colleague deletes it: %v", err)
		}
		if err := openWith(colleague); err != nil {
			t.Fatal(err)
		}
		if got := names(t, d, colleague); got != "ours*" {
			t.Errorf("the colleague's list opens with %q", got)
		}
		if got := names(t, d, lead); got != "ours" {
			t.Errorf("the owner's list opens with %q", got)
		}
		if err := change(lead, 1, "renamed"); err != nil {
			t.Fatal(err)
		}
		if err := change(lead, 1, "late"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a change of an old version: %v", err)
		}
		if err := drop(lead, 2); err != nil {
			t.Fatal(err)
		}
		if got := names(t, d, colleague); got != "" {
			t.Errorf("a deleted view is still seen: %q", got)
		}
	})
}
