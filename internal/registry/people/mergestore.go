package people

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

const mergeColumns = `m.id, m.duplicate_id, m.winner_id, m.loser_id, m.place_path, m.loser_path, m.loser, m.winner, m.moved, m.by_id, m.by_name, m.at,
	m.undone_by, m.undone_by_name, m.undone_at, m.undo_reason, m.kept, m.version`

var mergeInsert = []string{"id", "duplicate_id", "winner_id", "loser_id", "place_path", "loser_path", "loser", "winner", "moved", "by_id", "by_name", "at",
	"undone_by", "undone_by_name", "undone_at", "undo_reason", "kept", "version"}

func scanMerge(r store.Scanner) (m Merge, err error) {
	var moved, kept string
	err = r.Scan(&m.ID, &m.Duplicate, &m.Winner, &m.Loser, &m.PlacePath, &m.LoserPath, &m.loser, &m.winner, &moved, &m.ByID, &m.ByName, &m.At,
		&m.UndoneBy, &m.UndoneName, &m.UndoneAt, &m.UndoReason, &kept, &m.Version)
	if err != nil {
		return m, err
	}
	m.Kept = []string{}
	if kept != "" {
		m.Kept = strings.Split(kept, ",")
	}
	return m, json.Unmarshal([]byte(moved), &m.Moved)
}

func insertMerge(ctx context.Context, tx *op.Tx, m Merge) error {
	moved, err := json.Marshal(m.Moved)
	if err != nil {
		return err
	}
	_, err = tx.Insert(ctx, "people_merges", mergeInsert, [][]any{{string(m.ID), string(m.Duplicate), string(m.Winner), string(m.Loser), m.PlacePath, m.LoserPath,
		m.loser, m.winner, string(moved), string(m.ByID), m.ByName, int64(m.At), "", "", nil, "", "", m.Version}})
	return err
}

// saveMerge writes a changed merge over the version that was read.
func saveMerge(ctx context.Context, tx *op.Tx, before, after Merge) (Merge, error) {
	after.Version = before.Version + 1
	const q = `UPDATE people_merges SET winner = $3, undone_by = $4, undone_by_name = $5, undone_at = $6, undo_reason = $7, kept = $8, loser = $9, version = $10
		WHERE id = $1 AND version = $2`
	return after, tx.ExecOne(ctx, q, string(after.ID), before.Version, after.winner, string(after.UndoneBy), after.UndoneName, after.UndoneAt,
		after.UndoReason, strings.Join(after.Kept, ","), after.loser, after.Version)
}

func mergesWhere(ctx context.Context, tx *op.Tx, condition string, args ...any) ([]Merge, error) {
	rows, err := tx.Query(ctx, `SELECT `+mergeColumns+` FROM people_merges m WHERE `+condition+` ORDER BY m.at, m.id`, args...)
	return store.Collect(rows, err, scanMerge)
}

// into returns the merge by which a person became part of another, if there is one.
func into(ctx context.Context, tx *op.Tx, loser ref.Person) (Merge, bool, error) {
	found, err := mergesWhere(ctx, tx, `m.loser_id = $1 AND m.undone_at IS NULL`, string(loser))
	if err != nil || len(found) == 0 {
		return Merge{}, false, err
	}
	return found[0], true, nil
}

// WinnerOf follows merges from a person who is no row any more to the one whom they are
// part of now; the same id for somebody who was never merged away.
func (s *Service) WinnerOf(ctx context.Context, tx *op.Tx, id ref.Person) (ref.Person, error) {
	for range 100 { // merges form no circle: each loser's row is gone
		m, merged, err := into(ctx, tx, id)
		if err != nil || !merged {
			return id, err
		}
		id = m.Winner
	}
	return id, nil
}

// gone is the fault for an id that nobody in the scope has: that there is no such person,
// or into whom they were merged.
func (s *Service) gone(ctx context.Context, tx *op.Tx, id ref.Person) error {
	winner, err := s.WinnerOf(ctx, tx, id)
	if err != nil || winner == id {
		return notFound()
	}
	found, err := s.of(ctx, tx, []ref.Person{winner})
	if err != nil || len(found) == 0 || !tx.Scope().Contains(found[0].PlacePath) {
		return notFound()
	}
	return fault.NotFoundf("people.merged", "this person was merged with another record").Param("winner", string(winner))
}
