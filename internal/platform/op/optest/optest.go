// Package optest opens the one door for tests.
package optest

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/allclear/allclear/internal/platform/access"
	"github.com/allclear/allclear/internal/platform/clock"
	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/policies"
)

// Now is the moment that the clock of a test's door shows at first.
var Now = time.Date(2022, 4, 8, 9, 30, 0, 0, time.UTC)

// Anything is an operation that tests may run whatever they need in, as the operator.
var Anything = op.Define("test.anything.change", op.Change)

// Look is an operation that reads.
var Look = op.Define("test.anything.view", op.View)

// Door returns a door on db with the shipped policies and a clock that stands still.
func Door(t testing.TB, db *store.DB) *op.Door {
	t.Helper()
	engine, err := access.Load(policies.FS)
	if err != nil {
		t.Fatalf("load the policies: %v", err)
	}
	return &op.Door{DB: db, Access: engine, Clock: clock.Fixed(Now), Log: slog.New(slog.DiscardHandler)}
}

// As is a call by a user who holds the given grants and has a second factor.
func As(name string, grants ...access.Grant) op.Call {
	return op.Call{Principal: access.Principal{UserID: name, Name: name, MFA: true, Grants: grants}, RequestID: "test"}
}

// Operator is a call by the local operator.
func Operator() op.Call {
	return op.Call{Principal: access.Operator("test"), RequestID: "test"}
}

// Run runs f as the operator in one writing operation and fails the test on an error.
func Run(t testing.TB, d *op.Door, f func(ctx context.Context, tx *op.Tx) error) {
	t.Helper()
	if err := Try(d, f); err != nil {
		t.Fatal(err)
	}
}

// Try is Run for tests that expect an error.
func Try(d *op.Door, f func(ctx context.Context, tx *op.Tx) error) error {
	_, err := op.Do(context.Background(), d, Anything, Operator(), func(ctx context.Context, tx *op.Tx) (struct{}, error) {
		return struct{}{}, f(ctx, tx)
	})
	return err
}

// See runs f as the operator in one reading operation and fails the test on an error.
func See(t testing.TB, d *op.Door, f func(ctx context.Context, tx *op.Tx) error) {
	t.Helper()
	_, err := op.Do(context.Background(), d, Look, Operator(), func(ctx context.Context, tx *op.Tx) (struct{}, error) {
		return struct{}{}, f(ctx, tx)
	})
	if err != nil {
		t.Fatal(err)
	}
}
