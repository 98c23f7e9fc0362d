package disclosure

import (
	"context"
	"errors"
	"time"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
)

// Rows of lists are counted apart from the reading, which writes nothing: they are added
// up in memory and written after so many rows or so long. What a crash loses is little,
// and the bound it counts towards is wide.
const (
	writeAfterRows = 100
	writeAfter     = 10 * time.Second
)

type tally struct {
	rows  int64
	since time.Time
}

// rowsShown returns how many rows were shown to somebody in the last 24 hours and in the
// last one, with those not written yet. Hours are whole, so that it counts up to an hour more.
func (s *Service) rowsShown(ctx context.Context, tx *store.Tx, actor string) (inDay, inHour int64, err error) {
	now := store.At(s.door.Clock.Now()) / hour
	const q = `
		SELECT coalesce(sum(shown), 0), coalesce(sum(shown) FILTER (WHERE hour >= $3), 0)
		FROM   disclosure_rows WHERE actor_id = $1 AND hour >= $2`
	err = tx.QueryRow(ctx, q, actor, now-23, now).Scan(&inDay, &inHour)
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.shown[actor]; t != nil {
		inDay, inHour = inDay+t.rows, inHour+t.rows
	}
	return inDay, inHour, err
}

func (s *Service) admitList(ctx context.Context, actor string, quota int64) error {
	return s.door.DB.Read(ctx, func(tx *store.Tx) error {
		n, _, err := s.rowsShown(ctx, tx, actor)
		if err != nil || n < quota {
			return err
		}
		refusal := fault.Forbiddenf("disclosure.rows_over_quota",
			"lists and searches have shown you %d rows of people in 24 hours, which is your quota; state a reason to go on for an hour", quota).Param("quota", quota)
		return s.unlessExtended(ctx, tx, actor, refusal)
	})
}

// Listed counts rows that a list or a search has shown. An error is one of keeping count;
// the rows are shown already.
func (s *Service) Listed(ctx context.Context, def *op.Def, p access.Principal, rows int) error {
	q := s.rules.quotaOf(p)
	if rows <= 0 || q.Rows == 0 || !s.rules.Counts(def.Name()) {
		return nil
	}
	n := s.add(p.UserID, int64(rows))
	if n == 0 {
		return nil
	}
	_, err := op.Do(context.WithoutCancel(ctx), s.door, countRows, onBehalf(p, "rows shown"), func(ctx context.Context, tx *op.Tx) (struct{}, error) {
		return struct{}{}, s.writeRows(ctx, tx, n, q.Rows, placeOf(p))
	})
	if err != nil {
		s.mu.Lock()
		s.tallyOf(p.UserID).rows += n
		s.mu.Unlock()
	}
	return err
}

// onBehalf is the program keeping its books about somebody: whatever their roles or their
// token allow, what they saw is counted.
func onBehalf(p access.Principal, request string) op.Call {
	grants := access.System().Grants
	return op.Call{Principal: access.Principal{UserID: p.UserID, Name: p.Name, MFA: true, Grants: grants}, RequestID: request}
}

// countRows writes bookkeeping only and so leaves no entry in the trail, but for alerts.
var countRows = op.Define("disclosure.quota.count", op.Change)

func (s *Service) tallyOf(actor string) *tally {
	t := s.shown[actor]
	if t == nil {
		t = &tally{since: time.Now()}
		s.shown[actor] = t
	}
	return t
}

// add adds rows and returns how many are to be written now.
func (s *Service) add(actor string, rows int64) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tallyOf(actor)
	t.rows += rows
	if t.rows < writeAfterRows && time.Since(t.since) < writeAfter {
		return 0
	}
	delete(s.shown, actor)
	return t.rows
}

func (s *Service) writeRows(ctx context.Context, tx *op.Tx, n, quota int64, place string) error {
	const q = `
		INSERT INTO disclosure_rows (actor_id, hour, shown) VALUES ($1, $2, $3)
		ON CONFLICT (actor_id, hour) DO UPDATE SET shown = disclosure_rows.shown + excluded.shown`
	if _, err := tx.Technical().Exec(ctx, q, tx.Principal().UserID, tx.Now()/hour, n); err != nil {
		return err
	}
	inDay, inHour, err := s.rowsShown(ctx, tx.Tx, tx.Principal().UserID)
	if err != nil {
		return err
	}
	tx.At(place)
	var first, second error
	if inHour > s.rules.Alert.Rows {
		first = s.raise(ctx, tx, alert{kind: "bulk_listing", persons: inHour, place: place})
	}
	if inDay >= quota && inDay-n < quota {
		second = s.raise(ctx, tx, alert{kind: "quota_reached", subject: "rows", persons: inDay, place: place})
	}
	return errors.Join(first, second)
}

// placeOf is the widest place somebody holds a role over.
func placeOf(p access.Principal) string {
	out := ""
	for i, g := range p.Grants {
		if i == 0 || len(g.PlacePath) < len(out) {
			out = g.PlacePath
		}
	}
	return out
}
