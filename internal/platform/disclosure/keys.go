package disclosure

import (
	"context"

	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/vault"
	"github.com/allclear/allclear/internal/ref"
)

// Keys is how the data keys stand.
type Keys struct {
	Keys      []vault.Key      `json:"keys"`
	Rotations []vault.Rotation `json:"rotations"`
}

type keyState struct {
	Key      string `json:"key_id" audit:"public"`
	State    string `json:"state" audit:"public"`
	Resealed int64  `json:"resealed" audit:"public"`
}

// Rotate announces a new data key. The work itself is a job's.
func (s *Service) Rotate(ctx context.Context, tx *op.Tx, c vault.Config) (vault.Rotation, error) {
	r, err := s.vault.Begin(ctx, tx.Tx, tx.Principal().Name, c)
	if err != nil {
		return r, err
	}
	tx.Changed(ref.Ref{Kind: "data_key", ID: r.Key}, nil, keyState{Key: r.Key, State: r.State})
	return r, nil
}

// KeysNow returns the keys and the newest changes of them.
func (s *Service) KeysNow(ctx context.Context, tx *op.Tx) (out Keys, err error) {
	if out.Keys, err = s.vault.Keys(ctx); err != nil {
		return out, err
	}
	out.Rotations, err = s.vault.Rotations(ctx, tx.Tx)
	return out, err
}

// CarryOn works on an open change of the data key as far as time allows, and puts its end
// into the trail. moved may be nil.
func (s *Service) CarryOn(ctx context.Context, call op.Call, lists []vault.Sealed, c vault.Config, moved func(vault.Rotation)) (vault.Rotation, error) {
	r, err := s.vault.Continue(ctx, lists, c, moved)
	if err != nil || r.State != vault.Done {
		return r, err
	}
	_, err = op.Do(ctx, s.door, RetireKeys, call, func(_ context.Context, tx *op.Tx) (struct{}, error) {
		tx.Changed(ref.Ref{Kind: "data_key", ID: r.Key}, keyState{Key: r.Key, State: vault.Retiring}, keyState{Key: r.Key, State: r.State, Resealed: r.Resealed})
		return struct{}{}, nil
	})
	return r, err
}
