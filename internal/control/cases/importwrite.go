package cases

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/allclear/allclear/internal/platform/importer"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/vault"
	"github.com/allclear/allclear/internal/ref"
)

// Write implements importer.Session. New cases go in one bulk; the changes of each
// updated case are in the trail, so that its history shows the import.
func (s *session) Write(ctx context.Context, tx *op.Tx, resolutions []importer.Resolution) ([]importer.Written, error) {
	var news []New
	for _, r := range resolutions {
		if p := r.Prepared.(plan); p.insert != nil {
			news = append(news, *p.insert)
		}
	}
	added, err := s.cases.add(ctx, tx, news)
	if err != nil {
		return nil, err
	}
	out := make([]importer.Written, len(resolutions))
	for i, r := range resolutions {
		p := r.Prepared.(plan)
		if p.insert != nil {
			out[i] = importer.Written{Ref: added[0].ID.Ref(), Version: added[0].Version}
			added = added[1:]
			continue
		}
		if out[i], err = s.change(ctx, tx, p); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// undoNote is what taking an update back needs. It is sealed as a whole.
type undoNote struct {
	Case       Case     `json:"case"`
	Classified int      `json:"classified"` // how many classifications it had
	Identity   Identity `json:"identity"`   // as it was, where it was changed
	Person     bool     `json:"person"`     // whether it was changed
}

func (s *session) change(ctx context.Context, tx *op.Tx, p plan) (importer.Written, error) {
	note := undoNote{Case: p.before, Classified: len(p.past), Identity: p.who, Person: p.identity != (IdentityChange{})}
	text, err := json.Marshal(note)
	if err != nil {
		return importer.Written{}, err
	}
	sealed, err := s.cases.vault.Seal(vault.Health, string(text))
	if err != nil {
		return importer.Written{}, err
	}
	if err := s.cases.correct(ctx, tx, p.after.PersonID, p.identity); err != nil {
		return importer.Written{}, err
	}
	after, err := s.cases.save(ctx, tx, p.before, p.after, p.added)
	if err != nil {
		return importer.Written{}, err
	}
	tx.Changed(after.ID.Ref(), p.before, after)
	return importer.Written{Ref: after.ID.Ref(), Before: sealed, Version: after.Version}, nil
}

// Undo implements importer.Kind.
func (k CaseKind) Undo(ctx context.Context, tx *op.Tx, changes []importer.Change) ([]importer.UndoResult, error) {
	ids := make([]ref.Case, len(changes))
	for i, c := range changes {
		ids[i] = ref.Case(c.Ref.ID)
	}
	records, err := inChunks(ctx, tx, selectCase+` WHERE c.id IN (%s)`, ids, nil, scanRecord)
	if err != nil {
		return nil, err
	}
	stored := make(map[ref.Case]Case, len(records))
	for _, r := range records {
		if tx.Scope().Contains(r.PlacePath) {
			stored[r.ID] = r.Case
		}
	}
	out := make([]importer.UndoResult, len(changes))
	var gone []Case
	for i, c := range changes {
		now, there := stored[ids[i]]
		switch {
		case !there:
			out[i] = importer.Gone
		case now.Version != c.Version:
			out[i] = importer.EditedSince
		case c.Outcome == importer.Insert:
			out[i], gone = importer.Undone, append(gone, now)
		default:
			if err := k.cases.restore(ctx, tx, now, c); err != nil {
				return nil, err
			}
			out[i] = importer.Undone
		}
	}
	return out, k.cases.remove(ctx, tx, gone)
}

// restore writes an updated case back as it was.
func (s *Service) restore(ctx context.Context, tx *op.Tx, now Case, c importer.Change) error {
	text, err := s.vault.Open(vault.Health, c.Before)
	if err != nil {
		return fmt.Errorf("take back the import of case %s: %w", now.ID, err)
	}
	var note undoNote
	if err := json.Unmarshal([]byte(text), &note); err != nil {
		return fmt.Errorf("take back the import of case %s: %w", now.ID, err)
	}
	const q = `DELETE FROM case_classifications WHERE case_id = $1 AND ordinal > $2`
	if _, err := tx.Exec(ctx, q, string(now.ID), note.Classified); err != nil {
		return err
	}
	if note.Person {
		i := note.Identity
		was := IdentityChange{Name: &i.Name, Phone: &i.Phone, IDNumber: &i.IDNumber, Address: &i.Address}
		if err := s.people.Correct(ctx, tx, now.PersonID, was); err != nil {
			return err
		}
	}
	before, err := s.load(ctx, tx, now.ID)
	if err != nil {
		return err
	}
	after, err := s.save(ctx, tx, before, note.Case, nil)
	if err != nil {
		return err
	}
	tx.Changed(now.ID.Ref(), before, after)
	return nil
}

// remove deletes cases that an import created, with the people it created for them.
func (s *Service) remove(ctx context.Context, tx *op.Tx, gone []Case) error {
	ids, persons := make([]ref.Case, len(gone)), make([]ref.Person, len(gone))
	for i, c := range gone {
		ids[i], persons[i] = c.ID, c.PersonID
	}
	for _, q := range []string{`DELETE FROM case_classifications WHERE case_id IN (%s)`, `DELETE FROM cases WHERE id IN (%s)`} {
		if err := execInChunks(ctx, tx, q, ids); err != nil {
			return err
		}
	}
	if len(persons) == 0 {
		return nil
	}
	return s.people.Forget(ctx, tx, persons)
}
