package incident

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/allclear/allclear/internal/platform/op"
	"github.com/allclear/allclear/internal/platform/store"
	"github.com/allclear/allclear/internal/ref"
)

const columns = `id, name, name_en, place_id, place_path, pack, overlays, rules, time_zone, started_on, closed_on, status, version, created_at`

func scan(r store.Scanner) (in Incident, err error) {
	var overlays string
	err = r.Scan(&in.ID, &in.Name, &in.NameEn, &in.PlaceID, &in.PlacePath, &in.Pack, &overlays, &in.Rules,
		&in.TimeZone, &in.StartedOn, &in.ClosedOn, &in.Status, &in.Version, &in.CreatedAt)
	if err != nil {
		return in, err
	}
	if err := json.Unmarshal([]byte(overlays), &in.Overlays); err != nil {
		return in, fmt.Errorf("read the overlays of incident %s: %w", in.ID, err)
	}
	return in, nil
}

func load(ctx context.Context, tx *op.Tx, id ref.Incident) (Incident, error) {
	const q = `SELECT ` + columns + ` FROM incidents WHERE id = $1`
	return scan(tx.QueryRow(ctx, q, id))
}

func list(ctx context.Context, tx *op.Tx) ([]Incident, error) {
	const q = `SELECT ` + columns + ` FROM incidents ORDER BY status, started_on DESC, id`
	rows, err := tx.Query(ctx, q)
	return store.Collect(rows, err, scan)
}

func insert(ctx context.Context, tx *op.Tx, in Incident) error {
	overlays, err := json.Marshal(in.Overlays)
	if err != nil {
		return err
	}
	const q = `
		INSERT INTO incidents (` + columns + `)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`
	err = tx.ExecOne(ctx, q, in.ID, in.Name, in.NameEn, in.PlaceID, in.PlacePath, in.Pack, string(overlays), in.Rules,
		in.TimeZone, in.StartedOn, in.ClosedOn, in.Status, in.Version, in.CreatedAt)
	if err != nil {
		return err
	}
	tx.At(in.PlacePath)
	tx.Changed(in.ID.Ref(), nil, in)
	return nil
}

func save(ctx context.Context, tx *op.Tx, before, after Incident) (Incident, error) {
	overlays, err := json.Marshal(after.Overlays)
	if err != nil {
		return after, err
	}
	const q = `
		UPDATE incidents
		SET    name = $3, name_en = $4, pack = $5, overlays = $6, rules = $7, time_zone = $8, started_on = $9,
		       closed_on = $10, status = $11, version = version + 1
		WHERE  id = $1 AND version = $2`
	err = tx.ExecOne(ctx, q, before.ID, before.Version, after.Name, after.NameEn, after.Pack, string(overlays), after.Rules,
		after.TimeZone, after.StartedOn, after.ClosedOn, after.Status)
	if err != nil {
		return after, err
	}
	after.Version = before.Version + 1
	tx.At(after.PlacePath)
	tx.Changed(after.ID.Ref(), before, after)
	return after, nil
}

const phaseColumns = `id, incident_id, place_id, place_path, phase, starts_on, ends_on, objectives, evidence, reason,
	stepped_back, declared_by, declared_by_name, declared_at, version`

func scanPhase(r store.Scanner) (p Phase, err error) {
	err = r.Scan(&p.ID, &p.IncidentID, &p.PlaceID, &p.PlacePath, &p.Phase, &p.StartsOn, &p.EndsOn, &p.Objectives, &p.Evidence,
		&p.Reason, &p.SteppedBack, &p.DeclaredBy, &p.DeclaredByName, &p.DeclaredAt, &p.Version)
	return p, err
}

func listPhases(ctx context.Context, tx *op.Tx, id ref.Incident) ([]Phase, error) {
	const q = `SELECT ` + phaseColumns + ` FROM incident_phases WHERE incident_id = $1 ORDER BY place_path, starts_on`
	rows, err := tx.Query(ctx, q, id)
	return store.Collect(rows, err, scanPhase)
}

func insertPhase(ctx context.Context, tx *op.Tx, p Phase) error {
	const q = `
		INSERT INTO incident_phases (` + phaseColumns + `)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`
	err := tx.ExecOne(ctx, q, p.ID, p.IncidentID, p.PlaceID, p.PlacePath, p.Phase, p.StartsOn, p.EndsOn, p.Objectives, p.Evidence,
		p.Reason, p.SteppedBack, p.DeclaredBy, p.DeclaredByName, p.DeclaredAt, p.Version)
	if err != nil {
		return err
	}
	tx.At(p.PlacePath)
	tx.Changed(p.ID.Ref(), nil, p)
	return nil
}

// end closes a running phase.
func end(ctx context.Context, tx *op.Tx, before Phase, on store.Day) error {
	const q = `UPDATE incident_phases SET ends_on = $3, version = version + 1 WHERE id = $1 AND version = $2`
	if err := tx.ExecOne(ctx, q, before.ID, before.Version, on); err != nil {
		return err
	}
	after := before
	after.EndsOn = on
	tx.Changed(before.ID.Ref(), before, after)
	return nil
}
