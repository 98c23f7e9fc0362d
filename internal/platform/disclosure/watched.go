package disclosure

import (
	"context"
	"strings"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/platform/vault"
	"github.com/allclear/allclear/internal/ref"
)

// Watched is a record that nobody has a reason to open, as those see it who set it.
type Watched struct {
	ID        string        `json:"id"`
	Note      string        `json:"note"`
	CreatedBy string        `json:"created_by"`
	CreatedAt store.Instant `json:"created_at"`
}

func (s *Service) markOf(subject string) string {
	return s.vault.Hash(vault.FreeText, "watched "+subject)
}

// watched raises an alert when the record that is about to be shown is watched. Whoever
// looks learns nothing of it.
func (s *Service) watched(ctx context.Context, tx *op.Tx, subject string) error {
	var id string
	err := tx.QueryRow(ctx, `SELECT id FROM watched_people WHERE mark = $1`, s.markOf(subject)).Scan(&id)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return s.raise(ctx, tx, alert{kind: "watched_record", subject: id, persons: 1, reason: tx.Reason()})
}

// Watch marks a person's record. The trail keeps that a record was marked, not which.
func (s *Service) Watch(ctx context.Context, tx *op.Tx, person ref.Person, note string) (Watched, error) {
	sealed, err := s.vault.Seal(vault.FreeText, note)
	if err != nil {
		return Watched{}, err
	}
	w := Watched{ID: ids.New(), Note: note, CreatedBy: tx.Principal().Name, CreatedAt: tx.Now()}
	const q = `INSERT INTO watched_people (id, mark, note, created_by, created_at) VALUES ($1, $2, $3, $4, $5)`
	if _, err := tx.Exec(ctx, q, w.ID, s.markOf(person.Ref().String()), sealed, w.CreatedBy, w.CreatedAt); err != nil {
		return w, err
	}
	tx.Changed(ref.Ref{Kind: "watched", ID: w.ID}, nil, struct{}{})
	return w, nil
}

// Unwatch ends the watch.
func (s *Service) Unwatch(ctx context.Context, tx *op.Tx, id string) error {
	n, err := tx.Exec(ctx, `DELETE FROM watched_people WHERE id = $1`, id)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.NotFoundf("disclosure.not_watched", "there is no such watch")
	}
	tx.Changed(ref.Ref{Kind: "watched", ID: id}, struct{}{}, nil)
	return nil
}

// WatchedList returns the watched records by their notes; who they are stands nowhere.
func (s *Service) WatchedList(ctx context.Context, tx *op.Tx) ([]Watched, error) {
	rows, err := tx.Query(ctx, `SELECT id, note, created_by, created_at FROM watched_people ORDER BY id`)
	return store.Collect(rows, err, func(r store.Scanner) (w Watched, err error) {
		if err = r.Scan(&w.ID, &w.Note, &w.CreatedBy, &w.CreatedAt); err != nil {
			return w, err
		}
		w.Note, err = s.vault.Open(vault.FreeText, w.Note)
		return w, err
	})
}

// Sealed lists the sealed columns of this package.
var Sealed = []vault.Sealed{
	{Table: "watched_people", Key: []string{"id"}, Columns: []vault.Column{{Name: "note", Classes: []vault.Class{vault.FreeText}}}},
	{Table: "exports", Key: []string{"id"}, Columns: []vault.Column{{Name: "filter", Classes: []vault.Class{vault.FreeText}}}},
}

func trimmed(text string) string { return strings.TrimSpace(text) }
