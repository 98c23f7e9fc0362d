package people

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// Forgetter deletes what another package keeps about people who are being erased: texts
// on their cases, what an import would need to put them back.
type Forgetter func(ctx context.Context, tx *op.Tx, all []ref.Person) error

// eraseBatch is how many people are erased in one transaction.
const eraseBatch = 200

type due struct {
	id   ref.Person
	path string
}

// EraseDue erases a batch of people whose clock has run out and whom nobody holds, and
// reports how many; none is the end. Who they were goes: names, numbers, phones,
// addresses, details, earlier homes, needs of care, the keys they were found by, and what
// forgetters keep. To whom a case or another record refers stays as a row that says only
// the sex, so that statistics stay as they were. The trail keeps how many and a digest of
// their ids.
func (s *Service) EraseDue(ctx context.Context, tx *op.Tx, forgetters ...Forgetter) (Run, error) {
	day := today(tx)
	out := Run{ID: ids.New(), OnDay: day, FinishedAt: tx.Now()}
	const q = `
		SELECT p.id, p.place_path FROM people p
		WHERE  p.keep_until IS NOT NULL AND p.keep_until < $1 AND NOT EXISTS (
		       SELECT 1 FROM people_holds h WHERE h.person_id = p.id AND h.ended_at IS NULL AND h.until_on >= $1)
		ORDER BY p.keep_until, p.id LIMIT $2`
	rows, err := tx.Query(ctx, q, string(day), eraseBatch)
	all, err := store.Collect(rows, err, func(r store.Scanner) (d due, err error) { return d, r.Scan(&d.id, &d.path) })
	if err != nil {
		return out, fmt.Errorf("find whose time is over: %w", err)
	}
	if len(all) == 0 {
		return out, nil
	}
	sum, people := sha256.New(), make([]ref.Person, len(all))
	for i, d := range all {
		fmt.Fprintf(sum, "%s\n", d.id)
		people[i] = d.id
	}
	out.Digest = hex.EncodeToString(sum.Sum(nil))
	for _, f := range forgetters {
		if err := f(ctx, tx, people); err != nil {
			return out, fmt.Errorf("forget what hangs on people: %w", err)
		}
	}
	for _, d := range all {
		if _, err := tx.Exec(ctx, `UPDATE people_bulk_items SET before = '' WHERE person_id = $1`, string(d.id)); err != nil {
			return out, err
		}
		gone, err := s.erase(ctx, tx, d.id)
		if err != nil {
			return out, fmt.Errorf("erase person %s: %w", d.id, err)
		}
		if out.Erased++; !gone {
			out.Pseudonyms++
		}
	}
	return out, s.recordRun(ctx, tx, &out, len(all))
}

// erase deletes a person, or leaves a row that says no more than the sex where something
// refers to it; it reports whether the row is gone.
func (s *Service) erase(ctx context.Context, tx *op.Tx, id ref.Person) (bool, error) {
	gone, err := s.remove(ctx, tx, id)
	if err != nil || gone {
		return gone, err
	}
	if err := errors.Join(s.release(ctx, tx, id), s.forgetTraces(ctx, tx, []ref.Person{id})); err != nil {
		return false, err
	}
	for _, q := range []string{`DELETE FROM people_readings WHERE person_id = $1`, `DELETE FROM people_care WHERE person_id = $1`,
		`DELETE FROM people_homes WHERE person_id = $1`, `DELETE FROM people_doubts WHERE person_id = $1`} {
		if _, err := tx.Exec(ctx, q, string(id)); err != nil {
			return false, err
		}
	}
	const q = `
		UPDATE people
		SET    place_id = NULL, place_path = '', name = '', name_hash = 0, initials_key = 0, pinyin_key = 0, phone = '', phone_hash = 0, id_kind = '',
		       id_number = '', id_number_hash = '', address = '', birth_on = NULL, relation = '', guardian_id = NULL, workplace_id = NULL, traits = 0,
		       details = '', vehicle = '', vehicle_hash = 0, home_since = NULL, keep_until = NULL, external_key = '', extra = '', registered = FALSE,
		       version = version + 1, updated_at = $2
		WHERE  id = $1`
	return false, tx.ExecOne(ctx, q, string(id), tx.Now())
}

// recordRun adds the batch to the day's run and to the trail.
func (s *Service) recordRun(ctx context.Context, tx *op.Tx, r *Run, n int) error {
	const heldNow = `
		SELECT count(*) FROM people_holds h JOIN people p ON p.id = h.person_id
		WHERE  h.ended_at IS NULL AND h.until_on >= $1 AND p.keep_until IS NOT NULL AND p.keep_until < $1`
	if err := tx.QueryRow(ctx, heldNow, string(r.OnDay)).Scan(&r.Held); err != nil {
		return err
	}
	const q = `INSERT INTO retention_runs (id, on_day, erased, pseudonyms, held, digest, started_at, finished_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)`
	if _, err := tx.Exec(ctx, q, r.ID, string(r.OnDay), r.Erased, r.Pseudonyms, r.Held, r.Digest, tx.Now()); err != nil {
		return err
	}
	tx.ChangedBatch("person.erased", n, r.Digest)
	return nil
}
