package httpapi

import (
	"context"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/science/protocol"
)

var viewPacks = op.Define("packs.pack.view", op.View)

type packInput struct {
	ID       string    `path:"id"`
	Overlays string    `query:"overlays" doc:"Overlays to lay on it, separated by commas"`
	On       store.Day `query:"on" doc:"The day whose values are shown; default: the pack's first day"`
}

type packList struct {
	Items []protocol.Summary `json:"items"`
}

type packView struct {
	Rules    string                   `json:"rules"`
	On       string                   `json:"on"`
	Outside  []string                 `json:"outside" doc:"Packs and overlays whose validity does not hold the day"`
	Params   []paramView              `json:"params"`
	Classes  []protocol.Class         `json:"classes"`
	Zones    []protocol.Zone          `json:"zones"`
	Criteria []protocol.CriterionInfo `json:"criteria"`
}

// paramView is a parameter with what it is called.
type paramView struct {
	protocol.Param
	Title protocol.Text `json:"title"`
}

func paramViews(params []protocol.Param) []paramView {
	titles := map[string]protocol.Text{}
	for _, k := range protocol.Keys() {
		titles[k.Name] = k.Title
	}
	out := []paramView{}
	for _, p := range params {
		out = append(out, paramView{p, titles[p.Key]})
	}
	return out
}

func (a *API) packRoutes() {
	get(a, "/packs", viewPacks, "Protocol packs and overlays", func(context.Context, *op.Tx, *none) (packList, error) {
		return packList{Items: a.Packs.Packs()}, nil
	})
	get(a, "/packs/{id}", viewPacks, "A pack's parameters with their citations, as in force on a day", func(_ context.Context, tx *op.Tx, in *packInput) (packView, error) {
		return a.packView(tx, in)
	})
}

func (a *API) packView(tx *op.Tx, in *packInput) (packView, error) {
	overlays := overlaysOf(in.Overlays)
	id := in.ID
	on := in.On
	for _, p := range a.Packs.Packs() {
		if p.ID != in.ID {
			continue
		}
		if p.Kind == "overlay" { // an overlay is shown on the pack that it is for
			id, overlays = p.Base, []string{p.ID}
		}
		if on == "" {
			on = store.Day(p.ValidFrom)
		}
	}
	rules, err := a.Packs.Resolve(id, overlays)
	if err != nil {
		return packView{}, fault.NotFoundf("protocol.unknown", "%v", err)
	}
	if on == "" {
		on = store.DayOf(tx.Now().Time(), tx.Now().Time().Location())
	}
	v := rules.On(string(on))
	return packView{
		Rules: rules.ID(), On: string(on), Outside: v.Outside(), Params: paramViews(v.Params()), Classes: v.Classes(), Zones: v.Zones(), Criteria: v.Criteria(),
	}, nil
}
