package disclosure

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/vault"
	"github.com/allclear/allclear/internal/ref"
)

// Filter is what an export is limited by, as in the address of the list.
type Filter map[string]string

// Plan is what a filter selects now.
type Plan struct {
	Persons int64
	Place   string // path of the place that holds all of them; "" is everywhere
}

// Row is one row of a file: about whom, and its cells.
type Row struct {
	Subject string
	Cells   []string
}

// Column is one column of a file.
type Column struct {
	Name string
	// Marked: how the cell is written may carry the hidden mark. Never true where a
	// program may compare the value with another.
	Marked bool
}

// Source gives the rows of one kind of export.
type Source struct {
	Kind    string
	Export  *op.Def // the permission to take such a file
	Plain   *op.Def // further needed for plain values; nil where there are only masked ones
	Read    *op.Def // of kind View, under which the rows are read; its scope bounds them
	Columns func(plain bool) []Column
	// Plan says what the filter selects in the caller's places, or what is wrong with it.
	Plan func(ctx context.Context, tx *op.Tx, f Filter) (Plan, error)
	// Pages reads the rows page by page in an order that depends on nothing but them, and
	// hands each page on as a function that opens it, which runs beside.
	Pages func(ctx context.Context, tx *op.Tx, f Filter, plain bool, next func(open func() ([]Row, error)) error) error
}

// Export is a file of people that somebody asked for.
type Export struct {
	ID            string        `json:"id" audit:"-"`
	Kind          string        `json:"kind" audit:"public"`
	PlacePath     string        `json:"place_path" audit:"public"`
	Filter        Filter        `json:"filter" audit:"personal"`
	Plain         bool          `json:"plain" audit:"public"`
	Format        string        `json:"format" audit:"public"`
	Encoding      string        `json:"encoding" audit:"public"`
	Reason        string        `json:"reason" audit:"public"`
	Persons       int64         `json:"persons" audit:"public"`
	State         string        `json:"state" audit:"public"` // waiting, approved, refused
	RequestedBy   string        `json:"requested_by" audit:"-"`
	RequestedName string        `json:"requested_by_name" audit:"-"`
	RequestedAt   store.Instant `json:"requested_at" audit:"-"`
	DecidedBy     string        `json:"decided_by" audit:"-"`
	DecidedName   string        `json:"decided_by_name" audit:"-"`
	DecidedAt     store.Instant `json:"decided_at" audit:"-"`
	Decision      string        `json:"decision" audit:"public"` // the second person's reason
	Once          bool          `json:"once" audit:"public"`     // can be fetched only once
	Until         store.Instant `json:"until" audit:"-"`
	Downloads     int64         `json:"downloads" audit:"public"`
	Own           bool          `json:"own" audit:"-"`
	Version       int64         `json:"version" audit:"-"`
}

// Ref is what stands visibly in every row of the file.
func (e Export) Ref() string { return strings.ToUpper(e.ID[len(e.ID)-8:]) + " " + e.RequestedName }

func (e Export) ref() ref.Ref { return ref.Ref{Kind: "export", ID: e.ID} }

// Wish is an export that somebody asks for.
type Wish struct {
	Kind, Format, Encoding string
	Filter                 Filter
	Plain, Once            bool
}

const exportColumns = `id, kind, place_path, filter, plain, format, encoding, reason, persons, state, requested_by, requested_name, requested_at,
	decided_by, decided_name, decided_at, decision, once, until_at, downloads, version`

func (s *Service) scanExport(r store.Scanner) (e Export, err error) {
	var filter string
	err = r.Scan(&e.ID, &e.Kind, &e.PlacePath, &filter, &e.Plain, &e.Format, &e.Encoding, &e.Reason, &e.Persons, &e.State, &e.RequestedBy, &e.RequestedName,
		&e.RequestedAt, &e.DecidedBy, &e.DecidedName, &e.DecidedAt, &e.Decision, &e.Once, &e.Until, &e.Downloads, &e.Version)
	if err != nil {
		return e, err
	}
	if filter, err = s.vault.Open(vault.FreeText, filter); err != nil {
		return e, fmt.Errorf("open the filter of export %s: %w", e.ID, err)
	}
	return e, json.Unmarshal([]byte(filter), &e.Filter)
}

// Exports are the requests, with where their rows come from.
type Exports struct {
	*Service
	sources map[string]Source
}

// Exports returns the exports of the given sources.
func (s *Service) Exports(sources ...Source) *Exports {
	x := &Exports{Service: s, sources: map[string]Source{}}
	for _, y := range sources {
		x.sources[y.Kind] = y
	}
	return x
}

func (x *Exports) source(kind string) (Source, error) {
	y, ok := x.sources[kind]
	if !ok {
		return y, fault.Invalidf("disclosure.no_source", "there are no exports of %q", kind).With("kind", "unknown")
	}
	return y, nil
}

// mayTake holds the caller's roles against what such a file asks for, at a place.
func mayTake(tx *op.Tx, y Source, plain bool, place string) error {
	if !tx.May(y.Export, place) {
		return fault.Forbiddenf("access.not_allowed", "your roles do not include %s there", y.Export.Name()).Param("operation", y.Export.Name())
	}
	if plain && (y.Plain == nil || !tx.May(y.Plain, place)) {
		return fault.Forbiddenf("disclosure.no_plain", "your roles do not include plain values in files of this kind; ask for the masked ones")
	}
	return nil
}

// Request asks for a file. A few people can be fetched at once; more wait for a second
// person. The reason comes with the call.
func (x *Exports) Request(ctx context.Context, tx *op.Tx, w Wish) (Export, error) {
	y, err := x.source(w.Kind)
	if err != nil {
		return Export{}, err
	}
	e, err := x.drafted(tx, w)
	if err != nil {
		return e, err
	}
	plan, err := y.Plan(ctx, tx, w.Filter)
	if err != nil {
		return e, err
	}
	e.Persons, e.PlacePath = plan.Persons, plan.Place
	if err := mayTake(tx, y, e.Plain, e.PlacePath); err != nil {
		return e, err
	}
	if e.Format == "xlsx" && e.Persons > sheetRows {
		return e, fault.Invalidf("disclosure.sheet_full", "a sheet holds %d rows; take CSV", sheetRows).With("format", "too_many_rows").Param("rows", sheetRows)
	}
	e.State = "waiting"
	if e.Persons <= x.rules.Export.Direct {
		e.State, e.Until = "approved", tx.Now()+store.Instant(x.rules.Export.DownloadHours)*hour
	}
	if err := x.insert(ctx, tx, e); err != nil {
		return e, err
	}
	tx.At(e.PlacePath)
	tx.Changed(e.ref(), nil, e)
	if e.State == "waiting" {
		err = x.raise(ctx, tx, alert{kind: "export_waiting", subject: e.ID, persons: e.Persons, reason: e.Reason, place: e.PlacePath})
	}
	return e, err
}

func (x *Exports) drafted(tx *op.Tx, w Wish) (Export, error) {
	bad := fault.Invalidf("disclosure.bad_export", "the export cannot be made like this")
	e := Export{
		ID: ids.New(), Kind: w.Kind, Filter: w.Filter, Plain: w.Plain, Format: w.Format, Encoding: w.Encoding, Reason: strings.TrimSpace(tx.Reason()),
		RequestedBy: tx.Principal().UserID, RequestedName: tx.Principal().Name, RequestedAt: tx.Now(), Once: w.Once, Own: true, Version: 1,
	}
	if e.Format == "" {
		e.Format = "csv"
	}
	if e.Encoding == "" {
		e.Encoding = "utf-8"
	}
	if e.Filter == nil {
		e.Filter = Filter{}
	}
	if e.Format != "csv" && e.Format != "xlsx" {
		bad.With("format", "unknown")
	}
	if e.Encoding != "utf-8" && e.Encoding != "gb18030" {
		bad.With("encoding", "unknown")
	}
	if utf8.RuneCountInString(e.Reason) < x.rules.Export.ShortestReason {
		return e, fault.Invalidf("disclosure.reason_needed", "state the reason in at least %d characters", x.rules.Export.ShortestReason).
			With("reason", "required").Param("least", x.rules.Export.ShortestReason)
	}
	if len(bad.Fields) > 0 {
		return e, bad
	}
	return e, nil
}

func (x *Exports) insert(ctx context.Context, tx *op.Tx, e Export) error {
	filter, err := json.Marshal(e.Filter)
	if err != nil {
		return err
	}
	sealed, err := x.vault.Seal(vault.FreeText, string(filter))
	if err != nil {
		return err
	}
	const q = `INSERT INTO exports (` + exportColumns + `)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`
	_, err = tx.Exec(ctx, q, e.ID, e.Kind, e.PlacePath, sealed, e.Plain, e.Format, e.Encoding, e.Reason, e.Persons, e.State, e.RequestedBy, e.RequestedName,
		e.RequestedAt, e.DecidedBy, e.DecidedName, e.DecidedAt, e.Decision, e.Once, e.Until, e.Downloads, e.Version)
	return err
}

// Decide approves or refuses another person's export, in the places where the caller may.
func (x *Exports) Decide(ctx context.Context, tx *op.Tx, id string, approve bool) (Export, error) {
	e, err := x.find(ctx, tx, id)
	if err != nil {
		return e, err
	}
	if e.RequestedBy == tx.Principal().UserID {
		return e, fault.Forbiddenf("disclosure.own_export", "it is your own request: a second person must decide")
	}
	if e.State != "waiting" {
		return e, fault.Conflictf("disclosure.decided", "the request was decided already")
	}
	reason := trimmed(tx.Reason())
	if !approve && utf8.RuneCountInString(reason) < x.rules.Export.ShortestReason {
		return e, fault.Invalidf("disclosure.reason_needed", "state the reason in at least %d characters", x.rules.Export.ShortestReason).
			With("reason", "required").Param("least", x.rules.Export.ShortestReason)
	}
	after := e
	after.State, after.DecidedBy, after.DecidedName, after.DecidedAt = "refused", tx.Principal().UserID, tx.Principal().Name, tx.Now()
	after.Decision, after.Version = reason, e.Version+1
	if approve {
		after.State, after.Until = "approved", tx.Now()+store.Instant(x.rules.Export.DownloadHours)*hour
	}
	const q = `
		UPDATE exports SET state = $3, decided_by = $4, decided_name = $5, decided_at = $6, decision = $7, until_at = $8, version = version + 1
		WHERE  id = $1 AND version = $2`
	err = tx.ExecOne(ctx, q, id, e.Version, after.State, after.DecidedBy, after.DecidedName, after.DecidedAt, after.Decision, after.Until)
	if err != nil {
		return e, err
	}
	tx.At(e.PlacePath)
	tx.Changed(e.ref(), e, after)
	return after, x.settleWaiting(ctx, tx, after)
}

func (x *Exports) settleWaiting(ctx context.Context, tx *op.Tx, e Export) error {
	const q = `UPDATE alerts SET state = 'settled', settled_by = $2, settled_name = $3, settled_at = $4, note = $5, version = version + 1
		WHERE kind = 'export_waiting' AND subject = $1 AND state = 'open'`
	_, err := tx.Technical().Exec(ctx, q, e.ID, e.DecidedBy, e.DecidedName, tx.Now(), e.State)
	tx.AfterCommit(x.tell)
	return err
}

// find returns an export that the caller asked for, or one in their places.
func (x *Exports) find(ctx context.Context, tx *op.Tx, id string) (Export, error) {
	e, err := x.scanExport(tx.QueryRow(ctx, `SELECT `+exportColumns+` FROM exports WHERE id = $1`, id))
	e.Own = e.RequestedBy == tx.Principal().UserID
	if fault.KindOf(err) == fault.NotFound || err == nil && !e.Own && !tx.Scope().Contains(e.PlacePath) {
		return Export{}, fault.NotFoundf("disclosure.no_export", "there is no such export")
	}
	return e, err
}

// List returns the newest exports, at most 200: the caller's own, or those in the caller's
// places that others asked for and that wait.
func (x *Exports) List(ctx context.Context, tx *op.Tx, waiting bool) ([]Export, error) {
	args := []any{tx.Principal().UserID}
	where := `requested_by = $1`
	if waiting {
		where = `requested_by <> $1 AND state = 'waiting' AND ` + tx.Scope().SQL("place_path", &args)
		if !tx.May(DecideExport, widest(tx.Scope())) {
			return []Export{}, nil
		}
	}
	rows, err := tx.Query(ctx, `SELECT `+exportColumns+` FROM exports WHERE `+where+` ORDER BY id DESC LIMIT 200`, args...)
	all, err := store.Collect(rows, err, x.scanExport)
	for i := range all {
		all[i].Own = !waiting
	}
	return all, err
}

// widest is a place that holds the whole scope, for an export without a place of its own.
func widest(s access.Scope) string {
	prefixes := s.Prefixes()
	if len(prefixes) == 0 {
		return ""
	}
	common := prefixes[0]
	for _, p := range prefixes[1:] {
		for !strings.HasPrefix(p, common) {
			common = access.ParentPath(common)
		}
	}
	return common
}

// PlaceOf is the place an export stands at: that of its filter, else the least that holds
// all the caller's places.
func PlaceOf(scope access.Scope, filtered string) string {
	if filtered != "" {
		return filtered
	}
	return widest(scope)
}
