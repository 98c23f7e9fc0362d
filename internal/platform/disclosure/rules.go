package disclosure

import (
	"fmt"
	"io/fs"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/allclear/allclear/internal/platform/access"
)

// Quota bounds what one person sees in 24 hours; 0 is no bound.
type Quota struct {
	Persons int64 `json:"persons_per_day" yaml:"persons_per_day"`
	Rows    int64 `json:"rows_per_day" yaml:"rows_per_day"`
}

// Rules are the numbers of policies/disclosure.yaml.
type Rules struct {
	Quotas map[string]Quota `yaml:"quotas"`
	Alert  struct {
		Persons int64 `yaml:"persons_per_hour"`
		Rows    int64 `yaml:"rows_per_hour"`
	} `yaml:"alert"`
	Extension struct {
		Minutes        int64 `yaml:"minutes"`
		ShortestReason int   `yaml:"shortest_reason"`
	} `yaml:"extension"`
	Export struct {
		Direct         int64 `yaml:"direct"`
		DownloadHours  int64 `yaml:"download_hours"`
		ShortestReason int   `yaml:"shortest_reason"`
	} `yaml:"export"`
	CountedLists []string `yaml:"counted_lists"`
}

// LoadRules reads disclosure.yaml; files of the operator replace the values they name.
func LoadRules(base fs.FS, extra ...fs.FS) (Rules, error) {
	var r Rules
	for i, fsys := range append([]fs.FS{base}, extra...) {
		text, err := fs.ReadFile(fsys, "disclosure.yaml")
		if err != nil && i > 0 {
			continue // the operator's directory need not hold one
		}
		if err == nil {
			err = yaml.Unmarshal(text, &r)
		}
		if err != nil {
			return r, fmt.Errorf("read disclosure.yaml: %w", err)
		}
	}
	if r.Alert.Persons < 1 || r.Alert.Rows < 1 || r.Export.Direct < 1 || r.Export.DownloadHours < 1 || r.Extension.Minutes < 1 || len(r.Quotas) == 0 {
		return r, fmt.Errorf("disclosure.yaml leaves out a bound")
	}
	return r, nil
}

// quotaOf is the widest quota of the roles that p holds.
func (r Rules) quotaOf(p access.Principal) Quota {
	q := r.Quotas["default"]
	wider := func(a, b int64) int64 {
		if a == 0 || b == 0 {
			return 0
		}
		return max(a, b)
	}
	for _, g := range p.Grants {
		if own, ok := r.Quotas[g.Role]; ok {
			q = Quota{wider(q.Persons, own.Persons), wider(q.Rows, own.Rows)}
		}
	}
	return q
}

// Counts reports whether the answers of an operation are counted as rows.
func (r Rules) Counts(operation string) bool { return slices.Contains(r.CountedLists, operation) }

func (r Rules) extension() time.Duration { return time.Duration(r.Extension.Minutes) * time.Minute }
