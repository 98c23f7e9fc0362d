package people

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// The operations of retention. Erasing is the program's own deed, by the clock.
var (
	ViewRetention = op.Define("people.retention.view", op.View)
	SetRetention  = op.Define("people.retention.update", op.Change)
	HoldPerson    = op.Define("people.retention.hold", op.Change)
	ReleasePerson = op.Define("people.retention.release", op.Change)
	ErasePeople   = op.Define("people.retention.erase", op.Change)
)

// RetentionText is a sentence in both languages.
type RetentionText struct {
	Zh string `json:"zh" yaml:"zh"`
	En string `json:"en" yaml:"en"`
}

// RetentionRule says how long people of one kind stay.
type RetentionRule struct {
	While     RetentionText `json:"while" yaml:"while"`
	Days      int           `json:"days" yaml:"days"`             // from the day the record is made; 0 for no clock yet
	DaysAfter int           `json:"days_after" yaml:"days_after"` // from the day on which `while` ends
}

// Retention are the rules of policies/retention.yaml.
type Retention struct {
	Rules          map[string]RetentionRule `json:"rules" yaml:"rules"`
	NoticeDays     int                      `json:"notice_days" yaml:"notice_days"`
	LongestHold    int                      `json:"longest_hold_days" yaml:"longest_hold_days"`
	ShortestReason int                      `json:"shortest_reason" yaml:"shortest_reason"`
}

// withCase is the rule for people who came with a case.
const withCase = "with_case"

// LoadRetention reads retention.yaml; files of the operator replace the values they name.
// A category without a rule is an error: nobody's record may be without an end in sight.
func LoadRetention(base fs.FS, extra ...fs.FS) (Retention, error) {
	var r Retention
	for i, fsys := range append([]fs.FS{base}, extra...) {
		text, err := fs.ReadFile(fsys, "retention.yaml")
		if err != nil && i > 0 {
			continue
		}
		if err == nil {
			err = yaml.Unmarshal(text, &r)
		}
		if err != nil {
			return r, fmt.Errorf("read retention.yaml: %w", err)
		}
	}
	for _, c := range append([]Category{withCase}, Categories...) {
		rule, ok := r.Rules[string(c)]
		if !ok || rule.Days <= 0 && (rule.While.Zh == "" || rule.While.En == "" || rule.DaysAfter <= 0) {
			return r, fmt.Errorf("retention.yaml has no rule for %s that ends", c)
		}
	}
	return r, nil
}

// keepUntil sets the clock of a new record. A day that somebody stated may only be sooner.
func (r Retention) keepUntil(stated store.Day, c Category, registered bool, on store.Day) store.Day {
	kind := string(cmp.Or(c, ResidentHere))
	if !registered {
		kind = withCase
	}
	rule := r.Rules[kind]
	if rule.Days <= 0 {
		return stated
	}
	end := on.Add(rule.Days)
	if stated != "" && stated < end {
		return stated
	}
	return end
}

// edited is the end of a record after an edit. A new category brings its own clock, from
// today on. An edit may bring the end nearer; further off it goes only by KeepUntil, with
// a reason.
func (r Retention) edited(before Person, d Details, on store.Day) (store.Day, error) {
	if d.Category != before.Category {
		return r.keepUntil("", d.Category, before.Registered, on), nil
	}
	if d.KeepUntil != before.KeepUntil && before.KeepUntil != "" && (d.KeepUntil == "" || d.KeepUntil > before.KeepUntil) {
		return "", fault.Invalidf("people.keep_longer", "the end of a record is put off by itself, with a reason").With("keep_until", "later")
	}
	return d.KeepUntil, nil
}

// Hold keeps one record beyond its end.
type Hold struct {
	ID        string        `json:"id" audit:"-"`
	PersonID  ref.Person    `json:"person_id" audit:"public"`
	PlacePath string        `json:"place_path" audit:"-"`
	Reason    string        `json:"reason" audit:"public"`
	UntilOn   store.Day     `json:"until_on" audit:"public"`
	Reviewer  string        `json:"reviewer" audit:"public"` // who looks at it again
	SetName   string        `json:"set_by_name" audit:"-"`
	SetAt     store.Instant `json:"set_at" audit:"-"`
	Version   int64         `json:"version" audit:"-"`
}

const holdColumns = `id, person_id, place_path, reason, until_on, reviewer, set_name, set_at, version`

func scanHold(r store.Scanner) (h Hold, err error) {
	return h, r.Scan(&h.ID, &h.PersonID, &h.PlacePath, &h.Reason, &h.UntilOn, &h.Reviewer, &h.SetName, &h.SetAt, &h.Version)
}

// Hold keeps a record until a day, for the reason stated with the call; a reviewer other
// than the caller looks at it again. A hold ends by itself.
func (s *Service) Hold(ctx context.Context, tx *op.Tx, id ref.Person, until store.Day, reviewer string) (Hold, error) {
	p, err := s.Load(ctx, tx, id)
	if err != nil {
		return Hold{}, err
	}
	h := Hold{ID: ids.New(), PersonID: id, PlacePath: p.PlacePath, Reason: strings.TrimSpace(tx.Reason()), UntilOn: until,
		Reviewer: strings.TrimSpace(reviewer), SetName: tx.Principal().Name, SetAt: tx.Now(), Version: 1}
	bad := fault.Invalidf("people.bad_hold", "the record cannot be held like this").Param("days", s.retention.LongestHold).Param("least", s.retention.ShortestReason)
	day := today(tx)
	if _, ok := store.ParseDay(string(until)); !ok || until <= day || until > day.Add(s.retention.LongestHold) {
		bad.With("until_on", "out_of_range")
	}
	if utf8.RuneCountInString(h.Reason) < s.retention.ShortestReason {
		bad.With("reason", "required")
	}
	if h.Reviewer == "" || h.Reviewer == tx.Principal().Name {
		bad.With("reviewer", "other_person")
	}
	if len(bad.Fields) > 0 {
		return h, bad
	}
	const q = `INSERT INTO people_holds (id, person_id, place_path, reason, until_on, reviewer, set_by, set_name, set_at, ended_by, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', 1)`
	_, err = tx.Exec(ctx, q, h.ID, string(id), h.PlacePath, h.Reason, string(h.UntilOn), h.Reviewer, tx.Principal().UserID, h.SetName, h.SetAt)
	if fault.CodeOf(err) == "conflict.exists" {
		return h, fault.Conflictf("people.held", "the record is held already; end that hold first")
	}
	if err != nil {
		return h, err
	}
	tx.At(p.PlacePath)
	tx.Changed(ref.Ref{Kind: "hold", ID: h.ID}, nil, h)
	tx.Changed(id.Ref(), held{}, held{Until: h.UntilOn})
	return h, nil
}

type held struct {
	Until store.Day `json:"held_until" audit:"public"`
}

// Release ends a hold before its day.
func (s *Service) Release(ctx context.Context, tx *op.Tx, hold string) error {
	h, err := scanHold(tx.QueryRow(ctx, `SELECT `+holdColumns+` FROM people_holds WHERE id = $1 AND ended_at IS NULL`, hold))
	if err != nil || !tx.Scope().Contains(h.PlacePath) {
		return fault.NotFoundf("people.no_hold", "there is no such hold")
	}
	const q = `UPDATE people_holds SET ended_by = $3, ended_at = $4, version = version + 1 WHERE id = $1 AND version = $2`
	if err := tx.ExecOne(ctx, q, h.ID, h.Version, tx.Principal().UserID, tx.Now()); err != nil {
		return err
	}
	tx.At(h.PlacePath)
	tx.Changed(ref.Ref{Kind: "hold", ID: h.ID}, h, nil)
	tx.Changed(h.PersonID.Ref(), held{Until: h.UntilOn}, held{})
	return nil
}

type clock struct {
	KeepUntil store.Day `json:"keep_until" audit:"public"`
}

// KeepUntil sets the clock of one record. An earlier end needs no reason beyond the call's;
// a later one is stated with a reason and stands in the trail: there is no other way to it.
func (s *Service) KeepUntil(ctx context.Context, tx *op.Tx, id ref.Person, until store.Day) (Person, error) {
	p, err := s.Load(ctx, tx, id)
	if err != nil {
		return p, err
	}
	day := today(tx)
	if _, ok := store.ParseDay(string(until)); !ok || until < day || until > day.Add(5*366) {
		return p, fault.Invalidf("people.bad_end", "the day must lie ahead, within five years").With("keep_until", "out_of_range")
	}
	later := p.KeepUntil == "" || until > p.KeepUntil
	if later && utf8.RuneCountInString(strings.TrimSpace(tx.Reason())) < s.retention.ShortestReason {
		return p, fault.Invalidf("people.reason_needed", "state in at least %d characters why the record is needed for longer", s.retention.ShortestReason).
			With("reason", "required").Param("least", s.retention.ShortestReason)
	}
	const q = `UPDATE people SET keep_until = $3, version = version + 1, updated_at = $4 WHERE id = $1 AND version = $2`
	if err := tx.ExecOne(ctx, q, string(id), p.Version, string(until), tx.Now()); err != nil {
		return p, err
	}
	tx.At(p.PlacePath)
	tx.Changed(id.Ref(), clock{p.KeepUntil}, clock{until})
	p.KeepUntil, p.Version = until, p.Version+1
	return p, nil
}

// Ending is how many records of a category end on a day.
type Ending struct {
	On       store.Day `json:"on"`
	Category Category  `json:"category"`
	Count    int64     `json:"count"`
}

// Run is one run of the job that erases.
type Run struct {
	ID         string        `json:"id"`
	OnDay      store.Day     `json:"on"`
	Erased     int64         `json:"erased"`
	Pseudonyms int64         `json:"pseudonyms"`
	Held       int64         `json:"held"`
	Digest     string        `json:"digest"`
	FinishedAt store.Instant `json:"finished_at"`
}

// RetentionView is what ends soon, what is held, and what was erased.
type RetentionView struct {
	Retention
	Today   store.Day `json:"today"`
	Endings []Ending  `json:"endings"`
	Holds   []Hold    `json:"holds"`
	Runs    []Run     `json:"runs"`
}

// Endings returns what ends within so many days in the caller's places (operation
// ViewRetention). Runs are of the whole register and shown to who sees all of it.
func (s *Service) Endings(ctx context.Context, tx *op.Tx, days int) (RetentionView, error) {
	out := RetentionView{Retention: s.retention, Today: today(tx), Runs: []Run{}}
	args := []any{string(out.Today.Add(days))}
	q := `SELECT keep_until, category, count(*) FROM people WHERE keep_until IS NOT NULL AND keep_until <= $1 AND ` +
		tx.Scope().SQL("place_path", &args) + ` GROUP BY keep_until, category ORDER BY keep_until, category LIMIT 1000`
	rows, err := tx.Query(ctx, q, args...)
	out.Endings, err = store.Collect(rows, err, func(r store.Scanner) (e Ending, err error) { return e, r.Scan(&e.On, &e.Category, &e.Count) })
	if err != nil {
		return out, fmt.Errorf("read what ends: %w", err)
	}
	if out.Holds, err = holds(ctx, tx, tx.Scope()); err != nil {
		return out, err
	}
	if !tx.Scope().All() {
		return out, nil
	}
	rows, err = tx.Query(ctx, `SELECT id, on_day, erased, pseudonyms, held, digest, finished_at FROM retention_runs ORDER BY id DESC LIMIT 60`)
	out.Runs, err = store.Collect(rows, err, func(r store.Scanner) (x Run, err error) {
		return x, r.Scan(&x.ID, &x.OnDay, &x.Erased, &x.Pseudonyms, &x.Held, &x.Digest, &x.FinishedAt)
	})
	return out, err
}

func holds(ctx context.Context, tx *op.Tx, scope access.Scope) ([]Hold, error) {
	args := []any{string(today(tx))}
	rows, err := tx.Query(ctx, `SELECT `+holdColumns+` FROM people_holds WHERE ended_at IS NULL AND until_on >= $1 AND `+
		scope.SQL("place_path", &args)+` ORDER BY until_on, id LIMIT 500`, args...)
	return store.Collect(rows, err, scanHold)
}
