package disclosure

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

const (
	hour = store.Instant(time.Hour / time.Microsecond)
	day  = 24 * hour
)

// Admit refuses what would go over a quota before it is read.
func (s *Service) Admit(ctx context.Context, def *op.Def, call op.Call) error {
	list := def.Kind() == op.View && s.rules.Counts(def.Name())
	q := s.rules.quotaOf(call.Principal)
	if !list && def.Kind() != op.File || list && q.Rows == 0 || !list && q.Persons == 0 {
		return nil
	}
	if list {
		return s.admitList(ctx, call.Principal.UserID, q.Rows)
	}
	return s.door.DB.Read(ctx, func(tx *store.Tx) error {
		now := store.At(s.door.Clock.Now())
		n, err := looks(ctx, tx, call.Principal.UserID, now-day)
		if err != nil || n <= q.Persons {
			return err
		}
		return s.unlessExtended(ctx, tx, call.Principal.UserID, overQuota(q.Persons))
	})
}

// Shown counts the people of a file that is about to be shown, and tells others where a
// bound is passed. The one look that reaches the quota is the last.
func (s *Service) Shown(ctx context.Context, tx *op.Tx, subjects []string) error {
	people := peopleOf(subjects)
	if len(people) == 0 {
		return nil
	}
	for _, p := range people {
		if err := s.watched(ctx, tx, p); err != nil {
			return err
		}
	}
	rows := make([]look, len(people))
	for i, p := range people {
		rows[i] = look{p, 1}
	}
	return s.count(ctx, tx, rows)
}

// peopleOf picks the people among the records read. Where an operation names none, the
// cases stand for them: a case is about one person.
func peopleOf(subjects []string) []string {
	for _, kind := range []string{"person:", "case:"} {
		var out []string
		for _, x := range subjects {
			if strings.HasPrefix(x, kind) {
				out = append(out, x)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

type look struct {
	subject string
	persons int64
}

func (s *Service) count(ctx context.Context, tx *op.Tx, all []look) error {
	actor, technical := tx.Principal().UserID, tx.Technical()
	quota := s.rules.quotaOf(tx.Principal())
	dayBefore, err := looks(ctx, tx.Tx, actor, tx.Now()-day)
	if err != nil {
		return err
	}
	for _, l := range all {
		const q = `
			INSERT INTO disclosure_views (actor_id, subject, persons, at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (actor_id, subject) DO UPDATE SET at = excluded.at, persons = excluded.persons`
		if _, err := technical.Exec(ctx, q, actor, l.subject, l.persons, tx.Now()); err != nil {
			return fmt.Errorf("count whom somebody looked at: %w", err)
		}
	}
	inDay, err := looks(ctx, tx.Tx, actor, tx.Now()-day)
	if err != nil {
		return err
	}
	if quota.Persons > 0 && inDay > quota.Persons {
		if err := s.unlessExtended(ctx, tx.Tx, actor, overQuota(quota.Persons)); err != nil {
			return err
		}
	}
	if quota.Persons > 0 && dayBefore < quota.Persons && inDay >= quota.Persons {
		if err := s.raise(ctx, tx, alert{kind: "quota_reached", persons: inDay}); err != nil {
			return err
		}
	}
	inHour, err := looks(ctx, tx.Tx, actor, tx.Now()-hour)
	if err == nil && inHour > s.rules.Alert.Persons {
		err = s.raise(ctx, tx, alert{kind: "bulk_viewing", persons: inHour})
	}
	return err
}

// looks counts the different people that somebody looked at since a moment.
func looks(ctx context.Context, tx *store.Tx, actor string, since store.Instant) (n int64, err error) {
	const q = `SELECT coalesce(sum(persons), 0) FROM disclosure_views WHERE actor_id = $1 AND at > $2`
	if err := tx.QueryRow(ctx, q, actor, since).Scan(&n); err != nil {
		return 0, fmt.Errorf("count looks: %w", err)
	}
	return n, nil
}

func overQuota(quota int64) error {
	return fault.Forbiddenf("disclosure.over_quota",
		"you have opened the files of %d different people in 24 hours, which is your quota; state a reason to go on for an hour", quota).Param("quota", quota)
}

// unlessExtended returns the refusal, unless the actor goes on with a stated reason.
func (s *Service) unlessExtended(ctx context.Context, tx *store.Tx, actor string, refusal error) error {
	var n int64
	const q = `SELECT count(*) FROM disclosure_extensions WHERE actor_id = $1 AND until_at > $2`
	if err := tx.QueryRow(ctx, q, actor, store.At(s.door.Clock.Now())).Scan(&n); err != nil {
		return err
	}
	if n > 0 {
		return nil
	}
	return refusal
}

// Extend lets the caller go on over the quota for a while, for the reason stated with the
// call, and tells others at once. It returns until when.
func (s *Service) Extend(ctx context.Context, tx *op.Tx) (store.Instant, error) {
	reason := strings.TrimSpace(tx.Reason())
	if utf8.RuneCountInString(reason) < s.rules.Extension.ShortestReason {
		return 0, fault.Invalidf("disclosure.reason_needed", "state the reason in at least %d characters", s.rules.Extension.ShortestReason).
			With("reason", "required").Param("least", s.rules.Extension.ShortestReason)
	}
	until := tx.Now() + store.Instant(s.rules.extension().Microseconds())
	id := ids.New()
	const q = `INSERT INTO disclosure_extensions (id, actor_id, reason, at, until_at) VALUES ($1, $2, $3, $4, $5)`
	if _, err := tx.Exec(ctx, q, id, tx.Principal().UserID, reason, tx.Now(), until); err != nil {
		return 0, err
	}
	tx.Changed(ref.Ref{Kind: "quota", ID: tx.Principal().UserID}, nil, struct {
		Until store.Instant `json:"until" audit:"public"`
	}{until})
	n, err := looks(ctx, tx.Tx, tx.Principal().UserID, tx.Now()-day)
	if err != nil {
		return 0, err
	}
	return until, s.raise(ctx, tx, alert{kind: "break_glass", subject: id, persons: n, reason: reason})
}

// Standing is how much of the quota somebody has used.
type Standing struct {
	Quota
	PersonsDay    int64         `json:"persons_day"`
	PersonsHour   int64         `json:"persons_hour"`
	RowsDay       int64         `json:"rows_day"`
	AlertPersons  int64         `json:"alert_persons_per_hour"`
	ExtendedUntil store.Instant `json:"extended_until"`
}

// Standing returns how much of the quota the caller has used.
func (s *Service) Standing(ctx context.Context, tx *op.Tx) (out Standing, err error) {
	actor := tx.Principal().UserID
	out.Quota, out.AlertPersons = s.rules.quotaOf(tx.Principal()), s.rules.Alert.Persons
	if out.PersonsDay, err = looks(ctx, tx.Tx, actor, tx.Now()-day); err != nil {
		return out, err
	}
	if out.PersonsHour, err = looks(ctx, tx.Tx, actor, tx.Now()-hour); err != nil {
		return out, err
	}
	if out.RowsDay, _, err = s.rowsShown(ctx, tx.Tx, actor); err != nil {
		return out, err
	}
	const q = `SELECT coalesce(max(until_at), 0) FROM disclosure_extensions WHERE actor_id = $1 AND until_at > $2`
	return out, tx.QueryRow(ctx, q, actor, tx.Now()).Scan(&out.ExtendedUntil)
}

// Forget deletes looks that no bound counts any more; a job calls it.
func (s *Service) Forget(ctx context.Context) error {
	now := store.At(s.door.Clock.Now())
	return s.door.DB.Write(ctx, func(tx *store.Tx) error {
		for _, x := range []struct {
			q      string
			before store.Instant
		}{
			{`DELETE FROM disclosure_views WHERE at < $1`, now - day},
			{`DELETE FROM disclosure_rows WHERE hour < $1`, (now - 2*day) / hour},
			{`DELETE FROM disclosure_extensions WHERE until_at < $1`, now - 90*day},
		} {
			if _, err := tx.Technical().Exec(ctx, x.q, x.before); err != nil {
				return fmt.Errorf("forget looks: %w", err)
			}
		}
		return nil
	})
}
