package cases

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/vault"
	"github.com/allclear/allclear/internal/ref"
)

// record is a case as it is stored: exposure and extra columns are sealed.
type record struct {
	Case
	sealedExposure string
	sealedExtra    string
}

// caseColumns are in the order of record.values and scanRecord.
var caseColumns = []string{
	"id", "incident_id", "number", "person_id", "place_id", "place_path", "classification",
	"counted_as", "counted_on", "reclassified_on", "report_day",
	"origin", "severity", "sex", "age", "age_months", "onset_on", "sampled_on", "confirmed_on", "reported_on", "admitted_on",
	"outcome", "outcome_on", "second_negative_on", "detection_route", "zone_class", "under_restriction_since",
	"exposure", "lon", "lat", "extra", "import_id", "version", "created_at", "updated_at",
}

var (
	selectCase = `SELECT c.` + strings.Join(caseColumns, ", c.") + ` FROM cases c`
	updateCase = updateText()
)

// updateText sets every column over the version that was read; $1 is the id and the
// last argument is that version.
func updateText() string {
	sets := make([]string, 0, len(caseColumns)-1)
	for i, c := range caseColumns[1:] {
		sets = append(sets, fmt.Sprintf("%s = $%d", c, i+2))
	}
	return `UPDATE cases SET ` + strings.Join(sets, ", ") + fmt.Sprintf(` WHERE id = $1 AND version = $%d`, len(caseColumns)+1)
}

func (r record) values() []any {
	return []any{
		string(r.ID), string(r.IncidentID), r.Number, string(r.PersonID), string(r.PlaceID), r.PlacePath, string(r.Classification),
		r.CountedAs, day(r.CountedOn), day(r.ReclassifiedOn), string(r.ReportDay),
		string(r.Origin), string(r.Severity), string(r.Sex), number(r.Age), number(r.AgeMonths),
		day(r.OnsetOn), day(r.SampledOn), day(r.ConfirmedOn), day(r.ReportedOn), day(r.AdmittedOn),
		string(r.Outcome), day(r.OutcomeOn), day(r.SecondNegativeOn), string(r.DetectionRoute), string(r.ZoneClass), day(r.UnderRestrictionSince),
		r.sealedExposure, number(r.Lon), number(r.Lat), r.sealedExtra, store.OrNull(r.ImportID), r.Version, int64(r.CreatedAt), int64(r.UpdatedAt),
	}
}

// day and number make plain values or NULL, which both bulk paths take without asking a Valuer.
func day(d store.Day) any { return store.OrNull(d) }

func number[T int64 | float64](n *T) any {
	if n == nil {
		return nil
	}
	return *n
}

func scanRecord(s store.Scanner) (r record, err error) {
	err = s.Scan(&r.ID, &r.IncidentID, &r.Number, &r.PersonID, &r.PlaceID, &r.PlacePath, &r.Classification,
		&r.CountedAs, &r.CountedOn, &r.ReclassifiedOn, &r.ReportDay,
		&r.Origin, &r.Severity, &r.Sex, &r.Age, &r.AgeMonths, &r.OnsetOn, &r.SampledOn, &r.ConfirmedOn, &r.ReportedOn, &r.AdmittedOn,
		&r.Outcome, &r.OutcomeOn, &r.SecondNegativeOn, &r.DetectionRoute, &r.ZoneClass, &r.UnderRestrictionSince,
		&r.sealedExposure, &r.Lon, &r.Lat, &r.sealedExtra, store.Optional(&r.ImportID), &r.Version, &r.CreatedAt, &r.UpdatedAt)
	return r, err
}

// seal makes the stored form of a case.
func (s *Service) seal(c Case) (record, error) {
	r := record{Case: c}
	var err error
	if r.sealedExposure, err = s.vault.Seal(vault.FreeText, c.Exposure); err != nil {
		return r, err
	}
	if len(c.Extra) > 0 {
		text, err := json.Marshal(c.Extra)
		if err != nil {
			return r, err
		}
		if r.sealedExtra, err = s.vault.Seal(vault.FreeText, string(text)); err != nil {
			return r, err
		}
	}
	return r, nil
}

// open reads the sealed fields of a stored case.
func (s *Service) open(r record) (Case, error) {
	c := r.Case
	var err error
	if c.Exposure, err = s.vault.Open(vault.FreeText, r.sealedExposure); err != nil {
		return c, fmt.Errorf("open case %s: %w", c.ID, err)
	}
	c.Extra = map[string]string{}
	if r.sealedExtra == "" {
		return c, nil
	}
	text, err := s.vault.Open(vault.FreeText, r.sealedExtra)
	if err == nil {
		err = json.Unmarshal([]byte(text), &c.Extra)
	}
	if err != nil {
		return c, fmt.Errorf("open case %s: %w", c.ID, err)
	}
	return c, nil
}

// load reads one case, wherever it is.
func (s *Service) load(ctx context.Context, tx *op.Tx, id ref.Case) (Case, error) {
	r, err := scanRecord(tx.QueryRow(ctx, selectCase+` WHERE c.id = $1`, string(id)))
	if err != nil {
		return Case{}, err
	}
	return s.open(r)
}

// byNumbers returns the cases of an incident that have one of the numbers. The numbers
// are joined as a list of values: with IN, PostgreSQL may choose an index by incident
// and compare every case with every number.
func byNumbers(ctx context.Context, tx *op.Tx, incident ref.Incident, numbers []string) ([]record, error) {
	var out []record
	for part := range slices.Chunk(numbers, chunk) {
		marks, args := listOf(part, []any{string(incident)})
		q := `WITH wanted (number) AS (VALUES (` + strings.ReplaceAll(marks, ", ", "), (") + `)) ` +
			selectCase + ` JOIN wanted w ON c.number = w.number WHERE c.incident_id = $1`
		rows, err := tx.Query(ctx, q, args...)
		found, err := store.Collect(rows, err, scanRecord)
		if err != nil {
			return nil, fmt.Errorf("find cases by number: %w", err)
		}
		out = append(out, found...)
	}
	return out, nil
}

// insert writes new cases with their histories, without telling the trail.
func (s *Service) insert(ctx context.Context, tx *op.Tx, all []draft) error {
	rows := make([][]any, len(all))
	var history [][]any
	for i, d := range all {
		r, err := s.seal(d.Case)
		if err != nil {
			return err
		}
		rows[i] = r.values()
		for _, h := range d.history {
			history = append(history, h.values())
		}
	}
	if _, err := tx.Insert(ctx, "cases", caseColumns, rows); err != nil {
		return numberTaken(err)
	}
	_, err := tx.Insert(ctx, "case_classifications", historyColumns, history)
	return err
}

// save writes a changed case over the version that was read, and the classifications
// it has got, without telling the trail. It returns the case as stored.
func (s *Service) save(ctx context.Context, tx *op.Tx, before, after Case, added []Classed) (Case, error) {
	after.Version, after.UpdatedAt = before.Version+1, tx.Now()
	r, err := s.seal(after)
	if err != nil {
		return after, err
	}
	if err := tx.ExecOne(ctx, updateCase, append(r.values(), before.Version)...); err != nil {
		return after, numberTaken(err)
	}
	rows := make([][]any, len(added))
	for i, h := range added {
		rows[i] = h.values()
	}
	_, err = tx.Insert(ctx, "case_classifications", historyColumns, rows)
	return after, err
}

var historyColumns = []string{"id", "case_id", "ordinal", "classification", "on_day", "reason", "by_id", "by_name", "at"}

func (h Classed) values() []any {
	return []any{h.ID, string(h.CaseID), h.Ordinal, string(h.Classification), day(h.On), h.Reason, string(h.ByID), h.ByName, int64(h.At)}
}

func scanClassed(s store.Scanner) (h Classed, err error) {
	err = s.Scan(&h.ID, &h.CaseID, &h.Ordinal, &h.Classification, &h.On, &h.Reason, &h.ByID, &h.ByName, &h.At)
	return h, err
}

// histories returns the classifications of the cases, each in order.
func histories(ctx context.Context, tx *op.Tx, cases []ref.Case) (map[ref.Case][]Classed, error) {
	q := `SELECT ` + strings.Join(historyColumns, ", ") + ` FROM case_classifications WHERE case_id IN (%s) ORDER BY case_id, ordinal`
	all, err := inChunks(ctx, tx, q, cases, nil, scanClassed)
	if err != nil {
		return nil, fmt.Errorf("load classifications: %w", err)
	}
	out := make(map[ref.Case][]Classed, len(cases))
	for _, h := range all {
		out[h.CaseID] = append(out[h.CaseID], h)
	}
	return out, nil
}

// chunk is how many values one IN list holds.
const chunk = 500

// inChunks runs a query once for each chunk of the values of its IN list, the verb %s.
// Further arguments come first, as $1 and on.
func inChunks[K ~string, T any](ctx context.Context, tx *op.Tx, query string, list []K, first []any, scan func(store.Scanner) (T, error)) ([]T, error) {
	var out []T
	for part := range slices.Chunk(list, chunk) {
		marks, args := listOf(part, first)
		rows, err := tx.Query(ctx, fmt.Sprintf(query, marks), args...)
		found, err := store.Collect(rows, err, scan)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// execInChunks is inChunks for a statement.
func execInChunks[K ~string](ctx context.Context, tx *op.Tx, statement string, list []K) error {
	for part := range slices.Chunk(list, chunk) {
		marks, args := listOf(part, nil)
		if _, err := tx.Exec(ctx, fmt.Sprintf(statement, marks), args...); err != nil {
			return err
		}
	}
	return nil
}

func listOf[K ~string](part []K, first []any) (marks string, args []any) {
	args = slices.Clone(first)
	all := make([]string, len(part))
	for i, v := range part {
		args = append(args, string(v))
		all[i] = fmt.Sprintf("$%d", len(args))
	}
	return strings.Join(all, ", "), args
}
