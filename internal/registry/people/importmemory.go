package people

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/vault"
	"github.com/allclear/allclear/internal/ref"
)

// plain is a person that JSON writes whole: only for what is sealed at once.
type plain Person

// memory is what undo needs to put a person back.
type memory struct {
	Person      plain
	AtDoor      bool
	Care        []Care
	Home        string // the earlier home that was kept, to be forgotten again
	SameVersion bool
}

// remembered seals the person as they were: the note stands in a table of the importer.
func (s *Service) remembered(m memory) (string, error) {
	b, err := json.Marshal(m)
	if err != nil {
		return "", err
	}
	return s.vault.Seal(vault.FreeText, string(b))
}

func (s *Service) restore(ctx context.Context, tx *op.Tx, now Person, before string) error {
	text, err := s.vault.Open(vault.FreeText, before)
	if err != nil {
		return err
	}
	var m memory
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return fmt.Errorf("read what was before: %w", err)
	}
	after := Person(m.Person)
	after.AtDoor, after.CreatedAt, after.Version = m.AtDoor, now.CreatedAt, now.Version
	care, err := s.CareOf(ctx, tx, []ref.Person{now.ID})
	if err != nil {
		return err
	}
	if after, err = s.save(ctx, tx, now, after, m.SameVersion); err != nil {
		return err
	}
	if m.Home != "" {
		if _, err := tx.Exec(ctx, `DELETE FROM people_homes WHERE id = $1`, m.Home); err != nil {
			return err
		}
	}
	return s.saveCare(ctx, tx, after, care[now.ID], m.Care)
}

// emptied forgets the record of a household that an import made and behind whose door
// nobody is left.
func emptied(ctx context.Context, tx *op.Tx, p Person) error {
	if !p.AtDoor {
		return nil
	}
	const q = `DELETE FROM households WHERE place_id = $1 AND version = 1 AND NOT EXISTS (SELECT 1 FROM people WHERE place_path = $2)`
	_, err := tx.Exec(ctx, q, string(p.PlaceID), p.PlacePath)
	return err
}
