package people

import (
	"context"
	"errors"
	"fmt"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// The functions in this file serve cases. They do not apply the scope: whoever may see a
// case may see whom it is about, and cases has checked that.

// Admit finds each person by document number, or adds them. What is said about somebody
// who is in the register fills what is open there and replaces nothing. Where the sex that
// was said contradicts a resident identity number, the number is believed: the case keeps
// what was said. The trail gets one entry for the new ones and one for each filled in.
func (s *Service) Admit(ctx context.Context, tx *op.Tx, all []Details) ([]ref.Person, error) {
	tidy := make([]Details, len(all))
	numbers := make([]string, len(all))
	for i, d := range all {
		if _, resident := ParseResidentID(normalNumber(d.IDNumber)); resident {
			d.Sex = UnknownSex
		}
		var err error
		if tidy[i], err = d.tidied(); err != nil {
			return nil, err
		}
		numbers[i] = s.numberHash(tidy[i].IDNumber)
	}
	found, err := by(ctx, tx, s, "id_number_hash", numbers)
	if err != nil {
		return nil, fmt.Errorf("find people by number: %w", err)
	}
	known := make(map[string]ref.Person, len(found))
	byID := make(map[ref.Person]Person, len(found))
	for _, p := range found {
		known[p.IDNumber], byID[p.ID] = p.ID, p
	}
	out := make([]ref.Person, len(all))
	var fresh []Details
	var where []int
	waiting := map[string]int{} // numbers of new people → index into fresh
	for i, d := range tidy {
		if id := known[d.IDNumber]; d.IDNumber != "" && id != "" {
			out[i] = id
			if byID[id], err = s.fillIn(ctx, tx, byID[id], d); err != nil {
				return nil, err
			}
			continue
		}
		if at, twice := waiting[d.IDNumber]; twice && d.IDNumber != "" {
			where = append(where, at)
			continue
		}
		waiting[d.IDNumber] = len(fresh)
		where, fresh = append(where, len(fresh)), append(fresh, d)
	}
	made, err := s.add(ctx, tx, fresh, false)
	if err != nil {
		return nil, fmt.Errorf("admit people: %w", err)
	}
	batch(tx, made)
	for i := range out {
		if out[i] == "" {
			out[i], where = made[where[0]].ID, where[1:]
		}
	}
	return out, nil
}

func (s *Service) fillIn(ctx context.Context, tx *op.Tx, before Person, d Details) (Person, error) {
	after := before
	d.onto(&after, fill)
	if same(before, after) {
		return before, nil
	}
	after, err := s.save(ctx, tx, before, after, false)
	if err != nil {
		return before, fmt.Errorf("fill in person %s: %w", before.ID, err)
	}
	tx.Changed(after.ID.Ref(), before, after)
	return after, nil
}

// Identities returns who the people are, in plain.
func (s *Service) Identities(ctx context.Context, tx *op.Tx, all []ref.Person) (map[ref.Person]Identity, error) {
	found, err := s.of(ctx, tx, all)
	out := make(map[ref.Person]Identity, len(found))
	for _, p := range found {
		out[p.ID] = p.Identity()
	}
	return out, err
}

// Masked returns who the people are, masked.
func (s *Service) Masked(ctx context.Context, tx *op.Tx, all []ref.Person) (map[ref.Person]Identity, error) {
	found, err := s.of(ctx, tx, all)
	out := make(map[ref.Person]Identity, len(found))
	for _, p := range found {
		out[p.ID] = p.Identity().Masked()
	}
	return out, err
}

// Views returns the people with masked values and what else cases show of them.
func (s *Service) Views(ctx context.Context, tx *op.Tx, all []ref.Person) (map[ref.Person]View, error) {
	found, err := s.of(ctx, tx, all)
	out := make(map[ref.Person]View, len(found))
	for _, p := range found {
		out[p.ID] = p.View()
	}
	return out, err
}

func (s *Service) of(ctx context.Context, tx *op.Tx, all []ref.Person) ([]Person, error) {
	ids := make([]string, len(all))
	for i, id := range all {
		ids[i] = string(id)
	}
	found, err := by(ctx, tx, s, "id", ids)
	if err != nil {
		return nil, fmt.Errorf("load people: %w", err)
	}
	return found, nil
}

// Called returns the people whose name, phone or document number is exactly this, at
// most a thousand.
func (s *Service) Called(ctx context.Context, tx *op.Tx, text string) ([]ref.Person, error) {
	h := s.hashes(Identity{Name: text, Phone: text, IDNumber: text})
	if h == (hashes{}) {
		return []ref.Person{}, nil
	}
	const q = `SELECT id FROM people WHERE name_hash <> 0 AND name_hash = $1 OR phone_hash <> 0 AND phone_hash = $2
		OR id_number_hash <> '' AND id_number_hash = $3 ORDER BY id LIMIT 1000`
	rows, err := tx.Query(ctx, q, h.name, h.phone, h.number)
	out, err := store.Collect(rows, err, func(r store.Scanner) (id ref.Person, err error) { return id, r.Scan(&id) })
	if err != nil {
		return nil, fmt.Errorf("find people by an exact value: %w", err)
	}
	return out, nil
}

// Correct changes who somebody is. A resident identity number brings the sex and the
// birthday with it.
func (s *Service) Correct(ctx context.Context, tx *op.Tx, id ref.Person, c IdentityChange) error {
	found, err := s.of(ctx, tx, []ref.Person{id})
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return notFound()
	}
	before := found[0]
	care, err := s.CareOf(ctx, tx, []ref.Person{id})
	if err != nil {
		return err
	}
	d := before.details(care[id])
	set(&d.Name, c.Name)
	set(&d.Phone, c.Phone)
	set(&d.Address, c.Address)
	if c.IDNumber != nil && normalNumber(*c.IDNumber) != before.IDNumber {
		d.IDNumber = *c.IDNumber
		if r, ok := ParseResidentID(normalNumber(*c.IDNumber)); ok {
			d.BirthOn, d.Sex = r.BirthOn, r.Sex
		}
	}
	after, err := s.edited(ctx, tx, before, care[id], d)
	if err != nil {
		return fmt.Errorf("correct person %s: %w", id, err)
	}
	tx.Changed(id.Ref(), before, after)
	return nil
}

func set(dst, v *string) {
	if v != nil {
		*dst = *v
	}
}

// Forget deletes those of the people who came with a case, to whom nothing refers any
// more. Registered people stay.
func (s *Service) Forget(ctx context.Context, tx *op.Tx, all []ref.Person) error {
	found, err := s.of(ctx, tx, all)
	if err != nil {
		return err
	}
	for _, p := range found {
		if p.Registered {
			continue
		}
		gone, err := s.remove(ctx, tx, p.ID)
		if err != nil {
			return fmt.Errorf("forget person %s: %w", p.ID, err)
		}
		if gone {
			tx.Changed(p.ID.Ref(), p, nil)
		}
	}
	return nil
}

// remove deletes a person unless the database knows a reference to them, and reports
// whether it did. The savepoint keeps the refusal from spoiling the transaction on
// PostgreSQL.
func (s *Service) remove(ctx context.Context, tx *op.Tx, id ref.Person) (bool, error) {
	technical := tx.Technical()
	if _, err := technical.Exec(ctx, `SAVEPOINT person_removal`); err != nil {
		return false, err
	}
	err := errors.Join(s.release(ctx, tx, id), s.forgetTraces(ctx, tx, []ref.Person{id}))
	if err == nil {
		err = tx.ExecOne(ctx, `DELETE FROM people WHERE id = $1`, string(id))
	}
	held := fault.CodeOf(err) == "conflict.reference"
	if err != nil && !held {
		return false, err
	}
	if held {
		if _, err := technical.Exec(ctx, `ROLLBACK TO SAVEPOINT person_removal`); err != nil {
			return false, err
		}
	}
	_, err = technical.Exec(ctx, `RELEASE SAVEPOINT person_removal`)
	return !held, err
}
