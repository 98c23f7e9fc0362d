package vault

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/ids"
	"github.com/allclear/allclear/internal/platform/store"
)

// Rotation is one change of the data key.
type Rotation struct {
	ID         string        `json:"id"`
	Key        string        `json:"key_id"` // the new key
	State      string        `json:"state"`  // running, retiring, done
	Table      string        `json:"table"`  // that the pass is in
	Pass       int64         `json:"pass"`
	Looked     int64         `json:"looked_at"` // rows looked at in this pass
	Resealed   int64         `json:"resealed"`  // values sealed again in all passes
	Left       int64         `json:"left"`      // values of the last pass that could not be opened
	StartedBy  string        `json:"started_by"`
	StartedAt  store.Instant `json:"started_at"`
	CheckedAt  store.Instant `json:"checked_at"`
	FinishedAt store.Instant `json:"finished_at"`
	position   string
	found      int64 // in this pass
}

// The states of a rotation: values are being sealed again; nothing is left under the
// older keys and they wait for their end; they are deleted.
const (
	Running  = "running"
	Retiring = "retiring"
	Done     = "done"
)

// Config of rotations. The zero value is for production.
type Config struct {
	Ahead time.Duration // how long before it seals a key is announced; 0 for 15 s, three refreshes
	Grace time.Duration // between a pass that found nothing and the last look; 0 for an hour
	Batch int           // rows looked at in one step; 0 for 500
	Pause time.Duration // after a step that wrote, so that others get their turn; 0 for 2 ms
}

func (c Config) withDefaults() Config {
	set := func(d *time.Duration, to time.Duration) {
		if *d == 0 {
			*d = to
		}
	}
	set(&c.Ahead, 15*time.Second)
	set(&c.Grace, time.Hour)
	set(&c.Pause, 2*time.Millisecond)
	if c.Batch == 0 {
		c.Batch = 500
	}
	return c
}

const rotationColumns = `id, key_id, state, position, pass, looked_at, found, resealed, left_behind, started_by, started_at, checked_at, finished_at`

func scanRotation(r store.Scanner) (x Rotation, err error) {
	err = r.Scan(&x.ID, &x.Key, &x.State, &x.position, &x.Pass, &x.Looked, &x.found, &x.Resealed, &x.Left, &x.StartedBy, &x.StartedAt, &x.CheckedAt, &x.FinishedAt)
	if err == nil {
		var p position
		p, err = readPosition(x.position)
		x.Table = p.Table
	}
	return x, err
}

// Rotations returns the newest changes of the data key, at most ten.
func (v *Vault) Rotations(ctx context.Context, tx *store.Tx) ([]Rotation, error) {
	rows, err := tx.Query(ctx, `SELECT `+rotationColumns+` FROM vault_rotations ORDER BY id DESC LIMIT 10`)
	return store.Collect(rows, err, scanRotation)
}

// Begin announces a new data key in the caller's transaction. It seals from Config.Ahead
// later on; until then every process has read it. by is who wants it.
func (v *Vault) Begin(ctx context.Context, tx *store.Tx, by string, c Config) (Rotation, error) {
	c = c.withDefaults()
	masters, err := loadMasters(v.file)
	if err != nil {
		return Rotation{}, err
	}
	open, err := v.unfinished(ctx, tx)
	if err != nil {
		return Rotation{}, err
	}
	if open.ID != "" {
		return open, fault.Conflictf("vault.rotating", "the data key is being changed already; wait until that is done")
	}
	id, err := v.nextID(ctx, tx)
	if err != nil {
		return Rotation{}, err
	}
	tx = tx.Technical()
	if err := v.insertKey(ctx, tx, masters, id, store.At(v.clock.Now().Add(c.Ahead))); err != nil {
		return Rotation{}, err
	}
	r := Rotation{ID: ids.New(), Key: id, State: Running, Pass: 1, StartedBy: by, StartedAt: store.At(v.clock.Now())}
	const q = `INSERT INTO vault_rotations (` + rotationColumns + `) VALUES ($1, $2, $3, '', 1, 0, 0, 0, 0, $4, $5, NULL, NULL)`
	_, err = tx.Exec(ctx, q, r.ID, r.Key, r.State, by, r.StartedAt)
	if fault.CodeOf(err) == "conflict.exists" {
		return r, fault.Conflictf("vault.rotating", "the data key is being changed already; wait until that is done")
	}
	return r, err
}

// nextID counts on from the highest number ever given, so that no key takes the name of a
// deleted one.
func (v *Vault) nextID(ctx context.Context, tx *store.Tx) (string, error) {
	rows, err := tx.Query(ctx, `SELECT id FROM vault_keys UNION SELECT key_id FROM vault_rotations`)
	all, err := store.Collect(rows, err, func(s store.Scanner) (id string, err error) { return id, s.Scan(&id) })
	if err != nil {
		return "", err
	}
	highest := 0
	for _, id := range all {
		if n, err := strconv.Atoi(strings.TrimPrefix(id, "k")); err == nil {
			highest = max(highest, n)
		}
	}
	return "k" + strconv.Itoa(highest+1), nil
}

func (v *Vault) unfinished(ctx context.Context, tx *store.Tx) (Rotation, error) {
	rows, err := tx.Query(ctx, `SELECT `+rotationColumns+` FROM vault_rotations WHERE state <> 'done'`)
	open, err := store.Collect(rows, err, scanRotation)
	if err != nil || len(open) == 0 {
		return Rotation{}, err
	}
	return open[0], nil
}

// errEarly: what comes next must wait.
var errEarly = errors.New("too early")

// Continue carries an open rotation on, from where it was left, as far as time allows now.
// It returns the rotation as it stands; a zero one when none is open. moved, if not nil,
// is told after every step. Two processes may do it at once: neither does harm.
func (v *Vault) Continue(ctx context.Context, lists []Sealed, c Config, moved func(Rotation)) (Rotation, error) {
	c = c.withDefaults()
	if err := v.Refresh(ctx); err != nil {
		return Rotation{}, err
	}
	for {
		var r Rotation
		err := v.db.Read(ctx, func(tx *store.Tx) (err error) { r, err = v.unfinished(ctx, tx); return err })
		if err != nil || r.ID == "" {
			return r, err
		}
		r, err = v.step(ctx, r, lists, c)
		if errors.Is(err, errEarly) {
			return r, nil
		}
		if err != nil || r.State == Done {
			return r, err
		}
		if moved != nil {
			moved(r)
		}
	}
}

// step looks at one batch, or closes a pass.
func (v *Vault) step(ctx context.Context, r Rotation, lists []Sealed, c Config) (Rotation, error) {
	now := v.clock.Now()
	key := v.ring.Load().current(now)
	if key.id != r.Key { // not in force yet
		return r, errEarly
	}
	if r.State == Retiring && r.position == "" && now.Before(r.CheckedAt.Time().Add(c.Grace)) {
		return r, errEarly
	}
	p, err := readPosition(r.position)
	if err != nil {
		return r, fmt.Errorf("read where the rotation stands: %w", err)
	}
	at := max(slices.IndexFunc(lists, func(s Sealed) bool { return s.Table == p.Table }), 0)
	list := lists[at]
	var rows []row
	err = v.db.Read(ctx, func(tx *store.Tx) (err error) { rows, err = list.page(ctx, tx, p.After, c.Batch); return err })
	if err != nil {
		return r, fmt.Errorf("read sealed values of %s: %w", list.Table, err)
	}
	next := r
	next.Looked += int64(len(rows))
	switch {
	case len(rows) == c.Batch:
		next.position = position{list.Table, rows[len(rows)-1].key}.String()
	case at+1 < len(lists):
		next.position = position{Table: lists[at+1].Table}.String()
	default:
		next.position = ""
	}
	wrote, err := v.write(ctx, list, rows, r, &next)
	if err != nil {
		return r, err
	}
	if wrote {
		select {
		case <-ctx.Done():
			return next, ctx.Err()
		case <-time.After(c.Pause):
		}
	}
	return next, nil
}

// write puts a batch back together with the progress, in one transaction.
func (v *Vault) write(ctx context.Context, list Sealed, rows []row, r Rotation, next *Rotation) (wrote bool, err error) {
	changed := rows[:0]
	found, left := 0, 0
	for _, x := range rows {
		x.after = slices.Clone(x.before)
		n := 0
		for i, c := range list.Columns {
			text, done, bad, err := v.reseal(c, x.before[i], r.Key)
			if err != nil {
				return false, fmt.Errorf("seal a value of %s.%s again: %w", list.Table, c.Name, err)
			}
			x.after[i], n, left = text, n+done, left+bad
		}
		if n > 0 {
			changed, found = append(changed, x), found+n
		}
	}
	next.Left += int64(left)
	next.Resealed += int64(found)
	next.found += int64(found)
	return len(changed) > 0, v.db.Write(ctx, func(tx *store.Tx) error {
		for _, x := range changed {
			if _, err := list.replace(ctx, tx, x); err != nil {
				return err
			}
		}
		return v.progress(ctx, tx, r, next, found)
	})
}

// progress keeps how far the rotation is. At the end of a pass it decides what follows:
// another pass after one that found something; else the keys wait, and at last go.
func (v *Vault) progress(ctx context.Context, tx *store.Tx, r Rotation, next *Rotation, found int) error {
	if next.position == "" {
		if err := v.closePass(ctx, tx, r, next); err != nil {
			return err
		}
	}
	p, err := readPosition(next.position)
	if err != nil {
		return err
	}
	next.Table = p.Table
	const q = `
		UPDATE vault_rotations
		SET    state = $2, position = $3, pass = $4, looked_at = $5, resealed = resealed + $6, left_behind = $7, checked_at = $8, finished_at = $9, found = $10
		WHERE  id = $1 AND state <> 'done'`
	_, err = tx.Technical().Exec(ctx, q, r.ID, next.State, next.position, next.Pass, next.Looked, found, next.Left, next.CheckedAt, next.FinishedAt, next.found)
	return err
}

func (v *Vault) closePass(ctx context.Context, tx *store.Tx, r Rotation, next *Rotation) error {
	now := store.At(v.clock.Now())
	switch {
	case next.found > 0:
		next.State, next.CheckedAt = Running, 0
	case r.State == Running || next.Left > 0: // what cannot be opened keeps its key
		next.State, next.CheckedAt = Retiring, now
	default:
		next.State, next.FinishedAt = Done, now
		const q = `DELETE FROM vault_keys WHERE id <> $1 AND current_from < (SELECT current_from FROM vault_keys WHERE id = $1)`
		if _, err := tx.Technical().Exec(ctx, q, r.Key); err != nil {
			return err
		}
	}
	if next.State != Done {
		next.Pass, next.Looked, next.Left, next.found = r.Pass+1, 0, 0, 0
	}
	return nil
}
