package disclosure_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/disclosure"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/importer/table"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

var auditor = access.Grant{Role: "auditor"}

// nasty are values that spreadsheets or encodings would spoil (T22, T25).
var nasty = []string{"=1+1", "+8613800001234", "-cmd|' /C calc'!A0", "@SUM(A1)", "\tx", "＝1", "㛃", "𬭎", "𫖯", "买买提‧吐逊", "a,b\"c", "line\nbreak", "王*", "<b>&amp;</b>", ""}

func person(i int) disclosure.Row {
	name := fmt.Sprintf("王%d", i)
	if i < len(nasty) {
		name = nasty[i]
	}
	return disclosure.Row{Subject: ref.Person(fmt.Sprintf("p%07d", i)).Ref().String(),
		Cells: []string{name, fmt.Sprintf("138%08d", i), fmt.Sprintf("江北区 › 街道%d › 社区%d › %d号楼", i%7, i%50, i%300)}}
}

func masked(i int) disclosure.Row {
	r := person(i)
	r.Cells[0], r.Cells[1] = "王**", fmt.Sprintf("138****%04d", i%10000)
	return r
}

// town gives n people.
func town(n int) disclosure.Source {
	return disclosure.Source{
		Kind: "people", Export: takePeople, Plain: takePlain, Read: readToTake,
		Columns: func(plain bool) []disclosure.Column {
			return []disclosure.Column{{Name: "name", Marked: !plain}, {Name: "phone", Marked: !plain}, {Name: "place", Marked: true}}
		},
		Plan: func(context.Context, *op.Tx, disclosure.Filter) (disclosure.Plan, error) {
			return disclosure.Plan{Persons: int64(n), Place: atDistrict}, nil
		},
		Pages: func(_ context.Context, _ *op.Tx, _ disclosure.Filter, plain bool, next func(func() ([]disclosure.Row, error)) error) error {
			for from := 0; from < n; from += 1000 {
				err := next(func() ([]disclosure.Row, error) {
					var out []disclosure.Row
					for i := from; i < min(from+1000, n); i++ {
						if plain {
							out = append(out, person(i))
						} else {
							out = append(out, masked(i))
						}
					}
					return out, nil
				})
				if err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func (d *desk) request(x *disclosure.Exports, w disclosure.Wish) (disclosure.Export, error) {
	return do(d, disclosure.RequestExport, "chen", epi, "流调核实名单", func(ctx context.Context, tx *op.Tx) (disclosure.Export, error) {
		w.Kind = "people"
		return x.Request(ctx, tx, w)
	})
}

func (d *desk) decide(x *disclosure.Exports, who string, g access.Grant, id string, approve bool) error {
	_, err := do(d, disclosure.DecideExport, who, g, "已电话核实用途", func(ctx context.Context, tx *op.Tx) (disclosure.Export, error) {
		return x.Decide(ctx, tx, id, approve)
	})
	return err
}

func (d *desk) fetch(x *disclosure.Exports, who string, g access.Grant, id string) ([]byte, error) {
	f, err := x.Fetch(context.Background(), optest.As(who, g), id)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	_, err = f.Send(context.Background(), &b)
	return b.Bytes(), err
}

func (d *desk) want(what, code string, err error) {
	d.t.Helper()
	got := ""
	if err != nil {
		got = fault.CodeOf(err)
	}
	if got != code {
		d.t.Errorf("%s: got %q (%v), want %q", what, got, err, code)
	}
}

// TestSecondPerson is T35 for files: up to 200 people go at once with a reason, more wait
// for somebody else.
func TestSecondPerson(t *testing.T) {
	each(t, func(d *desk) {
		few := d.Exports(town(200))
		e, err := d.request(few, disclosure.Wish{})
		if err != nil || e.State != "approved" {
			t.Fatalf("200 people: %+v, %v", e, err)
		}
		text, err := d.fetch(few, "chen", epi, e.ID)
		if err != nil || !strings.Contains(string(text), e.Ref()) {
			t.Fatalf("fetch: %v", err)
		}
		if d.alerts()["bulk_viewing chen"] != 200 {
			t.Errorf("a file of 200 people does not count as looks: %v", d.alerts())
		}
		many := d.Exports(town(201))
		e, err = d.request(many, disclosure.Wish{Once: true})
		if err != nil || e.State != "waiting" || d.alerts()["export_waiting chen"] != 201 {
			t.Fatalf("201 people: %+v, %v", e, err)
		}
		_, err = d.fetch(many, "chen", epi, e.ID)
		d.want("before the decision", "disclosure.waiting", err)
		d.want("one's own decision", "disclosure.own_export", d.decide(many, "chen", epi, e.ID, true))
		d.want("somebody without the right", "access.not_allowed", d.decide(many, "wang", communities, e.ID, true))
		d.want("somebody of another place", "disclosure.no_export", d.decide(many, "zhou", access.Grant{Role: "district_lead", PlacePath: "1.3."}, e.ID, true))
		d.want("the second person", "", d.decide(many, "duty", officer, e.ID, true))
		d.want("twice", "disclosure.decided", d.decide(many, "duty", officer, e.ID, false))
		_, err = d.fetch(many, "duty", epi, e.ID)
		d.want("another's file", "disclosure.no_export", err)
		_, err = d.fetch(many, "chen", epi, e.ID)
		d.want("approved", "", err)
		_, err = d.fetch(many, "chen", epi, e.ID)
		d.want("once was agreed", "disclosure.fetched", err)

		e, _ = d.request(many, disclosure.Wish{})
		d.want("refuse", "", d.decide(many, "duty", officer, e.ID, false))
		_, err = d.fetch(many, "chen", epi, e.ID)
		d.want("refused", "disclosure.refused", err)
		e, _ = d.request(many, disclosure.Wish{})
		d.want("approve", "", d.decide(many, "duty", officer, e.ID, true))
		d.clock.Advance(25 * anHour)
		_, err = d.fetch(many, "chen", epi, e.ID)
		d.want("the next day", "disclosure.expired", err)
		_, err = do(d, disclosure.RequestExport, "steward", steward, "核对名单用", func(ctx context.Context, tx *op.Tx) (disclosure.Export, error) {
			return many.Request(ctx, tx, disclosure.Wish{Kind: "people", Plain: true})
		})
		d.want("plain values without the permission", "disclosure.no_plain", err)
	})
}

// TestFilesRoundTrip holds every format to what was in it: no formula, no lost character.
func TestFilesRoundTrip(t *testing.T) {
	each(t, func(d *desk) {
		x := d.Exports(town(200))
		for _, w := range []disclosure.Wish{{Plain: true}, {Plain: true, Encoding: "gb18030"}, {Plain: true, Format: "xlsx"}} {
			e, err := d.request(x, w)
			if err != nil {
				t.Fatal(err)
			}
			content, err := d.fetch(x, "chen", epi, e.ID)
			if err != nil {
				t.Fatal(err)
			}
			rows, safe := readBack(t, content, w)
			if !safe {
				t.Errorf("%+v: a cell is a formula", w)
			}
			names := map[string]bool{}
			for _, r := range rows {
				names[r[0]] = true
				if len(r) > 3 && r[3] != "export_ref" && r[3] != e.Ref() {
					t.Errorf("%+v: a row without its reference: %q", w, r)
				}
			}
			for _, n := range nasty {
				if !names[n] && n != "" {
					t.Errorf("%+v: %q did not survive", w, n)
				}
			}
			d.clock.Advance(25 * anHour) // a new quota
		}
	})
}

func readBack(t *testing.T, content []byte, w disclosure.Wish) (rows [][]string, safe bool) {
	t.Helper()
	if w.Format == "xlsx" {
		book, err := excelize.OpenReader(bytes.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := book.GetRows("AllClear")
		if err != nil {
			t.Fatal(err)
		}
		f, err := book.GetCellFormula("AllClear", "A3")
		return rows[2:], err == nil && f == ""
	}
	if w.Encoding == "gb18030" {
		var err error
		if content, err = simplifiedchinese.GB18030.NewDecoder().Bytes(content); err != nil {
			t.Fatal(err)
		}
	} else {
		content = bytes.TrimPrefix(content, []byte("\ufeff"))
	}
	rows, err := csv.NewReader(bytes.NewReader(content)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	safe = true
	for _, r := range rows {
		for i, c := range r {
			safe = safe && (c == "" || !strings.ContainsAny(c[:1], "=+@\t"))
			r[i] = table.Unescape(c)
		}
	}
	return rows[1:], safe
}

// TestLeakIsTraced: a file tells its export after the reference, columns and rows were
// taken out and the rest was sorted; one that has no mark is not blamed on anybody.
func TestLeakIsTraced(t *testing.T) {
	each(t, func(d *desk) {
		x := d.Exports(town(200))
		var exports []disclosure.Export
		var files [][]byte
		for i := range 8 {
			e, err := d.request(x, disclosure.Wish{Plain: i%2 == 1})
			if err != nil {
				t.Fatal(err)
			}
			content, err := d.fetch(x, "chen", epi, e.ID)
			if err != nil {
				t.Fatal(err)
			}
			exports, files = append(exports, e), append(files, content)
			d.clock.Advance(25 * anHour)
		}
		for i, e := range exports {
			rows, _ := readBack(t, files[i], disclosure.Wish{})
			for name, leak := range leaks(rows, e.Plain) {
				found, err := d.trace(x, leak)
				if err != nil || len(found) != 1 || found[0].Export != e.ID {
					t.Errorf("export %d (plain %v), %s: %+v, %v; want %s", i, e.Plain, name, found, err, e.ID)
				}
			}
		}
		var clean [][]string
		for i := range 200 {
			clean = append(clean, masked(i).Cells)
		}
		if found, err := d.trace(x, disclosure.Leak{Rows: clean}); err != nil || len(found) != 0 {
			t.Errorf("a file without a mark is blamed on %+v, %v", found, err)
		}
	})
}

// leaks are ways in which a file is spoiled before it turns up.
func leaks(rows [][]string, plain bool) map[string]disclosure.Leak {
	cut := func(keep ...int) (out [][]string) {
		for _, r := range rows {
			var x []string
			for _, k := range keep {
				x = append(x, r[k])
			}
			out = append(out, x)
		}
		return out
	}
	some := cut(2)[20:90]
	rand.Shuffle(len(some), func(i, j int) { some[i], some[j] = some[j], some[i] })
	out := map[string]disclosure.Leak{"whole": {Rows: rows}, "70 places, shuffled": {Rows: some}}
	if !plain {
		out["60 phones"] = disclosure.Leak{Rows: cut(1)[100:160]}
		return out
	}
	var names [][]string
	var subjects []string
	for _, r := range cut(0, 1) {
		names = append(names, r)
		var n int
		_, _ = fmt.Sscanf(r[1], "138%08d", &n)
		subjects = append(subjects, person(n).Subject)
	}
	out["names and phones only, in order"] = disclosure.Leak{Rows: names, Subjects: subjects}
	return out
}

func (d *desk) trace(x *disclosure.Exports, leak disclosure.Leak) (out []disclosure.Traced, err error) {
	err = d.db.Read(d.t.Context(), func(tx *store.Tx) error {
		out, err = x.Trace(d.t.Context(), tx, leak)
		return err
	})
	return out, err
}

// TestFilesTellWhoWasInThem: "who saw my data" knows the files somebody was in.
func TestFilesTellWhoWasInThem(t *testing.T) {
	each(t, func(d *desk) {
		x := d.Exports(town(5000))
		e, err := d.request(x, disclosure.Wish{Plain: true})
		if err != nil {
			t.Fatal(err)
		}
		d.want("approve", "", d.decide(x, "duty", officer, e.ID, true))
		if _, err := d.fetch(x, "chen", epi, e.ID); err != nil {
			t.Fatal(err)
		}
		in := func(i int) bool {
			got, err := do(d, disclosure.WhoSaw, "wang", communities, "", func(ctx context.Context, tx *op.Tx) ([]disclosure.Disclosure, error) {
				return d.WhoSaw(ctx, tx, ref.Person(fmt.Sprintf("p%07d", i)))
			})
			if err != nil {
				t.Fatal(err)
			}
			return slices.ContainsFunc(got, func(x disclosure.Disclosure) bool {
				return x.Kind == "exported" && x.Plain && x.Export == e.Ref() && x.ActorName == "chen"
			})
		}
		wrong := 0
		for i := 0; i < 10_000; i += 37 {
			if in(i) != (i < 5000) {
				wrong++
			}
		}
		if wrong > 0 {
			t.Errorf("%d answers are wrong", wrong)
		}
	})
}

func TestRegisterIsWhole(t *testing.T) {
	t.Parallel()
	if err := disclosure.CheckRegister(); err != nil {
		t.Error(err)
	}
}
