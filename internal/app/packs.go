package app

import (
	"errors"
	"os"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/science/protocol"
	"github.com/allclear/allclear/protocols"
)

// PackProblem is one thing that is wrong with a pack file.
type PackProblem struct {
	protocol.Problem
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// CheckPacks checks the pack files of a directory together with the shipped ones.
func CheckPacks(dir string) ([]PackProblem, error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, fault.Invalidf("protocol.no_directory", "%s is not a directory", dir)
	}
	_, err := protocol.Load(protocols.FS, os.DirFS(dir))
	var problems protocol.Problems
	if err == nil || !errors.As(err, &problems) {
		return []PackProblem{}, err
	}
	out := []PackProblem{}
	for _, p := range problems {
		out = append(out, PackProblem{Problem: p, ZH: p.Text("zh"), EN: p.Text("en")})
	}
	return out, nil
}

// PackOnDay is a pack with overlays as in force on a day.
type PackOnDay struct {
	Rules   string           `json:"rules"`
	On      string           `json:"on"`
	Params  []protocol.Param `json:"params"`
	Classes []protocol.Class `json:"classes"`
	Zones   []protocol.Zone  `json:"zones"`
}

// ShowPack returns a pack's values on a day, by default on its first.
func (a *App) ShowPack(id string, overlays []string, on string) (PackOnDay, error) {
	for _, p := range a.Packs.Packs() {
		if p.ID != id {
			continue
		}
		if p.Kind == "overlay" {
			id, overlays = p.Base, append([]string{p.ID}, overlays...)
		}
		if on == "" {
			on = p.ValidFrom
		}
	}
	if on == "" {
		on = a.Door.Clock.Now().UTC().Format("2006-01-02")
	}
	rules, err := a.Packs.Resolve(id, overlays)
	if err != nil {
		return PackOnDay{}, fault.NotFoundf("protocol.unknown", "%v", err)
	}
	v := rules.On(on)
	return PackOnDay{Rules: rules.ID(), On: on, Params: v.Params(), Classes: v.Classes(), Zones: v.Zones()}, nil
}
