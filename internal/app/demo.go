package app

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/registry/places"
	"github.com/allclear/allclear/internal/science/synth"
)

// loadDemo is the one operation in which a demo city is written.
var loadDemo = op.Define("demo.city.load", op.Change)

// Sizes of the demo city by name.
var demoScales = map[string]int{"town": synth.DefaultPeople, "district": 180_000, "city": 1_800_000}

// DemoPeople returns how many people a scale has: town, district or city.
func DemoPeople(scale string) int { return demoScales[scale] }

// DemoDoubles is how many people per mille stand in the demo's register twice, so that
// there is something to decide about.
const DemoDoubles = 2

// DemoOptions shape the demo city.
type DemoOptions struct {
	People  int
	Seed    uint64
	Doubles int // per mille; see synth.Options
	// Simulated takes the outbreak from the epidemic run's reference scenario instead of
	// the drawn curve.
	Simulated bool
}

// DemoGuide says how to sign in to the demo.
type DemoGuide struct {
	Password string
	Users    []DemoUser
}

// DemoUser is one account of the demo.
type DemoUser struct {
	Username, Name, Role, Place string
}

// Print writes the guide.
func (g DemoGuide) Print(w io.Writer, url string) {
	fmt.Fprintf(w, "\nAllClear demo · 演示城市（虚构） · fictional city\n\n  %s\n\n", url)
	fmt.Fprintf(w, "  password 密码  %s\n", g.Password)
	for _, u := range g.Users {
		fmt.Fprintf(w, "  %-14s %-28s %s\n", u.Username, u.Role, u.Place)
	}
	fmt.Fprint(w, "\nCtrl-C stops it · 按 Ctrl-C 停止\n\n")
}

// PrepareDemo makes the demo city unless it is there, sets a fresh random password on
// its accounts, and returns how to sign in. It refuses a database that holds anything
// else.
func (a *App) PrepareDemo(ctx context.Context, o DemoOptions, step func(string)) (DemoGuide, error) {
	if !a.demo {
		if err := a.refuseNonEmpty(ctx); err != nil {
			return DemoGuide{}, err
		}
		if err := a.makeDemo(ctx, o, step); err != nil {
			return DemoGuide{}, err
		}
		a.demo = true
	} else if err := a.sayOther(ctx, o, step); err != nil {
		return DemoGuide{}, err
	}
	return a.demoAccounts(ctx)
}

// sayOther says so when the demo that is there has another size than the one asked for.
func (a *App) sayOther(ctx context.Context, o DemoOptions, step func(string)) error {
	people, err := a.fact(ctx, "demo_people")
	if err == nil && people != "" && people != strconv.Itoa(o.People) {
		step(fmt.Sprintf("this directory already holds a demo city of %s people, which is used 已有演示城市，继续使用", people))
	}
	return err
}

func (a *App) refuseNonEmpty(ctx context.Context) error {
	none, err := a.NoAccounts(ctx)
	if err != nil {
		return err
	}
	var n int
	err = a.DB.Read(ctx, func(tx *store.Tx) error { return tx.QueryRow(ctx, `SELECT count(*) FROM places`).Scan(&n) })
	if err == nil && (!none || n > 0) {
		err = fault.Conflictf("demo.not_empty", "this database holds real data: the demo needs a data directory of its own")
	}
	return err
}

// demoRoles are the accounts of the demo: the username, the role, and the level whose
// first place it is for.
var demoRoles = []struct{ username, role, level, name string }{
	{"duty", "duty_officer", "", "值班指挥员"},
	{"epi", "epidemiologist", "", "流调人员"},
	{"district", "district_lead", "district", "区负责人"},
	{"community", "community_lead", "community", "社区负责人"},
	{"hotline", "hotline_operator", "", "热线话务员"},
	{"steward", "data_steward", "", "数据管理员"},
	{"press", "press_officer", "", "新闻发布员"},
	{"auditor", "auditor", "", "审计员"},
	{"admin", "administrator", "", "系统管理员"},
}

// demoAccounts creates the accounts that are missing and gives all of them one fresh
// random password: a demo has no default password either.
func (a *App) demoAccounts(ctx context.Context) (DemoGuide, error) {
	raw := make([]byte, 10)
	if _, err := rand.Read(raw); err != nil {
		return DemoGuide{}, err
	}
	g := DemoGuide{Password: "demo-" + strings.ToLower(base32.StdEncoding.EncodeToString(raw))}
	for _, r := range demoRoles {
		place, err := a.firstOf(ctx, r.level)
		if err != nil {
			return g, err
		}
		if _, err = a.userByName(ctx, r.username); fault.KindOf(err) == fault.NotFound {
			_, err = a.CreateUser(ctx, NewUser{Username: r.username, Name: r.name, Language: "zh-CN", Roles: []string{r.role}, Place: string(place.ID)})
		}
		if err != nil {
			return g, err
		}
		if _, err := a.ResetPassword(ctx, r.username, g.Password); err != nil {
			return g, err
		}
		g.Users = append(g.Users, DemoUser{Username: r.username, Name: r.name, Role: r.role, Place: place.Name})
	}
	return g, nil
}

// firstOf returns the first place of a level: for districts the one with the most cases
// would do as well, but the first is the same each time. The empty level is everywhere.
func (a *App) firstOf(ctx context.Context, level string) (places.Place, error) {
	if level == "" {
		return places.Place{}, nil
	}
	return do(ctx, a, places.ViewPlace, func(ctx context.Context, tx *op.Tx) (places.Place, error) {
		found, err := places.Under(ctx, tx, "", places.Level(level))
		if err != nil || len(found) == 0 {
			return places.Place{}, err
		}
		return found[0], nil
	})
}
