package op

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/audit"
	"github.com/allclear/allclear/internal/platform/clock"
	"github.com/allclear/allclear/internal/platform/fault"
	"github.com/allclear/allclear/internal/platform/store"
)

// Door opens operations on one database.
type Door struct {
	DB     *store.DB
	Access *access.Engine
	Clock  clock.Clock
	Log    *slog.Logger
	Watch  Watcher // may be nil
}

// Watcher bounds how many people somebody may look at, and tells others when somebody
// looks at many.
type Watcher interface {
	// Admit is asked before an operation that reads begins. A Forbidden fault is a
	// refusal, which the trail keeps.
	Admit(ctx context.Context, def *Def, call Call) error
	// Shown is told, in the transaction of an operation of kind File, which records it
	// shows. An error refuses to show them.
	Shown(ctx context.Context, tx *Tx, subjects []string) error
}

// Call is one use of an operation.
type Call struct {
	Principal      access.Principal
	RequestID      string
	Reason         string // stated by the person, where the deed asks for one
	IdempotencyKey string // from the caller; "" for none
	Request        any    // what was asked, to tell a repeated key from a reused one; never stored
}

// Do runs f as the operation def. For View and File, f reads one snapshot; for Change
// it runs in one write transaction, which may run twice when the database asks for it.
// The answer T of a Change with an idempotency key is kept as JSON for repeats.
func Do[T any](ctx context.Context, d *Door, def *Def, call Call, f func(context.Context, *Tx) (T, error)) (T, error) {
	var zero T
	scope, err := d.authorize(ctx, def, call)
	if err != nil {
		return zero, err
	}
	if err := d.admit(ctx, def, call); err != nil {
		return zero, err
	}
	if def.kind == View {
		return view(ctx, d, def, call, scope, f)
	}
	out, after, err := change(ctx, d, def, call, scope, f)
	if err != nil {
		if fault.KindOf(err) == fault.Forbidden {
			d.recordRefusal(ctx, def, call, err)
		}
		return zero, err
	}
	for _, g := range after {
		g()
	}
	return out, nil
}

func (d *Door) admit(ctx context.Context, def *Def, call Call) error {
	if d.Watch == nil || def.kind == Change {
		return nil
	}
	err := d.Watch.Admit(ctx, def, call)
	if fault.KindOf(err) == fault.Forbidden {
		d.recordRefusal(ctx, def, call, err)
	}
	return err
}

// Check asks whether the call may be made at all, before anything of it is read; a
// refusal is recorded as by Do.
func (d *Door) Check(ctx context.Context, def *Def, call Call) error {
	_, err := d.authorize(ctx, def, call)
	return err
}

func (d *Door) authorize(ctx context.Context, def *Def, call Call) (access.Scope, error) {
	if call.Principal.Anonymous() {
		return access.Scope{}, fault.Unauthenticatedf("session.required", "sign in first")
	}
	scope := d.Access.Scope(call.Principal, def.name)
	if scope.Empty() {
		err := fault.Forbiddenf("access.not_allowed", "your roles do not include %s", def.name).Param("operation", def.name)
		if p := call.Principal; p.NeedsMFA && !p.MFA {
			p.MFA = true
			if !d.Access.Scope(p, def.name).Empty() {
				err = fault.Forbiddenf("access.second_factor", "%s asks for a second factor: set it up in your account", def.name).Param("operation", def.name)
			}
		}
		d.recordRefusal(ctx, def, call, err)
		return scope, err
	}
	return scope, nil
}

func view[T any](ctx context.Context, d *Door, def *Def, call Call, scope access.Scope, f func(context.Context, *Tx) (T, error)) (out T, err error) {
	err = d.DB.Read(ctx, func(s *store.Tx) error {
		var err error
		out, err = f(ctx, d.open(s, def, call, scope))
		return err
	})
	return out, err
}

func change[T any](ctx context.Context, d *Door, def *Def, call Call, scope access.Scope, f func(context.Context, *Tx) (T, error)) (out T, after []func(), err error) {
	if def.kind != Change {
		call.IdempotencyKey = "" // reading twice does no harm, and what a person's file shows is not kept
	}
	hash, err := requestHash(def, call)
	if err != nil {
		return out, nil, err
	}
	err = d.DB.Write(ctx, func(s *store.Tx) error {
		var zero T
		out, after = zero, nil
		if known, err := recall(ctx, s, call, hash, &out); known || err != nil {
			return err
		}
		tx := d.open(s, def, call, scope)
		var err error
		if out, err = f(ctx, tx); err != nil {
			return err
		}
		if err := tx.finish(ctx); err != nil {
			return err
		}
		after = tx.after
		return remember(ctx, s, d, def, call, hash, out)
	})
	if err != nil && call.IdempotencyKey != "" {
		if known, again := recallAfter[T](ctx, d, call, hash); known {
			return again, nil, nil
		}
	}
	return out, after, err
}

// recallAfter looks for the answer once more after an error. Two calls with one key at
// the same moment both find no answer and both begin; the slower one then fails on what
// the faster one did, be it on the key itself or on a record, and is answered as the
// repetition that it is.
func recallAfter[T any](ctx context.Context, d *Door, call Call, hash string) (known bool, out T) {
	err := d.DB.Read(ctx, func(s *store.Tx) (err error) {
		known, err = recall(ctx, s, call, hash, &out)
		return err
	})
	return known && err == nil, out
}

func (d *Door) open(s *store.Tx, def *Def, call Call, scope access.Scope) *Tx {
	return &Tx{Tx: s, door: d, def: def, call: call, scope: scope, now: store.At(d.Clock.Now())}
}

// recordRefusal writes the refusal in a transaction of its own. Failing to write it
// does not turn the refusal into a permission, so the error only goes to the log.
func (d *Door) recordRefusal(ctx context.Context, def *Def, call Call, reason error) {
	e := audit.Entry{
		At: store.At(d.Clock.Now()), Operation: def.name, Outcome: audit.Refused, ActorID: call.Principal.UserID,
		ActorName: call.Principal.Name, Reason: fault.CodeOf(reason), RequestID: call.RequestID,
	}
	err := d.DB.Write(ctx, func(tx *store.Tx) error {
		_, err := audit.Append(ctx, tx, e)
		return err
	})
	if err != nil && !errors.Is(err, context.Canceled) {
		d.Log.ErrorContext(ctx, "a refusal could not be recorded", "operation", def.name, "error", err)
	}
}

func requestHash(def *Def, call Call) (string, error) {
	if call.IdempotencyKey == "" {
		return "", nil
	}
	b, err := json.Marshal([]any{def.name, call.Request})
	if err != nil {
		return "", fmt.Errorf("tell the request of %s from others: %w", def.name, err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// recall returns the kept answer for a repeated key.
func recall[T any](ctx context.Context, s *store.Tx, call Call, hash string, out *T) (bool, error) {
	if call.IdempotencyKey == "" {
		return false, nil
	}
	var kept, response string
	const q = `SELECT request_hash, response FROM op_keys WHERE actor_id = $1 AND key = $2`
	err := s.QueryRow(ctx, q, call.Principal.UserID, call.IdempotencyKey).Scan(&kept, &response)
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if kept != hash {
		return false, fault.Conflictf("idempotency.reused", "this idempotency key was used for another request")
	}
	return true, json.Unmarshal([]byte(response), out)
}

func remember(ctx context.Context, s *store.Tx, d *Door, def *Def, call Call, hash string, out any) error {
	if call.IdempotencyKey == "" {
		return nil
	}
	response, err := json.Marshal(out)
	if err != nil {
		return fmt.Errorf("keep the answer of %s: %w", def.name, err)
	}
	const q = `INSERT INTO op_keys (actor_id, key, operation, request_hash, response, at) VALUES ($1, $2, $3, $4, $5, $6)`
	_, err = s.Technical().Exec(ctx, q, call.Principal.UserID, call.IdempotencyKey, def.name, hash, string(response), store.At(d.Clock.Now()))
	return err
}

// ForgetKeys deletes idempotency keys older than the given instant; a job calls it.
func ForgetKeys(ctx context.Context, db *store.DB, before store.Instant) error {
	return db.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.Technical().Exec(ctx, `DELETE FROM op_keys WHERE at < $1`, before)
		return err
	})
}
