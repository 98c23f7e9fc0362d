package op_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/audit"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/op/optest"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/storetest"
	"github.com/allclear/allclear/internal/ref"
)

// The operations of these tests bear names that the shipped policies know.
var (
	update = op.Define("cases.case.update", op.Change)
	reveal = op.Define("cases.case.reveal", op.File)
	list   = op.Define("cases.case.list", op.View)
)

var epidemiologist = access.Grant{Role: "epidemiologist", PlacePath: "1.2."}

type thing struct {
	Name     string `json:"name" audit:"personal"`
	Phone    string `json:"phone"` // forgotten to tag
	Severity string `json:"severity" audit:"public"`
	Tests    int    `json:"tests" audit:"public"`
	Version  int    `json:"version" audit:"-"`
	secret   string
}

type room struct {
	*op.Door
	t *testing.T
}

func each(t *testing.T, f func(r *room)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) { f(&room{Door: optest.Door(t, db), t: t}) })
}

// put writes a domain row; the table serves as any other.
func put(ctx context.Context, tx *op.Tx, key, value string) error {
	_, err := tx.Exec(ctx, `INSERT INTO installation (key, value) VALUES ($1, $2)`, key, value)
	return err
}

func (r *room) count(query string, args ...any) (n int) {
	r.t.Helper()
	err := r.DB.Read(r.t.Context(), func(tx *store.Tx) error { return tx.QueryRow(r.t.Context(), query, args...).Scan(&n) })
	if err != nil {
		r.t.Fatal(err)
	}
	return n
}

func (r *room) rows() int { r.t.Helper(); return r.count(`SELECT count(*) FROM installation`) }

// trail returns all entries, the newest first.
func (r *room) trail() (out []audit.Entry) {
	r.t.Helper()
	err := r.DB.Read(r.t.Context(), func(tx *store.Tx) (err error) {
		out, _, err = audit.List(r.t.Context(), tx, access.Everywhere(), audit.Filter{Limit: 500})
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return out
}

func (r *room) want(what, code string, err error) {
	r.t.Helper()
	got := ""
	if err != nil {
		got = fault.CodeOf(err)
	}
	if got != code {
		r.t.Errorf("%s: got %q (%v), want %q", what, got, err, code)
	}
}

func do[T any](r *room, def *op.Def, call op.Call, f func(ctx context.Context, tx *op.Tx) (T, error)) (T, error) {
	return op.Do(context.Background(), r.Door, def, call, f)
}

func TestDeedAndEntryTogether(t *testing.T) {
	each(t, func(r *room) {
		call := optest.As("lin", epidemiologist)
		call.Reason = "called back"
		var after int
		got, err := do(r, update, call, func(ctx context.Context, tx *op.Tx) (string, error) {
			tx.At("1.2.7.")
			tx.AfterCommit(func() { after++ })
			tx.Changed(ref.Case("c1").Ref(), thing{Name: "王芳", Phone: "13800001234", Severity: "mild", Version: 1},
				thing{Name: "王小芳", Phone: "13900001234", Severity: "severe", Version: 2, secret: "x"})
			if !tx.Scope().Contains("1.2.7.") || tx.Scope().Contains("1.3.") || tx.Operation() != "cases.case.update" || tx.Now() != store.At(optest.Now) {
				t.Error("the open operation does not know where it is")
			}
			return "ok", put(ctx, tx, "a", "b")
		})
		if err != nil || got != "ok" || after != 1 || r.rows() != 1 {
			t.Fatalf("%q, %v, after %d, %d rows", got, err, after, r.rows())
		}
		e := r.trail()[0]
		want := audit.Entry{Seq: 1, At: store.At(optest.Now), Operation: "cases.case.update", Outcome: audit.Done, ActorID: "lin", ActorName: "lin",
			PlacePath: "1.2.7.", Reason: "called back", RequestID: "test", Changes: []audit.Change{{Ref: "case:c1", Kind: "updated", Fields: map[string]any{
				"name": "redacted", "phone": "redacted", "severity": map[string]any{"from": "mild", "to": "severe"}}}}}
		e.Hash, e.PrevHash = "", ""
		if d := cmp.Diff(want, e, cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".changesText" }, cmp.Ignore())); d != "" {
			t.Errorf("entry (-want +got):\n%s", d)
		}
	})
}

func TestPersonalValuesNeverReachTheTrail(t *testing.T) {
	each(t, func(r *room) {
		full := thing{Name: "王芳", Phone: "13800001234", Severity: "mild", Tests: 3, secret: "hush"}
		type wrapped struct {
			thing
			Note string `json:"note"`
		}
		_, err := do(r, update, optest.As("lin", epidemiologist), func(ctx context.Context, tx *op.Tx) (int, error) {
			tx.Changed(ref.Case("made").Ref(), nil, full)
			tx.Changed(ref.Case("gone").Ref(), &full, nil)
			tx.Changed(ref.Case("same").Ref(), full, full)
			tx.Changed(ref.Case("in").Ref(), nil, wrapped{thing: full, Note: "lives at 3 Linden Road"})
			tx.ChangedBatch("case", 2000, "sha256:00")
			return 0, put(ctx, tx, "a", "b")
		})
		if err != nil {
			t.Fatal(err)
		}
		e := r.trail()[0]
		made := map[string]any{"name": "redacted", "phone": "redacted", "severity": map[string]any{"from": nil, "to": "mild"}, "tests": map[string]any{"from": nil, "to": 3.0}}
		gone := map[string]any{"name": "redacted", "phone": "redacted", "severity": map[string]any{"from": "mild", "to": nil}, "tests": map[string]any{"from": 3.0, "to": nil}}
		want := []audit.Change{{Ref: "case:made", Kind: "created", Fields: made}, {Ref: "case:gone", Kind: "deleted", Fields: gone}, {Ref: "case:same", Kind: "updated"}}
		if d := cmp.Diff(want, e.Changes[:3]); d != "" {
			t.Errorf("changes (-want +got):\n%s", d)
		}
		if b := e.Changes[4]; b.Kind != "batch" || b.Count != 2000 || b.Digest != "sha256:00" {
			t.Errorf("batch: %+v", b)
		}
		for _, plain := range []string{"王芳", "13800001234", "hush", "Linden"} {
			if n := r.count(`SELECT count(*) FROM audit_entries WHERE changes LIKE $1`, "%"+plain+"%"); n != 0 {
				t.Errorf("%q stands in the trail", plain)
			}
		}
	})
}

// TestForgottenChangeIsNotCommitted is the sabotage twin of every save: without the
// line that tells the trail, nothing is saved.
func TestForgottenChangeIsNotCommitted(t *testing.T) {
	each(t, func(r *room) {
		err := optest.Try(r.Door, func(ctx context.Context, tx *op.Tx) error { return put(ctx, tx, "a", "b") })
		if err == nil || !strings.Contains(err.Error(), "recorded no change") || fault.KindOf(err) != fault.Internal {
			t.Errorf("got %v, want a refusal", err)
		}
		err = optest.Try(r.Door, func(ctx context.Context, tx *op.Tx) error {
			_, err := tx.Insert(ctx, "installation", []string{"key", "value"}, [][]any{{"x", "y"}})
			return err
		})
		if err == nil {
			t.Error("a bulk insert without a record of it was committed")
		}
		if r.rows() != 0 || len(r.trail()) != 0 {
			t.Errorf("%d rows, %d entries, want none", r.rows(), len(r.trail()))
		}
		optest.Run(t, r.Door, func(ctx context.Context, tx *op.Tx) error {
			_, err := tx.Technical().Exec(ctx, `INSERT INTO installation (key, value) VALUES ('t', '')`)
			return err
		})
		optest.Run(t, r.Door, func(context.Context, *op.Tx) error { return nil })
		if r.rows() != 1 || len(r.trail()) != 0 {
			t.Errorf("bookkeeping: %d rows, %d entries, want 1 and none", r.rows(), len(r.trail()))
		}
	})
}

// TestNoEntryNoDeed makes the trail unwritable: then nothing happens, and files stay shut.
func TestNoEntryNoDeed(t *testing.T) {
	each(t, func(r *room) {
		if _, err := r.DB.Raw().Exec(`ALTER TABLE audit_entries RENAME TO audit_entries_away`); err != nil {
			t.Fatal(err)
		}
		err := optest.Try(r.Door, func(ctx context.Context, tx *op.Tx) error {
			tx.Changed(ref.Case("c").Ref(), nil, thing{Severity: "mild"})
			return put(ctx, tx, "a", "b")
		})
		if err == nil || r.rows() != 0 {
			t.Errorf("a deed without its entry: %v, %d rows", err, r.rows())
		}
		name, err := do(r, reveal, optest.As("lin", epidemiologist), func(_ context.Context, tx *op.Tx) (string, error) {
			tx.Looked(ref.Case("c").Ref())
			return "王芳", nil
		})
		if err == nil || name != "" {
			t.Errorf("a file was shown without an entry: %q, %v", name, err)
		}
		_, err = do(r, update, optest.As("press", access.Grant{Role: "press_officer"}), func(context.Context, *op.Tx) (int, error) {
			t.Error("a refused operation ran because its refusal could not be recorded")
			return 0, nil
		})
		r.want("refused all the same", "access.not_allowed", err)
	})
}

func TestAFailingDeedLeavesNothing(t *testing.T) {
	each(t, func(r *room) {
		boom := errors.New("boom")
		err := optest.Try(r.Door, func(ctx context.Context, tx *op.Tx) error {
			tx.AfterCommit(func() { t.Error("told others of what did not happen") })
			tx.Changed(ref.Case("c").Ref(), nil, thing{Severity: "mild"})
			return errors.Join(put(ctx, tx, "a", "b"), boom)
		})
		if !errors.Is(err, boom) || r.rows() != 0 || len(r.trail()) != 0 {
			t.Errorf("%v, %d rows, %d entries", err, r.rows(), len(r.trail()))
		}
		func() {
			defer func() { _ = recover() }()
			_ = optest.Try(r.Door, func(ctx context.Context, tx *op.Tx) error {
				_ = put(ctx, tx, "a", "b")
				panic("broken")
			})
		}()
		if r.rows() != 0 {
			t.Error("a panic left its rows")
		}
		optest.Run(t, r.Door, func(ctx context.Context, tx *op.Tx) error { // and no lock
			tx.Changed(ref.Case("c").Ref(), nil, thing{})
			return put(ctx, tx, "a", "b")
		})
	})
}

func TestRefusalsAreRecorded(t *testing.T) {
	each(t, func(r *room) {
		never := func(context.Context, *op.Tx) (int, error) { t.Error("it ran"); return 0, nil }
		press := optest.As("press", access.Grant{Role: "press_officer"})
		_, err := do(r, update, press, never)
		r.want("a role without it", "access.not_allowed", err)
		_, err = do(r, list, press, never)
		r.want("reading without it", "access.not_allowed", err)
		half := optest.As("lin", epidemiologist)
		half.Principal.MFA, half.Principal.NeedsMFA = false, true
		_, err = do(r, reveal, half, never)
		r.want("without the second factor", "access.second_factor", err)
		_, err = do(r, update, optest.As("lin", epidemiologist), func(ctx context.Context, tx *op.Tx) (int, error) {
			_ = put(ctx, tx, "a", "b")
			return 0, fault.Forbiddenf("cases.not_yours", "no")
		})
		r.want("inside", "cases.not_yours", err)
		_, err = do(r, update, op.Call{}, never)
		r.want("nobody", "session.required", err)
		_, err = do(r, update, optest.As("lin", epidemiologist), func(context.Context, *op.Tx) (int, error) {
			return 0, fault.Invalidf("cases.bad", "bad input")
		})
		r.want("bad input is no refusal", "cases.bad", err)

		var got []string
		for _, e := range slices.Backward(r.trail()) {
			got = append(got, strings.Join([]string{e.ActorID, e.Operation, e.Outcome, e.Reason}, " "))
		}
		want := []string{
			"press cases.case.update refused access.not_allowed", "press cases.case.list refused access.not_allowed",
			"lin cases.case.reveal refused access.second_factor", "lin cases.case.update refused cases.not_yours",
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("trail (-want +got):\n%s", d)
		}
	})
}

func TestKindsOfOperations(t *testing.T) {
	each(t, func(r *room) {
		lin := optest.As("lin", epidemiologist)
		_, err := do(r, list, lin, func(ctx context.Context, tx *op.Tx) (int, error) { return 0, put(ctx, tx, "a", "b") })
		if err == nil || r.rows() != 0 {
			t.Errorf("a view wrote: %v", err)
		}
		if _, err := do(r, list, lin, func(context.Context, *op.Tx) (int, error) { return 1, nil }); err != nil || len(r.trail()) != 0 {
			t.Errorf("a view: %v, %d entries", err, len(r.trail()))
		}
		lin.IdempotencyKey = "k"
		for range 2 {
			if _, err := do(r, reveal, lin, func(_ context.Context, tx *op.Tx) (string, error) {
				tx.Looked(ref.Case("c1").Ref())
				return "王芳", nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		e := r.trail()
		if len(e) != 2 || e[0].Changes[0].Kind != "read" || e[0].Changes[0].Ref != "case:c1" {
			t.Errorf("two looks at a file: %+v", e)
		}
		if n := r.count(`SELECT count(*) FROM op_keys`); n != 0 {
			t.Error("what a file shows was kept as the answer of a key")
		}
	})
}

type answer struct {
	ID     string
	Number int64
}

// TestSameKeyHundredTimes is T12: one effect, the same answer every time, however the
// calls fall together.
func TestSameKeyHundredTimes(t *testing.T) {
	each(t, func(r *room) {
		for _, unique := range []bool{false, true} { // with and without a record that itself is unique
			call := optest.As("lin", epidemiologist)
			call.IdempotencyKey, call.Request = fmt.Sprint("key", unique), map[string]any{"x": 1}
			var ran, told atomic.Int64
			answers := make([]answer, 100)
			var all sync.WaitGroup
			for i := range answers {
				all.Go(func() {
					var err error
					answers[i], err = do(r, update, call, func(ctx context.Context, tx *op.Tx) (answer, error) {
						n := ran.Add(1)
						key := "the one"
						if !unique {
							key = fmt.Sprint("one of many ", n)
						}
						if err := put(ctx, tx, key, "v"); err != nil {
							return answer{}, err
						}
						time.Sleep(time.Millisecond)
						tx.AfterCommit(func() { told.Add(1) })
						tx.Changed(ref.Case(key).Ref(), nil, thing{Severity: "mild"})
						return answer{ID: key, Number: n}, nil
					})
					if err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			for _, a := range answers {
				if a != answers[0] || a.ID == "" {
					t.Fatalf("answers differ: %+v and %+v", a, answers[0])
				}
			}
			if told.Load() != 1 {
				t.Errorf("others were told %d times", told.Load())
			}
		}
		if r.rows() != 2 || len(r.trail()) != 2 {
			t.Errorf("%d rows and %d entries, want 2 and 2", r.rows(), len(r.trail()))
		}
	})
}

func TestKeysBelongToOnePersonAndOneRequest(t *testing.T) {
	each(t, func(r *room) {
		n := 0
		run := func(who, key string, request any) (int, error) {
			call := optest.As(who, epidemiologist)
			call.IdempotencyKey, call.Request = key, request
			return do(r, update, call, func(ctx context.Context, tx *op.Tx) (int, error) {
				n++
				tx.Changed(ref.Case("c").Ref(), nil, thing{Severity: "mild"})
				return n, put(ctx, tx, fmt.Sprint(n), "")
			})
		}
		for _, c := range []struct {
			who, key string
			request  any
			want     int
			code     string
		}{
			{"lin", "k", "a", 1, ""}, {"lin", "k", "a", 1, ""}, {"lin", "k", "b", 0, "idempotency.reused"},
			{"chen", "k", "a", 2, ""}, {"lin", "k2", "a", 3, ""}, {"lin", "", "a", 4, ""}, {"lin", "", "a", 5, ""},
		} {
			got, err := run(c.who, c.key, c.request)
			r.want(fmt.Sprint(c), c.code, err)
			if got != c.want {
				t.Errorf("%v: got %d", c, got)
			}
		}
		if _, err := run("lin", "k3", func() {}); err == nil {
			t.Error("a request that cannot be told from others was accepted")
		}
		if err := op.ForgetKeys(t.Context(), r.DB, store.At(optest.Now)+1); err != nil {
			t.Fatal(err)
		}
		if got, err := run("lin", "k", "b"); err != nil || got != 6 {
			t.Errorf("after the keys were forgotten: %d, %v", got, err)
		}
	})
}

func TestAFailedCallDoesNotUseUpItsKey(t *testing.T) {
	each(t, func(r *room) {
		call := optest.As("lin", epidemiologist)
		call.IdempotencyKey = "k"
		fail := true
		run := func() (int, error) {
			return do(r, update, call, func(ctx context.Context, tx *op.Tx) (int, error) {
				if fail {
					return 0, fault.Unavailablef("x.down", "down")
				}
				tx.Changed(ref.Case("c").Ref(), nil, thing{})
				return 7, put(ctx, tx, "a", "b")
			})
		}
		_, err := run()
		r.want("first", "x.down", err)
		fail = false
		if got, err := run(); err != nil || got != 7 {
			t.Errorf("second: %d, %v", got, err)
		}
	})
}

func TestDefine(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"cases.case.update", "Cases.case.x", "cases", "cases.case.x.y", "cases..x"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%q was accepted", name)
				}
			}()
			op.Define(name, op.Change)
		}()
	}
	if !slices.Contains(op.Names(), "cases.case.reveal") || !slices.IsSorted(op.Names()) || update.Kind() != op.Change {
		t.Errorf("names: %v", op.Names())
	}
}
