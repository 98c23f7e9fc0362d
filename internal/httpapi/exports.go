package httpapi

import (
	"context"
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/allclear/allclear/internal/control/cases"
	"github.com/allclear/allclear/internal/platform/disclosure"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/registry/people"
)

// fromFilter fills a struct with query tags from the filter of an export. A key that the
// list does not know is refused: what it was meant to leave out would be in the file.
func fromFilter(f disclosure.Filter, into any) error {
	bad := fault.Invalidf("disclosure.bad_filter", "the export cannot be filtered like this")
	left := map[string]string{}
	for k, v := range f {
		if k != "sort" { // files have an order of their own
			left[k] = v
		}
	}
	v := reflect.ValueOf(into).Elem()
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("query")
		text, given := left[name]
		delete(left, name)
		if !given || text == "" {
			continue
		}
		switch field := v.Field(i); field.Kind() {
		case reflect.String:
			field.SetString(text)
		case reflect.Bool:
			yes, err := strconv.ParseBool(text)
			if err != nil {
				bad.With(name, "invalid")
			}
			field.SetBool(yes)
		case reflect.Int:
			n, err := strconv.Atoi(text)
			if err != nil {
				bad.With(name, "invalid")
			}
			field.SetInt(int64(n))
		}
	}
	for k := range left {
		bad.With(k, "unknown")
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

func peopleFilter(ctx context.Context, tx *op.Tx, f disclosure.Filter) (people.Filter, error) {
	in := PeopleFilter{AgeFrom: -1, AgeTo: -1}
	if err := fromFilter(f, &in); err != nil {
		return people.Filter{}, err
	}
	return in.filter(ctx, tx)
}

func columnsOf(names []string, marked []bool) []disclosure.Column {
	out := make([]disclosure.Column, len(names))
	for i, n := range names {
		out[i] = disclosure.Column{Name: n, Marked: marked[i]}
	}
	return out
}

// PeopleSource gives the rows of an export of people.
func PeopleSource(s *people.Service) disclosure.Source {
	return disclosure.Source{
		Kind: "people", Export: people.ExportPeople, Plain: people.ExportPlain, Read: people.ReadExport,
		Columns: func(plain bool) []disclosure.Column { return columnsOf(people.ExportColumns(plain)) },
		Plan: func(ctx context.Context, tx *op.Tx, f disclosure.Filter) (disclosure.Plan, error) {
			filter, err := peopleFilter(ctx, tx, f)
			if err != nil {
				return disclosure.Plan{}, err
			}
			n, err := s.Count(ctx, tx, filter)
			return disclosure.Plan{Persons: n, Place: disclosure.PlaceOf(tx.Scope(), filter.PlacePath)}, err
		},
		Pages: func(ctx context.Context, tx *op.Tx, f disclosure.Filter, plain bool, next func(func() ([]disclosure.Row, error)) error) error {
			filter, err := peopleFilter(ctx, tx, f)
			if err != nil {
				return err
			}
			return s.Export(ctx, tx, filter, plain, func(open func() ([]people.Exported, error)) error {
				return next(func() ([]disclosure.Row, error) {
					page, err := open()
					out := make([]disclosure.Row, len(page))
					for i, x := range page {
						out[i] = disclosure.Row{Subject: x.ID.Ref().String(), Cells: x.Cells}
					}
					return out, err
				})
			})
		},
	}
}

func caseFilter(ctx context.Context, tx *op.Tx, f disclosure.Filter) (cases.Filter, error) {
	var in CaseFilter
	if err := fromFilter(f, &in); err != nil {
		return cases.Filter{}, err
	}
	return in.filter(ctx, tx)
}

// CaseSource gives the rows of an export of the line list, which is always masked.
func CaseSource(s *cases.Service) disclosure.Source {
	return disclosure.Source{
		Kind: "cases", Export: cases.Exports, Read: cases.ReadExport,
		Columns: func(bool) []disclosure.Column { return columnsOf(cases.ExportColumns()) },
		Plan: func(ctx context.Context, tx *op.Tx, f disclosure.Filter) (disclosure.Plan, error) {
			filter, err := caseFilter(ctx, tx, f)
			if err != nil {
				return disclosure.Plan{}, err
			}
			n, err := s.Chosen(ctx, tx, filter)
			return disclosure.Plan{Persons: n, Place: disclosure.PlaceOf(tx.Scope(), filter.PlacePath)}, err
		},
		Pages: func(ctx context.Context, tx *op.Tx, f disclosure.Filter, _ bool, next func(func() ([]disclosure.Row, error)) error) error {
			filter, err := caseFilter(ctx, tx, f)
			if err != nil {
				return err
			}
			return s.ExportPages(ctx, tx, filter, func(page []cases.Exported) error {
				return next(func() ([]disclosure.Row, error) {
					out := make([]disclosure.Row, len(page))
					for i, x := range page {
						out[i] = disclosure.Row{Subject: x.Person.Ref().String(), Cells: x.Cells}
					}
					return out, nil
				})
			})
		},
	}
}

type newExportInput struct {
	Body struct {
		Kind     string            `json:"kind" enum:"people,cases"`
		Filter   map[string]string `json:"filter,omitempty" doc:"As in the address of the list"`
		Plain    bool              `json:"plain,omitempty" doc:"Values in plain; needs a further permission"`
		Format   string            `json:"format,omitempty" enum:"csv,xlsx"`
		Encoding string            `json:"encoding,omitempty" enum:"utf-8,gb18030" doc:"Of CSV"`
		Once     bool              `json:"once,omitempty" doc:"Can be fetched only once"`
		Reason   string            `json:"reason" maxLength:"500" doc:"Why you need the file; it is kept in the trail"`
	}
}

func (in *newExportInput) reason() string { return in.Body.Reason }

type decideExportInput struct {
	ByID
	Body struct {
		Decision string `json:"decision" enum:"approve,refuse"`
		Reason   string `json:"reason,omitempty" maxLength:"500" doc:"Needed to refuse"`
	}
}

func (in *decideExportInput) reason() string { return in.Body.Reason }

type exportListInput struct {
	Waiting bool `query:"waiting" doc:"Those of others that wait for a second person, instead of one's own"`
}

func (a *API) exportRoutes() {
	x := a.Exports
	get(a, "/exports", disclosure.ViewExports, "Exports: one's own, or those that wait for a second person", func(ctx context.Context, tx *op.Tx, in *exportListInput) (list[disclosure.Export], error) {
		items, err := x.List(ctx, tx, in.Waiting)
		return list[disclosure.Export]{Items: items}, err
	})
	post(a, "/exports", disclosure.RequestExport, "Ask for a file of people; more than a few need a second person", func(ctx context.Context, tx *op.Tx, in *newExportInput) (disclosure.Export, error) {
		b := in.Body
		return x.Request(ctx, tx, disclosure.Wish{Kind: b.Kind, Filter: b.Filter, Plain: b.Plain, Format: b.Format, Encoding: b.Encoding, Once: b.Once})
	})
	post(a, "/exports/{id}/decide", disclosure.DecideExport, "Approve or refuse another person's export", func(ctx context.Context, tx *op.Tx, in *decideExportInput) (disclosure.Export, error) {
		return x.Decide(ctx, tx, in.ID, in.Body.Decision == "approve")
	})
	raw(a, http.MethodGet, "/exports/{id}/file", disclosure.FetchExport, "The file of an approved export", a.fetchExport)
}

// fetchExport streams the file. The trail has its entry before the first byte.
func (a *API) fetchExport(ctx context.Context, in *ByID) (*huma.StreamResponse, error) {
	f, err := a.Exports.Fetch(ctx, a.call(ctx, in), in.ID)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(w huma.Context) {
		w.SetHeader("Content-Type", f.ContentType)
		w.SetHeader("Content-Disposition", `attachment; filename="`+f.Name+`"`)
		if _, err := f.Send(w.Context(), w.BodyWriter()); err != nil {
			a.Log.WarnContext(w.Context(), "an export ended early", "export", f.Export.ID, "error", err)
			panic(http.ErrAbortHandler) // so that the browser does not take the part for the whole
		}
	}}, nil
}
