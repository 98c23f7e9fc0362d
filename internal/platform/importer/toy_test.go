package importer_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/importer/match"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// toys is a kind of record made for these tests: places that know their parent, so that
// it needs two passes.
type toys struct {
	passes int
	// lost sends rows with this code to a pass that never comes.
	lost string
	// fail is asked before each write; an error makes the batch fail.
	fail func() error
	// committed is called after each commit that wrote.
	committed func()
	// drop gives up the match of a field.
	drop string
}

var importToys = op.Define("test.toy.import", op.Change)

func (k *toys) Name() string       { return "toys" }
func (k *toys) Title() match.Text  { return match.Text{Zh: "玩具", En: "Toys"} }
func (k *toys) Operation() *op.Def { return importToys }
func (k *toys) Fields() []match.Field {
	return []match.Field{
		{Key: "code", Title: match.Text{Zh: "编号", En: "Code"}, Synonyms: []string{"id"}, Type: match.TypeIdentifier, Required: true},
		{Key: "name", Title: match.Text{Zh: "姓名", En: "Name"}, Type: match.TypeText, Personal: "name"},
		{Key: "parent", Title: match.Text{Zh: "上级编号", En: "Parent"}, Type: match.TypeIdentifier},
		{Key: "day", Title: match.Text{Zh: "日期", En: "Date"}, Synonyms: []string{"date of onset"}, Type: match.TypeDay},
		{Key: "amount", Title: match.Text{Zh: "数量", En: "Amount"}, Type: match.TypeInteger, NonNegative: true},
		{Key: "class", Title: match.Text{Zh: "分类", En: "Class"}, Type: match.TypeCode, Codes: map[string][]string{"red": {"红"}, "blue": {"蓝"}}},
		{Key: "id_number", Title: match.Text{Zh: "身份证号", En: "ID number"}, Type: match.TypeIDNumber, Personal: "id_number"},
	}
}

func (k *toys) Describe(_ context.Context, _ *op.Tx, plan importer.Plan) (importer.Description, error) {
	var d importer.Description
	if !plan.Has("class") {
		d.Assumptions = append(d.Assumptions, importer.Assumption{Code: "toys.no_class", Zh: "没有分类列", En: "no class column"})
	}
	if k.drop != "" {
		d.Drop = append(d.Drop, importer.Dropped{Field: k.drop, Reason: match.Text{Zh: "不认识", En: "unknown here"}})
	}
	return d, nil
}

func (k *toys) Begin(_ context.Context, _ *op.Tx, opt importer.SessionOptions) (importer.Session, error) {
	return &toySession{kind: k, opt: opt, overlay: map[string]toy{}}, nil
}

type toy struct {
	ID      string `json:"id"`
	Code    string `json:"code"`
	Name    string `json:"name"`
	Parent  string `json:"parent"`
	Day     string `json:"day"`
	Amount  int64  `json:"amount"`
	Extra   string `json:"extra"`
	Version int64  `json:"version"`
}

type toySession struct {
	kind    *toys
	opt     importer.SessionOptions
	overlay map[string]toy
}

func (s *toySession) Passes() int { return max(1, s.kind.passes) }

func (s *toySession) Pass(r importer.Row) int {
	switch {
	case s.kind.lost != "" && r.Text("code") == s.kind.lost:
		return 9
	case s.Passes() > 1 && r.Has("parent"):
		return 1
	}
	return 0
}

func (s *toySession) Key(r importer.Row) string { return r.Text("code") }

func (s *toySession) Resolve(ctx context.Context, tx *op.Tx, rows []importer.Row) ([]importer.Resolution, error) {
	out := make([]importer.Resolution, len(rows))
	for i, r := range rows {
		old, found, err := s.find(ctx, tx, r.Text("code"))
		if err != nil {
			return nil, err
		}
		next := old
		next.Code = r.Text("code")
		if p := r.Text("parent"); p != "" {
			if _, ok, err := s.find(ctx, tx, p); err != nil {
				return nil, err
			} else if !ok {
				out[i] = importer.Resolution{Outcome: importer.Refuse, Refusals: []importer.Refusal{{
					Field: "parent", Value: p, Code: "toys.unknown_parent", Message: match.Text{Zh: "没有上级 {value}", En: "no parent {value}"},
				}}}
				continue
			}
			next.Parent = p
		}
		if r.Has("name") {
			next.Name = r.Text("name")
		}
		if d, ok := r.Day("day"); ok {
			next.Day = string(d)
		}
		if n, ok := r.Int("amount"); ok {
			next.Amount = n
		}
		if e := r.Extra()["colour"]; e != "" {
			next.Extra = e
		}
		switch {
		case !found:
			out[i].Outcome = importer.Insert
		case next == old:
			out[i].Outcome = importer.Unchanged
		default:
			out[i].Outcome = importer.Update
		}
		out[i].Prepared = [2]toy{old, next}
		s.overlay[next.Code] = next
	}
	return out, nil
}

func (s *toySession) find(ctx context.Context, tx *op.Tx, code string) (toy, bool, error) {
	if t, ok := s.overlay[code]; ok {
		return t, true, nil
	}
	t, err := findToy(ctx, tx.Tx, "code", code)
	if fault.KindOf(err) == fault.NotFound {
		return toy{}, false, nil
	}
	return t, err == nil, err
}

const toyColumns = `id, code, name, parent, day, amount, extra, version`

func scanToy(r store.Scanner) (t toy, err error) {
	err = r.Scan(&t.ID, &t.Code, &t.Name, &t.Parent, &t.Day, &t.Amount, &t.Extra, &t.Version)
	return t, err
}

func findToy(ctx context.Context, tx *store.Tx, column, value string) (toy, error) {
	return scanToy(tx.QueryRow(ctx, `SELECT `+toyColumns+` FROM toys WHERE `+column+` = $1`, value))
}

func (s *toySession) Write(ctx context.Context, tx *op.Tx, resolutions []importer.Resolution) ([]importer.Written, error) {
	if s.kind.fail != nil {
		if err := s.kind.fail(); err != nil {
			return nil, err
		}
	}
	if s.kind.committed != nil {
		tx.AfterCommit(s.kind.committed)
	}
	var out []importer.Written
	for _, r := range resolutions {
		pair := r.Prepared.([2]toy)
		old, next := pair[0], pair[1]
		next.Version++
		w := importer.Written{Version: next.Version}
		if r.Outcome == importer.Insert {
			next.ID = ids.New()
			err := tx.ExecOne(ctx, `INSERT INTO toys (`+toyColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
				next.ID, next.Code, next.Name, next.Parent, next.Day, next.Amount, next.Extra, next.Version)
			if err != nil {
				return nil, err
			}
		} else {
			before, err := json.Marshal(old)
			if err != nil {
				return nil, err
			}
			w.Before = string(before)
			if err := saveToy(ctx, tx, next, old.Version); err != nil {
				return nil, err
			}
		}
		s.overlay[next.Code] = next
		w.Ref = ref.Ref{Kind: "toy", ID: next.ID}
		out = append(out, w)
	}
	return out, nil
}

func saveToy(ctx context.Context, tx *op.Tx, t toy, version int64) error {
	const q = `UPDATE toys SET name = $3, parent = $4, day = $5, amount = $6, extra = $7, version = $8 WHERE id = $1 AND version = $2`
	return tx.ExecOne(ctx, q, t.ID, version, t.Name, t.Parent, t.Day, t.Amount, t.Extra, t.Version)
}

func (k *toys) Undo(ctx context.Context, tx *op.Tx, changes []importer.Change) ([]importer.UndoResult, error) {
	var out []importer.UndoResult
	for _, c := range changes {
		now, err := findToy(ctx, tx.Tx, "id", c.Ref.ID)
		switch {
		case fault.KindOf(err) == fault.NotFound:
			out = append(out, importer.Gone)
			continue
		case err != nil:
			return nil, err
		case now.Version != c.Version:
			out = append(out, importer.EditedSince)
			continue
		}
		if c.Outcome == importer.Insert {
			err = tx.ExecOne(ctx, `DELETE FROM toys WHERE id = $1`, c.Ref.ID)
		} else {
			var before toy
			if err = json.Unmarshal([]byte(c.Before), &before); err == nil {
				err = saveToy(ctx, tx, before, c.Version)
			}
		}
		if err != nil {
			return nil, err
		}
		out = append(out, importer.Undone)
	}
	return out, nil
}

// envelope seals for tests: readable by nobody who searches for plain text.
type envelope struct{}

func (envelope) Seal(s string) (string, error) {
	return "sealed:" + base64.StdEncoding.EncodeToString([]byte(s)), nil
}

func (envelope) Open(s string) (string, error) {
	rest, ok := strings.CutPrefix(s, "sealed:")
	if !ok {
		return "", errors.New("not sealed")
	}
	b, err := base64.StdEncoding.DecodeString(rest)
	return string(b), err
}

// bench is an engine over a fresh database with a table of toys.
type bench struct {
	*importer.Engine
	kind *toys
	db   *store.DB
	door *op.Door
	call op.Call
}

func setup(t *testing.T, db *store.DB) *bench { return newBench(t, db) }

func newBench(t testing.TB, db *store.DB) *bench {
	t.Helper()
	door := optest.Door(t, db)
	optest.Run(t, door, func(ctx context.Context, tx *op.Tx) error {
		_, err := tx.Technical().Exec(ctx, `CREATE TABLE toys (id TEXT PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL, parent TEXT NOT NULL,
			day TEXT NOT NULL, amount BIGINT NOT NULL, extra TEXT NOT NULL, version BIGINT NOT NULL)`)
		return err
	})
	k := &toys{}
	return &bench{
		Engine: importer.New(importer.Config{Door: door, Sealer: envelope{}, Dir: t.TempDir(), BatchRows: 7}, k),
		kind:   k, db: db, door: door, call: optest.Operator(),
	}
}

// create makes a job of the content.
func (b *bench) create(t *testing.T, content string, s importer.Settings) importer.Job {
	t.Helper()
	id, err := b.Receive(context.Background(), b.call, "toys.csv", strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	j, err := b.Create(context.Background(), b.call, importer.NewJob{Kind: "toys", FileID: id, Settings: s})
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// ready makes a job that can run.
func (b *bench) ready(t *testing.T, content string) importer.Job {
	t.Helper()
	j := b.create(t, content, importer.Settings{})
	if j.State != importer.Ready {
		t.Fatalf("state %s, problems %+v", j.State, j.Analysis.Problems)
	}
	return j
}

func (b *bench) run(t *testing.T, content string) importer.Job {
	t.Helper()
	j, err := b.Run(context.Background(), b.call, b.ready(t, content).ID)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// all returns every toy as one line.
func (b *bench) all(t *testing.T) []string {
	t.Helper()
	var out []string
	optest.See(t, b.door, func(ctx context.Context, tx *op.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+toyColumns+` FROM toys ORDER BY code`)
		list, err := store.Collect(rows, err, scanToy)
		for _, x := range list {
			out = append(out, fmt.Sprintf("%s|%s|%s|%s|%d|%s", x.Code, x.Name, x.Parent, x.Day, x.Amount, x.Extra))
		}
		return err
	})
	return out
}

// dump returns everything the importer's own tables hold, to search for what must not be there.
func (b *bench) dump(t *testing.T) string {
	t.Helper()
	var out strings.Builder
	optest.See(t, b.door, func(ctx context.Context, tx *op.Tx) error {
		for _, q := range []string{
			`SELECT settings || analysis || dry_run || fault_params FROM import_jobs`,
			`SELECT column_name || detail || cells FROM import_refusals`,
			`SELECT settings FROM import_mappings`,
			`SELECT changes FROM audit_entries`,
		} {
			rows, err := tx.Query(ctx, q)
			list, err := store.Collect(rows, err, func(s store.Scanner) (x string, err error) { return x, s.Scan(&x) })
			if err != nil {
				return err
			}
			out.WriteString(strings.Join(list, "\n"))
		}
		return nil
	})
	return out.String()
}
