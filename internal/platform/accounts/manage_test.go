package accounts_test

import (
	"sync"
	"testing"

	"github.com/allclear/allclear/internal/platform/accounts"
	"github.com/allclear/allclear/internal/platform/audit"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/ref"
)

func TestNobodyGrantsMoreThanTheyHold(t *testing.T) {
	each(t, accounts.Options{}, func(h *house) {
		ctx := t.Context()
		h.user("city", role("administrator", ""))
		h.user("district", role("administrator", "1.2."))
		_, city := h.signIn("city")
		_, district := h.signIn("district")
		worker := h.user("worker")
		grant := func(call op.Call, user ref.User, r, path string) string {
			_, err := h.CreateGrant(ctx, call, user, role(r, path))
			return codeOf(err)
		}
		for _, c := range []struct {
			what       string
			call       op.Call
			role, path string
			want       string
		}{
			{"own district", district, "epidemiologist", "1.2.", ""},
			{"below", district, "administrator", "1.2.7.", ""},
			{"the same district", district, "administrator", "1.2.", ""},
			{"next district", district, "lab", "1.20.", "accounts.beyond_you"},
			{"above", district, "administrator", "1.", "accounts.beyond_you"},
			{"everywhere", district, "lab", "", "accounts.beyond_you"},
			{"city-wide", city, "duty_officer", "", ""},
			{"operator", city, "operator", "1.", "accounts.unknown_role"},
			{"no such role", city, "king", "1.", "accounts.unknown_role"},
			{"twice", city, "duty_officer", "", "conflict.exists"},
		} {
			if got := grant(c.call, worker.ID, c.role, c.path); got != c.want {
				t.Errorf("%s: got %q, want %q", c.what, got, c.want)
			}
		}
		if got := grant(district, ref.User(district.Principal.UserID), "lab", "1.2."); got != "accounts.own_grants" {
			t.Errorf("own grants: %q", got)
		}
		_, err := h.Create(ctx, district, accounts.NewUser{Username: "sly", DisplayName: "S", Language: "en", Grants: []accounts.NewGrant{role("administrator", "")}})
		h.want("a new account with more", "accounts.beyond_you", err)
		var n int
		h.scan(`SELECT count(*) FROM users WHERE username = 'sly'`, nil, &n)
		if n != 0 {
			t.Error("the account was made although its grant was refused")
		}
		_, worse := h.signIn("worker") // duty officer, epidemiologist …, administrator of 1.2.
		worse.Principal.Grants = worse.Principal.Grants[:1]
		if got := grant(worse, worker.ID, "lab", "1.2."); got != "access.not_allowed" {
			t.Errorf("%s without accounts.grant.create: %q", worse.Principal.Grants[0].Role, got)
		}
		refused := 0
		for _, e := range h.trail("accounts.grant.create") {
			if e.Outcome == audit.Refused {
				refused++
			}
		}
		if refused != 5 {
			t.Errorf("%d refusals in the trail, want 5", refused)
		}
	})
}

func TestNobodyManagesAccountsBeyondThem(t *testing.T) {
	each(t, accounts.Options{}, func(h *house) {
		ctx := t.Context()
		boss := h.user("city", role("administrator", ""))
		h.user("district", role("administrator", "1.2."))
		_, district := h.signIn("district")
		mine, err := h.Create(ctx, district, accounts.NewUser{Username: "mine", DisplayName: "M", Language: "zh-CN", Grants: []accounts.NewGrant{role("lab", "1.2.4.")}})
		if err != nil || mine.User.HomePath != "1.2." {
			t.Fatalf("create: %+v, %v", mine, err)
		}
		elsewhere := h.user("elsewhere", role("lab", "1.3."))
		fresh := h.user("fresh") // the city's account, nothing granted yet
		both := h.user("both", role("lab", "1.2."), role("lab", "1.3."))
		for _, id := range []ref.User{boss.ID, elsewhere.ID, fresh.ID, both.ID} {
			_, err := h.Reset(ctx, district, id)
			h.want("reset", "accounts.beyond_you", err)
			_, err = h.Disable(ctx, district, id, 0)
			h.want("disable", "accounts.beyond_you", err)
		}
		_, err = h.Reset(ctx, district, ref.User(district.Principal.UserID))
		h.want("reset oneself", "accounts.own_account", err)
		_, err = h.Reset(ctx, district, mine.User.ID)
		h.want("reset one's own people", "", err)
		h.want("set a password outright", "accounts.operator_only", h.SetPassword(ctx, district, mine.User.ID, good))
		h.want("the operator sets a password", "", h.SetPassword(ctx, optest.Operator(), mine.User.ID, good))
		h.signIn("mine")

		users, total, err := h.Users(ctx, district, accounts.Filter{Limit: 50})
		if err != nil || total != 3 || len(users) != 3 || users[0].Username != "both" || len(users[0].Grants) != 2 {
			t.Errorf("the district sees %d accounts: %+v, %v", total, users, err)
		}
		_, err = h.User(ctx, district, elsewhere.ID)
		h.want("look at another's", "not_found", err)
		users, total, err = h.Users(ctx, optest.Operator(), accounts.Filter{Q: "PERSON E", Limit: 1})
		if err != nil || total != 1 || len(users) != 1 || users[0].Username != "elsewhere" {
			t.Errorf("search: %d %+v, %v", total, users, err)
		}
		users, total, _ = h.Users(ctx, optest.Operator(), accounts.Filter{After: "district", Limit: 2})
		if total != 6 || len(users) != 2 || users[0].Username != "elsewhere" || users[1].Username != "fresh" {
			t.Errorf("second page: %d %+v", total, users)
		}
	})
}

func TestTheLastAdministratorStays(t *testing.T) {
	each(t, accounts.Options{}, func(h *house) {
		ctx := t.Context()
		one := h.user("one", role("administrator", ""))
		h.invite("never-came", role("administrator", "")) // cannot sign in, so does not count
		h.user("district", role("administrator", "1.2."))
		_, err := h.Disable(ctx, optest.Operator(), one.ID, 0)
		h.want("disable", "accounts.last_administrator", err)
		h.want("take", "accounts.last_administrator", h.DeleteGrant(ctx, optest.Operator(), one.ID, one.Grants[0].ID))
		two := h.user("two", role("administrator", ""))
		for range 8 { // each disables the other at the same moment: one of them stays
			_, first := h.signIn("one")
			_, second := h.signIn("two")
			var errs [2]error
			var both sync.WaitGroup
			both.Go(func() { _, errs[0] = h.Disable(ctx, first, two.ID, 0) })
			both.Go(func() { _, errs[1] = h.Disable(ctx, second, one.ID, 0) })
			both.Wait()
			var left int
			h.scan(`SELECT count(*) FROM users u JOIN user_grants g ON g.user_id = u.id
				WHERE g.role = 'administrator' AND g.place_path = '' AND NOT u.disabled AND u.password_hash <> ''`, nil, &left)
			if left != 1 {
				t.Fatalf("%d administrators left (%v), want 1", left, errs)
			}
			for _, id := range []ref.User{one.ID, two.ID} {
				if _, err := h.Enable(ctx, optest.Operator(), id, 0); err != nil {
					t.Fatal(err)
				}
			}
		}
		d, _, err := h.Users(ctx, optest.Operator(), accounts.Filter{Q: "district", Limit: 1})
		if err != nil || len(d) != 1 {
			t.Fatal(err)
		}
		_, err = h.Disable(ctx, optest.Operator(), d[0].ID, 0)
		h.want("a district's administrator, with one above", "", err)
	})
}

func TestEditingAnAccount(t *testing.T) {
	each(t, accounts.Options{}, func(h *house) {
		ctx := t.Context()
		made := h.invite("lin")
		name, bad := "林医生", "fr"
		u, err := h.Update(ctx, optest.Operator(), made.User.ID, 1, accounts.Edit{DisplayName: &name})
		if err != nil || u.DisplayName != name || u.Version != 2 || u.Language != "en" {
			t.Errorf("update: %+v, %v", u, err)
		}
		_, err = h.Update(ctx, optest.Operator(), made.User.ID, 1, accounts.Edit{DisplayName: &name})
		h.want("stale", "conflict.stale", err)
		_, err = h.Update(ctx, optest.Operator(), made.User.ID, 2, accounts.Edit{Language: &bad})
		h.want("bad language", "accounts.bad_user", err)
		e := h.trail("accounts.user.update")
		if len(e) != 1 || e[0].Changes[0].Fields["display_name"] != "redacted" {
			t.Errorf("trail: %+v", e)
		}
		_, err = h.Create(ctx, optest.Operator(), accounts.NewUser{Username: "LIN", DisplayName: "x", Language: "en"})
		h.want("taken, in capitals", "accounts.username_taken", err)
		_, err = h.Create(ctx, optest.Operator(), accounts.NewUser{Username: "a b", DisplayName: "", Language: "de"})
		h.want("all wrong", "accounts.bad_user", err)
		roles, err := h.Roles(ctx, optest.Operator())
		if err != nil || len(roles) < 10 {
			t.Errorf("roles: %d, %v", len(roles), err)
		}
		for _, r := range roles {
			if r.Name == "operator" {
				t.Error("the operator's role is offered")
			}
		}
	})
}
