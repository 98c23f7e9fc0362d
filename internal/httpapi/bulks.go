package httpapi

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/people"
)

// BulkSelection is whom a change is about: the people ticked, or all that the list shows.
type BulkSelection struct {
	IDs    []ref.Person `json:"ids,omitempty" maxItems:"500" doc:"People by id; left out: all whom the filter shows"`
	Filter *bulkFilter  `json:"filter,omitempty"`
}

// bulkFilter is the filter of GET /people.
type bulkFilter struct {
	PlaceID         ref.Place         `json:"place_id,omitempty"`
	Category        []people.Category `json:"category,omitempty"`
	Sex             people.Sex        `json:"sex,omitempty"`
	AgeFrom         *int              `json:"age_from,omitempty" doc:"Completed years, included"`
	AgeTo           *int              `json:"age_to,omitempty" doc:"Completed years, included"`
	Care            []people.Need     `json:"care,omitempty"`
	Relation        people.Relation   `json:"relation,omitempty"`
	WithoutGuardian bool              `json:"without_guardian,omitempty"`
	WithoutPhone    bool              `json:"without_phone,omitempty"`
	WithoutHome     bool              `json:"without_home,omitempty"`
}

func (f bulkFilter) filter(path string) people.Filter {
	return people.Filter{
		PlacePath: path, Categories: f.Category, Sex: f.Sex, AgeFrom: f.AgeFrom, AgeTo: f.AgeTo, Care: f.Care, Relation: f.Relation,
		WithoutGuardian: f.WithoutGuardian, WithoutPhone: f.WithoutPhone, WithoutHome: f.WithoutHome,
	}
}

type previewBulkInput struct {
	Body struct {
		BulkSelection
		Deed people.Deed `json:"deed"`
	}
}

type startBulkInput struct {
	Body struct {
		BulkSelection
		Deed   people.Deed `json:"deed"`
		Reason string      `json:"reason" minLength:"1" maxLength:"500"`
	}
}

type bulkInput struct {
	ID ref.Bulk `path:"id"`
}

// verdictView says how many people share a verdict, and shows a few of them.
type verdictView struct {
	Verdict people.Verdict `json:"verdict"`
	Count   int            `json:"count"`
	Samples []people.Row   `json:"samples" doc:"A few of those who do not change, masked"`
}

type bulkPreview struct {
	Selected int           `json:"selected"`
	Verdicts []verdictView `json:"verdicts" doc:"How many change, how many already are so, how many are refused and why"`
}

type bulkView struct {
	people.Bulk
	Refusals []verdictView `json:"refusals"`
}

func (p bulkPreview) rowsShown() int { return sampled(p.Verdicts) }

func (b bulkView) rowsShown() int { return sampled(b.Refusals) }

func sampled(all []verdictView) (n int) {
	for _, v := range all {
		n += len(v.Samples)
	}
	return n
}

func (a *API) bulkRoutes() {
	post(a, "/people/bulk-preview", people.PreviewingBulk, "What a change of many people would do, and to whom not and why", func(ctx context.Context, tx *op.Tx, in *previewBulkInput) (bulkPreview, error) {
		sel, _, err := in.Body.selected(ctx, tx)
		if err != nil {
			return bulkPreview{}, err
		}
		p, err := a.People.PreviewBulk(ctx, tx, sel, in.Body.Deed)
		if err != nil {
			return bulkPreview{}, err
		}
		verdicts, err := a.verdicts(ctx, tx, p.Verdicts, p.Samples)
		return bulkPreview{Selected: p.Selected, Verdicts: verdicts}, err
	})
	serve(a, http.MethodPost, "/people/bulks", people.ChangeInBulk, "Change many people; it runs in the background and can be taken back for 72 hours", func(ctx context.Context, call op.Call, in *startBulkInput) (people.Bulk, error) {
		call.Reason = in.Body.Reason
		return a.StartBulk(ctx, call, in.Body.Deed, in.Body.selected)
	})
	get(a, "/people/bulks", people.ViewBulk, "The caller's changes of many people, latest first", func(ctx context.Context, tx *op.Tx, _ *none) (list[people.Bulk], error) {
		items, err := a.People.Bulks(ctx, tx)
		return list[people.Bulk]{Items: items}, err
	})
	get(a, "/people/bulks/{id}/state", people.ViewBulk, "How a change of many people stands", func(ctx context.Context, tx *op.Tx, in *bulkInput) (bulkView, error) {
		b, err := a.People.LoadBulk(ctx, tx, in.ID)
		if err != nil {
			return bulkView{}, err
		}
		counts, samples, err := a.People.Refusals(ctx, tx, in.ID)
		if err != nil {
			return bulkView{}, err
		}
		refusals, err := a.verdicts(ctx, tx, counts, samples)
		return bulkView{b, refusals}, err
	})
	serve(a, http.MethodPost, "/people/bulks/{id}/undo", people.ChangeInBulk, "Take a change of many people back", func(ctx context.Context, call op.Call, in *bulkInput) (people.Bulk, error) {
		return a.UndoBulk(ctx, call, in.ID)
	})
}

// selected is the selection, and the path of the place that the list is about.
func (s BulkSelection) selected(ctx context.Context, tx *op.Tx) (people.Selection, string, error) {
	switch {
	case len(s.IDs) > 0:
		return people.Selection{IDs: s.IDs}, "", nil
	case s.Filter == nil:
		return people.Selection{}, "", fault.Invalidf("people.bulk_nobody", "name people, or give a filter").With("ids", "required")
	}
	path, err := pathOf(ctx, tx, s.Filter.PlaceID)
	return people.Selection{Filter: s.Filter.filter(path)}, path, err
}

// verdicts puts the counts in a stable order and shows the samples, masked.
func (a *API) verdicts(ctx context.Context, tx *op.Tx, counts map[people.Verdict]int, samples map[people.Verdict][]ref.Person) ([]verdictView, error) {
	out := []verdictView{}
	for _, v := range slices.Sorted(maps.Keys(counts)) {
		rows, err := a.People.RowsOf(ctx, tx, samples[v])
		if err != nil {
			return nil, err
		}
		out = append(out, verdictView{Verdict: v, Count: counts[v], Samples: rows})
	}
	return out, nil
}
