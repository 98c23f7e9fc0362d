package cases

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
	"github.com/allclear/allclear/internal/registry/places"
)

// Count is what an area reports for one day in place of a list: new confirmed cases
// (those reclassified included), new asymptomatic infections, and of the infections how
// many were found in the community; nil if the area does not say.
type Count struct {
	ID               ref.Count     `json:"id" audit:"-"`
	IncidentID       ref.Incident  `json:"incident_id" audit:"public"`
	PlaceID          ref.Place     `json:"place_id" audit:"public"`
	PlacePath        string        `json:"place_path" audit:"-"`
	On               store.Day     `json:"on" audit:"public"`
	Confirmed        int64         `json:"confirmed" audit:"public"`
	Asymptomatic     int64         `json:"asymptomatic" audit:"public"`
	Reclassified     int64         `json:"reclassified" audit:"public"`
	FoundInCommunity *int64        `json:"found_in_community" audit:"public"`
	Deaths           int64         `json:"deaths" audit:"public"`
	Imported         int64         `json:"imported" audit:"public"`
	Source           string        `json:"source" audit:"public"`
	ImportID         ref.ImportJob `json:"import_id" audit:"-"`
	Version          int64         `json:"version" audit:"-"`
	CreatedAt        store.Instant `json:"created_at" audit:"-"`
	UpdatedAt        store.Instant `json:"updated_at" audit:"-"`
}

// Infections is the day's new infections: each person once.
func (c Count) Infections() int64 { return c.Confirmed - c.Reclassified + c.Asymptomatic }

// mostPerDay is above any total that a day can have: more people than live anywhere.
const mostPerDay = 100_000_000

func (c *Count) check(latest store.Day) error {
	f := fault.Invalidf("cases.invalid_count", "the total cannot be saved as it is")
	for _, n := range c.numbers() {
		if n.value < 0 || n.value > mostPerDay {
			f.With(n.name, "out_of_range")
		}
	}
	if c.Reclassified > c.Confirmed {
		f.With("reclassified", "more_than_confirmed")
	} else if c.FoundInCommunity != nil && *c.FoundInCommunity > c.Infections() {
		f.With("found_in_community", "more_than_infections")
	}
	if c.Imported > c.Infections() && c.Infections() >= 0 {
		f.With("imported", "more_than_infections")
	}
	if _, ok := store.ParseDay(string(c.On)); !ok {
		f.With("on", "not_a_day")
	} else if c.On > latest {
		f.With("on", "in_future")
	}
	if c.Source = strings.TrimSpace(c.Source); utf8.RuneCountInString(c.Source) > 200 {
		f.With("source", "too_long")
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

type namedNumber struct {
	name  string
	value int64
}

func (c Count) numbers() []namedNumber {
	out := []namedNumber{
		{"confirmed", c.Confirmed}, {"asymptomatic", c.Asymptomatic}, {"reclassified", c.Reclassified}, {"deaths", c.Deaths}, {"imported", c.Imported},
	}
	if c.FoundInCommunity != nil {
		out = append(out, namedNumber{"found_in_community", *c.FoundInCommunity})
	}
	return out
}

// same reports whether two totals of one place and day say the same.
func (c Count) same(d Count) bool {
	equal := c.Confirmed == d.Confirmed && c.Asymptomatic == d.Asymptomatic && c.Reclassified == d.Reclassified &&
		c.Deaths == d.Deaths && c.Imported == d.Imported && c.Source == d.Source
	return equal && same(c.FoundInCommunity, d.FoundInCommunity)
}

func same[T comparable](a, b *T) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}

// Record writes the total of a place and day over what was reported before (operation
// RecordCount). c.Version is the version to replace: 0 replaces whatever is there.
func (s *Service) Record(ctx context.Context, tx *op.Tx, c Count) (Count, error) {
	f, err := s.frameOf(ctx, tx, c.IncidentID)
	if err != nil {
		return Count{}, err
	}
	p, err := placeIn(ctx, tx, f, c.PlaceID)
	if err != nil {
		return Count{}, err
	}
	c.PlaceID, c.PlacePath = p.ID, p.Path
	if err := c.check(f.latest(tx.Now())); err != nil {
		return Count{}, err
	}
	before, err := countOf(ctx, tx, c)
	if fault.KindOf(err) == fault.NotFound && c.Version == 0 {
		c.ID, c.Version, c.CreatedAt, c.UpdatedAt = ref.Count(ids.New()), 1, tx.Now(), tx.Now()
		return c, insertCount(ctx, tx, c)
	}
	switch {
	case fault.KindOf(err) == fault.NotFound:
		return Count{}, store.ErrStale
	case err != nil:
		return Count{}, err
	case c.Version != 0 && c.Version != before.Version:
		return Count{}, store.ErrStale
	case c.same(before):
		return before, nil
	}
	c.ID, c.ImportID, c.CreatedAt, c.Version, c.UpdatedAt = before.ID, "", before.CreatedAt, before.Version+1, tx.Now()
	if err := saveCount(ctx, tx, before.Version, c); err != nil {
		return Count{}, err
	}
	tx.At(c.PlacePath)
	tx.Changed(c.ID.Ref(), before, c)
	return c, nil
}

func insertCount(ctx context.Context, tx *op.Tx, c Count) error {
	if _, err := tx.Insert(ctx, "daily_counts", countColumns, [][]any{c.values()}); err != nil {
		return err
	}
	tx.At(c.PlacePath)
	tx.Changed(c.ID.Ref(), nil, c)
	return nil
}

// AddCounts adds totals of days that have none yet; the trail gets one entry with a digest.
func (s *Service) AddCounts(ctx context.Context, tx *op.Tx, all []Count) ([]Count, error) {
	frames, wanted := map[ref.Incident]Frame{}, []ref.Place{}
	for _, c := range all {
		if _, ok := frames[c.IncidentID]; !ok {
			f, err := s.frameOf(ctx, tx, c.IncidentID)
			if err != nil {
				return nil, err
			}
			frames[c.IncidentID] = f
		}
		wanted = append(wanted, c.PlaceID)
	}
	found, err := places.ByIDs(ctx, tx, wanted)
	if err != nil {
		return nil, err
	}
	out, rows, sum := make([]Count, len(all)), make([][]any, len(all)), sha256.New()
	for i, c := range all {
		p, f := found[c.PlaceID], frames[c.IncidentID]
		if p.ID == "" || !strings.HasPrefix(p.Path, f.PlacePath) {
			return nil, outside()
		}
		if err := c.check(f.latest(tx.Now())); err != nil {
			return nil, err
		}
		c.ID, c.PlacePath, c.Version, c.CreatedAt, c.UpdatedAt = ref.Count(ids.New()), p.Path, 1, tx.Now(), tx.Now()
		out[i], rows[i] = c, c.values()
		fmt.Fprintf(sum, "%s\x00%s\x00%d\x00%d\x00%d\n", c.PlacePath, c.On, c.Confirmed, c.Asymptomatic, c.Reclassified)
	}
	if _, err := tx.Insert(ctx, "daily_counts", countColumns, rows); err != nil || len(all) == 0 {
		return nil, err
	}
	tx.ChangedBatch("count", len(out), hex.EncodeToString(sum.Sum(nil)))
	return out, nil
}

// CountFilter says which totals a list holds.
type CountFilter struct {
	IncidentID ref.Incident
	PlacePath  string // the place and all below it; empty: all
	From, To   store.Day
}

// CountItem is a total as lists show it.
type CountItem struct {
	Count
	PlaceName string
}

// Counts lists totals in the caller's places, by place and day (operation ViewCounts).
func (s *Service) Counts(ctx context.Context, tx *op.Tx, f CountFilter) ([]CountItem, error) {
	if _, err := s.frameOf(ctx, tx, f.IncidentID); err != nil {
		return nil, err
	}
	var w where
	w.add("d.incident_id = ?", string(f.IncidentID))
	w.parts = append(w.parts, tx.Scope().SQL("d.place_path", &w.args), access.Under(f.PlacePath).SQL("d.place_path", &w.args))
	limits := Filter{From: f.From, To: f.To}
	w.parts = append(w.parts, limits.between(&w, "d.on_day"))
	rows, err := tx.Query(ctx, selectCount+` WHERE `+w.text()+` ORDER BY d.place_path, d.on_day`, w.args...)
	counts, err := store.Collect(rows, err, scanCount)
	if err != nil {
		return nil, err
	}
	paths := make([]string, len(counts))
	for i, c := range counts {
		paths[i] = c.PlacePath
	}
	trails, err := places.Trails(ctx, tx, paths)
	if err != nil {
		return nil, err
	}
	out := make([]CountItem, len(counts))
	for i, c := range counts {
		t := trails[c.PlacePath]
		out[i] = CountItem{Count: c, PlaceName: t[len(t)-1]}
	}
	return out, nil
}

var countColumns = []string{"id", "incident_id", "place_id", "place_path", "on_day", "confirmed", "asymptomatic", "reclassified",
	"found_in_community", "deaths", "imported", "source", "extra", "import_id", "version", "created_at", "updated_at"}

const selectCount = `
	SELECT d.id, d.incident_id, d.place_id, d.place_path, d.on_day, d.confirmed, d.asymptomatic, d.reclassified,
	       d.found_in_community, d.deaths, d.imported, d.source, d.import_id, d.version, d.created_at, d.updated_at
	FROM   daily_counts d`

func (c Count) values() []any {
	return []any{
		string(c.ID), string(c.IncidentID), string(c.PlaceID), c.PlacePath, string(c.On), c.Confirmed, c.Asymptomatic, c.Reclassified,
		number(c.FoundInCommunity), c.Deaths, c.Imported, c.Source, "", store.OrNull(c.ImportID), c.Version, int64(c.CreatedAt), int64(c.UpdatedAt),
	}
}

func scanCount(r store.Scanner) (c Count, err error) {
	err = r.Scan(&c.ID, &c.IncidentID, &c.PlaceID, &c.PlacePath, &c.On, &c.Confirmed, &c.Asymptomatic, &c.Reclassified,
		&c.FoundInCommunity, &c.Deaths, &c.Imported, &c.Source, store.Optional(&c.ImportID), &c.Version, &c.CreatedAt, &c.UpdatedAt)
	return c, err
}

// countOf returns the total of the same incident, place and day.
func countOf(ctx context.Context, tx *op.Tx, c Count) (Count, error) {
	q := selectCount + ` WHERE d.incident_id = $1 AND d.place_id = $2 AND d.on_day = $3`
	return scanCount(tx.QueryRow(ctx, q, string(c.IncidentID), string(c.PlaceID), string(c.On)))
}

func saveCount(ctx context.Context, tx *op.Tx, version int64, c Count) error {
	const q = `
		UPDATE daily_counts
		SET    confirmed = $3, asymptomatic = $4, reclassified = $5, found_in_community = $6, deaths = $7, imported = $8,
		       source = $9, import_id = $10, version = $11, updated_at = $12
		WHERE  id = $1 AND version = $2`
	return tx.ExecOne(ctx, q, string(c.ID), version, c.Confirmed, c.Asymptomatic, c.Reclassified, number(c.FoundInCommunity),
		c.Deaths, c.Imported, c.Source, store.OrNull(c.ImportID), c.Version, int64(c.UpdatedAt))
}
