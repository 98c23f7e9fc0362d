package disclosure

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/allclear/allclear/internal/platform/store"
)

// Traced is how well a leaked file agrees with one export.
type Traced struct {
	Export   string        `json:"export_id"`
	Ref      string        `json:"ref"`
	Kind     string        `json:"kind"`
	By       string        `json:"requested_by_name"`
	At       store.Instant `json:"requested_at"`
	Visible  bool          `json:"visible"` // the reference stands in the file
	Agree    int           `json:"agree"`   // signs of the hidden mark that agree
	Of       int           `json:"of"`
	Chance   float64       `json:"log10_chance"` // bound on the probability that this is chance
	Probable bool          `json:"probable"`
}

// provenBelow is what the bound on chance must be under, all exports together: 1e-6.
const provenBelow = -6

// Leak is a file that came from somewhere: its cells, and whom each row is about where
// that is known ("person:…", "" for not known).
type Leak struct {
	Rows     [][]string
	Subjects []string
}

// Trace holds a leaked file against all exports and returns those that it may come from,
// the likeliest first. Cells count once each, however often they are repeated, so that
// what is counted is independent. A file that was typed again or cleaned of every unusual
// character, without its plain values and sorted, can't be traced.
func (x *Exports) Trace(ctx context.Context, tx *store.Tx, leak Leak) ([]Traced, error) {
	rows, err := tx.Query(ctx, `SELECT `+exportColumns+` FROM exports WHERE downloads > 0 ORDER BY id`)
	all, err := store.Collect(rows, err, x.scanExport)
	if err != nil {
		return nil, err
	}
	cells := distinctCells(leak.Rows)
	out := []Traced{}
	for _, e := range all {
		t := Traced{Export: e.ID, Ref: e.Ref(), Kind: e.Kind, By: e.RequestedName, At: e.RequestedAt}
		key := keyOf(x.vault, e.ID)
		var marked evidence
		for c := range cells {
			if strings.Contains(c, e.Ref()) {
				t.Visible = true
				continue
			}
			one := key.cellEvidence(c)
			marked.agree, marked.of = marked.agree+one.agree, marked.of+one.of
		}
		order := key.orderEvidence(leak.Subjects)
		best := marked
		if order.chance() < marked.chance() {
			best = order
		}
		t.Agree, t.Of, t.Chance = best.agree, best.of, best.chance()
		t.Probable = t.Visible || t.Chance < provenBelow
		if t.Probable {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b Traced) int { return cmp.Compare(a.Chance, b.Chance) })
	return out, nil
}

// distinctCells are the cells in which the mark could stand, each once.
func distinctCells(rows [][]string) map[string]bool {
	out := map[string]bool{}
	for _, r := range rows {
		for _, c := range r {
			if strings.ContainsAny(c, "*\u2217 \u00a0") {
				out[c] = true
			}
		}
	}
	return out
}

// orderEvidence compares the order of neighbours with how the export orders them. Only
// every second pair of neighbours was put in order by it; the others agree by chance.
func (k markKey) orderEvidence(subjects []string) (e evidence) {
	for i := 0; i+1 < len(subjects); i++ {
		a, b := subjects[i], subjects[i+1]
		if a == "" || b == "" || a == b {
			continue
		}
		e.of++
		if k.first(a, b) == a {
			e.agree++
		}
	}
	return e
}
