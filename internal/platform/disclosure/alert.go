package disclosure

import (
	"context"
	"fmt"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

// alert is what is to be raised.
type alert struct {
	kind, subject, reason string
	persons               int64
	place                 string // "" for the operation's, or the caller's widest
}

// raise tells those who answer for the data. While an alert of one kind about one person
// and subject is open, it only grows.
func (s *Service) raise(ctx context.Context, tx *op.Tx, a alert) error {
	who := tx.Principal()
	if a.place == "" {
		if a.place = tx.Place(); a.place == "" {
			a.place = placeOf(who)
		}
	}
	const q = `
		INSERT INTO alerts (id, kind, actor_id, actor_name, subject, place_path, persons, reason, state, raised_at, last_at,
			settled_by, settled_name, note, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', $9, $9, '', '', '', 1)
		ON CONFLICT (kind, actor_id, subject) WHERE state = 'open'
		DO UPDATE SET last_at = excluded.last_at, persons = excluded.persons, version = alerts.version + 1
		RETURNING id, version`
	var id string
	var version int64
	err := tx.Technical().QueryRow(ctx, q, ids.New(), a.kind, who.UserID, who.Name, a.subject, a.place, a.persons, a.reason, tx.Now()).Scan(&id, &version)
	if err != nil {
		return fmt.Errorf("raise an alert: %w", err)
	}
	tx.AfterCommit(s.tell)
	return nil
}

// Alert is an alert as those see it who answer for the data.
type Alert struct {
	ID          string        `json:"id"`
	Kind        string        `json:"kind"`
	ActorID     string        `json:"actor_id"`
	ActorName   string        `json:"actor_name"`
	PlacePath   string        `json:"place_path"`
	Persons     int64         `json:"persons"`
	Reason      string        `json:"reason"`
	State       string        `json:"state"`
	RaisedAt    store.Instant `json:"raised_at"`
	LastAt      store.Instant `json:"last_at"`
	SettledName string        `json:"settled_by_name"`
	SettledAt   store.Instant `json:"settled_at"`
	Note        string        `json:"note"`
	Own         bool          `json:"own"` // about whoever asks, who therefore cannot settle it
	Version     int64         `json:"version"`
}

const alertColumns = `id, kind, actor_id, actor_name, place_path, persons, reason, state, raised_at, last_at, settled_name, settled_at, note, version`

func scanAlert(r store.Scanner) (a Alert, err error) {
	return a, r.Scan(&a.ID, &a.Kind, &a.ActorID, &a.ActorName, &a.PlacePath, &a.Persons, &a.Reason, &a.State, &a.RaisedAt, &a.LastAt,
		&a.SettledName, &a.SettledAt, &a.Note, &a.Version)
}

// Alerts returns the alerts in the caller's places, the newest first, at most 200, and how
// many are open. An empty state is all.
func (s *Service) Alerts(ctx context.Context, tx *op.Tx, state string) ([]Alert, int64, error) {
	var args []any
	scope := tx.Scope().SQL("place_path", &args)
	var open int64
	if err := tx.QueryRow(ctx, `SELECT count(*) FROM alerts WHERE state = 'open' AND `+scope, args...).Scan(&open); err != nil {
		return nil, 0, err
	}
	args = append(args, state)
	rows, err := tx.Query(ctx, `SELECT `+alertColumns+` FROM alerts WHERE `+scope+
		fmt.Sprintf(` AND ($%d = '' OR state = $%d) ORDER BY raised_at DESC, id DESC LIMIT 200`, len(args), len(args)), args...)
	out, err := store.Collect(rows, err, scanAlert)
	for i := range out {
		out[i].Own = out[i].ActorID == tx.Principal().UserID
	}
	return out, open, err
}

// Settle closes an alert with a note on what was found.
func (s *Service) Settle(ctx context.Context, tx *op.Tx, id, note string) (Alert, error) {
	a, err := scanAlert(tx.QueryRow(ctx, `SELECT `+alertColumns+` FROM alerts WHERE id = $1`, id))
	if err != nil || !tx.Scope().Contains(a.PlacePath) {
		return a, fault.NotFoundf("disclosure.no_alert", "there is no such alert")
	}
	if a.ActorID == tx.Principal().UserID {
		return a, fault.Forbiddenf("disclosure.own_alert", "the alert is about you: somebody else must settle it")
	}
	if a.State != "open" {
		return a, fault.Conflictf("disclosure.settled", "the alert was settled already")
	}
	after := a
	after.State, after.SettledName, after.SettledAt, after.Note, after.Version = "settled", tx.Principal().Name, tx.Now(), note, a.Version+1
	const q = `UPDATE alerts SET state = 'settled', settled_by = $3, settled_name = $4, settled_at = $5, note = $6, version = version + 1
		WHERE id = $1 AND version = $2`
	if err := tx.ExecOne(ctx, q, id, a.Version, tx.Principal().UserID, after.SettledName, after.SettledAt, note); err != nil {
		return a, err
	}
	tx.At(a.PlacePath)
	tx.Changed(ref.Ref{Kind: "alert", ID: id}, settled{a.State}, settled{after.State})
	tx.AfterCommit(s.tell)
	return after, nil
}

type settled struct {
	State string `json:"state" audit:"public"`
}
